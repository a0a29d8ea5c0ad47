# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the sandbox itself: what drives a rehearsal."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.rule import OWN, documented

RULES = (
    *documented(
        OWN,
        "control API",
        ("control.loopback", "The control API answers this machine only."),
        ("control.refusals", "A control request that cannot be is refused with the reason and changes nothing."),
        ("control.ledger", "Requests are counted by kind and path."),
        ("control.secrets", "Nothing that the control API shows holds a secret."),
        ("control.writes", "Writes can be refused, and are counted apart."),
        ("control.state", "The state is the same whatever the order in which it came about."),
        ("control.reset", "A reset restores the seed, the clock and the settings; a seed can be given with it."),
        ("control.seed", "The default seed is a small believable account."),
        ("control.calamp", "A regenerated CalAmp password is another one, and moves modifiedOn."),
        ("control.portal", "The portal makes profiles, activates devices and uploads production logs."),
    ),
    *documented(
        OWN,
        "faults",
        ("fault.latency", "Latency before an answer."),
        ("fault.status", "A status with body and headers, before or after the effect."),
        ("fault.drop", "A dropped connection, before or after the effect."),
        ("fault.body", "Bodies that are no JSON, cut short, or come a few bytes at a time."),
        ("fault.tokens", "Tokens that expire early."),
        ("fault.pages", "Pages that repeat, and lists that shift while they are read."),
        ("fault.choice", "By system and endpoint, after some, a number of times, with a probability and a seed."),
        ("fault.refusals", "A rule that cannot be is refused, with all others of its request."),
    ),
    *documented(
        OWN,
        "living fleet",
        ("living.heartbeat", "Heartbeats are sent for one device, for some or for all."),
        ("living.clock", "As the clock goes on devices beat at their intervals, each change at its own moment."),
        ("living.manual", "With heartbeats: manual only the control API makes devices beat."),
        ("living.failure", "A device can fail at its next heartbeat, and then applies nothing."),
        ("living.evaluation", "Evaluation changes without the API."),
    ),
    *documented(
        OWN,
        "webhooks",
        ("delivery.local", "Only this machine is ever connected to, and only with a certificate that is trusted."),
        ("delivery.apart", "No receiver delays the API; no more than a thousand deliveries wait."),
        ("delivery.committed", "What was rolled back, and the seed, is not told."),
    ),
    *documented(
        OWN,
        "scale",
        ("scale.grow", "A fleet with its whitelist is made in seconds, and lives like any other."),
        ("scale.pages", "A deep page costs what the first one costs."),
    ),
    *documented(
        OWN,
        "process",
        ("process.ready", "One line on standard output says that it is ready and what a client needs."),
        ("process.state", "The state survives a restart and a kill; a file serves one sandbox at a time."),
        ("process.start", "A start that fails says why in one line."),
        ("process.end", "A signal ends it cleanly."),
        ("process.tls", "With --tls all URLs are https, under a CA that it makes and names."),
    ),
)

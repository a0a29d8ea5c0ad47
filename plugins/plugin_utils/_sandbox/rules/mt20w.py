# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of an MT20W host."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.rule import (
    MT20W,
    documented,
    inferred,
)

RULES = (
    *documented(
        MT20W,
        "Driver Token",
        ("mt20w.driver", "A reader in USB mode is let in with a Driver token of its site key, serial and number."),
        ("mt20w.device", "The scheme Device is refused with 401 for readers in USB mode and goes on in WiFi mode."),
        ("mt20w.commissioned", "A reader that is not commissioned is refused; the site key can be rolled."),
    ),
    *documented(
        MT20W,
        "Handling Driver Token from the API",
        ("mt20w.replay", "A token is good for one request, also where it is sent many times at once."),
        ("mt20w.first", "The first request of a device is accepted without comparing its number."),
        ("mt20w.malformed", "A malformed token is a 401, never a 500."),
    ),
    *documented(
        MT20W,
        "Sample API Request Example",
        ("mt20w.scan", "The sample request gets the data of its credential; an unknown one is a 404, others a 412."),
    ),
    *inferred(
        MT20W,
        "Sample API Request Example",
        ("mt20w.requests", "A body that is no scan is a 400, another path or method a 404."),
        ("mt20w.header-form", "X-Device-Last-Connected is base64 of the encrypted bytes, or of their digits."),
    ),
)

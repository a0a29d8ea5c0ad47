# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks: https endpoints that are told of events (Security Services REST API 1.1.29, Notification Hook APIs).

The API updates and deletes by URL alone, so the URL is the object and its events are a set of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from ..kind import PROTECTED, STATE, Call, Field, Kind, Listing, LiveObject, Transition
from ..request import Request
from ..secret import Secret
from ..values import Type, Value

EVENTS = (
    "DEVICE_BOOTSTRAP_EVENT",
    "DEVICE_PROPERTIES_CHANGE_EVENT",
    "DEVICE_ERRORS_EVENT",
    "DEVICE_CERTIFICATE_RENEWAL_EVENT",
    "DEVICE_CERTIFICATE_EXPIRATION_EVENT",
    "ROOTCA_EXPIRATION_EVENT",
)


def _read(items: Sequence[Mapping[str, Any]]) -> Iterable[LiveObject]:
    events: dict[str, set[str]] = defaultdict(set)
    tokens: dict[str, set[str]] = defaultdict(set)
    for item in items:
        url = item["NotificationURL"]
        events[url].add(item["NotificationType"])
        if "AuthorizationToken" in item:
            tokens[url].add(item["AuthorizationToken"])
    for url, names in events.items():
        attributes: dict[str, Value] = {"events": frozenset(names)}
        if url in tokens:
            attributes["authorization_token"] = Secret(_one_of(tokens[url]), "live")
        yield LiveObject(url, attributes)


def _one_of(tokens: Set[str]) -> str:
    """The token of all events; empty, which no declared token is, where they have different ones."""
    return next(iter(tokens)) if len(tokens) == 1 else ""


def _events(attributes: Mapping[str, Any]) -> list[str]:
    return sorted(attributes.get("events", ()))


def _create(transition: Transition, events: Iterable[str] | None = None) -> Iterable[Request]:
    for event in _events(transition.after) if events is None else events:
        yield Request(
            "/notification/webhook/create",
            {
                "NotificationURL": transition.name,
                "AuthorizationToken": transition.after["authorization_token"],
                "NotificationType": event,
            },
        )


def _update(transition: Transition) -> Iterable[Request]:
    before, after = _events(transition.before), _events(transition.after)
    if set(before) - set(after):
        # One event of a URL cannot be removed: the URL is, and what stays is made again.
        yield Request("/notification/webhook/delete", {"NotificationURL": transition.name})
        yield from _create(transition)
        return
    # The token first: cut off in between, all events of the URL still have the same one.
    if "authorization_token" in transition.changed:
        yield Request(
            "/notification/webhook/update",
            {"NotificationURL": transition.name, "AuthorizationToken": transition.after["authorization_token"]},
        )
    yield from _create(transition, [event for event in after if event not in before])


def _check(declared: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if "events" in declared and "authorization_token" not in declared:
        yield (
            "events",
            "needs authorization_token beside it: a change of events makes the webhook again, with its token",
        )


WEBHOOK = Kind(
    name="webhook",
    section="webhooks",
    title="https endpoints that are told of events",
    source="u-blox Security Services REST API 1.1.29, Notification Hook APIs",
    fields=(
        Field(
            "url",
            Type.TEXT,
            "The endpoint to call. Only https is accepted.",
            wire="NotificationURL",
            key=True,
            pattern=r"^https://[^/?#\s]+([/?#]\S*)?$",
            rule="must be a full https URL",
        ),
        Field(
            "events",
            Type.NAMES,
            "The events the endpoint is told of: all of them, in any order.",
            wire="NotificationType",
            needed_to_create=True,
            choices=EVENTS,
        ),
        Field(
            "authorization_token",
            Type.SECRET,
            "What is sent in the C(Authorization) header of each call. The service need not return it.",
            wire="AuthorizationToken",
            needed_to_create=True,
            resent_by="update_token",
        ),
        Field(
            "update_token",
            Type.TEXT,
            "When the token of a webhook that exists is sent, if the service does not return it for comparison. "
            "V(when_changed) sends it when another one was sent last from this machine, which remembers a keyed "
            "digest; V(always) sends it on each run, V(on_create) never.",
            directive=True,
            choices=("when_changed", "always", "on_create"),
            default="when_changed",
        ),
        PROTECTED,
        STATE,
    ),
    read=Listing("/notification/webhook/get", "", _read, paged=False),
    create=_create,
    update=_update,
    delete=Call("/notification/webhook/delete", ("url",)),
    check=_check,
)

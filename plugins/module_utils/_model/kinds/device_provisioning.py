# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What devices that have bootstrapped are to be given at their next security heartbeat (Security Services REST API
1.1.29, /device/provisioning).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..fleet import ADJUSTED_HEARTBEAT, DEVICES, Step, ask_info, batched, chosen, devices_of, found
from ..ids import IdSet
from ..kind import STATE, DaysUntil, DeviceItem, Field, Inquiry, Kind, PerDevice, Transition
from ..request import Request
from ..values import Attributes, Type
from .bootstrap_provisioning import AUTHORIZATIONS, SECURITY_HEARTBEAT, provisioning_of

_PROPERTIES = ("authorizations", "root_ca", "security_heartbeat_seconds")


def _inquire(item: DeviceItem, _days_until: DaysUntil) -> Inquiry:
    """What was asked for (the desired properties) counts, not what a device has already made of it (the current ones):
    a device that was told is not told again, it is only waited for.
    """
    devices = yield from ask_info(item, "PROVISIONING")
    known = item.devices & IdSet(frozenset(devices))
    answers = yield batched("/device/provisioning/get", known)
    desired = {entry["id"]: entry["desired"] or {} for answer in answers for entry in answer}
    if item.directives.get("state") == "absent":
        return found(item, devices, {d: Step("delete") for d in devices if any(_parts(desired.get(d, {})))})
    steps: dict[str, Step] = {}
    pending: list[str] = []
    for device, info in devices.items():
        current = info["current"] or {}
        if not _has(item.attributes, desired.get(device, {}), current):
            steps[device] = Step("set")
        elif not _has(item.attributes, current, {}):
            pending.append(device)
    return found(item, devices, steps, pending)


def _has(declared: Attributes, properties: Mapping[str, Any], below: Mapping[str, Any]) -> bool:
    """Whether everything that is declared is in ``properties``, or where they say nothing, in those ``below``."""
    states = {**(below.get("authorizations") or {}), **(properties.get("authorizations") or {})}
    wanted = declared.get("authorizations")
    if isinstance(wanted, Mapping) and any(states.get(name) != state for name, state in wanted.items()):
        return False
    rest = (name for name in _PROPERTIES[1:] if name in declared)
    return all((properties.get(name) or below.get(name)) == declared[name] for name in rest)


def _parts(properties: Mapping[str, Any]) -> Iterator[Any]:
    return (properties[name] for name in _PROPERTIES if properties.get(name))


def _demands(attributes: Attributes, directives: Mapping[str, Any]) -> dict[str, object]:
    """To withdraw everything also withdraws the heartbeat that a key rotation has adjusted."""
    if directives.get("state") == "absent":
        return {ADJUSTED_HEARTBEAT: None}
    states = attributes.get("authorizations")
    named = {f"authorizations.{name}": state for name, state in states.items()} if isinstance(states, Mapping) else {}
    return {**named, **{name: attributes[name] for name in _PROPERTIES[1:] if name in attributes}}


def _write(transition: Transition) -> Iterable[Request]:
    provisioning = provisioning_of(transition.after)
    for _unused, devices in devices_of(transition, "set"):
        yield from batched("/device/provisioning/set", devices, Provisioning=provisioning)
    for _unused, devices in devices_of(transition, "delete"):
        yield from batched("/device/provisioning/delete", devices)


def _check(declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from chosen(declared)
    if declared.get("state") != "absent" and not any(declared.get(name) for name in _PROPERTIES):
        yield "authorizations", f"nothing is declared for these devices: give one of {', '.join(_PROPERTIES)}"


DEVICE_PROVISIONING = Kind(
    name="device_provisioning",
    section="device_provisioning",
    title="What devices that have bootstrapped are given at their next security heartbeat",
    source="u-blox Security Services REST API 1.1.29, /device/provisioning",
    fields=(
        *DEVICES,
        Field(
            "authorizations",
            Type.STATES,
            "Which security features the devices may use. Features that are left out keep what they have.",
            wire="Authorizations",
            choices=AUTHORIZATIONS,
        ),
        Field(
            "root_ca",
            Type.TEXT,
            "The root CA that signs the devices' certificates.",
            wire="CAName",
            refers_to="root_ca",
            holds=True,
        ),
        SECURITY_HEARTBEAT,
        STATE,
    ),
    read=PerDevice(
        "/device/provisioning/get",
        _inquire,
        _demands,
        removing=frozenset({"delete"}),
        immediate=frozenset({"delete"}),
    ),
    update=_write,
    check=_check,
)

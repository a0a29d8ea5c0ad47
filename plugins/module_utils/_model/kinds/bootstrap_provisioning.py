# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What devices of a profile are given when they bootstrap (Security Services REST API 1.1.29,
/deviceprofile/bootstrapprovisioning).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..kind import PROTECTED, STATE, Field, Kind, LiveObject, ParentCall, PerParent, Transition
from ..request import Request
from ..values import Attributes, Type, Value

AUTHORIZATIONS = ("LocalDPR", "LocalC2C", "LocalC2CKeyPairing", "ZTPV1")
SECURITY_HEARTBEAT = Field(
    "security_heartbeat_seconds",
    Type.INTEGER,
    "How often a device reports to the service, in seconds.",
    wire="SecurityHeartbeatInSec",
    minimum=1,
)


def _read(profile: LiveObject, answers: Sequence[Mapping[str, Any]]) -> LiveObject | None:
    (answer,) = answers
    desired = answer["DesiredProperties"]
    attributes: dict[str, Value] = {}
    if states := desired.get("Authorizations"):
        attributes["authorizations"] = {name: state.lower() for name, state in states.items()}
    if root_ca := desired.get("RootCA"):
        attributes["root_ca"] = root_ca
    if seconds := desired.get("SecurityHeartbeatInSec"):
        attributes["security_heartbeat_seconds"] = seconds
    return LiveObject(profile.name, attributes, profile.handle) if attributes else None


def _set(transition: Transition) -> Iterable[Request]:
    """The whole provisioning is sent, live and declared together: right whether the service merges or replaces."""
    yield Request(
        "/deviceprofile/bootstrapprovisioning/set",
        {"DeviceProfileUID": transition.handle, "Provisioning": provisioning_of(transition.after)},
    )


def provisioning_of(attributes: Attributes) -> dict[str, Any]:
    """Properties in the specification's words; ``_live/ublox/shapes.py`` knows the form."""
    provisioning: dict[str, Any] = {}
    states = attributes.get("authorizations")
    if isinstance(states, Mapping):
        provisioning["Authorizations"] = {name: state.upper() for name, state in sorted(states.items())}
    if "root_ca" in attributes:
        provisioning["RootCA"] = attributes["root_ca"]
    if "security_heartbeat_seconds" in attributes:
        provisioning["SecurityHeartbeatInSec"] = attributes["security_heartbeat_seconds"]
    return provisioning


def _delete(transition: Transition) -> Iterable[Request]:
    yield Request("/deviceprofile/bootstrapprovisioning/delete", {"DeviceProfileUID": transition.handle})


def _consequences(before: Attributes, after: Attributes, deletes: bool) -> Iterable[str]:
    if deletes:
        without = ", and no root CA" if "root_ca" in before else ""
        yield f"new devices of this profile would be given nothing{without}"
        return
    states, wanted = before.get("authorizations"), after.get("authorizations")
    if isinstance(states, Mapping) and isinstance(wanted, Mapping):
        for name in sorted(wanted):
            if states.get(name) == "enabled" and wanted[name] == "disabled":
                yield f"new devices of this profile would no longer be given {name}"


BOOTSTRAP_PROVISIONING = Kind(
    name="bootstrap_provisioning",
    section="bootstrap_provisioning",
    title="What new devices of a profile are given when they bootstrap",
    source="u-blox Security Services REST API 1.1.29, /deviceprofile/bootstrapprovisioning",
    fields=(
        Field(
            "profile",
            Type.TEXT,
            "The name of the device profile; letter case counts.",
            key=True,
            refers_to="device_profile",
        ),
        Field(
            "authorizations",
            Type.STATES,
            "Which security features new devices may use. Features that are left out keep what they have.",
            wire="Authorizations",
            choices=AUTHORIZATIONS,
        ),
        Field(
            "root_ca",
            Type.TEXT,
            "The root CA that signs the certificates of new devices.",
            wire="CAName",
            refers_to="root_ca",
            holds=True,
        ),
        SECURITY_HEARTBEAT,
        PROTECTED,
        STATE,
    ),
    read=PerParent(
        "device_profile",
        (ParentCall("/deviceprofile/bootstrapprovisioning/get", lambda profile: {"DeviceProfileUID": profile.handle}),),
        _read,
    ),
    create=_set,
    update=_set,
    delete=_delete,
    consequences=_consequences,
    within="device_profile",
)

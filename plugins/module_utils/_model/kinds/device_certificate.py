# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates on devices: their issuer, their renewal, their end (Security Services REST API 1.1.29, Zero Touch
Provisioning APIs, /ztp/devicecertificate).

All but a revocation happens at a device's next security heartbeat, an update needs two. Until then the service shows
the old certificate; what was asked for it is remembered on this machine, with its serial number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..fleet import DEVICES, Step, ask_info, batched, chosen, devices_of, found, root_ca_of, sampled
from ..ids import IdSet
from ..kind import DaysUntil, DeviceItem, Field, Inquiry, Kind, LiveObject, PerDevice, Transition
from ..request import Request
from ..values import Attributes, Type


def _inquire(item: DeviceItem, days_until: DaysUntil) -> Inquiry:
    devices = yield from ask_info(item, "PROVISIONING", "ZTP")
    certificates = {device: info["certificates"] or [] for device, info in devices.items()}
    names = sorted({certificate["root_ca"] for on in certificates.values() for certificate in on})
    answers = yield [Request("/ztp/rootca/crl/get", {"CANames": names})] if names else []
    revoked = {(crl["root_ca"], serial) for answer in answers for crl in answer for serial in crl["serials"]}
    expiring = {found["root_ca"] for on in certificates.values() for found in on if _expires(item, found, days_until)}
    answers = yield [Request("/ztp/rootca/get", {"CAName": name}) for name in sorted(expiring)]
    ending = {ca["CAName"]: ca["ExpiresOn"] for answer in answers for ca in answer if _ends(item, ca, days_until)}
    steps: dict[str, Step] = {}
    pending: list[str] = []
    for device, info in devices.items():
        wanted = _wanted(item, certificates[device], revoked, lambda found: _is_due(item, found, ending, days_until))
        if wanted is None:
            if not certificates[device] and _is_coming(item, device, info):
                pending.append(device)
            continue
        if _is_under_way(wanted, item, device, info):
            pending.append(device)
        else:
            steps[device] = wanted
    return _with_warnings(found(item, devices, steps, pending), item, certificates, ending)


def _wanted(
    item: DeviceItem,
    certificates: Sequence[Mapping[str, Any]],
    revoked: set[tuple[str, str]],
    is_due: Callable[[Mapping[str, Any]], bool],
) -> Step | None:
    """The step that brings the certificate of one device to what is declared; None when it is, or has none."""
    state, issuer = item.directives.get("state"), item.attributes.get("root_ca")
    for certificate in certificates:
        root_ca, serial = certificate["root_ca"], certificate["serial_number"]
        is_revoked = bool(certificate["is_revoked"]) or (root_ca, serial.lower().lstrip("0")) in revoked
        if state == "absent":
            return Step("delete", mark=f"delete {serial}")
        if state == "revoked":
            if not is_revoked:
                return Step("revoke", root_ca)
        elif issuer and root_ca != issuer:
            return Step("transfer", f"from {root_ca}", f"transfer {serial} to {issuer}")
        elif is_revoked or is_due(certificate):
            action = "update" if is_revoked or item.attributes.get("new_key") else "renew"
            return Step(action, root_ca, f"{action} {serial}")
    return None


def _expires(item: DeviceItem, certificate: Mapping[str, Any], days_until: DaysUntil) -> bool:
    window, expires = item.attributes.get("renew_within_days"), certificate["expiration_date"]
    return isinstance(window, int) and bool(expires) and days_until(expires) <= window


def _ends(item: DeviceItem, root_ca: Mapping[str, Any], days_until: DaysUntil) -> bool:
    """Whether a root CA itself ends so soon that no certificate of it can be valid for longer than is asked for."""
    window, expires = item.attributes.get("renew_within_days"), root_ca.get("ExpiresOn")
    return isinstance(window, int) and bool(expires) and days_until(str(expires)) <= window


def _is_due(item: DeviceItem, certificate: Mapping[str, Any], ending: Mapping[str, str], days_until: DaysUntil) -> bool:
    """Whether a certificate is to be renewed. One of a root CA that is ending would be due again at once."""
    return certificate["root_ca"] not in ending and _expires(item, certificate, days_until)


def _is_under_way(wanted: Step, item: DeviceItem, device: str, info: Mapping[str, Any]) -> bool:
    """Whether the device was told already. Of a transfer the service itself shows it: the new root CA is desired."""
    if wanted.mark and item.marks.get(device) == wanted.mark:
        return True
    return wanted.action == "transfer" and (info["desired"] or {}).get("root_ca") == item.attributes["root_ca"]


def _is_coming(item: DeviceItem, device: str, info: Mapping[str, Any]) -> bool:
    """Whether a device without a certificate gets one at a later heartbeat: it is between the two of an update, or
    provisioning asks for one.
    """
    if item.directives.get("state") != "present":
        return False
    current, desired = info["current"] or {}, info["desired"] or {}
    states = {**(current.get("authorizations") or {}), **(desired.get("authorizations") or {})}
    provisioned = bool(desired.get("root_ca")) and states.get("ZTPV1") == "enabled"
    return provisioned or item.marks.get(device, "").startswith("update ")


def _with_warnings(
    live: LiveObject, item: DeviceItem, certificates: Mapping[str, Sequence[Any]], ending: Mapping[str, str]
) -> LiveObject:
    """No call gives a certificate to a device that has none; provisioning does. None outlasts its root CA."""
    if item.directives.get("state") != "present" or live.progress is None:
        return live
    warnings = [
        f"root CA {name} itself ends on {ends}: its certificates are not renewed, which would not help; move the "
        "devices to another one (root_ca)"
        for name, ends in sorted(ending.items())
        if name == item.attributes.get("root_ca", name)
    ]
    if without := IdSet(frozenset(device for device, on in certificates.items() if not on)) - live.progress.pending:
        advice = "without a certificate; device_provisioning gives one, with root_ca and ZTPV1 enabled"
        warnings.append(f"{sampled(without)} {advice}")
    return replace(live, progress=replace(live.progress, warnings=(*live.progress.warnings, *warnings)))


def _demands(attributes: Attributes, directives: Mapping[str, Any]) -> dict[str, object]:
    """Where a certificate is to be removed, no root CA may be desired: it would issue another one."""
    if directives.get("state") == "absent":
        return {"root_ca": None}
    return {"root_ca": attributes["root_ca"]} if "root_ca" in attributes else {}


def _write(transition: Transition) -> Iterable[Request]:
    after = transition.after
    for step, devices in devices_of(transition, "transfer"):
        body = {"FromCA": root_ca_of(step), "ToCA": after["root_ca"]}
        yield from batched("/ztp/devicecertificate/rootca/transfer", devices, **body)
    for step, devices in devices_of(transition, "renew"):
        body = {"CAName": root_ca_of(step), "DeviceCertificateValidity": after["validity_days"]}
        yield from batched("/ztp/devicecertificate/renew", devices, **body)
    for step, devices in devices_of(transition, "update"):
        yield from batched("/ztp/devicecertificate/update", devices, CAName=root_ca_of(step))
    for step, devices in devices_of(transition, "revoke"):
        for device in devices:
            yield Request("/ztp/devicecertificate/revoke", {"ROTPublicUID": device, "CAName": root_ca_of(step)})
    for _unused, devices in devices_of(transition, "delete"):
        yield from batched("/ztp/devicecertificate/delete", devices)


def _check(declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from chosen(declared)
    ending = declared.get("state") in {"absent", "revoked"}
    for name in ("root_ca", "renew_within_days", "validity_days", "new_key"):
        if ending and name in declared:
            yield name, f"has no meaning for certificates that are to be {declared['state']}"
    for name in ("validity_days", "new_key"):
        if not ending and declared.get(name) and "renew_within_days" not in declared:
            yield name, "has no effect by itself: say when a certificate is renewed (renew_within_days)"
    renews, validity = "renew_within_days" in declared, "validity_days" in declared
    if not ending and renews and not validity and not declared.get("new_key"):
        yield "validity_days", "is missing: the service must be told how long a renewed certificate is valid"
    if renews and validity and declared["renew_within_days"] >= declared["validity_days"]:
        yield "renew_within_days", "must be less than validity_days, or each certificate would be renewed at once"


DEVICE_CERTIFICATE = Kind(
    name="device_certificate",
    section="device_certificates",
    title="Certificates on devices: their issuer, their renewal, their end",
    source="u-blox Security Services REST API 1.1.29, Zero Touch Provisioning APIs",
    fields=(
        *DEVICES,
        Field(
            "root_ca",
            Type.TEXT,
            "The root CA that the certificates are to be signed by. Certificates of another one are transferred to it.",
            wire="ToCA",
            refers_to="root_ca",
            holds=True,
        ),
        Field(
            "renew_within_days",
            Type.INTEGER,
            "Renew a certificate when it expires within so many days. Without it none is renewed.",
            minimum=1,
            maximum=3650,
        ),
        Field(
            "validity_days",
            Type.INTEGER,
            "How long a renewed certificate is valid, in days; its root CA's own end is the limit.",
            wire="DeviceCertificateValidity",
            minimum=30,
            maximum=3650,
        ),
        Field(
            "new_key",
            Type.FLAG,
            "Renew with a new key pair. It takes two security heartbeats, and between them the device has no "
            "certificate. The root CA says how long the new one is valid.",
        ),
        Field(
            "state",
            Type.TEXT,
            "V(present): valid certificates, as declared; one that was revoked is replaced, with a new key pair. "
            "V(revoked): on the certificate revocation list, though still on the device. V(absent): certificate and "
            "key pair are removed from the device, and it gets no other by itself.",
            directive=True,
            choices=("present", "revoked", "absent"),
            default="present",
        ),
    ),
    read=PerDevice(
        "/device/info/get",
        _inquire,
        _demands,
        removing=frozenset({"delete", "revoke"}),
        immediate=frozenset({"revoke"}),
        shows_effect=False,
    ),
    update=_write,
    check=_check,
)

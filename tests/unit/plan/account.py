# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account in memory that carries out requests by the rules of the Security Services REST API 1.1.29.

It refuses what the API refuses. Where the document leaves open what happens, a flag has both.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet, normal_id
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import (
    DeviceItem,
    Kind,
    Listing,
    LiveObject,
    PerDevice,
    PerParent,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount, Reading
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.membership import with_tagged
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.narrow import of_type
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.request import Request
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret

CA_FIELDS = ("CACertificateValidity", "DeviceCertificateValidity", "RenewBeforeExpiration")
TODAY = datetime.date(2026, 1, 1)
DAY = 86_400
DEFAULT_HEARTBEAT = 7 * DAY


class Refused(Exception):
    """The API answers 4xx."""


@dataclass
class Profile:
    name: str
    tags: set[str] = field(default_factory=set)  # folded
    provisioning: dict[str, Any] = field(default_factory=dict)


@dataclass
class Certificate:
    """On a device; it is valid for ``days`` from today on."""

    root_ca: str
    serial: str
    days: int = 365


@dataclass
class Device:
    """A device that has bootstrapped. ``task`` is what its next heartbeat does to its certificate: an action, and what
    it is about. ``rotation`` is told by no call.
    """

    tags: set[str] = field(default_factory=set)  # folded
    desired: dict[str, Any] = field(default_factory=dict)
    current: dict[str, Any] = field(default_factory=dict)
    certificate: Certificate | None = None
    task: tuple[str, Any] | None = None
    rotation: tuple[str, int] | None = None
    blacklisted: bool = False

    @property
    def is_updating(self) -> bool:
        return self.task is not None and self.task[0] in {"update", "issue"}


@dataclass
class MemoryAccount:
    """``merges``: whether setting provisioning keeps what is not sent. ``shows_tokens``: whether webhooks come with
    their tokens. ``shows_revoked``: whether a certificate says that it is revoked, beside the revocation list.
    ``profiles`` are by handle (DeviceProfileUID); they are made in the portal. ``devices`` are by id in normal form.
    """

    merges: bool = True
    shows_tokens: bool = True
    shows_revoked: bool = True
    ca_days: dict[str, int] = field(default_factory=dict)  # the days that root CAs have left, where they tell
    tags: dict[str, str] = field(default_factory=dict)  # folded -> as written
    root_cas: dict[str, dict[str, int]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    whitelist: IdSet = field(default_factory=IdSet)
    webhooks: dict[tuple[str, str], str] = field(default_factory=dict)  # (URL, event) -> token
    devices: dict[str, Device] = field(default_factory=dict)
    revoked: set[tuple[str, str]] = field(default_factory=set)  # (root CA, serial number)
    issued: int = 0

    def copy(self) -> MemoryAccount:
        return copy.deepcopy(self)

    def live(self) -> LiveAccount:
        """All of it that is there without being asked for by a declaration."""
        return self.read(Reading(tuple(KINDS.values())))

    def read(self, reading: Reading) -> LiveAccount:
        """What ``reading`` says, read as the kinds read it."""
        found: dict[str, Mapping[str, LiveObject]] = {}
        for kind in reading.kinds:
            if isinstance(kind.read, Listing):
                objects = kind.read.read(self._listed(kind.name))
                found[kind.name] = {kind.identity(read.name): read for read in objects}
        for kind in reading.kinds:
            if isinstance(kind.read, PerParent):
                found[kind.name] = self._of_parents(kind, kind.read, found, reading.parents.get(kind.name))
        for kind in reading.kinds:
            if isinstance(kind.read, PerDevice):
                items = reading.items.get(kind.name, {})
                found[kind.name] = {
                    identity: self._inquire(kind.read, with_tagged(item, reading, found))
                    for identity, item in items.items()
                }
        return LiveAccount(found)

    def _of_parents(
        self,
        kind: Kind,
        read: PerParent,
        found: Mapping[str, Mapping[str, LiveObject]],
        only: frozenset[str] | None,
    ) -> dict[str, LiveObject]:
        objects = {}
        for identity, parent in found[read.parent].items():
            if only is None or identity in only:
                answers = [self._about_parent(kind, call.path, call.body(parent)) for call in read.calls]
                if (one := read.read(parent, answers)) is not None:
                    objects[identity] = one
        return objects

    def _about_parent(self, kind: Kind, path: str, body: Mapping[str, Any]) -> Any:
        if path == "/deviceprofile/bootstrapprovisioning/get":
            return {"DesiredProperties": self._profile(body["DeviceProfileUID"]).provisioning}
        assert kind.name == "tag_assignment", f"a new kind: teach this account its rules ({kind})"
        (tag,) = self._tags(body)
        if path == "/device/rotpublicuid/get":
            return self._tagged(tag)
        return [profile for profile in self._listed("device_profile") if self.tags[tag] in profile["TagNames"]]

    def _tagged(self, tag: str) -> list[str]:
        return [device for device, found in self.devices.items() if tag in found.tags]

    def _inquire(self, read: PerDevice, item: DeviceItem) -> LiveObject:
        inquiry = read.inquire(item, days_until)
        try:
            requests = next(inquiry)
            while True:
                requests = inquiry.send([ANSWERS[request.path](self, request.body) for request in requests])
        except StopIteration as end:
            return of_type(LiveObject, end.value)

    def _device_info(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        options, known = body["Options"], (normal_id(text) for text in body["ROTPublicUIDs"])
        return [self._info(device, options) for device in known if device in self.devices]

    def _info(self, device: str, options: Iterable[str]) -> dict[str, Any]:
        found = self.devices[device]
        info: dict[str, Any] = {"id": device, "is_blacklisted": found.blacklisted}
        info |= {"desired": None, "current": None, "certificates": None}
        if "PROVISIONING" in options:
            info |= {"desired": properties(found.desired), "current": properties(found.current)}
        if "ZTP" in options and found.certificate:
            info["certificates"] = [self._shown(found.certificate)]
        return info

    def _shown(self, certificate: Certificate) -> dict[str, Any]:
        revoked = (certificate.root_ca, certificate.serial) in self.revoked
        return {
            "root_ca": certificate.root_ca,
            "serial_number": certificate.serial,
            "expiration_date": (TODAY + datetime.timedelta(days=certificate.days)).isoformat() + "T00:00:00Z",
            "is_revoked": revoked if self.shows_revoked else None,
        }

    def _desired_properties(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{"id": device, "desired": properties(found.desired)} for device, found in self._known(body).items()]

    def _revoked_serials(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        refuse(any(name not in self.root_cas for name in body["CANames"]), "no such CA")
        return [
            {"root_ca": name, "serials": [serial.lower().lstrip("0") for ca, serial in self.revoked if ca == name]}
            for name in body["CANames"]
        ]

    def _root_ca(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        refuse(body["CAName"] not in self.root_cas, "no such CA")
        days = self.ca_days.get(body["CAName"])
        ends = {"ExpiresOn": (TODAY + datetime.timedelta(days=days)).isoformat()} if days is not None else {}
        return [{"CAName": body["CAName"], **ends}]

    def obstacles(self, targets: Iterable[tuple[Kind, LiveObject]]) -> dict[str, str]:
        """Why the service would refuse to delete some of ``targets``, by address."""
        why = {}
        for kind, target in targets:
            if kind.obstacle is not None:
                why[kind.address(target.name)] = kind.obstacle.blocks({"TotalRecords": self._users(kind, target.name)})
        return why

    def unknown_devices(self, devices: IdSet) -> IdSet:
        """Those that the service does not know."""
        return devices - IdSet(frozenset(self.devices))

    def _users(self, kind: Kind, name: str) -> int:
        if kind.name == "tag":
            return len(self._tagged(name.casefold()))
        return sum(d.certificate is not None and d.certificate.root_ca == name for d in self.devices.values())

    def beat(self) -> None:
        """Every device has its security heartbeat."""
        for device in self.devices.values():
            device.current = merged(device.current, device.desired)
            task, device.task = device.task, None
            if task:
                self._carry_out(device, *task)
            elif (root_ca := issuer(device)) and (device.certificate is None or device.certificate.root_ca != root_ca):
                device.certificate = self.certificate(root_ca)

    def _carry_out(self, device: Device, action: str, about: Any) -> None:
        if action == "renew":
            assert device.certificate is not None
            device.certificate = self.certificate(device.certificate.root_ca, about)
        elif action in {"issue", "transfer"}:
            device.certificate = self.certificate(about)
        else:
            device.certificate = None
            device.task = ("issue", about) if action == "update" else None
            if action == "delete":
                device.current.pop("RootCA", None)

    def certificate(self, root_ca: str, days: int = 365) -> Certificate:
        """A new one."""
        self.issued += 1
        return Certificate(root_ca, f"00AB{self.issued:04X}", days)

    def _listed(self, kind: str) -> list[Any]:
        if kind == "tag":
            return [{"TagName": name} for name in self.tags.values()]
        if kind == "root_ca":
            return [{"CAName": name, **fields} for name, fields in self.root_cas.items()]
        if kind == "device_profile":
            return [
                {"DeviceProfileUID": uid, "ProfileName": p.name, "TagNames": [self.tags[tag] for tag in p.tags]}
                for uid, p in self.profiles.items()
            ]
        if kind == "whitelist":
            return list(self.whitelist)
        assert kind == "webhook", f"a new kind: teach this account its rules ({kind})"
        return [
            {
                "NotificationURL": url,
                "NotificationType": event,
                **({"AuthorizationToken": token} if self.shows_tokens else {}),
            }
            for (url, event), token in self.webhooks.items()
        ]

    def send(self, request: Request) -> None:
        """Raises Refused."""
        rule = getattr(self, "_" + request.path.strip("/").replace("/", "_"))
        rule(request.body)

    def _tag_create(self, body: Mapping[str, Any]) -> None:
        refuse(body["TagName"].casefold() in self.tags, "the tag exists")
        self.tags[body["TagName"].casefold()] = body["TagName"]

    def _tag_delete(self, body: Mapping[str, Any]) -> None:
        (folded,) = self._tags({"TagNames": [body["TagName"]]})
        refuse(bool(self._tagged(folded)), "This tag is currently assigned to ROTPublicUID(s)")
        del self.tags[folded]
        for profile in self.profiles.values():
            profile.tags.discard(folded)

    def _tag_assign(self, body: Mapping[str, Any]) -> None:
        tags = self._tags(body)
        for holder in self._holders(body):
            holder.tags |= tags

    def _tag_remove(self, body: Mapping[str, Any]) -> None:
        tags = self._tags(body)
        for holder in self._holders(body):
            holder.tags -= tags

    def _tags(self, body: Mapping[str, Any]) -> set[str]:
        folded = {tag.casefold() for tag in body["TagNames"]}
        refuse(not folded or not folded <= set(self.tags), f"no such tags: {sorted(folded - set(self.tags))}")
        return folded

    def _holders(self, body: Mapping[str, Any]) -> list[Profile | Device]:
        refuse(not ("ROTPublicUIDs" in body or "DeviceProfileUIDs" in body), "neither devices nor profiles")
        devices = self._known(body).values() if "ROTPublicUIDs" in body else ()
        return [*devices, *(self._profile(uid) for uid in body.get("DeviceProfileUIDs", ()))]

    def _known(self, body: Mapping[str, Any]) -> dict[str, Device]:
        """The devices of a request, all of which must be known."""
        ids = [normal_id(text) for text in body["ROTPublicUIDs"]]
        refuse(not ids, "no ROTPublicUIDs")
        refuse(any(device not in self.devices for device in ids), "Bad Request. Invalid ROTPublicUIDs")
        return {device: self.devices[device] for device in ids}

    def _actionable(self, body: Mapping[str, Any]) -> dict[str, Device]:
        """The devices of a request that does something with them, which is not possible in the blacklist."""
        devices = self._known(body)
        refuse(any(device.blacklisted for device in devices.values()), "a device is in the blacklist")
        return devices

    def _device_provisioning_set(self, body: Mapping[str, Any]) -> None:
        sent = body["Provisioning"]
        refuse(not sent, "nothing to set")
        refuse("RootCA" in sent and sent["RootCA"] not in self.root_cas, "no such CA")
        for device in self._actionable(body).values():
            device.desired = merged(device.desired if self.merges else {}, sent)

    def _device_provisioning_delete(self, body: Mapping[str, Any]) -> None:
        for device in self._actionable(body).values():
            device.desired = {}
            device.current.pop("SecurityHeartbeatInSec", None)

    def _e2e_key_rotate(self, body: Mapping[str, Any]) -> None:
        refuse(body["Type"] not in {"CONTINUOUS", "AUTOMATIC"}, "no such Type")
        days = body.get("Days", 7) if body["Type"] == "AUTOMATIC" else 0
        refuse(not 0 <= days <= 30, "Days out of range")
        for device in self._actionable(body).values():
            device.rotation = (body["Type"], days)
            either = merged(device.current, device.desired)
            if days and either.get("SecurityHeartbeatInSec", DEFAULT_HEARTBEAT) > days * DAY:
                device.desired["SecurityHeartbeatInSec"] = days * DAY

    def _certified(self, body: Mapping[str, Any], root_ca: str | None, *, even_updating: bool = False) -> list[Device]:
        """The devices of a request about the certificates of a root CA (None: any) that are on them."""
        refuse(root_ca is not None and root_ca not in self.root_cas, "no such CA")
        devices = list(self._actionable(body).values())
        refuse(not even_updating and any(d.is_updating for d in devices), "update process is still on-going")
        for device in devices:
            on_it = device.certificate.root_ca if device.certificate else None
            refuse(on_it is None or root_ca not in {None, on_it}, f"without a certificate of {root_ca}")
        return devices

    def _ztp_devicecertificate_renew(self, body: Mapping[str, Any]) -> None:
        refuse(not 30 <= body["DeviceCertificateValidity"] <= 3650, "out of range")
        for device in self._certified(body, body["CAName"]):
            device.task = ("renew", body["DeviceCertificateValidity"])

    def _ztp_devicecertificate_update(self, body: Mapping[str, Any]) -> None:
        for device in self._certified(body, body["CAName"], even_updating=True):
            device.task = ("update", body["CAName"])

    def _ztp_devicecertificate_delete(self, body: Mapping[str, Any]) -> None:
        for device in self._certified(body, None):
            device.desired.pop("RootCA", None)
            device.task = ("delete", None)

    def _ztp_devicecertificate_revoke(self, body: Mapping[str, Any]) -> None:
        (device,) = self._certified({"ROTPublicUIDs": [body["ROTPublicUID"]]}, body["CAName"])
        assert device.certificate is not None
        self.revoked.add((body["CAName"], device.certificate.serial))

    def _ztp_devicecertificate_rootca_transfer(self, body: Mapping[str, Any]) -> None:
        refuse(body["ToCA"] not in self.root_cas, "no such CA")
        refuse(body["ToCA"] == body["FromCA"], "both CAs are the same")
        for device in self._certified(body, body["FromCA"]):
            device.desired["RootCA"] = body["ToCA"]
            device.task = ("transfer", body["ToCA"])

    def _ztp_rootca_create(self, body: Mapping[str, Any]) -> None:
        refuse(body["CAName"] in self.root_cas, "the CA exists")
        refuse(body["DeviceCertificateValidity"] > body["CACertificateValidity"], "longer than the CA")
        self.root_cas[body["CAName"]] = {name: body[name] for name in CA_FIELDS if name in body}

    def _ztp_rootca_update(self, body: Mapping[str, Any]) -> None:
        refuse(body["CAName"] not in self.root_cas, "no such CA")
        self.root_cas[body["CAName"]]["RenewBeforeExpiration"] = body["RenewBeforeExpiration"]

    def _ztp_rootca_delete(self, body: Mapping[str, Any]) -> None:
        refuse(body["CAName"] not in self.root_cas, "no such CA")
        linked = any(p.provisioning.get("RootCA") == body["CAName"] for p in self.profiles.values())
        refuse(linked, "the CA is linked to a device profile")
        properties = [part for device in self.devices.values() for part in (device.desired, device.current)]
        refuse(any(part.get("RootCA") == body["CAName"] for part in properties), "the CA is set on a device")
        del self.root_cas[body["CAName"]]

    def _deviceprofile_bootstrapprovisioning_set(self, body: Mapping[str, Any]) -> None:
        profile, sent = self._profile(body["DeviceProfileUID"]), body["Provisioning"]
        refuse(not sent, "nothing to set")
        refuse("RootCA" in sent and sent["RootCA"] not in self.root_cas, "no such CA")
        profile.provisioning = merged(profile.provisioning if self.merges else {}, sent)

    def _deviceprofile_bootstrapprovisioning_delete(self, body: Mapping[str, Any]) -> None:
        self._profile(body["DeviceProfileUID"]).provisioning = {}

    def _device_whitelist_add(self, body: Mapping[str, Any]) -> None:
        ids = IdSet.of(body["ROTPublicUIDs"])
        refuse(not ids, "no ids")
        self.whitelist = self.whitelist | ids if body["Action"] == "ADD" else self.whitelist - ids

    def _notification_webhook_create(self, body: Mapping[str, Any]) -> None:
        hook = (body["NotificationURL"], body["NotificationType"])
        refuse(hook in self.webhooks, "the webhook exists")
        self.webhooks[hook] = revealed(body["AuthorizationToken"])

    def _notification_webhook_update(self, body: Mapping[str, Any]) -> None:
        for hook in self._hooks(body["NotificationURL"]):
            self.webhooks[hook] = revealed(body["AuthorizationToken"])

    def _notification_webhook_delete(self, body: Mapping[str, Any]) -> None:
        for hook in self._hooks(body["NotificationURL"]):
            del self.webhooks[hook]

    def _profile(self, uid: str) -> Profile:
        refuse(uid not in self.profiles, "no such profile")
        return self.profiles[uid]

    def _hooks(self, url: str) -> list[tuple[str, str]]:
        found = [hook for hook in self.webhooks if hook[0] == url]
        refuse(not found, "no such webhook")
        return found


ANSWERS = {
    "/device/info/get": MemoryAccount._device_info,
    "/device/provisioning/get": MemoryAccount._desired_properties,
    "/ztp/rootca/crl/get": MemoryAccount._revoked_serials,
    "/ztp/rootca/get": MemoryAccount._root_ca,
}
"""Answers to the calls of inquiries, in the form in which the live account gives them to the kinds."""


def days_until(iso_date: str) -> int:
    """From the day on which this account lives."""
    return (datetime.date.fromisoformat(iso_date[:10]) - TODAY).days


def issuer(device: Device) -> str:
    """The root CA that a device is to have a certificate of by its properties; empty for none."""
    enabled = device.current.get("Authorizations", {}).get("ZTPV1") == "ENABLED"
    return str(device.current.get("RootCA", "")) if enabled else ""


def merged(before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Properties with others set over them, authorizations one by one."""
    states = {**before.get("Authorizations", {}), **sent.get("Authorizations", {})}
    return {**before, **sent, **({"Authorizations": states} if states else {})}


def properties(set_to: Mapping[str, Any]) -> dict[str, Any]:
    """Desired or current properties in our words."""
    return {
        "authorizations": {name: state.lower() for name, state in set_to.get("Authorizations", {}).items()},
        "root_ca": set_to.get("RootCA"),
        "security_heartbeat_seconds": set_to.get("SecurityHeartbeatInSec"),
        "dates": {},
    }


def refuse(condition: bool, why: str) -> None:
    if condition:
        raise Refused(why)


def revealed(token: Secret) -> str:
    assert isinstance(token, Secret)
    return token.reveal()

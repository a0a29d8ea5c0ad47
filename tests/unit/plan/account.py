# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account in memory that carries out requests by the rules of the Security Services REST API 1.1.29.

It refuses what the API refuses. Where the document leaves open what happens, a flag has both.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.kind import Kind, Listing, LiveObject
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.registry import KINDS
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.request import Request
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret

CA_FIELDS = ("CACertificateValidity", "DeviceCertificateValidity", "RenewBeforeExpiration")


class Refused(Exception):
    """The API answers 4xx."""


@dataclass
class Profile:
    name: str
    tags: set[str] = field(default_factory=set)  # folded
    provisioning: dict[str, Any] = field(default_factory=dict)


@dataclass
class MemoryAccount:
    """``merges``: whether setting provisioning keeps what is not sent. ``shows_tokens``: whether webhooks come with
    their tokens. ``profiles`` are by handle (DeviceProfileUID); they are made in the portal.
    """

    merges: bool = True
    shows_tokens: bool = True
    tags: dict[str, str] = field(default_factory=dict)  # folded -> as written
    tags_of_devices: set[str] = field(default_factory=set)
    root_cas: dict[str, dict[str, int]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    whitelist: IdSet = field(default_factory=IdSet)
    webhooks: dict[tuple[str, str], str] = field(default_factory=dict)  # (URL, event) -> token

    def copy(self) -> MemoryAccount:
        return copy.deepcopy(self)

    def live(self) -> LiveAccount:
        """All of it, read as the kinds read it."""
        found = {name: self._read(kind) for name, kind in KINDS.items()}
        return LiveAccount(found)

    def read_again(self, kind: Kind, identity: str) -> LiveObject | None:
        return self._read(kind).get(identity)

    def _read(self, kind: Kind) -> Mapping[str, LiveObject]:
        if isinstance(kind.read, Listing):
            return {kind.identity(found.name): found for found in kind.read.read(self._listed(kind.name))}
        profiles = KINDS["device_profile"]
        assert isinstance(profiles.read, Listing)
        found = {}
        for profile in profiles.read.read(self._listed("device_profile")):
            provisioning = self.profiles[profile.handle].provisioning
            if (read := kind.read.read(profile, {"DesiredProperties": provisioning})) is not None:
                found[profile.name] = read
        return found

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
        folded = body["TagName"].casefold()
        refuse(folded not in self.tags, "no such tag")
        refuse(folded in self.tags_of_devices, "This tag is currently assigned to ROTPublicUID(s)")
        del self.tags[folded]
        for profile in self.profiles.values():
            profile.tags.discard(folded)

    def _tag_assign(self, body: Mapping[str, Any]) -> None:
        for tag in body["TagNames"]:
            refuse(tag.casefold() not in self.tags, f"no such tag: {tag}")
        for uid in body["DeviceProfileUIDs"]:
            self._profile(uid).tags |= {tag.casefold() for tag in body["TagNames"]}

    def _tag_remove(self, body: Mapping[str, Any]) -> None:
        for uid in body["DeviceProfileUIDs"]:
            self._profile(uid).tags -= {tag.casefold() for tag in body["TagNames"]}

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
        del self.root_cas[body["CAName"]]

    def _deviceprofile_bootstrapprovisioning_set(self, body: Mapping[str, Any]) -> None:
        profile, sent = self._profile(body["DeviceProfileUID"]), body["Provisioning"]
        refuse(not sent, "nothing to set")
        refuse("RootCA" in sent and sent["RootCA"] not in self.root_cas, "no such CA")
        before = profile.provisioning if self.merges else {}
        states = {**before.get("Authorizations", {}), **sent.get("Authorizations", {})}
        profile.provisioning = {**before, **sent, **({"Authorizations": states} if states else {})}

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


def refuse(condition: bool, why: str) -> None:
    if condition:
        raise Refused(why)


def revealed(token: Secret) -> str:
    assert isinstance(token, Secret)
    return token.reveal()

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of u-blox Security Services: what each is for, and the request that its sample prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One call; `sample` is the printed request, lists that it prints empty filled in."""

    group: str
    summary: str
    sample: Any = None


_AUTH, _PROFILE, _DEVICE, _SERVICE = "Authentication", "Device Profile", "Device", "Service"
_INFORMATION, _ZTP, _HOOK, _TAG = "Information", "Zero Touch Provisioning", "Notification Hook", "Tag"

_UID = "AyvylmHVdUiHQzUaCjOmC"
_ROT = "0002000089280001"
_LOCAL_DPR = {"Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}]}
_DATES = {"FromDate": "2020-02-01T00:00:00+00:00", "ToDate": "2020-03-01T23:59:00+00:00"}

OPERATIONS: dict[str, Operation] = {
    "/authenticate": Operation(
        _AUTH,
        "Sign in with an API key",
        {"APIKey": "0d636af8-d001-49ba-86d3-80f21272c14a", "APISecret": "nqnazbOMuKAalu9KZwHKyN7tnJua96ki"},
    ),
    "/refreshauthtoken": Operation(_AUTH, "Make a new AuthToken; a RefreshToken serves for 3 days"),
    "/deviceprofile/get": Operation(_PROFILE, "List device profiles", {"TagNames": ["downtown"], "PageNumber": 1}),
    "/deviceprofile/bootstrapprovisioning/set": Operation(
        _PROFILE,
        "Set what devices of a profile are given when they bootstrap",
        {"DeviceProfileUID": _UID, "Provisioning": _LOCAL_DPR},
    ),
    "/deviceprofile/bootstrapprovisioning/get": Operation(
        _PROFILE, "Get what devices of a profile are given when they bootstrap", {"DeviceProfileUID": _UID}
    ),
    "/deviceprofile/bootstrapprovisioning/delete": Operation(
        _PROFILE, "Delete what devices of a profile are given when they bootstrap", {"DeviceProfileUID": _UID}
    ),
    "/device/list/get": Operation(_DEVICE, "List devices", {"Filter": "BLACKLISTED", "PageNumber": 1}),
    "/device/whitelist/add": Operation(
        _DEVICE, "Put devices on the whitelist, or take them off it", {"ROTPublicUIDs": [_ROT], "Action": "ADD"}
    ),
    "/device/whitelist/get": Operation(_DEVICE, "List the whitelist", {"PageNumber": 1}),
    "/device/provisioning/set": Operation(
        _DEVICE,
        "Set what devices are given at their next security heartbeat",
        {"ROTPublicUIDs": [_ROT], "Provisioning": _LOCAL_DPR},
    ),
    "/device/provisioning/get": Operation(
        _DEVICE, "Get what devices are given at their next security heartbeat", {"ROTPublicUIDs": [_ROT]}
    ),
    "/device/provisioning/delete": Operation(
        _DEVICE, "Delete what devices are given at their next security heartbeat", {"ROTPublicUIDs": [_ROT]}
    ),
    "/e2e/key/rotate": Operation(
        _SERVICE, "Rotate the keys of E2E data protection", {"ROTPublicUIDs": [_ROT], "Type": "AUTOMATIC", "Days": 1}
    ),
    "/e2e/uplink/symmetrickey/get": Operation(
        _SERVICE, "Get the symmetric key of a KeyID", {"KeyID": "1101000005B52001443F8C16C7EC"}
    ),
    "/e2e/uplink/protectionparameters/get": Operation(
        _SERVICE,
        "Get the parameters that decrypt a message of a device",
        {"EncryptedHeader": "1101000089282257621f7593c47f0000"},
    ),
    "/e2e/uplink/integrityparameters/get": Operation(
        _SERVICE, "Get the parameters that prove a message of a device", {"EncryptedHeader": "2900000f0008002f312401"}
    ),
    "/e2e/downlink/protectionparameters/get": Operation(
        _SERVICE, "Get the parameters that encrypt a message for a device", {"ROTPublicUID": 2000089282245}
    ),
    "/e2e/downlink/integrityparameters/get": Operation(
        _SERVICE, "Get the parameters that make a message for a device provable", {"ROTPublicUID": 2000089282245}
    ),
    "/device/info/get": Operation(
        _INFORMATION, "Get what is known of devices", {"ROTPublicUIDs": [_ROT], "Options": ["CORE"]}
    ),
    "/notification/get": Operation(
        _INFORMATION,
        "List notifications of at most 180 days",
        {**_DATES, "ROTPublicUIDs": [_ROT], "NotificationType": "DEVICE_INFO_CHANGE"},
    ),
    "/device/clone/get": Operation(
        _INFORMATION, "List when devices were seen cloned", {**_DATES, "ROTPublicUIDs": [_ROT]}
    ),
    "/device/suspicious/get": Operation(_INFORMATION, "List suspicious devices", {"ROTPublicUIDs": [_ROT]}),
    "/device/activity/get": Operation(
        _INFORMATION, "List what was carried out on a device", {**_DATES, "ROTPublicUID": _ROT, "PageNumber": 1}
    ),
    "/device/usage/get": Operation(
        _INFORMATION, "Count the use of services by device, over at most 60 days", {"FromDate": "2020-02-01"}
    ),
    "/device/rotpublicuid/get": Operation(
        _INFORMATION,
        "List the devices of a device profile or of tags",
        {"DeviceProfileUID": "mbYbAX-CoEqE97TMFBsUKQ", "PageNumber": 1},
    ),
    "/apiversion": Operation(_INFORMATION, "Get the version of the API"),
    "/ztp/rootca/create": Operation(
        _ZTP,
        "Create a root CA",
        {
            "CAName": "example.com",
            "CACertificateValidity": 3650,
            "DeviceCertificateValidity": 3650,
            "RenewBeforeExpiration": 180,
        },
    ),
    "/ztp/rootca/update": Operation(
        _ZTP,
        "Change when device certificates of a root CA are renewed",
        {"CAName": "example.com", "RenewBeforeExpiration": 180},
    ),
    "/ztp/rootca/get": Operation(_ZTP, "List root CAs, or get one", {"PageNumber": 1}),
    "/ztp/rootca/crl/get": Operation(_ZTP, "Get certificate revocation lists", {"CANames": ["example.com"]}),
    "/ztp/rootca/device/get": Operation(
        _ZTP, "List the devices with a certificate of a root CA", {"CAName": "acme.example.com"}
    ),
    "/ztp/rootca/popcertificate/generate": Operation(
        _ZTP,
        "Make a proof of possession of a root CA",
        {"CAName": "example.com", "RegistrationCode": "930783746273459058465786283467236543874968549"},
    ),
    "/ztp/rootca/delete": Operation(_ZTP, "Delete a root CA that nothing uses", {"CAName": "example.com"}),
    "/ztp/devicecertificate/renew": Operation(
        _ZTP,
        "Renew device certificates with the same key pair",
        {"ROTPublicUIDs": [_ROT], "CAName": "example.com", "DeviceCertificateValidity": 1000},
    ),
    "/ztp/devicecertificate/update": Operation(
        _ZTP,
        "Renew device certificates with another key pair, in two security heartbeats",
        {"ROTPublicUIDs": [_ROT], "CAName": "example.com"},
    ),
    "/ztp/devicecertificate/delete": Operation(
        _ZTP, "Remove device certificates at the next security heartbeat", {"ROTPublicUIDs": [_ROT]}
    ),
    "/ztp/devicecertificate/revoke": Operation(
        _ZTP, "Revoke a device certificate at once", {"ROTPublicUID": "0002000089280087", "CAName": "example.com"}
    ),
    "/ztp/devicecertificate/rootca/transfer": Operation(
        _ZTP,
        "Give devices a certificate of another root CA",
        {"ROTPublicUIDs": [_ROT], "FromCA": "examplefrom.com", "ToCA": "exampleto.com"},
    ),
    "/notification/webhook/create": Operation(
        _HOOK,
        "Have a URL called for an event",
        {
            "NotificationURL": "https://example.com",
            "AuthorizationToken": "Bearer eiuytreuihkjfghdlyreuiyt",
            "NotificationType": "DEVICE_BOOTSTRAP_EVENT",
        },
    ),
    "/notification/webhook/update": Operation(
        _HOOK,
        "Change the authorization token for a URL",
        {"NotificationURL": "https://example.com", "AuthorizationToken": "Bearer eiuytreuihkjfghdlyreuiyt"},
    ),
    "/notification/webhook/delete": Operation(
        _HOOK, "Have a URL called no longer", {"NotificationURL": "https://example.com"}
    ),
    "/notification/webhook/get": Operation(_HOOK, "List the URLs that are called"),
    "/tag/create": Operation(_TAG, "Create a tag", {"TagName": "downtown"}),
    "/tag/delete": Operation(_TAG, "Delete a tag that no device has", {"TagName": "downtown"}),
    "/tag/get": Operation(_TAG, "List tags", {"PageNumber": 1}),
    "/tag/assign": Operation(
        _TAG, "Give every tag to every device or device profile", {"TagNames": ["downtown"], "ROTPublicUIDs": [_ROT]}
    ),
    "/tag/remove": Operation(
        _TAG, "Take every tag from every device or device profile", {"TagNames": ["downtown"], "ROTPublicUIDs": [_ROT]}
    ),
}

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What u-blox calls answer with 200: as the samples print it, or marked."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.parts import (
    COLLAPSED,
    Schema,
    array,
    flag,
    inferred,
    record,
    text,
    whole,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.openapi.ublox_fields import (
    collapsed,
    numeric_rot_public_uid,
    properties,
    rot_public_uid,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.suspicion import REASONS
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.webhooks import EVENT_TYPES

_BASE64 = "Base64."
_PEM = "PEM, with real line ends or with \\n in their place."


def _page(key: str, items: Schema, **more: Schema) -> Schema:
    return record(
        {
            **more,
            key: array(items),
            "PageNumber": whole(),
            "PageSize": whole("Always 100."),
            "TotalRecords": whole("How many there are on all pages."),
        }
    )


def _root_ca(*, created: bool) -> Schema:
    renewal = {} if created else {"RenewBeforeExpiration": whole("Days; absent when it was never set.")}
    return record(
        {
            "CAName": text(),
            "CACertificateValidity": whole("Days."),
            "DeviceCertificateValidity": whole("Days."),
            **renewal,
            "Certificate": text(_PEM),
            "CreatedDate": text(),
        },
        optional=renewal,
    )


_CORE = {
    "RotVersion": text(),
    "SerialNumber": text("Of the security context."),
    "Version": text(),
    "DeviceSerialNumber": {"type": ["string", "null"]},
    "IMEI": {"type": ["string", "null"]},
    "DeviceProfileUID": text(),
    "TypeNumber": text(),
    "IsBlacklisted": flag(),
}
"""What the bootstrap event prints of a device; absent values are null by inference."""

_CERTIFICATE = record(
    {
        "CAName": text(),
        "SerialNumber": text(),
        "ExpirationDate": text(),
        "IsRevoked": flag(),
        "Certificate": text(_PEM),
    }
)

_DEVICE_INFO = {
    "ROTPublicUID": rot_public_uid(),
    **_CORE,
    "State": text("Of the bootstrap.", enum=["ACTIVATED", "ALLOCATED"]),
    "BootstrapDate": text(),
    "DesiredProperties": properties("ModifiedDate"),
    "CurrentProperties": properties("SyncDate"),
    "DeviceCertificates": array(_CERTIFICATE),
}

_CCM_PARAMETERS = {
    "Nonce": text(_BASE64),
    "MACLength": whole("Bits."),
    "CipherSuite": text(),
    "Key": text(_BASE64),
    "KIV": text(_BASE64),
    "ROTPublicUID": numeric_rot_public_uid(),
}
_HMAC_PARAMETERS = {
    "MACLength": whole("Bits."),
    "KeyLength": whole("Bits."),
    "CipherSuite": text(),
    "AuthenticationKey": text(_BASE64),
    "AuthKeyLength": whole("Bits."),
    "EncryptionKey": text(_BASE64),
    "KIV": text(_BASE64),
    "AESIV": text(_BASE64),
    "ROTPublicUID": numeric_rot_public_uid(),
}
_INTEGRITY = record(
    {
        "MACLength": whole("Bits."),
        "CipherSuite": text(),
        "AuthenticationKey": text(_BASE64),
        "AuthKeyLength": whole("Bits."),
        "KIV": text(_BASE64),
        "ROTPublicUID": numeric_rot_public_uid(),
    }
)
_SECOND_SAMPLE = "there is a second sample, which is not printed; this is the form of the downlink call"

_USAGE = {
    "type": "object",
    "description": "How often each service was used, by the device's id without its leading zeros.",
    "additionalProperties": inferred(
        {"type": "object", "additionalProperties": {"type": "integer"}},
        f"{COLLAPSED}; the eight causes are listed, their names are not",
    ),
}

ANSWERS: dict[str, Schema] = {
    "/authenticate": record({"AuthToken": text("A JWT."), "RefreshToken": text()}),
    "/refreshauthtoken": record({"AuthToken": text("A JWT.")}),
    "/deviceprofile/get": _page(
        "DeviceProfiles",
        collapsed(record({"DeviceProfileUID": text(), "ProfileName": text(), "TagNames": array(text())})),
    ),
    "/deviceprofile/bootstrapprovisioning/get": record({"DeviceProfileUID": text(), "DesiredProperties": properties()}),
    "/device/list/get": _page("ROTPublicUIDs", collapsed(rot_public_uid())),
    "/device/rotpublicuid/get": _page("ROTPublicUIDs", collapsed(rot_public_uid())),
    "/device/whitelist/get": _page(
        "DeviceWhitelist",
        collapsed({"oneOf": [rot_public_uid(), record({"IMEI": text("Of a device that has not been seen.")})]}),
    ),
    "/device/provisioning/get": array(
        collapsed(record({"ROTPublicUID": rot_public_uid(), "DesiredProperties": properties("ModifiedDate")}))
    ),
    "/device/info/get": record(
        {
            "DeviceInfo": array(
                collapsed(record(_DEVICE_INFO, optional=[name for name in _DEVICE_INFO if name != "ROTPublicUID"]))
            )
        }
    ),
    "/e2e/uplink/symmetrickey/get": record({"Key": text(_BASE64), "ROTPublicUID": numeric_rot_public_uid()}),
    "/e2e/uplink/protectionparameters/get": {
        "oneOf": [record(_CCM_PARAMETERS), inferred(record(_HMAC_PARAMETERS), _SECOND_SAMPLE)]
    },
    "/e2e/uplink/integrityparameters/get": _INTEGRITY,
    "/e2e/downlink/protectionparameters/get": record(_HMAC_PARAMETERS),
    "/e2e/downlink/integrityparameters/get": _INTEGRITY,
    "/notification/get": _page(
        "Notifications",
        collapsed(
            record(
                {
                    "ROTPublicUID": rot_public_uid(),
                    "Timestamp": text(),
                    "NotificationType": text(),
                    "Payload": {"type": "object"},
                }
            )
        ),
    ),
    "/device/clone/get": _page(
        "ClonedEvents", collapsed(record({"ROTPublicUID": rot_public_uid(), "Timestamp": text()}))
    ),
    "/device/suspicious/get": _page(
        "SuspiciousDevices",
        collapsed(record({"ROTPublicUID": rot_public_uid(), "Reasons": array(text(enum=list(REASONS)), minItems=1)})),
    ),
    "/device/activity/get": _page(
        "Activities",
        collapsed(record({"Command": text(), "Timestamp": text()})),
        LastSeen=text("When the device was last seen."),
    ),
    "/device/usage/get": _USAGE,
    "/apiversion": record({"Version": text()}),
    "/ztp/rootca/create": _root_ca(created=True),
    "/ztp/rootca/get": _page("CAs", collapsed(_root_ca(created=False))),
    "/ztp/rootca/device/get": _page(
        "Devices", collapsed(record({"ROTPublicUID": rot_public_uid(), "SerialNumber": text()}))
    ),
    "/ztp/rootca/crl/get": record(
        {
            "CRLs": array(
                collapsed(
                    record(
                        {
                            "CAName": text(),
                            "CRL": text(_PEM),
                            "SerialNumbers": array(text("Of a revoked device certificate.")),
                        }
                    )
                )
            )
        }
    ),
    "/ztp/rootca/popcertificate/generate": record({"CAName": text(), "PoPCertificate": text(_PEM)}),
    "/notification/webhook/get": array(
        collapsed(
            record(
                {
                    "NotificationURL": text(),
                    "NotificationType": text(enum=list(EVENT_TYPES)),
                    "AuthorizationToken": text("Whether it comes back is not said."),
                },
                optional=["AuthorizationToken"],
            )
        )
    ),
    "/tag/get": _page("Tags", collapsed(record({"TagName": text()}))),
}
"""The calls that are not here answer a message."""

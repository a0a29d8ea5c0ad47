# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the specifications leave out, and what the sandbox does there: one table, each with its reason.

Whatever is not in this table is documented. A setting named here changes the behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inference:
    """One assumption: of which `system`, at which `path` ("*": all), what is assumed, and why."""

    system: str
    path: str
    assumed: str
    because: str


def _ublox(path: str, assumed: str, because: str) -> Inference:
    return Inference("ublox", path, assumed, because)


def _calamp(path: str, assumed: str, because: str) -> Inference:
    return Inference("calamp", path, assumed, because)


def _mt20w(path: str, assumed: str, because: str) -> Inference:
    return Inference("mt20w", path, assumed, because)


_COLLAPSED = "the printed sample shows the list as [ ] or { } without its content"
_NO_SUCCESS = "only error bodies are printed for this call"
_NO_STATUS = "the specification names no status for this case"

INFERRED: tuple[Inference, ...] = (
    # Shapes
    _ublox("/tag/get", '"Tags": [{"TagName": "downtown"}]', _COLLAPSED),
    _ublox(
        "/deviceprofile/get",
        '"DeviceProfiles": [{"DeviceProfileUID", "ProfileName", "TagNames"}]',
        f"{_COLLAPSED}; these are the fields that the call filters by",
    ),
    _ublox(
        "/deviceprofile/bootstrapprovisioning/set",
        '"Provisioning": {"Authorizations": [{"Name", "State"}], "NetworkParameters": {"SecurityHeartbeatInSec"}, '
        '"Zerotouch": {"CAName"}}, each part optional, at least one property named',
        "the webhook examples of DEVICE_PROPERTIES_CHANGE_EVENT print Authorizations and name the other two parts",
    ),
    _ublox(
        "/deviceprofile/bootstrapprovisioning/get",
        '"DesiredProperties" in the form of Provisioning, {} when nothing is set',
        _COLLAPSED,
    ),
    _ublox("/device/list/get", '"ROTPublicUIDs": ["0002000089282245"]', _COLLAPSED),
    _ublox("/device/rotpublicuid/get", '"ROTPublicUIDs": ["0002000089282245"]', _COLLAPSED),
    _ublox(
        "/device/whitelist/get",
        '"DeviceWhitelist": ["0002000089282245"]; {"IMEI": "..."} for an IMEI of no known device',
        f"{_COLLAPSED}; an entry by IMEI has no ROTPublicUID to show until its device appears",
    ),
    _ublox(
        "/device/info/get",
        "CORE fields beside ROTPublicUID, DesiredProperties and CurrentProperties, DeviceCertificates",
        f"{_COLLAPSED}; the names are those of the webhook payloads",
    ),
    _ublox(
        "/ztp/rootca/get",
        '"CAs": what create answers, and RenewBeforeExpiration where it is set',
        f"{_COLLAPSED}; /ztp/rootca/create prints the other fields",
    ),
    _ublox("/ztp/rootca/device/get", '"Devices": [{"ROTPublicUID", "SerialNumber"}]', _COLLAPSED),
    _ublox(
        "/ztp/rootca/crl/get",
        '"CRLs": [{"CAName", "CRL", "SerialNumbers"}]; all root CAs without CANames',
        f"{_COLLAPSED}; the text promises a CRL string and serial numbers, and CANames is not required",
    ),
    _ublox(
        "/notification/webhook/get",
        "NotificationURL and NotificationType; AuthorizationToken with the setting webhook_tokens: returned",
        f"{_COLLAPSED}; whether a secret comes back is not said",
    ),
    _ublox("*", '{"message": "Success"}, or "Message" where the sample has it', _NO_SUCCESS),
    _ublox(
        "/ztp/rootca/create",
        "certificates have real line ends; two characters with the setting pem_newlines: escaped",
        "the sample prints a doubled backslash and n, which both readings explain",
    ),
    # Tokens
    _ublox(
        "/refreshauthtoken",
        "asks for an AuthToken that was issued here and may have expired; setting refresh_needs",
        "it is listed with an authorization, yet a RefreshToken of three days serves when the AuthToken is over",
    ),
    _ublox("/authenticate", "AuthTokens last 3600 s; setting auth_token_seconds", "iat and exp of the printed token"),
    _ublox("/authenticate", "a RefreshToken is opaque", "the printed one is encrypted, so a client cannot look inside"),
    # Statuses
    _ublox("*", "404 for an unknown path, another method than POST, one unknown profile, tag, CA or hook", _NO_STATUS),
    _ublox("*", "400 for a list with an unknown id or tag in it", "/tag/assign prints Invalid ROTPublicUIDs"),
    _ublox("*", "400 for a JSON call with another Content-Type", "application/json is the only one documented"),
    _ublox("*", "fields that a call does not know are ignored, null is a wrong type", "nothing says otherwise"),
    _ublox("*", "a page behind the last one is empty", "nothing says otherwise"),
    # Ids and names
    _ublox(
        "*",
        "a ROTPublicUID has 1 to 16 hexadecimal digits, compared as numbers, kept as first written",
        "samples have 13, 15 and 16 digits, in both documents; some answers print a JSON number",
    ),
    _ublox("/tag/create", "printable characters, also spaces", "symbols other than the ten listed are allowed"),
    _ublox("/ztp/rootca/create", "a deleted name may be used again", "publicly unique, without a word on the past"),
    _ublox("/ztp/rootca/popcertificate/generate", "a code of up to 64 ASCII characters", "it becomes a commonName"),
    # Whitelist
    _ublox("/device/whitelist/add", "Action defaults to ADD", "it is not marked required, and the call is named add"),
    _ublox(
        "/device/whitelist/add",
        "adding what is listed, and deleting what is not, succeeds",
        "the flag says whether a device is to be on the list",
    ),
    _ublox(
        "/device/whitelist/add",
        "ROTPublicUIDs is not required when IMEIs is given",
        "the text says ROTPublicUIDs and/or IMEIs, against the mark",
    ),
    _ublox("/device/whitelist/add", "an IMEI has 14 to 16 digits", "with and without check digit, or with version"),
    _ublox("/device/whitelist/add", "one wrong CSV row refuses the whole file", "nothing says that a part is taken"),
    _ublox(
        "/device/list/get",
        "WHITELISTED: in the account, on the whitelist and not blacklisted; ALL without a Filter",
        "a blacklisted device stays so until it is activated in the portal",
    ),
    # Tags
    _ublox("/tag/assign", "SyncRequired extends the change to the profile's devices", "the field has no description"),
    _ublox("/tag/remove", '"*" and "{*}" both stand for all, but not on both sides', "the braces may be notation"),
    _ublox("/tag/delete", "a tag that only device profiles have is deleted", "only ROTPublicUIDs are named"),
    # Hooks
    _ublox("/notification/webhook/create", "400 for a second hook of one URL and type", _NO_STATUS),
    _ublox(
        "/notification/webhook/update",
        "concerns every hook of the URL, as does delete",
        "the call has no NotificationType",
    ),
    # CalAmp
    _calamp("*", '"errors": [{"code": 401, "message": "..."}]', "the samples print an empty list only"),
    _calamp("*", "429 for requests closer than 100 ms after the last that passed", 'it says "reject", no status'),
    _calamp("*", "401 for a missing or wrong x-app-key, login or token", _NO_STATUS),
    _calamp("*", "tokens last 3600 s; setting calamp_token_seconds", "no lifetime is given"),
    _calamp("/api/login", "an x-app-key belongs to CTC or to PULS users", "the method varies between them, no details"),
    _calamp("/api/devices/passwords/{key}", "404 if none of the keys is available", 'it says "an error is returned"'),
    _calamp("/api/devices/passwords/{key}", "400 for no or more than 500 keys", 'it says "an error is returned"'),
    _calamp("/api/devices/passwords/{key}", "a MAC address is compared without regard to case", "no sample has one"),
    _calamp(
        "/api/devices/passwords/all",
        "the order is that of a digest of the keys",
        '"entries may be out of order", so here they always are',
    ),
    # MT20W
    _mt20w(
        "*",
        "X-Device-Last-Connected is base64 of the encrypted bytes; of their hexadecimal digits with the setting "
        "mt20w_header: hex",
        "no example is printed; the field Primary has the first form, the Driver token the second",
    ),
    _mt20w("*", "401 for a Driver token of a reader in WiFi mode", "the scheme is that of readers in USB mode"),
    _mt20w(
        "*",
        "a Device token has the form of a Driver token and may be sent again",
        "the existing scheme is not described; only that it goes on as before",
    ),
    _mt20w(
        "*",
        "a 401 tells another number too, which the reader may use as well as the one told before",
        "every answer carries one, and a reader that missed an answer could not go on otherwise",
    ),
    _mt20w("*", "404 for an unknown path or another method than POST", _NO_STATUS),
    _mt20w("/api/credentials/scan", "400 for a body that is no scan", _NO_STATUS),
    _mt20w(
        "/api/credentials/scan",
        "the names of fields are compared without regard to case",
        "the vendor's page MT20W ENGAGE Services begins them with small letters",
    ),
    _mt20w(
        "/api/credentials/scan",
        "200 answers the data itself, as application/octet-stream",
        "the response format is said to be the existing one; the vendor's page counts it in bytes and sectors",
    ),
)

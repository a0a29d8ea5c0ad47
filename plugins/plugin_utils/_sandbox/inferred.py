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
        "CORE fields beside ROTPublicUID, DesiredProperties and CurrentProperties, DeviceCertificates with CAName, "
        "SerialNumber, ExpirationDate, IsRevoked and Certificate",
        f"{_COLLAPSED}; the names are those of the webhook payloads, and no other call answers a device certificate",
    ),
    _ublox("/device/info/get", "unknown ids and serial numbers are left out", "it answers what is known"),
    _ublox(
        "/device/provisioning/get",
        '[{"ROTPublicUID", "DesiredProperties"}], also after they were applied',
        f"{_COLLAPSED}; /deviceprofile/bootstrapprovisioning/get prints DesiredProperties, and the webhook example "
        "shows desired properties beside current ones of the same state",
    ),
    _ublox(
        "/notification/get",
        '"Notifications": [{"ROTPublicUID", "Timestamp", "NotificationType", "Payload"}], oldest first; the payloads '
        'are those of the webhooks, and {"State"} for DEVICE_STATE_CHANGE',
        f"{_COLLAPSED}; the webhooks tell the same events",
    ),
    _ublox("/device/clone/get", '"ClonedEvents": [{"ROTPublicUID", "Timestamp"}], oldest first', _COLLAPSED),
    _ublox(
        "/device/suspicious/get",
        '"SuspiciousDevices": [{"ROTPublicUID", "Reasons": [...]}] with all reasons that hold',
        f"{_COLLAPSED}; the reasons are documented",
    ),
    _ublox(
        "/device/activity/get",
        '"Activities": [{"Command", "Timestamp"}], oldest first, with commands in words of ours',
        f"{_COLLAPSED}; the text speaks of commands that were carried out",
    ),
    _ublox(
        "/device/usage/get",
        'how often each of the eight causes occurred, {"LocalDPR": 1}, under names of ours; a device without usage is '
        "left out",
        f"{_COLLAPSED}; the text says that logs are aggregated by device, and lists the causes",
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
    # Provisioning and heartbeats
    _ublox(
        "/deviceprofile/bootstrapprovisioning/set",
        "the bootstrap is the first security heartbeat: properties and certificate are there at once",
        "provisioning happens when the device bootstraps, and a certificate is provisioned at a heartbeat",
    ),
    _ublox(
        "/device/provisioning/set",
        "SecurityHeartbeatInSec is a positive integer of 32 bits",
        "no limits are given",
    ),
    _ublox(
        "/device/provisioning/set",
        "a device without SecurityHeartbeatInSec beats every 7 days; setting default_heartbeat_seconds",
        "a default is mentioned without its value; the sample of /e2e/key/rotate adjusts it to 1 day",
    ),
    _ublox(
        "/device/provisioning/delete",
        "the heartbeat goes back to its default at once",
        '"once deleted" it reverts, while nothing is applied at the next heartbeat',
    ),
    _ublox(
        "*",
        "400 for a call that acts on a device in the blacklist: provisioning, keys, certificates",
        "no action is possible for such a device (Device Whitelist guide)",
    ),
    _ublox(
        "*",
        "400 for enabling or calling a service whose subscription is not active; setting subscriptions",
        "documented for Device Certificate Management only",
    ),
    _ublox(
        "/device/rotpublicuid/get",
        "a device that seals a profile after its bootstrap is checked against the whitelist again",
        "the second stage is left to an application note",
    ),
    # Dates
    _ublox("/notification/get", "a ToDate before FromDate is a 400; there is no end without ToDate", _NO_STATUS),
    _ublox("/notification/get", "a date without a time zone is in UTC; 180 days are counted in days", "not said"),
    # End-to-end keys
    _ublox(
        "/e2e/uplink/protectionparameters/get",
        "a header of version 1 is 1101, the low 6 bytes of the id, 4 of time, 2 of a generation, 2 of a counter; the "
        "KIV is the header, the nonce its last 12 bytes, the KeyID its first 14",
        "the printed headers, KeyID, KIV and nonce have this form; the application note is not at hand",
    ),
    _ublox(
        "/e2e/uplink/protectionparameters/get",
        "a header of version 2 is a byte for the cipher suite (21, 22), the 8 bytes of the id, one of a generation, 2 "
        "of a counter; it is the nonce",
        "12 bytes are required, and the printed header of 11 bytes, 29 and 8 bytes of an id, is alike",
    ),
    _ublox(
        "/e2e/uplink/protectionparameters/get",
        "AES-CCM without associated data, the MAC behind the ciphertext",
        "the suite is named, the layout is not",
    ),
    _ublox(
        "/e2e/downlink/protectionparameters/get",
        "CBC with ciphertext stealing CS1, then HMAC-SHA256 over IV and ciphertext cut to MACLength; the AESIV is "
        "another one each time",
        "the suite is named, the layout is not",
    ),
    _ublox(
        "/e2e/uplink/integrityparameters/get",
        "a header of 11 bytes begins with 29 (AES-CCM: the MAC of an empty plaintext with the message as associated "
        "data, nonce the first 12 bytes of the KIV) or 2a (HMAC-SHA256 over KIV and message)",
        "the printed header begins with 29 and is answered with AES_128_CCM, without a nonce",
    ),
    _ublox(
        "/e2e/uplink/symmetrickey/get",
        "keys come from a secret of the device and the KeyID; 128 bits are the first half of 256",
        "a KeyID is used to derive a session key",
    ),
    _ublox(
        "/e2e/uplink/symmetrickey/get",
        "400 for what is no KeyID or header, 404 for one of no or of several devices",
        _NO_STATUS,
    ),
    _ublox(
        "/e2e/downlink/protectionparameters/get",
        "ROTPublicUID may be a text or a number; one with letters is answered as a text",
        "declared as a string, printed as a number, and a number has no letters",
    ),
    _ublox("/e2e/key/rotate", "a device without a rotation keeps its key", "no default is given"),
    _ublox(
        "/e2e/key/rotate",
        '"The continuous rotation has been set. ..."; Days is ignored',
        "the message for AUTOMATIC is printed, that for CONTINUOUS is not",
    ),
    # Device certificates
    _ublox(
        "/ztp/devicecertificate/renew",
        "400 for devices or serial numbers without a certificate of that root CA on them",
        _NO_STATUS,
    ),
    _ublox(
        "/ztp/devicecertificate/renew",
        "a later call takes the place of an earlier one that has not happened yet; updating twice is updating once",
        "only calls during an update are said to be refused",
    ),
    _ublox(
        "/ztp/devicecertificate/renew",
        "the quota counts certificate management calls by device; setting certificate_quota",
        "a quota for given ROTPublicUIDs is mentioned, without what it counts",
    ),
    _ublox(
        "/ztp/devicecertificate/delete",
        "Zerotouch leaves the desired properties at once and the current ones at the heartbeat",
        "else the next heartbeat would bring a new certificate, and the root CA could never be deleted",
    ),
    _ublox(
        "/ztp/devicecertificate/revoke",
        "a certificate that has left its device can be revoked too; revoking twice is revoking once",
        "it may be named by its serial number, and the list is of all that were revoked",
    ),
    _ublox(
        "/ztp/devicecertificate/rootca/transfer",
        "the new certificate has a new key pair; 400 where both root CAs are the same",
        "the old certificate is replaced by a new one, and no word on its key",
    ),
    _ublox(
        "/ztp/rootca/update",
        "no renewal within a day of issue, nor where the root CA ends before the new certificate would end later",
        "else a heartbeat every few seconds would renew each time",
    ),
    _ublox(
        "/ztp/rootca/create",
        "a root CA that has expired issues nothing; the device has an error",
        "a certificate cannot outlast its root CA",
    ),
    # Hooks
    _ublox("/notification/webhook/create", "400 for a second hook of one URL and type", _NO_STATUS),
    _ublox(
        "/notification/webhook/update",
        "concerns every hook of the URL, as does delete",
        "the call has no NotificationType",
    ),
    _ublox(
        "/notification/webhook/create",
        "delivered with POST, three attempts at most: again after a connection error, 429 or 5xx",
        "a JSON body is passed on; neither method nor retries are given",
    ),
    _ublox(
        "/notification/webhook/create",
        "DEVICE_CERTIFICATE_RENEWAL_EVENT is for renewals and updates, not for first certificates and transfers",
        "both are called renewing in their descriptions",
    ),
    _ublox(
        "/notification/webhook/create",
        "expiry is announced for certificates on devices that are not revoked",
        "the others do not expire for anybody",
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

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the u-blox Security Services that are about devices."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.rule import (
    GUIDE,
    UBLOX,
    documented,
    inferred,
)

DEVICES = (
    *documented(
        UBLOX,
        "/device/list/get",
        ("devices.filter", "Filter is ALL, WHITELISTED or BLACKLISTED."),
    ),
    *documented(
        UBLOX,
        "/device/rotpublicuid/get",
        ("devices.by-profile", "The devices linked to a DeviceProfileUID are listed."),
        ("devices.by-tag", "The devices of a list of tags are listed."),
        ("devices.unattributed", "Devices without a sealed profile have the UNATTRIBUTED DEVICE PROFILE."),
        ("devices.conditional", "DeviceProfileUID or TagNames is required."),
        ("devices.two-stage", "A profile can be sealed after the bootstrap; the sealed value is answered then."),
    ),
    *documented(
        UBLOX,
        "/device/info/get",
        (
            "info.targets",
            "Devices are named by ROTPublicUIDs, TagNames or DeviceSerialNumbers; one is required.",
        ),
        ("info.options", "Options CORE, PROVISIONING and ZTP select what is answered; all without them."),
    ),
)

WHITELIST = (
    *documented(
        UBLOX,
        "/device/whitelist/add",
        ("whitelist.json", "ROTPublicUIDs are added or deleted, by Action."),
        ("whitelist.imeis", "Devices can be added by IMEI too."),
        ("whitelist.csv", "A CSV file with the header Id,Type,Action is taken as application/octet-stream."),
        ("whitelist.message", "Answers say Message, with a capital."),
        ("whitelist.list", "The whitelist is answered in pages, as DeviceWhitelist (/device/whitelist/get)."),
    ),
    *inferred(
        UBLOX,
        "/device/whitelist/add",
        ("whitelist.default", "Action defaults to ADD."),
        ("whitelist.idempotent", "Adding what is listed and deleting what is not succeeds."),
        ("whitelist.csv-whole", "One wrong row refuses the whole file and is named."),
        ("whitelist.imei-shown", "An IMEI of no known device is listed as {IMEI} until its device appears."),
    ),
    *documented(
        GUIDE,
        "Examples",
        ("whitelist.spelling", "RoTPublicUIDs is accepted as well as ROTPublicUIDs."),
        ("whitelist.curl", "The printed curl lines work byte for byte, also where a shell sends \\r\\n literally."),
    ),
    *documented(
        GUIDE,
        "How whitelist works",
        ("whitelist.activated", "A whitelisted device bootstraps ACTIVATED with what its profile grants."),
        ("whitelist.allocated", "Another device is ALLOCATED, in the blacklist, with nothing provisioned."),
        ("whitelist.ignored", "A profile can ignore the whitelist, for devices that bootstrap after the change."),
    ),
    *documented(
        GUIDE,
        "Using API",
        ("whitelist.removal", "Leaving the whitelist has no effect on a device that has bootstrapped."),
    ),
    *documented(
        GUIDE,
        "Get list of blacklisted devices",
        ("blacklist.no-action", "No action is possible for a device in the blacklist."),
        ("blacklist.api", "No call of the API takes a device out of the blacklist."),
    ),
    *documented(
        GUIDE,
        "Activate a blacklisted device",
        (
            "blacklist.activate",
            "The portal's button whitelists the device; its profile applies at the next heartbeat.",
        ),
    ),
)

PROVISIONING = (
    *documented(
        UBLOX,
        "/device/provisioning/set",
        ("provisioning.set", "Authorizations and network parameters are desired of devices named by id or tag."),
        ("provisioning.heartbeat", "They become current at the next security heartbeat."),
        ("provisioning.targets", "ROTPublicUIDs or TagNames is required; all must be known."),
        ("provisioning.message", "The answer of set says Message, that of delete message."),
    ),
    *inferred(
        UBLOX,
        "/device/provisioning/set",
        ("provisioning.merge", "Setting changes the parts and names given and keeps the others."),
        ("provisioning.union", "ROTPublicUIDs and TagNames together name the devices of either."),
        ("provisioning.dates", "Each authorization has the date of its own change."),
        ("provisioning.invalid", "Names, states, numbers and root CAs that there are not refuse the whole request."),
        ("subscription.services", "A service whose subscription is not active cannot be enabled or called."),
    ),
    *documented(
        UBLOX,
        "/device/provisioning/get",
        ("provisioning.get", "What is to be set is answered by device."),
    ),
    *documented(
        UBLOX,
        "/device/provisioning/delete",
        ("provisioning.delete", "What is deleted is not applied when the device connects; what was applied stays."),
        ("provisioning.default-heartbeat", "Deleting puts the security heartbeat back to its default."),
    ),
    *inferred(
        UBLOX,
        "/device/provisioning/set",
        ("heartbeat.interval", "A device beats at its SecurityHeartbeatInSec, every 7 days without one."),
    ),
)

END_TO_END = (
    *documented(
        UBLOX,
        "/e2e/key/rotate",
        ("rotate.continuous", "CONTINUOUS: every E2E call is followed by another key."),
        ("rotate.automatic", "AUTOMATIC: the same key until the days are over, 1 to 30, 7 by default."),
        ("rotate.heartbeat", "A heartbeat slower than the days is adjusted, and the message says so as printed."),
        ("rotate.invalid", "Type is required; devices are named by id or tag."),
    ),
    *inferred(
        UBLOX,
        "/e2e/key/rotate",
        ("rotate.none", "Without a rotation the key of a device stays."),
        ("rotate.old-messages", "What was encrypted before a rotation still decrypts."),
    ),
    *documented(
        UBLOX,
        "/e2e/uplink/symmetrickey/get",
        ("e2e.symmetric", "A KeyID of 14 bytes gives a key of 256 bits, or of 128 if asked for."),
    ),
    *documented(
        UBLOX,
        "/e2e/uplink/protectionparameters/get",
        ("e2e.uplink", "The header of encrypted data, 16 bytes or 12 in version 2, gives what decrypts it."),
        ("e2e.header", "Headers and KeyIDs are hexadecimal text without 0x, of their exact length."),
    ),
    *documented(
        UBLOX,
        "/e2e/uplink/integrityparameters/get",
        ("e2e.uplink-integrity", "A header gives what proves data that is not encrypted."),
    ),
    *documented(
        UBLOX,
        "/e2e/downlink/protectionparameters/get",
        ("e2e.downlink", "A ROTPublicUID gives what encrypts data that the device can read."),
        ("e2e.number", "ROTPublicUID is answered as a number, and taken as text or as a number."),
    ),
    *documented(
        UBLOX,
        "/e2e/downlink/integrityparameters/get",
        ("e2e.downlink-integrity", "A ROTPublicUID gives what proves data to the device."),
    ),
    *inferred(
        UBLOX,
        "/e2e/uplink/protectionparameters/get",
        (
            "e2e.construction",
            "Headers, keys and cipher suites agree with every printed sample and each other.",
        ),
        ("e2e.unknown", "A header that no device, or more than one, can have written is a 404."),
    ),
)

INFORMATION = (
    *documented(
        UBLOX,
        "/notification/get",
        ("notification.bootstrap", "A bootstrap notifies of information and state."),
        ("notification.properties", "Properties notify when they are applied on the device."),
        ("notification.error", "An error of a device notifies."),
        ("notification.filter", "Notifications are found by device or tag, type, FromDate and ToDate, in pages."),
        ("notification.180-days", "FromDate can be as old as 180 days."),
        ("dates.iso", "FromDate and ToDate are in ISO 8601."),
    ),
    *inferred(
        UBLOX,
        "/notification/get",
        ("dates.order", "A ToDate before FromDate is a 400; without ToDate there is no end."),
    ),
    *documented(
        UBLOX,
        "/device/activity/get",
        ("activity", "What was carried out on one device is answered, with LastSeen as printed."),
    ),
    *documented(
        UBLOX,
        "/device/usage/get",
        ("usage.causes", "Each of the eight causes makes a usage log."),
        ("usage.lead-time", "A usage log shows after five minutes."),
        ("usage.filter", "Usage is of all devices, of ROTPublicUIDs or of TagNames; both are a 400."),
        ("usage.dates", "Dates are yyyy-mm-dd; ToDate is today by default; FromDate can be as old as 60 days."),
        ("usage.keys", "Usage is answered by device, under its id without leading zeros."),
    ),
    *documented(
        UBLOX,
        "/device/clone/get",
        ("clone", "Clones are answered by device, tag or profile, and by date, in pages."),
    ),
    *documented(
        UBLOX,
        "/device/suspicious/get",
        ("suspicious.reasons", "Each of the four documented reasons makes a device suspicious."),
        ("suspicious.targets", "Devices are named by id, tag or profile; one of them is required."),
    ),
)

CERTIFICATES = (
    *documented(
        UBLOX,
        "/ztp/rootca/create, notes",
        ("ztp.issue", "ZTPV1 and a root CA bring a device certificate at a security heartbeat."),
        ("ztp.bounded", "A device certificate never outlasts its root CA."),
    ),
    *documented(
        UBLOX,
        "/ztp/devicecertificate/renew",
        ("ztp.renew", "Renewing keeps the key pair; serial number and expiry are new."),
        ("ztp.targets", "Certificates are named by ROTPublicUIDs or SerialNumbers of devices that have them."),
        ("ztp.subscription", "Certificate management needs its subscription."),
        ("ztp.quota", "Certificate management needs quota for each device."),
        ("ztp.on-going", "Renew, delete, revoke and transfer are refused while an update is on-going."),
    ),
    *documented(
        UBLOX,
        "/ztp/rootca/update",
        (
            "ztp.automatic",
            "RenewBeforeExpiration days before expiry a heartbeat renews the certificate.",
        ),
    ),
    *documented(
        UBLOX,
        "/ztp/devicecertificate/update",
        (
            "ztp.update",
            "Updating removes the certificate at one heartbeat; the next brings a new key pair.",
        ),
    ),
    *documented(
        UBLOX,
        "/ztp/devicecertificate/delete",
        ("ztp.delete", "Deleting removes certificate and key pair at the next heartbeat."),
    ),
    *documented(
        UBLOX,
        "/ztp/devicecertificate/revoke",
        ("ztp.revoke", "Revoking puts the serial number on the CRL at once and leaves the certificate on the device."),
    ),
    *documented(
        UBLOX,
        "/ztp/devicecertificate/rootca/transfer",
        ("ztp.transfer", "Transferring replaces the certificate by one of the target root CA at the next heartbeat."),
    ),
    *inferred(
        UBLOX,
        "/ztp/devicecertificate/renew",
        ("ztp.last-call", "A later call takes the place of an earlier one that has not happened yet."),
        ("ztp.expired-ca", "A root CA that has expired issues nothing; the device has an error."),
        ("ztp.follows", "Another root CA in the properties replaces the certificate at the heartbeat."),
    ),
)

RULES = (*DEVICES, *WHITELIST, *PROVISIONING, *END_TO_END, *INFORMATION, *CERTIFICATES)

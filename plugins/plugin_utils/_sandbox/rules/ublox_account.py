# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the u-blox Security Services that are about the account."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.rule import (
    UBLOX,
    documented,
    inferred,
)

AUTHENTICATION = (
    *documented(
        UBLOX,
        "/authenticate",
        ("auth.token", "APIKey and APISecret give an AuthToken, a JWT signed with RS256, and a RefreshToken."),
        ("auth.credentials", "Wrong credentials are answered with 401 Not Authorized."),
        ("auth.required", "APIKey and APISecret are both required."),
        ("auth.every-call", "Every other call needs a valid AuthToken, else 401 Not Authorized."),
    ),
    *inferred(
        UBLOX,
        "/authenticate",
        ("auth.lifetime", "An AuthToken lasts 3600 s by the sandbox's clock; auth_token_seconds changes it."),
        ("auth.bearer", "The word Bearer in front of the token is optional."),
    ),
    *documented(
        UBLOX,
        "/refreshauthtoken",
        ("refresh.new-token", "A RefreshToken makes a new AuthToken, also when the old one has expired."),
        ("refresh.three-days", "A RefreshToken serves for three days."),
    ),
    *inferred(
        UBLOX,
        "/refreshauthtoken",
        (
            "refresh.authorization",
            "It asks for an AuthToken issued here, expired or not; refresh_needs changes it.",
        ),
    ),
)

REQUESTS = (
    *documented(
        UBLOX,
        "all calls",
        ("request.required", "A request without a required field is a 400."),
        ("request.types", "A value of another type, or outside an enum, is a 400."),
        ("request.json", "A body that is not a JSON object is a 400."),
        ("request.paging", "Paged answers say PageNumber, PageSize 100 and TotalRecords; PageNumber defaults to 1."),
    ),
    *inferred(
        UBLOX,
        "all calls",
        ("request.content-type", "A JSON call with another Content-Type is a 400."),
        ("request.unknown-fields", "Fields that a call does not know are ignored."),
        ("request.no-body", "Where every field is optional the body may be missing."),
        ("request.unknown-path", "An unknown path or another method than POST is a 404 with a message."),
        ("request.page-number", "A PageNumber is a whole number from 1; a page behind the last one is empty."),
        ("request.ids", "ROTPublicUIDs are compared as hexadecimal numbers and kept as first written."),
    ),
    *documented(UBLOX, "/apiversion", ("apiversion", "The API version is answered as Version.")),
)

PROFILES = (
    *documented(
        UBLOX,
        "/deviceprofile/get",
        ("profile.list", "All device profiles are listed, in pages."),
        ("profile.by-tag", "TagNames select the profiles that have any of the tags."),
        ("profile.by-name", "ProfileName selects the one profile of that name, which is case-sensitive."),
        ("profile.exclusive", "TagNames and ProfileName are mutually exclusive."),
        ("profile.portal", "No call creates a device profile."),
    ),
    *documented(
        UBLOX,
        "/deviceprofile/bootstrapprovisioning/set",
        ("bootstrap.set", "LocalDPR, LocalC2C, LocalC2CKeyPairing, ZTPV1 and SecurityHeartbeatInSec can be set."),
        ("bootstrap.at-bootstrap", "They are applied when a device bootstraps; devices that have, are left alone."),
        ("bootstrap.unknown", "A DeviceProfileUID that does not exist is refused."),
    ),
    *inferred(
        UBLOX,
        "/deviceprofile/bootstrapprovisioning/set",
        ("bootstrap.merge", "Setting changes the parts and names given and keeps the others."),
        ("bootstrap.invalid", "Names, states, numbers and root CAs that there are not refuse the whole request."),
    ),
    *documented(
        UBLOX,
        "/deviceprofile/bootstrapprovisioning/get",
        ("bootstrap.get", "What was set is answered as DesiredProperties, {} when nothing is."),
    ),
    *documented(
        UBLOX,
        "/deviceprofile/bootstrapprovisioning/delete",
        ("bootstrap.delete", "Deleting makes it as if it was never set."),
    ),
)

TAGS = (
    *documented(
        UBLOX,
        "/tag/create",
        ("tag.name", 'A name has up to 255 characters, without ^ ` ~ < > " { } | and comma.'),
        ("tag.case", "A name is case-insensitive."),
    ),
    *documented(UBLOX, "/tag/get", ("tag.list", "All tags are listed, in pages.")),
    *documented(
        UBLOX,
        "/tag/delete",
        ("tag.delete", "A tag that is assigned to ROTPublicUIDs cannot be deleted; the message is as printed."),
    ),
    *inferred(UBLOX, "/tag/delete", ("tag.unknown", "Deleting an unknown tag is a 404.")),
    *documented(
        UBLOX,
        "/tag/assign",
        ("tag.assign", "Every given tag is assigned to every given device and device profile."),
        ("tag.assign-unknown", "An unknown id refuses the whole request: Bad Request. Invalid ROTPublicUIDs."),
    ),
    *inferred(UBLOX, "/tag/assign", ("tag.sync", "SyncRequired extends the change to the devices of the profiles.")),
    *documented(
        UBLOX,
        "/tag/remove",
        ("tag.remove", "Combinations that do not exist are ignored."),
        ("tag.wildcard", "{*} stands for all tags, for all devices or for all profiles."),
    ),
    *inferred(UBLOX, "/tag/remove", ("tag.wildcards", "{*} cannot stand on both sides.")),
)

ROOT_CAS = (
    *documented(
        UBLOX,
        "/ztp/rootca/create",
        ("rootca.create", "A root CA is made and answered as printed, with a real certificate on P-256."),
        ("rootca.name", "CAName is publicly unique, of up to 45 letters, digits, underscores, dashes and dots."),
        ("rootca.limits", "CACertificateValidity is 1825-3650, DeviceCertificateValidity 30-3650, renewal 1-365 days."),
        ("rootca.device-validity", "DeviceCertificateValidity cannot be greater than that of the root CA."),
        ("rootca.subscription", "RenewBeforeExpiration needs the subscription Device Certificate Management."),
    ),
    *inferred(
        UBLOX,
        "/ztp/rootca/create",
        ("rootca.line-ends", "Certificates have real line ends, or two characters with pem_newlines: escaped."),
        ("rootca.name-again", "The name of a deleted root CA may be used again."),
    ),
    *documented(
        UBLOX,
        "/ztp/rootca/update",
        ("rootca.update", "RenewBeforeExpiration can be changed."),
    ),
    *documented(
        UBLOX,
        "/ztp/rootca/get",
        ("rootca.get", "All root CAs are listed, or the one named."),
    ),
    *documented(
        UBLOX,
        "/ztp/rootca/crl/get",
        ("rootca.crl", "The CRL is a real one, signed by the root CA, beside the serial numbers in it."),
    ),
    *documented(
        UBLOX,
        "/ztp/rootca/device/get",
        ("rootca.devices", "The devices with a certificate of the root CA are listed."),
    ),
    *documented(
        UBLOX,
        "/ztp/rootca/popcertificate/generate",
        ("rootca.proof", "The registration code becomes a certificate signed by the root CA."),
    ),
    *documented(
        UBLOX,
        "/ztp/rootca/delete",
        ("rootca.delete", "A root CA can be deleted."),
        ("rootca.delete-profile", "Not while it is linked to a device profile."),
        ("rootca.delete-device", "Not while it is in current or desired properties of a device."),
    ),
)

HOOKS = (
    *documented(
        UBLOX,
        "/notification/webhook/create",
        ("hook.https", "Only https URLs are accepted."),
        ("hook.types", "The six event types are accepted, and no other."),
        ("hook.several", "A type may have several URLs, and a URL several types."),
        ("hook.token", "The hook is called with its AuthorizationToken in the Authorization header and JSON as body."),
        ("hook.bootstrap", "DEVICE_BOOTSTRAP_EVENT as printed, when a device bootstraps."),
        ("hook.properties", "DEVICE_PROPERTIES_CHANGE_EVENT as printed, when desired properties become current."),
        ("hook.errors", "DEVICE_ERRORS_EVENT as printed."),
        ("hook.renewal", "DEVICE_CERTIFICATE_RENEWAL_EVENT as printed, when a certificate is renewed."),
        ("hook.expiration", "DEVICE_CERTIFICATE_EXPIRATION_EVENT as printed, 60, 30 and 7 days before, each once."),
        ("hook.root-ca", "ROOTCA_EXPIRATION_EVENT as printed, 180, 90, 60, 30, 7 and 0 days before, each once."),
    ),
    *inferred(
        UBLOX,
        "/notification/webhook/create",
        ("hook.twice", "A second hook of one URL and type is a 400."),
        ("hook.retries", "A delivery is tried three times, then given up; 4xx other than 429 is final."),
    ),
    *documented(
        UBLOX,
        "/notification/webhook/update",
        ("hook.update", "The token of a URL can be updated; it counts for every hook of the URL."),
    ),
    *documented(
        UBLOX,
        "/notification/webhook/delete",
        ("hook.delete", "The hooks of a URL can be deleted; NotificationURL is required."),
    ),
    *inferred(
        UBLOX,
        "/notification/webhook/get",
        ("hook.get", "Hooks are listed without their tokens, or with them by the setting webhook_tokens."),
        ("hook.unknown", "Update and delete of an unknown URL are a 404."),
    ),
)

RULES = (*AUTHENTICATION, *REQUESTS, *PROFILES, *TAGS, *ROOT_CAS, *HOOKS)

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root CAs: u-blox Security Services REST API 1.1.29, Zero Touch Provisioning APIs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

NAME = "fleet.example.com"
CREATE = {"CAName": NAME, "CACertificateValidity": 3650, "DeviceCertificateValidity": 365}
TRACKERS_EU = "AyvylmHVdUiHQzUaCjOmC"
ZERO_TOUCH = {"Authorizations": [{"Name": "ZTPV1", "State": "ENABLED"}], "Zerotouch": {"CAName": NAME}}


def _create(ublox: Ublox, **change: Any) -> Any:
    return ublox.ok("/ztp/rootca/create", {**CREATE, **change})


def _get(ublox: Ublox, name: str = NAME) -> Any:
    [found] = ublox.ok("/ztp/rootca/get", {"CAName": name})["CAs"]
    return found


def _common_name(name: x509.Name) -> Any:
    return name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value


def _provision_device(ublox: Ublox, sandbox: Sandbox, device: str = "0002000089280016") -> None:
    body = {"DeviceProfileUID": TRACKERS_EU, "Provisioning": ZERO_TOUCH}
    ublox.ok("/deviceprofile/bootstrapprovisioning/set", body)
    sandbox.control("POST", "/portal/device", {"id": device, "profile": "trackers-eu"})


@rule("rootca.create")
def test_a_root_ca_is_answered_as_printed(ublox: Ublox) -> None:
    answer = _create(ublox, RenewBeforeExpiration=60)
    assert list(answer) == [
        "CAName",
        "CACertificateValidity",
        "DeviceCertificateValidity",
        "Certificate",
        "CreatedDate",
    ]
    assert {name: answer[name] for name in CREATE} == CREATE
    assert answer["CreatedDate"].endswith("Z")


@rule("rootca.create")
def test_its_certificate_is_a_real_self_signed_one_on_p256(ublox: Ublox) -> None:
    certificate = x509.load_pem_x509_certificate(_create(ublox)["Certificate"].encode())
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    certificate.verify_directly_issued_by(certificate)
    assert _common_name(certificate.subject) == NAME
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    lifetime = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert lifetime == timedelta(days=3650)


@rule("rootca.line-ends")
def test_line_ends_in_certificates_can_be_two_characters(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.settings(pem_newlines="escaped")
    text = _create(ublox)["Certificate"]
    assert "\n" not in text
    assert text.startswith("-----BEGIN CERTIFICATE-----\\nMII")


@rule("rootca.get")
def test_all_root_cas_are_listed_and_one_is_found_by_name(ublox: Ublox) -> None:
    made = _create(ublox, RenewBeforeExpiration=60)
    names = [found["CAName"] for found in ublox.ok("/ztp/rootca/get")["CAs"]]
    assert names == ["legacy.example.com", NAME]
    assert _get(ublox) == {**made, "RenewBeforeExpiration": 60}
    assert "RenewBeforeExpiration" not in _get(ublox, "legacy.example.com")
    assert ublox.ok("/ztp/rootca/get", {"CAName": "nobody"})["TotalRecords"] == 0


@pytest.mark.parametrize("name", [NAME, "taken.example.com"])
@rule("rootca.name")
def test_a_name_is_publicly_unique(ublox: Ublox, name: str) -> None:
    _create(ublox)
    assert "already exists" in ublox.refused("/ztp/rootca/create", {**CREATE, "CAName": name})


@pytest.mark.parametrize("name", ["A.b-c_9", "x" * 45])
@rule("rootca.name")
def test_a_name_of_letters_digits_underscores_dashes_and_dots_is_accepted(ublox: Ublox, name: str) -> None:
    assert _create(ublox, CAName=name)["CAName"] == name


@pytest.mark.parametrize(
    "change",
    [
        {"CAName": "x" * 46},
        {"CAName": ""},
        {"CAName": "with space"},
        {"CAName": "with/slash"},
        {"CAName": "\u00e4"},
        {"CAName": "line\n"},
        {"CACertificateValidity": 1824},
        {"CACertificateValidity": 3651},
        {"DeviceCertificateValidity": 29},
        {"DeviceCertificateValidity": 3651},
        {"CACertificateValidity": 1825, "DeviceCertificateValidity": 1826},
        {"RenewBeforeExpiration": 0},
        {"RenewBeforeExpiration": 366},
        {"RenewBeforeExpiration": 1.5},
    ],
)
@rule("rootca.limits", "rootca.name", "rootca.device-validity")
def test_values_outside_the_limits_are_refused(ublox: Ublox, change: dict[str, Any]) -> None:
    assert ublox.refused("/ztp/rootca/create", {**CREATE, **change}).startswith("Bad Request. ")


@pytest.mark.parametrize(
    "change",
    [
        {"CACertificateValidity": 1825, "DeviceCertificateValidity": 1825},
        {"DeviceCertificateValidity": 30},
        {"RenewBeforeExpiration": 1},
        {"RenewBeforeExpiration": 365},
    ],
)
@rule("rootca.limits")
def test_the_limits_themselves_are_accepted(ublox: Ublox, change: dict[str, Any]) -> None:
    _create(ublox, **change)


@rule("rootca.update")
def test_update_changes_when_certificates_are_renewed(ublox: Ublox) -> None:
    _create(ublox)
    body = {"CAName": NAME, "RenewBeforeExpiration": 180}
    assert ublox.ok("/ztp/rootca/update", body) == {"message": "Success"}
    assert _get(ublox)["RenewBeforeExpiration"] == 180
    ublox.refused("/ztp/rootca/update", {**body, "RenewBeforeExpiration": 366})
    ublox.refused("/ztp/rootca/update", {**body, "CAName": "nobody"}, 404)


@rule("rootca.subscription")
def test_renewal_and_revocation_need_the_certificate_management_subscription(ublox: Ublox, sandbox: Sandbox) -> None:
    sandbox.settings(subscriptions={"Device Certificate Management": False})
    for path, body in (
        ("/ztp/rootca/create", {**CREATE, "RenewBeforeExpiration": 60}),
        ("/ztp/rootca/update", {"CAName": "legacy.example.com", "RenewBeforeExpiration": 60}),
        ("/ztp/rootca/crl/get", {}),
    ):
        assert "subscription" in ublox.refused(path, body)
    _create(ublox)


@rule("rootca.delete", "rootca.name-again")
def test_a_root_ca_can_be_deleted_and_its_name_used_again(ublox: Ublox) -> None:
    _create(ublox)
    ublox.ok("/ztp/rootca/delete", {"CAName": NAME})
    ublox.refused("/ztp/rootca/delete", {"CAName": NAME}, 404)
    _create(ublox)


@rule("rootca.delete-profile")
def test_a_root_ca_linked_to_a_device_profile_cannot_be_deleted(ublox: Ublox) -> None:
    _create(ublox)
    body = {"DeviceProfileUID": TRACKERS_EU, "Provisioning": {"Zerotouch": {"CAName": NAME}}}
    ublox.ok("/deviceprofile/bootstrapprovisioning/set", body)
    assert "device profile" in ublox.refused("/ztp/rootca/delete", {"CAName": NAME})
    ublox.ok("/deviceprofile/bootstrapprovisioning/delete", {"DeviceProfileUID": TRACKERS_EU})
    ublox.ok("/ztp/rootca/delete", {"CAName": NAME})


@rule("rootca.delete-device")
def test_a_root_ca_in_the_properties_of_a_device_cannot_be_deleted(ublox: Ublox, sandbox: Sandbox) -> None:
    _create(ublox)
    _provision_device(ublox, sandbox)
    ublox.ok("/deviceprofile/bootstrapprovisioning/delete", {"DeviceProfileUID": TRACKERS_EU})
    assert "ROTPublicUID" in ublox.refused("/ztp/rootca/delete", {"CAName": NAME})


@rule("rootca.devices")
def test_a_device_bootstrapped_with_zero_touch_has_a_certificate(ublox: Ublox, sandbox: Sandbox) -> None:
    _create(ublox)
    _provision_device(ublox, sandbox)
    [device] = ublox.ok("/ztp/rootca/device/get", {"CAName": NAME})["Devices"]
    assert device["ROTPublicUID"] == "0002000089280016"
    body = {"ROTPublicUIDs": ["0002000089280016"], "Options": ["ZTP"]}
    [info] = ublox.ok("/device/info/get", body)["DeviceInfo"]
    [certificate] = info["DeviceCertificates"]
    assert (certificate["CAName"], certificate["SerialNumber"]) == (NAME, device["SerialNumber"])


@rule("rootca.devices")
def test_a_root_ca_without_devices_lists_none_and_an_unknown_one_is_not_found(ublox: Ublox) -> None:
    answer = ublox.ok("/ztp/rootca/device/get", {"CAName": "legacy.example.com"})
    assert (answer["Devices"], answer["TotalRecords"]) == ([], 0)
    ublox.refused("/ztp/rootca/device/get", {"CAName": "nobody"}, 404)


@rule("rootca.crl")
def test_a_revocation_list_is_a_real_one_signed_by_the_root_ca(ublox: Ublox) -> None:
    [entry] = ublox.ok("/ztp/rootca/crl/get", {"CANames": ["legacy.example.com"]})["CRLs"]
    assert (entry["CAName"], entry["SerialNumbers"]) == ("legacy.example.com", [])
    crl = x509.load_pem_x509_crl(entry["CRL"].encode())
    issuer = x509.load_pem_x509_certificate(_get(ublox, "legacy.example.com")["Certificate"].encode())
    key = issuer.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert crl.is_signature_valid(key)


@rule("rootca.crl")
def test_revocation_lists_are_for_the_root_cas_named_or_for_all(ublox: Ublox) -> None:
    _create(ublox)
    names = [entry["CAName"] for entry in ublox.ok("/ztp/rootca/crl/get")["CRLs"]]
    assert names == ["legacy.example.com", NAME]
    ublox.refused("/ztp/rootca/crl/get", {"CANames": [NAME, "nobody"]})


@rule("rootca.proof")
def test_a_proof_of_possession_carries_the_registration_code_under_the_root_ca(ublox: Ublox) -> None:
    code = "930783746273459058465786283467236543874968549"
    body = {"CAName": "legacy.example.com", "RegistrationCode": code}
    answer = ublox.ok("/ztp/rootca/popcertificate/generate", body)
    assert list(answer) == ["CAName", "PoPCertificate"]
    proof = x509.load_pem_x509_certificate(answer["PoPCertificate"].encode())
    issuer = x509.load_pem_x509_certificate(_get(ublox, "legacy.example.com")["Certificate"].encode())
    proof.verify_directly_issued_by(issuer)
    assert _common_name(proof.subject) == code
    ublox.refused("/ztp/rootca/popcertificate/generate", {**body, "CAName": "nobody"}, 404)
    for wrong in ("", "9" * 65, "\u00e4"):
        ublox.refused("/ztp/rootca/popcertificate/generate", {**body, "RegistrationCode": wrong})


@rule("ztp.bounded")
def test_a_device_certificate_does_not_outlast_its_root_ca(ublox: Ublox, sandbox: Sandbox) -> None:
    _create(ublox, CACertificateValidity=1825, DeviceCertificateValidity=365)
    sandbox.control("POST", "/clock", {"advance_seconds": 1800 * 24 * 3600})
    ublox.login()
    _provision_device(ublox, sandbox)
    body = {"ROTPublicUIDs": ["0002000089280016"], "Options": ["ZTP"]}
    [info] = ublox.ok("/device/info/get", body)["DeviceInfo"]
    root = x509.load_pem_x509_certificate(_get(ublox)["Certificate"].encode())
    [certificate] = info["DeviceCertificates"]
    assert certificate["ExpirationDate"] == root.not_valid_after_utc.isoformat()

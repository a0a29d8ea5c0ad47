# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zero-touch certificates on devices: u-blox Security Services REST API 1.1.29, /ztp/devicecertificate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.support.living import (
    CA,
    DAY,
    DISABLED,
    ENABLED,
    OTHER_CA,
    TRACKERS_EU,
    Living,
    authorizations,
    device,
    pem,
    serial,
)
from tests.support.raw import Ublox
from tests.support.rules import rule
from tests.support.sandbox import Sandbox

RENEW = "/ztp/devicecertificate/renew"
UPDATE = "/ztp/devicecertificate/update"
DELETE = "/ztp/devicecertificate/delete"
REVOKE = "/ztp/devicecertificate/revoke"
TRANSFER = "/ztp/devicecertificate/rootca/transfer"
SUCCESS = {"message": "Success"}
D1, D2 = device(1), device(2)


@pytest.fixture
def root(living: Living) -> x509.Certificate:
    """A root CA, and certificates of it on two devices; heartbeats only when they are sent."""
    living.sandbox.settings(heartbeats="manual")
    made = living.root_ca()
    living.zero_touch(D1)
    living.zero_touch(D2)
    return made


def _key(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _lifetime(certificate: x509.Certificate) -> timedelta:
    return certificate.not_valid_after_utc - certificate.not_valid_before_utc


def _listed(ublox: Ublox, ca: str = CA) -> dict[str, str]:
    answer = ublox.ok("/ztp/rootca/device/get", {"CAName": ca})
    return {entry["ROTPublicUID"]: entry["SerialNumber"] for entry in answer["Devices"]}


def _revoked(ublox: Ublox, ca: str = CA) -> list[str]:
    [entry] = ublox.ok("/ztp/rootca/crl/get", {"CANames": [ca]})["CRLs"]
    crl = x509.load_pem_x509_crl(entry["CRL"].encode())
    assert sorted(f"{found.serial_number:x}" for found in crl) == sorted(entry["SerialNumbers"])
    return list(entry["SerialNumbers"])


@rule("ztp.issue", "rootca.devices")
def test_a_certificate_is_issued_at_the_heartbeat_by_the_declared_root_ca(living: Living, ublox: Ublox) -> None:
    root = living.root_ca()
    provisioning = {"Authorizations": authorizations(ZTPV1=ENABLED), "Zerotouch": {"CAName": CA}}
    living.provision(D1, **provisioning)
    assert living.certificates(D1) == []
    living.beat(D1)
    certificate = living.certificate(D1)
    certificate.verify_directly_issued_by(root)
    assert certificate.subject.rfc4514_string() == f"CN={D1}"
    assert _lifetime(certificate) == timedelta(days=365)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert _listed(ublox) == {D1: serial(certificate)}


@rule("ztp.issue")
def test_a_root_ca_without_the_authorization_brings_no_certificate(living: Living) -> None:
    living.root_ca()
    living.provision(D1, Authorizations=authorizations(ZTPV1=DISABLED), Zerotouch={"CAName": CA})
    living.beat(D1)
    assert living.certificates(D1) == []
    living.provision(D1, Authorizations=authorizations(ZTPV1=ENABLED))
    living.beat(D1)
    assert len(living.certificates(D1)) == 1


@rule("ztp.bounded")
def test_a_certificate_ends_with_its_root_ca_at_the_latest(living: Living) -> None:
    root = living.root_ca(days=1825, device_days=1825)
    living.advance(days=1000)
    living.zero_touch(D1)
    assert living.certificate(D1).not_valid_after_utc == root.not_valid_after_utc


@rule("ztp.expired-ca")
def test_a_root_ca_that_has_expired_issues_nothing_and_the_device_has_an_error(living: Living) -> None:
    living.root_ca(days=1825)
    living.provision(D1, Authorizations=authorizations(ZTPV1=ENABLED), Zerotouch={"CAName": CA})
    living.sandbox.settings(heartbeats="manual")
    living.advance(days=1826)
    living.beat(D1)
    assert living.certificates(D1) == []
    [error] = living.notifications(D1, "DEVICE_ERROR")
    assert error["Payload"] == {"Error": f"Root CA {CA} has expired"}


@pytest.mark.usefixtures("root")
@rule("ztp.renew")
def test_renewing_keeps_the_key_pair_and_changes_serial_number_and_expiry_at_the_heartbeat(
    living: Living, ublox: Ublox
) -> None:
    before = living.certificate(D1)
    body = {"CAName": CA, "DeviceCertificateValidity": 1000, "ROTPublicUIDs": [D1]}
    assert ublox.ok(RENEW, body) == SUCCESS
    assert living.certificate(D1) == before
    living.beat(D1)
    after = living.certificate(D1)
    assert _key(after) == _key(before)
    assert after.serial_number != before.serial_number
    assert _lifetime(after) == timedelta(days=1000)
    assert _listed(ublox)[D1] == serial(after)


@pytest.mark.usefixtures("root")
@rule("ztp.targets")
def test_certificates_are_named_by_device_or_by_serial_number(living: Living, ublox: Ublox) -> None:
    before = [living.certificate(D1), living.certificate(D2)]
    body = {"CAName": CA, "DeviceCertificateValidity": 30}
    numbers = {"ROTPublicUIDs": [D1], "SerialNumbers": ["00" + serial(before[1]).upper()]}
    ublox.ok(RENEW, {**body, **numbers})
    living.beat(D1, D2)
    after = [living.certificate(D1), living.certificate(D2)]
    assert [_key(found) for found in after] == [_key(found) for found in before]
    assert [_lifetime(found) for found in after] == [timedelta(days=30)] * 2


@pytest.mark.usefixtures("root")
@rule("ztp.bounded")
def test_a_renewed_certificate_ends_with_its_root_ca_too(living: Living, ublox: Ublox, root: x509.Certificate) -> None:
    ublox.ok(RENEW, {"CAName": CA, "DeviceCertificateValidity": 3650, "ROTPublicUIDs": [D1]})
    living.advance(days=100)
    living.beat(D1)
    assert living.certificate(D1).not_valid_after_utc == root.not_valid_after_utc


@pytest.mark.usefixtures("root")
@rule("ztp.update")
def test_updating_takes_two_heartbeats_and_makes_a_new_key_pair(living: Living, ublox: Ublox) -> None:
    before = living.certificate(D1)
    assert ublox.ok(UPDATE, {"CAName": CA, "ROTPublicUIDs": [D1]}) == SUCCESS
    assert living.certificate(D1) == before
    living.beat(D1)
    assert living.certificates(D1) == []
    assert D1 not in _listed(ublox)
    living.beat(D1)
    after = living.certificate(D1)
    assert _key(after) != _key(before)
    assert after.issuer == before.issuer
    assert after.serial_number != before.serial_number
    living.beat(D1)
    assert living.certificate(D1) == after


@pytest.mark.parametrize("beats", [0, 1])
@pytest.mark.usefixtures("root")
@rule("ztp.on-going")
def test_while_an_update_is_on_going_other_calls_are_refused(living: Living, ublox: Ublox, beats: int) -> None:
    number = serial(living.certificate(D1))
    living.root_ca(OTHER_CA)
    ublox.ok(UPDATE, {"CAName": CA, "ROTPublicUIDs": [D1]})
    living.beat(*[D1] * beats)
    calls = [
        (DELETE, {"ROTPublicUIDs": [D1]}),
        (REVOKE, {"CAName": CA, "SerialNumber": number}),
        (TRANSFER, {"FromCA": CA, "ToCA": OTHER_CA, "ROTPublicUIDs": [D1]}),
    ]
    if not beats:
        calls.append((RENEW, {"CAName": CA, "DeviceCertificateValidity": 30, "ROTPublicUIDs": [D1]}))
        assert ublox.ok(UPDATE, {"CAName": CA, "ROTPublicUIDs": [D1]}) == SUCCESS
    for path, body in calls:
        assert "on-going" in ublox.refused(path, body), path
    living.beat(*[D1] * (2 - beats))
    ublox.ok(DELETE, {"ROTPublicUIDs": [D1]})


@pytest.mark.usefixtures("root")
@rule("ztp.delete", "rootca.delete-device")
def test_deleting_removes_certificate_and_root_ca_at_the_heartbeat_for_good(living: Living, ublox: Ublox) -> None:
    assert ublox.ok(DELETE, {"ROTPublicUIDs": [D1, D2]}) == SUCCESS
    assert len(living.certificates(D1)) == 1
    ublox.refused("/ztp/rootca/delete", {"CAName": CA})
    living.beat(D1, D2)
    living.beat(D1, D2)
    assert (living.certificates(D1), living.certificates(D2)) == ([], [])
    assert living.current(D1) == {"Authorizations": {"ZTPV1": ENABLED}}
    ublox.ok("/ztp/rootca/delete", {"CAName": CA})


@pytest.mark.usefixtures("root")
@rule("ztp.revoke")
def test_revoking_is_immediate_and_leaves_the_certificate_on_the_device(living: Living, ublox: Ublox) -> None:
    certificate = living.certificate(D1)
    assert ublox.ok(REVOKE, {"CAName": CA, "ROTPublicUID": D1}) == SUCCESS
    assert _revoked(ublox) == [serial(certificate)]
    assert living.certificate(D1) == certificate
    [entry] = living.info(D1, "ZTP")["DeviceCertificates"]
    assert entry["IsRevoked"] is True


@pytest.mark.usefixtures("root")
@rule("ztp.revoke")
def test_a_certificate_that_left_its_device_can_still_be_revoked_and_stays_on_the_list(
    living: Living, ublox: Ublox
) -> None:
    old = serial(living.certificate(D1))
    ublox.ok(UPDATE, {"CAName": CA, "ROTPublicUIDs": [D1]})
    living.beat(D1, D1)
    new = serial(living.certificate(D1))
    ublox.ok(REVOKE, {"CAName": CA, "SerialNumber": old})
    ublox.ok(REVOKE, {"CAName": CA, "SerialNumber": new, "ROTPublicUID": D1})
    ublox.ok(REVOKE, {"CAName": CA, "SerialNumber": new})
    assert _revoked(ublox) == [old, new]
    ublox.ok(DELETE, {"ROTPublicUIDs": [D1]})
    living.beat(D1)
    assert _revoked(ublox) == [old, new]


@pytest.mark.usefixtures("root")
@rule("rootca.crl")
def test_the_crl_says_when_each_was_revoked_and_is_signed(living: Living, ublox: Ublox, root: x509.Certificate) -> None:
    living.advance(days=3)
    ublox.ok(REVOKE, {"CAName": CA, "ROTPublicUID": D1})
    [entry] = ublox.ok("/ztp/rootca/crl/get", {"CANames": [CA]})["CRLs"]
    crl = x509.load_pem_x509_crl(entry["CRL"].encode())
    assert crl.is_signature_valid(root.public_key())  # type: ignore[arg-type]
    [revoked] = list(crl)
    assert abs(revoked.revocation_date_utc - living.now()) < timedelta(seconds=10)


@pytest.mark.usefixtures("root")
@rule("ztp.transfer")
def test_transferring_changes_the_issuer_at_the_heartbeat(living: Living, ublox: Ublox) -> None:
    before, target = living.certificate(D1), living.root_ca(OTHER_CA, device_days=90)
    assert ublox.ok(TRANSFER, {"FromCA": CA, "ToCA": OTHER_CA, "ROTPublicUIDs": [D1]}) == SUCCESS
    assert living.certificate(D1) == before
    living.beat(D1)
    after = living.certificate(D1)
    after.verify_directly_issued_by(target)
    assert _lifetime(after) == timedelta(days=90)
    assert living.current(D1)["Zerotouch"] == living.desired(D1)["Zerotouch"] == {"CAName": OTHER_CA}
    assert (D1 in _listed(ublox), D1 in _listed(ublox, OTHER_CA)) == (False, True)
    assert D2 in _listed(ublox)


@pytest.mark.usefixtures("root")
@rule("ztp.bounded")
def test_a_transferred_certificate_ends_with_its_new_root_ca(living: Living, ublox: Ublox) -> None:
    target = living.root_ca(OTHER_CA, days=1825, device_days=1825)
    ublox.ok(TRANSFER, {"FromCA": CA, "ToCA": OTHER_CA, "ROTPublicUIDs": [D1]})
    living.advance(days=10)
    living.beat(D1)
    assert living.certificate(D1).not_valid_after_utc == target.not_valid_after_utc


@pytest.mark.usefixtures("root")
@rule("rootca.delete-device")
def test_a_root_ca_that_is_the_target_of_a_transfer_cannot_be_deleted(living: Living, ublox: Ublox) -> None:
    living.root_ca(OTHER_CA)
    ublox.ok(TRANSFER, {"FromCA": CA, "ToCA": OTHER_CA, "ROTPublicUIDs": [D1]})
    assert "ROTPublicUID" in ublox.refused("/ztp/rootca/delete", {"CAName": OTHER_CA})


@pytest.mark.usefixtures("root")
@rule("ztp.follows")
def test_another_root_ca_in_the_provisioning_replaces_the_certificate(living: Living) -> None:
    target = living.root_ca(OTHER_CA)
    living.provision(D1, Zerotouch={"CAName": OTHER_CA})
    living.beat(D1)
    living.certificate(D1).verify_directly_issued_by(target)


@rule("ztp.automatic")
def test_certificates_are_renewed_by_themselves_at_a_heartbeat_in_time(living: Living, ublox: Ublox) -> None:
    living.root_ca(RenewBeforeExpiration=60)
    living.zero_touch(D1)
    before = living.certificate(D1)
    living.advance(days=304)
    assert living.certificate(D1) == before
    living.advance(days=8)
    after = living.certificate(D1)
    assert _key(after) == _key(before)
    renewed = after.not_valid_before_utc - before.not_valid_before_utc
    assert timedelta(days=305) <= renewed <= timedelta(days=312)
    assert _lifetime(after) == timedelta(days=365)
    assert _revoked(ublox) == []


@rule("ztp.automatic")
def test_without_renew_before_expiration_a_certificate_expires(living: Living, ublox: Ublox) -> None:
    living.root_ca()
    living.zero_touch(D1)
    before = living.certificate(D1)
    living.advance(days=366)
    assert living.certificate(D1) == before
    ublox.ok("/ztp/rootca/update", {"CAName": CA, "RenewBeforeExpiration": 10})
    living.beat(D1)
    assert living.certificate(D1).not_valid_after_utc > living.now()


@rule("ztp.automatic")
def test_a_certificate_that_lasts_as_long_as_its_root_ca_is_not_renewed(living: Living) -> None:
    living.root_ca(days=1825, device_days=1825, RenewBeforeExpiration=365)
    living.zero_touch(D1)
    before = living.certificate(D1)
    living.advance(days=1800)
    assert living.certificate(D1) == before


@pytest.mark.usefixtures("root")
@rule("ztp.subscription")
def test_certificate_management_needs_its_subscription(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    living.root_ca(OTHER_CA)
    sandbox.settings(subscriptions={"Device Certificate Management": False})
    for path, body in _calls():
        assert "subscription is not active" in ublox.refused(path, body), path


@pytest.mark.usefixtures("root")
@rule("ztp.quota")
def test_certificate_management_has_a_quota_for_each_device(living: Living, ublox: Ublox, sandbox: Sandbox) -> None:
    living.root_ca(OTHER_CA)
    sandbox.settings(certificate_quota=1)
    ublox.ok(REVOKE, {"CAName": CA, "ROTPublicUID": D1})
    before = sandbox.state()
    for path, body in _calls():
        assert "Quota for given ROTPublicUIDs is exceeded" in ublox.refused(path, body), path
    assert sandbox.state() == before
    ublox.ok(REVOKE, {"CAName": CA, "ROTPublicUID": D2})


def _calls() -> list[tuple[str, dict[str, Any]]]:
    return [
        (RENEW, {"CAName": CA, "DeviceCertificateValidity": 30, "ROTPublicUIDs": [D1]}),
        (UPDATE, {"CAName": CA, "ROTPublicUIDs": [D1]}),
        (DELETE, {"ROTPublicUIDs": [D1]}),
        (REVOKE, {"CAName": CA, "ROTPublicUID": D1}),
        (TRANSFER, {"FromCA": CA, "ToCA": OTHER_CA, "ROTPublicUIDs": [D1]}),
    ]


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (RENEW, {"CAName": CA, "DeviceCertificateValidity": 30}, 400),
        (RENEW, {"CAName": CA, "DeviceCertificateValidity": 29, "ROTPublicUIDs": [D1]}, 400),
        (RENEW, {"CAName": CA, "DeviceCertificateValidity": 3651, "ROTPublicUIDs": [D1]}, 400),
        (RENEW, {"CAName": "short.example.com", "DeviceCertificateValidity": 1826, "ROTPublicUIDs": [D1]}, 400),
        (RENEW, {"CAName": CA, "ROTPublicUIDs": [D1]}, 400),
        (RENEW, {"CAName": CA, "DeviceCertificateValidity": 30, "ROTPublicUIDs": [device(3)]}, 400),
        (RENEW, {"CAName": OTHER_CA, "DeviceCertificateValidity": 30, "ROTPublicUIDs": [D1]}, 400),
        (RENEW, {"CAName": "nobody", "DeviceCertificateValidity": 30, "ROTPublicUIDs": [D1]}, 404),
        (RENEW, {"CAName": "no name", "DeviceCertificateValidity": 30, "ROTPublicUIDs": [D1]}, 400),
        (UPDATE, {"CAName": CA}, 400),
        (UPDATE, {"CAName": CA, "SerialNumbers": ["1234"]}, 400),
        (UPDATE, {"CAName": CA, "SerialNumbers": ["xyz"]}, 400),
        (UPDATE, {"CAName": CA, "ROTPublicUIDs": [device(25)]}, 400),
        (UPDATE, {"CAName": "x" * 46, "ROTPublicUIDs": [D1]}, 400),
        (DELETE, {}, 400),
        (DELETE, {"ROTPublicUIDs": [device(3)]}, 400),
        (DELETE, {"ROTPublicUIDs": ["ffff"]}, 400),
        (REVOKE, {"CAName": CA}, 400),
        (REVOKE, {"CAName": OTHER_CA, "ROTPublicUID": D1}, 400),
        (REVOKE, {"CAName": CA, "SerialNumber": "1234"}, 400),
        (REVOKE, {"CAName": CA, "ROTPublicUID": [D1]}, 400),
        (REVOKE, {"CAName": "nobody", "ROTPublicUID": D1}, 404),
        (TRANSFER, {"FromCA": CA, "ToCA": CA, "ROTPublicUIDs": [D1]}, 400),
        (TRANSFER, {"FromCA": OTHER_CA, "ToCA": CA, "ROTPublicUIDs": [D1]}, 400),
        (TRANSFER, {"FromCA": CA, "ToCA": "nobody", "ROTPublicUIDs": [D1]}, 404),
        (TRANSFER, {"FromCA": CA, "ToCA": OTHER_CA}, 400),
        (TRANSFER, {"FromCA": CA, "ROTPublicUIDs": [D1]}, 400),
    ],
)
@rule("ztp.targets", "rootca.limits")
def test_what_does_not_fit_is_refused_and_changes_nothing(
    living: Living, ublox: Ublox, sandbox: Sandbox, path: str, body: dict[str, Any], status: int
) -> None:
    living.root_ca(OTHER_CA)
    living.root_ca("short.example.com", days=1825)
    before = sandbox.state()
    ublox.refused(path, body, status)
    assert sandbox.state() == before


@pytest.mark.usefixtures("root")
@rule("ztp.targets")
def test_a_serial_number_of_another_device_does_not_fit(living: Living, ublox: Ublox) -> None:
    number = serial(living.certificate(D2))
    assert "SerialNumber" in ublox.refused(REVOKE, {"CAName": CA, "ROTPublicUID": D1, "SerialNumber": number})


@pytest.mark.usefixtures("root")
@rule("ztp.last-call")
def test_a_later_call_takes_the_place_of_an_earlier_one(living: Living, ublox: Ublox) -> None:
    ublox.ok(RENEW, {"CAName": CA, "DeviceCertificateValidity": 30, "ROTPublicUIDs": [D1]})
    ublox.ok(DELETE, {"ROTPublicUIDs": [D1]})
    living.beat(D1)
    assert living.certificates(D1) == []


@rule("ztp.issue", "bootstrap.at-bootstrap")
def test_new_devices_of_a_profile_get_certificates_when_they_bootstrap(living: Living) -> None:
    root = living.root_ca()
    provisioning = {"Authorizations": authorizations(ZTPV1=ENABLED), "Zerotouch": {"CAName": CA}}
    living.profile_grants(TRACKERS_EU, provisioning)
    living.bootstrap(device(16), "trackers-eu")
    living.certificate(device(16)).verify_directly_issued_by(root)
    assert pem(living.info(device(16), "ZTP")["DeviceCertificates"][0]["Certificate"]).version == x509.Version.v3


@rule("ztp.automatic")
def test_the_heartbeat_decides_when_a_renewal_happens(living: Living) -> None:
    living.root_ca(device_days=30, RenewBeforeExpiration=10)
    living.zero_touch(D1)
    living.provision(D1, NetworkParameters={"SecurityHeartbeatInSec": 28 * DAY})
    living.beat(D1)
    first = living.certificate(D1)
    living.advance(days=27)
    assert living.certificate(D1) == first
    living.advance(days=2)
    assert living.certificate(D1).not_valid_before_utc - first.not_valid_before_utc >= timedelta(days=28)

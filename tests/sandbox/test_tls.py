# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox over HTTPS, with the CA that it makes itself."""

from __future__ import annotations

import ssl
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.site_check import (
    ARGUMENTS,
    CheckRefused,
    checked,
)
from tests.support.rules import rule
from tests.support.sandbox import Sandbox, run_serve


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def secure(directory: Path) -> Iterator[Sandbox]:
    with Sandbox("--tls", "--state", str(directory / "state.db")) as running:
        yield running


def context(sandbox: Sandbox) -> ssl.SSLContext:
    """What a client that trusts nothing but the sandbox's CA has, and is as strict as Python 3.13."""
    trusted = ssl.create_default_context(cafile=sandbox.ca_bundle)
    trusted.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return trusted


@rule("process.tls")
def test_all_urls_are_https_and_the_ca_is_named(secure: Sandbox, directory: Path) -> None:
    for system in ("ublox", "calamp", "mt20w", "control"):
        assert secure.ready[system]["url"].startswith("https://127.0.0.1:")
    assert secure.ready["ca_bundle"] == str(directory / "state.db.ca.pem")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@rule("process.tls")
def test_the_certificate_is_good_for_this_machine_by_name_and_address(secure: Sandbox, host: str) -> None:
    url = secure.control_url.replace("127.0.0.1", host)
    assert httpx.get(f"{url}/ready", verify=context(secure)).json()["ready"] is True


def test_ipv6_works_too(tmp_path: Path) -> None:
    with Sandbox("--tls", "--host", "::1", "--ca-file", str(tmp_path / "ca.pem")) as running:
        assert running.control_url.startswith("https://[::1]:")
        assert httpx.get(f"{running.control_url}/ready", verify=context(running)).status_code == 200


def test_a_client_that_does_not_trust_the_ca_refuses(secure: Sandbox) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secure.control_url}/ready", verify=ssl.create_default_context())


def test_the_environment_for_clients_names_the_ca(secure: Sandbox) -> None:
    assert secure.env()["SSL_CERT_FILE"] == secure.env()["CALAMP_CA_BUNDLE"] == secure.ca_bundle


def test_the_ca_is_kept_with_the_state_and_the_key_is_not_in_the_file(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    found = []
    for number in range(2):
        with Sandbox("--tls", "--state", state, "--ca-file", str(tmp_path / f"{number}.pem")) as running:
            assert running.ca_bundle
            found.append(Path(running.ca_bundle).read_text())
    assert found[0] == found[1]
    assert "PRIVATE" not in found[0]
    assert stat.S_IMODE((tmp_path / "0.pem").stat().st_mode) == 0o644


def test_without_a_state_the_ca_goes_when_the_sandbox_goes() -> None:
    with Sandbox("--tls") as running:
        assert running.ca_bundle
        bundle = Path(running.ca_bundle)
        assert bundle.exists()
    assert not bundle.parent.exists()


def test_a_ca_file_that_cannot_be_written_is_named() -> None:
    done = run_serve(["--tls", "--ca-file", "/no/such/folder/ca.pem"])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "device-trust sandbox: cannot write /no/such/folder/ca.pem: No such file or directory\n"


@rule("fault.drop")
def test_a_connection_can_be_cut_over_https_too(secure: Sandbox) -> None:
    secure.fault("drop", "/apiversion", "ublox", count=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        httpx.post(f"{secure.ublox_url}/apiversion", verify=context(secure))


def test_the_mt20w_host_passes_its_check_over_https_with_the_ca_named(secure: Sandbox) -> None:
    options = {name: option.get("default") for name, option in ARGUMENTS.items()}
    site = {"url": secure.mt20w_url, "site_key": secure.ready["mt20w"]["site_key"], "serial": "A0C1777700000017"}
    assert checked({**options, **site, "ca_bundle": secure.ca_bundle}).not_passed == []
    with pytest.raises(CheckRefused, match=r"no trusted TLS connection to 127.0.0.1.* see the option ca_bundle"):
        checked({**options, **site})

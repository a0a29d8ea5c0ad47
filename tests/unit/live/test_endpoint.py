# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a system is: which addresses, proxies and certificates are taken, and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.endpoint import Endpoint
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.transport import Transport
from tests.unit.live.server import NOBODY, OK, Reply, failure, serving


@pytest.mark.parametrize(
    "url",
    [
        "https://ssapi.services.u-blox.com/v1",
        "https://host",
        "https://host:8443/a/",
        "https://b\u00fccher.example",
        "http://127.0.0.1:8080",
        "http://127.8.8.8",
        "http://localhost/v1",
        "http://[::1]:80",
    ],
)
def test_https_anywhere_and_http_on_this_machine(url: str) -> None:
    endpoint = Endpoint(url)

    assert endpoint.checked("api_url") is endpoint


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://ssapi.services.u-blox.com", "api_url is plain http to 'ssapi.services.u-blox.com': credentials"),
        ("http://localhost.example.com", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
        ("http://127.0.0.1@example.com", "api_url must not hold credentials"),
        ("http://0.0.0.0", "plain http"),
        ("https://user:obviously-fake@host", "api_url must not hold credentials"),
        ("ftp://user:obviously-fake@host", "api_url must be an https URL"),
        ("https://host/v1?x=obviously-fake", "api_url must end with its path"),
        ("https://host/v1#x", "api_url must end with its path"),
        ("ssapi.services.u-blox.com", "api_url must be an https URL"),
        ("https://", "api_url must be an https URL"),
        ("https:///v1", "api_url must be an https URL"),
        ("https://[::1", "api_url must be an https URL"),
        ("https://host:99999", "api_url must be an https URL"),
        ("https://host:abc", "api_url must be an https URL"),
        ("https://ho st/", "api_url must be an https URL"),
        ("https://host/\n", "api_url must be an https URL"),
        ("https://a..b", "api_url must be an https URL"),
        ("", "api_url must be an https URL"),
    ],
)
def test_anything_else_is_refused_before_any_request(url: str, words: str) -> None:
    with pytest.raises(errors.InvalidConnection) as refused:
        Endpoint(url).checked("api_url")

    assert words in str(refused.value)
    assert "obviously-fake" not in str(refused.value)


@pytest.mark.parametrize("proxy", ["nonsense", "ftp://host:1", "http://", "socks5://host", "http://u:obviously-fake@"])
def test_so_is_a_proxy_that_cannot_be_one(proxy: str) -> None:
    with pytest.raises(errors.InvalidConnection, match="proxy must be an http or https URL") as refused:
        Endpoint("https://host", proxy=proxy).checked("api_url")
    assert "obviously-fake" not in str(refused.value)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_so_is_a_timeout_that_is_none(timeout: float) -> None:
    with pytest.raises(errors.InvalidConnection, match="timeout must be more than 0 seconds"):
        Endpoint("https://host", timeout=timeout).checked("api_url")


def test_nothing_on_this_machine_is_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, NOBODY)
    with serving([OK]) as server:
        for proxy in (None, NOBODY):
            transport = Transport(Endpoint(server.url, proxy=proxy))
            assert transport.send("POST", "/", reads=True).status == 200
            transport.close()


def test_other_hosts_are_asked_through_the_proxy_and_its_password_is_not_shown() -> None:
    with serving([Reply(407)]) as server:
        proxy = server.url.replace("http://", "http://user:obviously-fake@")
        transport = Transport(Endpoint("https://host.invalid", proxy=proxy), sleep=lambda _unused: None)
        said = failure(lambda: transport.send("POST", "/tag/get", reads=False))
        transport.close()

    assert isinstance(said, errors.Unreachable)
    assert "obviously-fake" not in str(said)


def test_a_proxy_of_the_environment_that_cannot_be_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", "ftp://user:obviously-fake@host")
    with pytest.raises(errors.InvalidConnection, match=r"the environment \(HTTPS_PROXY, ALL_PROXY\)") as refused:
        Transport(Endpoint("https://host.invalid")).send("POST", "/", reads=True)
    assert "obviously-fake" not in str(refused.value)


def test_a_ca_bundle_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no PEM")
    for name in ("ca.pem", "missing.pem"):
        endpoint = Endpoint("https://127.0.0.1:1", ca_bundle=str(tmp_path / name))
        with pytest.raises(errors.InvalidConnection, match=f"ca_bundle '.*{name}' cannot be read as PEM"):
            Transport(endpoint).send("POST", "/", reads=True)


def test_a_server_that_speaks_no_tls_is_a_tls_failure() -> None:
    with serving([OK]) as server:
        transport = Transport(Endpoint(server.url.replace("http", "https")), sleep=lambda _unused: None)
        said = failure(lambda: transport.send("POST", "/tag/get", reads=True))
        transport.close()

    assert isinstance(said, errors.TlsFailure)
    assert "no trusted TLS connection to 127.0.0.1:" in str(said)

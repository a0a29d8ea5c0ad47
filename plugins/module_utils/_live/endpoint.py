# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a system is, and whether it may be reached there: credentials do not travel in clear."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from . import errors


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a system is and how to reach it.

    ``timeout`` (seconds) bounds one attempt from connect to the last byte; ``deadline`` (seconds) bounds a request
    with all its retries.
    """

    url: str
    timeout: float = 30.0
    deadline: float = 90.0
    ca_bundle: str | None = None
    proxy: str | None = None

    def checked(self, option: str) -> Endpoint:
        """Itself, or InvalidConnection that names ``option`` when it must not or cannot be used."""
        parts = _parts(self.url)
        if parts is None or parts.scheme not in {"http", "https"}:
            raise errors.InvalidConnection(f"{option} must be an https URL, as in https://host/path")
        if parts.username or parts.password:
            raise errors.InvalidConnection(f"{option} must not hold credentials; use the options made for them")
        if parts.query or parts.fragment:
            raise errors.InvalidConnection(f"{option} must end with its path, without ? and #")
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise errors.InvalidConnection(
                f"{option} is plain http to {parts.hostname!r}: credentials would travel in clear. "
                "Use https; http is for a sandbox on this machine only (127.0.0.1, localhost)"
            )
        proxy = _parts(self.proxy) if self.proxy is not None else None
        if self.proxy is not None and (proxy is None or proxy.scheme not in {"http", "https"}):
            raise errors.InvalidConnection("proxy must be an http or https URL, as in http://host:3128")
        if not (self.timeout > 0 and self.deadline > 0):
            raise errors.InvalidConnection("timeout must be more than 0 seconds")
        return self


def _parts(url: str) -> SplitResult | None:
    """The parts of ``url``; None when it names no host that could be connected to."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and url.isprintable() and " " not in url
        (parts.hostname or "").encode("idna")
    except ValueError:
        return None
    return parts if usable else None


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine by name or address, without asking a resolver."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

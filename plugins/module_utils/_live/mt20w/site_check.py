# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module mt20w_host_check takes and does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._model.errors import DeviceTrustError
from ..endpoint import Endpoint
from .codec import Mt20wError, SiteKey
from .host_check import HostCheck, Report, Subject
from .probe import MOST_AT_ONCE, SCAN_PATH, Probe

ARGUMENTS: dict[str, dict[str, Any]] = {
    "url": {"type": "str"},
    "path": {"type": "str", "default": SCAN_PATH},
    "site_key": {"type": "str", "no_log": True},
    "serial": {"type": "str", "required": True},
    "refused_site_keys": {"type": "list", "elements": "str", "default": [], "no_log": True},
    "wifi_device_token": {"type": "str", "no_log": True},
    "replays": {"type": "int", "default": 16},
    "timeout": {"type": "float", "default": 10.0},
    "ca_bundle": {"type": "path"},
    "proxy": {"type": "str"},
}
"""The options, as an argument specification; `url` and `site_key` are also taken from the environment."""


class CheckRefused(DeviceTrustError):
    """The check cannot be made; nothing is known of the host."""


def checked(options: Mapping[str, Any]) -> Report:
    """The report on a host. Raises CheckRefused, whose text holds no secret."""
    for name, variable in (("url", "MT20W_HOST_URL"), ("site_key", "MT20W_SITE_KEY")):
        if not options[name]:
            raise CheckRefused(f"{name} is not set: give it as the option {name} or in the environment as {variable}")
    if not 2 <= options["replays"] <= MOST_AT_ONCE:
        raise CheckRefused(f"replays must be from 2 to {MOST_AT_ONCE}, not {options['replays']}")
    if not options["path"].startswith("/"):
        raise CheckRefused(f"path must begin with a slash, unlike {options['path']!r}")
    try:
        return _report(options)
    except (Mt20wError, DeviceTrustError) as failure:
        raise CheckRefused(str(failure)) from None


def _report(options: Mapping[str, Any]) -> Report:
    subject = Subject(
        _key("site_key", options["site_key"]),
        options["serial"],
        [_key("refused_site_keys", key) for key in options["refused_site_keys"]],
        options["wifi_device_token"],
        options["replays"],
    )
    if subject.key in subject.refused_keys:
        raise CheckRefused("refused_site_keys holds the site key itself")
    endpoint = Endpoint(
        options["url"], timeout=options["timeout"], ca_bundle=options["ca_bundle"], proxy=options["proxy"]
    )
    with Probe(endpoint, subject.key, options["path"]) as probe:
        return HostCheck(subject, probe.send).run()


def _key(option: str, text: str) -> SiteKey:
    try:
        return SiteKey.from_hex(text)
    except Mt20wError as wrong:
        raise CheckRefused(f"{option}: {wrong}") from None

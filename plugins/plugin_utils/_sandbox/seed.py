# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account that a sandbox starts with, and how such a document is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.devices import (
    add_device,
    add_test_devices,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.control import (
    FIRST_ID,
    add_fleet,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.growth import (
    Growth,
    GrowthError,
    whitelist_range,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w import site as mt20w_site
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.portal import (
    PortalError,
    bootstrap_device,
    create_profile,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.settings import (
    Settings,
    SettingsError,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.shape import (
    Key,
    ShapeError,
    checked,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import ApiError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.identifiers import (
    HEX_ID,
    IMEI,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.root_ca import (
    NAME,
    add_root_ca,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.tags import create_tag
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.webhooks import (
    EVENT_TYPES,
    add_webhook,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.whitelist import (
    ADD,
    change,
    imei_entries,
    rot_entries,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

LEGACY_CA_CREATED = "2025-03-01T08:00:00+00:00"


class SeedError(ValueError):
    """A seed that cannot be loaded; the text says where and why."""


def _id(number: int) -> str:
    return f"00020000892800{number:02d}"


def _device(number: int, profile: str, **more: Any) -> dict[str, Any]:
    return {
        "id": _id(number),
        "profile": profile,
        "imei": f"8626185839{number:05d}",
        "device_serial": f"SN{number:06d}",
        **more,
    }


DEFAULT: dict[str, Any] = {
    "settings": {},
    "tags": ["cold-chain", "legacy"],
    "root_cas": [
        {
            "name": "legacy.example.com",
            "ca_validity_days": 3650,
            "device_validity_days": 365,
            "created": LEGACY_CA_CREATED,
        }
    ],
    "profiles": [
        {"name": "trackers-eu", "uid": "AyvylmHVdUiHQzUaCjOmC", "tags": ["cold-chain"]},
        {"name": "trackers-us", "uid": "QHlN732VgUWCdfNeXHkQR1"},
        {
            "name": "gateways-lab",
            "uid": "mbYbAX-CoEqE97TMFBsUKQ",
            "checks_whitelist": False,
            "provisioning": {
                "Authorizations": [{"Name": "LocalDPR", "State": "ENABLED"}],
                "NetworkParameters": {"SecurityHeartbeatInSec": 86400},
            },
        },
    ],
    "whitelist": {"ids": [_id(number) for number in range(1, 25)]},
    "devices": [
        *(_device(number, "trackers-eu", tags=["cold-chain"]) for number in range(1, 4)),
        *(_device(number, "trackers-eu") for number in range(4, 9)),
        *(_device(number, "trackers-us") for number in range(9, 13)),
        *(_device(number, "gateways-lab") for number in range(13, 16)),
        _device(25, "trackers-us"),
    ],
    "webhooks": [
        {
            "url": "https://old.example.com/hook",
            "type": "DEVICE_BOOTSTRAP_EVENT",
            "token": "Bearer fake-old-hook-token",
        }
    ],
    "calamp": {"test_devices": True},
    "mt20w": mt20w_site.DEFAULT,
}
"""25 devices: 1-15 have bootstrapped and are whitelisted, 16-24 are whitelisted and not yet seen, 25
bootstrapped without being on the whitelist and is in the blacklist. The 501 CalAmp test devices."""

_TOP = {
    "settings": Key(dict),
    "tags": Key(list, item=str),
    "root_cas": Key(list),
    "profiles": Key(list),
    "whitelist": Key(dict),
    "devices": Key(list),
    "fleets": Key(list),
    "webhooks": Key(list),
    "calamp": Key(dict),
    "mt20w": Key(dict),
}
_ROOT_CA = {
    "name": Key(str, required=True),
    "ca_validity_days": Key(int, required=True),
    "device_validity_days": Key(int, required=True),
    "renew_before_days": Key(int),
    "created": Key(str),
}
PROFILE = {
    "name": Key(str, required=True),
    "uid": Key(str),
    "tags": Key(list, item=str),
    "checks_whitelist": Key(bool),
    "provisioning": Key(dict),
}
DEVICE = {
    "id": Key(str, required=True),
    "profile": Key(str),
    "imei": Key(str),
    "serial": Key(str),
    "device_serial": Key(str),
    "tags": Key(list, item=str),
}
_WHITELIST = {
    "ids": Key(list, item=str),
    "imeis": Key(list, item=str),
    "first_id": Key(str),
    "count": Key(int),
}
_WEBHOOK = {"url": Key(str, required=True), "type": Key(str, required=True), "token": Key(str, required=True)}
_CALAMP = {"test_devices": Key(bool), "devices": Key(list)}
_CALAMP_DEVICE = {"esn": Key(str, required=True), "imei": Key(str), "mac": Key(str)}


def load(world: World, document: Any = None) -> None:
    """Replace everything in the accounts, and the settings, by the seed (None: the default one). All or
    nothing. Raises SeedError."""
    seed = DEFAULT if document is None else document
    with _located("the seed"):
        checked(seed, _TOP, "the seed")
    with _settings_kept(world), world.store.transaction():
        world.store.recreate_account()
        _load_settings(world, seed.get("settings", {}))
        for section, load_section in _SECTIONS.items():
            load_section(world, seed.get(section, [] if _TOP[section].kind is list else {}))
        world.store.set_meta("seeded", "yes")
        world.save()


@contextmanager
def _settings_kept(world: World) -> Iterator[None]:
    """Put settings and clock back if the seed turns out wrong."""
    before = world.settings, world.clock.offset_seconds, world.lived_until
    try:
        yield
    except BaseException:
        world.settings, world.clock.offset_seconds, world.lived_until = before
        raise


def _load_settings(world: World, changes: dict[str, Any]) -> None:
    with _located("settings"):
        world.settings = Settings().changed(changes)
    world.clock.offset_seconds = 0.0
    world.lived_until = world.clock.timestamp()


def _load_tags(world: World, names: list[str]) -> None:
    for name in names:
        with _located(f"tags, {name!r}"):
            create_tag(world.store, name)


def _load_root_cas(world: World, documents: list[Any]) -> None:
    for number, document in enumerate(documents):
        with _located(f"root_cas[{number}]"):
            given = checked(document, _ROOT_CA, "a root CA")
            if not NAME.fullmatch(given["name"]):
                raise SeedError("name is not valid")
            add_root_ca(
                world,
                given["name"],
                _within(given, "ca_validity_days", 1825, 3650),
                _within(given, "device_validity_days", 30, 3650),
                _within(given, "renew_before_days", 1, 365) if "renew_before_days" in given else None,
                _moment(given["created"]) if "created" in given else world.clock.now(),
            )


def _within(document: dict[str, Any], name: str, low: int, high: int) -> int:
    value: int = document[name]
    if not low <= value <= high:
        raise SeedError(f"{name} must be from {low} to {high}")
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SeedError(f"{text!r} is not an ISO 8601 date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _load_profiles(world: World, documents: list[Any]) -> None:
    for number, document in enumerate(documents):
        with _located(f"profiles[{number}]"):
            create_profile(world, **checked(document, PROFILE, "a device profile"))


def _load_whitelist(world: World, document: dict[str, Any]) -> None:
    with _located("whitelist"):
        given = checked(document, _WHITELIST, "the whitelist")
        ids, imeis = given.get("ids", []), given.get("imeis", [])
        wrong = [text for text in ids if not HEX_ID.fullmatch(text)] + [
            text for text in imeis if not IMEI.fullmatch(text)
        ]
        if wrong:
            raise SeedError(f"{wrong[0]!r} is not a valid id")
        change(world.store, ADD, rot_entries(ids))
        _whitelist_range(world, given)
        change(world.store, ADD, imei_entries(world.store, imeis))


def _whitelist_range(world: World, document: dict[str, Any]) -> None:
    """`count` consecutive ids from `first_id`: a long whitelist in two lines."""
    first, count = document.get("first_id", FIRST_ID), document.get("count", 0)
    if not HEX_ID.fullmatch(first):
        raise SeedError("first_id must be a ROTPublicUID")
    if count:
        whitelist_range(world.store, *Growth(first, count).span())


def _load_devices(world: World, documents: list[Any]) -> None:
    for number, document in enumerate(documents):
        with _located(f"devices[{number}]"):
            given = dict(checked(document, DEVICE, "a device"))
            bootstrap_device(world, given.pop("id"), **given)


def _load_fleets(world: World, documents: list[Any]) -> None:
    for number, document in enumerate(documents):
        with _located(f"fleets[{number}]"):
            add_fleet(world, document)


def _load_webhooks(world: World, documents: list[Any]) -> None:
    for number, document in enumerate(documents):
        with _located(f"webhooks[{number}]"):
            given = checked(document, _WEBHOOK, "a webhook")
            if given["type"] not in EVENT_TYPES:
                raise SeedError(f"type must be one of {', '.join(EVENT_TYPES)}")
            add_webhook(world.store, given["url"], given["type"], given["token"])


def _load_calamp(world: World, document: dict[str, Any]) -> None:
    with _located("calamp"):
        given = checked(document, _CALAMP, "calamp")
        if given.get("test_devices", True):
            add_test_devices(world.store)
        for device in given.get("devices", []):
            add_device(world.store, world.clock.now(), **checked(device, _CALAMP_DEVICE, "a CalAmp device"))


def _load_mt20w(world: World, section: dict[str, Any]) -> None:
    with _located("mt20w"):
        mt20w_site.Site(world.store).load(section)


_SECTIONS: dict[str, Callable[[World, Any], None]] = {
    "tags": _load_tags,
    "root_cas": _load_root_cas,
    "profiles": _load_profiles,
    "whitelist": _load_whitelist,
    "devices": _load_devices,
    "fleets": _load_fleets,
    "webhooks": _load_webhooks,
    "calamp": _load_calamp,
    "mt20w": _load_mt20w,
}


@contextmanager
def _located(where: str) -> Iterator[None]:
    """Say where in the seed a problem is."""
    try:
        yield
    except ApiError as error:
        raise SeedError(f"{where}: {error.message}") from error
    except (GrowthError, PortalError, SeedError, SettingsError, ShapeError, mt20w_site.SiteError) as error:
        raise SeedError(str(error) if str(error).startswith(where) else f"{where}: {error}") from error


def read_seed(path: str) -> Any:
    """A seed file, JSON or YAML by its ending. Raises SeedError."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"cannot read the seed {path}: {error}") from error
    if path.endswith((".yml", ".yaml")):
        import yaml

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise SeedError(f"the seed {path} is not valid YAML: {error}") from error
    try:
        return json.loads(text)
    except ValueError as error:
        raise SeedError(f"the seed {path} is not valid JSON: {error}") from error

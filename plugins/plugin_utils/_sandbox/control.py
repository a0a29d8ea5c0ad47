# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API: what drives a rehearsal. Loopback only, JSON, under its own path prefix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import seed
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.account import account_state
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.calamp.devices import (
    UnknownDevice,
    regenerate,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import (
    Answer,
    Incoming,
    json_answer,
    parse_json,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.faults import FaultError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import control as fleet
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.ciphers import BadMessage
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.growth import GrowthError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.passage import catch_up
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.schedule import reschedule_busy
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w import control as mt20w_control
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.site import SiteError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.portal import (
    PortalError,
    bootstrap_device,
    create_profile,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.settings import (
    SettingsError,
    is_loopback,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.shape import (
    Key,
    ShapeError,
    checked,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import ApiError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

EARLIEST, LATEST = 946_684_800, 4_102_444_800
"""The clock stays between 2000 and 2100, where every certificate date can be written."""


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """A control request that cannot be carried out."""

    status: int
    reason: str


class Control:
    """Carries out control requests."""

    def __init__(self, world: World, seed_document: Any = None) -> None:
        self._world = world
        self._seed = seed_document
        self._routes: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", "/ready"): self._ready,
            ("GET", "/requests"): self._requests,
            ("POST", "/requests/reset"): self._reset_requests,
            ("GET", "/state"): self._state,
            ("POST", "/state/reset"): self._reset_state,
            ("POST", "/writes"): self._writes,
            ("POST", "/portal/profile"): self._profile,
            ("POST", "/portal/device"): self._device,
            ("POST", "/calamp/password"): self._password,
            ("GET", "/clock"): self._clock,
            ("POST", "/clock"): self._move_clock,
            ("GET", "/settings"): self._settings,
            ("POST", "/settings"): self._change_settings,
            ("GET", "/faults"): self._faults,
            ("POST", "/faults"): self._add_faults,
            ("DELETE", "/faults"): self._clear_faults,
            ("GET", "/webhooks"): self._webhooks,
            **{("POST", path): partial(fleet.carry_out, world, path) for path in fleet.ROUTES},
            **mt20w_control.routes(world.store),
        }

    def answer(self, incoming: Incoming, client: str) -> Answer:
        """Carry a control request out."""
        if not is_loopback(client):
            return _refusal(403, "the control API answers this machine only")
        handler = self._routes.get((incoming.method, incoming.path))
        if handler is None:
            known = ", ".join(f"{method} {path}" for method, path in self._routes)
            return _refusal(404, f"there is no {incoming.method} {incoming.path}; there are {known}")
        try:
            return json_answer(200, handler(_document(incoming)))
        except Refused as refused:
            return _refusal(refused.status, refused.reason)
        except ApiError as error:
            return _refusal(400, error.message)
        except (
            BadMessage,
            FaultError,
            GrowthError,
            PortalError,
            SettingsError,
            ShapeError,
            SiteError,
            seed.SeedError,
        ) as error:
            return _refusal(400, str(error))

    def _ready(self, _body: Any) -> Any:
        return {
            "ready": True,
            "time": self._world.clock.now().isoformat(),
            "writes_allowed": self._world.writes_allowed,
            "state_file": self._world.store.path,
        }

    def _requests(self, _body: Any) -> Any:
        return self._world.ledger.to_json()

    def _reset_requests(self, _body: Any) -> Any:
        self._world.ledger.reset()
        return self._requests(None)

    def _state(self, _body: Any) -> Any:
        return account_state(self._world.store)

    def _reset_state(self, body: Any) -> Any:
        """Everything as after a start: also no faults, nothing counted, writes allowed. Tokens stay valid."""
        seed.load(self._world, self._seed if body is None else body)
        self._world.faults.clear()
        self._world.ledger.reset()
        self._world.deliveries.reset()
        self._world.writes_allowed = True
        self._world.calamp_last_request = None
        return self._ready(None)

    def _webhooks(self, _body: Any) -> Any:
        return self._world.deliveries.to_json()

    def _writes(self, body: Any) -> Any:
        self._world.writes_allowed = checked(body, {"allowed": Key(bool, required=True)}, "the body")["allowed"]
        return {"allowed": self._world.writes_allowed}

    def _profile(self, body: Any) -> Any:
        given = checked(body, seed.PROFILE, "a device profile")
        with self._world.store.transaction():
            uid = create_profile(self._world, **given)
        return {"uid": uid, "name": given["name"]}

    def _device(self, body: Any) -> Any:
        given = dict(checked(body, seed.DEVICE, "a device"))
        rot = given.pop("id")
        with self._world.store.transaction():
            activated = bootstrap_device(self._world, rot, **given)
        return {"id": rot, "activated": activated, "blacklisted": not activated}

    def _password(self, body: Any) -> Any:
        keys = {"esn": Key(str, required=True), "field": Key(str), "fields": Key(list, item=str)}
        given = checked(body, keys, "the body")
        fields = [*given.get("fields", []), *([given["field"]] if "field" in given else [])]
        try:
            with self._world.store.transaction():
                return regenerate(self._world.store, self._world.clock.now(), given["esn"], fields)
        except UnknownDevice as error:
            raise Refused(404, str(error)) from error

    def _clock(self, _body: Any) -> Any:
        clock = self._world.clock
        return {"time": clock.now().isoformat(), "offset_seconds": clock.offset_seconds}

    def _move_clock(self, body: Any) -> Any:
        given = checked(body, {"advance_seconds": Key(int, required=True)}, "the body")
        clock = self._world.clock
        if not EARLIEST < clock.timestamp() + given["advance_seconds"] < LATEST:
            raise Refused(400, "the clock stays between the years 2000 and 2100")
        catch_up(self._world)
        clock.advance(given["advance_seconds"])
        catch_up(self._world)
        self._world.save()
        return self._clock(None)

    def _settings(self, _body: Any) -> Any:
        return self._world.settings.to_json()

    def _change_settings(self, body: Any) -> Any:
        if not isinstance(body, dict):
            raise Refused(400, "the body must be an object of settings")
        self._world.settings = self._world.settings.changed(body)
        reschedule_busy(self._world)
        self._world.save()
        return self._settings(None)

    def _faults(self, _body: Any) -> Any:
        return {"rules": self._world.faults.to_json()}

    def _add_faults(self, body: Any) -> Any:
        return {"rules": [rule.to_json() for rule in self._world.faults.add(body)]}

    def _clear_faults(self, _body: Any) -> Any:
        self._world.faults.clear()
        return self._faults(None)


def _document(incoming: Incoming) -> Any:
    """The JSON body, None when there is none."""
    if not incoming.body:
        return None
    try:
        return parse_json(incoming.body)
    except ValueError as error:
        raise Refused(400, f"the body is not valid JSON: {error}") from error


def _refusal(status: int, reason: str) -> Answer:
    return json_answer(status, {"error": reason})

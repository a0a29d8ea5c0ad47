# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device certificates on devices: issued, renewed, updated, transferred and removed at security heartbeats.

u-blox Security Services REST API, Zero Touch Provisioning APIs.
"""

from __future__ import annotations

import json

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.authority import Leaf
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.clock import moment
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet import payloads
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.events import (
    USED_RENEWAL,
    USED_UPDATE,
    call_hooks,
    device_row,
    log_activity,
    log_usage,
    tell_error,
    tell_properties,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.notices import (
    DAY,
    DEVICE_CERTIFICATE_NOTICES,
    next_notice,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.properties import (
    change_desired,
    set_current,
    without,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.schedule import reschedule
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Row, Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.provisioning import root_ca_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.root_ca import authority_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

RENEW, REMOVE_OLD, ISSUE_NEW, DELETE, TRANSFER = "renew", "update", "update, second heartbeat", "delete", "transfer"
UPDATING = (REMOVE_OLD, ISSUE_NEW)
CERTIFICATE = "SELECT c.*, a.name AS ca FROM device_certificate AS c JOIN root_ca AS a ON a.id = c.root_ca_id"


def installed(store: Store, device: int) -> Row | None:
    """The certificate that is on a device, if any."""
    return store.row(f"{CERTIFICATE} WHERE c.device_id = ? AND c.installed", device)


def plan_task(world: World, device: int, kind: str, root_ca: str, days: int | None = None) -> None:
    """Set what happens to the certificate at the next heartbeat; it takes the place of what was set before."""
    world.store.execute("INSERT OR REPLACE INTO certificate_task VALUES (?, ?, ?, ?)", device, kind, root_ca, days)
    reschedule(world, [device])


def is_updating(store: Store, device: int) -> bool:
    """Whether an update was asked for and is not finished."""
    return store.value("SELECT kind FROM certificate_task WHERE device_id = ?", device) in UPDATING


def revoke(world: World, certificate: Row) -> None:
    """Put a certificate on the revocation list, now; it stays on the device."""
    world.store.execute(
        "UPDATE device_certificate SET revoked = ifnull(revoked, ?), next_notice = NULL WHERE id = ?",
        world.clock.timestamp(),
        certificate["id"],
    )


def certificate_work(world: World, device: int) -> None:
    """What one security heartbeat does to the certificate of a device."""
    store = world.store
    task = store.row("SELECT * FROM certificate_task WHERE device_id = ?", device)
    if task is not None:
        store.execute("DELETE FROM certificate_task WHERE device_id = ?", device)
        _TASKS[task["kind"]](world, device, task)
        return
    row, present = device_row(world, device), installed(store, device)
    wanted = _wanted(row)
    if wanted is not None and (present is None or present["ca"] != wanted):
        _replace(world, device, present, wanted)
    elif present is not None and renewal_is_due(store, present, world.clock.timestamp()):
        _renew(world, device, present, None)


def _wanted(row: Row) -> str | None:
    """The root CA that the device is to have a certificate of."""
    current = json.loads(row["current"])
    enabled = current.get("Authorizations", {}).get("ZTPV1") == "ENABLED"
    return root_ca_of(current) if enabled else None


def renewal_from(authority: Row, issued: float, expires: float) -> float | None:
    """From when on a heartbeat renews a certificate by itself: RenewBeforeExpiration days before it expires, but not
    within a day of its issue; None where the root CA does not ask for it or cannot outlast it."""
    if authority["renew_days"] is None or expires >= authority["expires"]:
        return None
    renew_days: int = authority["renew_days"]
    return max(expires - renew_days * DAY, issued + DAY)


def renewal_is_due(store: Store, certificate: Row, now: float) -> bool:
    """Whether a heartbeat at `now` renews the certificate."""
    authority = store.row("SELECT * FROM root_ca WHERE id = ?", certificate["root_ca_id"])
    if authority is None:
        return False
    start = renewal_from(authority, certificate["issued"], certificate["expires"])
    return start is not None and start <= now < float(authority["expires"])


def _do_renew(world: World, device: int, task: Row) -> None:
    present = installed(world.store, device)
    if present is None:
        tell_error(world, device_row(world, device), "No device certificate to renew")
    else:
        _renew(world, device, present, task["days"])


def _renew(world: World, device: int, present: Row, days: int | None) -> None:
    """A new certificate for the same key pair; `days` None: what the root CA says."""
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.certificates import reissue

    authority = _alive(world, device, present["ca"])
    if authority is None:
        return
    leaf = reissue(authority_of(authority), present["certificate"], world.clock.now(), days or authority["device_days"])
    _take_off(world.store, present)
    _put_on(world, device, authority, leaf)
    log_activity(world, device, f"Renew device certificate {leaf.serial}")
    _tell_renewal(world, device, authority, leaf, USED_RENEWAL)


def _remove_old(world: World, device: int, task: Row) -> None:
    _remove(world, device)
    plan_task(world, device, ISSUE_NEW, task["root_ca"])


def _issue_new(world: World, device: int, task: Row) -> None:
    issued = _issue(world, device, task["root_ca"])
    if issued is not None:
        _tell_renewal(world, device, *issued, USED_UPDATE)


def _delete(world: World, device: int, _task: Row) -> None:
    """Remove certificate and key pair; the root CA is no longer wanted on the device, else the next heartbeat would
    bring a new certificate."""
    _remove(world, device)
    row = device_row(world, device)
    current = json.loads(row["current"])
    if "Zerotouch" in current:
        set_current(world, row, without(current, "Zerotouch"))
        tell_properties(world, device_row(world, device))


def _transfer(world: World, device: int, task: Row) -> None:
    """The old certificate is replaced by one of the target root CA."""
    row, target = device_row(world, device), task["root_ca"]
    if _alive(world, device, target) is None:
        return
    zero_touch = {"Zerotouch": {"CAName": target}}
    if root_ca_of(json.loads(row["current"])) != target:
        change_desired(world, [device], lambda desired: {**desired, **zero_touch})
        row = device_row(world, device)
        set_current(world, row, {**json.loads(row["current"]), **zero_touch})
        tell_properties(world, device_row(world, device))
    _replace(world, device, installed(world.store, device), target)


_TASKS = {
    RENEW: _do_renew,
    REMOVE_OLD: _remove_old,
    ISSUE_NEW: _issue_new,
    DELETE: _delete,
    TRANSFER: _transfer,
}


def _replace(world: World, device: int, present: Row | None, root_ca: str) -> None:
    """Issue a certificate with a new key pair in the place of the present one, if any."""
    if _issue(world, device, root_ca) is not None and present is not None:
        _take_off(world.store, present)


def _issue(world: World, device: int, root_ca: str) -> tuple[Row, Leaf] | None:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.certificates import issue

    authority = _alive(world, device, root_ca)
    if authority is None:
        return None
    common_name = device_row(world, device)["shown"]
    leaf = issue(authority_of(authority), common_name, world.clock.now(), authority["device_days"])
    _put_on(world, device, authority, leaf)
    log_activity(world, device, f"Provision device certificate {leaf.serial}")
    return authority, leaf


def _alive(world: World, device: int, root_ca: str) -> Row | None:
    """The root CA if it can sign now; else the device has an error."""
    authority = world.store.row("SELECT * FROM root_ca WHERE name = ?", root_ca)
    if authority is None:
        tell_error(world, device_row(world, device), f"Root CA {root_ca} does not exist")
        return None
    if authority["expires"] <= world.clock.timestamp():
        tell_error(world, device_row(world, device), f"Root CA {root_ca} has expired")
        return None
    return authority


def _put_on(world: World, device: int, authority: Row, leaf: Leaf) -> None:
    now, expires = world.clock.timestamp(), leaf.expires.timestamp()
    world.store.execute(
        "INSERT INTO device_certificate (device_id, root_ca_id, serial, certificate, issued, expires, next_notice) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        device,
        authority["id"],
        leaf.serial,
        leaf.certificate,
        now,
        expires,
        next_notice(DEVICE_CERTIFICATE_NOTICES, expires, now),
    )


def _take_off(store: Store, certificate: Row) -> None:
    store.execute("UPDATE device_certificate SET installed = 0, next_notice = NULL WHERE id = ?", certificate["id"])


def _remove(world: World, device: int) -> None:
    present = installed(world.store, device)
    if present is not None:
        _take_off(world.store, present)
        log_activity(world, device, f"Remove device certificate {present['serial']}")


def _tell_renewal(world: World, device: int, authority: Row, leaf: Leaf, cause: str) -> None:
    log_usage(world, device, cause)
    now = world.clock.now()
    days = round((leaf.expires - now).total_seconds() / DAY)
    call_hooks(
        world, payloads.renewal(device_row(world, device), now, authority["name"], leaf.serial, days, leaf.expires)
    )


def announce_expiry(world: World, certificate: Row, days: int) -> None:
    """Tell the hooks that a device certificate expires in so many days."""
    expires = moment(certificate["expires"])
    row = device_row(world, certificate["device_id"])
    call_hooks(
        world,
        payloads.expiration(row, world.clock.now(), certificate["ca"], certificate["serial"], days, expires),
    )

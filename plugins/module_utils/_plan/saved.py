# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved plans: exactly what was planned, in a file that can be published, and applied only where nothing has changed.

A saved change holds what was declared, the digest of the live object it was planned against, and the digest of the
requests it takes. To apply it, the object is read again; the change is made anew from what was declared, and must come
to the same requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._model.desired import Declared
from .._model.digest import digest_of, live_digest
from .._model.errors import Problem
from .._model.ids import IdSet
from .._model.kind import Kind, LiveObject, PerParent
from .._model.live import LiveAccount
from .._model.registry import KINDS
from .._model.values import Type, as_data
from .codec import change_as_data, summary_as_data
from .diff import CannotChange, remaining
from .encoding import BadPlanFile, Decoder, Encoder, requests_digest
from .plan import Action, Change, Plan, SetDelta

FORMAT = "edgeops.device_trust/plan"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class SavedChange:
    """A change as the file holds it. ``base`` is the digest of the live object, ``was`` what it looked like."""

    change: Change
    base: str
    was: Mapping[str, Any]
    requests: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan read from a file. ``fingerprint`` tells which account it was made for."""

    account: str
    fingerprint: str
    digest: str
    changes: Sequence[SavedChange]
    document: Mapping[str, Any]

    @property
    def plan(self) -> Plan:
        """The plan as it can be shown."""
        return Plan(
            tuple(saved.change for saved in self.changes), self.account, tuple(self.document.get("warnings", ()))
        )


def encode_plan(plan: Plan, fingerprint: str) -> tuple[dict[str, Any], dict[str, IdSet]]:
    """The plan as a document, and the id sets that belong into files beside it. Raises CannotSave."""
    encoder = Encoder()
    document: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "account": {"name": plan.account, "fingerprint": fingerprint},
        "summary": summary_as_data(plan),
        "changes": [_encoded(change, plan.live, encoder) for change in plan.changes],
        "warnings": list(plan.warnings),
    }
    return {**document, "digest": digest_of(document)}, encoder.sidecars


def _encoded(change: Change, live: LiveAccount, encoder: Encoder) -> dict[str, Any]:
    found = live.find(change.kind.name, change.identity)
    delta = change.delta
    return {
        **change_as_data(change),
        "base": {"digest": live_digest(found), "attributes": _shown(found)},
        "handle": change.handle,
        "declared": _encoded_declaration(change, encoder) if change.declared else None,
        "ids": {
            "added": encoder.value(f"{change.address}.added", delta.added),
            "removed": encoder.value(f"{change.address}.removed", delta.removed),
        }
        if delta
        else None,
        "requests_digest": requests_digest(change.requests),
    }


def _encoded_declaration(change: Change, encoder: Encoder) -> dict[str, Any]:
    """What was declared, but for large sets, of which the change itself is kept."""
    declared = change.declared
    assert declared is not None
    ids = {field.name for field in change.kind.attributes if field.type is Type.IDS}
    attributes = {name: value for name, value in declared.attributes.items() if name not in ids}
    return {
        "attributes": encoder.attributes(change.address, attributes),
        "absent": declared.absent,
        "directives": {**declared.directives, **_resent(change)},
        "path": declared.path,
        "position": str(declared.position) if declared.position else "",
    }


def _resent(change: Change) -> dict[str, str]:
    """A secret that is to be sent again stays so, wherever the plan is applied."""
    if change.action is not Action.UPDATE:
        return {}
    changed = {field.field for field in change.fields}
    return {f.resent_by: "always" for f in change.kind.attributes if f.resent_by and f.name in changed}


def _shown(found: LiveObject | None) -> dict[str, Any]:
    return {name: as_data(value) for name, value in sorted(found.attributes.items())} if found else {}


def decode_plan(
    document: Mapping[str, Any], read_ids: Callable[[str], IdSet], resolve: Callable[[str], str]
) -> SavedPlan:
    """The plan in a document whose schema has been checked. Raises BadPlanFile, and what the callables raise."""
    content = {key: value for key, value in document.items() if key != "digest"}
    if digest_of(content) != document["digest"]:
        raise BadPlanFile("the plan has been changed since it was written (its digest does not fit)")
    decoder = Decoder(read_ids, resolve)
    account = document["account"]
    changes = tuple(_decoded(data, decoder) for data in document["changes"])
    return SavedPlan(account["name"], account["fingerprint"], document["digest"], changes, document)


def _decoded(data: Mapping[str, Any], decoder: Decoder) -> SavedChange:
    kind = KINDS[data["kind"]]
    delta = None
    if data["ids"]:
        added, removed = (decoder.ids(data["ids"][part]["$ids"]) for part in ("added", "removed"))
        delta = SetDelta(added, removed, data["set"]["size_before"], data["set"]["size_after"])
    change = Change(
        kind,
        data["name"],
        kind.identity(data["name"]),
        Action[data["action"].upper()],
        (),
        delta=delta,
        reason=data["reason"],
        notes=tuple(data["notes"]),
        depends_on=tuple(data["depends_on"]),
        declared=_decoded_declaration(data["name"], data["declared"], decoder) if data["declared"] else None,
        handle=data["handle"],
    )
    return SavedChange(change, data["base"]["digest"], data["base"]["attributes"], data["requests_digest"])


def _decoded_declaration(name: str, data: Mapping[str, Any], decoder: Decoder) -> Declared:
    return Declared(name, decoder.attributes(data["attributes"]), data["absent"], data["directives"], path=data["path"])


def kinds_of(saved: SavedPlan) -> tuple[tuple[Kind, ...], dict[str, frozenset[str]]]:
    """The kinds to read again, and of those that are read one by one the identities."""
    identities: dict[str, set[str]] = {}
    for item in saved.changes:
        identities.setdefault(item.change.kind.name, set()).add(item.change.identity)
    parents = {name: frozenset(found) for name, found in identities.items()}
    wanted = {*identities, *(read.parent for name in identities if isinstance(read := KINDS[name].read, PerParent))}
    return tuple(kind for kind in KINDS.values() if kind.name in wanted), parents


def still_valid(
    saved: SavedPlan, live: LiveAccount, begun: frozenset[str] = frozenset()
) -> tuple[Plan, tuple[Problem, ...]]:
    """What of a saved plan can be carried out now, and why the rest cannot.

    ``begun`` holds addresses that an apply of this very plan began before it was cut off: of those the rest is done.
    """
    kept: list[Change] = []
    problems: dict[str, Problem] = {}
    for item in saved.changes:
        address = item.change.address
        found = live.find(item.change.kind.name, item.change.identity)
        try:
            change = _fresh(item, found, resumed=address in begun)
        except CannotChange as refusal:
            problems[address] = refusal.problem
            continue
        if change:
            kept.append(replace(change, depends_on=item.change.depends_on, reason=item.change.reason))
    kept = _without_dependents(kept, problems)
    addresses = {change.address for change in kept}
    ordered = (replace(c, depends_on=tuple(a for a in c.depends_on if a in addresses)) for c in kept)
    return Plan(tuple(ordered), saved.account, live=live), tuple(problems.values())


def _fresh(item: SavedChange, found: LiveObject | None, *, resumed: bool) -> Change | None:
    """The change against the object as it is now. Raises CannotChange when it is not what the plan was made against."""
    address = item.change.address
    if live_digest(found) == item.base:
        change = remaining(item.change, found)
        if change is None or requests_digest(change.requests) != item.requests:
            raise CannotChange(Problem(f"{address} would take other requests than were planned", hint=_PLAN_AGAIN))
        return change
    if not resumed:
        raise CannotChange(
            Problem(f"{address} has changed since the plan was made: {_moved(item, found)}", hint=_PLAN_AGAIN)
        )
    return remaining(item.change, found)


_PLAN_AGAIN = "make the plan again"


def _moved(item: SavedChange, found: LiveObject | None) -> str:
    """What is different now, in a few words."""
    if found is None:
        return "it does not exist any more"
    if item.base == live_digest(None):
        return "it exists now"
    now = _shown(found)
    names = sorted(name for name in {*now, *item.was} if now.get(name) != item.was.get(name))
    return "; ".join(f"{name} was {_brief(item.was.get(name))}, is {_brief(now.get(name))}" for name in names)


def _brief(value: Any) -> str:
    if isinstance(value, Mapping) and "count" in value:
        return f"{value['count']:,} ids"
    return "unset" if value is None else str(value)


def _without_dependents(changes: Iterable[Change], problems: dict[str, Problem]) -> list[Change]:
    """The changes that wait for nothing that cannot be done; for the others a problem is added."""
    kept = list(changes)
    while blocked := [c for c in kept if any(address in problems for address in c.depends_on)]:
        for change in blocked:
            cause = next(address for address in change.depends_on if address in problems)
            problems[change.address] = Problem(f"{change.address} waits for {cause}, which cannot be done")
            kept.remove(change)
    return kept

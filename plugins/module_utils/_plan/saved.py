# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved plans: exactly what was planned, in a file that can be published, and applied only where nothing has changed.

A saved change holds what was declared, the digest of the live object it was planned against, and the digest of the
requests it takes. To apply it, the object is read again; the change is made anew from what was declared, and must come
to the same requests.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .._model.desired import Declared
from .._model.digest import ABSENT, digest_of, live_digest
from .._model.errors import Problem
from .._model.ids import IdSet
from .._model.kind import LiveObject, PerDevice
from .._model.live import LiveAccount
from .._model.narrow import known
from .._model.registry import KINDS
from .._model.secret import Secret
from .._model.values import Type
from .codec import change_as_data, summary_as_data
from .diff import remaining
from .encoding import BadPlanFile, Decoder, Encoder, requests_digest
from .plan import Action, CannotChange, Change, FieldChange, Plan, SetDelta
from .staleness import PLAN_AGAIN, moved_problem, shown_attributes

Seal: TypeAlias = "Callable[[Secret], str]"
"""Gives what tells whether two secrets are the same, to who has the account's credentials and to nobody else. Empty:
without the credentials there is nothing to tell it by."""

FORMAT = "edgeops.device_trust/plan"
FORMAT_VERSION = 1


def unsealed(_unused: Secret) -> str:
    """A seal for who has no credentials."""
    return ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What an apply of a saved plan did before it was cut off: addresses of changes begun, and of those that ended
    well.
    """

    begun: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()


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
        return Plan(tuple(saved.change for saved in self.changes), self.account, self.warnings)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self.document["warnings"])


def encode_plan(plan: Plan, fingerprint: str, seal: Seal = unsealed) -> tuple[dict[str, Any], dict[str, IdSet]]:
    """The plan as a document, and the id sets that belong into files beside it. Raises CannotSave."""
    encoder = Encoder()
    document: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "account": {"name": plan.account, "fingerprint": fingerprint},
        "summary": summary_as_data(plan),
        "changes": [_encoded(number, change, plan.live, encoder) for number, change in enumerate(plan.changes, 1)],
        "warnings": list(plan.warnings),
        "secrets": {secret.reference: sealed for secret in _secrets(plan.changes) if (sealed := seal(secret))},
    }
    return {**document, "digest": digest_of(document)}, encoder.sidecars


def _secrets(changes: Iterable[Change]) -> Iterator[Secret]:
    for change in changes:
        for value in change.declared.attributes.values() if change.declared else ():
            if isinstance(value, Secret):
                yield value


def _encoded(number: int, change: Change, live: LiveAccount, encoder: Encoder) -> dict[str, Any]:
    found = live.find(change.kind.name, change.identity)
    delta = change.delta
    # Names may hold what file names must not.
    file = change.kind.name if change.kind.singleton else f"{change.kind.name}_{number}"
    return {
        **change_as_data(change),
        "base": {"digest": live_digest(found), "attributes": shown_attributes(found) if found else {}},
        "handle": change.handle,
        "handles": dict(sorted(change.handles.items())),
        "declared": _encoded_declaration(change, encoder) if change.declared else None,
        "ids": {
            "added": encoder.value(f"{file}.added", delta.added),
            "removed": encoder.value(f"{file}.removed", delta.removed),
            "steps": {
                step: encoder.value(f"{file}.step_{place}", ids)
                for place, (step, ids) in enumerate(delta.steps.items(), 1)
            },
        }
        if delta
        else None,
        "requests_digest": requests_digest(change.requests),
    }


def _encoded_declaration(change: Change, encoder: Encoder) -> dict[str, Any]:
    """What was declared, but for large sets, of which the change itself is kept."""
    declared = known(change.declared)
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
        steps = {step: decoder.ids(ids["$ids"]) for step, ids in data["ids"]["steps"].items()}
        delta = SetDelta(added, removed, data["set"]["size_before"], data["set"]["size_after"], steps)
    change = Change(
        kind,
        data["name"],
        kind.identity(data["name"]),
        Action[data["action"].upper()],
        (),
        tuple(FieldChange(field["field"], field["before"], field["after"]) for field in data["fields"]),
        delta=delta,
        reason=data["reason"],
        notes=tuple(data["notes"]),
        depends_on=tuple(data["depends_on"]),
        declared=_decoded_declaration(data["name"], data["declared"], decoder) if data["declared"] else None,
        handle=data["handle"],
        saved_requests=data["requests"],
        handles=data["handles"],
    )
    return SavedChange(change, data["base"]["digest"], data["base"]["attributes"], data["requests_digest"])


def _decoded_declaration(name: str, data: Mapping[str, Any], decoder: Decoder) -> Declared:
    return Declared(name, decoder.attributes(data["attributes"]), data["absent"], data["directives"], path=data["path"])


def still_valid(
    saved: SavedPlan, live: LiveAccount, before: Begun | None = None, seal: Seal = unsealed
) -> tuple[Plan, tuple[Problem, ...]]:
    """What of a saved plan can be carried out now, and why the rest cannot.

    Of what an apply of this very plan began ``before``, the rest is done. ``seal`` tells whether secrets are those
    that the plan was made with.
    """
    before = before or Begun()
    before = replace(before, begun=before.begun | _begun_from_the_other_side(saved.changes, before.begun))
    kept: list[Change] = []
    problems: dict[str, Problem] = {}
    for item in saved.changes:
        address = item.change.address
        found = live.find(item.change.kind.name, item.change.identity)
        try:
            change = _fresh(item, found, before)
            if change:
                _refuse_other_secrets(item.change, saved, seal)
        except CannotChange as refusal:
            problems[address] = refusal.problem
            continue
        if change:
            kept.append(replace(change, depends_on=item.change.depends_on, reason=item.change.reason))
    kept = _without_dependents(kept, problems)
    addresses = {change.address for change in kept}
    ordered = (replace(c, depends_on=tuple(a for a in c.depends_on if a in addresses)) for c in kept)
    return Plan(tuple(ordered), saved.account, saved.warnings, live=live), tuple(problems.values())


def _begun_from_the_other_side(changes: Sequence[SavedChange], begun: Collection[str]) -> frozenset[str]:
    """The changes whose objects others that were begun have changed too: which profiles have a tag is told of the
    profiles and of the tag, and several items may choose one device.
    """
    touched: set[tuple[str, str]] = set()
    told = IdSet()
    for change in (item.change for item in changes if item.change.address in begun):
        told |= _told(change)
        for name, other in (("tags", "tag_assignment"), ("profiles", "device_profile")):
            for field in (field for field in change.fields if field.field == name):
                differing = set(field.before or ()) ^ set(field.after or ())
                touched |= {(other, KINDS[other].identity(named)) for named in differing}
    return frozenset(
        change.address
        for change in (item.change for item in changes)
        if (change.kind.name, change.identity) in touched or _told(change) & told
    )


def _told(change: Change) -> IdSet:
    """The devices that a change tells something."""
    return change.delta.added if change.delta and isinstance(change.kind.read, PerDevice) else IdSet()


def _refuse_other_secrets(change: Change, saved: SavedPlan, seal: Seal) -> None:
    """Raises CannotChange when a reference leads to another secret than it did when the plan was made."""
    for secret in _secrets([change]):
        expected = saved.document["secrets"].get(secret.reference)
        if expected is not None and seal(secret) != expected:
            message = f"{change.address}: {secret.reference} is not the secret that the plan was made with"
            raise CannotChange(Problem(message, hint=f"or the account's own API secret is another; {PLAN_AGAIN}"))


def _fresh(item: SavedChange, found: LiveObject | None, before: Begun) -> Change | None:
    """The change against the object as it is now. Raises CannotChange when it is not what the plan was made against,
    nor what an apply of it has left.
    """
    address = item.change.address
    if address in before.done:
        if item.change.kind.shows_effect:
            _refuse_undone(item, found)
        return None
    if address in before.begun:
        return remaining(item.change, found)
    if live_digest(found) == item.base:
        change = remaining(item.change, found)
        if change is None or requests_digest(change.requests) != item.requests:
            raise CannotChange(Problem(f"{address} would take other requests than were planned", hint=PLAN_AGAIN))
        return replace(change, notes=item.change.notes)
    raise CannotChange(moved_problem(item.change, None if item.base == ABSENT else item.was, found))


def _refuse_undone(item: SavedChange, found: LiveObject | None) -> None:
    """Raises CannotChange when a change that was carried out is not there any more. Secrets cannot be looked at."""
    rest = remaining(item.change, found)
    unseen = {field.name for field in item.change.kind.attributes if field.resent_by}
    if rest and not (rest.fields and {field.field for field in rest.fields} <= unseen):
        address = item.change.address
        raise CannotChange(Problem(f"{address} has changed since this plan was applied to it", hint=PLAN_AGAIN))


def _without_dependents(changes: Iterable[Change], problems: dict[str, Problem]) -> list[Change]:
    """The changes that wait for nothing that cannot be done; for the others a problem is added."""
    kept = list(changes)
    while blocked := [c for c in kept if any(address in problems for address in c.depends_on)]:
        for change in blocked:
            cause = next(address for address in change.depends_on if address in problems)
            problems[change.address] = Problem(f"{change.address} waits for {cause}, which cannot be done")
            kept.remove(change)
    return kept

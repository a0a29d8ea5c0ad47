# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: rules that say which requests go wrong, how, and how often."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

SYSTEMS = ("ublox", "calamp", "mt20w", "*")
BEFORE, AFTER = "before", "after"

_NUMBER = (int, float)
PARAMS: dict[str, dict[str, tuple[type, ...]]] = {
    "latency": {"ms": _NUMBER},
    "status": {"code": (int,), "body": (str, dict, list), "headers": (dict,), "when": (str,)},
    "drop": {"when": (str,)},
    "garbage": {"body": (str,)},
    "truncate": {"promise_all": (bool,)},
    "trickle": {"bytes": (int,), "ms": _NUMBER},
    "expire_token": {},
    "repeat_page": {},
    "shifting_total": {"change": (str,)},
}
"""The kinds and what each may be given."""
REQUIRED = {"latency": ("ms",), "status": ("code",), "trickle": ("bytes", "ms")}
CHOICES = {"when": (BEFORE, AFTER), "change": ("inserted", "removed")}
ANSWER_KINDS = ("status", "drop", "garbage", "truncate", "trickle", "expire_token")
PAGE_KINDS = ("repeat_page", "shifting_total")


class FaultError(ValueError):
    """A rule that cannot be."""


@dataclass(slots=True)
class Rule:
    """One fault: requests of `system` to `path` (or any, `*`), after letting `skip` of them pass, at most
    `count` times (None: always), each with `probability` drawn from a generator seeded with `seed`."""

    id: int
    system: str
    path: str
    kind: str
    params: Mapping[str, Any]
    count: int | None
    probability: float
    seed: int
    skip: int
    hits: int = 0
    _passed: int = 0
    _random: random.Random = field(default_factory=random.Random)

    def matches(self, system: str, path: str) -> bool:
        """Whether the rule is about this request at all."""
        return self.system in ("*", system) and self.path in ("*", path)

    def strikes(self) -> bool:
        """Whether the fault happens to this matching request; counts it if so."""
        if self.count is not None and self.hits >= self.count:
            return False
        if self._passed < self.skip:
            self._passed += 1
            return False
        if self.probability < 1 and self._random.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def when(self) -> str:
        """Whether the fault happens before or after the request took effect."""
        default = BEFORE if self.kind in ("status", "drop") else AFTER
        return str(self.params.get("when", default))

    def to_json(self) -> dict[str, Any]:
        """As the control API shows it."""
        return {
            "id": self.id,
            "system": self.system,
            "path": self.path,
            "kind": self.kind,
            "params": dict(self.params),
            "count": self.count,
            "probability": self.probability,
            "seed": self.seed,
            "skip": self.skip,
            "hits": self.hits,
        }


class Faults:
    """The rules in force, asked in the order they were made."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._next_id = 1

    def add(self, documents: Any) -> list[Rule]:
        """Put one rule or a list of rules in force, all or none. Raises FaultError."""
        listed = documents if isinstance(documents, list) else [documents]
        made = [_rule(self._next_id + number, document) for number, document in enumerate(listed)]
        self._next_id += len(made)
        self._rules.extend(made)
        return made

    def clear(self) -> None:
        """Lift all rules."""
        self._rules.clear()

    def latency_seconds(self, system: str, path: str) -> float:
        """How long this request has to wait: all latency rules that strike, together."""
        return sum(
            float(rule.params["ms"]) / 1000
            for rule in self._rules
            if rule.kind == "latency" and rule.matches(system, path) and rule.strikes()
        )

    def take(self, system: str, path: str, kinds: Collection[str]) -> Rule | None:
        """The first rule of these kinds that strikes this request, if any."""
        for rule in self._rules:
            if rule.kind in kinds and rule.matches(system, path) and rule.strikes():
                return rule
        return None

    def to_json(self) -> list[dict[str, Any]]:
        """All rules."""
        return [rule.to_json() for rule in self._rules]


_KEYS = {"system", "path", "kind", "params", "count", "probability", "seed", "skip"}


def _rule(number: int, document: Any) -> Rule:
    if not isinstance(document, dict):
        raise FaultError("a fault rule is an object with system, path, kind and params")
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise FaultError(f"a fault rule has no {', '.join(unknown)}; it has {', '.join(sorted(_KEYS))}")
    system, kind = document.get("system", "*"), document.get("kind")
    if system not in SYSTEMS:
        raise FaultError(f"system must be one of {', '.join(SYSTEMS)}")
    if kind not in PARAMS:
        raise FaultError(f"kind must be one of {', '.join(PARAMS)}")
    path = document.get("path", "*")
    if not isinstance(path, str) or not (path == "*" or path.startswith("/")):
        raise FaultError('path must be "*" or begin with "/"')
    probability = document.get("probability", 1)
    if not _is_number(probability) or not 0 <= probability <= 1:
        raise FaultError("probability must be a number from 0 to 1")
    seed = _whole(document, "seed", 0)
    return Rule(
        id=number,
        system=system,
        path=path,
        kind=kind,
        params=_params(kind, document.get("params", {})),
        count=None if document.get("count") is None else _whole(document, "count", 0),
        probability=probability,
        seed=seed,
        skip=_whole(document, "skip", 0),
        _random=random.Random(seed),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, _NUMBER) and not isinstance(value, bool)


def _whole(document: Mapping[str, Any], name: str, default: int) -> int:
    value = document.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise FaultError(f"{name} must be a whole number, 0 or more")
    return value


def _params(kind: str, params: Any) -> Mapping[str, Any]:
    if not isinstance(params, dict):
        raise FaultError("params must be an object")
    allowed = PARAMS[kind]
    for name, value in params.items():
        if name not in allowed:
            raise FaultError(f"{kind} takes {', '.join(allowed) or 'no params'}, not {name}")
        if not isinstance(value, allowed[name]) or (isinstance(value, bool) and bool not in allowed[name]):
            raise FaultError(f"{kind}: {name} has the wrong type")
        if name in CHOICES and value not in CHOICES[name]:
            raise FaultError(f"{kind}: {name} must be one of {', '.join(CHOICES[name])}")
    missing = [name for name in REQUIRED.get(kind, ()) if name not in params]
    if missing:
        raise FaultError(f"{kind} needs {', '.join(missing)}")
    if "ms" in params and not 0 <= params["ms"] <= 600_000:
        raise FaultError(f"{kind}: ms must be from 0 to 600000")
    if "bytes" in params and params["bytes"] < 1:
        raise FaultError(f"{kind}: bytes must be 1 or more")
    if kind == "status" and not 200 <= params["code"] <= 599:
        raise FaultError("status: code must be from 200 to 599")
    if "headers" in params and not all(isinstance(value, str) for value in params["headers"].values()):
        raise FaultError("status: headers must map names to texts")
    return params

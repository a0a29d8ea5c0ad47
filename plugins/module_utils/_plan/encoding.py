# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declared values in a plan file: secrets as references only, sets sorted, large id sets beside the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._model.digest import digest_of
from .._model.errors import DeviceTrustError
from .._model.ids import IdSet
from .._model.request import Request
from .._model.secret import Secret
from .._model.values import Attributes, Value

INLINE_IDS = 100
_UNNAMED = frozenset({"inline", "live"})


class CannotSave(DeviceTrustError):
    """A plan that holds a secret which it could only keep in clear."""


class BadPlanFile(DeviceTrustError):
    """A file that is not a plan of this release, or not as it was written."""


@dataclass(slots=True)
class Encoder:
    """Turns attributes into JSON's terms. Large id sets go to ``sidecars``, by file name."""

    sidecars: dict[str, IdSet] = field(default_factory=dict)

    def attributes(self, address: str, attributes: Attributes) -> dict[str, Any]:
        return {name: self.value(f"{address}.{name}", value) for name, value in sorted(attributes.items())}

    def value(self, what: str, value: Value) -> Any:
        """One value; ``what`` names it in errors and as a file. Raises CannotSave."""
        if isinstance(value, Secret):
            return secret_reference(what, value)
        if isinstance(value, frozenset):
            return {"$names": sorted(value)}
        if isinstance(value, IdSet):
            return self._ids(what, value)
        if isinstance(value, Mapping):
            return {"$states": dict(sorted(value.items()))}
        return value

    def _ids(self, what: str, ids: IdSet) -> dict[str, Any]:
        if len(ids) <= INLINE_IDS:
            return {"$ids": {"members": list(ids), "digest": ids.digest()}}
        file = f"{what}.txt"
        self.sidecars[file] = ids
        return {"$ids": {"count": len(ids), "digest": ids.digest(), "file": file}}


def secret_reference(what: str, secret: Secret) -> dict[str, str]:
    """A secret as the reference it came from. Raises CannotSave when it came in clear."""
    if secret.reference in _UNNAMED:
        raise CannotSave(
            f"{what} is a secret written in clear, and a saved plan holds references only; "
            "refer to it with !env, !file or !vault in the document"
        )
    return {"$secret": secret.reference}


@dataclass(frozen=True, slots=True)
class Decoder:
    """Turns them back. ``read_ids`` reads a file of ids that lies beside the plan, ``resolve`` a secret's reference."""

    read_ids: Callable[[str], IdSet]
    resolve: Callable[[str], str]

    def attributes(self, data: Mapping[str, Any]) -> dict[str, Value]:
        return {name: self.value(value) for name, value in data.items()}

    def value(self, data: Any) -> Value:
        """One value. Raises BadPlanFile, and what ``resolve`` raises."""
        if not isinstance(data, Mapping):
            return data  # type: ignore[no-any-return]  # the plan's schema has been checked
        if "$secret" in data:
            return Secret(self.resolve(data["$secret"]), data["$secret"])
        if "$names" in data:
            return frozenset(data["$names"])
        if "$ids" in data:
            return self.ids(data["$ids"])
        return dict(data["$states"])

    def ids(self, data: Mapping[str, Any]) -> IdSet:
        ids = IdSet.of(data["members"]) if "members" in data else self.read_ids(data["file"])
        if ids.digest() != data["digest"]:
            raise BadPlanFile(f"the ids in {data.get('file', 'the plan')} are not those that the plan was made with")
        return ids


def requests_digest(requests: tuple[Request, ...]) -> str:
    """What would be sent, secrets by reference: equal digests, equal requests."""
    return digest_of(
        [[request.path, {key: _sent(value) for key, value in request.body.items()}] for request in requests]
    )


def _sent(value: Any) -> Any:
    if isinstance(value, Secret):
        return {"$secret": value.reference}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _sent(part) for key, part in value.items()}
    return value

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device ids (ROTPublicUIDs) and large sets of them.

The API returns some ids as JSON numbers, which lose their leading zeros, and its documents write them with 15 or 16
digits; so ids are compared in a normal form and sent as they were written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ID_LENGTH = 16
ID_PATTERN = r"^[0-9A-Fa-f]{1,16}$"
ID_RULE = "1 to 16 hexadecimal digits"
_VALID = re.compile(ID_PATTERN)
SAMPLE_SIZE = 3


def is_id(text: str) -> bool:
    return _VALID.fullmatch(text) is not None


def normal_id(text: str) -> str:
    """The form in which ids are compared: lower case, 16 digits."""
    return text.lower().zfill(ID_LENGTH)


@dataclass(frozen=True, slots=True)
class IdSet:
    """A set of ids in normal form that remembers which of them were written in another form.

    Built for a million members: one Python set, and a dictionary of the exceptions only.
    """

    members: frozenset[str] = frozenset()
    spelled: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str]) -> IdSet:
        members: set[str] = set()
        spelled: dict[str, str] = {}
        for text in texts:
            normal = normal_id(text)
            members.add(normal)
            if normal != text:
                spelled.setdefault(normal, text)
        return cls(frozenset(members), spelled)

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[str]:
        """The ids in order, as they were written."""
        return (self.spelled.get(member, member) for member in sorted(self.members))

    def __contains__(self, text: str) -> bool:
        return normal_id(text) in self.members

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdSet) and self.members == other.members

    def __hash__(self) -> int:
        return hash(self.members)

    def __sub__(self, other: IdSet) -> IdSet:
        return self._keep(self.members - other.members)

    def __and__(self, other: IdSet) -> IdSet:
        return self._keep(self.members & other.members)

    def __or__(self, other: IdSet) -> IdSet:
        theirs = {m: s for m, s in other.spelled.items() if m not in self.members}
        return IdSet(self.members | other.members, {**theirs, **self.spelled})

    def _keep(self, members: frozenset[str]) -> IdSet:
        if not self.spelled:
            return IdSet(members)
        return IdSet(members, {m: s for m, s in self.spelled.items() if m in members})

    def sample(self, size: int = SAMPLE_SIZE) -> list[str]:
        """The first ``size`` ids in order, as they were written."""
        import heapq

        return [self.spelled.get(member, member) for member in heapq.nsmallest(size, self.members)]

    def digest(self) -> str:
        """SHA-256 over the members in normal form, one a line, sorted: the same set has the same digest anywhere."""
        hashed = hashlib.sha256()
        for member in sorted(self.members):
            hashed.update(member.encode() + b"\n")
        return f"sha256:{hashed.hexdigest()}"

    def summary(self) -> dict[str, Any]:
        return {"count": len(self), "digest": self.digest(), "sample": self.sample()}

    def batches(self, size: int) -> Iterator[list[str]]:
        """The ids in order in lists of at most ``size``."""
        batch: list[str] = []
        for text in self:
            batch.append(text)
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch

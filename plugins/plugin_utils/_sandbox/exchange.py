# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request, one answer and what a simulated system is, apart from any HTTP library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

JsonObject = dict[str, Any]
JSON_TYPE = "application/json"


class Access(StrEnum):
    """What a request does to the account: the request ledger counts each kind apart."""

    READ = "read"
    WRITE = "write"
    AUTH = "auth"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it arrived; header names are lower case, `path` is what follows the system's prefix."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    arrived: float
    """Monotonic seconds at arrival."""

    def content_type(self) -> str:
        """The media type without its parameters, in lower case; empty when the header is absent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()


class System(Protocol):
    """One simulated service. It never raises for anything a client can send."""

    name: str

    def access(self, incoming: Incoming) -> Access | None:
        """What the request would do; None for what the specification does not know."""

    def answer(self, incoming: Incoming) -> Answer:
        """Carry the request out."""

    def refusal(self, status: int, message: str) -> Answer:
        """An error in this system's own form."""

    def expire_tokens(self) -> None:
        """Make every token issued so far invalid."""


def json_answer(status: int, value: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(value).encode(), headers=headers)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def parse_json(body: bytes) -> Any:
    """Strict JSON: UTF-8, no NaN or Infinity. Raises ValueError for anything else."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proof that a host does what MT20W Authentication Changes asks of it, by acting as a reader and as an attacker.

What is sent and what is concluded is here; how it is sent is the caller's `send`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from . import forgeries
from .codec import (
    DEVICE_SCHEME,
    DRIVER_SCHEME,
    KEY_BYTES,
    LAST_CONNECTED,
    InvalidHeader,
    Mt20wError,
    SiteKey,
    fresh_number,
    make_last_connected,
    make_token,
    parse_serial,
    read_last_connected,
)

_IN_STEP_TRIES = 3
_CONSECUTIVE = 3
_RACES = 3
_NOT_ACCEPTED = "no Driver token was accepted"
_RUNS = re.compile(rb"[0-9A-Fa-f-]{6,}")
_HEADERS_THAT_MAY_DIFFER = frozenset({"date", "content-length", "connection", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the host, status 0 if it broke off; the names of `headers` are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def accepted(self) -> bool:
        """Whether the request came through the authentication, whatever the application then said."""
        return self.status not in {0, 401, 403, 407} and self.status < 500

    @property
    def said(self) -> str:
        """The status in words."""
        return f"answered {self.status}" if self.status else "closed the connection"

    @property
    def told(self) -> str | None:
        """The value of X-Device-Last-Connected."""
        return self.headers.get(LAST_CONNECTED.lower())


Send = Callable[[Sequence[str | None]], Sequence[Reply]]
"""Sends one request for each Authorization header (None: without), all at once, and returns the answers in order."""


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check with its result; `detail` says what was found, and never holds a key or a token."""

    name: str
    title: str
    status: Status
    detail: str
    optional: bool = False
    """Whether it was not asked for."""

    def as_data(self) -> dict[str, str]:
        """As plain data."""
        return {"name": self.name, "title": self.title, "status": str(self.status), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Report:
    """All checks in the order in which they were made."""

    outcomes: Sequence[Outcome]

    @property
    def not_passed(self) -> list[Outcome]:
        """What stands against the host: checks that failed, and those that could not be made because of it."""
        return [
            outcome
            for outcome in self.outcomes
            if outcome.status is Status.FAILED or (outcome.status is Status.SKIPPED and not outcome.optional)
        ]

    def table(self) -> list[str]:
        """The lines of a table for people."""
        width = max(len(outcome.title) for outcome in self.outcomes)
        return [f"{outcome.status:<8} {outcome.title:<{width}}  {outcome.detail}" for outcome in self.outcomes]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of the host: its key, a commissioned reader in USB mode, keys that it must not accept any more,
    and a whole Device token of a reader in WiFi mode."""

    key: SiteKey
    serial: str
    refused_keys: Sequence[SiteKey] = ()
    wifi_token: str | None = None
    replays: int = 16


class _Failed(Exception):
    """The host did not pass; the text is the detail."""


class _Skipped(Exception):
    """The check cannot be made; the text says why."""


class _NotAskedFor(_Skipped):
    """What the check needs was not given."""


@dataclass(slots=True)
class HostCheck:
    """One run of all checks. Afterwards the reader is out of step, as after any request that is not its own."""

    subject: Subject
    send: Send
    _numbers: list[str] = field(default_factory=list)
    _genuine: list[Reply] = field(default_factory=list)
    _accepted: list[tuple[str, Reply]] = field(default_factory=list)
    _refusals: list[Reply] = field(default_factory=list)

    def run(self) -> Report:
        """Make all checks. Raises InvalidSerial, and what `send` raises."""
        parse_serial(self.subject.serial)
        return Report([self._outcome(name, title, check) for name, title, check in self._checks()])

    def _checks(self) -> Iterator[tuple[str, str, Callable[[], str]]]:
        yield "no_authorization_refused", "A request without Authorization is refused", self._no_authorization
        yield "other_scheme_refused", "The token under another scheme is refused", self._other_scheme
        yield "device_refused", "Device is refused for a reader in USB mode", self._device
        yield "driver_accepted", "Driver is accepted", self._driver
        yield "header_present", f"{LAST_CONNECTED} is in the answer", self._header_present
        yield "header_encrypted", "It holds a 14-digit number, encrypted", self._header_encrypted
        yield "number_carried", "A token with the number told is accepted", self._number_carried
        yield "header_differs", "The number is another in each answer", self._header_differs
        yield "replay_refused", "The same token again is refused", self._replay
        yield "older_replay_refused", "An older token is refused too", self._older_replay
        yield "other_number_refused", "A number that was not told is refused", self._other_number
        yield "wrong_key_refused", "A token under another site key is refused", self._wrong_key
        yield "old_keys_refused", "Site keys that are over are refused", self._old_keys
        yield "other_serial_refused", "A token under another reader's serial number is refused", self._other_serial
        yield "uncommissioned_refused", "A reader that is not commissioned is refused", self._uncommissioned
        yield "malformed_refused", "Malformed tokens get 401, and never 500", self._malformed
        yield "header_on_refusal", f"{LAST_CONNECTED} is in refusals too", self._header_on_refusal
        yield "refusals_alike", "Refusals do not tell their reason", self._refusals_alike
        yield "one_winner", "Of many with one token at once, one is accepted", self._one_winner
        yield "wifi_device_accepted", "Device is accepted for a reader in WiFi mode", self._wifi_device

    def _outcome(self, name: str, title: str, check: Callable[[], str]) -> Outcome:
        try:
            return Outcome(name, title, Status.PASSED, check())
        except _Failed as failed:
            return Outcome(name, title, Status.FAILED, str(failed))
        except _Skipped as skipped:
            return Outcome(name, title, Status.SKIPPED, str(skipped), isinstance(skipped, _NotAskedFor))

    # Asking

    def _ask(self, authorization: str | None) -> Reply:
        return self.send([authorization])[0]

    def _driver_header(self, number: str, key: SiteKey | None = None, serial: str | None = None) -> str:
        return f"{DRIVER_SCHEME} {make_token(key or self.subject.key, serial or self.subject.serial, number)}"

    def _number_of(self, reply: Reply) -> str | None:
        try:
            return read_last_connected(self.subject.key, reply.told or "")
        except Mt20wError:
            return None

    def _present(self, number: str) -> Reply:
        """A token of the reader with this number; the answer's number counts as the newest told."""
        header = self._driver_header(number)
        reply = self._ask(header)
        self._genuine.append(reply)
        told = self._number_of(reply)
        if told:
            self._numbers.append(told)
        if reply.accepted:
            self._accepted.append((header, reply))
        return reply

    def _in_step(self) -> Reply:
        """An accepted request, found with the numbers told last; as a reader does that was out of step."""
        reply = self._present(self._numbers[-1] if self._numbers else fresh_number())
        for _unused in range(_IN_STEP_TRIES):
            if reply.accepted:
                return reply
            if not self._numbers:
                break
            reply = self._present(self._numbers[-1])
        raise _Skipped(_NOT_ACCEPTED)

    def _must_be_refused(self, authorization: str | None) -> str:
        reply = self._ask(authorization)
        if reply.status != 401:
            raise _Failed(f"{reply.said}, not 401")
        if authorization and authorization.startswith(DRIVER_SCHEME):
            self._refusals.append(reply)
        return "401"

    def _next_number(self) -> str:
        """A number that the host would take now, so that nothing else is wrong with the token."""
        number = self._number_of(self._in_step())
        if number is None:
            raise _Skipped("the host told no number")
        return number

    # The checks

    def _no_authorization(self) -> str:
        return self._must_be_refused(None)

    def _other_scheme(self) -> str:
        return self._must_be_refused(f"Bearer {make_token(self.subject.key, self.subject.serial, fresh_number())}")

    def _device(self) -> str:
        token = make_token(self.subject.key, self.subject.serial, fresh_number())
        return self._must_be_refused(f"{DEVICE_SCHEME} {token}")

    def _driver(self) -> str:
        try:
            reply = self._in_step()
        except _Skipped:
            told = "told a number that is not accepted either" if self._numbers else "told no number to go on with"
            where = "check the site key, the serial number and that the reader is commissioned in USB mode"
            raise _Failed(f"refused, and {told}; {where}") from None
        return reply.said

    def _header_present(self) -> str:
        if not self._accepted:
            raise _Skipped(_NOT_ACCEPTED)
        without = sum(reply.told is None for _unused, reply in self._accepted)
        if without:
            raise _Failed(f"{without} of {len(self._accepted)} answers have none")
        return f"in {len(self._accepted)} of {len(self._accepted)}"

    def _header_encrypted(self) -> str:
        told = next((reply.told for reply in reversed(self._genuine) if reply.told is not None), None)
        if told is None:
            raise _Skipped("there is no header")
        try:
            number = read_last_connected(self.subject.key, told)
        except InvalidHeader:
            in_clear = re.fullmatch(r"[0-9]{14}", told)
            raise _Failed("the number is in clear" if in_clear else "not base64 of one encrypted block") from None
        except Mt20wError:
            raise _Failed("it does not decrypt to 14 digits with this site key") from None
        usual = told == make_last_connected(self.subject.key, number)
        return "base64 of the encrypted number" if usual else "base64 of hexadecimal digits of the encrypted number"

    def _number_carried(self) -> str:
        reply = self._present(self._next_number())
        if not reply.accepted:
            raise _Failed(reply.said)
        return reply.said

    def _header_differs(self) -> str:
        numbers = [self._next_number() for _unused in range(_CONSECUTIVE)]
        if len(set(numbers)) < len(numbers):
            raise _Failed(f"{len(set(numbers))} different numbers in {len(numbers)} answers")
        return f"{len(numbers)} different numbers"

    def _replay(self) -> str:
        self._in_step()
        return self._must_be_refused(self._accepted[-1][0])

    def _older_replay(self) -> str:
        self._in_step()
        self._in_step()
        return self._must_be_refused(self._accepted[-2][0])

    def _other_number(self) -> str:
        number = self._next_number()
        return self._must_be_refused(self._driver_header(fresh_number(other_than=number)))

    def _wrong_key(self) -> str:
        key = SiteKey(secrets.token_bytes(KEY_BYTES))
        return self._must_be_refused(self._driver_header(self._number_or_any(), key=key))

    def _old_keys(self) -> str:
        if not self.subject.refused_keys:
            raise _NotAskedFor("none were given")
        for key in self.subject.refused_keys:
            self._must_be_refused(self._driver_header(self._number_or_any(), key=key))
        return f"401 for {len(self.subject.refused_keys)}"

    def _other_serial(self) -> str:
        token = make_token(self.subject.key, _stranger(), self._number_or_any())
        return self._must_be_refused(f"{DRIVER_SCHEME} {forgeries.under_serial(token, self.subject.serial)}")

    def _uncommissioned(self) -> str:
        return self._must_be_refused(self._driver_header(self._number_or_any(), serial=_stranger()))

    def _malformed(self) -> str:
        token = make_token(self.subject.key, self.subject.serial, self._number_or_any())
        wrong = []
        forged = forgeries.malformed(token)
        for name, text in forged.items():
            reply = self._ask(f"{DRIVER_SCHEME} {text}".strip())
            if reply.status == 401:
                self._refusals.append(reply)
            else:
                wrong.append(f"{name}: {reply.said}")
        if wrong:
            raise _Failed("; ".join(wrong))
        return f"401 for {len(forged)} of {len(forged)}"

    def _header_on_refusal(self) -> str:
        if not self._refusals:
            raise _Skipped("no Driver token was refused with 401")
        without = sum(reply.told is None for reply in self._refusals)
        if without:
            raise _Failed(f"{without} of {len(self._refusals)} refusals have none")
        return f"in {len(self._refusals)} of {len(self._refusals)}"

    def _refusals_alike(self) -> str:
        if not self._refusals:
            raise _Skipped("no Driver token was refused with 401")
        kinds = {_looks(reply) for reply in self._refusals}
        if len(kinds) > 1:
            raise _Failed(f"{len(kinds)} different answers in {len(self._refusals)} refusals")
        return f"{len(self._refusals)} refusals look the same"

    def _one_winner(self) -> str:
        for _unused in range(_RACES):
            header = self._driver_header(self._next_number())
            replies = self.send([header] * self.subject.replays)
            accepted = sum(reply.accepted for reply in replies)
            self._numbers += [number for reply in replies if (number := self._number_of(reply))]
            if accepted != 1:
                raise _Failed(f"{accepted} of {len(replies)} were accepted")
        return f"1 of {self.subject.replays}, {_RACES} times"

    def _wifi_device(self) -> str:
        if self.subject.wifi_token is None:
            raise _NotAskedFor("no Device token was given")
        reply = self._ask(f"{DEVICE_SCHEME} {self.subject.wifi_token}")
        if not reply.accepted:
            raise _Failed(reply.said)
        return reply.said

    def _number_or_any(self) -> str:
        """The right number if the host tells any: then only what the check is about is wrong."""
        try:
            return self._next_number()
        except _Skipped:
            return fresh_number()


def _stranger() -> str:
    return secrets.token_hex(8)


def _looks(reply: Reply) -> Any:
    """A refusal without what may differ each time: numbers, dates and the ids of traces."""
    names = frozenset(reply.headers) - _HEADERS_THAT_MAY_DIFFER - {LAST_CONNECTED.lower()}
    return reply.status, names, reply.headers.get("www-authenticate"), _RUNS.sub(b"*", reply.body)

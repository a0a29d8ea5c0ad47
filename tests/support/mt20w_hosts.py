# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MT20W hosts over real HTTP: a right one, and others with one thing wrong each. None is the product's own host."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import (
    LAST_CONNECTED,
    Mt20wError,
    SiteKey,
    fresh_number,
    make_last_connected,
    parse_serial,
    parse_token,
    verify_token,
)

KEY = SiteKey(bytes(range(32)))
OLD_KEY = SiteKey(bytes(range(1, 33)))
SERIAL = "A0C1777700000017"


@dataclass
class Answer:
    """What a host sends back; `told` goes into X-Device-Last-Connected."""

    status: int
    told: str | None = None
    body: bytes = b"{}"


class Host:
    """A host as the specification has it, small and slow to change: it is what broken ones are made from."""

    keys: Sequence[SiteKey] = (KEY,)

    def __init__(self) -> None:
        self._number: str | None = None
        self._lock = threading.Lock()

    def answer(self, authorization: str | None) -> Answer:
        scheme, _unused, token = (authorization or "").partition(" ")
        if scheme != "Driver":
            return self.other_scheme(scheme)
        try:
            serial, number, key = self.verified(token)
        except Mt20wError as wrong:
            return self.refused(KEY, str(wrong))
        if not self.commissioned(serial):
            return self.refused(key, "not commissioned")
        fresh = self.fresh()
        if not self.spend(number, fresh):
            return Answer(401, self.told(key, fresh))
        return self.accepted(key, fresh)

    def other_scheme(self, scheme: str) -> Answer:
        return Answer(401)

    def verified(self, token: str) -> tuple[str, str, SiteKey]:
        for key in self.keys[:-1]:
            try:
                return *verify_token(key, token), key
            except Mt20wError:
                continue
        return *verify_token(self.keys[-1], token), self.keys[-1]

    def commissioned(self, serial: str) -> bool:
        return serial == parse_serial(SERIAL)

    def fresh(self) -> str:
        return fresh_number()

    def spend(self, number: str, fresh: str) -> bool:
        """Whether the number is the one told last; whatever it is, another is told now."""
        with self._lock:
            expected, self._number = self._number, fresh
            return expected in (None, number)

    def told(self, key: SiteKey, number: str) -> str | None:
        return make_last_connected(key, number)

    def accepted(self, key: SiteKey, fresh: str) -> Answer:
        return Answer(404, self.told(key, fresh))

    def refused(self, key: SiteKey, reason: str) -> Answer:
        return Answer(401, make_last_connected(key, fresh_number()))


class TakesAnything(Host):
    def answer(self, authorization: str | None) -> Answer:
        return Answer(404)


class TakesNoDriver(Host):
    def answer(self, authorization: str | None) -> Answer:
        return Answer(401)


class TakesDevice(Host):
    def other_scheme(self, scheme: str) -> Answer:
        return Answer(404 if scheme == "Device" else 401)


class TakesBearer(Host):
    def other_scheme(self, scheme: str) -> Answer:
        return Answer(404 if scheme == "Bearer" else 401)


class TellsNoNumber(Host):
    def told(self, key: SiteKey, number: str) -> str | None:
        return None

    def spend(self, number: str, fresh: str) -> bool:
        return True


class TellsInClear(Host):
    def told(self, key: SiteKey, number: str) -> str | None:
        return number


class TellsUnderAnotherKey(Host):
    def told(self, key: SiteKey, number: str) -> str | None:
        return make_last_connected(OLD_KEY, number)


class TellsTheSameNumber(Host):
    def fresh(self) -> str:
        return "20180919105017"


class TellsNothingToTheRefused(Host):
    def refused(self, key: SiteKey, reason: str) -> Answer:
        return Answer(401)


class TakesReplays(Host):
    def spend(self, number: str, fresh: str) -> bool:
        return True


class TakesOlderReplays(Host):
    """Compares with the last token only, as if "previous" meant just the one before."""

    last = ""

    def spend(self, number: str, fresh: str) -> bool:
        repeated = number == self.last
        self.last = number
        return not repeated


class TakesAnyKey(Host):
    def verified(self, token: str) -> tuple[str, str, SiteKey]:
        try:
            return super().verified(token)
        except Mt20wError:
            return parse_token(token).serial, self._number or "", KEY


class TakesOldKeys(Host):
    keys = (KEY, OLD_KEY)


class TrustsTheSerialInClear(Host):
    """Decrypts the number and does not look at the serial number that is encrypted with it."""

    def verified(self, token: str) -> tuple[str, str, SiteKey]:
        try:
            return super().verified(token)
        except Mt20wError:
            parsed = parse_token(token)
            from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

            decryptor = Cipher(algorithms.AES(KEY.raw), modes.CBC(bytes(16))).decryptor()
            number = decryptor.update(parsed.sealed)[:14]
            if not number.isdigit():
                raise
            return parsed.serial, number.decode(), KEY


class TakesStrangers(Host):
    def commissioned(self, serial: str) -> bool:
        return True


class FailsOnMalformed(Host):
    def answer(self, authorization: str | None) -> Answer:
        try:
            parse_token((authorization or "").removeprefix("Driver "))
        except Mt20wError:
            if (authorization or "").startswith("Driver"):
                return Answer(500)
        return super().answer(authorization)


class HangsUpOnMalformed(FailsOnMalformed):
    def answer(self, authorization: str | None) -> Answer:
        answer = super().answer(authorization)
        return Answer(0) if answer.status == 500 else answer


class ForbidsMalformed(FailsOnMalformed):
    def answer(self, authorization: str | None) -> Answer:
        answer = super().answer(authorization)
        return Answer(403) if answer.status == 500 else answer


class TellsTheReason(Host):
    def refused(self, key: SiteKey, reason: str) -> Answer:
        return Answer(401, make_last_connected(key, fresh_number()), reason.encode())


class HasARace(Host):
    """Looks first and writes later."""

    def spend(self, number: str, fresh: str) -> bool:
        fits = self._number in (None, number)
        time.sleep(0.1)
        self._number = fresh
        return fits


BROKEN: Mapping[str, tuple[Callable[[], Host], str]] = {
    "takes-anything": (TakesAnything, "no_authorization_refused"),
    "takes-no-driver": (TakesNoDriver, "driver_accepted"),
    "takes-device": (TakesDevice, "device_refused"),
    "takes-bearer": (TakesBearer, "other_scheme_refused"),
    "tells-no-number": (TellsNoNumber, "header_present"),
    "tells-in-clear": (TellsInClear, "header_encrypted"),
    "tells-under-another-key": (TellsUnderAnotherKey, "header_encrypted"),
    "tells-the-same-number": (TellsTheSameNumber, "header_differs"),
    "tells-nothing-to-the-refused": (TellsNothingToTheRefused, "header_on_refusal"),
    "takes-replays": (TakesReplays, "replay_refused"),
    "takes-older-replays": (TakesOlderReplays, "older_replay_refused"),
    "takes-any-key": (TakesAnyKey, "wrong_key_refused"),
    "takes-old-keys": (TakesOldKeys, "old_keys_refused"),
    "trusts-the-serial-in-clear": (TrustsTheSerialInClear, "other_serial_refused"),
    "takes-strangers": (TakesStrangers, "uncommissioned_refused"),
    "fails-on-malformed": (FailsOnMalformed, "malformed_refused"),
    "hangs-up-on-malformed": (HangsUpOnMalformed, "malformed_refused"),
    "forbids-malformed": (ForbidsMalformed, "malformed_refused"),
    "tells-the-reason": (TellsTheReason, "refusals_alike"),
    "has-a-race": (HasARace, "one_winner"),
}
"""Each broken host, and the check that must find it."""


@contextmanager
def hosts() -> Iterator[str]:
    """A server with all hosts; the URL of one is this and its name (`right` for the right one)."""
    made = {name: make() for name, (make, _unused) in BROKEN.items()} | {"right": Host()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = made[urlsplit(self.path).path.split("/")[1]].answer(self.headers.get("Authorization"))
            if not answer.status:
                self.close_connection = True
                return
            self.send_response(answer.status)
            if answer.told is not None:
                self.send_header(LAST_CONNECTED, answer.told)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ansible-rulebook event source that receives the webhooks of u-blox Security Services."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import json
import logging
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

DOCUMENTATION = r"""
short_description: Receive the webhooks of u-blox Security Services
description:
  - An HTTPS endpoint for the six event types of u-blox Security Services. Make it known to the service with the
    module M(edgeops.device_trust.webhook).
  - Each request must carry the token of the webhook. It is compared in constant time, before the body is read.
  - A request is answered with 200 once its event is in the queue, with 503 when the queue is full.
  - A body that was received before, and an event whose time lies outside of O(replay_window), raise no event.
version_added: 0.1.0
options:
  token:
    description:
      - What the Authorization header must be, as O(edgeops.device_trust.webhook#module:authorization_token).
      - Several, as a list, while a token is being replaced.
    type: raw
    required: true
  host:
    description: The address to listen at. Any other than this machine's own (loopback) needs O(certfile).
    type: str
    default: 127.0.0.1
  port:
    description: The port to listen at.
    type: int
    default: 8443
  path:
    description: The path that events are posted to.
    type: str
    default: /ublox
  certfile:
    description: The certificate of the endpoint and its chain (PEM). The service calls https URLs only.
    type: path
  keyfile:
    description: The private key of O(certfile), if it is not in the same file.
    type: path
  key_password:
    description: The password of O(keyfile).
    type: str
  events:
    description: The event types that are passed on. Others are acknowledged and dropped.
    type: list
    elements: str
    choices:
      - DEVICE_BOOTSTRAP_EVENT
      - DEVICE_PROPERTIES_CHANGE_EVENT
      - DEVICE_ERRORS_EVENT
      - DEVICE_CERTIFICATE_RENEWAL_EVENT
      - DEVICE_CERTIFICATE_EXPIRATION_EVENT
      - ROOTCA_EXPIRATION_EVENT
    default: all of them
  replay_window:
    description:
      - For how many seconds an event is taken after the time in it. The same body is taken once in that time.
      - V(0) takes events of any time; the same body is then taken once in a day.
    type: int
    default: 3600
  max_body:
    description: How many bytes the body of a request may have.
    type: int
    default: 65536
  max_queue:
    description: How many events may wait for the rules.
    type: int
    default: 1000
"""

EXAMPLES = r"""
- name: Devices
  hosts: all
  sources:
    - name: Events of u-blox Security Services
      edgeops.device_trust.ublox_events:
        host: 0.0.0.0
        certfile: /etc/ssl/private/hooks.example.com.pem
        token: "{{ UBLOX_HOOK_TOKEN }}"
  rules:
    - name: A device reported an error
      condition: event.type == "DEVICE_ERRORS_EVENT"
      action:
        debug:
          msg: "{{ event.device }}: {{ event.payload.Error }}"
"""

EVENT_TYPES = (
    "DEVICE_BOOTSTRAP_EVENT",
    "DEVICE_PROPERTIES_CHANGE_EVENT",
    "DEVICE_ERRORS_EVENT",
    "DEVICE_CERTIFICATE_RENEWAL_EVENT",
    "DEVICE_CERTIFICATE_EXPIRATION_EVENT",
    "ROOTCA_EXPIRATION_EVENT",
)
ID_LENGTH = 16
AHEAD = 300.0
"""Seconds that the service's clock may be ahead of ours."""
DAY = 24 * 3600.0
MOST_REMEMBERED = 100_000
READ_SECONDS = 10.0
RETRY_AFTER = {"Retry-After": "5"}

LOG = logging.getLogger(__name__)


class BadOption(ValueError):
    """An option of the event source is wrong; the text says which."""


class BadEvent(ValueError):
    """A request holds no event; the text says why."""


@dataclass(frozen=True)
class Options:
    """The options, checked."""

    token: Any = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8443
    path: str = "/ublox"
    certfile: str | None = None
    keyfile: str | None = None
    key_password: str | None = field(default=None, repr=False)
    events: tuple[str, ...] = EVENT_TYPES
    replay_window: int = 3600
    max_body: int = 65536
    max_queue: int = 1000

    @classmethod
    def of(cls, args: Mapping[str, Any]) -> Options:
        """Raises BadOption."""
        known = {option.name for option in fields(cls)}
        # ansible-rulebook adds arguments of its own.
        given = {name: value for name, value in args.items() if value is not None and not name.startswith("eda_")}
        if unknown := sorted(given.keys() - known):
            raise BadOption(f"unknown: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        if "token" not in given:
            raise BadOption("token is missing: what the webhook was given as authorization_token")
        for name in ("port", "replay_window", "max_body", "max_queue"):
            given[name] = _whole_number(name, given.get(name, getattr(cls, name)))
        events = given.get("events", EVENT_TYPES)
        given["events"] = tuple([events] if isinstance(events, str) else events)
        options = cls(**given)
        options.check()
        return options

    def check(self) -> None:
        """Raises BadOption."""
        if not all(isinstance(token, str) and token.strip() for token in self.tokens()) or not self.tokens():
            raise BadOption("token must be a text, or a list of texts, none of them empty")
        if wrong := sorted(set(self.events) - set(EVENT_TYPES)):
            raise BadOption(f"events: {', '.join(wrong)}; there are {', '.join(EVENT_TYPES)}")
        if not self.path.startswith("/"):
            raise BadOption(f"path must begin with /, not {self.path!r}")
        if not self.certfile and not is_loopback(self.host):
            raise BadOption(f"host {self.host} can be reached from outside, so it needs certfile")

    def tokens(self) -> tuple[Any, ...]:
        """All that are accepted."""
        return tuple(self.token) if isinstance(self.token, list | tuple) else (self.token,)


def _whole_number(name: str, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise BadOption(f"{name} must be a whole number, not {value!r}") from None
    if number < (0 if name in ("port", "replay_window") else 1):
        raise BadOption(f"{name} must not be {number}")
    return number


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Tokens:
    """The tokens that are accepted; of each only a digest is kept, and all are always compared."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._digests = [self._digest(token.strip()) for token in tokens]

    def accept(self, header: str | None) -> bool:
        given = self._digest((header or "").strip())
        return sum(hmac.compare_digest(given, digest) for digest in self._digests) > 0

    @staticmethod
    def _digest(text: str) -> bytes:
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


class Seen:
    """Digests of the bodies of the last time, so that no event is raised twice."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def __contains__(self, body: bytes) -> bool:
        now = self._clock()
        while self._until and next(iter(self._until.values()), now) <= now:
            self._until.popitem(last=False)
        return self._digest(body) in self._until

    def add(self, body: bytes) -> None:
        if len(self._until) >= MOST_REMEMBERED:
            self._until.popitem(last=False)
        self._until[self._digest(body)] = self._clock() + self._seconds

    @staticmethod
    def _digest(body: bytes) -> bytes:
        return hashlib.sha256(body).digest()


def parse(body: bytes) -> dict[str, Any]:
    """The event in a body, as rules see it: type, timestamp, payload, and the device if it is one's.

    Raises BadEvent.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadEvent("the body is not JSON") from None
    if not isinstance(document, dict) or document.get("EventType") not in EVENT_TYPES:
        raise BadEvent("the body has no known EventType")
    payload = document.get("Payload")
    if not isinstance(payload, dict):
        raise BadEvent("the body has no Payload")
    moment = _utc(document.get("Timestamp"))
    event = {"type": document["EventType"], "timestamp": moment.isoformat(), "payload": payload}
    if event["type"] == "ROOTCA_EXPIRATION_EVENT":
        return event
    device = document.get("ROTPublicUID")
    if isinstance(device, bool) or not isinstance(device, str | int) or not str(device):
        raise BadEvent("the body has no ROTPublicUID")
    # As a number it has lost its leading zeros.
    return {**event, "device": str(device).lower().zfill(ID_LENGTH)}


def _utc(text: Any) -> datetime:
    """The time in an event: with seconds and without a zone, or to the minute and with Z; both are UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadEvent("the body has no Timestamp") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Receiver:
    """The endpoint: checks requests and queues their events."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        self.waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue(options.max_queue)
        self._options = options
        self._clock = clock
        self._tokens = Tokens(options.tokens())
        self._seen = Seen(options.replay_window + AHEAD if options.replay_window else DAY)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=self._options.max_body)
        application.router.add_post(self._options.path, self.receive)
        return application

    async def receive(self, request: web.Request) -> web.Response:
        """Answers one webhook."""
        if not self._tokens.accept(request.headers.get("Authorization")):
            LOG.warning("ublox_events: a request from %s without the right token", request.remote)
            return web.Response(status=401, text="wrong token\n")
        try:
            body = await asyncio.wait_for(request.read(), READ_SECONDS)
            event = parse(body)
            self._check_time(event)
        except TimeoutError:
            return web.Response(status=408, text="the body did not arrive in time\n")
        except BadEvent as wrong:
            LOG.warning("ublox_events: refused: %s", wrong)
            return web.Response(status=400, text=f"{wrong}\n")
        if body in self._seen or event["type"] not in self._options.events:
            return web.Response(text="nothing new\n")
        try:
            self.waiting.put_nowait(event)
        except asyncio.QueueFull:
            LOG.error("ublox_events: %d events wait for the rules; no more are taken", self._options.max_queue)
            return web.Response(status=503, headers=RETRY_AFTER, text="the queue is full\n")
        self._seen.add(body)
        return web.Response(text="queued\n")

    def _check_time(self, event: Mapping[str, Any]) -> None:
        if not self._options.replay_window:
            return
        age = self._clock() - datetime.fromisoformat(event["timestamp"]).timestamp()
        # Some timestamps end with the minute.
        if not -AHEAD <= age <= self._options.replay_window + 60:
            raise BadEvent(f"the Timestamp is outside of the window of {self._options.replay_window} s")


def tls_context(options: Options) -> ssl.SSLContext | None:
    """None for plain http. Raises BadOption."""
    if not options.certfile:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(options.certfile, options.keyfile, options.key_password or "")
    except (OSError, ssl.SSLError) as failure:
        raise BadOption(f"certfile {options.certfile} cannot be used: {failure}") from None
    return context


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Serve until cancelled. Raises BadOption, and OSError if the address cannot be listened at."""
    options = Options.of(args)
    receiver = Receiver(options)
    runner = web.AppRunner(receiver.application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, options.host, options.port, ssl_context=tls_context(options)).start()
        LOG.info("ublox_events: listening at %s", ", ".join(map(str, runner.addresses)))
        while True:
            await queue.put(await receiver.waiting.get())
    finally:
        await runner.cleanup()

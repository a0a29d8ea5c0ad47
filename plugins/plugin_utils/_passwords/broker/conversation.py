# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One conversation with the service for everybody in a run who asks it with the same credentials.

Devices that are asked for while a request is under way, or while the service's pace makes it wait, go together into
the next one. What has been asked for once is known until the run ends, also that there is no such device.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import (
    Connection,
    Method,
    PasswordManager,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.errors import (
    SILENCE,
    LoginRefused,
)
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key, KeyKind
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import (
    MOST_KEYS,
    DevicePassword,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    DeviceTrustError,
    ServiceProblem,
)

# How long the first who asks waits for others who ask at the same time.
_WINDOW_SECONDS = 0.02
# Ten thousand tasks that fail one after the other must not each wait until the service is given up.
_FAILURE_SECONDS = 30.0

_HOW_TO_INSTALL = f"install it for {sys.executable}, the Python that runs Ansible, as with: pip install httpx"

Records = Mapping[Key, DevicePassword]


class Conversation:
    """Signs in when it first has to ask, and signs out when it is closed."""

    def __init__(self, connection: Connection, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Raises InvalidConnection when the connection must not or cannot be used."""
        self._manager = PasswordManager(connection)
        # One thread: the service takes one request at a time anyway, and the connection stays open in it.
        self._thread = ThreadPoolExecutor(1)
        self._monotonic = monotonic
        self._known: dict[Key, DevicePassword | None] = {}
        self._asked: dict[Key, Method] = {}
        self._ahead: dict[Key, Method] = {}
        self._expected: dict[Key, asyncio.Future[None]] = {}
        self._failure: DeviceTrustError | None = None
        self._failed_at = 0.0
        self._work: asyncio.Task[None] | None = None
        self._under_way = False
        self.foresight = Foresight()

    @property
    def requests(self) -> int:
        """How many requests the service got so far."""
        return self._manager.requests

    def lacks(self, keys: Iterable[Key]) -> bool:
        """Whether a device among ``keys`` has not been thought of yet."""
        return any(key not in self._known and key not in self._expected for key in keys)

    def expect(self, keys: Iterable[Key], method: Method) -> None:
        """Ask for ``keys`` after those that somebody waits for. Raises what has failed just before."""
        self.check_failure(recent=True)
        for key in keys:
            if key not in self._known and key not in self._expected:
                self._ahead[key] = method
                self._expected[key] = asyncio.get_running_loop().create_future()
        self._go_on()

    def check_failure(self, *, recent: bool) -> None:
        """Raise the last failure while there is no use in asking on; ``recent`` when a pause may be one.

        Refused credentials stay refused for the whole run: asking on might lock the account.
        """
        if self._failure is None:
            return
        if isinstance(self._failure, LoginRefused) or (
            recent and self._monotonic() - self._failed_at < _FAILURE_SECONDS
        ):
            raise self._failure

    async def retrieve(self, keys: Iterable[Key], method: Method, *, anew: bool = False) -> Records:
        """The records of those ``keys`` that the service knows; ``anew`` when what it said before may be old.

        Raises a DeviceTrustError, whose text never holds a secret.
        """
        wanted = list(dict.fromkeys(keys))
        lacking = [key for key in wanted if anew or key not in self._known]
        if lacking:
            self.check_failure(recent=not anew)
        for key in lacking:
            if key not in self._expected:
                self._expected[key] = asyncio.get_running_loop().create_future()
                self._asked[key] = method
            elif key in self._ahead:
                self._asked[key] = self._ahead.pop(key)
        self._go_on()
        # Shielded: who no longer waits must not take the answer from others.
        for future in [self._expected[key] for key in lacking if key in self._expected]:
            await asyncio.shield(future)
        return {key: record for key in wanted if (record := self._known.get(key)) is not None}

    async def close(self) -> None:
        """Sign out, unless the service has fallen silent."""
        if self._work is not None:
            self._work.cancel()
        if self._under_way:
            self._manager.give_up()
        silent = self._failure if isinstance(self._failure, SILENCE) else None
        arguments = (type(silent), silent, None) if silent else (None, None, None)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._manager.__exit__, *arguments)

    def _go_on(self) -> None:
        if (self._asked or self._ahead) and (self._work is None or self._work.done()):
            self._work = asyncio.create_task(self._talk())

    async def _talk(self) -> None:
        """Ask in batches until there is nothing left to ask."""
        await asyncio.sleep(_WINDOW_SECONDS)
        loop = asyncio.get_running_loop()
        while batch := self._next_batch():
            self._under_way = True
            try:
                method = next(iter(batch.keys.values()))
                found = await loop.run_in_executor(self._thread, self._manager.retrieve, list(batch.keys), method)
            except DeviceTrustError as failure:
                if isinstance(failure, (*SILENCE, LoginRefused)):
                    self._fail(failure)
                    return
                if batch.has_ahead:
                    self._do_without_ahead(batch, failure)
                else:
                    self._disappoint(batch.keys, failure)
                continue
            except ImportError as failure:
                # Of the last words only the name of a module is known to be harmless.
                self._fail(ServiceProblem(f"the Python library {failure.name} is missing; {_HOW_TO_INSTALL}"))
                return
            except Exception as failure:
                # Those who wait must not wait for ever; its words might hold anything.
                self._fail(ServiceProblem(f"talking to the password manager failed ({type(failure).__name__})"))
                raise
            finally:
                self._under_way = False
            self._failure = None
            self._learn(batch.keys, found)

    def _next_batch(self) -> _Batch | None:
        """Devices of one kind to ask for in one way, at most as many as a request takes; the urgent ones first."""
        queue = {**self._asked, **self._ahead}
        if not queue:
            return None
        first = next(iter(queue.items()))
        same = ((key, method) for key, method in queue.items() if key.kind is first[0].kind and method is first[1])
        batch = _Batch(dict(islice(same, MOST_KEYS)), frozenset(self._asked))
        for key in batch.keys:
            self._asked.pop(key, None)
            self._ahead.pop(key, None)
        return batch

    def _do_without_ahead(self, batch: _Batch, failure: DeviceTrustError) -> None:
        """A device that nobody has asked for must not be what keeps others from theirs."""
        self.foresight.give_up()
        self._asked = {key: method for key, method in batch.keys.items() if key in batch.urgent} | self._asked
        self._disappoint([key for key in (*batch.keys, *self._ahead) if key not in self._asked], failure)
        self._ahead.clear()

    def _learn(self, batch: Iterable[Key], found: Records) -> None:
        for record in found.values():
            for kind in KeyKind:
                key = record.key(kind)
                if key is not None:
                    self._known[key] = record
        for key in batch:
            self._known[key] = found.get(key)
            self._expected.pop(key).set_result(None)

    def _fail(self, failure: DeviceTrustError) -> None:
        """Tell everybody who waits, and those who come soon."""
        self._failure, self._failed_at = failure, self._monotonic()
        self._disappoint(list(self._expected), failure)
        self._asked.clear()
        self._ahead.clear()

    def _disappoint(self, keys: Iterable[Key], failure: DeviceTrustError) -> None:
        for key in keys:
            future = self._expected.pop(key)
            future.set_exception(failure)
            # Nobody may be waiting for it, which is no fault.
            future.exception()


@dataclass(frozen=True, slots=True)
class _Batch:
    """The devices of one request, and which of them somebody waits for."""

    keys: Mapping[Key, Method]
    urgent: frozenset[Key]

    @property
    def has_ahead(self) -> bool:
        return not self.urgent.issuperset(self.keys)


class Foresight:
    """Decides who is asked which devices the rest of the run will need, one at a time.

    The first who wants a device of a play is asked for all devices of that play. Those who cannot tell (devices that
    are not in the inventory) are asked a few times only.
    """

    _MOST_FRUITLESS = 3

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self._fruitless = 0

    @property
    def worthwhile(self) -> bool:
        return self._fruitless < self._MOST_FRUITLESS

    def give_up(self) -> None:
        self._fruitless = self._MOST_FRUITLESS

    def noted(self, *, fruitful: bool) -> None:
        if self.worthwhile:
            self._fruitless = 0 if fruitful else self._fruitless + 1

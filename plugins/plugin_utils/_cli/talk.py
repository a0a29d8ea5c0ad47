# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a command talks: text for people, one JSON document, or a line of JSON for each event."""

from __future__ import annotations

import datetime
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import IO, Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import DeviceTrustError
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.failures import (
    ERROR,
    INTERRUPTED,
    failure_data,
    failure_text,
    internal_error,
)


class Mode(Enum):
    """What goes to standard output."""

    TEXT = "text"
    JSON = "json"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command comes to: in JSON's terms, as text, and the exit status. ``plain`` text has no colours."""

    data: Mapping[str, Any]
    text: str = ""
    status: int = 0
    plain: bool = False


@dataclass(slots=True)
class Talk:
    """What a command says while it runs. ``secrets`` are kept out of everything that is not meant to hold them."""

    mode: Mode = Mode.TEXT
    secrets: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def say(self, text: str, *, plain: bool = False) -> None:
        """Text on standard output; nothing where that is for machines."""
        if self.mode is not Mode.TEXT:
            return
        if is_coloured(sys.stdout) and not plain:
            from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.colours import print_coloured

            print_coloured(text)
        else:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    def note(self, text: str) -> None:
        """Text on standard error, in every mode."""
        sys.stderr.write(f"{text}\n")

    def event(self, name: str, **details: Any) -> None:
        """One line of JSON, where events are wanted."""
        if self.mode is Mode.EVENTS:
            at = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
            with self._lock:
                sys.stdout.write(json.dumps({"event": name, "at": at, **details}, ensure_ascii=False) + "\n")
                sys.stdout.flush()

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Shows on a terminal that something goes on."""
        if not is_interactive(sys.stderr):
            yield
            return
        from rich.console import Console

        with Console(stderr=True, no_color=not is_coloured(sys.stderr)).status(f"{text}…", spinner="line"):
            yield

    def finish(self, result: Result) -> None:
        data = {"ok": result.status != ERROR, **result.data}
        if self.mode is Mode.JSON:
            sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
        elif self.mode is Mode.EVENTS:
            self.event("end", **data)
        elif result.text:
            self.say(result.text, plain=result.plain)

    def failed(self, failure: Exception) -> None:
        text = failure_text(failure)
        if is_coloured(sys.stderr):
            from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.colours import print_error

            print_error(text)
        else:
            self.note(text)
        if self.mode is not Mode.TEXT:
            self.finish(Result(failure_data(failure), status=ERROR))


def is_interactive(stream: IO[str]) -> bool:
    """Whether ``stream`` is a terminal that can be drawn on."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def is_coloured(stream: IO[str]) -> bool:
    return is_interactive(stream) and not os.environ.get("NO_COLOR")


def conclude(mode: Mode, job: Callable[[Talk], Result]) -> None:
    """Runs what a command does, and ends it: its result or its failure told, and SystemExit with its status."""
    talk = Talk(mode)
    try:
        result = job(talk)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        talk.note("device-trust: interrupted")
        raise SystemExit(INTERRUPTED) from None
    except (DeviceTrustError, OSError) as failure:
        talk.failed(failure)
        raise SystemExit(ERROR) from None
    except Exception as failure:
        raise SystemExit(internal_error(failure, talk.secrets)) from None
    with suppress(BrokenPipeError):  # nobody listens any more; what was done is done
        talk.finish(result)
    raise SystemExit(result.status)

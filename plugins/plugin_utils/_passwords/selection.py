# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From records to the passwords that were asked for, and what to do about those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import Method
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key, KeyKind, keys
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import FIELDS, DevicePassword
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import (
    InvalidOption,
    MissingPasswords,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.wire import whole

ALL_FIELDS = "all"


class MissingPolicy(StrEnum):
    """What to do about a password that the service does not have."""

    ERROR = "error"
    WARN = "warn"
    SKIP = "skip"

    def report(self, missing: Sequence[str], warn: Callable[[str], object]) -> None:
        """Raise MissingPasswords, call ``warn`` once for each, or say nothing."""
        if self is MissingPolicy.ERROR and missing:
            raise MissingPasswords(missing)
        if self is MissingPolicy.WARN:
            for name in missing:
                warn(f"Skipping {name}: the password manager has no password for it")


@dataclass(frozen=True, slots=True)
class Question:
    """Which password of which devices; ``prefetch`` when those of the other hosts of the play may be fetched too."""

    keys: Sequence[Key]
    field: str = "atCmdSms"
    method: Method = Method.POST
    prefetch: bool = True


# What the options of the lookup may be, the first of each by default.
_CHOICES: Mapping[str, Sequence[object]] = {
    "key": [kind.value for kind in KeyKind],
    "field": ["atCmdSms", *(name for name in FIELDS if name != "atCmdSms"), ALL_FIELDS],
    "method": [method.value for method in Method],
    "missing": [policy.value for policy in MissingPolicy],
    "prefetch": [True, False],
}
_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def question_of(terms: Sequence[object], given: Mapping[str, object]) -> Question:
    """The question that the terms and options of a lookup make. Raises InvalidOption or InvalidKey."""
    options = {name: choices[0] for name, choices in _CHOICES.items()}
    for name, value in given.items():
        options[name] = _chosen(name, value)
    wanted = keys(KeyKind(str(options["key"])), terms)
    return Question(wanted, str(options["field"]), Method(str(options["method"])), bool(options["prefetch"]))


def _chosen(name: str, value: object) -> object:
    if name not in _CHOICES:
        raise InvalidOption(
            f"there is no option {name!r}; there are {', '.join(_CHOICES)}, and those of the connection"
        )
    chosen = _BOOLEANS.get(str(value).lower(), value) if name == "prefetch" else value
    if chosen not in _CHOICES[name]:
        shown = ", ".join(str(choice).lower() if choice in (True, False) else str(choice) for choice in _CHOICES[name])
        raise InvalidOption(f"{name} must be one of {shown}, not {value!r}")
    return chosen


def answers(records: Mapping[Key, DevicePassword], question: Question) -> tuple[list[object], list[str]]:
    """The passwords in the order of the keys, without those that are missing, and the names of these.

    They are plain texts, or mappings with the whole record when the field is ``all``.
    """
    found: list[object] = []
    missing: list[str] = []
    for key in question.keys:
        record = records.get(key)
        if record is None:
            missing.append(str(key))
        elif question.field == ALL_FIELDS:
            found.append(whole(record))
        elif question.field in record.fields:
            found.append(record.fields[question.field].reveal())
        else:
            missing.append(lacking(str(key), question.field))
    return found, unique(missing)


def lacking(device: str, field: str) -> str:
    """How a device is named that is known, but has no password ``field``."""
    return f"{device} (field {field})"


def unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))

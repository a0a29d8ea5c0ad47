# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From records to the passwords that were asked for, and what to do about those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.client import Method
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import KeyKind, keys
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import DevicePassword
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import MissingPasswords
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.source import Source

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
    """Which password of which devices, as a lookup asks it."""

    terms: Sequence[object]
    kind: KeyKind = KeyKind.ESN
    field: str = "atCmdSms"
    method: Method = Method.POST


def question_of(terms: Sequence[object], options: Mapping[str, str]) -> Question:
    """The question that the terms and options of a lookup make."""
    return Question(terms, KeyKind(options["key"]), options["field"], Method(options["method"]))


def answers(source: Source, question: Question, on_missing: Callable[[Sequence[str]], None]) -> list[object]:
    """The passwords in the order of the terms, without those that are missing if ``on_missing`` lets that
    pass.

    They are plain texts, or mappings with the whole record when the field is ``all``. Raises InvalidKey
    before any request.
    """
    wanted = keys(question.kind, question.terms)
    records = source.retrieve(wanted, question.method)
    found: list[object] = []
    missing: list[str] = []
    for key in wanted:
        record = records.get(key)
        if record is None:
            missing.append(str(key))
        elif question.field == ALL_FIELDS:
            found.append(_whole(record))
        elif question.field in record.fields:
            found.append(record.fields[question.field].reveal())
        else:
            missing.append(lacking(str(key), question.field))
    on_missing(unique(missing))
    return found


def lacking(device: str, field: str) -> str:
    """How a device is named that is known, but has no password ``field``."""
    return f"{device} (field {field})"


def unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _whole(record: DevicePassword) -> Mapping[str, str | None]:
    """The record under the service's own names."""
    return {
        "esn": record.esn,
        "imei": record.imei,
        "mac": record.mac,
        **{name: secret.reveal() for name, secret in record.fields.items()},
        "createdOn": record.created_on,
        "modifiedOn": record.modified_on,
    }

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan files on disk: canonical JSON, large id sets as text beside it, whole at any moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .._model.errors import DeviceTrustError
from .._model.ids import IdSet
from .._plan.encoding import BadPlanFile
from .._plan.saved import FORMAT, FORMAT_VERSION, SavedPlan, decode_plan
from .._plan.saved_schema import plan_schema
from .whole_file import write_whole

_SIDECARS = ".ids"


def write_plan_file(path: Path, document: Mapping[str, Any], sidecars: Mapping[str, IdSet]) -> None:
    """Writes a plan; the id sets go to the directory ``<path>.ids``, before the plan that names them.

    Raises DeviceTrustError when it cannot be written.
    """
    try:
        if sidecars:
            _directory(path).mkdir(mode=0o700, exist_ok=True)
        for name, ids in sidecars.items():
            write_whole(_directory(path) / name, "".join(f"{text}\n" for text in ids).encode())
        write_whole(path, (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())
    except OSError as failure:
        raise DeviceTrustError(f"the plan {path} cannot be written: {failure.strerror}") from None


def is_plan_file(path: Path) -> bool:
    """Whether ``path`` is meant to be a saved plan, be it whole or not."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return text.lstrip().startswith("{") and f'"{FORMAT}"' in text


def read_plan_file(path: Path, resolve: Callable[[str], str]) -> SavedPlan:
    """The plan in ``path``. ``resolve`` gives the value of a secret's reference.

    Raises BadPlanFile when it is not a plan, is one of another format version or has been changed since.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as failure:
        raise BadPlanFile(f"{path} cannot be read: {failure.strerror}") from None
    except (ValueError, RecursionError):
        raise BadPlanFile(f"{path} is not a plan: it is not JSON") from None
    _check_format(path, document)

    def read_ids(name: str) -> IdSet:
        try:
            return IdSet.of((_directory(path) / name).read_text(encoding="ascii").split())
        except (OSError, UnicodeDecodeError):
            raise BadPlanFile(f"{path}: the ids beside it, {_directory(path) / name}, cannot be read") from None

    try:
        return decode_plan(document, read_ids, resolve)
    except BadPlanFile as problem:
        raise BadPlanFile(f"{path}: {problem}") from None


def _check_format(path: Path, document: Any) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise BadPlanFile(f"{path} is not a plan; make one with: device-trust plan --out {path}")
    if document.get("format_version") != FORMAT_VERSION:
        raise BadPlanFile(
            f"{path} has format version {document.get('format_version')}, this release reads {FORMAT_VERSION}; "
            "make the plan again"
        )
    error = best_match(Draft202012Validator(plan_schema()).iter_errors(document))
    if error is not None:
        raise BadPlanFile(f"{path} is not a plan: {error.json_path}: {error.message[:200]}")


def _directory(path: Path) -> Path:
    return path.with_name(path.name + _SIDECARS)

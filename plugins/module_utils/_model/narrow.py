# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rules of this code make certain and a type checker cannot see; collections do not use ``assert``."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def known(value: T | None) -> T:
    """The value, which is there. Raises AssertionError if a rule of this code was broken."""
    if value is None:
        raise AssertionError("nothing, where there must be something")
    return value


def of_type(kind: type[T], value: object) -> T:
    """The value, which is of this type. Raises AssertionError if a rule of this code was broken."""
    if not isinstance(value, kind):
        raise AssertionError(f"{type(value).__name__}, where there must be {kind.__name__}")
    return value

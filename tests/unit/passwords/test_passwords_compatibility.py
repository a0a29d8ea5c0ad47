# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The specification's table of what a firmware can do with passwords."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ansible_collections.edgeops.device_trust.plugins.filter.password_support import password_support
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.compatibility import ordered

COLUMNS = (
    "register_storage", "secure_storage", "sms_r0", "sms_prefix", "alternate_passwords", "null_password",
    "inhibits_special_characters",
)  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "firmware", "cells"),
    [
        ("lmu32", "8.5b", "yes no yes yes no no no"),
        ("lmu32", "8.5c", "no yes yes yes no no no"),
        ("lmu32", "8.5f", "no yes yes yes yes yes no"),
        ("lmu32", "v8.6a", "no yes yes yes yes yes yes"),
        ("lmu32", "8.10", "no yes yes yes yes yes yes"),
        ("lmu32", None, "unknown unknown yes yes unknown unknown unknown"),
        ("router_linux", "4.1e", "yes no yes no no no no"),
        ("router_linux", "4.1f", "no yes yes yes yes yes no"),
        ("router_linux", None, "unknown unknown yes unknown unknown unknown no"),
        ("edgecore", "3.2.0", "no unknown yes unknown unknown unknown unknown"),
        ("edgecore", "3.2.0,1", "yes unknown yes unknown unknown unknown unknown"),
        ("edgecore", "3.2.1", "yes unknown yes unknown unknown unknown unknown"),
    ],
)
def test_each_cell_says_what_the_table_says(platform: str, firmware: str | None, cells: str) -> None:
    assert password_support(platform, firmware) == dict(zip(COLUMNS, cells.split(), strict=True))


def test_versions_are_ordered_as_their_makers_count() -> None:
    versions = ["3.2.0", "3.2.0,1", "3.2.0,10", "3.2.1", "4.1e", "4.1f", "8.5", "8.5b", "8.5c", "8.6a", "8.10a"]
    assert all(ordered(one) < ordered(next) for one, next in pairwise(versions))


@pytest.mark.parametrize(
    ("platform", "firmware", "words"),
    [("toaster", None, "the platform must be one of"), ("lmu32", "eight", "is not a version"), (None, None, "one of")],
)
def test_what_is_no_platform_or_version_is_an_error(platform: object, firmware: object, words: str) -> None:
    from ansible.errors import AnsibleFilterError

    with pytest.raises(AnsibleFilterError, match=words):
        password_support(platform, firmware)

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of site keys that a host reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import InvalidSiteKey
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.keys import read_site_keys
from tests.unit.mt20w.host import KEY, OLD_KEY


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "site_keys"
    path.touch(mode=0o600)
    return path


def test_the_keys_come_in_the_order_of_the_lines(file: Path) -> None:
    file.write_text(f"{KEY.raw.hex()}\n\n  {OLD_KEY.raw.hex().upper()}  \n")
    assert read_site_keys(file) == [KEY, OLD_KEY]


def test_what_is_wrong_with_a_line_is_told_without_showing_it(file: Path) -> None:
    file.write_text(f"{KEY.raw.hex()}\n{OLD_KEY.raw.hex()[:-2]}\n")
    with pytest.raises(InvalidSiteKey, match=r"site_keys:2: .* this one has 62") as refused:
        read_site_keys(file)
    assert OLD_KEY.raw.hex()[:20] not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (b"", 0o600, "there is no site key in"),
        (b"\xff\xfe", 0o600, "it holds more than hexadecimal digits"),
        (KEY.raw.hex().encode(), 0o644, "has mode 0644: make it 0600"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(file: Path, content: bytes, mode: int, reason: str) -> None:
    file.write_bytes(content)
    file.chmod(mode)
    with pytest.raises(InvalidSiteKey, match=reason):
        read_site_keys(file)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidSiteKey, match="cannot read the site keys in /no/such/file: No such file"):
        read_site_keys("/no/such/file")

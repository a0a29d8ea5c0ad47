# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of site keys that a host reads when it starts, and that the playbook mt20w_roll_site_key writes."""

from __future__ import annotations

import stat
from pathlib import Path

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.mt20w.codec import InvalidSiteKey, SiteKey


def read_site_keys(path: str | Path) -> list[SiteKey]:
    """The keys of a file, one on each line, the newest first; empty lines do not count.

    Raises InvalidSiteKey, without showing a key: also when others than the owner and its group can read the file.
    """
    try:
        with open(path, encoding="ascii") as file:
            mode = stat.S_IMODE(Path(path).stat().st_mode)
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it holds more than hexadecimal digits"
        raise InvalidSiteKey(f"cannot read the site keys in {path}: {reason}") from None
    if mode & stat.S_IRWXO:
        raise InvalidSiteKey(f"{path} holds site keys and has mode {mode:04o}: make it 0600")
    keys = [_key(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not keys:
        raise InvalidSiteKey(f"there is no site key in {path}")
    return keys


def _key(path: str | Path, number: int, line: str) -> SiteKey:
    try:
        return SiteKey.from_hex(line)
    except InvalidSiteKey as wrong:
        raise InvalidSiteKey(f"{path}:{number}: {wrong}") from None

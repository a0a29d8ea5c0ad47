# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text files, and why one cannot be read."""

from __future__ import annotations

from pathlib import Path


class Unreadable(Exception):
    """A file whose text cannot be had; the message says why in a few words."""


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """The text of ``path``. Raises Unreadable."""
    try:
        return path.read_text(encoding=encoding)
    except OSError as failure:
        raise Unreadable(failure.strerror or type(failure).__name__) from None
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8 text") from None
    except ValueError:
        raise Unreadable("no file can have this name") from None

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Vault files that one process of the run has decrypted for all."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.broker.channel import Channel


class Vaults:
    """Decrypted texts by file, where a file that was replaced is another one.

    The secrets to decrypt with never come here: the first process that wants a password of a file brings its text.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._turns: defaultdict[tuple[Any, ...], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def reply(self, request: dict[str, Any], channel: Channel) -> dict[str, object]:
        """The passwords of ``host`` in ``file``, whose identity is a list of whatever changes with its contents."""
        file, host = tuple(request["file"]), request["host"]
        if file not in self._files:
            async with self._turns[file]:
                if file not in self._files:
                    text = await channel.need("text")
                    (self._files[file],) = json.loads(text).values()
        passwords = self._files[file]
        return {"found": [passwords[host]] if host in passwords else []}

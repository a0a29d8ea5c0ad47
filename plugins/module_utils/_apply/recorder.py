# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is told of an execution while it goes on."""

from __future__ import annotations

from dataclasses import dataclass


class Recorder:
    """Is told before each request and after it, and when a change has ended. This one keeps nothing."""

    def intent(self, address: str, number: int, path: str) -> None:
        """Request ``number`` (from 1) of a change is about to be sent."""

    def outcome(self, address: str, number: int, result: str, error: str = "") -> None:
        """``result``: sent, refused or unknown."""

    def settled(self, address: str, status: str, error: str = "") -> None:
        """A change has come to its end."""


@dataclass(frozen=True, slots=True)
class Recorders(Recorder):
    """Several recorders as one; they are told in this order."""

    each: tuple[Recorder, ...]

    def intent(self, address: str, number: int, path: str) -> None:
        for recorder in self.each:
            recorder.intent(address, number, path)

    def outcome(self, address: str, number: int, result: str, error: str = "") -> None:
        for recorder in self.each:
            recorder.outcome(address, number, result, error)

    def settled(self, address: str, status: str, error: str = "") -> None:
        for recorder in self.each:
            recorder.settled(address, status, error)

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One rule that the sandbox keeps, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

UBLOX = "u-blox Security Services REST API"
GUIDE = "Device Whitelist guide"
CALAMP = "CalAmp Password Manager"
MT20W = "MT20W Authentication Changes"
OWN = "the sandbox's own"


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` is what tests name it by. `document` and `section` say where it is written; a rule that is `inferred` has
    its reason in inferred.py."""

    id: str
    sentence: str
    document: str
    section: str
    inferred: bool = False


def documented(document: str, section: str, *rules: tuple[str, str]) -> tuple[Rule, ...]:
    """Rules of one section: pairs of id and sentence."""
    return tuple(Rule(id, sentence, document, section) for id, sentence in rules)


def inferred(document: str, section: str, *rules: tuple[str, str]) -> tuple[Rule, ...]:
    """The same, for what a section leaves out."""
    return tuple(Rule(id, sentence, document, section, inferred=True) for id, sentence in rules)

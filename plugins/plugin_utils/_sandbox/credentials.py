# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixed credentials of the sandbox: obviously fake, good for nothing else."""

from __future__ import annotations

from dataclasses import dataclass

API_KEY = "00000000-fake-fake-fake-000000000001"
API_SECRET = "fake-sandbox-secret-not-real-0001"

SITE_KEY = "BAE3B37054AFDF441390B29032417F5BF1739AE1B784BF6C6A8A9617CC4D5B19"
"""The site key of the example in MT20W Authentication Changes, which prints it two digits short."""


@dataclass(frozen=True, slots=True)
class CalAmpLogin:
    """One CalAmp user; an app key belongs to one realm, CTC or PULS."""

    realm: str
    username: str
    password: str
    app_key: str


CTC = CalAmpLogin("CTC", "sandbox@example.com", "fake-calamp-password", "fake-app-key")
PULS = CalAmpLogin("PULS", "sandbox-puls@example.com", "fake-puls-password", "fake-puls-app-key")
CALAMP_LOGINS = (CTC, PULS)

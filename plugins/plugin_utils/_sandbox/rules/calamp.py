# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the CalAmp Device Password Manager."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.rules.rule import (
    CALAMP,
    documented,
    inferred,
)

RULES = (
    *documented(
        CALAMP,
        "Login",
        ("calamp.login", "A login answers an authToken that begins with Bearer."),
        ("calamp.app-key", "Every request needs an x-app-key; CTC and PULS users have keys of their own."),
        ("calamp.token", "Passwords need the token of a login."),
    ),
    *inferred(
        CALAMP,
        "Login",
        ("calamp.refused", "Wrong credentials, keys and tokens are a 401, in the envelope of all answers."),
        ("calamp.lifetime", "A token lasts 3600 s; calamp_token_seconds changes it."),
    ),
    *documented(CALAMP, "Logout", ("calamp.logout", "A token that has logged out is refused.")),
    *documented(
        CALAMP,
        "APIs",
        ("calamp.rate", "More than one request per 100 ms is rejected, logins and logouts too."),
        ("calamp.500", "1 to 500 keys can be asked for; none or more is an error."),
        ("calamp.partial", "Of some keys those that exist are answered; none is an error."),
        ("calamp.keys", "Devices are found by ESN, IMEI or MAC; a POST names one kind."),
        ("calamp.order", "A POST answers in another order."),
    ),
    *documented(
        CALAMP,
        "Customer - Test Account",
        ("calamp.test-devices", "The 501 test ESNs have every field; those printed are as printed."),
        ("calamp.curl", "The printed curl lines work one after the other."),
    ),
    *documented(
        CALAMP,
        "Retrieve (GET Method)",
        ("calamp.characters", "A password has six letters, two digits and a special character, as printed."),
    ),
    *inferred(
        CALAMP,
        "APIs",
        ("calamp.requests", "What is not documented, or no JSON, is an error in the envelope."),
    ),
)

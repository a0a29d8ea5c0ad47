# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for curl where there is none: the options that the specifications' samples use."""

from __future__ import annotations

import sys

import httpx


def main(arguments: list[str]) -> int:
    """Send the request that curl would send, print the body of the answer."""
    method, url, body = "GET", "", None
    headers: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        if word == "--request":
            method = next(words)
        elif word == "--header":
            name, _colon, value = next(words).partition(":")
            headers[name] = value.strip()
        elif word == "--data-raw":
            body = next(words).encode()
        elif word not in ("--location", "--silent"):
            url = word
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        print(client.request(method, url, headers=headers, content=body).text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

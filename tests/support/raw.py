# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain HTTP clients of the two services, for tests of the sandbox itself: no code of the product's clients."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tests.support.sandbox import Sandbox

CSV = "application/octet-stream"


def plain_client(base_url: str, **more: Any) -> httpx.Client:
    """A client for plain HTTP on this machine; loading the certificates it never uses would take 30 ms."""
    return httpx.Client(base_url=base_url, timeout=60, trust_env=False, verify=False, **more)


class Ublox:
    """Requests to the u-blox API, with the AuthToken of one login."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.env = sandbox.env()
        self.http = plain_client(sandbox.ublox_url)
        self.tokens: dict[str, str] = {}

    def login(self) -> None:
        """Get tokens, and send the AuthToken from now on."""
        answer = self.http.post("/authenticate", json=self.credentials())
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        self.http.headers["Authorization"] = f"Bearer {self.tokens['AuthToken']}"

    def credentials(self) -> dict[str, str]:
        """The body of /authenticate."""
        return {"APIKey": self.env["UBLOX_API_KEY"], "APISecret": self.env["UBLOX_API_SECRET"]}

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """One call with a JSON body, or with none."""
        if body is not None:
            more["json"] = body
        return self.http.post(path, **more)

    def ok(self, path: str, body: Any = None) -> Any:
        """The JSON of a call that succeeds."""
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, body: Any, status: int = 400, key: str = "message") -> str:
        """The message of a call that is refused."""
        answer = self.post(path, body)
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {key}
        return str(answer.json()[key])

    def upload(self, text: str) -> httpx.Response:
        """A CSV file for the whitelist."""
        return self.http.post("/device/whitelist/add", content=text.encode(), headers={"Content-Type": CSV})

    def every(self, path: str, key: str, body: dict[str, Any] | None = None) -> list[Any]:
        """All items of a paged list, page by page."""
        items: list[Any] = []
        page = 1
        while True:
            answer = self.ok(path, {**(body or {}), "PageNumber": page})
            items += answer[key]
            if not answer[key] or len(items) >= answer["TotalRecords"]:
                return items
            page += 1


class CalAmp:
    """Requests to the password manager."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.env = sandbox.env()
        self.http = plain_client(sandbox.calamp_url, headers={"x-app-key": self.env["CALAMP_APP_KEY"]})

    def login(self) -> None:
        """Get a token and send it from now on."""
        answer = self.http.post("/api/login", json=self.credentials())
        assert answer.status_code == 200, answer.text
        self.http.headers["Authorization"] = answer.json()["response"]["results"][0]["authToken"]

    def credentials(self) -> dict[str, str]:
        """The body of /api/login."""
        return {"username": self.env["CALAMP_USERNAME"], "password": self.env["CALAMP_PASSWORD"]}

    def get(self, values: str, kind: str = "esn") -> httpx.Response:
        """Passwords with GET."""
        return self.http.get(f"/api/devices/passwords/{kind}", params={"values": values})

    def post(self, body: Any) -> httpx.Response:
        """Passwords with POST."""
        return self.http.post("/api/devices/passwords/all", json=body)


def devices(answer: httpx.Response) -> list[dict[str, Any]]:
    """The devices of a successful CalAmp answer."""
    assert answer.status_code == 200, answer.text
    response = answer.json()["response"]
    assert response["errors"] == []
    return [result["devicePassword"] for result in response["results"]]


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and message of a CalAmp error."""
    response = answer.json()["response"]
    assert response["results"] == []
    [entry] = response["errors"]
    assert entry["code"] == answer.status_code
    return answer.status_code, entry["message"]


def pause() -> None:
    """Wait until CalAmp admits the next request."""
    time.sleep(0.101)

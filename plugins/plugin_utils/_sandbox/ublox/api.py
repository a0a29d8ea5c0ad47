# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an endpoint is: a path, what it takes, what it does to the account, and a handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Access
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    Field,
    Rule,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World


class ApiError(Exception):
    """An answer other than 200, with the documented kind of body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad_request(what: str) -> ApiError:
    """400 with the form of the documented `Bad Request. Invalid ROTPublicUIDs` (/tag/assign)."""
    return ApiError(400, f"Bad Request. {what}")


def not_found(what: str) -> ApiError:
    """404."""
    return ApiError(404, f"Not Found. {what}")


def aborted(why: str) -> ApiError:
    """400 with the form of the documented `Request aborted. This tag is ...` (/tag/delete)."""
    return ApiError(400, f"Request aborted. {why}")


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose token and fields are right."""

    world: World
    path: str
    values: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """The value of a field, None when it was not given."""
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Upload:
    """A second kind of body that an endpoint takes instead of JSON."""

    content_type: str
    handler: Callable[[World, bytes], Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call. All are POST. `token` says which AuthToken it asks for: `valid`, `none`, or what the
    setting of that name says."""

    path: str
    access: Access
    handler: Callable[[Call], Any]
    fields: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()
    token: str = "valid"
    message_key: str = "message"
    upload: Upload | None = None


SUCCESS = "Success"

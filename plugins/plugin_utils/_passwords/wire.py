# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records as they travel between the processes of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.keys import Key, KeyKind, key
from ansible_collections.edgeops.device_trust.plugins.module_utils._live.calamp.shapes import DevicePassword, record_of


def as_data(asked: Key, record: DevicePassword) -> dict[str, object]:
    """``record`` with the key that it was asked for by."""
    return {"kind": asked.kind.value, "key": asked.text, "record": whole(record)}


def from_data(data: Mapping[str, Any]) -> tuple[Key, DevicePassword]:
    return key(KeyKind(data["kind"]), data["key"]), record_of(data["record"])


def whole(record: DevicePassword) -> dict[str, str | None]:
    """The record under the service's own names, passwords in clear."""
    return {
        "esn": record.esn,
        "imei": record.imei,
        "mac": record.mac,
        **{name: secret.reveal() for name, secret in record.fields.items()},
        "createdOn": record.created_on,
        "modifiedOn": record.modified_on,
    }

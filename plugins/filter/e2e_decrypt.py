# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that open messages of devices. Documented in e2e_decrypt.yml."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import DeviceTrustError, open_message

_DECODERS: Mapping[str, Callable[[str], bytes]] = {
    "hex": bytes.fromhex,
    "base64": lambda text: base64.b64decode(text, validate=True),
}
_ENCODERS: Mapping[str, Callable[[bytes], str]] = {
    "text": lambda data: data.decode(),
    "hex": lambda data: data.hex(),
    "base64": lambda data: base64.b64encode(data).decode(),
}


def e2e_decrypt(
    message: object,
    parameters: object,
    encoding: str = "hex",
    result: str = "text",
    header_length: int | None = None,
) -> str:
    """What a device has sent, in clear."""
    if not isinstance(message, str) or not isinstance(parameters, Mapping):
        raise AnsibleFilterError("e2e_decrypt: needs a message as text, and a dictionary of the lookup e2e_parameters")
    decode, encode = _chosen("encoding", encoding, _DECODERS), _chosen("result", result, _ENCODERS)
    try:
        data = decode(str(message))
    except (binascii.Error, ValueError):
        raise AnsibleFilterError(f"e2e_decrypt: the message is not {encoding}") from None
    try:
        return str(encode(open_message(data, parameters, header_length)))
    except DeviceTrustError as problem:
        raise AnsibleFilterError(f"e2e_decrypt: {problem}") from None
    except UnicodeDecodeError:
        raise AnsibleFilterError("e2e_decrypt: what was sent is not UTF-8 text; use result='base64' or 'hex'") from None


def _chosen(option: str, name: str, choices: Mapping[str, Any]) -> Any:
    if name not in choices:
        raise AnsibleFilterError(f"e2e_decrypt: {option} must be one of {', '.join(choices)}, not {name!r}")
    return choices[name]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"e2e_decrypt": e2e_decrypt}

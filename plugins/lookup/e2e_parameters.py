# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: e2e_parameters
short_description: Parameters of end-to-end protection, with their keys
version_added: 0.1.0
description:
  - Returns the parameters that protect the messages of a device, or messages to it, end to end. They hold keys.
  - Up is from the device. A message from it tells by its beginning which parameters it was made with. Down is to the
    device, which is then named by its ROTPublicUID.
  - All terms of one call are asked for at the same time. So give the lookup all of them instead of calling it in a
    loop.
author:
  - The edgeops.device_trust authors (@edgeops)
options:
  _terms:
    description:
      - With O(direction=uplink) the headers with which messages begin, in hexadecimal digits. For O(purpose=protection)
        they are 16 bytes, 12 in messages of version 2. Whole messages may be given; only their headers are sent.
      - With O(direction=downlink) the ROTPublicUIDs of devices. Quote them.
    type: list
    elements: str
    required: true
  direction:
    description: Whether the messages come from the device or go to it.
    type: str
    choices: [uplink, downlink]
    default: uplink
  purpose:
    description: Whether the messages are encrypted, or only authenticated.
    type: str
    choices:
      protection: Parameters to decrypt and to encrypt.
      integrity: Parameters to check and to make authentication codes.
    default: protection
extends_documentation_fragment:
  - edgeops.device_trust.ublox.connection
  - edgeops.device_trust.ublox.plugins
notes:
  - The keys are nowhere kept. Ansible does not hide the result; set C(no_log=true) on tasks that use it.
  - Each term is logged as usage, and so may be charged. With continuous key rotation each call goes on to the next key.
seealso:
  - plugin: edgeops.device_trust.e2e_decrypt
    plugin_type: filter
  - plugin: edgeops.device_trust.e2e_symmetric_key
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Decrypt a message that a device has sent
  ansible.builtin.set_fact:
    reading: "{{ message | edgeops.device_trust.e2e_decrypt(lookup('edgeops.device_trust.e2e_parameters', message)) }}"
  no_log: true

- name: The parameters to encrypt for two devices
  ansible.builtin.set_fact:
    keys_of_devices: "{{ query('edgeops.device_trust.e2e_parameters', *devices, direction='downlink') }}"
  vars:
    devices:
      - "0002000089280001"
      - "0002000089280002"
  no_log: true
"""

RETURN = r"""
_raw:
  description:
    - A dictionary for each term, in their order. What a cipher suite does not need is left out.
    - Keys, nonces and the like are in Base64, lengths in bits.
  type: list
  elements: dict
  contains:
    id:
      description: The device's ROTPublicUID, 16 digits.
      type: str
    cipher_suite:
      description: The cipher suite.
      type: str
      sample: AES_128_CCM
    mac_length:
      description: Length of the authentication code.
      type: int
      sample: 128
    key_length:
      description: Length of RV(_raw[].encryption_key).
      type: int
    auth_key_length:
      description: Length of RV(_raw[].authentication_key).
      type: int
    key:
      description: The key.
      type: str
    encryption_key:
      description: The key to encrypt with, where it is not the one to authenticate with.
      type: str
    authentication_key:
      description: The key to authenticate with.
      type: str
    nonce:
      description: The nonce.
      type: str
    kiv:
      description: The identity vector of the key.
      type: str
    aes_iv:
      description: The initialization vector.
      type: str
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import DeviceTrustError, header_length
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._ublox.options import connection_of
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._ublox.secrets import ask_for_keys

_QUERIES = {
    ("uplink", "protection"): "e2e_uplink_protection",
    ("uplink", "integrity"): "e2e_uplink_integrity",
    ("downlink", "protection"): "e2e_downlink_protection",
    ("downlink", "integrity"): "e2e_downlink_integrity",
}


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        direction, purpose = str(self.get_option("direction")), str(self.get_option("purpose"))
        questions = [_question(term, direction, purpose) for term in self._flatten(terms)]
        try:
            connection = connection_of(self.get_option, self._templar.template)
            return ask_for_keys(connection, _QUERIES[direction, purpose], questions)
        except DeviceTrustError as problem:
            raise AnsibleLookupError(f"e2e_parameters: {problem}") from None


def _question(term: Any, direction: str, purpose: str) -> dict[str, Any]:
    if direction == "downlink":
        return {"id": term}
    return {"encrypted_header": _header_of(str(term), encrypted=purpose == "protection")}


def _header_of(message: str, *, encrypted: bool) -> str:
    """The part of a message that the service needs. What is no message is left to be refused with the reason."""
    try:
        return message[: 2 * header_length(bytes.fromhex(message), encrypted=encrypted)]
    except (ValueError, DeviceTrustError):
        return message

# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References to secrets: what a saved plan holds instead of their values.

========================== =================================================================================
``env:NAME``               an environment variable
``file:PATH``              the text of a file, encrypted or not; the path is relative to the working directory
``vault:ID⏎CIPHERTEXT``    a value that the document holds encrypted, with its vault id
``vault:PATH:L:C⏎DIGEST``  the value at a line and column of an encrypted file, which must not have changed since
========================== =================================================================================

What comes after the line break is not shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._model.errors import DeviceTrustError, Position
from .._model.narrow import known
from .reading import Decrypt, Sources, Unreadable, is_vaulted, read_text

if TYPE_CHECKING:
    import yaml

_DEFAULT_ID = "default"


def env_reference(name: str) -> str:
    return f"env:{name}"


def file_reference(path: Path) -> str:
    return f"file:{path}"


def vault_reference(ciphertext: str) -> str:
    """Of an encrypted value; its first line may name a vault id (``$ANSIBLE_VAULT;1.2;AES256;prod``)."""
    header = ciphertext.partition("\n")[0].split(";")
    name = header[3].strip() if len(header) > 3 else _DEFAULT_ID
    return f"vault:{name}\n{ciphertext}"


def vaulted_file_reference(position: Position, digest: str) -> str:
    """Of a value in a file that is encrypted as a whole; ``digest`` is that of the file as it is on the disk."""
    return f"vault:{position}\n{digest}"


def ciphertext_digest(ciphertext: str) -> str:
    return f"sha256:{hashlib.sha256(ciphertext.encode()).hexdigest()}"


def resolve_reference(reference: str, environ: Mapping[str, str], decrypt: Decrypt | None = None) -> str:
    """The value of the secret that ``reference`` names. Raises DeviceTrustError."""
    scheme, _unused, rest = reference.partition(":")
    sources = Sources(environ, decrypt)
    if scheme == "env":
        return _from_environment(rest, environ)
    try:
        if scheme == "file":
            return stripped(sources.read(Path(rest)).text)
        name, _unused, content = rest.partition("\n")
        if scheme == "vault" and is_vaulted(content):
            return stripped(sources.decrypted(content))
        if scheme == "vault":
            return _from_vaulted_file(name, content, sources)
    except Unreadable as reason:
        raise DeviceTrustError(f"the secret {shown(reference)} cannot be read: {reason}") from None
    raise DeviceTrustError(f"the secret {shown(reference)} cannot be read: references begin with env, file or vault")


def shown(reference: str) -> str:
    """The part of a reference that is for people."""
    return reference.partition("\n")[0]


def stripped(text: str) -> str:
    """A secret as files hold it, without the line break at the end."""
    return text.rstrip("\r\n")


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name)
    if not value:
        raise DeviceTrustError(f"the environment variable {name}, which a secret is taken from, is not set")
    return value


def _from_vaulted_file(place: str, digest: str, sources: Sources) -> str:
    path = place.rsplit(":", 2)[0]
    ciphertext = read_text(Path(path))
    if ciphertext_digest(ciphertext) != digest:
        raise Unreadable("the file has changed since the plan was made; make the plan again")
    for node in _scalars(_parsed(sources.decrypted(ciphertext))):
        mark: Any = node.start_mark
        if str(Position(path, mark.line + 1, mark.column + 1)) == place:
            return str(node.value)
    raise Unreadable("there is no value at this place")


def _parsed(text: str) -> yaml.Node:
    import yaml

    return known(yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _scalars(root: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """The scalars in ``root``, which an earlier reading has found not to repeat itself."""
    import yaml

    pending, seen = [root], set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node
        elif isinstance(node, yaml.MappingNode):
            pending += [child for pair in node.value for child in pair]
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value

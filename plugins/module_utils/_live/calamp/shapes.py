# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Device Password Manager is asked and how its answers read ("CalAmp Password Manager", APIs).

Everything here is marked:

* *documented*: the specification shows it;
* *inferred*: the specification leaves it out, and the comment says what it was inferred from.

Answers are read tolerantly, and requests are written in one form. When the real service turns out to differ,
this is the file to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ..._model.secret import Secret
from .errors import InvalidKey
from .keys import Key, KeyKind, key

# documented: "VAL is a list of 1 up to 500 keys".
MOST_KEYS = 500

# documented: "The API will reject requests arriving at more than 1 per 100ms."
PACE_SECONDS = 0.1

# documented: the paths of the four requests.
LOGIN = "/api/login"
LOGOUT = "/api/logout"
RETRIEVE_BY_POST = "/api/devices/passwords/all"
RETRIEVE_BY_GET = "/api/devices/passwords/{kind}"

# documented: the passwords of a device, in the order of the sample.
FIELDS = ("user", "atCmdSms", "guiEngr", "gui1", "wifi0", "ukey")

_KEYS = frozenset(kind.value for kind in KeyKind)
_DATES = ("createdOn", "modifiedOn")

# inferred: the notation in which a MAC is sent. The sample shows MACs as null only; this is the usual one.
_MAC_SEPARATOR = ":"

# inferred: how the service says that it knows none of the keys. The specification: "An error is returned if
# none of the keys are available", and no more. 404 with the service's own envelope always means it; another
# status only with words like these.
_NONE_STATUSES = frozenset({200, 400})
_NONE_WORDS = re.compile(
    r"none of|not (be )?(found|available|exist)|(does|do) not exist|unavailable"
    r"|no (such |matching )?(device|password|record|key|esn|imei|mac|data|result)"
    r"|unknown (device|key|esn|imei|mac)",
    re.IGNORECASE,
)

# inferred: a refusal that speaks of the app key (the header is called x-app-key) is about that one.
_APP_KEY_WORDS = re.compile(r"app[-_ ]?key|application key|api[-_ ]?key", re.IGNORECASE)

# inferred: how the service rejects what comes too fast. The specification: "The API will reject requests arriving at
# more than 1 per 100ms", and no more. 429 is what HTTP has for it; another status only with words like these.
_TOO_FAST_WORDS = re.compile(
    r"too many requests|rate[- ]?limit|request rate|too (fast|frequent)|throttl|(per|each|every) 100 ?m(s|illi)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DevicePassword:
    """The record of one device. ``fields`` has the passwords by the service's names, only those the device
    has.

    ``created_on`` and ``modified_on`` are the service's texts (ISO 8601), empty when it did not say.
    """

    esn: str | None
    imei: str | None
    mac: str | None
    fields: Mapping[str, Secret]
    created_on: str = ""
    modified_on: str = ""

    def key(self, kind: KeyKind) -> Key | None:
        """Its key of ``kind`` in normal form, None when it has none (or none that is possible)."""
        text = {KeyKind.ESN: self.esn, KeyKind.IMEI: self.imei, KeyKind.MAC: self.mac}[kind]
        if text is None:
            return None
        try:
            return key(kind, text)
        except InvalidKey:
            return None


@dataclass(frozen=True, slots=True)
class Envelope:
    """``{"response": {"results": [...], "errors": [...]}}`` (documented), read."""

    results: Sequence[object]
    errors: Sequence[str]

    @property
    def words(self) -> str:
        return "; ".join(self.errors)


def envelope(data: object) -> Envelope | None:
    """The envelope of ``data``; None when it is something else.

    inferred: an answer without the outer ``response`` is taken too, and either list may be absent, null or a
    single item instead of a list.
    """
    if not isinstance(data, Mapping):
        return None
    inner = data.get("response", data)
    if not isinstance(inner, Mapping) or not ({"results", "errors"} & inner.keys()):
        return None
    return Envelope(_listed(inner.get("results")), [_error_text(error) for error in _listed(inner.get("errors"))])


def login_body(username: str, password: str) -> dict[str, str]:
    """documented."""
    return {"username": username, "password": password}


def auth_token(answer: Envelope) -> str | None:
    """The token, which already holds the word Bearer and is sent as it is (documented: ``results[0].authToken``)."""
    for result in answer.results:
        if isinstance(result, Mapping) and isinstance(token := result.get("authToken"), str) and token.strip():
            return token.strip()
    return None


def sent(item: Key) -> str:
    """How ``item`` is written in a request: an ESN as it was given, the others in one notation."""
    if item.kind is KeyKind.MAC:
        return item.normal.replace(":", _MAC_SEPARATOR)
    return item.text if item.kind is KeyKind.ESN else item.normal


def retrieve_body(kind: KeyKind, batch: Iterable[Key]) -> dict[str, str]:
    """documented: ``{"esn": "1110110001,1110110002"}``."""
    return {kind.value: ",".join(sent(item) for item in batch)}


def retrieve_path(kind: KeyKind, batch: Iterable[Key]) -> str:
    """documented: ``/api/devices/passwords/esn?values=1110110001,1110110002``."""
    values = ",".join(quote(sent(item), safe=":") for item in batch)
    return f"{RETRIEVE_BY_GET.format(kind=kind.value)}?values={values}"


def passwords(answer: Envelope) -> list[DevicePassword]:
    """The records of ``answer`` (documented: ``results[].devicePassword``).

    inferred: a result that is the record itself, without the word ``devicePassword``, is taken too; keys that
    are numbers are read as their digits, empty texts as null; a field with a name of its own is a password.
    """
    found = []
    for result in answer.results:
        record = result.get("devicePassword", result) if isinstance(result, Mapping) else None
        if isinstance(record, Mapping) and _KEYS & record.keys():
            found.append(record_of(record))
    return found


def none_available(status: int, answer: Envelope) -> bool:
    """Whether ``answer`` says that the service knows none of the keys that were asked for."""
    if answer.results:
        return False
    if status == 404:
        return True
    return status in _NONE_STATUSES and (not answer.errors or bool(_NONE_WORDS.search(answer.words)))


def too_fast(data: object) -> bool:
    """Whether the answer ``data``, whatever its status, rejects a request for coming too soon after another."""
    answer = envelope(data)
    return answer is not None and not answer.results and bool(_TOO_FAST_WORDS.search(answer.words))


def speaks_of_app_key(words: str) -> bool:
    return bool(_APP_KEY_WORDS.search(words))


def record_of(record: Mapping[str, object]) -> DevicePassword:
    """``record`` under the service's names, read."""
    texts = {name: text for name, value in record.items() if (text := _text(value)) is not None}
    return DevicePassword(
        esn=texts.get("esn"),
        imei=texts.get("imei"),
        mac=texts.get("mac"),
        fields={name: Secret(text) for name, text in texts.items() if name not in _KEYS and name not in _DATES},
        created_on=texts.get("createdOn", ""),
        modified_on=texts.get("modifiedOn", ""),
    )


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return str(value)


def _listed(value: object) -> Sequence[object]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _error_text(error: object) -> str:
    """inferred: an error is a text, or an object that has one under a usual name."""
    if isinstance(error, Mapping):
        for name in ("message", "Message", "errorMessage", "description", "error", "detail", "code"):
            if error.get(name):
                return str(error[name])
        return "an error without words"
    return str(error)

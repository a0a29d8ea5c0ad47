# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that unlock a device with its password ("CalAmp Password Manager", AT Command and SMS
Authentication).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from enum import StrEnum

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.compatibility import (
    Feature,
    Platform,
    Support,
    support,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import Unquotable


class Form(StrEnum):
    """Which interface of the device the command is for."""

    AT = "at"
    SMS_R0 = "sms_r0"
    SMS_PREFIX = "sms_prefix"


# The AT command is not in the table of compatibility: all platforms have it.
_FEATURES = {Form.SMS_R0: Feature.SMS_R0, Form.SMS_PREFIX: Feature.SMS_PREFIX}


def check_understood(form: Form, platform: Platform, firmware: str | None) -> None:
    """Raise Unquotable unless the specification says that this firmware understands ``form``.

    A device that does not understand a text message does not say so.
    """
    feature = _FEATURES.get(form)
    understood = Support.YES if feature is None else support(feature, platform, firmware)
    shown = f"{platform} {firmware}" if firmware else f"{platform} of unknown firmware"
    if understood is Support.NO:
        raise Unquotable(f"{shown} does not understand the form {form}; use {Form.SMS_R0} or {Form.AT}")
    if understood is Support.UNKNOWN:
        why = "the specification leaves it open" if firmware else "it depends on the firmware, which was not given,"
        raise Unquotable(f"{why} whether {shown} understands the form {form}; use {Form.SMS_R0}, which all do")


def unlock_command(password: str, form: Form = Form.AT, command: str | None = None, *, shape: bool = False) -> str:
    """The command that authenticates with ``password``.

    ``command`` is what the prefix form is put before. ``shape`` gives the same command with the password's
    length in its place, for output. Raises Unquotable rather than return a command that says something else.
    """
    _check(password, form)
    if (form is Form.SMS_PREFIX) != bool(command):
        needs = "needs" if form is Form.SMS_PREFIX else "takes no"
        raise Unquotable(f"the form {form} {needs} command, which is what the form sms_prefix is put before")
    if command and _control_characters(command):
        raise Unquotable("command holds a control character; it must be one line of text")
    shown = f"<{len(password)} characters>" if shape else password
    return _FORMS[form](shown, command or "")


def _check(password: str, form: Form) -> None:
    if not password:
        raise Unquotable("the password is empty")
    if _control_characters(password):
        raise Unquotable("the password holds a control character, which no command can carry")
    if '"' in password:
        raise Unquotable(
            'the password holds a double quote ("), which ends the quotes that password commands need; '
            "have a new password made for this device"
        )
    if form is Form.SMS_PREFIX and "," in password:
        raise Unquotable("the password holds a comma, which ends the password in the form sms_prefix; use sms_r0")


def _control_characters(text: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} for character in text)


def _at(password: str, command: str) -> str:
    return f'AT$PW "{password}"'


def _sms_r0(password: str, command: str) -> str:
    return f"!R0P{password}"


def _sms_prefix(password: str, command: str) -> str:
    return f"!#{password},{command}"


_FORMS: dict[Form, Callable[[str, str], str]] = {
    Form.AT: _at,
    Form.SMS_R0: _sms_r0,
    Form.SMS_PREFIX: _sms_prefix,
}

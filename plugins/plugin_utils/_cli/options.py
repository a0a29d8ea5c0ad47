# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that several commands have, as groups: what a command is given is one value for each group."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Mode

_CONNECTION = "Connection"
_VAULT = "Vault"
_SELECTION = "Selection"
_GUARDS = "Guards"

# As _engine has them, which is not imported for a help page; a test compares.
READS, WRITES = 8, 4


def complete_kind(incomplete: str) -> list[str]:
    """Kinds that begin with ``incomplete``, for the shell."""
    from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import KINDS

    return [name for name in KINDS if name.startswith(incomplete)]


Documents = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH", show_default=False, help="Documents, and directories for the *.yml and *.yaml in them."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How to reach the account. Secrets come from the environment only: options are seen by other processes."""

    api_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", envvar="UBLOX_API_URL", help="The API's address, up to /v1.", rich_help_panel=_CONNECTION
        ),
    ] = None
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="Time for one request.", rich_help_panel=_CONNECTION)
    ] = 30.0
    ca_bundle: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="CA certificates to trust instead of the system's.", rich_help_panel=_CONNECTION
        ),
    ] = None
    proxy: Annotated[
        str | None, typer.Option(metavar="URL", help="An http or https proxy.", rich_help_panel=_CONNECTION)
    ] = None


@dataclass(frozen=True, slots=True)
class VaultOptions:
    """Where the passwords for ansible-vault are, as for Ansible's own commands."""

    vault_password_file: Annotated[
        list[Path],
        typer.Option(
            metavar="FILE", help="A vault password file, or a program that prints it.", rich_help_panel=_VAULT
        ),
    ] = field(default_factory=list)
    vault_id: Annotated[
        list[str], typer.Option(metavar="ID@SOURCE", help="A vault id and its password.", rich_help_panel=_VAULT)
    ] = field(default_factory=list)
    ask_vault_pass: Annotated[
        bool, typer.Option("--ask-vault-pass", help="Ask for the vault password.", rich_help_panel=_VAULT)
    ] = False

    @property
    def given(self) -> bool:
        return bool(self.vault_password_file or self.vault_id or self.ask_vault_pass)


@dataclass(frozen=True, slots=True)
class KindOptions:
    """Kinds to take or to leave out."""

    only: Annotated[
        list[str],
        typer.Option(
            metavar="KIND",
            help="Look at this kind alone; may be repeated.",
            rich_help_panel=_SELECTION,
            autocompletion=complete_kind,
        ),
    ] = field(default_factory=list)
    excluded: Annotated[
        list[str],
        typer.Option(
            "--except",
            metavar="KIND",
            help="Leave this kind out; may be repeated.",
            rich_help_panel=_SELECTION,
            autocompletion=complete_kind,
        ),
    ] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SelectionOptions(KindOptions):
    """What of a declaration to plan."""

    target: Annotated[
        list[str],
        typer.Option(
            metavar="KIND[.KEY]",
            help="Plan this alone, and what it depends on; may be repeated.",
            rich_help_panel=_SELECTION,
            autocompletion=complete_kind,
        ),
    ] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GuardOptions:
    """What a plan may do beyond the defaults."""

    allow_delete: Annotated[
        list[str],
        typer.Option(
            metavar="KIND=N",
            help="Allow up to N deletions of a kind. By default more than 10 and more than 30 % are refused.",
            rich_help_panel=_GUARDS,
        ),
    ] = field(default_factory=list)
    allow_empty: Annotated[
        list[str],
        typer.Option(
            metavar="KIND",
            help="Allow an exclusive section of this kind to be empty, which removes everything.",
            rich_help_panel=_GUARDS,
            autocompletion=complete_kind,
        ),
    ] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How the account is read."""

    parallelism: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=64,
            show_default=f"{READS} reads, {WRITES} writes",
            help="Requests on their way at the same time.",
        ),
    ] = None

    @property
    def reads(self) -> int:
        return self.parallelism or READS

    @property
    def writes(self) -> int:
        return self.parallelism or WRITES


@dataclass(frozen=True, slots=True)
class ApplyOptions(ReadingOptions):
    """How changes are carried out."""

    yes: Annotated[bool, typer.Option("--yes", "-y", "--auto-approve", help="Do not ask before applying.")] = False
    lock_timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Wait this long for another apply on this machine.")
    ] = 0.0
    json: Json = False
    events: Annotated[
        bool, typer.Option("--events", help="Print progress as NDJSON, one event a line; the last one is the report.")
    ] = False


def mode_of(*, json: bool, events: bool = False) -> Mode:
    """Raises typer.BadParameter when both are asked for."""
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Mode

    if json and events:
        raise typer.BadParameter("--json and --events exclude each other: the last event is the JSON document")
    return Mode.EVENTS if events else Mode.JSON if json else Mode.TEXT


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command for typer: its parameters whose type is a group stand for the options of that group."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, type[Any]] = {
        name: hints[name] for name in inspect.signature(command).parameters if dataclasses.is_dataclass(hints[name])
    }

    @functools.wraps(command)
    def with_options(**given: Any) -> None:
        values = {
            name: group(**{each.name: given.pop(each.name) for each in dataclasses.fields(group)})
            for name, group in groups.items()
        }
        command(**given, **values)

    parameters = list(_parameters(command, hints, groups))
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {each.name: each.annotation for each in parameters}
    return with_options


def _parameters(
    command: Callable[..., None], hints: dict[str, Any], groups: dict[str, type[Any]]
) -> Iterator[inspect.Parameter]:
    for name, parameter in inspect.signature(command).parameters.items():
        if name not in groups:
            yield parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            continue
        group_hints = get_type_hints(groups[name], include_extras=True)
        for each in dataclasses.fields(groups[name]):
            default = each.default if each.default_factory is dataclasses.MISSING else each.default_factory()
            yield inspect.Parameter(
                each.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=group_hints[each.name]
            )

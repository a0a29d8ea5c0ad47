# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does: options into a declaration, plan, apply unless it is a check, and the plan as the result."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from . import _engine
from ._engine import KINDS, QUERIES, DeviceTrustError, Guards, InvalidDeclaration, Kind, PlanRefused
from ._model.narrow import known
from ._plan.codec import plan_as_data
from ._plan.text import render

CONNECTION_SPEC: dict[str, dict[str, Any]] = {
    "api_url": {"type": "str", "default": _engine.DEFAULT_URL, "fallback": (env_fallback, ["UBLOX_API_URL"])},
    "api_key": {"type": "str", "no_log": False, "fallback": (env_fallback, ["UBLOX_API_KEY"])},
    "api_secret": {"type": "str", "no_log": True, "fallback": (env_fallback, ["UBLOX_API_SECRET"])},
    "api_token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["UBLOX_API_TOKEN"])},
    "timeout": {"type": "float", "default": 30.0},
    "ca_bundle": {"type": "path"},
    "proxy": {"type": "str"},
}
WAITING_SPEC: dict[str, dict[str, Any]] = {
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 600},
}
GUARDS_SPEC: dict[str, dict[str, Any]] = {
    "allow_delete": {"type": "dict", "default": {}},
    "allow_empty": {"type": "list", "elements": "str", "default": []},
}


class _Module(AnsibleModule):  # type: ignore[misc]  # Ansible has no types
    """An AnsibleModule that also knows the secrets inside of documents and URLs, before it says how it was called."""

    def _load_params(self) -> None:
        super()._load_params()
        self.no_log_values.update(secrets_in(self.params.get("document")))
        for option in ("api_url", "proxy"):
            self.no_log_values.update(_passwords_in(str(self.params.get(option))))


def _passwords_in(url: str) -> set[str]:
    """The password in a URL, as it is written and as it is meant. The URL need not be a good one."""
    written = re.search(r"//[^:/?#]*:(.+)@", url, re.DOTALL)
    return {written[1], unquote(written[1])} if written else set()


def secrets_in(value: object, *, secret: bool = False) -> Iterator[str]:
    """The values under secret fields anywhere in a document that has not been checked yet."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from secrets_in(child, secret=secret or key in _engine.SECRET_FIELDS)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from secrets_in(child, secret=secret)
    elif secret and value is not None and str(value):
        yield str(value)


def run_kind(name: str) -> None:
    """The whole of the module of one kind."""
    kind = KINDS[name]
    waiting = WAITING_SPEC if kind.can_be_awaited else {}
    keyed = kind.key is not None and not _engine.takes_many_names(kind)
    alternatives = [(kind.key.name, "items")] if kind.key and keyed else []
    module = _Module(
        argument_spec={**CONNECTION_SPEC, **GUARDS_SPEC, **waiting, **_engine.argument_spec(kind)},
        mutually_exclusive=alternatives,
        required_one_of=alternatives,
        supports_check_mode=True,
    )
    _run(module, lambda: _engine.load_data(_kind_document(kind, module.params)), assume_references=module.check_mode)


def run_document() -> None:
    """The whole of the module desired_state."""
    module = _Module(
        argument_spec={
            **CONNECTION_SPEC,
            **GUARDS_SPEC,
            **WAITING_SPEC,
            "document": {"type": "dict"},
            "files": {"type": "list", "elements": "path"},
        },
        mutually_exclusive=[("document", "files")],
        required_one_of=[("document", "files")],
        supports_check_mode=True,
    )

    def declared() -> _engine.Desired:
        if module.params["files"]:
            return _engine.load_files([Path(file) for file in module.params["files"]])
        return _engine.load_data(module.params["document"] or {}, "document")

    _run(module, declared)


def run_query(*names: str) -> None:
    """The whole of a module that only asks: one query, or several whose answers are one result."""
    queries = [QUERIES[name] for name in names]
    options = {name: option for query in queries for name, option in _engine.query_spec(query).items()}
    module = _Module(argument_spec={**CONNECTION_SPEC, **options}, supports_check_mode=True)
    _need(module, "httpx")
    result: dict[str, Any] = {"changed": False}
    with _failures(module, result), _account(_engine.Connection.from_options(module.params), result) as account:
        for answer in _engine.ask_all(account, [(query, module.params) for query in queries]):
            result.update(answer)
    module.exit_json(**result)


def run_login() -> None:
    """The whole of the module login. Its action plugin keeps the token from being shown."""
    module = _Module(argument_spec=CONNECTION_SPEC, supports_check_mode=True)
    _need(module, "httpx")
    with _failures(module, {"changed": False}):
        token, seconds = _engine.sign_in(_engine.Connection.from_options(module.params))
    module.exit_json(changed=False, api_token=token, lifetime_seconds=seconds)


def _kind_document(kind: Kind, params: Mapping[str, Any]) -> dict[str, Any]:
    """The document that says what the options of a kind's module say."""
    given = {name: params.get(name) for name in kind.by_name}
    if kind.singleton:
        return {kind.section: _given({**given, "mode": params["mode"]})}
    if _engine.takes_many_names(kind):
        key = known(kind.key).name
        items = [_given({**given, key: name}) for name in params[key]]
    else:
        items = [_given(item) for item in params["items"]] if params["items"] is not None else [_given(given)]
    if kind.within:
        return _nested_document(kind, items)
    return {kind.section: {"mode": params["mode"], "items": items} if "mode" in params else items}


def _nested_document(kind: Kind, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Objects that a document writes inside those of another kind."""
    parent = KINDS[kind.within]
    own, outer = known(kind.key).name, known(parent.key).name
    return {parent.section: [{outer: item.pop(own), kind.name: item} for item in map(dict, items)]}


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given: Ansible fills in None for the others, at any depth."""
    return {
        name: _given(value) if isinstance(value, dict) else value
        for name, value in options.items()
        if value is not None
    }


def _run(module: AnsibleModule, declare: Callable[[], _engine.Desired], *, assume_references: bool = False) -> None:
    _need(module, "httpx", "jsonschema", "yaml")
    result: dict[str, Any] = {"changed": False}
    with _failures(module, result):
        _check_waiting(module.params)
        desired = declare()
        guards = _guards(module.params, assume_references)
        connection = _engine.Connection.from_options(module.params)
        state = _engine.AccountState.of(connection.fingerprint)
        with _account(connection, result) as account:
            task = _Task(module, account, state, result)
            plan = task.plan(desired, guards)
            if not module.check_mode:
                task.apply(plan)
            if "wait" in module.params:
                task.wait(plan)
    module.exit_json(**result)


def _check_waiting(params: Mapping[str, Any]) -> None:
    if params.get("wait_timeout", 0) < 0:
        raise _InvalidOption(f"wait_timeout: must be 0 or more seconds, got {params['wait_timeout']}")


class _InvalidOption(DeviceTrustError):
    """An option of a module cannot have this value."""


def _need(module: AnsibleModule, *libraries: str) -> None:
    for library in libraries:
        if importlib.util.find_spec(library) is None:
            module.fail_json(msg=missing_required_lib(library))


@contextmanager
def _account(connection: _engine.Connection, result: dict[str, Any]) -> Iterator[_engine.Account]:
    """The live account; how much was asked of it goes into ``result`` in any case."""
    with _engine.connect(connection) as account:
        try:
            yield account
        finally:
            result["requests"] = {"reads": account.traffic.reads, "writes": account.traffic.writes}


class _Incomplete(DeviceTrustError):
    """Some changes of a plan were not carried out."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One task of a play. What becomes of it goes into ``result`` step by step: a failure shows what was done."""

    module: AnsibleModule
    account: _engine.Account
    state: _engine.AccountState
    result: dict[str, Any]

    def plan(self, desired: _engine.Desired, guards: Guards) -> _engine.Plan:
        plan = _engine.plan(desired, self.account, guards, state=self.state)
        data = plan_as_data(plan)
        self.result.update(changed=bool(plan), changes=data["changes"], summary=data["summary"])
        for warning in plan.warnings:
            self.module.warn(warning)
        if self.module._diff:
            self.result["diff"] = {"prepared": render(plan)}
        return plan

    def apply(self, plan: _engine.Plan) -> None:
        # An empty plan is applied too: what was declared is remembered, so that a rotated secret is noticed later.
        report = _engine.apply(plan, self.account, state=self.state)
        for warning in report.warnings:
            self.module.warn(warning)
        if plan:
            self.result.update(report=report.as_data(), changed=report.changed)
            self.result["summary"]["text"] = report.text()
        if not report.ok:
            raise _Incomplete(report.text())

    def wait(self, plan: _engine.Plan) -> None:
        """Tells which devices have not done yet what was declared; waits for them if that is asked for."""
        self.result["pending"] = _engine.awaited_devices(plan)
        if not self.module.params["wait"] or self.module.check_mode or not self.result["pending"]["count"]:
            return
        seconds = self.module.params["wait_timeout"]
        pending = _engine.wait_for_devices(plan.desired, self.account, self.state, seconds)
        self.result["pending"] = pending
        if count := pending["count"]:
            devices = "a device has" if count == 1 else f"{count:,} devices have"
            raise _Incomplete(
                f"after {seconds} s {devices} not done what was declared ({', '.join(pending['sample'])}); that "
                "happens at a device's next security heartbeat: wait longer (wait_timeout), or run the task again then"
            )


@contextmanager
def _failures(module: AnsibleModule, result: dict[str, Any]) -> Iterator[None]:
    """Turns what can go wrong into a failed task whose message says it all, with what is known so far."""
    try:
        yield
    except (InvalidDeclaration, PlanRefused) as wrong:
        problems = [str(problem) for problem in wrong.problems]
        module.fail_json(msg="\n".join(problems), problems=problems, **result)
    except DeviceTrustError as failure:
        module.fail_json(msg=str(failure), **result)


def _guards(params: Mapping[str, Any], assume_references: bool) -> Guards:
    allowed = {str(kind): str(number) for kind, number in params["allow_delete"].items()}
    return _engine.guards(allowed, params["allow_empty"], assume_references=assume_references)

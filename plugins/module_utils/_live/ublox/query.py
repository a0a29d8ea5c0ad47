# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Query is: a call that answers, declared once. Options, their documentation and the request derive from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, TypeAlias

from ..._model.errors import InvalidDeclaration, Problem
from ..._model.ids import ID_RULE, is_id

Body: TypeAlias = Mapping[str, Any]
_QUOTE = "quote it, or YAML takes it for a number and drops its zeros"
_EDGE = timedelta(minutes=1)
"""A moment exactly as old as the oldest that is allowed may be too old when it arrives."""


class Asked(Enum):
    """What a parameter takes. The value is Ansible's type of it."""

    TEXT = "str"
    TEXTS = "list of str"
    ID = "raw"
    IDS = "list of raw"  # not converted to text: a number has lost its zeros, and is refused with a hint
    INTEGER = "int"
    MOMENT = "moment"  # ISO 8601; without a zone it is UTC
    DAY = "day"  # yyyy-mm-dd
    LAST_DAYS = "days"  # so many days back, sent as a MOMENT
    LAST_DAYS_BY_DATE = "days, sent as a DAY"


_LISTS = frozenset({Asked.TEXTS, Asked.IDS})
_OPTION_TYPES: Mapping[Asked, dict[str, Any]] = {
    Asked.TEXT: {"type": "str"},
    Asked.TEXTS: {"type": "list", "elements": "str"},
    Asked.ID: {"type": "raw"},
    Asked.IDS: {"type": "list", "elements": "raw"},
    Asked.INTEGER: {"type": "int"},
    Asked.MOMENT: {"type": "str"},
    Asked.DAY: {"type": "str"},
    Asked.LAST_DAYS: {"type": "int"},
    Asked.LAST_DAYS_BY_DATE: {"type": "int"},
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be asked for, as option ``name`` and as request field ``wire``.

    ``selects``: it names what is asked about, so that an empty list asks about nothing. ``oldest_days`` bounds how far
    back a date may lie. ``batch`` is how many of a list are sent with one request. ``rule`` says in a sentence what
    ``pattern`` demands.
    """

    name: str
    wire: str
    type: Asked
    description: str
    required: bool = False
    selects: bool = False
    choices: tuple[str | int, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    rule: str = ""
    oldest_days: int = 0
    batch: int = 0


class Form(Enum):
    """How the answer comes."""

    PAGES = "a list in pages"
    LIST = "a list at once"
    OBJECT = "one object"


Gather: TypeAlias = "Callable[[Sequence[Any], Body], Mapping[str, Any]]"


@dataclass(frozen=True, slots=True)
class Query:
    """A call that only reads, with what it takes and what it answers.

    ``items`` is the key of the list in the answer, empty when the answer is the list itself. ``read`` turns one item
    (or the whole of an object) into our words, ``gather`` all of them, and what stood beside the list, into the result.
    ``always`` is what every request says. Of the parameters in each of ``one_of`` at least one must be given, of those
    in each of ``not_both`` at most one.
    """

    name: str
    path: str
    form: Form
    read: Callable[[Any], Any]
    gather: Gather
    items: str = ""
    parameters: tuple[Parameter, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    not_both: tuple[tuple[str, ...], ...] = ()
    always: Body = field(default_factory=dict)


def query_spec(query: Query) -> dict[str, dict[str, Any]]:
    """The query's options as AnsibleModule takes them."""
    return {
        name: {key: value for key, value in option.items() if key != "description"}
        for name, option in query_options(query).items()
    }


def query_options(query: Query) -> dict[str, dict[str, Any]]:
    """The query's options as Ansible documentation takes them."""
    return {parameter.name: _option(query, parameter) for parameter in query.parameters}


def _option(query: Query, parameter: Parameter) -> dict[str, Any]:
    option = {**_OPTION_TYPES[parameter.type], "description": list(_sentences(query, parameter))}
    if parameter.required:
        option["required"] = True
    if parameter.choices:
        option["choices"] = list(parameter.choices)
    return option


def _sentences(query: Query, parameter: Parameter) -> Iterator[str]:
    yield parameter.description
    if parameter.rule:
        yield f"It {parameter.rule}."
    if parameter.minimum is not None:
        yield f"{_range(parameter).capitalize()}."
    if parameter.oldest_days and parameter.type in {Asked.MOMENT, Asked.DAY}:
        yield f"At most {parameter.oldest_days} days ago."
    for names in query.one_of:
        if parameter.name in names:
            yield f"One of {_options(names)} is needed."
    for names in query.not_both:
        if parameter.name in names:
            yield f"Only one of {_options(names)} can be given."


def _range(parameter: Parameter) -> str:
    low, high = parameter.minimum, parameter.maximum
    return f"at least {low}" if high is None else f"from {low} to {high}"


def _options(names: Sequence[str]) -> str:
    marked = [f"O({name})" for name in names]
    return f"{', '.join(marked[:-1])} and {marked[-1]}"


def requests_of(query: Query, options: Mapping[str, Any], now: datetime) -> tuple[Body, ...]:
    """The bodies of the requests that ask for what ``options`` say; none when they select nothing.

    Raises InvalidDeclaration with everything that is wrong in them.
    """
    given = [(parameter, options[parameter.name]) for parameter in query.parameters if _is_given(options, parameter)]
    problems = list(_broken_rules(query, {parameter.name for parameter, _unused in given}))
    body: dict[str, Any] = dict(query.always)
    for parameter, value in given:
        try:
            body[parameter.wire] = _READERS[parameter.type](parameter, value, now)
        except _Wrong as wrong:
            problems += wrong.problems
    problems += _backwards(query, body)
    if problems:
        raise InvalidDeclaration(problems)
    selected = [body[parameter.wire] for parameter, _unused in given if parameter.selects]
    if selected and not any(selected):
        return ()
    return tuple(_batches(query, {wire: value for wire, value in body.items() if value != []}))


def _is_given(options: Mapping[str, Any], parameter: Parameter) -> bool:
    return options.get(parameter.name) is not None


def _broken_rules(query: Query, given: set[str]) -> Iterator[Problem]:
    for parameter in query.parameters:
        if parameter.required and parameter.name not in given:
            yield Problem("is needed", parameter.name)
    for names in query.one_of:
        if not given.intersection(names):
            yield Problem(f"one of {', '.join(names)} is needed")
    for names in query.not_both:
        both = [name for name in names if name in given]
        if len(both) > 1:
            yield Problem(f"{' and '.join(both)} cannot be given together")


def _backwards(query: Query, body: Body) -> Iterator[Problem]:
    """Both ends are ISO 8601 in UTC, so their order is that of their texts."""
    if body.get("ToDate", "") and body["ToDate"] < body.get("FromDate", ""):
        name = next((parameter.name for parameter in query.parameters if parameter.wire == "ToDate"), "")
        yield Problem(f"{body['ToDate']} is before the beginning, {body['FromDate']}", name)


def _batches(query: Query, body: Body) -> Iterator[Body]:
    """``body`` as one request, or as several that share out a long list; the first of them has all other selections."""
    long = next((p for p in query.parameters if p.batch and len(body.get(p.wire, ())) > p.batch), None)
    if long is None:
        yield body
        return
    shared = {parameter.wire for parameter in query.parameters if not parameter.selects}
    rest = {wire: value for wire, value in body.items() if wire in shared}
    values = body[long.wire]
    for start in range(0, len(values), long.batch):
        yield {**(rest if start else body), long.wire: values[start : start + long.batch]}


class _Wrong(Exception):
    """What is wrong with one value."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__()


def _text(parameter: Parameter, value: Any, _now: datetime) -> str:
    found = str(value)
    if not found:
        raise _Wrong(Problem("must not be empty", parameter.name))
    if parameter.choices and found not in parameter.choices:
        raise _not_a_choice(parameter, value)
    if parameter.pattern and not re.fullmatch(parameter.pattern, found):
        raise _Wrong(Problem(f"{found!r} {parameter.rule}", parameter.name))
    return found


def _each(read: Callable[[Parameter, Any, datetime], str]) -> Callable[[Parameter, Any, datetime], list[str]]:
    def read_all(parameter: Parameter, values: Any, now: datetime) -> list[str]:
        found: dict[str, None] = {}  # in order, each once
        problems: list[Problem] = []
        if not isinstance(values, list):
            raise _Wrong(Problem("must be a list", parameter.name))
        for number, value in enumerate(values):
            try:
                found[read(parameter, value, now)] = None
            except _Wrong as wrong:
                problems += [Problem(p.message, f"{parameter.name}[{number}]", hint=p.hint) for p in wrong.problems]
        if not values and not parameter.selects:
            problems.append(Problem("must not be empty", parameter.name))
        if problems:
            raise _Wrong(*problems)
        return list(found)

    return read_all


def _id(parameter: Parameter, value: Any, _now: datetime) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise _Wrong(Problem(f"{value} is a number, not an id", parameter.name, hint=_QUOTE))
    if not isinstance(value, str) or not is_id(value.strip()):
        raise _Wrong(Problem(f"{value!r} is not an id", parameter.name, hint=f"expected {ID_RULE}"))
    return value.strip()


def _integer(parameter: Parameter, value: Any, _now: datetime) -> int:
    low, high = parameter.minimum, parameter.maximum
    number = int(value)
    if (low is not None and number < low) or (high is not None and number > high):
        raise _Wrong(Problem(f"{number} is out of range (allowed: {_range(parameter)})", parameter.name))
    if parameter.choices and number not in parameter.choices:
        raise _not_a_choice(parameter, value)
    return number


def _not_a_choice(parameter: Parameter, value: Any) -> _Wrong:
    return _Wrong(Problem(f"{value!r} is none of {', '.join(map(str, parameter.choices))}", parameter.name))


def _moment(parameter: Parameter, value: Any, now: datetime) -> str:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise _Wrong(
            Problem(f"{str(value)!r} is not a date of ISO 8601", parameter.name, hint="as 2026-11-01T00:00:00+00:00")
        ) from None
    moment = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    _refuse_older(parameter, moment.date(), now)
    return moment.isoformat(timespec="seconds")


def _day(parameter: Parameter, value: Any, now: datetime) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise _Wrong(Problem(f"{str(value)!r} is not a date", parameter.name, hint="as 2026-11-01")) from None
    _refuse_older(parameter, day, now)
    return day.isoformat()


def _refuse_older(parameter: Parameter, day: date, now: datetime) -> None:
    days = parameter.oldest_days
    if days and (now.date() - day).days > days:
        raise _Wrong(Problem(f"{day} is more than {days} days ago; the service goes back no further", parameter.name))


def _last_days(parameter: Parameter, value: Any, now: datetime) -> str:
    days = _integer(parameter, value, now)
    return (now - timedelta(days=days) + _EDGE).astimezone(UTC).isoformat(timespec="seconds")


def _last_days_by_date(parameter: Parameter, value: Any, now: datetime) -> str:
    return (now - timedelta(days=_integer(parameter, value, now))).date().isoformat()


_READERS: Mapping[Asked, Callable[[Parameter, Any, datetime], Any]] = {
    Asked.TEXT: _text,
    Asked.TEXTS: _each(_text),
    Asked.ID: _id,
    Asked.IDS: _each(_id),
    Asked.INTEGER: _integer,
    Asked.MOMENT: _moment,
    Asked.DAY: _day,
    Asked.LAST_DAYS: _last_days,
    Asked.LAST_DAYS_BY_DATE: _last_days_by_date,
}

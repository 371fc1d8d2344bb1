"""Options: from what a person writes to what a measure takes, checked against its signature."""

from __future__ import annotations

import types
import typing
from datetime import date
from typing import Any, Literal

from multivector.errors import BadValue, BadYear, UnknownOrganisation, choices
from multivector.measures import Option
from multivector.names import states

FIRST_YEAR = 1816


def last_year() -> int:
    """Return the last year that can be asked about: this one."""
    return date.today().year


def check_year(value: object) -> int:
    """Return a year as a whole number.

    Raises
    ------
    BadYear
        If it is not a year between 1816, where the field's lists begin, and this year.
    """
    try:
        year = int(str(value).strip())
    except ValueError:
        year = 0
    if not FIRST_YEAR <= year <= last_year():
        raise BadYear(
            f"{value!r} is not a year; expected {FIRST_YEAR} to {last_year()}; correct the year"
        )
    return year


def year_range(value: object) -> tuple[int, int] | None:
    """Return first and last year of ``2015``, ``"1992:2019"`` or ``(1992, 2019)``.

    >>> year_range("1992:2019")
    (1992, 2019)
    """
    if value is None:
        return None
    parts: list[object]
    if isinstance(value, str):
        parts = list(value.split(":"))
    else:
        parts = list(value) if isinstance(value, tuple | list) else [value]
    years = [check_year(part) for part in parts]
    if len(years) not in (1, 2) or years[0] > years[-1]:
        raise BadYear(
            f"{value!r} is not a span of years; expected one year or FIRST:LAST with the first "
            "not after the last; correct it, as in 1992:2019"
        )
    return years[0], years[-1]


def coerce(option: Option, value: Any) -> Any:
    """Return a value of the option's type, from text or from Python values.

    Raises
    ------
    BadValue
        If the value does not fit.
    """
    name = option.name
    if name == "years":
        return year_range(value)
    if name in ("state", "state_a", "state_b", "partner"):
        return None if value is None else states.identify(value)
    if name in ("states",):
        return tuple(states.identify(part) for part in _list(value))
    if name == "poles":
        return poles(value)
    if name == "organisation":
        return organisation(value)
    return _coerce(name, option.annotation, value)


def poles(value: object) -> tuple[str, ...]:
    """Return poles as codes: states, or organisations whose members of the year stand for them."""
    from multivector.names import organisations

    known = set(organisations.table()["organisation"])
    return tuple(p if p in known else states.identify(p) for p in _list(value))


def organisation(value: object) -> str | None:
    """Return an organisation's code; one we do not carry stays as it is, for installed tables."""
    from multivector.names import organisations

    if value is None:
        return None
    try:
        return organisations.find(str(value))
    except UnknownOrganisation:
        return str(value)


def _list(value: object) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else list(typing.cast("list[str]", value))
    return [str(part).strip() for part in parts if str(part).strip()]


def _coerce(name: str, annotation: Any, value: Any) -> Any:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _coerce_union(name, arguments, value)
    if origin is Literal:
        for allowed in arguments:
            if str(allowed) == str(value):
                return allowed
        raise _wrong(name, value, f"one of {choices(arguments)}")
    if origin in (tuple, list, frozenset, set):
        inner = arguments[0] if arguments else str
        items = _list(value) if isinstance(value, str) else list(value)
        return origin(_coerce(name, inner, item) for item in items)
    if annotation is bool:
        return _truth(name, value)
    if annotation in (int, float):
        return _number(name, annotation, value)
    return value


def _coerce_union(name: str, arguments: tuple[Any, ...], value: Any) -> Any:
    if value is None or (value == "none" and type(None) in arguments):
        return None
    failure: BadValue | None = None
    for inner in arguments:
        if inner is type(None):
            continue
        try:
            return _coerce(name, inner, value)
        except BadValue as error:
            failure = error
    raise failure or _wrong(name, value, "nothing else")


def _truth(name: str, value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = words.get(str(value).lower())
    if found is None:
        raise _wrong(name, value, "yes or no")
    return found


def _number(name: str, kind: type[int] | type[float], value: Any) -> int | float:
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise _wrong(name, value, "a whole number" if kind is int else "a number") from None


def _wrong(name: str, value: object, expected: str) -> BadValue:
    return BadValue(f"{value!r} is no value for {name}; expected {expected}; correct it")

"""Codebooks: a study's own variables as data, each with its question, values and their meaning.

A codebook is a file ``codebooks/NAME.toml`` of the study. What it defines is asked in coding,
checked in every coding of its variables, taken as scale and order by the measures of agreement, and
described in projects for other programs.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from multivector.documents.rules.statements import FIELDS
from multivector.errors import BadValue, UnknownName, UnreadableFile, choices

__all__ = [
    "APPLIES",
    "SCALES",
    "Codebook",
    "Value",
    "Variable",
    "codebooks_of",
    "described",
    "descriptions",
    "load",
    "variable",
    "wanted",
]

SCALES = ("nominal", "ordinal", "interval")
APPLIES = ("passage", *FIELDS)
"""What a variable can be asked of: passages, and the kinds of statements."""

FOLDER = "codebooks"
_LONGEST = 60
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Value:
    """A value of a variable: what is stored, how it is shown, what it means, and an example."""

    value: str
    label: str
    definition: str = ""
    example: str = ""
    order: int | None = None


@dataclass(frozen=True)
class Variable:
    """A variable: its question, scale, and values in order; an interval scale may have none."""

    name: str
    question: str
    scale: str
    values: tuple[Value, ...]
    applies_to: tuple[str, ...] = ("passage",)

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the values as they are stored, in order."""
        return tuple(value.value for value in self.values)

    def check(self, value: str) -> str:
        """Return a value of the variable as it is stored.

        Raises
        ------
        BadValue
            If the variable has no such value.

        Examples
        --------
        >>> Variable("tone", "How?", "nominal", (Value("warm", "Warm"),)).check("warm")
        'warm'
        >>> Variable("years", "How many?", "interval", ()).check("2.50")
        '2.5'
        """
        text = value.strip()
        if self.scale == "interval" and not self.values:
            number = _number(text)
            if number is None:
                raise BadValue(
                    f"{value!r} is no value of {self.name}; expected a number; as in 3 or 0.5"
                )
            return f"{number:.15g}"
        if text not in self.categories:
            raise BadValue(
                f"{value!r} is no value of {self.name}; expected {choices(self.categories, 40)}; "
                "correct it, or add it to the codebook"
            )
        return text


@dataclass(frozen=True)
class Codebook:
    """A codebook: its name, version, a note, and its variables."""

    name: str
    version: str
    note: str
    variables: tuple[Variable, ...]


def codebooks_of(study: Path) -> tuple[Codebook, ...]:
    """Return the codebooks of a study, by name of file.

    Raises
    ------
    UnreadableFile
        If one cannot be read or is not as a codebook is written.
    BadValue
        If two define the same variable.
    """
    paths = sorted((study / FOLDER).glob("*.toml"))
    found = tuple(load(path) for path in paths)
    owner: dict[str, str] = {}
    for path, book in zip(paths, found, strict=True):
        for each in book.variables:
            other = owner.setdefault(each.name, path.name)
            if other != path.name:
                raise BadValue(
                    f"{other} and {path.name} both define {each.name!r}; expected a variable in "
                    "one codebook; rename it in one of them"
                )
    return found


def variable(study: Path, name: str) -> Variable | None:
    """Return a variable of the study's codebooks; null if none defines it."""
    known = {each.name: each for book in codebooks_of(study) for each in book.variables}
    return known.get(name)


def wanted(study: Path, name: str) -> Variable:
    """Return a variable of the study's codebooks.

    Raises
    ------
    UnknownName
        If no codebook defines it.
    """
    found = variable(study, name)
    if found is None:
        known = [each.name for book in codebooks_of(study) for each in book.variables]
        raise UnknownName(
            f"no codebook defines {name!r}; expected one of: {choices(known) or 'none yet'}; "
            f"write it into {FOLDER}/NAME.toml in the study"
        )
    return found


def load(path: Path) -> Codebook:
    """Return the codebook in a file.

    Raises
    ------
    UnreadableFile
        If the file cannot be read, or something in it is missing, unknown or impossible; the
        message names the place.
    """
    try:
        data = path.read_bytes()
        if len(data) > _LARGEST:
            raise UnreadableFile(
                f"{path.name} has {len(data):,} bytes; expected a codebook of at most {_LARGEST:,};"
                " put long examples elsewhere"
            )
        given = tomllib.loads(data.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, UnreadableFile):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(
            f"{path.name} cannot be read ({reason}); expected a codebook in TOML, UTF-8; "
            "correct it there; docs/how-to/write-a-codebook.md has an example"
        ) from error
    return _codebook(_Place(path.name, ""), given)


@dataclass(frozen=True)
class _Place:
    """Where in a codebook something stands, for messages."""

    file: str
    at: str

    def inside(self, at: str) -> _Place:
        return _Place(self.file, f"{self.at}{', ' if self.at else ''}{at}")

    def wrong(self, what: str, expected: str, do: str = "correct it") -> UnreadableFile:
        where = f" ({self.at})" if self.at else ""
        return UnreadableFile(f"{self.file}{where}: {what}; expected {expected}; {do}")


def _codebook(place: _Place, given: Mapping[str, Any]) -> Codebook:
    _keys(place, given, ("name", "note", "version", "variables"), ("name", "version", "variables"))
    listed = _tables(place, given["variables"], "variables")
    variables = tuple(_variable(place.inside(f"variable {at}"), v) for at, v in listed)
    _distinct(place, [each.name for each in variables], "variable")
    version = given["version"]
    if isinstance(version, bool) or not isinstance(version, str | int | float):
        raise place.wrong("version is no text", 'one such as "1" or "2026-05"')
    return Codebook(
        _text(place, given, "name", _LONGEST), str(version), _text(place, given, "note"), variables
    )


def _variable(place: _Place, given: Mapping[str, Any]) -> Variable:
    known = ("name", "question", "scale", "values", "applies_to")
    _keys(place, given, known, ("name", "question", "scale"))
    name = _text(place, given, "name", _LONGEST)
    place = _Place(place.file, f"variable {name}")
    scale = given["scale"]
    if scale not in SCALES:
        raise place.wrong(f"{scale!r} is no scale", choices(SCALES))
    listed = _tables(
        place, given.get("values", []), "values", least=0 if scale == "interval" else 2
    )
    values = [_value(place.inside(f"value {at}"), v) for at, v in listed]
    _distinct(place, [each.value for each in values], "value")
    if scale == "interval" and any(_number(each.value) is None for each in values):
        raise place.wrong("a value of an interval scale is no number", "numbers", "or say ordinal")
    return Variable(
        name,
        _text(place, given, "question"),
        scale,
        _ordered(place, values),
        _applies(place, given),
    )


def _value(place: _Place, given: Mapping[str, Any]) -> Value:
    _keys(place, given, ("value", "label", "definition", "example", "order"), ("value",))
    raw = given["value"]
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        given = {**given, "value": f"{raw:.15g}"}
    order = given.get("order")
    if order is not None and (isinstance(order, bool) or not isinstance(order, int)):
        raise place.wrong(f"order is {order!r}", "a whole number")
    value = _text(place, given, "value", _LONGEST)
    return Value(
        value,
        _text(place, given, "label", _LONGEST) or value,
        _text(place, given, "definition"),
        _text(place, given, "example"),
        order,
    )


def _ordered(place: _Place, values: list[Value]) -> tuple[Value, ...]:
    """Return values in their order: by ``order`` where given, else as they stand in the file."""
    orders = [each.order for each in values if each.order is not None]
    if not orders:
        return tuple(values)
    if len(orders) < len(values):
        raise place.wrong("some values have an order and some have none", "one for each, or none")
    _distinct(place, [str(order) for order in orders], "order")
    return tuple(sorted(values, key=lambda each: each.order or 0))


def _applies(place: _Place, given: Mapping[str, Any]) -> tuple[str, ...]:
    found = given.get("applies_to", ["passage"])
    if not isinstance(found, list) or not found or any(each not in APPLIES for each in found):
        raise place.wrong(f"applies_to is {found!r}", f"a list of some of {choices(APPLIES)}")
    return tuple(dict.fromkeys(found))


def _keys(
    place: _Place, given: Mapping[str, Any], known: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    strange = sorted(set(given) - set(known))
    if strange:
        raise place.wrong(
            f"{strange[0]!r} is not known here", choices(known), "rename or remove it"
        )
    missing = [name for name in needed if name not in given]
    if missing:
        raise place.wrong(f"{missing[0]} is missing", choices(needed), "add it")


def _tables(
    place: _Place, given: Any, name: str, least: int = 1
) -> list[tuple[int, Mapping[str, Any]]]:
    if not isinstance(given, list) or any(not isinstance(each, dict) for each in given):
        raise place.wrong(f"{name} is no list of tables", f"[[{name}]] for each")
    if len(given) < least:
        raise place.wrong(f"there are {len(given)} {name}", f"{least} or more", "add some")
    return list(enumerate(given, start=1))


def _text(place: _Place, given: Mapping[str, Any], name: str, longest: int | None = None) -> str:
    """Return a text of one line; a short one is needed where it names something."""
    found = given.get(name, "")
    if not isinstance(found, str):
        raise place.wrong(f"{name} is {found!r}", "a text in quotation marks")
    found = " ".join(found.split())
    if longest is not None and (len(found) > longest or not found.isprintable()):
        raise place.wrong(f"{name} is too long", f"at most {longest} characters", "shorten it")
    if name in ("name", "question", "value") and not found:
        raise place.wrong(f"{name} is empty", "a text")
    return found


def _distinct(place: _Place, names: list[str], what: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise place.wrong(f"the {what} {twice!r} stands there twice", "each once", "remove one")


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def descriptions(books: tuple[Codebook, ...]) -> dict[tuple[str, str | None], str]:
    """Return what a project says of each code: of a variable (value null) and of each value.

    Examples
    --------
    >>> tone = Variable("tone", "How warm?", "nominal", (Value("warm", "Warm", "Praise."),))
    >>> descriptions((Codebook("b", "1", "", (tone,)),))
    {('tone', None): 'How warm?', ('tone', 'warm'): 'Warm: Praise.'}
    """
    found: dict[tuple[str, str | None], str] = {}
    for book in books:
        for each in book.variables:
            found[each.name, None] = each.question
            for value in each.values:
                found[each.name, value.value] = described(value)
    return found


def described(value: Value) -> str:
    """Return a value in one line: its label, definition and example, as far as they are given."""
    text = value.label
    if value.definition:
        text += f": {value.definition}"
    return f"{text} Example: {value.example}" if value.example else text


VARIABLES = ("type", "dimension", "power", "mode", "status", "comparison", "unit", "sides_with")
"""The fields of statements that are categories, each a variable beside ``kind``."""

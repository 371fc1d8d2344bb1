"""Measures: one module a family, one pure function a published measure.

There is no register. A measure is a function named in its family's ``__all__`` whose return type is
a result table: its positional parameters are record tables, its keyword-only parameters options.
From the signature come this catalogue, the command, the form and the reference entry.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import polars as pl

from multivector.errors import UnknownName, choices, nearest
from multivector.measures import docstrings
from multivector.tables import OF_CLUB, OWN, Table, Within

HOW = frozenset({"progress", "checkpoint", "resume"})
"""Options that say how a computation runs and not what it is: no part of a ``Run``."""


ALSO = {"rao_index": "multivector_index"}
"""Names that a measure goes by as well: what it is, where its own says more than it shows."""


@dataclass(frozen=True)
class Option:
    """A keyword-only parameter: its name, type and default."""

    name: str
    annotation: Any
    default: Any

    @property
    def required(self) -> bool:
        """Return whether the option has no default."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True)
class Measure:
    """What a measure's signature says: the tables it takes, its options, the table it gives.

    ``inputs`` maps parameter names to tables; those in ``optional`` may be left out, and of those
    in ``own`` a question about one state needs only that state's rows, and of those in ``club`` one
    about an organisation only that organisation's. Of those in ``within`` a measure with years of
    its own needs only these and so many before. ``main`` names the field that holds the main table
    where the measure returns several.
    """

    name: str
    family: str
    function: Callable[..., Any]
    inputs: dict[str, Table]
    optional: frozenset[str]
    own: frozenset[str]
    club: frozenset[str]
    within: dict[str, int]
    options: dict[str, Option]
    output: Table
    main: str | None

    @property
    def summary(self) -> str:
        """Return the first line of the docstring."""
        return docstrings.of(self.function).split("\n", 1)[0]

    @property
    def references(self) -> tuple[str, ...]:
        """Return the entries of the docstring's References section."""
        return docstrings.references(self.function)


def _table(annotation: Any) -> Table | None:
    if typing.get_origin(annotation) is Annotated:
        return next((m for m in annotation.__metadata__ if isinstance(m, Table)), None)
    for part in typing.get_args(annotation):
        found = _table(part)
        if found is not None:
            return found
    return None


def _metadata(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) is Annotated:
        return tuple(annotation.__metadata__)
    return tuple(mark for part in typing.get_args(annotation) for mark in _metadata(part))


def _output(annotation: Any) -> tuple[Table | None, str | None]:
    if dataclasses.is_dataclass(annotation):
        first = dataclasses.fields(annotation)[0].name
        hints = typing.get_type_hints(annotation, include_extras=True)
        return _table(hints[first]), first
    return _table(annotation), None


def describe(function: Callable[..., Any]) -> Measure | None:
    """Return what the signature of a function says, or null if it is not a measure."""
    hints = typing.get_type_hints(function, include_extras=True)
    output, main = _output(hints.get("return"))
    if output is None:
        return None
    inputs: dict[str, Table] = {}
    optional: set[str] = set()
    own: set[str] = set()
    club: set[str] = set()
    within: dict[str, int] = {}
    options: dict[str, Option] = {}
    for parameter in inspect.signature(function).parameters.values():
        annotation = hints.get(parameter.name, parameter.annotation)
        table = _table(annotation)
        if table is None:
            if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
                return None
            options[parameter.name] = Option(parameter.name, annotation, parameter.default)
            continue
        inputs[parameter.name] = table
        metadata = _metadata(annotation)
        if OWN in metadata:
            own.add(parameter.name)
        if OF_CLUB in metadata:
            club.add(parameter.name)
        within.update((parameter.name, m.before) for m in metadata if isinstance(m, Within))
        if parameter.default is not inspect.Parameter.empty:
            optional.add(parameter.name)
    if not inputs:
        return None
    family = function.__module__.rsplit(".", 1)[-1]
    return Measure(
        function.__name__,
        family,
        function,
        inputs,
        frozenset(optional),
        frozenset(own),
        frozenset(club),
        within,
        options,
        output,
        main,
    )


@cache
def catalogue() -> dict[str, Measure]:
    """Return every measure by name, found by looking at the family modules."""
    found: dict[str, Measure] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name in module.__all__:
            item = getattr(module, name)
            measure = describe(item) if inspect.isfunction(item) else None
            if measure is not None:
                found[name] = measure
    return dict(sorted(found.items()))


def find(name: str) -> Measure:
    """Return the measure of that name.

    Raises
    ------
    UnknownName
        If there is no such measure; names the nearest.
    """
    known = catalogue()
    name = ALSO.get(name, name)
    if name in known:
        return known[name]
    raise UnknownName(
        f"there is no measure {name!r}; nearest: {choices(nearest(name, known)) or 'none'}; "
        f"expected one of {choices(known, 60)}; correct the name"
    )


def listed() -> pl.DataFrame:
    """Return a row a measure: its family, the tables it takes, and what it says."""
    rows = [
        (m.name, m.family, ";".join(t.name for t in m.inputs.values()), m.summary)
        for m in catalogue().values()
    ]
    columns = ("measure", "family", "tables", "summary")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def __getattr__(name: str) -> Any:
    if not name.startswith("_") and ALSO.get(name, name) in catalogue():
        return find(name).function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *catalogue()])

"""The embedded tables of states: spells, codes, names, and membership of the state system."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from multivector.names.states.folding import fold, sorted_key

FIRST_YEAR, LAST_YEAR = 1500, 2100


class Bearer(NamedTuple):
    """A state that a name or code stands for, from ``first`` to ``last``, in a scheme."""

    state: str
    first: int | None = None
    last: int | None = None
    scheme: str | None = None

    @property
    def bounded(self) -> bool:
        """Return whether the years are given."""
        return self.first is not None or self.last is not None

    def covers(self, year: int) -> bool:
        """Return whether ``year`` lies between ``first`` and ``last``."""
        return (self.first or FIRST_YEAR) <= year <= (self.last or LAST_YEAR)


def rows(file: str) -> Iterator[list[str]]:
    """Yield the rows of an embedded table, without its header."""
    text = files("multivector").joinpath("data", file).read_text("utf-8")
    for line in text.splitlines()[1:]:
        yield line.split("\t")


def year_of(date: str) -> int | None:
    """Return the year of a date that may be partial; None if there is none."""
    return int(date[:4]) if date else None


@cache
def spells() -> dict[str, list[Bearer]]:
    """Return the years in which each state can be named."""
    found: dict[str, list[Bearer]] = {}
    for state, _, start, end, *_ in rows("states.tsv"):
        found.setdefault(state, []).append(Bearer(state, year_of(start), year_of(end)))
    return found


@cache
def entries() -> dict[str, list[str]]:
    """Return the last row of states.tsv of each state."""
    return {row[0]: row for row in rows("states.tsv")}


@cache
def codes() -> dict[str, dict[str, list[Bearer]]]:
    """Return who bears each code, by scheme."""
    found: dict[str, dict[str, list[Bearer]]] = {}
    for scheme, value, state, first, last, *_ in rows("state_codes.tsv"):
        bearers = found.setdefault(scheme, {}).setdefault(value, [])
        bearers.append(Bearer(state, year_of(first), year_of(last)))
    return found


@cache
def names() -> dict[str, list[Bearer]]:
    """Return who bears each name of the tables a person can edit."""
    found: dict[str, list[Bearer]] = {}
    for label, state, first, last, scheme, *_ in rows("state_names.tsv"):
        bearer = Bearer(state, year_of(first), year_of(last), scheme or None)
        for key in {fold(label), sorted_key(label)}:
            found.setdefault(key, []).append(bearer)
    by_hand = {key for key, bearers in found.items() if any(b.scheme is None for b in bearers)}
    for label, state, *_ in rows("state_labels.tsv"):
        for key in {fold(label), sorted_key(label)} - by_hand:
            bearers = found.setdefault(key, [])
            if Bearer(state) not in bearers:
                bearers.append(Bearer(state))
    return found


@cache
def labels() -> dict[str, frozenset[str]]:
    """Return the names of each state as the tables write them, in capitals and as written."""
    found: dict[str, set[str]] = {state: set() for state in spells()}
    for file in ("state_names.tsv", "state_labels.tsv"):
        for label, state, *_ in rows(file):
            found[state] |= {label, label.upper(), label.lower()}
    return {state: frozenset(written) for state, written in found.items()}


@cache
def index() -> dict[str, list[Bearer]]:
    """Return who bears each name that CLDR has in any language."""
    found: dict[str, list[Bearer]] = {}
    for state, names, *_ in rows("state_index.tsv"):
        bearer = Bearer(state)
        for key in names.split("|"):
            found.setdefault(key, []).append(bearer)
    return found


@cache
def organisations() -> frozenset[str]:
    """Return the codes, abbreviations and short aliases of organisations, in capitals."""
    found: set[str] = set()
    for code, *cells in rows("organisations.tsv"):
        written = [code, *cells[4:8], *cells[8].split(";")]
        found |= {text.upper() for text in written if text and len(text.split()) == 1}
    return frozenset(found)


@cache
def members() -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Return the spells of membership of each state in each list: cow, gw and un."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {"cow": {}, "gw": {}, "un": {}}
    for system, state, start, end, *_ in rows("state_spells.tsv"):
        found[system].setdefault(state, []).append((start, end))
    for state, row in entries().items():
        if row[4] in ("member", "observer") and row[5]:
            found["un"].setdefault(state, []).append((row[5], ""))
    return found

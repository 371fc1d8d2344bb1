"""The two sides of a pair: their names, and what a section gives to the picture of the relation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector.content.inquiry import Inquiry, label
from multivector.content.model import Cite, Fact, Kind, Row, Section
from multivector.words import say
from multivector.words.figures import amount, day, number, percent

__all__ = ["Part", "Sides", "compared", "dated", "interval", "points"]


@dataclass(frozen=True)
class Sides:
    """The codes and names of the two states, in the order asked."""

    a: str
    b: str
    first: str
    second: str

    @classmethod
    def of(cls, inquiry: Inquiry) -> Sides:
        """Return the sides of an inquiry about a pair."""
        b = inquiry.partner or ""
        return cls(inquiry.state, b, label(inquiry.state), label(b))

    @property
    def ways(self) -> tuple[tuple[str, str, str, str], ...]:
        """Return code and name of one side and the other, both ways round."""
        return (
            (self.a, self.first, self.b, self.second),
            (self.b, self.second, self.a, self.first),
        )


@dataclass(frozen=True)
class Part:
    """A section, its headline facts, and its rows in the table of the relation."""

    section: Section
    facts: tuple[Fact, ...] = ()
    rows: tuple[Row, ...] = ()


def compared(what: str, kind: Kind, when: object, cites: Iterable[Cite], **values: Any) -> Row:
    """Return a row of the relation's table; ``a``, ``b`` or ``both``, and ``low`` and ``high``."""
    empty = dict.fromkeys(("a", "b", "both", "low", "high"))
    cells = {"what": what, **empty, **values, "when": str(when), "kind": kind}
    return Row(cells, tuple(dict.fromkeys(cites)))


def points(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the defined values of a measure by year as points of a line."""
    rows = frame.filter(pl.col("value").is_not_null()).sort("year")
    return rows.select(x="year", y="value", low="low", high="high").to_dicts()


def interval(row: dict[str, Any], kind: Kind = "number") -> str:
    """Return a value with its interval in brackets, where it has one."""
    written: dict[str, Callable[[float], str]] = {"share": percent, "amount": amount}
    write = written.get(kind, _two)
    if row.get("low") is None or row.get("high") is None:
        return write(row["value"])
    return say(
        "{value} ({low} to {high})",
        value=write(row["value"]),
        low=write(row["low"]),
        high=write(row["high"]),
    )


def dated(title: str, date: str | None) -> str:
    """Return what happened with its date in brackets, unless the title has the year.

    >>> dated("Treaty of friendship", "1994-10-17"), dated("Visit (March 1991)", "1991-03-14")
    ('Treaty of friendship (17 October 1994)', 'Visit (March 1991)')
    """
    return title if date and date[:4] in title else f"{title} ({day(date)})"


def _two(value: float) -> str:
    return number(value, 2)

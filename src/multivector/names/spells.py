"""Spells: on which days and in which years something holds, where dates may be partial.

A date is written as a year, a month or a day, as in 1991, 1991-12 or 1991-12-21. The start of a
spell counts from the first day it can mean (1991 is 1991-01-01), its end to the last (1991 is
1991-12-31), and both belong to the spell; a spell without an end lasts. A year stands for its
last day: a member that left in August is none in that year. Days are compared as text, for which
the 31st closes any month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from multivector.errors import BadValue, UnknownOrganisation, choices, nearest

__all__ = [
    "BOUND",
    "LIVES",
    "RULES",
    "SEATS",
    "Spell",
    "first_day",
    "last_day",
    "of_organisation",
    "overlap",
    "unbroken",
    "when",
]

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_OPENING, _CLOSING = "-01-01", "-12-31"

Between = tuple[str | None, str | None]
"""The start and the end of a spell as written; null where not known, or while it lasts."""


def first_day(written: str) -> str:
    """Return the first day a date can mean.

    >>> first_day("1991"), first_day("1991-12"), first_day("1991-12-21")
    ('1991-01-01', '1991-12-01', '1991-12-21')
    """
    return written + _OPENING[len(written) - 4 :]


def last_day(written: str) -> str:
    """Return the last day a date can mean.

    >>> last_day("1991"), last_day("1991-02"), last_day("1991-12-21")
    ('1991-12-31', '1991-02-31', '1991-12-21')
    """
    return written + _CLOSING[len(written) - 4 :]


def when(on: int | str) -> str:
    """Return the last day of a year, a month or a day.

    Raises
    ------
    BadValue
        If it is no date.

    Examples
    --------
    >>> when(1991), when("1991-12-21")
    ('1991-12-31', '1991-12-21')
    """
    text = f"{on:04d}" if isinstance(on, int) else on.strip()
    if _DATE.fullmatch(text):
        try:
            date.fromisoformat(first_day(text))
        except ValueError:
            pass
        else:
            return last_day(text)
    raise BadValue(
        f"the date is {on!r}; expected a year, month or day such as 1991, 1991-12 or 1991-12-21; "
        "correct the date"
    )


def overlap(*spells: Between) -> Between | None:
    """Return the time in which all spells hold, as written; null if there is no such day.

    A start that is not known is before any other; where any is unknown, so is that of the whole.

    Examples
    --------
    >>> overlap(("1991", None), ("1993-12-03", "2009-08-18"))
    ('1993-12-03', '2009-08-18')
    >>> overlap((None, "1992"), ("1992-12", None)), overlap(("1991", "1992"), ("1993", None))
    ((None, '1992'), None)
    """
    starts = [start for start, _ in spells if start is not None]
    last = min((end for _, end in spells if end is not None), key=last_day, default=None)
    first = max(starts, key=first_day, default=None)
    if first is not None and last is not None and first_day(first) > last_day(last):
        return None
    return (first if len(starts) == len(spells) else None), last


@dataclass(frozen=True, slots=True)
class Spell:
    """Where a table says when something holds: its columns, and what a missing start means.

    Parameters
    ----------
    start, end : str
        Columns of dates, which may be partial.
    seen : str, optional
        Column of a date on which the spell is known to hold: it counts from that year if the
        source gives no start.
    always : bool
        Whether a spell without any start holds from ever; else it is not known to hold at all.

    Examples
    --------
    >>> spells = pl.DataFrame({"state": ["GEO", "KAZ"], "start": ["1993-12-03", "1991-12-21"],
    ...     "end": ["2009-08-18", None]})
    >>> spells.filter(BOUND.on(1992))["state"].to_list()
    ['KAZ']
    >>> BOUND.by_year(spells, (2008, 2009)).select("state", "year").rows()
    [('GEO', 2008), ('KAZ', 2008), ('KAZ', 2009)]
    """

    start: str = "start"
    end: str = "end"
    seen: str | None = None
    always: bool = False

    @property
    def first(self) -> pl.Expr:
        """Return the first day; null where not known."""
        given = _filled(pl.col(self.start), _OPENING)
        if self.seen is None:
            return given
        return pl.coalesce(given, pl.col(self.seen).str.slice(0, 4) + _OPENING)

    @property
    def last(self) -> pl.Expr:
        """Return the last day; null while it lasts."""
        return _filled(pl.col(self.end), _CLOSING)

    @property
    def first_year(self) -> pl.Expr:
        """Return the year of the first day; null where not known."""
        return self.first.str.slice(0, 4).cast(pl.Int64)

    @property
    def last_year(self) -> pl.Expr:
        """Return the year of the last day; null while it lasts."""
        return self.last.str.slice(0, 4).cast(pl.Int64)

    def begun(self, on: int | str) -> pl.Expr:
        """Return whether it had begun on a day or by the end of a year."""
        return (self.first <= when(on)).fill_null(self.always)

    def ended(self, on: int | str) -> pl.Expr:
        """Return whether its last day was on a day or before, or by the end of a year."""
        return (self.last <= when(on)).fill_null(value=False)

    def on(self, on: int | str) -> pl.Expr:
        """Return whether it holds on a day, or on the last day of a year or month."""
        return self.begun(on) & (self.last >= when(on)).fill_null(value=True)

    def within(self, first: int, last: int) -> pl.Expr:
        """Return whether it holds on any day from the first year to the last."""
        return self.begun(last) & (self.last_year >= first).fill_null(value=True)

    def rolls(self, frame: pl.DataFrame, who: str, on: Iterable[int | str]) -> list[list[Any]]:
        """Return for each day, or last day of a year, who holds: sorted, each once.

        It reads the dates once, and is the faster way where the days are many and the rows few.
        """
        spells = frame.select(who, first=self.first, last=self.last).rows()
        known = [
            (whose, first or "", last or "~") for whose, first, last in spells
            if first is not None or self.always
        ]  # fmt: skip
        return [
            sorted({whose for whose, first, last in known if first <= day <= last})
            for day in map(when, on)
        ]

    def by_year(self, frame: pl.DataFrame, years: Iterable[int]) -> pl.DataFrame:
        """Return each row once for each ``year`` on whose last day it holds, in order of years."""
        grid = pl.DataFrame({"year": sorted(set(years))}, schema={"year": pl.Int64})
        close = pl.col("year").cast(pl.String).str.zfill(4) + _CLOSING
        began, ends = pl.col("_first"), pl.col("_last")
        return (
            grid.join(frame.with_columns(_first=self.first, _last=self.last), how="cross")
            .filter((began <= close).fill_null(self.always) & (ends >= close).fill_null(value=True))
            .select(*frame.columns, "year")
        )


SEATS = Spell(seen="as_of")
"""A status in an organisation: without a start it counts from the year its source saw it."""
LIVES = Spell("founded", "dissolved", always=True)
"""The life of an organisation."""
RULES = Spell(always=True)
"""A rule of decision, whose start is null where it is not known."""
BOUND = Spell()
"""What binds from a first day on; without one it never does."""


def _filled(written: pl.Expr, rest: str) -> pl.Expr:
    return written + pl.lit(rest).str.slice(written.str.len_chars() - 4)


def of_organisation(memberships: pl.DataFrame, organisation: str) -> pl.DataFrame:
    """Return an organisation's spells of status.

    Raises
    ------
    UnknownOrganisation
        If the memberships do not hold it; the nearest codes are named.
    """
    rows = memberships.filter(pl.col("organisation") == organisation)
    if rows.is_empty():
        known = memberships["organisation"].unique().sort().to_list()
        raise UnknownOrganisation(
            f"no memberships of {organisation!r} are known; nearest: "
            f"{choices(nearest(organisation, known)) or 'none'}; expected one of "
            f"{choices(known, 20)}; correct the code"
        )
    return rows


def unbroken(frame: pl.DataFrame, key: Iterable[str], **more: pl.Expr) -> pl.DataFrame:
    """Return the spells of consecutive years: key, ``start``, ``end``, and what is asked of each.

    Examples
    --------
    >>> years = pl.DataFrame({"state": ["KAZ"] * 3, "year": [2000, 2001, 2005]})
    >>> unbroken(years, ["state"], n=pl.len()).rows()
    [('KAZ', 2000, 2001, 2), ('KAZ', 2005, 2005, 1)]
    """
    names = list(key)
    place = pl.int_range(pl.len()).over(names)
    return (
        frame.sort(*names, "year")
        .with_columns(_run=pl.col("year") - place)
        .group_by(*names, "_run")
        .agg(start=pl.col("year").min(), end=pl.col("year").max(), **more)
        .drop("_run")
        .sort(*names, "start")
    )

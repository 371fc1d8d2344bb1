"""What a view cites, as cells: each number with its row's year, states, flow and column.

The answers are computed again through the workspace from the options the view itself names; rows of
tables are read with plain Polars. Nothing here knows how a view was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from multivector.content.model import Brief, Cite, Computation, Table
from multivector.workspace import Workspace
from tests.oracle.rows import ask, context

YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d|2100)(?!\d)")
_CODES = "SELECT {0} FROM {0}s"
_NO_VALUE = {"year", "start", "end", "rank", "edition", "price_year"}


Tables = Callable[[], list["Evidence"]]


@cache
def codes() -> frozenset[str]:
    """Return the codes of all states and organisations."""
    return frozenset(
        row[0] for name in ("state", "organisation") for row in ask(_CODES.format(name))
    )


@dataclass(frozen=True, slots=True)
class Record:
    """A row of evidence: what it is about, when and which way."""

    codes: frozenset[str]
    beside: frozenset[str]
    years: frozenset[int]
    span: tuple[int, int] | None
    flow: str | None
    roles: Mapping[str, str]


class Evidence:
    """Cells sorted by value, each with the row it stands in and its column."""

    def __init__(self, frame: pl.DataFrame, options: Mapping[str, Any]) -> None:
        self.frame = frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
        self.options = options
        schema = self.frame.schema
        self.columns = [k for k, d in schema.items() if d.is_numeric() and k not in _NO_VALUE]
        parts = [self.frame[k].cast(pl.Float64).to_numpy() for k in self.columns]
        grid = np.array(parts, dtype=float).reshape(len(parts), self.frame.height).T.ravel()
        known = np.flatnonzero(~np.isnan(grid))
        self.at = known[np.argsort(grid[known], kind="stable")]
        self.values = grid[self.at]
        self._rows: dict[int, Record] = {}
        self.texts: set[str] = set()
        self.years: set[int] = set()
        self.groups: set[int] = {self.frame.height}
        if "weight" in self.columns:  # the votes of all together
            self.groups.add(int(self.frame["weight"].sum() or 0))
        if "value" in self.columns:  # how many have none
            self.groups.add(int((self.frame["value"] == 0).sum() or 0))
        if {"state_b", "n"} <= set(self.frame.columns):  # the pairs that share one thing only
            self.groups.add(int((self.frame["n"] == 1).sum() or 0))
        for name, kind in schema.items():
            column = self.frame[name]
            if kind == pl.String:
                self._count(name, column)
            elif kind.is_integer() and name in _DATED:
                self.years.update(int(y) for y in column.drop_nulls().unique())
        asked = options.get("years")
        if isinstance(asked, list | tuple):
            self.years.update(range(int(asked[0]), int(asked[-1]) + 1))
        if "value" not in self.columns or "partner" not in schema:
            self._partners = None
        else:
            self._partners = self.frame.filter(pl.col("value").is_not_null())

    def _count(self, name: str, column: pl.Series) -> None:
        """Derivation: how many rows have each text of a column."""
        counted = dict(column.value_counts().iter_rows())
        texts = {text for text in counted if text is not None}
        self.texts |= texts
        if name in _DATED:
            self.years.update(y for text in texts for y in years_in(text))
        if len(counted) >= 60:
            return
        self.groups.update(counted.values())
        if name == "kind" and "others" in self.frame.columns:  # acts, but for joint memberships
            self.groups.update(self.frame.height - count for count in counted.values())
        self.groups.add(len(texts))
        if name == "status":
            self.groups.add(sum(counted.get(full, 0) for full in _FULL))

    def row(self, at: int) -> Record:
        """Return a row by its place, read when it is wanted."""
        if at not in self._rows:
            self._rows[at] = _record(self.frame.row(at, named=True), self.options)
        return self._rows[at]

    def near(self, value: float, slack: float) -> Iterable[tuple[Record, str]]:
        """Return the cells within some slack of a value."""
        low = int(np.searchsorted(self.values, value - slack, "left"))
        high = int(np.searchsorted(self.values, value + slack, "right"))
        for place in range(low, high):
            row, column = divmod(int(self.at[place]), len(self.columns))
            yield self.row(row), self.columns[column]

    def counted(self, years: frozenset[int]) -> set[int]:
        """Return how many rows of some years are known, and of how many a flag is true or not."""
        flags = [k for k, d in self.frame.schema.items() if d == pl.Boolean]
        if not flags:
            return set()
        frame = self.frame
        if years and "year" in frame.columns:
            frame = frame.filter(pl.col("year").is_in(sorted(years)))
        found: set[int] = set()
        texts = [k for k, d in frame.schema.items() if d == pl.String]
        for part in [frame, *(g for k in texts for g in frame.partition_by(k))]:
            for flag in flags:
                counts = part[flag].drop_nulls().value_counts()["count"].to_list()
                found |= {*counts, sum(counts)}
        return found

    def sums(self, partners: frozenset[str], year: int, of: str | None, flow: str | None) -> float:
        """Return the sum over some partners of a year; zero where none is listed."""
        if self._partners is None or "year" not in self._partners.columns:
            return 0.0
        rows = self._partners.filter(
            (pl.col("year") == year) & pl.col("partner").is_in(sorted(partners))
        )
        if of is not None and "state" in rows.columns:
            rows = rows.filter(pl.col("state") == of)
        if flow is not None and "flow" in rows.columns and rows["flow"].n_unique() > 1:
            rows = rows.filter(pl.col("flow") == flow)
        return float(rows["value"].sum())


def years_in(value: object) -> list[int]:
    """Return the years a date, an interval or a text names."""
    return [int(found) for found in YEAR.findall(str(value))]


def _record(row: dict[str, Any], options: Mapping[str, Any]) -> Record:
    named: set[str] = set()
    beside: set[str] = set()
    roles = {}
    for key, value in row.items():
        if not isinstance(value, str):
            continue
        if value in codes() and key not in _BESIDE:
            named.add(value)
            roles[key] = value
        elif value in codes() or ";" in value:
            beside |= {part for part in value.split(";") if part in codes()}
    found = {y for k, v in row.items() if k in _DATED and v is not None for y in years_in(v)}
    span = None
    ends = row.get("start"), row.get("end")
    if all(isinstance(end, int) for end in ends):
        span = (int(str(ends[0])), int(str(ends[1])))
        found = set(range(span[0], span[1] + 1))
    asked = options.get("years")
    if not found and isinstance(asked, list | tuple):
        span = (int(asked[0]), int(asked[-1]))
        found = set(range(span[0], span[1] + 1))
    if not named:
        named |= {v for v in options.values() if isinstance(v, str) and v in codes()} - {"EU"}
    told = {v for k, v in options.items() if k in ("state", "organisation", "state_a", "state_b")}
    beside |= {str(v) for v in told if isinstance(v, str)}
    flow = row.get("flow") or row.get("direction") or options.get("flow")
    flow = flow if flow in ("exports", "imports") else None
    known = frozenset(named), frozenset(beside), frozenset(found)
    return Record(*known, span, flow, roles)


_BESIDE = ("dominant", "leader", "predecessor", "successor", "hub")
_FULL = ("founding member", "founding_member", "member")
_DATED = {
    *("year", "date", "start", "end", "as_of", "start_date", "end_date", "founded", "dissolved"),
    *("earliest", "latest", "first", "last", "implemented", "period", "newest_year", "when"),
    *("earlier_year", "a_year", "b_year", "a_since", "b_since", "since", "between", "from", "to"),
}


def of_table(table: Table) -> Evidence:
    """Return the cells of a table of the view, for what cites the table."""
    rows = [dict(row.cells) for row in table.rows]
    frame = pl.DataFrame(rows, infer_schema_length=None, strict=False) if rows else pl.DataFrame()
    made = Evidence(frame, {})
    made.years.update(years_in(table.caption))
    made.years.update(y for row in table.rows for cite in row.cites for y in years_in(cite.date))
    return made


class Archive:
    """All answers asked for again, once each, and the rows of releases."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._runs: dict[str, list[Evidence]] = {}
        self._releases: dict[tuple[str, frozenset[str]], list[Evidence]] = {}

    def run(self, made: Computation) -> list[Evidence]:
        """Return the tables of an answer, computed again with the options the view names."""
        if made.run not in self._runs:
            options = {k: tuple(v) if isinstance(v, list) else v for k, v in made.options.items()}
            result = self._workspace.compute(made.measure, **options)
            assert result.run.id == made.run, (made.measure, made.options)
            frames = [result.frame, *result.frames.values()]
            self._runs[made.run] = [Evidence(frame, made.options) for frame in frames]
        return self._runs[made.run]

    def release(self, source: str, about: frozenset[str]) -> list[Evidence]:
        """Return the rows of a release, or of a run kept with the data, that name some codes."""
        key = (source, about)
        if key not in self._releases:
            self._releases[key] = [
                Evidence(frame, {}) for frame in _of_source(source, about) if frame.height
            ]
        return self._releases[key]


_KEYS = ("state", "partner", "neighbour", "organisation", "actors", "actor", "aggregate", "pole")


@cache
def _tables() -> dict[str, pl.DataFrame]:
    names = [
        *("organisations", "memberships", "borders", "partners", "wdi", "factbook", "criteria"),
        *("ideal_points", "rules", "treaties", "verdicts", "events", "quantities", "votes_told"),
        *("standings_told", "aggregates"),
    ]
    found = {}
    for name in names:
        frame = context().execute(f"SELECT * FROM {name}", eager=True)
        assert isinstance(frame, pl.DataFrame)
        if "paper" in frame.columns:
            frame = frame.with_columns(source="paper@" + pl.col("paper"))
        numbers = [c for c in ("share", "length", "value", "weight", "quota", "low", "high", "n",
                               "placebo", "placebo_date", "minimum_detectable", "pretrend",
                               "value_max", "margin", "trade_depth", "money_depth")
                   if c in frame.columns and frame.schema[c] == pl.String]  # fmt: skip
        found[name] = frame.with_columns(pl.col(numbers).cast(pl.Float64, strict=False))
    both = ["state", "neighbour", "source"]  # a border in two parts is their sum
    found["borders"] = found["borders"].group_by(both).agg(pl.col("length").sum())
    return found


@cache
def _by_source() -> dict[str, list[pl.DataFrame]]:
    found: dict[str, list[pl.DataFrame]] = {}
    for frame in _tables().values():
        if "source" in frame.columns and any(key in frame.columns for key in _KEYS):
            for (source,), part in frame.partition_by("source", as_dict=True).items():
                found.setdefault(str(source), []).append(part)
    return found


def _of_source(source: str, about: frozenset[str]) -> Iterable[pl.DataFrame]:
    pattern = "(^|;)(" + "|".join(map(re.escape, sorted(about))) + ")(;|$)"
    for frame in _by_source().get(source, []):
        keys = [k for k in _KEYS if k in frame.columns]
        mine = pl.any_horizontal(pl.col(k).str.contains(pattern).fill_null(False) for k in keys)
        yield frame.filter(mine)


def cited(
    archive: Archive, brief: Brief, cites: Iterable[Cite], about: frozenset[str]
) -> tuple[Tables, Tables]:
    """Return what some citations of a view name: answers and tables, then rows of releases."""
    runs = {made.run: made for made in brief.computations}
    tables = {t.id: t for section in brief.sections for t in section.tables}
    answers: dict[str, list[Evidence]] = {}
    rows: dict[str, None] = {}
    for cite in cites:
        run = cite.run or (cite.source if cite.source.startswith("run:") else None)
        if cite.source.startswith("table:"):
            name = cite.source.removeprefix("table:")
            if cite.source not in answers:
                answers[cite.source] = [of_table(tables[name])]
        elif run in runs:
            answers.setdefault(str(run), archive.run(runs[str(run)]))
        elif run is not None:
            rows[run] = None
        if "@" in cite.source:
            rows[cite.source] = None
    return (
        lambda: [evidence for group in answers.values() for evidence in group],
        lambda: [evidence for source in rows for evidence in archive.release(source, about)],
    )


__all__ = ["YEAR", "Archive", "Evidence", "Record", "cited", "codes", "of_table", "years_in"]

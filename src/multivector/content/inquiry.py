"""The inquiry behind a brief: it asks the workspace, and keeps what was asked and cited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.content.model import Cite, Computation, Gap, Part, Pole, Subjects
from multivector.errors import MissingData, UnknownName
from multivector.names import organisations, states
from multivector.words import language

if TYPE_CHECKING:
    from multivector.study.engine import Engine
    from multivector.study.holdings import Chosen


@dataclass(frozen=True)
class Answer:
    """What a measure gave: rows, the run, the releases by table, and its further tables by name."""

    frame: pl.DataFrame
    run: str
    sources: Mapping[str, tuple[str, ...]]
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def releases(self) -> tuple[str, ...]:
        """Return the releases of all tables, sorted and without repetition."""
        return self._of(self.sources)

    def cites(
        self,
        date: object = None,
        locator: str | None = None,
        *,
        of: Collection[str] | None = None,
        without: Collection[str] = (),
        among: Collection[str] | None = None,
    ) -> tuple[Cite, ...]:
        """Return one citation a release used.

        Parameters
        ----------
        date, locator : object, str, optional
            When and where in the release.
        of, without : collection of str, optional
            The record tables whose releases are meant, or are not.
        among : collection of str, optional
            The releases that are meant; of an empty collection none is.
        """
        when = None if date is None else str(date)
        tables = [t for t in self.sources if (of is None or t in of) and t not in without]
        used = [source for source in self._of(tables) if among is None or source in among]
        return tuple(Cite(source, locator, when, None, self.run) for source in used)

    def group_cites(self, date: object = None) -> tuple[Cite, ...]:
        """Return the run of a figure of a group and its releases but those of who belongs to it.

        Who belongs to the group is cited with its members, not with every figure.
        """
        return self.cite, *self.cites(date, without=("memberships",))

    def _of(self, tables: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({release for table in tables for release in self.sources[table]}))

    @property
    def cite(self) -> Cite:
        """Return the citation of the run itself, for a figure made from very many rows."""
        return Cite(self.run)


@dataclass
class Inquiry:
    """A question about a subject, with the answers' runs and the gaps met on the way.

    ``state`` is the state, or the first of a pair, whose ``partner`` is the second; it is empty
    where the question is about an ``organisation``, of which a ``quota`` of votes may be supposed.
    """

    workspace: Engine
    state: str
    year: int | None
    partner: str | None = None
    organisation: str | None = None
    poles: tuple[Pole, ...] = ()
    quota: float | None = None
    computations: dict[str, Computation] = field(default_factory=dict)
    papers: set[str] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)
    """What the sections written so far give, by their ids."""

    @property
    def kind(self) -> Subjects:
        """Return what the question is about."""
        if self.organisation is not None:
            return "organisation"
        return "state" if self.partner is None else "pair"

    @property
    def subject(self) -> str:
        """Return the subject's address."""
        if self.organisation is not None:
            return self.organisation
        return self.state if self.partner is None else f"{self.state}-{self.partner}"

    @property
    def name(self) -> str:
        """Return the subject's name."""
        if self.organisation is not None:
            return organisations.name(self.organisation, language())
        if self.partner is not None:
            return f"{label(self.state)} – {label(self.partner)}"
        return label(self.state)

    def compute(self, measure: str, /, **options: Any) -> Answer | None:
        """Return a measure's answer, or null where no data set answers it."""
        try:
            result = self.workspace.compute(measure, **options)
        except MissingData:
            return None
        run, name = result.run, result.run.id
        asked = {key: _plain(value) for key, value in run.options.items() if value is not None}
        self.computations[name] = Computation(name, run.measure, asked, run.releases)
        self.papers.update(result.references)
        return Answer(result.frame, name, run.sources, result.frames)

    def table(
        self, name: str, *, source: str | None = None, of: str | None = None
    ) -> Chosen | None:
        """Return a record table, with the rows of the state or ``of`` another; null if none."""
        try:
            return self.workspace.table(name, source=source, state=of or self.state or None)
        except (MissingData, UnknownName):
            return None

    def sources_of(self, table: str, source: str) -> list[str]:
        """Return the releases of one source that have rows of a table, oldest first."""
        found = self.table(table, source=source)
        return [] if found is None else sorted(found.frame["source"].unique().to_list())

    def trade_cites(self, answer: Answer, year: int, *states: str) -> tuple[Cite, ...]:
        """Return the releases of trade, and those of the GDP of states it is divided by, if it is.

        Of several figures of one GDP the last by its source counts, as the measures take it.
        """
        found = self.table("indicators") if "indicators" in answer.sources else None
        rows = [] if found is None else [found.frame.filter(indicator="gdp", year=year, state=state)
                                         for state in states]  # fmt: skip
        gdp = [release for own in rows for release in own["source"].unique().sort()[-1:]]
        of_gdp = answer.cites(year, of=("indicators",), among=gdp)
        return (*answer.cites(year, of=("flows",)), *of_gdp)

    def miss(self, what: str, why: str, command: str | None = None) -> None:
        """Note something that is not known."""
        gap = Gap(what, why, command)
        if gap not in self.gaps:
            self.gaps.append(gap)

    def until(self, frame: pl.DataFrame, column: str = "year") -> pl.DataFrame:
        """Return the rows up to the year asked for."""
        return frame if self.year is None else frame.filter(pl.col(column) <= self.year)

    def known(self, answer: Answer | None) -> pl.DataFrame | None:
        """Return the rows with a value up to the year asked for, oldest first; null if none."""
        if answer is None:
            return None
        rows = self.until(answer.frame).filter(pl.col("value").is_not_null()).sort("year")
        return None if rows.is_empty() else rows

    @property
    def pole_states(self) -> tuple[Pole, ...]:
        """Return the poles that are states."""
        return tuple(pole for pole in self.poles if pole.kind == "state")

    @property
    def pole_codes(self) -> tuple[str, ...]:
        """Return the codes of the poles."""
        return tuple(pole.pole for pole in self.poles)


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
    def names(self) -> dict[str, str]:
        """Return the names of both as sentences take them."""
        return {"a": self.first, "b": self.second}

    @property
    def keyed(self) -> tuple[tuple[str, str, str], ...]:
        """Return key of the cells, code and name of each side."""
        return ("a", self.a, self.first), ("b", self.b, self.second)

    def ends(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values known by state as those of ``a`` and ``b``."""
        return {key: values[state] for key, state, _ in self.keyed if state in values}

    @property
    def ways(self) -> tuple[tuple[str, str, str, str], ...]:
        """Return code and name of one side and the other, both ways round."""
        return (
            (self.a, self.first, self.b, self.second),
            (self.b, self.second, self.a, self.first),
        )


def label(code: str) -> str:
    """Return the name of a state or the abbreviation of an organisation, as it is spoken.

    A code that is both (NAM) is the state: an organisation is asked for with `club`.
    """
    return _label(code, language())


@lru_cache(maxsize=4096)
def _label(code: str, spoken: str) -> str:
    known = code in set(states.table()["state"])
    return states.name(code, spoken) if known or code not in organisations.codes() else club(code)


def club(code: str) -> str:
    """Return the abbreviation of an organisation as it is spoken; its code in English."""
    if language() == "en" or code not in organisations.codes():
        return code
    return organisations.name(code, language(), short=True)


def in_money(flows: pl.DataFrame) -> bool:
    """Return whether trade is in dollars, not in the shares of printed lists."""
    units = flows.filter(pl.col("flow").is_in(["exports", "imports"]))["unit"]
    return set(units.unique()) == {"USD"}


def cited(row: Mapping[str, Any], *dates: str) -> Cite:
    """Return where a row of a record table stands, with the first of these dates that it has.

    >>> cited({"source": "x@1", "locator": "p", "seen": None, "on": "1992"}, "seen", "on").date
    '1992'
    """
    return Cite(row["source"], row["locator"], next((row[d] for d in dates if row[d]), None))


def merge(cites: Iterable[Cite]) -> tuple[Cite, ...]:
    """Return the citations without repetition, in order."""
    return tuple(dict.fromkeys(cites))


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)

"""What a brief is made of: plain content that the terminal, JSON and HTML render alike.

Every sentence and every row of a table carries its citations. Numbers in tables are as computed;
numbers in sentences are rounded, for a sentence is a view.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Scalar = str | int | float | bool | None
Kind = Literal["text", "integer", "number", "percent", "share", "signed", "ratio", "amount", "date"]
Subjects = Literal["state", "pair", "organisation"]
Claim = Literal["value", "bound", "rank", "change", "comparison", "absence"]
Shape = Literal[
    "bars",
    "compass",
    "dumbbell",
    "events",
    "heat",
    "lines",
    "map",
    "matrix",
    "network",
    "scatter",
    "steps",
    "timeline",
]


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a statement comes from: source, place in it, year or day, and whether estimated.

    ``source`` is a release ``name@version``, a run ``run:…``, or ``table:ID`` for a statement
    about many rows, each of which carries its own sources in that table of the brief.
    """

    source: str
    locator: str | None = None
    date: str | None = None
    estimate: bool | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What kind of statement a sentence makes, for a reader that is a machine.

    ``kind``: a value, a bound (the truth lies at or beyond it), a rank among others, a change, a
    comparison, or that something is absent. ``n`` is on how many it rests, ``coverage`` the years
    (``2019/2023``). ``set`` is what was ranked, or is listed where the figure is a bound: codes
    with semicolons, or how many of what (``states:192``). ``sources`` are the releases and runs.
    """

    kind: Claim
    n: int | None = None
    coverage: str | None = None
    set: str | None = None
    sources: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        kind: Claim,
        cites: Iterable[Cite],
        *,
        n: int | None = None,
        years: Iterable[int] = (),
        among: str | None = None,
    ) -> Statement:
        """Return a statement on some years and a set, with the sources of its citations.

        Examples
        --------
        >>> Statement.of("rank", [Cite("x@1")], years=(2019, 2023), among="states:192")
        Statement(kind='rank', n=None, coverage='2019/2023', set='states:192', sources=('x@1',))
        """
        coverage = "/".join(dict.fromkeys(str(year) for year in years)) or None
        sources = tuple(dict.fromkeys(cite.source for cite in cites))
        return cls(kind, n, coverage, among, sources)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement made from results, with its citations, and what kind of statement it is."""

    text: str
    cites: tuple[Cite, ...] = ()
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a brief's table: key, heading and how its values are to be written."""

    key: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: a value a column, and the citations that cover them."""

    cells: dict[str, Scalar]
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; ``folded`` ones are shown on demand where a view can."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The data of a chart, its title, and the same in words."""

    id: str
    shape: Shape
    title: str
    text: str
    data: dict[str, Any]
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section: statements, charts, tables, and what is missing from it."""

    id: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the headline: label, value as written, its date, and citations."""

    label: str
    text: str
    detail: str
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class PoleFigure:
    """A figure of a state beside one pole, for the section that sets the poles side by side."""

    key: str
    pole: str
    value: float
    cites: tuple[Cite, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class PairFigure:
    """A figure of two states for the section on their relation: of each, or of both together."""

    what: str
    kind: Kind
    when: str
    cites: tuple[Cite, ...] = ()
    a: Scalar = None
    b: Scalar = None
    both: Scalar = None
    low: Scalar = None
    high: Scalar = None

    @classmethod
    def of(
        cls, what: str, kind: Kind, when: object, cites: Iterable[Cite], **values: Scalar
    ) -> PairFigure:
        """Return a figure of ``a``, ``b`` or ``both``, perhaps with ``low`` and ``high``."""
        return cls(what, kind, str(when), tuple(dict.fromkeys(cites)), **values)


@dataclass(frozen=True, slots=True)
class Part:
    """What a writer of a section gives: its content, the headline's facts, and typed figures.

    ``poles`` and ``pair`` are what the overview of a state or a pair reads, which also repeats the
    first ``lead`` sentences; a note is a sentence without a source.
    """

    sentences: tuple[Sentence, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    poles: tuple[PoleFigure, ...] = ()
    pair: tuple[PairFigure, ...] = ()
    lead: int = 1


@dataclass(frozen=True, slots=True)
class Pole:
    """A pole the state is measured against, and why it is one."""

    pole: str
    name: str
    kind: Literal["state", "organisation"]
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something not known: what, why, and the command that would change it (null if none)."""

    what: str
    why: str
    command: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Computation:
    """A computation behind the brief: run, measure, options, the releases it used."""

    run: str
    measure: str
    options: dict[str, Any]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A release cited, or a paper behind a measure (then ``source`` is null)."""

    number: int
    source: str | None
    text: str
    url: str
    licence: str | None
    retrieved: str | None


@dataclass(frozen=True, slots=True)
class Brief:
    """A sourced picture of a state, a pair of states or an organisation.

    ``subject`` is its address: ``KAZ``, ``KAZ-TUR`` or ``SCO``; ``state`` the state, the first of a
    pair, null for an organisation. ``year`` is the year asked for, null if the newest figures were
    wanted.
    """

    schema: str
    version: str
    kind: Subjects
    subject: str
    state: str | None
    name: str
    year: int | None
    poles: tuple[Pole, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    computations: tuple[Computation, ...]
    references: tuple[Reference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as plain values for JSON; keys as in ``docs/how-to/brief.md``."""
        return asdict(self)

    def section(self, name: str) -> Section:
        """Return a section by its id; an empty one if the brief has none of that id."""
        return next((s for s in self.sections if s.id == name), Section(name, ""))

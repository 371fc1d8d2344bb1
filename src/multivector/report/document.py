"""The document: a brief arranged to be sent and read on paper, before it is HTML, PDF or Word.

Title, key sentences, sections with figures and tables, method, an annex with the long tables and a
numbered bibliography. All words and numbers are final here; the formats only set them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from multivector.content.model import Brief, Chart, Cite, Column, Row, Section, Table
from multivector.report.formula import Piece, of_measure
from multivector.report.references import Numbering, cell
from multivector.words import language, say
from multivector.words.figures import day

__all__ = [
    "Document", "Entry", "Figure", "Formula", "Grid", "Line", "Link", "Paragraph", "Part", "compose"
]  # fmt: skip

_TEXT = ("text", "date")
_CODE = ("command", "run")
_SHADED = ("poles", "vector-shares")
_SHADES = ("jaccard", "kappa")
_ROOM = 105.0
_DENSE = 125.0
_LONG = 24
_KEY_SENTENCES = 10
_NOT_KEY = ("profile", "poles", "unknown", "method")
_INTERVAL = re.compile(r"9[05]\s?%|%\s?9[05]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Link:
    """A mark that leads to a place in the document; without a target it is text alone."""

    label: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A statement with the numbers of its sources; ``lead`` names the section it is from."""

    text: str
    links: tuple[Link, ...] = ()
    lead: Link | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its number, caption and the same in words."""

    id: str
    number: int
    title: str
    alt: str
    links: tuple[Link, ...]
    chart: Chart


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table as written, with the numbers of its sources.

    ``tints`` says how dark each cell of a table of shares is, 0 to 1; elsewhere it is empty.
    """

    cells: tuple[str, ...]
    tints: tuple[float, ...] = ()
    links: tuple[Link, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: ``right`` says which columns are figures, ``code`` which are commands or runs.

    ``widths`` are shares of the line; the last column holds sources where ``sourced``.
    """

    id: str
    number: int
    title: str
    heads: tuple[str, ...]
    right: tuple[bool, ...]
    code: tuple[bool, ...]
    widths: tuple[float, ...]
    lines: tuple[Line, ...]
    sourced: bool
    dense: bool
    note: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A measure used: its name, what it is, its formula (empty where it is an algorithm)."""

    measure: str
    summary: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section: statements, figures, tables; ``moved`` are its tables in the annex."""

    id: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    notes: tuple[str, ...]
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...]
    moved: tuple[Link, ...]
    formulas: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of the headline."""

    label: str
    text: str
    detail: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A numbered source."""

    number: int
    id: str
    text: str
    url: str
    detail: str


@dataclass(frozen=True, slots=True)
class Document:
    """A report, in the language it was composed in.

    ``order`` holds the codes of the subject and its poles, each of which has one colour.
    """

    language: str
    title: str
    subtitle: str
    about: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]
    summary: tuple[Paragraph, ...]
    parts: tuple[Part, ...]
    annex: tuple[Grid, ...]
    entries: tuple[Entry, ...]
    closing: str
    order: tuple[str, ...]
    words: dict[str, str]


def compose(brief: Brief) -> Document:
    """Return the brief arranged as a report, in the language spoken now."""
    setter = _Setter(brief := _printable(brief))
    return Document(
        language(),
        brief.name,
        _subtitle(brief),
        tuple(_about(brief)),
        tuple(Card(f.label, f.text, f.detail, setter.links(f.cites)) for f in brief.facts),
        tuple(setter.key_sentences()),
        tuple(setter.part(section) for section in brief.sections),
        tuple(setter.grid(table) for table in setter.annexed),
        tuple(_entries(brief)),
        _closing(brief),
        (*brief.subject.split("-"), *(pole.pole for pole in brief.poles)),
        _words(),
    )


class _Setter:
    """Numbers what a brief holds, and turns its citations into links to the numbers."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._numbering = Numbering(brief)
        tables = [table for section in brief.sections for table in section.tables]
        self.annexed = [table for table in tables if _long(table)]
        ordered = [*(table for table in tables if not _long(table)), *self.annexed]
        self._tables = {table.id: number for number, table in enumerate(ordered, start=1)}
        charts = (chart for section in brief.sections for chart in section.charts)
        self._charts = {chart.id: number for number, chart in enumerate(charts, start=1)}
        self._places = {f"ref-{reference.number}" for reference in brief.references}
        runs = next((len(table.rows) for table in tables if table.id == "runs"), 0)
        self._places |= {f"run-{number}" for number in range(1, runs + 1)}

    def links(self, cites: Iterable[Cite]) -> tuple[Link, ...]:
        """Return the marks of the sources cited; a table of the document by its number."""
        found = []
        for mark in self._numbering.of(cites):
            name = mark["target"].removeprefix("t-")
            if name == mark["target"]:
                known = name in self._places
                found.append(Link(mark["label"], name if known else ""))
            elif name in self._tables:
                found.append(Link(say("Table {n}", n=self._tables[name]), f"t-{name}"))
        return tuple(found)

    def part(self, section: Section) -> Part:
        """Return a section with its long tables sent to the annex."""
        moved = [table for table in section.tables if _long(table)]
        return Part(
            section.id,
            section.title,
            tuple(Paragraph(s.text, self.links(s.cites)) for s in section.sentences),
            section.notes,
            tuple(self._figure(chart) for chart in section.charts),
            tuple(self.grid(table) for table in section.tables if not _long(table)),
            tuple(Link(self._moved(table), f"t-{table.id}") for table in moved),
            tuple(_formulas(self._brief)) if section.id == "method" else (),
        )

    def key_sentences(self) -> Iterator[Paragraph]:
        """Yield the first sourced sentence of each section, then those that state an interval."""
        said = [
            (section, sentence)
            for section in self._brief.sections
            if section.id not in _NOT_KEY
            for sentence in section.sentences
            if sentence.cites
        ]
        kept: dict[str, str] = {}
        for section, sentence in said:
            if section.id not in kept.values() and len(kept) < _KEY_SENTENCES:
                kept.setdefault(sentence.text, section.id)
        exact = [item for item in said if _INTERVAL.search(item[1].text)]
        for section, sentence in (*exact, *said):
            if len(kept) < _KEY_SENTENCES:
                kept.setdefault(sentence.text, section.id)
        for section, sentence in said:
            if kept.get(sentence.text) == section.id:
                del kept[sentence.text]
                lead = Link(section.title, f"s-{section.id}")
                yield Paragraph(sentence.text, self.links(sentence.cites), lead)

    def grid(self, table: Table) -> Grid:
        """Return a table as written, with widths that follow what its columns hold."""
        shaded = table.id in _SHADED
        lines = tuple(
            Line(
                tuple(cell(row, column) for column in table.columns),
                tuple(_tint(row, column) for column in table.columns) if shaded else (),
                self.links(row.cites),
                f"run-{index}" if table.id == "runs" else "",
            )
            for index, row in enumerate(table.rows, start=1)
        )
        sourced = any(line.links for line in lines)
        heads = tuple(column.label for column in table.columns)
        columns = enumerate(table.columns)
        needs = [_need([line.cells[n] for line in lines], column) for n, column in columns]
        if sourced:
            heads = (*heads, say("Sources"))
            most = 3.0 * max(len(line.links) for line in lines)
            least = len(heads[-1]) + 3.0
            needs.append((least, max(least, min(most, 14.0))))
        return Grid(
            table.id,
            self._tables[table.id],
            table.caption,
            heads,
            (*(c.kind not in _TEXT for c in table.columns), *([False] if sourced else [])),
            (*(c.key in _CODE for c in table.columns), *([False] if sourced else [])),
            _widths(needs),
            lines,
            sourced,
            sum(want for _, want in needs) > _ROOM,
            table.note,
        )

    def _figure(self, chart: Chart) -> Figure:
        number = self._charts[chart.id]
        said = chart.text or chart.title
        return Figure(chart.id, number, chart.title, said, self.links(chart.cites), chart)

    def _moved(self, table: Table) -> str:
        return f"{say('Table {n}', n=self._tables[table.id])}. {table.caption}"


def _printable(value: Any) -> Any:
    """Return content without the characters that neither XML nor UTF-8 can hold."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, tuple | list):
        return type(value)(_printable(item) for item in value)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        kept = {field.name: _printable(getattr(value, field.name)) for field in fields(value)}
        return type(value)(**kept)
    return value


def _long(table: Table) -> bool:
    return table.folded or len(table.rows) > _LONG


def _tint(row: Row, column: Column) -> float:
    value = row.cells.get(column.key)
    if not isinstance(value, float) or (column.kind != "share" and column.key not in _SHADES):
        return 0.0
    return min(max(value, 0.0), 1.0)


def _need(cells: list[str], column: Column) -> tuple[float, float]:
    """Return the least room a column can do with and the room it wants, in characters."""
    words = [word for text in (*cells, column.label) for word in text.split()]
    widest = max((len(text) for text in cells), default=1)
    longest = max((len(word) for word in words), default=1)
    least = min(max(longest, widest if column.kind == "date" else 0), 18) + 3.0
    mean = sum(map(len, cells)) / max(len(cells), 1)
    return least, max(least, min(widest, max(1.5 * mean, 14.0), 80.0) + 3.0)


def _widths(needs: list[tuple[float, float]]) -> tuple[float, ...]:
    """Return the columns' shares of the line; where all want too much, none gets under its least.

    >>> _widths([(5, 5), (5, 15)]), _widths([(25, 25), (50, 150)])
    ((0.25, 0.75), (0.2, 0.8))
    """
    least, wanted = sum(low for low, _ in needs), sum(want for _, want in needs)
    spare = 1.0 if wanted <= _DENSE else max(_DENSE - least, 0.0) / (wanted - least)
    given = [low + spare * (want - low) for low, want in needs]
    return tuple(width / sum(given) for width in given)


def _subtitle(brief: Brief) -> str:
    kinds = {
        "state": say("Foreign policy report"),
        "pair": say("Report on two states"),
        "organisation": say("Report on an organisation"),
    }
    return kinds[brief.kind]


def _about(brief: Brief) -> Iterator[tuple[str, str]]:
    reasons: dict[str, list[str]] = {}
    for pole in brief.poles:
        reasons.setdefault(pole.reason, []).append(pole.name)
    yield say("Subject"), brief.subject
    if brief.year:
        yield say("Nothing later than"), str(brief.year)
    newest = max(_dates(brief), default=None)
    if newest:
        yield say("Newest figure"), day(newest)
    retrieved = max((r.retrieved for r in brief.references if r.retrieved), default=None)
    if retrieved:
        yield say("Sources retrieved by"), day(retrieved)
    if reasons:
        said = (f"{', '.join(names)} ({reason})" for reason, names in reasons.items())
        yield say("Poles"), "; ".join(said)
    yield say("Version"), f"multivector {brief.version}"


def _dates(brief: Brief) -> Iterator[str]:
    for section in brief.sections:
        cites = [c for sentence in section.sentences for c in sentence.cites]
        cites += [c for table in section.tables for row in table.rows for c in row.cites]
        yield from (c.date for c in cites if c.date and _DATE.fullmatch(c.date))
    yield from (c.date for f in brief.facts for c in f.cites if c.date and _DATE.fullmatch(c.date))


def _formulas(brief: Brief) -> Iterator[Formula]:
    from multivector.measures import catalogue

    known = catalogue()
    for name in dict.fromkeys(computation.measure for computation in brief.computations):
        if name in known:
            yield Formula(name, say(known[name].summary), of_measure(known[name].function))


def _entries(brief: Brief) -> Iterator[Entry]:
    for reference in brief.references:
        retrieved = reference.retrieved and say("retrieved {day}", day=day(reference.retrieved))
        parts = (reference.source, reference.licence, retrieved)
        detail = " · ".join(part for part in parts if part)
        number = reference.number
        yield Entry(number, f"ref-{number}", reference.text, reference.url, detail)


def _closing(brief: Brief) -> str:
    return say(
        "Made with multivector {version}. Names follow the Unicode CLDR, codes ISO 3166; no "
        "position on the status of any territory is taken.",
        version=brief.version,
    )


def _words() -> dict[str, str]:
    return {
        "summary": say("Summary"),
        "contents": say("Contents"),
        "annex": say("Annex: tables in full"),
        "sources": say("Sources"),
        "moved": say("In the annex"),
        "formulas": say("Measures"),
        "figure": say("Figure {n}"),
        "table": say("Table {n}"),
        "page": say("Page {n} of {total}"),
    }

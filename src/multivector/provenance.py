"""Provenance: where rows came from (Origin), how values were made (Run), and how to cite both."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any

import polars as pl

from multivector.errors import MissingExtra, choices
from multivector.words import say

Years = frozenset[int]
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Origin:
    """A release of a source: what it is, who made it, under which terms, which bytes.

    ``sha256`` is the hash of the producer's file where one file was pinned, else null; ``own`` says
    that it is the user's data and no producer's.
    """

    source: str
    version: str
    title: str
    producer: str
    citation: str
    url: str
    licence: str
    retrieved: str
    sha256: str | None = None
    own: bool = False

    @property
    def vintage(self) -> str | None:
        """Return the year, and the month if told, of the edition; null where nothing tells it.

        >>> Origin("wdi", "2026-07", "", "", "World Bank (2025).", "", "", "").vintage
        '2026-07'
        """
        dates = re.findall(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2])(?!\d))?", self.version)
        return max(dates or re.findall(r"(?:19|20)\d{2}", self.citation), default=None)

    @property
    def id(self) -> str:
        """Return ``source@version``, the value of the ``source`` column of its rows."""
        return f"{self.source}@{self.version}"


@dataclass(frozen=True, slots=True)
class Run:
    """A computation: measure, options with defaults, inputs by fingerprint, and the version.

    ``sources`` names, for each record table read, the releases whose rows were offered. The id is a
    hash of these, so that the same question has the same id in Python, on the command line and in
    the browser.
    """

    measure: str
    options: Mapping[str, Any]
    sources: Mapping[str, tuple[str, ...]]
    inputs: Mapping[str, str]
    version: str

    @property
    def releases(self) -> tuple[str, ...]:
        """Return the releases of all tables, sorted and without repetition."""
        return tuple(sorted({release for used in self.sources.values() for release in used}))

    @property
    def id(self) -> str:
        """Return ``run:`` and twelve hexadecimal digits."""
        # Hashed is the flat list: the ids of runs made before sources stood by table still hold.
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        parts["sources"] = self.releases
        return f"run:{fingerprint(parts)[:12]}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a release covers of a table, which years of it answer, and which asked for nobody has.

    ``holes`` are years between the first and the last in which the release has no rows; ``missing``
    those asked for in which no release has any.
    """

    table: str
    release: str
    first: int | None = None
    last: int | None = None
    used: Years = frozenset()
    holes: Years = frozenset()
    missing: Years = frozenset()


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """The answer to a question: a tidy frame, the run that made it, and notes a reader needs.

    ``frames`` holds the further tables of a measure that gives several, by name.
    """

    frame: pl.DataFrame
    run: Run
    notes: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    references: tuple[str, ...] = field(default=())
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    covered: tuple[Coverage, ...] = ()

    @property
    def coverage(self) -> pl.DataFrame:
        """Return what the answer rests on: one row a table and release.

        Columns: ``table``, ``release``; ``first`` and ``last`` year it covers, and the ``holes``
        between them; the years asked for (``asked_first``, ``asked_last``, null if all); those for
        which it answers (``used``), and those for which nobody has rows (``missing``), as ranges.
        """
        asked = self.run.options.get("years")
        first, last = asked if isinstance(asked, (tuple, list)) else (None, None)
        rows = [
            (
                *(c.table, c.release, c.first, c.last, first, last),
                *(ranges(years) or None for years in (c.holes, c.used, c.missing)),
            )
            for c in self.covered
        ]
        texts = dict.fromkeys(("holes", "used", "missing"), pl.String)
        years = dict.fromkeys(("first", "last", "asked_first", "asked_last"), pl.Int64)
        schema = {"table": pl.String, "release": pl.String, **years, **texts}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def cite(self) -> str:
        """Return the bibliography: the releases the rows came from and the measure's papers."""
        return bibliography(self.origins, self.references)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas frame.

        Raises
        ------
        MissingExtra
            If pandas is not installed.
        """
        try:
            return self.frame.to_pandas()
        except ImportError as error:
            raise MissingExtra.of("pandas", "stata", "a pandas frame") from error

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give the rows to what reads Arrow: Polars, pyarrow, DuckDB, pandas."""
        return self.frame.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        """Return a line: what was asked, how many rows, what they rest on."""
        rows = f"{self.frame.height:,} rows × {self.frame.width} columns"
        held = (
            f"{rows} ({choices(self.frame.columns, 8)}); sources: {choices(self.run.releases, 3)}"
        )
        more = f"; {len(self.notes)} notes" if self.notes else ""
        return f"Result({self.run.measure}, {self.run.id}: {held:.260}{more})"

    def _repr_html_(self) -> str:
        """Show the answer in a notebook: ten rows, the picture, notes, sources, coverage, run."""
        rows = self.frame.head(_SHOWN)
        left = self.frame.height - rows.height
        parts = [
            f"<p><b>{escape(self.run.measure)}</b> <code>{escape(self.run.id)}</code></p>",
            _table(rows),
            f"<p>… {left:,} more rows</p>" if left else "",
            self._picture(),
            *(f"<p>{escape(note)}</p>" for note in self.notes),
            f"<p>{say('Sources')}</p><ul>",
            *(f"<li>{escape(line)}</li>" for line in bibliography(self.origins).splitlines()),
            "</ul>",
            f"<details><summary>Coverage</summary>{_table(self.coverage)}</details>"
            if self.covered
            else "",
        ]
        return f'<div class="multivector">{"".join(parts)}</div>'

    def _picture(self) -> str:
        """Return the picture of the answer; empty where none is drawn of it."""
        return ""

    def to_dict(self) -> dict[str, Any]:
        """Return rows, run, notes and citations as plain values for JSON."""
        return {
            "run": self.run.id,
            "measure": self.run.measure,
            "options": dict(self.run.options),
            "sources": list(self.run.releases),
            "sources_by_table": {table: list(used) for table, used in self.run.sources.items()},
            "coverage": self.coverage.to_dicts(),
            "notes": list(self.notes),
            "rows": self.frame.to_dicts(),
            "cite": self.cite().splitlines(),
        }


def _table(frame: pl.DataFrame) -> str:
    """Return a frame as HTML; figures with four digits, as a view."""
    head = "".join(f"<th>{escape(name)}</th>" for name in frame.columns)
    rows = ("".join(f"<td>{escape(_cell(v))}</td>" for v in row) for row in frame.iter_rows())
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def ranges(years: Iterable[int]) -> str:
    """Return years as ranges.

    >>> ranges([2000, 2001, 2002, 2004, 2006, 2007])
    '2000–2002, 2004, 2006–2007'
    """
    found: list[tuple[int, int]] = []
    for year in sorted(set(years)):
        if found and year == found[-1][1] + 1:
            found[-1] = (found[-1][0], year)
        else:
            found.append((year, year))
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in found)


def source_of(release: str) -> str:
    """Return the source of a release ``source@version``.

    >>> source_of("baci@HS92-V202401")
    'baci'
    """
    return release.partition("@")[0]


def bibliography(origins: Iterable[Origin], references: Iterable[str] = ()) -> str:
    """Return one line a source and one a paper, sorted and without repetition."""
    lines = {f"{o.citation} {o.url} (retrieved {o.retrieved}; {o.licence})" for o in origins}
    return "\n".join([*sorted(lines), *sorted(set(references))])


def bibtex(origins: Iterable[Origin]) -> str:
    r"""Return the releases as BibTeX entries, sorted by their keys.

    >>> origin = Origin("x", "1", "A & B", "P", "P. A & B.", "https://x.org", "CC0", "2026-11-19")
    >>> print(bibtex([origin]))
    @misc{x_1,
      title = {A \& B},
      author = {{P}},
      howpublished = {\url{https://x.org}},
      note = {P. A \& B. Licence: CC0. Retrieved 2026-11-19}
    }
    """
    entries = {re.sub(r"[^A-Za-z0-9]+", "_", o.id): o for o in origins}
    return "\n\n".join(_entry(key, origin) for key, origin in sorted(entries.items()))


def _entry(key: str, origin: Origin) -> str:
    cited = origin.citation if origin.citation.endswith(".") else f"{origin.citation}."
    note = f"{cited} Licence: {origin.licence}. Retrieved {origin.retrieved}"
    fields = {
        "title": _escaped(origin.title),
        "author": f"{{{_escaped(origin.producer)}}}",
        "howpublished": rf"\url{{{origin.url}}}",
        "note": _escaped(note),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}\n}}"


def _escaped(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of a value written as canonical JSON.

    >>> fingerprint({"b": 1, "a": 2}) == fingerprint({"a": 2, "b": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

"""Pages: what an address of the observatory answers, before it is HTML, JSON, a table or a picture.

A page is content, options and a name for its template. Nothing is calculated here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from multivector.content.draft import Piece, part
from multivector.content.model import (
    Brief,
    Cite,
    Computation,
    Fact,
    Gap,
    Reference,
    Row,
    Section,
    Sentence,
    Table,
)
from multivector.content.tables import Heads, table
from multivector.errors import BadValue, UnknownName, choices

if TYPE_CHECKING:
    from multivector.content.inquiry import Inquiry
    from multivector.provenance import Origin
    from multivector.workspace import Workspace

__all__ = [
    "Field",
    "File",
    "Link",
    "Page",
    "Query",
    "Route",
    "listed",
    "numbered",
    "of_brief",
    "of_inquiry",
    "section",
]

Kind = Literal[
    "text",
    "state",
    "states",
    "organisation",
    "poles",
    "year",
    "years",
    "choice",
    "number",
    "whole",
    "bool",
]


@dataclass(frozen=True, slots=True)
class Field:
    """An option of a page: its name in the address, its label, kind, default and choices."""

    name: str
    label: str
    kind: Kind = "text"
    default: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    note: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text; ``here`` marks the page one is on."""

    href: str
    text: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A question: the workspace, the parts of the path, and the options given."""

    workspace: Workspace
    path: Mapping[str, str]
    options: Mapping[str, str]
    fields: tuple[Field, ...] = ()
    address: str = "/"

    def get(self, name: str) -> str | None:
        """Return an option as written, its default, or null where it is empty or absent."""
        given = self.options.get(name, "").strip()
        if given:
            return given
        return next((f.default for f in self.fields if f.name == name), None)

    def flag(self, name: str) -> bool:
        """Return whether an option is switched on."""
        return (self.get(name) or "").lower() in ("1", "yes", "true", "on")

    def whole(self, name: str) -> int | None:
        """Return an option as a whole number.

        Raises
        ------
        BadValue
            If it is not one.
        """
        text = self.get(name)
        if text is None:
            return None
        if not text.lstrip("-").isdecimal() or len(text) > 12:
            raise BadValue(f"{name} is {text!r}; expected a whole number; correct it")
        return int(text)

    def page(self, total: int) -> int:
        """Return which page of so many is asked for; the first if none is.

        Raises
        ------
        UnknownName
            If there is no such page.
        """
        asked = self.whole("page")
        number = 1 if asked is None else asked
        if not 1 <= number <= max(total, 1):
            raise UnknownName(
                f"there is no page {number} here; expected 1 to {max(total, 1)}; correct page="
            )
        return number

    def one_of(self, name: str, known: Collection[str]) -> str | None:
        """Return an option that is one of those known, or null where it is not given.

        Raises
        ------
        UnknownName
            If it is none of them.
        """
        given = self.get(name)
        if given is not None and given not in known:
            raise UnknownName(
                f"there is no {name} {given[:40]!r} here; expected one of {choices(known)}; "
                "leave it out"
            )
        return given


@dataclass(frozen=True, slots=True)
class File:
    """A file to save: its name, type and bytes."""

    name: str
    media: str
    body: bytes


@dataclass(frozen=True)
class Page:
    """What an address answers.

    ``sections`` hold the content that all formats share; ``frames`` tidy tables as computed, for
    CSV, Excel and JSON; ``command`` and ``python`` repeat the page elsewhere. ``shown`` is what the
    page's own template needs beside these, and ``extra`` what JSON gives beside the content.
    ``elsewhere`` is the address where the answer stands, if not here; ``file`` is the answer where
    it is neither a page nor one of the formats every page has.
    """

    title: str
    kicker: str = ""
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    gaps: tuple[Gap, ...] = ()
    computations: tuple[Computation, ...] = ()
    references: tuple[Reference, ...] = ()
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    tabs: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    command: str | None = None
    python: str | None = None
    template: str = "page.html.j2"
    shown: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    colours: tuple[str, ...] = ()
    elsewhere: str | None = None
    file: File | None = None
    kept: bool = True
    """Whether the page is the same until the study changes, so that it may be kept."""


@dataclass(frozen=True)
class Route:
    """An address: its path, what it is, the options it takes, and the function that answers."""

    path: str
    title: str
    answer: Callable[[Query], Page]
    fields: tuple[Field, ...] = ()
    more: Callable[[Mapping[str, str]], tuple[Field, ...]] | None = None
    """Further options that follow from the path, such as those of a measure."""
    each: Callable[[], Iterable[Mapping[str, str]]] | None = None
    """The paths whose further options are described one by one."""

    def options(self, path: Mapping[str, str]) -> tuple[Field, ...]:
        """Return the options the address takes."""
        return self.fields if self.more is None else (*self.fields, *self.more(path))


def section(name: str, title: str, *pieces: Piece | Iterable[Piece]) -> Section:
    """Return a section of pieces, each in its own place; a text is a note, null adds nothing.

    >>> section("found", "Search", Sentence("Nothing."), None, "A note.").notes
    ('A note.',)
    """
    made = part(*pieces)
    return Section(name, title, made.sentences, made.charts, made.tables, made.notes)


def listed(
    name: str,
    caption: str,
    columns: Heads,
    rows: Iterable[Mapping[str, Any]],
    *,
    folded: bool = False,
) -> Table:
    """Return a table of rows that cite nothing, such as what is held; empty where there are none.

    >>> listed("sizes", "Sizes", {"n": ("Rows", "integer")}, [{"n": 3}]).rows[0].cells
    {'n': 3}
    """
    return table(name, caption, columns, (Row(dict(row)) for row in rows), folded=folded)


def numbered(origins: Iterable[Origin]) -> tuple[Reference, ...]:
    """Return releases as numbered sources of a page."""
    return tuple(
        Reference(n, o.id, o.citation, o.url, o.licence, o.retrieved)
        for n, o in enumerate(origins, start=1)
    )


def of_brief(brief: Brief, **more: Any) -> Page:
    """Return a page with a brief's content."""
    method = [s for s in brief.sections if s.id == "method"]
    return Page(
        **{
            "title": brief.name,
            "facts": brief.facts,
            "sections": tuple(s for s in brief.sections if s not in method),
            "gaps": brief.gaps,
            "computations": brief.computations,
            "references": brief.references,
            "colours": (brief.subject, *(pole.pole for pole in brief.poles)),
            **more,
        }
    )


def of_inquiry(inquiry: Inquiry, title: str, *sections: Section, **more: Any) -> Page:
    """Return a page with sections made from an inquiry: its runs, gaps and numbered sources."""
    from multivector.brief.assembly import references

    facts = tuple(more.get("facts", ()))
    runs = sorted(inquiry.computations.values(), key=lambda c: (c.measure, c.run))
    used = tuple(Cite(source) for run in runs for source in run.sources)
    cited = [*sections, Section("", "", (Sentence("", used),))]
    return Page(
        **{
            "title": title,
            "sections": sections,
            "gaps": tuple(inquiry.gaps),
            "computations": tuple(runs),
            "references": references(inquiry, facts, cited),
            **more,
        }
    )

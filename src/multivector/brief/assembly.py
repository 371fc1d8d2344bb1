"""Assembly: what every brief has whatever its subject: poles, runs behind the figures, sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from multivector.brief import sections
from multivector.brief.seats import seats_of
from multivector.brief.sections import Entry
from multivector.content.inquiry import Inquiry, club, label
from multivector.content.model import (
    Brief,
    Cite,
    Column,
    Computation,
    Fact,
    Part,
    Pole,
    Reference,
    Row,
    Section,
    Sentence,
    Table,
)
from multivector.errors import BadValue, choices
from multivector.names import organisations
from multivector.study import poles
from multivector.study.options import poles as pole_codes
from multivector.version import __version__
from multivector.words import many, say

__all__ = ["SCHEMA", "assemble", "poles_of", "references"]

SCHEMA = "multivector.brief/1"


def assemble(inquiry: Inquiry, only: Collection[str] | None = None) -> Brief:
    """Return the brief that answers an inquiry, whole or some of its sections."""
    entries = sections.of(inquiry.kind)
    wanted = set(sections.ids(inquiry.kind, whole=True) if only is None else only)
    facts = tuple(_written(inquiry, entries, wanted))
    computations = tuple(sorted(inquiry.computations.values(), key=lambda c: (c.measure, c.run)))
    shown = [_section(e, inquiry.parts[e.id]) for e in entries if e.id in wanted & {*inquiry.parts}]
    shown.append(_method(computations))
    return Brief(
        SCHEMA,
        __version__,
        inquiry.kind,
        inquiry.subject,
        inquiry.state or None,
        inquiry.name,
        inquiry.year,
        inquiry.poles,
        facts,
        tuple(shown),
        tuple(inquiry.gaps),
        computations,
        references(inquiry, facts, shown),
    )


def _written(inquiry: Inquiry, entries: tuple[Entry, ...], wanted: set[str]) -> Iterable[Fact]:
    """Write the sections wanted and those they read, which come first; return the facts."""
    read = {name for entry in entries if entry.id in wanted for name in entry.reads}
    written = {}
    for entry in entries:
        if not entry.reads and entry.id in wanted | read:
            written[entry.id] = entry.write(inquiry)
    for entry in entries:
        if entry.reads and entry.id in wanted:
            found = {name: written.get(name) for name in entry.reads}
            inquiry.parts = {name: part for name, part in found.items() if part is not None}
            written[entry.id] = entry.write(inquiry)
    inquiry.parts = {name: part for name, part in written.items() if part is not None}
    return (f for e in entries if e.id in inquiry.parts for f in inquiry.parts[e.id].facts)


def _section(entry: Entry, part: Part) -> Section:
    return Section(entry.id, say(entry.title), part.sentences, part.charts, part.tables, part.notes)


def poles_of(inquiry: Inquiry, asked: object) -> tuple[Pole, ...]:
    """Return the poles asked for, or the default poles of the state.

    Raises
    ------
    UnknownState, AmbiguousState
        If a pole is not known.
    BadValue
        If no pole remains or the state itself is given as a pole.
    """
    sets = poles.table(inquiry.workspace.path)
    if asked is None:
        chosen = poles.of_state(inquiry.state, seats_of(inquiry), sets)
        return tuple(_pole(choice.pole, say(choice.reason)) for choice in chosen)
    parts = asked.split(",") if isinstance(asked, str) else list(cast("list[str]", asked))
    names = poles.expand([str(part).strip() for part in parts if str(part).strip()], sets)
    codes = tuple(dict.fromkeys(pole_codes(names)))
    if not codes:
        raise BadValue(
            f"no pole is given in {asked!r}; expected at least one state or organisation; write "
            "them with commas, as in --poles USA,EU,RUS,CHN"
        )
    if inquiry.state in codes:
        raise BadValue(
            f"{inquiry.state} is the state itself; expected poles other than it, such as "
            f"{choices(c for c in ('USA', 'EU', 'RUS', 'CHN') if c != inquiry.state)}; leave it out"
        )
    return tuple(_pole(code, say("asked for")) for code in codes)


def _pole(code: str, reason: str) -> Pole:
    if code in organisations.codes():
        return Pole(code, club(code), "organisation", reason)
    return Pole(code, label(code), "state", reason)


def _method(computations: tuple[Computation, ...]) -> Section:
    columns = (
        Column("measure", say("Measure")),
        Column("options", say("Options")),
        Column("sources", say("Releases")),
        Column("run", say("Run")),
    )
    rows = tuple(
        Row(
            {
                "measure": c.measure,
                "options": ", ".join(f"{key}={_option(value)}" for key, value in c.options.items()),
                "sources": _releases(c.sources),
                "run": c.run,
            }
        )
        for c in computations
    )
    text = many(
        len(computations),
        "{n} computation with multivector {version}; the same question on the same data has the "
        "same run.",
        "{n} computations with multivector {version}; the same question on the same data has the "
        "same run.",
        version=__version__,
    )
    table = Table("runs", say("Runs behind the figures"), columns, rows, folded=True)
    return Section("method", say("How it was computed"), (Sentence(text),), (), (table,))


def _releases(sources: tuple[str, ...]) -> str:
    if len(sources) <= 4:
        return ", ".join(sources)
    return many(len(sources), "{n} release, listed in JSON", "{n} releases, listed in JSON")


def _option(value: object) -> str:
    return "+".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _cited(facts: tuple[Fact, ...], shown: Iterable[Section]) -> list[Cite]:
    found = [cite for fact in facts for cite in fact.cites]
    for section in shown:
        found += [cite for sentence in section.sentences for cite in sentence.cites]
        found += [cite for chart in section.charts for cite in chart.cites]
        for table in section.tables:
            found += [cite for row in table.rows for cite in row.cites]
    return found


def references(
    inquiry: Inquiry, facts: tuple[Fact, ...], shown: Iterable[Section]
) -> tuple[Reference, ...]:
    """Return every release cited, numbered as first met, then the papers behind the measures."""
    known = inquiry.workspace.origins()
    used = [c.source for c in _cited(facts, shown) if "@" in c.source]
    found: list[Reference] = []
    for source in dict.fromkeys(used):
        origin = known.get(source)
        number = len(found) + 1
        if origin is None:
            found.append(Reference(number, source, source, "", None, None))
            continue
        text = f"{origin.citation}".strip()
        found.append(Reference(number, source, text, origin.url, origin.licence, origin.retrieved))
    for paper in sorted(inquiry.papers):
        found.append(Reference(len(found) + 1, None, paper, "", None, None))
    return tuple(found)

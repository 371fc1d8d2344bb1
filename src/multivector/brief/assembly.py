"""Assembly: what every brief has whatever its subject: poles, runs behind the figures, sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast

from multivector.brief.seats import seats_of
from multivector.content.inquiry import Inquiry, label
from multivector.content.model import (
    Brief,
    Cite,
    Column,
    Computation,
    Fact,
    Gap,
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
from multivector.words import many, say

__all__ = ["SCHEMA", "assemble", "poles_of", "references"]

SCHEMA = "multivector.brief/1"


def assemble(
    inquiry: Inquiry,
    sections: Iterable[Section],
    facts: Iterable[Fact] = (),
    gaps: tuple[Gap, ...] | None = None,
) -> Brief:
    """Return the brief that an inquiry's sections make, with its runs and sources."""
    computations = tuple(sorted(inquiry.computations.values(), key=lambda c: (c.measure, c.run)))
    shown, figures = [*sections, _method(computations)], tuple(facts)
    return Brief(
        SCHEMA,
        _version(),
        inquiry.kind,
        inquiry.subject,
        inquiry.state or None,
        inquiry.name,
        inquiry.year,
        inquiry.poles,
        figures,
        tuple(shown),
        tuple(inquiry.gaps) if gaps is None else gaps,
        computations,
        references(inquiry, figures, shown),
    )


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
    kind: Literal["state", "organisation"] = "state"
    if code in organisations.codes():
        kind = "organisation"
    return Pole(code, label(code), kind, reason)


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
        version=_version(),
    )
    table = Table("runs", say("Runs behind the figures"), columns, rows, folded=True)
    return Section("method", say("How it was computed"), (Sentence(text),), (), (table,))


def _releases(sources: tuple[str, ...]) -> str:
    if len(sources) <= 4:
        return ", ".join(sources)
    return many(len(sources), "{n} release, listed in JSON", "{n} releases, listed in JSON")


def _option(value: object) -> str:
    return "+".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _cited(facts: tuple[Fact, ...], sections: Iterable[Section]) -> list[Cite]:
    found = [cite for fact in facts for cite in fact.cites]
    for section in sections:
        found += [cite for sentence in section.sentences for cite in sentence.cites]
        found += [cite for chart in section.charts for cite in chart.cites]
        for table in section.tables:
            found += [cite for row in table.rows for cite in row.cites]
    return found


def references(
    inquiry: Inquiry, facts: tuple[Fact, ...], sections: Iterable[Section]
) -> tuple[Reference, ...]:
    """Return every release cited, numbered as first met, then the papers behind the measures."""
    known = inquiry.workspace.origins()
    used = [c.source for c in _cited(facts, sections) if "@" in c.source]
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


def _version() -> str:
    from multivector import __version__

    return __version__

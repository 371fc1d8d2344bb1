"""The brief: a sourced picture of a state's foreign policy, assembled from the workspace.

Only orchestration lives here: numbers come from measures and tables, and the renderers in
``multivector.report`` show the same content as text, JSON and HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import polars as pl

from multivector import organisations, poles, states
from multivector.brief.clubs import clubs, seats_of
from multivector.brief.commitments import commitments
from multivector.brief.content import (
    Brief,
    Cite,
    Column,
    Computation,
    Fact,
    Pole,
    Reference,
    Row,
    Section,
    Sentence,
    Table,
)
from multivector.brief.inquiry import Inquiry
from multivector.brief.interdependence import interdependence
from multivector.brief.literature import literature
from multivector.brief.overview import overview
from multivector.brief.profile import profile
from multivector.brief.ties import ties
from multivector.brief.trade import trade
from multivector.brief.unknown import unknown
from multivector.brief.vectors import vectors
from multivector.brief.votes import votes
from multivector.brief.wording import count
from multivector.errors import BadValue, UnknownState, choices
from multivector.options import check_year
from multivector.options import poles as pole_codes

if TYPE_CHECKING:
    from multivector.workspace import Workspace

__all__ = ["SCHEMA", "Brief", "build"]

SCHEMA = "multivector.brief/1"


def build(workspace: Workspace, state: str, *, poles: object = None, year: object = None) -> Brief:
    """Assemble the brief on a state.

    Parameters
    ----------
    workspace : Workspace
        Where the data are.
    state : str
        A state by name or code, existing today, or in the year asked for.
    poles : sequence of str or str, optional
        States, organisations or names of sets of poles; the default set if not given.
    year : int, optional
        Nothing later than this year is used.

    Raises
    ------
    UnknownState, AmbiguousState
        If the state or a pole is not known, or the state did not exist then.
    BadYear
        If the year is not a year.
    BadValue
        If no pole remains or the state itself is given as a pole.
    """
    when = None if year is None else check_year(year)
    inquiry = Inquiry(workspace, _identify(state, when), when)
    inquiry.poles = _poles(inquiry, poles)
    return _assemble(inquiry)


def _identify(name: str, year: int | None) -> str:
    code = states.identify(name, year=year)
    if year is None and code not in states.today() and not _lasts(code):
        raise UnknownState(
            f"{name!r} is {states.name(code)}, whose codes no longer hold; expected a state of "
            "today; name another, or a year in which it existed with --year"
        )
    if year is not None and not _existed(code, year):
        raise UnknownState(
            f"{states.name(code)} is in no list of the states of {year}; expected a year in which "
            "it existed; name another with --year"
        )
    return code


def _lasts(code: str) -> bool:
    spells = states.table().filter(pl.col("state") == code)
    return bool(spells["valid_to"].is_null().any())


def _existed(code: str, year: int) -> bool:
    spells = states.table().filter(pl.col("state") == code)
    first = pl.col("valid_from").str.slice(0, 4).cast(pl.Int64) <= year
    last = pl.col("valid_to").str.slice(0, 4).cast(pl.Int64).fill_null(year) >= year
    lists: tuple[Literal["cow", "gw", "un"], ...] = ("cow", "gw", "un")
    listed = [states.exists(code, year, by=name) for name in lists]
    return any(listed) or not spells.filter(first & last).is_empty()


def _poles(inquiry: Inquiry, asked: object) -> tuple[Pole, ...]:
    sets = poles.table(inquiry.workspace.path)
    if asked is None:
        chosen = poles.of_state(inquiry.state, seats_of(inquiry), sets)
        return tuple(_pole(choice.pole, choice.reason) for choice in chosen)
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
    return tuple(_pole(code, "asked for") for code in codes)


def _pole(code: str, reason: str) -> Pole:
    if code in organisations.codes():
        return Pole(code, code, "organisation", reason)
    return Pole(code, states.name(code), "state", reason)


def _assemble(inquiry: Inquiry) -> Brief:
    spread = vectors(inquiry)
    first, sized = profile(inquiry)
    traded, trade_facts = trade(inquiry)
    depending = interdependence(inquiry)
    seated, seat_facts = clubs(inquiry)
    bound = commitments(inquiry)
    tied = ties(inquiry)
    voted, vote_facts = votes(inquiry)
    told = literature(inquiry)
    missing, gaps = unknown(inquiry)
    compared = overview(inquiry.name, inquiry.poles, [seated, tied, voted])
    sections = [first, compared, spread, traded, depending, seated, bound, tied, voted]
    sections += [*([told] if told else []), missing]
    computations = tuple(sorted(inquiry.computations.values(), key=lambda c: (c.measure, c.run)))
    facts = (*sized, *trade_facts, *seat_facts, *vote_facts)
    sections.append(_method(computations))
    return Brief(
        SCHEMA,
        _version(),
        inquiry.state,
        inquiry.name,
        inquiry.year,
        inquiry.poles,
        facts,
        tuple(sections),
        gaps,
        computations,
        _references(inquiry, facts, sections),
    )


def _method(computations: tuple[Computation, ...]) -> Section:
    columns = (
        Column("measure", "Measure"),
        Column("options", "Options"),
        Column("sources", "Releases"),
        Column("run", "Run"),
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
    text = (
        f"{count(len(computations), 'computation')} with multivector {_version()}; the same "
        "question on the same data has the same run."
    )
    table = Table("runs", "Runs behind the figures", columns, rows, folded=True)
    return Section("method", "How it was computed", (Sentence(text),), (), (table,))


def _releases(sources: tuple[str, ...]) -> str:
    return ", ".join(sources) if len(sources) <= 4 else f"{len(sources)} releases, listed in JSON"


def _option(value: object) -> str:
    return "+".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _cited(facts: tuple[Fact, ...], sections: list[Section]) -> list[Cite]:
    found = [cite for fact in facts for cite in fact.cites]
    for section in sections:
        found += [cite for sentence in section.sentences for cite in sentence.cites]
        found += [cite for chart in section.charts for cite in chart.cites]
        for table in section.tables:
            found += [cite for row in table.rows for cite in row.cites]
    return found


def _references(
    inquiry: Inquiry, facts: tuple[Fact, ...], sections: list[Section]
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

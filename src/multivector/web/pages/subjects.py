"""States, pairs and organisations: a part of the brief an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from multivector import brief
from multivector.brief import sections
from multivector.brief.subjects import Subject
from multivector.content.inquiry import label
from multivector.content.model import Brief, Subjects
from multivector.errors import UnknownName, choices
from multivector.study import world
from multivector.web.page import Field, File, Link, Page, Query, Route, of_brief
from multivector.web.repeat import address as link
from multivector.web.repeat import command, python
from multivector.words import mark, say
from multivector.words.figures import listing

__all__ = ["ROUTES"]

_POLES = Field(
    "poles",
    mark("Poles"),
    "poles",
    note=mark("States or organisations with commas; empty: the default poles"),
)
_YEAR = Field("year", mark("As of the year"), "year", note=mark("Nothing later is used"))
_QUOTA = Field(
    "quota", mark("Quota"), "number", note=mark("Votes a decision needs, or their share if below 1")
)

_TO = Field(
    "to",
    mark("Format"),
    "choice",
    default="pdf",
    choices=(("pdf", "PDF"), ("docx", "Word"), ("html", "HTML")),
)
_REPORTS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}
_TABS = {
    "overview": mark("Overview"),
    "timeline": mark("Timeline"),
    "years": mark("Through the years"),
    "poles": mark("Poles"),
    "members": mark("Members"),
    "decisions": mark("Voting power"),
    "trade": mark("Trade"),
    "economy": mark("Economy"),
    "organisations": mark("Organisations"),
    "votes": mark("Votes"),
    "clubs": mark("Shared organisations"),
    "binding": mark("Does it bind?"),
    "network": mark("Network"),
    "power": mark("Means of power"),
    "literature": mark("In the literature"),
    "evidence": mark("Evidence"),
    "unknown": mark("What is not known"),
    "whole": mark("The whole brief"),
}
"""Titles of the parts, in the order in which a page offers those its subject has."""

_HOME: dict[Subjects, str] = {"state": "states", "pair": "pairs", "organisation": "organisations"}


def _parts(kind: Subjects) -> dict[str, tuple[str, ...]]:
    """Return the sections of each part of a subject's pages, in the order of the parts."""
    entries = sections.of(kind)
    held = {tab: tuple(entry.id for entry in entries if entry.tab == tab) for tab in _TABS}
    return {tab: ids for tab, ids in held.items() if ids}


def _answer(kind: Subjects, query: Query) -> Page:
    """Return a part of the brief on a subject, or the address where the subject stands."""
    asked, part = query.path["subject"], query.path.get("part", "overview")
    parts = _parts(kind)
    found = brief.subject(asked)
    address = f"/{_HOME[found.kind]}/{found.address}"
    if found.kind != kind or found.address != asked:
        kept = f"/{part}" if part in _parts(found.kind) and part != "overview" else ""
        return Page(asked, elsewhere=link(address + kept, query.options))
    if part not in (*parts, "whole"):
        raise UnknownName(
            f"there is no part {part!r} here; expected one of {choices((*parts, 'whole'), 12)}; "
            f"see {address}"
        )
    own = {name: query.get(name) for name in ("poles", "year", "quota") if query.get(name)}
    chosen = None if part == "whole" else parts[part]
    made = query.workspace.brief(found.address, sections=chosen, **own)
    return of_brief(
        made,
        kicker=_kicker(found, made),
        lead=_lead(made),
        tabs=_tabs(address, kind, part, query),
        links=(*_links(made), *_reports(address, own)) if part == "overview" else (),
        command=command("report", found.address, options={**own, "to": "html"}),
        python=python("brief", found.address, {**own, "sections": chosen}, then=".to_dict()"),
    )


def _kicker(found: Subject, made: Brief) -> str:
    kinds = {
        "state": say("State"),
        "pair": say("Pair of states"),
        "organisation": say("Organisation"),
    }
    kicker = f"{kinds[found.kind]} · {found.address}"
    if made.year is None:
        return kicker
    return f"{kicker} · {say('nothing later than {year}', year=made.year)}"


def _lead(made: Brief) -> str:
    if not made.poles:
        return ""
    return say("Measured against {poles}.", poles=listing([pole.name for pole in made.poles]))


def _tabs(address: str, kind: Subjects, part: str, query: Query) -> tuple[Link, ...]:
    asked = {k: v for k, v in query.options.items() if k in ("poles", "year")}
    return tuple(
        Link(
            link(f"{address}{'' if name == 'overview' else f'/{name}'}", asked),
            say(_TABS[name]),
            name == part,
        )
        for name in (*_parts(kind), "whole")
    )


def _links(made: Brief) -> tuple[Link, ...]:
    if made.kind == "state":
        return tuple(
            Link(f"/pairs/{made.subject}-{pole.pole}", say("With {pole}", pole=pole.name))
            if pole.kind == "state"
            else Link(f"/organisations/{pole.pole}", pole.name)
            for pole in made.poles
        )
    if made.kind == "pair":
        codes = made.subject.split("-")
        return tuple(Link(f"/states/{code}", label(code)) for code in codes)
    return ()


def _reports(address: str, own: dict[str, str | None]) -> tuple[Link, ...]:
    titles = {
        "pdf": say("Report as PDF"),
        "docx": say("Report for Word"),
        "html": say("Report as one page"),
    }
    return tuple(
        Link(link(f"{address}/report", own, quota=None, to=to), text) for to, text in titles.items()
    )


def _report(kind: Subjects, query: Query) -> Page:
    """Return the report on a subject as a file."""
    found = brief.subject(query.path["subject"])
    if found.kind != kind or found.address != query.path["subject"]:
        return Page(
            "", elsewhere=link(f"/{_HOME[found.kind]}/{found.address}/report", query.options)
        )
    to = query.get("to") or "pdf"
    poles, year = query.get("poles"), query.get("year")
    body = query.workspace.report(found.address, to=to, poles=poles, year=year)
    name = f"report-{found.address}.{to}"
    return Page(name, file=File(name, _REPORTS.get(to, "application/octet-stream"), body))


def _quota(path: Mapping[str, str]) -> tuple[Field, ...]:
    """Return the option that moves a quota, where an organisation's decision rule is at hand."""
    ruled = set(world.table("voting_rules")["organisation"])
    shown = path.get("part") in ("decisions", "whole") and path.get("subject") in ruled
    return (_QUOTA,) if shown else ()


def _routes(
    kind: Subjects,
    title: str,
    fields: tuple[Field, ...],
    more: Callable[[Mapping[str, str]], tuple[Field, ...]] | None = None,
) -> tuple[Route, ...]:
    home = f"/{_HOME[kind]}/{{subject}}"
    return (
        Route(home, f"{title}: overview", partial(_answer, kind), fields),
        Route(f"{home}/report", f"{title}: report", partial(_report, kind), (*fields, _TO)),
        Route(f"{home}/{{part}}", f"{title}: one part", partial(_answer, kind), fields, more),
    )


ROUTES: tuple[Route, ...] = (
    *_routes("state", "State", (_POLES, _YEAR)),
    *_routes("pair", "Pair of states", (_YEAR,)),
    *_routes("organisation", "Organisation", (_YEAR,), _quota),
)

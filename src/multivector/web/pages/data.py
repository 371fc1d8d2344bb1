"""Data: what the package and the study hold, under which terms, and how to add to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from multivector import sources, tables
from multivector.content.model import Fact, Section, Sentence, Table
from multivector.content.tables import Heads, heads, pick
from multivector.errors import BadValue, MissingData, UnknownName, choices, nearest
from multivector.names import states
from multivector.provenance import bibtex
from multivector.study import options
from multivector.study.store import Release
from multivector.web import importing
from multivector.web.page import Field, Link, Page, Query, Route, listed, numbered, section
from multivector.web.repeat import python
from multivector.words import many, say
from multivector.words.figures import whole
from multivector.workspace import Workspace

__all__ = ["ACTIONS", "ROUTES"]

_ROWS = 50
_LARGE = frozenset({"flows", "joint_votes"})
_FIRST = "KAZ"
_EVERY = "all"


class Held(Mapping[str, pl.DataFrame]):
    """The rows of a record table, read when they are asked for and not kept."""

    def __init__(self, workspace: Workspace, name: str, **asked: Any) -> None:
        self._workspace, self._name, self._asked = workspace, name, asked

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name != self._name:
            raise KeyError(name)
        return self._workspace.table(self._name, **self._asked).frame

    def __iter__(self) -> Iterator[str]:
        return iter((self._name,))

    def __len__(self) -> int:
        return 1


def data(query: Query) -> Page:
    """Return what is held, what can be added, and the form to add a file."""
    workspace = query.workspace
    held = workspace.inventory()
    installed = workspace.releases()
    sections = [_inventory(held)]
    if installed:
        sections.insert(0, _installed(installed))
    known = _known(workspace)
    sections.append(known)
    return Page(
        say("Data"),
        lead=say(
            "Everything here computes from these tables. The package carries some; a study "
            "adds producers' files as they publish them."
        ),
        facts=_facts(held, installed, known),
        sections=tuple(sections),
        tabs=_tabs("/data"),
        template="data.html.j2",
        shown={
            "study": workspace.path is not None,
            "sources": sources.names(),
            "jobs": importing.recent(),
            "standing": _standing,
        },
        command="multivector --study DIR data list",
        python="import multivector as mv\n\nmv.Workspace().inventory()",
        kept=False,
    )


def _tabs(here: str) -> tuple[Link, ...]:
    entries = (
        ("/data", say("Tables and sources")),
        ("/data/citations", say("Citations")),
        ("/data/verification", say("Verification")),
    )
    return tuple(Link(href, text, href == here) for href, text in entries)


def _facts(held: pl.DataFrame, installed: list[Release], known: Section) -> tuple[Fact, ...]:
    embedded = held.filter(~pl.col("installed"))
    return (
        Fact(
            say("Embedded rows"),
            whole(float(embedded["rows"].sum())),
            many(embedded["table"].n_unique(), "in {n} table", "in {n} tables"),
        ),
        Fact(
            say("Installed data sets"),
            whole(len(installed)),
            many(int(held.filter("installed")["rows"].sum()), "{n} row", "{n} rows"),
        ),
        Fact(
            say("Sources that can be added"),
            whole(len(sources.names())),
            many(len(known.tables[0].rows), "{n} release known", "{n} releases known"),
        ),
    )


def _inventory(held: pl.DataFrame) -> Section:
    grouped = held.group_by("table", maintain_order=True).agg(
        pl.len().alias("releases"), pl.col("rows").sum(), pl.col("installed").any()
    )
    rows = (
        {**row, "note": say(tables.record(row["table"]).note), "href": f"/data/{row['table']}"}
        for row in grouped.iter_rows(named=True)
    )
    columns = heads("table", note=say("A row is")) | heads(
        "rows", releases=(say("Releases"), "integer"), installed=say("From the study")
    )
    own = heads("table release rows", installed=say("Installed")) | heads("licence")
    by_release = say("Rows by release, with licences")
    return section(
        "tables",
        say("What is held"),
        Sentence(say("Each table opens with its columns, units and first rows.")),
        listed("tables", say("Record tables"), columns, rows),
        listed("releases", by_release, own, held.iter_rows(named=True), folded=True),
    )


def _installed(installed: list[Release]) -> Section:
    rows = (
        {
            "release": r.id,
            "title": r.origin.title,
            "rows": sum(int(entry["rows"]) for entry in r.files.values()),
            "licence": r.origin.licence,
            "href": f"/data/releases/{r.id}",
        }
        for r in installed
    )
    columns = heads("release title rows licence")
    table = listed("installed", say("Installed in this study"), columns, rows)
    return section("installed", say("In this study"), table)


def _known(workspace: Workspace) -> Section:
    have = {release.id for release in workspace.releases()}
    rows = (
        {
            **pick(row, "release", "title", "producer", "licence", "url"),
            "tables": ", ".join(sorted(sources.module(row["source"]).EXPECT)),
            "have": say("installed") if row["release"] in have else "",
        }
        for row in workspace.sources().iter_rows(named=True)
    )
    columns = heads("release title", producer=say("Producer"))
    columns |= heads("licence", tables=say("Tables"))
    columns |= heads("url", have=say("In this study"))
    every = listed("sources", say("Every source that can be added"), columns, rows)
    return section("sources", say("What can be added"), every)


def add(workspace: Workspace, path: Mapping[str, str], form: Any) -> Any:
    """Begin to import a file that was sent, and lead on to how it stands."""
    file = form.get("file")
    if file is None or not getattr(file, "filename", ""):
        raise BadValue("no file was sent; expected one data set; choose a file and send again")
    source = str(form.get("source") or "") or None
    if source is not None and source not in sources.names():
        raise UnknownName(
            f"there is no source {source!r}; nearest: "
            f"{choices(nearest(source, sources.names())) or 'none'}; leave it to be recognised"
        )
    extract = str(form.get("extract") or "") == "yes"
    job = importing.start(workspace, file.filename, file.file, source=source, extract=extract)
    return f"/data/imports/{job.id}"


def imported(query: Query) -> Page:
    """Return how an import stands."""
    job = importing.find(query.path["job"])
    rows = [{"table": table, "rows": n, "href": f"/data/{table}"} for table, n in job.rows]
    found = listed("found", say("What was found"), heads("table rows"), rows)
    text = _standing(job)
    return Page(
        say("Import of {file}", file=job.file),
        kicker=say("Data"),
        sections=(section("found", found.caption, found, _report(job.report)),) if rows else (),
        tabs=_tabs(""),
        template="import.html.j2",
        shown={"job": job, "standing": text},
        extra={"state": job.state, "told": text, "release": job.release},
        kept=False,
    )


def _standing(job: importing.Job) -> str:
    if job.state == "working":
        return say("Reading {file}. The study stays readable meanwhile.", file=job.file)
    if job.state == "failed":
        return job.message
    return say("{file} was added as {release}.", file=job.file, release=str(job.release))


def _report(report: tuple[Mapping[str, Any], ...]) -> Table:
    columns = heads("what", n=(say("Rows"), "integer")) | heads("note")
    rows = ({key: line.get(key) for key in columns} for line in report)
    return listed("report", say("What was kept, merged, flagged or left out"), columns, rows)


def release(query: Query) -> Page:
    """Return an installed release: where it comes from, its tables, and the form to remove it."""
    name = query.path["release"]
    found = _release(query.workspace, name)
    origin = found.origin
    rows = (
        {
            "table": table,
            "rows": int(entry["rows"]),
            "sha256": str(entry["sha256"]),
            "href": f"/data/{table}",
        }
        for table, entry in sorted(found.files.items())
    )
    columns = heads("table rows", sha256=say("SHA-256 of the stored file"))
    held = listed("held", say("Its tables"), columns, rows)
    report = _report(found.report) if found.report else None
    return Page(
        origin.title,
        kicker=found.id,
        lead=f"{origin.producer}. {origin.licence}",
        sections=(section("held", say("What it gave"), held, report),),
        references=numbered([origin]),
        tabs=_tabs(""),
        template="release.html.j2",
        shown={"release": found.id},
        command=f"multivector --study DIR data remove {found.id}",
        kept=False,
    )


def _release(workspace: Workspace, name: str) -> Release:
    for found in workspace.releases():
        if found.id == name:
            return found
    known = choices(r.id for r in workspace.releases()) or "none, none is installed"
    raise UnknownName(f"no release {name!r} is installed; expected one of {known}; see /data")


def remove(workspace: Workspace, path: Mapping[str, str], form: Any) -> str:
    """Remove an installed release, if that was confirmed."""
    found = _release(workspace, path["release"])
    if str(form.get("sure") or "") != "yes":
        raise BadValue(
            f"removing {found.id} was not confirmed; expected the box to be ticked; go back and "
            "tick it"
        )
    workspace.remove(found.id)
    return "/data"


def verification(query: Query) -> Page:
    """Return whether the stored tables are whole and the embedded ones follow from them."""
    found = query.workspace.verify() if query.workspace.path is not None else pl.DataFrame()
    rows = [
        {**row, "whole": say("whole") if row["whole"] else say("not whole")}
        for row in found.iter_rows(named=True)
    ]
    columns = heads("release table rows", whole=say("Bytes"), fault=say("Fault"))
    none = Sentence(say("Nothing is installed, so there is nothing to verify."))
    verified = listed("verified", say("Verified now"), columns, rows) if rows else none
    return Page(
        say("Verification"),
        kicker=say("Data"),
        lead=say(
            "A stored table is whole if its bytes are as imported; an embedded one if the "
            "installed release it was made from gives the same rows again."
        ),
        sections=(section("verified", say("Verification"), verified),),
        tabs=_tabs("/data/verification"),
        template="explore.html.j2",
        command="multivector --study DIR data verify",
        python='import multivector as mv\n\nmv.Workspace("DIR").verify()',
        kept=False,
    )


def citations(query: Query) -> Page:
    """Return the bibliography of every release here, as text and BibTeX."""
    held = query.workspace.inventory()["release"].unique().sort()
    known = query.workspace.origins()
    origins = [known[name] for name in held if name in known]
    rows = (
        {"release": o.id, "text": o.citation, "licence": o.licence, "url": o.url} for o in origins
    )
    columns = heads("release", text=say("Citation")) | heads("licence url")
    table = listed("citations", say("Releases with rows here"), columns, rows)
    entries = bibtex(origins)
    return Page(
        say("Citations"),
        kicker=say("Data"),
        lead=say(
            "Cite the releases your figures rest on; each page lists its own under the "
            "question how it was computed."
        ),
        sections=(section("citations", say("Citations"), table),),
        tabs=_tabs("/data/citations"),
        template="citations.html.j2",
        shown={"bibtex": entries},
        extra={"bibtex": entries},
        command="multivector cite",
        python="import multivector as mv\n\nmv.Workspace().cite()",
    )


def table(query: Query) -> Page:
    """Return a record table: its columns, where its rows come from, and the first of them."""
    name = query.path["table"]
    declared = _declared(name)
    asked = _asked(query)
    first, notes = _first(query.workspace, name, asked)
    where = f" WHERE state = '{asked['state']}'" if "state" in asked else ""
    return Page(
        name,
        kicker=say("Record table"),
        lead=say("A row is {what}.", what=say(declared.note)),
        sections=(_dictionary(declared),),
        frames=Held(query.workspace, name, **asked) if first is not None else {},
        tabs=_tabs(""),
        template="table.html.j2",
        shown={"first": first, "notes": notes, "rows": _ROWS, "large": name in _LARGE},
        command=f'multivector query "SELECT * FROM {name}{where}" --to csv',
        python=python("table", name, asked),
    )


def _dictionary(declared: tables.Table) -> Section:
    columns: Heads = {
        "name": say("Column"),
        "kind": say("Kind"),
        "unit": say("Unit"),
        "null": say("Null"),
        "note": say("What it means"),
        "allowed": say("Allowed"),
    }
    rows = (
        {
            "name": c.name,
            "kind": c.kind,
            "unit": c.unit,
            "null": say("may be null") if c.nullable else "",
            "note": c.note,
            "allowed": ", ".join(c.allowed),
        }
        for c in declared.columns
    )
    key = Sentence(say("Key: {columns}.", columns=", ".join(declared.key)))
    dictionary = listed("dictionary", say("Columns"), columns, rows)
    return section("dictionary", say("Data dictionary"), key, dictionary)


def _declared(name: str) -> tables.Table:
    known = {declared.name: declared for declared in tables.RECORDS}
    if name not in known:
        raise UnknownName(
            f"there is no record table {name!r}; expected one of {choices(known, 40)}; see /data"
        )
    return known[name]


def _asked(query: Query) -> dict[str, Any]:
    """Return the options of ``Workspace.table``."""
    state, years, source = query.get("state"), query.get("years"), query.get("source")
    asked: dict[str, Any] = {}
    if state is not None and state != _EVERY:
        asked["state"] = states.identify(state)
    if years is not None:
        asked["years"] = options.year_range(years)
    if source is not None:
        asked["source"] = source
    return asked


def _first(
    workspace: Workspace, name: str, asked: Mapping[str, Any]
) -> tuple[pl.DataFrame | None, tuple[str, ...]]:
    try:
        chosen = workspace.table(name, **asked)
    except MissingData as error:
        return None, (str(error),)
    return chosen.frame.head(_ROWS), chosen.notes


def _table_fields(path: Mapping[str, str]) -> tuple[Field, ...]:
    declared = _declared(path["table"])
    fields = []
    if declared.name in _LARGE:
        note = say("Rows that concern it; all: every row")
        fields.append(Field("state", say("State"), "state", _FIRST, note=note))
    if "year" in declared.schema:
        fields.append(Field("years", say("Years"), "years", note=say("One year or first:last")))
    fields.append(Field("source", say("Source"), note=say("Another source than the one chosen")))
    return tuple(fields)


ROUTES = (
    Route("/data", "Data: tables and sources", data),
    Route("/data/citations", "Data: citations", citations),
    Route("/data/verification", "Data: verification", verification),
    Route("/data/imports/{job}", "Data: an import", imported),
    Route("/data/releases/{release}", "Data: an installed release", release),
    Route(
        "/data/{table}",
        "Data: a record table",
        table,
        (),
        _table_fields,
        lambda: ({"table": declared.name} for declared in tables.RECORDS),
    ),
)

ACTIONS = {"/data": add, "/data/releases/{release}/remove": remove}

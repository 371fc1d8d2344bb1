"""The register of sections: brief, page and report read it, so each entry matters to all three."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette")

from starlette.testclient import TestClient

from multivector import report
from multivector.brief import build, sections
from multivector.brief.sections import SECTIONS, Entry
from multivector.content.draft import part
from multivector.content.model import Sentence, Subjects, Table
from multivector.errors import BadValue
from multivector.web import app as web
from multivector.web.pages import subjects
from multivector.workspace import Workspace

ABOUT: dict[Subjects, str] = {"state": "KAZ", "pair": "KAZ-TUR", "organisation": "SCO"}
HOME = {"state": "states", "pair": "pairs", "organisation": "organisations"}
TABS = {kind: (*subjects._parts(kind), "whole") for kind in ABOUT}
"""The parts of each kind's pages, as the register has them before a test changes it."""


def name(entry: Entry) -> str:
    return f"{entry.subject}-{entry.id}"


def written(monkeypatch: pytest.MonkeyPatch, entries: tuple[Entry, ...]) -> None:
    """Put the entries in the register's place, each with a writer that says its own id."""
    table = Table("poles", "Poles", (), ())

    def writer(entry: Entry) -> Entry:
        made = part(Sentence(f"This is {name(entry)}."), table if entry.id == "poles" else None)
        return Entry(
            entry.subject,
            entry.id,
            entry.title,
            lambda inquiry: made,
            entry.tab,
            entry.summary,
            entry.whole,
            entry.reads,
        )

    monkeypatch.setattr(sections, "SECTIONS", tuple(map(writer, entries)))


def shown(kind: Subjects, *tabs: str) -> tuple[list[str], str, dict[str, str]]:
    """Return what JSON, terminal and some pages show of a kind of subject."""
    made = build(Workspace(), ABOUT[kind])
    ids = [section.id for section in made.sections if section.id != "method"]
    pages = {}
    with TestClient(web.create(), base_url="http://127.0.0.1") as client:
        for tab in tabs:
            part = "" if tab == "overview" else f"/{tab}"
            answer = client.get(f"/{HOME[kind]}/{ABOUT[kind]}{part}")
            pages[tab] = answer.text if answer.status_code == 200 else ""
    return ids, report.text(made), pages


@pytest.mark.parametrize("kind", list(ABOUT))
def test_the_brief_and_its_pages_are_those_of_the_register(
    monkeypatch: pytest.MonkeyPatch, kind: Subjects
) -> None:
    written(monkeypatch, SECTIONS)
    ids, text, pages = shown(kind, *TABS[kind])
    assert ids == list(sections.ids(kind, whole=True))
    assert all(pages.values())
    links = [f'{HOME[kind]}/{ABOUT[kind]}/{tab}"' for tab in TABS[kind][1:]]
    places = [pages["overview"].index(link) for link in links]
    assert places == sorted(places)
    for entry in sections.of(kind):
        says = f"This is {name(entry)}."
        assert says in pages[entry.tab]
        assert (says in pages["whole"]) == entry.whole
        assert (says in text) == (entry.summary not in (0, "grid"))


@pytest.mark.parametrize("entry", SECTIONS, ids=name)
def test_without_its_entry_a_section_is_nowhere(
    monkeypatch: pytest.MonkeyPatch, entry: Entry
) -> None:
    left = tuple(other for other in SECTIONS if other is not entry)
    written(monkeypatch, left)
    ids, text, pages = shown(entry.subject, entry.tab, "whole")
    says = f"This is {name(entry)}."
    assert entry.id not in ids
    assert says not in text
    assert not any(says in page for page in pages.values())
    assert bool(pages[entry.tab]) == any(
        other.tab == entry.tab for other in left if other.subject == entry.subject
    )
    with pytest.raises(BadValue, match=f"no section {entry.id}"):
        build(Workspace(), ABOUT[entry.subject], sections=(entry.id,))


@pytest.mark.parametrize("entry", [e for e in SECTIONS if e.reads], ids=name)
def test_a_section_that_reads_others_is_made_of_them(entry: Entry) -> None:
    known = {other.id for other in sections.of(entry.subject)}
    assert set(entry.reads) <= known
    alone = build(Workspace(), ABOUT[entry.subject], sections=(entry.id,))
    assert [s.id for s in alone.sections] == [entry.id, "method"]
    assert alone.section(entry.id).tables[0].rows


def test_contradictions_about_an_organisation_are_counted_and_shown() -> None:
    made = build(Workspace(), "SCO", sections=("literature",)).section("literature")
    shown = next(t.rows for t in made.tables if t.id == "conflicts")
    assert shown
    assert f"and {len(shown)} contradictions" in made.sentences[0].text

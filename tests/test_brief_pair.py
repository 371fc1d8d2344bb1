"""The brief on two states: every pair answers, both ways round, with sources throughout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from multivector import brief, report
from multivector.brief import Brief, sections
from multivector.content.model import Cite, Row, Table
from multivector.errors import BadValue, MultivectorError, UnknownState
from multivector.study.holdings import Chosen, Holdings, Need
from multivector.words import using
from multivector.workspace import Workspace

SPECIMENS = Path(__file__).parent / "specimens"
ODD = (
    *("KAZ-TUR", "TUR-KAZ", "KAZ-RUS", "USA-CHN", "USA-RUS", "TWN-CHN", "TWN-USA", "XKX-SRB"),
    *("XKX-TWN", "VAT-ITA", "VAT-TUV", "TUV-NRU", "SMR-MCO", "LIE-CHE", "PRK-KOR", "PSE-ISR"),
    *("SSD-SDN", "BTN-IND", "FRA-DEU", "GNB-SEN", "TLS-STP", "UZB-KGZ", "AND-ESP", "HTI-DOM"),
    *("SOM-ERI", "MHL-PLW"),
)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> Brief:
    return workspace.brief("KAZ-TUR")


def cites(made: Brief) -> Iterator[Cite]:
    for fact in made.facts:
        yield from fact.cites
    for section in made.sections:
        for sentence in section.sentences:
            yield from sentence.cites
        for chart in section.charts:
            yield from chart.cites
        for table in section.tables:
            for row in table.rows:
                yield from row.cites


def table(made: Brief, section: str, name: str) -> Table:
    return next(t for t in made.section(section).tables if t.id == name)


def row(found: Table, key: str, value: object) -> Row:
    return next(r for r in found.rows if r.cells[key] == value)


@pytest.mark.parametrize("about", ODD)
def test_every_pair_has_a_brief(workspace: Workspace, about: str) -> None:
    made = workspace.brief(about)
    assert made.kind == "pair"
    assert made.subject == about
    ids = [section.id for section in made.sections]
    assert [i for i in sections.ids("pair") if i in ids] == ids[:-1]
    assert {"relation", "timeline", "trade", "votes", "clubs", "asymmetries", "unknown"} <= set(ids)
    assert all(section.sentences for section in made.sections)
    assert not {about[:3], about[4:]} & {pole.pole for pole in made.poles}
    json.loads(report.json(made), parse_constant=lambda name: pytest.fail(name))
    assert report.html(made).startswith("<!DOCTYPE html>")
    assert len(report.text(made).splitlines()) < 60
    numbered = {r.source for r in made.references} | {c.run for c in made.computations}
    tables = {f"table:{t.id}" for s in made.sections for t in s.tables}
    for cite in cites(made):
        assert cite.source in numbered | tables, cite


def test_figures_have_sources(made: Brief) -> None:
    for section in made.sections:
        for found in section.tables:
            if found.id not in ("gaps", "runs"):
                assert all(r.cites for r in found.rows), found.id
        assert all(chart.cites and chart.text for chart in section.charts)
    assert all(fact.cites and fact.detail for fact in made.facts)


def test_the_same_bytes_twice(made: Brief) -> None:
    assert report.json(Workspace().brief("KAZ-TUR")) == report.json(made)


def test_a_section_alone_is_the_section_of_the_whole(workspace: Workspace, made: Brief) -> None:
    for name in ("trade", "relation", "power"):
        alone = workspace.brief("KAZ-TUR", sections=(name,))
        assert [s.id for s in alone.sections] == [name, "method"]
        assert alone.section(name) == made.section(name)


def test_who_is_named_first_turns_the_figures_round(workspace: Workspace, made: Brief) -> None:
    turned = workspace.brief("TUR-KAZ")
    for one, other in zip(
        table(made, "relation", "relation").rows,
        table(turned, "relation", "relation").rows,
        strict=True,
    ):
        if one.cells["kind"] != "ratio":
            assert one.cells["a"] == other.cells["b"]
            assert one.cells["both"] == other.cells["both"]
        else:
            a, b = (float(str(r.cells["both"])) for r in (one, other))
            assert a * b == pytest.approx(1)


def test_the_figures_are_those_of_the_measures(workspace: Workspace, made: Brief) -> None:
    found = table(made, "relation", "relation")
    share = workspace.compute("partner_shares", state="KAZ", partner="TUR", years=(2020, 2020))
    told = row(found, "what", "Share of the other in its trade")
    assert told.cells["a"] == share.frame["value"].item()
    years = workspace.compute("ideal_distance", state="TUR", partner="KAZ").frame
    apart = years.filter(year=2022).row(0, named=True)  # of 2023 three votes of TUR are known
    told = row(found, "what", "Distance of ideal points")
    assert [told.cells[k] for k in ("both", "low", "high")] == [
        apart[k] for k in ("value", "low", "high")
    ]
    flows = workspace.table("flows", state="KAZ").frame.filter(
        partner="TUR", year=2020, flow="exports"
    )
    told = row(found, "what", "Exports to the other, US dollars")
    assert told.cells["a"] == flows["value"].item()
    assert {c.source for c in told.cites} == {"baci_totals@2000-2020"}


def test_the_timeline_is_dated_sorted_and_without_repeats(made: Brief) -> None:
    acts = table(made, "timeline", "acts").rows
    dates = [str(r.cells["date"]) for r in acts]
    assert dates == sorted(dates)
    assert len({(r.cells["date"], r.cells["what"]) for r in acts}) == len(acts)
    chart = made.section("timeline").charts[0]
    lanes = {lane["key"] for lane in chart.data["lanes"]}
    assert {event["lane"] for event in chart.data["events"]} == lanes
    assert len(chart.data["events"]) == len(acts)
    assert "joined" in lanes
    visit = next(e for e in chart.data["events"] if "Özal to Kazakhstan" in e["label"])
    assert (visit["date"], visit["end"]) == ("1991-03-14/1991-03-15", "1991-03-15")
    assert visit["cite"].startswith("paper@002")


def test_power_has_intervals_and_says_what_it_is(made: Brief) -> None:
    mix = table(made, "power", "power-mix").rows
    for r in mix:
        low, value, high = (float(str(r.cells[k])) for k in ("low", "value", "high"))
        assert low <= value <= high
    fields = [r for r in mix if r.cells["of"] == "Fields"]
    assert sum(float(str(r.cells["value"])) for r in fields) == pytest.approx(1)
    assert "chose to write down" in made.section("power").notes[0]


def test_contradictions_show_both_sides_and_concern_both(made: Brief) -> None:
    rows = table(made, "evidence", "conflicts").rows
    assert len(rows) > 5
    assert all(c.source.startswith("paper@") for r in rows for c in r.cites)
    assert any("⇄" in str(r.cells["sides"]) for r in rows)


def test_a_pair_without_papers_has_no_evidence_of_theirs(workspace: Workspace) -> None:
    made = workspace.brief("TUV-NRU")
    assert "evidence" not in [s.id for s in made.sections]
    assert "power" not in [s.id for s in made.sections]
    assert any("Votes of Tuvalu beside Nauru" in gap.what for gap in made.gaps)


def test_nothing_later_than_the_year(workspace: Workspace) -> None:
    made = workspace.brief("KAZ-TUR", year=2015)
    for section in made.sections:
        if section.id in ("unknown", "method", "clubs", "evidence"):
            continue
        for cite in (c for t in section.tables for r in t.rows for c in r.cites):
            assert cite.date is None or cite.date[:4] <= "2015" or section.id == "timeline", cite
    assert max(str(r.cells["date"])[:4] for r in table(made, "timeline", "acts").rows) <= "2015"
    shared = {r.cells["organisation"] for r in table(made, "clubs", "shared-clubs").rows}
    assert "OTS" in shared


def test_a_year_allows_a_pair_of_the_past(workspace: Workspace) -> None:
    made = workspace.brief("USA-SUN", year=1985)
    assert made.name == "United States – Soviet Union"
    assert made.section("votes").charts


@pytest.mark.parametrize(
    ("about", "options", "error"),
    [
        ("KAZ-KAZ", {}, BadValue),
        ("KAZ-Nowhere", {}, UnknownState),
        ("KAZ-SUN", {}, UnknownState),
        ("KAZ-TUR", {"poles": "TUR,USA"}, BadValue),
        ("KAZ-TUR", {"poles": "KAZ,USA"}, BadValue),
        ("KAZ-TUR", {"sections": ("poles",)}, BadValue),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    about: str, options: dict[str, Any], error: type[MultivectorError]
) -> None:
    with pytest.raises(error) as caught:
        brief.build(Workspace(), about, **options)
    assert "\n" not in str(caught.value)
    assert "expected" in str(caught.value)


def test_both_reports_stand_where_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        ("KAZ", "TUR", 2019, "exports", 100.0),
        ("TUR", "KAZ", 2019, "imports", 120.0),
        ("TUR", "KAZ", 2019, "exports", 50.0),
        ("KAZ", "TUR", 2019, "imports", 55.0),
    ]
    names = ["state", "partner", "year", "flow", "value"]
    own = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        product=pl.lit(None, dtype=pl.String),
        unit=pl.lit("USD"),
        reported_by=pl.lit("state"),
        source=pl.lit("own@1"),
        locator=pl.lit("row"),
    )
    whole = Holdings.shared

    def flows(self: Holdings, name: str, need: Need) -> Chosen:
        if name == "flows" and need.source is None:
            frame = own.select(whole(self, "flows", Need(state="KAZ")).frame.columns)
            return Chosen(frame, ("own@1",), "none")
        return whole(self, name, need)

    monkeypatch.setattr(Holdings, "shared", flows)
    made = brief.build(Workspace(), "KAZ-TUR", sections=("trade",))
    (year,) = table(made, "trade", "trade-years").rows
    assert year.cells["ab_seller"] == 100
    assert year.cells["ab_buyer"] == 120
    assert year.cells["ba_seller"] == 50
    assert year.cells["ba_buyer"] == 55
    labels = [line["label"] for line in made.section("trade").charts[0].data["lines"]]
    assert labels[:2] == ["KAZ → TUR, by KAZ", "KAZ → TUR, by TUR"]
    told = [sentence.text for sentence in made.section("trade").sentences]
    for flow, reporter, value in (
        ("Kazakhstan → Türkiye", "Kazakhstan", 100),
        ("Kazakhstan → Türkiye", "Türkiye", 120),
        ("Türkiye → Kazakhstan", "Türkiye", 50),
        ("Türkiye → Kazakhstan", "Kazakhstan", 55),
    ):
        start = f"{flow}, reported by {reporter}: goods of {value} "
        assert any(text.startswith(start) for text in told), told


def test_the_studys_documents_speak_of_both(tmp_path: Path) -> None:
    text = (
        "Kazakhstan and Türkiye signed an agreement on trade in May 2019. "
        "The president of Kazakhstan visited Türkiye in March 2021.\n"
    )
    (tmp_path / "note.txt").write_text(text, encoding="utf-8")
    study = Workspace(tmp_path / "study")
    study.archive.add([tmp_path / "note.txt"], jobs=1)
    made = study.brief("KAZ-TUR", sections=("evidence",))
    rows = table(made, "evidence", "documents").rows
    assert rows
    assert all(str(r.cells["quote"]) in text.replace("\n", " ") for r in rows)
    assert all(r.cites[0].source == "study@documents" for r in rows)
    assert not [
        t for t in study.brief("TUV-NRU", sections=("evidence",)).sections if t.id == "evidence"
    ]


@pytest.mark.parametrize("language", ["tr", "ru", "kk"])
def test_it_speaks_every_language(workspace: Workspace, language: str) -> None:
    with using(language):
        made = workspace.brief("KAZ-TUR", sections=("relation", "votes"))
    assert made.subject == "KAZ-TUR"
    assert made.section("votes").sentences


def test_the_ideal_points_of_a_chart_stand_on_one_scale(tmp_path: Path) -> None:
    study = Workspace(tmp_path)
    study.load(SPECIMENS / "unga_ideal_points-2024.csv", extract=True)
    made = study.brief("KAZ-CIV", sections=("votes",))
    (chart,) = (c for c in made.section("votes").charts if c.id == "ideal-points")
    own = {
        line["key"]: next(point["y"] for point in line["points"] if point["x"] == 1992)
        for line in chart.data["lines"]
    }
    # The installed extract has one year: the embedded release answers for all, not for the rest.
    rows = Workspace().table("ideal_points").frame.filter(year=1992)
    embedded = dict(rows.select("state", "value").iter_rows())
    assert own == {"KAZ": embedded["KAZ"], "CIV": embedded["CIV"]}

"""The brief: for every state, with sources throughout, the same bytes twice, clear refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from multivector import brief, report
from multivector.brief import Brief, sections
from multivector.content.model import Cite
from multivector.errors import AmbiguousState, BadValue, BadYear, MultivectorError, UnknownState
from multivector.names import states
from multivector.study.holdings import Chosen
from multivector.workspace import Workspace

EVERY = {
    *("profile", "poles", "vectors", "trade", "interdependence", "organisations", "commitments"),
    *("asymmetries", "votes"),
}
"""Sections for which the embedded data suffice, whatever the state."""


@pytest.fixture(scope="module")
def kazakhstan() -> Brief:
    return brief.build(Workspace(), "KAZ")


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


@pytest.mark.parametrize("state", [*states.today(), "TWN", "XKX"])
def test_every_state_of_today_has_a_brief(embedded: Workspace, state: str) -> None:
    made = brief.build(embedded, state)
    ids = [s.id for s in made.sections]
    assert ids == [*(i for i in sections.ids("state") if i in ids), "method"]
    assert set(ids) >= EVERY
    assert state not in {pole.pole for pole in made.poles}
    json.loads(report.json(made), parse_constant=lambda name: pytest.fail(name))
    lines = report.text(made).splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 100
    numbered = {r.source for r in made.references} | {c.run for c in made.computations}
    tables = {f"table:{t.id}" for s in made.sections for t in s.tables}
    for cite in cites(made):
        assert cite.source in numbered | tables, cite


def test_every_row_of_figures_has_a_source(kazakhstan: Brief) -> None:
    for section in kazakhstan.sections:
        for table in section.tables:
            if table.id in ("gaps", "runs"):
                continue
            for row in table.rows:
                values = [v for k, v in row.cells.items() if k not in ("pole", "code", "kind")]
                assert row.cites or not any(v is not None for v in values), (table.id, row)


def test_every_fact_and_release_is_dated_or_numbered(kazakhstan: Brief) -> None:
    assert all(fact.cites and fact.detail for fact in kazakhstan.facts)
    numbers = [r.number for r in kazakhstan.references]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(r.text for r in kazakhstan.references)


def test_every_run_can_be_computed_again(kazakhstan: Brief) -> None:
    workspace = Workspace()
    for made in kazakhstan.computations[:6]:
        options = {k: tuple(v) if isinstance(v, list) else v for k, v in made.options.items()}
        assert workspace.compute(made.measure, **options).run.id == made.run


def test_the_literature_shows_both_sides(kazakhstan: Brief) -> None:
    section = kazakhstan.section("literature")
    assert sum(len(t.rows) for t in section.tables if t.id.startswith("acts")) > 80
    conflicts = next(t for t in section.tables if t.id == "conflicts")
    assert all("⇄" in str(row.cells["sides"]) or row.cites for row in conflicts.rows)
    assert all(c.source.startswith("paper@") for row in conflicts.rows for c in row.cites)
    dates = [str(r.cells["date"]) for t in section.tables if "acts" in t.id for r in t.rows]
    assert dates == sorted(dates)


def test_a_state_without_papers_has_no_such_section() -> None:
    assert "literature" not in [s.id for s in brief.build(Workspace(), "TUV").sections]


def test_a_year_hides_what_came_later() -> None:
    made = brief.build(Workspace(), "KAZ", year=2016)
    for section in made.sections:
        if section.id in ("unknown", "method"):
            continue
        for cite in (c for t in section.tables for r in t.rows for c in r.cites):
            if section.id in ("profile", "trade"):
                assert cite.date is None or int(cite.date[:4]) <= 2016
    seats = next(t for t in made.section("organisations").tables if t.id == "seats")
    assert "OTS" in {row.cells["organisation"] for row in seats.rows}
    assert "BRICS" not in {row.cells["organisation"] for row in seats.rows}


def test_poles_can_be_states_organisations_and_sets() -> None:
    made = brief.build(Workspace(), "KAZ", poles="p5,OTS")
    assert [p.pole for p in made.poles] == ["USA", "GBR", "FRA", "RUS", "CHN", "OTS"]
    assert made.poles[-1].kind == "organisation"


def test_a_historical_year_allows_a_historical_state() -> None:
    assert brief.build(Workspace(), "Soviet Union", year=1980).state == "SUN"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"about": "Kazakstania"}, UnknownState),
        ({"about": "Korea"}, AmbiguousState),
        ({"about": "SUN"}, UnknownState),
        ({"about": ""}, UnknownState),
        ({"about": "KAZ", "year": "soon"}, BadYear),
        ({"about": "KAZ", "year": 1492}, BadYear),
        ({"about": "KAZ", "year": 1950}, UnknownState),
        ({"about": "KAZ", "poles": "KAZ"}, BadValue),
        ({"about": "KAZ", "poles": ""}, BadValue),
        ({"about": "KAZ", "poles": " , "}, BadValue),
        ({"about": "KAZ", "poles": "USA,Nowhere"}, UnknownState),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    arguments: dict[str, object], error: type[MultivectorError]
) -> None:
    with pytest.raises(error) as caught:
        brief.build(Workspace(), **arguments)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert "expected" in str(caught.value)


def test_a_study_may_rename_the_poles(tmp_path: Path) -> None:
    rows = "set\tapplies_to\tpole\treason\ndefault\t\tIND\tour own\nneighbourhood\tKAZ\tUZB\tnear\n"
    (tmp_path / "poles.tsv").write_text(rows, encoding="utf-8")
    made = brief.build(Workspace(tmp_path), "KAZ")
    assert [(p.pole, p.reason) for p in made.poles] == [("IND", "our own"), ("UZB", "near")]


def test_ideal_points_are_drawn_with_their_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        (state, session, session + 1945, value + session / 100, value - 0.2, value + 0.4, 90)
        for state, value in (("KAZ", -0.5), ("USA", 2.0), ("CHN", -0.7))
        for session in (47, 48, 50, 74)
    ]
    names = ["state", "session", "year", "value", "low", "high", "n"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(source=pl.lit("own@1"))
    whole = Workspace.table

    def table(self: Workspace, name: str, **options: object) -> Chosen:
        if name == "ideal_points":
            return Chosen(frame, ("own@1",), "none")
        return whole(self, name, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Workspace, "table", table)
    made = brief.build(Workspace(), "KAZ")
    chart = next(c for c in made.section("votes").charts if c.id == "ideal-points")
    assert [line["key"] for line in chart.data["lines"]] == ["KAZ", "USA", "CHN"]
    assert "90% interval" in chart.text
    assert report.html(made).count('class="band"') >= 3


def test_a_state_with_parts_shows_them_apart() -> None:
    made = brief.build(Workspace(), "PSE")
    parts = next(t for t in made.section("profile").tables if t.id == "parts")
    assert {row.cells["part"] for row in parts.rows} == {"Gaza Strip", "West Bank"}


def test_dependence_is_drawn_for_every_pole_with_its_asymmetry(kazakhstan: Brief) -> None:
    section = kazakhstan.section("interdependence")
    lines = {line["key"]: line["points"] for line in section.charts[0].data["lines"]}
    assert set(lines) == {"USA", "EU", "RUS", "CHN", "TUR"}
    assert lines["CHN"][-1]["x"] == 2020
    assert lines["CHN"][-1]["y"] == pytest.approx(0.1153, abs=5e-4)
    leaning = section.tables[0].rows
    assert all(float(str(row.cells["times"])) > 0 for row in leaning)


def test_verdicts_power_and_breaches_are_of_the_own_organisations(kazakhstan: Brief) -> None:
    tables = {table.id: table for table in kazakhstan.section("commitments").tables}
    assert set(tables) == {"verdicts", "voting-power", "breaches"}
    found = {(r.cells["organisation"], r.cells["outcome"]) for r in tables["verdicts"].rows}
    assert ("EAEU", "Trade") in found
    assert not {name for name, _ in found} & {"EU", "NATO"}
    assert all(c.run for row in tables["verdicts"].rows for c in row.cites)
    assert tables["voting-power"].rows[0].cells["banzhaf"] == pytest.approx(1 / 6)
    assert all(float(str(row.cells["value"])) > 0 for row in tables["breaches"].rows)


def test_a_verdict_rests_on_nothing_later_than_the_year() -> None:
    made = brief.build(Workspace(), "KAZ", year=2016)
    assert "verdicts" not in {table.id for table in made.section("commitments").tables}


def test_the_index_never_stands_alone(kazakhstan: Brief) -> None:
    section = kazakhstan.section("vectors")
    assert "90% interval" in section.sentences[0].text
    assert "votes, trade and institutions" in section.sentences[0].text
    poles = section.charts[0].data["poles"]
    assert sum(pole["value"] for pole in poles) == pytest.approx(1)
    for pole in poles:
        assert pole["low"] <= pole["value"] <= pole["high"]
        assert sum(pole["bands"]) == pytest.approx(pole["value"])
    assert f'aria-label="{section.charts[0].text}"' in report.html(kazakhstan)


def test_the_index_refuses_a_single_pole() -> None:
    section = brief.build(Workspace(), "KAZ", poles="CHN").section("vectors")
    assert section.sentences[0].text.startswith("The Multi-Vector Index is not given")
    assert not section.charts

"""The brief on an organisation: for all of them, sourced, the same bytes twice, clear refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from multivector import report
from multivector.brief import Brief, build, subject
from multivector.brief.sections import ids as sections_of
from multivector.content.model import Cite, Section
from multivector.errors import BadValue
from multivector.names import organisations
from multivector.study import world
from multivector.words import using
from multivector.workspace import Workspace

CHEAP = ("about", "members", "depth", "power", "binds", "network", "literature")
WHOLE = ("SCO", "EAEU", "EU", "CIS", "OTS", "NATO", "ASEAN", "MERCOSUR")


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture(scope="module")
def eaeu(workspace: Workspace) -> Brief:
    return build(workspace, "EAEU")


def cites(made: Brief) -> Iterator[tuple[str, Cite]]:
    for fact in made.facts:
        yield from ((fact.label, cite) for cite in fact.cites)
    for section in made.sections:
        for item in (*section.sentences, *section.charts):
            yield from ((section.id, cite) for cite in item.cites)
        for table in section.tables:
            for row in table.rows:
                yield from ((table.id, cite) for cite in row.cites)


def sound(made: Brief) -> None:
    known = {r.source for r in made.references} | {c.run for c in made.computations}
    tables = [table.id for section in made.sections for table in section.tables]
    charts = [chart.id for section in made.sections for chart in section.charts]
    assert len(set(tables)) == len(tables)
    assert len(set(charts)) == len(charts)
    known |= {f"table:{table}" for table in tables}
    for place, cite in cites(made):
        assert cite.source in known, (place, cite)
    json.loads(report.json(made), parse_constant=lambda name: pytest.fail(name))
    assert "</html>" in report.html(made)
    lines = report.text(made).splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 100


def section(made: Brief, name: str) -> Section:
    found = made.section(name)
    assert found.title, f"no section {name}"
    return found


def cells(made: Brief, name: str, table: str) -> list[dict[str, object]]:
    found = next(t for t in section(made, name).tables if t.id == table)
    return [dict(row.cells) for row in found.rows]


@pytest.mark.parametrize("code", sorted(organisations.codes()))
def test_every_organisation_has_a_brief(workspace: Workspace, code: str) -> None:
    made = build(workspace, subject(organisations.name(code)).address, sections=CHEAP)
    assert (made.kind, made.subject, made.state, made.poles) == ("organisation", code, None, ())
    ids = [s.id for s in made.sections]
    assert ids == [*CHEAP, "method"]
    assert all(s.sentences or s.notes for s in made.sections)
    sound(made)


@pytest.mark.parametrize("code", WHOLE)
def test_a_whole_brief_is_sourced_and_repeats(workspace: Workspace, code: str) -> None:
    made = build(workspace, code)
    sound(made)
    ids = [s.id for s in made.sections]
    assert ids == [name for name in (*sections_of("organisation"), "method") if name in ids]
    assert {"about", "members", "cohesion", "asymmetry", "network", "unknown"} <= set(ids)
    assert report.json(build(Workspace(), code)) == report.json(made)


def test_every_row_and_sentence_of_figures_has_a_source(eaeu: Brief) -> None:
    for found in eaeu.sections:
        if found.id in ("unknown", "method"):
            continue
        for sentence in found.sentences:
            assert sentence.cites, sentence.text
        for table in found.tables:
            assert all(row.cites for row in table.rows), table.id
        for chart in found.charts:
            assert chart.cites, chart.id


def test_members_and_their_places(eaeu: Brief) -> None:
    rows = cells(eaeu, "members", "members")
    held = {row["code"] for row in rows if row["status"] in ("member", "founding member")}
    assert held == {"ARM", "BLR", "KAZ", "KGZ", "RUS"}
    table = next(t for t in section(eaeu, "members").tables if t.id == "members")
    assert all(cite.locator for row in table.rows for cite in row.cites)
    timeline = next(c for c in section(eaeu, "members").charts if c.shape == "timeline")
    assert {row["key"] for row in timeline.data["rows"]} >= held


def test_names_in_the_languages_the_table_has(eaeu: Brief) -> None:
    names = {row["language"]: row["short"] for row in cells(eaeu, "about", "names")}
    assert names["Russian"] == "ЕАЭС"
    with using("tr"):
        turkish = build(Workspace(), "EAEU", sections=("about",))
    assert turkish.name == organisations.name("EAEU", "tr")


def test_power_follows_the_quota(workspace: Workspace) -> None:
    rule = {row["code"]: row for row in cells(build(workspace, "EU"), "power", "power")}
    assert len(rule) == 15
    assert sum(float(str(row["banzhaf"])) for row in rule.values()) == pytest.approx(1)
    everybody = build(workspace, "EU", sections=("power",), quota="87")
    moved = {row["code"]: row["banzhaf"] for row in cells(everybody, "power", "power")}
    assert list(moved.values()) == [pytest.approx(1 / 15)] * 15
    assert "as asked for" in section(everybody, "power").sentences[0].text
    options = [c.options for c in everybody.computations if c.measure == "voting_power"]
    assert options[0]["quota"] == 87


def test_without_a_decision_rule_the_gap_says_so(eaeu: Brief) -> None:
    assert section(eaeu, "power").notes
    assert not section(eaeu, "power").tables
    assert any("voting_power" in (gap.command or "") for gap in eaeu.gaps)


def test_criteria_are_shown_by_member_and_year(eaeu: Brief) -> None:
    heats = [c for c in section(eaeu, "criteria").charts if c.shape == "heat"]
    assert {c.id for c in heats} == {f"criterion-{n}" for n in ("debt", "deficit", "inflation")}
    for chart in heats:
        columns = chart.data["columns"]
        assert all(len(row["cells"]) == len(columns) for row in chart.data["rows"])
        known = [v for row in chart.data["rows"] for v in row["cells"] if v is not None]
        assert any(value > 0 for value in known)
    longest = [row["n"] for row in cells(eaeu, "criteria", "breaches")]
    assert longest == sorted(longest, reverse=True)


def test_russia_is_the_hub_of_the_union(eaeu: Brief) -> None:
    rows = {row["code"]: row for row in cells(eaeu, "asymmetry", "weights")}
    assert float(str(rows["RUS"]["hub"])) > 0.9
    assert sum(float(str(row["gdp"])) for row in rows.values()) == pytest.approx(1)
    assert sum(float(str(row["hub"])) for row in rows.values()) == pytest.approx(2)


def test_verdicts_are_those_of_the_table(eaeu: Brief) -> None:
    kept = world.verdicts().filter(world.verdicts()["organisation"] == "EAEU")
    rows = cells(eaeu, "binds", "verdicts")
    assert [row["value"] for row in rows] == kept.sort("outcome", "status")["value"].to_list()
    bars = [c for c in section(eaeu, "binds").charts if c.shape == "bars"]
    assert all(row["low"] <= row["value"] <= row["high"] for c in bars for row in c.data["rows"])


def test_the_network_is_made_of_its_nodes(eaeu: Brief) -> None:
    (chart,) = section(eaeu, "network").charts
    keys = {node["key"] for node in chart.data["nodes"]}
    assert {node["key"] for node in chart.data["nodes"] if node["own"]} == {"EAEU"}
    assert all({link["a"], link["b"]} <= keys for link in chart.data["links"])
    overlap = {row["code"]: row["shared"] for row in cells(eaeu, "network", "overlap")}
    assert overlap["CSTO"] == 5


def test_spread_has_an_interval(eaeu: Brief) -> None:
    chart = next(c for c in section(eaeu, "cohesion").charts if c.id == "vote-spread")
    points = chart.data["lines"][0]["points"]
    assert all(p["low"] <= p["y"] <= p["high"] for p in points)


def test_runs_name_the_releases_of_the_organisation_only(eaeu: Brief) -> None:
    own = set(organisations.members("EAEU")["source"])
    for made in eaeu.computations:
        if made.measure in ("cohesion", "vote_spread", "introversion", "member_shares"):
            others = {s for s in made.sources if s in set(organisations.members("NATO")["source"])}
            assert own & set(made.sources)
            assert len(made.sources) < 20
            assert not others - own - {"factbook@2015", "factbook@2025", "cow_igo@3.0"}


def test_a_year_hides_what_came_later(workspace: Workspace) -> None:
    made = build(workspace, "SCO", year=2010)
    rows = cells(made, "members", "members")
    assert all(str(row["start"] or "0")[:4] <= "2010" for row in rows)
    assert not {"IND", "PAK"} & {r["code"] for r in rows if r["status"] == "member"}
    assert section(made, "binds").notes
    assert not made.section("binds").sentences
    years = [p["x"] for c in section(made, "cohesion").charts if c.shape == "lines"
             for line in c.data["lines"] for p in line["points"]]  # fmt: skip
    assert max(years) <= 2010
    sound(made)


def test_a_dissolved_organisation_speaks_of_its_last_year(workspace: Workspace) -> None:
    made = build(workspace, "WTP", sections=("about", "members", "network"))
    assert "dissolved" in section(made, "about").sentences[0].text
    assert any("1990" in fact.detail for fact in made.facts)


def test_poles_stand_beside_the_members(workspace: Workspace) -> None:
    made = build(workspace, "SCO", sections=("cohesion",), poles="USA")
    roles = {row["code"]: row["role"] for row in cells(made, "cohesion", "positions")}
    assert roles["USA"] == "pole"
    assert roles["CHN"] == "member"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sections": ("votes",)}, "there is no section votes"),
        ({"quota": "many"}, "the quota is 'many'"),
        ({"quota": -1}, "the quota is -1"),
        ({"quota": "nan"}, "the quota is 'nan'"),
        ({"quota": 200}, "the quota 200.0 cannot be met"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    workspace: Workspace, options: dict[str, object], message: str
) -> None:
    with pytest.raises(BadValue, match=message) as refused:
        workspace.brief("EU", **options)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)

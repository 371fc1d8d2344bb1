"""Joining by coverage: what is added takes nothing away and changes nothing outside its years."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import multivector as mv
from multivector.errors import UnknownName
from multivector.provenance import Origin
from multivector.sources import report_frame
from multivector.study.joining import Offer, assigned
from multivector.tables import record

KINDS = ("exports", "imports")


@st.composite
def offers(draw: st.DrawFn, least: int = 0) -> list[Offer]:
    found = []
    for n in range(draw(st.integers(least, 5))):
        years = {
            kind: draw(st.frozensets(st.integers(1990, 2003)))
            for kind in draw(st.sets(st.sampled_from(KINDS)))
        }
        vintage = draw(st.sampled_from(["", "2001", "2001-03", "2005", "9999"]))
        installed, own = draw(st.booleans()), draw(st.booleans())
        name = draw(st.sampled_from("abc"))
        found.append(Offer(f"{name}@{n}", years, vintage, installed, own))
    return found


def owners(found: list[Offer]) -> dict[tuple[str | None, int], list[str]]:
    """Return who answers for each kind and year, the first first."""
    answers: dict[tuple[str | None, int], list[str]] = {}
    for share in assigned(found):
        for year in share.years:
            answers.setdefault((share.kind, year), []).append(share.offer.release)
    return answers


@given(offers(), offers(least=1))
def test_what_is_added_takes_nothing_away(held: list[Offer], more: list[Offer]) -> None:
    added = Offer("new@9", more[0].years, more[0].vintage, True, more[0].own)
    before, after = owners(held), owners([*held, added])
    assert set(before) <= set(after)
    for (kind, year), who in before.items():
        if year not in added.years.get(kind, frozenset()):
            assert after[kind, year] == who


@given(offers())
def test_the_order_of_the_releases_does_not_matter(held: list[Offer]) -> None:
    assert owners(held) == owners(held[::-1])


@given(offers())
def test_one_release_answers_a_year_but_for_ones_own(held: list[Offer]) -> None:
    own = {offer.release for offer in held if offer.own}
    for who in owners(held).values():
        assert len([release for release in who if release not in own]) <= 1


def test_the_newer_edition_answers_and_the_older_fills() -> None:
    years = frozenset(range(2000, 2015))
    old = Offer("a@2015", {None: years | {1999}}, "2015", True)
    new = Offer("a@2020", {None: years | {2015}}, "2020", True)
    found = {share.offer.release: share.years for share in assigned([old, new])}
    assert found == {"a@2020": years | {2015}, "a@2015": frozenset({1999})}


def test_a_list_of_the_largest_never_stands_in_for_a_table() -> None:
    full = Offer("full@1", {"exports": frozenset({2000})})
    listing = Offer("list@1", {"exports": frozenset({2000, 2001})}, "2025", lists=True)
    assert [share.offer.release for share in assigned([full, listing])] == ["full@1"]
    assert [share.offer.release for share in assigned([listing])] == ["list@1"]


# --- through the workspace


def install(study: mv.Workspace, release: str, flows: list[tuple[object, ...]]) -> None:
    source, _, version = release.partition("@")
    origin = Origin(source, version, "t", "p", "A citation.", "u", "l", "2026-11-21")
    schema = ["state", "partner", "year", "flow", "value"]
    rows = pl.DataFrame(flows, schema=schema, orient="row").with_columns(
        unit=pl.lit("USD"),
        reported_by=pl.lit("reconciled"),
        locator=pl.lit("made"),
        source=pl.lit(origin.id),
    )
    study.store.add(origin, {"flows": record("flows").check(rows)}, report_frame([]))


def shares(study: mv.Workspace, **more: object) -> dict[int, float]:
    found = study.compute("partner_shares", state="KAZ", flow="exports", **more).frame
    russian = found.filter(pl.col("partner") == "RUS").select("year", "value")
    return dict(russian.iter_rows())


def test_trade_that_ends_early_removes_no_year(tmp_path: Path) -> None:
    embedded = shares(mv.Workspace())
    study = mv.Workspace(tmp_path)
    rows = [("KAZ", p, y, "exports", 1.0) for y in (1995, 2014) for p in ("RUS", "CHN")]
    install(study, "cow_trade@4.0-2016", rows)
    found = shares(study)
    assert found[1995] == 0.5
    assert {y: v for y, v in found.items() if y != 1995} == embedded
    result = study.compute("partner_shares", state="KAZ", flow="exports", years=(1995, 2022))
    coverage = {row["release"]: row for row in result.coverage.iter_rows(named=True)}
    assert coverage["cow_trade@4.0-2016"]["used"] == "1995"
    assert coverage["baci_totals@2000-2020"]["used"] == "2000–2020"
    assert coverage["baci_totals@2000-2020"]["last"] == 2020
    assert coverage["baci_totals@2000-2020"]["missing"] == "1996–1999, 2021–2022"
    assert coverage["cow_trade@4.0-2016"]["asked_last"] == 2022
    assert any("nothing is known of 1996–1999, 2021–2022" in note for note in result.notes)


def test_a_single_later_year_is_added_and_the_rest_stays(tmp_path: Path) -> None:
    embedded = shares(mv.Workspace())
    study = mv.Workspace(tmp_path)
    rows = [("KAZ", p, 2023, "exports", v) for p, v in (("RUS", 1.0), ("ITA", 3.0))]
    install(study, "baci@file-1234abcd", rows)
    found = shares(study)
    assert found[2023] == 0.25
    assert {y: v for y, v in found.items() if y != 2023} == embedded


def test_ones_own_rows_stand_for_their_state_only(tmp_path: Path) -> None:
    study = mv.Workspace(tmp_path)
    mine = pl.DataFrame({"From": ["KAZ"] * 2, "To": ["RUS", "CHN"], "USD": [1, 4]})
    columns = {"exporter": "From", "importer": "To", "value": "USD"}
    constants = {"year": "2015", "unit": "USD", "flow": "exports"}
    study.add(mine, table="flows", columns=columns, constants=constants, name="bureau")
    assert shares(study)[2015] == 0.2
    before = mv.Workspace().compute("partner_shares", state="UZB", flow="exports", years=2015)
    after = study.compute("partner_shares", state="UZB", flow="exports", years=2015)
    assert after.frame.equals(before.frame)


def test_a_source_is_chosen_by_table(tmp_path: Path) -> None:
    study = mv.Workspace(tmp_path)
    install(study, "other@2016", [("KAZ", "RUS", 2014, "exports", 1.0)])
    asked = shares(study, sources={"flows": "other"})
    assert asked == {2014: 1.0}
    one = study.compute("dependence", state="KAZ", partner="RUS", source="other", years=2014)
    assert one.run.sources["flows"] == ("other@2016",)
    assert one.run.sources["indicators"]
    by_table = study.compute("partner_shares", flow="exports", sources={"flows": "other"})
    default = study.compute("partner_shares", flow="exports")
    assert by_table.run.id != default.run.id
    with pytest.raises(UnknownName, match="reads no table votes"):
        study.compute("partner_shares", flow="exports", sources={"votes": "other"})
    with pytest.raises(UnknownName, match="no rows from 'nobody'"):
        study.compute("dependence", state="KAZ", partner="RUS", source="nobody")


def test_estimates_on_two_scales_are_never_joined(tmp_path: Path) -> None:
    study = mv.Workspace(tmp_path)
    origin = Origin("unga_ideal_points", "2020-04", "t", "p", "A citation.", "u", "l", "2026-11-21")
    rows = pl.DataFrame({"state": ["KAZ"], "session": [47], "year": [1992], "value": [0.1]})
    rows = rows.with_columns(low=0.0, high=0.2, n=pl.lit(50), source=pl.lit(origin.id))
    table = record("ideal_points").check(rows)
    study.store.add(origin, {"ideal_points": table}, report_frame([]))
    assert len(study.table("ideal_points").releases) == 1
    assert (
        study.table("ideal_points").frame.height
        == mv.Workspace().table("ideal_points").frame.height
    )
    mine = study.table("ideal_points", source="unga_ideal_points")
    assert mine.frame["year"].to_list() == [1992]


# --- votes: what is installed answers for its years, what is embedded for the others


@pytest.fixture(scope="module")
def voted(tmp_path_factory: pytest.TempPathFactory) -> mv.Workspace:
    """Return a study with votes of two years only, in which all vote yes but the United States."""
    study = mv.Workspace(tmp_path_factory.mktemp("voted"))
    origin = Origin("mine", "2026", "t", "p", "A citation.", "u", "l", "2026-11-21")
    rows = [
        (f"{year}-{call}", state, year, "no" if state == "USA" else "yes")
        for year in (2001, 2002)
        for call in range(50)
        for state in ("CHN", "FRA", "KAZ", "RUS", "TUR", "USA")
    ]
    schema = ["rollcall", "state", "year", "choice"]
    votes = pl.DataFrame(rows, schema=schema, orient="row").with_columns(source=pl.lit(origin.id))
    calls = (
        votes.select("rollcall", "year", "source")
        .unique(maintain_order=True)
        .with_columns(kind=pl.lit("final"), session=pl.col("year") - 1945)
    )
    tables = {"votes": record("votes").check(votes), "rollcalls": record("rollcalls").check(calls)}
    study.store.add(origin, tables, report_frame([]))
    return study


def both(study: mv.Workspace, name: str, key: list[str], **asked: object) -> pl.DataFrame:
    """Return the answers with and without the study, where they differ or one is missing."""
    before = mv.Workspace().compute(name, **asked).frame
    after = study.compute(name, **asked).frame.with_columns(there=pl.lit(value=True))
    together = before.join(after, on=key, how="left", suffix="_after")
    other = ~(
        pl.col("value").eq_missing(pl.col("value_after"))
        & pl.col("n").eq_missing(pl.col("n_after"))
    )
    return together.filter(other | pl.col("there").is_null())


@pytest.mark.parametrize(
    ("name", "key", "asked"),
    [
        ("agreement", ["state_a", "state_b", "year"], {"state": "KAZ"}),
        ("kappa", ["state_a", "state_b", "year"], {"state": "KAZ"}),
        ("participation", ["state", "year"], {"state": "KAZ"}),
        (
            "splits",
            ["state", "pole_a", "pole_b", "start"],
            {"state": "KAZ", "poles": ("RUS", "USA"), "by": "year"},
        ),
    ],
)
def test_votes_of_two_years_change_those_only(
    name: str, key: list[str], asked: dict[str, object], voted: mv.Workspace
) -> None:
    changed = both(voted, name, key, **asked)
    assert set(changed[key[-1]]) == {2001, 2002}


def test_a_whole_period_counts_both(voted: mv.Workspace) -> None:
    asked = {"state": "KAZ", "state_b": "RUS", "period": "whole", "years": (2001, 2004)}
    both_sides = voted.compute("agreement", **asked).frame.row(0, named=True)
    own = voted.compute("agreement", **asked | {"years": (2001, 2002)}).frame.row(0, named=True)
    rest = mv.Workspace().compute("agreement", **asked | {"years": (2003, 2004)}).frame
    more = rest.row(0, named=True)
    assert own["value"] == 1
    assert own["n"] == 100
    assert both_sides["n"] == own["n"] + more["n"]
    same = own["value"] * own["n"] + more["value"] * more["n"]
    assert both_sides["value"] == pytest.approx(same / both_sides["n"])


def test_neighbours_of_other_years_stay(voted: mv.Workspace) -> None:
    asked = {"state": "KAZ", "years": (2015, 2019)}
    embedded = mv.Workspace().compute("nearest_voters", **asked).frame
    assert voted.compute("nearest_voters", **asked).frame.equals(embedded)


def test_the_index_loses_no_year(voted: mv.Workspace) -> None:
    asked = {"state": "KAZ", "poles": ("USA", "EU", "RUS", "CHN"), "years": (2014, 2020)}
    embedded = mv.Workspace().compute("multivector_index", **asked).frame
    assert voted.compute("multivector_index", **asked).frame.equals(embedded)

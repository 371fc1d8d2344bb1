"""The Multi-Vector Index: what it rests on, its properties on data, its traps, bad input."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import multivector as mv
from multivector.errors import BadValue, MissingData
from multivector.measures._davidson import fit
from multivector.measures.multivector_index import VectorIndex, multivector_index
from multivector.measures.pole_weights import bradley_terry
from multivector.tables import (
    FLOWS_TABLE,
    IDEAL_POINTS,
    INDICATORS,
    JOINT_VOTES,
    MEMBERSHIPS,
    ROLLCALLS,
    TREATIES,
    VOTES,
)

POLES = ("USA", "RUS", "CHN", "DEU")


def flows(*rows: tuple[str, str, int, str, float], unit: str = "USD") -> pl.DataFrame:
    names = ["state", "partner", "year", "flow", "value"]
    return FLOWS_TABLE.conform(
        pl.DataFrame(rows, schema=names, orient="row").with_columns(
            unit=pl.lit(unit),
            reported_by=pl.lit("state"),
            source=pl.lit("made@1"),
            locator=pl.lit("made up"),
        )
    )


def memberships(*rows: tuple[str, str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["organisation", "state"], orient="row")
    return MEMBERSHIPS.conform(
        frame.with_columns(
            status=pl.lit("member"),
            start=pl.lit("1990"),
            as_of=pl.lit("2020"),
            source=pl.lit("made@1"),
            locator=pl.lit("made up"),
        )
    )


def votes(table: dict[str, str], year: int = 2010, first: int = 0) -> pl.DataFrame:
    words = {"y": "yes", "a": "abstain", "n": "no", "x": "absent"}
    rows = [
        (str(first + i), state, year, words[letter])
        for state, letters in table.items()
        for i, letter in enumerate(letters)
        if letter != "-"
    ]
    names = ["rollcall", "state", "year", "choice"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return VOTES.conform(frame.with_columns(source=pl.lit("made@1")))


def trade(**shares: float) -> pl.DataFrame:
    return flows(*((("KAZ"), pole, 2010, "exports", value) for pole, value in shares.items()))


TABLE = {
    "USA": "nnnnnnyyyyna",
    "RUS": "yyyynyynynya",
    "CHN": "yyyyynynynyy",
    "DEU": "nnyaynyyyynn",
    "KAZ": "yyayynyyaynx",
}


def one(found: VectorIndex) -> dict[str, object]:
    assert found.index.height == 1
    return found.index.row(0, named=True)


def test_shares_of_the_votes_are_bradley_terry_weights() -> None:
    cast = votes(TABLE)
    found = multivector_index(cast, state="KAZ", poles=POLES)
    own = found.shares.filter(domain="votes")["value"].to_list()
    expected = bradley_terry(cast, state="KAZ", poles=POLES)["value"].to_list()
    assert own == pytest.approx(expected, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=18, max_size=18))
def test_one_fit_of_many_tables_is_many_fits(cells: list[int]) -> None:
    counts = np.array(cells, dtype=float).reshape(2, 3, 3)
    pairs = ((0, 1), (0, 2), (1, 2))
    together, _ = fit(counts, pairs, 3)
    for table, row in zip(counts, together, strict=True):
        alone = fit(table[None], pairs, 3)[0][0]
        assert np.allclose(row, alone, equal_nan=True, atol=1e-8)
        assert np.isnan(row).all() or row.sum() == pytest.approx(1)


def test_distances_are_the_poles_disagreement_and_half_for_an_abstention() -> None:
    found = multivector_index(votes(TABLE), state="KAZ", poles=POLES)
    row = found.distances.filter(pole_a="USA", pole_b="RUS").row(0, named=True)
    gap = {("y", "n"): 1, ("n", "y"): 1, ("a", "y"): 0.5, ("y", "a"): 0.5}
    gap |= {("n", "a"): 0.5, ("a", "n"): 0.5}
    pairs = list(zip(TABLE["USA"], TABLE["RUS"], strict=True))
    assert row["value"] == pytest.approx(sum(gap.get(p, 0) for p in pairs) / len(pairs))
    assert row["n"] == len(pairs)


def test_the_state_itself_never_moves_the_distances() -> None:
    other = {**TABLE, "KAZ": "n" * 12}
    first = multivector_index(votes(TABLE), state="KAZ", poles=POLES).distances
    second = multivector_index(votes(other), state="KAZ", poles=POLES).distances
    assert first.equals(second)


def test_units_of_money_and_length_of_the_period_do_not_matter() -> None:
    base = [("KAZ", p, y, f, v) for p, v in (("RUS", 5.0), ("CHN", 3.0), ("USA", 1.0))
            for y in (2010, 2011) for f in ("exports", "imports")]  # fmt: skip
    many = [(s, p, y, f, v * 88.8) for s, p, y, f, v in base]
    short = [row for row in base if row[2] == 2010]
    poles = ("USA", "RUS", "CHN")
    values = [
        one(multivector_index(flows=flows(*rows), state="KAZ", poles=poles, distance="none"))
        for rows in (base, many, short)
    ]
    assert values[0]["effective_vectors"] == pytest.approx(values[1]["effective_vectors"])
    assert values[0]["effective_vectors"] == pytest.approx(values[2]["effective_vectors"])
    assert values[0]["effective_vectors"] == pytest.approx(1 / (25 + 9 + 1) * 81)


def test_one_pole_alone_is_one_vector() -> None:
    found = one(multivector_index(flows=trade(RUS=9), state="KAZ", poles=POLES, distance="none"))
    assert found["value"] == 0
    assert found["effective_vectors"] == 1
    assert found["dominance"] == 1


@given(st.permutations(POLES))
@settings(max_examples=10, deadline=None)
def test_order_of_the_poles_does_not_matter(poles: list[str]) -> None:
    rows = trade(RUS=5, CHN=3, USA=1, DEU=1)
    first = one(multivector_index(votes(TABLE), flows=rows, state="KAZ", poles=POLES))
    second = one(multivector_index(votes(TABLE), flows=rows, state="KAZ", poles=tuple(poles)))
    for key in ("value", "alpha", "beta", "ceiling", "dominance"):
        assert first[key] == pytest.approx(second[key], abs=1e-9)


def test_a_domain_without_data_is_missing_and_not_zero() -> None:
    rows = trade(RUS=5, CHN=5)
    alone = one(multivector_index(flows=rows, state="KAZ", poles=POLES, distance="none"))
    assert alone["domains"] == "trade"
    assert alone["effective_vectors"] == pytest.approx(2)
    assert "no data: votes" in str(alone["note"])
    both = one(
        multivector_index(votes(TABLE), flows=rows, state="KAZ", poles=POLES, distance="none")
    )
    assert both["domains"] == "votes;trade"


def test_balance_across_domains_shows_in_beta() -> None:
    rows = flows(("KAZ", "CHN", 2010, "exports", 9.0), ("KAZ", "RUS", 2010, "arms_imports", 9.0))
    split = one(multivector_index(flows=rows, state="KAZ", poles=("RUS", "CHN"), distance="none"))
    assert (split["alpha"], split["beta"], split["effective_vectors"]) == (1.0, 2.0, 2.0)
    assert split["value"] == pytest.approx(1)


def test_arms_count_five_years() -> None:
    rows = flows(
        ("KAZ", "RUS", 2006, "arms_imports", 3.0),
        ("KAZ", "CHN", 2010, "arms_imports", 1.0),
        ("KAZ", "USA", 2005, "arms_imports", 50.0),
    )
    found = multivector_index(
        flows=rows, state="KAZ", poles=("USA", "RUS", "CHN"), years=(2010, 2010), distance="none"
    )
    assert found.shares.filter(domain="security")["value"].to_list() == [0, 0.75, 0.25]


def test_data_on_one_donor_alone_say_nothing_about_shares() -> None:
    rows = flows(
        ("KAZ", "CHN", 2010, "finance_in", 9.0),
        ("UZB", "CHN", 2010, "finance_in", 3.0),
        ("KAZ", "RUS", 2010, "exports", 1.0),
        ("KAZ", "CHN", 2010, "exports", 1.0),
    )
    asked = {"state": "KAZ", "poles": ("RUS", "CHN"), "distance": "none"}
    found = one(multivector_index(flows=rows, **asked))
    assert found["domains"] == "trade"
    assert "finance_in left out: the data hold none of RUS" in str(found["note"])
    known = pl.concat([rows, flows(("UZB", "RUS", 2010, "finance_in", 1.0))])
    assert one(multivector_index(flows=known, **asked))["domains"] == "trade"
    both = pl.concat([known, flows(("KAZ", "RUS", 2010, "finance_in", 1.0))])
    found = multivector_index(flows=both, **asked)
    assert found.shares.filter(domain="finance")["value"].to_list() == [0.1, 0.9]


def test_visits_received_count_too() -> None:
    rows = flows(
        ("RUS", "KAZ", 2010, "visits_out", 3.0),
        ("CHN", "KAZ", 2010, "visits_out", 1.0),
    )
    found = multivector_index(flows=rows, state="KAZ", poles=("RUS", "CHN"), distance="none")
    assert found.shares.filter(domain="people")["value"].to_list() == [0.75, 0.25]


def test_alliances_are_binary() -> None:
    rows = [("a", s) for s in ("KAZ", "RUS", "BLR")] + [("b", s) for s in ("KAZ", "RUS")]
    treaties = TREATIES.conform(
        pl.DataFrame(rows, schema=["treaty", "state"], orient="row").with_columns(
            name=pl.lit("pact"),
            field=pl.lit("alliance"),
            start=pl.lit("1992-05"),
            source=pl.lit("made@1"),
            locator=pl.lit("made up"),
        )
    )
    found = multivector_index(
        treaties=treaties,
        state="KAZ",
        poles=("RUS", "BLR", "CHN"),
        years=(2000, 2000),
        distance="none",
    )
    assert found.shares.filter(domain="security")["value"].to_list() == [0.5, 0.5, 0]


def test_a_bloc_acts_through_its_members() -> None:
    table = {**TABLE, "FRA": TABLE["DEU"], "ITA": TABLE["USA"]}
    clubs = memberships(("EU", "DEU"), ("EU", "FRA"), ("EU", "ITA"), ("UN", "KAZ"))
    rows = trade(RUS=5, DEU=2, FRA=1, ITA=1, CHN=1)
    poles = ("EU", "RUS", "CHN")
    found = multivector_index(votes(table), flows=rows, memberships=clubs, state="KAZ", poles=poles)
    assert found.shares.filter(domain="trade")["value"].to_list() == [0.4, 0.5, 0.1]
    as_one = multivector_index(votes(table), state="KAZ", poles=("DEU", "RUS", "CHN"))
    bloc = found.shares.filter(domain="votes")["value"].to_list()
    assert bloc == pytest.approx(as_one.shares.filter(domain="votes")["value"].to_list())


def test_a_member_faces_its_own_bloc_without_itself() -> None:
    clubs = memberships(("EU", "DEU"), ("EU", "KAZ"))
    found = multivector_index(
        flows=trade(DEU=1, RUS=1), memberships=clubs, state="KAZ", poles=("EU", "RUS"),
        domains=("trade",), distance="none",
    )  # fmt: skip
    assert found.shares.filter(domain="trade")["value"].to_list() == [0.5, 0.5]


def test_seats_count_by_organisation() -> None:
    clubs = memberships(
        ("CIS", "KAZ"), ("CIS", "RUS"), ("SCO", "KAZ"), ("SCO", "RUS"), ("SCO", "CHN"),
        ("UN", "KAZ"), ("ICO", "KAZ"),
    )  # fmt: skip
    found = multivector_index(
        memberships=clubs, state="KAZ", poles=("RUS", "CHN"), years=(2010, 2010), distance="none"
    )
    shares = found.shares.filter(domain="institutions")["value"].to_list()
    assert shares == pytest.approx([2 / 3, 1 / 3])
    assert found.domains["intensity"].to_list() == [0.5]


def test_a_list_of_main_partners_is_said_to_be_one() -> None:
    rows = flows(("KAZ", "RUS", 2010, "exports", 30.0), unit="percent")
    found = one(multivector_index(flows=rows, state="KAZ", poles=POLES, distance="none"))
    assert "lists of main partners" in str(found["note"])


def test_absence_is_reported() -> None:
    table = {**TABLE, "KAZ": "yyayynyyaxxx"}
    found = multivector_index(votes(table), state="KAZ", poles=POLES).domains
    split = sum(
        len({TABLE[p][i] for p in POLES} & {"y", "n"}) == 2 for i in range(len(TABLE["USA"]))
    )
    missed = sum(len({TABLE[p][i] for p in POLES} & {"y", "n"}) == 2 for i in (9, 10, 11))
    assert found["absence"].item() == pytest.approx(missed / split)


def test_no_label_where_the_states_own_pole_is_missing() -> None:
    table = {**TABLE, "HUN": TABLE["DEU"]}
    away = one(
        multivector_index(
            votes(table), state="HUN", poles=("USA", "RUS", "CHN"), alternatives=("DEU",)
        )
    )
    assert away["label"] is None
    assert "agrees more with DEU" in str(away["note"])
    assert away["value"] is not None
    there = one(multivector_index(votes(table), state="HUN", poles=POLES, alternatives=("DEU",)))
    assert there["label"] is not None


def test_no_rivalry_to_hedge() -> None:
    table = {"RUS": "yyny", "CHN": "yyny", "KAZ": "yynn"}
    rows = trade(RUS=1, CHN=1)
    found = one(multivector_index(votes(table), flows=rows, state="KAZ", poles=("RUS", "CHN")))
    assert found["value"] is None
    assert found["ceiling"] == 1
    assert "no rivalry to hedge" in str(found["note"])


def test_unknown_distances_give_no_value_and_say_so() -> None:
    found = one(multivector_index(flows=trade(RUS=1, CHN=1), state="KAZ", poles=("RUS", "CHN")))
    assert found["value"] is None
    assert "distances by votes are not known" in str(found["note"])


def test_distances_not_of_negative_type_are_said_so() -> None:
    pacts = [("a", "USA"), ("a", "CHN"), ("b", "CHN"), ("b", "RUS")]
    treaties = TREATIES.conform(
        pl.DataFrame(pacts, schema=["treaty", "state"], orient="row").with_columns(
            name=pl.lit("pact"),
            field=pl.lit("alliance"),
            start=pl.lit("1992"),
            source=pl.lit("made@1"),
            locator=pl.lit("made up"),
        )
    )
    found = one(
        multivector_index(
            flows=trade(USA=1, RUS=1, CHN=1),
            treaties=treaties,
            state="KAZ",
            poles=("USA", "RUS", "CHN"),
            distance="alliances",
        )
    )
    assert "not of negative type" in str(found["note"])


def test_interval_and_seed() -> None:
    rows = trade(RUS=5, CHN=3, USA=1, DEU=1)
    asked = {"state": "KAZ", "poles": POLES, "flows": rows, "draws": 50}
    first = one(multivector_index(votes(TABLE), **asked))
    again = one(multivector_index(votes(TABLE), **asked))
    other = one(multivector_index(votes(TABLE), **asked, seed=1))
    assert first == again
    assert first["value"] == other["value"]
    assert first["low"] != other["low"]
    assert first["low"] <= first["median"] <= first["high"]


def test_no_interval_where_nothing_was_drawn() -> None:
    rows = trade(RUS=5, CHN=3)
    found = one(multivector_index(flows=rows, state="KAZ", poles=POLES, distance="none"))
    assert (found["low"], found["high"]) == (None, None)


def test_products_are_drawn_again() -> None:
    rows = pl.concat([trade(RUS=5, CHN=1), trade(RUS=1, CHN=6)]).with_columns(
        product=pl.Series(["01", "01", "02", "02"])
    )
    found = one(multivector_index(flows=rows, state="KAZ", poles=("RUS", "CHN"), distance="none"))
    assert found["low"] is not None
    assert found["low"] < found["high"]


def test_guard_of_autonomy() -> None:
    rows = flows(("KAZ", "RUS", 2010, "imports", 9.0), ("KAZ", "CHN", 2010, "imports", 1.0))
    rows = rows.with_columns(product=pl.lit("27"))
    shares = multivector_index(
        flows=rows, state="KAZ", poles=("RUS", "CHN"), distance="none"
    ).shares.filter(domain="trade")
    assert shares["majority"].to_list() == [True, False]
    assert shares["critical"].to_list() == [1, 0]


def test_benchmark_and_tilt() -> None:
    size = pl.DataFrame(
        [("RUS", 2010, 3.0), ("CHN", 2010, 1.0)], schema=["state", "year", "value"], orient="row"
    ).with_columns(
        indicator=pl.lit("gdp"), unit=pl.lit("USD"), source=pl.lit("x@1"), locator=pl.lit("x")
    )
    found = one(
        multivector_index(
            flows=trade(RUS=1, CHN=1),
            indicators=INDICATORS.conform(size),
            state="KAZ",
            poles=("RUS", "CHN"),
            distance="none",
        )
    )
    assert found["tilt"] == pytest.approx(0.25)
    assert found["benchmark"] == pytest.approx(math.log(1.6) / math.log(2))


def test_one_domain_tilt_against_world_trade_is_the_breadth_of_dhl() -> None:
    own = [("KAZ", p, 2010, "exports", v) for p, v in (("USA", 6.0), ("RUS", 3.0), ("CHN", 1.0))]
    world = [(p, "FRA", 2010, "exports", v) for p, v in (("USA", 2.0), ("RUS", 5.0), ("CHN", 3.0))]
    found = one(
        multivector_index(
            flows=flows(*own, *world),
            state="KAZ",
            poles=("USA", "RUS", "CHN"),
            domains=("trade",),
            distance="none",
            benchmark="trade",
        )
    )
    assert 1 - found["tilt"] == pytest.approx(0.6)


def test_ideal_points_as_distance() -> None:
    rows = [("USA", 65, 2010, 3.0), ("RUS", 65, 2010, 0.0), ("CHN", 65, 2010, -1.0)]
    points = pl.DataFrame(rows, schema=["state", "session", "year", "value"], orient="row")
    points = IDEAL_POINTS.conform(points.with_columns(n=pl.lit(9), source=pl.lit("x@1")))
    found = multivector_index(
        ideal_points=points, flows=trade(USA=1, RUS=1), state="KAZ", poles=("USA", "RUS", "CHN"),
        distance="ideal_points",
    )  # fmt: skip
    assert found.distances["value"].to_list() == pytest.approx([0.75, 1.0, 0.25])


def test_by_year() -> None:
    cast = pl.concat([votes(TABLE, 2010), votes(TABLE, 2011, first=100)])
    found = multivector_index(cast, state="KAZ", poles=POLES, by="year")
    assert found.index["start"].to_list() == [2010, 2011]
    assert found.index["value"][0] == pytest.approx(found.index["value"][1])


def test_joint_counts_give_the_same_distances() -> None:
    from multivector.measures._choices import joint_choices

    cast = votes(TABLE)
    joint = JOINT_VOTES.conform(joint_choices(cast))
    whole = multivector_index(cast, state="KAZ", poles=POLES).distances
    counted = multivector_index(
        joint_votes=joint, flows=trade(RUS=1, CHN=1), state="KAZ", poles=POLES
    ).distances
    assert counted["value"].to_list() == pytest.approx(whole["value"].to_list())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"poles": ("RUS",)}, "two or more"),
        ({"poles": ()}, "two or more"),
        ({"poles": ("RUS", "CHN", "RUS")}, "listed twice"),
        ({"poles": ("KAZ", "CHN")}, "its own pole"),
        ({"poles": ("EU", "DEU")}, "lies inside the pole EU"),
        ({"poles": ("EU", "NATO")}, "lies inside"),
        ({"domains": ("votes", "trade"), "weights": (1.0, -1.0)}, "weights"),
        ({"domains": ("votes", "trade"), "weights": (0.0, 0.0)}, "weights"),
        ({"domains": ("votes", "trade"), "weights": (1.0,)}, "weights"),
        ({"weights": (1.0, 2.0)}, "weights"),
        ({"domains": ("money",)}, "money"),
        ({"domains": ()}, "none cannot be used"),
        ({"domains": ("finance",)}, "no year in common"),
        ({"domains": ("votes", "trade"), "years": (1990, 1995)}, "no year in common"),
        ({"order": -1.0}, "order"),
        ({"draws": -1}, "draws"),
        ({"level": 1.0}, "level"),
        ({"distance": "love"}, "distance"),
        ({"benchmark": "love"}, "benchmark"),
        ({"by": "decade"}, "by is"),
        ({"credit": "love"}, "credit is"),
    ],
)
def test_bad_input(options: dict[str, object], said: str) -> None:
    clubs = memberships(("EU", "DEU"), ("NATO", "DEU"), ("NATO", "USA"))
    asked = {"state": "KAZ", "poles": POLES, **options}
    with pytest.raises(BadValue, match=said) as caught:
        multivector_index(votes(TABLE), flows=trade(RUS=1), memberships=clubs, **asked)
    assert "expected" in str(caught.value)


def test_fractional_credit_divides_each_roll_call() -> None:
    table = {"RUS": "yyyn", "CHN": "yyna", "USA": "nyay", "KAZ": "yyax"}
    found = multivector_index(
        votes(table), state="KAZ", poles=("RUS", "CHN", "USA"), credit="fractional"
    )
    assert found.shares.filter(domain="votes")["value"].to_list() == [0.25, 0.25, 0.5]
    row = found.domains.row(0, named=True)
    assert row["n"] == 2
    assert row["intensity"] == pytest.approx(2 / 3)
    assert row["absence"] == pytest.approx(1 / 3)


def test_nothing_known_is_said() -> None:
    with pytest.raises(MissingData, match="nothing is known"):
        multivector_index(flows=trade(RUS=1), state="UZB", poles=POLES)


def test_embedded_world_answers() -> None:
    asked = {"poles": POLES, "domains": ("votes",), "years": (2007, 2013)}
    result = mv.Workspace().compute("multivector_index", state="KAZ", **asked)
    row = result.frame.row(0, named=True)
    shares = dict(result.frames["shares"].filter(domain="votes").select("pole", "value").rows())
    assert row["low"] < row["value"] < row["high"]
    assert row["label"] == "leans to CHN"
    assert shares["CHN"] == pytest.approx(0.450, abs=0.01)
    assert shares["RUS"] == pytest.approx(0.383, abs=0.01)
    assert row["effective_vectors"] == pytest.approx(1.16, abs=0.02)


@pytest.mark.parametrize("poles", [("USA", "RUS", "CHN")])
def test_hungary_and_ukraine_get_no_label_without_the_union(poles: tuple[str, ...]) -> None:
    for state in ("HUN", "UKR"):
        result = mv.Workspace().compute(
            "multivector_index", state=state, poles=poles, domains=("votes",), years=(2014, 2020),
            draws=20,
        )  # fmt: skip
        assert result.frame["label"].to_list() == [None]
        assert "EU" in result.frame["note"][0]


def test_every_eighth_state_of_today_has_an_index_from_embedded_data() -> None:
    workspace = mv.Workspace()
    poles = ("USA", "EU", "RUS", "CHN")
    without = []
    for state in workspace.states()["state"][::8]:
        own = tuple(p for p in poles if p != state)
        try:
            found = workspace.compute(
                "multivector_index", state=state, poles=own, years=(2010, 2020), draws=0
            ).frame
        except MissingData:
            without.append(state)
            continue
        assert found["value"].null_count() == 0, state
    assert set(without) <= {"VAT", "XKX", "TWN", "PSE", "COK", "NIU"}


@pytest.mark.shared
def test_demonstration_of_the_reference(shared: Path) -> None:
    from multivector.sources import unga_dm

    folder = shared / "data" / "30_un_votes_ungadm"
    tables = unga_dm.read(folder / "votes_1946_2022.parquet")
    cast = VOTES.conform(tables["votes"].with_columns(source=pl.lit("unga_dm@1")))
    calls = ROLLCALLS.conform(tables["rollcalls"].with_columns(source=pl.lit("unga_dm@1")))
    expected = {
        (2007, 2013): ((0.010, 0.383, 0.450, 0.156), 1.164, 1.654, 0.302),
        (2014, 2021): ((0.012, 0.244, 0.591, 0.153), 1.182, 1.625, 0.345),
    }
    credits = {(2007, 2013): (0.430, 0.399, 0.460), (2014, 2021): (0.521, 0.492, 0.558)}
    for years, (shares, vectors, top, value) in expected.items():
        found = multivector_index(cast, calls, state="KAZ", poles=POLES, years=years)
        row = one(found)
        own = found.shares.filter(domain="votes")["value"].to_list()
        assert own == pytest.approx(shares, abs=1e-3)
        assert row["effective_vectors"] == pytest.approx(vectors, abs=1e-3)
        assert row["ceiling"] == pytest.approx(top, abs=1e-3)
        assert row["value"] == pytest.approx(value, abs=2e-3)
        assert "negative type" not in str(row["note"])
        shared_out = one(
            multivector_index(
                cast, calls, state="KAZ", poles=POLES, years=years, credit="fractional", level=0.95
            )
        )
        middle, low, high = credits[years]
        assert shared_out["value"] == pytest.approx(middle, abs=2e-3)
        assert shared_out["low"] == pytest.approx(low, abs=0.02)
        assert shared_out["high"] == pytest.approx(high, abs=0.02)
    far = {(a, b): d for a, b, d in found.distances.select("pole_a", "pole_b", "value").rows()}
    rows = {("USA", "RUS"): 0.668, ("USA", "CHN"): 0.763, ("USA", "DEU"): 0.412,
            ("RUS", "CHN"): 0.150, ("RUS", "DEU"): 0.339, ("CHN", "DEU"): 0.384}  # fmt: skip
    assert far == pytest.approx(rows, abs=1e-3)

"""What an organisation is made of: shares that add up, hubs, overlapping members."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue
from multivector.measures.composition import hub_share, member_shares, organisation_overlap
from multivector.measures.integration import introversion
from multivector.tables import FLOWS_TABLE, INDICATORS, MEMBERSHIPS
from multivector.workspace import Workspace
from tests.panels import panel


def clubs(**organisations: str) -> pl.DataFrame:
    rows = [(name, state) for name, states in organisations.items() for state in states.split()]
    frame = pl.DataFrame(rows, schema=["organisation", "state"], orient="row")
    more = {"status": "member", "start": "1995", "source": "x@1", "locator": "p. 1"}
    return MEMBERSHIPS.conform(frame.with_columns(**{k: pl.lit(v) for k, v in more.items()}))


def exports(rows: list[tuple[str, str, float]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["state", "partner", "value"], orient="row")
    more = {"flow": "exports", "unit": "USD", "reported_by": "state"}
    origin = {"source": "x@1", "locator": "row"}
    told = {k: pl.lit(v) for k, v in {**more, **origin}.items()}
    return FLOWS_TABLE.conform(frame.with_columns(year=2019, **told))


def values(frame: pl.DataFrame) -> dict[str, float]:
    return dict(frame.select("state", "value").rows())


def test_shares_add_up_and_a_missing_figure_leaves_none() -> None:
    figures = panel(INDICATORS)
    found = member_shares(figures, states=("KAZ", "RUS", "UZB"))
    sums = found.group_by("year").agg(pl.col("value").sum())["value"]
    assert all(total == pytest.approx(1.0) for total in sums)
    lacking = figures.filter(
        (pl.col("state") != "UZB") | (pl.col("year") != 2013) | (pl.col("indicator") != "gdp")
    )
    part = member_shares(lacking, states=("KAZ", "RUS", "UZB")).filter(pl.col("year") == 2013)
    assert part["value"].null_count() == 3
    assert part["n"].unique().to_list() == [2]


def test_the_largest_share_is_that_of_the_asymmetry_of_members() -> None:
    workspace = Workspace()
    shares = workspace.compute("member_shares", organisation="EAEU").frame
    whole = workspace.compute("member_asymmetry", organisation="EAEU", measure="largest").frame
    largest = shares.group_by("year").agg(pl.col("value").max()).sort("year")
    assert largest["value"].to_list() == pytest.approx(whole.sort("year")["value"].to_list())


def test_a_star_has_a_hub() -> None:
    star = exports([("HUB", "A", 5.0), ("B", "HUB", 3.0), ("HUB", "C", 2.0), ("A", "X", 40.0)])
    assert values(hub_share(star, states=("HUB", "A", "B", "C"))) == pytest.approx(
        {"HUB": 1.0, "A": 0.5, "B": 0.3, "C": 0.2}
    )
    world = values(hub_share(star, states=("HUB", "A", "B", "C"), among="world"))
    assert world == pytest.approx({"A": 0.75, "HUB": 10 / 60, "B": 0.05, "C": 2 / 60})


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.1, 100), min_size=12, max_size=12))
def test_both_ends_of_every_flow_count(sizes: list[float]) -> None:
    names = ("A", "B", "C", "D")
    pairs = [(a, b) for a in names for b in names if a != b]
    flows = exports([(*pair, size) for pair, size in zip(pairs, sizes, strict=True)])
    assert sum(values(hub_share(flows, states=names[:3])).values()) == pytest.approx(2.0)
    inside = hub_share(flows, states=names[:3], among="world")["value"].sum()
    assert inside == pytest.approx(1.0)
    assert introversion(flows, states=names[:3], measure="share")["value"].item() <= 1


def test_overlap_by_hand() -> None:
    three = clubs(CIS="KAZ RUS BLR", EAEU="KAZ RUS", NATO="TUR")
    jaccard = organisation_overlap(three)
    assert jaccard.select("organisation_a", "organisation_b", "value", "n").rows() == [
        ("CIS", "EAEU", pytest.approx(2 / 3), 3)
    ]
    assert organisation_overlap(three, measure="shared")["value"].item() == 2
    assert organisation_overlap(three, measure="contained")["value"].item() == 1.0
    assert organisation_overlap(three, organisation="NATO").is_empty()
    assert organisation_overlap(three, years=(1980, 1980)).is_empty()


def test_refusals() -> None:
    with pytest.raises(BadValue, match="among"):
        hub_share(panel(FLOWS_TABLE), states=("KAZ",), among="all")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="measure"):
        organisation_overlap(clubs(CIS="KAZ"), measure="s")  # type: ignore[arg-type]

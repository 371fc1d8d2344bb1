"""Split votes, pole weights and absence: papers' values, brute force, definitions, bad input."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta, binomtest, fisher_exact

from multivector import sources
from multivector.errors import BadValue, MissingData
from multivector.measures._extracts import joint_votes, packed, split_votes, vote_totals
from multivector.measures.pole_weights import bradley_terry
from multivector.measures.splits import split_rollcalls, split_sensitivity, splits
from multivector.measures.voting_absence import participation, strategic_absence
from multivector.study import world
from multivector.tables import ROLLCALLS, VOTES
from tests.panels import panel

ALL = ("final", "paragraph", "amendment", "motion", "unknown")
KAZ: dict[str, Any] = {"state": "KAZ", "poles": ("RUS", "CHN")}
Frame = pl.DataFrame


@cache
def tables_of(path: Path) -> dict[str, Frame]:
    return sources.load(path).tables


def made(rows: list[tuple[str, str, str]], year: int = 2000) -> tuple[Frame, Frame]:
    """Return votes and roll calls of choices A (pole), B (pole) and C (state)."""
    cast = [
        (str(i), state, year, choice)
        for i, row in enumerate(rows)
        for state, choice in zip(("AAA", "BBB", "CCC"), row, strict=True)
    ]
    frame = pl.DataFrame(cast, schema=["rollcall", "state", "year", "choice"], orient="row")
    votes = VOTES.conform(frame.with_columns(source=pl.lit("made@1")))
    calls = votes.select("rollcall", "year", "source").unique("rollcall").with_columns(
        kind=pl.lit("final"), session=pl.lit(year - 1945), date=pl.lit(f"{year}-12-01")
    )  # fmt: skip
    return votes, ROLLCALLS.conform(calls)


def test_offline_the_thirteen_cases_come_out() -> None:
    frame = splits(split_votes=world.table("split_votes"), **KAZ, years=(2007, 2013))
    row = frame.row(0, named=True)
    assert (row["n_a"], row["n_b"], row["abstain"], row["absent"], row["n"]) == (4, 7, 2, 0, 13)
    assert row["unknown"] == 0
    assert row["value"] == pytest.approx(4 / 11)
    assert row["low"] == pytest.approx(beta.ppf(0.025, 4.5, 7.5))
    assert row["high"] == pytest.approx(beta.ppf(0.975, 4.5, 7.5))
    assert row["p_value"] == pytest.approx(binomtest(4, 11).pvalue)
    assert row["equidistance"] == pytest.approx(1 - abs(2 * 4 / 11 - 1))
    assert row["neutrality"] == pytest.approx(2 / 13)


def test_offline_the_later_period_and_the_named_resolutions() -> None:
    embedded = world.table("split_votes")
    row = splits(split_votes=embedded, **KAZ, years=(2014, 2021)).row(0, named=True)
    assert (row["n_a"], row["n_b"], row["abstain"], row["n"]) == (4, 34, 0, 38)
    listed = split_rollcalls(split_votes=embedded, **KAZ, years=(2007, 2021))
    side = dict(listed.select("resolution", "side").iter_rows())
    assert side["67/46"] == "pole_b"
    assert side["65/206"] == "pole_a"
    assert side["71/187"] == "pole_a"
    assert side["73/60"] == "pole_b"
    assert side["74/45"] == "pole_b"
    assert not {"65/60", "67/45", "70/231"} & set(side)
    assert listed["resolution"].drop_nulls().n_unique() == listed["resolution"].drop_nulls().len()


OPPOSED = [
    (("yes", "no", "yes"), "pole_a", (True, False)),
    (("yes", "no", "abstain"), "abstain", (True, False)),
    (("yes", "no", "absent"), "absent", (True, False)),
    (("yes", "abstain", "no"), "other", (False, False)),
    (("abstain", "yes", "abstain"), "pole_a", (False, False)),
    (("no", "absent", "absent"), "pole_b", (True, True)),
    (("abstain", "absent", "yes"), "other", (False, True)),
]


@pytest.mark.parametrize(("row", "side", "needed"), OPPOSED)
def test_definitions(row: tuple[str, str, str], side: str, needed: tuple[bool, bool]) -> None:
    votes, calls = made([row, ("yes", "yes", "yes")])
    asked: dict[str, Any] = {"state": "CCC", "poles": ("AAA", "BBB")}
    for strict in (True, False):
        for absent in (True, False):
            found = split_rollcalls(votes, calls, **asked, strict=strict, absent=absent)
            counted = (strict <= needed[0]) and (absent >= needed[1])
            assert found.height == int(counted)
            if counted:
                assert found["side"].item() == side


def test_the_nearer_pole() -> None:
    votes, calls = made([("abstain", "yes", "no"), ("no", "yes", "abstain")])
    asked: dict[str, Any] = {"state": "CCC", "poles": ("AAA", "BBB"), "strict": False}
    same = split_rollcalls(votes, calls, **asked)["side"].to_list()
    near = split_rollcalls(votes, calls, **asked, side="nearer")["side"].to_list()
    assert same == ["other", "abstain"]
    assert near == ["pole_a", "abstain"]


def test_by_year_adds_up_and_poles_can_be_many() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    asked: dict[str, Any] = {"state": "KAZ", "poles": ("RUS", "CHN", "USA"), "kinds": ALL}
    whole = splits(votes, calls, **asked).sort("pole_a", "pole_b")
    each = splits(votes, calls, **asked, by="year")
    session = splits(votes, calls, **asked, by="session")
    assert whole.height == 3
    counts = ["n_a", "n_b", "abstain", "other", "absent", "n"]
    for frame in (each, session):
        summed = frame.group_by("pole_a", "pole_b").agg(pl.col(counts).sum())
        assert summed.sort("pole_a", "pole_b").select(counts).equals(whole.select(counts))
    parts = pl.sum_horizontal("n_a", "n_b", "abstain", "other", "absent")
    assert whole.filter(parts != pl.col("n")).is_empty()


def test_swapping_the_poles_mirrors_the_answer() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    one = splits(votes, calls, state="KAZ", poles=("RUS", "USA")).row(0, named=True)
    two = splits(votes, calls, state="KAZ", poles=("USA", "RUS")).row(0, named=True)
    assert (one["n_a"], one["n_b"]) == (two["n_b"], two["n_a"])
    assert one["value"] == pytest.approx(1 - two["value"])
    assert one["low"] == pytest.approx(1 - two["high"])


def test_a_seat_goes_on_under_another_name() -> None:
    rows = [("s", "SUN", 1990, "yes"), ("s", "USA", 1990, "no"), ("s", "FRA", 1990, "yes")]
    rows += [("r", "RUS", 1995, "yes"), ("r", "USA", 1995, "no"), ("r", "FRA", 1995, "no")]
    frame = pl.DataFrame(rows, schema=["rollcall", "state", "year", "choice"], orient="row")
    votes = VOTES.conform(frame.with_columns(source=pl.lit("made@1")))
    found = splits(votes, state="FRA", poles=("RUS", "USA")).row(0, named=True)
    assert (found["n_a"], found["n_b"]) == (1, 1)
    assert splits(votes, state="FRA", poles=("SUN", "USA"))["n"].item() == 1


def test_without_absences_in_the_file_absent_is_null() -> None:
    votes, calls = made([("yes", "no", "yes"), ("yes", "no", "no")])
    votes = votes.filter(~((pl.col("rollcall") == "1") & (pl.col("state") == "CCC")))
    row = splits(votes, calls, state="CCC", poles=("AAA", "BBB")).row(0, named=True)
    assert row["absent"] is None
    assert row["n"] == 2


def test_no_splits_is_null_with_n_zero() -> None:
    votes, calls = made([("yes", "yes", "no")])
    row = splits(votes, calls, state="CCC", poles=("AAA", "BBB")).row(0, named=True)
    assert (row["n"], row["value"], row["p_value"]) == (0, None, None)
    unknown = splits(votes, calls, state="ZZZ", poles=("AAA", "BBB")).row(0, named=True)
    assert (unknown["n"], unknown["value"]) == (0, None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"poles": ("RUS",)}, "cannot split"),
        ({"poles": ("RUS", "RUS")}, "cannot split"),
        ({"poles": ("RUS", "KAZ")}, "cannot split"),
        ({"kinds": ("speech",)}, "kinds 'speech'"),
        ({"duplicates": "drop"}, "duplicates 'drop'"),
        ({"side": "left"}, "side 'left'"),
        ({"issue": "xx"}, "issue 'xx'"),
        ({"by": "month"}, "by 'month'"),
        ({"level": 95.0}, "level is 95"),
    ],
)
def test_bad_options_are_one_clear_line(options: dict[str, Any], words: str) -> None:
    with pytest.raises(BadValue, match=words) as caught:
        splits(panel(VOTES), panel(ROLLCALLS), **{**KAZ, **options})
    assert "expected" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_the_embedded_splits_cannot_tell() -> None:
    embedded = world.table("split_votes")
    with pytest.raises(MissingData, match="install them"):
        splits(split_votes=embedded, **KAZ, strict=False)
    with pytest.raises(MissingData, match="not those of MEX"):
        splits(split_votes=embedded, state="KAZ", poles=("MEX", "CHN"))
    with pytest.raises(BadValue, match="EU casts no votes"):
        splits(panel(VOTES), panel(ROLLCALLS), state="KAZ", poles=("EU", "CHN"))
    with pytest.raises(MissingData, match="split votes need votes"):
        splits(**KAZ)


def test_embedded_extract_and_votes_agree() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    extract = split_votes(votes, calls)
    asked: dict[str, Any] = {"state": "UZB", "poles": ("RUS", "CHN", "USA", "TUR"), "kinds": ALL}
    assert splits(votes, calls, **asked).equals(splits(split_votes=extract, **asked))
    first = bradley_terry(votes, calls, **asked, bootstrap=20)
    assert first.equals(bradley_terry(split_votes=extract, **asked, bootstrap=20))
    own: dict[str, Any] = {"state": "UZB", "poles": ("RUS", "USA")}
    online = strategic_absence(votes, calls, **own)
    totals = vote_totals(votes, calls)
    assert online.equals(strategic_absence(split_votes=extract, vote_totals=totals, **own))
    assert participation(votes, calls).equals(participation(vote_totals=totals))
    joint = joint_votes(votes, calls)
    again = world.unpacked(packed(joint))
    assert again.sort(joint.columns).equals(joint.sort(joint.columns))


def test_pole_weights_follow_the_model() -> None:
    rows = [("yes", "no", "yes")] * 30 + [("yes", "no", "no")] * 10 + [("yes", "no", "abstain")] * 9
    votes, calls = made(rows)
    frame = bradley_terry(votes, calls, state="CCC", poles=("AAA", "BBB"))
    assert frame["value"].sum() == pytest.approx(1)
    weight, tie = frame["value"][0], frame["tie"][0]
    root = tie * np.sqrt(weight * (1 - weight))
    assert weight / (1 + root) == pytest.approx(30 / 49, abs=0.02)
    assert root / (1 + root) == pytest.approx(9 / 49, abs=0.005)
    never = bradley_terry(*made([("yes", "no", "yes")] * 5), state="CCC", poles=("AAA", "BBB"))
    assert 0 < never["value"][1] < 0.1


def test_strategic_absence_is_the_odds_ratio() -> None:
    rows = [("yes", "no", "absent")] * 6 + [("yes", "no", "yes")] * 4
    rows += [("yes", "yes", "absent")] * 3 + [("yes", "yes", "yes")] * 17
    votes, calls = made(rows)
    row = strategic_absence(votes, calls, state="CCC", poles=("AAA", "BBB")).row(0, named=True)
    names = ("opposed_absent", "opposed_present", "other_absent", "other_present")
    assert tuple(row[name] for name in names) == (6, 4, 3, 17)
    assert row["value"] == pytest.approx(6.5 * 17.5 / (4.5 * 3.5))
    assert row["low"] < row["value"] < row["high"]
    assert row["p_value"] == pytest.approx(fisher_exact([[6, 4], [3, 17]])[1])


@pytest.mark.shared
def test_every_roll_call_of_the_reference_list(shared: Path) -> None:
    path = shared / "data/01_un_votes_voeten/UNVotes_rebuilt_1946-2024.csv.gz"
    tables = tables_of(path)
    listed = split_rollcalls(
        tables["votes"],
        tables["rollcalls"],
        **KAZ,
        years=(2007, 2013),
        strict=False,
        absent=True,
        kinds=ALL,
        duplicates="keep",
    )
    theirs = pl.read_csv(shared / "baselines/split_cases_2007_2013.csv", infer_schema=False)
    joined = theirs.join(listed, left_on="rcid", right_on="rollcall", suffix="_ours")
    assert theirs.height == listed.height == joined.height == 140
    side = pl.col("side").replace_strict(
        {"pole_a": "RUS", "pole_b": "CHN"}, default="neither", return_dtype=pl.String
    )
    assert joined.filter(side != pl.col("kaz_side")).is_empty()


@pytest.mark.shared
def test_counts_by_period_and_definition(shared: Path) -> None:
    path = shared / "data/01_un_votes_voeten/un_votes.rda"
    tables = tables_of(path)
    summary = pl.read_csv(shared / "baselines/split_summary.csv")
    names = {
        "yes_vs_no": "yes against no",
        "yes_vs_no+cast_vs_absent": "yes against no, or a firm vote beside absence",
        "any_present": "any difference among votes",
        "any_incl_absent": "any difference, absence included",
    }
    sets = {
        "all": "all",
        "whole": "resolutions as a whole",
        "whole_unique": "resolutions as a whole, repeats merged",
    }
    for period, part in summary.filter(pl.col("period") != "2014-2021").group_by("period"):
        first, last = (int(year) for year in str(period[0]).split("-"))
        ours = split_sensitivity(tables["votes"], tables["rollcalls"], **KAZ, years=(first, last))
        for row in part.iter_rows(named=True):
            found = ours.filter(
                (pl.col("opposition") == names[row["convention"]])
                & (pl.col("roll_calls") == sets[row["unit"]])
            ).row(0, named=True)
            neither = found["n"] - found["n_a"] - found["n_b"]
            assert (found["n_a"], found["n_b"], neither, found["n"]) == (
                row["kaz_with_rus"],
                row["kaz_with_chn"],
                row["neither"],
                row["n"],
            )


@pytest.mark.shared
@pytest.mark.parametrize(
    ("years", "expected"),
    [((2007, 2013), (0.010, 0.383, 0.450, 0.156)), ((2014, 2021), (0.012, 0.244, 0.591, 0.153))],
)
def test_pole_weights_of_kazakhstan(
    shared: Path, years: tuple[int, int], expected: tuple[float, ...]
) -> None:
    path = shared / "data/30_un_votes_ungadm/votes_1946_2022.parquet"
    tables = tables_of(path)
    poles = ("USA", "RUS", "CHN", "DEU")
    frame = bradley_terry(
        tables["votes"], tables["rollcalls"], state="KAZ", poles=poles, years=years
    )
    assert frame["value"].to_list() == pytest.approx(expected, abs=1e-3)
    row = splits(tables["votes"], tables["rollcalls"], **KAZ, years=years).row(0, named=True)
    counts = (row["n_a"], row["n_b"], row["abstain"])
    assert counts == {2007: (4, 7, 2), 2014: (4, 34, 0)}[years[0]]


@pytest.mark.shared
def test_absence_is_turkmenistans_way(shared: Path) -> None:
    path = shared / "data/01_un_votes_voeten/UNVotes_rebuilt_1946-2024.csv.gz"
    tables = tables_of(path)
    frame = participation(tables["votes"], tables["rollcalls"], years=(2014, 2021))
    offline = participation(vote_totals=world.table("vote_totals"), years=(2014, 2021))
    assert frame.equals(offline.join(frame.select("state", "year"), on=["state", "year"]))
    mean = dict(frame.group_by("state").agg(pl.col("value").mean()).iter_rows())
    assert mean["TKM"] < 0.8
    assert mean["KAZ"] > 0.97

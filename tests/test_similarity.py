"""Similarity of votes: papers' and peers' values, brute force, properties, bad input."""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector import sources
from multivector.errors import BadValue, MissingData
from multivector.measures import _scores as scores
from multivector.measures import find
from multivector.measures._choices import CAST, CELLS, joint_choices
from multivector.measures.profiles import (
    profile_a,
    profile_alpha,
    profile_kappa,
    profile_pi,
    profile_s,
    profile_tau,
)
from multivector.study import world
from multivector.tables import JOINT_VOTES, ROLLCALLS, VOTES
from tests.panels import panel

REFERENCE = tomllib.loads((Path(__file__).parent / "reference" / "similarity.toml").read_text())
MEASURES = (
    "ac1",
    "agreement",
    "alpha",
    "benati_a",
    "coincidence",
    "euclidean_s",
    "kappa",
    "pi",
    "s_score",
    "tau_b",
)
POSITION = {"yes": 1, "abstain": 2, "no": 3}
Frame = pl.DataFrame


@cache
def tables_of(path: Path) -> dict[str, Frame]:
    return sources.load(path).tables


def call(name: str, *frames: Frame | None, **options: Any) -> Frame:
    return find(name).function(*frames, **options)


def votes_of(rows: list[tuple[str, str, int, str]]) -> Frame:
    frame = pl.DataFrame(rows, schema=["rollcall", "state", "year", "choice"], orient="row")
    return VOTES.conform(frame.with_columns(source=pl.lit("made@1")))


@pytest.mark.parametrize("case", REFERENCE["profile"], ids=lambda c: c["from"])
def test_printed_profiles(case: dict[str, Any]) -> None:
    found = profile_s(case["x"], case["y"], maximum=case["maximum"], weights=case.get("weights"))
    assert found == pytest.approx(case["expected"], abs=1e-9)


def test_germany_and_russia_1914() -> None:
    case = REFERENCE["germany_russia_1914"]
    x, y, w, e = case["x"], case["y"], case["capabilities"], case["expected"]
    levels = [0, 1, 2, 3]
    firm_x, firm_y = [int(v > 0) for v in x], [int(v > 0) for v in y]
    found = {
        "s_absolute": profile_s(x, y, maximum=3),
        "s_squared": profile_s(x, y, maximum=3, metric="squared"),
        "s_absolute_weighted": profile_s(x, y, maximum=3, weights=w),
        "s_squared_weighted": profile_s(x, y, maximum=3, weights=w, metric="squared"),
        "tau": profile_tau(x, y, levels=levels),
        "kappa_quadratic": profile_kappa(x, y, levels=levels),
        "kappa_linear": profile_kappa(x, y, levels=levels, weights="linear"),
        "kappa_nominal": profile_kappa(x, y, levels=levels, weights="nominal"),
        "pi_nominal": profile_pi(x, y, levels=levels),
        "pi_linear": profile_pi(x, y, levels=levels, weights="linear"),
        "pi_quadratic": profile_pi(x, y, levels=levels, weights="quadratic"),
        "a_absolute": profile_a(x, y, levels=levels),
        "a_squared": profile_a(x, y, levels=levels, metric="squared"),
        "a_absolute_weighted": profile_a(x, y, levels=levels, importance=w),
        "binary_s": profile_s(firm_x, firm_y, maximum=1),
        "binary_kappa": profile_kappa(firm_x, firm_y, levels=[0, 1]),
        "binary_pi": profile_pi(firm_x, firm_y, levels=[0, 1]),
    }
    assert found == pytest.approx(e, abs=1e-6)


def test_usa_and_mexico_1946() -> None:
    case = REFERENCE["usa_mexico_1946"]
    cells = dict(zip(CELLS, itertools.chain(*case["table"]), strict=True))
    row = {"state": "USA", "pole": "MEX", "year": 1946, "universe": "all", "issue": "all"}
    joint = JOINT_VOTES.conform(pl.DataFrame([{**row, **cells, "source": "made@1"}]))
    names = ("tau_b", "kappa", "pi", "s_score", "benati_a")
    found = {name: call(name, None, None, joint)["value"].item() for name in names}
    found["s_squared"] = call("s_score", None, None, joint, metric="squared")["value"].item()
    assert found == pytest.approx(case["expected"], abs=1e-6)
    embedded = world.table("joint_votes").filter(
        (pl.col("state") == "MEX")
        & (pl.col("pole") == "USA")
        & (pl.col("year") == 1946)
        & (pl.col("universe") == "all")
        & (pl.col("issue") == "all")
    )
    turned = np.array(case["table"]).T.ravel().tolist()
    assert list(embedded.select(CELLS).row(0)) == turned


def test_distances_are_between_values_not_ranks() -> None:
    x, y = [1, 2, 4, 4], [2, 4, 1, 4]
    levels = [1, 2, 4]
    d = scores.distances(levels, 1)
    assert d[0].tolist() == pytest.approx([0, 1 / 3, 1])
    table = np.zeros((3, 3))
    for a, b in zip(x, y, strict=True):
        table[levels.index(a), levels.index(b)] += 1
    o, r, c = table / 4, table.sum(1) / 4, table.sum(0) / 4
    expected = 2 * ((np.outer(r, c) * d).sum() - (o * d).sum())
    assert profile_a(x, y, levels=levels) == pytest.approx(expected)


def test_alpha_is_pi_with_the_small_sample_correction() -> None:
    x, y = [1, 2, 3, 1, 1, 2], [1, 3, 3, 2, 1, 2]
    pi = profile_pi(x, y, levels=[1, 2, 3])
    alpha = profile_alpha(x, y, levels=[1, 2, 3])
    assert pi is not None
    assert alpha == pytest.approx(pi + (1 - pi) / 12)


def brute(name: str, pairs: list[tuple[int, int]], n: int) -> float | None:
    """Work out a measure from the list of paired choices, by its definition."""
    o = np.zeros((3, 3))
    for a, b in pairs:
        o[a - 1, b - 1] += 1 / n
    r, c = o.sum(1), o.sum(0)
    gap = np.abs(np.subtract.outer(np.arange(3), np.arange(3))) / 2
    m = (r + c) / 2
    same = float(np.trace(o))

    def corrected(d: np.ndarray[Any, Any], rows: Any, columns: Any) -> float | None:
        chance = float((np.outer(rows, columns) * d).sum())
        return None if chance < 1e-12 else 1 - float((o * d).sum()) / chance

    pi = corrected((gap > 0).astype(float), m, m)
    firm = o[0, 0] + o[2, 2] + o[0, 2] + o[2, 0]
    chance = float((m * (1 - m)).sum() / 2)
    values: dict[str, Callable[[], float | None]] = {
        "agreement": lambda: same,
        "s_score": lambda: 1 - 2 * float((o * gap).sum()),
        "euclidean_s": lambda: 1 - 2 * math.sqrt(float((o * gap**2).sum())),
        "kappa": lambda: corrected(gap**2, r, c),
        "pi": lambda: pi,
        "alpha": lambda: None if pi is None else pi + (1 - pi) / (2 * n),
        "ac1": lambda: (same - chance) / (1 - chance),
        "benati_a": lambda: 2 * float(((np.outer(r, c) - o) * gap).sum()),
        "coincidence": lambda: None if firm < 1e-12 else float(o[0, 0] + o[2, 2]) / float(firm),
        "tau_b": lambda: _tau(pairs),
    }
    return values[name]()


def _tau(pairs: list[tuple[int, int]]) -> float | None:
    from scipy.stats import kendalltau

    x, y = zip(*pairs, strict=True)
    if len(set(x)) < 2 or len(set(y)) < 2:
        return None
    return float(kendalltau(x, y).statistic)


panels = st.lists(
    st.tuples(*(st.sampled_from((*CAST, "absent", None)) for _ in range(4))),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(panels)
def test_every_measure_equals_brute_force(rows: list[tuple[str | None, ...]]) -> None:
    states = ("AAA", "BBB", "CCC", "DDD")
    cast = [
        (str(i), state, 2000 + i % 2, choice)
        for i, row in enumerate(rows)
        for state, choice in zip(states, row, strict=True)
        if choice is not None
    ]
    if not cast:
        return
    votes = votes_of(cast)
    for name in MEASURES:
        found = call(name, votes)
        for a, b, year, value, n in found.select(
            "state_a", "state_b", "year", "value", "n"
        ).iter_rows():
            pairs = [
                (POSITION[str(row[states.index(a)])], POSITION[str(row[states.index(b)])])
                for i, row in enumerate(rows)
                if 2000 + i % 2 == year
                and row[states.index(a)] in CAST
                and row[states.index(b)] in CAST
            ]
            expected = brute(name, pairs, len(pairs)) if pairs else None
            assert a < b
            if name != "coincidence":
                assert n == len(pairs)
            assert (value is None) == (expected is None), (name, pairs)
            assert value is None or value == pytest.approx(expected, abs=1e-9)


def test_joint_counts_and_votes_give_the_same() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    for options in ({}, {"issue": "nu"}, {"unanimous": False}, {"period": "session"}):
        joint = joint_choices(votes, calls, **options)
        turned = joint.rename({"state": "pole", "pole": "state"} | {
            f"{a}_{b}": f"{b}_{a}" for a in CAST for b in CAST
        }).select(joint.columns)  # fmt: skip
        for name in MEASURES:
            first = call(name, votes, calls, **options)
            assert first.equals(call(name, None, None, joint, **options)), name
            assert first.equals(call(name, None, None, turned, **options)), name


def test_whole_period_adds_up_the_years() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    whole = call("kappa", votes, calls, period="whole", years=(2013, 2014))
    summed = call("kappa", None, None, joint_choices(votes, calls), period="whole",
                  years=(2013, 2014))  # fmt: skip
    assert set(whole["year"]) == {2014}
    assert whole.equals(summed)


def test_no_common_vote_is_null_with_n_zero() -> None:
    votes = votes_of([("1", "AAA", 2000, "yes"), ("1", "BBB", 2000, "absent")])
    for name in MEASURES:
        assert call(name, votes).select("value", "n").rows() == [(None, 0)]


def test_min_shared_and_state() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    found = call("agreement", votes, calls, min_shared=10, state="KAZ")
    assert found.filter(pl.col("n") < 10)["value"].null_count() == (found["n"] < 10).sum()
    assert ((found["state_a"] == "KAZ") | (found["state_b"] == "KAZ")).all()


def test_identities_of_the_measures() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    s = call("s_score", votes, calls)["value"]
    half = call("agreement", votes, calls, convention="lijphart")["value"]
    assert (s - (2 * half - 1)).abs().max() < 1e-12
    with_half = call("coincidence", votes, calls, half=0.5)
    plain = call("coincidence", votes, calls)
    assert (with_half["n"] >= plain["n"]).all()


def test_bootstrap_repeats_covers_and_draws_families() -> None:
    votes, calls = panel(VOTES), panel(ROLLCALLS)
    first = call("agreement", votes, calls, bootstrap=200, seed=5, state="KAZ")
    assert first.equals(call("agreement", votes, calls, bootstrap=200, seed=5, state="KAZ"))
    assert not first.equals(call("agreement", votes, calls, bootstrap=200, seed=6, state="KAZ"))
    inside = (first["low"] <= first["value"]) & (first["value"] <= first["high"])
    assert inside.all()
    one = calls.with_columns(family=pl.lit("one text"))
    flat = call("agreement", votes, one, bootstrap=50, state="KAZ")
    assert ((flat["high"] - flat["low"]).abs() < 1e-6).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"issue": "xx"}, "issue 'xx'"),
        ({"kinds": ("speech",)}, "kind 'speech'"),
        ({"convention": "mine"}, "convention 'mine'"),
        ({"weights": "cubic"}, "weights 'cubic'"),
        ({"bootstrap": -1}, "bootstrap is -1"),
        ({"level": 95.0}, "level is 95"),
    ],
)
def test_bad_options_are_one_clear_line(options: dict[str, Any], words: str) -> None:
    with pytest.raises(BadValue, match=words) as caught:
        call("kappa", panel(VOTES), panel(ROLLCALLS), **options)
    assert "expected" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_joint_counts_cannot_honour_says_what_to_install() -> None:
    joint = joint_choices(panel(VOTES), panel(ROLLCALLS))
    for options in ({"kinds": ("paragraph",)}, {"bootstrap": 10}, {"period": "session"}):
        with pytest.raises(BadValue, match="install the votes"):
            call("kappa", None, None, joint, **options)
    with pytest.raises(MissingData, match="needs votes"):
        call("kappa")
    with pytest.raises(MissingData, match="without a table of roll calls"):
        call("kappa", panel(VOTES), issue="nu")


def test_profiles_refuse_what_cannot_be() -> None:
    with pytest.raises(BadValue, match="same number"):
        profile_s([1, 2], [1], maximum=3)
    with pytest.raises(BadValue, match="apart"):
        profile_s([0], [3], maximum=2)
    with pytest.raises(BadValue, match="holds 7"):
        profile_kappa([7], [1], levels=[1, 2])
    assert profile_s([], [], maximum=3) is None
    assert profile_kappa([1, 1], [1, 1], levels=[1, 2]) is None


@pytest.mark.shared
def test_fpsim_2015(shared: Path) -> None:
    votes = tables_of(shared / "data/01_un_votes_voeten/un_votes.rda")
    theirs = _pairs(pl.read_csv(shared / "baselines/fpsim_2015.csv.gz", null_values="NA"), "SRB")
    columns = {
        "S_sq": ("s_score", {"metric": "squared"}),
        "S_abs": ("s_score", {}),
        "scott_pi": ("pi", {}),
        "kappa_w": ("kappa", {}),
        "kappa_u": ("kappa", {"weights": "nominal"}),
        "p_same": ("agreement", {"convention": "fpsim"}),
    }
    for column, (name, options) in columns.items():
        ours = call(name, votes["votes"], votes["rollcalls"], years=(2015, 2015), **options)
        both = theirs.join(ours, on=["state_a", "state_b"])
        assert both.height == 18_528
        assert (both["n"] == both["n_common"]).all()
        known = both.filter(pl.col("n_common") != 2)
        assert (known["value"].is_null() == known[column].is_null()).all()
        assert (known["value"] - known[column]).abs().max() < 1e-9


@pytest.mark.shared
@pytest.mark.parametrize(("session", "serbia", "rows"), [(60, None, 17_951), (70, "SRB", 18_528)])
def test_voeten_agreement(shared: Path, session: int, serbia: str | None, rows: int) -> None:
    votes = tables_of(shared / "data/01_un_votes_voeten/un_votes.rda")
    path = shared / f"baselines/voeten_agreement_session{session}.csv.gz"
    theirs = _pairs(pl.read_csv(path), serbia)
    year = session + 1945
    ours = call(
        "agreement", votes["votes"], votes["rollcalls"], convention="voeten", years=(year, year)
    )
    both = theirs.join(ours, on=["state_a", "state_b"])
    assert both.height == rows
    assert (both["value"] - both["agree"]).abs().max() < 1e-9


def _pairs(frame: Frame, serbia: str | None) -> Frame:
    """Return a peer's rows keyed as ours; its YUG is one state, or left out."""
    if serbia is None:
        frame = frame.filter((pl.col("iso_a") != "YUG") & (pl.col("iso_b") != "YUG"))
    frame = frame.with_columns(pl.col("iso_a", "iso_b").replace({"YUG": serbia or ""}))
    return frame.with_columns(
        state_a=pl.min_horizontal("iso_a", "iso_b"), state_b=pl.max_horizontal("iso_a", "iso_b")
    )


@pytest.mark.shared
@pytest.mark.parametrize("case", REFERENCE["multiverse"], ids=lambda c: f"{c['pole']}{c['years']}")
def test_closest_to_whom_depends_on_the_measure(shared: Path, case: dict[str, Any]) -> None:
    path = shared / "data/30_un_votes_ungadm/votes_1946_2022.parquet"
    tables = tables_of(path)
    options: dict[str, Any] = {
        "years": tuple(case["years"]),
        "period": "whole",
        "unanimous": False,
        "state": "KAZ",
    }
    asked = (
        ("agreement", {}),
        ("agreement", {"convention": "lijphart"}),
        ("coincidence", {}),
        ("s_score", {}),
        ("kappa", {"weights": "linear"}),
        ("kappa", {}),
        ("pi", {}),
        ("benati_a", {}),
    )
    found = []
    for name, own in asked:
        frame = call(name, tables["votes"], tables["rollcalls"], **options, **own)
        row = frame.filter(pl.any_horizontal(pl.col("state_a", "state_b") == case["pole"]))
        found.append(row["value"].item())
        if name == "agreement":
            assert row["n"].item() == case["n"]
    assert found == pytest.approx(case["values"], abs=6e-4)


@pytest.mark.slow
@pytest.mark.shared
def test_embedded_counts_give_what_the_votes_give(shared: Path) -> None:
    path = shared / "data/01_un_votes_voeten/UNVotes_rebuilt_1946-2024.csv.gz"
    tables = tables_of(path)
    joint = world.table("joint_votes")
    for options in ({}, {"issue": "nu"}, {"unanimous": False}):
        offline = call("kappa", None, None, joint, state="KAZ", **options)
        online = call("kappa", tables["votes"], tables["rollcalls"], state="KAZ", **options)
        both = offline.join(online, on=["state_a", "state_b", "year"], suffix="_votes")
        assert both.height == offline.height
        assert both["value"].equals(both["value_votes"].alias("value"))
        assert both["n"].equals(both["n_votes"].alias("n"))

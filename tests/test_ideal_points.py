"""Ideal points: random numbers, kernels, recovery, resuming, updating, the published figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.special import ndtr, ndtri
from scipy.stats import kstest, truncnorm

from multivector.errors import BadValue, MissingData, SchemaError, UnreadableFile
from multivector.measures import _gaussian as gaussian
from multivector.measures import _ordinal as ordinal
from multivector.measures import _ordinal_chain as chain
from multivector.measures import _ordinal_design as designs
from multivector.measures._ordinal_arrays import Room
from multivector.measures._ordinal_state import Plan
from multivector.measures._sweeps import width
from multivector.measures.bridges import bridges_from_titles
from multivector.measures.ideal_points import (
    Interrupted,
    State,
    ideal_points,
    update_ideal_points,
)
from multivector.tables import BRIDGES

_NAMES = (
    "USA GBR CAN ISR RUS CHN KAZ TUR IND BRA FRA DEU JPN POL UKR UZB",
    "KGZ TJK IRN PAK EGY ZAF NGA MEX ARG AUS ITA ESP NOR SWE CUB VNM",
)
STATES = " ".join(_NAMES).split()
NO_BRIDGES = BRIDGES.empty()
QUICK = {"sweeps": 300, "burn": 150, "thin": 3}


def simulated(
    sessions: tuple[int, ...] = (60, 61, 62), calls: int = 40, seed: int = 1
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return votes, roll calls and true positions of a small assembly."""
    random = np.random.default_rng(seed)
    theta = random.normal(0, 1, len(STATES))
    theta[:4], theta[4] = [2.2, 1.9, 1.8, 2.0], -1.5
    votes, rollcalls, truth = [], [], []
    for session in sessions:
        theta = theta + random.normal(0, 0.1, theta.size)
        truth += [(s, session, float(t)) for s, t in zip(STATES, theta, strict=True)]
        for k in range(calls):
            name = f"{session}{k:03d}"
            beta, cut = random.normal(0, 1.5), random.normal(0, 0.7)
            z = beta * theta + random.normal(size=theta.size)
            choice = np.where(z < cut, "yes", np.where(z < cut + 0.5, "abstain", "no"))
            votes += [(name, s, str(c)) for s, c in zip(STATES, choice, strict=True)]
            year = 1945 + session
            rollcalls.append(
                (name, year, session, f"{year}-11-01", "final", "di" if k % 2 else "co")
            )
    return (
        pl.DataFrame(votes, schema=["rollcall", "state", "choice"], orient="row"),
        pl.DataFrame(
            rollcalls,
            schema=["rollcall", "year", "session", "date", "kind", "issues"],
            orient="row",
        ).with_columns(title=pl.lit(None, dtype=pl.String)),
        pl.DataFrame(truth, schema=["state", "session", "truth"], orient="row"),
    )


@pytest.fixture(scope="module")
def assembly() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return simulated()


# Random numbers and the normal distribution


def test_distribution_function_and_quantile_are_exact_enough() -> None:
    x = np.linspace(-12, 12, 4001)
    out = np.empty_like(x)
    gaussian.cumulatives(x, out)
    assert np.abs(out / ndtr(x) - 1).max() < 1e-10
    p = np.concatenate([np.exp(np.linspace(-100, -0.7, 3001)), np.linspace(0.5, 1 - 1e-12, 3001)])
    out = np.empty_like(p)
    gaussian.quantiles(p, out)
    assert (
        np.abs(out / np.where(np.abs(ndtri(p)) > 1e-3, ndtri(p), np.nan) - 1)[~np.isnan(out)][
            np.abs(ndtri(p)) > 1e-3
        ].max()
        < 5e-9
    )


def test_draws_are_uniform_and_belong_to_key_and_counter() -> None:
    first, again, other = np.empty(50_000), np.empty(50_000), np.empty(50_000)
    gaussian.uniforms(chain.key_of(1, 0), 0, first)
    gaussian.uniforms(chain.key_of(1, 0), 25_000, again)
    gaussian.uniforms(chain.key_of(1, 1), 0, other)
    assert kstest(first, "uniform").pvalue > 0.001
    assert np.array_equal(first[25_000:], again[:25_000])
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.02
    assert first.min() > 0
    assert first.max() < 1


def test_streams_of_sweeps_do_not_overlap(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    votes, rollcalls, _ = assembly
    plan = designs.design(votes, rollcalls, NO_BRIDGES, issue=None, parts="all", smooth=0.5)
    layout, eras = designs.layout(plan), designs.eras(plan)
    size = width(layout, eras)
    items = layout.offset.size - 1
    last = 4 * layout.prior.size + 1 + 4 * eras.start.size + 8 * items + layout.offset[-1]
    assert size >= last
    parts = []
    for number in range(2):
        for sweep in range(3):
            out = np.empty(size)
            gaussian.uniforms(chain.key_of(0, number), sweep * size, out)
            parts.append(out)
    drawn = np.concatenate(parts)
    assert np.unique(drawn).size == drawn.size
    together = np.corrcoef(parts)
    assert np.abs(together - np.eye(len(parts))).max() < 4 / np.sqrt(size)


def test_latent_values_follow_their_truncated_normals() -> None:
    n = 6000
    room = Room(*(np.zeros(n) for _ in range(7)), np.zeros(1))
    room.product[:] = 0.3
    a, b, low, high = 2000, 4000, -0.8, 0.4
    ordinal.masses(room, a, b, n, low, high, room.mass, room.floor)
    ordinal._latents(
        room, (a, b, n), 0.5 * (low + high), room.mass, room.floor, chain.key_of(3, 0), 0
    )
    for part, below, above in (
        (slice(0, a), -99, low),
        (slice(a, b), low, high),
        (slice(b, n), high, 99),
    ):
        law = truncnorm(below - 0.3, above - 0.3, loc=0.3)
        assert kstest(room.latent[part], law.cdf).pvalue > 0.001


def test_diagnostics_tell_agreement_from_disagreement() -> None:
    random = np.random.default_rng(0)
    draws = random.normal(size=(2, 400, 3))
    draws[1, :, 1] += 3
    walk = np.cumsum(random.normal(size=(2, 400)), axis=1)
    draws[:, :, 2] = walk
    rhat, ess = chain.diagnose(draws)
    assert rhat[0] < 1.02
    assert rhat[1] > 1.5
    assert 500 < ess[0] <= 800
    assert ess[2] < 60


# Design


def test_roll_calls_on_one_text_share_an_item_even_through_absent_ones() -> None:
    calls = pl.DataFrame({"rollcall": ["1", "2", "4", "9"]}).with_row_index("rank")
    pairs = pl.DataFrame({"rollcall_a": ["1", "3", "1", "9"], "rollcall_b": ["3", "4", "4", "9"]})
    items = dict(designs.linked(calls, pairs).iter_rows())
    assert items == {"1": "1", "2": "2", "4": "1", "9": "9"}
    chained = pl.DataFrame({"rollcall_a": ["1", "3"], "rollcall_b": ["3", "4"]})
    assert dict(designs.linked(calls, chained).iter_rows())["4"] == "1"


def test_the_issue_filter_takes_the_issue_it_names(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    votes, rollcalls, _ = assembly
    for issue in ("di", "co"):
        plan = designs.design(votes, rollcalls, NO_BRIDGES, issue=issue, parts="all", smooth=0.5)
        used = rollcalls.join(plan.items.select("rollcall"), on="rollcall", how="semi")
        assert used["issues"].unique().to_list() == [issue]


def test_parts_lone_session_and_lone_votes_are_left_out() -> None:
    votes, rollcalls, _ = simulated((18, 19, 44, 46, 48), calls=6)
    rollcalls = rollcalls.with_columns(
        kind=pl.when(pl.col("rollcall").str.ends_with("5"))
        .then(pl.lit("paragraph"))
        .otherwise("kind")
    )
    plan = designs.design(votes, rollcalls, NO_BRIDGES, issue=None, parts="until_1989", smooth=0.5)
    assert 19 not in plan.positions["session"]
    assert plan.positions.filter((pl.col("state") == "ZAF") & (pl.col("session") == 48)).is_empty()
    kept = rollcalls.join(plan.items.select("rollcall"), on="rollcall", how="semi")
    parts = kept.filter(pl.col("kind") == "paragraph")
    assert parts["year"].max() == 1989
    germany = plan.positions.filter(pl.col("state") == "DEU").sort("session")
    assert germany["actor"].to_list() == ["DEU", "DEU", "DEU+", "DEU+"]


def test_the_soviet_series_goes_on_as_russia() -> None:
    votes, rollcalls, _ = simulated((45, 46, 47), calls=10)
    early = pl.col("rollcall").str.slice(0, 2).cast(pl.Int64) <= 45
    votes = votes.with_columns(
        state=pl.when(early & (pl.col("state") == "RUS")).then(pl.lit("SUN")).otherwise("state")
    )
    plan = designs.design(votes, rollcalls, NO_BRIDGES, issue=None, parts="all", smooth=0.5)
    rows = plan.positions.filter(pl.col("actor") == "RUS").sort("session")
    assert rows["state"].to_list() == ["SUN", "RUS", "RUS"]
    layout = designs.layout(plan)
    at = plan.positions.with_row_index("at").filter(pl.col("actor") == "RUS").sort("session")["at"]
    assert layout.prior[at[1]] == at[0]
    assert layout.prior[at[0]] == at[1]


# Estimates


@pytest.mark.parametrize("variant", ["bsv2017", "joint"])
def test_positions_are_recovered_with_honest_intervals(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], variant: str
) -> None:
    votes, rollcalls, truth = assembly
    fit = ideal_points(votes, rollcalls, NO_BRIDGES, variant=variant, **QUICK)  # type: ignore[arg-type]
    both = fit.positions.join(truth, on=["state", "session"])
    assert both.height == len(STATES) * 3
    assert np.corrcoef(both["value"], both["truth"])[0, 1] > 0.96
    scaled = (both["truth"] - both["truth"].mean()) / both["truth"].std()
    inside = ((both["low"] <= scaled) & (scaled <= both["high"])).mean()
    assert inside > 0.75
    assert (both["low"] < both["value"]).all()
    assert (both["value"] < both["high"]).all()
    assert abs(both["value"].mean()) < 1e-6
    assert fit.diagnostics["rhat"].median() < 1.1  # type: ignore[operator]


def test_joint_intervals_are_narrower(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    votes, rollcalls, _ = assembly
    one = ideal_points(votes, rollcalls, NO_BRIDGES, **QUICK)
    two = ideal_points(votes, rollcalls, NO_BRIDGES, variant="joint", **QUICK)
    assert two.positions["sd"].median() < one.positions["sd"].median()  # type: ignore[operator]


def test_same_seed_same_numbers_whatever_runs_beside(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    votes, rollcalls, _ = assembly
    two = ideal_points(votes, rollcalls, NO_BRIDGES, seed=5, **QUICK)
    one = ideal_points(votes.reverse(), rollcalls, NO_BRIDGES, seed=5, chains=1, **QUICK)
    other = ideal_points(votes, rollcalls, NO_BRIDGES, seed=6, chains=1, **QUICK)
    assert np.array_equal(two.state.chains[0].draws, one.state.chains[0].draws)
    assert not np.array_equal(one.state.chains[0].draws, other.state.chains[0].draws)
    assert not np.array_equal(two.state.chains[0].draws, two.state.chains[1].draws)


def test_interrupting_keeps_the_work_and_resuming_gives_the_same(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], tmp_path: Path
) -> None:
    votes, rollcalls, _ = assembly
    whole = ideal_points(votes, rollcalls, NO_BRIDGES, **QUICK)
    seen = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= 200:
            raise KeyboardInterrupt

    file = tmp_path / "chains.npz"
    with pytest.raises(Interrupted, match=r"stopped after 200 of 450 sweeps.*saved in chains\.npz"):
        ideal_points(votes, rollcalls, NO_BRIDGES, progress=stop, checkpoint=file, **QUICK)
    assert seen[-1] == (200, 450)
    rest = ideal_points(votes, rollcalls, NO_BRIDGES, checkpoint=file, **QUICK)
    assert_frame_equal(rest.positions, whole.positions)
    assert_frame_equal(rest.items, whole.items)
    assert State.load(file).done == 450
    with pytest.raises(Interrupted) as stopped:
        ideal_points(votes, rollcalls, NO_BRIDGES, progress=stop, **QUICK)
    again = ideal_points(votes, rollcalls, NO_BRIDGES, resume=stopped.value.state, **QUICK)
    assert_frame_equal(again.positions, whole.positions)


def test_a_run_can_be_made_longer_but_not_another(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], tmp_path: Path
) -> None:
    votes, rollcalls, _ = assembly
    short = ideal_points(votes, rollcalls, NO_BRIDGES, sweeps=150, burn=150, thin=3)
    short.state.save(tmp_path / "short.npz")
    longer = ideal_points(
        votes, rollcalls, NO_BRIDGES, resume=State.load(tmp_path / "short.npz"), **QUICK
    )
    whole = ideal_points(votes, rollcalls, NO_BRIDGES, **QUICK)
    assert_frame_equal(longer.positions, whole.positions)
    stored = State.load(tmp_path / "short.npz")
    with pytest.raises(BadValue, match="same options"):
        ideal_points(votes, rollcalls, NO_BRIDGES, resume=stored, seed=1, **QUICK)
    with pytest.raises(BadValue, match="other votes"):
        ideal_points(votes.head(3000), rollcalls, NO_BRIDGES, resume=stored, **QUICK)
    (tmp_path / "short.npz").write_bytes(b"no archive")
    with pytest.raises(UnreadableFile, match="no stored state"):
        State.load(tmp_path / "short.npz")


def test_a_new_session_is_added_without_moving_the_old() -> None:
    votes, rollcalls, truth = simulated((60, 61, 62, 63))
    before = rollcalls.filter(pl.col("session") < 63)
    old = votes.join(before, on="rollcall", how="semi")
    fit = ideal_points(old, before, NO_BRIDGES, **QUICK)
    new = update_ideal_points(fit, votes, rollcalls, NO_BRIDGES, **QUICK)
    assert_frame_equal(new.positions.filter(pl.col("session") < 63), fit.positions)
    added = new.positions.filter(pl.col("session") == 63).join(truth, on=["state", "session"])
    assert added.height == len(STATES)
    assert np.corrcoef(added["value"], added["truth"])[0, 1] > 0.95
    assert new.items.height > fit.items.height
    with pytest.raises(BadValue, match="holds all 3 sessions"):
        update_ideal_points(fit, old, before, NO_BRIDGES, **QUICK)


def test_draws_are_tidy_and_give_the_means(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    votes, rollcalls, _ = assembly
    fit = ideal_points(votes, rollcalls, NO_BRIDGES, **QUICK)
    draws = fit.draws()
    assert draws.columns == ["state", "session", "chain", "draw", "value"]
    means = draws.group_by("state", "session").agg(pl.col("value").mean()).sort("state", "session")
    assert_frame_equal(means, fit.positions.select("state", "session", "value"))


def test_items_have_the_right_sign(
    assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    votes, rollcalls, _ = assembly
    fit = ideal_points(votes, rollcalls, NO_BRIDGES, **QUICK)
    wide = votes.pivot("state", index="rollcall", values="choice")
    against = wide.filter((pl.col("USA") == "no") & (pl.col("RUS") == "yes")).join(
        fit.items, on="rollcall"
    )
    assert (against["discrimination"] > 0).mean() > 0.9  # type: ignore[operator]
    assert (fit.items["cut_low"] <= fit.items["cut_high"]).all()


# Bad input


def test_errors_name_the_fault(assembly: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]) -> None:
    votes, rollcalls, _ = assembly
    with pytest.raises(BadValue, match="variant is 'dynamic'; expected bsv2017 or joint"):
        ideal_points(votes, rollcalls, NO_BRIDGES, variant="dynamic")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="issue 'oil' is not one"):
        ideal_points(votes, rollcalls, NO_BRIDGES, issue="oil")
    with pytest.raises(BadValue, match="sweeps is 0"):
        ideal_points(votes, rollcalls, NO_BRIDGES, sweeps=0)
    with pytest.raises(BadValue, match="expected at least 2"):
        ideal_points(votes, rollcalls, NO_BRIDGES, sweeps=10, thin=10)
    with pytest.raises(BadValue, match="smooth is -1"):
        ideal_points(votes, rollcalls, NO_BRIDGES, smooth=-1.0)
    with pytest.raises(SchemaError, match="votes has no column choice"):
        ideal_points(votes.drop("choice"), rollcalls, NO_BRIDGES)
    with pytest.raises(MissingData, match="chose differently"):
        ideal_points(votes.filter(pl.col("state") == "KAZ"), rollcalls, NO_BRIDGES)
    asia = votes.filter(pl.col("state").is_in(["KAZ", "UZB", "KGZ"]))
    with pytest.raises(BadValue, match="none of the anchors"):
        ideal_points(asia, rollcalls, NO_BRIDGES)
    fit = ideal_points(asia, rollcalls, NO_BRIDGES, anchors={"KAZ": 1.0, "UZB": -1.0}, **QUICK)
    assert fit.positions.height == 9


def test_without_numba_the_error_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import polars as pl\n"
        "from multivector.measures.ideal_points import ideal_points\n"
        "from multivector.errors import MissingExtra\n"
        "from multivector.tables import ROLLCALLS, VOTES\n"
        "try: ideal_points(VOTES.empty(), ROLLCALLS.empty())\n"
        "except MissingExtra as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'multivector[models]'" in done.stdout


# Bridges


def test_bridges_need_the_same_words_the_same_kind_and_a_like_vote() -> None:
    calls = pl.DataFrame(
        {
            "rollcall": ["a", "b", "c", "d", "e", "f"],
            "session": [60, 60, 60, 61, 61, 61],
            "kind": ["final", "final", "final", "final", "paragraph", "final"],
            "title": [
                "Necessity of ending the embargo against Cuba",
                "Rights of the child",
                "Oceans and the law of the sea",
                "A/61/L.10 - Necessity of ending the embargo against Cuba : resolution",
                "Rights of the child",
                "Oceans and the law of the sea",
            ],
            "yes": [180, 150, 150, 182, 150, 60],
            "abstain": [1, 1, 1, 1, 1, 60],
            "no": [4, 2, 2, 4, 2, 60],
        }
    )
    assert bridges_from_titles(calls).select("rollcall_a", "rollcall_b").rows() == [("a", "d")]
    assert bridges_from_titles(calls, share=1.0).height == 2
    assert bridges_from_titles(calls.with_columns(title=pl.lit(None, pl.String))).is_empty()
    with pytest.raises(BadValue, match="similarity is 3"):
        bridges_from_titles(calls, similarity=3)
    with pytest.raises(SchemaError, match="no column title"):
        bridges_from_titles(calls.drop("title"))


# The producers' files


@pytest.fixture(scope="module")
def published(shared: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    from multivector import sources

    folder = shared / "data" / "01_un_votes_voeten"
    tables = sources.load(folder / "UNVotes_rebuilt_1946-2024.csv.gz", source="unga_votes").tables
    pairs = shared / "data" / "03_un_idealpoints" / "Matches.csv"
    bridges = sources.load(pairs, source="unga_bridges").tables["bridges"]
    rollcalls = tables["rollcalls"].filter(pl.col("session") <= 74)
    votes = tables["votes"].join(rollcalls.select("rollcall"), on="rollcall", how="semi")
    return votes, rollcalls, bridges


@pytest.mark.shared
def test_design_has_the_published_size(
    published: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    plan = designs.design(*published, issue=None, parts="until_1989", smooth=0.5)
    assert plan.positions.height == 10_469
    assert plan.items.height == 4_784
    assert plan.observations.height == 797_453


@pytest.mark.shared
def test_bridges_from_titles_find_most_published_pairs(
    published: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    _, rollcalls, bridges = published
    pairs = ["rollcall_a", "rollcall_b"]
    known = bridges.filter(pl.all_horizontal(pl.col(pairs).is_in(rollcalls["rollcall"].to_list())))
    found = bridges_from_titles(rollcalls)
    both = found.join(known, on=pairs, how="semi").height
    assert both / known.height > 0.75
    assert both / found.height > 0.3


@pytest.mark.shared
@pytest.mark.slow
def test_positions_agree_with_the_published_ones(
    published: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], shared: Path
) -> None:
    fit = ideal_points(*published, sweeps=200, burn=300, thin=5)
    base = pl.read_csv(
        shared / "baselines" / "idealpoints_all.csv.gz", infer_schema_length=None
    ).with_columns(
        state=pl.when((pl.col("iso3") == "RUS") & (pl.col("session") < 46))
        .then(pl.lit("SUN"))
        .otherwise("iso3")
    )
    both = fit.positions.join(base, on=["state", "session"], how="inner")
    assert both.height > 9_500
    assert both.select(pl.corr("value", "published")).item() >= 0.998
    inside = (both["value"] >= both["pub_q05"]) & (both["value"] <= both["pub_q95"])
    assert inside.mean() >= 0.99  # type: ignore[operator]


def test_plan_says_what_is_tuned() -> None:
    assert Plan(False, 500, 1000, 10, 2, 0).tuned == 300
    assert Plan(True, 500, 1000, 10, 2, 0).tuned == 500

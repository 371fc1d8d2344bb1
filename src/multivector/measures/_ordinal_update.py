"""New sessions on a stored fit: what is new is sampled, what came before is held where it was."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from multivector.errors import BadValue
from multivector.measures._ordinal_arrays import PUBLISHED_STEP, Floats, Layout
from multivector.measures._ordinal_chain import Start, begin, run
from multivector.measures._ordinal_design import Design, eras, layout
from multivector.measures._ordinal_state import Chain, Plan, State

Progress = Callable[[int, int], None]
_HELD = 1e12


def updated(
    state: State, design: Design, keep: int, burn: int, thin: int, progress: Progress | None
) -> tuple[State, Design]:
    """Return the state and design of old and new sessions together.

    Raises
    ------
    BadValue
        If the state is of the joint variant, or holds every session already.
    """
    if state.plan.joint:
        raise BadValue(
            "the fit is of the joint variant, in which a new session moves all before it; "
            "expected a bsv2017 fit; run ideal_points again"
        )
    since = _first_new(state, design)
    part = _window(design, since)
    plan = Plan(False, burn, keep, thin, state.plan.chains, state.plan.seed, scaled=False)
    arrays, start = _held(part, state, since)
    none = eras(Design(part.positions.head(0), part.items.head(0), part.observations.head(0), 1.0))
    fresh = begin(arrays, none, plan, part, start)
    run(arrays, none, fresh, progress=progress)
    return _merged(state, fresh, design, part, since)


def _first_new(state: State, design: Design) -> int:
    """Return the first session in which a state's number of roll calls is not the stored one."""
    keys = ["session", "actor"]
    known = state.positions.select(*keys, pl.col("n").cast(pl.Int64).alias("known"))
    new = (
        design.positions.with_columns(pl.col("session").cast(pl.Int64))
        .join(known, on=keys, how="left")
        .filter(pl.col("known").is_null() | (pl.col("known") != pl.col("n")))
    )
    if new.is_empty():
        raise BadValue(
            f"the fit holds all {design.positions['session'].n_unique()} sessions of these votes; "
            "expected a session that is new or has grown; nothing is to be done"
        )
    return int(new["session"].min())  # type: ignore[arg-type]


def _window(design: Design, since: int) -> Design:
    """Return the roll calls of the new sessions, with every vote on the same texts before.

    Kept are the positions those votes need, and the last one of each actor before.
    """
    items = design.items.with_row_index("old_place").filter(pl.col("last_session") >= since)
    rows = design.observations.join(
        items.select(pl.col("old_place").alias("place")).with_row_index("new_place"), on="place"
    )
    positions = design.positions.with_row_index("position")
    last = (
        positions.filter(pl.col("session") < since)
        .group_by("actor")
        .agg(pl.col("position").sort_by("session").last())
    )
    wanted = pl.concat([rows["position"], last["position"]]).unique().sort()
    new = wanted.to_frame().with_row_index("new_position")
    rows = (
        rows.join(new, on="position")
        .sort("new_place", "choice", "new_position")
        .select(
            pl.col("new_place").alias("place"),
            "choice",
            pl.col("new_position").alias("position"),
        )
    )
    kept = positions.join(new, on="position").sort("new_position")
    return Design(
        kept.select(design.positions.columns), items.drop("old_place"), rows, design.smooth
    )


def _held(part: Design, state: State, since: int) -> tuple[Layout, Start]:
    """Return layout and start: old positions lean on themselves with all but infinite strength."""
    arrays = layout(part)
    old = part.positions["session"].to_numpy() < since
    own = np.arange(old.size)
    prior = np.where(old, own, arrays.prior)
    arrays = arrays._replace(prior=prior, precision=np.where(old, _HELD, arrays.precision))
    mean = _known_positions(part, state)
    for i in np.flatnonzero(~old):
        if np.isnan(mean[i]):
            mean[i] = mean[prior[i]] if prior[i] >= 0 and prior[i] < i else 0.0
    return arrays, _known_items(part, arrays, state, mean)


def _known_positions(part: Design, state: State) -> Floats:
    count = state.complete
    draws = np.concatenate([chain.draws[:count] for chain in state.chains])
    stored = state.positions.select("session", "actor").with_columns(
        pl.Series("value", draws.mean(axis=0, dtype=np.float64))
    )
    return (
        part.positions.with_columns(pl.col("session").cast(pl.Int64))
        .join(stored, on=["session", "actor"], how="left", maintain_order="left")["value"]
        .fill_null(float("nan"))
        .to_numpy()
        .copy()
    )


def _known_items(part: Design, arrays: Layout, state: State, mean: Floats) -> Start:
    kept = sum(chain.done - state.plan.burn for chain in state.chains)
    totals = sum((chain.totals for chain in state.chains), start=np.zeros(()))[:3] / max(kept, 1)
    stored = pl.DataFrame({"rollcall": state.items, "at": np.arange(len(state.items))})
    at = part.items.join(stored, on="rollcall", how="left", maintain_order="left")["at"]
    known = at.is_not_null().to_numpy()
    where = at.fill_null(0).to_numpy()
    size = np.diff(arrays.offset)
    fresh = (
        part.items["polarity"].to_numpy(),
        -1.0 + 2.0 * arrays.yes / size,
        -1.0 + 2.0 * arrays.abstain / size,
    )
    beta, low, high = (np.where(known, totals[k, where], values) for k, values in enumerate(fresh))
    step = np.full(size.size, PUBLISHED_STEP)
    return Start(mean.copy(), mean, beta, np.minimum(low, high), np.maximum(low, high), step)


def _merged(
    state: State, fresh: State, design: Design, part: Design, since: int
) -> tuple[State, Design]:
    """Return one state over all sessions: stored draws before, new ones from ``since`` on."""
    count = min(state.complete, fresh.complete)
    keys = ["session", "actor"]
    old = state.positions.select(*keys).with_row_index("old")
    new = (
        part.positions.with_columns(pl.col("session").cast(pl.Int64))
        .select(*keys)
        .with_row_index("new")
        .filter(pl.col("session") >= since)
    )
    source = (
        design.positions.with_columns(pl.col("session").cast(pl.Int64))
        .join(old, on=keys, how="left", maintain_order="left")
        .join(new, on=keys, how="left", maintain_order="left")
    )
    is_new = source["new"].is_not_null().to_numpy()
    from_new = source["new"].fill_null(0).to_numpy()
    from_old = source["old"].fill_null(0).to_numpy()
    chains = []
    for before, after in zip(state.chains, fresh.chains, strict=True):
        draws = np.where(
            is_new, after.draws[-count:][:, from_new], before.draws[-count:][:, from_old]
        )
        totals = _item_totals(state, fresh, before, after, design, part, state.plan.thin * count)
        done = state.plan.burn + state.plan.thin * count
        chains.append(Chain(before.number, before.key, after.values, draws, totals, done))
    plan = Plan(
        False, state.plan.burn, state.plan.thin * count, state.plan.thin, len(chains),
        state.plan.seed, scaled=False,
    )  # fmt: skip
    items = design.items["rollcall"].to_list()
    return State(plan, "updated", design.positions, items, chains), design


def _item_totals(
    state: State, fresh: State, before: Chain, after: Chain, design: Design, part: Design, kept: int
) -> Floats:
    """Return the sums over ``kept`` sweeps of every item: the window's, otherwise the stored."""
    old = {rollcall: k for k, rollcall in enumerate(state.items)}
    new = {rollcall: k for k, rollcall in enumerate(part.items["rollcall"])}
    totals = np.zeros((6, design.items.height))
    for k, rollcall in enumerate(design.items["rollcall"]):
        if rollcall in new:
            totals[:, k] = after.totals[:, new[rollcall]] / (after.done - fresh.plan.burn)
        elif rollcall in old:
            totals[:, k] = before.totals[:, old[rollcall]] / (before.done - state.plan.burn)
    return totals * kept

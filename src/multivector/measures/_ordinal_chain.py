"""Chains of the sampler: start, run side by side, save, restore, and diagnose."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from multivector.errors import BadValue
from multivector.measures._gaussian import cumulatives, quantiles
from multivector.measures._ordinal_arrays import (
    LATENT_BOUND,
    PUBLISHED_STEP,
    Eras,
    Floats,
    Layout,
    Room,
    Values,
    Way,
)
from multivector.measures._ordinal_design import Design
from multivector.measures._ordinal_state import Chain, Interrupted, Plan, State
from multivector.measures._sweeps import sweeps

Progress = Callable[[int, int], None]

BATCH = 20


def fingerprint(layout: Layout) -> str:
    """Return the hash of a layout: the same votes in the same order give the same."""
    digest = hashlib.sha256()
    for array in layout:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def key_of(seed: int, chain: int) -> np.uint64:
    """Return the key of a chain's random numbers."""
    return np.random.SeedSequence([seed, chain]).generate_state(1, np.uint64)[0]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Start:
    """Where chains start: positions and their means, item parameters, sizes of proposals."""

    theta: Floats
    mean: Floats
    beta: Floats
    low: Floats
    high: Floats
    step: Floats


def published_start(layout: Layout, mean: Floats, polarity: Floats) -> Start:
    """Return the authors' start: anchored means, polarity, cut points from the tallies."""
    size = np.diff(layout.offset)
    return Start(
        theta=np.zeros(mean.size),
        mean=mean,
        beta=polarity,
        low=-1.0 + 2.0 * layout.yes / size,
        high=-1.0 + 2.0 * layout.abstain / size,
        step=np.full(size.size, PUBLISHED_STEP),
    )


def first_values(layout: Layout, eras: int, start: Start, seed: int, chain: int) -> Values:
    """Return the values before the first sweep, latent values drawn at the start."""
    size = np.diff(layout.offset)
    item = np.repeat(np.arange(size.size), size)
    place = np.arange(item.size) - layout.offset[item]
    beta = start.beta[item]
    product = beta * start.theta[layout.position]
    at_low, at_high = np.empty(item.size), np.empty(item.size)
    cumulatives(start.low[item] - product, at_low)
    cumulatives(start.high[item] - product, at_high)
    yes, abstain = place < layout.yes[item], place < layout.abstain[item]
    floor = np.where(yes, 0.0, np.where(abstain, at_low, at_high))
    ceiling = np.where(yes, at_low, np.where(abstain, at_high, 1.0))
    random = np.random.default_rng([seed, chain])
    latent = np.empty(item.size)
    quantiles(floor + random.random(item.size) * (ceiling - floor), latent)
    latent = np.clip(product + latent, -LATENT_BOUND, LATENT_BOUND)
    count = start.mean.size
    return Values(
        theta=start.theta.copy(),
        mean=start.mean.copy(),
        precision=layout.precision.copy(),
        variance=np.full(1, 0.05),
        beta=start.beta.copy(),
        low=start.low.copy(),
        high=start.high.copy(),
        step=start.step.copy(),
        pull=np.bincount(layout.position, beta * latent, count).astype(np.float64),
        weight=np.bincount(layout.position, beta * beta, count).astype(np.float64),
        accepted=np.zeros(size.size),
        era_step=np.full((eras, 2), 0.03),
        era_accepted=np.zeros((eras, 2)),
    )


def begin(layout: Layout, eras: Eras, plan: Plan, design: Design, start: Start) -> State:
    """Return the state before the first sweep."""
    chains = []
    for number in range(plan.chains):
        values = first_values(layout, eras.start.size, start, plan.seed, number)
        draws = np.zeros((plan.stored, start.mean.size), np.float32)
        totals = np.zeros((6, start.beta.size))
        chains.append(Chain(number, key_of(plan.seed, number), values, draws, totals))
    items = design.items["rollcall"].to_list()
    return State(plan, fingerprint(layout), design.positions, items, chains)


def resumed(state: State, layout: Layout, plan: Plan) -> State:
    """Return the state to go on from, with room for the draws the plan asks for.

    Raises
    ------
    BadValue
        If the state belongs to other votes, or to a plan that differs in more than its length.
    """
    if state.fingerprint != fingerprint(layout):
        raise BadValue(
            f"the stored state belongs to other votes ({state.fingerprint}); expected the votes "
            "and options it was made with; start afresh without it"
        )
    if replace(state.plan, keep=plan.keep) != plan or plan.keep < state.plan.keep:
        raise BadValue(
            f"the stored state was made with {state.plan}, not {plan}; expected the same options, "
            "and as many sweeps or more; repeat them or start afresh"
        )
    for chain in state.chains:
        more = plan.stored - len(chain.draws)
        chain.draws = np.concatenate(
            [chain.draws, np.zeros((more, chain.draws.shape[1]), np.float32)]
        )
    state.plan = plan
    return state


def _room(layout: Layout) -> Room:
    longest = int(np.diff(layout.offset).max()) + 8
    parts = [np.zeros(longest) for _ in range(7)]
    return Room(*parts, last=np.zeros(layout.prior.size))  # type: ignore[misc]


def _stages(plan: Plan, done: int, until: int) -> Iterator[tuple[int, int, float, bool, bool]]:
    """Yield ``first, count, gain, joint, keeping`` of the stretches between two sweeps."""
    while done < until:
        joint = plan.joint and done >= plan.burn // 4
        if done < plan.tuned:
            stop = min(until, plan.tuned, done + 5)
            stop = min(stop, plan.burn // 4) if plan.joint and not joint else stop
            gain = 0.3 * min(1.0, 50.0 / (done + 1)) ** 0.6
        else:
            stop = until if done >= plan.burn else min(until, plan.burn)
            if done >= plan.burn:
                stop = min(stop, done + plan.thin - (done - plan.burn) % plan.thin)
            gain = 0.0
        yield done, stop - done, gain, joint, done >= plan.burn
        done = stop


def _advance(layout: Layout, eras: Eras, plan: Plan, chain: Chain, room: Room, until: int) -> None:
    scrap = np.zeros_like(chain.totals)
    for first, count, gain, joint, keeping in _stages(plan, chain.done, until):
        published = not plan.joint and first >= plan.tuned
        if published and first == plan.tuned:
            chain.values.step[:] = PUBLISHED_STEP
        if first == plan.burn:
            chain.values.accepted[:] = 0.0
            chain.values.era_accepted[:] = 0.0
        way = Way(gain, joint, plan.scaled, published)
        numbers = (first, first + count)
        totals = chain.totals if keeping else scrap
        sweeps(layout, eras, chain.values, room, chain.key, numbers, way, totals)
        chain.done = first + count
        stored, rest = divmod(chain.done - plan.burn, plan.thin)
        if keeping and rest == 0:
            theta = chain.values.theta
            if plan.scaled:
                theta = (theta - theta.mean()) / theta.std(ddof=1)
            chain.draws[stored - 1] = theta


def run(
    layout: Layout,
    eras: Eras,
    state: State,
    *,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    every: int = 500,
) -> State:
    """Run the chains to the end of the plan, side by side.

    Raises
    ------
    Interrupted
        If the user interrupts; carries the state, saved first where there is a checkpoint.
    """
    plan = state.plan
    rooms = [_room(layout) for _ in state.chains]
    saved = state.done
    with ThreadPoolExecutor(min(plan.chains, os.cpu_count() or 1)) as threads:
        try:
            while state.done < plan.total:
                until = min(plan.total, state.done + BATCH)
                jobs = [
                    threads.submit(_advance, layout, eras, plan, chain, room, until)
                    for chain, room in zip(state.chains, rooms, strict=True)
                ]
                for job in jobs:
                    job.result()
                if progress is not None:
                    progress(state.done, plan.total)
                if checkpoint is not None and state.done - saved >= every:
                    state.save(checkpoint)
                    saved = state.done
        except KeyboardInterrupt as error:
            _settle(jobs)
            raise _interrupted(state, checkpoint) from error
    if checkpoint is not None and saved < state.done:
        state.save(checkpoint)
    return state


def _settle(jobs: list[Any]) -> None:
    """Wait until running batches have ended, so that no chain is half way through one."""
    for job in jobs:
        with suppress(KeyboardInterrupt):
            job.result()


def _interrupted(state: State, checkpoint: Path | None) -> Interrupted:
    where = "in the state of this error"
    if checkpoint is not None:
        state.save(checkpoint)
        where = f"saved in {checkpoint.name}"
    return Interrupted(
        f"stopped after {state.done} of {state.plan.total} sweeps; what was done is {where}; "
        "start again with the same options to go on from there",
        state,
    )


def diagnose(draws: npt.NDArray[np.floating[Any]]) -> tuple[Floats, Floats]:
    """Return split R-hat and effective sample size of each parameter.

    ``draws`` is chains by draws by parameters. Halves of chains count as chains; autocorrelations
    are summed in pairs until a pair is negative (Geyer 1992).
    """
    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, half : 2 * half]]).astype(np.float64)
    chains, n = parts.shape[:2]
    if n < 4:
        nothing = np.full(parts.shape[2], np.nan)
        return nothing, nothing
    means = parts.mean(axis=1)
    within = parts.var(axis=1, ddof=1).mean(axis=0)
    between = means.var(axis=0, ddof=1)
    pooled = (n - 1) / n * within + between
    size = np.empty(parts.shape[2])
    for start in range(0, parts.shape[2], 1000):
        block = slice(start, start + 1000)
        size[block] = _effective(parts[:, :, block], within[block], pooled[block])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(pooled / within), np.minimum(size, float(chains * n))


def _effective(parts: Floats, within: Floats, pooled: Floats) -> Floats:
    chains, n = parts.shape[:2]
    centred = parts - parts.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * n, axis=1)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :n].mean(axis=0) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = 1.0 - (within - covariance * n / (n - 1)) / pooled
    rho[0] = 1.0
    pairs = rho[: n // 2 * 2].reshape(n // 2, 2, -1).sum(axis=1)
    going = np.logical_and.accumulate(pairs > 0, axis=0)
    time = np.maximum(-1.0 + 2.0 * np.where(going, pairs, 0.0).sum(axis=0), 1e-3)
    return chains * n / time  # type: ignore[no-any-return]

r"""How much the Multi-Vector Index depends on choices nobody can defend as the only right ones.

A specification is one draw of all of them at once: which families of roll calls and products were
observed (bootstrap), how the domains are weighted (Dirichlet(1)), whether all poles stay in or one
is left out, what the poles' distances are made from, and the order of the diversity (1, 2 or ∞).
States are compared under the same specification, over the domains they all have, and only the draw
of roll calls and products is each state's own. Results are medians, intervals, ranks with
intervals, and in which share of the specifications one state is above another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Annotated, Any, Required, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.cache import once
from multivector.errors import BadValue, choices
from multivector.measures import _vectors as evidence
from multivector.measures import diversity as kernel
from multivector.measures._options import Default, described, given, with_options
from multivector.measures._vectors import (
    Array,
    Case,
    Distance,
    Domain,
    Period,
    Question,
    Records,
    VectorOptions,
)
from multivector.tables import (
    VECTOR_DOMINANCE,
    VECTOR_RANKS,
    VECTOR_SENSITIVITY,
    IdealPointRows,
    JointVotesWithin,
    RecentFlows,
    Rollcalls,
    SplitVotes,
    Table,
    VectorDominance,
    VectorRanks,
    VectorSensitivity,
    Votes,
)

__all__ = ["multivector_dominance", "multivector_ranks", "multivector_sensitivity"]

FACTORS = ("sampling", "weights", "poles", "distance", "order")
ORDERS = (1.0, 2.0, float("inf"))
_REPLICATES = 200
_RESAMPLES = 100
_SOURCES: tuple[Distance, ...] = ("votes", "ideal_points")


class ComparisonOptions(VectorOptions, total=False):
    """Those, and the states compared under the same specifications."""

    states: Required[tuple[str, ...]]
    draws: Annotated[int, Default(1000)]


class StateOptions(VectorOptions, total=False):
    """Those, and the state whose index is varied over the points of a design."""

    state: Required[str]
    points: Annotated[int, Default(1024)]
    level: Annotated[float, Default(0.9)]


for _kind in (ComparisonOptions, StateOptions):
    described(_kind, VectorOptions)


@dataclass(frozen=True)
class Specifications:
    """Draws of every choice: positions into what each period offers."""

    replicate: NDArray[np.int64]
    weights: Array
    left_out: Array
    source: Array
    order: NDArray[np.int64]


@dataclass(frozen=True)
class Portfolio:
    """A period ready to be computed under any specification.

    ``shares[s]`` (domains, 1 + replicates, kept poles) for set ``s`` of poles: all of them, then
    each left out in turn; ``gaps`` and ``limits`` by set and source of distances.
    """

    start: int
    end: int
    shares: tuple[Array, ...]
    gaps: tuple[tuple[Array, ...], ...]
    limits: tuple[tuple[float, ...], ...]

    def values(self, specs: Specifications) -> Array:
        """Return the index under each specification."""
        found = np.full(len(specs.order), np.nan)
        sets = np.minimum((specs.left_out * len(self.shares)).astype(int), len(self.shares) - 1)
        sources = len(self.gaps[0])
        source = np.minimum((specs.source * sources).astype(int), sources - 1)
        place = (sets * sources + source) * len(ORDERS) + specs.order
        for key in np.unique(place):
            own = place == key
            s, rest = divmod(int(key), sources * len(ORDERS))
            d, q = divmod(rest, len(ORDERS))
            shares = self.shares[s]
            drawn = shares[:, specs.replicate[own] % shares.shape[1]]
            pooled = np.einsum("rk,krm->rm", specs.weights[own], drawn)
            gamma = kernel.diversity(pooled, self.gaps[s][d], order=ORDERS[q])
            found[own] = kernel.index(gamma, self.limits[s][d])
        return found


def prepare(case: Case, period: Period, domains: tuple[Domain, ...], seed: int) -> Portfolio | None:
    """Return a period's portfolio over some domains, or null where one of them is missing.

    A pole without which a domain would be empty is not left out; a bootstrap draw without any
    comparison is taken as observed.
    """
    sources = [s for s in _SOURCES if s in period.distances]
    if not sources or any(d not in period.evidence for d in domains):
        return None
    size = len(case.question.poles)
    sets = [list(range(size))]
    if size > 2:
        sets += [[i for i in range(size) if i != left] for left in range(size)]
    shares, kept = [], []
    for keep in sets:
        random = np.random.default_rng([seed, period.start])
        rows = [period.evidence[d].shares(_REPLICATES, random, keep) for d in domains]
        most = max(len(row) for row in rows)
        drawn = np.array([r if len(r) == most else np.repeat(r, most, 0) for r in rows])
        if np.isnan(drawn[:, 0]).any():
            continue
        shares.append(np.where(np.isnan(drawn), drawn[:, :1], drawn))
        kept.append(keep)
    if not kept:
        return None
    gaps = [tuple(period.distances[s][0][np.ix_(keep, keep)] for s in sources) for keep in kept]
    limits = [tuple(kernel.ceiling(d) for d in each) for each in gaps]
    return Portfolio(period.start, period.end, tuple(shares), tuple(gaps), tuple(limits))


def draw(domains: int, size: int, random: np.random.Generator) -> Specifications:
    """Return ``size`` specifications."""
    return Specifications(
        random.integers(0, 1 + _REPLICATES, size),
        random.dirichlet(np.ones(domains), size),
        random.random(size),
        random.random(size),
        random.integers(0, len(ORDERS), size),
    )


@with_options
def multivector_ranks(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    joint_votes: JointVotesWithin | None = None,
    ideal_points: IdealPointRows | None = None,
    flows: RecentFlows | None = None,
    *,
    level: float = 0.9,
    **which: Unpack[ComparisonOptions],
) -> VectorRanks:
    r"""Rank states by the Multi-Vector Index, with intervals over the specifications.

    .. math:: r_i = 1 + \#\{j : \mathrm{MVI}_j > \mathrm{MVI}_i\}

    in each specification; reported are its median and interval.

    Parameters
    ----------
    states : tuple of str
        The states compared.
    poles : tuple of str
        Two powers or more, none of them one of the states.
    domains : tuple of str, optional
        Those all states have in the period if not given.
    years : tuple of int, optional
        First and last year.
    by : {"period", "year"}
        One ranking for the period, or one a year.
    draws : int
        Specifications.
    level, seed
        Level of the intervals and start of the random numbers.

    Returns
    -------
    VectorRanks
        ``value`` in [0, 1], the median of the index; null where a state lacks a domain the others
        have. ``n`` counts specifications in which it is defined.

    Raises
    ------
    BadValue
        If an option is not allowed, or the states have no domain in common.

    References
    ----------
    Saisana, M., Saltelli, A. and Tarantola, S. (2005). Uncertainty and sensitivity analysis
        techniques as tools for the quality assessment of composite indicators. Journal of the
        Royal Statistical Society A 168(2).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> multivector_ranks(example_votes(), states=("KAZ",), poles=("CHN", "RUS")
    ... )  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    multivector.errors.MissingData: nothing is known of the ties of KAZ with CHN, RUS in ...
    """
    o = given(ComparisonOptions, which)
    records = Records(
        votes, rollcalls, split_votes, joint_votes, ideal_points, flows, o["memberships"],
        o["organisations"], o["treaties"],
    )  # fmt: skip
    states = o["states"]
    compared = _compared(records, o)
    rows: list[dict[str, Any]] = []
    for span, values in compared.values.items():
        rank = _ranked(values)
        for i, state in enumerate(states):
            row = {"state": state, "start": span[0], "end": span[1], **_spread(values[i], level)}
            positions = _spread(rank[i], level)
            row |= {f"rank{k}": positions[v] for k, v in
                    (("", "value"), ("_low", "low"), ("_high", "high"))}  # fmt: skip
            rows.append({**row, "domains": ";".join(compared.domains)})
    return _frame(VECTOR_RANKS, rows).sort("start", "value", descending=[False, True])


@with_options
def multivector_dominance(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    joint_votes: JointVotesWithin | None = None,
    ideal_points: IdealPointRows | None = None,
    flows: RecentFlows | None = None,
    **which: Unpack[ComparisonOptions],
) -> VectorDominance:
    r"""Share of specifications in which one state is more multi-vector than another.

    .. math:: P(a > b) = \frac{\#\{s : \mathrm{MVI}_a(s) > \mathrm{MVI}_b(s)\}}{S}

    Parameters
    ----------
    states, poles, domains, years, by, draws, seed
        As in `multivector_ranks`.

    Returns
    -------
    VectorDominance
        ``value`` in [0, 1], a share, a tie counting half; null where either is never defined.
        ``n`` counts the specifications.

    Raises
    ------
    BadValue
        If an option is not allowed, or the states have no domain in common.

    References
    ----------
    Saisana, M., Saltelli, A. and Tarantola, S. (2005). Uncertainty and sensitivity analysis
        techniques as tools for the quality assessment of composite indicators. Journal of the
        Royal Statistical Society A 168(2).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> multivector_dominance(example_votes(), states=("KAZ",), poles=("KAZ", "RUS")
    ... )  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    multivector.errors.BadValue: KAZ is its own pole; ...
    """
    o = given(ComparisonOptions, which)
    records = Records(
        votes, rollcalls, split_votes, joint_votes, ideal_points, flows, o["memberships"],
        o["organisations"], o["treaties"],
    )  # fmt: skip
    states = o["states"]
    compared = _compared(records, o)
    rows: list[dict[str, Any]] = []
    for span, values in compared.values.items():
        for i, j in permutations(range(len(states)), 2):
            both = ~np.isnan(values[i]) & ~np.isnan(values[j])
            gap = np.sign(values[i][both] - values[j][both])
            share = float(np.mean((gap + 1) / 2)) if both.any() else None
            rows.append(
                {
                    "state_a": states[i],
                    "state_b": states[j],
                    "start": span[0],
                    "end": span[1],
                    "value": share,
                    "n": int(both.sum()),
                }
            )
    return _frame(VECTOR_DOMINANCE, rows)


@with_options
def multivector_sensitivity(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    joint_votes: JointVotesWithin | None = None,
    ideal_points: IdealPointRows | None = None,
    flows: RecentFlows | None = None,
    **which: Unpack[StateOptions],
) -> VectorSensitivity:
    r"""Which choice moves a state's Multi-Vector Index: Sobol' indices over specifications.

    .. math::

        S_i = \frac{\operatorname{Var}(E(y \mid x_i))}{\operatorname{Var}(y)}, \qquad
        S_{T_i} = \frac{E(\operatorname{Var}(y \mid x_{\sim i}))}{\operatorname{Var}(y)}

    with Saltelli's design and Jansen's estimator of the total, by SciPy's ``sobol_indices``.

    Parameters
    ----------
    state : str
        The state.
    poles, domains, years, by
        As in `multivector_index`.
    points : int
        Points of the design, a power of 2; the index is computed up to points × 7 times.
    level, seed
        Level of the bootstrap interval of ``value``, and start of the random numbers.

    Returns
    -------
    VectorSensitivity
        One row a factor. ``value`` is at most 1, about 0 for a factor without effect (noise may
        carry it below); null for a choice that has no alternative here. ``total`` includes
        interactions, ``n`` is the size of the design.

    Raises
    ------
    BadValue
        If an option is not allowed.

    References
    ----------
    Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M. and Tarantola, S. (2010).
        Variance based sensitivity analysis of model output. Computer Physics Communications
        181(2).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> multivector_sensitivity(example_votes(), state="KAZ", poles=("CHN", "RUS"), points=100)
    Traceback (most recent call last):
    ...
    multivector.errors.BadValue: points is 100; expected a power of 2 from 2; use 1024
    """
    o = given(StateOptions, which)
    points, level, seed = o["points"], o["level"], o["seed"]
    if points < 2 or points & (points - 1):
        raise BadValue(f"points is {points}; expected a power of 2 from 2; use 1024")
    records = Records(
        votes, rollcalls, split_votes, joint_votes, ideal_points, flows, o["memberships"],
        o["organisations"], o["treaties"],
    )  # fmt: skip
    state = o["state"]
    question = Question(state, tuple(o["poles"]), o["domains"], o["years"], o["by"])
    case = evidence.gather(records, question, distances=_SOURCES)
    rows: list[dict[str, Any]] = []
    for period in case.periods:
        ready = prepare(case, period, tuple(period.evidence), seed)
        if ready is not None:
            found = _sobol(ready, len(period.evidence), points, level, seed)
            head = {"state": state, "start": period.start, "end": period.end, "n": points}
            rows += [{**head, **row} for row in found]
    return _frame(VECTOR_SENSITIVITY, rows)


@dataclass(frozen=True)
class _Compared:
    values: dict[tuple[int, int], Array]
    domains: tuple[Domain, ...]


def _compared(records: Records, asked: ComparisonOptions) -> _Compared:
    """Return the comparison asked for; ranks and dominance rest on one and the same."""
    fields = [getattr(records, each.name) for each in dataclasses.fields(records)]
    first = next((frame for frame in fields if frame is not None), None)
    if first is None:
        return _compare(records, asked)
    beside = tuple(None if frame is first else frame for frame in fields)
    tables = {each.name for each in dataclasses.fields(records)}
    key = tuple(value for name, value in asked.items() if name not in tables)
    return once(first, ("compared", *key), lambda: _compare(records, asked), beside)


def _compare(records: Records, asked: ComparisonOptions) -> _Compared:
    """Return the index (states, specifications) of each period, over the common domains."""
    states, draws, seed = asked["states"], asked["draws"], asked["seed"]
    if len(set(states)) < len(states) or not states or draws < 1:
        raise BadValue(
            f"states {choices(states) or 'none'} with {draws} draws cannot be ranked; expected "
            "different states and one draw or more; correct them"
        )
    rest = (tuple(asked["poles"]), asked["domains"], asked["years"], asked["by"])
    cases = [evidence.gather(records, Question(s, *rest), distances=_SOURCES) for s in states]
    shared = tuple(d for d in evidence.DOMAINS if all(d in case.domains for case in cases))
    if not shared:
        raise BadValue(
            f"{choices(states)} have no domain in common; expected one with data for all of them; "
            "ask for other years or fewer states, or add a data set"
        )
    specs = draw(len(shared), draws, np.random.default_rng([seed, 0]))
    found: dict[tuple[int, int], Array] = {}
    for i, case in enumerate(cases):
        own = np.random.default_rng([seed, 1 + i]).permutation(specs.replicate)
        mine = Specifications(own, specs.weights, specs.left_out, specs.source, specs.order)
        for period in case.periods:
            span = (period.start, period.end)
            table = found.setdefault(span, np.full((len(states), draws), np.nan))
            ready = prepare(case, period, shared, seed)
            if ready is not None:
                table[i] = ready.values(mine)
    return _Compared(dict(sorted(found.items())), shared)


def _ranked(values: Array) -> Array:
    """Return ranks from 1 (largest) in each column; ties share the mean, undefined has none."""
    above = np.sum(values[None, :, :] > values[:, None, :], axis=1)
    level = np.sum(values[None, :, :] == values[:, None, :], axis=1)
    return np.where(np.isnan(values), np.nan, 1.0 + above + np.maximum(level - 1, 0) / 2)


def _spread(values: Array, level: float) -> dict[str, float | int | None]:
    known = values[~np.isnan(values)]
    if not len(known):
        return {"value": None, "low": None, "high": None, "n": 0}
    tail = (1 - level) / 2
    low, middle, high = np.quantile(known, [tail, 0.5, 1 - tail])
    return {"value": float(middle), "low": float(low), "high": float(high), "n": len(known)}


def _sobol(
    ready: Portfolio, domains: int, points: int, level: float, seed: int
) -> list[dict[str, Any]]:
    """Return the indices of every factor of one period."""
    random = np.random.default_rng([seed, ready.start, 2])
    weights = random.dirichlet(np.ones(domains), 1 + _REPLICATES)
    active = _active(ready, domains)
    a, b, mixed = _designed(_response(ready, weights, active), len(active), points, random)
    spread = float(np.var(np.concatenate([a, b])))
    rows: dict[str, dict[str, Any]] = {f: {"factor": f, "spread": spread} for f in FACTORS}
    if not spread > 1e-14:
        return list(rows.values())
    first, total = sobol(a, b, mixed)
    again = random.integers(0, points, (_RESAMPLES, points))
    drawn = np.array([sobol(a[r], b[r], mixed[:, r])[0] for r in again])
    tail = (1 - level) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    for i, factor in enumerate(FACTORS[place] for place in active):
        found = {"value": first[i], "low": low[i], "high": high[i], "total": total[i]}
        rows[factor] |= {key: _finite(value) for key, value in found.items()}
    return list(rows.values())


def sobol(a: Array, b: Array, mixed: Array) -> tuple[Array, Array]:
    """Return first-order and total Sobol' indices by SciPy, from a model's values.

    Parameters
    ----------
    a, b : array (points,)
        Values on two independent designs.
    mixed : array (factors, points)
        Values on the first design with one factor taken from the second.
    """
    from scipy.stats import sobol_indices

    if np.ptp(a) == 0:
        return np.full(len(mixed), np.nan), np.full(len(mixed), np.nan)
    values = {"f_A": a[None], "f_B": b[None], "f_AB": mixed[:, None]}
    found = sobol_indices(func=values, n=len(a))
    return np.asarray(found.first_order).ravel(), np.asarray(found.total_order).ravel()


def _designed(
    values: Callable[[Array], Array], factors: int, points: int, random: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return a model's values on Saltelli's design, from a scrambled Sobol' sequence."""
    from scipy.stats.qmc import Sobol

    u = Sobol(2 * factors, seed=random).random(points).T
    first, second = u[:factors], u[factors:]
    mixed = []
    for place in range(factors):
        swapped = first.copy()
        swapped[place] = second[place]
        mixed.append(values(swapped))
    return values(first), values(second), np.array(mixed)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _active(ready: Portfolio, domains: int) -> list[int]:
    """Return the positions of the factors that have more than one choice."""
    sampled = any(float(np.ptp(shares, axis=1).max()) > 0 for shares in ready.shares)
    open_ = (sampled, domains > 1, len(ready.shares) > 1, len(ready.gaps[0]) > 1, True)
    return [place for place, varies in enumerate(open_) if varies]


def _response(ready: Portfolio, weights: Array, active: list[int]) -> Callable[[Array], Array]:
    """Return the index as a function of numbers from 0 to 1, one for each factor at work."""

    def values(some: Array) -> Array:
        u = np.zeros((len(FACTORS), some.shape[1]))
        u[active] = some
        place = (np.clip(u, 0, 1 - 1e-12) * np.array([[_REPLICATES + 1.0]])).astype(np.int64)
        order = (np.clip(u[4], 0, 1 - 1e-12) * len(ORDERS)).astype(np.int64)
        drawn = ready.values(Specifications(place[0], weights[place[1]], u[2], u[3], order))
        return np.nan_to_num(drawn)

    return values


def _frame(table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
    if not rows:
        return table.empty()
    return table.conform(pl.DataFrame(rows, schema=table.schema)).sort(table.key)

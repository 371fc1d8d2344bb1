r"""The Multi-Vector Index: over how many distinct powers a state spreads its foreign policy.

A multi-vector policy is a portfolio of engagements over *distinct* centres of power, in several
domains. Two things are observed, and nothing else enters: the shares :math:`p_k` of the poles in
each domain :math:`k`, and the distances :math:`D` between the poles, measured without the state.
There are no expert weights and no rescaling to the sample, so that a value does not change when
another state is added.

- *votes*: weights of the poles after Bradley, Terry and Davidson from the roll calls on which they
  split, abstentions as ties (`bradley_terry`); read the pairwise shares of `splits` beside them;
- *trade*, *finance*, *people*: shares of the poles in the flows; components count alike; a kind of
  finance or exchange whose data leave out a pole for everybody, as data on one donor do, or record
  one pole only for the state, is not taken; negative positions count nothing;
- *security*: alliances in force, and arms transferred in five years;
- *institutions*: seats beside a pole, by level of seat and depth of the organisation. Seats that
  all poles share count too, which pulls these shares together: compare levels within the domain.

A domain without data is missing, not zero: ``domains`` says what the index rests on. Compare states
with `multivector_ranks`, which takes the domains they have in common.

The distances are by default the mean disagreement of two poles' votes on all roll calls, half for
an abstention; ``"ideal_points"`` takes gaps of ideal points as a share of their range,
``"alliances"`` 0 between allies and 1 otherwise, ``"none"`` 1 between all, which makes the
effective number that of Hill, 1/HHI.

Label and refusals. Where the interval lies above one half the label is "multi-vector", below it
"leans to" the dominant pole, across it "undecided": the half is the geometric middle between one
vector and the ceiling, a convention. There is no label where the state agrees more with a power
left out of the poles than with every one of them, and no value where the poles are at no distance:
no rivalry to hedge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Required, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue, choices
from multivector.measures import _vectors as evidence
from multivector.measures import diversity as kernel
from multivector.measures._benchmarks import portfolio, sized
from multivector.measures._options import Default, given, with_options
from multivector.measures._vectors import (
    BENCHMARKS,
    DISTANCES,
    Array,
    Benchmark,
    Case,
    Credit,
    Distance,
    Period,
    Question,
    Records,
    VectorOptions,
)
from multivector.tables import (
    POLE_DISTANCES,
    VECTOR_DOMAINS,
    VECTOR_SHARES,
    VECTORS,
    Distances,
    IdealPointRows,
    Indicators,
    JointVotesWithin,
    PoleDistances,
    RecentFlows,
    Rollcalls,
    SplitVotes,
    VectorDomains,
    Vectors,
    VectorShares,
    Votes,
)

__all__ = ["VectorIndex", "multivector_index"]

_MIDDLE = 0.5
_MAJORITY = 0.5
_ALL = "all"


@dataclass(frozen=True)
class VectorIndex:
    """The index, and what it rests on: shares by domain and pole, domains, distances."""

    index: Vectors
    shares: VectorShares
    domains: VectorDomains
    distances: PoleDistances


class IndexOptions(VectorOptions, total=False):
    """Those, and what the index is made of.

    Parameters
    ----------
    state : str
        The state; where it sits in a pole that is an organisation, the pole is the others.
    poles : tuple of str
        Two states or organisations or more, none inside another.
    domains : tuple of str, optional
        Among votes, trade, finance, security, institutions, people; those with data if not given.
    years : tuple of int, optional
        First and last year.
    by : {"period", "year"}
        One row for the period, or one a year.
    weights : tuple of float, optional
        A weight for each of ``domains``; equal if not given, and then drawn from Dirichlet(1) for
        the interval.
    credit : {"splits", "fractional"}
        The votes' shares: the model's weights, or an additive check that needs the votes
        themselves: each roll call on which the poles differ is one unit, divided among those that
        voted as the state did. It has a floor from poles that vote alike; compare no levels.
    order : float
        Order of the diversity.
    distance : {"votes", "ideal_points", "alliances", "none"}
        What the poles' distances are made from.
    benchmark : {"gdp", "gravity", "trade"}
        Portfolio that structure would give: the poles' GDP, GDP divided by distance, or the poles'
        trade with everybody but the state.
    alternatives : tuple of str
        Powers that should be among the poles if the state is closer to them than to any pole.
    draws : int
        Draws for the interval: families of roll calls and products anew, and domain weights.
    level, seed
        Level of the interval and start of its random numbers.
    """

    indicators: Annotated[Indicators | None, Default(None)]
    distances: Annotated[Distances | None, Default(None)]
    state: Required[str]
    weights: Annotated[tuple[float, ...] | None, Default(None)]
    credit: Annotated[Credit, Default("splits")]
    order: Annotated[float, Default(2.0)]
    distance: Annotated[Distance, Default("votes")]
    benchmark: Annotated[Benchmark, Default("gdp")]
    alternatives: Annotated[tuple[str, ...], Default(("USA", "EU", "RUS", "CHN"))]
    draws: Annotated[int, Default(200)]
    level: Annotated[float, Default(0.9)]


@dataclass(frozen=True)
class _Drawn:
    """A period worked out: shares (domains, 1 + draws, poles), weights and the index of each."""

    shares: Array
    weights: Array
    drawn_weights: Array
    distances: Array
    ceiling: float
    parts: kernel.Partition
    values: Array
    varied: bool


@with_options
def multivector_index(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    joint_votes: JointVotesWithin | None = None,
    ideal_points: IdealPointRows | None = None,
    flows: RecentFlows | None = None,
    **which: Unpack[IndexOptions],
) -> VectorIndex:
    r"""How many distinct powers a state spreads its foreign policy over, between 0 and 1.

    .. math::

        \mathrm{MVI} = \frac{\ln D_\gamma}{\ln D_{\max}}, \qquad
        D_\gamma = \frac{1}{1 - \bar p' D \bar p}, \qquad \bar p = \sum_k w_k p_k, \qquad
        D_{\max} = \max_p \frac{1}{1 - p' D p}

    Parameters
    ----------
    votes, rollcalls, split_votes, joint_votes : Votes, Rollcalls, SplitVotes, JointVotes
        Votes of one release, or the embedded split roll calls and joint counts.
    ideal_points : IdealPointRows
        Needed for the distance ``"ideal_points"``.
    flows : Flows
        Trade, investment, arms, students, visits: whatever there is.
    memberships, organisations : Memberships, Organisations
        For the institutions and for poles that are organisations, whose members of the year act.
    treaties : Treaties
        For alliances.
    indicators, distances : Indicators, Distances
        For the benchmark.

    Returns
    -------
    VectorIndex
        ``index.value`` in [0, 1]; null where the poles' distances are not known or all 0. Beside
        it ``effective_vectors``, ``alpha``, ``beta`` (below 1 only if the distances are not of
        negative type, which ``note`` says), ``ceiling``, ``intensity``, ``dominance``; ``n``
        counts comparisons, flows and seats. The interval is null where nothing was drawn.
        Further tables: ``shares``, ``domains``, ``distances``. In ``shares``, ``majority`` with
        ``critical`` products is the guard of autonomy: no balance elsewhere makes up for it.

    Raises
    ------
    BadValue
        If poles, domains, weights or another option are not allowed, or a domain asked for has no
        year in common with the period.
    MissingData
        If nothing is known of the state's ties with the poles.

    References
    ----------
    Leinster, T. and Cobbold, C. A. (2012). Measuring diversity: the importance of species
        similarity. Ecology 93(3).
    Stirling, A. (2007). A general framework for analysing diversity in science, technology and
        society. Journal of the Royal Society Interface 4(15).

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"] * 2, "partner": ["CHN", "RUS"], "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": [None] * 2, "value": [30.0, 10.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2}, schema_overrides={"product": pl.String})
    >>> found = multivector_index(flows=flows, state="KAZ", poles=("CHN", "RUS"), distance="none")
    >>> found.index.select("effective_vectors", "ceiling", "dominant").row(0)
    (1.6, 2.0, 'CHN')
    """
    o = given(IndexOptions, which)
    _check(o)
    order, distance, draws, level = o["order"], o["distance"], o["draws"], o["level"]
    question = Question(
        o["state"], tuple(o["poles"]), o["domains"], o["years"], o["by"], o["weights"],
        tuple(o["alternatives"]), o["credit"],
    )  # fmt: skip
    records = Records(
        votes, rollcalls, split_votes, joint_votes, ideal_points, flows, o["memberships"],
        o["organisations"], o["treaties"], o["indicators"], o["distances"],
    )  # fmt: skip
    case = evidence.gather(records, question, distances=(distance,))
    records = sized(records, case.members, question)
    rows: list[list[dict[str, object]]] = [[], [], [], []]
    for period in case.periods:
        span = (period.start, period.end)
        norm = portfolio(records, case.members, question, o["benchmark"], span)
        worked = _worked(case, period, order, distance, draws, o["seed"])
        for table, found in zip(
            rows,
            (
                [_index(case, period, worked, norm, level, distance)],
                _shares(case, period, worked, level),
                _domains(case, period, worked, level, order),
                _distances(case, period, distance),
            ),
            strict=True,
        ):
            table += found
    tables = (VECTORS, VECTOR_SHARES, VECTOR_DOMAINS, POLE_DISTANCES)
    return VectorIndex(
        *(
            table.conform(pl.DataFrame(found, schema=table.schema)) if found else table.empty()
            for table, found in zip(tables, rows, strict=True)
        )
    )


def _check(asked: IndexOptions) -> None:
    order, draws, level = asked["order"], asked["draws"], asked["level"]
    for option, value, allowed in (
        ("distance", asked["distance"], DISTANCES),
        ("benchmark", asked["benchmark"], BENCHMARKS),
    ):
        if value not in allowed:
            raise BadValue(
                f"{option} {value!r} is not known; expected one of {choices(allowed)}; correct it"
            )
    for option, number, sound, expected in (
        ("order", order, order >= 0, "a number from 0, or inf"),
        ("draws", draws, draws >= 0, "0 for no interval, or a number such as 1000"),
        ("level", level, 0 < level < 1, "a share between 0 and 1"),
    ):
        if not sound:
            raise BadValue(f"{option} is {number}; expected {expected}; correct it")


def _worked(
    case: Case, period: Period, order: float, distance: Distance, draws: int, seed: int
) -> _Drawn | None:
    """Return the period's shares and indices, or null where the distances are not known."""
    if distance not in period.distances:
        return None
    random = np.random.default_rng([seed, period.start])
    size = len(case.question.poles)
    keep = list(range(size))
    found = []
    for item in period.evidence.values():
        own = item.shares(draws, random, keep)
        found.append(own if len(own) > 1 else np.repeat(own, 1 + draws, axis=0))
    shares = np.array(found)
    sampled = draws > 0 and bool(np.ptp(shares, axis=1).max() > 0)
    base = case.weights(period)
    free = case.question.weights is None and len(base) > 1
    mixed = random.dirichlet(np.ones(len(base)), draws) if free else np.tile(base, (draws, 1))
    weights = np.concatenate([base[None], mixed])
    gaps = period.distances[distance][0]
    limit = kernel.ceiling(gaps)
    parts = kernel.partition(np.moveaxis(shares, 0, 1), gaps, weights, order=order)
    values = kernel.index(parts.gamma, limit)
    return _Drawn(
        shares, base, weights, gaps, limit, parts, values, draws > 0 and (sampled or free)
    )


def _bounds(drawn: Array, level: float) -> tuple[float | None, float | None, float | None]:
    """Return low, high and median of draws; null without any."""
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return None, None, None
    tail = (1 - level) / 2
    low, high, middle = np.quantile(known, [tail, 1 - tail, 0.5])
    return float(low), float(high), float(middle)


def _number(value: object) -> float | None:
    number = float(str(value))
    return None if np.isnan(number) else number


def _index(
    case: Case,
    period: Period,
    worked: _Drawn | None,
    norm: Array | None,
    level: float,
    distance: str,
) -> dict[str, object]:
    question = case.question
    n = sum(item.n for item in period.evidence.values())
    row: dict[str, object] = {
        "state": question.state, "start": period.start, "end": period.end, "n": n,
        "poles": ";".join(question.poles), "domains": ";".join(period.evidence),
        "intensity": _intensity(case, period),
    }  # fmt: skip
    notes = _missing(case, period)
    if worked is None:
        notes.append(f"the poles' distances by {distance} are not known")
        return {**row, "note": "; ".join(notes)}
    pooled = worked.weights @ worked.shares[:, 0]
    top = int(np.argmax(np.nan_to_num(pooled, nan=-1.0)))
    low, high, median = _bounds(worked.values[1:], level) if worked.varied else (None,) * 3
    row |= {
        "value": _number(worked.values[0]), "low": low, "high": high, "median": median,
        "effective_vectors": _number(worked.parts.gamma[0]),
        "alpha": _number(worked.parts.alpha[0]), "beta": _number(worked.parts.beta[0]),
        "ceiling": worked.ceiling, "dominance": _number(pooled[top]),
        "dominant": question.poles[top],
    }  # fmt: skip
    if norm is not None:
        row["benchmark"] = _number(
            kernel.index(kernel.diversity(norm, worked.distances), worked.ceiling)
        )
        row["tilt"] = _number(np.abs(pooled - norm).sum() / 2)
    label, said = _label(case, period, worked, low, high, question.poles[top])
    notes += said
    return {**row, "label": label, "note": "; ".join(notes) or None}


def _intensity(case: Case, period: Period) -> float | None:
    pairs = [
        (weight, item.reach)
        for weight, item in zip(case.weights(period), period.evidence.values(), strict=True)
        if item.reach is not None
    ]
    total = sum(weight for weight, _ in pairs)
    return float(sum(w * reach for w, reach in pairs) / total) if total > 0 else None


def _missing(case: Case, period: Period) -> list[str]:
    asked = case.question.domains or evidence.DOMAINS
    lost = [d for d in asked if d not in period.evidence]
    notes = [f"no data: {', '.join(lost)}"] if lost else []
    notes += [
        f"{kind} left out: the data hold none of {', '.join(poles)} for anybody"
        for kind, poles in case.one_sided.items()
    ]
    for domain, item in period.evidence.items():
        if getattr(item, "listed", False):
            notes.append(f"{domain} from lists of main partners: a pole not listed counts 0")
    return notes


def _label(
    case: Case,
    period: Period,
    worked: _Drawn,
    low: float | None,
    high: float | None,
    dominant: str,
) -> tuple[str | None, list[str]]:
    """Return the label, or null, and what has to be said."""
    notes = []
    if not kernel.is_negative_type(worked.distances):
        notes.append("the distances are not of negative type: beta may fall below 1")
    if worked.ceiling <= 1 + 1e-9:
        return None, [*notes, "no rivalry to hedge: the poles are at no distance"]
    omitted = _omitted(case, period)
    if omitted is not None:
        return None, [*notes, omitted]
    if not period.near:
        notes.append("whether a pole is missing could not be checked: no joint votes")
    value = float(worked.values[0])
    least, most = (value, value) if low is None or high is None else (low, high)
    if least > _MIDDLE:
        return "multi-vector", notes
    return ("undecided" if most >= _MIDDLE else f"leans to {dominant}"), notes


def _omitted(case: Case, period: Period) -> str | None:
    """Return what to say where a power left out is closer than every pole; else null."""
    question, near = case.question, period.near
    agreement = [near[pole] for pole in question.poles if pole in near]
    rivals = {
        other: near[other]
        for other in question.alternatives
        if other in near and other not in question.poles and not _holds_pole(case, other)
    }
    if not agreement or not rivals:
        return None
    closest = max(rivals, key=lambda other: rivals[other])
    if rivals[closest] <= max(agreement):
        return None
    return (
        f"no label: {question.state} agrees more with {closest} ({rivals[closest]:.2f}), which is "
        f"not among the poles, than with any pole (at most {max(agreement):.2f})"
    )


def _holds_pole(case: Case, other: str) -> bool:
    spells = case.members.get(other, {})
    return any(pole in codes for codes in spells.values() for pole in case.question.poles)


def _shares(
    case: Case, period: Period, worked: _Drawn | None, level: float
) -> list[dict[str, object]]:
    if worked is None:
        return []
    pooled = np.einsum("rk,krm->rm", worked.drawn_weights, worked.shares)
    blocks = [
        *zip(period.evidence, period.evidence.values(), worked.shares, strict=True),
        (_ALL, None, pooled),
    ]
    rows: list[dict[str, object]] = []
    for domain, item, drawn in blocks:
        counts = getattr(item, "critical", None)
        moved = len(drawn) > 1 and float(np.nan_to_num(np.ptp(drawn, axis=0)).max()) > 0
        for place, pole in enumerate(case.question.poles):
            low, high, _ = _bounds(drawn[1:, place], level) if moved else (None,) * 3
            value = _number(drawn[0, place])
            rows.append(
                {
                    "state": case.question.state,
                    "start": period.start,
                    "end": period.end,
                    "domain": domain,
                    "pole": pole,
                    "value": value,
                    "low": low,
                    "high": high,
                    "n": item.n if item else sum(e.n for e in period.evidence.values()),
                    "majority": None if value is None else value > _MAJORITY,
                    "critical": None if counts is None else counts[place],
                }
            )
    return rows


def _domains(
    case: Case, period: Period, worked: _Drawn | None, level: float, order: float
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    weights = case.weights(period)
    for place, (domain, item) in enumerate(period.evidence.items()):
        row: dict[str, object] = {
            "state": case.question.state, "start": period.start, "end": period.end,
            "domain": domain, "n": item.n, "weight": float(weights[place]),
            "intensity": item.reach, "absence": getattr(item, "absence", None),
        }  # fmt: skip
        if worked is not None:
            drawn = worked.shares[place]
            top = int(np.argmax(np.nan_to_num(drawn[0], nan=-1.0)))
            values = kernel.diversity(drawn, worked.distances, order=order)
            moved = len(values) > 1 and float(np.nan_to_num(np.ptp(values))) > 0
            low, high, _ = _bounds(values[1:], level) if moved else (None,) * 3
            row |= {
                "value": _number(values[0]), "low": low, "high": high,
                "dominance": _number(drawn[0, top]), "dominant": case.question.poles[top],
            }  # fmt: skip
        rows.append(row)
    return rows


def _distances(case: Case, period: Period, distance: Distance) -> list[dict[str, object]]:
    if distance not in period.distances:
        return []
    values, n = period.distances[distance]
    poles = case.question.poles
    return [
        {
            "start": period.start,
            "end": period.end,
            "pole_a": poles[i],
            "pole_b": poles[j],
            "value": float(values[i, j]),
            "n": int(n[i, j]),
            "distance": distance,
        }
        for i in range(len(poles))
        for j in range(i + 1, len(poles))
    ]

"""The evidence of a state's vectors: its portfolio over the poles, domain by domain and period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Annotated, Literal, Required, TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.errors import BadValue, MissingData, choices
from multivector.measures import _ballots as ballots
from multivector.measures import _portfolios as portfolios
from multivector.measures._ballots import Comparisons, Credits, Joint, Members, Roll
from multivector.measures._options import Default
from multivector.measures._portfolios import Amounts
from multivector.measures.clubs import latest_year, members_by_year
from multivector.tables import (
    Distances,
    Flows,
    IdealPointRows,
    Indicators,
    JointVotes,
    Memberships,
    Organisations,
    Rollcalls,
    SplitVotes,
    Treaties,
    Votes,
)

Array = NDArray[np.float64]
Evidence = Comparisons | Credits | Amounts
Domain = Literal["votes", "trade", "finance", "security", "institutions", "people"]
Distance = Literal["votes", "ideal_points", "alliances", "none"]
Benchmark = Literal["gdp", "gravity", "trade"]
By = Literal["period", "year"]
Credit = Literal["splits", "fractional"]

DOMAINS: tuple[Domain, ...] = (
    "votes",
    "trade",
    "finance",
    "security",
    "institutions",
    "people",
)
DISTANCES: tuple[Distance, ...] = ("votes", "ideal_points", "alliances", "none")
BENCHMARKS = ("gdp", "gravity", "trade")


class VectorOptions(TypedDict, total=False):
    """Further records of ties, and over which poles, domains and years they are looked at.

    Parameters
    ----------
    votes, rollcalls, split_votes, joint_votes : Votes, Rollcalls, SplitVotes, JointVotes
        Votes of one release, or the embedded split roll calls and joint counts.
    ideal_points, flows, memberships, organisations, treaties
        As in `multivector_index`.
    """

    memberships: Annotated[Memberships | None, Default(None)]
    organisations: Annotated[Organisations | None, Default(None)]
    treaties: Annotated[Treaties | None, Default(None)]
    poles: Required[tuple[str, ...]]
    domains: Annotated[tuple[Domain, ...] | None, Default(None)]
    years: Annotated[tuple[int, int] | None, Default(None)]
    by: Annotated[By, Default("period")]
    seed: Annotated[int, Default(0)]


@dataclass(frozen=True)
class Records:
    """The record tables at hand; those absent are null."""

    votes: Votes | None = None
    rollcalls: Rollcalls | None = None
    split_votes: SplitVotes | None = None
    joint_votes: JointVotes | None = None
    ideal_points: IdealPointRows | None = None
    flows: Flows | None = None
    memberships: Memberships | None = None
    organisations: Organisations | None = None
    treaties: Treaties | None = None
    indicators: Indicators | None = None
    distances: Distances | None = None


@dataclass(frozen=True)
class Question:
    """Whose vectors, over which poles, from which domains and years; checked once, here."""

    state: str
    poles: tuple[str, ...]
    domains: tuple[Domain, ...] | None = None
    years: tuple[int, int] | None = None
    by: By = "period"
    weights: tuple[float, ...] | None = None
    alternatives: tuple[str, ...] = ()
    credit: Credit = "splits"

    def __post_init__(self) -> None:
        self._check_poles()
        strange = [d for d in self.domains or () if d not in DOMAINS]
        if strange or self.domains == () or len(set(self.domains or ())) < len(self.domains or ()):
            raise BadValue(
                f"domains {choices(self.domains or ()) or 'none'} cannot be used; expected some of "
                f"{choices(DOMAINS)}, each once; correct them, or leave them out for all with data"
            )
        for option, value, allowed in (
            ("by", self.by, ("period", "year")),
            ("credit", self.credit, ("splits", "fractional")),
        ):
            if value not in allowed:
                raise BadValue(
                    f"{option} is {value!r}; expected one of {choices(allowed)}; choose one"
                )
        if self.weights is not None:
            self._check_weights(self.weights)

    def _check_poles(self) -> None:
        repeated = sorted({p for p in self.poles if self.poles.count(p) > 1})
        if repeated:
            raise BadValue(
                f"the pole {choices(repeated)} is listed twice; expected each pole once; drop it"
            )
        if self.state in self.poles:
            raise BadValue(
                f"{self.state} is its own pole; expected poles other than the state; "
                f"drop {self.state} from the poles"
            )
        if len(self.poles) < 2:
            raise BadValue(
                f"the poles are {choices(self.poles) or 'none'}; expected two or more powers; "
                "name them, as in USA,EU,RUS,CHN"
            )

    def _check_weights(self, weights: tuple[float, ...]) -> None:
        fits = self.domains is not None and len(weights) == len(self.domains)
        sound = all(np.isfinite(w) and w >= 0 for w in weights) and sum(weights) > 0
        if not fits or not sound:
            raise BadValue(
                f"the weights {choices(weights) or 'none'} cannot be used; expected one number "
                "from 0 for each domain named, not all 0; correct weights or domains"
            )


@dataclass(frozen=True)
class Period:
    """What is known of one period: evidence by domain, distances by source, agreement."""

    start: int
    end: int
    evidence: dict[Domain, Evidence]
    distances: dict[Distance, tuple[Array, NDArray[np.int64]]]
    near: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A state's periods, with the blocs' members and the domains they rest on."""

    question: Question
    periods: tuple[Period, ...]
    members: Members
    domains: tuple[Domain, ...]
    one_sided: Mapping[str, list[str]] = field(default_factory=dict)

    def weights(self, period: Period) -> Array:
        """Return the weights of the period's domains, equal if none were given; they sum to 1."""
        own = list(period.evidence)
        given = self.question.weights
        if given is None or self.question.domains is None:
            return np.full(len(own), 1 / max(len(own), 1))
        table = dict(zip(self.question.domains, given, strict=True))
        raw = np.array([table[d] for d in own])
        return raw / raw.sum() if raw.sum() > 0 else np.full(len(own), np.nan)


def gather(
    records: Records, question: Question, *, distances: tuple[Distance, ...] = DISTANCES
) -> Case:
    """Return the evidence for a question, with distances of the poles from the sources named.

    Raises
    ------
    BadValue
        If a pole lies inside another, or a domain asked for has no year in the period.
    MissingData
        If there is no evidence at all, or the poles' distances cannot be told.
    """
    span = _span(records, question)
    members = _members(records, question, span)
    _check_nesting(question, members)
    seats = tuple(dict.fromkeys([question.state, *question.poles, *question.alternatives]))
    cast = _roll(records, seats, members, span)
    joint = _joint(records, question, members, span)
    records = _beside(records, question.state)
    own, partial = None, {}
    if records.flows is not None:
        own = portfolios.own_flows(records.flows, question.state, question.poles, members)
        partial = portfolios.one_sided(records.flows, question.poles, members)
        own = own.filter(~pl.col("flow").is_in(list(partial)))
    spells = [(y, y) for y in range(span[0], span[1] + 1)] if question.by == "year" else [span]
    about = Case(question, (), members, ())
    periods = [_period(records, about, cast, joint, own, spell, distances) for spell in spells]
    found = tuple(d for d in DOMAINS if any(d in p.evidence for p in periods))
    _check_domains(question, found, span)
    kept = tuple(p for p in periods if p.evidence)
    return Case(question, kept, members, found, partial)


def _span(records: Records, question: Question) -> tuple[int, int]:
    if question.years is not None:
        return question.years
    years: set[int] = set()
    for table in (records.votes, records.split_votes):
        if table is not None and table.height:
            years |= set(table["year"].unique())
    flows = records.flows
    if flows is not None:
        own = (pl.col("state") == question.state) | (pl.col("partner") == question.state)
        years |= set(flows.filter(own)["year"].unique())
    if not years and records.memberships is not None:
        last = latest_year(records.memberships)
        years |= set() if last is None else {last}
    if not years:
        raise MissingData(
            f"nothing is known of the ties of {question.state}; expected votes, flows or "
            "memberships; add a data set that has them: multivector data list --all"
        )
    return min(years), max(years)


def _members(records: Records, question: Question, span: tuple[int, int]) -> Members:
    """Return the members of each bloc by year, without the state itself."""
    table = records.memberships
    if table is None:
        return {}
    known = set(table["organisation"].unique())
    blocs = [p for p in (*question.poles, *question.alternatives) if p in known]
    first = span[0] - portfolios.ARMS_YEARS + 1
    return {
        bloc: {
            year: frozenset(codes) - {question.state}
            for year, codes in members_by_year(table, bloc, range(first, span[1] + 1)).items()
        }
        for bloc in blocs
    }


def _check_nesting(question: Question, members: Members) -> None:
    for inner, outer in combinations(question.poles, 2):
        for a, b in ((inner, outer), (outer, inner)):
            if a in members and _inside(members[a], members.get(b, b)):
                raise BadValue(
                    f"the pole {b} lies inside the pole {a}; expected poles that do not overlap; "
                    f"drop one of them, or name members of {a} instead"
                )


def _inside(outer: Mapping[int, frozenset[str]], inner: Mapping[int, frozenset[str]] | str) -> bool:
    if isinstance(inner, str):
        return any(inner in codes for codes in outer.values())
    return any(codes & inner.get(year, frozenset()) for year, codes in outer.items())


def _roll(
    records: Records, seats: tuple[str, ...], members: Members, span: tuple[int, int]
) -> Roll | None:
    years = pl.col("year").is_between(*span)
    votes = None if records.votes is None else records.votes.filter(years)
    split = None if records.split_votes is None else records.split_votes.filter(years)
    calls = None if records.rollcalls is None else records.rollcalls.filter(years)
    if votes is None or votes.is_empty():
        votes, calls = None, None
    if votes is None and (split is None or split.is_empty()):
        return None
    return ballots.roll(votes, calls, split, seats, members)


def _joint(
    records: Records, question: Question, members: Members, span: tuple[int, int]
) -> Joint | None:
    """Return the joint counts of the state and the poles, each with the poles and alternatives."""
    if records.joint_votes is None:
        return None
    first = (question.state, *question.poles)
    second = tuple(dict.fromkeys([*question.poles, *question.alternatives]))
    return ballots.joint(records.joint_votes, first, second, members, span)


def _beside(records: Records, state: str) -> Records:
    """Return the records with the memberships of those organisations only that the state knows."""
    spells = records.memberships
    if spells is None:
        return records
    known = spells.filter(pl.col("state") == state)["organisation"].unique()
    own = spells.filter(pl.col("organisation").is_in(known.implode()))
    return replace(records, memberships=own)


def _period(
    records: Records,
    about: Case,
    cast: Roll | None,
    joint: Joint | None,
    own: pl.DataFrame | None,
    span: tuple[int, int],
    sources: tuple[Distance, ...],
) -> Period:
    question, members = about.question, about.members
    within = None if cast is None else cast.within(*span)
    evidence: dict[Domain, Evidence] = {}
    for domain in question.domains or DOMAINS:
        found = _evidence(records, question, members, within, own, domain, span)
        if found is not None and found.n:
            evidence[domain] = found
    whole = within if records.votes is not None else None
    distances: dict[Distance, tuple[Array, NDArray[np.int64]]] = {}
    for source in sources:
        distance = _distance(records, question.poles, members, whole, joint, source, span)
        if distance is not None:
            distances[source] = distance
    return Period(*span, evidence, distances, _near(question, whole, joint, span))


def _evidence(
    records: Records,
    question: Question,
    members: Members,
    cast: Roll | None,
    own: pl.DataFrame | None,
    domain: Domain,
    span: tuple[int, int],
) -> Evidence | None:
    state, poles = question.state, question.poles
    if domain == "votes" and question.credit == "fractional":
        return (
            None if cast is None or records.votes is None else ballots.credits(cast, state, poles)
        )
    if domain == "votes":
        return None if cast is None else ballots.comparisons(cast, state, poles)
    if domain == "institutions":
        if records.memberships is None:
            return None
        return portfolios.of_seats(
            records.memberships, records.organisations, state, poles, members, span[1]
        )
    amounts = None if own is None else portfolios.of_flows(own, domain, poles, span)
    if domain == "security" and records.treaties is not None:
        allied = portfolios.of_alliances(records.treaties, state, poles, members, span)
        amounts = portfolios.with_part(amounts, allied)
    return amounts


def _distance(
    records: Records,
    poles: tuple[str, ...],
    members: Members,
    cast: Roll | None,
    joint: Joint | None,
    source: Distance,
    span: tuple[int, int],
) -> tuple[Array, NDArray[np.int64]] | None:
    size = len(poles)
    if source == "none":
        return 1.0 - np.eye(size), np.zeros((size, size), dtype=np.int64)
    if source == "votes" and cast is not None:
        return _whole(*ballots.disagreement(cast, poles))
    if source == "votes" and joint is not None:
        return _whole(*_square(joint.gaps(poles, poles, span), poles))
    if source == "ideal_points" and records.ideal_points is not None:
        return _whole(*_ideal(records.ideal_points, poles, members, span))
    if source == "alliances" and records.treaties is not None:
        return _allied(records.treaties, poles, members, span)
    return None


def _whole(values: Array, n: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]] | None:
    """Return distances where every pair has one, else null."""
    return None if np.isnan(values).any() else (values, n)


def _square(
    gaps: Mapping[tuple[str, str], tuple[float, int]], poles: tuple[str, ...]
) -> tuple[Array, NDArray[np.int64]]:
    size = len(poles)
    values, n = np.zeros((size, size)), np.zeros((size, size), dtype=np.int64)
    for i, j in combinations(range(size), 2):
        value, count = gaps.get((poles[i], poles[j]), (np.nan, 0))
        values[i, j] = values[j, i] = value
        n[i, j] = n[j, i] = count
    return values, n


def _ideal(
    points: IdealPointRows, poles: tuple[str, ...], members: Members, span: tuple[int, int]
) -> tuple[Array, NDArray[np.int64]]:
    """Return gaps between mean ideal points as shares of the range of all of them."""
    size = len(poles)
    lowest, highest = points["value"].min(), points["value"].max()
    if lowest is None or highest is None or lowest == highest:
        return np.full((size, size), np.nan), np.zeros((size, size), dtype=np.int64)
    width = float(str(highest)) - float(str(lowest))
    rows = points.filter(pl.col("year").is_between(*span))
    rows = rows.with_columns(pl.col("state").replace({"SUN": "RUS"}))
    place = np.full(size, np.nan)
    for i, pole in enumerate(poles):
        codes = _holders(pole, members, span[1])
        mean = rows.filter(pl.col("state").is_in(codes))["value"].mean()
        place[i] = np.nan if mean is None else float(str(mean))
    gaps = np.abs(place[:, None] - place[None, :]) / width
    return gaps, np.full((size, size), rows["session"].n_unique(), dtype=np.int64)


def _holders(pole: str, members: Members, year: int) -> list[str]:
    return sorted(members[pole].get(year, frozenset())) if pole in members else [pole]


def _allied(
    treaties: Treaties, poles: tuple[str, ...], members: Members, span: tuple[int, int]
) -> tuple[Array, NDArray[np.int64]]:
    size = len(poles)
    values = np.zeros((size, size))
    for i, j in combinations(range(size), 2):
        others = [
            portfolios.of_alliances(treaties, code, (poles[j],), members, span)
            for code in _holders(poles[i], members, span[1])
        ]
        bound = 2 * sum(other is not None for other in others) > len(others)
        values[i, j] = values[j, i] = 0.0 if bound else 1.0
    return values, np.full((size, size), 1, dtype=np.int64)


def _near(
    question: Question, cast: Roll | None, joint: Joint | None, span: tuple[int, int]
) -> dict[str, float]:
    """Return the state's agreement with the poles and with those left out, where it is known."""
    others = tuple(dict.fromkeys([*question.poles, *question.alternatives]))
    others = tuple(o for o in others if o != question.state)
    if cast is not None:
        return ballots.agreement(cast, question.state, others)
    if joint is None:
        return {}
    gaps = joint.gaps((question.state,), others, span)
    return {other: 1 - gap for (_, other), (gap, _) in gaps.items()}


def _check_domains(question: Question, found: Iterable[Domain], span: tuple[int, int]) -> None:
    years = f"{span[0]} to {span[1]}"
    missing = [d for d in question.domains or () if d not in set(found)]
    if missing:
        raise BadValue(
            f"{choices(missing)} of {question.state} with these poles has no year in common with "
            f"{years}; expected domains with data; "
            f"{_offer(found)}, ask for other years, or add a data set that has them"
        )
    if not tuple(found):
        raise MissingData(
            f"nothing is known of the ties of {question.state} with {choices(question.poles)} in "
            f"{years}; expected votes, flows or memberships; ask for other years or add a data set"
        )


def _offer(found: Iterable[Domain]) -> str:
    names = choices(found)
    return f"use {names}" if names else "name other poles"

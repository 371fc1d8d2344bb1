"""What rival sides amount to in each window of years, and how it varies over draws.

The first of the draws is the plain figure. The others weigh texts of roll calls, years of the
window, domains and poles anew: weights of texts and years are those of the Bayesian bootstrap,
those of domains and poles come from a symmetric Dirichlet distribution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.measures._expectation import residual, standardised
from multivector.measures._sides import (
    Ballots,
    Flowing,
    Ground,
    Sides,
    between,
    flowing,
    ground,
    pairs_of,
    seats,
    sizes,
)

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

CONCENTRATION = 8.0
"""Of the Dirichlet weights: two domains weigh between .3 and .7 in nine draws of ten."""
_FLOOR = 0.002


@dataclass(frozen=True)
class Setting:
    """The sides, the windows' half width, the years the norms are of, and the draws."""

    sides: Sides
    domains: tuple[str, ...]
    window: int
    norm: tuple[int, int]
    draws: int
    seed: int

    @property
    def poles(self) -> tuple[str, ...]:
        """Return the poles of all sides."""
        return tuple(pole for listed in self.sides.values() for pole in listed)


@dataclass(frozen=True)
class World:
    """The evidence of all states on the sides, and the weights it is drawn with."""

    where: Ground
    setting: Setting
    ballots: Ballots
    poles: dict[str, Array]
    trade: Flowing | None
    beside: dict[str, Array] | None
    size: Array
    distance: Array
    call_weights: Array
    year_weights: Array

    @classmethod
    def of(cls, tables: dict[str, pl.DataFrame], years: tuple[int, ...], setting: Setting) -> World:
        """Return the evidence of the years, which follow on one another."""
        flows = tables["flows"]
        codes: set[str] = set()
        if "trade" in setting.domains:
            codes |= {*flows["state"].unique(), *flows["partner"].unique()}
        listed = tables["split_votes"].filter(pl.col("year").is_in(years))["states"].unique()
        codes |= {code for states in listed for code in states.split(";")}
        codes |= {*tables["memberships"]["state"].unique()}
        where = ground(codes, years, tables["memberships"], setting.poles)
        ballots = Ballots.of(tables["split_votes"], where)
        random = np.random.default_rng(setting.seed)
        year_weights = _free(random.standard_exponential((setting.draws, len(years))))
        families = int(ballots.families.max()) + 1 if ballots.families.size else 0
        text = _free(random.standard_exponential((setting.draws, families)))
        ties = between(tables["geography"], where) if "geography" in tables else None
        asked = setting.domains
        return cls(
            where,
            setting,
            ballots,
            {pole: ballots.of_pole(pole, where) for pole in setting.poles},
            flowing(flows, ties, where, setting.poles) if "trade" in asked else None,
            seats(tables["memberships"], where, setting.poles) if "seats" in asked else None,
            sizes(tables["indicators"], where) if "indicators" in tables else np.zeros((2, 0, 0)),
            np.zeros((0, 0)) if ties is None else np.where(ties[1], ties[0][0], np.nan),
            text[:, ballots.families] * year_weights[:, ballots.years - years[0]],
            year_weights,
        )

    @property
    def base(self) -> Mask:
        """Return the cells (years, states) whose mean and spread are the norm."""
        first, last = self.setting.norm
        inside = [first <= year <= last for year in self.where.years]
        return np.repeat(np.array(inside)[:, None], len(self.where.states), axis=1)

    def over_years(self, values: Array) -> Array:
        """Return weighted sums over windows (draws, years, states); missing years are left out."""
        known = np.nan_to_num(values)
        weighed = self.year_weights[:, :, None] * known[None]
        sums = self.windows(weighed)
        seen = self.windows(np.isfinite(values).astype(float)[None])
        return np.where(seen > 0, sums, np.nan)

    def mean_over_years(self, values: Array) -> Array:
        """Return weighted means over windows (draws, years, states)."""
        seen = np.isfinite(values).astype(float)
        weight = self.windows(self.year_weights[:, :, None] * seen[None])
        sums = self.windows(self.year_weights[:, :, None] * np.nan_to_num(values)[None])
        return np.divide(sums, weight, out=np.full_like(sums, np.nan), where=weight > 0)

    def over_calls(self, values: Array) -> Array:
        """Return weighted sums over the roll calls of each window (draws, years, states)."""
        first = self.where.years[0]
        by_year = np.zeros((len(self.call_weights), len(self.where.years), values.shape[1]))
        for t in range(len(self.where.years)):
            rows = self.ballots.years == first + t
            by_year[:, t] = self.call_weights[:, rows] @ values[rows]
        return self.windows(by_year)

    def windows(self, values: Array) -> Array:
        """Return sums over each year and its neighbours."""
        span = self.setting.window
        total = np.cumsum(np.pad(values, ((0, 0), (1 + span, span), (0, 0))), axis=1)
        width = 2 * span + 1
        return np.asarray(total[:, width:] - total[:, :-width])


def _free(weights: Array) -> Array:
    """Return drawn weights with those of the plain figure, all one, before them."""
    return np.concatenate([np.ones((1, weights.shape[1])), weights])


def split_calls(world: World, sides: tuple[str, str]) -> tuple[Array, Array, Array]:
    """Return for each roll call and state: points for the first side, comparisons, seen at all."""
    votes = world.ballots.choices
    cast = np.isfinite(votes)
    points, compared = np.zeros_like(votes), np.zeros_like(votes)
    for one in world.setting.sides[sides[0]]:
        for other in world.setting.sides[sides[1]]:
            a, b = world.poles[one], world.poles[other]
            split = (np.abs(a - b) == 1) & cast
            with_first = np.where(votes == 0.5, 0.5, np.where(votes == a, 1.0, 0.0))
            points += np.where(split, with_first, 0.0)
            compared += split
    return points, compared, (compared > 0).astype(float)


def counted(world: World, sides: tuple[str, str]) -> Array:
    """Return on how many roll calls that split the sides each state voted (years, states)."""
    seen = split_calls(world, sides)[2]
    first = world.where.years[0]
    found = np.zeros((1, len(world.where.years), seen.shape[1]))
    for t in range(found.shape[1]):
        found[0, t] = seen[world.ballots.years == first + t].sum(axis=0)
    return np.asarray(world.windows(found)[0])


def shares(world: World, sides: tuple[str, str]) -> dict[str, Array]:
    """Return by domain the share of the first of two sides (draws, years, states)."""
    found = {}
    if "votes" in world.setting.domains:
        points, compared, _ = split_calls(world, sides)
        sums, total = world.over_calls(points), world.over_calls(compared)
        found["votes"] = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 1e-12)
    if world.trade is not None:
        parts = [
            world.over_years(_summed([world.trade.actual[p] for p in world.setting.sides[side]]))
            for side in sides
        ]
        total = parts[0] + parts[1]
        found["trade"] = np.divide(parts[0], total, out=np.full_like(total, np.nan),
                                   where=total > 0)  # fmt: skip
    return found


def _summed(parts: list[Array]) -> Array:
    """Return the sum of what is known; not a number where nothing is."""
    known = np.isfinite(parts).any(axis=0)
    return np.where(known, np.nansum(parts, axis=0), np.nan)


def centred(x: Array, base: Mask) -> tuple[Array, Array]:
    r"""Return the signed distance from the median state, between −1 and 1, and that median.

    .. math:: s = \frac{x - x^*}{1 - x^*} \; (x \ge x^*), \quad \frac{x - x^*}{x^*} \; (x < x^*)

    The median is each draw's own: an agenda that moves everybody moves nobody against the others.
    """
    known = np.isfinite(x[0]) & base
    states = known.any(axis=0)
    if not states.any():
        return np.full_like(x, np.nan), np.full(len(x), np.nan)
    cells = np.where(known[:, states], x[:, :, states], np.nan)
    middle = np.median(np.nanmean(cells, axis=1), axis=1)[:, None, None]
    above, below = np.maximum(1 - middle, 1e-9), np.maximum(middle, 1e-9)
    signed = np.where(x >= middle, (x - middle) / above, (x - middle) / below)
    return signed, middle[:, 0, 0]


def scores(world: World) -> dict[str, dict[str, Array]]:
    """Return by domain and pole how far the pole is reached, standardised over the norm's years."""
    makers: dict[str, Callable[[World, str], Array]] = {
        "votes": _agreement, "trade": _traded, "seats": _seated,
    }  # fmt: skip
    there = [d for d in world.setting.domains if d != "trade" or world.trade is not None]
    return {
        domain: {
            pole: standardised(makers[domain](world, pole), world.base)
            for pole in world.setting.poles
        }
        for domain in there
    }


def _agreement(world: World, pole: str) -> Array:
    votes, other = world.ballots.choices, world.poles[pole]
    both = np.isfinite(votes) & np.isfinite(other)
    alike = np.where(both, 1 - np.abs(np.nan_to_num(votes) - np.nan_to_num(other)), 0.0)
    sums, total = world.over_calls(alike), world.over_calls(both.astype(float))
    return np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 1e-12)


def _traded(world: World, pole: str) -> Array:
    trade = world.trade
    if trade is None:
        raise AssertionError
    actual, likely = world.over_years(trade.actual[pole]), world.over_years(trade.expected[pole])
    floor = _FLOOR * world.over_years(trade.total)
    return np.log((actual + floor) / (likely + floor))


def _seated(world: World, pole: str) -> Array:
    beside = world.beside
    if beside is None:
        raise AssertionError
    distance = np.full(world.base.shape, np.nan)
    for t in range(len(world.where.years)):
        inside = world.where.belongs(pole, t)
        if inside.any():
            there = world.distance[:, inside]
            seen = np.isfinite(there)
            sums = np.where(seen, there, 0.0).sum(axis=1)
            distance[t] = np.divide(sums, seen.sum(axis=1), out=distance[t], where=seen.any(axis=1))
    left = residual(beside[pole], np.concatenate([world.size, distance[None]]), world.base)
    return world.mean_over_years(left)


def dirichlet(world: World, names: list[str], salt: int) -> dict[str, Array]:
    """Return for each name weights (draws, 1, 1) before they are made to sum to one; first 1."""
    random = np.random.default_rng([world.setting.seed, salt])
    drawn = random.gamma(CONCENTRATION, size=(world.setting.draws, len(names))) / CONCENTRATION
    return {name: _free(drawn)[:, [k], None] for k, name in enumerate(names)}


def weighed(parts: dict[str, Array], weights: dict[str, Array]) -> Array:
    """Return the weighted mean of the parts that are known, of each cell."""
    total = sum(weights[name] * np.isfinite(part) for name, part in parts.items())
    sums = sum(weights[name] * np.nan_to_num(part) for name, part in parts.items())
    total, sums = np.asarray(total, dtype=float), np.asarray(sums, dtype=float)
    return np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)


@dataclass(frozen=True)
class Answer:
    """What one pair of sides gives: values (draws, years, states), domains and roll calls known."""

    values: Array
    lean: Array
    domains: dict[str, Mask]
    n: Array


def balances(world: World) -> dict[tuple[str, str], Answer]:
    """Return the balance of each pair of sides, and the signed lean to the first of the two."""
    found = {}
    for pair in pairs_of(world.setting.sides):
        signed = {name: centred(x, world.base)[0] for name, x in shares(world, pair).items()}
        weights = dirichlet(world, list(signed), 1)
        near = {name: 1 - np.abs(part) for name, part in signed.items()}
        found[pair] = Answer(
            weighed(near, weights), weighed(signed, weights),
            {name: np.isfinite(part[0]) for name, part in signed.items()}, counted(world, pair),
        )  # fmt: skip
    return found


def reaches(world: World) -> dict[tuple[str, str], Answer]:
    """Return the reach of the weaker of each pair of sides, between 0 and 1."""
    from scipy.special import ndtr

    by_domain = scores(world)
    weights = dirichlet(world, list(world.setting.poles), 2)
    domain_weights = dirichlet(world, list(by_domain), 1)
    sides = {
        side: {
            domain: weighed({pole: of[pole] for pole in poles}, weights)
            for domain, of in by_domain.items()
        }
        for side, poles in world.setting.sides.items()
    }
    found = {}
    for pair in pairs_of(world.setting.sides):
        both = {
            domain: np.isfinite(sides[pair[0]][domain]) & np.isfinite(sides[pair[1]][domain])
            for domain in by_domain
        }
        ends = [
            weighed({d: np.where(both[d], sides[side][d], np.nan) for d in both}, domain_weights)
            for side in pair
        ]
        found[pair] = Answer(
            ndtr(np.minimum(*ends) / 0.6), ends[0] - ends[1],
            {d: mask[0] for d, mask in both.items()}, counted(world, pair),
        )  # fmt: skip
    return found

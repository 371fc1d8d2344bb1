r"""Who decides under weighted voting: Banzhaf, Penrose, Shapley–Shubik, Coleman.

A weighted game has players with weights :math:`w_i` and a quota :math:`q`; a coalition wins when
its weights reach the quota. Player i *swings* a coalition that wins with i and loses without.
Let :math:`\eta_i` be the swings of i, :math:`\omega` the winning coalitions of all :math:`2^n`.

Counting is exact. Fractions of votes are scaled to whole numbers, coalitions are counted by their
weight with the generating function :math:`\prod_i (1 + x^{w_i})`, in residues of primes below
:math:`2^{31}` put together by the Chinese remainder theorem, so that no digit of :math:`2^{193}`
is lost. A player is taken out of the count by the alternating sum
:math:`C_{-i}(x) = \sum_k (-1)^k C(x - k w_i)`. Shapley–Shubik needs coalitions by size as well:
small games are counted in two dimensions with whole numbers; large ones (where that would not fit)
by Gauss–Legendre quadrature of :math:`\varphi_i = \int_0^1 P_t(i \text{ swings}) dt`, whose
integrand is a polynomial of degree n − 1 in t. As many nodes as make the quadrature exact are used
unless 48 already give values that sum to 1 within 1e-10; rounding leaves about 1e-12.

Use the Banzhaf family for "how often does a vote matter", Shapley–Shubik for dividing a fixed
prize, Coleman's indices to tell blocking from initiating.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue, MissingData, choices
from multivector.tables import VOTING_POWER, VOTING_RULES, VotingPower, VotingRules

__all__ = ["voting_power"]

Index = Literal[
    "all",
    "weight_share",
    "swings",
    "banzhaf",
    "penrose",
    "shapley_shubik",
    "coleman_prevent",
    "coleman_initiate",
    "coleman_act",
]
_INDICES = (
    "weight_share",
    "swings",
    "banzhaf",
    "penrose",
    "shapley_shubik",
    "coleman_prevent",
    "coleman_initiate",
    "coleman_act",
)
_CELLS = 5_000_000
_LARGEST = 50_000_000
_PRIMES = (
    2147483647, 2147483629, 2147483587, 2147483579, 2147483563, 2147483549, 2147483543,
    2147483497, 2147483489, 2147483477, 2147483423, 2147483399, 2147483353, 2147483323,
    2147483269, 2147483249, 2147483237, 2147483179, 2147483171, 2147483137,
)  # fmt: skip


def voting_power(
    rules: VotingRules | None = None,
    *,
    organisation: str | None = None,
    weights: tuple[str, ...] = (),
    quota: float | None = None,
    index: Index = "all",
) -> VotingPower:
    r"""Power of each member under weighted voting, by the indices of the literature.

    .. math::
        \beta_i = \frac{\eta_i}{\sum_j \eta_j}, \quad
        \beta'_i = \frac{\eta_i}{2^{n-1}}, \quad
        \varphi_i = \sum_{S} \frac{s!\,(n - s - 1)!}{n!}, \quad
        \frac{\eta_i}{\omega}, \quad \frac{\eta_i}{2^n - \omega}, \quad
        A = \frac{\omega}{2^n}

    in turn banzhaf (normalised), penrose (absolute Banzhaf), shapley_shubik (S runs over the
    coalitions of size s that i swings), coleman_prevent, coleman_initiate, and coleman_act, the
    power of the collectivity to act, which is the same for all members.

    Parameters
    ----------
    rules : VotingRules, optional
        Decision rules of organisations: members' weights and the quota.
    organisation : str, optional
        Only the rules of this organisation.
    weights : tuple of str, optional
        A game of one's own instead of the table: ``MEMBER=WEIGHT``, or weights alone, whose
        members are then numbered from 1.
    quota : float, optional
        Votes needed; between 0 and 1 exclusive, a share of all votes. Overrides the table's
        quota; without any, more than half of the votes.
    index : str
        One index, or "all".

    Returns
    -------
    VotingPower
        One row a member and index. ``value``: swings in coalitions, all else in [0, 1], a share
        or probability. Null where nothing is to be shared: no coalition swings (coleman_initiate
        of a game in which every coalition wins). ``n`` is the number of members.

    Raises
    ------
    BadValue
        If a weight is negative, all are 0, the quota is not positive or above the total, a member
        comes twice, or the index is not known.
    MissingData
        If there are neither rules nor weights to compute from.

    References
    ----------
    Banzhaf, J. F. (1965). Weighted voting doesn't work. Rutgers Law Review 19.
    Shapley, L. S. and Shubik, M. (1954). A method for evaluating the distribution of power in a
    committee system. American Political Science Review 48(3).
    Coleman, J. S. (1971). Control of collectivities and the power of a collectivity to act.
    Felsenthal, D. S. and Machover, M. (1998). The Measurement of Voting Power.

    Examples
    --------
    >>> power = voting_power(weights=("RUS=40", "BLR=20", "KAZ=20", "KGZ=10", "TJK=10"),
    ...     quota=51, index="banzhaf")
    >>> power["state"].to_list(), power["value"].round(4).to_list()
    (['BLR', 'KAZ', 'KGZ', 'RUS', 'TJK'], [0.1667, 0.1667, 0.0833, 0.5, 0.0833])
    """
    if index != "all" and index not in _INDICES:
        raise BadValue(
            f"there is no index {index!r}; expected all or one of {choices(_INDICES)}; choose one"
        )
    table = _own_game(weights) if weights else _chosen(rules, organisation)
    games = table.partition_by("organisation", "start", maintain_order=True)
    wanted = _INDICES if index == "all" else (index,)
    rows = [row for game in games for row in _rows(game, quota, wanted)]
    frame = pl.DataFrame(rows, schema=VOTING_POWER.schema, orient="row")
    return frame.sort("organisation", "start", "state", "index", nulls_last=True)


def _own_game(weights: tuple[str, ...]) -> pl.DataFrame:
    rows = []
    for place, item in enumerate(weights, start=1):
        name, _, number = str(item).rpartition("=")
        name = name or f"{place:0{len(str(len(weights)))}d}"
        try:
            rows.append(("own", name.strip(), float(Fraction(number.strip()))))
        except (ValueError, ZeroDivisionError):
            raise BadValue(
                f"{item!r} is no member's weight; expected MEMBER=NUMBER, as in RUS=40; correct it"
            ) from None
    schema = {"organisation": pl.String, "state": pl.String, "weight": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return VOTING_RULES.conform(frame.with_columns(source=pl.lit("user"), locator=pl.lit("option")))


def _chosen(rules: VotingRules | None, organisation: str | None) -> pl.DataFrame:
    table = VOTING_RULES.empty() if rules is None else VOTING_RULES.conform(rules)
    known = table["organisation"].unique().sort().to_list()
    if organisation is not None:
        table = table.filter(pl.col("organisation") == organisation)
    if table.is_empty() and (organisation is not None or rules is None):
        raise MissingData(
            f"no decision rule of {organisation or 'any organisation'} is in the table; expected "
            f"one of {choices(known) or 'none'}, or weights; give weights as MEMBER=NUMBER"
        )
    return table.sort("organisation", "start", "state", nulls_last=True)


def _rows(
    game: pl.DataFrame, quota: float | None, wanted: tuple[str, ...]
) -> list[tuple[str, str, str | None, str, float | None, int]]:
    organisation, start = game.row(0, named=True)["organisation"], game["start"][0]
    states, printed = game["state"].to_list(), game["weight"].to_list()
    whole, need = _scaled(states, printed, quota if quota is not None else game["quota"][0])
    found = power(whole, need, shapley="shapley_shubik" in wanted)
    total = sum(whole)
    found["weight_share"] = [weight / total for weight in whole]
    return [
        (organisation, state, start, name, found[name][i], len(states))
        for name in wanted
        for i, state in enumerate(states)
    ]


def _scaled(states: list[str], weights: list[float], quota: float | None) -> tuple[list[int], int]:
    """Return weights and quota as the smallest whole numbers that make the same game."""
    repeated = sorted({state for state in states if states.count(state) > 1})
    if repeated:
        raise BadValue(
            f"the members {choices(repeated)} come twice; expected each once; correct the weights"
        )
    exact = [Fraction(weight).limit_denominator(1_000_000) for weight in weights]
    total = sum(exact)
    if total <= 0 or min(exact) < 0:
        raise BadValue(
            f"the weights {choices(weights)} are no game; expected numbers from 0, not all 0; "
            "correct the weights"
        )
    if quota is None:
        need, strict = total / 2, True
    elif 0 < quota < 1:
        need, strict = Fraction(quota).limit_denominator(10_000) * total, False
    else:
        need, strict = Fraction(quota).limit_denominator(1_000_000), False
    if not 0 < need <= total:
        raise BadValue(
            f"the quota {quota} cannot be met; expected a number of votes above 0 and at most the "
            f"total {float(total):g}, or a share between 0 and 1; correct the quota"
        )
    scale = math.lcm(*(weight.denominator for weight in exact))
    whole = [int(weight * scale) for weight in exact]
    divisor = math.gcd(*whole)
    need = need * scale / divisor
    least = math.floor(need) + 1 if strict else math.ceil(need)
    if least > _LARGEST:
        raise BadValue(
            f"the quota is {least:,} in the smallest common unit of the weights; expected at most "
            f"{_LARGEST:,}; round the weights"
        )
    return [weight // divisor for weight in whole], least


def power(weights: list[int], quota: int, *, shapley: bool = True) -> dict[str, list[float | None]]:
    """Return every index for whole weights and a whole quota, members in the order given."""
    n = len(weights)
    losing = _Losing(weights, quota)
    everything = 1 << n
    winning = everything - losing(None)
    swings = [losing(weight) - losing(weight, beyond=True) for weight in weights]
    total = sum(swings)
    found: dict[str, list[float | None]] = {
        "swings": [float(eta) for eta in swings],
        "banzhaf": [_ratio(eta, total) for eta in swings],
        "penrose": [_ratio(eta, everything >> 1) for eta in swings],
        "coleman_prevent": [_ratio(eta, winning) for eta in swings],
        "coleman_initiate": [_ratio(eta, everything - winning) for eta in swings],
        "coleman_act": [_ratio(winning, everything)] * n,
    }
    if shapley:
        found["shapley_shubik"] = list(_shapley(weights, quota))
    return found


def _ratio(part: int, whole: int) -> float | None:
    return float(Fraction(part, whole)) if whole else None


class _Losing:
    """Counts of coalitions below the quota: of all players, or of all but one of a weight."""

    def __init__(self, weights: list[int], quota: int) -> None:
        self.quota = quota
        self.primes = _PRIMES[: len(weights) // 30 + 1]
        if len(self.primes) * 30 < len(weights):
            raise BadValue(
                f"{len(weights)} members are too many to count; expected at most "
                f"{30 * len(_PRIMES)}; leave out members without weight"
            )
        self.sums = [_cumulative(sorted(weights), quota, prime) for prime in self.primes]
        self.cache: dict[tuple[int | None, bool], int] = {}

    def __call__(self, weight: int | None, *, beyond: bool = False) -> int:
        """Return coalitions lighter than the quota, or with ``beyond`` than quota less weight."""
        key = (weight, beyond)
        if key not in self.cache:
            self.cache[key] = self._count(weight, beyond)
        return self.cache[key]

    def _count(self, weight: int | None, beyond: bool) -> int:
        if weight is None:
            return _remainder([int(c[-1]) for c in self.sums], self.primes)
        if weight == 0:
            return self(None) // 2
        top = self.quota - 1 - (weight if beyond else 0)
        if top < 0:
            return 0
        residues = []
        for counts, prime in zip(self.sums, self.primes, strict=True):
            terms = counts[top::-weight]
            plus, minus = int(terms[::2].sum()), int(terms[1::2].sum())
            residues.append((plus - minus) % prime)
        return _remainder(residues, self.primes)


def _cumulative(weights: list[int], quota: int, prime: int) -> npt.NDArray[np.uint64]:
    """Return the coalitions of weight at most x, for x from 0 to quota - 1, modulo the prime."""
    counts = np.zeros(quota, dtype=np.uint32)
    counts[0] = 1
    modulus, reach = np.uint32(prime), 0
    for weight in weights:
        reach = min(reach + weight, quota - 1)
        if weight > reach or weight >= quota:
            continue
        new = counts[weight : reach + 1] + counts[: reach + 1 - weight]
        counts[weight : reach + 1] = np.minimum(new, new - modulus)
    return np.cumsum(counts, dtype=np.uint64) % np.uint64(prime)


def _remainder(residues: list[int], primes: tuple[int, ...]) -> int:
    """Return the whole number below the primes' product that has these residues."""
    value, modulus = 0, 1
    for residue, prime in zip(residues, primes, strict=True):
        step = (residue - value) * pow(modulus, -1, prime) % prime
        value += step * modulus
        modulus *= prime
    return value


def _shapley(weights: list[int], quota: int) -> list[float]:
    n = len(weights)
    if n * n * quota <= _CELLS:
        return _shapley_by_size(weights, quota)
    nodes = math.ceil(n / 2)
    few = min(nodes, 48)
    found = _shapley_by_quadrature(weights, quota, few)
    if few < nodes and abs(found.sum() - 1) > 1e-10:
        found = _shapley_by_quadrature(weights, quota, nodes)
    return [float(value) for value in found]


def _shapley_by_size(weights: list[int], quota: int) -> list[float]:
    """Return Shapley–Shubik from whole counts of coalitions by size and weight."""
    n = len(weights)
    counts = np.zeros((n + 1, quota), dtype=object)
    counts[0, 0] = 1
    for weight in weights:
        if weight < quota:
            counts[1:, weight:] = counts[1:, weight:] + counts[:-1, : quota - weight]
    share = [
        Fraction(math.factorial(s) * math.factorial(n - s - 1), math.factorial(n)) for s in range(n)
    ]
    by_weight: dict[int, float] = {}
    for weight in set(weights):
        others = _without(counts, weight, quota)
        swings = [int(others[s, max(quota - weight, 0) :].sum()) for s in range(n)]
        by_weight[weight] = float(sum((share[s] * swings[s] for s in range(n)), Fraction(0)))
    return [by_weight[weight] for weight in weights]


def _without(counts: npt.NDArray[np.object_], weight: int, quota: int) -> npt.NDArray[np.object_]:
    """Return counts by size and weight with one player of that weight taken out."""
    others = counts.copy()
    for size in range(1, counts.shape[0]):
        if weight < quota:
            others[size, weight:] = counts[size, weight:] - others[size - 1, : quota - weight]
    return others


def _shapley_by_quadrature(weights: list[int], quota: int, nodes: int) -> npt.NDArray[np.float64]:
    """Return Shapley–Shubik as the mean, over how likely others join, of the chance to swing.

    Nodes t and 1 − t share a density: when others join with 1 − t, the weights that stay away are
    distributed as those that join with t. Taking a player out divides by the likelier of the two,
    so that errors shrink.
    """
    points, shares = np.polynomial.legendre.leggauss(nodes)
    points, shares = (points + 1) / 2, shares / 2
    order = np.argsort(weights)
    ascending = [weights[i] for i in order]
    tops = (quota - 1, sum(weights) - quota)
    total = np.zeros(len(weights))
    for i in range(math.ceil(nodes / 2)):
        p = float(points[i])
        cumulative = _distribution(ascending, max(tops), p)
        sides = tops[:1] if 2 * i + 1 == nodes else tops
        for top in sides:
            total[order] += shares[i] * np.array(_chances(cumulative, ascending, top, p))
    return total


def _distribution(weights: list[int], top: int, p: float) -> npt.NDArray[np.float64]:
    """Return the chance that the weights, each drawn with chance p, sum to at most 0 … top."""
    density = np.zeros(top + 1)
    density[0] = (1 - p) ** len(weights)
    odds, reach = p / (1 - p), 0
    for weight in weights:
        reach = min(reach + weight, top)
        if weight <= reach:
            density[weight : reach + 1] += odds * density[: reach + 1 - weight]
    return np.cumsum(density)


def _chances(
    cumulative: npt.NDArray[np.float64], weights: list[int], top: int, p: float
) -> list[float]:
    """Return for each player the chance that the others' sum lies in the window it swings."""
    by_weight = {
        weight: _others(cumulative, top, weight, p) - _others(cumulative, top - weight, weight, p)
        for weight in set(weights)
    }
    return [by_weight[weight] for weight in weights]


def _others(cumulative: npt.NDArray[np.float64], top: int, weight: int, p: float) -> float:
    """Return the chance that the others' sum is at most ``top``."""
    if top < 0:
        return 0.0
    if weight == 0:
        return float(cumulative[top])
    terms = cumulative[top::-weight]
    ratio = -p / (1 - p)
    return float((terms * ratio ** np.arange(len(terms))).sum() / (1 - p))

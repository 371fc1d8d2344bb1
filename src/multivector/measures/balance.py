r"""Balance, reach and type: whether a state stands between rival sides, and reaches both.

Poles are grouped into rival *sides*, by default the West (USA, EU) and the East (RUS, CHN). Two
things are measured, because a multi-vector policy means two, and no number holds both.

- `balance`: is the state on one side or between them, compared with the median state of the world?
- `reach`: how far does it get to the side it reaches *less*, beyond what size and place explain?

A state low in balance leans to a side; one high in balance and low in reach is disengaged, and its
balance is that of distance; one high in both is multi-vector. `balance_type` says which, where the
evidence is clear, and between which two otherwise.

A pole that is an organisation votes as most of its members of the year did, trades as their sum and
sits as their mean. The state itself is never its own pole. With more than two sides each pair of
sides is measured; the value is the mean over pairs, and ``least`` the lowest of them.

Values are medians of draws, over which texts of roll calls, years of the window, domains and poles
are weighed anew, so that an interval always holds its value. There is no value where fewer than two
domains or fewer than ten roll calls that split the sides are known: ``n`` says how many were.
Intervals are wide against the differences between states: they allow no league table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue, choices
from multivector.measures import _draws as drawn
from multivector.measures._options import Default, given, with_options
from multivector.measures._sides import Sides, parsed
from multivector.tables import (
    BALANCE_TYPES,
    BALANCES,
    Balances,
    BalanceTypes,
    Flows,
    Geography,
    Indicators,
    Memberships,
    SplitVotes,
    Table,
)

__all__ = ["balance", "balance_type", "reach"]

Domain = Literal["votes", "trade", "seats"]

BALANCE_CUT = 0.55
REACH_CUT = 0.2
"""Where the types part: chosen on the known groups by cross-validation (docs/explanation)."""
CLEAR = 0.9
FEWEST_CALLS = 10
FEWEST_DOMAINS = 2
_FIRST = 1992


class SideOptions(TypedDict, total=False):
    """The sides, the years, and how the draws are made.

    Parameters
    ----------
    split_votes : SplitVotes
        Roll calls on which powers split, with all choices.
    flows : Flows
        Exports and imports between all states; reconciled figures before reported ones.
    memberships : Memberships
        Spells of status: who the members of a pole are, and who sits where.
    sides : str
        Two sides or more with their poles, states or organisations.
    years : tuple of int, optional
        First and last year; from 1992 to the last roll call if not given.
    window : int
        Years taken on either side of each year.
    norm : tuple of int
        The years whose states are the standard of comparison.
    draws : int
        Draws for the interval; 0 for none.
    level, seed
        Level of the interval and start of its random numbers.

    Raises
    ------
    BadValue
        If sides, domains, years or another option cannot be read.
    """

    sides: Annotated[str, Default("West:USA+EU,East:RUS+CHN")]
    years: Annotated[tuple[int, int] | None, Default(None)]
    window: Annotated[int, Default(1)]
    norm: Annotated[tuple[int, int], Default((2010, 2019))]
    draws: Annotated[int, Default(100)]
    level: Annotated[float, Default(0.9)]
    seed: Annotated[int, Default(1)]


@with_options
def balance(
    split_votes: SplitVotes,
    flows: Flows,
    memberships: Memberships,
    *,
    domains: tuple[Domain, ...] = ("votes", "trade"),
    **which: Unpack[SideOptions],
) -> Balances:
    r"""How evenly a state stands between rival sides, beside the median state of the world.

    .. math::

        b = 1 - \frac{x - x^*}{1 - x^*} \;(x \ge x^*), \qquad b = \frac{x}{x^*} \;(x < x^*),
        \qquad B = \sum_k w_k b_k

    In votes, x is the share of the first side on roll calls where a pole of each side said yes and
    no against the other, half for an abstention, absences apart; in trade the first side's share of
    trade with both, exports and imports together. :math:`x^*` is the world's median of the norm's
    years, so that being as far from the middle as everybody is no lean.

    Parameters
    ----------
    domains : tuple of str
        Among votes and trade.

    Returns
    -------
    Balances
        ``value`` in [0, 1]: 0 wholly on one side, 1 as balanced as the median state. Null where
        fewer than two of the domains asked, or fewer than ten split roll calls, are known; a
        state that is a side by itself has no row. ``n`` counts the roll calls of the window that
        split the sides and on which the state voted. ``nearer`` is the side it stands nearer to
        than the median state does.

    References
    ----------
    Kuik, C.-C. (2008). The essence of hedging: Malaysia and Singapore's response to a rising China.
        Contemporary Southeast Asia 30(2).

    Examples
    --------
    >>> calls = pl.DataFrame({"rollcall": [str(i) for i in range(12)], "date": ["2015-12-01"] * 12,
    ...     "year": [2015] * 12, "family": [str(i) for i in range(12)], "kind": ["final"] * 12,
    ...     "states": ["KAZ;RUS;USA"] * 12, "choices": ["yyn", "ayn", "nyn"] * 4,
    ...     "source": ["x@1"] * 12, "duplicate_of": [None] * 12},
    ...     schema_overrides={"duplicate_of": pl.String})
    >>> trade = pl.DataFrame({"state": ["KAZ", "KAZ"], "partner": ["RUS", "USA"],
    ...     "year": [2015] * 2, "flow": ["exports"] * 2, "product": [None] * 2,
    ...     "value": [30.0, 30.0], "unit": ["USD"] * 2, "reported_by": ["state"] * 2,
    ...     "source": ["x@1"] * 2, "locator": ["row"] * 2}, schema_overrides={"product": pl.String})
    >>> seats = pl.DataFrame({"organisation": ["UN"], "state": ["KAZ"], "status": ["member"],
    ...     "start": ["1992"], "end": [None], "as_of": ["2020"], "source": ["x@1"],
    ...     "locator": ["p. 1"]}, schema_overrides={"end": pl.String})
    >>> found = balance(calls, trade, seats, sides="A:USA,B:RUS", years=(2015, 2015))
    >>> found.filter(state="KAZ").select("value", "n", "domains").row(0)
    (1.0, 12, 'votes;trade')
    """
    tables = {"split_votes": split_votes, "flows": flows, "memberships": memberships}
    asked = _Asked.of(given(SideOptions, which), domains, ("votes", "trade"), split_votes)
    return _answered(asked, drawn.balances, tables)


@with_options
def reach(
    split_votes: SplitVotes,
    flows: Flows,
    memberships: Memberships,
    indicators: Indicators,
    geography: Geography,
    *,
    domains: tuple[Domain, ...] = ("votes", "trade", "seats"),
    **which: Unpack[SideOptions],
) -> Balances:
    r"""How far a state gets to the side it reaches less, beyond what size and place explain.

    .. math::

        e_{side} = \sum_k w_k \sum_{p \in side} v_p z_{kp}, \qquad
        R = \Phi\!\left(\frac{\min(e_W, e_E)}{0.6}\right)

    with z standardised over the states of the norm's years. Votes: Lijphart's agreement with the
    pole on the roll calls at hand. Trade: the log of trade with the pole over what a gravity model
    of the year expects (Poisson, effects of sellers and buyers, distance, border, language and
    colonial ties), .2 % of the state's trade added to both. Seats: the log of one plus the sum of
    levels in the organisations where both sit, small ones weighing more, less the fit on GDP,
    population and distance; bodies of one nest count once, a pole is fully in its own organisation.

    Parameters
    ----------
    indicators : Indicators
        GDP and population.
    geography : Geography
        Distance, border, language and colonial ties of pairs.
    domains : tuple of str
        Among votes, trade and seats; a domain counts for a year where both sides are known in it.

    Returns
    -------
    Balances
        ``value`` in [0, 1]: .5 where the weaker side is reached as by the average state. Null where
        fewer than two of the domains asked, or fewer than ten split roll calls, are known; a
        state that is a side by itself has no row. ``n`` counts the roll calls of the window that
        split the sides and on which the state voted. ``nearer`` is the side reached further.

    References
    ----------
    Lijphart, A. (1963). The analysis of bloc voting in the General Assembly. American Political
        Science Review 57(4).
    Santos Silva, J. and Tenreyro, S. (2006). The log of gravity. Review of Economics and Statistics
        88(4).

    Examples
    --------
    >>> from multivector import Workspace
    >>> names = ("split_votes", "flows", "memberships", "indicators", "geography")
    >>> tables = [Workspace().table(name).frame for name in names]
    >>> found = reach(*tables, years=(2015, 2015), draws=20).filter(state="KAZ")
    >>> found.select("state", "year", "domains").row(0)
    ('KAZ', 2015, 'votes;trade;seats')
    """
    tables = {
        "split_votes": split_votes, "flows": flows, "memberships": memberships,
        "indicators": indicators, "geography": geography,
    }  # fmt: skip
    known = ("votes", "trade", "seats")
    asked = _Asked.of(given(SideOptions, which), domains, known, split_votes)
    return _answered(asked, drawn.reaches, tables)


@with_options
def balance_type(
    split_votes: SplitVotes,
    flows: Flows,
    memberships: Memberships,
    indicators: Indicators,
    geography: Geography,
    **which: Unpack[SideOptions],
) -> BalanceTypes:
    r"""Which policy it is: multi-vector, leaning to a side, or disengaged, where the draws agree.

    .. math::

        \text{type} = \begin{cases} \text{leans to its side} & B < 0.55 \\
        \text{multi-vector} & B \ge 0.55,\; R \ge 0.2 \\ \text{disengaged} & \text{else}\end{cases}

    The cut points were chosen on known groups by cross-validation.

    Parameters
    ----------
    indicators, geography : Indicators, Geography
        As in `reach`.

    Returns
    -------
    BalanceTypes
        ``value`` is the share of the draws in which the likeliest type holds. ``type`` is null
        where that is below nine in ten: the two likeliest stand in ``between``. ``value`` is null
        where `balance` or `reach` is; ``n`` is theirs.

    References
    ----------
    Kuik, C.-C. (2008). The essence of hedging: Malaysia and Singapore's response to a rising China.
        Contemporary Southeast Asia 30(2).

    Examples
    --------
    >>> from multivector import Workspace
    >>> names = ("split_votes", "flows", "memberships", "indicators", "geography")
    >>> tables = [Workspace().table(name).frame for name in names]
    >>> found = balance_type(*tables, years=(2015, 2015), draws=50)
    >>> found.filter(state="SYR")["type"].item()
    'leans to East'
    """
    tables = {
        "split_votes": split_votes, "flows": flows, "memberships": memberships,
        "indicators": indicators, "geography": geography,
    }  # fmt: skip
    every: tuple[Domain, ...] = ("votes", "trade", "seats")
    asked = _Asked.of(given(SideOptions, which), every, every, split_votes)
    if not asked.years:
        return BALANCE_TYPES.empty()
    world = drawn.World.of(tables, asked.span, asked.setting)
    even = _Joined.of(drawn.balances(world), asked, FEWEST_DOMAINS)
    far = _Joined.of(drawn.reaches(world), asked, FEWEST_DOMAINS)
    return BALANCE_TYPES.conform(_types(asked, world.where.states, even, far))


@dataclass(frozen=True)
class _Asked:
    """What is asked: the years of the answer, those looked at, and the setting."""

    years: tuple[int, ...]
    span: tuple[int, ...]
    setting: drawn.Setting
    level: float
    text: str

    @classmethod
    def of(
        cls,
        o: SideOptions,
        domains: tuple[Domain, ...],
        known: tuple[str, ...],
        split_votes: SplitVotes,
    ) -> _Asked:
        """Return what options ask of the roll calls at hand."""
        sides = parsed(o["sides"])
        _check(o, domains, known)
        years, norm, window = o["years"], o["norm"], o["window"]
        if years is None:
            last = split_votes["year"].max()
            years = (_FIRST, _FIRST - 1 if last is None else int(str(last)))
        span = range(min(years[0], norm[0]) - window, max(years[1], norm[1]) + window + 1)
        setting = drawn.Setting(sides, tuple(domains), window, norm, o["draws"], o["seed"])
        return cls(tuple(range(years[0], years[1] + 1)), tuple(span), setting, o["level"],
                   o["sides"])  # fmt: skip

    @property
    def rows(self) -> slice:
        """Return where the years of the answer stand among those looked at."""
        first = self.years[0] - self.span[0]
        return slice(first, first + len(self.years))


def _check(o: SideOptions, domains: tuple[str, ...], known: tuple[str, ...]) -> None:
    strange = [domain for domain in domains if domain not in known]
    if strange or not domains or len(set(domains)) < len(domains):
        raise BadValue(
            f"domains {choices(domains) or 'none'} cannot be taken; expected one or more of "
            f"{choices(known)}, each once; correct them"
        )
    for option, number, sound, expected in (
        ("window", o["window"], 0 <= o["window"] <= 20, "a number of years from 0 to 20"),
        ("draws", o["draws"], o["draws"] >= 0, "0 for no interval, or a number such as 100"),
        ("level", o["level"], 0 < o["level"] < 1, "a share between 0 and 1"),
        ("norm", o["norm"], o["norm"][0] <= o["norm"][1], "a first and a last year"),
        ("years", o["years"], (o["years"] or (0, 0))[0] <= (o["years"] or (0, 0))[1],
         "a first and a last year"),
    ):  # fmt: skip
        if not sound:
            raise BadValue(f"{option} is {number}; expected {expected}; correct it")


@dataclass(frozen=True)
class _Joined:
    """All pairs of sides together, of the years asked: arrays (draws, years, states)."""

    values: drawn.Array
    least: drawn.Array
    lean: dict[str, drawn.Array]
    domains: dict[str, drawn.Mask]
    n: drawn.Array
    sound: drawn.Mask

    @classmethod
    def of(cls, found: dict[tuple[str, str], drawn.Answer], asked: _Asked, fewest: int) -> _Joined:
        """Return the mean over pairs, the least pair, and what they rest on."""
        parts = list(found.values())
        at = asked.rows
        stack = np.stack([part.values[:, at] for part in parts])
        domains = {
            name: np.all([part.domains[name][at] for part in parts], axis=0)
            for name in parts[0].domains
        }
        n = np.min([part.n[at] for part in parts], axis=0)
        known = np.isfinite(stack).all(axis=(0, 1))
        enough = sum(mask.astype(int) for mask in domains.values()) >= fewest
        sound = known & enough
        if "votes" in asked.setting.domains:
            sound &= n >= FEWEST_CALLS
        lean = {
            side: np.mean(
                [part.lean[:, at] * (1 if side == pair[0] else -1)
                 for pair, part in found.items() if side in pair],
                axis=0,
            )
            for side in asked.setting.sides
        }  # fmt: skip
        return cls(stack.mean(axis=0), stack.min(axis=0), lean, domains, n, sound)

    def nearer(self, sides: Sides) -> drawn.Array:
        """Return the place of the side each draw stands nearest to (draws, years, states)."""
        leans = np.stack([np.nan_to_num(self.lean[side], nan=-9.0) for side in sides])
        return np.asarray(leans.argmax(axis=0))


def _answered(asked: _Asked, make: object, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the answer's rows: of each state and year of which anything is known."""
    if not asked.years or not callable(make):
        return BALANCES.empty()
    world = drawn.World.of(tables, asked.span, asked.setting)
    fewest = min(FEWEST_DOMAINS, len(asked.setting.domains))
    joined = _Joined.of(make(world), asked, fewest)
    low, middle, high = _quantiles(joined.values, joined.sound, asked.level)
    least = _quantiles(joined.least, joined.sound, asked.level)[1]
    names = list(asked.setting.sides)
    nearest = joined.nearer(asked.setting.sides)[0]
    rows = [
        {
            **_row(asked, world.where.states, joined, t, k),
            "value": middle[t, k], "low": low[t, k] if asked.setting.draws else None,
            "high": high[t, k] if asked.setting.draws else None, "least": least[t, k],
            "nearer": names[int(nearest[t, k])] if joined.sound[t, k] else None,
        }
        for t, k in _cells(joined)
    ]  # fmt: skip
    return _frame(BALANCES, rows)


def _cells(joined: _Joined) -> list[tuple[int, int]]:
    """Return the years and states of which anything is known, states in order."""
    known = (joined.n > 0) | np.any(list(joined.domains.values()), axis=0)
    return [(int(t), int(k)) for k, t in zip(*np.nonzero(known.T), strict=True)]


def _row(
    asked: _Asked, states: tuple[str, ...], joined: _Joined, t: int, k: int
) -> dict[str, object]:
    return {
        "state": states[k],
        "year": asked.years[t],
        "n": int(joined.n[t, k]),
        "domains": ";".join(name for name, mask in joined.domains.items() if mask[t, k]),
        "sides": asked.text,
    }


def _frame(table: Table, rows: list[dict[str, object]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema_overrides=table.schema) if rows else table.empty()
    return table.conform(frame.with_columns(pl.col(pl.Float64).fill_nan(None)))


def _quantiles(
    values: drawn.Array, sound: drawn.Mask, level: float
) -> tuple[drawn.Array, drawn.Array, drawn.Array]:
    """Return low, median and high of the draws; the plain figure three times without any."""
    found = np.full((3, *sound.shape), np.nan)
    own = values[1:] if len(values) > 1 else values
    tail = (1 - level) / 2
    if sound.any():
        found[:, sound] = np.quantile(own[:, sound], [tail, 0.5, 1 - tail], axis=0)
    return found[0], found[1], found[2]


def _types(asked: _Asked, states: tuple[str, ...], even: _Joined, far: _Joined) -> pl.DataFrame:
    """Return the rows of types: how many draws are of each, in each year and state."""
    sides = list(asked.setting.sides)
    names = ["multi-vector", "disengaged", *(f"leans to {side}" for side in sides)]
    start = 1 if asked.setting.draws else 0
    b, r = np.nan_to_num(even.values[start:]), np.nan_to_num(far.values[start:])
    kinds = np.where(
        b < BALANCE_CUT, 2 + even.nearer(asked.setting.sides)[start:],
        np.where(r >= REACH_CUT, 0, 1),
    )  # fmt: skip
    shares = np.stack([(kinds == kind).mean(axis=0) for kind in range(len(names))])
    order = np.argsort(-shares, axis=0, kind="stable")
    sound = even.sound & far.sound
    balances = _quantiles(even.values, sound, asked.level)[1]
    reaches = _quantiles(far.values, sound, asked.level)[1]
    rows = []
    for t, k in _cells(far):
        row = {**_row(asked, states, far, t, k), "balance": None, "reach": None}
        if sound[t, k]:
            first, second = (names[int(order[place, t, k])] for place in (0, 1))
            share = float(shares[order[0, t, k], t, k])
            clear = share >= CLEAR
            row |= {
                "value": share, "type": first if clear else None,
                "between": None if clear else f"{first};{second}",
                "balance": balances[t, k], "reach": reaches[t, k],
            }  # fmt: skip
        rows.append(row)
    return _frame(BALANCE_TYPES, rows)

"""The evidence on rival sides: votes, trade and seats of all states beside the poles of each side.

Everything is an array over states, in one order, and years. A pole is a state or an organisation;
an organisation votes as most of its members of the year did, trades as their sum and sits as their
mean, each time without the state that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.errors import BadValue, choices
from multivector.measures._expectation import gravity
from multivector.names.spells import SEATS

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]

Sides = dict[str, tuple[str, ...]]

_LETTERS = {"y": 1.0, "a": 0.5, "n": 0.0}
_LEVELS = {
    "founding_member": 1.0, "member": 1.0, "associate": 0.66, "observer": 0.5,
    "dialogue_partner": 0.33, "partner": 0.33,
}  # fmt: skip
_MEMBER = ("founding_member", "member")
_STATES = 193
NESTS: tuple[tuple[str, ...], ...] = (
    ("SCO", "RATS", "S5"),
    ("CST", "CSTO"),
    ("EAEC", "CU", "SES", "EAEU"),
    ("NATO", "EAPC", "PFP"),
    ("OTS", "TURKPA", "TURKSOY", "TWESCO"),
    ("BRICS", "NDB"),
)
"""Bodies that are parts, forerunners or arms of one another: a seat in several counts once."""


def parsed(sides: str) -> Sides:
    """Return the sides a text names: two or more, no pole twice.

    >>> parsed("West:USA+EU,East:RUS+CHN")
    {'West': ('USA', 'EU'), 'East': ('RUS', 'CHN')}

    Raises
    ------
    BadValue
        If the text does not name them so.
    """
    found: Sides = {}
    for part in sides.replace("=", ":").split(","):
        name, colon, poles = (piece.strip() for piece in part.partition(":"))
        listed = tuple(pole.strip().upper() for pole in poles.split("+") if pole.strip())
        if not (name and colon and listed) or name in found:
            raise BadValue(
                f"the side {part.strip()!r} cannot be read; expected a new name and its poles, as "
                "in West:USA+EU,East:RUS+CHN; correct sides"
            )
        found[name] = listed
    every = [pole for listed in found.values() for pole in listed]
    twice = sorted({pole for pole in every if every.count(pole) > 1})
    if len(found) < 2 or twice:
        wrong = f"pole {choices(twice)} stands twice" if twice else f"only {len(found)} side"
        raise BadValue(
            f"{wrong} in {sides!r}; expected two sides or more and each pole once; correct sides"
        )
    return found


@dataclass(frozen=True)
class Ground:
    """Which states and years are looked at, and who belongs to each pole that is a bloc."""

    states: tuple[str, ...]
    years: tuple[int, ...]
    members: dict[str, Mask]
    """Of each pole that is an organisation: (years, states)."""

    def place(self, state: str) -> int | None:
        """Return where a state stands, or null."""
        return self.states.index(state) if state in self.states else None

    def belongs(self, pole: str, year: int) -> Mask:
        """Return which states act as a pole in a year: an organisation's members, or itself."""
        if pole in self.members:
            return np.asarray(self.members[pole][year], dtype=bool)
        return np.array([state == pole for state in self.states], dtype=bool)


def ground(
    codes: set[str], years: tuple[int, ...], memberships: pl.DataFrame, poles: tuple[str, ...]
) -> Ground:
    """Return the ground on which poles stand.

    Raises
    ------
    BadValue
        If a pole is neither a state with data nor an organisation with members.
    """
    states = tuple(sorted(codes))
    place = {state: k for k, state in enumerate(states)}
    held: dict[str, Mask] = {}
    full = memberships.filter(pl.col("status").is_in(_MEMBER))
    clubs = set(full["organisation"])
    strange = sorted({pole for pole in poles if pole not in place and pole not in clubs})
    if strange and codes:
        raise BadValue(
            f"{choices(strange)} is neither a state of which anything is known nor an organisation "
            "with members; expected codes such as USA or EU; correct sides"
        )
    for pole in poles:
        if pole in place or pole not in clubs:
            continue
        rolls = SEATS.rolls(full.filter(pl.col("organisation") == pole), "state", years)
        mask = np.zeros((len(years), len(states)), dtype=bool)
        for t, roll in enumerate(rolls):
            mask[t, [place[code] for code in roll if code in place]] = True
        held[pole] = mask
    return Ground(states, years, held)


@dataclass(frozen=True)
class Ballots:
    """Roll calls by states: 1 yes, ½ abstain, 0 no, not a number where no vote was cast."""

    choices: Array
    years: Integers
    families: Integers

    @classmethod
    def of(cls, split_votes: pl.DataFrame, where: Ground) -> Ballots:
        """Return the final votes of the ground's years, each text of a day once."""
        first, last = (where.years[0], where.years[-1]) if where.years else (0, -1)
        rows = split_votes.filter(
            pl.col("year").is_between(first, last), pl.col("duplicate_of").is_null()
        ).sort("rollcall")
        place = {state: k for k, state in enumerate(where.states)}
        found = np.full((rows.height, len(where.states)), np.nan)
        header, columns = "", np.zeros(0, dtype=np.int64)
        for call, (states, cast) in enumerate(rows.select("states", "choices").iter_rows()):
            if states != header:
                header = states
                columns = np.array([place.get(code, -1) for code in states.split(";")])
            marks = np.array([_LETTERS.get(letter, np.nan) for letter in cast])
            known = columns >= 0
            found[call, columns[known]] = marks[known]
        named = rows.select(pl.coalesce("family", "rollcall").rank("dense"))
        families = named.to_series().to_numpy().astype(np.int64) - 1
        return cls(found, rows["year"].to_numpy().astype(np.int64), families)

    def of_pole(self, pole: str, where: Ground) -> Array:
        """Return a pole's choice on each roll call as each state sees it, without that state."""
        own = where.place(pole)
        if own is not None:
            found = np.repeat(self.choices[:, [own]], len(where.states), axis=1)
            found[:, own] = np.nan
            return found
        if pole not in where.members:
            return np.full_like(self.choices, np.nan)
        inside = where.members[pole][self.years - where.years[0]]
        cast = {level: inside & (self.choices == level) for level in (1.0, 0.5, 0.0)}
        counts = {level: mask.sum(axis=1, keepdims=True) - mask for level, mask in cast.items()}
        total = sum(counts.values())
        found = np.full_like(self.choices, np.nan)
        for level, count in counts.items():
            found[2 * count > total] = level
        return found


@dataclass(frozen=True)
class Flowing:
    """Trade in both directions with each pole, what structure lets one expect, and the total."""

    actual: dict[str, Array]
    expected: dict[str, Array]
    total: Array


_TERMS = ("distance", "contiguous", "common_language", "colony", "common_coloniser")


def trade_cube(flows: pl.DataFrame, where: Ground) -> Array:
    """Return flows (years, exporters, importers): as sellers report, else as buyers do; dollars."""
    shape = (len(where.years), len(where.states), len(where.states))
    found = np.full(shape, np.nan)
    rows = flows.filter(
        pl.col("flow").is_in(["exports", "imports"]),
        pl.col("unit") != "percent",
        pl.col("value").is_not_null(),
        pl.col("year").is_in(where.years),
        pl.col("state").is_in(where.states) & pl.col("partner").is_in(where.states),
    )
    whole = pl.col("product").is_null()
    key = ["state", "partner", "year", "flow", "reported_by", "source"]
    if not rows.select(whole.all()).item():
        totals = rows.filter(whole)
        parts = rows.filter(~whole).join(totals, on=key, how="anti")
        rows = pl.concat([totals, parts.group_by(key).agg(pl.col("value").sum())], how="diagonal")
    place = {state: k for k, state in enumerate(where.states)}
    rows = rows.sort("source").with_columns(
        pl.col("state", "partner").replace_strict(place, return_dtype=pl.Int64)
    )
    for flow, report in (
        ("imports", "partner"), ("exports", "partner"), ("imports", "state"), ("exports", "state"),
        ("imports", "reconciled"), ("exports", "reconciled"),
    ):  # fmt: skip
        own = rows.filter(pl.col("flow") == flow, pl.col("reported_by") == report)
        a, b = own["state"].to_numpy(), own["partner"].to_numpy()
        if flow == "imports":
            a, b = b, a
        found[own["year"].to_numpy() - where.years[0], a, b] = own["value"].to_numpy()
    return found


def between(geography: pl.DataFrame, where: Ground) -> tuple[Array, Mask]:
    """Return log distance and the four ties (terms, states, states), and which pairs are known."""
    place = {state: k for k, state in enumerate(where.states)}
    size = len(where.states)
    found = np.zeros((len(_TERMS), size, size))
    known = np.zeros((size, size), dtype=bool)
    rows = geography.filter(
        pl.col("state").is_in(where.states), pl.col("partner").is_in(where.states)
    )
    a = np.array([place[code] for code in rows["state"]], dtype=np.int64)
    b = np.array([place[code] for code in rows["partner"]], dtype=np.int64)
    for k, term in enumerate(_TERMS):
        values = rows[term].cast(pl.Float64).to_numpy()
        values = np.log(np.maximum(values, 1.0)) if k == 0 else values
        found[k, a, b] = found[k, b, a] = values
    known[a, b] = known[b, a] = True
    return found, known


def flowing(
    flows: pl.DataFrame, ties: tuple[Array, Mask] | None, where: Ground, poles: tuple[str, ...]
) -> Flowing:
    """Return trade with the poles; years without trade are not a number.

    Without what lies between states nothing is expected.
    """
    cube = trade_cube(flows, where)
    shape = cube.shape[:2]
    nothing = np.full(shape, np.nan)
    actual = {pole: nothing.copy() for pole in poles}
    expected = {pole: nothing.copy() for pole in poles}
    total = nothing.copy()
    for t in range(shape[0]):
        if not np.isfinite(cube[t]).any():
            continue
        sold = np.nan_to_num(cube[t])
        likely = np.full_like(sold, np.nan) if ties is None else gravity(sold, *ties)
        both, hoped = sold + sold.T, likely + likely.T
        active = both.sum(axis=1) > 0
        total[t] = np.where(active, both.sum(axis=1), np.nan)
        for pole in poles:
            inside = where.belongs(pole, t)
            if not inside.any():
                continue
            alone = inside & (inside.sum() == 1)
            with_it = both[:, inside].sum(axis=1)
            actual[pole][t] = np.where(active & ~alone, with_it, np.nan)
            seen = np.isfinite(hoped[:, inside])
            sums = np.where(seen, hoped[:, inside], 0.0).sum(axis=1)
            expected[pole][t] = np.where(active & ~alone & seen.any(axis=1), sums, np.nan)
    return Flowing(actual, expected, total)


def seats(memberships: pl.DataFrame, where: Ground, poles: tuple[str, ...]) -> dict[str, Array]:
    r"""Return for each pole (years, states): :math:`\ln(1 + \sum_o l_{so} l_{po} (-\ln(m_o/193)))`.

    A pole is fully in its own organisation; bodies of one nest count once, with the largest.
    """
    rows = memberships.filter(pl.col("status").is_in(list(_LEVELS)))
    clubs = sorted(set(rows["organisation"]))
    at = {code: k for k, code in enumerate(clubs)}
    place = {state: k for k, state in enumerate(where.states)}
    levels = np.zeros((len(where.years), len(where.states), len(clubs)))
    spread = SEATS.by_year(
        rows.filter(pl.col("state").is_in(where.states)).select(
            "organisation", "state", "status", "start", "end", "as_of"
        ),
        where.years,
    )
    for club, state, status, year in spread.select(
        "organisation", "state", "status", "year"
    ).iter_rows():
        cell = (year - where.years[0], place[state], at[club])
        levels[cell] = max(levels[cell], _LEVELS[status])
    size = (levels >= 1).sum(axis=1)
    weight = -np.log(np.clip(size, 1, _STATES) / _STATES)[:, None, :]
    nested = [[at[code] for code in nest if code in at] for nest in NESTS]
    return {
        pole: _beside(levels, weight * _pole_level(levels, pole, where, at), nested)
        for pole in poles
    }


def _pole_level(levels: Array, pole: str, where: Ground, at: dict[str, int]) -> Array:
    """Return the pole's level in each club as each state sees it: (years, states, clubs)."""
    own = where.place(pole)
    if own is not None:
        found = np.repeat(levels[:, [own]], levels.shape[1], axis=1)
        found[:, own] = np.nan
        return found
    inside = where.members.get(pole, np.zeros(levels.shape[:2], dtype=bool)).astype(float)
    others = inside.sum(axis=1)[:, None] - inside
    sums = np.einsum("ts,tso->to", inside, levels)[:, None, :] - inside[:, :, None] * levels
    found = sums / np.where(others > 0, others, np.nan)[:, :, None]
    if pole in at:
        found[:, :, at[pole]] = np.where(others > 0, 1.0, np.nan)
    return np.asarray(found)


def _beside(levels: Array, worth: Array, nested: list[list[int]]) -> Array:
    each = levels * worth
    lone = np.ones(each.shape[2], dtype=bool)
    found = np.zeros(each.shape[:2])
    for nest in nested:
        if nest:
            lone[nest] = False
            found = found + each[:, :, nest].max(axis=2)
    return np.asarray(np.log1p(found + each[:, :, lone].sum(axis=2)))


def sizes(indicators: pl.DataFrame, where: Ground) -> Array:
    """Return log GDP and log population (2, years, states); nearest year where one is missing.

    A GDP that no source in hand gives in dollars is that at purchasing power, else what the
    population lets one expect.
    """
    found = np.stack([_log(indicators, name, where) for name in ("gdp", "population", "gdp_ppp")])
    gdp, people, power = found
    gdp = np.where(np.isfinite(gdp), gdp, power)
    known = np.isfinite(gdp) & np.isfinite(people)
    if known.sum() > 2:
        slope, level = np.polyfit(people[known], gdp[known], 1)
        gdp = np.where(np.isfinite(gdp), gdp, level + slope * people)
    return np.stack([gdp, people])


def _log(indicators: pl.DataFrame, name: str, where: Ground) -> Array:
    rows = indicators.filter(
        pl.col("indicator") == name, pl.col("value") > 0, pl.col("state").is_in(where.states)
    ).sort("state", "year", "source")  # fmt: skip
    place = {state: k for k, state in enumerate(where.states)}
    found = np.full((len(where.years), len(where.states)), np.nan)
    asked = np.array(where.years, dtype=float)
    for (state,), own in rows.group_by("state", maintain_order=True):
        each = own.unique("year", keep="last", maintain_order=True)
        known = each["year"].to_numpy().astype(float)
        nearest = np.abs(asked[:, None] - known[None, :]).argmin(axis=1)
        found[:, place[str(state)]] = np.log(each["value"].to_numpy())[nearest]
    return found


def pairs_of(sides: Sides) -> list[tuple[str, str]]:
    """Return the pairs of sides, in the order named."""
    return list(combinations(sides, 2))

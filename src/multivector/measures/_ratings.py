"""From codings to a sheet of ratings: which coder gave which unit which category."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue, UnknownName, choices
from multivector.tables import CODINGS

Floats = npt.NDArray[np.float64]
Estimator = Callable[[Floats, Floats], float]
"""A coefficient of ratings (coders by units by categories) and of a weight for each unit."""


@dataclass(frozen=True)
class Ratings:
    """The ratings of one variable: ``given[coder, unit, category]`` is 1 where it was given."""

    variable: str
    coders: tuple[str, ...]
    categories: tuple[str, ...]
    given: Floats

    @property
    def counts(self) -> Floats:
        """Return how many coders gave each unit each category."""
        return np.asarray(self.given.sum(axis=0), dtype=np.float64)

    @property
    def paired(self) -> int:
        """Return how many units two coders or more have coded."""
        return int((self.counts.sum(axis=1) >= 2).sum())

    def of(self, first: int, second: int) -> Ratings:
        """Return the ratings of two coders on the units that both have coded."""
        both = self.given[[first, second]]
        shared = (both.sum(axis=2) > 0).all(axis=0)
        names = (self.coders[first], self.coders[second])
        return Ratings(self.variable, names, self.categories, both[:, shared])


def in_force(codings: pl.DataFrame) -> pl.DataFrame:
    """Return the codings that no other coding supersedes."""
    replaced = codings["supersedes"].drop_nulls().implode()
    return codings.filter(~pl.col("coding").is_in(replaced))


def ratings_of(
    codings: pl.DataFrame,
    *,
    variable: str | None = None,
    coders: Sequence[str] | None = None,
    categories: Sequence[str] | None = None,
) -> list[Ratings]:
    """Return one sheet a variable, of the codings in force.

    Raises
    ------
    UnknownName
        If nobody coded the variable, or a coder asked for coded nothing.
    BadValue
        If a coder gave one unit two categories, or a category is not among ``categories``.
    """
    rows = in_force(CODINGS.conform(codings))
    rows = _among(rows, "variable", None if variable is None else [variable])
    rows = _among(rows, "coder", coders)
    _refuse_repeats(rows)
    found = sorted(rows["variable"].unique())
    return [
        _ratings_of(rows.filter(pl.col("variable") == name), name, categories) for name in found
    ]


def _among(rows: pl.DataFrame, column: str, wanted: Sequence[str] | None) -> pl.DataFrame:
    if wanted is None or rows.is_empty():
        return rows
    known = sorted(rows[column].unique())
    absent = [name for name in wanted if name not in known]
    if absent:
        raise UnknownName(
            f"no coding has the {column} {choices(map(repr, absent))}; expected one of "
            f"{choices(known)}; correct the name"
        )
    return rows.filter(pl.col(column).is_in(list(wanted)))


def _refuse_repeats(rows: pl.DataFrame) -> None:
    key = ["variable", "unit", "coder"]
    repeated = rows.group_by(key).len().filter(pl.col("len") > 1).sort(key)
    if repeated.is_empty():
        return
    first = repeated.row(0, named=True)
    raise BadValue(
        f"{first['coder']} coded {first['variable']} of {first['unit']} {first['len']} times "
        f"({repeated.height} such units); expected one coding of a unit by a coder; let the later "
        "one supersede the earlier"
    )


def _ratings_of(rows: pl.DataFrame, variable: str, categories: Sequence[str] | None) -> Ratings:
    seen = set(rows["value"])
    order = sorted(seen, key=_size) if categories is None else list(categories)
    strange = sorted(seen - set(order))
    if strange:
        raise BadValue(
            f"{variable} holds {choices(map(repr, strange), 5)}; expected one of "
            f"{choices(order)}; name every category in the option categories"
        )
    coders, units = sorted(rows["coder"].unique()), sorted(rows["unit"].unique())
    given = np.zeros((len(coders), len(units), len(order)))
    place = [{name: at for at, name in enumerate(names)} for names in (coders, units, order)]
    for coder, unit, value in rows.select("coder", "unit", "value").iter_rows():
        given[place[0][coder], place[1][unit], place[2][value]] = 1.0
    return Ratings(variable, tuple(coders), tuple(order), given)


def _size(value: str) -> tuple[bool, float, str]:
    try:
        return False, float(value), value
    except ValueError:
        return True, 0.0, value


def figures(ratings: Ratings) -> Floats:
    """Return the categories as numbers.

    Raises
    ------
    BadValue
        If a category is not a number.
    """
    try:
        found = np.array([float(value) for value in ratings.categories])
    except ValueError:
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        raise BadValue(
            f"{ratings.variable} holds {choices(map(repr, ratings.categories), 5)}, which are not "
            "all numbers; expected numbers for distances between categories; use the nominal "
            "metric, or name the order of the categories in the option categories"
        )
    return found


def estimate(
    ratings: Ratings, estimator: Estimator, *, bootstrap: int, level: float, seed: int
) -> tuple[float | None, float | None, float | None]:
    """Return a coefficient and its percentile interval over units drawn with replacement.

    The ends are null where the coefficient is, without draws, and where it is undefined in more
    than half of the draws.
    """
    units = ratings.given.shape[1]
    value = estimator(ratings.given, np.ones(units)) if units else float("nan")
    if not np.isfinite(value):
        return None, None, None
    if bootstrap <= 0 or units < 2:
        return float(value), None, None
    generator = np.random.default_rng(seed)
    even = np.full(units, 1 / units)
    draws = [
        estimator(ratings.given, generator.multinomial(units, even).astype(np.float64))
        for _ in range(bootstrap)
    ]
    kept = np.array([draw for draw in draws if np.isfinite(draw)])
    if kept.size * 2 < bootstrap:
        return float(value), None, None
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return float(value), float(low), float(high)


def check_draws(bootstrap: int, level: float) -> None:
    """Refuse a number of draws or a level that cannot be.

    Raises
    ------
    BadValue
        If there are fewer than 0 draws or the level is not between 0 and 1.
    """
    if bootstrap < 0:
        raise BadValue(f"bootstrap is {bootstrap}; expected 0 or more draws; choose 0 for none")
    if not 0 < level < 1:
        raise BadValue(f"level is {level}; expected a share between 0 and 1; write 0.95")

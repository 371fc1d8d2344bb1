r"""Effects of a treatment that starts at different times: group-time difference in differences.

A comparison of before and after with everybody who is not treated *yet*, as two-way fixed effects
make it, uses units already treated as controls and can get the sign wrong. Callaway and Sant'Anna
(2021) estimate one effect for every group (the units first treated in the same year) and year,
against units that are never treated, and only then put them together: `group_time`, `aggregate`.

Every estimate comes with its influence function, one figure a unit, from which follow standard
errors for independent units, or for pairs of states that are dependent when they share a state
(Aronow, Samii and Assenova 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.errors import BadValue
from multivector.measures._options import require
from multivector.measures._ppml import dyadic_meat
from multivector.tables import EFFECTS, GROUP_EFFECTS, Effects, GroupEffects

__all__ = ["GroupTime", "Panel", "aggregate", "group_time", "panel_of"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Control = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Panel:
    """Units by years: the outcome (not a number where missing), and when each unit is treated.

    ``group`` is the year of first treatment, 0 for never. ``first`` and ``second`` number the two
    members of a unit that is a pair; null for units that are independent of one another.
    """

    outcome: Array
    years: Integers
    group: Integers
    first: Integers | None = None
    second: Integers | None = None


@dataclass(frozen=True, slots=True)
class GroupTime:
    """Group-time effects: the table, and beside it the influence of every unit on every effect."""

    effects: GroupEffects
    influence: Array
    panel: Panel


def panel_of(
    frame: pl.DataFrame, *, unit: str, year: str = "year", outcome: str = "value", group: str
) -> Panel:
    """Return a long frame as units by years.

    Parameters
    ----------
    frame : DataFrame
        One row a unit and year.
    unit, year, outcome, group : str
        Columns; ``group`` is the year of first treatment, 0 or null for never.

    Returns
    -------
    Panel
        Units and years in sorted order; null outcomes, and rows that are not there, are missing.

    Raises
    ------
    BadValue
        If a unit has two rows for a year, or two groups.

    References
    ----------
    Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time
    periods. Journal of Econometrics 225(2).

    Examples
    --------
    >>> frame = pl.DataFrame({"unit": [1, 1], "year": [2001, 2002], "value": [1.0, 3.0],
    ...     "group": [2002, 2002]})
    >>> panel_of(frame, unit="unit", group="group").outcome.tolist()
    [[1.0, 3.0]]
    """
    if frame.select(pl.struct(unit, year).is_duplicated().any()).item():
        raise BadValue("a unit has several rows for a year; expected one; add them up first")
    groups = frame.select(unit, pl.col(group).fill_null(0)).unique().sort(unit)
    if groups[unit].is_duplicated().any():
        raise BadValue("a unit has several groups; expected one first year; correct the rows")
    years = frame[year].unique().sort().to_numpy().astype(np.int64)
    positions = frame[unit].replace_strict(
        groups[unit], pl.Series(range(groups.height)), return_dtype=pl.Int64
    )
    found = np.full((groups.height, years.size), np.nan)
    values = frame[outcome].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found[positions.to_numpy(), np.searchsorted(years, frame[year].to_numpy())] = values
    return Panel(found, years, groups[group].to_numpy().astype(np.int64))


def group_time(panel: Panel, *, control: Control = "never", base: Base = "varying") -> GroupTime:
    r"""Return the effect on every group in every year.

    .. math::
        ATT(g, t) = E[Y_t - Y_{b} \mid G = g] - E[Y_t - Y_{b} \mid C]

    with b = g - 1 from the year g on; before, b = t - 1 ("varying") or g - 1 ("universal").

    Parameters
    ----------
    panel : Panel
        Units by years; groups treated in the first year or before say nothing and are left out.
    control : {"never", "not_yet"}
        Compare with units never treated, or with all not treated by the year either.
    base : {"varying", "universal"}
        The year with which years before treatment are compared.

    Returns
    -------
    GroupTime
        ``effects.value`` in units of the outcome, null where no treated or no control unit is
        seen in both years; ``n`` is the number of treated units compared.

    Raises
    ------
    BadValue
        If an option is not known.

    References
    ----------
    Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time
    periods. Journal of Econometrics 225(2).

    Examples
    --------
    >>> panel = Panel(np.array([[1.0, 4.0], [1.0, 2.0]]), np.array([2001, 2002]),
    ...     np.array([2002, 0]))
    >>> group_time(panel).effects.select("group", "year", "value", "n").rows()
    [(2002, 2002, 2.0, 1)]
    """
    require("control", control, ("never", "not_yet"))
    require("base", base, ("varying", "universal"))
    rows: list[dict[str, object]] = []
    influence: list[Array] = []
    groups = [int(g) for g in np.unique(panel.group) if g > panel.years[0]]
    for g in groups:
        before = int(np.searchsorted(panel.years, g)) - 1
        for t in range(panel.years.size):
            b = before if panel.years[t] >= g or base == "universal" else t - 1
            if b < 0 or b == t:
                continue
            value, moved, n = _cell(panel, g, b, t, control)
            rows.append(
                {"group": g, "year": int(panel.years[t]), "n": n, **_figures(value, moved, panel)}
            )
            influence.append(moved)
    frame = pl.DataFrame(rows, schema=GROUP_EFFECTS.schema) if rows else GROUP_EFFECTS.empty()
    stacked = np.column_stack(influence) if influence else np.zeros((panel.group.size, 0))
    return GroupTime(GROUP_EFFECTS.conform(frame), stacked, panel)


def _cell(
    panel: Panel, group: int, base: int, year: int, control: Control
) -> tuple[float | None, Array, int]:
    change = panel.outcome[:, year] - panel.outcome[:, base]
    seen = np.isfinite(change)
    treated = seen & (panel.group == group)
    others = seen & (panel.group == 0)
    if control == "not_yet":
        later = panel.group > panel.years[max(year, base)]
        others |= seen & later & (panel.group != group)
    moved = np.zeros(change.size)
    n, m = int(treated.sum()), int(others.sum())
    if not n or not m:
        return None, moved, n
    here, there = float(change[treated].mean()), float(change[others].mean())
    moved[treated] = (change[treated] - here) / n
    moved[others] = -(change[others] - there) / m
    return here - there, moved, n


def covariance(panel: Panel, influence: Array) -> Array:
    """Return the covariance of estimates from their influence, robust to pairs sharing a state."""
    if panel.first is None or panel.second is None:
        return np.asarray(influence.T @ influence)
    return dyadic_meat(influence, panel.first, panel.second)


def _figures(value: float | None, moved: Array, panel: Panel) -> dict[str, float | None]:
    if value is None:
        return {"value": None, "low": None, "high": None, "se": None}
    error = sqrt(float(covariance(panel, moved[:, None])[0, 0]))
    if error == 0:
        return {"value": value, "low": None, "high": None, "se": None}
    return {"value": value, "low": value - _Z * error, "high": value + _Z * error, "se": error}


def aggregate(found: GroupTime) -> Effects:
    r"""Put group-time effects together by treatment age, group, calendar year, and overall.

    With :math:`p_g` the number of units in a group: "simple" is the mean of all effects from
    treatment on, weighted by p; "group" the mean over a group's years, its overall mean weighted
    by p; "dynamic" the mean over groups at the same distance to treatment, "calendar" in the same
    year, both weighted by p, their overall means unweighted over distances from 0 and years.

    Parameters
    ----------
    found : GroupTime
        Group-time effects.

    Returns
    -------
    Effects
        ``value`` in units of the outcome; null where there is no effect from treatment on. Errors
        count the weights as estimated.

    References
    ----------
    Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time
    periods. Journal of Econometrics 225(2).

    Examples
    --------
    >>> panel = Panel(np.array([[1.0, 4.0], [1.0, 2.0]]), np.array([2001, 2002]),
    ...     np.array([2002, 0]))
    >>> aggregate(group_time(panel)).select("aggregation", "at", "value").rows()[0]
    ('simple', 'all', 2.0)
    """
    cells = _Cells.of(found)
    after = cells.year >= cells.group
    rows = [cells.mean("simple", "all", after)]
    for kind, label, chosen in (
        ("group", cells.group, after),
        ("dynamic", cells.year - cells.group, np.ones_like(after)),
        ("calendar", cells.year, after),
    ):
        parts = [
            cells.mean(kind, str(at), chosen & (label == at)) for at in np.unique(label[chosen])
        ]
        counted = [part for part in parts if kind != "dynamic" or int(part.at) >= 0]
        rows += parts
        if counted:
            rows.append(cells.overall(kind, counted, weighted=kind == "group"))
    return EFFECTS.conform(pl.DataFrame([cells.row(part) for part in rows], schema=EFFECTS.schema))


@dataclass(frozen=True, slots=True)
class _Mean:
    kind: str
    at: str
    value: float | None
    moved: Array
    n: int
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Cells:
    group: Integers
    year: Integers
    value: Array
    influence: Array
    panel: Panel

    @classmethod
    def of(cls, found: GroupTime) -> _Cells:
        known = found.effects["value"].is_not_null().to_numpy()
        kept = found.effects.filter(pl.Series(known, dtype=pl.Boolean))
        return cls(
            kept["group"].to_numpy(),
            kept["year"].to_numpy(),
            kept["value"].to_numpy(),
            found.influence[:, known],
            found.panel,
        )

    def mean(self, kind: str, at: str, chosen: NDArray[np.bool_]) -> _Mean:
        """Return the mean of the cells chosen, weighted by the size of their groups."""
        groups = self.group[chosen]
        return self._weighted(kind, at, self.value[chosen], self.influence[:, chosen], groups)

    def overall(self, kind: str, parts: list[_Mean], *, weighted: bool) -> _Mean:
        """Return the mean of means: by the size of groups, or plain."""
        values = np.array([part.value for part in parts], dtype=float)
        moved = np.column_stack([part.moved for part in parts])
        if weighted:
            return self._weighted(
                kind, "all", values, moved, np.array([int(part.at) for part in parts])
            )
        groups = tuple(sorted({g for part in parts for g in part.groups}))
        return _Mean(kind, "all", float(values.mean()), moved.mean(axis=1), len(parts), groups)

    def _weighted(self, kind: str, at: str, values: Array, moved: Array, groups: Integers) -> _Mean:
        units = self.panel.group.size
        if not values.size:
            return _Mean(kind, at, None, np.zeros(units), 0, ())
        belongs = (self.panel.group[:, None] == groups[None, :]).astype(float)
        share = belongs.mean(axis=0)
        total = float(share.sum())
        value = float(values @ share / total)
        weighing = (belongs - share) @ (values - value) / total / units
        found = moved @ (share / total) + weighing
        return _Mean(kind, at, value, found, values.size, tuple(int(g) for g in np.unique(groups)))

    def row(self, part: _Mean) -> dict[str, object]:
        """Return a mean as a row of the table."""
        head = {"aggregation": part.kind, "at": part.at, "n": part.n}
        return {**head, **_figures(part.value, part.moved, self.panel)}

"""Exact segmentation of a short series: the best cuts under a cost and a price for each cut."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64] | int
Model = Literal["mean", "binomial"]


class Costs:
    """Deviance of every stretch ``start:stop`` of a series, from cumulated sums.

    ``values`` may hold many series as rows; ``weights`` are of one series or of each.

    ``mean``: squared deviations from the stretch's mean over the variance of the noise.
    ``binomial``: twice the log likelihood lost against one share for each year.
    """

    def __init__(self, values: Floats, weights: Floats, model: Model, variance: float) -> None:
        self.model = model
        self.variance = variance
        self.weight = _cumulated(np.broadcast_to(weights, values.shape))
        self.first = _cumulated(weights * values)
        second = values**2 if model == "mean" else _entropy(values)
        self.second = _cumulated(weights * second)

    def of(self, starts: Positions, stop: Positions) -> Floats:
        """Return the deviance of each stretch from ``starts`` to ``stop``, one row a series."""
        weight = self.weight[..., stop] - self.weight[..., starts]
        first = self.first[..., stop] - self.first[..., starts]
        second = self.second[..., stop] - self.second[..., starts]
        if self.model == "mean":
            return np.maximum(second - first**2 / weight, 0.0) / self.variance
        return np.maximum(2.0 * (second - weight * _entropy(first / weight)), 0.0)


def _cumulated(values: Floats) -> Floats:
    """Return the sums of the values before each place, from 0, along the last axis."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums


def _entropy(share: Floats) -> Floats:
    """Return p log p + (1 - p) log(1 - p), 0 at the ends."""
    p = np.clip(share, 0.0, 1.0)
    q = 1.0 - p
    return p * np.log(np.where(p > 0, p, 1.0)) + q * np.log(np.where(q > 0, q, 1.0))


def noise_variance(values: Floats, weights: Floats) -> float:
    """Return the variance of the noise from successive differences, which steps hardly touch.

    The median absolute difference; where more than half of them are zero, their mean square.
    """
    if values.size < 2:
        return 1.0
    spread = np.sqrt(1.0 / weights[1:] + 1.0 / weights[:-1])
    steps = np.abs(np.diff(values)) / spread
    robust = (np.median(steps) / 0.6744897501960817) ** 2
    found = robust if robust > 0 else float(np.mean(steps**2))
    return float(found) if found > 0 else 1.0


def optimal_cuts(
    values: Floats, weights: Floats, model: Model, variance: float, *, penalty: float, least: int
) -> list[list[int]]:
    """Return for each series the first places of all stretches but the first, at least cost.

    The series are rows of equal length. Exact dynamic programme (Jackson and others 2005): the
    best end at ``stop`` is the best over all last stretches of ``least`` places or more.
    """
    many, size = values.shape
    costs = Costs(values, weights, model, variance)
    best = np.full((many, size + 1), np.inf)
    best[:, 0] = -penalty
    came = np.zeros((many, size + 1), dtype=np.int64)
    rows = np.arange(many)
    for stop in range(least, size + 1):
        starts = np.arange(0, stop - least + 1)
        totals = best[:, starts] + costs.of(starts, np.full_like(starts, stop)) + penalty
        k = totals.argmin(axis=1)
        best[:, stop], came[:, stop] = totals[rows, k], k
    return [_traced(path) for path in came.tolist()]


def _traced(came: list[int]) -> list[int]:
    cuts: list[int] = []
    stop = came[-1]
    while stop > 0:
        cuts.append(stop)
        stop = came[stop]
    return cuts[::-1]


def single_gains(
    values: Floats, weights: Floats, model: Model, variance: float, *, least: int
) -> Floats:
    """Return for each series the deviance saved by the best single cut; 0 without room for one."""
    many, size = values.shape
    if size < 2 * least:
        return np.zeros(many)
    costs = Costs(values, weights, model, variance)
    cuts = np.arange(least, size - least + 1)
    ends = np.zeros_like(cuts), np.full_like(cuts, size)
    saved = costs.of(*ends) - costs.of(ends[0], cuts) - costs.of(cuts, ends[1])
    return np.asarray(np.maximum(saved.max(axis=1), 0.0))

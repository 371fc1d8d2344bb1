"""Exact segmentation of a short series: the best cuts under a cost and a price for each cut."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64] | int
Model = Literal["mean", "binomial"]


class Costs:
    """Deviance of every stretch ``start:stop`` of a series, from cumulated sums.

    ``mean``: squared deviations from the stretch's mean over the variance of the noise.
    ``binomial``: twice the log likelihood lost against one share for each year.
    """

    def __init__(self, values: Floats, weights: Floats, model: Model, variance: float) -> None:
        self.model = model
        self.variance = variance
        self.weight = np.concatenate(([0.0], np.cumsum(weights)))
        self.first = np.concatenate(([0.0], np.cumsum(weights * values)))
        second = values**2 if model == "mean" else _entropy(values)
        self.second = np.concatenate(([0.0], np.cumsum(weights * second)))

    def of(self, starts: Places, stop: Places) -> Floats:
        """Return the deviance of each stretch from ``starts`` to ``stop``."""
        weight = self.weight[stop] - self.weight[starts]
        first = self.first[stop] - self.first[starts]
        second = self.second[stop] - self.second[starts]
        if self.model == "mean":
            return np.maximum(second - first**2 / weight, 0.0) / self.variance  # type: ignore[no-any-return]
        return np.maximum(2.0 * (second - weight * _entropy(first / weight)), 0.0)


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


def optimal_cuts(costs: Costs, size: int, penalty: float, least: int) -> list[int]:
    """Return the first places of all stretches but the first, at least total deviance and price.

    Exact dynamic programme (Jackson and others 2005): the best end at ``stop`` is the best over
    all last stretches of ``least`` places or more.
    """
    best = np.full(size + 1, np.inf)
    best[0] = -penalty
    came = np.zeros(size + 1, dtype=np.int64)
    for stop in range(least, size + 1):
        starts = np.arange(0, stop - least + 1)
        totals = best[starts] + costs.of(starts, stop) + penalty
        k = int(totals.argmin())
        best[stop], came[stop] = totals[k], starts[k]
    cuts: list[int] = []
    stop = int(came[size])
    while stop > 0:
        cuts.append(stop)
        stop = int(came[stop])
    return cuts[::-1]


def single_gain(costs: Costs, size: int, least: int) -> float:
    """Return the deviance saved by the best single cut; 0 where there is no room for one."""
    if size < 2 * least:
        return 0.0
    cuts = np.arange(least, size - least + 1)
    saved = costs.of(0, size) - costs.of(0, cuts) - costs.of(cuts, size)
    return float(max(saved.max(), 0.0))

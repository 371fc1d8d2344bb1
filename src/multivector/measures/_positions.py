"""The positions' half of a sweep: the published filter, and the walk through all sessions."""

from __future__ import annotations

import math

import numpy as np

from multivector.measures._compiled import compiled
from multivector.measures._gaussian import quantile, uniform
from multivector.measures._ordinal_arrays import Floats, Layout, Values

POSITION_BOUND = 5.0


@compiled
def filtered_positions(layout: Layout, values: Values, last: Floats, key: int, place: int) -> None:
    """Draw positions leaning on last sweep's mean of the session before (published form)."""
    last[:] = values.mean
    for i in range(last.size):
        lean = last[layout.prior[i]] if layout.prior[i] >= 0 else 0.0
        strength = values.precision[i]
        variance = 1.0 / (values.weight[i] + strength)
        values.mean[i] = variance * (values.pull[i] + lean * strength)
    for i in range(last.size):
        deviation = math.sqrt(1.0 / (values.weight[i] + values.precision[i]))
        x = values.mean[i] + deviation * quantile(uniform(key, place + i))
        values.theta[i] = min(max(x, -POSITION_BOUND), POSITION_BOUND)


@compiled
def walked_positions(layout: Layout, values: Values, key: int, place: int) -> None:
    """Draw each actor's whole path: filter forward, sample backward.

    The first session has the prior N(0, 1), every later one the random walk.
    """
    spread = np.empty_like(values.theta)
    for actor in range(layout.actor.size - 1):
        start, stop = layout.actor[actor], layout.actor[actor + 1]
        mean, variance = 0.0, 1.0
        for k in range(start, stop):
            i = layout.order[k]
            if k > start:
                variance += 1.0 / values.precision[i]
            total = 1.0 / variance + values.weight[i]
            mean = (mean / variance + values.pull[i]) / total
            variance = 1.0 / total
            values.mean[i] = mean
            spread[i] = variance
        values.theta[i] = mean + math.sqrt(variance) * quantile(uniform(key, place + i))
        for k in range(stop - 2, start - 1, -1):
            j, i = layout.order[k + 1], layout.order[k]
            strength = values.precision[j]
            total = 1.0 / spread[i] + strength
            mean = (values.mean[i] / spread[i] + values.theta[j] * strength) / total
            values.theta[i] = mean + quantile(uniform(key, place + i)) / math.sqrt(total)


@compiled
def scale_of(theta: Floats) -> tuple[float, float]:
    """Return mean and standard deviation of the positions."""
    centre = theta.mean()
    return centre, math.sqrt(((theta - centre) ** 2).sum() / (theta.size - 1))


@compiled
def standardise(theta: Floats) -> None:
    """Rescale positions to mean 0 and standard deviation 1; the items follow by themselves."""
    centre, scale = scale_of(theta)
    for i in range(theta.size):
        theta[i] = (theta[i] - centre) / scale


@compiled
def loosen(layout: Layout, values: Values, key: int, place: int) -> None:
    """Draw the walk's variance and how free each step is, given the positions.

    Steps are t-distributed with four degrees of freedom: normal with precision ``g * p / s``;
    ``p`` is the layout's, ``s`` the walk's variance with prior IG(2, 0.1), ``g`` is gamma(2, 2).
    So a turn in one session costs little, and quiet years are smoothed by what all years show.
    Uses three counters a position and one more.
    """
    old = values.variance[0]
    shape, rate = 2.0, 0.1
    for i in range(values.theta.size):
        before = layout.prior[i]
        if before < 0 or before > i:
            continue
        step = (values.theta[i] - values.theta[before]) ** 2 * layout.precision[i]
        z = quantile(uniform(key, place + 3 * i + 2))
        product = uniform(key, place + 3 * i) * uniform(key, place + 3 * i + 1)
        freedom = (0.5 * z * z - math.log(product)) / (2.0 + 0.5 * step / old)
        values.precision[i] = freedom * layout.precision[i]
        shape += 0.5
        rate += 0.5 * freedom * step
    z = quantile(uniform(key, place + 3 * values.theta.size))
    gamma = shape * (1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))) ** 3
    values.variance[0] = rate / max(gamma, 1e-6)
    for i in range(values.theta.size):
        before = layout.prior[i]
        if 0 <= before < i:
            values.precision[i] /= values.variance[0]

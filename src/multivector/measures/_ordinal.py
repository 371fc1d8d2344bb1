"""The roll calls' half of a sweep of the dynamic ordinal probit, compiled.

The roll calls are walked once a sweep. For each, with the observations of one choice side by side:
move both cut points with the latent values integrated out (Cowles 1996), draw the latent values
from their truncated normals by inversion, draw the discrimination, and add the roll call's share to
what the next draw of the positions needs. No latent value outlives its roll call, so the work stays
in the processor's first cache, and loops over one choice have no branches and vectorise.
"""

from __future__ import annotations

import math

from multivector.measures._compiled import compiled
from multivector.measures._gaussian import cumulative, quantile, uniform
from multivector.measures._ordinal_arrays import (
    BLOCK,
    CUT_BOUND,
    CUT_PRECISION,
    FAR,
    LATENT_BOUND,
    SMALLEST,
    Floats,
    Layout,
    Room,
    Values,
    Way,
)


@compiled
def gather(theta: Floats, layout: Layout, v: int, beta: float, room: Room) -> None:
    first = layout.offset[v]
    for j in range(layout.offset[v + 1] - first):
        t = theta[layout.position[first + j]]
        room.theta[j] = t
        room.product[j] = beta * t


@compiled
def masses(
    room: Room, a: int, b: int, n: int, low: float, high: float, mass: Floats, floor: Floats
) -> None:
    """Fill the probability of each choice, and the lower-tail probability below an abstention."""
    for j in range(a):
        mass[j] = max(cumulative(low - room.product[j]), SMALLEST)
    for j in range(a, b):
        side = -1.0 if 0.5 * (low + high) > room.product[j] else 1.0
        one = cumulative(side * (low - room.product[j]))
        two = cumulative(side * (high - room.product[j]))
        floor[j] = min(one, two)
        mass[j] = max(abs(two - one), SMALLEST)
    for j in range(b, n):
        mass[j] = max(cumulative(room.product[j] - high), SMALLEST)


@compiled
def log_ratio(new: Floats, old: Floats, n: int) -> float:
    total = 0.0
    for block in range(0, n, BLOCK):
        product = 1.0
        for j in range(block, min(block + BLOCK, n)):
            product *= new[j] / old[j]
        total += math.log(product)
    return total


@compiled
def _latents(
    room: Room, cuts: tuple[int, int, int], middle: float, mass: Floats, floor: Floats, key: int,
    first: int,
) -> None:  # fmt: skip
    """Draw every latent value from its normal, truncated to the choice made.

    ``cuts`` are how many said yes, yes or abstained, and voted at all.
    """
    a, b, n = cuts
    for j in range(a):
        x = room.product[j] + quantile(uniform(key, first + j) * mass[j])
        room.latent[j] = max(x, -LATENT_BOUND)
    for j in range(a, b):
        side = -1.0 if middle > room.product[j] else 1.0
        x = room.product[j] + side * quantile(floor[j] + uniform(key, first + j) * mass[j])
        room.latent[j] = min(max(x, -LATENT_BOUND), LATENT_BOUND)
    for j in range(b, n):
        x = room.product[j] - quantile(uniform(key, first + j) * mass[j])
        room.latent[j] = min(x, LATENT_BOUND)


@compiled
def _between(centre: float, step: float, low: float, high: float, u: float) -> float:
    """Return the draw from a normal truncated to [low, high]."""
    p = cumulative((low - centre) / step)
    q = cumulative((high - centre) / step)
    return centre + step * quantile(p + u * (q - p))


@compiled
def _span(centre: float, step: float, low: float, high: float) -> float:
    return max(cumulative((high - centre) / step) - cumulative((low - centre) / step), 1e-300)


@compiled
def roll_call(
    layout: Layout, values: Values, room: Room, v: int, key: int, place: int, latent_place: int,
    way: Way,
) -> None:  # fmt: skip
    """Move one roll call: cut points, latent values, discrimination; add its share.

    The prior of a cut point is flat on [-7, 7] in the published form and N(0, 5^2) in the joint.
    """
    gain, joint, as_published = way.gain, way.joint, way.as_published
    first = layout.offset[v]
    n = layout.offset[v + 1] - first
    a, b = layout.yes[v], layout.abstain[v]
    low, high, step = values.low[v], values.high[v], values.step[v]
    gather(values.theta, layout, v, values.beta[v], room)
    bound = FAR if joint else CUT_BOUND
    new_low = _between(low, step, -bound, high, uniform(key, place))
    new_high = _between(high, step, new_low, bound, uniform(key, place + 1))
    masses(room, a, b, n, low, high, room.mass, room.floor)
    masses(room, a, b, n, new_low, new_high, room.new_mass, room.new_floor)
    gained = log_ratio(room.new_mass, room.mass, n)
    top = 1e9 if as_published else bound
    gained += math.log(_span(high, step, new_low, top))
    gained -= math.log(_span(new_high, step, low, top))
    if not as_published:
        gained += math.log(_span(low, step, -bound, high))
        gained -= math.log(_span(new_low, step, -bound, new_high))
    if joint:
        old, new = low * low + high * high, new_low * new_low + new_high * new_high
        gained += 0.5 * CUT_PRECISION * (old - new)
    if gain > 0.0:
        chance = 1.0 if gained > 0.0 else math.exp(gained)
        values.step[v] = min(max(step * math.exp(gain * (chance - 0.4)), 0.005), 2.0)
    mass, floor = room.mass, room.floor
    if math.log(uniform(key, place + 2)) < gained:
        low, high = new_low, new_high
        values.low[v], values.high[v] = low, high
        values.accepted[v] += 1.0
        mass, floor = room.new_mass, room.new_floor
    _latents(room, (a, b, n), 0.5 * (low + high), mass, floor, key, latent_place + first)
    dot, square = 0.0, 1.0
    for j in range(n):
        dot += room.theta[j] * room.latent[j]
        square += room.theta[j] * room.theta[j]
    beta = dot / square + quantile(uniform(key, place + 3)) / math.sqrt(square)
    values.beta[v] = beta
    for j in range(n):
        i = layout.position[first + j]
        values.pull[i] += beta * room.latent[j]
        values.weight[i] += beta * beta

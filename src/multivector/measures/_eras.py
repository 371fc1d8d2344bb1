"""Moves of whole eras, which the step-by-step sampler makes only slowly.

Shifting every position from a session on, together with the cut points of the roll calls held from
then on, changes no probability of any vote; so does stretching the positions and shrinking the
discriminations. What holds an era in place are the walks across its first session, the priors, and
the roll calls on texts voted on both before and after. A sweep that fixes the latent values moves
an era by hundredths; here each session proposes both moves with the latent values integrated out
(a generalised Gibbs move in the sense of Liu and Sabatti 2000, accepted by Metropolis), at the
price of evaluating only the bridging roll calls.
"""

from __future__ import annotations

import math

from multivector.measures._compiled import compiled
from multivector.measures._gaussian import quantile, uniform
from multivector.measures._ordinal import gather, log_ratio, masses
from multivector.measures._ordinal_arrays import (
    CUT_PRECISION,
    Eras,
    Floats,
    Layout,
    Room,
    Values,
)


@compiled
def _prior_change(layout: Layout, values: Values, new: Floats, start: int) -> float:
    """Return the change of the log prior of positions, those from ``start`` on being moved."""
    change = 0.0
    theta = values.theta
    for i in range(start, theta.size):
        before = layout.prior[i]
        if before < 0 or before > i:
            change += theta[i] ** 2 - new[i] ** 2
        else:
            other = new[before] if before >= start else theta[before]
            old_gap, new_gap = theta[i] - theta[before], new[i] - other
            change += values.precision[i] * (old_gap**2 - new_gap**2)
    return 0.5 * change


@compiled
def _crossing_change(
    layout: Layout, values: Values, room: Room, eras: Eras, era: int, new: Floats,
    shift: float, stretch: float,
) -> float:  # fmt: skip
    """Return the change of the log likelihood of the items voted on on both sides."""
    change = 0.0
    for k in range(eras.first[era], eras.first[era + 1]):
        v = eras.crossing[k]
        n = layout.offset[v + 1] - layout.offset[v]
        a, b = layout.yes[v], layout.abstain[v]
        beta, low, high = values.beta[v], values.low[v], values.high[v]
        gather(values.theta, layout, v, beta, room)
        masses(room, a, b, n, low, high, room.mass, room.floor)
        if eras.moved[k]:
            beta, low, high = beta / stretch, low + beta * shift, high + beta * shift
        gather(new, layout, v, beta, room)
        masses(room, a, b, n, low, high, room.new_mass, room.new_floor)
        change += log_ratio(room.new_mass, room.mass, n)
    return change


@compiled
def _item_change(values: Values, v: int, shift: float, stretch: float) -> float:
    beta, low, high = values.beta[v], values.low[v], values.high[v]
    move = beta * shift
    change = beta**2 * (1.0 - 1.0 / stretch**2)
    change -= CUT_PRECISION * ((low + move) ** 2 + (high + move) ** 2 - low**2 - high**2)
    return 0.5 * change - math.log(stretch)  # type: ignore[no-any-return]


@compiled
def _move_item(values: Values, v: int, shift: float, stretch: float) -> None:
    move = values.beta[v] * shift
    values.low[v] += move
    values.high[v] += move
    values.beta[v] /= stretch


@compiled
def move_eras(
    layout: Layout, values: Values, room: Room, eras: Eras, key: int, place: int, gain: float
) -> None:
    """Propose a shift and a stretch of every era; uses four counters an era from ``place``.

    A stretch by ``a`` about the era's mean ``c`` takes a cut point ``g`` to
    ``g + beta * c * (1 / a - 1)`` and ``beta`` to ``beta / a``.
    """
    new = room.last
    for era in range(eras.start.size):
        start = eras.start[era]
        count = values.theta.size - start
        for kind in range(2):
            size = values.era_step[era, kind] * quantile(uniform(key, place + 4 * era + 2 * kind))
            new[:] = values.theta
            shift, stretch = size, 1.0
            if kind == 0:
                new[start:] += size
            else:
                stretch = math.exp(size)
                centre = values.theta[start:].mean()
                new[start:] = centre + stretch * (new[start:] - centre)
                shift = centre * (1.0 / stretch - 1.0)
            gained = _prior_change(layout, values, new, start)
            gained += (count - 1) * math.log(stretch)
            for v in range(eras.session.size):
                if eras.session[v] > era:
                    gained += _item_change(values, v, shift, stretch)
            for k in range(eras.first[era], eras.first[era + 1]):
                if eras.moved[k]:
                    gained += _item_change(values, eras.crossing[k], shift, stretch)
            gained += _crossing_change(layout, values, room, eras, era, new, shift, stretch)
            chance = 1.0 if gained > 0.0 else math.exp(gained)
            if gain > 0.0:
                step = values.era_step[era, kind] * math.exp(gain * (chance - 0.4))
                values.era_step[era, kind] = min(max(step, 1e-4), 1.0)
            if uniform(key, place + 4 * era + 2 * kind + 1) >= chance:
                continue
            values.era_accepted[era, kind] += 1.0
            values.theta[start:] = new[start:]
            for v in range(eras.session.size):
                if eras.session[v] > era:
                    _move_item(values, v, shift, stretch)
            for k in range(eras.first[era], eras.first[era + 1]):
                if eras.moved[k]:
                    _move_item(values, eras.crossing[k], shift, stretch)

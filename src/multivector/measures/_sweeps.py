"""Whole sweeps of the sampler, and who owns which random draw.

Sweep ``k`` owns the counters ``[k * width, (k + 1) * width)``: first four for each position and
one more, then four for each era, eight for each roll call, and one for each observation. Draws that
two sweeps shared would spoil the estimates without any other sign.
"""

from __future__ import annotations

from collections.abc import Callable

from multivector.measures import (
    _compiled,
    _eras,
    _gaussian,
    _ordinal,
    _ordinal_arrays,
    _positions,
)
from multivector.measures._compiled import compiled, stamp
from multivector.measures._eras import move_eras
from multivector.measures._ordinal import roll_call
from multivector.measures._ordinal_arrays import Eras, Floats, Layout, Room, Values, Way
from multivector.measures._positions import (
    filtered_positions,
    loosen,
    scale_of,
    standardise,
    walked_positions,
)


@compiled
def width(layout: Layout, eras: Eras) -> int:
    """Return how many counters a sweep owns."""
    items = layout.offset.size - 1
    positions = 4 * layout.prior.size + 1 + 4 * eras.start.size + 8 * items
    return positions + layout.offset[items]  # type: ignore[no-any-return]


def _build(version: int) -> Callable[..., None]:
    @compiled
    def sweeps(
        layout: Layout, eras: Eras, values: Values, room: Room, key: int, numbers: tuple[int, int],
        way: Way, totals: Floats,
    ) -> None:  # fmt: skip
        """Run the sweeps of some numbers: the first, and the one after the last.

        ``totals`` (6 by roll calls) gathers sums and squares of the item parameters on the scale
        of the reported positions.
        """
        items = layout.offset.size - 1 + 0 * version
        for k in range(numbers[0], numbers[1]):
            place = k * width(layout, eras)
            if way.joint:
                walked_positions(layout, values, key, place)
            else:
                filtered_positions(layout, values, room.last, key, place)
                if way.scaled:
                    standardise(values.theta)
            place += layout.prior.size
            if way.joint:
                loosen(layout, values, key, place)
                move_eras(
                    layout, values, room, eras, key, place + 3 * layout.prior.size + 1, way.gain
                )
            place += 3 * layout.prior.size + 1 + 4 * eras.start.size
            values.pull[:] = 0.0
            values.weight[:] = 0.0
            draws = place + 8 * items
            for v in range(items):
                roll_call(layout, values, room, v, key, place + 8 * v, draws, way)
            centre, scale = 0.0, 1.0
            if way.scaled:
                centre, scale = scale_of(values.theta)
            for v in range(items):
                beta = values.beta[v] * scale
                low = values.low[v] - values.beta[v] * centre
                high = values.high[v] - values.beta[v] * centre
                totals[0, v] += beta
                totals[1, v] += low
                totals[2, v] += high
                totals[3, v] += beta**2
                totals[4, v] += low**2
                totals[5, v] += high**2

    return sweeps


sweeps = _build(stamp(_compiled, _gaussian, _ordinal_arrays, _ordinal, _positions, _eras))

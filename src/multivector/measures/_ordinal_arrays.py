"""The arrays the sampler works on, in their order in memory, and its fixed numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PUBLISHED_STEP = 0.2 / 3
CUT_BOUND = 7.0
FAR = 60.0
CUT_PRECISION = 1.0 / 25.0
LATENT_BOUND = 9.0
# A block of ratios between such masses neither overflows nor vanishes.
SMALLEST = 1e-18
BLOCK = 16


class Layout(NamedTuple):
    """What stays fixed: who voted what, and whose position leans on whose.

    Observations lie by roll call, within it by choice: those of roll call ``v`` are
    ``offset[v]:offset[v + 1]``, ``yes[v]`` and then ``abstain[v]`` of them (cumulated) say yes and
    abstain. ``position`` is the position of each observation. ``prior`` is the position a position
    leans on (-1: none) and ``precision`` how strongly. ``order`` lists positions by actor and
    session, ``actor`` where each actor's begin in it.
    """

    offset: Integers
    yes: Integers
    abstain: Integers
    position: npt.NDArray[np.int32]
    prior: Integers
    precision: Floats
    order: Integers
    actor: Integers


class Values(NamedTuple):
    """What a sweep changes, in place.

    ``precision`` is how strongly each position leans on its prior one, ``variance`` (one number)
    the walk's. ``pull`` and ``weight`` are the sums of beta * latent and beta * beta of each
    position; ``step`` is the size of each roll call's proposals, ``era_step`` (eras by 2) that of
    each era's shift and stretch.
    """

    theta: Floats
    mean: Floats
    precision: Floats
    variance: Floats
    beta: Floats
    low: Floats
    high: Floats
    step: Floats
    pull: Floats
    weight: Floats
    accepted: Floats
    era_step: Floats
    era_accepted: Floats


class Way(NamedTuple):
    """How a sweep moves.

    ``gain`` above 0 tunes the step of every proposal towards 40 % acceptance, ``joint`` draws whole
    paths instead of sessions and moves eras, ``scaled`` puts positions on mean 0 and standard
    deviation 1, ``as_published`` keeps the acceptance ratio of the authors' program.
    """

    gain: float
    joint: bool
    scaled: bool
    as_published: bool


class Room(NamedTuple):
    """Scratch space: one roll call's observations, one actor's sessions, the last means."""

    theta: Floats
    product: Floats
    latent: Floats
    mass: Floats
    floor: Floats
    new_mass: Floats
    new_floor: Floats
    last: Floats


class Eras(NamedTuple):
    """The boundaries: the first position and the first item of each era, and who crosses.

    ``session`` is the session each item begins in, counted from 0; era ``e`` begins with session
    ``e + 1``. ``crossing[first[e]:first[e + 1]]`` are the items voted on on both sides, ``moved``
    whether they go with the later side.
    """

    start: Integers
    session: Integers
    first: Integers
    crossing: Integers
    moved: npt.NDArray[np.bool_]

"""Time of voting power in a large game: 193 members with weights in the hundred thousands.

python benchmarks/power.py
"""

from __future__ import annotations

import time

import numpy as np

from multivector.measures.weighted_voting import power


def main() -> None:
    rng = np.random.default_rng(3)
    weights = [int(1450 + 900_000 * u**30) for u in rng.random(193)]
    wall, spent = time.perf_counter(), time.process_time()
    power(weights, sum(weights) * 85 // 100)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    print(f"193 members, total {sum(weights):,}: {wall:.2f} s, {spent:.2f} s of processor")


main()

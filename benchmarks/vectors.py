"""Time and memory of the Multi-Vector Index from the embedded data.

    python benchmarks/vectors.py

Each step runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from typing import Any

POLES = ("USA", "EU", "RUS", "CHN")
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "index, one state, one period, 200 draws": (
        "multivector_index",
        {"state": "KAZ", "years": (2014, 2020)},
    ),
    "index, one state, 30 years by year, 1,000 draws": (
        "multivector_index",
        {"state": "KAZ", "years": (1993, 2022), "by": "year", "draws": 1000},
    ),
    "1,000 specifications, one state, 30 years by year": (
        "multivector_ranks",
        {
            "states": ("KAZ",),
            "years": (1993, 2022),
            "by": "year",
            "domains": ("votes", "institutions"),
            "draws": 1000,
        },
    ),
    "1,000 specifications, ten states, one period": (
        "multivector_ranks",
        {
            "states": ("KAZ", "UZB", "TKM", "BLR", "ARM", "TUR", "SRB", "IND", "VNM", "SYR"),
            "years": (2014, 2020),
            "draws": 1000,
        },
    ),
    "Sobol' indices, one state, one period, 1,024 points": (
        "multivector_sensitivity",
        {"state": "KAZ", "years": (2014, 2020)},
    ),
}


def step(name: str) -> None:
    import multivector as mv

    measure, options = STEPS[name]
    workspace = mv.Workspace()
    wall, spent = time.perf_counter(), time.process_time()
    rows = workspace.compute(measure, poles=POLES, **options).frame.height
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:55} {wall:6.2f} s  {spent:6.2f} s of processor  {peak:6.0f} MiB  {rows} rows")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", choices=STEPS)
    asked = parser.parse_args()
    if asked.step:
        step(asked.step)
        return
    for name in STEPS:
        subprocess.run([sys.executable, __file__, "--step", name], check=True)


if __name__ == "__main__":
    main()

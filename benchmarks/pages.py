"""Time of a page: each section of a brief, asked for alone, in a process that stays.

    python benchmarks/pages.py [--states KAZ,TUR,IND,DEU,TUV] [--study DIR] [--times 5]

One row a section, milliseconds: the first answer about a state in a study that has answered the
same about another, then the best of some repetitions.
"""

from __future__ import annotations

import argparse
import statistics
import time

import multivector as mv
from multivector.brief.sections import ids


def milliseconds(study: mv.Workspace, state: str, sections: tuple[str, ...] | None) -> float:
    start = time.perf_counter()
    study.brief(state, sections=sections)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--states", default="KAZ,TUR,IND,DEU,TUV")
    parser.add_argument("--study")
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    states = given.states.split(",")
    start = time.perf_counter()
    milliseconds(mv.Workspace(given.study), "FJI", None)
    print(f"first brief of a process: {(time.perf_counter() - start) * 1000:.0f} ms")
    print(f"{'section':16}" + "".join(f"{s:>8}{'again':>7}" for s in states) + f"{'median':>8}")
    medians: list[float] = []
    for section in (*ids("state"), None):
        only = None if section is None else (section,)
        cells, fresh = "", []
        study = mv.Workspace(given.study)
        milliseconds(study, "FJI", only)
        for state in states:
            first = milliseconds(study, state, only)
            best = min(milliseconds(study, state, only) for _ in range(given.times))
            cells += f"{first:8.0f}{best:7.0f}"
            fresh.append(first)
        medians.append(statistics.median(fresh))
        print(f"{section or 'whole brief':16}{cells}{medians[-1]:8.0f}", flush=True)
    print(f"median of the sections, fresh: {statistics.median(medians[:-1]):.0f} ms")


if __name__ == "__main__":
    main()

"""Time and memory of vote similarity: the kernel, every measure, intervals, a study to Parquet.

Usage: python benchmarks/similarity.py UNVotes.csv

Prints the median of three runs and the peak of memory. Peers, on the same roll calls: R's fpsim
needs about 20 ms a pair of states (4.7 hours for all years), Voeten's agreement script 4 CPU
seconds and 0.4 GB a session.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from multivector import Workspace
from multivector.measures import find
from multivector.measures._choices import joint_choices

MEASURES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("agreement", {}),
    ("agreement", {"convention": "lijphart"}),
    ("coincidence", {}),
    ("s_score", {}),
    ("s_score", {"metric": "squared"}),
    ("euclidean_s", {}),
    ("kappa", {}),
    ("kappa", {"weights": "linear"}),
    ("kappa", {"weights": "nominal"}),
    ("pi", {}),
    ("alpha", {}),
    ("ac1", {}),
    ("benati_a", {}),
    ("tau_b", {}),
)


def timed(what: str, work: Callable[[], Any], runs: int = 3) -> Any:
    seconds, busy, answer = [], [], None
    for _ in range(runs):
        start, used = time.perf_counter(), time.process_time()
        answer = work()
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    told = f"{statistics.median(seconds):8.3f} s   CPU {statistics.median(busy):8.3f} s"
    print(f"{what:<56}{told}   peak {peak:5.2f} GB")
    return answer


def growth(votes: pl.DataFrame) -> None:
    for states in (50, 100, 193):
        kept = sorted(votes["state"].unique().to_list())[:states]
        for years in (10, 40, 79):
            part = votes.filter(pl.col("state").is_in(kept) & (pl.col("year") > 2024 - years))
            timed(f"kernel, {states} states, {years} years", lambda part=part: joint_choices(part))


def main(file: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        study = Workspace(folder)
        timed("import: the producer's file to a study", lambda: study.load(file), runs=1)
        votes = study.table("votes").frame
        calls = study.table("rollcalls").frame
        year = (2019, 2019)
        timed("kernel, 2019", lambda: joint_choices(votes, calls, years=year))
        joint = timed("kernel, all pairs, all years", lambda: joint_choices(votes, calls))
        print(f"  {joint.height:,} pairs and years")

        def every() -> None:
            for name, options in MEASURES:
                find(name).function(None, None, joint, **options)

        timed(f"{len(MEASURES)} measures on these counts", every)
        for name, options in MEASURES:
            told = ", ".join(str(v) for v in options.values())
            timed(
                f"  {name} {told}",
                lambda n=name, o=options: find(n).function(None, None, joint, **o),
            )
        timed("kappa of 2019, 500 replicates by family", lambda: find("kappa").function(
            votes, calls, years=year, bootstrap=500), runs=1)  # fmt: skip
        timed("kappa of Kazakhstan, all years, 500 replicates", lambda: find("kappa").function(
            votes, calls, state="KAZ", bootstrap=500), runs=1)  # fmt: skip
        target = Path(folder) / "kappa.parquet"
        timed("an imported study to a Parquet file of kappa, all pairs", lambda: Workspace(
            folder).compute("kappa").frame.write_parquet(target))  # fmt: skip
        growth(votes)


if __name__ == "__main__":
    main(*sys.argv[1:])

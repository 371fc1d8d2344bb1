"""Time and memory of importing the producers' vote files, each in a process of its own.

Usage: python benchmarks/import_votes.py FILE [FILE …]
"""

from __future__ import annotations

import subprocess
import sys

ONE = """
import resource, sys, time
from pathlib import Path
from multivector import sources
start = time.perf_counter()
loaded = sources.load(Path(sys.argv[1]))
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
rows = loaded.tables["votes"].height
print(f"{loaded.origin.id:<32} {rows:>9,} votes {seconds:7.2f} s   peak {peak:5.2f} GB")
"""


def main(*files: str) -> None:
    for file in files:
        subprocess.run([sys.executable, "-c", ONE, file], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

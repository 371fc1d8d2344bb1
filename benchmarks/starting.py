"""Time from a command to its first word: what a person waits for before anything is measured.

    python benchmarks/starting.py

The plan is half a second for importing and 0.7 s for help; what is loaded is held by the tests.
"""

from __future__ import annotations

import subprocess
import sys
import time

STEPS = {
    "an empty interpreter": ("-c", ""),
    "import multivector": ("-c", "import multivector"),
    "multivector --help": ("-m", "multivector", "--help"),
    "multivector states identify KAZ": ("-m", "multivector", "states", "identify", "KAZ"),
}


def main() -> None:
    for name, words in STEPS.items():
        times = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, *words], check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        print(f"{name:35} {min(times):6.2f} s, best of {len(times)}")


main()

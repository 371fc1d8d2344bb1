"""Show that the same tests are collected at any second, in any hash seed, locale and time zone.

    python scripts/same_collection.py [TIMES]

Workers that collect different tests end a run before it begins. Each of TIMES (20) collections is a
process of its own, at least a second after the one before, with another hash seed and locale.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = (("UTC", "C.UTF-8"), ("Asia/Almaty", "tr_TR.UTF-8"), ("America/New_York", "kk_KZ.UTF-8"))


def collected(seed: int) -> list[str]:
    zone, locale = PLACES[seed % len(PLACES)]
    place = {"TZ": zone, "LANG": locale, "LC_ALL": locale, "PYTHONHASHSEED": str(seed)}
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **place}, check=True, capture_output=True, text=True
    )
    return [line for line in done.stdout.splitlines() if "::" in line]


def main(times: int) -> int:
    first = collected(0)
    for seed in range(1, times):
        time.sleep(1)
        found = collected(seed)
        if found != first:
            differ = sorted(set(first) ^ set(found))
            print(f"collection {seed + 1} differs: {differ[:3] or 'in its order'}")
            return 1
    digest = hashlib.sha256("\n".join(first).encode()).hexdigest()[:12]
    print(f"{times} collections, {len(first)} tests each, the same: {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))

"""Run the benchmarks that can run here and print what they print.

    python -m benchmarks [NAME …]

Those that time producers' files need them in a folder ``shared`` beside the checkout (or named by
MULTIVECTOR_SHARED) and are left out, saying so, where it is absent. Nothing fails on a time.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("MULTIVECTOR_SHARED", HERE.parents[1] / "shared")) / "data"
VOTES = "01_un_votes_voeten/UNVotes_rebuilt_1946-2024.csv.gz"
BRIDGES = "03_un_idealpoints/Matches.csv"
POINTS = "03_un_idealpoints/IdealpointestimatesAll_Apr2020.csv.gz"
TOTALS = "07_trade_baci_totals/baci_totals_2000-2020_long.csv.gz"
NEEDS: dict[str, tuple[str, ...]] = {
    "starting": (),
    "pages": (),
    "load": (),
    "vectors": (),
    "power": (),
    "gravity": (),
    "trade": ("--totals", TOTALS),
    "documents": (),
    "import_votes": (VOTES,),
    "similarity": (VOTES,),
    "ideal_points": (VOTES, BRIDGES, POINTS),
}


def plain(name: str, scratch: Path) -> str:
    """Return the path of a producer's file, unpacked where it is compressed."""
    packed = DATA / name
    if packed.suffix != ".gz" or name == TOTALS:
        return str(packed)
    target = scratch / packed.stem
    if not target.exists():
        with gzip.open(packed) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out)
    return str(target)


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for name in wanted or list(NEEDS):
            files = [word for word in NEEDS[name] if not word.startswith("--")]
            if not all((DATA / file).exists() for file in files):
                print(f"== {name}: left out, the producers' files are not here", flush=True)
                continue
            print(f"== {name}", flush=True)
            words = [
                word if word.startswith("--") else plain(word, Path(scratch))
                for word in NEEDS[name]
            ]
            command = [sys.executable, str(HERE / f"{name}.py"), *words]
            subprocess.run(command, check=False)


main(sys.argv[1:])

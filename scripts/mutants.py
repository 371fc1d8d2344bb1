"""Seed faults into a copy of the package, one at a time, and see the tests fail.

Each fault of ``tests/mutants/faults.toml`` is a snippet of the source, found wherever it stands
below ``src/``, what it is replaced by, what that breaks, and the few tests that must see it. A
fault that no test sees says that a test is missing; a snippet that is not found, or found twice,
that the list was not kept with the code.

    python scripts/mutants.py            # all, two at a time
    python scripts/mutants.py --list     # what there is
    python scripts/mutants.py --only ID [ID …]
    SAMPLE=10 python scripts/mutants.py  # ten, drawn by the commit: the same for all who have it
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
LIST = ROOT / "tests" / "mutants" / "faults.toml"
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: a snippet, what takes its place, what it breaks, the tests that must see it."""

    id: str
    room: str
    was: str
    now: str
    breaks: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a fault: killed, survived, or an error; and by which test."""

    fault: Fault
    state: str
    by: str


def faults(path: Path = LIST) -> list[Fault]:
    """Return the faults of the list."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return [Fault(**{**entry, "tests": tuple(entry["tests"])}) for entry in found]


def places(fault: Fault, source: Path = SOURCE) -> list[Path]:
    """Return the files the snippet stands in, once for each time it does."""
    found: list[Path] = []
    for path in sorted(p for p in source.rglob("*") if p.suffix in _TEXTS):
        found += [path] * path.read_text(encoding="utf-8").count(fault.was)
    return found


_TEXTS = {".py", ".toml", ".html", ".js", ".css", ".po"}


def tried(fault: Fault, tree: Path) -> Verdict:
    """Return what the tests say of a copy of the source with the fault in it."""
    found = places(fault)
    if len(found) != 1:
        return Verdict(fault, "error", f"the snippet stands in {len(found)} places; expected one")
    place = tree / found[0].relative_to(SOURCE)
    whole = place.read_text(encoding="utf-8")
    place.write_text(whole.replace(fault.was, fault.now), encoding="utf-8")
    try:
        return _judged(fault, tree)
    finally:
        place.write_text(whole, encoding="utf-8")


def _judged(fault: Fault, tree: Path) -> Verdict:
    asked = [part for test in fault.tests for part in shlex.split(test)]
    line = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    place = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*line, *asked], cwd=ROOT, env=place, capture_output=True, text=True, timeout=_LONGEST,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Verdict(fault, "error", f"no answer in {_LONGEST} s")
    if done.returncode == 0:
        return Verdict(fault, "survived", "no test of its list failed")
    failed = re.search(r"^FAILED (\S+)", done.stdout, re.M)
    if done.returncode == 1 and failed:
        return Verdict(fault, "killed", failed[1].removeprefix("tests/"))
    return Verdict(fault, "error", (done.stdout + done.stderr).strip()[-300:])


def drawn(every: Sequence[Fault], sample: int) -> list[Fault]:
    """Return some faults, drawn by the commit."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return random.Random(commit).sample(list(every), min(sample, len(every)))


def run(chosen: Sequence[Fault], jobs: int) -> list[Verdict]:
    """Return the verdict on each fault, each judged in a copy of the source."""
    with tempfile.TemporaryDirectory() as folder:
        trees: Queue[Path] = Queue()
        for number in range(jobs):
            tree = Path(folder) / str(number)
            shutil.copytree(SOURCE, tree, ignore=shutil.ignore_patterns("__pycache__"))
            trees.put(tree)

        def one(fault: Fault) -> Verdict:
            tree = trees.get()
            try:
                verdict = tried(fault, tree)
            finally:
                trees.put(tree)
            print(f"{verdict.state:8} {fault.room:10} {fault.id:36} {verdict.by}", flush=True)
            return verdict

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(one, chosen))


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the faults asked for; 0 if all were killed, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="what there is, and where it stands")
    parser.add_argument("--only", nargs="+", metavar="ID", help="these faults")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    asked = parser.parse_args(arguments)
    chosen = faults()
    if asked.only:
        chosen = [fault for fault in chosen if fault.id in asked.only]
    elif os.environ.get("SAMPLE"):
        chosen = drawn(chosen, int(os.environ["SAMPLE"]))
    if asked.list:
        for fault in chosen:
            where = ", ".join(str(path.relative_to(SOURCE)) for path in places(fault))
            print(f"{fault.id:36} {where or 'NOT FOUND':46} {fault.breaks}")
        return 0
    verdicts = run(chosen, asked.jobs)
    left = [verdict for verdict in verdicts if verdict.state != "killed"]
    print(f"{len(verdicts) - len(left)} of {len(verdicts)} faults killed")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())

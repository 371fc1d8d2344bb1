"""Load the observatory as readers do, on the loopback, for a bounded time.

    python benchmarks/load.py [--study DIR] [--readers 50] [--seconds 30] [--add FILE]

Prints: the time from the start of the process to its first page; the time of each page, asked for
the first time about a state and again; what many readers at once see while another process adds
data sets to the same study; the bytes a page sends; the memory of the server. A study that is named
is copied first.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SPECIMENS = Path(__file__).resolve().parents[1] / "tests" / "specimens"
ADDED = ("lowy-2019.csv", "cow_trade.csv", "atop.csv")
STATES = ("KAZ", "TUR", "IND", "DEU", "BRA", "TUV")
PARTS = ("", "/years", "/poles", "/trade", "/organisations", "/votes", "/power", "/literature")
PAIRS = ("KAZ-TUR", "IND-BRA", "DEU-FRA", "TUR-TUV")
CLUBS = ("SCO", "CSTO", "EU", "BRICS")
SINGLE = ("/", "/states", "/organisations", "/votes", "/measures", "/claims", "/data")
PAUSE = 6.0


@contextmanager
def served(study: Path | None) -> Iterator[tuple[int, int]]:
    """Start the observatory; give its port and its process's number."""
    named = [] if study is None else ["--study", str(study)]
    command = [sys.executable, "-m", "multivector", *named, "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        found = re.search(r":(\d+)/", process.stderr.readline())
        assert found is not None, "the observatory did not start"
        yield int(found[1]), process.pid
    finally:
        process.kill()
        process.wait()


class Reader:
    """One browser: a connection that stays, and the time of each answer."""

    def __init__(self, port: int) -> None:
        self._there = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def read(self, path: str) -> tuple[float, int, bytes]:
        """Return the seconds an answer took, its status, and its bytes as sent."""
        start = time.perf_counter()
        self._there.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = self._there.getresponse()
        body = answer.read()
        return time.perf_counter() - start, answer.status, body


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def told(label: str, seconds: list[float]) -> None:
    middle, high = statistics.median(seconds) * 1000, percentile(seconds, 0.99) * 1000
    print(f"{label:42}{len(seconds):6}{middle:9.1f}{high:9.1f}", flush=True)


def cold(study: Path | None) -> None:
    for path in ("/", "/states/KAZ"):
        found = []
        for _ in range(3):
            start = time.perf_counter()
            with served(study) as (port, _pid):
                Reader(port).read(path)
                found.append(time.perf_counter() - start)
        print(f"cold start to {path}: {statistics.median(found):.2f} s (median of 3)", flush=True)


def pages(port: int) -> None:
    """Time each page: asked for the first time about a subject, and again."""
    reader = Reader(port)
    for path in (*(f"/states/FJI{part}" for part in PARTS), "/pairs/FJI-NZL", "/organisations/CIS"):
        reader.read(path)
    print(f"{'ms':42}{'n':>6}{'median':>9}{'p99':>9}")
    every: list[float] = []
    again: list[float] = []
    kinds: list[tuple[str, list[str]]] = [
        *((f"/states/*{part}", [f"/states/{state}{part}" for state in STATES]) for part in PARTS),
        ("/pairs/*", [f"/pairs/{pair}" for pair in PAIRS]),
        ("/pairs/*/timeline", [f"/pairs/{pair}/timeline" for pair in PAIRS]),
        ("/organisations/*", [f"/organisations/{club}" for club in CLUBS]),
        *((path, [path]) for path in SINGLE),
    ]
    for label, paths in kinds:
        first = [reader.read(path)[0] for path in paths]
        kept = [min(reader.read(path)[0] for _ in range(3)) for path in paths]
        told(f"{label} first", first)
        every += first
        again += kept
    told("every page, first", every)
    told("every page, kept", again)


def many(port: int, readers: int, seconds: float, adding: list[list[str]]) -> None:
    """Let readers read a mix of pages while another process adds data sets."""
    mix = [f"/states/{s}{part}" for s in STATES for part in PARTS]
    mix += [f"/pairs/{p}" for p in PAIRS] + [f"/organisations/{c}" for c in CLUBS]
    mix += [
        "/",
        "/states",
        "/measures",
        "/data",
        "/api/states/KAZ/votes",
        "/static/observatory.css",
    ]
    mix += ["/states/KAZ/votes?format=csv", "/states/KAZ/votes?format=svg", "/votes"]
    times: list[float] = []
    wrong: list[str] = []
    end = time.monotonic() + seconds

    def read(seed: int) -> None:
        choose = random.Random(seed)
        reader = Reader(port)
        while time.monotonic() < end:
            path = choose.choice(mix)
            try:
                taken, status, _ = reader.read(path)
                times.append(taken)
                if status != 200:
                    wrong.append(f"{status} {path}")
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{type(error).__name__} {path}")
                reader = Reader(port)
            time.sleep(choose.random() * 0.2)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(readers)]
    for thread in threads:
        thread.start()
    added = 0
    for command in adding:
        if time.monotonic() < end:
            done = subprocess.run(command, capture_output=True, check=False)
            added += done.returncode == 0
            time.sleep(min(PAUSE, max(0.0, end - time.monotonic())))
    for thread in threads:
        thread.join()
    middle, high = statistics.median(times) * 1000, percentile(times, 0.99) * 1000
    print(
        f"{readers} readers, {seconds:g} s, {added} data sets added meanwhile: "
        f"{len(times)} answers, {len(wrong)} errors; median {middle:.0f} ms, p99 {high:.0f} ms, "
        f"longest {max(times):.1f} s",
        flush=True,
    )
    for fault in wrong[:5]:
        print(f"  {fault}")


def sizes(port: int) -> None:
    reader = Reader(port)
    _, _, body = reader.read("/states/KAZ")
    page = gzip.decompress(body).decode()
    print(f"/states/KAZ: HTML {len(body):,} bytes sent ({len(page):,} unpacked)")
    found = sorted(set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)))
    for path in found:
        print(f"  {path.split('?')[0]}: {len(reader.read(path)[2]):,} bytes sent")
    pictures = re.findall(r'<img src="([^"]*format=svg[^"]*)"', page)
    for path in pictures:
        size = len(reader.read(path.replace("&amp;", "&"))[2])
        print(f"  {path.split('?')[1][:40]}: {size:,} bytes sent")


def memory(pid: int) -> str:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS"):
                return f"{int(line.split()[1]) // 1024} MB"
    return "not known here"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", type=Path)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--add", type=Path, help="a producer's file to add under load")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        study = Path(scratch) / "study"
        if given.study is not None:
            shutil.copytree(given.study, study)
        else:
            study.mkdir()
        files = [(SPECIMENS / name, ["--extract"]) for name in ADDED]
        if given.add is not None:
            files.insert(0, (given.add, []))
        add = [sys.executable, "-m", "multivector", "--study", str(study), "data", "add"]
        cold(study)
        with served(study) as (port, pid):
            pages(port)
            sizes(port)
            print(f"memory of the server after these pages: {memory(pid)}")
            many(port, given.readers, given.seconds, [[*add, str(f), *how] for f, how in files])
            print(f"memory of the server after the load: {memory(pid)}")


if __name__ == "__main__":
    main()

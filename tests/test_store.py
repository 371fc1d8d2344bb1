"""The store survives being killed and raced, and says clearly when it cannot work."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
import pytest

from multivector.errors import StudyError, UnknownName, UnreadableFile
from multivector.provenance import Origin
from multivector.sources import report_frame
from multivector.study.store import FORMAT, Store
from multivector.tables import BRIDGES

WRITER = """
import sys
from pathlib import Path
import polars as pl
from multivector.provenance import Origin
from multivector.sources import report_frame
from multivector.study.store import Store
folder, name, version, rows, times = sys.argv[1:6]
origin = Origin(name, version, "t", "p", "c", "u", "l", "2026-11-21")
n = int(rows)
frame = pl.DataFrame({
    "rollcall_a": [f"{name}{version}a{i}" for i in range(n)],
    "rollcall_b": [f"b{i}" for i in range(n)],
    "source": [origin.id] * n,
})
steps = int(sys.argv[6]) if len(sys.argv) > 6 else -1
def hold(event, given):
    # Count steps on disk below the study; at the one asked for, say so and wait to be killed.
    global steps
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link"):
        if isinstance(given[0], (str, Path)) and str(given[0]).startswith(folder):
            steps -= 1
            if steps == -1:
                print("ready", flush=True)
                sys.stdin.read()
if steps >= 0:
    sys.addaudithook(hold)
else:
    print("ready", flush=True)
for _ in range(int(times)):
    Store(Path(folder)).add(origin, {"bridges": frame}, report_frame([("kept", n, "")]))
print("done", steps, flush=True)
"""


def origin(name: str = "alpha", version: str = "1") -> Origin:
    return Origin(name, version, "t", "p", "c", "u", "l", "2026-11-21")


def bridges(rows: int = 3, name: str = "alpha@1") -> pl.DataFrame:
    return BRIDGES.check(
        pl.DataFrame(
            {
                "rollcall_a": [f"a{i}" for i in range(rows)],
                "rollcall_b": [f"b{i}" for i in range(rows)],
                "source": [name] * rows,
            }
        )
    )


def add(store: Store, rows: int = 3, name: str = "alpha", version: str = "1") -> None:
    made = origin(name, version)
    store.add(made, {"bridges": bridges(rows, made.id)}, report_frame([("kept", rows, "")]))


def writer(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes)


def test_a_release_comes_back_as_it_went_in(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add(store)
    (release,) = store.releases()
    assert release.id == "alpha@1"
    assert release.origin == origin()
    assert release.report == ({"what": "kept", "n": 3, "note": ""},)
    assert store.scan(release, "bridges").collect().equals(bridges())
    assert store.verify()["whole"].to_list() == [True]


def test_the_same_content_twice_is_one_release(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add(store)
    add(store)
    assert [r.id for r in store.releases()] == ["alpha@1"]


def test_new_content_takes_the_place_of_the_old(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add(store, rows=3)
    add(store, rows=5)
    (release,) = store.releases()
    assert release.files["bridges"]["rows"] == 5
    assert len(list((tmp_path / "releases").iterdir())) == 1


def test_opening_a_study_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    assert Store(folder).releases() == []
    assert not folder.exists()


def test_killed_at_any_moment_the_study_is_as_before_or_after(tmp_path: Path) -> None:
    add(Store(tmp_path), rows=4, name="before")
    process = writer(tmp_path, "whole", "0", "2000", "1", "1000")
    said, _ = process.communicate()
    steps = 1000 - int(said.removeprefix("done"))
    assert steps > 5
    states = set()
    for attempt in sorted({round(k * (steps - 1) / 7) for k in range(8)}):
        process = writer(tmp_path, "killed", str(attempt), "2000", "1", str(attempt))
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        store = Store(tmp_path)
        ids = {release.id for release in store.releases()}
        assert {"before@1", "whole@0"} <= ids
        assert store.verify()["whole"].all()
        states.add(f"killed@{attempt}" in ids)
    add(Store(tmp_path), name="after")
    left = [p.name for p in (tmp_path / "releases").iterdir() if p.name.startswith(".")]
    assert left == [], "the next import sweeps away what a killed one left"
    assert False in states, "no kill came before the end of its import: the test shows nothing"


def test_two_processes_import_and_read_at_once(tmp_path: Path) -> None:
    writers = [writer(tmp_path, "one", "1", "20000", "15"), writer(tmp_path, "two", "1", "9", "15")]
    writers.append(writer(tmp_path, "one", "1", "20000", "15"))
    reads = 0
    while any(process.poll() is None for process in writers):
        store = Store(tmp_path)
        for release in store.releases():
            rows = store.collect(store.scan(release, "bridges"), release, "bridges")
            assert rows.height == release.files["bridges"]["rows"]
        reads += 1
    for process in writers:
        _, error = process.communicate()
        assert process.returncode == 0, error
    assert reads > 0
    assert [r.id for r in Store(tmp_path).releases()] == ["one@1", "two@1"]
    assert Store(tmp_path).verify()["whole"].all()


def test_a_full_disk_leaves_the_study_as_it_was(tmp_path: Path) -> None:
    add(Store(tmp_path), name="before")
    limited = WRITER.replace(
        'print("ready"',
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000)); print('ready'",
    )
    words = [str(tmp_path), "big", "1", "200000", "1"]
    done = subprocess.run(
        [sys.executable, "-c", limited, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "StudyError" in done.stderr
    assert "room on the disk" in done.stderr
    store = Store(tmp_path)
    assert [r.id for r in store.releases()] == ["before@1"]
    assert [p for p in (tmp_path / "releases").iterdir() if p.name.startswith(".")] == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 50000


def refusal_without_rights(folder: Path) -> str:
    """Return what a process without the superuser's rights is told on adding to the folder."""
    made, report = origin(), report_frame([("kept", 3, "")])
    tables = {"bridges": bridges(3, made.id)}
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            Store(folder).add(made, tables, report)
            told = "nothing"
        except StudyError as error:
            told = str(error)
        except BaseException as error:
            told = repr(error)
        os.write(writer, told.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read()


def test_a_read_only_folder_is_refused() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        assert "expected a folder that can be written" in refusal_without_rights(folder)
        folder.chmod(0o700 if os.geteuid() == 0 else 0o000)
        assert "cannot be opened" in refusal_without_rights(folder)
        folder.chmod(0o700)


def test_a_file_in_the_place_of_a_study_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "study"
    path.write_text("x")
    with pytest.raises(StudyError, match="it is a file"):
        Store(path)
    with pytest.raises(StudyError, match="can be written"):
        add(Store(path / "below"))


def test_a_newer_study_is_refused_and_left_alone(tmp_path: Path) -> None:
    mark = tmp_path / "study.json"
    mark.write_text(json.dumps({"format": FORMAT + 1}))
    with pytest.raises(StudyError, match="newer version"):
        Store(tmp_path)
    assert json.loads(mark.read_text()) == {"format": FORMAT + 1}


def test_damage_is_found_and_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add(store)
    (release,) = store.releases()
    release.path("bridges").write_bytes(b"PAR1 not parquet")
    assert store.verify()["fault"].to_list() == ["damaged"]
    with pytest.raises(UnreadableFile, match="data remove alpha@1"):
        store.collect(store.scan(release, "bridges"), release, "bridges")
    release.path("bridges").unlink()
    assert store.verify()["fault"].to_list() == ["missing"]
    with pytest.raises(UnreadableFile, match="missing"):
        store.scan(release, "bridges")
    (release.folder / "manifest.json").write_text("{")
    with pytest.raises(StudyError, match="data remove alpha@1"):
        store.releases()
    assert store.remove("alpha@1") == ["alpha@1"]
    assert store.releases() == []


def test_removing_what_is_not_there_names_what_is(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add(store)
    with pytest.raises(UnknownName, match="alpha@1"):
        store.remove("beta")

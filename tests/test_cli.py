"""The command line says what the library says, and answers bad input in one line with code 2."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import multivector as mv
from multivector import cli

SPECIMENS = Path(__file__).parent / "specimens"


class Done:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> object:
    def call(*words: str) -> Done:
        with pytest.raises(SystemExit) as caught:
            cli.main(list(words))
        out, err = capsys.readouterr()
        return Done(int(str(caught.value.code)), out, err)

    return call


def refused(done: Done) -> None:
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1, done.err
    assert "Traceback" not in done.err


def test_python_and_command_line_give_the_same(run) -> None:
    done = run("measure", "partner_shares", "--state", "KAZ", "--flow", "exports", "--to", "json")
    result = mv.Workspace().compute("partner_shares", state="KAZ", flow="exports")
    assert json.loads(done.out) == result.frame.to_dicts()


def test_identify(run) -> None:
    done = run(
        "states", "identify", "Kazakistan", "Казахстан", "KZ", "--year", "1995", "--to", "json"
    )
    assert [row["state"] for row in json.loads(done.out)] == ["KAZ"] * 3


def test_organisations(run) -> None:
    done = run("organisations", "ŞİÖ", "--on", "2002-01-01", "--to", "json")
    members = {r["state"] for r in json.loads(done.out) if "member" in r["status"]}
    assert members == {"CHN", "KAZ", "KGZ", "RUS", "TJK", "UZB"}
    everything = json.loads(run("organisations", "--to", "json").out)
    assert {"SCO", "CSTO", "EAEU", "UN"} <= {row["organisation"] for row in everything}


@pytest.mark.parametrize(
    "words",
    [
        ("brief", "Narnia"),
        ("brief", "Korea"),
        ("brief", "KAZ", "--year", "3000"),
        ("brief", "KAZ", "--year", "soon"),
        ("brief", "KAZ", "--to", "pdf"),
        ("brief", "KAZ", "--poles", "KAZ,USA"),
        ("brief", "KAZ", "--poles", "Narnia"),
        ("brief",),
        ("states", "identify", "Narnia"),
        ("states", "identify", "Germany", "--year", "1970"),
        ("states", "identify", "Soviet Union", "--year", "2005"),
        ("states", "identify", "KAZ", "--year", "0"),
        ("states", "identify", "2", "--scheme", "letters"),
        ("organisations", "Hogwarts"),
        ("organisations", "SCO", "--on", "yesterday"),
        ("organisations", "SCO", "--to", "xml"),
        ("measure", "kapa"),
        ("measure", "concentration", "--flow", "sideways"),
        ("measure", "concentration", "--years", "2019:1992"),
        ("measure", "concentration", "--nothing", "1"),
        ("measure", "concentration", "stray"),
        ("measure", "concentration", "--to", "parquet"),
        ("data", "add", "absent.csv"),
        ("data", "verify"),
        ("data", "remove", "nothing"),
        ("data", "fly"),
        ("query", "SELECT * FROM nowhere"),
        ("query", "this is not SQL"),
        ("--study",),
        ("fly",),
        ("brief", "KAZ", "--flag"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line(run, words: tuple[str, ...], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused(run(*words))
    assert list(tmp_path.iterdir()) == []


def test_foreign_and_broken_files(run, tmp_path: Path) -> None:
    study = tmp_path / "study"
    for name, content in {
        "foreign.csv": b"a,b\n1,2\n",
        "empty.csv": b"",
        "broken.csv.gz": b"\x1f\x8b\x08\x00broken",
        "broken.zip": b"PK\x03\x04broken",
        "noise.bin": bytes(range(256)) * 10,
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        refused(run("--study", str(study), "data", "add", str(path)))
    assert not study.exists()


def test_a_study_through_its_life(run, tmp_path: Path) -> None:
    study = str(tmp_path / "study")
    file = SPECIMENS / "factbook.2015.kz.json"
    added = run("data", "add", str(file), "--extract", "--study", study)
    assert added.code == 0
    assert "flows" in added.out
    release = added.out.split(":")[0]
    listed = json.loads(run("--study", study, "data", "list", "--to", "json").out)
    assert release in {row["release"] for row in listed if row["installed"]}
    assert run("data", "verify", "--study", study).code == 0
    stored = next((tmp_path / "study" / "releases").glob("*/flows-*.parquet"))
    good = stored.read_bytes()
    stored.write_bytes(good[:-9])
    verified = run("data", "verify", "--study", study, "--to", "csv")
    assert verified.code == 2
    assert "damaged" in verified.err
    stored.write_bytes(good)
    assert run("data", "remove", release, "--study", study).code == 0
    refused(run("data", "remove", release, "--study", study))


def test_a_cut_file_is_not_half_imported(run, tmp_path: Path) -> None:
    file = SPECIMENS / "factbook.2015.kz.json"
    cut = tmp_path / file.name
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    refused(run("--study", str(tmp_path / "study"), "data", "add", str(cut)))
    refused(run("--study", str(tmp_path / "study"), "data", "add", str(file)))
    assert not (tmp_path / "study").exists()


def test_a_newer_study_and_a_file_for_a_study(run, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "study.json").write_text('{"format": 99}')
    refused(run("--study", str(newer), "data", "list"))
    file = tmp_path / "file"
    file.write_text("x")
    refused(run("--study", str(file), "brief", "KAZ"))
    assert file.read_text() == "x"


def test_nothing_is_left_of_a_file_that_cannot_be_written(run, tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    refused(run("brief", "KAZ", "--to", "json", "--out", str(target / "no" / "brief.json")))
    refused(run("organisations", "--to", "csv", "--out", str(target)))
    assert list(tmp_path.rglob("*.part")) == []


def test_questions_with_a_command_of_their_own(run) -> None:
    words = ("--poles", "RUS,CHN", "--years", "2007:2013", "--to", "json")
    short = run("splits", "KAZ", *words)
    long = run("measure", "splits", "--state", "KAZ", *words)
    assert json.loads(short.out) == json.loads(long.out)
    (row,) = json.loads(short.out)
    assert (row["n_a"], row["n_b"], row["abstain"], row["n"]) == (4, 7, 2, 13)
    assert "Parameters" in run("binds", "--help").out
    found = json.loads(run("binds", "SCO", "--outcome", "votes", "--to", "json").out)
    told = {"verdict", "estimate", "interval", "pretrend", "placebo", "minimum_detectable_effect"}
    assert told <= set(found)
    refused(run("splits", "KAZ"))
    refused(run("binds", "Hogwarts"))
    refused(run("ideal-points"))


def test_formats(run, tmp_path: Path) -> None:
    out = tmp_path / "shares.parquet"
    words = ("measure", "concentration", "--state", "KAZ")
    assert run(*words, "--to", "parquet", "--out", str(out)).code == 0
    assert out.stat().st_size > 100
    assert run(*words, "--to", "csv").out.startswith("state,year,flow,value,low,high,n\n")
    assert "KAZ" in run(*words).out
    assert "--flow" in run("measure", "concentration", "--help").out
    assert "concentration" in run("measure").out


def loaded(code: str) -> set[str]:
    """Return the modules that running some code loads in a fresh interpreter."""
    after = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    words = [sys.executable, "-c", f"{after}\n{code}"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return set(done.stderr.split())


def test_importing_loads_the_standard_library_and_nothing_of_ours() -> None:
    """What is loaded decides how long starting takes; `python -m benchmarks starting` times it."""
    found = loaded("import multivector") - loaded("")
    ours = {name for name in found if name.split(".")[0] == "multivector"}
    assert ours == {"multivector", "multivector.moved", "multivector.version"}
    others = {name.split(".")[0] for name in found - ours}
    assert others <= set(sys.stdlib_module_names)


def test_help_loads_no_numbers() -> None:
    run = "import sys; sys.argv = ['multivector', '--help']; import multivector.cli as c; c.main()"
    found = loaded(run)
    heavy = {"polars", "numpy", "scipy", "duckdb", "sqlalchemy", "babel", "jinja2", "alembic"}
    assert "typer" in found
    assert not heavy & found
    rooms = {name.split(".")[1] for name in found if name.startswith("multivector.")}
    far = {
        "measures",
        "study",
        "sources",
        "tables",
        "brief",
        "charts",
        "documents",
        "report",
        "web",
    }
    assert any(room.startswith("cli") for room in rooms)
    assert not far & rooms


def test_the_version_is_said(run) -> None:
    done = run("--version")
    assert (done.code, done.out) == (0, f"multivector {mv.__version__}\n")

"""Outputs: every file is written whole or not at all, and what is no file stays what it is."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import polars as pl
import pytest

from multivector import export
from multivector.errors import StudyError

FRAME = pl.DataFrame({"state": ["KAZ", None], "n": [1, 2]})


@pytest.mark.parametrize("to", ["csv", "json", "parquet", "dta"])
def test_a_link_stays_a_link_and_its_target_is_replaced(to: str, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "target", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    export.write_frame(link, FRAME, to)
    assert link.is_symlink()
    assert target.read_bytes() != b"old"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["far", "link", "target"]


def test_a_link_to_nothing_makes_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "new")
    export.write_text(tmp_path / "link", "text")
    assert (tmp_path / "new").read_text(encoding="utf-8") == "text"


def test_a_device_stays_a_device() -> None:
    before = os.stat(os.devnull)
    export.write_text(Path(os.devnull), "text")
    after = os.stat(os.devnull)
    assert stat.S_ISCHR(after.st_mode)
    assert before.st_ino == after.st_ino


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, heard = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    export.write_frame(pipe, FRAME, "csv")
    reader.join()
    assert heard == [b"state,n\nKAZ,1\n,2\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    export.write_bytes(Path("-"), b"\x00\x01")
    assert capfdbinary.readouterr().out == b"\x00\x01"


@pytest.mark.parametrize(
    "name", ["", ".", "/", "folder", "file/x", "absent/x", "x" * 300, "a\0b", "loop"]
)
def test_a_path_that_cannot_be_is_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(StudyError, match="cannot be written") as caught:
        export.write_text(Path(name), "text")
    assert len(str(caught.value).splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "loop"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


def test_what_was_there_stays_when_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "mine.dta"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(StudyError):
        export.write_text(target, "half a letter: \ud800")
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.dta"]


def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    export.write_text(tmp_path / ("x" * 255), "text")


def test_stata_takes_null_columns_lists_and_names(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pl.DataFrame(
        {
            "nothing": pl.Series([None, None]),
            "no_text": pl.Series([None, None], dtype=pl.String),
            "flag": [True, None],
            "years": [[1, 2], None],
            "count": [1, None],
            "2nd value, a name that is longer than thirty-two letters": [1.5, None],
            "2nd value, a name that is longer than thirty-three": ["a", "Қазақстан"],
        }
    )
    export.write_frame(tmp_path / "a.dta", frame, "dta", {"count": "how many " * 20})
    export.write_frame(tmp_path / "b.dta", frame, "dta", {"count": "how many " * 20})
    found = pandas.read_stata(tmp_path / "a.dta")
    assert found.shape == (2, 7)
    assert found["no_text"].tolist() == ["", ""]
    assert found["years"].tolist() == ["[1, 2]", ""]
    assert found.iloc[1, 6] == "Қазақстан"
    assert (tmp_path / "a.dta").read_bytes() == (tmp_path / "b.dta").read_bytes()
    with pandas.io.stata.StataReader(tmp_path / "a.dta") as reader:
        assert reader.variable_labels()["count"] == ("how many " * 20)[:80]

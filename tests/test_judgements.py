"""Judgements are appended and superseded, never overwritten; two writers lose nothing."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from multivector import Workspace
from multivector.errors import MissingData, StudyError, UnknownName
from multivector.study.judgements import Judgements


def write(folder: str, coder: str, times: int) -> None:
    judgements = Judgements.of(Path(folder))
    for i in range(times):
        judgements.record("review", f"{coder}-{i}", "accept", coder=coder)


def test_superseded_ones_are_kept(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    first = workspace.decide("correction", "KAZ-2014", {"value": 3}, coder="ada")
    workspace.decide("correction", "KAZ-2014", {"value": 4}, coder="ada", supersedes=first)
    assert workspace.judgements()["value"].to_list() == ['{"value": 4}']
    assert workspace.judgements(history=True).height == 2


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert Workspace(tmp_path / "study").judgements().height == 0
    assert not (tmp_path / "study").exists()


def test_superseding_nothing_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.decide("review", "x", "accept", coder="ada")
    with pytest.raises(UnknownName, match="no judgement 99"):
        workspace.decide("review", "x", "reject", coder="ada", supersedes=99)
    assert workspace.judgements().height == 1


def test_a_corrupt_database_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "judgements.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StudyError, match=r"judgements\.sqlite cannot be used"):
        Workspace(tmp_path).judgements()


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    write(str(tmp_path), "first", 1)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write, args=(str(tmp_path), c, 25)) for c in ("ada", "bo")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    found = Workspace(tmp_path).judgements()
    assert found.height == 51
    assert found["judgement"].n_unique() == 51


def test_codings_of_the_study_are_a_table_that_measures_take(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for unit, ada, bo in (("p1", "visit", "visit"), ("p2", "summit", "visit")):
        workspace.code(unit, "type", ada, coder="ada")
        last = workspace.code(unit, "type", bo, coder="bo")
    first = workspace.compute("krippendorff_alpha", bootstrap=0)
    assert first.frame["n"].to_list() == [2]
    assert first.run.sources == {"codings": ("study@codings",)}
    workspace.code("p2", "type", "summit", coder="bo", supersedes=last)
    second = workspace.compute("krippendorff_alpha", bootstrap=0)
    assert second.frame["value"].to_list() == [1.0]
    assert second.run.id != first.run.id
    assert workspace.codings().height == 4
    assert workspace.codings(history=True).height == 5


@pytest.mark.parametrize("folder", [True, False])
def test_reliability_without_codings_says_what_is_missing(tmp_path: Path, folder: bool) -> None:
    workspace = Workspace(tmp_path / "study" if folder else None)
    with pytest.raises(MissingData, match="expected"):
        workspace.compute("krippendorff_alpha")

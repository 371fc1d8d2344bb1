"""The list of seeded faults is kept with the code: each snippet stands in one place."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def mutants(repository: Path) -> ModuleType:
    path = repository / "scripts" / "mutants.py"
    spec = importlib.util.spec_from_file_location("mutants", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = made
    spec.loader.exec_module(made)
    return made


def test_every_snippet_stands_in_one_place(mutants: ModuleType) -> None:
    found = {fault.id: len(mutants.places(fault)) for fault in mutants.faults()}
    assert {name: count for name, count in found.items() if count != 1} == {}


def test_the_faults_are_many_and_of_every_room(mutants: ModuleType, repository: Path) -> None:
    faults = mutants.faults()
    assert len(faults) >= 60
    assert len({fault.id for fault in faults}) == len(faults)
    rooms = {"brief", "charts", "measures", "study", "documents", "web", "sources", "words"}
    assert rooms <= {fault.room for fault in faults}
    for fault in faults:
        assert fault.was != fault.now
        for test in fault.tests:
            assert (repository / shlex.split(test)[0].partition("::")[0]).is_file(), test


def test_a_commit_draws_the_same_faults(mutants: ModuleType) -> None:
    faults = mutants.faults()
    assert mutants.drawn(faults, 10) == mutants.drawn(faults, 10)
    assert len(mutants.drawn(faults, 10)) == 10


def test_a_fault_that_no_test_sees_survives(mutants: ModuleType, tmp_path: Path) -> None:
    test = tmp_path / "test_nothing.py"
    test.write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    seen = tmp_path / "test_seen.py"
    seen.write_text("def test_seen():\n    assert False\n", encoding="utf-8")
    first = mutants.faults()[0]
    place = tmp_path / mutants.places(first)[0].relative_to(mutants.SOURCE)
    place.parent.mkdir(parents=True)
    place.write_text(first.was, encoding="utf-8")
    fault = mutants.Fault(first.id, "", first.was, "other", "", (str(test),))
    assert mutants.tried(fault, tmp_path).state == "survived"
    fault = mutants.Fault(first.id, "", first.was, "other", "", (str(seen),))
    assert mutants.tried(fault, tmp_path).state == "killed"
    assert place.read_text(encoding="utf-8") == first.was
    fault = mutants.Fault("lost", "", "no such snippet anywhere", "", "", (str(test),))
    assert mutants.tried(fault, tmp_path).state == "error"

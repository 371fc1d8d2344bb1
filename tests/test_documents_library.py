"""The documents of a study: added once, never half, on through bad files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from multivector.documents.library.archive import Library
from multivector.errors import BadValue, StudyError, UnknownName
from multivector.study.judgements import Judgements

FACTS = (
    "Kazakhstan and China signed an agreement on 26 April 1996 in Shanghai. "
    "Kazakhstan is a member of the CSTO. Trade reached 3 billion dollars in 2019. "
)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "001_a.txt").write_text(FACTS, encoding="utf-8")
    (folder / "002_b.txt").write_text(
        "Kazakhstan is an observer of the CSTO. Turkmenistan did not join the CSTO.",
        encoding="utf-8",
    )
    return folder


def test_a_document_added_twice_is_one(tmp_path: Path, papers: Path) -> None:
    library = Library(tmp_path / "study")
    assert [o.status for o in library.add([papers])] == ["added", "added"]
    assert [o.status for o in library.add([papers])] == ["known", "known"]
    copy = papers / "copy.txt"
    copy.write_bytes((papers / "001_a.txt").read_bytes())
    assert library.add([copy])[0].doc == "001"
    assert [meta["doc"] for meta in library.documents()] == ["001", "002"]


def test_statements_stand_where_they_say(tmp_path: Path, papers: Path) -> None:
    library = Library(tmp_path / "study")
    library.add([papers])
    kinds = {s.kind for s in library.statements()}
    assert kinds == {"event", "membership", "quantity"}
    for statement in library.statements():
        assert library.text(statement.doc)[statement.start : statement.end] == statement.quote


def test_conflicts_between_documents(tmp_path: Path, papers: Path) -> None:
    library = Library(tmp_path / "study")
    library.add([papers])
    found = library.conflicts()
    assert [(c.type, c.scope) for c in found] == [("status", "across")]
    assert {side.doc for side in found[0].sides} == {"001", "002"}


def test_two_documents_of_one_name_keep_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.txt").write_text(f"{name} {FACTS}", encoding="utf-8")
    library = Library(tmp_path / "study")
    library.add([tmp_path / "a", tmp_path / "b"])
    assert [meta["doc"] for meta in library.documents()] == ["report", "report-2"]
    assert len({s.id for s in library.statements()}) == len(library.statements())


def test_bad_files_do_not_stop_the_batch(tmp_path: Path, papers: Path) -> None:
    (papers / "000_empty.txt").write_bytes(b"")
    (papers / "003_scan.pdf").write_bytes(b"%PDF-1.4 broken")
    library = Library(tmp_path / "study")
    outcomes = library.add([papers, papers / "absent.txt"], jobs=2)
    assert [o.status for o in outcomes] == ["failed", "added", "added", "failed", "failed"]
    assert all(";" in o.message and "\n" not in o.message for o in outcomes if o.status == "failed")
    with pytest.raises(BadValue):
        library.add([tmp_path / "study"])


def test_a_killed_run_resumes(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"d{number:03}.txt").write_text(FACTS * 40 + str(number) + "x", encoding="utf-8")
    study = tmp_path / "study"
    code = (
        "from multivector.documents.library.archive import Library; "
        "from pathlib import Path; import sys; "
        "Library(Path(sys.argv[1])).add([Path(sys.argv[2])], jobs=1)"
    )
    run = subprocess.Popen([sys.executable, "-c", code, str(study), str(folder)])
    library = Library(study)
    deadline = time.monotonic() + 600
    while len(library.documents()) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    run.kill()
    run.wait()
    before = len(library.documents())
    assert before >= 3
    outcomes = library.add([folder])
    assert sum(o.status == "known" for o in outcomes) == before
    assert len(library.documents()) == 40
    assert not [p for p in (study / "documents").iterdir() if p.name.startswith(".incoming")]


def test_reviews_supersede_and_are_kept(tmp_path: Path, papers: Path) -> None:
    library = Library(tmp_path / "study", Judgements.of(tmp_path / "study"))
    library.add([papers])
    event = next(s for s in library.statements() if s.kind == "event")
    library.review(event.id, "correct", coder="Ada", fields={"date": "1996-04"})
    changed = next(s for s in library.statements() if s.id == event.id)
    assert (changed.fields["date"], changed.coder) == ("1996-04", "Ada")
    library.review(event.id, "reject", coder="Ada", note="no event")
    assert event.id not in {s.id for s in library.statements()}
    assert event.id in {s.id for s in library.statements(reviewed=False)}
    assert library.stale_reviews() == []
    with pytest.raises(UnknownName):
        library.review("001-9999", "accept", coder="Ada")
    with pytest.raises(BadValue):
        library.review(event.id, "correct", coder="Ada", fields={"org": "SCO"})


def test_a_study_that_cannot_be_used_says_so(tmp_path: Path, papers: Path) -> None:
    library = Library(tmp_path / "study")
    library.add([papers])
    (library.folder / "library.json").write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(StudyError, match="upgrade"):
        library.add([papers])
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StudyError):
        Library(tmp_path / "file").add([papers])


def run(*words: str, study: Path | None = None) -> subprocess.CompletedProcess[str]:
    head = ["--study", str(study)] if study else []
    return subprocess.run(
        [sys.executable, "-m", "multivector", *head, "documents", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )


def test_the_command_line_says_what_python_says(tmp_path: Path, papers: Path) -> None:
    study = tmp_path / "study"
    added = run("add", *map(str, sorted(papers.iterdir())), study=study)
    assert added.returncode == 0, added.stderr
    rows = [json.loads(line) for line in run("export", study=study).stdout.splitlines()]
    assert rows == [s.record() for s in Library(study).statements()]
    told = run("conflicts", "--to", "jsonl", study=study).stdout
    assert [json.loads(line) for line in told.splitlines()] == [
        c.record() for c in Library(study).conflicts()
    ]
    assert "agreement_signed" in run("try", FACTS).stdout


def test_bad_use_is_one_line_and_code_two(tmp_path: Path, papers: Path) -> None:
    for words in (["add", str(tmp_path / "no.txt")], ["export", "--kind", "x"], ["try", " "]):
        done = run(*words, study=tmp_path / "study")
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("error: ")

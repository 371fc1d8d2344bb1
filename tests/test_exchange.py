"""A study's documents as tables that measures take, found by words, and sent to other programs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from multivector import Workspace
from multivector.cli import main
from multivector.documents.exchange import tabular
from multivector.documents.exchange.refi import read_project
from multivector.documents.library.archive import Library
from multivector.errors import MissingData
from multivector.study.judgements import Judgements

TEXTS = {
    "101_report.txt": (
        "Kazakistan ile Türkiye arasında 1992 yılında dostluk anlaşması imzalandı.\n\n"
        "Özbekistan 2001 yılında Şanghay İşbirliği Örgütü'ne üye oldu.\n"
    ),
    "102_note.txt": (
        "Kazakhstan and China signed an agreement on the border on 26 April 1994.\n\n"
        "The treaties with Russia remain in force.\n"
    ),
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    files = tmp_path / "files"
    files.mkdir()
    for name, text in TEXTS.items():
        (files / name).write_text(text, encoding="utf-8")
    folder = tmp_path / "study"
    Library(folder).add([files], jobs=1)
    return folder


def opened(study: Path) -> Library:
    return Library(study, Judgements.of(study))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(list(words))
    captured = capsys.readouterr()
    return caught.value.code, captured.out, captured.err


def test_tables_of_the_library_are_sound(study: Path) -> None:
    library = opened(study)
    documents, passages = tabular.document_table(library), tabular.passage_table(library)
    assert documents["doc"].to_list() == ["101", "102"]
    assert set(passages["document"]) == set(documents["document"])
    names = dict(documents.select("document", "doc").iter_rows())
    codings = tabular.coding_table(library)
    assert set(codings["coder_kind"]) == {"rule"}
    for document, start, end, quote in codings.select(
        "document", "start", "end", "quote"
    ).iter_rows():
        assert library.text(names[document])[start:end] == quote


def test_a_reviewer_is_another_coder_of_the_same_units(study: Path) -> None:
    library = opened(study)
    first, second = library.statements(reviewed=False)[:2]
    library.review(first.id, "accept", coder="ada")
    library.review(second.id, "reject", coder="ada")
    found = Workspace(study).compute("krippendorff_alpha", variable="kind", bootstrap=0)
    row = found.frame.row(0, named=True)
    assert (row["coders"], row["n"], row["observed"]) == (2, 2, 0.5)
    assert found.run.releases == ("study@documents",)


def test_codings_of_people_and_rules_have_numbers_of_their_own(study: Path) -> None:
    workspace = Workspace(study)
    workspace.code("101-0001", "kind", "event", coder="bo")
    frame = workspace.table("codings").frame
    assert frame["coding"].is_unique().all()
    assert set(frame["source"]) == {"study@codings", "study@documents"}


def test_measures_of_text_take_the_passages_of_the_study(study: Path) -> None:
    found = Workspace(study).compute("keyness", target="101", minimum=1).frame
    assert set(found["target"]) == {"101"}
    with pytest.raises(MissingData, match="documents add"):
        Workspace().compute("keyness")


def test_search_from_the_command_line(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ("--study", str(study), "documents", "search")
    code, out, _ = told(capsys, *command, "treaty", "--to", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, [row["doc"] for row in rows]) == (0, ["102"])
    assert "«treaties»" in rows[0]["snippet"]
    _, out, _ = told(capsys, *command, "kazakistan", "--actor", "TUR", "--to", "csv")
    assert [row["doc"] for row in csv.DictReader(io.StringIO(out))] == ["101"]
    code, _, err = told(capsys, *command, "-treaty")
    assert (code, err.count("\n")) == (2, 1)


def test_a_document_added_later_is_found(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("--study", str(study), "documents", "search", "Qazaqstan", "--to", "csv")
    assert told(capsys, *command)[1].count("\n") == 1
    later = tmp_path / "103_later.txt"
    later.write_text("Qazaqstan is how the name is written now in Latin letters.", encoding="utf-8")
    opened(study).add([later])
    assert "103," in told(capsys, *command)[1]


def test_timeline_from_the_command_line(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "--study", str(study), "documents", "timeline", "--to", "csv")
    assert code == 0
    assert {"1992", "1994", "2001"} <= {line.split(",")[0] for line in out.splitlines()}


def test_a_project_from_the_command_line(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "p.qdpx"
    command = ("--study", str(study), "documents", "export", "--to", "qdpx")
    code, _, err = told(capsys, *command, "--out", str(out))
    assert code == 0
    assert "wrote" in err
    project = read_project(out)
    assert sorted(project.names.values()) == sorted(TEXTS)
    assert project.codings.height == Workspace(study).table("codings").frame.height
    code, _, err = told(capsys, *command)
    assert (code, "add --out" in err) == (2, True)


def test_rows_for_followthemoney_from_the_command_line(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("--study", str(study), "documents", "export", "--to", "ftm", "--kind", "membership")
    code, out, _ = told(capsys, *command)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert {row["value"] for row in rows if row["prop"] == "member"} == {"actor-UZB"}

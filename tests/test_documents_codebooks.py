"""Codebooks as data: what is read, what is refused, what they change in coding and agreement."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from multivector import cli
from multivector.documents.coding.codebooks import codebooks_of, load, variable
from multivector.documents.coding.units import applies_to, drawn, unit_of, units_of
from multivector.documents.exchange.refi import read_project
from multivector.errors import BadValue, UnknownName, UnreadableFile
from multivector.workspace import Workspace

BOOK = """
name = "ties"
version = 2
note = "How close."

[[variables]]
name = "tie"
question = "How close are they?"
scale = "ordinal"

[[variables.values]]
value = "ally"
label = "Allies"
definition = "A duty to help."
order = 3

[[variables.values]]
value = "none"
order = 1

[[variables.values]]
value = "partner"
example = "Strategic partners."
order = 2

[[variables]]
name = "years"
question = "For how many years?"
scale = "interval"
applies_to = ["membership", "event"]
"""
TEXTS = {
    "001_a.txt": "Kazakhstan and Russia are allies by treaty, and each will help the other.\n\n"
    "Kazakhstan is a member of the CSTO and nobody doubts that it will stay.\n\n"
    "The weather on the steppe is cold, and the wind blows nearly all the year.\n",
    "002_b.txt": "Turkey and Kazakhstan are strategic partners, as both presidents like to say.\n",
}


@pytest.fixture
def study(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "study")
    (tmp_path / "study" / "codebooks").mkdir(parents=True)
    (tmp_path / "study" / "codebooks" / "ties.toml").write_text(BOOK, encoding="utf-8")
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made.archive.add([tmp_path / name for name in TEXTS], jobs=1)
    return made


def run(study: Workspace, *words: str) -> int:
    assert study.path is not None
    with pytest.raises(SystemExit) as ended:
        cli.main(["--study", str(study.path), *words])
    return int(str(ended.value.code or 0))


def test_a_codebook_is_read_in_its_order(study: Workspace) -> None:
    (book,) = study.codebooks()
    assert (book.name, book.version, book.note) == ("ties", "2", "How close.")
    tie, years = book.variables
    assert tie.categories == ("none", "partner", "ally")
    assert [value.label for value in tie.values] == ["none", "partner", "Allies"]
    assert (tie.applies_to, years.applies_to) == (("passage",), ("membership", "event"))
    assert years.check(" 3.0 ") == "3"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name = "ties"', 'nam = "ties"', "'nam' is not known here"),
        ('name = "ties"', "", "name is missing"),
        ('name = "ties"', 'name = " "', "name is empty"),
        ('"ordinal"', '"order"', "'order' is no scale; expected nominal, ordinal, interval"),
        ("order = 3", 'order = "3"', "variable tie, value 1.*order is '3'"),
        ("order = 3", "", "some values have an order"),
        ("order = 3", "order = 1", "the order '1' stands there twice"),
        ('value = "partner"', 'value = "none"', "the value 'none' stands there twice"),
        ('name = "years"', 'name = "tie"', "the variable 'tie' stands there twice"),
        ('["membership", "event"]', '["treaty"]', "applies_to is"),
        ('["membership", "event"]', '"event"', "applies_to is"),
        ('note = "How close."', "note = 1", "note is 1"),
        ("version = 2", "version = true", "version is no text"),
        ("[[variables]]", "[[variables", "cannot be read"),
        ('value = "ally"', f'value = "{"a" * 70}"', "value is too long"),
        (BOOK, 'name = "n"\nversion = "1"\nvariables = 3', "variables is no list"),
        (BOOK, 'name = "n"\nversion = "1"\nvariables = []', "there are 0 variables"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    path = tmp_path / "ties.toml"
    path.write_text(BOOK.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(UnreadableFile, match=told) as caught:
        load(path)
    assert str(caught.value).count(";") >= 2
    assert "ties.toml" in str(caught.value)


def test_bytes_that_are_no_text_and_files_that_are_absent(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("a.toml", "absent.toml"):
        with pytest.raises(UnreadableFile, match="cannot be read"):
            load(tmp_path / name)


def test_a_variable_stands_in_one_codebook(study: Workspace) -> None:
    assert study.path is not None
    folder = study.path / "codebooks"
    (folder / "again.toml").write_text(BOOK, encoding="utf-8")
    with pytest.raises(BadValue, match=r"again.toml and ties.toml both define 'tie'"):
        codebooks_of(study.path)
    with pytest.raises(BadValue, match="both define"):
        study.code("u", "tie", "ally", coder="ada")


def test_codings_are_checked_against_the_codebook(study: Workspace) -> None:
    with pytest.raises(BadValue, match="expected none, partner, ally"):
        study.code("u1", "tie", "friend", coder="ada")
    with pytest.raises(BadValue, match="expected a number"):
        study.code("u1", "years", "long", coder="ada")
    study.code("u1", "tie", "ally", coder="ada")
    study.code("u1", "mood", "anything", coder="ada")
    assert study.codings()["value"].to_list() == ["ally", "anything"]


def test_agreement_takes_scale_and_order(study: Workspace) -> None:
    given = {"ada": ("none", "partner", "ally", "ally"), "bo": ("none", "ally", "ally", "partner")}
    for coder, values in given.items():
        for at, value in enumerate(values):
            study.code(f"u{at}", "tie", value, coder=coder)
            study.code(f"u{at}", "years", str(at), coder=coder)
    ordinal = study.compute("krippendorff_alpha", variable="tie", bootstrap=0)
    asked = study.compute(
        "krippendorff_alpha", variable="tie", bootstrap=0, metric="ordinal",
        categories=("none", "partner", "ally"),
    )  # fmt: skip
    assert ordinal.frame.equals(asked.frame)
    assert "categories and metric from the codebook: ordinal" in ordinal.notes
    assert not any("codebook" in note for note in asked.notes)
    nominal = study.compute("krippendorff_alpha", variable="tie", bootstrap=0, metric="nominal")
    assert nominal.frame["value"][0] < ordinal.frame["value"][0]
    kappa = study.compute("cohen_kappa", variable="tie", bootstrap=0)
    assert any("weights" in note for note in kappa.notes)
    interval = study.compute("krippendorff_alpha", variable="years", bootstrap=0)
    assert interval.run.options["metric"] == "interval"
    assert interval.frame["value"][0] == 1


def test_two_coders_in_the_terminal_and_their_agreement(
    study: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for coder, keys in (("Ada", "3\n2\n1\n2\n"), ("Bo", "9\n3\ns\nnone\n2\n")):
        monkeypatch.setattr("sys.stdin", io.StringIO(keys))
        assert run(study, "documents", "code", "--variable", "tie", "--coder", coder) == 0
    told = capsys.readouterr()
    assert "How close are they?" in told.out
    assert "1 none" in told.out
    assert "3 [ally] Allies: A duty to help." in told.out
    assert "2 partner Example: Strategic partners." in told.out
    assert "'9' is no value of tie" in told.err
    assert "4 coded by Ada" in told.err
    assert "3 coded by Bo" in told.err
    codings = study.codings()
    texts = {str(m["sha256"]): study.archive.text(str(m["doc"])) for m in study.archive.documents()}
    for row in codings.iter_rows(named=True):
        assert texts[row["document"]][row["start"] : row["end"]] == row["quote"]
    assert codings.filter(pl.col("coder") == "Bo")["value"].to_list() == ["ally", "none", "partner"]
    found = study.compute("krippendorff_alpha", variable="tie", bootstrap=0)
    assert found.frame["value"].to_list() == [1.0]
    assert found.frame["n"].to_list() == [3]


def test_what_is_coded_is_not_asked_again_and_a_named_unit_is_replaced(
    study: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = units_of(study.archive)[0]
    code = ("documents", "code", "--variable", "tie", "--coder", "Ada")
    assert run(study, *code, first.place, "ally") == 0
    assert run(study, *code, first.place, "none", "--note", "read again") == 0
    assert study.codings()["value"].to_list() == ["none"]
    assert study.codings(history=True).height == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert run(study, *code) == 0
    assert "3 of 4 wait for Ada" in capsys.readouterr().err
    assert run(study, *code, "001:0-1") == 2
    assert run(study, *code, first.place, "friend") == 2
    assert run(study, *code[:-1], "model:x", first.place, "none") == 2
    assert run(study, "documents", "code", "--variable", "mood") == 2
    assert "no codebook defines 'mood'" in capsys.readouterr().err


def test_a_sample_is_the_same_for_every_coder(study: Workspace) -> None:
    units = units_of(study.archive)
    assert len(units) == 4
    taken = drawn(units, 2, seed=3)
    assert taken == drawn(list(units), 2, seed=3)
    assert [u.start for u in taken] == sorted(u.start for u in taken) or len({u.doc for u in taken})
    with pytest.raises(BadValue, match="sample"):
        drawn(units, 0)


def test_a_variable_of_statements_is_asked_of_statements(study: Workspace) -> None:
    assert study.path is not None
    kinds = applies_to(study.path, "years")
    units = units_of(study.archive, kinds)
    assert {unit.kind for unit in units} <= {"membership", "event"}
    assert any(unit.id.startswith("001-") for unit in units)
    with pytest.raises(UnknownName, match="there is no unit"):
        unit_of(units, "003-0001")


def test_a_project_carries_the_codebook(study: Workspace, tmp_path: Path) -> None:
    first = units_of(study.archive)[0]
    study.code(first.id, "tie", "ally", coder="Ada", **first.where)
    path = tmp_path / "out.qdpx"
    assert run(study, "documents", "export", "--to", "qdpx", "--out", str(path)) == 0
    with zipfile.ZipFile(path) as archive:
        project = archive.read("project.qde").decode("utf-8")
    assert "<Description>Allies: A duty to help.</Description>" in project
    assert "<Description>How close are they?</Description>" in project
    names = [project.index(f'name="tie: {value}"') for value in ("none", "partner", "ally")]
    assert names == sorted(names)
    back = read_project(path).codings.filter(pl.col("variable") == "tie")
    assert back.select("value", "coder", "quote").rows() == [("ally", "Ada", first.quote)]


def test_codebooks_in_the_terminal(
    study: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(study, "documents", "codebook", "list", "--to", "json") == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [(row["variable"], row["value"]) for row in rows] == [
        ("tie", "none"), ("tie", "partner"), ("tie", "ally"), ("years", None)
    ]  # fmt: skip
    path = tmp_path / "bad.toml"
    path.write_text(BOOK.replace("ordinal", "x"), encoding="utf-8")
    assert run(study, "documents", "codebook", "check", str(path)) == 2
    told = capsys.readouterr().err.strip()
    assert told.startswith("error: bad.toml (variable tie): 'x' is no scale")
    assert "\n" not in told


def test_the_stamp_follows_the_codebooks(study: Workspace) -> None:
    assert study.path is not None
    before = study.stamp()
    path = study.path / "codebooks" / "ties.toml"
    path.write_text(BOOK + "\n# again\n", encoding="utf-8")
    assert study.stamp() != before
    assert variable(study.path, "absent") is None

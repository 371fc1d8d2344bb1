"""REFI-QDA and followthemoney: what goes out comes back, each quote at its place."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from multivector.documents.exchange.refi import NAMESPACE, export_project, plain, read_project
from multivector.errors import BadValue, UnreadableFile
from multivector.study.judgements import Judgements

TEXTS = {
    "ab" * 32: "\ufeffKazakistan’ın dış politikası.\r\nÇok yönlü 🕊 siyaset.\x0c Son.\r\n",
    "cd" * 32: "Қазақстан мен Қытай келісімге қол қойды <b>&amp;</b>.",
}
NAMES = {"ab" * 32: "001.txt", "cd" * 32: "002 & <x>.html"}
QUOTES = [("ab", "dış politikası", "kind", "claim"), ("ab", "🕊 siyaset", "dimension", "cultural")]
QUOTES += [("cd", "Қытай", "actor", "CHN"), ("ab", "dış politikası", "dimension", "political")]


@pytest.fixture
def codings(tmp_path: Path) -> pl.DataFrame:
    judgements = Judgements(f"sqlite:///{tmp_path / 'j.sqlite'}")
    for number, (name, quote, variable, value) in enumerate(QUOTES):
        document = name * 32
        start = TEXTS[document].index(quote)
        judgements.code(
            f"u{number}",
            variable,
            value,
            coder=("ada", "rule:tr")[number % 2],
            coder_kind=("person", "rule")[number % 2],
            document=document,
            start=start,
            end=start + len(quote),
            quote=quote,
            note="seen \x0b twice & <more>" if number == 1 else None,
        )
    return judgements.codings()


def key(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    columns = ("start", "end", "quote", "variable", "value", "coder", "coder_kind")
    return sorted(frame.select(columns).iter_rows())


def test_a_project_comes_back_with_every_place_intact(
    tmp_path: Path, codings: pl.DataFrame
) -> None:
    path = tmp_path / "study.qdpx"
    assert export_project(path, codings, TEXTS, names=NAMES) == ()
    found = read_project(path)
    assert key(found.codings) == key(codings)
    assert sorted(found.names.values()) == sorted(NAMES.values())
    assert sorted(found.texts.values()) == sorted(map(plain, TEXTS.values()))
    assert found.codings["note"].drop_nulls().to_list() == ["seen   twice & <more>"]
    assert found.remarks == ()


def test_places_count_characters_of_the_exported_text(
    tmp_path: Path, codings: pl.DataFrame
) -> None:
    path = tmp_path / "study.qdpx"
    export_project(path, codings, TEXTS)
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("project.qde"))
        quotes = []
        for source in root.iter(f"{{{NAMESPACE}}}TextSource"):
            name = source.get("plainTextPath").removeprefix("internal://")
            text = archive.read(f"sources/{name}").decode("utf-8-sig")
            for selection in source.iter(f"{{{NAMESPACE}}}PlainTextSelection"):
                start, end = (int(selection.get(f"{at}Position")) for at in ("start", "end"))
                quotes.append(text[start:end])
    assert sorted(quotes) == sorted({quote for _, quote, _, _ in QUOTES})


def test_the_text_keeps_its_length() -> None:
    for text in (*TEXTS.values(), "\r\r\n\n\r", "", "\ufeff"):
        assert len(plain(text)) == len(text)
        assert "\r" not in plain(text)


def test_the_same_codings_give_the_same_bytes(tmp_path: Path, codings: pl.DataFrame) -> None:
    first, second = tmp_path / "a.qdpx", tmp_path / "b.qdpx"
    export_project(first, codings, TEXTS)
    export_project(second, codings.sample(fraction=1, shuffle=True, seed=2), TEXTS)
    assert first.read_bytes() == second.read_bytes()


def test_another_program_reads_and_writes_it(tmp_path: Path, codings: pl.DataFrame) -> None:
    pyrefiqda = pytest.importorskip("pyrefiqda.refiproject")
    path, again = tmp_path / "study.qdpx", tmp_path / "again.qdpx"
    export_project(path, codings, TEXTS, names=NAMES)
    folder = tmp_path / "unpacked"
    project = pyrefiqda.RefiProject.load(path, str(folder))
    assert len(project.sources.text_source) == 2
    for source in project.sources.text_source:
        local = pyrefiqda.RefiProject.resolve_source_path(source.plain_text_path, folder)
        text = local.read_bytes().decode("utf-8")
        for selection in source.plain_text_selection:
            quote = text[selection.start_position : selection.end_position]
            assert quote in {each for _, each, _, _ in QUOTES}
    pyrefiqda.RefiProject.save(project, again, folder / "sources")
    assert key(read_project(again).codings) == key(codings)


def test_what_cannot_be_placed_is_left_out_and_said(tmp_path: Path, codings: pl.DataFrame) -> None:
    moved = codings.with_columns(
        pl.when(pl.col("coding") == 1).then(3).otherwise("start").alias("start"),
        pl.when(pl.col("coding") == 1).then(17).otherwise("end").alias("end"),
        pl.when(pl.col("coding") == 2).then(9_999).otherwise("end").alias("end2"),
    )
    moved = moved.with_columns(
        pl.when(pl.col("coding") == 2).then("end2").otherwise("end").alias("end"),
        pl.when(pl.col("coding") == 3)
        .then(pl.lit("ef" * 32))
        .when(pl.col("coding") == 4)
        .then(None)
        .otherwise("document")
        .alias("document"),
    )
    told = export_project(tmp_path / "x.qdpx", moved, TEXTS)
    expected = ("not at 3 to 17 any more", "behind the end", "not among those", "at no place")
    assert [words in line for words, line in zip(expected, told, strict=True)] == [True] * 4
    assert read_project(tmp_path / "x.qdpx").codings.is_empty()


def test_nothing_to_write_is_refused(tmp_path: Path, codings: pl.DataFrame) -> None:
    with pytest.raises(BadValue, match="no document to write"):
        export_project(tmp_path / "x.qdpx", codings, {})


QDE = f"""<?xml version="1.0"?><Project xmlns="{NAMESPACE}" name="p"><CodeBook><Codes>
<Code guid="c1" name="Allies" isCodable="true"/></Codes></CodeBook><Sources>
<TextSource guid="s1" name="doc"><PlainTextContent>On allies</PlainTextContent>
<PlainTextSelection guid="p1" startPosition="3" endPosition="9"><Coding guid="k1">
<CodeRef targetGUID="c1"/></Coding></PlainTextSelection>
<PlainTextSelection guid="p2" startPosition="3" endPosition="90"><Coding guid="k2">
<CodeRef targetGUID="c1"/></Coding></PlainTextSelection>
<PlainTextSelection guid="p3" startPosition="x" endPosition="9"/></TextSource>
<TextSource guid="s2" name="gone" plainTextPath="internal://gone.txt"/></Sources></Project>"""


def made(path: Path, content: str, name: str = "project.qde") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    return path


def test_a_foreign_project_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    found = read_project(made(tmp_path / "f.qdpx", QDE))
    row = found.codings.row(0, named=True)
    assert (row["variable"], row["value"], row["quote"]) == ("code", "Allies", "allies")
    assert (row["coder"], row["coder_kind"]) == ("unknown", "person")
    assert found.codings.height == 1
    assert len(found.remarks) == 3


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "other.txt", "holds no project.qde"),
        ("<Project", "project.qde", "cannot be read"),
        ("<!DOCTYPE x><Project/>", "project.qde", "forbidden declarations"),
    ],
)
def test_a_damaged_project_is_one_clear_line(
    tmp_path: Path, content: str, name: str, message: str
) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read_project(made(tmp_path / "d.qdpx", content, name))


def test_no_archive_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "d.qdpx").write_bytes(b"nothing")
    for name in ("d.qdpx", "absent.qdpx"):
        with pytest.raises(UnreadableFile, match=name):
            read_project(tmp_path / name)

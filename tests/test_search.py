"""Search: forms of a word are found in four languages, filters hold, the index survives."""

from __future__ import annotations

import contextlib
from pathlib import Path

import polars as pl
import pytest

from multivector.documents.library.search import Index, parse, snippet, timeline
from multivector.documents.text.words import folded, is_ending, lowered, matches, words_of
from multivector.errors import BadValue, StudyError
from multivector.tables import PASSAGES

TEXTS = [
    ("d1", "tr", "Kazakistan'ın dış politikası çok yönlüdür; Rusya ile ilişkiler sürer."),
    ("d1", "tr", "Каzakistаn ile Türkiye arasında anlaşma imzalandı."),
    ("d1", "tr", "Kazak halkının tarihi eskidir."),
    ("d2", "en", "Kazakhstan's multi-vector policy; treaties with Russia and China."),
    ("d2", "ru", "Россия и Казахстан подписали договор. Отношения России с Китаем."),
    ("d2", "kk", "Қазақстанның сыртқы саясаты көпвекторлы."),
    ("d3", "tr", "İSTANBUL’DA KAZAKİSTAN HEYETİ IŞIK saçtı."),
]


def passages() -> pl.DataFrame:
    rows, at = [], dict.fromkeys(("d1", "d2", "d3"), 0)
    for document, language, text in TEXTS:
        start = at[document]
        at[document] = start + len(text) + 1
        rows.append((document, start, start + len(text), "body", language, None, text, "made@1"))
    return pl.DataFrame(rows, schema=PASSAGES.schema, orient="row")


@pytest.fixture
def index() -> Index:
    made = Index()
    made.add(passages())
    return made


def texts(frame: pl.DataFrame) -> set[str]:
    where = {(d, s): t for d, s, t in passages().select("document", "start", "text").iter_rows()}
    return {where[row[:2]][:12] for row in frame.iter_rows()}


@pytest.mark.parametrize("query", ["Kazakistan", "KAZAKİSTAN", "kazakıstan", "Каzakistаn"])
def test_a_turkish_name_is_found_in_every_form_and_spelling(index: Index, query: str) -> None:
    assert texts(index.search(query)) == {"Kazakistan'ı", "Каzakistаn i", "İSTANBUL’DA "}


def test_the_stem_of_another_word_is_not_found(index: Index) -> None:
    assert texts(index.search("kazak")) == {"Kazak halkın"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("россия", {"Россия и Каз"}),
        ("китай", {"Россия и Каз"}),
        ("Қазақстан", {"Қазақстанның"}),
        ("treaty", {"Kazakhstan's"}),
        ("treaties", {"Kazakhstan's"}),
        ("Kazakhstan", {"Kazakhstan's"}),
        ("istanbul", {"İSTANBUL’DA "}),
        ("ışık", {"İSTANBUL’DA "}),
        ("politika rusya", {"Kazakistan'ı"}),
        ("kazakistan -rusya", {"Каzakistаn i", "İSTANBUL’DA "}),
        ('"dış politika"', {"Kazakistan'ı"}),
        ('"politika dış"', set()),
        ("multi-vector", {"Kazakhstan's"}),
    ],
)
def test_queries(index: Index, query: str, found: set[str]) -> None:
    assert texts(index.search(query)) == found


def test_places_are_those_of_the_passage_and_hits_are_marked(index: Index) -> None:
    row = index.search("rusya").row(0, named=True)
    assert (row["document"], row["start"], row["hits"]) == ("d1", 0, 1)
    assert "«Rusya»" in row["snippet"]


def test_filters_by_language_and_document(index: Index) -> None:
    assert index.search("kazakistan", documents=["d3"])["document"].to_list() == ["d3"]
    assert index.search("россия", language="tr").is_empty()


def statements() -> pl.DataFrame:
    rows = [
        ("d1", 0, 30, "KAZ;RUS", "1994/1996", "political"),
        ("d1", 80, 90, "KAZ;TUR", "2009-10", "economic"),
        ("d3", 0, 9, "KAZ", None, "cultural"),
    ]
    names = ["document", "start", "end", "actors", "date", "dimension"]
    return pl.DataFrame(rows, schema=names, orient="row")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"actor": "TUR"}, {"Каzakistаn i"}),
        ({"actor": "KAZ"}, {"Kazakistan'ı", "Каzakistаn i", "İSTANBUL’DA "}),
        ({"dimension": "political"}, {"Kazakistan'ı"}),
        ({"since": "2009"}, {"Каzakistаn i"}),
        ({"until": "1995"}, {"Kazakistan'ı"}),
        ({"since": "1996", "until": "2009-09"}, {"Kazakistan'ı"}),
        ({"actor": "CHN"}, set()),
    ],
)
def test_filters_by_what_was_coded(index: Index, filters: dict[str, str], found: set[str]) -> None:
    assert texts(index.search("kazakistan", statements=statements(), **filters)) == found


@pytest.mark.parametrize(
    ("query", "options", "message"),
    [
        ("", {}, "no word to look for"),
        ("-rusya", {}, "no word to look for"),
        ("... !!", {}, "no word to look for"),
        ("a", {"actor": "KAZ"}, "none are given"),
        ("a", {"language": "tlh"}, "no language"),
        ("a", {"limit": 0}, "1 or more"),
        ("a", {"since": "soon", "statements": statements()}, "not a date"),
    ],
)
def test_bad_queries_are_one_clear_line(
    index: Index, query: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(BadValue, match=message):
        index.search(query, **options)


@pytest.mark.parametrize("query", ['"', "a* OR b", "exact:x", "NEAR(a b)", "x) (", "дом'; --"])
def test_the_syntax_of_the_store_cannot_be_reached(index: Index, query: str) -> None:
    with contextlib.suppress(BadValue):
        index.search(query)


def test_the_index_is_a_file_and_a_document_is_indexed_once(tmp_path: Path) -> None:
    path = tmp_path / "study" / "search.sqlite"
    assert Index(path).add(passages()) == 7
    assert Index(path).add(passages()) == 0
    assert Index(path).search("kazakistan").height == 3
    Index(path).remove(["d1"])
    assert Index(path).search("kazakistan")["document"].to_list() == ["d3"]
    assert Index(path).add(passages()) == 3


def test_a_damaged_index_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StudyError, match="delete it"):
        Index(path).search("a")


def test_words_keep_their_places() -> None:
    text = "Türkiye’nin 1.500 km’lik IŞIĞI"
    found = list(words_of(text, "tr"))
    assert [text[w.start : w.end] for w in found] == ["Türkiye", "1.500", "km", "IŞIĞI"]
    assert found[-1].lowered == "ışığı"
    assert found[-1].folded == folded("isigi")


def test_case_follows_the_language() -> None:
    assert lowered("İLİŞKI", "tr") == "ilişkı"
    assert lowered("INTEREST", "en") == "interest"
    assert folded("ДОГОВОР", "ru") == "договор"
    assert matches(folded("Қазақстандағы"), folded("Қазақстан"), "kk")
    assert not is_ending("istan", "tr")


def test_a_long_passage_is_cut_around_the_hit() -> None:
    text = "word " * 100 + "Kazakhstan " + "word " * 100
    shown = snippet(text, [(500, 510)])
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "«Kazakhstan»" in shown
    assert parse("a b")[0].words == ("a",)


def test_timeline_counts_years_and_dimensions() -> None:
    assert timeline(statements()).rows() == [(1994, "political", 1), (2009, "economic", 1)]

"""Reports as files: one document, three formats; whole, linked, reproducible, inert."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from multivector import cli, report
from multivector.brief import Brief
from multivector.content.model import Cite, Row, Section, Sentence
from multivector.errors import BadValue, MissingExtra
from multivector.report.document import Document, compose
from multivector.report.formula import line, of_measure
from multivector.words import LANGUAGES, using
from multivector.workspace import Workspace

docx = pytest.importorskip("docx")
pytest.importorskip("typst")
pdfium = pytest.importorskip("pypdfium2")

SECTIONS = ("poles", "trade", "organisations", "votes", "unknown")
NASTY = '<script>alert("x")</script> & #panic() *b* $x$ {{ 7*7 }} =1+1 \\u{0} @ref <s-trade>'
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def made() -> Brief:
    return Workspace().brief("KAZ", sections=SECTIONS)


@pytest.fixture(scope="module")
def document(made: Brief) -> Document:
    return compose(made)


@pytest.fixture(scope="module")
def files(made: Brief) -> dict[str, bytes]:
    return {to: report.render(made, to) for to in report.FORMATS}


class Page(HTMLParser):
    """The ids, the links inside, the addresses fetched and the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inside: list[str] = []
        self.fetched: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.add(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.inside += [given["href"][1:]] if given.get("href", "").startswith("#") else []
        self.fetched += [given["src"]] if "src" in given else []
        assert not any(key.startswith("on") for key in given)


def pages(made: bytes) -> list[str]:
    with pdfium.PdfDocument(made) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def body(made: bytes) -> Any:
    return docx.Document(io.BytesIO(made)).element.body


def shown(made: bytes) -> str:
    return "".join(node.text or "" for node in body(made).iter(f"{W}t"))


def hostile(made: Brief, text: str) -> Brief:
    """Return the brief with a text in every place that data can fill."""

    def section(s: Section) -> Section:
        return dataclasses.replace(
            s,
            title=text,
            sentences=tuple(dataclasses.replace(t, text=text) for t in s.sentences),
            charts=tuple(dataclasses.replace(c, title=text, text=text) for c in s.charts),
            tables=tuple(
                dataclasses.replace(
                    t,
                    caption=text,
                    note=text,
                    columns=tuple(dataclasses.replace(c, label=text) for c in t.columns),
                    rows=tuple(
                        Row({key: text for key in r.cells if key != "kind"}, r.cites)
                        for r in t.rows
                    ),
                )
                for t in s.tables
            ),
        )

    references = (
        dataclasses.replace(r, text=text, url=f"javascript:{text}") for r in made.references
    )
    return dataclasses.replace(
        made,
        name=text,
        sections=tuple(section(s) for s in made.sections),
        facts=tuple(dataclasses.replace(f, text=text, detail=text) for f in made.facts),
        references=tuple(references),
    )


def test_two_runs_give_the_same_bytes(made: Brief, files: dict[str, bytes]) -> None:
    again = Workspace().brief("Kazakistan", sections=SECTIONS)
    for to in report.FORMATS:
        assert report.render(again, to) == files[to], to


def test_a_report_begins_with_sourced_key_sentences(document: Document) -> None:
    assert 6 <= len(document.summary) <= 10
    assert all(item.links and item.lead for item in document.summary)
    assert len({item.text for item in document.summary}) == len(document.summary)
    assert any("90% interval" in item.text for item in document.summary)
    told = dict(document.about)
    assert told["Subject"] == "KAZ"
    assert re.fullmatch(r"[\w ]*20\d\d", told["Newest figure"])


def test_long_tables_stand_in_the_annex_and_numbers_run_on(document: Document) -> None:
    grids = [grid for part in document.parts for grid in part.grids]
    assert [g.number for g in (*grids, *document.annex)] == [
        *range(1, len(grids) + len(document.annex) + 1)
    ]
    assert {"seats", "exports-partners", "runs"} <= {grid.id for grid in document.annex}
    assert all(sum(grid.widths) == pytest.approx(1) for grid in (*grids, *document.annex))
    moved = {link.target for part in document.parts for link in part.moved}
    assert moved == {f"t-{grid.id}" for grid in document.annex}


def test_every_link_of_a_document_arrives(document: Document) -> None:
    grids = [*document.annex, *(grid for part in document.parts for grid in part.grids)]
    places = {entry.id for entry in document.entries} | {f"t-{grid.id}" for grid in grids}
    places |= {row.id for grid in grids for row in grid.lines if row.id}
    links = [link for grid in grids for row in grid.lines for link in row.links]
    links += [link for part in document.parts for item in part.paragraphs for link in item.links]
    assert {link.target for link in links} <= places


def test_a_source_nobody_lists_is_shown_without_a_link(made: Brief) -> None:
    sentence = Sentence("Said somewhere.", (Cite("nowhere@1"), Cite("table:nothing")))
    sections = (Section("trade", "Trade", (sentence,)),)
    bare = dataclasses.replace(made, sections=sections, facts=(), references=(), computations=())
    [item] = compose(bare).summary
    assert [link.target for link in item.links] == [""]
    for to in report.FORMATS:
        assert report.render(bare, to)


def test_the_page_is_whole_and_asks_for_nothing(files: dict[str, bytes]) -> None:
    page = Page(files["html"].decode())
    assert len(page.ids) == len(set(page.ids))
    assert set(page.inside) <= set(page.ids)
    assert page.fetched
    assert all(address.startswith("data:image/svg+xml;base64,") for address in page.fetched)
    assert not page.tags & {"script", "link", "iframe", "object", "form"}
    assert not re.search(r"url\(|@import", files["html"].decode())
    assert "@page{size:A4" in files["html"].decode()


def test_the_pdf_has_pages_bookmarks_and_text(
    made: Brief, document: Document, files: dict[str, bytes]
) -> None:
    with pdfium.PdfDocument(files["pdf"]) as opened:
        assert 8 <= len(opened) <= 30
        assert opened[0].get_size() == pytest.approx((595.28, 841.89), abs=0.1)
        titles = [item.get_title() for item in opened.get_toc() if item.level == 0]
        assert opened.get_metadata_dict()["Title"] == "Kazakhstan: Foreign policy report"
    parts = [part.title for part in document.parts]
    assert titles == ["Summary", *parts, "Annex: tables in full", "Sources"]
    text = " ".join(pages(files["pdf"]))
    assert "Page 1 of" in text
    assert f"Figure {sum(len(s.charts) for s in made.sections)}." in text
    assert "\ufffd" not in text


def test_word_finds_its_own_styles_fields_and_bookmarks(
    document: Document, files: dict[str, bytes]
) -> None:
    opened = docx.Document(io.BytesIO(files["docx"]))
    styles = [paragraph.style.name for paragraph in opened.paragraphs]
    figures = sum(len(part.figures) for part in document.parts)
    grids = [*document.annex, *(grid for part in document.parts for grid in part.grids)]
    assert styles[:2] == ["Title", "Subtitle"]
    assert styles.count("Heading 1") == len(document.parts) + 3
    assert styles.count("Caption") == figures + len(grids)
    assert styles.count("List Number") == len(document.entries)
    codes = [node.text.strip() for node in opened.element.iter(f"{W}instrText")]
    assert sum(code.startswith("SEQ Figure") for code in codes) == figures
    assert sum(code.startswith("SEQ Table") for code in codes) == len(grids)
    assert sum(code.startswith("TOC") for code in codes) == 1
    begun = [node.get(f"{W}fldCharType") for node in opened.element.iter(f"{W}fldChar")]
    assert begun.count("begin") == begun.count("separate") == begun.count("end") == len(codes)
    marks = [node.get(f"{W}name") for node in opened.element.iter(f"{W}bookmarkStart")]
    links = {node.get(f"{W}anchor") for node in opened.element.iter(f"{W}hyperlink")} - {None}
    assert len(marks) == len(set(marks))
    assert links <= set(marks)
    assert max(map(len, marks)) <= 40


def test_word_tables_repeat_their_heads_and_pictures_have_words(files: dict[str, bytes]) -> None:
    opened = docx.Document(io.BytesIO(files["docx"]))
    reported = [table for table in opened.tables if table.style.name == "Report Table"]
    assert len(reported) == len(opened.tables) - 1
    for table in reported:
        assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
    assert opened.inline_shapes
    for shape in opened.inline_shapes:
        assert len(shape._inline.docPr.get("descr")) > 20
    assert opened.sections[0].page_width.cm == pytest.approx(21.0, abs=0.01)
    assert opened.core_properties.author == "multivector"
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as packed:
        assert {item.date_time for item in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_report_speaks_and_spells_each_language(lang: str) -> None:
    words = {"en": "Summary", "tr": "Özet", "ru": "Сводка", "kk": "Түйін"}
    letters = {"en": "", "tr": "şğıİ", "ru": "ъыё", "kk": "әғқңөұүһіӘҒҚҢӨҰҮҺІ"}
    told = f"{letters[lang]} Қазақстан Türkiye"
    with using(lang):
        brief = Workspace().brief("KAZ", sections=["trade"])
        document = compose(brief)
        assert document.language == lang
        if lang in ("tr", "kk"):
            assert document.words["summary"] == words[lang]
        spelt = dataclasses.replace(
            brief, sections=(*brief.sections, Section("letters", "Letters", (Sentence(told),)))
        )
        text = " ".join(pages(report.render(spelt, "pdf")))
        assert told in text
        page = report.render(spelt, "html").decode()
        assert f'<html lang="{lang}"' in page
        written = report.render(spelt, "docx")
    assert told in shown(written)
    tag = docx.Document(io.BytesIO(written)).styles.element.find(f".//{W}rPrDefault//{W}lang")
    assert tag.get(f"{W}val").startswith(f"{lang}-")


def test_nothing_in_a_name_runs_anywhere(made: Brief) -> None:
    brief = hostile(made, NASTY)
    page = Page(report.render(brief, "html").decode())
    assert "script" not in page.tags
    assert "javascript" not in " ".join(page.inside)
    text = " ".join(pages(report.render(brief, "pdf")))
    assert "#panic() *b* $x$ {{ 7*7 }}" in re.sub(r"\s+", " ", text)
    word = report.render(brief, "docx")
    assert NASTY in shown(word)
    with zipfile.ZipFile(io.BytesIO(word)) as packed:
        relations = packed.read("word/_rels/document.xml.rels").decode()
    assert "javascript" not in relations


def test_characters_no_file_can_hold_are_left_out(made: Brief) -> None:
    brief = hostile(made, "a\x00b\x0bc\ud800d\uffffe")
    assert compose(brief).title == "abcde"
    for to in report.FORMATS:
        assert report.render(brief, to)


def test_an_empty_brief_is_still_a_report(made: Brief) -> None:
    bare = dataclasses.replace(
        made, sections=(), facts=(), poles=(), references=(), computations=(), gaps=()
    )
    for to in report.FORMATS:
        assert report.render(bare, to)


def test_formulas_read_as_lines() -> None:
    pieces = line(r"H = \sum_j s_{ij}^2, \qquad \hat\theta = \frac{n_a}{n_a + n_b}")
    assert [(piece.text, piece.place) for piece in pieces] == [
        ("H = ∑", ""), ("j", "sub"), (" s", ""), ("ij", "sub"), ("2", "sup"),
        ("; θ̂ = n", ""), ("a", "sub"), ("/(n", ""), ("a", "sub"), (" + n", ""),
        ("b", "sub"), (")", ""),
    ]  # fmt: skip
    assert of_measure(test_formulas_read_as_lines) == ()


def test_no_formula_of_the_catalogue_keeps_latex() -> None:
    from multivector.measures import catalogue

    told = {n: "".join(p.text for p in of_measure(m.function)) for n, m in catalogue().items()}
    assert sum(map(bool, told.values())) > 60
    left = {n: t for n, t in told.items() if "\\" in t or re.search(r"frac|qquad|sum_", t)}
    assert not left


def test_the_workspace_refuses_a_format_or_language_there_is_not() -> None:
    with pytest.raises(BadValue, match="expected one of html, pdf, docx"):
        Workspace().report("KAZ", to="odt")
    with pytest.raises(BadValue, match="no language"):
        Workspace().report("KAZ", lang="de")


@pytest.mark.parametrize(("to", "package"), [("pdf", "typst"), ("docx", "docx"), ("docx", "typst")])
def test_a_missing_package_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, made: Brief, to: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=r"pip install 'multivector\[(reports|charts)\]'"):
        report.render(hostile(made, "not drawn before"), to)


def test_the_command_writes_a_file_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", "Kazakistan", "--to", "html", "--sections", "trade", "--lang", "tr"])
    assert ended.value.code == 0
    out, err = capsys.readouterr()
    made = tmp_path / "report-KAZ.html"
    assert out.strip() == str(made)
    assert "wrote report-KAZ.html" in err
    with using("tr"):
        assert made.read_bytes() == Workspace().report("KAZ", to="html", sections=["trade"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["KAZ", "--to", "xls"], "expected one of html, pdf, docx"),
        (["KAZ", "--lang", "de"], "no language 'de'"),
        (["KAZ", "--sections", "weather"], "there is no section weather"),
        (["Narnia"], "not a state"),
        (["KAZ", "--sections", "poles", "--out", "no/such/folder/x.pdf"], "cannot be written"),
    ],
)
def test_bad_input_gets_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", *words])
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert err.startswith("error: ")
    assert said in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_the_package_opens_without_the_formats() -> None:
    code = "import sys, multivector.report; print(*{'typst', 'docx'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""

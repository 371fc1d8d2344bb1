"""The renderers: one content, three views; escaped, accessible, without requests or scripts."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from html.parser import HTMLParser

import pytest

from multivector import brief, report
from multivector.brief import Brief
from multivector.content.model import Row
from multivector.workspace import Workspace

VOID = {"meta", "br", "link", "img", "hr", "input"}
SVG_VOID = {"line", "circle", "path", "rect", "polyline", "polygon"}


class Page(HTMLParser):
    """Checks that tags nest, and keeps what the tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[int] = []
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "a" and (given.get("href") or "").startswith("#"):
            self.targets.append((given["href"] or "")[1:])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG_VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def made() -> Brief:
    return brief.build(Workspace(), "KAZ")


@pytest.fixture(scope="module")
def page(made: Brief) -> str:
    return report.html(made)


def test_two_runs_give_the_same_bytes(made: Brief, page: str) -> None:
    again = brief.build(Workspace(), "Kazakistan")
    assert report.html(again) == page
    assert report.json(again) == report.json(made)
    assert report.text(again) == report.text(made)


def test_the_page_nests_and_every_link_arrives(page: str) -> None:
    found = Page(page)
    assert len(found.ids) == len(set(found.ids))
    assert set(found.targets) <= set(found.ids)
    assert found.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(found.headings, found.headings[1:], strict=False))


def test_the_page_asks_for_nothing(page: str) -> None:
    assert '<html lang="en">' in page
    assert not {"script", "link", "img", "iframe", "object"} & Page(page).tags
    assert not re.search(r"@import|url\(|src=|\son\w+=", page)


def test_tables_have_captions_and_scopes(page: str) -> None:
    assert page.count("<table") == page.count("<caption")
    assert all("scope=" in head for head in re.findall(r"<th[ >][^>]*>?", page))


def test_charts_have_a_text_beside_them_and_stand_there_for_two_widths(
    made: Brief, page: str
) -> None:
    shown = "".join(Page(page).text)
    for section in made.sections:
        for chart in section.charts:
            assert chart.text
            assert chart.title in shown
            assert page.count(f'aria-label="{html.escape(chart.text)}"') == 2
    pictures = re.findall(r"<svg.*?</svg>", page)
    assert len(pictures) == 2 * sum(len(section.charts) for section in made.sections)
    assert not any("#" in picture.replace("&#", "") for picture in pictures)


def test_names_from_data_are_escaped(made: Brief) -> None:
    nasty = '<script>alert("x")</script> & <b>'
    sections = tuple(
        dataclasses.replace(
            s,
            title=f"{s.title} {nasty}",
            sentences=tuple(dataclasses.replace(t, text=t.text + nasty) for t in s.sentences),
            charts=tuple(dataclasses.replace(c, title=nasty, text=nasty) for c in s.charts),
            tables=tuple(
                dataclasses.replace(
                    t,
                    caption=nasty,
                    rows=tuple(
                        Row({k: nasty if isinstance(v, str) else v for k, v in r.cells.items()})
                        for r in t.rows
                        if t.id not in ("profile", "parts")
                    ),
                )
                for t in s.tables
            ),
        )
        for s in made.sections
    )
    page = report.html(dataclasses.replace(made, name=nasty, sections=sections))
    assert "<script" not in page
    assert "<b>Foreign" in page
    assert page.count("<b>") == report.html(made).count("<b>")


def test_json_holds_what_the_page_shows(made: Brief, page: str) -> None:
    content = json.loads(report.json(made))
    assert set(content) == {field.name for field in dataclasses.fields(Brief)}
    shown = " ".join("".join(Page(page).text).split())
    for section in content["sections"]:
        for sentence in section["sentences"]:
            assert " ".join(sentence["text"].split()) in shown
    assert content["schema"] == brief.SCHEMA


def test_the_terminal_sees_the_same_figures(made: Brief) -> None:
    text = report.text(made)
    assert all(fact.text in text for fact in made.facts)
    assert "Sources" in text or "[1]" in text


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (None, "share", ""),
        (0.1826, "share", "18.3%"),
        (7.04, "ratio", "7.0×"),
        (-0.0729, "number", "−0.073"),
        (True, "text", "yes"),
        ("2016-01", "date", "January 2016"),
        (2724900.0, "integer", "2,724,900"),
    ],
)
def test_values_are_written_by_their_kind(value: object, kind: str, said: str) -> None:
    assert report.written(value, kind) == said  # type: ignore[arg-type]

"""Charts: every shape at every width, texts clear of one another, the same bytes, and formats."""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector import charts
from multivector.charts.canvas import (
    fraction_of_year,
    separate,
    spread,
    ticks,
    value_ticks,
    wrap,
    year_ticks,
)
from multivector.charts.paint import text_width, theme_of
from multivector.charts.shapes import SHAPES
from multivector.content.model import Chart, Shape
from multivector.errors import BadValue, MissingExtra, MultivectorError
from multivector.measures import Measure, catalogue
from multivector.names import states
from multivector.provenance import Result, Run
from multivector.study import world
from multivector.words import using
from multivector.workspace import Workspace
from tests.test_contract import inputs, options

Box = tuple[float, float, float, float]
WIDTHS = (340, 480, 640, 900)
SVG = "{http://www.w3.org/2000/svg}"
LONG = {
    "ru": ["Соединённые Штаты", "Европейский союз", "Босния и Герцеговина", "Папуа — Новая Гвинея"],
    "tr": ["Amerika Birleşik Devletleri", "Saint Vincent ve Grenadinler", "Çin", "Güney Afrika"],
    "kk": ["Америка Құрама Штаттары", "Біріккен Араб Әмірліктері", "Қырғызстан", "Ресей"],
}
POLES = [("USA", "United States"), ("EU", "European Union"), ("RUS", "Russia"), ("CHN", "China")]
POLES += [("TUR", "Türkiye")]


def pole(at: int, code: str, name: str) -> dict[str, Any]:
    bands = [0.02 * at + 0.02, 0.05, 0.01 * (5 - at)]
    value = sum(bands)
    span = {"value": value, "low": 0.7 * value, "high": 1.4 * value}
    return {"key": code, "label": name, "bands": bands, **span}


def line(at: int, code: str, name: str) -> dict[str, Any]:
    points = [
        {"x": year, "y": 0.3 + 0.011 * at, "low": 0.28 + 0.01 * at, "high": 0.33 + 0.01 * at}
        for year in range(1992, 2024)
        if at != 1 or year not in (2003, 2004, 2005)
    ]
    return {"key": code, "label": name, "points": points[: 40 - 6 * at]}


def bar(status: str, start: str | None, end: str | None) -> dict[str, Any]:
    return {"status": status, "start": start, "end": end, "source": "x@1", "as_of": None}


ROSE = {
    "from": 2019,
    "to": 2023,
    "domains": ["votes", "trade", "institutions"],
    "poles": [pole(at, *names) for at, names in enumerate(POLES)],
}
SPECIMENS: dict[str, dict[str, Any]] = {
    "bars": {
        "unit": "number",
        "reference": 0.5,
        "rows": [
            {"key": c, "label": n, "value": 0.1 * at + 0.2, "low": 0.1 * at, "high": 0.9}
            for at, (c, n) in enumerate(POLES)
        ]
        + [{"key": "X", "label": "Not defined", "value": None, "low": None, "high": None}],
    },
    "compass": ROSE,
    "dumbbell": {
        "from_label": "2003",
        "to_label": "2015",
        "rows": [
            {"key": "RUS", "label": "Russia", "from": 0.25, "to": 0.12},
            {"key": "ARE", "label": "United Arab Emirates", "from": None, "to": 0.2},
            {"key": "DEU", "label": "Germany", "from": 0.1, "to": None},
        ],
    },
    "events": {
        "from": 1991,
        "to": 2023,
        "lanes": [
            {"key": "t", "label": "Agreements and treaties"},
            {"key": "v", "label": "Visits"},
        ],
        "events": [
            {"lane": lane, "date": date, "label": label}
            for lane, date, label in [
                ("t", "1991-12-16", "Recognition"),
                ("t", "1992", "Protocol on diplomatic relations"),
                ("t", "2009-10-22", "Strategic partnership, a treaty of a very long name"),
                ("v", "2021-11-12", "A visit to Istanbul"),
                ("v", "2022-05", "A visit to Ankara"),
            ]
        ],
    },
    "heat": {
        "unit": "number",
        "middle": 0,
        "columns": [{"key": k, "label": k.capitalize()} for k in ("debt", "deficit", "inflation")],
        "rows": [
            {"key": c, "label": n, "cells": [0.5, None, -3.0]}
            for c, n in (("NGA", "Nigeria"), ("GMB", "Gambia"))
        ],
    },
    "lines": {
        "unit": "share",
        "from": 1992,
        "to": 2023,
        "lines": [line(at, *names) for at, names in enumerate(POLES)],
        "marks": [{"x": 2001, "label": "SCO founded"}, {"x": 2003, "label": "a change"}],
        "reference": 0.5,
    },
    "map": {
        "unit": "share",
        "values": [{"key": s, "value": at / 195} for at, s in enumerate(states.today())],
        "highlight": ["KAZ"],
    },
    "matrix": {
        "poles": [code for code, _ in POLES],
        "rows": [
            {"key": "SCO", "name": "", "status": "founding member", "there": [0, 0, 1, 1, 0]},
            {"key": "OTS", "name": "", "status": "dialogue partner", "there": [0, 0, 0, 0, 1]},
        ],
    },
    "network": {
        "nodes": [
            {"key": f"C{at}", "label": f"Club {at}", "size": at + 1, "own": at == 0}
            for at in range(14)
        ],
        "links": [
            {"a": f"C{a}", "b": f"C{b}", "weight": (a * b) % 5 + 1}
            for a in range(14)
            for b in range(a)
            if (a + b) % 3
        ],
    },
    "scatter": {
        "unit": "number",
        "points": [
            {"key": c, "label": n, "x": 2000 + 4 * at, "y": 0.1 * at, "low": -0.2, "high": 0.9}
            for at, (c, n) in enumerate(POLES)
        ],
    },
    "steps": {
        "domains": ROSE["domains"],
        "steps": [{**ROSE, "from": year, "to": year + 4} for year in (1999, 2004, 2009, 2014)],
    },
    "timeline": {
        "from": 1990,
        "to": 2023,
        "rows": [
            {"key": "UN", "label": "UN", "name": "", "bars": [bar("member", "1992-03-02", None)]},
            {"key": "NAM", "label": "NAM", "name": "", "bars": [bar("observer", "1995", "2019")]},
            {"key": "WTO", "label": "WTO", "name": "", "bars": [bar("member", None, None)]},
        ],
    },
}
by_shape = pytest.mark.parametrize("shape", sorted(SHAPES))


def content(shape: Any, data: dict[str, Any] | None = None) -> Chart:
    data = SPECIMENS[shape] if data is None else data
    return Chart("specimen", shape, "Title", "What it shows <in words>", data)


def picture(
    shape: str, width: int = 720, data: dict[str, Any] | None = None
) -> ElementTree.Element:
    return ElementTree.fromstring(charts.of_content(content(shape, data), width=width).svg)


def renamed(data: Any, names: list[str]) -> Any:
    """Return data with every label of a state or club replaced by a long one."""
    if isinstance(data, list):
        return [renamed(item, names[at % len(names) :] + names) for at, item in enumerate(data)]
    if isinstance(data, dict):
        known = {key: renamed(value, names) for key, value in data.items()}
        return known | ({"label": names[0]} if "label" in data and "key" in data else {})
    return data


def said(node: ElementTree.Element) -> str:
    """Return what a text says, its lines joined by a space."""
    lines = [part.text or "" for part in node.iter(f"{SVG}tspan")]
    return " ".join(lines) if lines else "".join(node.itertext())


def texts(root: ElementTree.Element) -> Iterator[tuple[str, Box]]:
    """Give each text with its box in pixels, measured as the widest font sets it."""
    for node in root.iter(f"{SVG}text"):
        size, bold = float(node.get("font-size", "12")), node.get("font-weight") == "bold"
        lines = [part.text or "" for part in node.iter(f"{SVG}tspan")]
        lines = lines or [(node.text or "") + "".join(child.tail or "" for child in node)]
        wide = max(text_width(line, size, bold=bold) for line in lines)
        x, y = float(node.get("x", "0")), float(node.get("y", "0"))
        if node.get("transform"):
            assert node.get("transform", "").startswith("rotate(-90 ")
            yield " ".join(lines), (x - 0.42 * size, y - wide, x + 0.42 * size, y)
            continue
        middle = y - 0.36 * size
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[
            node.get("text-anchor", "start")
        ]
        below = (len(lines) - 1) * (size + 2)
        yield (
            " ".join(lines),
            (left, middle - 0.42 * size, left + wide, middle + below + 0.42 * size),
        )


def check_texts(root: ElementTree.Element) -> None:
    wide, tall = float(root.attrib["width"]), float(root.attrib["height"])
    found = list(texts(root))
    assert found
    for text, (left, top, right, bottom) in found:
        assert left >= -0.5, text
        assert top >= -0.5, text
        assert right <= wide + 0.5, text
        assert bottom <= tall + 0.5, text
    for at, (text, a) in enumerate(found):
        for other, b in found[at + 1 :]:
            clear = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert clear, (text, other)


def test_every_shape_of_the_content_is_drawn_and_has_a_specimen() -> None:
    assert set(get_args(Shape)) == set(SHAPES) == set(SPECIMENS)


@by_shape
@pytest.mark.parametrize("width", WIDTHS)
def test_texts_do_not_touch_and_stay_inside(shape: str, width: int) -> None:
    check_texts(picture(shape, width))


@by_shape
@pytest.mark.parametrize("lang", sorted(LONG))
def test_long_names_of_every_language_do_not_touch(shape: str, lang: str) -> None:
    with using(lang):
        for width in WIDTHS:
            check_texts(picture(shape, width, renamed(SPECIMENS[shape], LONG[lang])))


@by_shape
def test_texts_are_never_smaller_than_eleven_pixels(shape: str) -> None:
    for width in WIDTHS:
        for node in picture(shape, width).iter(f"{SVG}text"):
            assert float(node.get("font-size", "12")) >= 11


@by_shape
@pytest.mark.parametrize("theme", ["light", "dark", "page"])
def test_a_chart_is_one_picture_with_words_and_without_addresses(shape: str, theme: Any) -> None:
    drawn = charts.of_content(content(shape), width=720, theme=theme)
    root = ElementTree.fromstring(drawn.svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "What it shows <in words>"
    assert float(root.attrib["width"]) == 720
    assert drawn.svg.count("http") == 1
    assert not any(
        word in drawn.svg for word in ("style=", "<style", " id=", "href", "url(", "nan")
    )
    assert ("#" in drawn.svg.replace("&#", "")) == (theme != "page")
    again = charts.of_content(content(shape), width=720, theme=theme)
    assert again.svg == drawn.svg


@by_shape
def test_a_mark_has_its_label_and_value_in_words(shape: str) -> None:
    for node in picture(shape).iter():
        if "data-value" in node.attrib:
            title = node.find(f"{SVG}title")
            assert title is not None
            assert title.text


@by_shape
def test_the_rows_behind_a_chart_are_a_frame_and_a_specification(shape: str) -> None:
    frame = charts.data(content(shape))
    assert isinstance(frame, pl.DataFrame)
    assert frame.height > 0
    assert frame.write_csv()
    found = charts.spec(charts.of_content(content(shape)))
    assert "http" not in json.dumps(found)
    assert found["description"] == "What it shows <in words>"
    assert len(found["data"]["values"]) == frame.height
    for channel in found["encoding"].values():
        assert channel["field"] in frame.columns


@by_shape
def test_a_shape_without_rows_is_an_empty_picture(shape: str) -> None:
    empty = {k: [] if isinstance(v, list) else v for k, v in SPECIMENS[shape].items()}
    if shape in ("compass", "steps", "matrix", "heat"):
        kept = {"domains": ["votes"], "poles": [], "columns": []}
        empty |= {k: v for k, v in kept.items() if k in empty}
    assert picture(shape, data=empty).tag == f"{SVG}svg"


def test_the_formats_are_the_same_bytes_from_threads_and_in_files(tmp_path: Path) -> None:
    drawn = charts.of_content(content("compass"))
    assert charts.pdf(drawn)[:5] == b"%PDF-"
    assert charts.svg(drawn) in drawn.html()
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda _: charts.of_content(content("compass")).png(), range(8))
        (only,) = set(made)
    assert only[:8] == b"\x89PNG\r\n\x1a\n"
    assert only == charts.png(drawn)
    for kind, start in (
        ("svg", b"<svg"),
        ("png", b"\x89PNG"),
        ("pdf", b"%PDF"),
        ("html", b"<!DOC"),
    ):
        assert drawn.save(tmp_path / f"chart.{kind}").read_bytes().startswith(start)
    with pytest.raises(BadValue, match=r"expected \.svg"):
        drawn.save(tmp_path / "chart.gif")


def test_letters_of_all_four_languages_are_in_the_fonts() -> None:
    letters = (
        "".join(name for names in LONG.values() for name in names)
        + "ğışçöüİЁёӘәҒғҚқҢңӨөҰұҮүҺһІі→−–…"
    )
    fonts = json.loads((charts.drawing.FONTS / "widths.json").read_text("utf-8"))
    for widths in fonts.values():
        assert set(letters) <= set("".join(widths.values()))
    assert text_width("İstanbul") == pytest.approx(50, abs=3)


def test_a_picture_of_dots_holds_the_letters() -> None:
    data = copy.deepcopy(SPECIMENS["dumbbell"])
    blank = copy.deepcopy(data)
    for row, empty in zip(data["rows"], blank["rows"], strict=True):
        row["label"], empty["label"] = "Қырғызстан", "          "
    with_name, without = (
        charts.of_content(content("dumbbell", found)).png() for found in (data, blank)
    )
    assert len(with_name) > len(without) + 400


def test_markup_in_a_name_is_text() -> None:
    nasty = '<script>alert("1")</script>'
    for shape in SHAPES:
        root = picture(shape, data=renamed(SPECIMENS[shape], [nasty]))
        assert not list(root.iter(f"{SVG}script")), shape


def test_a_pole_has_the_colour_of_its_place() -> None:
    order = ("KAZ", *(code for code, _ in POLES))
    one = {**SPECIMENS["lines"], "lines": [line(2, *POLES[2])]}
    whole = charts.of_content(content("lines", one), order=order).svg
    assert theme_of("light").colours[3] in whole
    assert theme_of("light").colours[1] not in whole


@pytest.mark.parametrize(
    ("wrong", "spoken"),
    [({"width": 10}, "10 pixels"), ({"theme": "sepia"}, "sepia"), ({"shape": "pie"}, "pie")],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(wrong: dict[str, Any], spoken: str) -> None:
    chart = Chart("x", wrong.pop("shape", "lines"), "", "", SPECIMENS["lines"])
    with pytest.raises(BadValue, match=spoken) as caught:
        charts.of_content(chart, **wrong)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_missing_package_names_the_extra(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    drawn = charts.of_content(content("lines"))
    assert drawn.svg
    with pytest.raises(MissingExtra, match=r"multivector\[charts\]"):
        getattr(drawn, kind)()


def test_a_chart_speaks_the_language_it_was_made_in() -> None:
    with using("tr"):
        drawn = charts.of_content(content("timeline"))
        spoken = drawn.svg
    again = charts.of_content(content("timeline"))
    with using("tr"):
        assert again.svg != spoken
    assert 'lang="tr"' in drawn.html()


def test_a_chart_shows_itself_in_a_notebook() -> None:
    shown = charts.of_content(content("lines"), theme="dark")._repr_svg_()
    assert shown.startswith("<svg")
    assert f'fill="{theme_of("dark").paper}"' in shown


def test_every_state_of_today_is_on_the_map_and_the_map_has_an_origin() -> None:
    whole = json.loads(world.path("world_map.json").read_text("utf-8"))
    assert {*states.today(), "TWN", "XKX"} <= {*whole["shapes"], *whole["points"]}
    assert world.path("world_map.json").stat().st_size < 250_000
    assert "public domain" in world.origins()[whole["source"]].licence


def test_no_outline_crosses_the_map() -> None:
    """A ring across the 180th meridian is cut: no stroke leads over a third of the map."""
    for node in picture("map", 900).iter(f"{SVG}path"):
        strides = re.findall(r"[l ](-?\d+),-?\d+", node.attrib["d"])
        assert all(abs(int(stride)) < 3000 for stride in strides)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_positions_keep_their_distance_and_their_order(wanted: list[float]) -> None:
    by_wish = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    for placed in (separate(wanted, 15, 0, 300), spread(wanted, 15, 0, 300)):
        ranked = [placed[i] for i in by_wish]
        assert all(b - a >= 15 - 1e-6 for a, b in pairwise(ranked))
        assert min(placed) >= -1e-6
        assert max(placed) <= 300 + 1e-6


@given(st.text(min_size=1, max_size=60), st.floats(30, 200))
def test_a_wrapped_name_fits_its_room(text: str, room: float) -> None:
    rows = wrap(text, room).split("\n")
    assert len(rows) <= 2
    assert all(text_width(row) <= room or row == "…" for row in rows)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_an_axis_has_marks_and_as_many_labels(low: float, span: float) -> None:
    marks, labels = value_ticks(low, low + span, "number")
    assert len(marks) == len(labels) >= 1
    assert year_ticks(1990, 2024, 300)


@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4), st.sampled_from(["number", "share", "percent"]))
def test_the_label_of_a_mark_is_its_value_not_rounded(low: float, span: float, unit: str) -> None:
    marks, labels = value_ticks(low, low + span, unit)
    for mark, label in zip(marks, labels, strict=True):
        read = float(label.replace("−", "-").replace(",", "").rstrip("%"))
        assert read == pytest.approx(100 * mark if unit == "share" else mark, abs=1e-6 * span)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_and_cover_the_range(low: float, span: float) -> None:
    marks = ticks(low, low + span)
    assert 2 <= len(marks) <= 8
    assert marks == sorted(marks)
    step = marks[1] - marks[0]
    assert marks[0] <= low + step * 1e-6
    assert marks[-1] >= low + span - step * 1e-6


@pytest.mark.parametrize(("date", "year"), [("1991", 1991.0), ("1991-07", 1991.5)])
def test_dates_have_a_place_in_the_year(date: str, year: float) -> None:
    assert fraction_of_year(date) == year


def answered(measure: Measure) -> Result | None:
    try:
        answer = measure.function(**inputs(measure), **options(measure))
    except MultivectorError:
        return None
    frame = answer if measure.main is None else getattr(answer, measure.main)
    return Result(frame, Run(measure.name, {}, {}, {}, "test"))


@pytest.mark.parametrize("measure", list(catalogue().values()), ids=lambda m: m.name)
def test_every_measure_has_a_picture_or_says_it_has_none(measure: Measure) -> None:
    result = answered(measure)
    if result is None:
        pytest.skip("the panel has no answer")
    frame = result.frame
    drawable = "value" in frame.columns and frame["value"].is_not_null().any()
    if not drawable and measure.output.name != "split_rollcalls":
        with pytest.raises(BadValue, match="expected"):
            charts.content_of(result)
        return
    found = charts.content_of(result)
    assert found.text
    assert charts.data(found).height > 0
    assert ElementTree.fromstring(charts.of_content(found, width=340, theme="dark").svg)


def test_results_of_the_embedded_data_choose_their_shape() -> None:
    study = Workspace()
    asked: list[tuple[str, dict[str, Any], str]] = [
        ("agreement", {"state_a": "KAZ", "state_b": "RUS"}, "lines"),
        ("participation", {"years": 2019}, "map"),
        ("splits", {"state": "KAZ", "poles": ("USA", "RUS", "CHN"), "years": (2007, 2013)}, "bars"),
        ("membership_overlap", {"state": "KAZ", "years": 2019}, "map"),
    ]
    for name, how, shape in asked:
        result = study.compute(name, **how)
        assert charts.content_of(result).shape == shape, name
        assert result.chart(width=340, theme="dark").svg.startswith("<svg")

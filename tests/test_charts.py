"""Charts: every shape at every width, labels apart, the same bytes, and a picture a measure."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, get_args
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector import charts
from multivector.charts.canvas import Canvas, apart, value_ticks, year_ticks
from multivector.charts.look import FONT_KAZAKH, TICK, text_width, theme_of, wrap
from multivector.charts.shapes import SHAPES
from multivector.content.model import Chart, Shape
from multivector.errors import BadValue, MissingExtra, MultivectorError
from multivector.measures import Measure, catalogue
from multivector.names import states
from multivector.provenance import Result, Run
from multivector.study import world
from multivector.workspace import Workspace
from tests.test_contract import inputs, options

Box = tuple[float, float, float, float]
WIDTHS = (340, 720, 1100)
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


def drawn(shape: str, width: float = 720) -> Canvas:
    return SHAPES[shape](SPECIMENS[shape], float(width), theme_of("light"), {})


def texts(canvas: Canvas) -> Iterator[tuple[str, Box]]:
    """Give each text with its box in pixels from the corner of the picture."""
    for layer in canvas.layers:
        mark = layer["mark"]
        if mark["type"] != "text" or mark.get("stroke"):
            continue
        for row in layer["data"]["values"]:
            size = mark["fontSize"]
            lines = str(row["text"]).split("\n")
            wide = max(text_width(t, size, bold=mark.get("fontWeight") == "bold") for t in lines)
            x = canvas.across.at(row["x"]) + canvas.margin.left
            down = canvas.down.at(row["y"])
            y = (canvas.height - down if canvas.upward else down) + canvas.margin.top
            half, tall = size * 0.42, (len(lines) - 1) * (size + 2)
            if mark.get("angle"):
                yield row["text"], (x - half, y - wide, x + half, y)
                continue
            left = {"left": x, "center": x - wide / 2, "right": x - wide}[mark["align"]]
            yield row["text"], (left, y - half, left + wide, y + tall + half)


def test_every_shape_of_the_content_is_drawn_and_has_a_specimen() -> None:
    assert set(get_args(Shape)) == set(SHAPES) == set(SPECIMENS)


@by_shape
@pytest.mark.parametrize("width", WIDTHS)
def test_texts_do_not_touch_and_stay_inside(shape: str, width: int) -> None:
    canvas = drawn(shape, width)
    found = list(texts(canvas))
    assert found
    whole = canvas.width + canvas.margin.left + canvas.margin.right
    tall = canvas.height + canvas.margin.top + canvas.margin.bottom
    assert whole == pytest.approx(width, abs=1)
    for text, (left, top, right, bottom) in found:
        assert left >= -1, text
        assert top >= -1, text
        assert right <= whole + 1, text
        assert bottom <= tall + 1, text
    for at, (text, a) in enumerate(found):
        for other, b in found[at + 1 :]:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (text, other)


@by_shape
def test_texts_are_never_smaller_than_eleven_pixels(shape: str) -> None:
    for width in WIDTHS:
        for layer in drawn(shape, width).layers:
            assert layer["mark"].get("fontSize", TICK) >= 11


@by_shape
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_is_one_picture_with_words_and_without_addresses(shape: str, theme: Any) -> None:
    chart = charts.of_content(content(shape), width=720, theme=theme)
    found = charts.spec(chart)
    assert "$schema" not in found
    assert "http" not in json.dumps(found)
    assert found["description"] == "What it shows <in words>"
    picture = charts.svg(chart)
    root = ElementTree.fromstring(picture)
    assert root.attrib["aria-label"] == "What it shows <in words>"
    assert float(root.attrib["width"]) == pytest.approx(720, abs=1)
    assert "NaN" not in picture
    assert not any(word in picture for word in ("style=", "<style", " id=", "href", "url("))
    assert "undefined" not in picture
    again = charts.of_content(content(shape), width=720, theme=theme)
    assert charts.spec(again) == found


@by_shape
def test_the_rows_behind_a_chart_are_a_frame(shape: str) -> None:
    frame = charts.data(content(shape))
    assert isinstance(frame, pl.DataFrame)
    assert frame.height > 0
    assert frame.write_csv()


@by_shape
def test_a_shape_without_rows_is_an_empty_picture(shape: str) -> None:
    empty = {k: [] if isinstance(v, list) else v for k, v in SPECIMENS[shape].items()}
    if shape in ("compass", "steps", "matrix", "heat"):
        kept = {"domains": ["votes"], "poles": [], "columns": []}
        empty |= {k: v for k, v in kept.items() if k in empty}
    assert ElementTree.fromstring(charts.svg(charts.of_content(content(shape, empty))))


def test_the_three_formats_and_the_same_bytes_from_threads() -> None:
    chart = charts.of_content(content("compass"))
    assert charts.png(chart)[:8] == b"\x89PNG\r\n\x1a\n"
    assert charts.pdf(chart)[:5] == b"%PDF-"
    from multivector.charts import drawing

    def draw(_: int) -> str:
        drawing._svg.cache_clear()
        return charts.svg(chart)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(draw, range(8)))) == 1


def test_letters_of_all_four_languages_are_written_and_kazakh_ones_ask_for_their_font() -> None:
    data = json.loads(json.dumps(SPECIMENS["dumbbell"]))
    data["rows"][0]["label"] = "Россия, İğdır"
    chart = charts.of_content(content("dumbbell", data))
    assert FONT_KAZAKH not in json.dumps(charts.spec(chart))
    data["rows"][0]["label"] = "Қырғызстан"
    chart = charts.of_content(content("dumbbell", data))
    assert FONT_KAZAKH in json.dumps(charts.spec(chart))
    assert "Қырғызстан" in charts.svg(chart)


def test_markup_in_a_name_is_text() -> None:
    data = json.loads(json.dumps(SPECIMENS["bars"]))
    data["rows"][0]["label"] = '<script>alert("1")</script>'
    picture = charts.svg(charts.of_content(content("bars", data)))
    assert "<script" not in picture
    assert ElementTree.fromstring(picture)


def test_a_pole_has_the_colour_of_its_place() -> None:
    order = ("KAZ", *(code for code, _ in POLES))
    one = {**SPECIMENS["lines"], "lines": [line(2, *POLES[2])]}
    whole = json.dumps(charts.spec(charts.of_content(content("lines", one), order=order)))
    assert theme_of("light").colours[3] in whole
    assert theme_of("light").colours[1] not in whole


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"width": 10}, "10 pixels"), ({"theme": "sepia"}, "sepia"), ({"shape": "pie"}, "pie")],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(wrong: dict[str, Any], said: str) -> None:
    chart = Chart("x", wrong.pop("shape", "lines"), "", "", SPECIMENS["lines"])
    with pytest.raises(BadValue, match=said) as caught:
        charts.of_content(chart, **wrong)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize("package", ["altair", "vl_convert"])
def test_a_missing_package_names_the_extra(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from multivector.charts import drawing

    drawing._picture.cache_clear()
    drawing._svg.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match="charts"):
        charts.svg(charts.of_content(content("lines")))


def test_an_altair_chart_shows_itself_in_a_notebook() -> None:
    import altair

    chart = charts.of_content(content("lines"))
    assert isinstance(chart, altair.TopLevelMixin)
    shown = chart._repr_mimebundle_()
    assert shown
    whole = altair.LayerChart.from_dict(charts.spec(chart))
    assert len(whole.layer) == len(charts.spec(chart)["layer"])


def test_every_state_of_today_is_on_the_map_and_the_map_has_an_origin() -> None:
    whole = json.loads(world.path("world_map.json").read_text("utf-8"))
    assert {*states.today(), "TWN", "XKX"} <= {*whole["shapes"], *whole["points"]}
    assert world.path("world_map.json").stat().st_size < 250_000
    assert "public domain" in world.origins()[whole["source"]].licence


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_positions_are_kept_apart_in_their_order(wanted: list[float]) -> None:
    placed = apart(wanted, 15, 0, 300)
    ranked = [placed[i] for i in sorted(range(len(wanted)), key=lambda i: (wanted[i], i))]
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
    canvas = SHAPES[found.shape](found.data, 340.0, theme_of("dark"), {})
    assert canvas.layers


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
        assert result.chart(width=340, theme="dark") is not None

"""Charts tell the truth: what stands in a picture is what stands in its data, in place and size.

Each shape is read back from its SVG: labels, values, and where the marks lie. Half a band, labels
upside down, bars that do not start at zero or swapped axes fail here.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from multivector import charts
from multivector.charts.canvas import extent, written
from multivector.content.model import Chart
from multivector.words.figures import percent, span
from tests.test_charts import SPECIMENS, SVG, content, picture, said, texts

WIDTHS = pytest.mark.parametrize("width", [340, 720])
Node = ElementTree.Element


def marks(root: Node, **wanted: str) -> list[Node]:
    """Return the marks that stand for data and have the attributes wanted."""
    found = [node for node in root.iter() if "data-value" in node.attrib]
    return [n for n in found if all(n.get(k.replace("_", "-")) == v for k, v in wanted.items())]


def number(node: Node, name: str) -> float:
    return float(node.attrib[name])


def numbers(path: str) -> list[tuple[float, float]]:
    found = [float(part) for part in re.findall(r"-?\d+\.?\d*", path)]
    return list(zip(found[::2], found[1::2], strict=True))


def spans(root: Node) -> list[list[tuple[float, float]]]:
    """Return the two ends of each interval drawn with caps."""
    ink = "#1b2127"
    paths = (n.attrib["d"] for n in root.iter(f"{SVG}path") if n.get("stroke") == ink)
    return [numbers(d)[:2] for d in paths if d.count("M") == 3]


def straight(pairs: list[tuple[float, float]], *, rising: bool) -> tuple[float, float]:
    """Return slope and start of the line that all pairs of value and pixel lie on."""
    (v0, p0), (v1, p1) = min(pairs), max(pairs)
    slope = (p1 - p0) / (v1 - v0)
    assert (slope > 0) == rising
    for value, pixel in pairs:
        assert pixel == pytest.approx(p0 + slope * (value - v0), abs=0.06), value
    return slope, p0 - slope * v0


def row_of(root: Node, label: str) -> float:
    """Return the height at which a row is named."""
    (box,) = [box for text, box in texts(root) if text == label]
    return (box[1] + box[3]) / 2


def on_axis(root: Node, pairs: list[tuple[float, float]], *, below: bool) -> None:
    """Check that the labels of an axis stand where its scale puts their values."""
    slope, start = straight(pairs, rising=below)
    known = [(t, b) for t, b in texts(root) if re.fullmatch(r"−?[\d.,]+%?", t)]
    axis = max((b[3] for _, b in known), default=0) if below else min(b[2] for _, b in known)
    shown = [(t, b) for t, b in known if abs((b[3] if below else b[2]) - axis) < 1]
    assert len(shown) >= 2
    for text, box in shown:
        value = float(text.replace("−", "-").replace(",", "").rstrip("%"))
        value = value / 100 if text.endswith("%") else value
        middle = (box[0] + box[2]) / 2 if below else (box[1] + box[3]) / 2
        assert middle == pytest.approx(start + slope * value, abs=9.0 if below else 0.1), text


def ends(node: Node) -> tuple[float, float]:
    left = number(node, "x")
    return left, left + number(node, "width")


@WIDTHS
def test_bars_start_at_zero_and_end_at_their_value(width: int) -> None:
    data = {"unit": "number", "rows": [
        {"key": "A", "label": "Alpha", "value": 0.3, "low": 0.1, "high": 0.7},
        {"key": "B", "label": "Beta", "value": -0.2, "low": -0.4, "high": -0.1},
        {"key": "C", "label": "Gamma", "value": 0.6, "low": None, "high": None},
        {"key": "D", "label": "Delta", "value": None, "low": None, "high": None},
    ]}  # fmt: skip
    root = picture("bars", width, data)
    found = {node.attrib["data-key"]: node for node in marks(root)}
    assert set(found) == {"A", "B", "C"}
    (zero,) = {round(ends(found["A"])[0], 2)}
    assert ends(found["C"])[0] == zero
    assert ends(found["B"])[1] == pytest.approx(zero, abs=0.02)
    pairs = [(0.0, zero)]
    for row in data["rows"]:  # type: ignore[attr-defined]
        shown = written(row["value"], "number") if row["value"] is not None else "–"
        assert row_of(root, row["label"]) == pytest.approx(row_of(root, shown))
        if row["value"] is None:
            continue
        node = found[row["key"]]
        assert node.attrib["data-label"] == row["label"]
        assert number(node, "data-value") == row["value"]
        assert node.get("data-low") == (None if row["low"] is None else f"{row['low']:g}")
        pairs.append((row["value"], ends(node)[row["value"] > 0]))
        middle = number(node, "y") + number(node, "height") / 2
        assert middle == pytest.approx(row_of(root, row["label"]), abs=0.1)
    whiskers = spans(root)
    assert len(whiskers) == 2
    for (low, high), row in zip(whiskers, data["rows"], strict=False):  # type: ignore[arg-type]
        pairs += [(row["low"], low[0]), (row["high"], high[0])]  # type: ignore[index]
    straight(pairs, rising=True)
    on_axis(root, pairs, below=True)


@WIDTHS
def test_dumbbells_join_what_was_with_what_is(width: int) -> None:
    data = SPECIMENS["dumbbell"]
    root = picture("dumbbell", width)
    found = marks(root)
    known = [(r, e) for r in data["rows"] for e in ("from", "to") if r[e] is not None]
    assert len(found) == len(known)
    pairs = []
    for node, (row, end) in zip(found, known, strict=True):
        assert node.attrib["data-label"] == row["label"]
        assert node.attrib["data-when"] == data[f"{end}_label"]
        assert number(node, "data-value") == row[end]
        hollow = node.attrib["fill"] == "#ffffff"
        assert hollow == (end == "from")
        assert number(node, "cy") == pytest.approx(row_of(root, row["label"]), abs=0.1)
        pairs.append((row[end], number(node, "cx")))
    straight(pairs, rising=True)
    on_axis(root, pairs, below=True)
    for row in data["rows"]:
        shown = " → ".join("–" if row[e] is None else percent(row[e]) for e in ("from", "to"))
        assert row_of(root, shown) == row_of(root, row["label"])
    legend = [text for text, _ in texts(root)][-5:-3]
    assert legend == ["2003", "2015"]


@WIDTHS
def test_lines_pass_through_their_values_and_bands_are_whole(width: int) -> None:
    data = SPECIMENS["lines"]
    root = picture("lines", width)
    found = marks(root)
    bands = [node.attrib["d"] for node in root.iter(f"{SVG}path") if node.get("class") == "band"]
    assert [node.attrib["data-key"] for node in found] == [line["key"] for line in data["lines"]]
    assert len(bands) == len(found)
    across, upward = [], []
    for node, band, line in zip(found, bands, data["lines"], strict=True):
        points = line["points"]
        assert node.attrib["data-label"] == line["label"]
        for name, key in (("x", "x"), ("value", "y"), ("low", "low"), ("high", "high")):
            told = [float(v) for v in node.attrib[f"data-{name}"].split(" ")]
            assert told == pytest.approx([p[key] for p in points], rel=1e-5)
        drawn = numbers(node.attrib["d"])
        assert len(drawn) == len(points)
        runs = 1 + sum(b["x"] - a["x"] > 2 for a, b in pairwise(points))
        assert node.attrib["d"].count("M") == band.count("M") == runs
        across += [(p["x"], x) for p, (x, _) in zip(points, drawn, strict=True)]
        upward += [(p["y"], y) for p, (_, y) in zip(points, drawn, strict=True)]
        outline = numbers(band)
        assert len(outline) == 2 * len(points)
        by_x: dict[float, list[float]] = {}
        for x, y in outline:
            by_x.setdefault(x, []).append(y)
        for point, (x, _) in zip(points, drawn, strict=True):
            upward += [(point["low"], max(by_x[x])), (point["high"], min(by_x[x]))]
    straight(across, rising=True)
    straight(upward, rising=False)
    on_axis(root, upward, below=False)


@WIDTHS
def test_names_at_the_ends_of_lines_stand_in_the_order_of_the_lines(width: int) -> None:
    data = SPECIMENS["lines"]
    root = picture("lines", width)
    stroke = {node.attrib["data-key"]: node.attrib["stroke"] for node in marks(root)}
    names = {}
    for node in root.iter(f"{SVG}text"):
        if node.get("font-weight") == "bold":
            names[node.attrib["fill"]] = (said(node), number(node, "y"))
    last = {line["key"]: line["points"][-1]["y"] for line in data["lines"]}
    assert len(names) == len(last)
    for line in data["lines"]:
        text, _ = names[stroke[line["key"]]]
        assert percent(last[line["key"]], 0) in text
        assert line["label"] in text or line["key"] in text
    ranked = sorted(last, key=lambda key: last[key])
    heights = [names[stroke[key]][1] for key in ranked]
    assert heights == sorted(heights, reverse=True)


def test_a_point_without_neighbours_is_a_dot_with_its_whisker() -> None:
    point = {"x": 2001, "y": 0.5, "low": 0.2, "high": 0.9}
    far = {"x": 2010, "y": 0.6, "low": None, "high": None}
    line = {"key": "A", "label": "Alpha", "points": [point, far]}
    root = picture("lines", data={"unit": "number", "from": 2000, "to": 2010, "lines": [line]})
    (node,) = marks(root)
    (x, y), (_, y2) = numbers(node.attrib["d"])
    dots = [n for n in root.iter(f"{SVG}circle") if abs(number(n, "cx") - x) < 0.1]
    assert len(dots) == 1
    strokes = [n for n in root.iter(f"{SVG}line") if n.get("stroke") == node.attrib["stroke"]]
    (whisker,) = [n for n in strokes if n.get("x1") == n.get("x2")]
    upward = [(0.5, y), (0.6, y2), (0.2, number(whisker, "y1")), (0.9, number(whisker, "y2"))]
    straight(upward, rising=False)


@WIDTHS
def test_a_scatter_places_points_and_their_intervals(width: int) -> None:
    root = picture("scatter", width)
    found, points = marks(root), SPECIMENS["scatter"]["points"]
    assert [n.attrib["data-label"] for n in found] == [p["label"] for p in points]
    straight([(p["x"], number(n, "cx")) for n, p in zip(found, points, strict=True)], rising=True)
    upward = [(p["y"], number(n, "cy")) for n, p in zip(found, points, strict=True)]
    for node, point in zip(found, points, strict=True):
        assert number(node, "data-value") == pytest.approx(point["y"])
        strokes = [n for n in root.iter(f"{SVG}line") if n.get("stroke") == node.get("fill")]
        (one,) = [n for n in strokes if abs(number(n, "x1") - number(node, "cx")) < 0.1]
        upward += [(point["low"], number(one, "y1")), (point["high"], number(one, "y2"))]
    straight(upward, rising=False)


@WIDTHS
@pytest.mark.parametrize("worse", [False, True])
def test_cells_stand_in_their_row_and_column_with_their_value(width: int, worse: bool) -> None:
    data = {**SPECIMENS["heat"], "worse_above": worse}
    data["rows"] = [
        {"key": "A", "label": "Alpha", "cells": [0.5, None, -3.0]},
        {"key": "B", "label": "Beta", "cells": [2.0, 1.0, None]},
    ]
    root = picture("heat", width, data)
    found = {(n.attrib["data-key"], n.attrib["data-column"]): n for n in marks(root)}
    assert len(found) == 4
    boxes = list(texts(root))
    for row in data["rows"]:
        for column, value in zip(data["columns"], row["cells"], strict=True):
            if value is None:
                assert (row["key"], column["key"]) not in found
                continue
            node = found[row["key"], column["key"]]
            assert number(node, "data-value") == value
            assert node.attrib["data-label"] == f"{row['label']}, {column['label']}"
            left, right = ends(node)
            top = number(node, "y")
            inside = [t for t, b in boxes if left <= b[0] and b[2] <= right and top <= b[1] and
                      b[3] <= top + number(node, "height")]  # fmt: skip
            assert inside == [written(value, "number")]
            (head,) = [b for t, b in boxes if t == column["label"]]
            assert (head[0] + head[2]) / 2 == pytest.approx((left + right) / 2, abs=0.1)
            middle = top + number(node, "height") / 2
            assert middle == pytest.approx(row_of(root, row["label"]), abs=0.1)
    warm = {key for key, n in found.items() if int(n.attrib["fill"][1:3], 16) >
            int(n.attrib["fill"][5:7], 16)}  # fmt: skip
    assert warm == ({k for k, n in found.items() if (number(n, "data-value") > 0) == worse})


def test_deeper_cells_hold_more() -> None:
    cells = [0.1, 0.9, 0.5]
    columns = [{"key": k, "label": k} for k in "abc"]
    rows = [{"key": "A", "label": "Alpha", "cells": cells}]
    root = picture("heat", data={"unit": "share", "columns": columns, "rows": rows})
    light = {number(n, "data-value"): int(n.attrib["fill"][1:3], 16) for n in marks(root)}
    assert light[0.1] > light[0.5] > light[0.9]


@WIDTHS
def test_the_matrix_is_full_where_a_pole_sits(width: int) -> None:
    data = SPECIMENS["matrix"]
    root = picture("matrix", width)
    boxes = dict(texts(root))
    rows = [node for node in root.iter(f"{SVG}g") if "data-key" in node.attrib]
    assert [node.attrib["data-key"] for node in rows] == [row["key"] for row in data["rows"]]
    for node, row in zip(rows, data["rows"], strict=True):
        dots = marks(node)
        assert [dot.attrib["data-pole"] for dot in dots] == data["poles"]
        for dot, pole, there in zip(dots, data["poles"], row["there"], strict=True):
            assert dot.attrib["data-value"] == str(there)
            assert (dot.attrib["fill"] == dot.attrib["stroke"]) == bool(there)
            head = boxes[pole]
            assert number(dot, "cx") == pytest.approx((head[0] + head[2]) / 2, abs=0.1)
            assert number(dot, "cy") == pytest.approx(row_of(root, row["key"]), abs=7.2)
        assert row["status"] in boxes


@pytest.mark.parametrize("shape", ["compass", "steps"])
@WIDTHS
def test_wedges_are_as_long_as_their_share_in_the_direction_of_their_name(
    shape: str, width: int
) -> None:
    data = SPECIMENS[shape]
    roses = data.get("steps", [data])
    root = picture(shape, width)
    wedges, whiskers = marks(root), spans(root)
    number_of = len(data["domains"])
    assert len(whiskers) == sum(len(rose["poles"]) for rose in roses) + 1
    scales = []
    at = 0
    for rose in roses:
        turn = 2 * math.pi / len(rose["poles"])
        for place, pole in enumerate(rose["poles"]):
            own = wedges[at * number_of : (at + 1) * number_of]
            assert [w.attrib["data-domain"] for w in own] == data["domains"]
            assert [number(w, "data-value") for w in own] == pytest.approx(pole["bands"], rel=1e-5)
            assert {w.attrib["data-key"] for w in own} == {pole["key"]}
            lengths = [math.dist(*numbers(w.attrib["d"].split("A")[0])) for w in own]
            scales += [length / band for length, band in zip(lengths, pole["bands"], strict=True)]
            low, high = whiskers[at]
            long = math.dist(low, high)
            assert long / (pole["high"] - pole["low"]) == pytest.approx(scales[0], rel=0.01)
            direction = math.atan2(high[0] - low[0], low[1] - high[1]) % (2 * math.pi)
            assert direction == pytest.approx(place * turn, abs=0.02)
            at += 1
    assert scales == pytest.approx([scales[0]] * len(scales), rel=0.02)


@WIDTHS
def test_the_names_of_the_compass_stand_where_their_wedge_points(width: int) -> None:
    data = SPECIMENS["compass"]
    root = picture("compass", width)
    whiskers = spans(root)
    boxes = [(t, ((b[0] + b[2]) / 2, (b[1] + b[3]) / 2)) for t, b in texts(root)]
    for (_, tip), pole in zip(whiskers, data["poles"], strict=False):
        near = min((b for b in boxes if "–" in b[0]), key=lambda b: math.dist(b[1], tip))
        assert near[0] == span(pole["low"], pole["high"])
        name = min(
            (b for b in boxes if percent(pole["value"], 0) in b[0]),
            key=lambda b: math.dist(b[1], near[1]),
        )
        assert pole["label"] in name[0] or pole["key"] in name[0]
        assert name[1][1] < near[1][1]


@WIDTHS
def test_a_spell_is_as_long_as_it_lasted(width: int) -> None:
    data = SPECIMENS["timeline"]
    root = picture("timeline", width)
    found = marks(root)
    spells = [(row, bar) for row in data["rows"] for bar in row["bars"]]
    pairs = []
    for node, (row, bar) in zip(found, spells, strict=True):
        assert node.attrib["data-label"] == row["label"]
        assert node.attrib["data-value"] == bar["status"]
        assert (node.get("data-start"), node.get("data-end")) == (bar["start"], bar["end"])
        start = extent(bar["start"])[0] if bar["start"] else data["from"]
        end = extent(bar["end"])[1] if bar["end"] else data["to"] + 1
        pairs += [(start, ends(node)[0]), (end, ends(node)[1])]
        middle = number(node, "y") + number(node, "height") / 2
        assert middle == pytest.approx(row_of(root, row["label"]), abs=0.1)
    straight(pairs, rising=True)
    fills = [node.attrib["fill"] for node in found]
    assert fills[0] == "#0b4f6c"
    assert len(set(fills)) == 3
    assert "stroke-dasharray" in found[2].attrib


@WIDTHS
def test_an_event_stands_at_its_date_in_its_lane(width: int) -> None:
    data = SPECIMENS["events"]
    root = picture("events", width)
    found = {n.attrib["data-value"]: n for n in marks(root)}
    assert len(found) == len(data["events"])
    pairs, lanes = [], {}
    for event in data["events"]:
        node = found[event["date"]]
        assert node.attrib["data-label"] == event["label"]
        assert node.attrib["data-key"] == event["lane"]
        start, end = extent(event["date"])
        if node.tag == f"{SVG}rect":
            assert end - start > 0.03
            pairs.append((start, number(node, "x")))
            if number(node, "width") > 6.01:
                pairs.append((end, sum((number(node, "x"), number(node, "width")))))
            y = number(node, "y")
        else:
            corners = numbers(node.attrib["d"])
            first, rest = corners[0], corners[1:]
            relative = "a" in node.attrib["d"]
            pairs.append((start, first[0] + 4 if relative else (first[0] + rest[0][0]) / 2))
            y = first[1]
        lanes.setdefault(event["lane"], []).append(y)
        shown = [b for t, b in texts(root) if t == event["label"]]
        assert len(shown) == 1
        assert abs((shown[0][1] + shown[0][3]) / 2 - y) < 18
    straight(pairs, rising=True)
    assert max(lanes["t"]) < min(lanes["v"])


def test_the_map_shades_a_state_by_its_value() -> None:
    data = {"unit": "share", "highlight": ["KAZ"], "values": [
        {"key": k, "value": v} for k, v in
        (("KAZ", 0.1), ("RUS", 0.9), ("CHN", 0.5), ("TUR", 0.12), ("USA", None), ("SGP", 1.0))
    ]}  # fmt: skip
    root = picture("map", data=data)
    found = {n.attrib["data-key"]: n for n in marks(root)}
    assert set(found) == {"KAZ", "RUS", "CHN", "TUR", "SGP"}
    light = {key: int(node.attrib["fill"][1:3], 16) for key, node in found.items()}
    assert light["KAZ"] == light["TUR"] > light["CHN"] > light["RUS"] >= light["SGP"]
    for row in data["values"]:  # type: ignore[attr-defined]
        if row["value"] is not None:
            assert number(found[row["key"]], "data-value") == row["value"]
    assert found["KAZ"].attrib["data-label"] == "Kazakhstan"

    def middle(key: str) -> tuple[float, float]:
        x, y = numbers(found[key].attrib["d"].split("l")[0])[0]
        return x / 10, y / 10

    assert middle("TUR")[0] < middle("KAZ")[0] < middle("CHN")[0] < number(found["SGP"], "cx") + 60
    assert middle("RUS")[1] < middle("KAZ")[1] < number(found["SGP"], "cy")


def test_the_network_joins_the_nodes_its_links_name() -> None:
    data = SPECIMENS["network"]
    root = picture("network")
    nodes = {n.attrib["data-key"]: n for n in root.iter(f"{SVG}circle")}
    assert {k: n.attrib["data-label"] for k, n in nodes.items()} == {
        n["key"]: n["label"] for n in data["nodes"]
    }
    links = {(n.attrib["data-a"], n.attrib["data-b"]): n for n in marks(root)}
    assert len(links) == len(data["links"])
    for link in data["links"]:
        node = links[link["a"], link["b"]]
        assert number(node, "data-value") == link["weight"]
        for end, key in (("1", "a"), ("2", "b")):
            circle = nodes[link[key]]
            assert number(node, f"x{end}") == pytest.approx(number(circle, "cx"), abs=0.02)
            assert number(node, f"y{end}") == pytest.approx(number(circle, "cy"), abs=0.02)
    widths = {n.attrib["data-value"]: number(n, "stroke-width") for n in links.values()}
    ranked = sorted(widths, key=float)
    assert [widths[k] for k in ranked] == sorted(widths.values())
    sizes = [(number(n, "data-size"), number(n, "r")) for n in nodes.values()]
    assert [r for _, r in sorted(sizes)] == sorted(r for _, r in sizes)


def test_every_number_of_a_brief_is_in_its_pictures() -> None:
    """The values of every chart of two real briefs are read back from their pictures."""
    from multivector.workspace import Workspace

    study = Workspace()
    for subject in ("KAZ", "SCO"):
        for section in study.brief(subject).sections:
            for chart in section.charts:
                assert read_back(chart) == drawn_from(chart), chart.id


def read_back(chart: Chart) -> list[str]:
    root = ElementTree.fromstring(charts.of_content(chart, width=640).svg)
    told = [node.attrib["data-value"] for node in marks(root)]
    return sorted(
        v for value in told for v in (value.split(" ") if chart.shape == "lines" else [value])
    )


def drawn_from(chart: Chart) -> list[str]:
    data, shape = chart.data, chart.shape
    found: list[Any] = []
    if shape == "lines":
        found = [p["y"] for line in data["lines"] for p in line["points"]]
    elif shape in ("compass", "steps"):
        roses = data.get("steps", [data])
        found = [b for rose in roses for p in rose["poles"] for b in p["bands"] if b]
    elif shape == "dumbbell":
        found = [row[end] for row in data["rows"] for end in ("from", "to")]
    elif shape == "heat":
        found = [cell for row in data["rows"] for cell in row["cells"]]
    elif shape == "matrix":
        found = [int(there) for row in data["rows"] for there in row["there"]]
    elif shape == "timeline":
        found = [bar["status"] for row in data["rows"] for bar in row["bars"]]
    elif shape == "events":
        found = [event["date"] for event in data["events"]]
    elif shape == "network":
        found = [link["weight"] for link in data["links"]]
    elif shape == "scatter":
        found = [point["y"] for point in data["points"]]
    else:
        found = [row["value"] for row in data["rows" if shape == "bars" else "values"]]
    return sorted(v if isinstance(v, str) else f"{v:.6g}" for v in found if v is not None)


def test_a_mark_says_in_words_what_it_holds() -> None:
    root = ElementTree.fromstring(charts.of_content(content("dumbbell")).svg)
    titles = [node.findtext(f"{SVG}title") for node in marks(root)]
    assert titles[:2] == ["Russia, 2003: 25.0%", "Russia, 2015: 12.0%"]

"""Reports: a brief as one HTML page, as text for the terminal, and as JSON.

All three show the same content; nothing is computed here but places on the page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from multivector import export, svg
from multivector.brief.content import Brief, Chart, Cite, Column, Row, Scalar, Section, Table
from multivector.brief.wording import amount, count, day, number, percent, ratio

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["html", "json", "text"]

_WIDTH = 100
_LINES = 57
_PLOT = 220.0
_LABEL = 17.0
_ROSE = 27.0
_LABEL_APART = 9.0
_SHARES = {
    "vectors": 3,
    "trade": 4,
    "interdependence": 3,
    "organisations": 2,
    "commitments": 2,
    "asymmetries": 2,
    "votes": 3,
    "literature": 2,
}


def json(brief: Brief) -> str:
    """Return the brief as JSON, the same bytes each time."""
    return export.dump(brief.to_dict())


def html(brief: Brief) -> str:
    """Return the brief as one self-contained HTML page, without scripts or requests."""
    marks = _Marks(brief)
    order = {code: n for n, code in enumerate((brief.subject, *(p.pole for p in brief.poles)))}
    views = {chart.id: _view(chart, order) for s in brief.sections for chart in s.charts}
    page = _environment().get_template("brief.html.j2")
    return page.render(brief=brief, marks=marks, views=views, cell=cell, day=day)


def text(brief: Brief) -> str:
    """Return a summary of the brief for a terminal: under 60 lines of 100 columns."""
    marks = _Marks(brief)
    asked = f", nothing later than {brief.year}" if brief.year else ""
    lines = [f"{brief.name} ({brief.subject}): foreign policy brief{asked}", "=" * _WIDTH]
    lines += _fact_lines(brief, marks)
    used: list[int] = []
    for section in brief.sections:
        if section.id == "poles":
            lines += ["", *_grid(section.tables[0], marks)] if section.tables else []
            used += marks.numbers(c for t in section.tables for r in t.rows for c in r.cites)
        elif section.id in _SHARES:
            told, numbers = _section_lines(section, marks)
            lines += told
            used += numbers
    used += marks.numbers(c for fact in brief.facts for c in fact.cites)
    tail = _tail(brief, sorted(set(used)))
    return "\n".join([*_fit(lines, _LINES - len(tail)), *tail]) + "\n"


class _Marks:
    """The numbers of the references and runs that citations point to."""

    def __init__(self, brief: Brief) -> None:
        self._references = {r.source: r.number for r in brief.references if r.source}
        self._runs = {c.run: index for index, c in enumerate(brief.computations, start=1)}

    def numbers(self, cites: Iterable[Cite]) -> list[int]:
        """Return the numbers of the releases cited, sorted."""
        found = {self._references[c.source] for c in cites if c.source in self._references}
        return sorted(found)

    def of(self, cites: Iterable[Cite]) -> list[dict[str, str]]:
        """Return label, target and hover text of each source cited, once."""
        told: dict[str, list[str]] = {}
        for cite in cites:
            told.setdefault(cite.source, [])
            place = _place(cite)
            if place and place not in told[cite.source]:
                told[cite.source].append(place)
        marks = [self._mark(source, places) for source, places in told.items()]
        return sorted(marks, key=lambda m: (not m["label"].isdigit(), len(m["label"]), m["label"]))

    def _mark(self, source: str, places: list[str]) -> dict[str, str]:
        shown = [*places[:4], *([f"and {len(places) - 4} more"] if len(places) > 4 else [])]
        hover = "; ".join([source, *shown])
        kind, _, name = source.partition(":")
        if kind == "table":
            return {"label": name, "target": f"t-{name}", "hover": f"see the table {name}"}
        if source in self._runs:
            number = self._runs[source]
            return {"label": f"R{number}", "target": f"run-{number}", "hover": hover}
        number = self._references.get(source, 0)
        return {"label": str(number), "target": f"ref-{number}", "hover": hover}


def _place(cite: Cite) -> str:
    when = f"{cite.date}{' est.' if cite.estimate else ''}" if cite.date else ""
    return ", ".join(part for part in (cite.locator, when, cite.run) if part)


def cell(row: Row, column: Column) -> str:
    """Return a value as a table shows it; an empty string for null."""
    value = row.cells.get(column.key)
    kind = row.cells.get("kind") if column.kind == "number" else None
    return written(value, str(kind or column.kind))


def written(value: Scalar, kind: str) -> str:
    """Return a value of a kind as text; an empty string for null."""
    if value is None:
        return ""
    if kind == "date":
        return day(str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    forms = {
        "share": lambda: percent(value),
        "percent": lambda: f"{value:.1f}%",
        "ratio": lambda: _times(value),
        "amount": lambda: amount(value),
        "integer": lambda: f"{value:,.0f}",
        "signed": lambda: f"{value:+.2f}",
    }
    return forms.get(kind, lambda: number(value, 2))().replace("-", "−")


def _times(value: float) -> str:
    return ratio(value).replace(" times", "×") if value > 0 else "0"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("multivector", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


# --- charts: where things stand


def _view(chart: Chart, order: dict[str, int]) -> dict[str, Any]:
    """Return what the template draws; ``order`` gives each state and pole its colour."""
    if chart.shape == "lines":
        return _lines(chart.data, order)
    shapes = {"dumbbell": _dumbbell, "timeline": _timeline, "compass": _compass}
    return shapes[chart.shape](chart.data) if chart.shape in shapes else chart.data


def _dumbbell(data: dict[str, Any]) -> dict[str, Any]:
    shares = [row[end] for row in data["rows"] for end in ("from", "to") if row[end] is not None]
    marks = svg.ticks(0, max([*shares, 0.01]), 4)
    top = marks[-1]
    rows = [
        {
            **row,
            "x1": None if row["from"] is None else svg.place(row["from"], 0, top),
            "x2": None if row["to"] is None else svg.place(row["to"], 0, top),
            "value": " → ".join(
                "–" if row[end] is None else percent(row[end]).removesuffix("%")
                for end in (("from", "to") if data["from_label"] else ("to",))
            ),
        }
        for row in data["rows"]
    ]
    axis = [{"x": svg.place(t, 0, top), "label": f"{100 * t:.0f}%"} for t in marks]
    return {"rows": rows, "axis": axis, "from": data["from_label"], "to": data["to_label"]}


def _timeline(data: dict[str, Any]) -> dict[str, Any]:
    first, last = float(data["from"]), float(data["to"]) + 1
    rows = [
        {**row, "bars": [_bar(bar, first, last) for bar in row["bars"]]} for row in data["rows"]
    ]
    step = next(s for s in (5, 10, 20, 50) if (last - first) / s <= 6)
    years = range(int(-(-first // step) * step), int(last) + 1, step)
    axis = [{"x": svg.place(y, first, last), "label": str(y)} for y in years]
    kinds = {bar["kind"] for row in rows for bar in row["bars"]}
    return {"rows": rows, "axis": axis, "kinds": kinds}


def _compass(data: dict[str, Any]) -> dict[str, Any]:
    """Return the rose: a wedge a pole, a band a domain, a whisker from low to high."""
    poles = data["poles"]
    longest = max(end for p in poles for end in (p["value"], p["high"]) if end is not None)
    top = max(longest, 0.01)
    rings = [ring for ring in svg.ticks(0, top, 4)[1:] if ring <= 1.08 * top]
    top = max(top, rings[-1])
    turn = 360 / len(poles)
    half = min(0.36 * turn, 26.0)
    found = []
    for index, pole in enumerate(poles):
        angle = index * turn
        ends = [0.0]
        for band in pole["bands"]:
            ends.append(ends[-1] + band / top * _ROSE)
        bands = [
            {"colour": place + 1, "path": svg.wedge(angle - half, angle + half, *pair)}
            for place, pair in enumerate(pairwise(ends))
            if pair[1] > pair[0]
        ]
        low, high = pole["low"], pole["high"]
        whisker = None if low is None else svg.whisker(angle, low / top * _ROSE, high / top * _ROSE)
        written = "" if pole["value"] is None else f"{100 * pole['value']:.0f}%"
        span = "" if low is None else f"{100 * low:.0f}–{100 * high:.0f}%"
        x, y = svg.polar(angle, _ROSE + 3)
        found.append(
            {**pole, "bands": bands, "whisker": whisker, "share": written, "span": span,
             "x": x, "y": y, "side": "right" if x > 1 else "left" if x < -1 else "middle"}
        )  # fmt: skip
    return {
        "poles": _apart(found),
        "rings": [{"r": ring / top * _ROSE, "label": f"{100 * ring:.0f}%"} for ring in rings],
        "at": svg.polar(turn / 2, 1.0),
        "domains": data["domains"],
    }


def _apart(poles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the poles with the labels of each side kept from one another."""
    for side in ("left", "right"):
        own = [pole for pole in poles if pole["side"] == side]
        tops = svg.spread([pole["y"] for pole in own], _LABEL_APART, -36.0, 36.0)
        for pole, top in zip(own, tops, strict=True):
            pole["y"] = top
    return poles


def _bar(bar: dict[str, Any], first: float, last: float) -> dict[str, Any]:
    start = svg.fraction_of_year(bar["start"]) if bar["start"] else first
    end = svg.fraction_of_year(bar["end"]) if bar["end"] else last
    if bar["end"] and len(bar["end"]) == 4:
        end += 1
    x = svg.place(start, first, last)
    width = round(max(svg.place(end, first, last) - x, 0.6), 3)
    full = bar["status"] in ("member", "founding member")
    kind = "unknown" if not bar["start"] else "full" if full else "other"
    span = f"{day(bar['start']) if bar['start'] else '?'} – {day(bar['end']) if bar['end'] else ''}"
    return {"x": x, "width": width, "kind": kind, "hover": f"{bar['status']}, {span}".strip()}


def _lines(data: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    points = [point for line in data["lines"] for point in line["points"]]
    ends = [p[key] for p in points for key in ("y", "low", "high") if p[key] is not None]
    marks = svg.ticks(min(ends), max(ends), 5)
    y_range = (marks[0], marks[-1])
    x_range = (float(data["from"]), float(data["to"]))
    lines = [
        {
            "key": line["key"],
            "label": line["label"],
            "colour": order.get(line["key"], len(order)) % 8,
            "paths": svg.polylines([(p["x"], p["y"]) for p in line["points"]], x_range, y_range),
            "bands": svg.band(
                [
                    (p["x"], p["low"], p["high"])
                    for p in line["points"]
                    if p["low"] is not None and p["high"] is not None
                ],
                x_range,
                y_range,
            ),
            "end": _end(line["points"][-1]["y"], data["unit"]),
            "wanted": _PLOT - svg.place(line["points"][-1]["y"], *y_range, _PLOT),
        }
        for line in data["lines"]
    ]
    tops = svg.spread([line["wanted"] for line in lines], _LABEL, 0.0, _PLOT)
    span = x_range[1] - x_range[0]
    step = next((s for s in (1, 2, 5, 10, 20) if span / s <= 5), 50)
    years = range(int(-(-x_range[0] // step) * step), int(x_range[1]) + 1, step)
    return {
        "lines": [{**line, "top": top} for line, top in zip(lines, tops, strict=True)],
        "y_axis": [
            {"y": round(_PLOT - svg.place(t, *y_range, _PLOT), 2), "label": _end(t, data["unit"])}
            for t in marks
        ],
        "x_axis": [{"x": svg.place(y, *x_range), "label": str(y)} for y in years],
        "height": _PLOT,
    }


def _end(value: float, unit: str) -> str:
    return f"{100 * value:.0f}%" if unit == "share" else number(value, 2)


# --- text: what fits in a terminal


def _fact_lines(brief: Brief, marks: _Marks) -> list[str]:
    told = [
        f"{fact.label}: {fact.text} ({fact.detail}){_numbers(marks, fact.cites)}"
        for fact in brief.facts
    ]
    half = _WIDTH // 2 - 1
    lines: list[str] = []
    for item in told:
        if lines and len(lines[-1]) <= half and len(item) <= half and "\u2003" not in lines[-1]:
            lines[-1] = f"{lines[-1]:<{half}}  {item}"
        else:
            lines += textwrap.wrap(item, _WIDTH)
    return lines


def _numbers(marks: _Marks, cites: Iterable[Cite]) -> str:
    cites = tuple(cites)
    found = marks.numbers(cites)
    if not found:
        tables = sorted({c.source[6:] for c in cites if c.source.startswith("table:")})
        return f" [table {tables[0]}]" if tables else ""
    shown = ",".join(map(str, found[:4])) + (",…" if len(found) > 4 else "")
    return f" [{shown}]"


def _section_lines(section: Section, marks: _Marks) -> tuple[list[str], list[int]]:
    body: list[str] = []
    used: list[int] = []
    for sentence in section.sentences:
        told = sentence.text + _numbers(marks, sentence.cites)
        wrapped = textwrap.wrap(told, _WIDTH, initial_indent="- ", subsequent_indent="  ")
        if body and len(body) + len(wrapped) > _SHARES[section.id]:
            continue
        body += wrapped
        used += marks.numbers(sentence.cites)[:4]
    body = body[: _SHARES[section.id]]
    return (["", section.title.upper(), *body] if body else []), used


def _grid(table: Table, marks: _Marks) -> list[str]:
    columns = table.columns
    rows = [[cell(row, column) or "·" for column in columns] for row in table.rows]
    heads = [column.label for column in columns]
    widths = [
        max(len(str(line[index])) for line in [heads, *rows]) for index in range(len(columns))
    ]
    lines = []
    for line in [heads, *rows]:
        parts = [
            f"{item:<{width}}" if index == 0 else f"{item:>{width}}"
            for index, (item, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip()[:_WIDTH])
    return lines


def _tail(brief: Brief, used: Sequence[int]) -> list[str]:
    named = {r.number: r.source or r.text for r in brief.references}
    listed = "  ".join(f"[{n}] {named[n]}" for n in used)
    lines = textwrap.wrap(listed, _WIDTH, break_on_hyphens=False)
    if len(lines) > 5:
        lines = [*lines[:5], f"… {count(len(brief.references), 'reference')} in the HTML and JSON"]
    commands = sum(gap.command is not None for gap in brief.gaps)
    missing = (
        f"Not known: {count(len(brief.gaps), 'question')}, {commands} of them for want of a data "
        f"set; 'multivector brief {brief.subject} --to html' lists them with the commands."
    )
    return ["", *textwrap.wrap(missing, _WIDTH), *lines]


def _fit(lines: list[str], room: int) -> list[str]:
    return lines if len(lines) <= room else [*lines[: room - 1], "…"]

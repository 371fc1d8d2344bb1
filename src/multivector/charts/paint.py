"""Paint: marks written as SVG in the order they are laid, with what each of them stands for.

A picture is written from its top left corner in pixels. A mark that stands for data carries its
label and values as ``data-label``, ``data-value`` and so on, and the same in words as its title.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from math import ceil
from typing import Any, Literal, TypedDict, Unpack, get_args

from multivector.errors import BadValue, choices

__all__ = [
    *(
        "DASHES",
        "LABEL",
        "SHADES",
        "TICK",
        "Align",
        "Lettering",
        "Paper",
        "Point",
        "Theme",
        "ThemeName",
    ),
    *("blend", "text_width", "theme_of"),
]

ThemeName = Literal["light", "dark", "page"]
Align = Literal["start", "middle", "end"]

FONT = "Arial, 'Liberation Sans', 'Helvetica Neue', 'Noto Sans', 'DejaVu Sans', sans-serif"
LABEL = 12.0
TICK = 11.0
DASHES: tuple[str, ...] = ("", "", "7 3", "2 2.5", "9 3 2 3", "4 4", "12 4", "1.5 4")
"""How the line of a colour is broken, so that it is told from others without colour."""

SHADES = (1.0, 0.6, 0.82, 0.42, 0.9, 0.5, 0.72)
"""How strongly the colour of a domain is laid on, so that neighbours differ in grey too."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a theme; ``colours[0]`` is the state asked about, the others are its poles."""

    paper: str
    ink: str
    soft: str
    rule: str
    faint: str
    accent: str
    colours: tuple[str, ...]


_THEMES: dict[str, Theme] = {
    "light": Theme(
        *("#ffffff", "#1b2127", "#525c66", "#d8d4ca", "#ece9e1", "#0b4f6c"),
        ("#1b2127", "#0b5fa5", "#b3420c", "#00705a", "#8a3f7d", "#7d5a00", "#4a5560", "#a3123f"),
    ),
    "dark": Theme(
        *("#13171b", "#e8e6e1", "#a9b2bb", "#39424a", "#232a30", "#86c5e0"),
        ("#e8e6e1", "#7db8f0", "#f19a68", "#4fc7a5", "#dda1d0", "#e2b956", "#b7c0c8", "#f58aa8"),
    ),
    "page": Theme(
        *("var(--paper)", "var(--ink)", "var(--soft)", "var(--rule)", "var(--faint)"),
        "var(--accent)",
        ("var(--ink)", *(f"var(--c{at})" for at in range(1, 8))),
    ),
}


def theme_of(theme: str) -> Theme:
    """Return the theme of a name; ``page`` takes its colours from the page that holds the picture.

    Raises
    ------
    BadValue
        If there is none of that name.
    """
    if theme not in _THEMES:
        known = choices(get_args(ThemeName))
        raise BadValue(f"no theme {theme!r}; expected one of {known}; correct theme=")
    return _THEMES[theme]


def blend(front: str, back: str, share: float) -> str:
    """Return a colour mixed from two, ``share`` of the first.

    >>> blend("#000000", "#ffffff", 0.5), blend("var(--accent)", "var(--paper)", 0.28)
    ('#808080', 'color-mix(in srgb,var(--accent) 28%,var(--paper))')
    """
    if not front.startswith("#"):
        return f"color-mix(in srgb,{front} {round(100 * share)}%,{back})"
    pairs = ((int(front[i : i + 2], 16), int(back[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(b + (a - b) * share):02x}" for a, b in pairs)


@cache
def _widths() -> dict[str, dict[str, int]]:
    """Return the width of each letter, in thousandths of the size, by weight."""
    import json

    text = files("multivector").joinpath("charts", "fonts", "widths.json").read_text("utf-8")
    return {
        weight: {letter: int(width) for width, letters in found.items() for letter in letters}
        for weight, found in json.loads(text).items()
    }


def text_width(text: str, size: float = LABEL, *, bold: bool = False) -> float:
    """Return how many pixels a line takes in DejaVu Sans, the widest of the fonts asked for.

    A text that fits by this measure fits in all of them, so nothing has to be measured when drawn.

    >>> text_width("Russia") < text_width("Kazakhstan") < text_width("Kazakhstan", bold=True)
    True
    """
    widths = _widths()["bold" if bold else "regular"]
    return sum(widths.get(letter, 1000) for letter in text) * size / 1000


@dataclass(frozen=True, slots=True)
class Point:
    """What a mark stands for: its values by name, and in words.

    A list is the values of a line from point to point; a label may stand with the group instead.
    """

    label: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def attributes(self) -> Iterator[str]:
        """Yield the attributes that carry label and values; a null is left out."""
        if self.label:
            yield f' data-label="{escape(self.label)}"'
        for name, value in self.values.items():
            if isinstance(value, str):
                yield f' data-{name}="{escape(value)}"'
            elif isinstance(value, Sequence):
                yield f' data-{name}="{" ".join("-" if v is None else f"{v:.6g}" for v in value)}"'
            elif value is not None:
                yield f' data-{name}="{value:.6g}"'


def _number(value: float) -> str:
    """Return a length as SVG writes it, to a hundredth of a pixel.

    >>> _number(12.0), _number(-0.001), _number(3.14159)
    ('12', '0', '3.14')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _attributes(given: Mapping[str, Any]) -> str:
    found = []
    for name, value in given.items():
        if value is not None and value != "":
            shown = escape(value) if isinstance(value, str) else _number(value)
            found.append(f' {name.rstrip("_").replace("_", "-")}="{shown}"')
    return "".join(found)


class Lettering(TypedDict, total=False):
    """How a text is written; ``whole`` is what one that was cut said, shown on hovering."""

    align: Align
    size: float
    bold: bool
    halo: bool
    turned: bool
    whole: str


@dataclass(slots=True)
class Paper:
    """A picture being drawn: its theme, its size, and its marks."""

    theme: Theme
    width: float = 0.0
    height: float = 0.0
    marks: list[str] = field(default_factory=list)

    def add(self, tag: str, point: Point | None = None, /, **given: Any) -> None:
        """Lay a mark over what is there."""
        open_ = f"<{tag}{_attributes(given)}"
        if point is None:
            self.marks.append(f"{open_}/>")
            return
        data = "".join(point.attributes())
        title = f"<title>{escape(point.text, quote=False)}</title>"
        self.marks.append(f"{open_}{data}>{title}</{tag}>")

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: str,
        point: Point | None = None, **style: Any,
    ) -> None:  # fmt: skip
        """Lay a rectangle between four edges, whichever way round they are given."""
        x, y = min(left, right), min(top, bottom)
        sides = {"width": abs(right - left), "height": abs(bottom - top)}
        self.add("rect", point, x=x, y=y, **sides, fill=fill, **style)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], stroke: str,
        width: float = 1.0, **style: Any,
    ) -> None:  # fmt: skip
        """Lay a straight line between two points."""
        ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
        self.add("line", **ends, stroke=stroke, stroke_width=width, **style)

    def span(self, start: tuple[float, float], end: tuple[float, float], cap: float = 4.0) -> None:
        """Lay an interval: a line with a cap at both ends, across it."""
        (x0, y0), (x1, y1) = start, end
        long = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
        dx, dy = (y1 - y0) / long * cap, (x0 - x1) / long * cap
        strokes = [(x0, y0, x1, y1)]
        strokes += [(x - dx, y - dy, x + dx, y + dy) for x, y in (start, end)]
        path = "".join(f"M{_number(a)},{_number(b)}L{_number(c)},{_number(d)}"
                       for a, b, c, d in strokes)  # fmt: skip
        halo = {"stroke_width": 3.4, "stroke_opacity": 0.8}
        self.add("path", d=path, fill="none", stroke=self.theme.paper, **halo)
        self.add("path", d=path, fill="none", stroke=self.theme.ink, stroke_width=1.5)

    def text(self, x: float, y: float, text: str, fill: str, **how: Unpack[Lettering]) -> None:
        """Write lines of text around a height."""
        lines, size, turned = text.split("\n"), how.get("size", LABEL), how.get("turned", False)
        pitch, down = size + 2, 0.36 * size
        style: dict[str, Any] = {
            "x": x,
            "y": y if turned else y + down - pitch * (len(lines) - 1) / 2,
            "fill": fill,
            "font_size": None if size == LABEL else size,
            "font_weight": "bold" if how.get("bold") else None,
            "text_anchor": None if how.get("align", "start") == "start" else how["align"],
        }
        if turned:
            style |= {"dy": down, "transform": f"rotate(-90 {_number(x)} {_number(y)})"}
        if how.get("halo"):
            style |= {"stroke": self.theme.paper, "stroke_width": 3, "stroke_linejoin": "round"}
            style["paint_order"] = "stroke"
        body = escape(lines[0], quote=False)
        if len(lines) > 1:
            body = "".join(
                f'<tspan x="{_number(x)}" dy="{_number(pitch if at else 0)}">'
                f"{escape(part, quote=False)}</tspan>"
                for at, part in enumerate(lines)
            )
        whole = how.get("whole", "")
        if whole and whole != " ".join(lines):
            body = f"<title>{escape(whole, quote=False)}</title>{body}"
        self.marks.append(f"<text{_attributes(style)}>{body}</text>")

    @contextmanager
    def group(self, **given: Any) -> Iterator[None]:
        """Lay marks that share attributes."""
        self.marks.append(f"<g{_attributes(given)}>")
        yield
        self.marks.append("</g>")

    def path(self, runs: Sequence[Sequence[tuple[float, float]]], *, closed: bool = False) -> str:
        """Return the path through runs of points, broken between them."""
        end = "Z" if closed else ""
        return "".join(
            "M" + "L".join(f"{_number(x)},{_number(y)}" for x, y in run) + end for run in runs
        )

    def svg(self, spoken: str, unit: str = "", *, solid: bool = False) -> str:
        """Return the picture, which says in words what it shows; ``solid`` lays it on paper."""
        wide, tall = ceil(self.width), ceil(self.height)
        given = {"role": "img", "aria_label": spoken, "data_unit": unit}
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}" '
            f'viewBox="0 0 {wide} {tall}" font-family="{FONT}" font-size="{_number(LABEL)}"'
            f"{_attributes(given)}>"
        )
        ground = f'<rect width="{wide}" height="{tall}" fill="{self.theme.paper}"/>' * solid
        return f"{head}{ground}{''.join(self.marks)}</svg>"

"""Drawing: a chart drawn once, as SVG, and that SVG as PNG, PDF or a page; the same bytes again."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from multivector.charts.paint import Theme
from multivector.charts.shapes import SHAPES
from multivector.content.model import Chart
from multivector.errors import BadValue, MissingExtra
from multivector.words import language, using

__all__ = ["FONTS", "Drawing"]

FONTS = Path(str(files("multivector") / "charts" / "fonts"))
_TYPES = {"q": "quantitative", "n": "nominal", "o": "ordinal", "t": "temporal"}
_POINTS, _DOTS = 0.75, 96
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True)
class Drawing:
    """A chart at a width and in a theme; a notebook shows it, ``save`` writes it to a file."""

    content: Chart
    width: int
    theme: Theme
    order: tuple[str, ...] = ()
    _language: str = field(default_factory=language)

    @cached_property
    def svg(self) -> str:
        """The picture as SVG without background, to stand in a page; it says what it shows."""
        return self._drawn(solid=False)

    def _drawn(self, *, solid: bool) -> str:
        chart = self.content
        places = {code: at for at, code in enumerate(self.order)}
        unit = str(chart.data.get("unit", ""))
        with using(self._language):
            paper = SHAPES[chart.shape].draw(chart.data, float(self.width), self.theme, places)
        return paper.svg(chart.text or chart.title, unit, solid=solid)

    def _repr_svg_(self) -> str:
        return self._drawn(solid=True)

    def png(self, scale: float = 2.0) -> bytes:
        """Return the picture as PNG, ``scale`` dots to a pixel.

        Raises
        ------
        MissingExtra
            If Typst is not installed.
        """
        return self._set("png", ppi=_DOTS * scale)

    def pdf(self) -> bytes:
        """Return the picture as a page of PDF of its own size.

        Raises
        ------
        MissingExtra
            If Typst is not installed.
        """
        return self._set("pdf", timestamp=0)

    def _set(self, kind: str, **how: Any) -> bytes:
        """Return the picture as Typst sets it, in the package's own fonts alone."""
        try:
            typst: Any = import_module("typst")
        except ImportError:
            raise MissingExtra.of("typst", "charts", f"a chart as {kind.upper()}") from None
        page = (
            "#set page(width: auto, height: auto, margin: 0pt)\n"
            f'#image("chart.svg", width: {_POINTS * self.width}pt)'
        )
        inputs = {"main.typ": page.encode(), "chart.svg": self._drawn(solid=True).encode()}
        fonts: dict[str, Any] = {"font_paths": [str(FONTS)], "ignore_system_fonts": True}
        return bytes(typst.compile(inputs, format=kind, **fonts, **how))

    def html(self) -> str:
        """Return the picture as a page of its own."""
        chart = self.content
        return (
            f'<!DOCTYPE html>\n<html lang="{self._language}"><head><meta charset="utf-8">'
            f"<title>{escape(chart.title)}</title></head>\n"
            f'<body style="margin:0;background:{self.theme.paper}">{self.svg}</body></html>\n'
        )

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, as its ending says: ``svg``, ``png``, ``pdf`` or ``html``.

        Raises
        ------
        BadValue
            If the ending is none of these.
        MissingExtra
            If a package the format needs is not installed.
        """
        target = Path(path)
        kind = target.suffix.removeprefix(".").lower()
        if kind not in ("svg", "png", "pdf", "html"):
            raise BadValue(
                f"no chart is written as {target.suffix!r}; expected .svg, .png, .pdf or .html; "
                "correct the name of the file"
            )
        made = self._drawn(solid=True) if kind == "svg" else getattr(self, kind)()
        target.write_bytes(made.encode() if isinstance(made, str) else made)
        return target

    def to_dict(self) -> dict[str, Any]:
        """Return the rows with an encoding, as a Vega-Lite specification to go on from.

        Other programs draw it their own way: this is the data and what each column is, not the
        picture. ``altair.Chart.from_dict`` takes it.
        """
        shape = SHAPES[self.content.shape]
        mark, *channels = shape.encoding.split(" ")
        encoding: dict[str, dict[str, str]] = {}
        for channel in channels:
            name, _, column = channel.partition("=")
            column, _, kind = column.partition(":")
            encoding[name] = {"field": column} | ({"type": _TYPES[kind]} if kind else {})
        return {
            "$schema": _SCHEMA,
            "title": self.content.title,
            "description": self.content.text or self.content.title,
            "width": self.width,
            "data": {"values": shape.rows(self.content.data)},
            "mark": mark,
            "encoding": encoding,
        }

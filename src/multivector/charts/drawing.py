"""Drawing: a specification as SVG, PNG and PDF, through vl-convert; the same bytes each time."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from html import escape
from types import ModuleType
from typing import TYPE_CHECKING, Any

from multivector.errors import MissingExtra

if TYPE_CHECKING:
    from altair import TopLevelMixin

__all__ = ["pdf", "png", "spec", "svg", "wrapped"]

_KEPT = 128
_LONG = re.compile(r"-?\d+\.\d{3,}")
_WRITTEN = re.compile(r">(\d+)</(text|tspan)>")


def _altair() -> ModuleType:
    try:
        import altair
    except ImportError:
        raise MissingExtra.of("altair", "charts", "a chart") from None
    return altair


def _converter() -> ModuleType:
    try:
        import vl_convert
    except ImportError:
        raise MissingExtra.of("vl-convert-python", "charts", "a picture of a chart") from None
    return vl_convert


@cache
def _picture() -> type[TopLevelMixin]:
    altair = _altair()

    class Picture(altair.TopLevelMixin):  # type: ignore[misc, name-defined]
        """A finished specification that behaves as an Altair chart: shown, saved, exported."""

        def __init__(self, found: dict[str, Any]) -> None:
            self._found = found

        def to_dict(self, *_: Any, **__: Any) -> dict[str, Any]:
            """Return the specification with the address of its schema, as Altair gives it."""
            return {"$schema": altair.SCHEMA_URL, **self._found}

    made: type[TopLevelMixin] = Picture
    return made


def wrapped(found: dict[str, Any]) -> TopLevelMixin:
    """Return a specification as an Altair chart, as a notebook shows it.

    Altair's own classes would be built mark by mark, which takes longer than drawing;
    ``altair.LayerChart.from_dict(spec(chart))`` gives them to who wants to change the chart.
    """
    return _picture()(found)  # type: ignore[call-arg]


def spec(chart: TopLevelMixin) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart, as plain values and without addresses."""
    found = dict(chart.to_dict(validate=False))
    found.pop("$schema", None)
    return found


def _text(chart: TopLevelMixin, *, clear: bool) -> str:
    found = spec(chart)
    if clear:
        found["background"] = "transparent"
    return json.dumps(found, ensure_ascii=False)


def svg(chart: TopLevelMixin) -> str:
    """Return the chart as SVG without background, to stand in a page; it says what it shows."""
    told = escape(str(chart.to_dict(validate=False).get("description", "")), quote=True)
    drawn = _svg(_text(chart, clear=True))
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{told}" ', 1)


def png(chart: TopLevelMixin, scale: float = 2.0) -> bytes:
    """Return the chart as PNG, ``scale`` pixels to one of the chart."""
    found: bytes = _converter().svg_to_png(_svg(_text(chart, clear=False)), scale=scale)
    return found


def pdf(chart: TopLevelMixin) -> bytes:
    """Return the chart as a page of PDF of its own size."""
    found: bytes = _converter().svg_to_pdf(_svg(_text(chart, clear=False)))
    return found


@lru_cache(maxsize=_KEPT)
def _svg(text: str) -> str:
    found = json.loads(text)
    lines = _taken(found)
    drawn: str = _converter().vegalite_to_svg(found, vl_version=_version())
    drawn = _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), drawn)
    return _WRITTEN.sub(lambda m: f">{escape(lines[int(m[1])], quote=False)}</{m[2]}>", drawn)


def _taken(found: dict[str, Any]) -> list[str]:
    """Take the lines of text out of a specification, each for its number, and return them.

    The converter measures each text letter by letter, which is most of its time, and nothing in our
    charts depends on what it finds.
    """
    lines: list[str] = []
    for layer in found["layer"]:
        if layer["mark"]["type"] == "text":
            for row in layer["data"]["values"]:
                own = str(row["text"]).split("\n")
                row["text"] = "\n".join(str(len(lines) + at) for at in range(len(own)))
                lines += own
    return lines


def _version() -> str:
    whole: str = _altair().SCHEMA_VERSION
    return ".".join(whole.removeprefix("v").split(".")[:2])

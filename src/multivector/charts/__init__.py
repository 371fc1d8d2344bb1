"""Charts: the content of a brief and the results of measures as pictures.

``of_content`` draws a chart of a brief, ``of_result`` the answer of a measure. Both give a
``Drawing``, which a notebook shows and ``save`` writes; ``svg``, ``png`` and ``pdf`` are its
formats, ``data`` gives the rows behind it. The same content, width and theme give the same bytes.

The data of each shape are plain lists of dictionaries: ``docs/reference/charts.md`` has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.charts.drawing import Drawing
from multivector.charts.paint import ThemeName, theme_of
from multivector.charts.shapes import SHAPES
from multivector.content.model import Chart
from multivector.errors import BadValue, choices

if TYPE_CHECKING:
    from multivector.provenance import Result

__all__ = ["Drawing", "content_of", "data", "of_content", "of_result", "pdf", "png", "spec", "svg"]

_NARROWEST, _WIDEST = 240, 2400


def of_content(
    chart: Chart, *, width: int = 720, theme: ThemeName = "light", order: Sequence[str] = ()
) -> Drawing:
    """Return a chart of a brief, drawn.

    Parameters
    ----------
    chart : Chart
        The content: shape, data, and what it shows in words.
    width : int
        Pixels from edge to edge, 240 to 2400; texts keep their size.
    theme : {'light', 'dark', 'page'}
        The colours; those of ``page`` are the variables of the page that holds the picture.
    order : sequence of str
        Codes in the order of their colours, the state asked about first.

    Returns
    -------
    Drawing
        The picture: ``.svg``, ``.png()``, ``.pdf()``, ``.save(path)``.

    Raises
    ------
    BadValue
        If there is no such shape or theme, or the width is out of range.
    """
    if chart.shape not in SHAPES:
        named = f"no chart has the shape {chart.shape!r}; expected one of {choices(SHAPES)}"
        raise BadValue(f"{named}; correct the shape")
    if not _NARROWEST <= width <= _WIDEST:
        raise BadValue(
            f"a chart cannot be {width} pixels wide; expected {_NARROWEST} to {_WIDEST}; "
            "correct width="
        )
    return Drawing(chart, width, theme_of(theme), tuple(order))


def content_of(result: Result) -> Chart:
    """Return the content of a measure's chart: shape, data, and what it shows in words.

    Raises
    ------
    BadValue
        If the answer has no value to draw, or no picture.
    """
    from multivector.charts import results

    return results.content_of(result)


def of_result(result: Result, *, width: int = 720, theme: ThemeName = "light") -> Drawing:
    """Return the chart that the answer of a measure asks for.

    Parameters
    ----------
    result : Result
        What ``Workspace.compute`` gave.
    width : int
        Pixels from edge to edge, 240 to 2400.
    theme : {'light', 'dark', 'page'}
        The colours.

    Returns
    -------
    Drawing
        Values by year as lines with their bands, one period as bars with whiskers, a value of many
        states as a map, pairs among a few states as a grid.

    Raises
    ------
    BadValue
        If the answer has no value to draw, or no picture.
    """
    return of_content(content_of(result), width=width, theme=theme)


def data(chart: Chart) -> pl.DataFrame:
    """Return the rows behind a chart: one a point, bar, cell, spell or event that is drawn.

    Returns
    -------
    polars.DataFrame
        Columns as in the chart's data, without those that only say how it is drawn; empty values
        are null.
    """
    return pl.DataFrame(
        SHAPES[chart.shape].rows(chart.data), infer_schema_length=None, strict=False
    )


def svg(chart: Drawing) -> str:
    """Return a chart as SVG without background, to stand in a page; it says what it shows."""
    return chart.svg


def png(chart: Drawing, scale: float = 2.0) -> bytes:
    """Return a chart as PNG, ``scale`` dots to a pixel."""
    return chart.png(scale)


def pdf(chart: Drawing) -> bytes:
    """Return a chart as a page of PDF of its own size."""
    return chart.pdf()


def spec(chart: Drawing) -> dict[str, Any]:
    """Return the rows of a chart with their encoding as Vega-Lite, without the schema's address."""
    found = chart.to_dict()
    del found["$schema"]
    return found

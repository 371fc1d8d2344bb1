"""Charts: the content of a brief and the results of measures as pictures.

``of_content`` draws a chart of a brief, ``of_result`` the answer of a measure. Both give a finished
Vega-Lite specification as an Altair chart; ``svg``, ``png`` and ``pdf`` draw it, ``data`` gives the
rows behind it. The same content, width and theme give the same bytes.

The data of each shape are plain lists of dictionaries; keys marked ``?`` may be left out, and a
value may be null where it is not known:

=========== =======================================================================================
shape       data
=========== =======================================================================================
bars        ``unit?``, ``rows``: key, label, value, low?, high?, own?; ``reference?`` a value
compass     ``from``, ``to``, ``domains``: names, ``poles``: key, label, value, low, high,
            bands (a number a domain, which add up to the value)
dumbbell    ``from_label`` or null, ``to_label``, ``unit?``, ``rows``: key, label, from, to
events      ``from``, ``to``, ``lanes``: key, label; ``events``: lane, date (partial, or an interval
            with /), label
heat        ``unit?``, ``middle?``, ``worse_above?``, ``columns``: key, label; ``rows``: key,
            label, cells, texts?
lines       ``unit``, ``from``, ``to``, ``lines``: key, label, points (x, y, low, high), colour?;
            ``marks?``: x, label; ``reference?`` a value
map         ``unit?``, ``values``: key, value; ``highlight?`` codes; ``middle?``; ``edges?`` limits
matrix      ``poles``: codes, ``rows``: key, name, status, there (true or false a pole)
network     ``nodes``: key, label, size?, own?; ``links``: a, b, weight
scatter     ``unit``, ``points``: key, label, x, y, low?, high?, group?
steps       ``domains``, ``steps``: from, to, poles as in compass; label?
timeline    ``from``, ``to``, ``rows``: key, label, name, bars (status, start, end, full?)
=========== =======================================================================================

A ``unit`` is ``share``, ``percent``, ``number``, ``integer``, ``amount`` or ``year``. A colour is
the place of a line's key in ``order`` (0 is the state asked about), else its place among the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from multivector.charts.drawing import pdf, png, spec, svg, wrapped
from multivector.charts.look import ThemeName, theme_of
from multivector.charts.rows_behind import data
from multivector.errors import BadValue, choices

if TYPE_CHECKING:
    from altair import TopLevelMixin

    from multivector.content.model import Chart
    from multivector.provenance import Result

__all__ = ["content_of", "data", "of_content", "of_result", "pdf", "png", "spec", "svg"]

_NARROWEST, _WIDEST = 240, 2400


def of_content(
    chart: Chart, *, width: int = 720, theme: ThemeName = "light", order: Sequence[str] = ()
) -> TopLevelMixin:
    """Return a chart of a brief as an Altair chart.

    Parameters
    ----------
    chart : Chart
        The content: shape, data, and what it shows in words.
    width : int
        Pixels from edge to edge, 240 to 2400; texts keep their size.
    theme : {'light', 'dark'}
        The colours.
    order : sequence of str
        Codes in the order of their colours, the state asked about first.

    Returns
    -------
    altair.TopLevelMixin
        A finished specification, shown in a notebook as any chart.

    Raises
    ------
    BadValue
        If there is no such shape or theme, or the width is out of range.
    MissingExtra
        If Altair is not installed.
    """
    from multivector.charts.shapes import SHAPES

    if chart.shape not in SHAPES:
        named = f"no chart has the shape {chart.shape!r}; expected one of {choices(SHAPES)}"
        raise BadValue(f"{named}; correct the shape")
    if not _NARROWEST <= width <= _WIDEST:
        raise BadValue(
            f"a chart cannot be {width} pixels wide; expected {_NARROWEST} to {_WIDEST}; "
            "correct width="
        )
    places = {code: at for at, code in enumerate(order)}
    canvas = SHAPES[chart.shape](chart.data, float(width), theme_of(theme), places)
    return wrapped(canvas.to_dict(chart.text or chart.title))


def content_of(result: Result) -> Chart:
    """Return the content of a measure's chart: shape, data, and what it shows in words.

    Raises
    ------
    BadValue
        If the answer has no value to draw, or no picture.
    """
    from multivector.charts import results

    return results.content_of(result)


def of_result(result: Result, *, width: int = 720, theme: ThemeName = "light") -> TopLevelMixin:
    """Return the chart that the answer of a measure asks for.

    Parameters
    ----------
    result : Result
        What ``Workspace.compute`` gave.
    width : int
        Pixels from edge to edge, 240 to 2400.
    theme : {'light', 'dark'}
        The colours.

    Returns
    -------
    altair.TopLevelMixin
        Values by year as lines with their bands, one period as bars with whiskers, a value of many
        states as a map, pairs among a few states as a grid.

    Raises
    ------
    BadValue
        If the answer has no value to draw, or no picture.
    MissingExtra
        If Altair is not installed.
    """
    return of_content(content_of(result), width=width, theme=theme)

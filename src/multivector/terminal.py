"""The terminal: tables, progress and help in plain text that also reads well in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from multivector.measures import Measure

_ROWS = 200


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return str(value)


def table(frame: pl.DataFrame, title: str = "") -> None:
    """Print a frame; long ones are cut and say so."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    view = Table(title=title or None, header_style="bold", box=None, pad_edge=False)
    for name, dtype in frame.schema.items():
        view.add_column(Text(name), justify="right" if dtype.is_numeric() else "left")
    for row in frame.head(_ROWS).iter_rows():
        view.add_row(*(Text(_cell(value)) for value in row))
    console = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 200)
    console.print(view)
    if frame.height > _ROWS:
        console.print(f"… {frame.height - _ROWS:,} more rows; --to csv gives all")
    if frame.is_empty():
        console.print("no rows")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something is going on, on the error stream of a terminal only."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many steps are done of how many, on the error stream of a terminal only."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as view:
        task = view.add_task(what, total=None)
        yield lambda done, total: view.update(task, completed=done, total=total)


def measure_help(measure: Measure) -> str:
    """Return a measure's documentation and its options as the command line takes them."""
    import inspect

    lines = [inspect.getdoc(measure.function) or measure.name, "", "Options", "-------"]
    lines += ["--years FIRST:LAST", "--source NAME"]
    for option in measure.options.values():
        if option.name in ("progress", "resume"):
            continue
        default = "required" if option.required else f"default {option.default}"
        lines.append(f"--{option.name.replace('_', '-')}  ({default})")
    return "\n".join(lines)

"""What every command shares: the study it is about, its formats, and where an answer goes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    import polars as pl

    from multivector.workspace import Workspace

To = Annotated[str, typer.Option("--to", help="Format: table, csv, json, parquet or dta.")]
Rows = Annotated[str, typer.Option("--to", help="Format: table, csv, json or parquet.")]
Out = Annotated[Path | None, typer.Option("--out", help="File to write instead of the terminal.")]
Lang = Annotated[str, typer.Option("--lang", help="Its language: en, tr, ru or kk.")]
Poles = Annotated[
    str | None, typer.Option(help="Poles, as in USA,EU,RUS,CHN; states or organisations.")
]
Year = Annotated[str | None, typer.Option(help="Show the picture as of this year.")]
Doc = Annotated[str | None, typer.Option(help="One document by its short name.")]

TEXT = ("table", "csv", "json", "parquet")
"""The formats of rows of documents and codings."""

_study: str | None = None


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command in which each parameter that is a dataclass stands for its fields.

    Options that travel together are declared once, as a type, and are options of every command
    that takes it.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    whole: list[Parameter] = []
    for each in signature(command).parameters.values():
        if each.name in groups:
            whole += _options(groups[each.name])
        else:
            whole.append(each.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[each.name]))

    @wraps(command)
    def call(**given: Any) -> None:
        made = {
            name: kind(**{part.name: given.pop(part.name) for part in fields(kind)})
            for name, kind in groups.items()
        }
        command(**given, **made)

    call.__signature__ = Signature(whole)  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in whole}
    return call


def _options(kind: Any) -> list[Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        Parameter(
            part.name, Parameter.KEYWORD_ONLY, default=part.default, annotation=hints[part.name]
        )
        for part in fields(kind)
    ]


def choose_study(folder: str | None) -> None:
    """Set the folder of the study that the command is about; none: the embedded world."""
    global _study
    _study = folder


def open_workspace() -> Workspace:
    """Return the workspace of the study named, or the embedded world."""
    from multivector.workspace import Workspace

    return Workspace(_study)


def say(text: str) -> None:
    """Write an answer."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def note(text: str) -> None:
    """Write what is not the answer, beside it."""
    sys.stderr.write(f"{text}\n")


def show(frame: pl.DataFrame, to: str, out: Path | None, title: str = "") -> None:
    """Write a frame in a format, to the terminal or a file."""
    from multivector import export
    from multivector.terminal import table

    to = export.check_format("csv" if to == "table" and out else to, out)
    if out is not None:
        export.write_frame(out, frame, to)
        note(f"wrote {out}: {frame.height} rows")
    elif to == "table":
        table(frame, title)
    else:
        say(export.as_text(frame, to))


def write(text: str, out: Path | None, what: str = "") -> None:
    """Write a text as the answer, or to a file and say so, with what it holds."""
    from multivector import export

    if out is None:
        say(text)
        return
    export.write_text(out, text)
    note(f"wrote {out}{f': {what}' if what else ''}")

"""The commands that compute: ``measure``, and ``splits``, ``ideal-points``, ``binds`` by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from multivector.cli.output import Out, To, note, open_workspace, say, show, write
from multivector.errors import BadValue, choices

OPEN = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Of commands whose options are a measure's own."""


def measure(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A measure; none: all.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Compute a measure: NAME [--years 1992:2019] [--state KAZ] [--option value …]."""
    from multivector import measures
    from multivector.terminal import measure_help

    extra = list(context.args)
    if name is None or name == "--help":
        show(open_workspace().measures(), to, out)
        return
    if "--help" in extra:
        say(measure_help(measures.find(name)))
        return
    _compute(name, extra, to, out)


def splits(
    context: typer.Context,
    state: Annotated[str | None, typer.Argument(help="A state by name or code.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Say whom a state joined where poles split: STATE --poles RUS,CHN [--years 2007:2013] …."""
    _named("splits", context, {"state": state}, to, out)


def ideal_points(context: typer.Context, to: To = "table", out: Out = None) -> None:
    """Estimate ideal points from the votes installed: [--variant joint] [--sweeps 1200] …."""
    _named("ideal_points", context, {}, to, out)


def binds(
    context: typer.Context,
    organisation: Annotated[str | None, typer.Argument(help="Code or name.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Say whether an organisation binds: ORG [--outcome votes] [--status member] …."""
    from multivector import export

    if to != "json" or organisation is None or "--help" in context.args:
        _named("binds", context, {"organisation": organisation}, to, out)
        return
    options = {**_pairs(list(context.args)), "organisation": organisation}
    write(export.dump(export.verdict(open_workspace().compute("binds", **options))), out)


def _named(
    name: str, context: typer.Context, given: dict[str, str | None], to: str, out: Path | None
) -> None:
    from multivector import measures
    from multivector.terminal import measure_help

    extra = list(context.args)
    if "--help" in (*extra, *given.values()):
        say(measure_help(measures.find(name)))
        return
    _compute(name, extra, to, out, {k: v for k, v in given.items() if v is not None})


def _compute(
    name: str, extra: list[str], to: str, out: Path | None, given: dict[str, str] | None = None
) -> None:
    from multivector import measures
    from multivector.terminal import counting, working

    options: dict[str, Any] = _by_table({**_pairs(extra), **(given or {})})
    workspace = open_workspace()
    if "progress" in measures.find(name).options:
        with counting(name) as progress:
            result = workspace.compute(name, **options, progress=progress)
    else:
        with working(f"computing {name}"):
            result = workspace.compute(name, **options)
    show(result.frame, to, out, name)
    for line in result.notes:
        note(f"note: {line}")
    if to == "table":
        note(f"{result.run.id}; sources: {choices(result.run.releases)}")


def _pairs(extra: list[str]) -> dict[str, Any]:
    """Return ``--key value`` and ``--key=value`` words as options; a lone ``--key`` is true."""
    options: dict[str, Any] = {}
    words = iter(extra)
    pending: str | None = None
    for word in words:
        if word.startswith("--"):
            key, separator, value = word[2:].partition("=")
            pending = None if separator else key.replace("-", "_")
            _put(options, key.replace("-", "_"), value if separator else True)
        elif pending is not None:
            _put(options, pending, word)
            pending = None
        else:
            raise BadValue(
                f"{word!r} belongs to no option; expected --option value; "
                "see 'multivector measure NAME --help'"
            )
    return options


def _put(options: dict[str, Any], key: str, value: str | bool) -> None:
    """Keep an option; of ``--source`` every one that is named."""
    before = options.get(key)
    again = key == "source" and isinstance(before, str) and isinstance(value, str)
    options[key] = f"{before},{value}" if again else value


def _by_table(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with ``--source flows=cow_trade`` as sources by table."""
    asked = options.get("source")
    if not isinstance(asked, str) or "=" not in asked:
        return options
    pairs = [pair.partition("=") for pair in asked.split(",")]
    if not all(table.strip() and name.strip() for table, _, name in pairs):
        raise BadValue(
            f"--source is {asked!r}; expected a source, or one a table as in flows=cow_trade; "
            "correct it"
        )
    named = {table.strip(): name.strip() for table, _, name in pairs}
    return {key: value for key, value in options.items() if key != "source"} | {"sources": named}

"""The command line put together: every command under its name, and what ends in one line."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from multivector.cli import claims, data, documents, measures, panel, report, serve, vectors
from multivector.cli.output import choose_study, note, say
from multivector.errors import BadValue, MultivectorError
from multivector.version import __version__

app = typer.Typer(
    name="multivector",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Measure a country's foreign policy: whom it leans to, how deeply, by which means. "
    "Everywhere: --study DIR (or MULTIVECTOR_STUDY) names the folder of your own data sets.",
)
app.add_typer(data.data_app, name="data")
app.add_typer(data.states_app, name="states")
app.add_typer(documents.documents_app, name="documents")
app.command("vectors")(vectors.vectors)
app.command("compare")(vectors.compare)
app.command("panel")(panel.panel)
app.command("check")(claims.check)
app.command("report")(report.report)
app.command("serve")(serve.serve)
app.command("brief")(report.brief)
app.command("organisations")(data.organisations)
for _name, _command in (
    ("measure", measures.measure),
    ("splits", measures.splits),
    ("ideal-points", measures.ideal_points),
    ("binds", measures.binds),
):
    app.command(_name, context_settings=measures.OPEN, add_help_option=False)(_command)
app.command("query")(data.query)
app.command("cite")(data.cite)


def _say_version(asked: bool) -> None:
    if asked:
        say(f"multivector {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Take what belongs to no command."""


def _take_study(words: list[str]) -> tuple[str | None, list[str]]:
    """Take ``--study DIR`` from wherever it stands, so that it may follow the command."""
    study = os.environ.get("MULTIVECTOR_STUDY") or None
    rest: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return study, rest + words[at:]
        if word == "--study":
            if at + 1 >= len(words):
                raise BadValue("--study has no value; expected a folder; write --study DIR")
            study, at = words[at + 1], at + 2
            continue
        if word.startswith("--study="):
            study = word.removeprefix("--study=")
        else:
            rest.append(word)
        at += 1
    return study, rest


def main(words: list[str] | None = None) -> None:
    """Run the command line; what the user can mend is one line and exit code 2."""
    try:
        study, rest = _take_study(list(sys.argv[1:] if words is None else words))
        choose_study(study)
        code = app(args=rest, prog_name="multivector", standalone_mode=False)
    except MultivectorError as error:
        note(f"error: {error}")
        code = 2
    except KeyboardInterrupt:
        note("interrupted; what was stored before is unchanged")
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        note(f"error: {' '.join(str(message()).split())} See 'multivector --help'.")
        code = 2
    sys.exit(code if isinstance(code, int) else 0)

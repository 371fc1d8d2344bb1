"""The commands ``brief`` and ``report``: a picture to read at once, and one to be sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from multivector.cli.output import Lang, Out, Poles, Year, note, open_workspace, say, write

if TYPE_CHECKING:
    from multivector.brief import Brief


def brief(
    state: Annotated[str, typer.Argument(help="A state, two states (KAZ-TUR) or an organisation.")],
    poles: Poles = None,
    year: Year = None,
    to: Annotated[str | None, typer.Option("--to", help="html, json or text.")] = None,
    lang: Lang = "en",
    out: Out = None,
) -> None:
    """Write a sourced picture of a state's foreign policy, of a pair's or an organisation's ties.

    Without --to: a summary in the terminal, and brief-KAZ.html in this folder.
    """
    from multivector.words import using

    with using(lang):
        made = open_workspace().brief(state, poles=poles, year=year)
        _write_brief(made, to, out)


def _write_brief(made: Brief, to: str | None, out: Path | None) -> None:
    from multivector import export, report

    if to is None:
        out = out or Path(f"brief-{made.subject}.html")
        export.write_text(out, report.html(made))
        say(report.text(made))
        say(f"The whole brief: {out.resolve()}")
        return
    export.check_format(to, out, ("html", "json", "text"))
    render = {"html": report.html, "text": report.text, "json": report.json}[to]
    write(render(made), out)


def report(
    about: Annotated[
        str, typer.Argument(help="A state, a pair or an organisation: KAZ, KAZ-TUR, SCO.")
    ],
    to: Annotated[str, typer.Option("--to", help="pdf, docx or html.")] = "pdf",
    lang: Lang = "en",
    poles: Poles = None,
    year: Year = None,
    sections: Annotated[
        str | None, typer.Option(help="Only these sections, as in trade,votes.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
) -> None:
    """Write a report to be sent: summary, charts, tables, method and sources.

    Without --out it is report-SUBJECT in this folder, as in report-KAZ.pdf.
    """
    from multivector.brief import subject
    from multivector.export import write_bytes
    from multivector.terminal import working

    asked = None if sections is None else [part.strip() for part in sections.split(",")]
    with working(f"writing the report on {about}"):
        made = open_workspace().report(
            about, to=to, lang=lang, poles=poles, year=year, sections=asked
        )
    out = out or Path(f"report-{subject(about).address}.{to}")
    write_bytes(out, made)
    note(f"wrote {out}: {len(made) / 1e6:.1f} MB")
    say(str(out.resolve()))

"""The command ``report``: a brief to be sent, as HTML, PDF or DOCX."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Lang = Annotated[str, typer.Option("--lang", help="Its language: en, tr, ru or kk.")]


def report(
    about: Annotated[
        str, typer.Argument(help="A state, a pair or an organisation: KAZ, KAZ-TUR, SCO.")
    ],
    to: Annotated[str, typer.Option("--to", help="pdf, docx or html.")] = "pdf",
    lang: Lang = "en",
    poles: Annotated[
        str | None, typer.Option(help="Poles, as in USA,EU,RUS,CHN; states or organisations.")
    ] = None,
    year: Annotated[str | None, typer.Option(help="Show the picture as of this year.")] = None,
    sections: Annotated[
        str | None, typer.Option(help="Only these sections, as in trade,votes.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
) -> None:
    """Write a report to be sent: summary, charts, tables, method and sources.

    Without --out it is report-SUBJECT in this folder, as in report-KAZ.pdf.
    """
    from multivector.brief import subject
    from multivector.cli import note, open_workspace, say
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

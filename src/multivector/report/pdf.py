"""PDF: a report set by Typst. The content goes in as data, so that nothing in it is markup."""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from importlib.resources import files
from typing import Any

from multivector import export
from multivector.charts.drawing import FONTS
from multivector.errors import MissingExtra
from multivector.report.document import Document
from multivector.report.pictures import on_paper

__all__ = ["pdf"]


def pdf(document: Document) -> bytes:
    """Return the report as a tagged PDF of A4 pages, the same bytes each time.

    Raises
    ------
    MissingExtra
        If Typst is not installed.
    """
    try:
        typst: Any = import_module("typst")
    except ImportError as error:
        raise MissingExtra.of("typst", "reports", "a report as PDF") from error
    content: dict[str, Any] = asdict(document)
    template = files("multivector") / "templates" / "report.typ"
    inputs = {"main.typ": template.read_bytes()}
    for part, said in zip(document.parts, content["parts"], strict=True):
        for figure, shown in zip(part.figures, said["figures"], strict=True):
            shown["file"] = f"figure-{figure.number}.svg"
            del shown["chart"]
            inputs[shown["file"]] = on_paper(figure, document).svg.encode()
    inputs["report.json"] = export.dump(content).encode()
    own: dict[str, Any] = {"font_paths": [str(FONTS)], "ignore_system_fonts": True}
    made = typst.compile(inputs, pdf_standards=["ua-1"], timestamp=0, **own)
    assert isinstance(made, bytes)
    return made

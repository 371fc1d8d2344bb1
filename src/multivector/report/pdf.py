"""PDF: a report set by Typst. The content goes in as data, so that nothing in it is markup."""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from importlib.resources import files
from typing import Any

from multivector import export
from multivector.errors import MissingExtra
from multivector.report.document import Document
from multivector.report.pictures import svg

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
    for part, told in zip(document.parts, content["parts"], strict=True):
        for figure, shown in zip(part.figures, told["figures"], strict=True):
            shown["file"] = f"figure-{figure.number}.svg"
            del shown["chart"]
            inputs[shown["file"]] = svg(figure, document).encode()
    inputs["report.json"] = export.dump(content).encode()
    made = typst.compile(inputs, ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=0)
    assert isinstance(made, bytes)
    return made

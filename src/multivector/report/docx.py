"""DOCX: a report in Word's own styles, captions, fields and bookmarks, so that it can be edited."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import Any

from multivector.errors import MissingExtra
from multivector.report import ooxml
from multivector.report.document import Document, Entry, Figure, Formula, Grid, Link, Part
from multivector.report.pictures import on_paper

__all__ = ["docx"]

_LINE_CM = 16.8
_KEPT = 12
_NOWHEN = datetime(2000, 1, 1)
_ZIPPED = (1980, 1, 1, 0, 0, 0)


def docx(document: Document) -> bytes:
    """Return the report as a Word file on A4, the same bytes each time.

    Raises
    ------
    MissingExtra
        If python-docx is not installed.
    """
    try:
        made = import_module("docx").Document()
    except ImportError as error:
        raise MissingExtra.of("python-docx", "reports", "a report as DOCX") from error
    _Writer(made, document).write()
    raw = io.BytesIO()
    made.save(raw)
    return _timeless(raw.getvalue())


class _Writer:
    """Writes a document's blocks one after another."""

    def __init__(self, made: Any, document: Document) -> None:
        self._made = made
        self._document = document
        self._bookmarks = ooxml.Bookmarks()

    def write(self) -> None:
        """Write the whole report."""
        document, words = self._document, self._document.words
        self._prepare()
        self._made.add_paragraph(document.title, style="Title")
        self._made.add_paragraph(document.subtitle, style="Subtitle")
        self._about()
        self._heading(words["summary"], "s-summary")
        for item in document.summary:
            paragraph = self._made.add_paragraph(style="List Bullet")
            if item.lead:
                self._link(paragraph, f"{item.lead.label}.", item.lead.target, style="Strong")
            paragraph.add_run(f" {item.text}")
            self._cited(paragraph, item.links)
        self._contents()
        for part in document.parts:
            self._part(part)
        if document.annex:
            self._heading(words["annex"], "s-annex")
            for grid in document.annex:
                self._grid(grid)
        self._heading(words["sources"], "s-sources")
        for entry in document.entries:
            self._entry(entry)
        self._made.add_paragraph(document.closing, style="Note")

    def _prepare(self) -> None:
        document = self._document
        ooxml.page(self._made)
        ooxml.styles(self._made, document.language)
        ooxml.footer(self._made, f"{document.title} · {document.subtitle}", document.words["page"])
        about = self._made.core_properties
        about.title = f"{document.title}: {document.subtitle}"
        about.author = about.last_modified_by = "multivector"
        about.subject = document.subtitle
        about.language = ooxml.tag(document.language)
        about.comments = document.closing
        about.created = about.modified = _NOWHEN
        about.revision = 1

    def _about(self) -> None:
        rows = [*self._document.about]
        cards = [(card.label, card) for card in self._document.cards]
        table = self._made.add_table(rows=0, cols=2)
        table.style = "Report Box"
        for what, value in rows:
            cells = table.add_row().cells
            ooxml.fill(cells[0], what, "Cell")
            ooxml.fill(cells[1], value, "Cell")
        for what, card in cards:
            cells = table.add_row().cells
            ooxml.fill(cells[0], what, "Cell")
            paragraph = ooxml.fill(cells[1], "", "Cell")
            paragraph.add_run(card.text).bold = True
            paragraph.add_run(f" ({card.detail})")
            self._cited(paragraph, card.links)
        ooxml.widths(table, (0.28, 0.72), _LINE_CM)

    def _contents(self) -> None:
        words = self._document.words
        self._made.add_paragraph(words["contents"], style="Contents")
        parts = [(part.title, f"s-{part.id}") for part in self._document.parts]
        annex = [(words["annex"], "s-annex")] if self._document.annex else []
        listed = [*parts, *annex, (words["sources"], "s-sources")]
        paragraphs = [self._made.add_paragraph(style="toc 1") for _ in listed]
        for paragraph, (title, target) in zip(paragraphs, listed, strict=True):
            self._link(paragraph, title, target)
        ooxml.around(paragraphs[0], paragraphs[-1], 'TOC \\o "1-1" \\h')

    def _part(self, part: Part) -> None:
        self._heading(part.title, f"s-{part.id}")
        for item in part.paragraphs:
            self._cited(self._made.add_paragraph(item.text), item.links)
        for note in part.notes:
            self._made.add_paragraph(note, style="Note")
        for figure in part.figures:
            self._figure(figure)
        for grid in part.grids:
            self._grid(grid)
        if part.moved:
            paragraph = self._made.add_paragraph(f"{self._document.words['moved']}: ", style="Note")
            for index, mark in enumerate(part.moved):
                paragraph.add_run("; " if index else "")
                self._link(paragraph, mark.label, mark.target)
        if part.formulas:
            self._made.add_paragraph(self._document.words["formulas"], style="Heading 2")
            for formula in part.formulas:
                self._formula(formula)

    def _heading(self, text: str, name: str) -> None:
        paragraph = self._made.add_paragraph(text, style="Heading 1")
        self._bookmarks.around(paragraph, name)

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Cm

        paragraph = self._made.add_paragraph(style="Figure")
        shape = paragraph.add_run().add_picture(
            io.BytesIO(on_paper(figure, self._document).png()), width=Cm(_LINE_CM)
        )
        ooxml.alternative(shape, f"{figure.number}. {figure.title}", figure.alt)
        self._caption("figure", figure.number, figure.title, figure.links, f"f-{figure.id}")

    def _grid(self, grid: Grid) -> None:
        caption = self._caption("table", grid.number, grid.title, (), f"t-{grid.id}")
        caption.paragraph_format.keep_with_next = True
        table = self._made.add_table(rows=1 + len(grid.lines), cols=len(grid.heads))
        table.style = "Report Table"
        style = "CellDense" if grid.dense else "Cell"
        style += "Kept" if len(grid.lines) <= _KEPT else ""
        rows = list(table.rows)
        ooxml.repeat(rows[0])
        for cell, head, right in zip(rows[0].cells, grid.heads, grid.right, strict=True):
            ooxml.fill(cell, head, style, right=right)
        for row, line in zip(rows[1:], grid.lines, strict=True):
            ooxml.whole(row)
            cells = row.cells
            for n, value in enumerate(line.cells):
                kind = "Code" if grid.code[n] else None
                ooxml.fill(cells[n], value, style, right=grid.right[n], characters=kind)
                if line.tints and line.tints[n]:
                    ooxml.shade(cells[n], line.tints[n])
            if line.id:
                self._bookmarks.around(cells[0].paragraphs[0], line.id)
            if grid.sourced:
                self._linked(ooxml.fill(cells[-1], "", style), line.links)
        ooxml.widths(table, grid.widths, _LINE_CM)
        self._made.add_paragraph(grid.note, style="Note")

    def _caption(self, word: str, number: int, title: str, links: Iterable[Link], name: str) -> Any:
        paragraph = self._made.add_paragraph(style="Caption")
        before, _, after = self._document.words[word].partition("{n}")
        paragraph.add_run(before).bold = True
        ooxml.field(paragraph, f"SEQ {word.capitalize()} \\* ARABIC", str(number), bold=True)
        paragraph.add_run(f"{after}.").bold = True
        paragraph.add_run(f" {title}")
        self._cited(paragraph, links)
        self._bookmarks.around(paragraph, name)
        return paragraph

    def _formula(self, formula: Formula) -> None:
        paragraph = self._made.add_paragraph(style="Formula")
        paragraph.add_run(formula.measure, style="Code").bold = True
        paragraph.add_run(f"  {formula.summary}")
        if formula.pieces:
            paragraph.add_run().add_break()
        for piece in formula.pieces:
            run = paragraph.add_run(piece.text)
            if piece.place == "sub":
                run.font.subscript = True
            elif piece.place == "sup":
                run.font.superscript = True
        ooxml.language(paragraph, "en-GB")

    def _entry(self, entry: Entry) -> None:
        paragraph = self._made.add_paragraph(style="List Number")
        self._bookmarks.around(paragraph, entry.id, entry.text)
        if entry.url.startswith(("https://", "http://")):
            paragraph.add_run(" ")
            ooxml.outward(self._made, paragraph, entry.url, entry.url.split(" ")[0])
        elif entry.url:
            paragraph.add_run(f" {entry.url}")
        if entry.detail:
            paragraph.add_run().add_break()
            paragraph.add_run(entry.detail, style="Quiet")

    def _cited(self, paragraph: Any, links: Iterable[Link]) -> None:
        """Add source numbers above the line, and tables in brackets."""
        said = tuple(links)
        sources = [link for link in said if link.label.lstrip("R").isdigit()]
        tables = [link for link in said if link not in sources]
        self._linked(paragraph, sources, style="Source")
        if tables:
            paragraph.add_run(" (")
            self._linked(paragraph, tables)
            paragraph.add_run(")")

    def _linked(self, paragraph: Any, links: Iterable[Link], style: str = "Hyperlink") -> None:
        for index, mark in enumerate(links):
            if index:
                ooxml.write(paragraph, ", ", style if style == "Source" else None)
            self._link(paragraph, mark.label, mark.target, style=style)

    def _link(self, paragraph: Any, text: str, target: str, *, style: str = "Hyperlink") -> None:
        if target:
            ooxml.inward(paragraph, text, self._bookmarks.name(target), style)
        else:
            ooxml.write(paragraph, text, style)


def _timeless(raw: bytes) -> bytes:
    """Return the package with the times of its parts taken out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.infolist():
            entry = zipfile.ZipInfo(item.filename, _ZIPPED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, old.read(item.filename))
    return made.getvalue()

"""Tables: rows of cells into quantities, with the head of row and column and the caption."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from multivector.documents.packs import LANGUAGES, pack, valued, wording
from multivector.documents.rules.actors import actors_of
from multivector.documents.rules.dates import dates_of
from multivector.documents.rules.quantities import number_of
from multivector.documents.text.segment import Block

if TYPE_CHECKING:
    from multivector.documents.rules.reading import Reading
    from multivector.documents.rules.statements import Statement

_MISSING = wording("tables", "missing")
_YEARISH = re.compile(r"(?:1[89]|20)\d\d(?:\s*[-–/]\s*(?:(?:1[89]|20)?\d\d))?\*?")


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text and span in the repaired text."""

    text: str
    start: int
    end: int


def grid_quantities(reading: Reading) -> list[Statement]:
    """Return the quantities of the tables of a document, a statement for each cell."""
    made: list[Statement] = []
    rows: list[Block] = []
    context: list[Block] = []
    for block in [*reading.blocks, Block("end", "und", 0, 0)]:
        if block.kind == "table":
            rows.append(block)
            continue
        if rows:
            made += _table(reading, rows, context)
            rows = []
        context = [*context[-2:], block]
    return made


def _cells(text: str, block: Block) -> list[Cell]:
    body = text[block.start : block.end]
    cells: list[Cell] = []
    separator = r"\t|\|" if re.search(r"\t|\|", body) else None
    if separator:
        at = 0
        for piece in re.split(f"({separator})", body):
            if not re.fullmatch(separator, piece):
                stripped = piece.strip(" *_")
                low = at + (piece.index(stripped) if stripped else 0)
                cells.append(Cell(stripped, block.start + low, block.start + low + len(stripped)))
            at += len(piece)
        return cells
    found = list(re.finditer(r"\S+", body))
    lead = 0
    while lead < len(found) and not re.search(r"\d", found[lead][0]):
        lead += 1
    if lead:
        end = found[lead - 1].end()
        cells.append(Cell(body[:end], block.start, block.start + end))
    cells += [Cell(m[0], block.start + m.start(), block.start + m.end()) for m in found[lead:]]
    return cells


def _table(reading: Reading, rows: list[Block], context: list[Block]) -> list[Statement]:
    text = reading.layer.text
    grid = [_cells(text, row) for row in rows]
    near = [text[block.start : block.end] for block in context if block.end - block.start < 300]
    header = _header(grid, context, text)
    caption = " ".join(near)
    body = grid[1:] if header is grid[0] else grid
    bodies = rows[1:] if header is grid[0] else rows
    numeric = sum(1 for row in body for cell in row[1:] if _value(cell.text, "en") is not None)
    if numeric < 2 or numeric * 3 < sum(len(row) - 1 for row in body):
        return []
    made: list[Statement] = []
    for block, row in zip(bodies, body, strict=True):
        made += _row(reading, block, row, [cell.text for cell in header], caption)
    return made


def _header(grid: list[list[Cell]], context: list[Block], text: str) -> list[Cell]:
    first = grid[0]
    values = [cell for cell in first[1:] if cell.text]
    years = sum(bool(_YEARISH.fullmatch(cell.text)) for cell in values)
    words = sum(_value(cell.text, "en") is None for cell in values)
    if values and (years == len(values) or words * 2 > len(values)):
        return first
    before = context[-1] if context else None
    if before is not None and before.end - before.start < 160:
        body = text[before.start : before.end]
        words_before = body.split()
        width = max(len(row) for row in grid)
        if len(words_before) >= width - 1 and not re.search("[.:]$", body):
            heads = words_before[-(width - 1) :]
            return [Cell("", 0, 0), *(Cell(word, 0, 0) for word in heads)]
    return []


def _value(text: str, language: str) -> float | None:
    plain = text.strip(" *_%$€")
    span = _YEARISH.fullmatch(plain) and re.search("[-–/]", plain)
    if span or not re.fullmatch(r"[-–−]?\d[\d., \u00a0]*", plain):
        return None
    sign = -1.0 if plain[:1] in "-–−" else 1.0
    try:
        return sign * number_of(plain.lstrip("-–− ").rstrip(".,"), language)[0]
    except ValueError:
        return None


def _unit(cell: str, column: str, row: str, caption: str, language: str) -> tuple[str, float]:
    """Return the unit of a cell, from the nearest words that name one, and its multiplier."""
    if "%" in cell:
        return "percent", 1.0
    factor = next(
        (
            f
            for words, f in valued("scales")
            for part in (column, row, caption)
            if words.search(part)
        ),
        1.0,
    )
    for part in (column, row, caption):
        if wording("tables", "percent").search(part):
            return "percent", 1.0
        for lang in dict.fromkeys((language, "en")):
            for unit, words in pack(lang)["units"].items():
                if unit in ("years", "things"):
                    continue
                if re.search(rf"(?i)(?<!\w)(?:{words})(?!\w)|(?i:\bUS\$|\bUSD)", part) and (
                    unit == "USD" or re.search(rf"(?i)(?<!\w)(?:{words})(?!\w)", part)
                ):
                    return unit, factor
    return "number", factor


def _row(
    reading: Reading, block: Block, row: list[Cell], header: list[str], caption: str
) -> list[Statement]:
    from multivector.documents.rules.statements import Statement

    language = block.lang if block.lang in LANGUAGES else "en"
    label = row[0].text if row else ""
    when = dates_of(label, language)
    low, high = reading.layer.span(block.start, block.end)
    if high - low > 590:
        high = low + 590
    made: list[Statement] = []
    known = [a.code for a in actors_of(f"{label} {caption}", language) if a.strong]
    for place, cell in enumerate(row[1:], start=1):
        value = _value(cell.text, language)
        missing = bool(_MISSING.fullmatch(cell.text)) if cell.text else False
        if value is None and not missing:
            continue
        column = header[place] if place < len(header) else ""
        dated = dates_of(column, language) or when
        unit, factor = _unit(cell.text, column, label, caption, language)
        own = [a.code for a in actors_of(column, language) if a.strong]
        fields: dict[str, Any] = {
            "subject": " · ".join(part for part in (caption[:80], label, column) if part),
            "actors": list(dict.fromkeys([*own, *known])) or reading.focus[:1],
            "value": None if value is None else value * factor,
            "unit": unit,
            "date": dated[0].value if dated else None,
            "comparison": "=",
        }
        if value is None:
            continue
        made.append(
            Statement(
                reading.source.doc,
                "quantity",
                low,
                high,
                reading.source.text[low:high],
                block.lang,
                "table cell",
                fields,
                None,
                block="table",
            )
        )
    return made

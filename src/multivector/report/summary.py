"""The summary: a brief as text for the terminal: what fits on a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from multivector.brief.sections import find
from multivector.content.model import Brief, Cite, Section, Table
from multivector.report.references import Numbering, cell
from multivector.words import many, say
from multivector.words.figures import capitals

__all__ = ["text"]

_WIDTH = 100
_LINES = 57


def text(brief: Brief) -> str:
    """Return a summary of the brief for a terminal: under 60 lines of 100 columns."""
    numbering = Numbering(brief)
    head = say("{name} ({code}): foreign policy brief", name=brief.name, code=brief.subject)
    if brief.year:
        head += say(", nothing later than {year}", year=brief.year)
    lines = [head, "=" * _WIDTH]
    lines += _fact_lines(brief, numbering)
    used: list[int] = []
    for section in brief.sections:
        entry = find(brief.kind, section.id)
        if entry is None:
            continue
        if entry.summary == "grid":
            lines += ["", *_grid(section.tables[0])] if section.tables else []
            used += numbering.numbers(c for t in section.tables for r in t.rows for c in r.cites)
        elif entry.summary:
            shown, numbers = _section_lines(section, numbering, entry.summary)
            lines += shown
            used += numbers
    used += numbering.numbers(c for fact in brief.facts for c in fact.cites)
    tail = _tail(brief, sorted(set(used)))
    return "\n".join([*_fit(lines, _LINES - len(tail)), *tail]) + "\n"


def _fact_lines(brief: Brief, numbering: Numbering) -> list[str]:
    items = [
        f"{fact.label}: {fact.text} ({fact.detail}){_numbers(numbering, fact.cites)}"
        for fact in brief.facts
    ]
    half = _WIDTH // 2 - 1
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) <= half and len(item) <= half and "\u2003" not in lines[-1]:
            lines[-1] = f"{lines[-1]:<{half}}  {item}"
        else:
            lines += textwrap.wrap(item, _WIDTH)
    return lines


def _numbers(numbering: Numbering, cites: Iterable[Cite]) -> str:
    cites = tuple(cites)
    found = numbering.numbers(cites)
    if not found:
        tables = sorted({c.source[6:] for c in cites if c.source.startswith("table:")})
        return f" [{say('table {table}', table=tables[0])}]" if tables else ""
    shown = ",".join(map(str, found[:4])) + (",…" if len(found) > 4 else "")
    return f" [{shown}]"


def _section_lines(
    section: Section, numbering: Numbering, most: int
) -> tuple[list[str], list[int]]:
    body: list[str] = []
    used: list[int] = []
    for sentence in section.sentences:
        text = sentence.text + _numbers(numbering, sentence.cites)
        wrapped = textwrap.wrap(text, _WIDTH, initial_indent="- ", subsequent_indent="  ")
        if body and len(body) + len(wrapped) > most:
            continue
        body += wrapped
        used += numbering.numbers(sentence.cites)[:4]
    body = body[:most]
    return (["", capitals(section.title), *body] if body else []), used


def _grid(table: Table) -> list[str]:
    columns = table.columns
    rows = [[cell(row, column) or "·" for column in columns] for row in table.rows]
    heads = [column.label for column in columns]
    widths = [
        max(len(str(line[index])) for line in [heads, *rows]) for index in range(len(columns))
    ]
    while sum(widths) + 2 * len(widths) - 2 > _WIDTH:
        widths.pop()
    lines = []
    for line in [[*head[: len(widths)]] for head in [heads, *rows]]:
        parts = [
            f"{item:<{width}}" if index == 0 else f"{item:>{width}}"
            for index, (item, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip()[:_WIDTH])
    return lines


def _tail(brief: Brief, used: Sequence[int]) -> list[str]:
    named = {r.number: r.source or r.text for r in brief.references}
    listed = "  ".join(f"[{n}] {named[n]}" for n in used)
    lines = textwrap.wrap(listed, _WIDTH, break_on_hyphens=False)
    if len(lines) > 5:
        more = many(
            len(brief.references),
            "{n} reference in the HTML and JSON",
            "{n} references in the HTML and JSON",
        )
        lines = [*lines[:5], f"… {more}"]
    missing = say(
        "Not known: {questions}, {commands} of them for want of a data set; '{command}' lists them "
        "with the commands.",
        questions=many(len(brief.gaps), "{n} question", "{n} questions"),
        commands=sum(gap.command is not None for gap in brief.gaps),
        command=f"multivector brief {brief.subject} --to html",
    )
    return ["", *textwrap.wrap(missing, _WIDTH), *lines]


def _fit(lines: list[str], room: int) -> list[str]:
    return lines if len(lines) <= room else [*lines[: room - 1], "…"]

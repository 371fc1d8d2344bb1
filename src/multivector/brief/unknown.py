"""What is not known because a data set is not installed, and the command that would add it."""

from __future__ import annotations

from multivector import sources, world
from multivector.brief.content import Column, Gap, Row, Section, Sentence, Table
from multivector.brief.inquiry import Inquiry
from multivector.brief.wording import count

_QUESTIONS = "questions.tsv"


def unknown(inquiry: Inquiry) -> tuple[Section, tuple[Gap, ...]]:
    """Return the section on what is missing, and the gaps themselves."""
    gaps = (*inquiry.gaps, *_not_installed(inquiry))
    rows = tuple(Row({"what": g.what, "why": g.why, "command": g.command}) for g in gaps)
    columns = (
        Column("what", "Not known"),
        Column("why", "Because"),
        Column("command", "To add it"),
    )
    note = "DIR is the folder of your study; it is made at the first import."
    table = Table("gaps", "What is not known", columns, rows, note)
    text = f"{count(len(gaps), 'question')} this brief leaves open for want of a data set."
    return Section("unknown", "What is not known", (Sentence(text),), (), (table,)), gaps


def _not_installed(inquiry: Inquiry) -> list[Gap]:
    installed = {release.id.split("@")[0] for release in inquiry.workspace.releases()}
    readable = set(sources.names())
    found = []
    for row in world.read(_QUESTIONS).iter_rows(named=True):
        able = [name for name in row["sources"].split(";") if name in readable]
        if not able or installed & set(able):
            continue
        origin = sources.module(able[0]).RELEASES[-1]
        why = f"{origin.title} is not installed"
        command = f"multivector --study DIR data add {row['file']}"
        found.append(Gap(row["question"], why, command, able[0]))
    return found

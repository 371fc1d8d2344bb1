"""What is not known because a data set is not installed, and the command that would add it."""

from __future__ import annotations

from multivector import sources
from multivector.content.draft import part
from multivector.content.inquiry import Inquiry
from multivector.content.model import Column, Gap, Part, Row, Sentence, Table
from multivector.study import world
from multivector.words import many, say

_QUESTIONS = "questions.tsv"


def unknown(inquiry: Inquiry) -> Part:
    """Return the section on what is missing; the inquiry then has these gaps too."""
    inquiry.gaps += _not_installed(inquiry)
    gaps = inquiry.gaps
    rows = tuple(Row({"what": g.what, "why": g.why, "command": g.command}) for g in gaps)
    columns = (
        Column("what", say("Not known")),
        Column("why", say("Because")),
        Column("command", say("To add it")),
    )
    note = say("DIR is the folder of your study; it is made at the first import.")
    table = Table("gaps", say("What is not known"), columns, rows, note)
    text = many(
        len(gaps),
        "{n} question this brief leaves open for want of a data set.",
        "{n} questions this brief leaves open for want of a data set.",
    )
    return part(Sentence(text), table)


def _not_installed(inquiry: Inquiry) -> list[Gap]:
    """Return the questions for which no source is installed; the first that can be read answers."""
    installed = {release.origin.source for release in inquiry.workspace.releases()}
    readable = set(sources.names())
    able: dict[str, list[tuple[str, str]]] = {}
    for question, source, file in world.read(_QUESTIONS).iter_rows():
        if source in readable:
            able.setdefault(question, []).append((source, file))
    return [
        _gap(question, *ways[0])
        for question, ways in able.items()
        if not installed & {source for source, _ in ways}
    ]


def _gap(question: str, source: str, file: str) -> Gap:
    title = sources.module(source).RELEASES[-1].title
    why = say("{data} is not installed", data=title)
    return Gap(say(question), why, f"multivector --study DIR data add {file}", source)

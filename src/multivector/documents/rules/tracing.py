"""Trying a sentence: which mentions are found, which rules fire, and what is coded."""

from __future__ import annotations

from typing import Any

from multivector.documents.packs import LANGUAGES
from multivector.documents.rules.events import hits_of
from multivector.documents.rules.extraction import statements_in
from multivector.documents.rules.reading import read
from multivector.documents.text.files import document_of
from multivector.documents.text.language import language_of
from multivector.errors import BadValue, choices


def try_sentence(text: str, *, language: str | None = None) -> list[dict[str, Any]]:
    """Return what is found in a sentence: a row per mention, rule that fires, and statement.

    Parameters
    ----------
    text : str
        One sentence or more.
    language : str, optional
        ``tr``, ``en``, ``ru`` or ``kk``; by default it is recognised.

    Raises
    ------
    BadValue
        If the text is empty or the language is not one of the four.

    Examples
    --------
    >>> rows = try_sentence("Kazakhstan joined the SCO in 2001.")
    >>> [(row["what"], row["value"]) for row in rows if row["what"] == "date"]
    [('date', '2001')]
    """
    if not text.strip():
        raise BadValue("the sentence is empty; expected some words; write it in quotation marks")
    if language is not None and language not in LANGUAGES:
        raise BadValue(
            f"{language!r} is no language of the rule packs; expected {choices(LANGUAGES)}; "
            "leave --lang out to have it recognised"
        )
    reading = read(document_of(text.encode(), "sentence.txt"), language=language)
    rows: list[dict[str, Any]] = []

    def row(what: str, value: object, words: str, rule: str = "") -> None:
        rows.append({"what": what, "value": str(value), "words": words, "rule": rule})

    for sentence in reading.sentences:
        sure = language is not None or language_of(text) != "und"
        row("language", sentence.lang, "", "" if sure else "too short to tell")
        for actor in sentence.actors:
            words = sentence.text[actor.start : actor.end]
            row("actor", actor.code, words, " ".join([actor.kind, actor.case]).strip())
        for date in sentence.dates:
            row(
                "date",
                date.value,
                sentence.text[date.start : date.end],
                f"{date.kind} {date.bound}".strip(),
            )
        for q in sentence.quantities:
            row("quantity", f"{q.comparison} {q.value:g} {q.unit}", sentence.text[q.start : q.end])
        for hit in hits_of(sentence):
            row(
                "trigger",
                hit.rule.type,
                sentence.text[hit.start : hit.end],
                hit.rule.trigger.pattern,
            )
    for statement in statements_in(reading):
        shown = {k: v for k, v in statement.fields.items() if k not in ("title", "subject")}
        row(statement.kind, shown, statement.quote, statement.rule)
    return rows

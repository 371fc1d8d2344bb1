"""Blocks and sentences: which part of a document a passage stands in, and in which language.

A block is one line of the repaired text: a heading, a paragraph, an item, a row of a table. What
holds no statements of its own (title pages, contents, thanks, forms, bibliographies) is told apart
here, so that nothing is coded there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from multivector.documents.packs import lettered, wording
from multivector.documents.text.language import language_of
from multivector.documents.text.paragraphs import is_row

KINDS = [
    "title",
    "heading",
    "abstract",
    "body",
    "list",
    "table",
    "caption",
    "footnote",
    "bibliography",
    "front",
    "back",
]
STATED = frozenset({"abstract", "body", "list", "footnote", "table"})
"""Kinds of blocks in which statements are looked for."""

_SECTION = wording("headings", "number")
_HEADINGS = {
    kind: wording("headings", kind) for kind in ("bibliography", "abstract", "front", "back")
}
_INLINE_ABSTRACT = wording("headings", "inline_abstract")
_BODY = wording("headings", "body")
_CAPTION = wording("headings", "caption")
_SOURCE_LINE = wording("headings", "source")
_ENTRY = re.compile(
    lettered(
        r"^[\W_]{0,3}[UPPER][\w’'-]+,? [^()]{0,120}(?:\((?:19|20)\d\d[a-z]?[,"
        r")]|[.,] (?:19|20)\d\d[a-z]?\.)"
    )
)
_CONTENTS_LINE = re.compile(r"(?:\.{3,}|\t|\s{2,})\s*(?:\d{1,3}|[ivxlc]+)\s*$", re.I)
_FOOTNOTE = re.compile(
    lettered(r"^\s*(?:\[\^[^\]]{1,8}\]:|\d{1,3}\s+(?=[UPPER“\"(]|\d{1,2} [UPPER])|[*†‡]\s)")
)
_KEYWORDS = wording("headings", "keywords")
_ABBREVIATION = wording("sentences", "abbreviation")
_BOUNDARY = re.compile(
    lettered(r"(?<=[^\s.])([.!?…]+)([\"”’»')\]]*)(\s+)(?=\S)|(?<=[LOWER]{3})\.(?=[UPPER\d])")
)
_ORDINAL = re.compile(r"(?:^|[\s(“\"])(?:\d{1,3}|[IVXLC]+)\.$")


@dataclass(frozen=True)
class Block:
    """A line of the repaired text: its kind, language, section heading and span."""

    kind: str
    lang: str
    start: int
    end: int
    section: str = ""
    head: str = ""


def blocks_of(text: str) -> list[Block]:
    r"""Return the blocks of a repaired text in order.

    Examples
    --------
    >>> text = "# Report\n\nABSTRACT\nThe two states signed a treaty in 1992 in Almaty.\n"
    >>> text += "REFERENCES\nSmith, A. (1999). A book. London."
    >>> [block.kind for block in blocks_of(text)]
    ['heading', 'heading', 'abstract', 'heading', 'bibliography']
    """
    lines = [line for line in re.finditer(r"[^\n]+", text) if line[0].strip()]
    state = "front" if _has_front(lines) else "body"
    blocks: list[Block] = []
    section, lang = "", _main_language(text)
    for number, line in enumerate(lines):
        body = line[0].strip()
        start = line.start() + line[0].index(body[0])
        block = Block("body", lang, start, start + len(body), section)
        name = _named(body)
        if name or _is_heading(body, lines, number):
            state = name or _after_heading(body, state)
            section = body.lstrip("# ").strip("* ")
            kind = "heading" if state not in ("bibliography", "front") or name else state
            blocks.append(replace(block, kind=kind, section=section))
            continue
        if _INLINE_ABSTRACT.match(body):
            state = "abstract"
        state = _by_entries(lines, number, state)
        if (state == "front" and len(body) > 500) or (state == "back" and len(body) > 300):
            state = "body"
        kind = _kind(body, state)
        lang = language_of(body, lang)
        blocks.append(replace(block, kind=kind, lang=lang))
    return blocks


def _main_language(text: str) -> str:
    return language_of(text[:20_000])


def _has_front(lines: list[re.Match[str]]) -> bool:
    """Whether the text opens with a title page: short lines before a named part."""
    for number, line in enumerate(lines[:120]):
        body = line[0].strip().lstrip("#* ")
        if _HEADINGS["abstract"].fullmatch(body) or _HEADINGS["front"].fullmatch(body):
            return number > 3
    return False


def _named(body: str) -> str | None:
    if len(body) > 90:
        return None
    core = _SECTION.sub("", body.lstrip("#* ").rstrip("* "))
    for kind, pattern in _HEADINGS.items():
        if pattern.fullmatch(core):
            return kind
    return (
        "body"
        if _BODY.fullmatch(body.lstrip("#* ").rstrip("* ")) or _BODY.fullmatch(core)
        else None
    )


def _is_heading(body: str, lines: list[re.Match[str]], number: int) -> bool:
    if body.startswith("#"):
        return True
    if len(body) > 110 or len(body.split()) > 14 or re.search(r"[.!?;:,]$", body):
        return False
    if body[0].islower() or not body[0].isalnum() or is_row(body) or "\t" in body:
        return False
    if _CAPTION.match(body) or _FOOTNOTE.match(body):
        return False
    following = lines[number + 1][0].strip() if number + 1 < len(lines) else ""
    return len(following) > len(body) or bool(re.match(r"\d+(?:\.\d+)*\.?\s", body))


def _after_heading(body: str, state: str) -> str:
    if state == "bibliography" and not body.startswith("#"):
        return state
    if state == "back" and not body.startswith("#"):
        return state
    if state == "front" and not wording("headings", "chapter").match(body):
        return state
    return "body"


def _by_entries(lines: list[re.Match[str]], number: int, state: str) -> str:
    """Return ``bibliography`` where a list of works begins without a heading of its own."""
    if state not in ("body", "abstract"):
        return state
    near = [line[0].strip() for line in lines[number : number + 5]]
    entries = sum(bool(_ENTRY.match(line)) and len(line) < 500 for line in near)
    return "bibliography" if len(near) >= 4 and entries >= 4 and _ENTRY.match(near[0]) else state


def _kind(body: str, state: str) -> str:
    if state in ("bibliography", "front", "back"):
        return state
    if _KEYWORDS.match(body):
        return "front"
    if _CONTENTS_LINE.search(body) and len(body) < 150 and not is_row(body):
        return "front"
    captioned = _CAPTION.match(body) and (len(body) < 160 or not body.endswith("."))
    if captioned or _SOURCE_LINE.match(body):
        return "caption"
    if "\t" in body or is_row(body) or re.match(r"\|.*\|$", body):
        return "table"
    if _FOOTNOTE.match(body):
        return "footnote"
    if state == "abstract":
        return "abstract"
    return "list" if re.match(r"[-–•●▪*]\s|\(?\w\)\s|\d{1,2}[.)]\s|o\s+[A-Z*]", body) else "body"


def sentences_of(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the sentences between ``start`` and ``end``.

    Examples
    --------
    >>> text = "N. Nazarbayev 9. Zirvesi için geldi (vd. ile). Anlaşma imzalandı."
    >>> [text[a:b] for a, b in sentences_of(text)]
    ['N. Nazarbayev 9. Zirvesi için geldi (vd. ile).', 'Anlaşma imzalandı.']
    """
    stop = len(text) if end is None else end
    spans, since = [], start
    for found in _BOUNDARY.finditer(text, start, stop):
        mark = found.end(2) if found[1] else found.start() + 1
        following = found.end()
        if following >= stop or not _ends(text, since, found, following):
            continue
        if text[since:mark].strip():
            spans.append(_trimmed(text, since, mark))
        since = following
    if text[since:stop].strip():
        spans.append(_trimmed(text, since, stop))
    return spans


def _ends(text: str, since: int, found: re.Match[str], following: int) -> bool:
    head = text[since : found.start() + 1]
    if text[following].islower() or text[following] in ",;)":
        return False
    if found[1] is None:
        return not re.search(r"(?:www|https?:|\.)\S*$", head[:-1])
    if found[1] != ".":
        return True
    if found[2]:
        return True
    if _ORDINAL.search(head) or _ABBREVIATION.search(head):
        tail = re.match(r"(?:[A-Z][a-z]+ )", text[following : following + 30])
        ended = wording("sentences", "ended").search(head)
        return bool(ended and tail) or bool(wording("sentences", "ended_year").search(head))
    return True


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), start + len(body.rstrip())

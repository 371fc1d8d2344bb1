"""Lines into paragraphs: page numbers and running heads off, torn words and torn lines joined.

A line goes on in the next one when it does not end a sentence and either the next begins in lower
case or the line is as long as its neighbours; an empty line between them is no obstacle, for many
extractors put one after every line.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter

from multivector.documents.packs import wording
from multivector.documents.text.layers import Change, Layer

_PAGE_NUMBER = wording("pages", "number")
_TERMINAL = re.compile(r"[.!?…:;](?:[\"”’»')\]]|\d{1,2}|\*)*$")
_BULLET = re.compile(r"^\s*(?:[-–•●▪*o]\s|\(?[a-z\u0430-\u044f]\)\s|\d{1,2}[.)]\s|\[\^)")
_HEAD_MARK = wording("headings", "keywords_alone")
_NUMBERED_HEAD = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[^\W\d][^.!?;]{2,90}$")
_TABULAR = re.compile(r"\t|\|.*\|")
_NUMERIC_ROW = re.compile(r"(?:(?<=\s)|^)[-–+]?\$?\d[\d.,%–-]*\*?(?=\s|$)")
_CELL = re.compile(r"[-–+(]?[$€]?\d[\d.,]*%?\)?\*{0,2}|[-–—*_]+|n/?a")
_HYPHEN = re.compile(r"(\w[\w’']*)[-\u00ad\u2010](?:[ \t]*\n)+[ \t]*(\w+)")
_FURNITURE_REPEATS = 3


def without_furniture(layer: Layer) -> Layer:
    """Return the layer without page numbers, form feeds and lines that repeat on many pages."""
    text = layer.text
    lines = list(re.finditer(r"[^\n\f]+", text))
    seen = Counter(_shape(line[0]) for line in lines)
    changes: list[Change] = []
    for line in lines:
        body = line[0].strip()
        if not body:
            continue
        shape = _shape(line[0])
        repeated = (
            seen[shape] >= _FURNITURE_REPEATS
            and 8 <= len(body) <= 120
            and not _TERMINAL.search(body)
            and not re.search(r"\t", body)
            and sum(map(str.isalpha, shape)) >= 6
            and not body.startswith("#")
        )
        if repeated or _PAGE_NUMBER.match(line[0]):
            changes.append((line.start(), line.end(), ""))
    layer = layer.edited(changes, "page furniture")
    return layer.substituted(re.compile("\f"), "\n", "page furniture")


def _shape(line: str) -> str:
    return re.sub(r"[\W\d_]+", " ", line).strip().casefold()


def joined_lines(layer: Layer) -> Layer:
    r"""Return the layer with paragraphs on one line each and words torn at line ends made whole.

    Examples
    --------
    >>> torn = "The post-\nSoviet states of Cen-\ntral Asia\n\nco-operate. So\n\nthey say."
    >>> joined_lines(Layer.of(torn)).text
    'The post-Soviet states of Central Asia co-operate. So they say.'
    """
    layer = layer.edited(_hyphens(layer.text), "line break")
    text = layer.text
    lines = [line for line in re.finditer(r"[^\n]+", text) if line[0].strip()]
    if not lines:
        return layer
    lengths = sorted(len(line[0].strip()) for line in lines if not _TABULAR.search(line[0]))
    width = lengths[min(len(lengths) - 1, int(0.9 * len(lengths)))] if lengths else 80
    changes: list[Change] = []
    alone = _stand_alone([line[0].strip() for line in lines])
    for number, (first, second) in enumerate(itertools.pairwise(lines)):
        blank = "\n" in text[first.end() : second.start()][1:] or (
            text[first.end() : second.start()].count("\n") > 1
        )
        start = first.start() + len(first[0].rstrip())
        end = second.start() + len(second[0]) - len(second[0].lstrip())
        ruled = re.search(r"[ _]{15,}", text[first.end() : second.start()])
        noted = bool(ruled) and bool(re.match(r"\d{1,2}\s", second[0].strip()))
        goes_on = not (alone[number] or alone[number + 1] or noted) and _goes_on(
            first[0].strip(), second[0].strip(), width, blank=blank
        )
        changes.append((start, end, " " if goes_on else "\n"))
    return layer.edited(changes, "line break")


def _hyphens(text: str) -> list[Change]:
    words = Counter(word.casefold() for word in re.findall(r"\w+(?:-\w+)*", text))
    changes: list[Change] = []
    for found in _HYPHEN.finditer(text):
        left, right = found[1], found[2]
        start, end = found.end(1), found.start(2)
        if right[0].isupper() or right[0].isdigit() or left[-1].isdigit():
            if "\n" in text[start:end]:
                changes.append((start + 1, end, ""))
        elif (words[f"{left}-{right}".casefold()] and not words[f"{left}{right}".casefold()]) or (
            left.casefold() in _PREFIXES and words[f"{left}{right}".casefold()] == 0
        ):
            changes.append((start + 1, end, ""))
        else:
            changes.append((start, end, ""))
    return changes


_PREFIXES = frozenset(
    re.findall(
        r"[\w-]+",
        "post pre non anti pro ex semi mid self well co vice so-called long",
    )
)


def _goes_on(first: str, second: str, width: int, *, blank: bool) -> bool:
    if _BULLET.match(second):
        return False
    starts_low = second[0].islower() or second[0] in "(),;%&"
    if _TERMINAL.search(first):
        if first[-1] in ",;":
            return True
        abbreviated = wording("sentences", "torn_after").search(first)
        if abbreviated or (starts_low and first[-1] not in ":;"):
            return True
        return not blank and len(first) >= 0.72 * width and width <= 200
    if starts_low:
        return True
    if width > 200:  # a line is a paragraph; a page break may have torn it
        return len(first) >= 200 or first.endswith(",")
    return len(first) >= 0.68 * width or (not blank and len(first) >= 0.55 * width)


def _stand_alone(lines: list[str]) -> list[bool]:
    """Return which lines are headings or rows of a table, the heads of tables with them."""
    rows = [bool(_TABULAR.search(line)) or is_row(line) for line in lines]
    heads = [
        following and not row and len(line.split()) <= 9 and not _TERMINAL.search(line)
        for line, row, following in zip(lines, rows, [*rows[1:], False], strict=True)
    ]
    return [
        row or head or bool(_HEAD_MARK.match(line) or _NUMBERED_HEAD.match(line))
        for line, row, head in zip(lines, rows, heads, strict=True)
    ]


def is_row(line: str) -> bool:
    """Whether a line is a row of a table whose cells are set apart by spaces alone.

    >>> is_row("2014-2015 990 809 1799"), is_row("It was 5 in 2013")
    (True, False)
    """
    numbers = len(_NUMERIC_ROW.findall(line))
    return (
        numbers >= 2
        and numbers * 2 >= len(line.split())
        and bool(_CELL.fullmatch(line.split()[-1]))
    )

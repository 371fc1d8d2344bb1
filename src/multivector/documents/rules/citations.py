"""Citations in the text and the works listed: who is cited for a statement, and is it listed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from multivector.documents.packs import lettered, wording, words_of

_NAME = lettered(r"[UPPER][\w’'\u02bc\u1e63.-]*[\w’']")
_YEAR = r"(?:1[6-9]|20)\d\d[a-z]?"
_AND, _ALIA, _NO_YEAR, _PAGE = (
    words_of("citations", name) for name in ("and", "and_others", "no_year", "page")
)
_PAREN = re.compile(r"\(([^()]{2,400})\)")
_UNIT = re.compile(
    wording("citations", "see").pattern + rf""
    rf"(?P<authors>[“\"]?{_NAME}[^;]{{0,140}}?)[,.”\"]*\s+(?:\(?(?P<year>{_YEAR})\)?|{_NO_YEAR})"
    rf"(?:’?d[ae]n akt\.?:?\s*(?P<second>{_NAME})\s+(?P<year2>{_YEAR}))?"
    rf"\s*(?:[,:;]?\s*(?:{_PAGE})?\s*(?P<pages>\d{{1,4}}(?:\s*[-–]\s*\d{{1,4}})?))?\.?$"
)
_NARRATIVE = re.compile(
    rf"(?P<authors>{_NAME}(?:(?:,? (?:{_AND}|&) |, )(?:van |von |de )?{_NAME}(?: {_NAME})?)*"
    rf"(?:,? (?:{_ALIA})\.?)?)[’']?\s*\((?P<year>{_YEAR})"
    rf"(?:[,:]\s*(?:{_PAGE})?\s*(?P<pages>\d{{1,4}}(?:\s*[-–]\s*\d{{1,4}})?))?\)"
)
_LINK = re.compile(
    r"\(\s*(?:URL[- ]?\d+|https?://[^()\s]+)(?:\s*[,;]\s*URL[- ]?\d+)*\s*\)|\[\d{1,3}(?:[,"
    r";–-]\s*\d{1,3})*\]"
)
_PAGES = wording("citations", "pages")
_MONTHLESS = wording("citations", "month")
_LISTED = re.compile(
    rf"^[\W_]{{0,3}}(?P<authors>{_NAME}[^()\d]{{0,160}}?)[,.]?\s*\(?(?P<year>{_YEAR})[),.]"
)
_PAGE_RANGE = re.compile(r"(?<![\d(])(\d{1,4})\s*[-–]\s*(\d{1,4})(?![\d)])")


@dataclass(frozen=True)
class Citation:
    """A work cited in the text: surnames as written, year, pages, and where."""

    authors: str
    year: str | None
    pages: tuple[int, int] | None
    start: int
    end: int
    narrative: bool = False

    @property
    def surname(self) -> str:
        """Return the surname of the first author."""
        return first_surname(self.authors)

    def __str__(self) -> str:
        return f"{self.authors} {self.year}" if self.year else self.authors


@dataclass(frozen=True)
class Work:
    """An entry of a bibliography."""

    authors: str
    year: str
    pages: tuple[int, int] | None
    start: int
    end: int

    @property
    def surname(self) -> str:
        """Return the surname of the first author."""
        return first_surname(self.authors)


def first_surname(authors: str) -> str:
    """Return the surname of the first author, as far as the way it is written tells.

    >>> [first_surname(a) for a in ("Bostancı ve Lüleci", "Kaplan, M. vd.", "Hekimoğlu")]
    ['Bostancı', 'Kaplan', 'Hekimoğlu']
    """
    first = wording("citations", "authors").split(authors.strip(" “\"’'"), maxsplit=1)[0]
    return first.strip(" .“\"’'")


def citations_of(
    text: str, start: int, end: int, names: frozenset[str] = frozenset()
) -> list[Citation]:
    """Return the citations between ``start`` and ``end``.

    ``names`` are names of actors: ``Estonia (1991)`` is then no citation.

    Examples
    --------
    >>> text = "Weitz (2008) and others (Nye, 1990, p. 5; Kaya 2001: 7)"
    >>> [str(c) for c in citations_of(text, 0, len(text))]
    ['Weitz 2008', 'Nye 1990', 'Kaya 2001']
    """
    found: list[Citation] = []
    for match in _NARRATIVE.finditer(text, start, end):
        last = match["authors"].split()[-1].strip("’'")
        if last not in names:
            found.append(
                Citation(
                    match["authors"], match["year"], _pages(match["pages"]), *match.span(), True
                )
            )
    for paren in _PAREN.finditer(text, start, end):
        if any(each.start <= paren.start() < each.end for each in found):
            continue
        at = paren.start(1)
        for unit in re.split(r"(;)", paren[1]):
            stripped = unit.strip()
            match_unit = _UNIT.match(stripped)
            if match_unit and not _MONTHLESS.search(stripped) and stripped.split()[0] not in names:
                low = at + unit.index(stripped)
                found.append(
                    Citation(
                        match_unit["authors"].strip(" ,"),
                        match_unit["year"],
                        _pages(match_unit["pages"]),
                        low,
                        low + len(stripped),
                    )
                )
            at += len(unit)
    return sorted(found, key=lambda each: each.start)


def masked(text: str, start: int, end: int, citations: list[Citation]) -> str:
    """Return the stretch of text with citations, links and page numbers blanked, lengths kept."""
    body = list(text[start:end])
    spans = [(c.start, c.end) for c in citations]
    for pattern in (_LINK, _PAGES):
        spans += [found.span() for found in pattern.finditer(text, start, end)]
    for low, high in spans:
        if any(c.narrative and (c.start, c.end) == (low, high) for c in citations):
            low = text.index("(", low, high)
        for at in range(max(low, start), min(high, end)):
            body[at - start] = " "
    return "".join(body)


def works_of(text: str, spans: list[tuple[int, int]]) -> list[Work]:
    """Return the works listed in the lines of a bibliography."""
    works = []
    for start, end in spans:
        match = _LISTED.match(text[start:end])
        if match:
            tail = wording("citations", "retrieved").split(text[start + match.end() : end])[0]
            ranges = [tuple(map(int, each.groups())) for each in _PAGE_RANGE.finditer(tail)]
            pages = [(a, b if b >= a else _full(a, b)) for a, b in ranges]
            good = [
                each
                for each in pages
                if each[0] <= each[1] < each[0] + 400 and not 1850 <= each[0] <= each[1] <= 2100
            ]
            works.append(
                Work(
                    match["authors"].strip(), match["year"], good[-1] if good else None, start, end
                )
            )
    return works


def _full(low: int, high: int) -> int:
    """Return 115-32 as 115-132."""
    text = str(low)
    return int(text[: len(text) - len(str(high))] + str(high))


def _pages(text: str | None) -> tuple[int, int] | None:
    if not text:
        return None
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return numbers[0], numbers[-1]

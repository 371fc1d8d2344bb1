"""Citations against the bibliography: year, pages, and works older than what they attest."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from multivector.documents.contradictions.findings import Conflict, Side
from multivector.documents.packs import lettered
from multivector.documents.rules.citations import Citation, Work, works_of
from multivector.documents.rules.reading import Reading, Sentence

_DATED_NAME = re.compile(lettered(r"\b[UPPER]{3,}[- ]?((?:19|20)\d\d)\b"))
_FUTURE = 2031


def citation_conflicts(readings: list[Reading]) -> Iterator[Conflict]:
    """Yield citations the list of works denies, and works too old for their claim."""
    for reading in readings:
        spans = [(b.start, b.end) for b in reading.blocks if b.kind == "bibliography"]
        works = works_of(reading.layer.text, spans)
        if len(works) >= 5:
            yield from _against_list(reading, works)
        for sentence in reading.sentences:
            yield from _too_old(reading, sentence)


def _key(name: str) -> str:
    plain = name.replace("\u0131", "i").replace("\u0130", "i").casefold()
    letters = (c for c in unicodedata.normalize("NFKD", plain) if c.isalpha())
    return "".join(letters)


def _against_list(reading: Reading, works: list[Work]) -> Iterator[Conflict]:
    listed: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        listed[_key(work.surname.split()[-1] if " " in work.surname else work.surname)].append(work)
        listed[_key(work.surname.split(",")[0])].append(work)
    seen: set[tuple[str, str | None, str]] = set()
    cited: dict[str, list[Citation]] = defaultdict(list)
    for citation in reading.citations:
        cited[_key(re.split("[’']", citation.surname)[0])].append(citation)
    for name, citations in cited.items():
        own = list(dict.fromkeys(listed.get(name, []) or _by_any_author(citations[0], listed)))
        for citation in citations:
            pages = _pages_said(reading, citation)
            if citation.year is None or (name, citation.year, str(pages)) in seen:
                continue
            seen.add((name, citation.year, str(pages)))
            citation = replace(citation, pages=pages)
            yield from _check(reading, citation, own, citations)


def _by_any_author(citation: Citation, listed: dict[str, list[Work]]) -> list[Work]:
    """Return the works of any of the authors named, for lists that put another one first."""
    names = re.findall(r"[^\W\d_]{3,}", citation.authors)
    return [work for name in names for work in listed.get(_key(name), [])]


def _quoted(citation: Citation) -> bool:
    return citation.authors[:1] in "“\"'"


def _citing(reading: Reading, citation: Citation) -> Side:
    """Return the passage that cites, with the words before the citation."""
    home = next((s for s in reading.sentences if s.start <= citation.start < s.end), None)
    low = max(home.start if home else 0, citation.start - 150)
    return _side(reading, low, citation.end)


def _pages_said(reading: Reading, citation: Citation) -> tuple[int, int] | None:
    """Return the page a sentence gives apart from the author it names."""
    if citation.pages or not citation.narrative:
        return citation.pages
    home = next((s for s in reading.sentences if s.start <= citation.start < s.end), None)
    tail = reading.layer.text[citation.end : home.end + 1] if home else ""
    found = re.search(r"\((?:pp?|ss?)\.\s*(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?\)", tail)
    return (int(found[1]), int(found[2] or found[1])) if found else None


def _check(
    reading: Reading, citation: Citation, own: list[Work], others: list[Citation]
) -> Iterator[Conflict]:
    here = _citing(reading, citation)
    same = [w for w in own if w.year[:4] == str(citation.year)[:4]]
    if own and not same:
        years = ", ".join(sorted({w.year for w in own}))
        right = [c for c in others if c.year and any(c.year[:4] == w.year[:4] for w in own)]
        sides = [here, *(_citing(reading, c) for c in right[:1])]
        sides.append(_side(reading, own[0].start, min(own[0].end, own[0].start + 300)))
        yield Conflict(
            "citation",
            "citation",
            "high",
            f"{citation} is cited; the bibliography lists {citation.surname} with {years}",
            "a misprint of the year, or a work left out of the list",
            tuple(sides),
        )
    elif (
        not own
        and not _quoted(citation)
        and re.match(lettered("[UPPER][LOWER]{2,}"), citation.surname)
    ):
        yield Conflict(
            "citation",
            "citation",
            "medium",
            f"{citation} is cited and not in the bibliography",
            "a work left out of the list, or listed under another name",
            (here,),
        )
    for work in same:
        yield from _pages(reading, citation, work, here)


def _pages(reading: Reading, citation: Citation, work: Work, here: Side) -> Iterator[Conflict]:
    if citation.pages is None or work.pages is None or len(str(citation.pages[0])) > 4:
        return
    low, high = work.pages
    if not low <= citation.pages[0] <= high and not low <= citation.pages[-1] <= high:
        yield Conflict(
            "citation",
            "citation",
            "high",
            (
                f"{citation} is cited with page {citation.pages[0]}; the work has the pages "
                f"{low}-{high}"
            ),
            "pages of another edition or of a manuscript",
            (here, _side(reading, work.start, min(work.end, work.start + 300))),
        )


def _too_old(reading: Reading, sentence: Sentence) -> Iterator[Conflict]:
    """Yield a sentence that cites for something a work that is older than it."""
    closing = [c for c in sentence.citations if not c.narrative and c.year]
    if len(closing) != 1 or sentence.block.kind not in ("body", "abstract"):
        return
    citation = closing[0]
    year = int(str(citation.year)[:4])
    spots = [
        (d.start, d.end, int(d.value.partition("/")[2][:4] or d.value[:4]))
        for d in sentence.dates
        if d.kind in ("day", "month", "year", "range") and d.bound != "until"
    ]
    spots += [(m.start(), m.end(), int(m[1])) for m in _DATED_NAME.finditer(sentence.text)]
    late = [s for s in spots if year < s[2] < _FUTURE and sentence.start + s[1] <= citation.start]
    if not late:
        return
    low, high, found = late[0]
    start = max(0, low - 60)
    sides = (
        _side(reading, sentence.start + start, sentence.start + high),
        _side(reading, max(sentence.start + high, citation.start - 40), citation.end),
    )
    yield Conflict(
        "citation",
        "citation",
        "high",
        f"a statement on {found} is attributed to a work of {year}",
        "a plan or forecast, or a wrong year",
        sides,
    )


def _side(reading: Reading, start: int, end: int) -> Side:
    low, high = reading.layer.span(start, max(end, start + 1))
    return Side(reading.source.doc, low, high, reading.source.text[low:high])

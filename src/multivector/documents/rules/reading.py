"""A document read: its repaired text, blocks and sentences, and the mentions in each sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from multivector.documents.packs import LANGUAGES, pattern
from multivector.documents.rules.actors import Actor, Persons, actors_of, founded_years
from multivector.documents.rules.citations import Citation, citations_of, masked
from multivector.documents.rules.dates import Date, dates_of
from multivector.documents.rules.quantities import Quantity, quantities_of
from multivector.documents.text.files import Source
from multivector.documents.text.layers import Layer
from multivector.documents.text.repair import repaired
from multivector.documents.text.segment import STATED, Block, blocks_of, sentences_of

RESOLUTION = re.compile(r"(?<![\d/.])(?:A/RES/)?([1-9]\d)/(\d{1,3})(?![\d/])")
_CUT = 1500
"""A sentence longer than this is a list gone wrong; it is cut at commas."""


@dataclass
class Sentence:
    """A sentence with its mentions; offsets of mentions count from the start of ``text``."""

    start: int
    end: int
    text: str
    lang: str
    block: Block
    dates: list[Date]
    actors: list[Actor]
    quantities: list[Quantity]
    citations: list[Citation]
    before: list[str] = field(default_factory=list)
    topic: str = ""
    """The organisation named last before this sentence, in its section."""
    anchor: Date | None = None
    """The last day, month or year the block gave before this sentence."""

    @property
    def states(self) -> list[Actor]:
        """Return the states named, places left out."""
        return [actor for actor in self.actors if actor.kind in ("name", "people")]

    @property
    def organisations(self) -> list[Actor]:
        """Return the organisations named."""
        return [actor for actor in self.actors if actor.kind == "organisation"]


@dataclass
class Reading:
    """A document with its blocks, sentences, persons and the state it is mostly about."""

    source: Source
    layer: Layer
    blocks: list[Block]
    sentences: list[Sentence]
    citations: list[Citation]
    focus: list[str]
    sorts_power: bool
    dyadic: bool = False


def read(source: Source, *, language: str | None = None) -> Reading:
    """Return the document read, each block in its own language or all in the one given.

    Examples
    --------
    >>> from multivector.documents.text.files import document_of
    >>> text = "Kazakhstan joined the OSCE in 1992. Both countries met in Astana."
    >>> reading = read(document_of(text.encode(), "a.txt"))
    >>> [(s.lang, [a.code for a in s.actors]) for s in reading.sentences]
    [('en', ['KAZ', 'OSCE']), ('en', ['KAZ'])]
    """
    layer = repaired(source)
    text = layer.text
    blocks = blocks_of(text)
    if language is not None:
        blocks = [replace(block, lang=language) for block in blocks]
    languages = sorted({block.lang for block in blocks if block.lang in LANGUAGES})
    persons = Persons.of(text, languages)
    names = frozenset(re.findall(r"[^\W\d_]+", " ".join(_names_of_states(text))))
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    year: int | None = None
    recent: list[str] = []
    anchor: Date | None = None
    topic, section = "", ""
    for block in blocks:
        if block.kind not in STATED or block.kind == "table":
            continue
        year = None if block.kind == "abstract" else year
        anchor = None
        topic = topic if block.section == section else ""
        section = block.section
        for start, end in sentences_of(text, block.start, block.end):
            for low, high in _pieces(text, start, end):
                sentence = _sentence(text, low, high, block, persons, names, year)
                sentence.before, sentence.anchor, sentence.topic = list(recent), anchor, topic
                named = [a.code for a in sentence.organisations]
                topic = named[0] if named else topic
                citations += sentence.citations
                sentences.append(sentence)
                exact = [d for d in sentence.dates if d.kind in ("day", "month", "year", "range")]
                year = exact[-1].year if exact else year
                anchor = next((d for d in reversed(exact) if not d.bound), anchor)
                for state in dict.fromkeys(a.code for a in sentence.states if a.code != "SUN"):
                    if state in recent:
                        recent.remove(state)
                    recent.append(state)
                recent = recent[-4:]
    soft = sum(
        len(rule.findall(text.lower()))
        for lang in languages
        if (rule := pattern(lang, "roles", "soft_power"))
    )
    focus, dyadic = _focus(sentences)
    return Reading(source, layer, blocks, sentences, citations, focus, soft >= 10, dyadic)


def _names_of_states(text: str) -> Iterator[str]:
    for found in re.finditer(r"([^\W\d_]+)\s*\((?:1[6-9]|20)\d\d\)", text):
        if any(a.kind in ("name", "organisation") for a in actors_of(found[1], "en")):
            yield found[1]


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= _CUT:
        return [(start, end)]
    pieces, low = [], start
    while end - low > _CUT:
        cut = max(text.rfind(mark, low + 200, low + _CUT) for mark in (";", ",", " "))
        cut = cut if cut > low else low + _CUT
        pieces.append((low, cut + 1))
        low = cut + 1
    pieces.append((low, end))
    return [(a, b) for a, b in pieces if text[a:b].strip()]


def _sentence(
    text: str,
    start: int,
    end: int,
    block: Block,
    persons: Persons,
    names: frozenset[str],
    year: int | None,
) -> Sentence:
    citations = citations_of(text, start, end, names)
    body = masked(text, start, end, citations)
    lang = block.lang if block.lang in LANGUAGES else "en"
    resolutions = [found.span() for found in RESOLUTION.finditer(body)]
    hidden = body
    for low, high in resolutions:
        hidden = hidden[:low] + " " * (high - low) + hidden[high:]
    dates = dates_of(hidden, lang, year=year)
    shown = [(c.start - start, c.end - start) for c in citations if c.narrative]
    actors = [
        actor
        for actor in actors_of(body, lang, persons)
        if not any(low <= actor.start < high for low, high in shown)
    ]
    actors = [a for a in actors if not _before_its_time(a, dates)]
    taken = [(d.start, d.end) for d in dates] + resolutions
    quantities = quantities_of(hidden, lang, taken)
    return Sentence(start, end, body, lang, block, dates, actors, quantities, citations)


def _before_its_time(actor: Actor, dates: list[Date]) -> bool:
    """Whether an organisation is named where every date lies long before it was founded."""
    founded = founded_years().get(actor.code)
    if founded is None or not dates:
        return False
    return max(int(d.value.rpartition("/")[2][:4]) for d in dates) < founded - 20


def _focus(sentences: list[Sentence]) -> tuple[list[str], bool]:
    """Return the states most often named, and whether the document is about two of them."""
    counts = Counter(actor.code for sentence in sentences for actor in sentence.states)
    ranked = counts.most_common(4)
    focus = [code for code, number in ranked if number >= 3]
    if len(ranked) < 2:
        return focus, False
    third = ranked[2][1] if len(ranked) > 2 else 0
    second = ranked[1][1]
    return focus, second >= 10 and second >= 0.4 * ranked[0][1] and second >= 2.5 * third

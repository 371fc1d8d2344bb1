"""Repairs of damaged text, each a layer: look-alike letters, torn diacritics, furniture, breaks.

The order matters: markup first, then letters (or no word is found in a word list), then what
belongs to the page and not to the text, then lines into paragraphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from multivector.documents.packs import lettered, shared
from multivector.documents.text.diacritics import without_torn_letters
from multivector.documents.text.files import Source
from multivector.documents.text.layers import Change, Layer
from multivector.documents.text.markup import without_markup
from multivector.documents.text.paragraphs import joined_lines, without_furniture

CYRILLIC = shared()["lookalikes"]["cyrillic"]
LATIN = shared()["lookalikes"]["latin"]
_TO_LATIN = dict(zip(CYRILLIC, LATIN, strict=True))
_TO_CYRILLIC = {
    **{
        latin: cyrillic
        for cyrillic, latin in zip(CYRILLIC, LATIN, strict=True)
        if latin not in "ijshdqwIJSHV"
    },
    **shared()["lookalikes"]["to_cyrillic"],
}
_WORD = re.compile(r"[^\W\d_]+(?:['’\u02bc-][^\W\d_]+)*")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e]")
_SOFT_BREAK = re.compile("[\ufffe\u0002]\n?")
_COMBINED = re.compile("[A-Za-z\u0410-\u042f\u0430-\u044f\u0131\u0130][\u0300-\u036f]+")
_GLUED_NOTE = re.compile(
    lettered(r"(?:(?<=[LOWER]{3})|(?<=[’'][LOWER]{2}))(?<!km)\d{1,2}(?:\*|(?=[\s,.;:)”\"]|$))"),
    re.MULTILINE,
)


def repaired(source: Source) -> Layer:
    r"""Return the text of a document with every repair made, over the raw text.

    Examples
    --------
    >>> from multivector.documents.text.files import document_of
    >>> text = "Türk Kоnseyi1 toplan-\ndı.".encode()
    >>> layer = repaired(document_of(text, "a.txt"))
    >>> layer.text
    'Türk Konseyi toplandı.'
    >>> sorted({edit.rule for edit in layer.edits})
    ['footnote mark', 'line break', 'look-alike letter']
    """
    layer = Layer.of(source.text)
    layer = layer.substituted(re.compile("\r\n?"), "\n", "line end")
    layer = layer.substituted(_SOFT_BREAK, "", "line break")
    layer = layer.substituted(_INVISIBLE, "", "invisible character")
    layer = without_markup(layer, source.media)
    layer = layer.substituted(
        _COMBINED, lambda found: unicodedata.normalize("NFC", found[0]), "combined letter"
    )
    layer = without_lookalikes(layer)
    layer = without_torn_letters(layer)
    layer = layer.substituted(_GLUED_NOTE, _unless_unit, "footnote mark")
    layer = without_furniture(layer)
    return joined_lines(layer)


def _unless_unit(found: re.Match[str]) -> str | None:
    before = found.string[max(0, found.start() - 12) : found.start()]
    return None if re.search(r"[-–./]\w*$|\b(?:km|cm|mm|mil)$|https?:\S*$", before) else ""


def without_lookalikes(layer: Layer) -> Layer:
    """Return the layer with letters of a foreign alphabet put right, word by word.

    A word of two alphabets takes that of its unambiguous letters; a word of look-alikes alone
    takes that of its line, where every other word is in the other alphabet.

    Examples
    --------
    >>> without_lookalikes(Layer.of("Kаzаkistаn и Русский")).text
    'Kazakistan и Русский'
    """
    text = layer.text
    if not _CYRILLIC.search(text) or not _LATIN.search(text):
        return layer
    changes: list[Change] = []
    start = 0
    for line in text.splitlines(keepends=True):
        if _CYRILLIC.search(line):
            changes += _line_changes(line, start, text)
        start += len(line)
    return layer.edited(changes, "look-alike letter")


def _line_changes(line: str, offset: int, text: str) -> list[Change]:
    words = list(re.finditer(r"[^\W\d_]+", line))
    scripts = [_script(word[0]) for word in words]
    known = Counter(script for script in scripts if script)
    main = _main_script(known) or _neighbours(text, offset, len(line))
    changes: list[Change] = []
    for word, script in zip(words, scripts, strict=True):
        target = script or main
        table = {"latin": _TO_LATIN, "cyrillic": _TO_CYRILLIC}.get(target or "")
        if table is None:
            continue
        new = "".join(table.get(letter, letter) for letter in word[0])
        if new != word[0] and _script_pure(new, str(target)):
            changes.append((offset + word.start(), offset + word.end(), new))
    return changes


def _main_script(known: Counter[str]) -> str | None:
    latin, cyrillic = known["latin"], known["cyrillic"]
    if latin == cyrillic:
        return None
    return "latin" if latin > cyrillic else "cyrillic"


def _neighbours(text: str, offset: int, length: int) -> str | None:
    near = text[max(0, offset - 400) : offset + length + 400]
    return _main_script(Counter(s for w in re.findall(r"[^\W\d_]+", near) if (s := _script(w))))


def _script(word: str) -> str | None:
    """Return the alphabet of the letters that can be of one only; None if there are none."""
    latin = sum(1 for c in word if _LATIN.match(c) and c not in LATIN)
    cyrillic = sum(1 for c in word if _CYRILLIC.match(c) and c not in CYRILLIC)
    if latin == cyrillic:
        return None
    return "latin" if latin > cyrillic else "cyrillic"


def _script_pure(word: str, script: str) -> bool:
    other = _CYRILLIC if script == "latin" else _LATIN
    return not other.search(word)


def lookalikes_left(text: str) -> int:
    """Return how many words of ``text`` still hold letters of two alphabets.

    >>> lookalikes_left("Kаzаkistаn и Русский")
    1
    """
    return sum(1 for word in _WORD.findall(text) if _CYRILLIC.search(word) and _LATIN.search(word))

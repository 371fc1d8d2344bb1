"""Words of a text as they are counted and searched: case, accents, look-alikes and endings.

Two keys of a word matter. :func:`lowered` is the word as its language writes it in lower case, for
counting: Turkish İ and I are i and ı. :func:`folded` is what two spellings of a word share, for
searching: no case, no accents, one script. What follows an apostrophe in Turkish, and an English
possessive, is an ending and no part of the word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from multivector.documents.packs import LANGUAGES, pack, shared

_WORD = re.compile(r"[^\W\d_]+(?:[’'\u02bc`´‘][^\W\d_]+)*|\d+(?:[.,/]\d+)*")
_APOSTROPHE = re.compile("[’'\u02bc`´‘]")
_MARKS = re.compile("[\u0300-\u036f\u200b-\u200f\u00ad\ufeff]")
_TURKISH = str.maketrans({"\u0130": "i", "I": "\u0131"})
_PLAIN = str.maketrans(shared()["plain"])
_LOOKALIKES = (shared()["lookalikes"]["folded"], "aeopcxykmtbhijsdh")
_TO_LATIN = str.maketrans(*_LOOKALIKES)
_TO_CYRILLIC = str.maketrans(_LOOKALIKES[1][:-1], _LOOKALIKES[0][:-1])

_REPEATED = frozenset({"tr", "kk"})
_STEM = 3
"""No ending is taken from a word if fewer letters than this would remain."""


@dataclass(frozen=True)
class Word:
    """A word of a text: its place, and its two keys."""

    start: int
    end: int
    lowered: str
    folded: str


def words_of(text: str, language: str = "und") -> Iterator[Word]:
    """Yield the words of a text with their places, without endings after an apostrophe.

    >>> [(w.lowered, w.folded) for w in words_of("KAZAKİSTAN'IN DIŞ politikası", "tr")]
    [('kazakistan', 'kazakistan'), ('dış', 'dis'), ('politikası', 'politikasi')]
    """
    for found in _WORD.finditer(text):
        body = _body(found[0], language)
        yield Word(
            found.start(),
            found.start() + len(body),
            lowered(body, language),
            folded(body, language),
        )


def _body(word: str, language: str) -> str:
    """Return a word without what is joined to it by an apostrophe."""
    parts = _APOSTROPHE.split(word)
    if len(parts) == 1:
        return word
    ending = parts[-1].casefold()
    known = language == "tr" or ending == "s" or folded(ending, "tr") in _endings("tr")
    return word[: -len(parts[-1]) - 1] if known else word


@lru_cache(maxsize=65536)
def lowered(word: str, language: str = "und") -> str:
    """Return a word in lower case by the rules of its language.

    >>> lowered("IŞIK", "tr"), lowered("INDEX", "en")
    ('ışık', 'index')
    """
    if language == "tr":
        word = word.translate(_TURKISH)
    return unicodedata.normalize("NFC", word).lower()


@lru_cache(maxsize=65536)
def folded(word: str, language: str = "und") -> str:
    """Return the key that all spellings of a word share: no case, accents or mixed scripts.

    >>> folded("Türkіye") == folded("TURKIYE") == folded("türkiye", "tr")
    True
    """
    plain = unicodedata.normalize("NFKD", word.translate(_PLAIN)).casefold()
    plain = _MARKS.sub("", plain.translate(_PLAIN))
    return _one_script(_APOSTROPHE.sub("", plain), language)


def _one_script(word: str, language: str) -> str:
    if word.isascii():
        return word
    latin = any("a" <= letter <= "z" for letter in word)
    if not latin and language not in ("tr", "en"):
        return word
    as_latin = word.translate(_TO_LATIN)
    if as_latin.isascii():
        return as_latin
    if not latin:
        return word
    as_cyrillic = word.translate(_TO_CYRILLIC)
    return word if any("a" <= letter <= "z" for letter in as_cyrillic) else as_cyrillic


@cache
def _endings(language: str) -> frozenset[str]:
    endings = str(pack(language)["endings"]).split() if language in LANGUAGES else []
    return frozenset(folded(ending, language) for ending in endings)


@lru_cache(maxsize=65536)
def is_ending(rest: str, language: str) -> bool:
    """Return whether ``rest`` is an ending of the language, or a chain of them where it has such.

    >>> is_ending("larindan", "tr"), is_ending("istan", "tr")
    (True, False)
    """
    known = _endings(language)
    if rest in known:
        return True
    if language not in _REPEATED:
        return False
    cuts = (at for at in range(1, len(rest)) if rest[:at] in known)
    return any(is_ending(rest[at:], language) for at in cuts)


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """Return a folded word without its longest ending.

    >>> stem("россии", "ru") == stem("россия", "ru")
    True
    """
    if language == "en" and word.endswith("ies") and len(word) > _STEM + 2:
        return f"{word[:-3]}y"
    for at in range(_STEM, len(word)):
        if is_ending(word[at:], language):
            return word[:at]
    return word


def matches(word: str, sought: str, language: str) -> bool:
    """Return whether a folded word of a text is a form of the folded word sought.

    >>> matches("kazakistandaki", "kazakistan", "tr"), matches("kazakistan", "kazak", "tr")
    (True, False)
    >>> matches("россии", "россия", "ru"), matches("treaties", "treaty", "en")
    (True, True)
    """
    if word == sought:
        return True
    if word.startswith(sought) and len(sought) >= _STEM:
        return is_ending(word[len(sought) :], language)
    if language in _REPEATED or len(sought) <= _STEM:
        return False
    return stem(word, language) == stem(sought, language) and len(stem(word, language)) > _STEM

"""Alphabets: names in the order in which a language lists them."""

from __future__ import annotations

import unicodedata
from functools import cache

from multivector.words import language

__all__ = ["initial", "order"]

_LETTERS = {
    "tr": "abcçdefgğhıijklmnoöpqrsştuüvwxyz",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
}


@cache
def _ranks(spoken: str) -> dict[str, int]:
    return {letter: place for place, letter in enumerate(_LETTERS.get(spoken, ""))}


def order(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key by which texts sort as in the language spoken; foreign letters come last.

    >>> sorted(["Zambia", "Åland", "Chad", "Côte d'Ivoire"], key=order)
    ['Åland', 'Chad', "Côte d'Ivoire", 'Zambia']
    """
    ranks = _ranks(language())
    return tuple((ranks.get(letter, len(ranks)), _plain(letter)) for letter in _lower(text))


def initial(text: str) -> str:
    """Return the letter under which a language lists a text.

    >>> initial("Åland")
    'A'
    """
    letter = _lower(text)[:1]
    if letter not in _ranks(language()):
        letter = _plain(letter)[:1]
    return (
        {"i": "İ", "ı": "I"}.get(letter, letter.upper()) if language() == "tr" else letter.upper()
    )


def _lower(text: str) -> str:
    if language() == "tr":
        text = text.replace("İ", "i").replace("I", "ı")
    return unicodedata.normalize("NFC", text).lower()


def _plain(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))

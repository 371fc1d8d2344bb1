"""The key under which two spellings of a name are the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "İ": "i", "ı": "i", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l",
        "ħ": "h", "Ħ": "h", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th",
        "ð": "d", "Ð": "d", "ə": "e", "Ə": "e", "&": " and ",
        "'": "", "’": "", "‘": "", "`": "", "´": "", "ʻ": "", "ʼ": "", "ʿ": "", "ʾ": "",
    }
)  # fmt: skip
_CYRILLIC = "аеорсхукмтвніјѕԁһ"
_LATIN = "aeopcxykmtbhijsdh"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN[:-1], _CYRILLIC[:-1])
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u200b-\u200f\ufeff]")
_ARTICLE = re.compile(r"\((?:the|el|la|le|l|los|las|les)\)")
_SHORT = {
    "rep": "republic", "repub": "republic", "dem": "democratic", "st": "saint",
    "ste": "saint", "fed": "federal", "is": "islands", "isl": "islands", "isds": "islands",
    "ter": "territory", "terr": "territory", "fmr": "former", "ex": "former",
}  # fmt: skip
_STOP = frozenset({"the", "of", "and"})


def _one_script(word: str) -> str:
    """Return a word in one script when letters of Latin and Cyrillic that look alike are mixed."""
    if word.isascii() or not any("a" <= letter <= "z" for letter in word):
        return word
    latin = word.translate(_TO_LATIN)
    if latin.isascii():
        return latin
    cyrillic = word.translate(_TO_CYRILLIC)
    return word if any("a" <= letter <= "z" for letter in cyrillic) else cyrillic


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a name, without *the*, *of* and *and*."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    plain = _ARTICLE.sub(" ", _MARKS.sub("", plain.translate(_LETTERS)))
    spaced = "".join(
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in plain.replace(".", "" if re.search(r"\b\w\.\w\.", plain) else " ")
    )
    found = [_SHORT.get(word, word) for word in map(_one_script, spaced.split())]
    return tuple(word for word in found if word not in _STOP) or tuple(found)


def fold(text: str) -> str:
    """Return the key under which a name is compared.

    Case, accents, punctuation, spaces, the words *the*, *of*, *and*, the Turkish dotless ı and
    Cyrillic letters inside a Latin word (and the reverse) do not count.

    Parameters
    ----------
    text
        A name in any script.

    Returns
    -------
    str
        Letters and digits only; empty when ``text`` has none.

    Examples
    --------
    >>> fold("The Republic of TÜRKİYE") == fold("republic of turkıye")
    True
    >>> fold("Côte d’Ivoire")
    'cotedivoire'
    """
    return "".join(words(text))


def sorted_key(text: str) -> str:
    """Return the key of a name whatever the order of its words: Korea, Republic of."""
    return "".join(sorted(words(text)))

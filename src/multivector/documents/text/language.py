"""The language of a passage among those the rule packs know: Turkish, English, Russian, Kazakh.

A closed set needs no model: letters that only one of them has, and its commonest words, decide.
Run after look-alike letters are repaired. Other languages come out as ``und``.
"""

from __future__ import annotations

import re
from collections import Counter

from multivector.documents.packs import LANGUAGES, pack

MIN_LETTERS = 25
"""Shorter passages take the language of the one before."""

_OTHER = (
    "der die und das den von zu mit ist des le la les et du une que pour dans el los las por para "
    "con del il di che per della sono het een van"
)
"""Words of languages that are none of the four."""

_ONLY = {
    lang: re.compile(pack(lang)["letters"], re.IGNORECASE if lang != "tr" else 0)
    for lang in ("kk", "tr", "ru")
}


def language_of(text: str, default: str = "und") -> str:
    """Return ``tr``, ``en``, ``ru``, ``kk``, or ``default`` where too little speaks for any.

    >>> [language_of(t) for t in ("İki ülke arasında bir anlaşma imzalandı",
    ...     "The two countries signed an agreement", "Страны подписали соглашение о границе",
    ...     "Екі ел шекара туралы келісімге қол қойды")]
    ['tr', 'en', 'ru', 'kk']
    """
    letters = sum(map(str.isalpha, text))
    if letters < MIN_LETTERS:
        return default
    words = Counter(re.findall(r"[^\W\d_]+", text.replace("\u0130", "i").lower()))
    total = max(sum(words.values()), 1)
    shares = {lang: _share(words, lang, total) for lang in LANGUAGES}
    cyrillic = len(re.findall("[\u0400-\u04ff]", text)) / letters
    if cyrillic > 0.5:
        kazakh = len(_ONLY["kk"].findall(text)) / letters
        return "kk" if kazakh > 0.03 or shares["kk"] > shares["ru"] + 0.05 else "ru"
    turkish = len(_ONLY["tr"].findall(text)) / letters
    scores = {"tr": shares["tr"] + 3 * turkish, "en": shares["en"]}
    best = max(scores, key=scores.__getitem__)
    other = sum(words[word] for word in _OTHER.split()) / total
    if scores[best] < 0.04 or (other > scores[best] and best != "tr"):
        return default if other <= scores[best] else "und"
    return best


def _share(words: Counter[str], language: str, total: int) -> float:
    """Return the share of the words that are among the commonest of a language."""
    return sum(words[word] for word in str(pack(language)["common"]).split()) / total

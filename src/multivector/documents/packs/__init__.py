"""Rule packs: what a language contributes, as data a political scientist can edit and test.

A pack is a TOML file; :func:`pack` reads one. ``multivector documents try SENTENCE`` shows which
rule of a pack fires on a sentence, and why.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from multivector.errors import UnknownName, choices

LANGUAGES = ("tr", "en", "ru", "kk")


@lru_cache(maxsize=8)
def pack(language: str) -> dict[str, Any]:
    """Return the rule pack of a language.

    Raises
    ------
    UnknownName
        If there is no pack for the language.

    Examples
    --------
    >>> pack("tr")["months"]["10"]
    'Ekim'
    """
    if language not in LANGUAGES:
        raise UnknownName(
            f"there is no rule pack {language!r}; expected one of {choices(LANGUAGES)}; "
            "add the file packs/LANGUAGE.toml or code in another language"
        )
    text = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def shared() -> dict[str, Any]:
    """Return the pack of rules that look for words of all languages at once."""
    return tomllib.loads(files(__package__).joinpath("all.toml").read_text(encoding="utf-8"))


def lettered(text: str) -> str:
    """Return a rule with the letters of all languages where it says UPPER and LOWER."""
    for name, letters in shared()["letters"].items():
        text = text.replace(name, letters)
    return text


@lru_cache(maxsize=256)
def wording(section: str, name: str, language: str | None = None) -> re.Pattern[str]:
    """Return a rule that looks for words of all languages at once, or of one of them.

    Examples
    --------
    >>> bool(wording("claims", "negated").search("Kazakhstan did not join."))
    True
    """
    row = shared()[section][name]
    languages = ("en", "tr", "ru", "kk") if language is None else (language,)
    words = "|".join(row[each] for each in languages if each in row)
    return re.compile(lettered(row.get("frame", "(?i)WORDS").replace("WORDS", words)))


def words_of(section: str, name: str) -> str:
    """Return the words of a rule in all languages, to be set into another one."""
    return wording(section, name).pattern


@lru_cache(maxsize=64)
def valued(section: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    """Return the rules of a section whose words stand for a number, each with it."""
    return tuple((wording(section, name), row["value"]) for name, row in shared()[section].items())


compiled = lru_cache(maxsize=4096)(re.compile)
"""Compile a pattern made at run time, once: the cache of ``re`` is too small for the packs."""


@lru_cache(maxsize=256)
def pattern(
    language: str, section: str, name: str, *, flags: int = re.IGNORECASE
) -> re.Pattern[str] | None:
    """Return one regular expression of a pack, or None if the pack has none of that name."""
    text = pack(language).get(section, {}).get(name)
    return re.compile(text, flags) if text else None

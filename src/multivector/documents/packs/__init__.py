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


compiled = lru_cache(maxsize=4096)(re.compile)
"""Compile a pattern made at run time, once: the cache of ``re`` is too small for the packs."""


@lru_cache(maxsize=256)
def pattern(
    language: str, section: str, name: str, *, flags: int = re.IGNORECASE
) -> re.Pattern[str] | None:
    """Return one regular expression of a pack, or None if the pack has none of that name."""
    text = pack(language).get(section, {}).get(name)
    return re.compile(text, flags) if text else None

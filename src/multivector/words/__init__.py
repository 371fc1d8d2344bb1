"""Catalogues: the product's own words in the languages it speaks.

A message is written in English where it is needed; a catalogue of the language asked for gives its
translation, and English stands in where there is none. The language holds for a piece of work, so
that a server may answer in several at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from multivector.errors import BadValue, choices

__all__ = ["LANGUAGES", "language", "localised", "many", "mark", "say", "using"]

LANGUAGES = ("en", "tr", "ru", "kk")
_language: ContextVar[str] = ContextVar("language", default="en")
_SEPARATORS = {
    "tr": str.maketrans({",": ".", ".": ","}),
    "ru": str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","}),
    "kk": str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","}),
}
"""Thousands and decimals as in the Unicode CLDR; English writes 1,234.5."""


def language() -> str:
    """Return the language that is spoken now."""
    return _language.get()


@contextmanager
def using(chosen: str) -> Iterator[None]:
    """Speak a language for the length of a block.

    Raises
    ------
    BadValue
        If it is none of those the product speaks.

    Examples
    --------
    >>> with using("tr"):
    ...     say("Sources"), many(3, "{n} roll call", "{n} roll calls")
    ('Kaynaklar', '3 oylama')
    """
    if chosen not in LANGUAGES:
        raise BadValue(
            f"no language {chosen!r}; expected one of {choices(LANGUAGES)}; choose one of them"
        )
    token = _language.set(chosen)
    try:
        yield
    finally:
        _language.reset(token)


def say(message: str, /, **values: object) -> str:
    """Return a message in the language spoken, with its values in their places.

    >>> say("{state} sits in {n} of them", state="Kazakhstan", n=3)
    'Kazakhstan sits in 3 of them'
    """
    spoken = _language.get()
    if spoken != "en":
        message = _catalogue(spoken).get(message, (message,))[0]
    return message.format(**values) if values else message


def many(n: int, singular: str, plural: str, /, **values: object) -> str:
    """Return a message in the form its number asks for; ``{n}`` stands for the number.

    >>> many(1, "{n} seat", "{n} seats"), many(1234, "{n} seat", "{n} seats")
    ('1 seat', '1,234 seats')
    """
    spoken = _language.get()
    message = singular if n == 1 else plural
    if spoken != "en":
        forms = _catalogue(spoken).get(singular)
        message = message if forms is None else forms[_form(spoken, n)]
    return message.format(n=localised(f"{n:,}"), **values)


def mark(message: str, /) -> str:
    """Return a message as it is, so that a catalogue knows it before it is said.

    >>> mark("no evidence")
    'no evidence'
    """
    return message


def localised(text: str) -> str:
    """Return a figure written as in English with the separators of the language spoken.

    >>> with using("tr"):
    ...     localised("1,234.5")
    '1.234,5'
    """
    separators = _SEPARATORS.get(_language.get())
    return text if separators is None else text.translate(separators)


@cache
def _catalogue(spoken: str) -> dict[str, tuple[str, ...]]:
    """Return the translations of a language: the forms of each message that has them all."""
    from io import BytesIO

    from babel.messages.pofile import read_po

    content = (files("multivector.words") / f"{spoken}.po").read_bytes()
    forms: dict[str, tuple[str, ...]] = {}
    for message in read_po(BytesIO(content), locale=spoken):
        key = message.id if isinstance(message.id, str) else message.id[0]
        string = message.string or ""
        said = (string,) if isinstance(string, str) else tuple(string)
        if key and all(said):
            forms[key] = said
    return forms


def _form(spoken: str, n: int) -> int:
    """Return which form of a noun follows a number: of Russian's three; one elsewhere."""
    if spoken != "ru" or (n % 10 == 1 and n % 100 != 11):
        return 0
    return 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2

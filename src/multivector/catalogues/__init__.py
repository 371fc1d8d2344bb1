"""Catalogues: the product's own words in the languages it speaks.

A message is written in English where it is needed; a catalogue of the language asked for gives its
translation. The language holds for a piece of work, so that a server may answer in several at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from multivector.errors import BadValue, choices

__all__ = ["LANGUAGES", "language", "many", "say", "using"]

LANGUAGES = ("en", "tr", "ru", "kk")
_language: ContextVar[str] = ContextVar("language", default="en")


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
    return message.format(**values) if values else message


def many(n: int, singular: str, plural: str, /, **values: object) -> str:
    """Return a message in the form its number asks for; ``{n}`` stands for the number.

    >>> many(1, "{n} seat", "{n} seats"), many(1234, "{n} seat", "{n} seats")
    ('1 seat', '1,234 seats')
    """
    return say(singular if n == 1 else plural, n=f"{n:,}", **values)

"""Subjects: what a person may ask a brief about, from a name or an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from multivector.content.model import Subjects
from multivector.errors import BadValue, MultivectorError, UnknownOrganisation, UnknownState
from multivector.names import organisations, states
from multivector.names.spells import Spell

__all__ = ["Subject", "existing", "subject"]


@dataclass(frozen=True)
class Subject:
    """A state, a pair of states (``codes`` in the order asked), or an organisation."""

    kind: Subjects
    codes: tuple[str, ...]

    @property
    def address(self) -> str:
        """Return the subject as it is written in an address: ``KAZ``, ``KAZ-TUR``, ``SCO``.

        An organisation whose code is a state's too is written by its name.
        """
        if self.kind == "organisation" and _state(self.codes[0]):
            return organisations.name(self.codes[0])
        return "-".join(self.codes)


def subject(text: str) -> Subject:
    """Return the subject of a text: a state, two states with a hyphen, or an organisation.

    A code of an organisation comes first, unless a state has it too; then names of states.

    Raises
    ------
    UnknownState, AmbiguousState
        If it is none of these.
    BadValue
        If both states of a pair are the same.

    Examples
    --------
    >>> subject("Kazakistan-Türkiye").address, subject("Guinea-Bissau").address
    ('KAZ-TUR', 'GNB')
    >>> subject("SCO").kind, subject("NAM").kind, subject("Non-Aligned Movement").address
    ('organisation', 'state', 'Non-Aligned Movement')
    """
    text = text.strip()
    if text in organisations.codes() and not _state(text):
        return Subject("organisation", (text,))
    try:
        return Subject("state", (states.identify(text),))
    except MultivectorError:
        pair = _pair(text)
        if pair is not None:
            return pair
        try:
            return Subject("organisation", (organisations.find(text),))
        except UnknownOrganisation:
            pass
        raise


def _state(code: str) -> bool:
    return code in set(states.table()["state"])


def _pair(text: str) -> Subject | None:
    for mark in ("–", "-", "/"):
        first, found, second = text.partition(mark)
        while found:
            try:
                codes = (states.identify(first), states.identify(second))
            except MultivectorError:
                more, found, second = second.partition(mark)
                first = f"{first}{mark}{more}"
                continue
            if codes[0] == codes[1]:
                raise BadValue(
                    f"{text!r} names {codes[0]} twice; expected two different states; correct one"
                )
            return Subject("pair", codes)
    return None


def existing(name: str, year: int | None) -> str:
    """Return the state of a name or code that exists today, or existed in the year.

    Raises
    ------
    UnknownState, AmbiguousState
        If the name is not known or means several, or the state did not exist then.
    """
    code = states.identify(name, year=year)
    if year is None and code not in states.today() and not _lasts(code):
        raise UnknownState(
            f"{name!r} is {states.name(code)}, whose codes no longer hold; expected a state of "
            "today; name another, or a year in which it existed with --year"
        )
    if year is not None and not _existed(code, year):
        raise UnknownState(
            f"{states.name(code)} is in no list of the states of {year}; expected a year in which "
            "it existed; name another with --year"
        )
    return code


def _lasts(code: str) -> bool:
    spells = states.table().filter(pl.col("state") == code)
    return bool(spells["valid_to"].is_null().any())


def _existed(code: str, year: int) -> bool:
    spells = states.table().filter(pl.col("state") == code)
    there = Spell("valid_from", "valid_to").within(year, year)
    lists: tuple[Literal["cow", "gw", "un"], ...] = ("cow", "gw", "un")
    listed = [states.exists(code, year, by=name) for name in lists]
    return any(listed) or not spells.filter(there).is_empty()

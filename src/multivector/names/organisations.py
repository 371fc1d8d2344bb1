"""Organisations by name, their members on a day, a state's memberships.

Dates may be partial and count as `multivector.names.spells` says. Where only the year or month of a
change is known, the new status is entered from it and the old one ends before.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import polars as pl

from multivector.errors import BadValue, UnknownOrganisation, choices, nearest
from multivector.names import states
from multivector.names.spells import LIVES, SEATS
from multivector.tables import (
    MEMBERSHIPS,
    ORGANISATIONS,
    STATUSES,
    Memberships,
    Organisations,
    Table,
)

__all__ = [
    "LANGUAGES",
    "bodies",
    "codes",
    "find",
    "known_to",
    "living",
    "members",
    "name",
    "of_state",
    "table",
]

LANGUAGES = ("en", "tr", "ru", "kk")


def _read(declared: Table, file: str) -> pl.DataFrame:
    path = files("multivector") / "data" / file
    truths = {c.name: pl.Boolean for c in declared.columns if c.kind == "boolean"}
    return declared.conform(
        pl.read_csv(
            path.read_bytes(),
            separator="\t",
            quote_char=None,
            infer_schema=False,
            schema_overrides=truths,
        )
    )


@cache
def table() -> Organisations:
    """Return the organisations the package carries, one a row.

    Examples
    --------
    >>> table().filter(pl.col("organisation") == "SCO")["predecessor"].to_list()
    ['S5']
    """
    return _read(ORGANISATIONS, "organisations.tsv")


@cache
def _memberships() -> Memberships:
    return _read(MEMBERSHIPS, "memberships.tsv")


@cache
def _bearers() -> dict[str, list[str]]:
    """Return the codes behind each folded name, abbreviation and alias."""
    found: dict[str, list[str]] = {}
    for row in table().iter_rows(named=True):
        written = [row["organisation"], *(row["aliases"] or "").split(";")]
        written += [row[f"{kind}_{tongue}"] for tongue in LANGUAGES for kind in ("name", "short")]
        for key in {states.fold(text) for text in written if text}:
            found.setdefault(key, []).append(row["organisation"])
    return found


@cache
def codes() -> frozenset[str]:
    """Return the codes of the organisations the package carries."""
    return frozenset(table()["organisation"])


def find(text: str) -> str:
    """Return the code of the organisation with a name, abbreviation or alias.

    English, Turkish, Russian and Kazakh names are known; case, accents, punctuation and Cyrillic
    letters inside a Latin word do not count. A code as it is written here comes first.

    Parameters
    ----------
    text : str
        Code, name or abbreviation.

    Returns
    -------
    str
        The code, as in the table of organisations.

    Raises
    ------
    UnknownOrganisation
        If no organisation bears the name, or several do.

    Examples
    --------
    >>> find("Şanghay İşbirliği Örgütü"), find("ЕАЭС"), find("turkic council")
    ('SCO', 'EAEU', 'OTS')
    """
    written = text.strip()
    if written in codes():
        return written
    bearers = _bearers().get(states.fold(written), [])
    if len(bearers) == 1:
        return bearers[0]
    if bearers:
        raise UnknownOrganisation(
            f"the name {text!r} belongs to several organisations; expected one of their codes, "
            f"{', '.join(bearers)}; write the code"
        )
    near = nearest(states.fold(written), _bearers())
    known = list(dict.fromkeys(code for key in near for code in _bearers()[key]))
    raise UnknownOrganisation(
        f"no organisation is called {text!r}; expected a code or name, such as "
        f"{choices(known or sorted(codes()))}; correct the name or see: multivector organisations"
    )


def name(organisation: str, language: str = "en", *, short: bool = False) -> str:
    """Return an organisation's name in a language, or its usual abbreviation.

    Parameters
    ----------
    organisation : str
        Code or name.
    language : {"en", "tr", "ru", "kk"}
        The language; English stands in where the table has no name in it.
    short : bool
        The abbreviation instead of the full name.

    Returns
    -------
    str
        The name, the code where there is no abbreviation.

    Raises
    ------
    UnknownOrganisation
        If no organisation bears the name.
    BadValue
        If the language is not one of the four.

    Examples
    --------
    >>> name("SCO", "tr"), name("SCO", "ru", short=True)
    ('Şanghay İşbirliği Örgütü', 'ШОС')
    """
    if language not in LANGUAGES:
        raise BadValue(
            f"the language is {language!r}; expected one of {', '.join(LANGUAGES)}; choose one"
        )
    code = find(organisation)
    row = table().row(by_predicate=pl.col("organisation") == code, named=True)
    kind = "short" if short else "name"
    return str(row[f"{kind}_{language}"] or row[f"{kind}_en"] or code)


def members(
    organisation: str,
    on: int | str | None = None,
    status: str | Iterable[str] | None = None,
) -> Memberships:
    """Return who holds which status in an organisation, through time or on a day.

    Parameters
    ----------
    organisation : str
        Code or name.
    on : int or str, optional
        A full date, or a year or month, which stands for its last day; none: all spells.
    status : str or iterable of str, optional
        The statuses asked for; none: all. "member" includes the founding members.

    Returns
    -------
    Memberships
        The spells, sorted by state and start.

    Raises
    ------
    UnknownOrganisation
        If no organisation bears the name.
    BadValue
        If the date or a status is not one.

    Examples
    --------
    >>> members("SCO", "2001-06-15", "member")["state"].to_list()
    ['CHN', 'KAZ', 'KGZ', 'RUS', 'TJK', 'UZB']
    """
    spells = _memberships().filter(pl.col("organisation") == find(organisation))
    return _held(spells, on, status).sort("state", "start", nulls_last=False)


def of_state(
    state: str,
    on: int | str | None = None,
    status: str | Iterable[str] | None = None,
) -> Memberships:
    """Return a state's statuses in the organisations, through time or on a day.

    Parameters
    ----------
    state : str
        Code of the state.
    on : int or str, optional
        A full date, or a year or month, which stands for its last day; none: all spells.
    status : str or iterable of str, optional
        The statuses asked for; none: all. "member" includes the founding members.

    Returns
    -------
    Memberships
        The spells, sorted by organisation and start; none for a state without any.

    Raises
    ------
    UnknownState
        If the code belongs to no state.
    BadValue
        If the date or a status is not one.

    Examples
    --------
    >>> of_state("GEO", "2009-08-18").filter(pl.col("organisation") == "CIS")["status"].to_list()
    ['withdrew']
    """
    spells = _memberships().filter(pl.col("state") == states.identify(state))
    return _held(spells, on, status).sort("organisation", "start", nulls_last=False)


def known_to(organisation: str) -> str | None:
    """Return the day to which an organisation's list of members was read; null once it ended.

    It is the latest date that at least half of the spells still open reach: one news item does not
    make a list of 2025 one of today.

    Raises
    ------
    UnknownOrganisation
        If no organisation bears the name.

    Examples
    --------
    >>> known_to("S5") is None, known_to("SCO")
    (True, '2025-09-01')
    """
    row = table().row(by_predicate=pl.col("organisation") == find(organisation), named=True)
    return None if row["known_to"] is None else str(row["known_to"])


def bodies(spells: pl.DataFrame) -> pl.DataFrame:
    """Return the spells without those of an organ whose organisation is among them.

    Whoever sits in the Shanghai Cooperation Organisation sits in its Anti-Terrorist Structure: a
    seat in an organ is no second seat.

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["RATS", "SCO"], "state": ["KAZ"] * 2})
    >>> bodies(spells)["organisation"].to_list()
    ['SCO']
    >>> bodies(spells.head(1))["organisation"].to_list()
    ['RATS']
    """
    organs = table().select("organisation", "organ_of").drop_nulls()
    held = organs.filter(pl.col("organ_of").is_in(spells["organisation"].unique().implode()))
    return spells.filter(~pl.col("organisation").is_in(held["organisation"].implode()))


def living(organisations: Organisations, on: int | str) -> Organisations:
    """Return the organisations that existed on a day.

    Parameters
    ----------
    organisations : Organisations
        Organisations with the days of their foundation and end.
    on : int or str
        A full date, or a year or month, which stands for its last day.

    Returns
    -------
    Organisations
        The rows whose life covers the day; one without a day of foundation is kept.

    Raises
    ------
    BadValue
        If the date is not one.

    Examples
    --------
    >>> found = living(table(), 2000)["organisation"].to_list()
    >>> "S5" in found, "SCO" in found
    (True, False)
    """
    return organisations.filter(LIVES.on(on))


def _held(
    spells: pl.DataFrame, on: int | str | None, status: str | Iterable[str] | None
) -> pl.DataFrame:
    wanted = _statuses(status)
    if wanted is not None:
        spells = spells.filter(pl.col("status").is_in(wanted))
    return spells if on is None else spells.filter(SEATS.on(on))


def _statuses(status: str | Iterable[str] | None) -> list[str] | None:
    if status is None:
        return None
    wanted = [status] if isinstance(status, str) else list(status)
    wrong = [item for item in wanted if item not in STATUSES]
    if wrong:
        raise BadValue(
            f"the status is {', '.join(map(repr, wrong))}; expected one of "
            f"{', '.join(STATUSES)}; choose from these"
        )
    return [*wanted, "founding_member"] if "member" in wanted else wanted

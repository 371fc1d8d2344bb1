"""What is known of a state: names, codes, the years in which it was one, whose series it joins."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Annotated, Literal

import polars as pl

from multivector.errors import UnknownName, UnknownState, choices
from multivector.names.spells import overlap
from multivector.names.states.folding import fold
from multivector.names.states.identity import NUMERIC, checked_year, code_tables, unknown_message
from multivector.names.states.lists import (
    Bearer,
    codes,
    entries,
    index,
    members,
    names,
    rows,
    spells,
)
from multivector.tables import STATES

System = Literal["cow", "gw", "un"]


def name(state: str, language: str = "en") -> str:
    """Return the short name of a state.

    Parameters
    ----------
    state
        Code of a state.
    language
        Language tag such as ``"tr"`` or ``"zh-Hant"``.

    Returns
    -------
    str
        Name in that language, from Unicode CLDR; from our own table for the states that CLDR does
        not carry; in English where neither has one.

    Raises
    ------
    UnknownState
        If ``state`` is no code of a state.
    UnknownName
        If ``language`` is no language of CLDR.

    References
    ----------
    Unicode Consortium (2025). Common Locale Data Repository.

    Examples
    --------
    >>> name("KAZ", "ru"), name("SUN", "tr")
    ('Казахстан', 'Sovyetler Birliği')
    """
    _known(state)
    if language == "en":
        return entries()[state][1]
    tag = language.replace("_", "-")
    return (
        _own_names().get((state, tag.split("-")[0].casefold()))
        or _cldr_names(tag).get(str(code(state, "iso2")))
        or entries()[state][1]
    )


def _known(state: str) -> str:
    if state not in spells():
        raise UnknownState(unknown_message(str(state), None))
    return state


@cache
def _own_names() -> dict[tuple[str, str], str]:
    found = (row[:6] for row in rows("state_names.tsv"))
    return {(state, tongue): label for label, state, _, _, _, tongue in found if tongue}


@lru_cache(maxsize=16)
def _cldr_names(language: str) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        return dict(Locale.parse(language, sep="-").territories)
    except (UnknownLocaleError, ValueError):
        raise UnknownName(
            f"there is no language {language!r}; expected a language tag such as en, tr, ru, kk, "
            f"de, fr, ar, zh; correct the tag"
        ) from None


def code(state: str, scheme: str, year: int | None = None) -> str | int | None:
    """Return the code of a state in a scheme.

    Parameters
    ----------
    state
        Code of a state.
    scheme
        One of ``SCHEMES``; of a scheme with several forms the first is given: ``"cow"`` is the
        number, ``"cowc"`` the abbreviation.
    year
        The year the code is wanted for; without it, the code in use today or last in use.

    Returns
    -------
    str, int or None
        A whole number for schemes of numbers; None where the scheme has no code for the state, or
        none in that year.

    Raises
    ------
    UnknownState
        If ``state`` is no code of a state.
    UnknownName
        If there is no such scheme.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.

    Examples
    --------
    >>> code("KAZ", "cow"), code("DEU", "cow", 1970), code("DEU", "cow", 2000), code("SUN", "cow")
    (705, 260, 255, 365)
    """
    _known(state)
    year = checked_year(year)
    tables = code_tables(scheme)
    if scheme.casefold() not in ("comtrade", "cameo", "gdelt"):
        tables = tables[:1]
    for table_name in tables:
        found = _codes_of(table_name).get(state, [])
        kept = [value for value, bearer in found if year is None or bearer.covers(year)]
        if kept:
            return int(kept[-1]) if table_name in NUMERIC else kept[-1]
    return None


@cache
def _codes_of(table_name: str) -> dict[str, list[tuple[str, Bearer]]]:
    """Return the codes of each state in one table, the one that lasts longest at the end."""
    found: dict[str, list[tuple[str, Bearer]]] = {}
    for value, bearers in codes().get(table_name, {}).items():
        for bearer in bearers:
            found.setdefault(bearer.state, []).append((value, bearer))
    for pairs in found.values():
        pairs.sort(key=lambda pair: (pair[1].last or 9999, pair[1].first or 0))
    return found


def exists(state: str, year: int, *, by: System = "cow") -> bool:
    """Return whether a list counts a state as a member of the state system in a year.

    Parameters
    ----------
    state
        Code of a state.
    year
        Calendar year; a state counts if it was a member on any day of it.
    by
        ``"cow"`` the Correlates of War, ``"gw"`` Gleditsch and Ward, ``"un"`` today's members of
        the United Nations since their admission.

    Returns
    -------
    bool
        True if the list counts it; lists are carried forward unchanged after their last year,
        2016 for COW and 2020 for Gleditsch and Ward.

    Raises
    ------
    UnknownState
        If ``state`` is no code of a state.
    BadYear
        If ``year`` is no year.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.
    Gleditsch, K. S. and Ward, M. D. (1999). A revised list of independent states since 1816.

    Examples
    --------
    >>> exists("KAZ", 1991), exists("KAZ", 1990), exists("SUN", 1991), exists("VAT", 2020)
    (True, False, True, False)
    """
    _known(state)
    within = (f"{checked_year(year) or 0:04d}",) * 2
    return any(overlap((start, end or None), within) for start, end in _system(by).get(state, []))


def _system(by: str) -> dict[str, list[tuple[str, str]]]:
    if by not in members():
        raise UnknownName(
            f"there is no list of states {by!r}; expected one of {choices(members())}; "
            f"correct the option"
        )
    return members()[by]


def existing(year: int, *, by: System = "cow") -> list[str]:
    """Return the states that a list counts as members of the state system in a year.

    Parameters
    ----------
    year
        Calendar year.
    by
        Whose list, as in ``exists``.

    Returns
    -------
    list of str
        Codes in alphabetical order.

    Raises
    ------
    BadYear
        If ``year`` is no year.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.

    Examples
    --------
    >>> len(existing(2016)), len(existing(1816))
    (195, 23)
    """
    checked_year(year)
    return sorted(state for state in _system(by) if exists(state, year, by=by))


def today() -> list[str]:
    """Return the members and the two observer states of the United Nations.

    Returns
    -------
    list of str
        195 codes in alphabetical order: 193 members, Holy See (VAT) and Palestine (PSE). Taiwan
        (TWN) and Kosovo (XKX) have codes and series but are on neither list.

    References
    ----------
    United Nations (2024). Member States; Non-member States.

    Examples
    --------
    >>> len(today()), "PSE" in today(), "TWN" in today()
    (195, True, False)
    """
    return sorted(s for s, row in entries().items() if row[4] in ("member", "observer"))


def lineage(state: str) -> str:
    """Return the state of today whose series a former state's series continues.

    The Correlates of War give one number to the Soviet Union and Russia (365), and one to Serbia,
    Yugoslavia, and Serbia and Montenegro (345); every other state is its own lineage.

    Parameters
    ----------
    state
        Code of a state.

    Returns
    -------
    str
        RUS for SUN; SRB for YUG and SCG; otherwise ``state``.

    Raises
    ------
    UnknownState
        If ``state`` is no code of a state.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.

    Examples
    --------
    >>> lineage("SUN"), lineage("YUG"), lineage("CSK"), lineage("KAZ")
    ('RUS', 'SRB', 'CSK', 'KAZ')
    """
    return entries()[_known(state)][6] or state


def search(text: str, limit: int = 10) -> list[str]:
    """Return the states whose code or a name in any language begins with or contains a text.

    Parameters
    ----------
    text
        What somebody typed.
    limit
        The largest number of answers.

    Returns
    -------
    list of str
        Codes, best first: the code itself, then names that are the text, begin with it, hold it;
        states of today before former ones and territories. Empty if nothing fits.

    References
    ----------
    Unicode Consortium (2025). Common Locale Data Repository.

    Examples
    --------
    >>> search("kaz")[0], search("Казах")
    ('KAZ', ['KAZ'])
    """
    key = fold(text)
    if not key:
        return []
    best: dict[str, tuple[int, int, str]] = {}
    of_today = set(today())
    for known, penalty in ((names(), 0), (index(), 1)):
        for label, bearers in known.items():
            if key not in label:
                continue
            rank = 0 if label == key else 1 if label.startswith(key) else 3
            for bearer in bearers:
                place = (rank + penalty, bearer.state not in of_today, bearer.state)
                best[bearer.state] = min(best.get(bearer.state, place), place)
    if text.strip().upper() in spells():
        best[text.strip().upper()] = (-1, 0, "")
    return sorted(best, key=best.__getitem__)[:limit]


def table() -> Annotated[pl.DataFrame, STATES]:
    """Return the states as a record table: a row for each spell in the state system.

    Returns
    -------
    polars.DataFrame
        ``state``, ``name``, ``valid_from``, ``valid_to`` (null while it lasts): the spells of the
        Correlates of War; of Gleditsch and Ward for states on their list alone; of the United
        Nations for the rest. Territories on no list of states have no row.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.

    Examples
    --------
    >>> table().filter(pl.col("state") == "SUN").row(0)
    ('SUN', 'Soviet Union', '1922-12-30', '1991-12-25')
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for system in members().values():
        for state, held in system.items():
            found.setdefault(state, held)
    spelled = [
        (state, entries()[state][1], start, end or None)
        for state, held in sorted(found.items())
        for start, end in sorted(held)
    ]
    return STATES.check(
        pl.DataFrame(spelled, schema=["state", "name", "valid_from", "valid_to"], orient="row")
    )

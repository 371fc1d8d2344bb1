"""From a name or a code to the state that bears it in a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import polars as pl

from multivector.errors import (
    AmbiguousState,
    BadYear,
    UnknownName,
    UnknownState,
    choices,
    nearest,
)
from multivector.names.states.folding import fold, sorted_key, words
from multivector.names.states.lists import (
    FIRST_YEAR,
    LAST_YEAR,
    Bearer,
    codes,
    entries,
    index,
    names,
    spells,
)

SCHEMES: dict[str, tuple[str, ...]] = {
    "iso": ("iso3", "iso2", "isonum"),
    "iso2": ("iso2",),
    "iso3": ("iso3",),
    "isonum": ("isonum",),
    "m49": ("m49",),
    "un": ("m49",),
    "comtrade": ("comtrade", "m49"),
    "cow": ("cow", "cowc"),
    "cowc": ("cowc",),
    "gw": ("gw", "gwc"),
    "gwc": ("gwc",),
    "wb": ("wb", "wb2"),
    "wb2": ("wb2",),
    "fips": ("fips",),
    "cameo": ("cameo", "iso3"),
    "gdelt": ("cameo", "iso3"),
    "genc": ("genc3", "genc2"),
    "genc2": ("genc2",),
    "genc3": ("genc3",),
    "imf": ("imf", "imfc", "iso3"),
    "sipri": ("iso3",),
    "oecd": ("iso3",),
    "polity": ("polity", "polityc"),
    "polityc": ("polityc",),
    "vdem": ("vdem",),
}
"""Schemes of codes and spellings that can be asked for, and the code tables each one reads."""

NUMERIC = frozenset({"isonum", "m49", "comtrade", "cow", "gw", "imf", "polity", "vdem"})
_BARE_NUMBERS = ("isonum", "cow", "gw")
_BARE_LETTERS = ("iso3", "cowc", "gwc", "cameo", "wb", "wb2", "fips", "genc2", "genc3", "polityc")
_TERRITORIAL = frozenset({"wb", "wb2"})
_NOTE = re.compile(r"[(\[][\W\d_]*[a-z]?[)\]]|(?<=\D)\d+$")
_FORMAL = frozenset(
    {
        *("republic", "kingdom", "state", "republica", "republique", "republik", "repubblica"),
        *("cumhuriyeti", "cumhuriyet", "kralligi", "devleti", "respublika", "respublikasi"),
        *("республика", "королевство", "государство", "республикасы", "корольдігі", "мемлекеті"),
    }
)


def checked_year(year: int | None) -> int | None:
    """Return ``year``, or raise if it is no year that can be asked about."""
    if year is None:
        return None
    try:
        number = None if isinstance(year, bool) else int(year)
    except (TypeError, ValueError):
        number = None
    if number is None or number != year or not FIRST_YEAR <= number <= LAST_YEAR:
        raise BadYear(
            f"{year!r} is not a year that can be asked about; expected a whole number from "
            f"{FIRST_YEAR} to {LAST_YEAR}; correct the year"
        )
    return number


def code_tables(scheme: str | None) -> tuple[str, ...]:
    """Return the code tables that a scheme reads; none for None."""
    if scheme is None:
        return ()
    try:
        return SCHEMES[scheme.casefold()]
    except KeyError:
        raise UnknownName(
            f"there is no scheme {scheme!r}; expected one of {choices(SCHEMES, 30)}; "
            f"correct the scheme or leave it out"
        ) from None


def _lasts(state: str, year: int) -> bool:
    return any(spell.covers(year) for spell in spells()[state])


def _current(bearer: Bearer) -> bool:
    return bearer.last is None and any(s.last is None for s in spells()[bearer.state])


def _in_year(found: list[Bearer], year: int | None) -> list[str]:
    """Return the states that ``found`` stands for in ``year``, or today when it is None."""
    if year is None:
        kept = [bearer for bearer in found if _current(bearer)] or found
    else:
        kept = [b for b in found if b.covers(year) and (b.bounded or _lasts(b.state, year))]
        if not kept and len({b.state for b in found}) == 1 and _lasts(found[0].state, year):
            kept = found[:1]
    return sorted({bearer.state for bearer in kept})


def _by_number(digits: str, scheme: str | None) -> list[Bearer]:
    padded = len(digits) == 3 and digits[0] == "0"
    bare = ("isonum",) if padded else _BARE_NUMBERS
    tables = [t for t in code_tables(scheme) or bare if t in NUMERIC]
    plain = digits.lstrip("0") or "0"
    if scheme is not None:
        return next((codes()[t][plain] for t in tables if plain in codes().get(t, {})), [])
    return [b for t in tables for b in codes()[t].get(plain, [])]


def _by_letters(letters: str, scheme: str | None) -> list[Bearer]:
    value, known = letters.upper(), codes()
    if scheme is not None:
        tables = [t for t in code_tables(scheme) if t not in NUMERIC]
        return next((known[t][value] for t in tables if value in known.get(t, {})), [])
    if value in spells():
        return [Bearer(value)]
    if value in known["iso2"]:
        return known["iso2"][value]
    return [b for table in _BARE_LETTERS for b in known.get(table, {}).get(value, [])]


def _preferred(found: list[Bearer], scheme: str | None) -> list[Bearer]:
    """Return the bearers of a scheme where it has its own, else those of no scheme."""
    own = [b for b in found if b.scheme is not None and b.scheme == scheme]
    return own or [b for b in found if b.scheme is None]


def _by_name(text: str, scheme: str | None) -> list[Bearer]:
    for known, key in ((names, fold(text)), (names, sorted_key(text)), (index, fold(text))):
        if known is index and _punctuated_code(text, key):
            continue
        found = _preferred(known().get(key, []), scheme)
        if key and found:
            return found if known is names else _as_in_english(found)
    without_note = _NOTE.sub("", text).strip()
    if len(without_note) > 3 and without_note != text:
        return _by_name(without_note, scheme)
    return _without_form(text)


def _punctuated_code(text: str, key: str) -> bool:
    """Return whether only other signs than letters and digits keep it from being a code: N/A."""
    return len(key) <= 3 and key.isascii() and not text.isalnum()


def _as_in_english(found: list[Bearer]) -> list[Bearer]:
    """Return the bearers of the English short name where several states shared it in time."""
    shared = [names().get(fold(entries()[b.state][1]), [b]) for b in found]
    return [
        other
        for bearer, others in zip(found, shared, strict=True)
        for other in (others if any(o.bounded for o in others) else [bearer])
    ]


def _without_form(text: str) -> list[Bearer]:
    """Return who bears the name without its word for republic or kingdom.

    China and Vietnam are left out: their republics of that name were other states.
    """
    kept = [word for word in words(text) if word not in _FORMAL]
    if not kept or len(kept) == len(words(text)):
        return []
    key = "".join(kept)
    found = _preferred(names().get(key, []), None) or _as_in_english(index().get(key, []))
    return found if {b.state for b in found}.isdisjoint({"CHN", "VNM", "TWN"}) else []


def _bearers(text: str, scheme: str | None) -> list[Bearer]:
    if text.isascii() and text.isdigit():
        return _by_number(text, scheme)
    if not (text.isascii() and text.isalpha() and 2 <= len(text) <= 3):
        return _by_name(text, scheme)
    found = _by_letters(text, scheme)
    if not found:
        return _by_name(text, scheme)
    if text.istitle() and scheme is None:
        return found + index().get(fold(text), [])
    return found


@lru_cache(maxsize=65536)
def _identify(text: str, year: int | None, scheme: str | None) -> str:
    found = _bearers(text, scheme)
    if not found:
        raise UnknownState(unknown_message(text, scheme))
    if scheme is not None and not _TERRITORIAL.isdisjoint(code_tables(scheme)):
        lasting = [b for b in found if _current(b)]
        found, year = (lasting, None) if lasting else (found, year)
    states = _in_year(found, year)
    if len(states) == 1:
        return states[0]
    if states:
        raise AmbiguousState(_ambiguous(text, year, states))
    raise UnknownState(_out_of_time(text, year, found))


def _labelled(states: Iterable[str]) -> str:
    return choices(f"{state} ({entries()[state][1]})" for state in states)


def unknown_message(text: str, scheme: str | None) -> str:
    """Return what to say of a name that nobody bears, with the nearest names."""
    where = f" in the scheme {scheme}" if scheme else ""
    keys = nearest(fold(text), names(), 6)
    close = list(dict.fromkeys(b.state for key in keys for b in names()[key]))
    expected = f"nearest are {_labelled(close[:3])}" if close else "nothing is near it"
    return (
        f"{text!r} is not a state{where}; expected a name or code of a state: {expected}; "
        f"correct it, or see: multivector states list"
    )


def _ambiguous(text: str, year: int | None, states: list[str]) -> str:
    when = "" if year is None else f" in {year}"
    how = "a scheme such as 'cow' or 'iso'" if text.isdigit() else "the code or the full name"
    return (
        f"{text!r} may be more than one state{when}; expected one of {_labelled(states)}; "
        f"give {how}{' or a year' if year is None else ''}"
    )


def _out_of_time(text: str, year: int | None, found: list[Bearer]) -> str:
    states = sorted({bearer.state for bearer in found})
    lasted = choices(_years(spell) for state in states for spell in spells()[state])
    heirs = sorted(
        {h for state in states for h in _heirs(state) if year is None or _lasts(h, year)}
    )
    return f"{text!r} was not a state in {year}; expected a year in {lasted}; " + (
        f"for {year} use {_labelled(heirs)}" if heirs else "correct the name or the year"
    )


def _years(spell: Bearer) -> str:
    if spell.first is None:
        return f"until {spell.last}"
    return f"from {spell.first}" if spell.last is None else f"{spell.first}-{spell.last}"


def _heirs(state: str) -> set[str]:
    """Return the states before and after ``state``."""
    heirs = {e for e, row in entries().items() if row[6] == state}
    for heir in filter(None, entries()[state][7].split(";")):
        heirs |= {heir} | set(filter(None, entries()[heir][7].split(";")))
    return heirs | ({entries()[state][6]} - {""})


def identify(name: str | int, year: int | None = None, *, scheme: str | None = None) -> str:
    """Return the state that a name or code stands for.

    Letters are read as our own code, then as ISO alpha-2, then as any other code if those agree,
    then as a name. A bare number is read as ISO (UN M49), COW and Gleditsch-Ward at once and must
    mean one state.

    Parameters
    ----------
    name
        A name in any language, or a code.
    year
        The year the name was used in; without it, a name stands for its bearer of today.
    scheme
        Whose code or spelling it is, one of ``SCHEMES``; without it, any.

    Returns
    -------
    str
        ISO 3166-1 alpha-3 or the historical code; never null.

    Raises
    ------
    UnknownState
        If no state bears the name, or none in that year.
    AmbiguousState
        If several do.
    BadYear
        If ``year`` is no year.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.
    Gleditsch, K. S. and Ward, M. D. (1999). A revised list of independent states since 1816.

    Examples
    --------
    >>> identify("Kazakistan", year=1995)
    'KAZ'
    >>> identify(365, 1980), identify(365, 1995)
    ('SUN', 'RUS')
    >>> identify(710, scheme="cow"), identify(710, scheme="iso")
    ('CHN', 'ZAF')
    """
    if isinstance(name, bool) or not isinstance(name, (str, int)):
        raise UnknownState(
            f"{name!r} is not a state; expected a name or a code of a state; correct it"
        )
    code_tables(scheme)
    spelled = scheme.casefold() if scheme else None
    return _identify(" ".join(str(name).split()), checked_year(year), spelled)


def identify_column(
    names: pl.Series,
    years: pl.Series | int | None = None,
    *,
    scheme: str | None = None,
    unknown: Literal["raise", "null"] = "raise",
) -> pl.Series:
    """Return the states of a column of names or codes.

    Every distinct pair of name and year is identified once.

    Parameters
    ----------
    names
        Names or codes; null stays null.
    years
        The year of each name, one year for all, or none.
    scheme
        Whose codes or spellings they are, one of ``SCHEMES``; without it, any.
    unknown
        What to do with names that are no state or ambiguous: ``"raise"`` one error that lists
        them, or ``"null"``.

    Returns
    -------
    polars.Series
        Codes of states, as long as ``names``; null where the name is null, or where it is not
        identified and ``unknown`` is ``"null"``.

    Raises
    ------
    UnknownState
        If names are not identified and ``unknown`` is ``"raise"``.
    AmbiguousState
        If all such names are ambiguous ones.
    BadYear
        If a year is no year.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.

    Examples
    --------
    >>> identify_column(pl.Series(["Turkey", "Russia", None]), 1985).to_list()
    ['TUR', 'SUN', None]
    """
    text = _as_text(names)
    rows = pl.DataFrame({"name": text, "year": _as_years(years, len(text))})
    pairs = rows.unique(maintain_order=True).filter(pl.col("name").is_not_null())
    answers: list[str | None] = []
    faults: dict[str, UnknownName] = {}
    for label, when in pairs.iter_rows():
        try:
            answers.append(identify(label, when, scheme=scheme))
        except (UnknownState, AmbiguousState) as fault:
            answers.append(None)
            faults.setdefault(label if when is None else f"{label} in {when}", fault)
    if faults and unknown == "raise":
        raise _together(faults)
    found = pairs.with_columns(pl.Series("state", answers, dtype=pl.String))
    joined = rows.join(
        found, on=["name", "year"], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined["state"].alias(names.name)


def _as_text(names: pl.Series) -> pl.Series:
    """Return names as text; whole numbers kept in a float column lose their decimals."""
    if names.dtype.is_float():
        names = names.fill_nan(None)
        if (names.drop_nulls() == names.drop_nulls().floor()).all():
            names = names.cast(pl.Int64)
    if names.dtype.is_nested():
        raise UnknownState(
            f"a column of {names.dtype} holds no states; expected names or codes as text or "
            f"whole numbers; pass another column"
        )
    return names.cast(pl.String)


def _as_years(years: pl.Series | int | None, length: int) -> pl.Series:
    """Return one year a row."""
    if not isinstance(years, pl.Series):
        return pl.Series([checked_year(years)], dtype=pl.Int64).new_from_index(0, length)
    if len(years) != length:
        raise BadYear(
            f"{len(years)} years for {length} names; expected one year a name, one for all or "
            f"none; pass columns of the same frame"
        )
    try:
        return years.cast(pl.Int64)
    except pl.exceptions.PolarsError:
        raise BadYear(
            f"the years of type {years.dtype} hold something else than whole numbers; "
            f"expected years such as 1995; correct the column"
        ) from None


def _together(faults: dict[str, UnknownName]) -> UnknownName:
    """Return one error for all names that were not identified."""
    if len(faults) == 1:
        return next(iter(faults.values()))
    kind = (
        AmbiguousState
        if all(isinstance(fault, AmbiguousState) for fault in faults.values())
        else UnknownState
    )
    told = []
    for label, fault in list(faults.items())[:10]:
        expected = str(fault).split("expected ", 1)[1].split(";", 1)[0]
        told.append(f"{label!r} (expected {expected})")
    return kind(
        f"{len(faults)} names are not identified: {choices(told, 10)}"
        f"{f', … ({len(faults) - 10} more)' if len(faults) > 10 else ''}; "
        f"expected names or codes of states; correct them, pass a scheme or years, or ask for nulls"
    )

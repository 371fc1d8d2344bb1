"""From a name or a code to the state that bears it in a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

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
    labels,
    names,
    organisations,
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
    "ioc": ("ioc",),
    "eurostat": ("eurostat",),
    "ecb": ("ecb",),
    "cctld": ("cctld",),
    "flag": ("flag",),
    "currency": ("currency",),
    "continent": ("continent",),
    "region": ("region",),
    "un_region": ("un_region",),
}
"""Schemes of codes and spellings that can be asked for, and the code tables each one reads.

A currency and a region are of many states: such a code identifies a state only where one uses it.
"""

NUMERIC = frozenset({"isonum", "m49", "comtrade", "cow", "gw", "imf", "polity", "vdem"})
_BARE_NUMBERS = ("isonum", "cow", "gw")
_BARE_LETTERS = (
    *("iso3", "cowc", "gwc", "cameo", "wb", "wb2", "fips", "genc2", "genc3", "polityc", "imfc"),
)
_BARE_SIGNS = ("cctld", "flag")
# Lists that name one state a number: 891 is Serbia and Montenegro, in its years as Yugoslavia too.
_LAST_BEARER = frozenset({"comtrade"})
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


def _by_letters(letters: str) -> list[Bearer]:
    """Return who bears a code of letters in any scheme whose letters are not taken by others."""
    value, known = letters.upper(), codes()
    if value in spells():
        return [Bearer(value)]
    if value in known["iso2"]:
        return known["iso2"][value]
    return [b for table in _BARE_LETTERS for b in known.get(table, {}).get(value, [])]


def _by_code(text: str, scheme: str) -> list[Bearer]:
    """Return who bears a code of one scheme that is no number: KZK, .kz, a flag, Central Asia."""
    known = codes()
    tables = [known.get(table, {}) for table in code_tables(scheme) if table not in NUMERIC]
    written = (text.upper(), text.lower(), text)
    return next((t[w] for t in tables for w in written if w in t), [])


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
    """Return who bears a number, else a code, else a name.

    Two or three Latin letters are a code, or an abbreviation of our own table (UAE, ABD): what CLDR
    writes so in some language (AI for France in Lingala) is none that a data set means.
    """
    if text.isascii() and text.isdigit():
        return _by_number(text, scheme)
    if scheme is not None:
        found = _by_code(text, scheme)
    else:
        found = [b for table in _BARE_SIGNS for b in codes()[table].get(text.lower(), [])]
    if found or not (text.isascii() and text.isalpha() and len(text) <= 3):
        return found or _by_name(text, scheme)
    own = [b for b in names().get(fold(text), []) if text.istitle() or text in labels()[b.state]]
    if scheme is not None:
        return _preferred(own, scheme)
    found = _by_letters(text)
    if text.istitle() and found:
        return found + index().get(fold(text), [])
    return found or _preferred(own, None) or codes()["ioc"].get(text.upper(), [])


@lru_cache(maxsize=65536)
def _identify(text: str, year: int | None, scheme: str | None) -> str:
    found = _bearers(text, scheme)
    if not found:
        raise UnknownState(unknown_message(text, scheme))
    if scheme is not None and not _TERRITORIAL.isdisjoint(code_tables(scheme)):
        lasting = [b for b in found if _current(b)]
        found, year = (lasting, None) if lasting else (found, year)
    if scheme in _LAST_BEARER and year is None and not any(map(_current, found)):
        last = max(bearer.last or 0 for bearer in found)
        found = [bearer for bearer in found if (bearer.last or 0) == last]
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
    if text.upper() in organisations():
        return (
            f"{text!r} is an organisation of states and not a state{where}; expected one state; "
            f"name a member, or ask where a bloc can stand, such as --poles {text.upper()}"
        )
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
    known = [h for h in heirs if any(s.bounded and s.covers(year or 0) for s in spells()[h])]
    heirs = known or heirs
    return f"{text!r} was not a state in {year}; expected a year in {lasted}; " + (
        f"for {year} use {_labelled(heirs)}" if heirs else "correct the name or the year"
    )


def _years(spell: Bearer) -> str:
    if spell.first is None:
        return f"until {spell.last}"
    return f"from {spell.first}" if spell.last is None else f"{spell.first}-{spell.last}"


def _heirs(state: str) -> set[str]:
    """Return the states before and after ``state``."""
    heirs = {e for e, row in entries().items() if state in (row[6], *row[7].split(";"))}
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
        The year the name was used in; without it, a name stands for its bearer of today, and a
        number of UN Comtrade for the last who bore it.
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

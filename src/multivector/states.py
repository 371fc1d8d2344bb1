"""States: names and codes in any scheme and language, and the years in which they hold.

A state is written with its ISO 3166-1 alpha-3 code, or with a historical code when ISO has none
for it today: SUN, CSK, YUG, SCG, DDR, YMD, VDR, and the abbreviations of the Correlates of War for
the states of the nineteenth century. Whose list says what, and how contested cases are read, is
told in ``docs/explanation/states.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Literal, NamedTuple

import polars as pl

from multivector.errors import (
    AmbiguousState,
    BadYear,
    UnknownName,
    UnknownState,
    choices,
    nearest,
)
from multivector.tables import STATES

__all__ = [
    "SCHEMES",
    "code",
    "existing",
    "exists",
    "fold",
    "identify",
    "identify_column",
    "lineage",
    "name",
    "search",
    "table",
    "today",
]

FIRST_YEAR, LAST_YEAR = 1500, 2100
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
    "cameo": ("cameo",),
    "gdelt": ("cameo",),
    "genc": ("genc3", "genc2"),
    "genc2": ("genc2",),
    "genc3": ("genc3",),
    "imf": ("imf",),
    "polity": ("polity", "polityc"),
    "polityc": ("polityc",),
    "vdem": ("vdem",),
}
"""Schemes of codes that can be asked for, and the code tables each one reads."""

_NUMERIC = frozenset({"isonum", "m49", "comtrade", "cow", "gw", "imf", "polity", "vdem"})
_BARE_NUMBERS = ("isonum", "cow", "gw")
_BARE_LETTERS = ("iso3", "cowc", "gwc", "cameo", "wb", "wb2", "fips", "genc2", "genc3", "polityc")
_TERRITORIAL = frozenset({"wb", "wb2"})
_LETTERS = str.maketrans(
    {
        "İ": "i", "ı": "i", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l",
        "ħ": "h", "Ħ": "h", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th",
        "ð": "d", "Ð": "d", "ə": "e", "Ə": "e", "&": " and ",
        "'": "", "’": "", "‘": "", "`": "", "´": "", "ʻ": "", "ʼ": "", "ʿ": "", "ʾ": "",
    }
)  # fmt: skip
_CYRILLIC = "аеорсхукмтвніјѕԁһ"
_LATIN = "aeopcxykmtbhijsdh"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN[:-1], _CYRILLIC[:-1])
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u200b-\u200f\ufeff]")
_ARTICLE = re.compile(r"\((?:the|el|la|le|l|los|las|les)\)")
_NOTE = re.compile(r"[(\[][\W\d_]*[a-z]?[)\]]|(?<=\D)\d+$")
_SHORT = {
    "rep": "republic", "repub": "republic", "dem": "democratic", "st": "saint",
    "ste": "saint", "fed": "federal", "is": "islands", "isl": "islands", "isds": "islands",
    "ter": "territory", "terr": "territory", "fmr": "former", "ex": "former",
}  # fmt: skip
_STOP = frozenset({"the", "of", "and"})
_FORMAL = frozenset(
    "republic kingdom state republica republique republik repubblica respublika jumhuriyati "
    "cumhuriyeti krallığı kralligi devleti cumhuriyet respublikasi республика королевство "
    "государство республикасы корольдігі мемлекеті".split()
)


class Bearer(NamedTuple):
    """A state that a name or code stands for, from ``first`` to ``last``, in a scheme."""

    state: str
    first: int | None = None
    last: int | None = None
    scheme: str | None = None

    @property
    def bounded(self) -> bool:
        """Return whether the years are given."""
        return self.first is not None or self.last is not None

    def covers(self, year: int) -> bool:
        """Return whether ``year`` lies between ``first`` and ``last``."""
        return (self.first or FIRST_YEAR) <= year <= (self.last or LAST_YEAR)


def _rows(file: str) -> Iterator[list[str]]:
    text = files("multivector").joinpath("data", file).read_text("utf-8")
    for line in text.splitlines()[1:]:
        yield line.split("\t")


def _year(date: str) -> int | None:
    return int(date[:4]) if date else None


@cache
def _spells() -> dict[str, list[Bearer]]:
    found: dict[str, list[Bearer]] = {}
    for state, _, start, end, *_ in _rows("states.tsv"):
        found.setdefault(state, []).append(Bearer(state, _year(start), _year(end)))
    return found


@cache
def _entries() -> dict[str, list[str]]:
    return {row[0]: row for row in _rows("states.tsv")}


@cache
def _codes() -> dict[str, dict[str, list[Bearer]]]:
    found: dict[str, dict[str, list[Bearer]]] = {}
    for scheme, value, state, first, last, *_ in _rows("state_codes.tsv"):
        bearers = found.setdefault(scheme, {}).setdefault(value, [])
        bearers.append(Bearer(state, _year(first), _year(last)))
    return found


@cache
def _names() -> dict[str, list[Bearer]]:
    found: dict[str, list[Bearer]] = {}
    for label, state, first, last, scheme, *_ in _rows("state_names.tsv"):
        bearer = Bearer(state, _year(first), _year(last), scheme or None)
        for key in {fold(label), _sorted_key(label)}:
            found.setdefault(key, []).append(bearer)
    by_hand = {key for key, bearers in found.items() if any(b.scheme is None for b in bearers)}
    for label, state, *_ in _rows("state_labels.tsv"):
        for key in {fold(label), _sorted_key(label)} - by_hand:
            bearers = found.setdefault(key, [])
            if Bearer(state) not in bearers:
                bearers.append(Bearer(state))
    return found


@cache
def _index() -> dict[str, list[Bearer]]:
    found: dict[str, list[Bearer]] = {}
    for state, names, *_ in _rows("state_index.tsv"):
        bearer = Bearer(state)
        for key in names.split("|"):
            found.setdefault(key, []).append(bearer)
    return found


def _one_script(word: str) -> str:
    """Return a word in one script when letters of Latin and Cyrillic that look alike are mixed."""
    if word.isascii() or not any("a" <= letter <= "z" for letter in word):
        return word
    latin = word.translate(_TO_LATIN)
    if latin.isascii():
        return latin
    cyrillic = word.translate(_TO_CYRILLIC)
    return word if any("a" <= letter <= "z" for letter in cyrillic) else cyrillic


@lru_cache(maxsize=65536)
def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    plain = _ARTICLE.sub(" ", _MARKS.sub("", plain.translate(_LETTERS)))
    spaced = "".join(
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in plain.replace(".", "" if re.search(r"\b\w\.\w\.", plain) else " ")
    )
    words = [_SHORT.get(word, word) for word in map(_one_script, spaced.split())]
    return tuple(word for word in words if word not in _STOP) or tuple(words)


def fold(text: str) -> str:
    """Return the key under which a name is compared.

    Case, accents, punctuation, spaces, the words *the*, *of*, *and*, the Turkish dotless ı and
    Cyrillic letters inside a Latin word (and the reverse) do not count.

    Parameters
    ----------
    text
        A name in any script.

    Returns
    -------
    str
        Letters and digits only; empty when ``text`` has none.

    Examples
    --------
    >>> fold("The Republic of TÜRKİYE") == fold("republic of turkıye")
    True
    >>> fold("Côte d’Ivoire")
    'cotedivoire'
    """
    return "".join(_words(text))


def _sorted_key(text: str) -> str:
    return "".join(sorted(_words(text)))


def _checked_year(year: int | None) -> int | None:
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


def _tables(scheme: str | None) -> tuple[str, ...]:
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
    return any(spell.covers(year) for spell in _spells()[state])


def _current(bearer: Bearer) -> bool:
    return bearer.last is None and any(s.last is None for s in _spells()[bearer.state])


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
    tables = [t for t in _tables(scheme) or bare if t in _NUMERIC]
    plain = digits.lstrip("0") or "0"
    if scheme is not None:
        return next((_codes()[t][plain] for t in tables if plain in _codes().get(t, {})), [])
    return [b for t in tables for b in _codes()[t].get(plain, [])]


def _by_letters(letters: str, scheme: str | None) -> list[Bearer]:
    value, known = letters.upper(), _codes()
    if scheme is not None:
        tables = [t for t in _tables(scheme) if t not in _NUMERIC]
        return next((known[t][value] for t in tables if value in known.get(t, {})), [])
    if value in _spells():
        return [Bearer(value)]
    if value in known["iso2"]:
        return known["iso2"][value]
    return [b for table in _BARE_LETTERS for b in known.get(table, {}).get(value, [])]


def _preferred(found: list[Bearer], scheme: str | None) -> list[Bearer]:
    """Return the bearers of a scheme where it has its own, else those of no scheme."""
    own = [b for b in found if b.scheme is not None and b.scheme == scheme]
    return own or [b for b in found if b.scheme is None]


def _by_name(text: str, scheme: str | None) -> list[Bearer]:
    for known, key in ((_names, fold(text)), (_names, _sorted_key(text)), (_index, fold(text))):
        found = _preferred(known().get(key, []), scheme)
        if key and found:
            return found if known is _names else _as_in_english(found)
    without_note = _NOTE.sub("", text).strip()
    if without_note and without_note != text:
        return _by_name(without_note, scheme)
    return _without_form(text)


def _as_in_english(found: list[Bearer]) -> list[Bearer]:
    """Return the bearers of the English short name where several states shared it in time."""
    shared = [_names().get(fold(_entries()[b.state][1]), [b]) for b in found]
    return [
        other
        for bearer, others in zip(found, shared, strict=True)
        for other in (others if any(o.bounded for o in others) else [bearer])
    ]


def _without_form(text: str) -> list[Bearer]:
    """Return who bears the name without its word for republic or kingdom.

    China and Vietnam are left out: their republics of that name were other states.
    """
    words = [word for word in _words(text) if word not in _FORMAL]
    if not words or len(words) == len(_words(text)):
        return []
    key = "".join(words)
    found = _preferred(_names().get(key, []), None) or _as_in_english(_index().get(key, []))
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
        return found + _index().get(fold(text), [])
    return found


@lru_cache(maxsize=65536)
def _identify(text: str, year: int | None, scheme: str | None) -> str:
    found = _bearers(text, scheme)
    if not found:
        raise UnknownState(_unknown(text, scheme))
    if scheme is not None and not _TERRITORIAL.isdisjoint(_tables(scheme)):
        lasting = [b for b in found if _current(b)]
        found, year = (lasting, None) if lasting else (found, year)
    states = _in_year(found, year)
    if len(states) == 1:
        return states[0]
    if states:
        raise AmbiguousState(_ambiguous(text, year, states))
    raise UnknownState(_out_of_time(text, year, found))


def _labelled(states: Iterable[str]) -> str:
    return choices(f"{state} ({_entries()[state][1]})" for state in states)


def _unknown(text: str, scheme: str | None) -> str:
    where = f" in the scheme {scheme}" if scheme else ""
    keys = nearest(fold(text), _names(), 6)
    close = list(dict.fromkeys(b.state for key in keys for b in _names()[key]))
    expected = f"nearest are {_labelled(close[:3])}" if close else "nothing is near it"
    return (
        f"{text!r} is not a state{where}; expected a name or code of a state: {expected}; "
        f"correct it, or see: multivector states search"
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
    spells = choices(_years(spell) for state in states for spell in _spells()[state])
    heirs = sorted(
        {h for state in states for h in _heirs(state) if year is None or _lasts(h, year)}
    )
    return f"{text!r} was not a state in {year}; expected a year in {spells}; " + (
        f"for {year} use {_labelled(heirs)}" if heirs else "correct the name or the year"
    )


def _years(spell: Bearer) -> str:
    if spell.first is None:
        return f"until {spell.last}"
    return f"from {spell.first}" if spell.last is None else f"{spell.first}-{spell.last}"


def _heirs(state: str) -> set[str]:
    """Return the states before and after ``state``."""
    heirs = {e for e, row in _entries().items() if row[6] == state}
    for heir in filter(None, _entries()[state][7].split(";")):
        heirs |= {heir} | set(filter(None, _entries()[heir][7].split(";")))
    return heirs | ({_entries()[state][6]} - {""})


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
    return _identify(" ".join(str(name).split()), _checked_year(year), scheme)


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
    year = years if isinstance(years, pl.Series) else pl.repeat(years, len(text), dtype=pl.Int64)
    if len(year) != len(text):
        raise BadYear(
            f"{len(year)} years for {len(text)} names; expected one year a name, one for all or "
            f"none; pass columns of the same frame"
        )
    rows = pl.DataFrame({"name": text, "year": year.cast(pl.Int64)})
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
    joined = rows.join(found, on=["name", "year"], how="left", nulls_equal=True, maintain_order="left")
    return joined["state"].alias(names.name)


def _as_text(names: pl.Series) -> pl.Series:
    """Return names as text; whole numbers kept in a float column lose their decimals."""
    if names.dtype.is_float():
        names = names.cast(pl.Int64)
    return names.cast(pl.String)


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
    Unicode Consortium (2024). Common Locale Data Repository.

    Examples
    --------
    >>> name("KAZ", "ru"), name("SUN", "tr")
    ('Казахстан', 'Sovyetler Birliği')
    """
    _known(state)
    tag = language.replace("_", "-").casefold()
    return (
        _own_names().get((state, tag.split("-")[0]))
        or _cldr_names(tag).get(str(code(state, "iso2")))
        or _entries()[state][1]
    )


def _known(state: str) -> str:
    if state not in _spells():
        raise UnknownState(_unknown(str(state), None))
    return state


@cache
def _own_names() -> dict[tuple[str, str], str]:
    rows = (row[:7] for row in _rows("state_names.tsv"))
    return {(state, tongue): label for label, state, _, _, _, tongue, _ in rows if tongue}


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

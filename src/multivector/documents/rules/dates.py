"""Dates in four languages, with the precision the text gives and no more.

A grammar over the months and phrases of the rule packs. Nothing is invented: a day without a year
takes the year the passage gives, or is no date. Intervals are written ``1991/1993``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from multivector.documents.packs import LANGUAGES, pack, pattern, shared, wording

_Y = r"(?:1[0-9]\d\d|20\d\d)"
_DASH = r"\s*[-–—]\s*"
_NEVER = "(?!x)x"
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "\u0425": 10}
_LONG_RANGE = 400


@dataclass(frozen=True)
class Date:
    """A date or interval in ISO form, where it stands, and how it is meant.

    ``kind`` is ``day``, ``month``, ``year``, ``range``, ``decade``, ``century`` or ``relative``;
    ``bound`` is ``since``, ``until`` or empty.
    """

    value: str
    start: int
    end: int
    kind: str
    bound: str = ""

    @property
    def year(self) -> int:
        """Return the first year."""
        return int(self.value[:4])


Make = Callable[[re.Match[str]], str | None]


@lru_cache(maxsize=8)
def _months(language: str) -> tuple[str, dict[int, re.Pattern[str]]]:
    table = {int(number): text for number, text in pack(language)["months"].items()}
    either = "|".join(f"(?:{text})" for text in table.values())
    return f"(?:{either})", {n: re.compile(text, re.I) for n, text in table.items()}


def _month(language: str, word: str) -> int | None:
    _, table = _months(language)
    return next((number for number, each in table.items() if each.fullmatch(word)), None)


@lru_cache(maxsize=8)
def _grammar(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns of a language with what they give, those that say more first."""
    dates = pack(language)["dates"]
    parts = {
        "MONTH": _months(language)[0],
        "DAY_OF": shared()["endings"]["day"],
        "YEAR_OF": f"(?P<y>{_Y})",
        "YEAR": _Y,
        "DASH": _DASH,
        "TH": "(?:st|nd|rd|th)",
        "THE_YEAR": shared()["endings"]["year"],
        "YEAR_WORD": dates.get("year_word", _NEVER),
        "CUE": dates.get("cue", _NEVER),
        "DECADE": dates["decade"],
        "CENTURY": dates["century"],
    }
    names = re.compile("|".join(sorted(parts, key=len, reverse=True)))
    return tuple(
        (re.compile(names.sub(lambda found: parts[found[0]], row["rule"]), re.I), row["kind"])
        for row in shared()["grammar"]
        if row.get("language", language) == language
    )


def dates_of(text: str, language: str, *, year: int | None = None) -> list[Date]:
    """Return the dates of a passage in order.

    Parameters
    ----------
    text : str
        The passage, citations blanked.
    language : str
        ``tr``, ``en``, ``ru`` or ``kk``; another is read as English.
    year : int, optional
        The year the passage before gives, for ``the same year``.

    Examples
    --------
    >>> [d.value for d in dates_of("14-15 Mart 1991 tarihlerinde ve aynı yılın Eylül ayında", "tr")]
    ['1991-03-14/1991-03-15', '1991-09']
    >>> [d.value for d in dates_of("in the mid-1990s and on March 5th, 2001", "en")]
    ['1994/1996', '2001-03-05']
    >>> [d.value for d in dates_of("25 декабря 1991 года, в XIX веке", "ru")]
    ['1991-12-25', '1801/1900']
    >>> [d.value for d in dates_of("1991 жылғы 16 желтоқсанда", "kk")]
    ['1991-12-16']
    """
    language = language if language in LANGUAGES else "en"
    found: list[Date] = []
    taken = bytearray(len(text))
    loose: list[re.Match[str]] = []
    for rule, kind in _grammar(language):
        for match in rule.finditer(text):
            low, high = _extent(match)
            if any(taken[low:high]):
                continue
            if kind == "partial":
                loose.append(match)
                continue
            value = _VALUE[kind](match, language)
            if value is None:
                continue
            taken[low:high] = b"\1" * (high - low)
            found.append(Date(value, low, high, _KIND.get(kind, kind)))
    found += _anchored(text, language, found, loose, year, taken)
    return [_bounded(text, language, each) for each in sorted(found, key=lambda d: d.start)]


_KIND = {"days": "range", "years": "range", "short": "range"}


def _extent(match: re.Match[str]) -> tuple[int, int]:
    low, high = match.span()
    groups = [match.start(name) for name in match.groupdict() if match.start(name) >= 0]
    if (groups and not re.search(r"\w{4,}", match.string[low : min(groups)])) or (
        groups and match.string[low : low + 1].isalpha()
    ):
        low = min(groups)
    while high > low and match.string[high - 1].isspace():
        high -= 1
    return low, high


def _iso(year: str, month: int | None = None, day: str | None = None) -> str | None:
    if month is None:
        return year
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year}-{month:02d}"
    number = int(day)
    if not 1 <= number <= calendar.monthrange(int(year), month)[1]:
        return None
    return f"{year}-{month:02d}-{number:02d}"


def _number_of_month(match: re.Match[str], language: str, name: str = "m") -> int | None:
    groups = match.groupdict()
    if groups.get("mm"):
        return int(groups["mm"])
    word = groups.get(name)
    return _month(language, word) if word else None


def _day(match: re.Match[str], language: str) -> str | None:
    return _iso(match["y"], _number_of_month(match, language), match["d"])


def _days(match: re.Match[str], language: str) -> str | None:
    groups = match.groupdict()
    first = _number_of_month(match, language)
    second = _number_of_month(match, language, "m2") if groups.get("m2") else first
    low = _iso(match["y"], first, match["d"])
    high = _iso(groups.get("y2") or match["y"], second, match["d2"])
    return f"{low}/{high}" if low and high and low < high else None


def _month_value(match: re.Match[str], language: str) -> str | None:
    return _iso(match["y"], _number_of_month(match, language))


def _years(match: re.Match[str], language: str) -> str | None:
    low, high = int(match["y"]), int(match["y2"])
    return f"{low}/{high}" if low < high <= low + _LONG_RANGE else None


def _short(match: re.Match[str], language: str) -> str | None:
    low = int(match["y"])
    high = low // 100 * 100 + int(match["yy2"])
    return f"{low}/{high}" if low < high <= low + 30 else None


def _decade(match: re.Match[str], language: str) -> str | None:
    first = int(match["decade"])
    part = (match.groupdict().get("part") or "").casefold()
    if wording("parts", "early").match(part):
        return f"{first}/{first + 3}"
    if wording("parts", "mid").match(part):
        return f"{first + 4}/{first + 6}"
    if wording("parts", "late_in_decade").match(part):
        return f"{first + 7}/{first + 9}"
    return f"{first}/{first + (99 if first % 100 == 0 and first < 2000 else 9)}"


def _century(match: re.Match[str], language: str) -> str | None:
    first = _ordinal(match["c1"])
    last = _ordinal(match["c2"]) if match.groupdict().get("c2") else first
    if not first or not last or not 1 <= first <= last <= 21:
        return None
    low, high = (first - 1) * 100 + 1, last * 100
    part = (match.groupdict().get("half") or "").casefold()
    if wording("parts", "first_half").match(part):
        high = low + 49
    elif wording("parts", "second_half").match(part):
        low += 50
    elif wording("parts", "early").match(part):
        high = low + 29
    elif wording("parts", "late").match(part):
        low += 70
    elif wording("parts", "mid").match(part):
        low, high = low + 39, low + 59
    return f"{low:04d}/{high:04d}"


def _ordinal(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    total = 0
    for here, following in zip(text.upper(), f"{text.upper()} "[1:], strict=True):
        if here not in _ROMAN:
            return None
        value = _ROMAN[here]
        total += -value if _ROMAN.get(following, 0) > value else value
    return total


def _year_value(match: re.Match[str], language: str) -> str | None:
    return match["y"]


_VALUE: dict[str, Callable[[re.Match[str], str], str | None]] = {
    "day": _day,
    "days": _days,
    "month": _month_value,
    "years": _years,
    "short": _short,
    "decade": _decade,
    "century": _century,
    "year": _year_value,
}


def _anchored(
    text: str,
    language: str,
    found: list[Date],
    loose: list[re.Match[str]],
    year: int | None,
    taken: bytearray,
) -> Iterator[Date]:
    """Yield days and months without a year, and phrases that point back to a date."""
    for match in loose:
        low, high = match.span()
        if any(taken[low:high]):
            continue
        after = [d for d in found if d.start >= high and d.start - high < 60]
        before = [d for d in found if d.end <= low]
        nearest = after[0].year if after else (before[-1].year if before else year)
        if nearest is None:
            continue
        value = _iso(str(nearest), _number_of_month(match, language), match["d"])
        if value:
            taken[low:high] = b"\1" * (high - low)
            yield Date(value, low, high, "day")
    same = pattern(language, "dates", "same_year")
    month, _ = _months(language)
    for match in same.finditer(text) if same else ():
        before = [d for d in found if d.end <= match.start()]
        known = before[-1].year if before else year
        if known is None or any(taken[slice(*match.span())]):
            continue
        near = re.compile(rf"\W{{0,3}}(?:\w{{1,3}}\s)?(?P<m>{month})", re.I).match(
            text, match.end()
        )
        number = _number_of_month(near, language) if near else None
        end = near.end() if near and number else match.end()
        value = _iso(str(known), number)
        if value:
            yield Date(value, match.start(), end, "relative")


def _bounded(text: str, language: str, date: Date) -> Date:
    """Return the date with ``since`` or ``until``, if the words beside it say so."""
    for bound in ("since", "until"):
        rule = pattern(language, "dates", bound)
        if rule is None:
            continue
        before = rule.pattern.endswith("$")
        near = (
            text[max(0, date.start - 40) : date.start] if before else text[date.end : date.end + 40]
        )
        if rule.search(near):
            return Date(date.value, date.start, date.end, date.kind, bound)
    return date

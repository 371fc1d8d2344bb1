"""Wording: figures, dates and lists as sentences write them in the language spoken.

A view, so it rounds. English is written as it always was; the other languages follow the Unicode
CLDR in separators, the place of the percent sign and dates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal

from multivector.words import language, localised, many, mark, say

_Context = Literal["format", "stand-alone"]
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
_STATUSES = {
    "founding_member": mark("founding member"),
    "member": mark("member"),
    "associate": mark("associate"),
    "observer": mark("observer"),
    "dialogue_partner": mark("dialogue partner"),
    "candidate": mark("candidate"),
    "partner": mark("partner"),
    "suspended": mark("suspended"),
    "withdrew": mark("withdrew"),
    "refused": mark("refused"),
}
_PERCENT = {"tr": "%{}", "ru": "{}\N{NO-BREAK SPACE}%", "kk": "{}\N{NO-BREAK SPACE}%"}


def number(value: float, digits: int = 3) -> str:
    """Return a number with ``digits`` significant digits and thousands separated.

    >>> number(1234.56), number(0.01234), number(-12.0)
    ('1,235', '0.0123', '−12')
    """
    if value < 0:
        return f"−{number(-value, digits)}"
    if value == 0:
        return "0"
    if value >= 10 ** (digits - 1):
        return whole(value)
    text = f"{value:.{digits}g}"
    return localised(f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text else text)


def whole(value: float) -> str:
    """Return a number without decimals, thousands separated.

    >>> whole(11646), whole(7643.5)
    ('11,646', '7,644')
    """
    return localised(f"{value:,.0f}")


def amount(value: float) -> str:
    """Return a large number in words.

    >>> amount(288_100_000_000), amount(20_260_006), amount(11_646)
    ('288.1 billion', '20.3 million', '11,646')
    """
    for size in (1e12, 1e9, 1e6):
        if abs(value) >= 0.9995 * size:
            scaled = localised(f"{value / size:,.1f}".removesuffix(".0"))
            if size == 1e12:
                return say("{n} trillion", n=scaled)
            return say("{n} billion", n=scaled) if size == 1e9 else say("{n} million", n=scaled)
    return whole(value)


def percent(share: float, digits: int = 1) -> str:
    """Return a share in [0, 1] as a percentage, with one decimal if not said otherwise.

    >>> percent(0.1826), percent(0.1826, 0)
    ('18.3%', '18%')
    """
    return percentage(100 * share, digits)


def percentage(value: float, digits: int = 1) -> str:
    """Return a value in percent with its sign.

    >>> percentage(18.26), percentage(-3.0)
    ('18.3%', '-3.0%')
    """
    sign = "-" if value < 0 else ""
    return sign + in_percent(localised(f"{abs(value):.{digits}f}"))


def in_percent(figure: str) -> str:
    """Return a figure, already written, with the percent sign where the language puts it.

    >>> in_percent("0.8")
    '0.8%'
    """
    return _PERCENT.get(language(), "{}%").format(figure)


def span(low: float, high: float) -> str:
    """Return an interval of shares in whole percent.

    >>> span(0.114, 0.2)
    '11–20%'
    """
    return in_percent(f"{100 * low:.0f}–{100 * high:.0f}")


def bounded(row: Mapping[str, Any], unit: str = "number") -> str:
    """Return a value with its interval in brackets, where it has one.

    >>> bounded({"value": 0.183, "low": 0.1, "high": 0.25}, "share"), bounded({"value": 1.234})
    ('18.3% (10.0% to 25.0%)', '1.2')
    """
    written: dict[str, Callable[[float], str]] = {"share": percent, "amount": amount}
    write = written.get(unit, _two)
    if row.get("low") is None or row.get("high") is None:
        return write(row["value"])
    return say(
        "{value} ({low} to {high})",
        value=write(row["value"]),
        low=write(row["low"]),
        high=write(row["high"]),
    )


def _two(value: float) -> str:
    return number(value, 2)


def ratio(value: float) -> str:
    """Return how many times larger or smaller, for a ratio above zero.

    >>> ratio(7.04), ratio(0.125), ratio(1.02)
    ('7.0 times', '1/8.0', '1.0 times')
    """
    return say("{n} times", n=_times(value)) if value >= 0.95 else _times(value)


def times(value: float) -> str:
    """Return how many times larger or smaller, as short as a table needs it.

    >>> times(7.04), times(0.125), times(0)
    ('7.0×', '1/8.0', '0')
    """
    if value <= 0:
        return "0"
    return f"{_times(value)}×" if value >= 0.95 else _times(value)


def _times(value: float) -> str:
    size = value if value >= 0.95 else 1 / value
    text = localised(f"{size:,.1f}" if size < 99.95 else f"{size:,.0f}")
    return text if value >= 0.95 else f"1/{text}"


def listing(items: Sequence[str], limit: int | None = None) -> str:
    """Return names as a list in a sentence.

    >>> listing(["a", "b", "c"]), listing(["a", "b", "c"], limit=2)
    ('a, b and c', 'a, b and 1 more')
    """
    shown = list(items)
    if limit is not None and len(shown) > limit:
        left = len(items) - limit
        shown = [*shown[:limit], many(left, "{n} more", "{n} more")]
    if len(shown) < 2:
        return "".join(shown)
    return say("{items} and {last}", items=", ".join(shown[:-1]), last=shown[-1])


def day(date: str | None) -> str:
    """Return an ISO date, partial or an interval, as it is read.

    >>> day("1991-12-16"), day("2009-10"), day("1991"), day("1991-03-14/1991-03-15")
    ('16 December 1991', 'October 2009', '1991', '14 March 1991 – 15 March 1991')
    """
    if not date:
        return say("undated")
    if "/" in date:
        return " – ".join(day(part) if part.strip(".") else "…" for part in date.split("/"))
    parts = date.split("-")
    if len(parts) == 1 or not all(part.isdigit() for part in parts) or len(parts) > 3:
        return date
    year, known = parts[0], 1 <= int(parts[1]) <= 12
    context: _Context = "format" if len(parts) == 3 or language() == "kk" else "stand-alone"
    month = _months(language(), context)[int(parts[1]) - 1] if known else parts[1]
    if len(parts) == 2:
        return say("{month} {year}", month=month, year=year)
    return say("{day} {month} {year}", day=int(parts[2]), month=month, year=year)


@cache
def _months(spoken: str, context: _Context) -> list[str]:
    if spoken == "en":
        return _MONTHS
    from babel.dates import get_month_names

    names = get_month_names("wide", context, spoken)
    return [str(names[place]) for place in range(1, 13)]


def dated(title: str, date: str | None) -> str:
    """Return what happened with its date in brackets, unless the title has the year.

    >>> dated("Treaty of friendship", "1994-10-17"), dated("Visit (March 1991)", "1991-03-14")
    ('Treaty of friendship (17 October 1994)', 'Visit (March 1991)')
    """
    return title if date and date[:4] in title else f"{title} ({day(date)})"


def status(code: str) -> str:
    """Return a status in an organisation in words.

    >>> status("dialogue_partner")
    'dialogue partner'
    """
    return say(_STATUSES.get(code, code))


def estimated(year: object, estimate: object) -> str:
    """Return a year, marked where the source says that its figure is an estimate.

    >>> estimated(2014, True), estimated(2014, None)
    ('2014 est.', '2014')
    """
    return say("{year} est.", year=year) if estimate else str(year)


def capitals(text: str) -> str:
    """Return a text in capitals; Turkish has two letters i.

    >>> capitals("Votes in the UN")
    'VOTES IN THE UN'
    """
    turkish = text.replace("i", "İ").replace("ı", "I") if language() == "tr" else text
    return turkish.upper()


def sentence_case(text: str) -> str:
    """Return a text with a capital first letter.

    >>> sentence_case("no label is given")
    'No label is given'
    """
    return capitals(text[:1]) + text[1:]


def lower_first(text: str) -> str:
    """Return a text with a small first letter, an abbreviation as it is.

    >>> lower_first("Population"), lower_first("GDP")
    ('population', 'GDP')
    """
    if text.isupper():
        return text
    first = {"I": "ı", "İ": "i"}.get(text[:1]) if language() == "tr" else None
    return (first or text[:1].lower()) + text[1:]

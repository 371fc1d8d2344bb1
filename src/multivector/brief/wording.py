"""Wording: figures and lists as they are written in sentences. A view, so it rounds."""

from __future__ import annotations

from collections.abc import Sequence

_LARGE = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


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
        return f"{value:,.0f}"
    text = f"{value:.{digits}g}"
    return f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text else text


def amount(value: float) -> str:
    """Return a large number in words.

    >>> amount(288_100_000_000), amount(20_260_006), amount(11_646)
    ('288.1 billion', '20.3 million', '11,646')
    """
    for size, word in _LARGE:
        if abs(value) >= 0.9995 * size:
            scaled = value / size
            return f"{scaled:,.1f}".removesuffix(".0") + f" {word}"
    return f"{value:,.0f}"


def percent(share: float) -> str:
    """Return a share in [0, 1] as a percentage with one decimal.

    >>> percent(0.1826)
    '18.3%'
    """
    return f"{100 * share:.1f}%"


def ratio(value: float) -> str:
    """Return how many times larger or smaller, for a ratio above zero.

    >>> ratio(7.04), ratio(0.125), ratio(1.02)
    ('7.0 times', '1/8.0', '1.0 times')
    """
    if value >= 0.95:
        return f"{value:,.1f} times" if value < 99.95 else f"{value:,.0f} times"
    inverse = 1 / value
    return f"1/{inverse:,.1f}" if inverse < 99.95 else f"1/{inverse:,.0f}"


def listing(items: Sequence[str], limit: int | None = None) -> str:
    """Return names as a list in a sentence.

    >>> listing(["a", "b", "c"]), listing(["a", "b", "c"], limit=2)
    ('a, b and c', 'a, b and 1 more')
    """
    shown = list(items)
    if limit is not None and len(shown) > limit:
        shown = [*shown[:limit], f"{len(items) - limit} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def count(n: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> count(1, "seat"), count(3, "seat")
    ('1 seat', '3 seats')
    """
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def day(date: str | None) -> str:
    """Return an ISO date, partial or an interval, as it is read.

    >>> day("1991-12-16"), day("2009-10"), day("1991"), day("1991-03-14/1991-03-15")
    ('16 December 1991', 'October 2009', '1991', '14 March 1991 – 15 March 1991')
    """
    if not date:
        return "undated"
    if "/" in date:
        return " – ".join(day(part) if part.strip(".") else "…" for part in date.split("/"))
    parts = date.split("-")
    if len(parts) == 1 or not all(part.isdigit() for part in parts) or len(parts) > 3:
        return date
    month = _MONTHS[int(parts[1]) - 1] if 1 <= int(parts[1]) <= 12 else parts[1]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"

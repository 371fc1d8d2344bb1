"""Quantities: value, unit, comparison, with both readings of a doubtful separator.

A number counts when a unit, a currency, a per cent sign or a rank goes with it; years, ordinals of
meetings, resolutions and page numbers do not. Values are those the text states: ``2,72 square
kilometer`` is 2.72 km2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from multivector.documents.packs import (
    LANGUAGES,
    compiled,
    lettered,
    pack,
    pattern,
    valued,
    wording,
)

_DIGITS = r"\d{1,3}(?:[.,\u00a0\u202f' ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_SMALL_WORDS = 12
"""Number words up to this count only with money, a share or a scale word."""
_FREE = frozenset({"percent", "USD", "EUR", "KZT", "RUB", "TRY", "CNY", "km2", "km", "tons"})
_ALWAYS_WORDS = frozenset({"persons"})
_CHANGE = wording("quantities", "change")
_ORDINAL_AFTER = wording("quantities", "ordinal_after")


@dataclass(frozen=True)
class Quantity:
    """A value with its unit, what kind of number it is, and the span it stands in."""

    value: float
    unit: str
    start: int
    end: int
    comparison: str = "="
    value_max: float | None = None
    other_reading: float | None = None
    noun: str = ""


@dataclass(frozen=True)
class _Number:
    value: float
    start: int
    end: int
    other: float | None = None
    word: bool = False
    scaled: bool = False


def number_of(text: str, language: str) -> tuple[float, float | None]:
    """Return the value of digits with separators, and the other way to read them, if there is one.

    Examples
    --------
    >>> number_of("2,72", "en"), number_of("130.400", "tr"), number_of("4,811,662", "en")
    ((2.72, None), (130400.0, 130.4), (4811662.0, None))
    """
    plain = re.sub("[\u00a0\u202f' ]", "", text)
    marks = re.findall("[.,]", plain)
    if not marks:
        return float(plain), None
    last = max(plain.rfind("."), plain.rfind(","))
    decimals = len(plain) - last - 1
    grouped = float(re.sub("[.,]", "", plain))
    decimal = float(re.sub("[.,]", "", plain[:last]) + "." + plain[last + 1 :])
    if len(set(marks)) == 2:
        return (decimal, None)
    if len(marks) > 1:
        return (grouped, None) if decimals == 3 else (decimal, None)
    if decimals != 3 or plain[:last] == "0":
        return decimal, None
    thousands = "," if language == "en" else "."
    return (
        (grouped, decimal)
        if plain[last] == thousands
        else ((decimal, grouped) if language == "en" else (grouped, decimal))
    )


@lru_cache(maxsize=8)
def _words(language: str) -> tuple[re.Pattern[str], dict[re.Pattern[str], float]]:
    table = {re.compile(text, re.I): float(n) for n, text in pack(language)["numbers"].items()}
    either = "|".join(sorted((p.pattern for p in table), key=len, reverse=True))
    return re.compile(rf"(?<![\w’'-])(?:{either})(?:[- ](?:{either}))?(?![\w’'])", re.I), table


@lru_cache(maxsize=8)
def _scales(language: str) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], float], ...]]:
    table = [(re.compile(text, re.I), float(n)) for n, text in pack(language)["scales"].items()]
    either = "|".join(f"(?:{p.pattern})" for p, _ in table)
    return re.compile(rf"[\s-]*({either})(?![\w]*\d)", re.I), tuple(table)


@lru_cache(maxsize=8)
def _units(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = pack(language)["units"].items()
    return tuple((unit, re.compile(rf"(?:{text})(?!\w)", re.I)) for unit, text in rows)


def quantities_of(
    text: str, language: str, taken: list[tuple[int, int]] | None = None
) -> list[Quantity]:
    """Return the quantities of a passage in order.

    Parameters
    ----------
    text : str
        The passage, citations blanked.
    language : str
        ``tr``, ``en``, ``ru`` or ``kk``; another is read as English.
    taken : list of (int, int), optional
        Spans of dates and resolutions: no numbers there.

    Examples
    --------
    >>> found = quantities_of("more than 3 billion dollars", "en")
    >>> [(q.value, q.unit, q.comparison) for q in found]
    [(3000000000.0, 'USD', '>')]
    >>> found = quantities_of("üç bin kişiye, %84,27'si, 27-28 milyar dolar", "tr")
    >>> [(q.value, q.unit) for q in found]
    [(3000.0, 'persons'), (84.27, 'percent'), (27000000000.0, 'USD')]
    """
    language = language if language in LANGUAGES else "en"
    blocked = bytearray(len(text))
    for low, high in taken or ():
        blocked[low:high] = b"\1" * (high - low)
    found: list[Quantity] = []
    found += _ranks(text, language)
    for rank in found:
        blocked[rank.start : rank.end] = b"\1" * (rank.end - rank.start)
    numbers = _numbers(text, language, blocked)
    skip = -1
    for place, number in enumerate(numbers):
        if place <= skip or any(blocked[number.start : number.end]):
            continue
        top, last = _range_end(text, numbers, place)
        made = _with_unit(text, language, number, numbers[last] if top else number, blocked)
        if made is not None:
            skip = last
            found.append(made)
    found += _shared_units(text, language, numbers, found, blocked)
    found += _phrases(text, language, found, blocked)
    return sorted(found, key=lambda q: q.start)


def _numbers(text: str, language: str, blocked: bytearray) -> list[_Number]:
    scale_rule, scales = _scales(language)
    found: list[_Number] = []
    for match in re.finditer(rf"(?<![\w.,/]){_SIGNED}({_DIGITS})(?![\d/])", text):
        low, high = match.span(1)
        if any(blocked[low:high]) or re.match(r"\d{2}/\d", text[low : high + 3]):
            continue
        digits = match[1]
        if re.search(r"[ \u00a0\u202f]", digits) and language == "en":
            digits = digits.split()[0]
            high = low + len(digits)
        value, other = number_of(digits, language)
        found.append(_Number(value, low, high, other))
    words, table = _words(language)
    for match in words.finditer(text):
        if any(blocked[match.start() : match.end()]):
            continue
        said = _word_value(match[0], table)
        if said is not None:
            found.append(_Number(said, *match.span(), word=True))
    found.sort(key=lambda n: n.start)
    return [_scaled(text, each, scale_rule, scales) for each in found]


_SIGNED = r"(?:[-–+](?=\d))?"


def _word_value(text: str, table: dict[re.Pattern[str], float]) -> float | None:
    """Return the value of number words, summed up: ``twenty-five`` is 25; null if one is none."""
    whole = next((value for rule, value in table.items() if rule.fullmatch(text)), None)
    if whole is not None:
        return whole
    total = 0.0
    for part in re.split(r"[- ]", text):
        value = next((v for rule, v in table.items() if rule.fullmatch(part)), None)
        if value is None:
            return None
        total = total * 100 if value == 100 and total else total + value
    return total


def _scaled(
    text: str,
    number: _Number,
    rule: re.Pattern[str],
    scales: tuple[tuple[re.Pattern[str], float], ...],
) -> _Number:
    value, end, scaled = number.value, number.end, False
    other = number.other
    while match := rule.match(text, end):
        factor = next((f for each, f in scales if each.fullmatch(match[1])), None)
        if factor is None or (scaled and factor < 1e6 <= value):
            break
        if scaled and factor <= 1e3:
            break
        value, end, scaled = value * factor, match.end(), True
        other = other * factor if other is not None and factor >= 1e3 else other
    return _Number(value, number.start, end, other, number.word, scaled)


def _range_end(text: str, numbers: list[_Number], place: int) -> tuple[bool, int]:
    if place + 1 >= len(numbers):
        return False, place
    first, second = numbers[place], numbers[place + 1]
    between = text[first.end : second.start]
    if wording("quantities", "range").fullmatch(between) and first.value < second.value:
        return True, place + 1
    return False, place


def _with_unit(
    text: str, language: str, first: _Number, last: _Number, blocked: bytearray
) -> Quantity | None:
    tail = text[last.end : last.end + 90]
    head = text[max(0, first.start - 24) : first.start]
    low, high, value, other = first.start, last.end, first.value, first.other
    factor = last.value / _unscaled(text, last) if last is not first and last.scaled else 1.0
    if last is not first and not first.scaled and last.scaled:
        value *= factor
    unit, noun, span = _unit(text, language, first, last, head, tail)
    if unit is None:
        return None
    low, high = min(low, span[0]), max(high, span[1])
    if (
        first.word
        and not first.scaled
        and value <= _SMALL_WORDS
        and unit not in _FREE | _ALWAYS_WORDS
    ):
        return None
    if first.word and value == 1:
        return None
    if unit not in _FREE and _looks_like_year(first, text):
        return None
    if other is not None and unit in _COUNTED:
        value, other = max(value, other), min(value, other)
    maximum = last.value if last is not first else None
    if unit == "years" and wording("quantities", "ago").match(text[high:]):
        return None
    return Quantity(
        value,
        unit,
        low,
        high,
        _comparison(text, language, low, high, last.end),
        maximum,
        other,
        noun,
    )


_COUNTED = frozenset(
    {"persons", "countries", "companies", "projects", "agreements", "votes", "members"}
)


def _unscaled(text: str, number: _Number) -> float:
    match = re.match(_DIGITS, text[number.start :])
    return number_of(match[0], "en")[0] if match else 1.0


def _looks_like_year(number: _Number, text: str) -> bool:
    """Whether a number can be a year: ``1998 agreements`` is too doubtful to count."""
    plain = not number.word and not number.scaled and 1800 <= number.value <= 2100
    return plain and bool(re.fullmatch(r"\d{4}", text[number.start : number.end]))


def _unit(
    text: str, language: str, first: _Number, last: _Number, head: str, tail: str
) -> tuple[str | None, str, tuple[int, int]]:
    none = (None, "", (first.start, last.end))
    percent = pattern(language, "quantities", "percent")
    assert percent is not None
    if (match := compiled(rf"(?:{percent.pattern})\s*$", re.I).search(head)) and len(match[0]) < 9:
        return "percent", "", (first.start - len(match[0]), last.end)
    after = re.match(r"[\s-]*", tail)
    offset = after.end() if after else 0
    if match := percent.match(tail, offset):
        return "percent", "", (first.start, last.end + match.end())
    currency = pattern(language, "quantities", "currency_before")
    if currency and (match := compiled(rf"(?:{currency.pattern})\s*$").search(head)):
        unit = "EUR" if "€" in match[0] else "USD"
        return _per_head(text, language, unit, first, last, first.start - len(match[0]))
    if _ORDINAL_AFTER.match(tail) and not tail.startswith(". "):
        return none
    if re.match(r"\.\s+\w", tail) and language in ("tr", "kk"):
        return none
    return _unit_after(text, language, first, last, tail)


_AHEAD = re.compile(
    lettered(r"\s*\([^()]{0,60}\)|[’']LOWER{1,4}(?=\s)".replace("LOWER", "[LOWER]"))
)


def _unit_after(
    text: str, language: str, first: _Number, last: _Number, tail: str
) -> tuple[str | None, str, tuple[int, int]]:
    """Return the first unit among the words that follow, as long as they can belong to it."""
    at, words = 0, 0
    if match := _AHEAD.match(tail):
        at = match.end()
    while words < 7:
        gap = re.match(r"[\s-]+", tail[at:])
        if gap is None:
            break
        at += gap.end()
        for unit, rule in _units(language):
            if match := rule.match(tail, at):
                if words > 1 and unit in ("years", "USD", "km2", "km"):
                    continue
                return _per_head(
                    text, language, unit, first, last, first.start, match[0], at + match.end()
                )
        word = re.match(r"[“\"‘«]?[\w’'”\"»-]+", tail[at:])
        if word is None or _STOP.fullmatch(word[0]):
            break
        at += word.end()
        words += 1
    return None, "", (first.start, last.end)


_STOP = wording("quantities", "stop")


def _per_head(
    text: str,
    language: str,
    unit: str,
    first: _Number,
    last: _Number,
    low: int,
    noun: str = "",
    reach: int = 0,
) -> tuple[str, str, tuple[int, int]]:
    high = last.end + reach
    capita = pattern(language, "quantities", "capita")
    near = text[max(0, low - 90) : high + 40]
    if unit in ("USD", "EUR") and capita and capita.search(near) and first.value < 1e6:
        return f"{unit} per capita", noun, (low, high)
    return unit, noun, (low, high)


def _comparison(text: str, language: str, low: int, high: int, digits: int | None = None) -> str:
    head, tail = text[max(0, low - 48) : low], text[high : high + 48]
    behind = text[digits : digits + 48] if digits else tail
    near = text[max(0, low - 70) : high + 60]
    for name, sign, where in (
        ("above", ">", head),
        ("above_after", ">", tail),
        ("above_after", ">", behind),
        ("approx", "~", head),
        ("approx_after", "~", tail),
        ("approx_after", "~", behind),
    ):
        rule = pattern(language, "quantities", name)
        if rule and rule.search(where):
            return sign
    rule = pattern(language, "quantities", "target")
    return "target" if rule and rule.search(near) else "="


def _shared_units(
    text: str, language: str, numbers: list[_Number], found: list[Quantity], blocked: bytearray
) -> list[Quantity]:
    """Return numbers with a scale but no unit: they share the one of a neighbour.

    ``exports of 3 billion dollars and imports of 2 billion``: the second are dollars too.
    """
    done = [(q.start, q.end) for q in found]
    money = {"USD", "EUR", "KZT", "RUB"}
    shared: list[Quantity] = []
    again = wording("quantities", "again")
    for number in numbers:
        if again.search(text[: number.start]) and found:
            unit = min(found, key=lambda q: abs(q.start - number.start)).unit
            shared.append(Quantity(number.value, unit, number.start, number.end))
        free = not any(low < number.end and number.start < high for low, high in done)
        if not free or not number.scaled or number.value < 1e6:
            continue
        near = [q for q in found if q.unit in money and abs(q.start - number.start) < 200]
        people = wording("quantities", "stand_alone").match(text[number.end :])
        peopled = wording("quantities", "population").search(text)
        if not near and (peopled or (language == "en" and people)) and number.value < 2e9:
            unit = "persons"
        else:
            unit = near[0].unit if near else "USD"
        if (
            language == "tr"
            and not near
            and not wording("quantities", "money_in_turkish").search(text)
        ):
            continue
        if unit == "USD" and not near and not wording("quantities", "money").search(text):
            continue
        shared.append(
            Quantity(
                number.value,
                unit,
                number.start,
                number.end,
                _comparison(text, language, number.start, number.end),
            )
        )
    return shared


def _phrases(text: str, language: str, found: list[Quantity], blocked: bytearray) -> list[Quantity]:
    done = [(q.start, q.end) for q in found]

    def free(span: tuple[int, int]) -> bool:
        return not any(low < span[1] and span[0] < high for low, high in done)

    made = [*_factors(text, language), *_fractions(text, language)]
    made += _populations(text, language, blocked)
    return [
        each
        for each in made
        if free((each.start, each.end)) and not any(blocked[each.start : each.end])
    ]


def _factors(text: str, language: str) -> list[Quantity]:
    """Return ratios said in words: ``trade more than doubled`` is above 2, ``three times`` is 3."""
    made = []
    rule = pattern(language, "quantities", "double")
    for match in rule.finditer(text) if rule else ():
        value = next(v for words, v in valued("factors") if words.search(match["word"]))
        more = bool((match["more"] or "").strip()) and wording("quantities", "more").match(
            match["more"]
        )
        sign = ">" if more else _comparison(text, language, *match.span())
        made.append(Quantity(value, "ratio", *match.span(), ">" if more else sign))
    rule = pattern(language, "quantities", "fold")
    _, table = _words(language)
    for match in rule.finditer(text) if rule else ():
        word = match["number"]
        digits = word[0].isdigit()
        value = number_of(word, language)[0] if digits else _word_value(word, table) or 0.0
        if value > 1 and not (digits and value > 100):
            if match["number"].isalpha() and _CHANGE.search(text) is None:
                continue
            made.append(
                Quantity(value, "ratio", *match.span(), _comparison(text, language, *match.span()))
            )
    return made


def _fractions(text: str, language: str) -> list[Quantity]:
    """Return shares said in words: ``half of exports``; not ``half of the century``."""
    rule = pattern(language, "quantities", "fraction")
    made = []
    for match in rule.finditer(text) if rule else ():
        value = next((v for words, v in valued("fractions") if words.search(match["word"])), None)
        ordinal = wording("quantities", "of_time").match(text[match.end() :])
        if value is not None and not ordinal:
            made.append(
                Quantity(
                    value, "percent", *match.span(), _comparison(text, language, *match.span())
                )
            )
    return made


def _ranks(text: str, language: str) -> list[Quantity]:
    """Return ranks: ``second largest`` is 2; ``among the top 30 economies`` is a target of 30."""
    made = []
    ordinals = {int(n): w for n, w in pack(language)["ordinals"].items()}
    source = pack(language)["quantities"]["rank_after"]
    rule = compiled(source.replace("ORDINAL", "|".join(ordinals.values())), re.I)
    for match in rule.finditer(text):
        word = match["ordinal"]
        value = next((n for n, each in ordinals.items() if re.fullmatch(each, word, re.I)), None)
        digits = re.match(r"\d+", word)
        number = value if value is not None else (int(digits[0]) if digits else None)
        if number:
            made.append(Quantity(float(number), "rank", *match.span()))
    rule_top = pattern(language, "quantities", "rank_top")
    for match in rule_top.finditer(text) if rule_top else ():
        top = match["n"] or match.groupdict().get("m")
        made.append(Quantity(float(str(top)), "rank", *match.span(), "target"))
    return made


def _populations(text: str, language: str, blocked: bytearray) -> list[Quantity]:
    """Return large plain numbers in a sentence on population: its subject is the unit.

    ``The population is 18,395,567``: persons, though no word says so.
    """
    if not wording("quantities", "population_number").search(text):
        return []
    made = []
    for match in wording("quantities", "population_count").finditer(text):
        value, _ = number_of(re.sub(r" ?[^\d.,\u00a0 ]+$", "", match[0]), language)
        if wording("quantities", "millions").search(match[0]):
            value *= 1e6
        if value >= 10_000:
            made.append(
                Quantity(
                    value, "persons", *match.span(), _comparison(text, language, *match.span())
                )
            )
    return made

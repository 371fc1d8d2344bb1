"""The wording of the World Factbook: figures, dates, lists of shares, borders and brackets.

Every function is pure and total: it returns what the text says, ``None`` where the text says that
there is nothing, or a `Refusal` with the reason. A number that is not printed is never returned.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

NUMBER = r"(?:(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?![\d,]*,\d))(?:\.\d+)?|\.\d+)"
_SCALES = {"": 0, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_WHEN = re.compile(
    rf"^(?:(?P<day>\d{{1,2}})\s+)?(?:(?P<month>{_MONTHS}),?\s+)?(?P<fiscal>FY)?\s*"
    r"(?P<year>\d{4}|\d{2}(?=/))(?:\s*[-/–]\s*(?P<to>\d{4}|\d{2}))?\s*,?\s*"
    r"(?P<kind>est\.?|estimate|forecast|projected|census|preliminary)?$"
)
_AMOUNT = re.compile(
    rf"^(?P<sign>[-+−]?)\s*(?P<dollar>\$?)\s*(?P<inner>[-−]?)\s*(?P<number>{NUMBER})"
    r"(?:\s+(?P<scale>thousand|million|billion|trillion))?\s*(?P<unit>%?[A-Za-z ]*)$"
)
_UNITS = {
    "USD": ("",),
    "percent": ("%",),
    "percent of GDP": ("%", "% of GDP"),
    "persons": ("",),
    "sq km": ("sq km",),
    "km": ("km",),
    "index": ("",),
    "per USD": ("",),
}
_NOTHING = re.compile(
    r"^(?:\$?NA%?(?: of GDP)?|N/A|none|not available|\$?-|\.|"
    r"(?:uninhabited|uninhabitable|no (?:indigenous|permanent) inhabitants).*|"
    r"see (?:also )?entry (?:for|on) .*)?$",
    re.IGNORECASE | re.DOTALL,
)
_SHARE = re.compile(
    rf"^(?P<name>.*?)\s*(?P<bound><|>|less than|under|more than|over|at least|up to)?\s*"
    rf"(?P<low>{NUMBER})\s*(?:%\s*)?(?:[-–]\s*(?P<high>{NUMBER})\s*)?%$"
)
_BELOW = ("<", "less than", "under", "up to")
_HEDGES = re.compile(
    r"(?:\b(?:about|approximately|roughly|nearly|almost|estimated|some|less than|more than|over|"
    r"under|at least|at most|up to|to|and|or)|[-–:])$",
    re.IGNORECASE,
)
_SHARE_FIRST = re.compile(rf"^(?P<share>{NUMBER}%)\s+(?P<name>[A-Z][^\d%]*)$")
_WORD = re.compile(r"[^\W\d_]{2}")
_LABELLED = re.compile(r"(?:^|; )[A-Za-z][\w ]* - |\w: ")
_LOST_COMMA = re.compile(
    r"(?P<aside>\((?:[^()]|\([^()]*\))*\))|%\s+(?:and\s+(?=[A-Za-z])|(?=[A-Z]))"
)
_UNCLOSED = re.compile(r"\(([^(),]*),(?=[^()]*\()")
_LEAD = re.compile(
    r"^(?:includes|including|of which|mostly|mainly|predominantly|primarily|largely|and)\s+"
)
_MINOR = re.compile(r"^less than (?P<high>\d+(?:\.\d+)?)(?:%| percent):\s*(?P<name>.*)$")
_BORDER = re.compile(
    rf"\s*(?P<name>[A-Z][^\d;]*?)\s+(?P<length>{NUMBER})\s*km(?P<aside>\s*\([^()]*\))?"
    r"\s*(?:[;,]\s*|\band\b\s*|$)"
)
_PARTNER = re.compile(
    rf"\s*(?:and\s+)?(?P<name>[^\W\d_][^\d%;]*?)\s*(?P<share>{NUMBER})%\s*(?:[,;]\s*|$)"
)
_PROSE_WORDS = 7


@dataclass(frozen=True, slots=True)
class Refusal:
    """A text that was not read, and why."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class When:
    """The date in brackets: the (last) year, the words if more than a year, and ``est.``."""

    year: int | None = None
    period: str | None = None
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in whole units with its date."""

    value: float
    when: When


@dataclass(frozen=True, slots=True)
class Share:
    """An entry of a list: its name and, where printed, its share or the bounds of it."""

    name: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    official: bool = False
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of land border: the neighbour as printed, and its length in km."""

    name: str
    length: float


def clean(text: str) -> str:
    r"""Return the text without mark-up, with one line for each part, and without its note.

    >>> clean("Croatia 6%, Bosnia &amp; Herzegovina 4% (2023)<br><b>note:</b> top two")
    'Croatia 6%, Bosnia & Herzegovina 4% (2023)'
    >>> clean("4.3% (2014 est.) ++ 6% (2013 est.)")
    '4.3% (2014 est.)\n6% (2013 est.)'
    """
    text = html.unescape(html.unescape(text))
    text = re.sub(r"<br\s*/?>|</p>|\+\+", "\n", text)
    text = re.sub(r"<[a-zA-Z/][^<>]*>", "", text)
    text = re.sub(r"[^\S\n]+", " ", text.replace("\u200b", ""))
    text = re.split(r"[;,]?\s*(?<![A-Za-z])[Nn]ote\s*(?:\d\s*)?[:\-–]", text, maxsplit=1)[0]
    lines = (line.strip(" ;,") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def split(text: str, separators: str = ",;") -> list[str]:
    """Return the parts of a list; a separator in brackets or within a number does not count.

    >>> split("gold, ships (tankers, ferries); 1,200 goats")
    ['gold', 'ships (tankers, ferries)', '1,200 goats']
    """
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth = max(0, depth - 1)
        elif character in separators and depth == 0 and not text[at + 1 : at + 2].isdigit():
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def brackets(text: str) -> tuple[str, list[str]]:
    """Return the text outside round brackets, and what stands in each outermost pair.

    >>> brackets("Christian 17.2% (Orthodox (Greek) 17%) (2021 est.)")
    ('Christian 17.2%', ['Orthodox (Greek) 17%', '2021 est.'])
    """
    outside: list[str] = []
    inside: list[str] = []
    depth, start = 0, 0
    for at, character in enumerate(text):
        if character == "(":
            if depth == 0:
                outside.append(text[start:at])
                start = at + 1
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if depth == 0:
                inside.append(text[start:at].strip())
                start = at + 1
    (outside if depth == 0 else inside).append(text[start:])
    return " ".join(" ".join(outside).split()), inside


def when(text: str) -> When | None:
    """Return the date that a bracket holds, or ``None`` if it holds none.

    A fiscal year or a span counts for the year in which it ends; the words are kept.

    >>> when("2014 est."), when("FY13/14")
    (When(year=2014, period=None, estimate=True), When(year=2014, period='FY13/14', estimate=False))
    >>> when("31 December 2014 est.").period, when("Ceuta")
    ('31 December 2014', None)
    """
    text = " ".join(text.split())
    if text.rstrip(".") == "est":
        return When(estimate=True)
    match = _WHEN.match(text)
    if match is None:
        return None
    kind = (match["kind"] or "").rstrip(".")
    period = text.removesuffix(match["kind"] or "").rstrip(" ,")
    last = match["to"] or match["year"]
    if len(last) == 2:
        ahead = match["year"] if len(match["year"]) == 4 else ("20" if last < "51" else "19")
        last = ahead[:2] + last
        if len(match["year"]) == 4 and last < match["year"]:
            last = str(int(last) + 100)
    words = f"{period} {kind}" if kind in ("forecast", "projected", "preliminary") else period
    estimate = kind in ("est", "estimate", "forecast", "projected")
    return When(int(last), None if words == last else words, estimate)


def dated(text: str) -> tuple[str, When | None] | Refusal:
    """Return the text without its brackets, and the date that one of them holds.

    >>> dated("2,885 (December 2011)")
    ('2,885', When(year=2011, period='December 2011', estimate=False))
    """
    outside, inside = brackets(text)
    dates = [date for date in map(when, inside) if date is not None]
    years = {date.year for date in dates if date.year is not None}
    if len(years) > 1:
        return Refusal("two dates", text)
    unread = [part for part in inside if when(part) is None and re.search(r"\b\d{4}\b", part)]
    if not years and any(re.search(r"\b(?:19|20)\d\d\b", part) for part in unread):
        return Refusal("a date that was not understood", text)
    if not dates:
        return outside, None
    best = next((date for date in dates if date.year is not None), dates[0])
    return outside, replace(best, estimate=any(date.estimate for date in dates))


def amount(text: str, unit: str) -> float | None:
    """Return the figure in whole units if the text is one figure in that unit, else ``None``.

    >>> amount("$1.234 trillion", "USD"), amount("-3.1% of GDP", "percent of GDP")
    (1234000000000.0, -3.1)
    >>> amount("about 5%", "percent") is None
    True
    """
    match = _AMOUNT.match(text.strip())
    if match is None or " ".join(match["unit"].split()) not in _UNITS[unit]:
        return None
    if bool(match["dollar"]) != (unit == "USD") or (match["sign"] and match["inner"]):
        return None
    number = Decimal(match["number"].replace(",", "")).scaleb(_SCALES[match["scale"] or ""])
    negative = match["sign"] in ("-", "−") or match["inner"] != ""
    return float(-number if negative and number else number)


def figures(text: str, unit: str) -> list[Figure | Refusal]:
    """Return the figures of a text, one for each line, in the order printed.

    >>> figures("5.1% (2014 est.) 6.7% (2013 est.)", "percent")[1].value
    6.7
    >>> figures("less than 3 sq km", "sq km")
    [Refusal(reason='not one plain figure', text='less than 3 sq km')]
    >>> figures("NA% (2012)", "percent")
    []
    """
    lines = clean(re.sub(r"\)\s+(?=[-$]?\d)", ")\n", text)).split("\n")
    found: list[Figure | Refusal] = []
    for line in lines:
        parts = split(line, ";")
        if len(parts) > 1 and "(" not in parts[0] and all(")" in part for part in parts[1:]):
            line = parts[0]
        outcome = figure(line, unit)
        if outcome is not None:
            found.append(outcome)
    return found


def figure(line: str, unit: str) -> Figure | Refusal | None:
    """Return the one figure of a line, a refusal, or ``None`` where the line says there is none."""
    if _NOTHING.match(line):
        return None
    parts = dated(line)
    if isinstance(parts, Refusal):
        return parts
    core, date = parts
    if _NOTHING.match(core):
        return None
    value = amount(core, unit)
    if value is None:
        return Refusal("not one plain figure", line)
    return Figure(value, date or When())


def closing_date(text: str) -> When | None:
    """Return the date in the bracket that ends a text, or ``None``."""
    match = re.search(r"\(([^()]*)\)\s*$", html.unescape(re.sub(r"<[^<>]*>|\+\+", " ", text)))
    return when(match[1]) if match else None


def partners(text: str) -> tuple[list[Share | Refusal], When | None]:
    """Return the trade partners of a list with their shares, and the date of the list.

    >>> rows, date = partners("Bahamas, The 13%, US 4.2% (2014)")
    >>> [(row.name, row.share) for row in rows], date.year
    ([('Bahamas, The', 13.0), ('US', 4.2)], 2014)
    """
    text = " ".join(clean(text).split())
    parts = dated(text)
    if isinstance(parts, Refusal):
        return [parts], None
    core, date = parts
    if _NOTHING.match(core):
        return [], date
    if not re.search(r"\d", core):
        names = split(core)
        if len(names) == 1 and len(names[0].split()) > 2:
            return [Refusal("prose", text)], date
        if not all(map(_WORD.match, names)):
            return [Refusal("not a list of names", text)], date
        return [Share(name) for name in names], date
    found: list[Share | Refusal] = []
    at = 0
    while at < len(core):
        match = _PARTNER.match(core, at)
        if match is None or _HEDGES.search(match["name"]):
            found.append(Refusal("not a name with a percentage", core[at:].strip()))
            break
        found.append(Share(match["name"].strip(" ,"), _plain(match["share"])))
        at = match.end()
    return found, date


def borders(text: str) -> list[Segment | Refusal]:
    """Return the land borders of a list, segment by segment.

    >>> [s.name for s in borders("Spain (Ceuta) 8 km and Spain (Melilla) 10.5 km")]
    ['Spain (Ceuta)', 'Spain (Melilla)']
    """
    text = " ".join(clean(text).split())
    found: list[Segment | Refusal] = []
    at = 0
    while at < len(text) and not _NOTHING.match(text):
        match = _BORDER.match(text, at)
        if match is None or _HEDGES.search(match["name"]):
            found.append(Refusal("not a name with a length in km", text[at:].strip()))
            break
        found.append(Segment(match["name"].strip(" ,"), _plain(match["length"])))
        at = match.end()
    return found


def shares(text: str, *, parent: str | None = None) -> list[Share | Refusal]:
    """Return the entries of a list of groups, sub-groups in brackets after their parent.

    >>> rows = shares("Muslim (official) 70%, Christian 26.2% (Orthodox 23.9%, other 2.3%)")
    >>> [(row.name, row.share, row.parent) for row in rows][2:]
    [('Orthodox', 23.9, 'Christian'), ('other', 2.3, 'Christian')]
    >>> shares("other <1%")[0].high
    1.0
    """
    if all(map(_SHARE_FIRST.match, split(_LEAD.sub("", text)))):
        text = _LEAD.sub("", text)
        text = ", ".join(_SHARE_FIRST.sub(r"\g<name> \g<share>", part) for part in split(text))
    joined = _LOST_COMMA.sub(lambda match: match["aside"] or "%, ", text)
    if parent is None and _LABELLED.search(joined) and not re.search(r"less than \d", joined):
        return [Refusal("a breakdown by region or by label", text)]
    found: list[Share | Refusal] = []
    minor: float | None = None
    for part in split(joined):
        match = _MINOR.match(part)
        if match:
            minor, part = float(match["high"]), match["name"]
        found.extend(_entry(part, parent, minor))
    return found


def _entry(part: str, parent: str | None, minor: float | None) -> Iterator[Share | Refusal]:
    outside, inside = brackets(_LEAD.sub("", part))
    official = any(re.search(r"\bofficial\b", aside) for aside in inside)
    match = _SHARE.match(outside)
    if match is None:
        yield _name_only(outside, part, parent, minor, official)
        return
    name, low, high = match["name"].strip(" ,"), _plain(match["low"]), match["high"]
    plain = re.match(r"^[^\d%$<>]+$", name) and _WORD.search(name)
    if not plain or _HEDGES.search(name):
        yield Refusal("not a name with a percentage", part)
        return
    if match["bound"]:
        below = match["bound"] in _BELOW
        bounds = {"high": low} if below else {"low": low}
        row = Share(name, official=official, parent=parent, **bounds)
        row = row if not high else replace(row, low=low, high=_plain(high))
    elif high:
        row = Share(name, None, low, _plain(high), official, parent)
    else:
        row = Share(name, low, official=official, parent=parent)
    if max(row.share or 0, row.low or 0, row.high or 0) > 100:
        yield Refusal("a share above 100", part)
        return
    yield row
    for aside in inside:
        if "%" in aside and when(aside) is None:
            yield from shares(aside, parent=name)


def _name_only(
    outside: str, part: str, parent: str | None, minor: float | None, official: bool
) -> Share | Refusal:
    if re.search(r"[\d%]", outside) or (parent is not None and minor is None):
        return Refusal("not a name with a percentage", part)
    words = outside.split()
    if not _WORD.search(outside) or len(words) > _PROSE_WORDS or len(outside) > 60:
        return Refusal("prose", part)
    return Share(outside.strip(" ."), high=minor, official=official, parent=parent)


def commodities(text: str) -> list[Share | Refusal]:
    """Return the goods of a list, with a share where one is printed.

    >>> [(row.name, row.share) for row in commodities("oil and gas 90%, cotton (2014 est.)")]
    [('oil and gas', 90.0), ('cotton', None)]
    """
    core = " ".join(clean(text).split())
    inside = brackets(core)[1]
    if inside and when(inside[-1]) is not None and core.endswith(")"):
        core = core[: core.rindex("(")].strip()
    found: list[Share | Refusal] = []
    for part in split(core):
        if _NOTHING.match(part):
            continue
        name = brackets(part)[0]
        match = _SHARE.match(name)
        if match and match["name"] and not match["bound"] and not match["high"]:
            share = _plain(match["low"])
            bad = bool(re.search(r"[\d%]", match["name"]) or _HEDGES.search(match["name"]))
            bad = bad or share > 100 or not _WORD.search(match["name"])
            row = Share(match["name"].strip(" ."), share)
            found.append(Refusal("not a name with a percentage", part) if bad else row)
        elif re.search(r"[\d%]", name) or len(name) > 80 or not _WORD.search(name) or ":" in name:
            found.append(Refusal("not the name of a good", part))
        else:
            found.append(Share(name.strip(" .")))
    return found


def participations(text: str) -> list[tuple[str, str] | Refusal]:
    """Return the organisations of a list, each with the status printed in brackets.

    An organisation without a bracket is given the status ``member``. A bracket left open before
    the next one opens is closed at the comma, since the field knows no brackets within brackets.

    >>> participations("ADB, NAM (observer), WTO")
    [('ADB', 'member'), ('NAM', 'observer'), ('WTO', 'member')]
    """
    core = " ".join(clean(text).split())
    found: list[tuple[str, str] | Refusal] = []
    if _NOTHING.match(core):
        return found
    core = _UNCLOSED.sub(r"(\1),", re.sub(r"^[A-Z][^,()]{30,}: ", "", core))
    for part in split(core):
        name, inside = brackets(part)
        balanced = part.count("(") == part.count(")")
        if not balanced or not name or len(name) > 30 or ":" in name:
            found.append(Refusal("not an organisation with a status", part))
        else:
            found.append(
                (name, "; ".join(s for aside in inside for s in split(aside)[:1]) or "member")
            )
    return found


def _plain(number: str) -> float:
    return float(number.replace(",", ""))

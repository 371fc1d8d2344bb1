"""The general law: every number of a view stands in an answer it cites.

A number of a sentence, a fact, a chart or a table must be a cell of what it cites, as it was
rounded, with the same year, unit, states and direction; or follow from such cells by one of the
derivations named here. What cannot be accounted for is a fault of the view.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from math import exp, floor, log10

from multivector.content.model import Brief, Chart, Cite, Column, Row, Section, Table
from multivector.names import organisations, states
from tests.oracle.evidence import Archive, Evidence, Record, Tables, cited, codes, years_in
from tests.oracle.rows import ask

_FIGURE = re.compile(
    r"(?P<sign>(?<![\w\d])[−-])?(?P<inverse>(?<![\d.])1/)?(?P<digits>(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?)"
    r"(?P<unit>\s?%|\s(?:trillion|billion|million)\b|\s?times\b(?! in)|×)?"
)
_SIZES = {"trillion": 1e12, "billion": 1e9, "million": 1e6}
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"(?:\b(\d{{1,2}}) )?\b({_MONTH}) (\d{{4}})")
_RANGE = re.compile(r"(?P<low>\d[\d.]*)(?=[–](?P<high>\d[\d.]*)%)")
# What is no figure of the answer: levels of intervals, ends of scales, what a measure is by design.
_BY_DESIGN = re.compile(
    r"\d\d% (?=interval|of resamples)|(?<=\()\d\d% intervals|with \d\d% intervals|0 to 1(?=[:;,.)])"
    r"|where 0 is|and 1 the most|(?:above|below) [01](?=[,;. ])|is 0(?=[).,;])|= [01](?=[;)., ])"
    r"|mean 0, sd 1|\(0 = neutral\)|at most 100 members"
)
_BOUND = re.compile(r"[;.:](?:\s|$)")


@dataclass(frozen=True)
class Claim:
    """A number as a view gives it, and what must be true of the row it comes from."""

    value: float
    slack: float
    unit: str
    where: str
    text: str
    years: frozenset[int] = frozenset()
    owner: str | None = None
    allowed: frozenset[str] = frozenset()
    reporter: str | None = None
    flow: str | None = None
    between: frozenset[str] = frozenset()
    whole: bool = False
    paired: bool = False


@dataclass
class View:
    """A view and what it is about."""

    brief: Brief
    archive: Archive
    about: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.about = frozenset(p for p in self.brief.subject.split("-") if p in codes())

    def evidence(self, cites: Iterable[Cite], named: frozenset[str]) -> tuple[Tables, Tables]:
        return cited(self.archive, self.brief, cites, self.about | named)

    @property
    def reporter(self) -> str | None:
        """Return the state whose trade, votes and seats a view on one state is about."""
        return self.brief.subject if self.brief.kind == "state" else None


# --- names in a text ---


@cache
def _states() -> frozenset[str]:
    return frozenset(states.table()["state"])


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern of the names of states and organisations, and their codes."""
    known: dict[str, str] = {}
    for code in codes():
        known[code] = code
        if code in organisations.codes():
            known[organisations.name(code)] = code
        if code not in organisations.codes() or code in _states():
            known[states.name(code)] = code
    ordered = sorted((n for n in known if len(n) > 1), key=len, reverse=True)
    pattern = r"(?<![\w])(?:" + "|".join(map(re.escape, ordered)) + r")(?![\w])"
    return re.compile(pattern), known


def named(text: str) -> list[tuple[int, int, str]]:
    """Return where a text names a state or organisation, and its code."""
    pattern, known = _names()
    return [
        (m.start(), m.end(), known[m.group()])
        for m in pattern.finditer(text)
        if not (m.group() == "UN" and _ASSEMBLY.search(text[max(m.start() - 12, 0) : m.end() + 6]))
    ]


_ASSEMBLY = re.compile(r"UN (?:vote|kappa)|[vV]otes? (?:in|of) the UN|vote in the UN")


# --- claims of a text ---


def _slack(digits: str, size: float, percent: bool) -> float:
    """Return half of the last digit written; a figure of fewer than two digits has lost zeros."""
    places = len(digits.partition(".")[2])
    half = 0.5 * 10.0**-places
    value = abs(float(digits.replace(",", "")))
    if size > 1:
        return 0.0501 * size
    if not percent and 0 < value < 10 and len(digits.replace(".", "").lstrip("0")) < 2:
        half = 0.5 * 10.0 ** (floor(log10(value)) - 1)
    return half * 1.0001


def _segment(text: str, at: int) -> tuple[int, int]:
    """Return the clause of a text that a place stands in: between semicolons, colons and stops."""
    start, end = 0, len(text)
    for bound in _BOUND.finditer(text):
        if bound.end() <= at:
            start = bound.end()
        elif bound.start() >= at:
            return start, bound.start()
    return start, end


def _brackets(text: str, at: int) -> tuple[int, int] | None:
    """Return the innermost brackets around a place."""
    start = text.rfind("(", 0, at)
    if start < 0 or text.rfind(")", 0, at) > start:
        return None
    end = text.find(")", at)
    return (start, len(text) if end < 0 else end)


def _years_of(text: str, at: int, end: int) -> frozenset[int]:
    """Return the years a figure of a text is said to be of; empty where none is said."""
    inside = _brackets(text, at)
    if inside is not None:
        own = _years_told(text[inside[0] : inside[1]])
        if own:
            return _filled(text[inside[0] : inside[1]], own)
        end = inside[1] + 1
    behind = re.match(r"[^;(),]{0,40}?\(([^()]*)\)", text[end:])
    if behind and _years_told(behind.group(1)) and not _figures(behind.group(1)):
        between = text[end : end + behind.start(1) - 1]
        if not _figures(between) and not _years_told(between):
            return _filled(behind.group(1), _years_told(behind.group(1)))
    start, stop = _segment(text, at)
    for near in (text[start:stop], text):
        plain = re.sub(r"\([^()]*\)", " ", near)
        found = _years_told(plain)
        if found:
            return _filled(plain, found)
    return frozenset()


def _years_told(text: str) -> list[int]:
    """Return the years a text tells, which a count of four digits is not."""
    return [int(m["digits"]) for m in _FIGURE.finditer(text) if _is_year(m)]


def _filled(text: str, years: list[int]) -> frozenset[int]:
    """Return years, with those between where the text names a span."""
    if re.search(r"\d{4}(?: to |–| and )\d{4}", text):
        return frozenset(range(min(years), max(years) + 1))
    return frozenset(years)


def _figures(text: str) -> list[re.Match[str]]:
    """Return the figures of a text that are not years."""
    return [m for m in _FIGURE.finditer(text) if not _is_year(m)]


def _is_year(found: re.Match[str]) -> bool:
    digits = found["digits"]
    plain = len(digits) == 4 and digits.isdigit() and not found["unit"]
    counted = re.match(r" of \d", found.string[found.end() :])
    return (
        plain
        and not counted
        and not found["inverse"]
        and not found["sign"]
        and 1500 <= int(digits) <= 2100
    )


def claims_of_text(text: str, where: str, about: frozenset[str]) -> Iterator[Claim]:
    """Return the numbers of a text, each with what the text says it is of."""
    bare = _DAY.sub(lambda m: " " * (len(m.group()) - 4) + m.group(3), text)
    bare = _BY_DESIGN.sub(lambda m: re.sub(r"\d", "_", m.group()), bare)
    names = named(text)
    hidden = [(a, b) for a, b, _ in names]
    allowed = frozenset(code for _, _, code in names) | about
    for found in _figures(bare):
        at = found.start("digits")
        if any(a <= at < b for a, b in hidden):
            continue
        yield _claim(text, bare, found, where, names, allowed, about)


def _claim(
    text: str,
    bare: str,
    found: re.Match[str],
    where: str,
    names: list[tuple[int, int, str]],
    allowed: frozenset[str],
    about: frozenset[str],
) -> Claim:
    at, digits, unit = found.start(), found["digits"], (found["unit"] or "").strip()
    if not unit and _RANGE.match(bare, found.start("digits")):
        unit = "%"
    size = _SIZES.get(unit, 1.0)
    value = float(digits.replace(",", "")) * size * (-1 if found["sign"] else 1)
    slack = _slack(digits, size, unit == "%")
    if found["inverse"]:
        unit = "1/"
    start, stop = _segment(bare, at)
    before = [code for a, _, code in names if start <= a < at]
    stop_before = max(bare.rfind("; ", 0, at), bare.rfind(". ", 0, at))
    held = before or [code for a, _, code in names if stop_before <= a < at]
    owner = held[-1] if held else None
    after = [code for a, _, code in names if at < a < stop]
    between = frozenset(after) if not before and "'s " in bare[at:stop] else frozenset()
    if re.search(r"up to $", bare[:at]):
        owner, allowed = None, codes()
    if between:
        owner = None
    if bare.startswith(" more", found.end()):  # the names listed and those left out are all
        value, owner, unit = value + len(set(before)), None, "more"
    return Claim(
        value,
        slack,
        {"×": "times"}.get(unit, "" if size > 1 else unit),
        where,
        text,
        _years_of(bare, at, found.end()),
        owner,
        allowed,
        _reporter(text, at, about, owner),
        _flow(text[start:stop]) or _flow(text[:at]),
        between=between,
        paired=len(about) == 2,
        whole="." not in digits and unit in ("", "times"),
    )


_WHOSE = (
    r"of (.+?) divided by that of",
    r"^Leans more[^:]*: (.+?) \(on ",
    r"(.+?) leans (?:most|more|on)",
    r"(.+?)'s ",
)


def _flow(text: str) -> str | None:
    out, back = "export" in text.lower(), "import" in text.lower()
    return None if out == back else "exports" if out else "imports"


def _reporter(text: str, at: int, about: frozenset[str], owner: str | None) -> str | None:
    """Return whose trade, seats or dependence a figure is of, where the wording says it."""
    start, stop = _segment(text, at)
    head = text[start:stop]
    for pattern in _WHOSE:
        found = re.search(pattern, text if pattern in _WHOSE[:2] else head)
        if found:
            codes_before = named(found.group(1))
            if codes_before:
                return codes_before[-1][2]
    arrow = text.rfind(" → ", 0, at)
    sender = [code for _, end, code in named(text) if end == arrow]
    if sender:
        return sender[0]
    one = next(iter(about)) if len(about) == 1 else owner
    return None if one in organisations.codes() else one


# --- whether a claim is accounted for ---


def _forms(claim: Claim) -> Iterator[tuple[float, float, str]]:
    """Return the values a cell may have, by how the number is written."""
    v, s = claim.value, claim.slack
    if claim.unit == "%":
        yield v / 100, s / 100, "share"
        yield v, s, "percent"
        return
    if claim.unit in ("times", "1/"):
        low, high = max(v - s, 1e-9), v + s
        if claim.unit == "1/":
            low, high = 1 / high, 1 / low
        yield (low + high) / 2, (high - low) / 2, "ratio"
        width = (log10(high / low) / log10(exp(1))) / 2
        yield _logs(low, high), width, "log ratio"
        yield -_logs(low, high), width, "reverse"
        return
    yield v, s, "number"


def _logs(low: float, high: float) -> float:
    return (log10(low) + log10(high)) / (2 * log10(exp(1)))


def agrees(claim: Claim, row: Record, column: str) -> bool:
    """Return whether a row is of the year, the states and the direction a number is said to be."""
    if claim.years and row.years:
        if row.span is not None and len(claim.years) > 1:
            if row.span != (min(claim.years), max(claim.years)):
                return False
        elif not claim.years & row.years:
            return False
    if claim.flow and row.flow and claim.flow != row.flow:
        return False
    if claim.owner and row.codes and claim.owner not in row.codes | row.beside:
        return False
    if not claim.between <= row.codes:
        return False
    state, partner = row.roles.get("state"), row.roles.get("partner")
    if claim.reporter and state and partner and claim.reporter != state:
        return False
    if claim.owner and column.endswith(("_a", "_b")) and row.roles.get(f"pole{column[-2:]}"):
        ends = {row.roles.get("pole_a"), row.roles.get("pole_b")}
        if claim.owner in ends and row.roles[f"pole{column[-2:]}"] != claim.owner:
            return False
    if claim.owner is None and row.roles.get("organisation") in claim.allowed:
        return True
    return row.codes <= claim.allowed or not row.codes


def accounted(
    claim: Claim,
    evidence: tuple[Tables, Tables],
    counts: frozenset[int],
    about: frozenset[str],
) -> bool:
    """Return whether some cell is the number, or a derivation of this list gives it."""
    if any(_in(claim, tables()) for tables in evidence):
        return True
    answers = evidence[0]()
    if claim.unit == "more":  # of a list cut short: not more than there are rows
        return any(table.frame.height >= claim.value for table in answers + evidence[1]())
    if not claim.whole:
        return False
    answers += [table for table in evidence[1]() if {"status", "weight"} & {*table.frame.columns}]
    return int(claim.value) in counts | _counted(claim, answers, about)


def _in(claim: Claim, evidence: list[Evidence]) -> bool:
    for value, slack, form in _forms(claim):
        if form == "reverse":
            if not claim.paired:
                continue
            claim = replace(claim, reporter=None)
        for table in evidence:
            for row, column in table.near(value, slack):
                if agrees(claim, row, column):
                    return True
            if any(abs(value - total) <= slack for total in _sums(claim, table)):
                return True
    return False


def _counted(claim: Claim, answers: list[Evidence], about: frozenset[str]) -> set[int]:
    """Derivations that count: rows, rows of a kind or with a flag, members of a year, pairs."""
    found = {count for table in answers for count in table.groups}
    found |= {count for table in answers for count in table.counted(claim.years)}
    for code in about & organisations.codes():
        found.add(len(_founders(code)))
        for year in claim.years:
            found |= {len(_members(code, year)), len(_members(code, year, every=True))}
    for table in answers:
        if "others" in table.frame.columns:  # what nobody else has a part in
            others = table.frame["others"].drop_nulls()
            found.add(sum(not named(str(text)) for text in others))
    if re.search(r"\bpairs?\b", claim.text):
        sizes = found | {int(v) for t in answers for v in t.values if 0 < v < 300 and v % 1 == 0}
        found |= {size * (size - 1) // 2 for size in sizes}
    return found | {0}


def _sums(claim: Claim, table: Evidence) -> Iterator[float]:
    """Derivation: an organisation's figure is the sum over its members of the year."""
    if claim.owner not in organisations.codes() or not claim.years:
        return
    for year in sorted(claim.years):
        inside = _members(str(claim.owner), year)
        yield table.sums(inside, year, claim.reporter, claim.flow) or float("nan")


@cache
def _members(organisation: str, year: int, *, every: bool = False) -> frozenset[str]:
    """Return who was a full member, or sat at all, at the end of a year, read off the rows."""
    sql = f"""SELECT state, status, start, "end", as_of FROM memberships
    WHERE organisation = '{organisation}'"""
    return frozenset(
        state
        for state, status, start, end, as_of in ask(sql)
        if status in (_SEATED if every else _SEATED[:2])
        and (start or as_of or "9999")[:4] <= str(year)
        and (end is None or f"{end}-12-31"[:10] >= f"{year}-12-31")
    )


@cache
def _founders(organisation: str) -> frozenset[str]:
    sql = f"SELECT state, status FROM memberships WHERE organisation = '{organisation}'"
    return frozenset(state for state, status in ask(sql) if status == "founding_member")


_SEATED = ("member", "founding_member", "associate", "observer", "dialogue_partner", "partner")


@cache
def _now() -> int:
    """Return the latest year the table of memberships speaks of: the year of what holds today."""
    return int(ask("SELECT MAX(SUBSTR(as_of, 1, 4)) FROM memberships")[0][0])


def _last_years(about: frozenset[str]) -> set[int]:
    """Return the last year at whose end organisations that are no more still were."""
    found = ask("SELECT organisation, dissolved FROM organisations WHERE dissolved IS NOT NULL")
    return {int(ended[:4]) - 1 for code, ended in found if code in about}


# --- what a view says ---


def faults(view: View) -> list[str]:
    """Return what a view says that no answer it cites holds."""
    found = []
    for fact in view.brief.facts:
        text = f"{fact.label}: {fact.text} ({fact.detail})"
        found += _of_text(view, text, f"headline {fact.label}", fact.cites, None)
    for section in view.brief.sections:
        if section.id in ("unknown", "method"):
            continue
        for n, sentence in enumerate(section.sentences):
            where = f"{section.id} sentence {n}"
            found += _of_text(view, sentence.text, where, sentence.cites, section)
        for chart in section.charts:
            where = f"{section.id} chart {chart.id}"
            found += _of_text(view, chart.text, where, chart.cites, section)
            found += _of_chart(view, chart, where)
        for table in section.tables:
            found += _of_table(view, table, section)
    return found


def _counts(section: Section | None, cites: tuple[Cite, ...]) -> frozenset[int]:
    """Derivation: how many rows the tables of the section have, how many sources are cited."""
    found = {len({cite.source for cite in cites})}
    tables = () if section is None else section.tables
    kinds: dict[str, int] = {}
    for table in tables:
        found.add(len(table.rows))
        kind = table.id.partition("-")[0]
        kinds[kind] = kinds.get(kind, 0) + len(table.rows)
    return frozenset(found | set(kinds.values()))


def _of_text(
    view: View, text: str, where: str, cites: tuple[Cite, ...], section: Section | None
) -> list[str]:
    named_here = frozenset(code for _, _, code in named(text))
    evidence = view.evidence(cites, named_here)
    counts, found = _counts(section, cites), []
    when = {tuple(years_in(cite.date)) for cite in cites if cite.run}
    dated = frozenset(when.pop()) if len(when) == 1 else frozenset()
    for claim in claims_of_text(text, where, view.about):
        if not claim.years and len(dated) == 1:
            claim = replace(claim, years=dated)
        if not accounted(claim, evidence, counts, view.about):
            found.append(_fault(view, claim))
    years = [int(m["digits"]) for m in _FIGURE.finditer(text) if _is_year(m)]
    if not years:
        return found
    tables = evidence[0]() + evidence[1]()
    known = {_now(), *_last_years(view.about)} | {y for table in tables for y in table.years}
    known |= {y for table in tables for t in table.texts for y in years_in(t)}
    for cite in cites:
        dated = years_in(cite.date)
        known |= set(range(min(dated), max(dated) + 1)) if dated else set()
    found += [
        f"{view.brief.subject} {where}: the year {year} is of no row cited; in: {text[:300]}"
        for year in years
        if year not in known
    ]
    return found


def _fault(view: View, claim: Claim) -> str:
    years = f"{min(claim.years)}–{max(claim.years)}" if claim.years else "no year"
    return (
        f"{view.brief.subject} {claim.where}: {claim.value:g} {claim.unit} [{claim.owner}, "
        f"{claim.reporter}, {years}, {claim.flow}] stands in no row cited; in: {claim.text[:300]}"
    )


def _of_chart(view: View, chart: Chart, where: str) -> list[str]:
    keys = {str(i.get("key")) for n in _ITEMS for i in chart.data.get(n, ()) if isinstance(i, dict)}
    evidence = view.evidence(chart.cites, frozenset(keys & codes()))
    found = []
    for claim in _of_data(view, chart, where):
        if not accounted(claim, evidence, frozenset(), view.about):
            found.append(_fault(view, claim))
    return found


_ITEMS = ("lines", "rows", "poles")
_LABELLED = ("value", "y", "low", "high", "from", "to", "weight", "n", "bands")


def _of_data(view: View, chart: Chart, where: str) -> Iterator[Claim]:
    """Return the numbers a chart draws: a line's points, a row's ends, a pole's shares."""
    ends = (years_in(chart.data.get("from_label")), years_in(chart.data.get("to_label")))
    flow = _flow(f"{chart.id} {chart.title}")
    title = frozenset(years_in(chart.title))
    for name in _ITEMS:
        for item in chart.data.get(name, ()):
            if not isinstance(item, dict):
                continue
            key = str(item.get("key"))
            owner = key if key in codes() else None
            for point in item.get("points", [item]):
                for part in _LABELLED:
                    years = frozenset([point["x"]]) if "x" in point else title
                    if part in ("from", "to"):
                        years = frozenset(ends[part == "to"])
                    values = point.get(part)
                    if isinstance(values, list):  # derivation: the parts of a pole make its share
                        values = sum(values)
                    for value in [values]:
                        if isinstance(value, int | float) and not isinstance(value, bool):
                            yield _drawn(view, where, key, float(value), years, owner, flow)


def _drawn(
    view: View,
    where: str,
    text: str,
    value: float,
    years: frozenset[int],
    owner: str | None,
    flow: str | None,
) -> Claim:
    one = view.reporter or owner
    allowed = view.about | ({owner} if owner else frozenset())
    slack = abs(value) * 1e-9 + 1e-12
    count = value % 1 == 0
    return Claim(value, slack, "", where, text, years, owner, allowed, one, flow, whole=count)


def _of_table(view: View, table: Table, section: Section) -> list[str]:
    found = []
    for row in table.rows:
        text = "; ".join(f"{k}: {v}" for k, v in row.cells.items())
        names = frozenset(c for _, _, c in named(text)) | {
            str(v) for v in row.cells.values() if v in codes()
        }
        evidence = view.evidence(row.cites, names)
        for column in table.columns:
            value = row.cells.get(column.key)
            if column.kind in ("text", "date") or not isinstance(value, int | float):
                continue
            claim = _celled(view, table, row, column, float(value), names, section)
            if not accounted(claim, evidence, frozenset(), view.about):
                found.append(_fault(view, claim))
    return found


def _celled(
    view: View,
    table: Table,
    row: Row,
    column: Column,
    value: float,
    names: frozenset[str],
    section: Section,
) -> Claim:
    text = f"{column.key} of " + "; ".join(f"{k}: {v}" for k, v in row.cells.items())
    when = row.cells.get(f"{column.key}_year") or row.cells.get("year") or row.cells.get("when")
    years = frozenset(years_in(when))
    if not years and column.key in ("earlier", "newest"):
        years = frozenset()
    code = row.cells.get("code")
    owner = str(code) if code in codes() else None
    one = view.reporter
    flow = _flow(
        f"{column.key} {column.label} {row.cells.get('flow') or ''} {row.cells.get('what') or ''}"
    )
    flow = flow or _flow(f"{table.id} {table.caption}")
    if column.key.endswith("theirs"):
        one = owner
    slack = abs(value) * 1e-9 + 1e-12
    where = f"{section.id} table {table.id}"
    unit = "times" if column.kind == "ratio" else ""
    return Claim(value, slack, unit, where, text, years, owner, names | view.about, one, flow)

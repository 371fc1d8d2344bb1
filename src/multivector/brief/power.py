"""The power mix of a state or a pair: in which fields and by which means it acts."""

from __future__ import annotations

from typing import Any

from multivector.content import charts
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Part, Row, Sentence, Table
from multivector.content.tables import Heads, pick, table
from multivector.words import many, mark, say
from multivector.words.figures import bounded, listing, number, percent

__all__ = ["power"]

_FIRST_YEAR = 1816
_PERMUTATIONS = 500
_DRAWS = 300
_LEAST = 3
"""Acts without which there is no composition to speak of."""

_OF: tuple[tuple[str, str], ...] = (
    ("dimension", mark("Fields")),
    ("power", mark("Hard or soft, as the text calls it")),
    ("mode", mark("How it works: coerces, induces, attracts")),
    ("quad", mark("Words or deeds, cooperation or conflict")),
)
_WORDS = {
    "political": mark("political"),
    "economic": mark("economic"),
    "security": mark("security"),
    "institutional": mark("institutional"),
    "cultural": mark("cultural"),
    "education": mark("education"),
    "energy_transport": mark("energy and transport"),
    "coerce": mark("coerces"),
    "induce": mark("induces"),
    "attract": mark("attracts"),
    "hard": mark("hard"),
    "soft": mark("soft"),
    "none": mark("neither said"),
    "verbal cooperation": mark("verbal cooperation"),
    "material cooperation": mark("material cooperation"),
    "verbal conflict": mark("verbal conflict"),
    "material conflict": mark("material conflict"),
}
_TESTS = {
    "trend": mark("Towards economy and energy, from culture and education: log odds per decade"),
    "share_before": mark("Share of economy and energy among the four, before"),
    "share_after": mark("Share of economy and energy among the four, after"),
    "divergence": mark("Difference of the fields before and after, bits above chance"),
    "break": mark("Year that parts the acts best: likelihood ratio"),
    "hard and soft together": mark("Hard and soft in the same year: log ratio to chance"),
}


def power(inquiry: Inquiry) -> Part | None:
    """Return the section on the mix of power; null with hardly an act of the two."""
    asked: dict[str, Any] = {"state": inquiry.state}
    if inquiry.partner is not None:
        asked["partner"] = inquiry.partner
    if inquiry.year is not None:
        asked["years"] = (_FIRST_YEAR, inquiry.year)
    mixes = [
        (name, title, answer)
        for name, title in _OF
        if (answer := inquiry.compute("power_composition", of=name, **asked)) is not None
        and answer.frame.height
        and answer.frame["n"][0] >= _LEAST
    ]
    if not mixes:
        return _none(inquiry)
    tests = _tests(inquiry, asked)
    sentences = [_mix(inquiry, mixes), *_said(tests)]
    tables = [_composition(mixes), _tests_table(tests) if tests else None]
    drawn = [_chart(*mix) for mix in mixes[:2]]
    note = say(
        "A composition of what the papers and data sets chose to write down, not of all that was "
        "done; who writes a section on culture gives culture that much weight."
    )
    return part(sentences, drawn, tables, note)


def _none(inquiry: Inquiry) -> Part | None:
    if inquiry.partner is not None:
        return None
    why = say("hardly an act with {state} is coded in what is at hand", state=inquiry.name)
    what = say("By which means {state} acts", state=inquiry.name)
    inquiry.miss(what, why, "multivector --study DIR data add EVENTS.tab")
    return part(Sentence(say("The means of power are not given: {why}.", why=why)))


# --- composition


def _mix(inquiry: Inquiry, mixes: list[tuple[str, str, Answer]]) -> Sentence:
    _, _, answer = mixes[0]
    ranked = _ranked(answer)
    first = ranked[0]
    top = [f"{_word(row['category'])} {bounded(row, 'share')}" for row in ranked[:3]]
    given = {
        "years": f"{first['start']}–{first['end']}" if first["start"] else say("undated"),
        "shares": listing(top),
    }
    if inquiry.partner is None:
        text = many(
            first["n"],
            "{n} act with {state} coded, {years}: {shares} (90% intervals).",
            "{n} acts with {state} coded, {years}: {shares} (90% intervals).",
            state=inquiry.name,
            **given,
        )
        return Sentence(text, answer.cites(_period(first)))
    text = many(
        first["n"],
        "{n} act of {a} and {b} coded, {years}: {shares} (90% intervals).",
        "{n} acts of {a} and {b} coded, {years}: {shares} (90% intervals).",
        a=label(inquiry.state),
        b=label(inquiry.partner),
        **given,
    )
    return Sentence(text, answer.cites(_period(first)))


def _period(row: dict[str, Any]) -> str | None:
    return f"{row['start']}/{row['end']}" if row["start"] else None


def _word(category: str) -> str:
    return say(_WORDS.get(category, category))


def _composition(mixes: list[tuple[str, str, Answer]]) -> Table:
    columns: Heads = {
        "of": say("Reading"),
        "category": say("Category"),
        "events": (say("Acts"), "integer"),
        "value": (say("Share"), "share"),
        "low": (say("Low"), "share"),
        "high": (say("High"), "share"),
        "n": (say("Of"), "integer"),
    }
    rows = []
    for _, title, answer in mixes:
        for row in _ranked(answer):
            cells: dict[str, Any] = {"of": say(title), "category": _word(row["category"])}
            cells |= pick(row, "events", "value", "low", "high", "n")
            rows.append(Row(cells, answer.cites(_period(row))))
    note = say(
        "The readings are coded apart: an act is not hard because it is economic. Repeats are left "
        "out; 90% intervals after Jeffreys."
    )
    caption = say("In which fields, by which means")
    return table("power-mix", caption, columns, rows, note, folded=True)


def _ranked(answer: Answer) -> list[dict[str, Any]]:
    return answer.frame.sort(["value", "category"], descending=[True, False]).to_dicts()


def _chart(name: str, title: str, answer: Answer) -> Chart:
    rows = [
        {
            "key": row["category"],
            "label": _word(row["category"]),
            **pick(row, "value", "low", "high"),
        }
        for row in _ranked(answer)
    ]
    first = answer.frame.row(0, named=True)
    text = many(
        first["n"],
        "{title}, shares of {n} act: {shares}.",
        "{title}, shares of {n} acts: {shares}.",
        title=say(title),
        shares="; ".join(f"{row['label']} {percent(row['value'])}" for row in rows),
    )
    cites = answer.cites(_period(first))
    return charts.bars(f"power-{name}", say(title), text, rows, "share", cites)


# --- tests


def _tests(inquiry: Inquiry, asked: dict[str, Any]) -> list[Row]:
    found: list[tuple[str, Answer | None]] = [
        (
            mark("Evenness over the fields, 0 to 1"),
            inquiry.compute("power_evenness", draws=_DRAWS, **asked),
        ),
        (
            mark("Balance of hard and soft, as the texts call them, 0 to 1"),
            inquiry.compute("power_balance", reading="power", **asked),
        ),
        (
            mark("Balance of hard and soft, by how acts work, 0 to 1"),
            inquiry.compute("power_balance", reading="mode", **asked),
        ),
    ]
    rows = [
        _test(say(title), answer.frame.row(0, named=True), answer)
        for title, answer in found
        if answer is not None and answer.frame.height == 1
    ]
    drift = inquiry.compute("power_drift", permutations=_PERMUTATIONS, **asked)
    together = inquiry.compute(
        "power_complementarity",
        reading="power",
        within="year",
        permutations=_PERMUTATIONS,
        **asked,
    )
    for answer in (drift, together):
        if answer is not None:
            rows += [
                _test(say(_TESTS.get(row["statistic"], row["statistic"])), row, answer)
                for row in answer.frame.iter_rows(named=True)
            ]
    return [row for row in rows if row.cells["value"] is not None]


def _test(title: str, row: dict[str, Any], answer: Answer) -> Row:
    statistic = row.get("statistic")
    year = row.get("year") if statistic else None
    cells = {
        "statistic": title,
        "id": statistic or "score",
        "p_value": row.get("p_value"),
        "year": None if year is None else str(year),
        **pick(row, "value", "low", "high", "n"),
    }
    return Row(cells, answer.cites())


def _said(tests: list[Row]) -> list[Sentence]:
    said: list[Sentence] = []
    for row in tests:
        c = row.cells
        if c["id"] not in ("score", "trend"):
            continue
        text = say("{statistic}: {value}", statistic=c["statistic"], value=bounded(c))
        if c["p_value"] is not None:
            text += say("; p {value} by shuffled dates", value=number(float(str(c["p_value"])), 2))
        said.append(Sentence(f"{text}.", row.cites))
    return said


def _tests_table(tests: list[Row]) -> Table:
    columns: Heads = {
        "statistic": say("Statistic"),
        "value": (say("Value"), "number"),
        "low": (say("Low"), "number"),
        "high": (say("High"), "number"),
        "p_value": (say("p"), "number"),
        "year": say("Year"),
        "n": (say("Acts"), "integer"),
    }
    note = say(
        "p: how often shuffled dates or labels give as much, of {n} shuffles. The interval of hard "
        "and soft together is what chance gives.",
        n=_PERMUTATIONS,
    )
    caption = say("How even, how balanced, and whether it moved")
    return table("power-tests", caption, columns, tests, note, folded=True)

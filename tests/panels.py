"""Small made-up worlds for tests: one frame a record table, seeded, never data of the world."""

from __future__ import annotations

import random

import polars as pl

from multivector.tables import RECORDS, Table

STATES = ("CHN", "KAZ", "RUS", "TUR", "USA", "UZB")
YEARS = (2012, 2013, 2014, 2015)
CLUBS = ("CIS", "EAEU", "EU", "SCO", "UN")


PRODUCTS = ("10", "27", "72", "84")


def _flows(rng: random.Random) -> list[dict[str, object]]:
    """Return totals, and beside them products: no measure may count both."""
    return [*_totals(rng), *_products(random.Random(11))]


def _products(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "state": a,
            "partner": b,
            "year": year,
            "flow": flow,
            "product": product,
            "value": round(rng.uniform(1, 90) ** (2 if (a, product) == ("RUS", "27") else 1), 3),
            "unit": "USD",
            "reported_by": "state",
        }
        for a in STATES
        for b in STATES
        for year in YEARS
        for flow in ("exports", "imports")
        for product in PRODUCTS
        if a != b and rng.random() < 0.8
    ]


def _ideal_points(rng: random.Random) -> list[dict[str, object]]:
    drawn = ((state, year, round(rng.uniform(-2, 2), 3)) for state in STATES for year in YEARS)
    return [
        {
            "state": state,
            "session": year - 1945,
            "year": year,
            "value": value,
            "low": value - 0.3,
            "high": value + 0.3,
            "n": 20,
        }
        for state, year, value in drawn
    ]


def _totals(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "state": a,
            "partner": b,
            "year": year,
            "flow": flow,
            "product": None,
            "value": round(rng.uniform(1, 900), 3),
            "unit": "USD",
            "reported_by": "state",
        }
        for a in STATES
        for b in STATES
        for year in YEARS
        for flow in ("exports", "imports")
        if a != b
    ]


def _memberships(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "organisation": club,
            "state": state,
            "status": rng.choice(("member", "observer")),
            "start": "1992-03-02",
            "end": None,
            "as_of": "2020",
        }
        for club in CLUBS
        for state in STATES
        if club == "UN" or rng.random() < 0.6
    ]


def _rollcalls(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "rollcall": f"{year}-{i}",
            "date": f"{year}-12-0{1 + i % 9}",
            "year": year,
            "session": year - 1945,
            "resolution": f"{year - 1945}/{i}",
            "family": f"text {i}",
            "kind": "final" if i % 5 else "paragraph",
            "issues": ("nu", "me", "hr;ec", None)[i % 4],
            "important": bool(i % 2),
            "title": f"Text number {i}",
        }
        for year in YEARS
        for i in range(14)
    ]


def _votes(rng: random.Random) -> list[dict[str, object]]:
    lean = {"USA": 0.8, "RUS": 0.3, "CHN": 0.2, "KAZ": 0.25, "TUR": 0.6, "UZB": 0.3}
    rows = []
    for row in _rollcalls(rng):
        for state in STATES:
            against = rng.random() < lean[state]
            choice = rng.choice(("yes", "abstain", "absent")) if rng.random() < 0.25 else None
            rows.append(
                {
                    "rollcall": row["rollcall"],
                    "state": state,
                    "year": row["year"],
                    "choice": choice or ("no" if against else "yes"),
                }
            )
    return rows


def _split_votes(rng: random.Random) -> list[dict[str, object]]:
    cast: dict[object, dict[object, object]] = {}
    for row in _votes(random.Random(7)):
        cast.setdefault(row["rollcall"], {})[row["state"]] = row["choice"]
    letters = {"yes": "y", "abstain": "a", "no": "n", "absent": "x"}
    return [
        {
            **row,
            "states": ";".join(STATES),
            "choices": "".join(letters[str(cast[row["rollcall"]][state])] for state in STATES),
        }
        for row in _rollcalls(rng)
    ]


def _geography(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "state": a,
            "partner": b,
            "distance": round(rng.uniform(300, 9000)),
            **{
                tie: rng.random() < 0.4
                for tie in ("contiguous", "common_language", "colony", "common_coloniser")
            },
        }
        for a in STATES
        for b in STATES
        if a < b
    ]


def _indicators(rng: random.Random) -> list[dict[str, object]]:
    kinds = {
        "gdp": "USD",
        "population": "persons",
        "inflation": "percent",
        "budget_balance": "percent of GDP",
        "public_debt": "percent of GDP",
        "military_expenditure": "percent of GDP",
    }
    return [
        {
            "state": state,
            "indicator": indicator,
            "year": year,
            "value": round(rng.uniform(1, 80), 3),
            "unit": unit,
            "estimate": False,
        }
        for state in STATES
        for indicator, unit in kinds.items()
        for year in YEARS
    ]


def _events(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "event": f"E{i:03}",
            "type": rng.choice(("visit", "agreement_signed", "summit")),
            "date": f"{rng.choice(YEARS)}-05",
            "actors": f"KAZ;{rng.choice(('TUR', 'RUS', 'CHN'))}",
            "dimension": rng.choice(("economic", "cultural", "security", "political")),
            "mode": rng.choice(("induce", "attract", None)),
            "title": f"act {i}",
        }
        for i in range(40)
    ]


def _voting_rules(rng: random.Random) -> list[dict[str, object]]:
    return [
        {"organisation": "EAEU", "state": state, "weight": rng.randint(1, 9), "quota": 12}
        for state in STATES
    ]


def _codings(rng: random.Random) -> list[dict[str, object]]:
    kinds = {"ada": "person", "bo": "person", "pack": "rule"}
    keys = [(v, f"u{u:02}", c) for v in ("type", "depth") for u in range(20) for c in kinds]
    return [
        {
            "coding": number,
            "unit": unit,
            "variable": variable,
            "value": rng.choice("112" if variable == "depth" else "aab"),
            "coder": coder,
            "coder_kind": kinds[coder],
            "decided_at": "2026-01-01",
        }
        for number, (variable, unit, coder) in enumerate(keys)
    ]


def _criteria(rng: random.Random) -> list[dict[str, object]]:
    limits = {
        "debt": ("public_debt", "zero", 50.0),
        "inflation": ("inflation", "lowest_member", 5.0),
    }
    return [
        {
            "organisation": "EAEU",
            "criterion": criterion,
            "indicator": indicator,
            "reference": reference,
            "margin": margin,
            "sense": "most",
            "start": "1992",
        }
        for criterion, (indicator, reference, margin) in limits.items()
    ]


def _organisations(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "organisation": club,
            "name_en": f"Club {club}",
            "founded": f"{rng.choice(YEARS)}-01-01",
            "field": "economic",
            "trade_depth": rng.choice((None, 2, 3)),
        }
        for club in CLUBS
    ]


def _treaty_depths(rng: random.Random) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"treaty": f"made-{club}", "title": f"Pact {club}", "year": 2013} for club in CLUBS
    ]
    return [{**row, "depth": rng.randint(0, 7)} for row in rows]


def _organisation_treaties(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "organisation": club,
            "treaty": f"made-{club}",
            "role": rng.choice(("founding", "agreement")),
            "implemented": rng.choice((None, "2015")),
        }
        for club in CLUBS
    ]


def _passages(rng: random.Random) -> list[dict[str, object]]:
    vocabulary = ["trade", "gas", "oil", "treaty", "vote", "border", "army", "school"]
    rows = []
    for document in ("d1", "d2", "d3"):
        start = 0
        for _ in range(4):
            text = " ".join(rng.choice(vocabulary) for _ in range(25))
            place = {"document": document, "start": start, "end": start + len(text)}
            rows.append({**place, "kind": "body", "language": "en", "text": text})
            start += len(text) + 1
    return rows


_MAKERS = {
    "geography": _geography,
    "split_votes": _split_votes,
    "passages": _passages,
    "criteria": _criteria,
    "organisations": _organisations,
    "treaty_depths": _treaty_depths,
    "organisation_treaties": _organisation_treaties,
    "codings": _codings,
    "voting_rules": _voting_rules,
    "flows": _flows,
    "ideal_points": _ideal_points,
    "memberships": _memberships,
    "rollcalls": _rollcalls,
    "votes": _votes,
    "indicators": _indicators,
    "events": _events,
}


def panel(table: Table, seed: int = 7) -> pl.DataFrame:
    """Return a small filled frame of a record table."""
    maker = _MAKERS.get(table.name)
    if maker is None:
        return table.empty()
    told = {"source": "made@1", "locator": "made up"}
    schema = {c.name: c.dtype for c in table.columns}
    rows = [
        {name: {**told, **row}.get(name) for name in schema} for row in maker(random.Random(seed))
    ]
    return table.check(pl.DataFrame(rows, schema=schema))


def world(seed: int = 7) -> dict[str, pl.DataFrame]:
    """Return a panel of every record table that has a maker."""
    return {table.name: panel(table, seed) for table in RECORDS}

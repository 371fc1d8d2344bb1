"""The fields of an entry: which are read, into which rows, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from multivector.sources.factbook import grammar
from multivector.sources.factbook.entries import Entry, note_of, partner, text_of
from multivector.sources.factbook.grammar import Figure, Refusal, Share, When

Row = dict[str, Any]

_ECONOMY, _PEOPLE, _LAND = "Economy", "People and Society", "Geography"
_PRICES = re.compile(r"\bin (\d{4}) (?:US )?dollars")
_OTHER_PART = {"West Bank": "Gaza", "Gaza Strip": "West Bank"}


@dataclass(frozen=True, slots=True)
class Spec:
    """An indicator: where an edition prints it and in which unit.

    ``dated`` is false for figures printed without a year (areas, lengths): the edition's counts.
    """

    indicator: str
    section: str
    field: str
    unit: str
    sub: str | None = None
    dated: bool = True

    @property
    def locator(self) -> str:
        """Return the path of the field within an entry."""
        return ": ".join(part for part in (self.section, self.field, self.sub) if part)


INDICATORS: tuple[Spec, ...] = (
    Spec("area", _LAND, "Area", "sq km", "total", dated=False),
    Spec("area_land", _LAND, "Area", "sq km", "land", dated=False),
    Spec("area_water", _LAND, "Area", "sq km", "water", dated=False),
    Spec("border_length", _LAND, "Land boundaries", "km", "total", dated=False),
    Spec("coastline", _LAND, "Coastline", "km", dated=False),
    Spec("population", _PEOPLE, "Population", "persons"),
    Spec("population", _PEOPLE, "Population", "persons", "total"),
    Spec("population_growth", _PEOPLE, "Population growth rate", "percent"),
    Spec("gdp", _ECONOMY, "GDP (official exchange rate)", "USD"),
    Spec("gdp_ppp", _ECONOMY, "GDP (purchasing power parity)", "USD"),
    Spec("gdp_ppp", _ECONOMY, "Real GDP (purchasing power parity)", "USD"),
    Spec("gdp_per_capita_ppp", _ECONOMY, "GDP - per capita (PPP)", "USD"),
    Spec("gdp_per_capita_ppp", _ECONOMY, "Real GDP per capita", "USD"),
    Spec("gdp_growth", _ECONOMY, "GDP - real growth rate", "percent"),
    Spec("gdp_growth", _ECONOMY, "Real GDP growth rate", "percent"),
    Spec("saving", _ECONOMY, "Gross national saving", "percent of GDP"),
    Spec("industrial_growth", _ECONOMY, "Industrial production growth rate", "percent"),
    Spec("labour_force", _ECONOMY, "Labor force", "persons"),
    Spec("unemployment", _ECONOMY, "Unemployment rate", "percent"),
    Spec("gini", _ECONOMY, "Distribution of family income - Gini index", "index"),
    Spec("gini", _ECONOMY, "Gini Index coefficient - distribution of family income", "index"),
    Spec("remittances", _ECONOMY, "Remittances", "percent of GDP"),
    Spec("budget_revenues", _ECONOMY, "Budget", "USD", "revenues"),
    Spec("budget_expenditures", _ECONOMY, "Budget", "USD", "expenditures"),
    Spec("budget_balance", _ECONOMY, "Budget surplus (+) or deficit (-)", "percent of GDP"),
    Spec("taxes", _ECONOMY, "Taxes and other revenues", "percent of GDP"),
    Spec("public_debt", _ECONOMY, "Public debt", "percent of GDP"),
    Spec("inflation", _ECONOMY, "Inflation rate (consumer prices)", "percent"),
    Spec("current_account", _ECONOMY, "Current account balance", "USD"),
    Spec("exports", _ECONOMY, "Exports", "USD"),
    Spec("imports", _ECONOMY, "Imports", "USD"),
    Spec("reserves", _ECONOMY, "Reserves of foreign exchange and gold", "USD"),
    Spec("external_debt", _ECONOMY, "Debt - external", "USD"),
    Spec("investment_in_stock", _ECONOMY, "Stock of direct foreign investment - at home", "USD"),
    Spec("investment_out_stock", _ECONOMY, "Stock of direct foreign investment - abroad", "USD"),
    Spec("exchange_rate", _ECONOMY, "Exchange rates", "per USD"),
    Spec("military_expenditure", "Military", "Military expenditures", "percent of GDP"),
)
PARTNERS = {"exports": "Exports - partners", "imports": "Imports - partners"}
COMMODITIES = {"exports": "Exports - commodities", "imports": "Imports - commodities"}
GROUPS = {"ethnic": "Ethnic groups", "language": "Languages", "religion": "Religions"}
BORDER_LISTS = ("border countries", "regional borders")
ORGANISATIONS = "International organization participation"


@dataclass(slots=True)
class Reading:
    """Everything read from an edition: rows by table, what was not read, and the counts of both."""

    edition: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: list[Row] = field(default_factory=list)
    seen: list[tuple[str, str, int, int]] = field(default_factory=list)

    @property
    def source(self) -> str:
        """Return the name of the release, the ``source`` of every row."""
        return f"factbook@{self.edition}"

    def take(
        self, entry: Entry, table: str, locator: str, outcomes: list[Row | Refusal], **keys: Any
    ) -> None:
        """Keep the rows and the refusals of a field of an entry."""
        rows = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        place = {
            "edition": self.edition,
            "source": self.source,
            "locator": f"{entry.code}: {locator}",
        }
        for row in rows:
            self.rows.setdefault(table, []).append({**_owner(entry), **keys, **row, **place})
        for refusal in refused:
            self.unread.append(
                {**_owner(entry), "entry": entry.code, "reason": refusal.reason}
                | {"text": refusal.text, **place}
            )
        self.seen.append((locator, entry.code, len(rows), len(refused)))

    def year(self, date: When | None) -> Row:
        """Return the columns of a date; without a printed year the edition's stands in."""
        if date is None or date.year is None:
            return {"year": self.edition, "year_basis": "edition", "period": None}
        return {"year": date.year, "year_basis": "printed", "period": date.period}


def read_entry(entry: Entry, reading: Reading) -> None:
    """Read every field of an entry into ``reading``."""
    for spec in INDICATORS:
        read_indicator(entry, spec, reading)
    if entry.kind in ("ocean", "aggregate"):
        return
    for direction, name in PARTNERS.items():
        _list(entry, name, "partners", reading, _partner_rows, direction=direction)
    for direction, name in COMMODITIES.items():
        _list(entry, name, "commodities", reading, _commodity_rows, direction=direction)
    for kind, name in GROUPS.items():
        read_groups(entry, kind, name, reading)
    read_borders(entry, reading)
    read_organisations(entry, reading)


def read_indicator(entry: Entry, spec: Spec, reading: Reading) -> None:
    """Read one indicator of an entry: every year printed, each with its own date."""
    node = entry.field(spec.section, spec.field)
    texts = list(_texts(node, spec))
    if not any(text.strip() for _, text in texts):
        return
    prices = _PRICES.search(note_of(node))
    spare = _spare_date(node) if spec.dated else None
    outcomes: list[Row | Refusal] = []
    for label, text in texts:
        found = _series(text, spec)
        for outcome in found:
            if isinstance(outcome, Figure):
                outcomes.append(_indicator_row(outcome, label, spare, spec, reading, len(found)))
            else:
                outcomes.append(outcome)
    year = int(prices[1]) if prices else None
    unit = spec.unit if year is None else f"{spec.unit}, prices of {year}"
    keys = {"indicator": spec.indicator, "unit": unit, "price_year": year}
    reading.take(_whole(entry, node), "indicators", spec.locator, outcomes, **keys)


def _series(text: str, spec: Spec) -> list[Figure | Refusal]:
    if spec.indicator == "exchange_rate":
        if not re.search(r"\d", re.sub(r"\([^()]*\)", "", text)):
            return []
        text = re.sub(r"^[^\d+]*per (?:US )?dollar\s*-?", "", text)
    return grammar.figures(text, spec.unit)


def _indicator_row(
    figure: Figure, label: int | None, spare: When | None, spec: Spec, reading: Reading, count: int
) -> Row | Refusal:
    date, basis = figure.when, "printed"
    if date.year is None and label is not None:
        date, basis = When(label, None, date.estimate), "field"
    elif date.year is None and spare is not None and count == 1:
        date, basis = When(spare.year, spare.period, spare.estimate or date.estimate), "field"
    elif label is not None and date.year != label:
        return Refusal("the label and the text give different years", f"{label}: {date.year}")
    if date.year is None and spec.dated:
        return Refusal("no year printed", f"{figure.value:.15g} {spec.unit}")
    if date.year is not None and not 1900 <= date.year <= reading.edition + 1:
        return Refusal("a year outside what the edition can know", f"{date.year}")
    columns = reading.year(date)
    if columns["year_basis"] == "printed":
        columns["year_basis"] = basis
    return {"value": figure.value, "estimate": date.estimate, **columns}


def _texts(node: Any, spec: Spec) -> Iterator[tuple[int | None, str]]:
    """Yield the texts of an indicator, with the year that the label of a sub-field gives."""
    if not isinstance(node, dict):
        return
    if spec.sub is not None:
        for key, value in node.items():
            if str(key).strip() == spec.sub:
                yield None, text_of(value)
        return
    yield None, text_of(node)
    for key, value in node.items():
        match = re.search(r" (\d{4})$", str(key))
        if match and isinstance(value, dict):
            yield int(match[1]), text_of(value)


def _spare_date(node: Any) -> When | None:
    """Return the one date printed at the end of a field's parts, for parts without their own."""
    if not isinstance(node, dict):
        return None
    texts = [text_of(value) for value in node.values()]
    dates = {date for text in texts if (date := grammar.closing_date(text)) and date.year}
    return dates.pop() if len(dates) == 1 else None


def _list(
    entry: Entry,
    name: str,
    table: str,
    reading: Reading,
    rows: Callable[[str, Reading], list[Row | Refusal]],
    **keys: Any,
) -> None:
    node = entry.field(_ECONOMY, name)
    text = text_of(node)
    if text.strip():
        outcomes = rows(text, reading)
        reading.take(_whole(entry, node), table, f"{_ECONOMY}: {name}", outcomes, **keys)


def _partner_rows(text: str, reading: Reading) -> list[Row | Refusal]:
    found, date = grammar.partners(text)
    columns = reading.year(date)
    total = sum(item.share or 0 for item in found if isinstance(item, Share))
    if total > 101:
        return [Refusal("shares that add up to more than 101", text)]
    rows: list[Row | Refusal] = []
    for rank, item in enumerate(found, start=1):
        if isinstance(item, Refusal):
            rows.append(item)
            continue
        state, reason = partner(item.name, columns["year"])
        if item.share is None:
            reason = reason or "no share printed"
        rows.append(
            {"rank": rank, "partner": state, "name": item.name, "share": item.share}
            | {"reason": reason, "estimate": bool(date and date.estimate), **columns}
        )
    return rows


def _commodity_rows(text: str, reading: Reading) -> list[Row | Refusal]:
    columns = reading.year(grammar.closing_date(grammar.clean(text)))
    rows: list[Row | Refusal] = []
    for rank, item in enumerate(grammar.commodities(text), start=1):
        if isinstance(item, Refusal):
            rows.append(item)
        else:
            rows.append({"rank": rank, "commodity": item.name, "share": item.share, **columns})
    return rows


def read_groups(entry: Entry, kind: str, name: str, reading: Reading) -> None:
    """Read the languages, ethnic groups or religions of an entry, with sub-groups."""
    node = entry.field(_PEOPLE, name)
    inner = node.get(name, node) if isinstance(node, dict) else node
    text = " ".join(grammar.clean(text_of(inner)).split())
    if not text:
        return
    date = grammar.closing_date(text)
    if date is not None:
        text = text[: text.rindex("(")].strip()
    columns = {**reading.year(date), "estimate": bool(date and date.estimate)}
    rows: list[Row | Refusal] = []
    for rank, item in enumerate(grammar.shares(text), start=1):
        if isinstance(item, Refusal):
            rows.append(item)
            continue
        rows.append(
            {"rank": rank, "name": item.name, "parent": item.parent, "share": item.share}
            | {"low": item.low, "high": item.high, "official": item.official, **columns}
        )
    reading.take(_whole(entry, node), "groups", f"{_PEOPLE}: {name}", rows, group=kind)


def read_borders(entry: Entry, reading: Reading) -> None:
    """Read the land borders of an entry, segment by segment, as that entry gives them."""
    node = entry.field(_LAND, "Land boundaries")
    for key, value in node.items() if isinstance(node, dict) else ():
        title = re.sub(r"\s*\(\d+\)\s*$", "", str(key)).strip()
        if title not in BORDER_LISTS or not text_of(value).strip():
            continue
        rows: list[Row | Refusal] = []
        for segment in grammar.borders(text_of(value)):
            if isinstance(segment, Refusal):
                rows.append(segment)
                continue
            state, reason = partner(segment.name, reading.edition)
            rows.append(
                {"neighbour": state, "name": segment.name, "length": segment.length}
                | {"reason": reason, **reading.year(None)}
            )
        reading.take(entry, "borders", f"{_LAND}: Land boundaries: {title}", rows)


def read_organisations(entry: Entry, reading: Reading) -> None:
    """Read the organisations an entry lists, with the status printed in brackets."""
    text = text_of(entry.field("Government", ORGANISATIONS))
    if not text.strip():
        return
    rows: list[Row | Refusal] = [
        item
        if isinstance(item, Refusal)
        else {"organisation": item[0], "status": item[1], **reading.year(None)}
        for item in grammar.participations(text)
    ]
    reading.take(entry, "memberships", f"Government: {ORGANISATIONS}", rows)


def _owner(entry: Entry) -> Row:
    if entry.kind == "aggregate":
        return {"aggregate": "EU" if entry.code == "ee" else "WORLD"}
    return {"state": entry.state, "part": entry.part}


def _whole(entry: Entry, node: Any) -> Entry:
    """Return the entry for the whole state where a field of a part says that it covers both."""
    other = _OTHER_PART.get(entry.part or "")
    if other is None or not isinstance(node, dict):
        return entry
    said = f"{text_of(node)} {note_of(node)}"
    if re.search(rf"\binclud\w+\b[^.;]*{other}", said):
        return Entry(entry.code, entry.state, None, entry.kind, entry.sections)
    return entry

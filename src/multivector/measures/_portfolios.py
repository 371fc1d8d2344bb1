"""Flows, seats and alliances as evidence for a portfolio: amounts with each pole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.cache import once
from multivector.measures._ballots import Members
from multivector.measures.clubs import seats
from multivector.measures.partners import REPORTS
from multivector.names.organisations import bodies
from multivector.names.spells import BOUND
from multivector.tables import Flows, Memberships, Organisations, Treaties

Array = NDArray[np.float64]

COMPONENTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "trade": (("exports", "imports"),),
    "finance": (("investment_out",), ("investment_in",), ("finance_in",)),
    "security": (("arms_imports",), ("arms_exports",)),
    "people": (
        ("students_out",),
        ("students_in",),
        ("visits_out",),
        ("visits_received",),
        ("diplomats_out",),
        ("diplomats_received",),
    ),
}
_RECEIVED = {"visits_out": "visits_received", "diplomats_out": "diplomats_received"}
_ONE_SIDED = ("finance", "people")
ARMS_YEARS = 5


@dataclass(frozen=True)
class Amounts:
    """Amounts (units, poles) of each component of a domain in one period.

    A unit is what is drawn again in the bootstrap: a product. ``totals`` are the amounts with
    everybody. ``critical`` counts, by pole, products of which the pole sells more than half.
    ``listed`` says that only main partners are known, so that a pole may be missing.
    """

    parts: tuple[Array, ...]
    totals: tuple[float, ...]
    critical: tuple[int, ...] | None = None
    listed: bool = False

    @property
    def n(self) -> int:
        """Return how many amounts there are."""
        return int(sum((part > 0).sum() for part in self.parts))

    @property
    def reach(self) -> float | None:
        """Return the share of the activity that is with a pole at all, over the components."""
        shares = [p.sum() / t for p, t in zip(self.parts, self.totals, strict=True) if t > 0]
        return float(np.mean(shares)) if shares else None

    @property
    def sampled(self) -> bool:
        """Return whether there are units to draw again."""
        return any(len(part) > 1 for part in self.parts)

    def shares(self, replicates: int, random: np.random.Generator, keep: list[int]) -> Array:
        """Return shares (1 + replicates, kept poles), the mean of the components' shares."""
        size = 1 + replicates if self.sampled else 1
        found = []
        for part in self.parts:
            times = np.ones((1, len(part)))
            if size > 1:
                even = np.full(len(part), 1 / len(part))
                times = np.concatenate([times, random.multinomial(len(part), even, replicates)])
            sums = times @ part[:, keep]
            total = sums.sum(axis=1, keepdims=True)
            found.append(np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan))
        known = ~np.isnan(np.array(found))
        count = known.sum(axis=0)
        mean = np.nansum(found, axis=0) / np.maximum(count, 1)
        mean[count == 0] = np.nan
        return np.asarray(mean)


def of_flows(
    rows: pl.DataFrame, domain: str, poles: tuple[str, ...], years: tuple[int, int]
) -> Amounts | None:
    """Return a domain's amounts from the state's own flows, made ready by `own_flows`.

    Lists of finance and exchange name some partners only, so that a component in which a single
    pole is recorded does not tell whether the others are none or unknown; it is not taken.
    """
    present = set(rows["flow"].unique())
    if not any(present.intersection(kinds) for kinds in COMPONENTS[domain]):
        return None
    start = years[0]
    if domain == "security":
        start = min(start, years[1] - ARMS_YEARS + 1)
    within = rows.filter(pl.col("year").is_between(start, years[1]))
    parts: list[Array] = []
    totals: list[float] = []
    critical, listed = None, False
    for kinds in COMPONENTS[domain]:
        if present.isdisjoint(kinds):
            continue
        taken = within.filter(pl.col("flow").is_in(kinds))
        groups = [taken]
        if (taken["unit"] == "percent").any():
            groups = [taken.filter(pl.col("flow") == kind) for kind in kinds]
            listed = True
        for group in groups:
            part = _units(group, poles)
            least = 2 if domain in _ONE_SIDED else 1
            if (part.sum(axis=0) > 0).sum() >= least:
                parts.append(part)
                totals.append(_total(group))
        if domain == "trade":
            critical = _critical(taken, poles)
    return Amounts(tuple(parts), tuple(totals), critical, listed) if parts else None


def own_flows(flows: Flows, state: str, poles: tuple[str, ...], members: Members) -> pl.DataFrame:
    """Return a state's flows, one report a year and kind, with the pole each partner belongs to.

    Columns: year, flow, product, unit, value, partner, pole (null: none).
    """
    kinds = [kind for domain in COMPONENTS.values() for part in domain for kind in part]
    own = flows.filter(pl.col("state") == state)
    received = flows.filter(
        (pl.col("partner") == state) & pl.col("flow").is_in(list(_RECEIVED))
    ).with_columns(state="partner", partner="state", flow=pl.col("flow").replace(_RECEIVED))
    own = pl.concat([own, received.select(own.columns)])
    own = own.filter(pl.col("flow").is_in(kinds) & (pl.col("value") > 0)).with_columns(
        rank=pl.col("reported_by").replace_strict(REPORTS, return_dtype=pl.Int8)
    )
    own = own.filter(pl.col("rank") == pl.col("rank").min().over("year", "flow"))
    whole = pl.col("product").is_null()
    own = own.filter(~(whole & (~whole).any().over("year", "flow")))
    listed = [(pole, year, code) for pole, spell in members.items()
              for year, codes in spell.items() for code in sorted(codes)]  # fmt: skip
    schema = {"pole": pl.String, "year": pl.Int64, "partner": pl.String}
    single = pl.col("partner").is_in([p for p in poles if p not in members])
    within = own.join(
        pl.DataFrame(listed, schema=schema, orient="row"), on=["year", "partner"], how="left"
    )
    columns = ("year", "flow", "product", "unit", "value", "partner")
    pole = pl.coalesce(pl.when(single).then(pl.col("partner")), pl.col("pole"))
    return within.select(*columns, pole=pole)


def one_sided(flows: Flows, poles: tuple[str, ...], members: Members) -> dict[str, list[str]]:
    """Return kinds of flow whose data leave out some pole altogether, and which.

    A data set on one donor's finance, or on one power's visits, says nothing about shares.
    """
    kinds = {kind for domain in _ONE_SIDED for part in COMPONENTS[domain] for kind in part}
    sides = {}
    kinds &= set(flows["flow"].unique())
    for kind, column in [(k, "partner") for k in sorted(kinds - set(_RECEIVED.values()))] + [
        (k, "state") for k in sorted(_RECEIVED)
    ]:
        seen = set(flows.filter(pl.col("flow") == kind)[column].unique())
        if seen:
            sides[kind if column == "partner" else _RECEIVED[kind]] = seen
    missing = {}
    for kind, seen in sides.items():
        holders = {p: set().union(*members[p].values()) if p in members else {p} for p in poles}
        lost = [pole for pole in poles if not holders[pole] & seen]
        if lost:
            missing[kind] = lost
    return missing


def of_seats(
    memberships: Memberships,
    organisations: Organisations | None,
    state: str,
    poles: tuple[str, ...],
    members: Members,
    year: int,
) -> Amounts | None:
    """Return seats beside each pole on 31 December, each of the organisation's depth and level.

    A bloc sits where it is listed itself or where at least half of its members sit.
    """
    table = seats(bodies(memberships), year, weights="levels")
    own = table.filter(pl.col("state") == state)
    if own.is_empty():
        return None
    depth = _depths(organisations)
    held: dict[str, dict[str, float]] = {}
    for organisation, code, seat in table.select("organisation", "state", "seat").iter_rows():
        held.setdefault(organisation, {})[code] = seat
    rows, total = [], 0.0
    for organisation, seat in own.select("organisation", "seat").iter_rows():
        weight = seat * depth.get(organisation, 1.0)
        there = held[organisation]
        levels = [_level(pole, organisation, there, members, year) for pole in poles]
        rows.append([weight * level for level in levels])
        total += weight * (1.0 if any(levels) else 0.0)
    part = np.array(rows)
    if not part.sum():
        return None
    everything = sum(
        seat * depth.get(o, 1.0) for o, seat in own.select("organisation", "seat").iter_rows()
    )
    return Amounts((part.sum(axis=0, keepdims=True),), (float(part.sum() * everything / total),))


def of_alliances(
    treaties: Treaties,
    state: str,
    poles: tuple[str, ...],
    members: Members,
    years: tuple[int, int],
) -> Array | None:
    """Return 1 for each pole with which an alliance was in force in the period, or null if none."""
    parties = once(treaties, "alliances", lambda: _alliances(treaties))
    bound = [
        [code for code, start, end in spells if start <= years[1] and (end or years[0]) >= years[0]]
        for spells in parties.get(state, ())
    ]
    allies = {code for codes in bound if state in codes for code in codes} - {state}
    found = []
    for pole in poles:
        spell = members.get(pole)
        codes = {pole} if spell is None else set(spell.get(years[1], ()))
        found.append(float(bool(codes) and 2 * len(codes & allies) > len(codes)))
    return np.array([found]) if any(found) else None


def _alliances(treaties: Treaties) -> dict[str, list[list[tuple[str, int, int | None]]]]:
    """Return the alliances a state was ever in, each as its parties with first and last year."""
    rows = treaties.filter((pl.col("field") == "alliance") & pl.col("start").is_not_null()).select(
        "treaty", "state", BOUND.first_year.alias("start"), BOUND.last_year.alias("end")
    )
    spells: dict[str, list[tuple[str, int, int | None]]] = {}
    for treaty, code, start, end in rows.iter_rows():
        spells.setdefault(treaty, []).append((code, start, end))
    found: dict[str, list[list[tuple[str, int, int | None]]]] = {}
    for parties in spells.values():
        for code in dict.fromkeys(code for code, _, _ in parties):
            found.setdefault(code, []).append(parties)
    return found


def with_part(amounts: Amounts | None, part: Array | None) -> Amounts | None:
    """Return amounts with a further component, whose total is its own sum."""
    if part is None:
        return amounts
    if amounts is None:
        return Amounts((part,), (float(part.sum()),))
    totals = (*amounts.totals, float(part.sum()))
    return replace(amounts, parts=(*amounts.parts, part), totals=totals)


def _units(rows: pl.DataFrame, poles: tuple[str, ...]) -> Array:
    """Return sums (products, poles); one unit where the flows come without products."""
    found = np.zeros((max(rows["product"].n_unique(), 1), len(poles)))
    place = {product: i for i, product in enumerate(sorted(rows["product"].unique(), key=str))}
    sums = rows.filter(pl.col("pole").is_in(poles)).group_by("product", "pole").agg(
        pl.col("value").sum()
    )  # fmt: skip
    for product, pole, value in sums.sort("pole").iter_rows():
        found[place[product], poles.index(pole)] = value
    return found


def _total(rows: pl.DataFrame) -> float:
    """Return the amount with everybody; percentages are of 100 a year."""
    if rows["unit"].n_unique() == 1 and rows["unit"][0] == "percent":
        return 100.0 * rows["year"].n_unique()
    each = rows.unique(["year", "flow", "product", "partner"], maintain_order=True)
    return float(each["value"].sum())


def _critical(rows: pl.DataFrame, poles: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return how many imported products come from each pole by more than half; null if unknown."""
    bought = rows.filter((pl.col("flow") == "imports") & pl.col("product").is_not_null())
    if bought.is_empty():
        return None
    totals = bought.group_by("product").agg(total=pl.col("value").sum())
    each = bought.group_by("product", "pole").agg(pl.col("value").sum()).join(totals, on="product")
    held = each.filter(2 * pl.col("value") > pl.col("total"))["pole"].to_list()
    return tuple(held.count(pole) for pole in poles)


def _depths(organisations: Organisations | None) -> dict[str, float]:
    if organisations is None:
        return {}
    steps = pl.max_horizontal("trade_depth", "money_depth").fill_null(0)
    rows = organisations.select("organisation", depth=1.0 + steps)
    return {organisation: float(depth) for organisation, depth in rows.iter_rows()}


def _level(
    pole: str, organisation: str, there: Mapping[str, float], members: Members, year: int
) -> float:
    """Return the level at which a pole sits in an organisation, 0 for none."""
    if pole == organisation:
        return 0.0
    if pole in there or pole not in members:
        return there.get(pole, 0.0)
    codes = members[pole].get(year, frozenset())
    levels = [there[code] for code in codes if code in there]
    return float(np.mean(levels)) if codes and 2 * len(levels) >= len(codes) else 0.0

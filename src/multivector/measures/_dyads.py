"""Pairs of states year by year: who is tied by an organisation, and what flows between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import polars as pl

from multivector.errors import BadValue, MissingData, choices
from multivector.measures._options import require
from multivector.measures.clubs import FULL
from multivector.measures.partners import REPORTS
from multivector.names.spells import SEATS, of_organisation
from multivector.tables import MEMBERSHIPS, Flows, Memberships

Status = Literal["member", "observer", "dialogue_partner"]
Direction = Literal["exports", "imports"]


def holders(memberships: Memberships, organisation: str, years: Iterable[int]) -> pl.DataFrame:
    """Return who sits in an organisation on 31 December: ``state``, ``year``, ``full``, ``status``.

    Of several spells on one day a full membership counts before any other status.
    """
    rows = MEMBERSHIPS.conform(of_organisation(memberships, organisation))
    held = SEATS.by_year(rows, years).with_columns(full=pl.col("status").is_in(FULL))
    return (
        held.sort("state", "year", "full", "status", descending=[False, False, True, False])
        .unique(["state", "year"], keep="first", maintain_order=True)
        .select("state", "year", "full", "status")
    )


def tied(
    memberships: Memberships, organisation: str, years: Iterable[int], status: Status = "member"
) -> pl.DataFrame:
    """Return the pairs tied in each year: ``state_a`` < ``state_b``, ``year``.

    ``"member"``: both are full members. Any other status: one is a full member and the other holds
    that status.
    """
    require("status", status, ("member", "observer", "dialogue_partner"))
    held = holders(memberships, organisation, years)
    full = held.filter("full").select("year", a="state")
    other = full if status == "member" else held.filter(pl.col("status") == status)
    if status != "member":
        other = other.select("year", a="state")
    both = full.join(other.rename({"a": "b"}), on="year").filter(pl.col("a") != pl.col("b"))
    return (
        both.select(
            state_a=pl.min_horizontal("a", "b"), state_b=pl.max_horizontal("a", "b"), year="year"
        )
        .unique()
        .sort("state_a", "state_b", "year")
    )


def directed(
    flows: Flows, flow: str, years: tuple[int, int] | None, *, wanted: str = "flows"
) -> pl.DataFrame:
    """Return totals from exporter to importer: ``exporter``, ``importer``, ``year``, ``value``.

    Imports are turned round. Of several reports of a flow the reconciled one counts, else the
    state's own; missing values are left out.

    Raises
    ------
    MissingData
        If there is no such flow.
    BadValue
        If a flow is negative.
    """
    turned = flow in ("imports", "investment_in", "arms_imports", "students_in", "finance_in")
    rows = flows.filter(
        (pl.col("flow") == flow) & pl.col("product").is_null() & pl.col("value").is_not_null()
    )
    if years is not None:
        rows = rows.filter(pl.col("year").is_between(*years))
    if rows.is_empty():
        found = flows["flow"].unique().sort().to_list()
        raise MissingData(
            f"there are no totals of {flow!r} in the {wanted} and years asked for; expected some "
            f"(the table holds {choices(found) or 'nothing'}); add a data set or ask for others"
        )
    negative = rows.filter(pl.col("value") < 0)
    if negative.height:
        first = negative.sort("state", "partner", "year").row(0, named=True)
        raise BadValue(
            f"{negative.height} {flow} are negative, first {first['state']} to {first['partner']} "
            f"in {first['year']} ({first['value']}); expected zero or more; correct the rows"
        )
    ends = ("partner", "state") if turned else ("state", "partner")
    return (
        rows.with_columns(rank=pl.col("reported_by").replace_strict(REPORTS, default=3))
        .sort("state", "partner", "year", "rank", "source")
        .unique(["state", "partner", "year"], keep="first", maintain_order=True)
        .select(exporter=ends[0], importer=ends[1], year="year", value="value")
        .sort("exporter", "importer", "year")
    )


def with_zeros(table: pl.DataFrame) -> pl.DataFrame:
    """Return directed totals with 0 for pairs that are absent in a year in which both trade."""
    traders = pl.concat(
        [table.select("year", state="exporter"), table.select("year", state="importer")]
    ).unique()
    grid = traders.rename({"state": "exporter"}).join(
        traders.rename({"state": "importer"}), on="year"
    )
    known = table.filter(pl.col("exporter") == pl.col("importer")).select("exporter", "year")
    home = pl.col("exporter") == pl.col("importer")
    grid = pl.concat([grid.filter(~home), grid.filter(home).join(known, on=["exporter", "year"])])
    return (
        grid.join(table, on=["exporter", "importer", "year"], how="left")
        .with_columns(pl.col("value").fill_null(0.0))
        .select("exporter", "importer", "year", "value")
        .sort("exporter", "importer", "year")
    )


def undirected(table: pl.DataFrame) -> pl.DataFrame:
    """Return directed totals added up to pairs: ``state_a`` < ``state_b``, ``year``, ``value``."""
    abroad = table.filter(pl.col("exporter") != pl.col("importer"))
    return (
        abroad.select(
            "year",
            "value",
            state_a=pl.min_horizontal("exporter", "importer"),
            state_b=pl.max_horizontal("exporter", "importer"),
        )
        .group_by("state_a", "state_b", "year")
        .agg(pl.col("value").sum())
        .sort("state_a", "state_b", "year")
    )


def numbered(*columns: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return whole numbers from 0, one for each distinct combination of values, in sorted order."""
    frame = pl.DataFrame({str(i): column for i, column in enumerate(columns)})
    keys = frame.unique().sort(frame.columns).with_row_index("code")
    found = frame.join(keys, on=frame.columns, how="left", maintain_order="left")
    return found["code"].to_numpy().astype(np.int64)

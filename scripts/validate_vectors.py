"""Compare the Multi-Vector Index with outside measures; print the tables of the validation page.

Usage: python scripts/validate_vectors.py country_year_anchor.csv[.gz] fbic_extract.csv[.gz]

The first is the country-year table of Minhas and CSIS's Dynamic Alignment Observatory, the second
the extract of FBIC: capacity of China (fbic, bandwidth) and of two groups of Western states.
"""

from __future__ import annotations

import sys

import polars as pl
from scipy.stats import spearmanr

import multivector as mv
from multivector.errors import MultivectorError
from multivector.measures.multivector_index import multivector_index

POLES = ("USA", "EU", "RUS", "CHN")
YEARS = (2014, 2020)
KNOWN = ("SYR", "BLR", "KAZ", "SRB", "IND", "VNM", "TKM", "UZB", "ARM", "TUR", "HUN", "UKR")


def tables(workspace: mv.Workspace) -> dict[str, pl.DataFrame]:
    names = (
        "split_votes",
        "joint_votes",
        "ideal_points",
        "flows",
        "memberships",
        "organisations",
        "indicators",
    )
    found = {name: workspace.table(name).frame for name in names}
    return {
        name: frame.filter(pl.col("year").is_between(2010, 2024))
        if name == "joint_votes"
        else frame
        for name, frame in found.items()
    }


def indices(workspace: mv.Workspace) -> dict[str, pl.DataFrame]:
    given = tables(workspace)
    parts: dict[str, list[pl.DataFrame]] = {"index": [], "shares": [], "domains": []}
    for state in workspace.states()["state"]:
        if state in POLES:
            continue
        own = {**given, "flows": given["flows"].filter(state=state)}
        try:
            found = multivector_index(**own, state=state, poles=POLES, years=YEARS, draws=200)
        except MultivectorError:
            continue
        for name, rows in parts.items():
            rows.append(getattr(found, name))
    return {name: pl.concat(rows) for name, rows in parts.items()}


def rho(frame: pl.DataFrame, a: str, b: str) -> tuple[float, int]:
    both = frame.select(a, b).drop_nulls()
    return float(spearmanr(both[a], both[b]).statistic), both.height


def wide(shares: pl.DataFrame, domain: str) -> pl.DataFrame:
    own = shares.filter(domain=domain).pivot("pole", index="state", values="value")
    return own.select("state", *(pl.col(p).alias(f"{domain}_{p}") for p in POLES))


def structure(workspace: mv.Workspace) -> pl.DataFrame:
    rows = workspace.table("indicators").frame.filter(pl.col("year").is_between(*YEARS))
    mean = rows.group_by("state", "indicator").agg(pl.col("value").mean())
    table = mean.pivot("indicator", index="state", values="value")
    totals = workspace.table("vote_totals").frame.filter(
        (pl.col("universe") == "all")
        & (pl.col("issue") == "all")
        & pl.col("year").is_between(*YEARS)
    )
    cast = pl.sum_horizontal("yes", "abstain", "no")
    part = totals.group_by("state").agg(
        (cast.sum() / (cast + pl.col("absent")).sum()).alias("taking_part")
    )
    openness = (pl.col("exports") + pl.col("imports")) / pl.col("gdp")
    return table.select("state", "gdp", openness=openness).join(
        part, on="state", how="full", coalesce=True
    )


def print_table(title: str, rows: list[tuple[object, ...]]) -> None:
    print(f"\n## {title}")
    for row in rows:
        cells = (f"{c:.3f}" if isinstance(c, float) else str(c) for c in row)
        print("| " + " | ".join(cells) + " |")


def main(anchor: str, fbic: str) -> None:
    workspace = mv.Workspace()
    found = indices(workspace)
    index, shares = found["index"], found["shares"]
    print_table(
        "coverage",
        [(index.height, index["value"].null_count(), *index["domains"].value_counts().rows())],
    )
    known = index.filter(pl.col("state").is_in(KNOWN)).sort("value")
    columns = ("state", "value", "low", "high", "effective_vectors", "alpha", "beta", "dominance",
               "dominant", "tilt", "label", "domains")  # fmt: skip
    print_table("known groups", known.select(columns).rows())
    ranked = index.drop_nulls("value").sort("value")
    place = ranked.with_row_index("rank", 1).filter(pl.col("state").is_in(KNOWN))
    print_table("places", place.select("state", "rank").rows())
    votes = found["domains"].filter(domain="votes").sort("value").with_row_index("rank", 1)
    alone = votes.filter(pl.col("state").is_in(KNOWN))
    columns = ("state", "rank", "value", "low", "high", "dominant", "dominance", "absence")
    print_table("votes alone", alone.select(columns).rows())
    print_table(
        "refused",
        [(index.filter(pl.col("label").is_null()).height, index["label"].value_counts().rows())],
    )
    table = index.select("state", "value", "effective_vectors", "tilt", "dominance")
    for domain in ("votes", "trade", "institutions", "all"):
        table = table.join(wide(shares, domain), on="state", how="left")
    own = pl.read_csv(anchor, infer_schema_length=None, null_values=["NA"]).filter(
        pl.col("year").is_between(*YEARS)
    )
    own = own.group_by(state="country").agg(
        pl.col(
            "alignment_with_US", "alignment_with_China", "trade_share_US", "trade_share_China"
        ).mean()
    )
    table = (
        table.join(own, on="state", how="left")
        .with_columns(
            lean=pl.col("alignment_with_US") - pl.col("alignment_with_China"),
            own_lean=pl.col("votes_USA")
            + pl.col("votes_EU")
            - pl.col("votes_RUS")
            - pl.col("votes_CHN"),
        )
        .with_columns(balance=1 - pl.col("lean").abs())
    )
    print_table("CSIS", [
        ("lean of the votes' shares ~ alignment US - China", *rho(table, "own_lean", "lean")),
        ("MVI ~ 1 - |alignment US - China|", *rho(table, "value", "balance")),
        ("trade share CHN ~ CSIS trade share China", *rho(table, "trade_CHN", "trade_share_China")),
        ("trade share USA ~ CSIS trade share US", *rho(table, "trade_USA", "trade_share_US")),
    ])  # fmt: skip
    power = pl.read_csv(fbic, infer_schema_length=None, null_values=["NA"])
    power = power.filter(pl.col("year").is_between(*YEARS))
    numbers = [c for c in power.columns if power[c].dtype == pl.Float64]
    power = power.group_by(state="iso3c").agg(pl.col(numbers).mean())
    table = table.join(power, on="state", how="left")
    print_table("FBIC", [
        (f"{ours} ~ {theirs}", *rho(table, ours, theirs))
        for theirs in numbers for ours in ("all_CHN", "trade_CHN", "value", "dominance")
    ])  # fmt: skip
    table = table.join(structure(workspace), on="state", how="left")
    print_table(
        "discriminant", [(c, *rho(table, "value", c)) for c in ("gdp", "openness", "taking_part")]
    )
    events(workspace)


def events(workspace: mv.Workspace) -> None:
    split = workspace.compute("splits", state="KAZ", poles=("RUS", "CHN"), by="year").frame
    print_table(
        "RU-CN splits",
        split.filter(pl.col("start") >= 2010).select("start", "n", "n_a", "n_b").rows(),
    )
    for state in ("KAZ", "UZB", "TKM", "BLR", "ARM", "TUR", "SRB", "IND", "VNM"):
        found = workspace.compute(
            "multivector_index", state=state, poles=POLES, years=(2010, 2024), by="year",
            domains=("votes",), draws=200,
        ).frame  # fmt: skip
        print_table(
            state, found.select("start", "value", "low", "high", "effective_vectors").rows()
        )


if __name__ == "__main__":
    main(*sys.argv[1:])

r"""How deep the integration is that organisations and their agreements promise, hold and carry out.

Depth is read on scales that are never added: the step of an organisation on the ladder of trade and
on the ladder of money, and DESTA's count of provisions for each trade agreement. Two organisations
are comparable only where one is at least as deep on every scale; otherwise neither is deeper. On
each scale three stages are kept apart, for an agreement that is signed need not be in force, and
one in force need not be carried out.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from multivector.errors import BadValue, UnknownOrganisation, choices
from multivector.measures._options import require
from multivector.tables import (
    INSTITUTIONAL_DEPTHS,
    ORGANISATION_TREATIES,
    ORGANISATIONS,
    STAGES,
    TREATIES,
    TREATY_DEPTHS,
    InstitutionalDepths,
    Organisations,
    OrganisationTreaties,
    Table,
    Treaties,
    TreatyDepths,
)

__all__ = ["depth"]

_LADDERS = {"trade": "trade_depth", "money": "money_depth"}


def depth(
    organisations: Organisations,
    organisation_treaties: OrganisationTreaties | None = None,
    treaties: Treaties | None = None,
    treaty_depths: TreatyDepths | None = None,
    *,
    years: tuple[int, int] | None = None,
    organisation: str | None = None,
    stage: Literal["declared", "in_force", "implemented"] = "declared",
) -> InstitutionalDepths:
    r"""Depth of an organisation and its agreements in a year: declared, in force and implemented.

    .. math:: d^{k}_{ost} = \begin{cases} D_{os} & t \ge t^{k}_{o} \\ \text{null} & \text{else}
              \end{cases} \qquad D_{o,\mathrm{desta}} = \sum_{j=1}^{7} 1[\text{provision } j]

    with :math:`s` the scale (trade, money, desta), :math:`k` the stage and :math:`t^k` the year in
    which it is reached: signature, entry into force, implementation. A step on a ladder is reached
    with the founding treaty; declared, without such a treaty, with the organisation's foundation.
    Scales are not added: :math:`a` is deeper than :math:`b` only if
    :math:`d_{as} \ge d_{bs}` on all scales and more on one.

    Parameters
    ----------
    organisations : Organisations
        Steps on the two ladders, years of foundation and dissolution.
    organisation_treaties : OrganisationTreaties, optional
        Which agreements are an organisation's own, and when they were carried out where a source
        says so.
    treaties : Treaties, optional
        Years of signature and of entry into force; of several releases the last by name counts.
    treaty_depths : TreatyDepths, optional
        Depth of agreements; of several releases the last by name counts.
    years : tuple of int, optional
        First and last year; by default from the first signature or foundation to the last year
        that any of the tables names. No row stands before the first or after the dissolution.
    organisation : str, optional
        Only this organisation.
    stage : {"declared", "in_force", "implemented"}
        The stage that ``value`` repeats.

    Returns
    -------
    InstitutionalDepths
        Steps: trade 1 preferential area, 2 free trade area, 3 customs union, 4 common market,
        5 economic union, 6 political union; desta 0 to 7 provisions. Null where no source gives
        the depth, where the stage is not reached, or where no source says whether it is:
        ``stage`` names the furthest that is shown. ``n`` counts the statements a row rests on: the
        depth, the dates, the implementation.

    Raises
    ------
    BadValue
        If the stage is not known, or the last year is before the first.
    UnknownOrganisation
        If the organisation is not in the table.

    References
    ----------
    Dür, A., Baccini, L. and Elsig, M. (2014). The design of international trade agreements:
        introducing a new dataset. The Review of International Organizations 9(3).
    Hancock, K. J. (2009). Regional Integration: Choosing Plutocracy. Palgrave Macmillan.

    Examples
    --------
    >>> club = pl.DataFrame({"organisation": ["EAEU"], "name_en": ["Eurasian Economic Union"],
    ...     "founded": ["2015-01-01"], "field": ["economic"], "trade_depth": [4],
    ...     "source": ["x@1"], "locator": ["p. 1"]})
    >>> link = pl.DataFrame({"organisation": ["EAEU"], "treaty": ["desta-1040"],
    ...     "role": ["founding"], "source": ["y@1"], "locator": ["number 1040"]})
    >>> treaty = pl.DataFrame({"treaty": ["desta-1040"], "state": ["KAZ"], "name": ["EAEU"],
    ...     "field": ["trade"], "signed": ["2014"], "start": ["2015"], "source": ["y@1"],
    ...     "locator": ["number 1040"]})
    >>> found = depth(club, link, treaty, years=(2014, 2015)).filter(pl.col("scale") == "trade")
    >>> found.select("year", "declared", "in_force", "implemented").rows()
    [(2014, 4, None, None), (2015, 4, 4, None)]
    """
    _refuse(stage, years)
    clubs = _clubs(organisations, organisation)
    agreements = _agreements(clubs, organisation_treaties, treaties, treaty_depths)
    spells = pl.concat([_steps(clubs, agreements), _provisions(agreements)])
    span = _span(years, organisations, organisation_treaties, treaties, treaty_depths)
    return _by_year(spells, span, stage)


def _refuse(stage: str, years: tuple[int, int] | None) -> None:
    require("stage", stage, STAGES)
    if years is not None and years[0] > years[1]:
        raise BadValue(
            f"the years {years[0]} to {years[1]} run backwards; expected the first and the last "
            "year; give the earlier first"
        )


def _year(column: str) -> pl.Expr:
    """Return the year of a date that may be partial."""
    return pl.col(column).str.slice(0, 4).cast(pl.Int64)


def _clubs(organisations: Organisations, organisation: str | None) -> pl.DataFrame:
    rows = ORGANISATIONS.conform(organisations)
    if organisation is not None:
        known = rows["organisation"].sort().to_list()
        rows = rows.filter(pl.col("organisation") == organisation)
        if rows.is_empty():
            raise UnknownOrganisation(
                f"there is no organisation {organisation!r} in the table; expected one of "
                f"{choices(known, 40) or 'none'}; choose one of these"
            )
    return rows.select(
        "organisation",
        *_LADDERS.values(),
        founded=_year("founded"),
        dissolved=_year("dissolved"),
    )


def _given(declared: Table, frame: pl.DataFrame | None) -> pl.DataFrame:
    return declared.empty() if frame is None else declared.conform(frame)


def _agreements(
    clubs: pl.DataFrame,
    links: OrganisationTreaties | None,
    treaties: Treaties | None,
    depths: TreatyDepths | None,
) -> pl.DataFrame:
    """Return the organisations' own agreements with their dates and depth, one a row."""
    linked = (
        ORGANISATION_TREATIES.empty() if links is None else ORGANISATION_TREATIES.conform(links)
    )
    listed = TREATIES.empty() if treaties is None else TREATIES.conform(treaties)
    coded = TREATY_DEPTHS.empty() if depths is None else TREATY_DEPTHS.conform(depths)
    newest = pl.col("source") == pl.col("source").max().over("treaty")
    dates = (
        listed.filter(newest)
        .group_by("treaty")
        .agg(signed=_year("signed").min(), entered=_year("start").min())
        .with_columns(dated=pl.lit(1))
    )
    index = coded.filter(newest).select("treaty", coded="depth", printed="year")
    return (
        linked.select("organisation", "treaty", "role", "note", implemented=_year("implemented"))
        .join(clubs, on="organisation")
        .join(dates, on="treaty", how="left")
        .join(index, on="treaty", how="left")
        .with_columns(
            pl.coalesce("signed", "printed", "entered").alias("signed"),
            pl.col("dated").fill_null(0),
        )
    )


def _steps(clubs: pl.DataFrame, agreements: pl.DataFrame) -> pl.DataFrame:
    """Return the step of every organisation on both ladders, dated by its founding treaty."""
    founding = (
        agreements.filter(pl.col("role") == "founding")
        .sort("signed", "treaty", nulls_last=True)
        .unique("organisation", keep="first", maintain_order=True)
        .select("organisation", "signed", "entered", "implemented", "dated", "note")
    )
    steps = clubs.join(founding, on="organisation", how="left").with_columns(
        first=pl.min_horizontal("signed", "founded"), dated=pl.col("dated").fill_null(0)
    )
    parts = [
        steps.with_columns(scale=pl.lit(scale), treaty=pl.lit(None, pl.String), depth=pl.col(step))
        for scale, step in _LADDERS.items()
    ]
    return _spells(pl.concat(parts)).with_columns(placed=pl.col("depth").is_not_null())


def _provisions(agreements: pl.DataFrame) -> pl.DataFrame:
    """Return DESTA's index of every agreement of an organisation."""
    by_index = agreements.with_columns(scale=pl.lit("desta"), depth="coded", first="signed")
    return _spells(by_index).with_columns(placed=pl.lit(value=True))


def _spells(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what both kinds of scale have in common."""
    said = pl.col("depth").is_not_null().cast(pl.Int64)
    return frame.select(
        "organisation",
        "scale",
        "treaty",
        pl.col("depth").cast(pl.Int64),
        "first",
        "entered",
        "implemented",
        "dissolved",
        "note",
        n=said + pl.col("dated") + pl.col("implemented").is_not_null(),
    )


def _span(years: tuple[int, int] | None, *frames: pl.DataFrame | None) -> tuple[int, int] | None:
    """Return the years asked for, or the first and the last that the tables name."""
    if years is not None:
        return years
    named = [
        frame.select(pl.col(column).cast(pl.String).str.slice(0, 4).cast(pl.Int64))[column]
        for frame in frames
        if frame is not None
        for column in ("founded", "dissolved", "signed", "start", "implemented", "year")
        if column in frame.columns
    ]
    found = [year for column in named for year in (column.min(), column.max())]
    known = [int(str(year)) for year in found if year is not None]
    return (min(known), max(known)) if known else None


def _by_year(spells: pl.DataFrame, span: tuple[int, int] | None, stage: str) -> pl.DataFrame:
    if span is None:
        return INSTITUTIONAL_DEPTHS.empty()
    year = pl.col("year")
    reached = {
        "declared": year >= pl.col("first"),
        "in_force": year >= pl.col("entered"),
        "implemented": year >= pl.col("implemented"),
    }
    furthest = pl.coalesce(
        *(pl.when(test).then(pl.lit(name)) for name, test in reversed(reached.items()))
    )
    rows = (
        spells.join(pl.DataFrame({"year": range(span[0], span[1] + 1)}), how="cross")
        .filter(reached["declared"], year <= pl.col("dissolved").fill_null(span[1]))
        .with_columns(
            *(pl.when(test).then(pl.col("depth")).alias(name) for name, test in reached.items()),
            stage=pl.when(pl.col("placed")).then(furthest),
            n=pl.when(pl.col("placed")).then(pl.col("n")).otherwise(0),
        )
        .with_columns(value=pl.col(stage).cast(pl.Float64))
        .sort("organisation", "scale", "treaty", "year")
    )
    return INSTITUTIONAL_DEPTHS.conform(rows)

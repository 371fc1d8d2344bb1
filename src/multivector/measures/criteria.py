r"""Whether members of an organisation meet the criteria they bound themselves to, and come closer.

Criteria are data: an indicator, what its limit is measured from (zero, the lowest member, the mean
of the three lowest members) and the margin. A limit measured from the lowest member moves: a state
can breach it without any change of its own, which is why figure and limit stand beside the
distance. Where an indicator has several names, separated by ``;``, the first that a member has in
the year counts.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, Unpack

import polars as pl

from multivector.errors import MissingData, choices
from multivector.measures._options import Default, given, require, with_options
from multivector.measures.integration import GroupOptions, figures_of, members_by_year
from multivector.names.spells import first_day, unbroken, when
from multivector.tables import (
    CRITERIA,
    CRITERION_SPELLS,
    CRITERION_YEARS,
    INDICATORS,
    ORGANISATION_YEARS,
    Criteria,
    CriterionSpells,
    CriterionYears,
    Indicators,
    Memberships,
    OrganisationYears,
    OwnMemberships,
)

__all__ = ["breach_spells", "compliance", "convergence", "dispersion"]

_KEY = ["organisation", "state", "criterion", "year"]


class CriteriaOption(TypedDict, total=False):
    """Whose criteria its members are held to.

    Parameters
    ----------
    indicators : Indicators
        Figures; of several releases the last by name counts.
    memberships : Memberships
        Full members on 31 December of each year are compared.
    criteria : Criteria
        The criteria of organisations.
    organisation : str, optional
        Only the criteria of this organisation.

    Raises
    ------
    MissingData
        If no criterion of the organisation is in the table.
    """

    organisation: Annotated[str | None, Default(None)]


@with_options
def convergence(
    indicators: Indicators,
    memberships: OwnMemberships,
    criteria: Criteria,
    *,
    since_start: Literal["yes", "no"] = "yes",
    **which: Unpack[CriteriaOption],
) -> CriterionYears:
    r"""Distance of each member from each convergence criterion, year by year.

    .. math:: d_{it} = x_{it} - (r_t + m) \quad \text{(at most)}, \qquad
              d_{it} = (r_t + m) - x_{it} \quad \text{(at least)}

    with :math:`x` the member's figure, :math:`r_t` the reference of the year (0, the lowest
    member's figure, or the mean of the three lowest) and :math:`m` the margin.

    Parameters
    ----------
    since_start : {"yes", "no"}
        Only years in which the criterion binds, or all years with members.

    Returns
    -------
    CriterionYears
        ``value`` in the criterion's own points, positive for a breach; with ``figure``, ``limit``
        and ``met``. Null where the member's figure is missing, or the reference cannot be told.
        ``n`` is the number of members with a figure in the year, on which a moving reference
        rests.

    References
    ----------
    Treaty on the Eurasian Economic Union (2014), article 63.
    Protocol on the convergence criteria, Treaty on European Union (1992).

    Examples
    --------
    >>> figures = pl.DataFrame({"state": ["KAZ", "RUS"], "indicator": ["inflation"] * 2,
    ...     "year": [2015] * 2, "value": [6.5, 15.5], "unit": ["percent"] * 2,
    ...     "source": ["y@1"] * 2, "locator": ["row"] * 2})
    >>> spells = pl.DataFrame({"organisation": ["EAEU"] * 2, "state": ["KAZ", "RUS"],
    ...     "status": ["member"] * 2, "start": ["2015-01-01"] * 2, "end": [None] * 2,
    ...     "source": ["x@1"] * 2, "locator": ["p. 1"] * 2})
    >>> rule = pl.DataFrame({"organisation": ["EAEU"], "criterion": ["inflation"],
    ...     "indicator": ["inflation"], "reference": ["lowest_member"], "margin": [5.0],
    ...     "sense": ["most"], "start": ["2015-01-01"], "source": ["z@1"], "locator": ["art. 63"]})
    >>> convergence(figures, spells, rule)["value"].to_list()
    [-5.0, 4.0]
    """
    require("since_start", since_start, ("yes", "no"))
    rules = CRITERIA.conform(criteria)
    organisation = given(CriteriaOption, which)["organisation"]
    known = rules["organisation"].unique().sort().to_list()
    if organisation is not None:
        rules = rules.filter(pl.col("organisation") == organisation)
        if rules.is_empty():
            raise MissingData(
                f"no criterion of {organisation!r} is in the table; expected one of "
                f"{choices(known) or 'none'}; choose one of these or add its criteria"
            )
    figures = INDICATORS.conform(indicators).sort("source")
    figures = figures.unique(["state", "indicator", "year"], keep="last", maintain_order=True)
    parts = [
        _distances(rule, figures, memberships, since_start == "yes")
        for rule in rules.iter_rows(named=True)
    ]
    if not parts:
        return CRITERION_YEARS.empty()
    return CRITERION_YEARS.conform(pl.concat(parts).sort(_KEY))


@with_options
def breach_spells(
    indicators: Indicators,
    memberships: OwnMemberships,
    criteria: Criteria,
    **which: Unpack[CriteriaOption],
) -> CriterionSpells:
    r"""Spells of consecutive years in which a member breached a criterion.

    .. math:: \{[a, b] : d_{it} > 0 \ \forall t \in [a, b]\}, \text{ as long as possible}

    A year without a figure ends a run: nothing is known of it.

    Returns
    -------
    CriterionSpells
        ``value`` > 0 is the largest breach of the run, in points; never null. ``n`` is its length
        in years.

    References
    ----------
    Treaty on the Eurasian Economic Union (2014), article 63.

    Examples
    --------
    >>> figures = pl.DataFrame({"state": ["KAZ"] * 3, "indicator": ["debt"] * 3,
    ...     "year": [2015, 2016, 2017], "value": [51.0, 55.0, 40.0], "unit": ["percent"] * 3,
    ...     "source": ["y@1"] * 3, "locator": ["row"] * 3})
    >>> spells = pl.DataFrame({"organisation": ["EAEU"], "state": ["KAZ"], "status": ["member"],
    ...     "start": ["2015-01-01"], "end": [None], "source": ["x@1"], "locator": ["p. 1"]})
    >>> rule = pl.DataFrame({"organisation": ["EAEU"], "criterion": ["debt"],
    ...     "indicator": ["debt"], "reference": ["zero"], "margin": [50.0], "sense": ["most"],
    ...     "start": ["2015-01-01"], "source": ["z@1"], "locator": ["art. 63"]})
    >>> breach_spells(figures, spells, rule).row(0)
    ('EAEU', 'KAZ', 'debt', 2015, 2016, 5.0, 2)
    """
    years = convergence(indicators, memberships, criteria, **which)
    breaches = years.filter(~pl.col("met"))
    worst = unbroken(breaches, _KEY[:3], value=pl.col("value").max(), n=pl.len())
    return CRITERION_SPELLS.conform(worst)


def compliance(
    indicators: Indicators,
    memberships: OwnMemberships,
    criteria: Criteria,
    *,
    organisation: str,
) -> OrganisationYears:
    r"""Share of an organisation's criteria that its members meet in a year.

    .. math:: c_t = \frac{\#\{(i, k): d_{ikt} \le 0\}}{\#\{(i, k): d_{ikt} \text{ known}\}}

    Parameters
    ----------
    indicators : Indicators
        Figures; of several releases the last by name counts.
    memberships : Memberships
        Full members on 31 December of each year are compared.
    criteria : Criteria
        The criteria of organisations.
    organisation : str
        The organisation.

    Returns
    -------
    OrganisationYears
        ``value`` in [0, 1]; null where no figure is known. ``n`` is the number of members times
        criteria that could be judged.

    Raises
    ------
    MissingData
        If no criterion of the organisation is in the table.

    References
    ----------
    Treaty on the Eurasian Economic Union (2014), article 63.

    Examples
    --------
    >>> figures = pl.DataFrame({"state": ["KAZ", "RUS"], "indicator": ["debt"] * 2,
    ...     "year": [2015] * 2, "value": [51.0, 15.0], "unit": ["percent"] * 2,
    ...     "source": ["y@1"] * 2, "locator": ["row"] * 2})
    >>> spells = pl.DataFrame({"organisation": ["EAEU"] * 2, "state": ["KAZ", "RUS"],
    ...     "status": ["member"] * 2, "start": ["2015-01-01"] * 2, "end": [None] * 2,
    ...     "source": ["x@1"] * 2, "locator": ["p. 1"] * 2})
    >>> rule = pl.DataFrame({"organisation": ["EAEU"], "criterion": ["debt"],
    ...     "indicator": ["debt"], "reference": ["zero"], "margin": [50.0], "sense": ["most"],
    ...     "start": ["2015-01-01"], "source": ["z@1"], "locator": ["art. 63"]})
    >>> compliance(figures, spells, rule, organisation="EAEU")["value"].item()
    0.5
    """
    years = convergence(indicators, memberships, criteria, organisation=organisation)
    judged = pl.col("met").count()
    return ORGANISATION_YEARS.conform(
        years.group_by("organisation", "year")
        .agg(value=pl.when(judged > 0).then(pl.col("met").sum() / judged), n=judged)
        .sort("organisation", "year")
    )


@with_options
def dispersion(
    indicators: Indicators,
    memberships: OwnMemberships | None = None,
    *,
    indicator: str = "gdp_per_capita",
    measure: Literal["sd_log", "variation"] = "sd_log",
    **which: Unpack[GroupOptions],
) -> OrganisationYears:
    r"""How far apart the members are: sigma convergence is its fall over the years.

    .. math:: \sigma_t = \mathrm{sd}(\ln y_{it}) \quad \text{or} \quad
              CV_t = \mathrm{sd}(y_{it}) / \bar y_t

    over members (denominator n − 1).

    Parameters
    ----------
    indicators : Indicators
        Figures; of several releases the last by name counts.
    states : tuple of str, optional
        The group as states, the same in all years, instead of an organisation. Use it to follow
        one set of states, for a change of members changes the dispersion.
    indicator : str
        What is compared.
    measure : {"sd_log", "variation"}
        Standard deviation of logarithms, or coefficient of variation.

    Returns
    -------
    OrganisationYears
        ``value`` ≥ 0, without unit. Null with fewer than two members' figures; "sd_log" also where
        a figure is not positive. ``n`` is the number of members with a figure.

    Raises
    ------
    BadValue
        If no group is named or the measure is not known.

    References
    ----------
    Barro, R. J. and Sala-i-Martin, X. (1992). Convergence. Journal of Political Economy 100(2).

    Examples
    --------
    >>> figures = pl.DataFrame({"state": ["KAZ", "RUS"], "indicator": ["gdp_per_capita"] * 2,
    ...     "year": [2015] * 2, "value": [1.0, 3.0], "unit": ["USD"] * 2,
    ...     "source": ["y@1"] * 2, "locator": ["row"] * 2})
    >>> found = dispersion(figures, states=("KAZ", "RUS"), measure="variation")
    >>> round(found["value"].item(), 6)
    0.707107
    """
    require("measure", measure, ("sd_log", "variation"))
    rows = figures_of(indicators, indicator)
    o = given(GroupOptions, which)
    group = members_by_year(
        memberships, o["organisation"], o["states"], rows["year"].unique().to_list()
    )
    y = pl.col("value")
    positive = (y > 0).all()
    value = pl.when(positive).then(y.log().std()) if measure == "sd_log" else y.std() / y.mean()
    return ORGANISATION_YEARS.conform(
        group.join(rows.select("state", "year", "value"), on=["state", "year"])
        .group_by("year")
        .agg(value=pl.when(y.count() > 1).then(value), n=y.count())
        .with_columns(organisation=pl.lit(o["organisation"] or "own"))
        .sort("year")
    )


def _distances(
    rule: dict[str, object], figures: pl.DataFrame, memberships: Memberships, since_start: bool
) -> pl.DataFrame:
    names = str(rule["indicator"]).split(";")
    order = {name: place for place, name in enumerate(names)}
    own = (
        figures.filter(pl.col("indicator").is_in(names))
        .with_columns(
            place=pl.col("indicator").replace_strict(order, default=None, return_dtype=pl.Int8)
        )
        .sort("place")
        .unique(["state", "year"], keep="first", maintain_order=True)
    )
    years = own["year"].unique().sort().to_list()
    if since_start:
        years = [year for year in years if when(year) >= first_day(str(rule["start"]))]
    organisation = str(rule["organisation"])
    group = members_by_year(memberships, organisation, (), years)
    joined = group.join(
        own.select("state", "year", figure="value"), on=["state", "year"], how="left"
    )
    figure = pl.col("figure")
    reference = {
        "zero": pl.lit(0.0),
        "lowest_member": figure.min().over("year"),
        "mean_of_three_lowest": pl.when(pl.col("n") > 2).then(
            figure.bottom_k(3).mean().over("year")
        ),
    }[str(rule["reference"])]
    sign = 1 if rule["sense"] == "most" else -1
    return (
        joined.with_columns(n=figure.count().over("year"))
        .with_columns(limit=reference + pl.lit(float(str(rule["margin"]))))
        .with_columns(value=sign * (figure - pl.col("limit")))
        .with_columns(
            met=pl.col("value") <= 0,
            organisation=pl.lit(organisation),
            criterion=pl.lit(str(rule["criterion"])),
        )
        .select(*_KEY, "value", "figure", "limit", "met", "n")
    )

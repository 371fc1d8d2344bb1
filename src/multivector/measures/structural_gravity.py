r"""What an organisation does to trade, by structural gravity.

A gravity model compares a pair's trade with what the exporter sells and the importer buys in that
year anyway, and with what the pair always traded; what is left is put down to the organisation.
Poisson pseudo-maximum likelihood takes zeros as they are and needs no logarithm (Santos Silva and
Tenreyro 2006). Three sets of fixed effects, exporter-year, importer-year and pair, leave nothing
but what changes within a pair.

Two traps. With domestic trade left out, the effect is measured against other foreign partners
only, and is understated when an agreement takes from home sales: give domestic flows where a
source has them. And with three sets of effects and few years the estimate is biased by the
number of effects itself and its standard error is too small: rows of kind ``bias_corrected``
carry the analytic correction of Weidner and Zylkin (2021).

`gravity` works on the record tables, `estimate` on any frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt
from typing import Annotated, Literal, TypedDict, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue, MissingData, choices
from multivector.measures import _ppml
from multivector.measures._dyads import Status, directed, numbered, tied, with_zeros
from multivector.measures._options import Default, given, require, with_options
from multivector.tables import ESTIMATES, Distances, Estimates, Flows, Memberships

__all__ = ["estimate", "gravity"]

Estimator = Literal["ppml", "ols"]
_Z = 1.959963984540054
_CONTROLS = ("log_distance", "contiguous", "common_language")


class GravityOptions(TypedDict, total=False):
    """How the model is written and fitted.

    Parameters
    ----------
    step : int
        Every how many years one is taken, from the first; trade adjusts slowly.
    estimator : {"ppml", "ols"}
        Poisson pseudo-maximum likelihood, or least squares of the logarithm of positive flows.
    effects : {"three_way", "two_way"}
        With pair effects, or without and with distance, contiguity and language instead.
    pairs : {"directed", "symmetric"}
        Whether the two directions of a pair have an effect each or one together.
    absent : {"missing", "zero"}
        What it means that a source has no row for two states that both trade in a year.
    domestic : bool
        Whether domestic flows are kept where there are any.
    borders : bool
        Whether every year but the last has an effect of crossing a border; needs domestic flows.
    leads, lags : tuple of int
        Years by which further terms run ahead of, or behind, membership.
    errors : {"pair", "dyadic"}
        Clustered by undirected pair, or robust to any two pairs that share a state.
    corrected : bool
        Whether rows of kind ``bias_corrected`` are given where they are defined.
    """

    step: Annotated[int, Default(1)]
    estimator: Annotated[Estimator, Default("ppml")]
    effects: Annotated[Literal["three_way", "two_way"], Default("three_way")]
    pairs: Annotated[Literal["directed", "symmetric"], Default("directed")]
    absent: Annotated[Literal["missing", "zero"], Default("missing")]
    domestic: Annotated[bool, Default(value=True)]
    borders: Annotated[bool, Default(value=False)]
    leads: Annotated[tuple[int, ...], Default(())]
    lags: Annotated[tuple[int, ...], Default(())]
    errors: Annotated[Literal["pair", "dyadic"], Default("pair")]
    corrected: Annotated[bool, Default(value=True)]


@with_options
def gravity(
    flows: Flows,
    memberships: Memberships,
    distances: Distances | None = None,
    *,
    organisation: str,
    flow: Literal["exports", "imports"] = "exports",
    years: tuple[int, int] | None = None,
    status: Status = "member",
    **which: Unpack[GravityOptions],
) -> Estimates:
    r"""Effect of an organisation on the trade between those whom it ties.

    .. math::

        X_{ijt} = \exp(\beta\, O_{ijt} + \pi_{it} + \chi_{jt} + \mu_{ij})\, \varepsilon_{ijt}

    with O = 1 where both are members on 31 December, and of further terms O shifted by the leads
    and lags.

    Parameters
    ----------
    flows : Flows
        Flows of one release; rows whose partner is the state itself are its domestic trade.
    memberships : Memberships
        Spells of status.
    distances : Distances, optional
        Distance, contiguity and language, needed without pair effects.
    organisation : str
        Code of the organisation.
    flow : {"exports", "imports"}
        Which reports are used; imports are turned round to run from exporter to importer.
    years : tuple of int, optional
        First and last year.
    status : {"member", "observer", "dialogue_partner"}
        Both are full members, or one is and the other holds the status.

    Returns
    -------
    Estimates
        ``value`` is the effect on the logarithm of trade, null where the fixed effects leave
        nothing of a term, and ``percent`` the same in percent. Kind ``plain`` is the estimate,
        ``bias_corrected`` that of Weidner and Zylkin, given for PPML with exporter-year,
        importer-year and directed pair effects. The term ``total`` adds up membership and lags.
        ``n`` is the number of flows used.

    Raises
    ------
    UnknownOrganisation
        If the memberships do not hold the organisation.
    MissingData
        If there are no such flows, or no distances where they are needed.
    BadValue
        If an option is not known, or a flow is negative.
    NotConverged
        If the fit does not settle.

    References
    ----------
    Santos Silva, J. M. C. and Tenreyro, S. (2006). The log of gravity. Review of Economics and
    Statistics 88(4).
    Yotov, Y. V., Piermartini, R., Monteiro, J.-A. and Larch, M. (2016). An Advanced Guide to Trade
    Policy Analysis: The Structural Gravity Model.
    Weidner, M. and Zylkin, T. (2021). Bias and consistency in three-way gravity models. Journal of
    International Economics 132.

    Examples
    --------
    >>> states = ["KAZ", "RUS", "TUR", "USA"]
    >>> flows = pl.DataFrame([(a, b, year, 2.0 if {a, b} == {"KAZ", "RUS"} and year > 2014 else 1.0)
    ...     for a in states for b in states if a != b for year in (2014, 2016)],
    ...     schema=["state", "partner", "year", "value"], orient="row").with_columns(
    ...     flow=pl.lit("exports"), product=pl.lit(None, pl.String), unit=pl.lit("USD"),
    ...     reported_by=pl.lit("state"), source=pl.lit("made@1"), locator=pl.lit("row"))
    >>> members = pl.DataFrame({"organisation": ["EAEU"] * 2, "state": ["KAZ", "RUS"],
    ...     "status": ["member"] * 2, "start": ["2015-01-01"] * 2, "end": [None] * 2,
    ...     "as_of": [None] * 2, "source": ["made@1"] * 2, "locator": ["row"] * 2},
    ...     schema_overrides={"end": pl.String, "as_of": pl.String})
    >>> found = gravity(flows, members, organisation="EAEU", corrected=False)
    >>> found.select("term", "kind", pl.col("value").round(3), "n").rows()
    [('member', 'plain', 0.693, 24)]
    """
    o = given(GravityOptions, which)
    _check(o)
    leads, lags, effects, pairs = o["leads"], o["lags"], o["effects"], o["pairs"]
    table = directed(flows, flow, years)
    table = table.filter((pl.col("year") - table["year"].min()) % o["step"] == 0)
    if o["absent"] == "zero":
        table = with_zeros(table)
    if not o["domestic"]:
        table = table.filter(pl.col("exporter") != pl.col("importer"))
    terms = {status: 0, **{f"lead_{k}": k for k in leads}, **{f"lag_{k}": -k for k in lags}}
    frame = _marked(table, memberships, organisation, status, terms)
    names = list(terms)
    if o["borders"]:
        frame, crossings = _crossings(frame)
        names += crossings
    if effects == "two_way":
        frame = _controls(frame, distances)
        names += _CONTROLS
    absorb = _absorbed(effects, pairs)
    found = estimate(
        frame,
        names,
        outcome="value",
        absorb=absorb,
        cluster=("pair",) if o["errors"] == "pair" else ("exporter", "importer"),
        estimator=o["estimator"],
        corrected=o["corrected"] and pairs == "directed",
        total=(status, *(f"lag_{k}" for k in lags)) if lags else (),
    )
    return ESTIMATES.conform(found)


def _check(asked: GravityOptions) -> None:
    require("estimator", asked["estimator"], ("ppml", "ols"))
    require("effects", asked["effects"], ("three_way", "two_way"))
    require("pairs", asked["pairs"], ("directed", "symmetric"))
    require("absent", asked["absent"], ("missing", "zero"))
    require("errors", asked["errors"], ("pair", "dyadic"))
    step, leads, lags = asked["step"], asked["leads"], asked["lags"]
    if step < 1 or any(k < 1 for k in (*leads, *lags)):
        raise BadValue(
            f"step is {step}, leads {leads}, lags {lags}; expected whole numbers of years from 1; "
            "correct them"
        )


def _absorbed(effects: str, pairs: str) -> list[tuple[str, ...]]:
    both: list[tuple[str, ...]] = [("exporter", "year"), ("importer", "year")]
    if effects == "two_way":
        return both
    return [*both, ("exporter", "importer") if pairs == "directed" else ("pair",)]


def _marked(
    table: pl.DataFrame,
    memberships: Memberships,
    organisation: str,
    status: Status,
    terms: dict[str, int],
) -> pl.DataFrame:
    """Return the flows with the undirected pair and a column 0 or 1 for every term."""
    seen = table["year"].unique().to_list()
    span = {year + shift for year in seen for shift in terms.values()}
    ties = tied(memberships, organisation, span, status)
    ends = {
        "state_a": pl.min_horizontal("exporter", "importer"),
        "state_b": pl.max_horizontal("exporter", "importer"),
    }
    frame = table.with_columns(**ends).with_columns(
        pair=pl.concat_str("state_a", "state_b", separator="-")
    )
    for name, shift in terms.items():
        moved = ties.with_columns(pl.col("year") - shift, pl.lit(1.0).alias(name))
        frame = frame.join(moved, on=["state_a", "state_b", "year"], how="left").with_columns(
            pl.col(name).fill_null(0.0)
        )
    return frame.sort("exporter", "importer", "year")


def _crossings(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    abroad = pl.col("exporter") != pl.col("importer")
    if frame.select(abroad.all()).item():
        raise MissingData(
            "border effects need domestic trade and the flows hold none; expected rows whose "
            "partner is the state itself; leave borders out or add a source that has them"
        )
    years = frame["year"].unique().sort().to_list()[:-1]
    made = [
        (abroad & (pl.col("year") == year)).cast(pl.Float64).alias(f"border_{year}")
        for year in years
    ]
    return frame.with_columns(made), [f"border_{year}" for year in years]


def _controls(frame: pl.DataFrame, distances: Distances | None) -> pl.DataFrame:
    if distances is None or distances.is_empty():
        raise MissingData(
            "gravity without pair effects needs distances and there are none; expected the table "
            "distances; add a source of distances or use three-way effects"
        )
    known = (
        distances.sort("state", "partner", "source")
        .unique(["state", "partner"], keep="last", maintain_order=True)
        .select(
            "contiguous",
            "common_language",
            exporter="state",
            importer="partner",
            log_distance=pl.coalesce("weighted_distance", "distance").log(),
        )
        .with_columns(pl.col("contiguous", "common_language").cast(pl.Float64))
    )
    joined = frame.join(known, on=["exporter", "importer"], how="inner")
    return joined.drop_nulls(_CONTROLS).sort("exporter", "importer", "year")


def estimate(
    frame: pl.DataFrame,
    terms: Sequence[str],
    *,
    outcome: str = "value",
    absorb: Sequence[Sequence[str]] = (("exporter", "year"), ("importer", "year")),
    cluster: Sequence[str] = ("pair",),
    estimator: Estimator = "ppml",
    corrected: bool = False,
    total: Sequence[str] = (),
) -> Estimates:
    r"""Return the coefficients of a gravity model on any frame of flows.

    Parameters
    ----------
    frame : DataFrame
        One row a flow.
    terms : sequence of str
        Columns whose coefficients are wanted.
    outcome : str
        Column of the flow; with ``"ols"`` its logarithm is taken and zeros are left out.
    absorb : sequence of sequence of str
        Sets of fixed effects, each the columns whose combinations have an effect.
    cluster : sequence of str
        One column within which errors may be correlated, or two, the members of a pair: then any
        two rows that share a member may be.
    estimator : {"ppml", "ols"}
        Poisson pseudo-maximum likelihood or least squares.
    corrected : bool
        Whether the correction of Weidner and Zylkin is added; it needs PPML and the three sets of
        effects exporter-year, importer-year and exporter-importer in this order.
    total : sequence of str
        Terms to add up in a row ``total``.

    Returns
    -------
    Estimates
        As for `gravity`; null where the fixed effects leave nothing of a term.

    Raises
    ------
    BadValue
        If the columns are not there, or hold null or negative values.
    NotConverged
        If the fit does not settle.

    References
    ----------
    Correia, S., Guimarães, P. and Zylkin, T. (2020). Fast Poisson estimation with high-dimensional
    fixed effects. Stata Journal 20(1).
    Aronow, P. M., Samii, C. and Assenova, V. A. (2015). Cluster-robust variance estimation for
    dyadic data. Political Analysis 23(4).

    Examples
    --------
    >>> flows = pl.DataFrame({"exporter": ["A", "A", "B", "B"], "importer": ["B", "C", "A", "C"],
    ...     "pair": ["AB", "AC", "AB", "BC"], "value": [4.0, 2.0, 8.0, 4.0],
    ...     "club": [1.0, 0.0, 1.0, 0.0]})
    >>> found = estimate(flows, ["club"], absorb=[["exporter"]])
    >>> found["value"].round(6).item(), found["n"].item()
    (0.693147, 4)
    """
    columns = {outcome, *terms, *cluster, *(name for names in absorb for name in names)}
    absent = sorted(columns - set(frame.columns))
    if absent:
        raise BadValue(
            f"the frame has no column {choices(absent)}; expected {choices(sorted(columns), 40)}; "
            "correct the names"
        )
    if frame.select(sorted(columns)).null_count().sum_horizontal().item():
        raise BadValue(
            "the frame holds nulls in the columns used; expected none; drop those rows first"
        )
    rows = frame if estimator == "ppml" else frame.filter(pl.col(outcome) > 0)
    if rows.is_empty() or not rows.select((pl.col(outcome) > 0).any()).item():
        raise MissingData(
            "there are no positive flows; expected some; take other years or another source"
        )
    return _estimates(rows, list(terms), outcome, absorb, cluster, estimator, corrected, total)


def _estimates(
    rows: pl.DataFrame,
    terms: list[str],
    outcome: str,
    absorb: Sequence[Sequence[str]],
    cluster: Sequence[str],
    estimator: Estimator,
    corrected: bool,
    total: Sequence[str],
) -> pl.DataFrame:
    groups = [numbered(*(rows[name] for name in names)) for names in absorb]
    values = rows[outcome].to_numpy().astype(float)
    regressors = np.column_stack([rows[name].to_numpy().astype(float) for name in terms])
    if estimator == "ppml":
        fit = _ppml.ppml(values, regressors, groups)
    else:
        fit = _ppml.least_squares(np.log(values), regressors, groups)
    kept = rows.filter(pl.Series(fit.rows))
    covariance = _covariance(fit, kept, cluster)
    found = [_rows(terms, total, fit, fit.coefficients, covariance, "plain")]
    if corrected and estimator == "ppml" and _is_three_way(absorb) and fit.kept.any():
        ends = [numbered(kept[name]) for name in ("exporter", "importer", "year")]
        related = numbered(kept[cluster[0]]) if len(cluster) == 1 else None
        correction = _ppml.three_way_bias(fit, ends[0], ends[1], ends[2], related)
        unbiased = fit.coefficients - correction.bias
        found.append(_rows(terms, total, fit, unbiased, correction.covariance, "bias_corrected"))
    return ESTIMATES.conform(pl.concat(found))


def _is_three_way(absorb: Sequence[Sequence[str]]) -> bool:
    wanted = [["exporter", "year"], ["importer", "year"], ["exporter", "importer"]]
    return [list(names) for names in absorb] == wanted


def _covariance(fit: _ppml.Fit, kept: pl.DataFrame, cluster: Sequence[str]) -> _ppml.Array:
    if len(cluster) == 1:
        return _ppml.clustered(fit, numbered(kept[cluster[0]]))
    both = numbered(pl.concat([kept[cluster[0]], kept[cluster[1]]]))
    return _ppml.dyadic(fit, both[: kept.height], both[kept.height :])


def _rows(
    terms: list[str],
    total: Sequence[str],
    fit: _ppml.Fit,
    coefficients: _ppml.Array,
    covariance: _ppml.Array,
    kind: str,
) -> pl.DataFrame:
    positions = {terms[k]: place for place, k in enumerate(np.flatnonzero(fit.kept))}
    rows = []
    for term in [*terms, *(["total"] if total else [])]:
        parts = [positions[t] for t in (total if term == "total" else [term]) if t in positions]
        value, error = None, None
        if parts:
            value = float(coefficients[parts].sum())
            error = sqrt(max(float(covariance[np.ix_(parts, parts)].sum()), 0.0))
        rows.append({"term": term, "kind": kind, **inference(value, error)})
    schema = {"term": pl.String, "kind": pl.String, **dict.fromkeys(_FIGURES, pl.Float64)}
    return pl.DataFrame(rows, schema=schema).with_columns(n=pl.lit(int(fit.rows.sum())))


_FIGURES = ("value", "low", "high", "se", "p_value", "percent")


def inference(value: float | None, error: float | None) -> dict[str, float | None]:
    """Return an estimate with its normal 95 % interval, p-value and percentage effect."""
    if value is None:
        return dict.fromkeys(_FIGURES)
    if not error:
        return {**dict.fromkeys(_FIGURES), "value": value, "percent": 100 * float(np.expm1(value))}
    return {
        "value": value,
        "low": value - _Z * error,
        "high": value + _Z * error,
        "se": error,
        "p_value": erfc(abs(value / error) / sqrt(2)),
        "percent": 100 * float(np.expm1(min(value, 700.0))),
    }

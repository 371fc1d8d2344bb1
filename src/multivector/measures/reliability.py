"""How far coders agree, beyond chance: the reliability of codings.

Every function takes codings (who gave which unit which category) and answers for each variable of
the scheme. Use `krippendorff_alpha` when coders are many, units are missing or categories are
ordered; `cohen_kappa` for two coders; `fleiss_kappa` and `conger_kappa` for several;
`gwet_ac1` or `brennan_prediger` beside them where one category is far more common than the rest
and kappa falls although the coders agree. `category_reliability` says where they differ. Alpha of
0.800 or more is usually asked for, and below 0.667 no conclusion should be drawn (Krippendorff
2019).

A superseded coding does not count. A unit that only one coder coded says nothing about agreement;
it counts towards how common categories are where the cited authors let it. Intervals are
percentiles over units drawn with replacement. Options common to all: ``variable`` and ``coders``
choose rows, ``categories`` names the scheme's categories in order, so that unused ones count.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Literal, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue
from multivector.measures._chance_agreement import (
    CodingOptions,
    chance_conger,
    chance_corrected,
    chance_even,
    chance_fleiss,
    chance_gwet,
    draws_of,
    observed_agreement,
    reliabilities,
    reliability_row,
)
from multivector.measures._options import given, require, with_options
from multivector.measures._ratings import (
    Estimator,
    Floats,
    Ratings,
    estimate,
    figures,
    in_force,
    ratings_of,
)
from multivector.tables import (
    CATEGORY_RELIABILITIES,
    CODER_PAIRS,
    CategoryReliabilities,
    CoderPairs,
    Codings,
    Reliabilities,
)

__all__ = [
    "brennan_prediger",
    "category_reliability",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "gwet_ac1",
    "in_force",
    "krippendorff_alpha",
]

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Distance = Callable[[Floats], Floats]


def example_codings() -> pl.DataFrame:
    """Return made-up codings of five units by two coders, for examples."""
    given = {"ada": "abbab", "bo": "abbaa"}
    rows = [(f"u{i}", c, value) for c, values in given.items() for i, value in enumerate(values)]
    frame = pl.DataFrame(rows, schema=["unit", "coder", "value"], orient="row")
    return frame.with_row_index("coding").with_columns(
        variable=pl.lit("stance"),
        coder_kind=pl.lit("person"),
        decided_at=pl.lit("2026-01-01"),
        source=pl.lit("made@1"),
    )


@with_options
def krippendorff_alpha(
    codings: Codings,
    *,
    metric: Metric = "nominal",
    categories: tuple[str, ...] | None = None,
    **which: Unpack[CodingOptions],
) -> Reliabilities:
    r"""Krippendorff's alpha: one minus observed over expected disagreement.

    .. math::

        \alpha = 1 - (n - 1)\,
        \frac{\sum_{ck} o_{ck}\, \delta^2_{ck}}{\sum_{ck} n_c n_k\, \delta^2_{ck}}, \qquad
        o_{ck} = \sum_u \frac{\text{pairs } c, k \text{ in } u}{m_u - 1}

    The squared distance is 1 for nominal categories; for ordinal ones the squared number of values
    from c to k, each end counted half; :math:`(c-k)^2` for intervals; :math:`((c-k)/(c+k))^2` for
    ratios.

    Parameters
    ----------
    metric : {"nominal", "ordinal", "interval", "ratio"}
        Distance between values; interval and ratio need numbers, ordinal numbers or categories.
    categories : tuple of str, optional
        The scheme's categories in order.

    Returns
    -------
    Reliabilities
        ``value`` at most 1, 0 at chance, no unit; null if no unit was coded twice or all values
        are the same.

    Raises
    ------
    BadValue
        If values are no numbers where numbers are needed, or a coder coded a unit twice.

    References
    ----------
    Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology, 4th edition.
    Zapf, A., Castell, S., Morawietz, L., & Karch, A. (2016). Measuring inter-rater reliability for
        nominal data. BMC Medical Research Methodology 16.

    Examples
    --------
    >>> krippendorff_alpha(example_codings(), bootstrap=0)["value"].round(3).to_list()
    [0.64]
    """
    known = ("nominal", "ordinal", "interval", "ratio")
    require("metric", metric, known)
    o = given(CodingOptions, which)
    draws = draws_of(o)
    rows = []
    variable, coders = o["variable"], o["coders"]
    for ratings in ratings_of(codings, variable=variable, coders=coders, categories=categories):
        distance = _distance(ratings, metric, categories is not None)
        rows.append(reliability_row(ratings, _alpha(distance), None, draws))
    return reliabilities(rows)


def _distance(ratings: Ratings, metric: Metric, ordered: bool) -> Distance:
    if metric == "nominal":
        gaps = 1.0 - np.eye(len(ratings.categories))
        return lambda _: gaps
    if metric == "ordinal":
        if not ordered:
            figures(ratings)
        return _rank_distance
    x = figures(ratings)
    difference = x[:, None] - x[None, :]
    if metric == "interval":
        return lambda _: difference**2
    total = np.abs(x[:, None] + x[None, :])
    relative = np.divide(difference, total, out=np.zeros_like(difference), where=total > 0)
    return lambda _: relative**2


def _rank_distance(n: Floats) -> Floats:
    middle = np.cumsum(n) - n / 2
    return np.asarray((middle[:, None] - middle[None, :]) ** 2)


def _alpha(distance: Distance) -> Estimator:
    def alpha(given: Floats, weight: Floats) -> float:
        counts = given.sum(axis=0)
        m = counts.sum(axis=1)
        use = m >= 2
        counts, m, weight = counts[use], m[use], weight[use]
        n_c = weight @ counts
        n = n_c.sum()
        gaps = distance(n_c)
        pairs = counts.T @ (counts * (weight / (m - 1))[:, None])
        expected = n_c @ gaps @ n_c
        if n <= 1 or expected <= 0:
            return float("nan")
        return float(1 - (n - 1) * (pairs * gaps).sum() / expected)

    return alpha


@with_options
def fleiss_kappa(
    codings: Codings,
    **which: Unpack[CodingOptions],
) -> Reliabilities:
    r"""Fleiss' kappa: agreement beyond what common habits would give, for several coders.

    .. math:: \kappa = \frac{p_a - p_e}{1 - p_e}, \qquad p_e = \sum_k \pi_k^2

    with :math:`p_a` the mean over units of the share of agreeing pairs and :math:`\pi_k` the mean
    over units of category k's share; units may be coded by different numbers of coders.

    Returns
    -------
    Reliabilities
        ``value`` at most 1, 0 at chance, no unit, ``se`` linearised; null if no unit was coded
        twice or all values are the same.

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological
        Bulletin 76(5).
    Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th edition.

    Examples
    --------
    >>> fleiss_kappa(example_codings(), bootstrap=0)["value"].round(3).to_list()
    [0.6]
    """
    return chance_corrected(codings, chance_fleiss, lambda p: 2 * p, **which)


@with_options
def conger_kappa(
    codings: Codings,
    **which: Unpack[CodingOptions],
) -> Reliabilities:
    r"""Conger's kappa: agreement beyond what each coder's own habits would give.

    .. math::

        \kappa = \frac{p_a - p_e}{1 - p_e}, \qquad
        p_e = \sum_k \left( \bar p_k^2 - s_k^2 / r \right)

    with mean and variance over the r coders of category k's share in each coder's own ratings; for
    two coders who coded the same units it is Cohen's kappa.

    Returns
    -------
    Reliabilities
        ``value`` at most 1, 0 at chance, no unit; null with fewer than two coders, if no unit was
        coded twice or all values are the same.

    References
    ----------
    Conger, A. J. (1980). Integration and generalization of kappas for multiple raters.
        Psychological Bulletin 88(2).

    Examples
    --------
    >>> conger_kappa(example_codings(), bootstrap=0)["value"].round(3).to_list()
    [0.615]
    """
    return chance_corrected(codings, chance_conger, None, **which)


@with_options
def brennan_prediger(
    codings: Codings,
    *,
    categories: tuple[str, ...] | None = None,
    **which: Unpack[CodingOptions],
) -> Reliabilities:
    r"""Brennan and Prediger's coefficient: agreement beyond an even chance among the categories.

    .. math:: BP = \frac{p_a - 1/q}{1 - 1/q}

    Parameters
    ----------
    categories : tuple of str, optional
        The scheme's q categories; those that occur if not given.

    Returns
    -------
    Reliabilities
        ``value`` at most 1, 0 at chance, no unit, ``se`` linearised; null if no unit was coded
        twice or there is one category.

    References
    ----------
    Brennan, R. L., & Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and
        alternatives. Educational and Psychological Measurement 41(3).

    Examples
    --------
    >>> brennan_prediger(example_codings(), bootstrap=0)["value"].round(3).to_list()
    [0.6]
    """
    return chance_corrected(codings, chance_even, np.zeros_like, categories, **which)


@with_options
def gwet_ac1(
    codings: Codings,
    *,
    categories: tuple[str, ...] | None = None,
    **which: Unpack[CodingOptions],
) -> Reliabilities:
    r"""Gwet's AC1: agreement corrected for the chance of a random choice in hard cases.

    .. math::

        AC_1 = \frac{p_a - p_e}{1 - p_e}, \qquad
        p_e = \frac{1}{q - 1} \sum_k \pi_k (1 - \pi_k)

    Parameters
    ----------
    categories : tuple of str, optional
        The scheme's q categories; those that occur if not given.

    Returns
    -------
    Reliabilities
        ``value`` at most 1, 0 at chance, no unit, ``se`` linearised; null if no unit was coded
        twice or there is one category.

    References
    ----------
    Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
        agreement. British Journal of Mathematical and Statistical Psychology 61(1).

    Examples
    --------
    >>> gwet_ac1(example_codings(), bootstrap=0)["value"].round(3).to_list()
    [0.6]
    """
    return chance_corrected(
        codings, chance_gwet, lambda p: (1 - 2 * p) / (len(p) - 1), categories, **which
    )


@with_options
def cohen_kappa(
    codings: Codings,
    *,
    weights: Literal["nominal", "linear", "quadratic"] = "nominal",
    categories: tuple[str, ...] | None = None,
    **which: Unpack[CodingOptions],
) -> CoderPairs:
    r"""Cohen's kappa of every two coders, on the units that both have coded.

    .. math:: \kappa = 1 - \frac{\sum_{ab} d_{ab}\, o_{ab}}{\sum_{ab} d_{ab}\, r_a c_b}

    Parameters
    ----------
    weights : {"nominal", "linear", "quadratic"}
        Distance d of two categories, by their places in the order.
    categories : tuple of str, optional
        The scheme's categories in order; weights need them unless values are numbers.

    Returns
    -------
    CoderPairs
        ``value`` at most 1, 0 at chance, no unit; null without a common unit, and where both gave
        one and the same category throughout.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
        Measurement 20(1).
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70(4).

    Examples
    --------
    >>> cohen_kappa(example_codings(), bootstrap=0)["value"].round(3).to_list()
    [0.615]
    """
    if weights not in ("nominal", "linear", "quadratic"):
        raise BadValue(
            f"the option weights is {weights!r}; expected nominal, linear or quadratic; choose one"
        )
    o = given(CodingOptions, which)
    draws = draws_of(o)
    rows = []
    variable, coders = o["variable"], o["coders"]
    for ratings in ratings_of(codings, variable=variable, coders=coders, categories=categories):
        if weights != "nominal" and categories is None:
            figures(ratings)
        for a, b in combinations(range(len(ratings.coders)), 2):
            pair = ratings.of(a, b)
            found = estimate(pair, _kappa(weights), **draws)
            agreed = observed_agreement(pair.given, np.ones(pair.given.shape[1]))
            observed = float(agreed) if np.isfinite(agreed) else None
            rows.append((ratings.variable, *pair.coders, *found, observed, pair.paired))
    return CODER_PAIRS.conform(pl.DataFrame(rows, schema=CODER_PAIRS.schema, orient="row"))


def _kappa(weights: str) -> Estimator:
    def kappa(given: Floats, weight: Floats) -> float:
        joint = given[0].T @ (given[1] * weight[:, None])
        total = joint.sum()
        at = np.arange(len(joint))
        gaps = np.abs(at[:, None] - at[None, :]).astype(np.float64)
        d = {"nominal": (gaps > 0) * 1.0, "linear": gaps, "quadratic": gaps**2}[weights]
        chance = joint.sum(axis=1) @ d @ joint.sum(axis=0)
        if total <= 0 or chance <= 0:
            return float("nan")
        return float(1 - total * (joint * d).sum() / chance)

    return kappa


@with_options
def category_reliability(
    codings: Codings,
    **which: Unpack[CodingOptions],
) -> CategoryReliabilities:
    r"""Krippendorff's alpha of each category against all others, and what it is taken for.

    .. math:: \alpha_c = 1 - (n - 1) \frac{\sum_{k \ne c} o_{ck}}{n_c (n - n_c)}

    Returns
    -------
    CategoryReliabilities
        ``value`` at most 1, 0 at chance, no unit, with the category most often met instead; null
        if no unit with the category was coded twice, or all were given it.

    References
    ----------
    Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology, 4th edition.

    Examples
    --------
    >>> found = category_reliability(example_codings(), bootstrap=0)
    >>> found.select("category", "confused_with").rows()
    [('a', 'b'), ('b', 'a')]
    """
    o = given(CodingOptions, which)
    draws = draws_of(o)
    rows: list[dict[str, object]] = []
    for ratings in ratings_of(codings, variable=o["variable"], coders=o["coders"]):
        for at, category in enumerate(ratings.categories):
            found = estimate(_against_rest(ratings, at), _alpha(lambda _: 1.0 - np.eye(2)), **draws)
            head = {"variable": ratings.variable, "category": category, **_confusion(ratings, at)}
            rows.append({**head, **dict(zip(("value", "low", "high"), found, strict=True))})
    frame = pl.DataFrame(rows, schema=CATEGORY_RELIABILITIES.schema)
    return CATEGORY_RELIABILITIES.conform(frame)


def _against_rest(ratings: Ratings, at: int) -> Ratings:
    own = ratings.given[:, :, at]
    rest = ratings.given.sum(axis=2) - own
    given = np.stack([own, rest], axis=2)
    return Ratings(ratings.variable, ratings.coders, (ratings.categories[at], "other"), given)


def _confusion(ratings: Ratings, at: int) -> dict[str, object]:
    counts = ratings.counts
    m = counts.sum(axis=1)
    counts, m = counts[m >= 2], m[m >= 2]
    own = counts[:, at].sum()
    if not own:
        return {"n": 0}
    met = counts.T @ (counts[:, at] / (m - 1))
    met[at] = 0.0
    most = int(np.argmax(met))
    confused = met[most] > 0
    return {
        "disagreement": float(met.sum() / own),
        "confused_with": ratings.categories[most] if confused else None,
        "confusion": float(met[most] / own) if confused else None,
        "n": int(own),
    }

r"""Similarity of two raw profiles: choices, ties or policies of any range, with weights.

The functions of `similarity` read United Nations votes, three ordered categories. Here the same
formulas take any two lists of equal length, such as the alliance ties of two states with every
member of the system (0 none, 1 entente, 2 neutrality, 3 defence), with a weight for each entry, as
Signorino and Ritter (1999) define them. The range is always stated, never read off the values:
otherwise the same two lists would score differently in another sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Required, TypedDict, Unpack

import numpy as np

from multivector.errors import BadValue
from multivector.measures import _scores as scores
from multivector.measures._options import Default, given, with_options

__all__ = ["profile_a", "profile_alpha", "profile_kappa", "profile_pi", "profile_s", "profile_tau"]

Metric = Literal["absolute", "squared", "euclidean"]
Weighting = Literal["nominal", "linear", "quadratic"]
Profile = Sequence[float]


class LevelOptions(TypedDict, total=False):
    """What the entries of two profiles can be.

    Parameters
    ----------
    x, y : sequence of float
        The two profiles.
    levels : sequence of float
        Every level that is possible, observed or not.
    importance : sequence of float, optional
        Weight of each entry.
    """

    levels: Required[Sequence[float]]
    importance: Annotated[Profile | None, Default(None)]


def _checked(
    x: Profile, y: Profile, weights: Profile | None
) -> tuple[scores.Array, scores.Array, scores.Array]:
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    share = np.ones(len(first)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(first) == len(second) == len(share):
        raise BadValue(
            f"profiles and weights have {len(first)}, {len(second)} and {len(share)} entries; "
            "expected the same number; give one value for each entry"
        )
    if (share < 0).any():
        raise BadValue(f"a weight is {share.min()}; expected 0 or more; correct the weights")
    return first, second, share


def _table(x: Profile, y: Profile, **which: Unpack[LevelOptions]) -> scores.Array:
    o = given(LevelOptions, which)
    levels = o["levels"]
    first, second, share = _checked(x, y, o["importance"])
    known = np.asarray(levels, dtype=np.float64)
    strange = sorted({*first, *second} - set(known))
    if strange:
        raise BadValue(
            f"a profile holds {strange[0]}; expected one of {list(levels)}; "
            "name every level that is possible"
        )
    table = np.zeros((len(known), len(known)))
    order = np.argsort(known)
    rows = order[np.searchsorted(known, first, sorter=order)]
    columns = order[np.searchsorted(known, second, sorter=order)]
    np.add.at(table, (rows, columns), share)
    return table


def _number(value: scores.Array) -> float | None:
    number = float(value)
    return None if np.isnan(number) else number


def profile_s(
    x: Profile,
    y: Profile,
    *,
    maximum: float | Profile,
    weights: Profile | None = None,
    metric: Metric = "absolute",
) -> float | None:
    r"""Signorino and Ritter's S of two profiles.

    .. math:: S = 1 - 2 \sum_k w_k (|x_k - y_k| / m_k)^p \Big/ \sum_k w_k

    With ``metric="euclidean"``: :math:`1 - 2 \sqrt{\sum (w_k |x_k-y_k| / m_k)^2 / \sum w_k^2}`,
    another measure that shares the name in some programs.

    Parameters
    ----------
    x, y : sequence of float
        The two profiles.
    maximum : float or sequence of float
        Largest distance possible, for all entries or each.
    weights : sequence of float, optional
        Weight of each entry; equal by default.
    metric : {"absolute", "squared", "euclidean"}
        Power 1, power 2, or the Euclidean norm.

    Returns
    -------
    float or None
        In [-1, 1], no unit; None without entries or with weights that add up to 0.

    Raises
    ------
    BadValue
        If lengths differ, a weight is negative, or a distance exceeds the maximum.

    References
    ----------
    Signorino, C. S. and Ritter, J. M. (1999). Tau-b or not tau-b: measuring the similarity of
    foreign policy positions. International Studies Quarterly 43(1).

    Examples
    --------
    >>> profile_s([0, 1, 2, 3], [3, 2, 1, 0], maximum=3)
    -0.33333333333333326
    """
    first, second, share = _checked(x, y, weights)
    gaps = np.abs(first - second) / np.asarray(maximum, dtype=np.float64)
    if gaps.size and gaps.max() > 1:
        raise BadValue(
            f"two entries are {gaps.max():g} times the maximum apart; expected at most 1; "
            "give the largest distance that is possible"
        )
    if not share.sum():
        return None
    if metric == "euclidean":
        return float(1 - 2 * np.sqrt(((share * gaps) ** 2).sum() / (share**2).sum()))
    power = scores.POWERS[metric]
    return float(1 - 2 * (share * gaps**power).sum() / share.sum())


@with_options
def profile_kappa(
    x: Profile,
    y: Profile,
    *,
    weights: Weighting = "quadratic",
    **which: Unpack[LevelOptions],
) -> float | None:
    r"""Cohen's kappa of two profiles.

    .. math:: \kappa = 1 - \sum d_{ab} o_{ab} \Big/ \sum d_{ab} r_a c_b

    Parameters
    ----------
    weights : {"quadratic", "linear", "nominal"}
        Distance between levels.

    Returns
    -------
    float or None
        At most 1, no unit; None where both profiles hold one and the same level only.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70(4).

    Examples
    --------
    >>> profile_kappa([1, 2, 3], [1, 2, 2], levels=[1, 2, 3])
    0.6666666666666667
    """
    d = scores.distances(which["levels"], scores.POWERS[weights])
    return _number(scores.kappa(_table(x, y, **which), d))


@with_options
def profile_pi(
    x: Profile,
    y: Profile,
    *,
    weights: Weighting = "nominal",
    **which: Unpack[LevelOptions],
) -> float | None:
    r"""Scott's pi of two profiles: kappa with the margins averaged.

    .. math:: \pi = 1 - \sum d_{ab} o_{ab} \Big/ \sum d_{ab} m_a m_b, \qquad m = (r + c) / 2

    Parameters
    ----------
    weights : {"nominal", "linear", "quadratic"}
        Distance between levels.

    Returns
    -------
    float or None
        At most 1, no unit; None where both profiles hold one and the same level only.

    References
    ----------
    Scott, W. A. (1955). Reliability of content analysis. Public Opinion Quarterly 19(3).

    Examples
    --------
    >>> profile_pi([0, 1], [1, 0], levels=[0, 1])
    -1.0
    """
    table = _table(x, y, **which)
    return _number(
        scores.scott_pi(table, scores.distances(which["levels"], scores.POWERS[weights]))
    )


def profile_alpha(
    x: Profile, y: Profile, *, levels: Sequence[float], weights: Weighting = "nominal"
) -> float | None:
    r"""Krippendorff's alpha of two profiles without missing entries.

    .. math:: \alpha = \pi + (1 - \pi) / 2N

    Parameters
    ----------
    x, y : sequence of float
        The two profiles.
    levels : sequence of float
        Every level that is possible, observed or not.
    weights : {"nominal", "linear", "quadratic"}
        Distance between levels.

    Returns
    -------
    float or None
        At most 1, no unit; None where both profiles hold one and the same level only.

    References
    ----------
    Krippendorff, K. (2004). Content Analysis, 2nd edition, chapter 11.

    Examples
    --------
    >>> profile_alpha([0, 1], [1, 0], levels=[0, 1])
    -0.5
    """
    table = _table(x, y, levels=levels)
    return _number(scores.alpha(table, scores.distances(levels, scores.POWERS[weights])))


@with_options
def profile_a(
    x: Profile,
    y: Profile,
    *,
    metric: Literal["absolute", "squared"] = "absolute",
    **which: Unpack[LevelOptions],
) -> float | None:
    r"""Benati and Capurri's A of two profiles: S observed minus S under independence.

    .. math:: A = 2 \left[ \sum d_{ab} r_a c_b - \sum d_{ab} o_{ab} \right]

    Distances are between the values of the levels, not their ranks: levels 1, 2, 4 are not 1, 2, 3.

    Parameters
    ----------
    metric : {"absolute", "squared"}
        Power of the distance.

    Returns
    -------
    float or None
        In [-1, 1], no unit; None without entries.

    References
    ----------
    Benati, S. & Capurri, L. (2026), as programmed in fpsim.

    Examples
    --------
    >>> profile_a([0, 1], [1, 0], levels=[0, 1])
    -1.0
    """
    d = scores.distances(which["levels"], scores.POWERS[metric])
    return _number(scores.benati_a(_table(x, y, **which), d))


def profile_tau(x: Profile, y: Profile, *, levels: Sequence[float]) -> float | None:
    r"""Kendall's tau-b of two profiles, for comparison with old work only.

    .. math:: \tau_b = (C - D) / \sqrt{(C + D + T_x)(C + D + T_y)}

    Parameters
    ----------
    x, y : sequence of float
        The two profiles.
    levels : sequence of float
        Every level that is possible.

    Returns
    -------
    float or None
        In [-1, 1], no unit; None where a profile holds a single level.

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3).

    Examples
    --------
    >>> profile_tau([1, 2, 3], [1, 2, 3], levels=[1, 2, 3])
    1.0
    """
    return _number(scores.tau_b(_table(x, y, levels=levels)))

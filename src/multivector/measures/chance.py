"""Similarity of two states' votes beyond chance.

Two states that say yes to nearly everything agree nearly always, whatever they think. The measures
here ask how much closer the two are than their habits (the margins of their joint table) make them
anyway. Use `kappa` to correct with each state's own habits, `pi` and `alpha` to correct with common
ones (`alpha` also for few roll calls), `ac1` where the margins are extreme, and `benati_a` for a
difference rather than a ratio, so that nearly unanimous years do not blow up. Häge (2011) prefers
kappa over pi, and both over S. The options are those of `similarity`, described there.
"""

from __future__ import annotations

from functools import partial
from typing import Literal, Unpack

from multivector.measures import _scores as scores
from multivector.measures._choices import SimilarityOptions, pick, score
from multivector.measures._options import with_options
from multivector.tables import DyadYears, OwnJointVotes, Rollcalls, Votes

__all__ = ["ac1", "alpha", "benati_a", "kappa", "pi"]


@with_options
def kappa(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    *,
    weights: Literal["nominal", "linear", "quadratic"] = "quadratic",
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Cohen's kappa: similarity beyond what the two states' own habits would give.

    .. math:: \kappa = 1 - \frac{\sum_{ab} d_{ab}\, o_{ab}}{\sum_{ab} d_{ab}\, r_a c_b}

    Parameters
    ----------
    weights : {"nominal", "linear", "quadratic"}
        Distance d of two choices; quadratic by default, as in fpsim.

    Returns
    -------
    DyadYears
        ``value`` at most 1 (0 is chance), no unit; null without a common roll call and where both
        states made one and the same choice throughout, when chance explains everything.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70(4).
    Häge, F. M. (2011). Choice or circumstance? Adjusting measures of foreign policy similarity for
        chance agreement. Political Analysis 19(3).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> kappa(example_votes())["value"].to_list()
    [0.0]
    """
    d = pick(weights, "weights", ("nominal", "linear", "quadratic"))
    return score(votes, rollcalls, joint_votes, partial(scores.kappa, d=d), **which)


@with_options
def pi(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    *,
    weights: Literal["nominal", "linear", "quadratic"] = "nominal",
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Scott's pi: similarity beyond what the two states' averaged habits would give.

    .. math::

        \pi = 1 - \frac{\sum_{ab} d_{ab}\, o_{ab}}{\sum_{ab} d_{ab}\, m_a m_b}, \qquad m = (r + c)/2

    Parameters
    ----------
    weights : {"nominal", "linear", "quadratic"}
        Distance d of two choices; nominal by default, as Scott's and fpsim's.

    Returns
    -------
    DyadYears
        ``value`` at most 1 (0 is chance), no unit; null without a common roll call and where both
        states made one and the same choice throughout.

    References
    ----------
    Scott, W. A. (1955). Reliability of content analysis. Public Opinion Quarterly 19(3).
    Häge, F. M. (2011). Choice or circumstance? Adjusting measures of foreign policy similarity for
    chance agreement. Political Analysis 19(3).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> round(pi(example_votes())["value"][0], 6)
    -0.333333
    """
    d = pick(weights, "weights", ("nominal", "linear", "quadratic"))
    return score(votes, rollcalls, joint_votes, partial(scores.scott_pi, d=d), **which)


@with_options
def alpha(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    *,
    weights: Literal["nominal", "linear", "quadratic"] = "nominal",
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Krippendorff's alpha: pi corrected for few roll calls.

    .. math:: \alpha = \pi + \frac{1 - \pi}{2N}

    Parameters
    ----------
    weights : {"nominal", "linear", "quadratic"}
        Distance of two choices.

    Returns
    -------
    DyadYears
        ``value`` at most 1 (0 is chance), no unit; null without a common roll call and where both
        states made one and the same choice throughout.

    References
    ----------
    Krippendorff, K. (2004). Content Analysis: An Introduction to Its Methodology, 2nd edition.

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> round(alpha(example_votes())["value"][0], 6)
    0.0
    """
    d = pick(weights, "weights", ("nominal", "linear", "quadratic"))
    return score(votes, rollcalls, joint_votes, partial(scores.alpha, d=d), **which)


@with_options
def ac1(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Gwet's AC1: agreement corrected for the chance of a random choice.

    .. math::

        \gamma = \frac{P - P_e}{1 - P_e}, \qquad P_e = \frac{1}{K - 1} \sum_a m_a (1 - m_a), \quad
        K = 3

    Returns
    -------
    DyadYears
        ``value`` in [-1, 1] (0 is chance), no unit; null without a common roll call.

    References
    ----------
    Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
        agreement. British Journal of Mathematical and Statistical Psychology 61(1).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> round(ac1(example_votes())["value"][0], 6)
    0.384615
    """
    return score(votes, rollcalls, joint_votes, scores.ac1, **which)


@with_options
def benati_a(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    *,
    metric: Literal["absolute", "squared"] = "absolute",
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Benati and Capurri's A: S observed minus S if the two chose independently.

    .. math:: A = 2 \left[ \sum_{ab} d_{ab}\, r_a c_b - \sum_{ab} d_{ab}\, o_{ab} \right]

    Parameters
    ----------
    metric : {"absolute", "squared"}
        Distance d of two choices.

    Returns
    -------
    DyadYears
        ``value`` in [-1, 1] (0 is chance; how far it can go depends on the margins), no unit; null
        without a common roll call.

    References
    ----------
    Benati, S. & Capurri, L. (2026), as programmed in the R package fpsim.

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> benati_a(example_votes())["value"].to_list()
    [0.0]
    """
    d = pick(metric, "metric", ("absolute", "squared"))
    return score(votes, rollcalls, joint_votes, partial(scores.benati_a, d=d), **which)

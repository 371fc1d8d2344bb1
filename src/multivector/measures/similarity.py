r"""Similarity of two states' votes in the UN General Assembly.

Every measure is a formula on one table: how often the first state chose yes, abstain or no while
the second chose yes, abstain or no. Absence is not a choice; see `participation` for it.

Which one? `agreement` is what most papers print and is carried by what everybody votes for;
`s_score` is agreement on another scale, `coincidence` agreement among firm votes. To correct for
what habit alone would give, see the measures of `chance`. `tau_b` is here to compare with old work:
it measures association, not closeness. They do not agree on who is closest to whom: show several.

Options common to all measures of similarity:

- ``issue``: only roll calls with this code of the producer: me (Palestine), nu (nuclear weapons),
  di (disarmament), hr (human rights), co (colonialism), ec (development).
- ``years``: first and last year. ``period``: calendar year; session (named by the year in which
  it opened); or whole, one figure for all years asked for, printed at the last of them.
- ``kinds``: final, paragraph, amendment, motion, unknown; null for all, as the peers do.
- ``unanimous=False`` leaves out roll calls on which all who took part chose the same.
- ``convention`` names a peer's way: ``"voeten"`` is sessions, without unanimous roll calls, all
  kinds; ``"fpsim"`` is calendar years, all roll calls; both overrule period, kinds and unanimous.
- ``state``: only pairs with this state. ``min_shared``: fewest roll calls for a value.
- ``bootstrap``: replicates for ``low`` and ``high`` at ``level``, drawing families of roll calls
  (recurring texts, and the paragraphs of one text) with replacement; ``seed`` makes them repeat.

A pair that shares no roll call has a row with a null value and n = 0. Without the votes themselves
the joint counts embedded in the package answer, for pairs with one of ten powers.
"""

from __future__ import annotations

from functools import partial
from typing import Literal, Unpack, cast

import numpy as np

from multivector.measures import _scores as scores
from multivector.measures._choices import (
    DISTANCES,
    Convention,
    RollcallOptions,
    SimilarityOptions,
    pick,
    score,
)
from multivector.measures._options import with_options
from multivector.tables import DyadYears, OwnJointVotes, Rollcalls, Votes

__all__ = ["agreement", "coincidence", "euclidean_s", "s_score", "tau_b"]


@with_options
def agreement(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    *,
    convention: Literal["exact", "lijphart", "voeten", "fpsim"] = "exact",
    **which: Unpack[RollcallOptions],
) -> DyadYears:
    r"""Share of common roll calls on which two states chose the same.

    .. math::

        P = \frac{1}{N} \sum_a n_{aa}, \qquad IA = 1 - \frac{1}{N} \sum_k \frac{|x_k - y_k|}{2}

    Parameters
    ----------
    convention : {"exact", "lijphart", "voeten", "fpsim"}
        Exact, P above; Lijphart's index, IA, in which a half step such as yes and abstain counts
        half; IA on Voeten's roll calls, which is his agreement score; P on those of fpsim.

    Returns
    -------
    DyadYears
        ``value`` in [0, 1], a share; null without a common roll call.

    References
    ----------
    Lijphart, A. (1963). The analysis of bloc voting in the General Assembly. American Political
    Science Review 57(4).
    Bailey, M. A., Strezhnev, A. and Voeten, E. (2017). Estimating dynamic state preferences from
    United Nations voting data. Journal of Conflict Resolution 61(2).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> agreement(example_votes()).select("state_a", "state_b", "value", "n").rows()
    [('CHN', 'KAZ', 0.5, 2)]
    """
    d = DISTANCES["linear" if convention in ("lijphart", "voeten") else "nominal"]
    formula = partial(scores.agreement, d=d)
    peer = cast("Convention", "plain" if convention in ("exact", "lijphart") else convention)
    return score(votes, rollcalls, joint_votes, formula, convention=peer, **which)


@with_options
def coincidence(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    *,
    half: float | None = None,
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Share of identical votes among those where both said yes or no.

    .. math:: C = \frac{n_{YY} + n_{NN}}{n_{YY} + n_{NN} + n_{YN} + n_{NY}}

    With ``half`` :math:`p` and :math:`H` half steps (one abstains):
    :math:`(n_{YY} + n_{NN} + p H) / (n_{YY} + n_{NN} + n_{YN} + n_{NY} + H)`.

    Parameters
    ----------
    half : float, optional
        Credit for a half step. Null leaves abstentions out, as the State Department did to 2017;
        0.5 is what its figures since 2018 follow.

    Returns
    -------
    DyadYears
        ``value`` in [0, 1], a share; null where nothing is left to count. ``n`` is the
        denominator, the roll calls counted.

    References
    ----------
    US Department of State (2008). Voting Practices in the United Nations.

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> coincidence(example_votes())["value"].to_list()
    [1.0]
    """

    def counted(tables: scores.Array) -> scores.Array:
        if half is None:
            return np.asarray(tables[::2, ::2].sum(axis=(0, 1)))
        return np.asarray(scores.totals(tables) - tables[1, 1])

    formula = partial(scores.coincidence, credit=half)
    return score(votes, rollcalls, joint_votes, formula, counted, **which)


@with_options
def s_score(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    *,
    metric: Literal["absolute", "squared"] = "absolute",
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Signorino and Ritter's S: 1 minus twice the mean distance.

    .. math:: S = 1 - \frac{2}{N} \sum_k \left( \frac{|x_k - y_k|}{2} \right)^p

    The range is fixed at 2, no to yes; taking the largest distance observed instead would rescale
    S where nobody says no. `profile_s` takes weights and other ranges.

    Parameters
    ----------
    metric : {"absolute", "squared"}
        p = 1, so that S is twice Lijphart's index less 1, or p = 2.

    Returns
    -------
    DyadYears
        ``value`` in [-1, 1], no unit; null without a common roll call.

    References
    ----------
    Signorino, C. S. and Ritter, J. M. (1999). Tau-b or not tau-b: measuring the similarity of
    foreign policy positions. International Studies Quarterly 43(1).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> s_score(example_votes())["value"].to_list()
    [0.5]
    """
    d = pick(metric, "metric", ("absolute", "squared"))
    return score(votes, rollcalls, joint_votes, partial(scores.s_score, d=d), **which)


@with_options
def euclidean_s(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""S with the Euclidean distance, which some programs call S too.

    .. math:: S_2 = 1 - 2 \sqrt{\frac{1}{N} \sum_k \left( \frac{|x_k - y_k|}{2} \right)^2}

    Returns
    -------
    DyadYears
        ``value`` in [-1, 1], no unit; null without a common roll call.

    References
    ----------
    Signorino, C. S. and Ritter, J. M. (1999). Tau-b or not tau-b: measuring the similarity of
    foreign policy positions. International Studies Quarterly 43(1).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> round(euclidean_s(example_votes())["value"][0], 6)
    0.292893
    """
    return score(
        votes, rollcalls, joint_votes, partial(scores.euclidean, d=DISTANCES["squared"]), **which
    )


@with_options
def tau_b(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: OwnJointVotes | None = None,
    **which: Unpack[SimilarityOptions],
) -> DyadYears:
    r"""Kendall's tau-b, for comparison with work before 1999.

    .. math:: \tau_b = \frac{C - D}{\sqrt{(C + D + T_x)(C + D + T_y)}}

    Returns
    -------
    DyadYears
        ``value`` in [-1, 1], no unit; null where a state made one choice throughout, or without a
        common roll call.

    References
    ----------
    Bueno de Mesquita, B. (1975). Measuring systemic polarity. Journal of Conflict Resolution 19(2).
    Signorino, C. S. and Ritter, J. M. (1999). Tau-b or not tau-b: measuring the similarity of
    foreign policy positions. International Studies Quarterly 43(1).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> tau_b(example_votes())["value"].to_list()
    [None]
    """
    return score(votes, rollcalls, joint_votes, scores.tau_b, **which)

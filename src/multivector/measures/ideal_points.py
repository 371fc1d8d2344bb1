r"""Ideal points: where states stand, inferred from how they vote in the General Assembly.

The dynamic ordinal model of Bailey, Strezhnev and Voeten (2017). State ``i`` in session ``t`` has a
position :math:`\theta_{it}`; on roll call ``v`` it feels
:math:`z = \beta_v \theta_{it} + \varepsilon`, :math:`\varepsilon \sim N(0, 1)`, and votes yes
below the cut point :math:`\gamma_{1v}`, abstains up to :math:`\gamma_{2v}`, votes no above.
Resolutions with the same text in several sessions share their parameters, and each position leans
on the session before, so that positions compare over time. The western end is positive.

Two variants. ``bsv2017`` is the published program: a position leans on the *previous sweep's
conditional mean* of the session before, so information runs forward in time only; the whole is put
on mean 0 and standard deviation 1 every sweep. ``joint`` draws every state's whole path at once,
forward and backward, with t-distributed steps whose variance is estimated: quiet years are smoothed
by what lies on both sides, a turn such as that of Poland in 1990 stays a turn, and intervals are
narrower. Use ``bsv2017`` to compare with published figures, ``joint`` to date changes.

How fast it is, what was tried and how it compares with the published file is told in
``docs/explanation/ideal-points.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypedDict, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue
from multivector.measures import _ordinal_design as designs
from multivector.measures._options import Default, given, with_options
from multivector.measures._ordinal_state import Interrupted, Plan, State
from multivector.measures.bridges import bridges_from_titles
from multivector.tables import (
    HIGH,
    LOW,
    STATE,
    YEAR,
    Bridges,
    Rollcalls,
    Table,
    Votes,
    integer,
    number,
    text,
)

__all__ = ["IdealPoints", "Interrupted", "State", "ideal_points", "update_ideal_points"]

Variant = Literal["bsv2017", "joint"]
Parts = Literal["until_1989", "all", "none"]
Progress = Callable[[int, int], None]

SESSION = integer("session", "regular session of the General Assembly: year - 1945")
POSITIONS = Table(
    "positions",
    "a state's ideal point in a session",
    ("state", "session"),
    (
        STATE,
        SESSION,
        YEAR,
        number("value", "posterior mean; mean 0 and sd 1 over all positions, west positive"),
        number("sd", "posterior standard deviation"),
        LOW,
        HIGH,
        integer("n", "contested roll calls the state voted on", "roll calls"),
    ),
)
ITEMS = Table(
    "items",
    "a roll call's parameters; roll calls on the same text share a row",
    ("rollcall",),
    (
        text("rollcall", "the earliest roll call on the text"),
        SESSION,
        integer("last_session", "last session in which the text was voted on"),
        number("discrimination", "posterior mean of beta; positive: the west votes no"),
        number("discrimination_sd", "its posterior standard deviation"),
        number("cut_low", "posterior mean of the cut point between yes and abstain, times beta"),
        number("cut_low_sd", "its posterior standard deviation"),
        number("cut_high", "posterior mean of the cut point between abstain and no, times beta"),
        number("cut_high_sd", "its posterior standard deviation"),
        integer("n", "votes cast on it", "votes"),
    ),
)
DIAGNOSTICS = Table(
    "diagnostics",
    "how well a position was sampled",
    ("state", "session"),
    (
        STATE,
        SESSION,
        number("rhat", "split R-hat over chains; 1 when they agree", null=True),
        number("ess", "effective number of independent draws", null=True),
    ),
)

Positions = Annotated[pl.DataFrame, POSITIONS]
Items = Annotated[pl.DataFrame, ITEMS]
Diagnostics = Annotated[pl.DataFrame, DIAGNOSTICS]


@dataclass(frozen=True)
class IdealPoints:
    """Estimates as tidy frames: positions, roll-call parameters, sampling diagnostics.

    ``state`` holds the chains: save it to go on later, or to add a session with
    :func:`update_ideal_points`.
    """

    positions: Positions
    items: Items
    diagnostics: Diagnostics
    state: State = field(repr=False, compare=False)

    def draws(self) -> pl.DataFrame:
        """Return the posterior draws: ``state, session, chain, draw, value``."""
        labels = self.state.positions.select("state", "session")
        count = self.state.complete
        return pl.concat(
            labels.select(pl.all().repeat_by(count).explode()).with_columns(
                pl.lit(chain.number).cast(pl.Int64).alias("chain"),
                pl.Series("draw", np.tile(np.arange(count), labels.height)),
                pl.Series("value", chain.draws[:count].T.ravel().astype(np.float64)),
            )
            for chain in self.state.chains
        )


class DesignOptions(TypedDict, total=False):
    """Which votes count, and how far a position may move in a year."""

    issue: Annotated[str | None, Default(None)]
    smooth: Annotated[float, Default(0.5)]
    parts: Annotated[Parts, Default("until_1989")]
    progress: Annotated[Progress | None, Default(None)]


class SamplingOptions(DesignOptions, total=False):
    """Those, and how long the chains are and where they start.

    Parameters
    ----------
    issue : str, optional
        me, nu, di, hr, co, ec, important or not_nu; issues start in the session the authors chose.
    sweeps, burn, thin, chains : int
        Sweeps kept and burned in each chain, every how many a draw is stored, chains. The published
        program ran one chain of 20,000 after 4,000.
    seed : int
        Start of the random numbers.
    smooth : float
        Variance of a year's change before weighting, ``bsv2017`` only; published: 0.5.
    parts : {"until_1989", "all", "none"}
        Which votes on paragraphs and amendments count; published: until 1989.
    anchors : mapping, optional
        Start of some states' positions, which fixes the direction of the scale.
    progress : callable, optional
        Called with sweeps done and sweeps in all.
    checkpoint : path, optional
        File in which the chains are kept while they run; they go on from there if it exists.
    resume : State, optional
        The state of an earlier run of the same votes and options, to go on from.
    """

    sweeps: Annotated[int, Default(1200)]
    burn: Annotated[int, Default(400)]
    thin: Annotated[int, Default(6)]
    chains: Annotated[int, Default(2)]
    seed: Annotated[int, Default(0)]
    anchors: Annotated[Mapping[str, float] | None, Default(None)]
    checkpoint: Annotated[str | Path | None, Default(None)]
    resume: Annotated[State | None, Default(None)]


@with_options
def ideal_points(
    votes: Votes,
    rollcalls: Rollcalls,
    bridges: Bridges | None = None,
    *,
    variant: Variant = "bsv2017",
    **which: Unpack[SamplingOptions],
) -> IdealPoints:
    r"""Return the ideal points of states by session, with intervals.

    .. math::
        P(y_{itv} \le k) = \Phi(\gamma_{kv} - \beta_v \theta_{it}), \qquad
        \theta_{it} \sim N(\theta_{i,t-1}, s \, n_{it} / (n_{it} + n_{i,t-1})), \qquad
        \beta_v \sim N(0, 1)

    Absences, unanimous roll calls and session 19 are left out. The same seed gives the same
    numbers on any number of processors.

    Parameters
    ----------
    votes : Votes
        Choices of states.
    rollcalls : Rollcalls
        What was voted on, and in which session.
    bridges : Bridges, optional
        Pairs of roll calls on identical texts; found from titles when left out.
    variant : {"bsv2017", "joint"}
        The published program, or whole paths drawn with information from both sides in time.

    Returns
    -------
    IdealPoints
        ``positions`` (value about -3 to 4, unit: standard deviations over all positions; low and
        high are the 5 % and 95 % quantiles; n the roll calls), ``items`` and ``diagnostics``
        (null where a chain stored fewer than eight draws).

    Raises
    ------
    BadValue
        If an option is outside what is allowed, or ``resume`` belongs to another run.
    MissingData
        If no contested roll call is left.
    MissingExtra
        If numba is not installed.
    Interrupted
        If sampling is stopped; its ``state`` can be passed as ``resume``.

    References
    ----------
    Bailey, M. A., Strezhnev, A. and Voeten, E. (2017). Estimating dynamic state preferences from
    United Nations voting data. Journal of Conflict Resolution 61(2).
    Cowles, M. K. (1996). Accelerating Monte Carlo Markov chain convergence for cumulative-link
    generalized linear models. Statistics and Computing 6, 101-111.
    Liu, J. S., Sabatti, C. (2000). Generalised Gibbs sampler and multigrid Monte Carlo for
    Bayesian computation. Biometrika 87(2), 353-369.

    Examples
    --------
    >>> import polars as pl
    >>> sides = {"USA": "nynyny", "GBR": "nynyna", "RUS": "ynynyn", "KAZ": "ynanyn"}
    >>> words = {"y": "yes", "n": "no", "a": "abstain"}
    >>> votes = pl.DataFrame(
    ...     [(str(k), s, words[c]) for s, line in sides.items() for k, c in enumerate(line)],
    ...     schema=["rollcall", "state", "choice"], orient="row")
    >>> rollcalls = pl.DataFrame({
    ...     "rollcall": [str(k) for k in range(6)], "year": 2015, "session": 70,
    ...     "date": "2015-12-01", "kind": "final", "title": None})
    >>> fit = ideal_points(votes, rollcalls, sweeps=200, burn=100)
    >>> fit.positions.sort("value")["state"].to_list()[-2:]
    ['GBR', 'USA']
    """
    from multivector.measures import _ordinal_chain as chain

    if variant not in ("bsv2017", "joint"):
        raise BadValue(f"variant is {variant!r}; expected bsv2017 or joint; name one of them")
    o = given(SamplingOptions, which)
    joint, issue, resume = variant == "joint", o["issue"], o["resume"]
    plan = Plan(joint, o["burn"], o["sweeps"], o["thin"], o["chains"], o["seed"])
    links = bridges_from_titles(rollcalls) if bridges is None else bridges
    smooth = 1.0 if joint else o["smooth"]
    design = designs.design(votes, rollcalls, links, issue=issue, parts=o["parts"], smooth=smooth)
    layout, eras = designs.layout(design), designs.eras(design)
    path = Path(o["checkpoint"]) if o["checkpoint"] is not None else None
    if resume is None and path is not None and path.exists():
        resume = State.load(path)
    if resume is None:
        mean = designs.anchored(design, issue, o["anchors"])
        start = chain.published_start(layout, mean, design.items["polarity"].to_numpy())
        state = chain.begin(layout, eras, plan, design, start)
    else:
        state = chain.resumed(resume, layout, plan)
    chain.run(layout, eras, state, progress=o["progress"], checkpoint=path)
    return _summed_up(state, design)


@with_options
def update_ideal_points(
    fit: IdealPoints | State,
    votes: Votes,
    rollcalls: Rollcalls,
    bridges: Bridges | None = None,
    *,
    sweeps: int = 2000,
    burn: int = 500,
    thin: int = 10,
    **which: Unpack[DesignOptions],
) -> IdealPoints:
    """Return the ideal points with the sessions that a stored fit does not have yet.

    Sessions the fit has stay as they are. The first session in which a state's number of roll calls
    differs, and all later ones, are sampled anew with everything before held at its posterior mean,
    on the scale of the fit; resolutions known from before carry the scale across.

    Parameters
    ----------
    fit : IdealPoints or State
        A ``bsv2017`` fit, or its stored state.
    votes, rollcalls, bridges
        All votes, the new ones among them.
    issue, sweeps, burn, thin, smooth, parts, progress
        As in :func:`ideal_points`; issue, smooth and parts must be those of the fit.

    Returns
    -------
    IdealPoints
        All sessions; the scale is that of the fit, so mean 0 and sd 1 hold over its sessions.

    Raises
    ------
    BadValue
        If the fit is of the joint variant, or nothing is new.
    """
    from multivector.measures import _ordinal_update as update

    o = given(DesignOptions, which)
    state = fit.state if isinstance(fit, IdealPoints) else fit
    links = bridges_from_titles(rollcalls) if bridges is None else bridges
    issue, parts, smooth = o["issue"], o["parts"], o["smooth"]
    design = designs.design(votes, rollcalls, links, issue=issue, parts=parts, smooth=smooth)
    fresh, whole = update.updated(state, design, sweeps, burn, thin, o["progress"])
    return _summed_up(fresh, whole)


def _summed_up(state: State, design: designs.Design) -> IdealPoints:
    """Return the frames of a finished run."""
    from multivector.measures._ordinal_chain import diagnose

    draws = np.stack([chain.draws[: state.complete] for chain in state.chains])
    pooled = draws.reshape(-1, draws.shape[2]).astype(np.float64)
    low, high = np.quantile(pooled, (0.05, 0.95), axis=0)
    rhat, ess = diagnose(draws)
    labels = design.positions.select("state", "session")
    positions = labels.with_columns(
        (pl.col("session") + 1945).alias("year"),
        pl.Series("value", pooled.mean(axis=0)),
        pl.Series("sd", pooled.std(axis=0, ddof=1)),
        pl.Series("low", low),
        pl.Series("high", high),
        design.positions["n"].cast(pl.Int64),
    )
    diagnostics = labels.with_columns(
        pl.Series("rhat", rhat).fill_nan(None), pl.Series("ess", ess).fill_nan(None)
    )
    order = ["state", "session"]
    return IdealPoints(
        POSITIONS.conform(positions).sort(order),
        ITEMS.conform(_items(state, design)),
        DIAGNOSTICS.conform(diagnostics).sort(order),
        state,
    )


def _items(state: State, design: designs.Design) -> pl.DataFrame:
    kept = max(1, sum(chain.done - state.plan.burn for chain in state.chains))
    totals = sum((chain.totals for chain in state.chains), start=np.zeros(()))
    means, squares = totals[:3] / kept, totals[3:] / kept
    spreads = np.sqrt(np.maximum(squares - means**2, 0.0))
    names = ("discrimination", "cut_low", "cut_high")
    return design.items.select(
        "rollcall",
        pl.col("first_session").alias("session"),
        "last_session",
        *(pl.Series(name, means[k]) for k, name in enumerate(names)),
        *(pl.Series(f"{name}_sd", spreads[k]) for k, name in enumerate(names)),
        pl.sum_horizontal("yes", "abstain", "no").cast(pl.Int64).alias("n"),
    )

r"""Whether an organisation binds its members, or they would have drawn together anyway.

Members of a club are close; that is why they joined. The question is whether a pair drew closer
*after* both were in than it would have otherwise, and "otherwise" has to come from somewhere.
`binds` takes it from pairs the organisation never tied, after what both states do with everybody
in that year is taken off, and then tries to break its own result:

- is the effect larger than that of clubs of random states with the same dates of joining, drawn
  from those outside whose ties waver as much from year to year?
- were the pairs drawing together already before (pre-trend), or when nothing had happened yet
  (placebo dates)?
- how do other organisations come out, for which nobody claims so much (placebo organisations)?
- how large would an effect have to be to be seen at all (minimum detectable effect)?

A small club's pairs nearly all share a state, and their errors cancel in any cluster-robust
formula: with three members it gives exactly zero. The interval therefore takes the larger of the
dyad-robust error and the spread of the random clubs.

What the verdicts mean: *binds*, members drew closer after joining, by more than chance, and not
before. *moves_together*, they drew closer, but were doing so already or there are no years before
joining to tell. *diverges*, they drew apart by more than chance, and not before. *no_evidence*,
anything else, which is not the same as no effect: read the minimum detectable effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue, choices
from multivector.measures import _outcomes as outcomes
from multivector.measures._dyads import Status
from multivector.measures._options import Default, given, require, with_options
from multivector.measures._rivals import other
from multivector.measures._study import BEFORE, Study, ties_of
from multivector.measures._ties import Integers, Kernel, random_clubs
from multivector.measures.did import GroupTime, aggregate, group_time
from multivector.measures.synthetic import SyntheticControl, synthetic_control
from multivector.tables import (
    BINDINGS,
    EFFECTS,
    ESTIMATES,
    GROUP_EFFECTS,
    PLACEBOS,
    Bindings,
    Effects,
    Estimates,
    Flows,
    GroupEffects,
    JointVotes,
    Memberships,
    Placebos,
    Rollcalls,
    Treaties,
    Votes,
)

__all__ = ["Binding", "binds"]

Outcome = Literal["trade", "votes", "agreements", "visits", "arms"]
Check = Literal["gravity", "sun_abraham", "imputation"]

OUTCOMES = ("trade", "votes", "agreements", "visits", "arms")
UNITS = {
    "trade": "log points of the pair's trade",
    "votes": "of the index of agreement (0 to 1)",
    "agreements": "log points of 1 + agreements in force",
    "visits": "log points of 1 + visits",
    "arms": "log points of 1 + arms transfers",
}
_Z = 1.959963984540054
_POWER = _Z + 0.8416212335729143
_EARLY = 3
_LARGEST = 60
_SCANT = 0.5


class BindingOptions(TypedDict, total=False):
    """What is looked at, over which years, and what the result has to stand up to.

    Parameters
    ----------
    outcome : {"trade", "votes", "agreements", "visits", "arms"}
        Logarithm of trade; Lijphart's index of agreement; log(1 + x) of agreements in force,
        visits or arms transfers.
    status : {"member", "observer", "dialogue_partner"}
        Pairs of full members, or of a full member and a holder of the status.
    years : tuple of int, optional
        First and last year; if not given ten years before the first tie, or twenty for a pair,
        to the last year with data.
    pair : tuple of str
        Two states: judge this pair alone, by synthetic control from the ties of both with states
        outside.
    since : int, optional
        With ``pair``, the year of the tie where the memberships do not say or another is wanted.
    floor : float
        Trade of a pair below so many US dollars a year is left out: in logarithms the ups and
        downs of next to nothing outweigh everything else.
    adjust : {"state_years", "none"}
        Whether each state's level with everybody is taken off every year.
    control : {"never", "not_yet"}
        Compare with pairs never tied, or with those not yet tied either.
    draws : int
        Random clubs.
    organisations : int
        Most placebo organisations, of those of nearly the same size.
    checks : tuple of {"gravity", "sun_abraham", "imputation"}
        Other estimators: three-way gravity (trade only); Sun and Abraham's and the imputation
        estimator of pyfixest, which the extra 'models' brings.
    seed : int
        Seed of the random clubs.
    """

    outcome: Annotated[Outcome, Default("trade")]
    status: Annotated[Status, Default("member")]
    years: Annotated[tuple[int, int] | None, Default(None)]
    pair: Annotated[tuple[str, ...], Default(())]
    since: Annotated[int | None, Default(None)]
    floor: Annotated[float, Default(100_000.0)]
    adjust: Annotated[Literal["state_years", "none"], Default("state_years")]
    control: Annotated[Literal["never", "not_yet"], Default("never")]
    draws: Annotated[int, Default(500)]
    organisations: Annotated[int, Default(20)]
    checks: Annotated[tuple[Check, ...], Default(())]
    seed: Annotated[int, Default(0)]


@dataclass(frozen=True, slots=True)
class Binding:
    """A verdict and all it rests on, each a tidy frame.

    ``verdict`` has one row; ``effects`` the aggregates of ``group_effects``; ``placebos`` the
    effects where there should be none; ``checks`` other estimators where they were asked for.
    """

    verdict: Bindings
    effects: Effects
    group_effects: GroupEffects
    placebos: Placebos
    checks: Estimates


@with_options
def binds(
    memberships: Memberships,
    flows: Flows | None = None,
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: JointVotes | None = None,
    treaties: Treaties | None = None,
    *,
    organisation: str,
    **which: Unpack[BindingOptions],
) -> Binding:
    r"""Whether an organisation binds those whom it ties.

    .. math::
        ATT(g, t) = E[Y_t - Y_{g-1} \mid G = g] - E[Y_t - Y_{g-1} \mid \text{never tied}]

    for the pairs G = g tied first in year g; the estimate is the mean over g and t from g on,
    weighted by the number of pairs (Callaway and Sant'Anna's simple aggregate). Y is the outcome
    less a level for either state in every year, fitted on pairs never tied.

    Parameters
    ----------
    memberships : Memberships
        Spells of status.
    flows, votes, rollcalls, joint_votes, treaties
        The table the outcome is made of; the others may be left out.
    organisation : str
        Code of the organisation.

    Returns
    -------
    Binding
        ``verdict.value`` in units of the outcome, null (and the verdict ``no_evidence``) where no
        pair is seen before and after it was tied; ``minimum_detectable`` is the effect that a test
        at 5 % finds four times in five. ``n`` is the number of pairs compared.

    Raises
    ------
    UnknownOrganisation
        If the memberships do not hold the organisation.
    MissingData
        If the table of the outcome holds nothing, or a pair has too little of it.
    MissingExtra
        If a check needs pyfixest and it is not installed.
    BadValue
        If an option is not allowed.

    References
    ----------
    Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time
    periods. Journal of Econometrics 225(2).
    Aronow, P. M., Samii, C. and Assenova, V. A. (2015). Cluster-robust variance estimation for
    dyadic data. Political Analysis 23(4).
    Abadie, A., Diamond, A. and Hainmueller, J. (2015). Comparative politics and the synthetic
    control method. American Journal of Political Science 59(2).

    Examples
    --------
    >>> from multivector.measures._binding_example import example
    >>> found = binds(*example(), organisation="CLUB", draws=99)
    >>> found.verdict.select("verdict", pl.col("value").round(2), "n").row(0)
    ('binds', 1.0, 3)
    """
    o = given(BindingOptions, which)
    _check(o)
    outcome, pair = o["outcome"], o["pair"]
    if outcome == "votes":
        frame = outcomes.votes(votes, rollcalls, joint_votes, o["years"])
    else:
        frame = _outcome(outcome, flows, treaties, o["years"], o["floor"])
    study = Study.of(frame, memberships, organisation, o["status"], o["years"], pair, o["since"])
    if study is None:
        why = "no pair was tied in the years with data"
        return _silent(organisation, outcome, o["status"], why)
    if o["adjust"] == "state_years":
        study = study.adjusted()
    if pair:
        return _judge_pair(study, outcome, o["draws"], o["seed"])
    binding = _judge(study, memberships, o)
    others = [other(check, study, memberships, flows) for check in o["checks"]]
    if not others:
        return binding
    checked = ESTIMATES.conform(pl.concat(others))
    return Binding(
        binding.verdict, binding.effects, binding.group_effects, binding.placebos, checked
    )


def _check(asked: BindingOptions) -> None:
    outcome, checks, pair = asked["outcome"], asked["checks"], asked["pair"]
    draws, organisations, floor = asked["draws"], asked["organisations"], asked["floor"]
    since = asked["since"]
    require("outcome", outcome, OUTCOMES)
    require("adjust", asked["adjust"], ("state_years", "none"))
    require("control", asked["control"], ("never", "not_yet"))
    for check in checks:
        require("checks", check, ("gravity", "sun_abraham", "imputation"))
    if "gravity" in checks and outcome != "trade":
        raise BadValue("the check gravity is for trade; expected outcome trade; leave it out")
    if draws < 0 or organisations < 0 or floor < 0:
        raise BadValue(
            f"draws is {draws}, organisations {organisations}, floor {floor}; expected 0 or more; "
            "correct them"
        )
    if len(pair) not in (0, 2) or len(set(pair)) != len(pair):
        raise BadValue(f"the pair is {choices(pair)}; expected two different states; correct it")
    if since is not None and not pair:
        raise BadValue(f"since is {since} without a pair; expected a pair too; give pair=A,B")


def _outcome(
    outcome: Outcome,
    flows: Flows | None,
    treaties: Treaties | None,
    years: tuple[int, int] | None,
    floor: float,
) -> pl.DataFrame:
    if outcome == "trade":
        return outcomes.trade(flows, years, floor)
    if outcome == "agreements":
        return outcomes.agreements(treaties, years)
    flow = {"visits": "visits_out", "arms": "arms_exports"}[outcome]
    return outcomes.counted(flows, flow, outcome, years)


def _judge(study: Study, memberships: Memberships, asked: BindingOptions) -> Binding:
    outcome, control = asked["outcome"], asked["control"]
    draws, seed = asked["draws"], asked["seed"]
    ties = study.usable()
    kernel = Kernel.of(study.cube)
    value, n = kernel.effect(ties)
    if not np.isfinite(value):
        return _silent(study.organisation, outcome, study.status, _why_silent(study))
    drift, watched = kernel.drift(ties, BEFORE // 2)
    early = kernel.effect(ties.shifted(_EARLY))[0]
    clubs = np.array(
        [
            (kernel.effect(club)[0], kernel.drift(club, BEFORE // 2)[0],
             kernel.effect(club.shifted(_EARLY))[0])
            for club in random_clubs(kernel, ties, study.pool(), draws, seed)
        ]
    ).reshape(-1, 3)  # fmt: skip
    found = group_time(study.cube.panel(ties), control=control)
    effects = aggregate(found)
    if control == "not_yet":
        value = effects.row(0, named=True)["value"] or value
    figures = {
        "value": value,
        "error": _error(effects, clubs[:, 0]),
        "placebo": _share(value, clubs[:, 0]),
        "pretrend": _share(drift, clubs[:, 1]) if 2 * watched >= n else None,
        "placebo_date": _share(early, clubs[:, 2]),
        "n": n,
        "coverage": study.cube.coverage(),
    }
    verdict = _verdict(study.organisation, outcome, study.status, figures)
    others = _other_organisations(study, kernel, memberships, asked["organisations"])
    placebos = _placebos(clubs[:, 0], early, others, int(n))
    return Binding(
        verdict, effects, _effects_of(found), placebos, ESTIMATES.empty()
    )  # fmt: skip


def _effects_of(found: GroupTime) -> GroupEffects:
    return GROUP_EFFECTS.conform(found.effects)


def _error(effects: Effects, clubs: Any) -> float | None:
    """Return the larger of the dyad-robust error and the spread of the random clubs."""
    robust = effects.row(0, named=True)["se"]
    known = clubs[np.isfinite(clubs)]
    spread = float(known.std(ddof=1)) if known.size > 1 else None
    both = [error for error in (robust, spread) if error]
    return max(both) if both else None


def _share(value: float, clubs: Any) -> float | None:
    """Return the share of random clubs with an effect at least as large in size."""
    known = clubs[np.isfinite(clubs)]
    if not np.isfinite(value) or not known.size:
        return None
    return float((1 + np.sum(np.abs(known) >= abs(value))) / (1 + known.size))


def _why_silent(study: Study) -> str:
    first = int(study.cube.years[0])
    if study.ties.start.size and (study.ties.start <= first).all():
        return f"every pair was tied by {first}, where the data begin, so there is no before"
    return "no pair is seen both before and after it was tied"


def _silent(organisation: str, outcome: str, status: str, why: str) -> Binding:
    row = {
        "organisation": organisation,
        "outcome": outcome,
        "status": status,
        "verdict": "no_evidence",
        "n": 0,
        "reason": f"The data do not allow an answer: {why}.",
    }
    return Binding(
        BINDINGS.conform(pl.DataFrame([row])),
        EFFECTS.empty(),
        GROUP_EFFECTS.empty(),
        PLACEBOS.empty(),
        ESTIMATES.empty(),
    )


def _verdict(organisation: str, outcome: Outcome, status: str, figures: dict[str, Any]) -> Bindings:
    value, error = figures["value"], figures["error"]
    verdict, why = _weigh(value, error, figures)
    if figures["coverage"] < _SCANT:
        why += f"; but the data hold only {figures['coverage']:.0%} of all pairs to compare with"
    unit = UNITS[outcome]
    seen = f"{value:+.3g} {unit}"
    chance = figures["placebo"]
    chances = "no random clubs"
    if chance is not None:
        chances = f"{chance:.0%} of random clubs show as much"
    row = {
        "organisation": organisation,
        "outcome": outcome,
        "status": status,
        "verdict": verdict,
        "value": value,
        "low": value - _Z * error if error else None,
        "high": value + _Z * error if error else None,
        "pretrend": figures["pretrend"],
        "placebo": chance,
        "placebo_date": figures["placebo_date"],
        "minimum_detectable": _POWER * error if error else None,
        "n": figures["n"],
        "reason": f"After {figures['n']} pairs were tied the change was {seen}; {chances}; {why}.",
    }
    return BINDINGS.conform(pl.DataFrame([row]))


def _weigh(value: float, error: float | None, figures: dict[str, Any]) -> tuple[str, str]:
    """Return the verdict and the reason that decides."""
    chance, before, early = (figures[k] for k in ("placebo", "pretrend", "placebo_date"))
    clear = error is not None and abs(value) > _Z * error and chance is not None and chance < 0.05
    if not clear:
        least = f"; less than {_POWER * error:.2g} could hardly have been seen" if error else ""
        return "no_evidence", f"that is within chance{least}"
    if value < 0:
        if before is None:
            return "no_evidence", "they drew apart, but there are too few years before to tell why"
        if before < 0.05:
            return "no_evidence", f"they were drawing apart before they joined (p = {before:.2g})"
        return "diverges", f"and there was no trend before (p = {before:.2g})"
    if before is None:
        return "moves_together", "there are too few years before joining to tell a trend"
    if before < 0.05:
        return "moves_together", f"they were drawing together before they joined (p = {before:.2g})"
    if early is not None and early < 0.05:
        return "moves_together", f"the change began {_EARLY} years too early (p = {early:.2g})"
    return "binds", f"and there was no trend before (p = {before:.2g})"


def _other_organisations(
    study: Study, kernel: Kernel, memberships: Memberships, most: int
) -> list[tuple[str, float, int]]:
    """Return the effect of other organisations of nearly the same size, nearest first."""
    if not most:
        return []
    size = np.unique(np.concatenate([study.ties.first, study.ties.second])).size
    counts = (
        memberships.filter(pl.col("status").is_in(["member", "founding_member"]))
        .group_by("organisation")
        .agg(members=pl.col("state").n_unique())
        .filter(
            (pl.col("organisation") != study.organisation)
            & pl.col("members").is_between(2, _LARGEST)
        )
        .with_columns(distance=(pl.col("members") - size).abs())
        .sort("distance", "organisation")
    )
    found: list[tuple[str, float, int]] = []
    for organisation in counts["organisation"]:
        ties = ties_of(memberships, organisation, kernel.cube)
        value, n = kernel.effect(ties) if ties.start.size else (np.nan, 0)
        if np.isfinite(value):
            found.append((organisation, value, n))
        if len(found) == most:
            break
    return found


def _placebos(
    clubs: Iterable[float], early: float, others: list[tuple[str, float, int]], n: int
) -> Placebos:
    rows: list[tuple[str, str, float | None, int]] = [
        ("club", f"{k:05d}", float(value) if np.isfinite(value) else None, n)
        for k, value in enumerate(clubs, 1)
    ]
    if np.isfinite(early):
        rows.append(("date", f"-{_EARLY}", float(early), n))
    rows += [("organisation", name, value, pairs) for name, value, pairs in others]
    return PLACEBOS.conform(pl.DataFrame(rows, schema=PLACEBOS.schema, orient="row"))


def _judge_pair(study: Study, outcome: Outcome, draws: int, seed: int) -> Binding:
    """Return the verdict on one pair by synthetic control from both states' ties outside."""
    a, b, start = int(study.ties.first[0]), int(study.ties.second[0]), int(study.ties.start[0])
    last = int(study.ties.end[0])
    cube = study.cube
    span = cube.years <= last
    years = cube.years[span]
    own = cube.values[a, b, span]
    ends = np.array([(s, k) for s in (a, b) for k in study.outside if k not in (a, b)])
    donors = cube.values[ends[:, 0], ends[:, 1]][:, span].T if ends.size else np.zeros((0, 0))
    known = np.isfinite(own)
    donors = donors[known] if donors.size else np.zeros((int(known.sum()), 0))
    donors = donors[:, np.isfinite(donors).all(axis=0)]
    before = years[known] < start
    if donors.shape[1] < 2 or before.sum() < 2 or before.all() or not before.size:
        return _silent(
            study.organisation, outcome, study.status,
            f"the pair has {int(before.sum())} years before {start} and "
            f"{int((~before).sum())} from then on, with {donors.shape[1]} donors",
        )  # fmt: skip
    found = synthetic_control(
        own[known],
        donors,
        before,
        nearest=max(int(before.sum()) // 2, 2),
        placebos=draws,
        seed=seed,
    )
    return _pair_verdict(study, outcome, found, years[known], start)


def _pair_verdict(
    study: Study, outcome: Outcome, found: SyntheticControl, years: Integers, start: int
) -> Binding:
    clear = found.p_value is not None and found.p_value < 0.05
    verdict = ("binds" if found.effect > 0 else "diverges") if clear else "no_evidence"
    chance = "no donor to compare with"
    if found.p_value is not None:
        chance = f"as much, for its error, as {found.p_value:.0%} of the ties compared"
    row = {
        "organisation": study.organisation,
        "outcome": outcome,
        "status": study.status,
        "verdict": verdict,
        "value": found.effect,
        "placebo": found.p_value,
        "n": 1,
        "reason": (
            f"From {start} on {'-'.join(sorted(study.pair))} differed from its synthetic control "
            f"by {found.effect:+.3g} {UNITS[outcome]}, after an error of {found.fit:.2g} before; "
            f"{chance}."
        ),
    }
    gaps = [
        {"aggregation": "gap", "at": str(year), "value": float(gap), "n": 1}
        for year, gap in zip(years, found.gap, strict=True)
    ]
    return Binding(
        BINDINGS.conform(pl.DataFrame([row])),
        EFFECTS.conform(pl.DataFrame(gaps)),
        GROUP_EFFECTS.empty(),
        PLACEBOS.empty(),
        ESTIMATES.empty(),
    )

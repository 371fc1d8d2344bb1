r"""What would have become of one unit without its treatment: synthetic control.

With a single accession there is no group to average over. The synthetic control is the mix of
untreated units (weights of at least 0 that add up to 1) that was most like the treated one before;
the gap that opens afterwards is the effect (Abadie and Gardeazabal 2003; Abadie, Diamond and
Hainmueller 2015). How surprising a gap is follows from treating every donor as if it had been the
one: the p-value is the share of units whose error after, relative to before, is as large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from multivector.errors import BadValue, MissingData
from multivector.measures._options import Default, given, with_options

__all__ = ["SyntheticControl", "synthetic_control"]

Array = NDArray[np.float64]

_SUM = 1e4


class PlaceboOptions(TypedDict, total=False):
    """How many donors are mixed, and how many are treated as if they had been the one.

    Parameters
    ----------
    nearest : int, optional
        Without predictors, mix only so many donors, those nearest before treatment: as many
        donors as years fit anything.
    placebos : int
        Most donors treated as placebos; drawn if there are more.
    seed : int
        Seed of that draw.
    """

    nearest: Annotated[int | None, Default(None)]
    placebos: Annotated[int, Default(200)]
    seed: Annotated[int, Default(0)]


@dataclass(frozen=True, slots=True)
class SyntheticControl:
    """The weights of the donors, the path they give, and what follows from it.

    ``effect`` is the mean gap after treatment, ``fit`` the root mean squared gap before, ``ratio``
    that after over that before, ``p_value`` the share of units with as large a ratio; null where
    no donor could be fitted.
    """

    weights: Array
    path: Array
    gap: Array
    effect: float
    fit: float
    ratio: float | None
    p_value: float | None
    importance: Array | None = None


@with_options
def synthetic_control(
    treated: Array,
    donors: Array,
    before: NDArray[np.bool_],
    *,
    predictors: tuple[Array, Array] | None = None,
    importance: Array | None = None,
    fitted: NDArray[np.bool_] | None = None,
    **which: Unpack[PlaceboOptions],
) -> SyntheticControl:
    r"""Return the synthetic control of one unit.

    .. math:: \min_w \sum_k v_k (x_{1k} - \sum_j w_j x_{jk})^2, \quad w_j \ge 0, \sum_j w_j = 1

    Without predictors x are the outcomes before treatment, all alike; with predictors the
    importance v is chosen so that the outcome before treatment is met best.

    Parameters
    ----------
    treated : array
        Outcome of the treated unit by year.
    donors : array
        Outcomes of the donors, years in rows.
    before : array of bool
        Which years lie before treatment.
    predictors : tuple of array, optional
        Predictors of the treated unit, and of the donors with predictors in rows.
    importance : array, optional
        Importance of the predictors, found elsewhere: in an earlier period, say.
    fitted : array of bool, optional
        With predictors, the years before treatment on which their importance is judged; all those
        before if not given.

    Returns
    -------
    SyntheticControl
        Weights in [0, 1] that add up to 1; gap and effect in units of the outcome; ``p_value`` is
        null without placebos.

    Raises
    ------
    MissingData
        If there are fewer than two donors or two years before, or none after.
    BadValue
        If a figure is missing.

    References
    ----------
    Abadie, A., Diamond, A. and Hainmueller, J. (2015). Comparative politics and the synthetic
    control method. American Journal of Political Science 59(2).

    Examples
    --------
    >>> donors = np.array([[1.0, 3.0], [2.0, 5.0], [3.0, 8.0]])
    >>> found = synthetic_control(np.array([2.0, 3.5, 9.5]), donors, np.array([True, True, False]))
    >>> found.weights.round(3).tolist(), round(found.effect, 3)
    ([0.5, 0.5], 4.0)
    """
    o = given(PlaceboOptions, which)
    nearest, placebos, seed = o["nearest"], o["placebos"], o["seed"]
    _check(treated, donors, before)
    if predictors is None:
        weights = _of_nearest(treated[before], donors[before], nearest)
    elif importance is not None:
        weights = _weighed(*_scaled(*predictors), importance)
    else:
        judged = before if fitted is None else fitted
        weights, importance = _by_predictors(treated[judged], donors[judged], *predictors)
    path = donors @ weights
    gap = treated - path
    fit, ratio = _errors(gap, before)
    return SyntheticControl(
        weights,
        path,
        gap,
        float(gap[~before].mean()),
        fit,
        ratio,
        _placebo(donors, before, ratio, nearest, placebos, seed),
        importance,
    )


def _check(treated: Array, donors: Array, before: NDArray[np.bool_]) -> None:
    if donors.ndim != 2 or donors.shape[1] < 2 or before.sum() < 2 or before.all():
        raise MissingData(
            f"a synthetic control of {donors.shape[-1]} donors, {int(before.sum())} years before "
            f"and {int((~before).sum())} after; expected at least 2, 2 and 1; take more of them"
        )
    if not (np.isfinite(treated).all() and np.isfinite(donors).all()):
        raise BadValue(
            "a synthetic control with missing figures; expected every year of every unit; "
            "leave out donors or years with gaps"
        )


def _errors(gap: Array, before: NDArray[np.bool_]) -> tuple[float, float | None]:
    fit = float(np.sqrt(np.mean(gap[before] ** 2)))
    after = float(np.sqrt(np.mean(gap[~before] ** 2)))
    return fit, after / fit if fit > 1e-12 else None


def _simplex(target: Array, columns: Array) -> Array:
    """Return the weights on the simplex that come closest to the target."""
    from scipy.optimize import nnls

    scale = max(float(np.abs(columns).max()), 1e-12)
    stacked = np.vstack([columns / scale, np.full((1, columns.shape[1]), _SUM)])
    wanted = np.append(target / scale, _SUM)
    weights = np.asarray(nnls(stacked, wanted)[0])
    return np.asarray(weights / weights.sum())


def _of_nearest(target: Array, columns: Array, nearest: int | None) -> Array:
    """Return weights on the nearest columns, 0 on the others."""
    if nearest is None or nearest >= columns.shape[1]:
        return _simplex(target, columns)
    distance = np.sum((columns - target[:, None]) ** 2, axis=0)
    chosen = np.sort(np.argsort(distance, kind="stable")[:nearest])
    weights = np.zeros(columns.shape[1])
    weights[chosen] = _simplex(target, columns[:, chosen])
    return weights


def _scaled(own: Array, others: Array) -> tuple[Array, Array]:
    """Return predictors over their standard deviation over all units."""
    spread = np.column_stack([own, others]).std(axis=1, ddof=1)
    spread[spread == 0] = 1.0
    return own / spread, others / spread[:, None]


def _weighed(own: Array, others: Array, importance: Array) -> Array:
    root = np.sqrt(importance)
    return _simplex(root * own, root[:, None] * others)


def _by_predictors(
    target: Array, outcomes: Array, own: Array, others: Array
) -> tuple[Array, Array]:
    """Return weights and the importance of predictors that meets the outcome best."""
    from scipy.optimize import minimize

    own, others = _scaled(own, others)

    def weigh(logs: Array) -> tuple[Array, Array]:
        importance = np.exp(logs - logs.max())
        importance = importance / importance.sum()
        return _weighed(own, others, importance), importance

    def loss(logs: Array) -> float:
        return float(np.mean((target - outcomes @ weigh(np.clip(logs, -30, 30))[0]) ** 2))

    starts = [np.zeros(own.size), *(4.0 * row for row in np.eye(own.size))]
    options = {"maxiter": 400 * own.size, "xatol": 1e-6, "fatol": 1e-8, "adaptive": True}
    best = min((minimize(loss, s, method="Nelder-Mead", options=options) for s in starts),
               key=lambda found: float(found.fun))  # fmt: skip
    return weigh(np.clip(best.x, -30, 30))


def _placebo(
    donors: Array,
    before: NDArray[np.bool_],
    ratio: float | None,
    nearest: int | None,
    placebos: int,
    seed: int,
) -> float | None:
    if ratio is None or not placebos or donors.shape[1] < 3:
        return None
    chosen = np.arange(donors.shape[1])
    if chosen.size > placebos:
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, placebos, replace=False))
    ratios = []
    for place in chosen:
        rest = np.delete(donors, place, axis=1)
        gap = donors[:, place] - rest @ _of_nearest(donors[before, place], rest[before], nearest)
        found = _errors(gap, before)[1]
        if found is not None:
            ratios.append(found)
    if not ratios:
        return None
    return (1 + sum(r >= ratio for r in ratios)) / (1 + len(ratios))

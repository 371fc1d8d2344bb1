r"""Poisson pseudo-maximum likelihood with many fixed effects, and what corrects it.

Three pieces. `within` takes the weighted projection on any number of sets of fixed effects out of
columns, by conjugate gradients on the symmetric sweep over the sets. `ppml` is iteratively
reweighted least squares on it: no dummy is ever built. `three_way_bias` is the analytic correction
of Weidner and Zylkin (2021) for exporter-year, importer-year and pair effects.

The likelihood is in the fitted means only, so that nothing here knows states, years or tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multivector.errors import NotConverged

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

_SWEEPS = 5000
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit: estimates of the kept regressors and all that inference needs, on the rows kept.

    ``residuals`` are on the scale of the outcome, ``regressors`` have the fixed effects projected
    out under the final weights, ``bread`` is the inverse of their weighted cross product.
    """

    coefficients: Array
    kept: NDArray[np.bool_]
    rows: NDArray[np.bool_]
    outcome: Array
    fitted: Array
    weights: Array
    residuals: Array
    regressors: Array
    bread: Array
    steps: int

    @property
    def scores(self) -> Array:
        """Return the contribution of every row to the score of every coefficient."""
        return np.asarray(self.regressors * self.residuals[:, None])


def codes(values: Sequence[object] | NDArray[np.generic]) -> Codes:
    """Return whole numbers from 0, one for each distinct value."""
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64)


class _Sweep:
    """The symmetric sweep of weighted demeaning over sets of groups, first to last and back."""

    def __init__(self, groups: Sequence[Codes], weights: Array) -> None:
        from scipy import sparse

        self.weights = weights
        positions = np.arange(weights.size)
        self.sets = []
        for group in groups:
            size = int(group.max()) + 1 if group.size else 0
            total = np.bincount(group, weights, size)
            scale = np.divide(1.0, total, out=np.zeros(size), where=total > 0)
            sums = sparse.csr_matrix(
                (weights * scale[group], (group, positions)), (size, group.size)
            )
            self.sets.append((sums, group))

    def __call__(self, columns: Array) -> Array:
        last = len(self.sets) - 1
        order = [*range(last + 1), *range(last - 1, -1, -1)]
        for place in order:
            means, group = self.sets[place]
            columns = columns - (means @ columns)[group]
        return columns

    def dot(self, left: Array, right: Array) -> Array:
        return np.asarray(np.einsum("n,nk,nk->k", self.weights, left, right))


def within(
    columns: Array, groups: Sequence[Codes], weights: Array, *, tolerance: float = 1e-9
) -> Array:
    """Return the columns less their weighted projection on all sets of groups.

    Raises
    ------
    NotConverged
        If the sweeps do not settle.
    """
    if not groups or not columns.size:
        return columns
    sweep = _Sweep(groups, weights)
    if len(groups) == 1:
        return sweep(columns)
    scale = np.maximum(sweep.dot(columns, columns), 1e-300)
    removed = np.zeros_like(columns)
    gap = columns - sweep(columns)
    direction = gap.copy()
    size = sweep.dot(gap, gap)
    for _ in range(_SWEEPS):
        if np.all(size <= tolerance**2 * scale):
            return sweep(columns - removed)
        moved = direction - sweep(direction)
        slope = sweep.dot(direction, moved)
        step = np.divide(size, slope, out=np.zeros_like(size), where=slope > 0)
        removed += step * direction
        gap -= step * moved
        fresh = sweep.dot(gap, gap)
        turn = np.divide(fresh, size, out=np.zeros_like(size), where=size > 0)
        direction = gap + turn * direction
        size = fresh
    raise NotConverged(
        f"the fixed effects did not settle in {_SWEEPS} sweeps; expected connected data; "
        "drop states with very few partners or take fewer years"
    )


def _positive_groups(outcome: Array, groups: Sequence[Codes]) -> NDArray[np.bool_]:
    """Return the rows that stay once groups with no positive outcome are gone, again and again."""
    kept = np.ones(outcome.size, dtype=bool)
    while True:
        before = int(kept.sum())
        for group in groups:
            total = np.bincount(group, outcome * kept, int(group.max()) + 1)
            kept &= total[group] > 0
        if int(kept.sum()) == before:
            return kept


def _independent(raw: Array, projected: Array, weights: Array) -> NDArray[np.bool_]:
    """Return which columns are not spanned by fixed effects and earlier columns."""
    kept: list[int] = []
    basis: list[Array] = []
    root = np.sqrt(weights)
    for place in range(raw.shape[1]):
        column = projected[:, place] * root
        size = float(np.linalg.norm(raw[:, place] * root))
        for vector in basis:
            column = column - vector * float(vector @ column)
        left = float(np.linalg.norm(column))
        if size > 0 and left > 1e-7 * size:
            kept.append(place)
            basis.append(column / left)
    found = np.zeros(raw.shape[1], dtype=bool)
    found[kept] = True
    return found


def least_squares(outcome: Array, regressors: Array, groups: Sequence[Codes]) -> Fit:
    """Return the fit of a linear regression with fixed effects, all rows weighing the same."""
    ones = np.ones(outcome.size)
    both = within(np.column_stack([outcome, regressors]), groups, ones)
    kept = _independent(regressors, both[:, 1:], ones)
    clean = both[:, 1:][:, kept]
    bread = np.asarray(np.linalg.inv(clean.T @ clean), float)
    estimate = bread @ (clean.T @ both[:, 0])
    left = both[:, 0] - clean @ estimate
    rows = np.ones(outcome.size, dtype=bool)
    return Fit(estimate, kept, rows, outcome, outcome - left, ones, left, clean, bread, 1)


def ppml(
    outcome: Array, regressors: Array, groups: Sequence[Codes], *, tolerance: float = 1e-9
) -> Fit:
    """Return the Poisson pseudo-maximum likelihood fit with fixed effects.

    Rows in groups whose outcomes are all zero, and rows whose mean runs away to zero, say nothing
    about the coefficients and are left out (Correia, Guimaraes and Zylkin 2020).

    Raises
    ------
    NotConverged
        If the deviance does not settle.
    """
    rows = _positive_groups(outcome, groups)
    while True:
        own = [codes(group[rows]) for group in groups]
        fit = _reweighted(outcome[rows], regressors[rows], own, tolerance)
        lost = (fit.outcome == 0) & (fit.fitted < 1e-10 * fit.fitted.mean())
        if not lost.any():
            return _on(fit, rows)
        rows = rows.copy()
        rows[np.flatnonzero(rows)[lost]] = False


def _on(fit: Fit, rows: NDArray[np.bool_]) -> Fit:
    from dataclasses import replace

    return replace(fit, rows=rows)


def _reweighted(outcome: Array, raw: Array, groups: list[Codes], tolerance: float) -> Fit:
    mean = (outcome + outcome.mean()) / 2
    latent = np.log(mean)
    last, precision = np.inf, 1e-4
    carried = np.column_stack([latent, raw])
    work = carried
    for count in range(1, _STEPS + 1):
        target = latent + (outcome - mean) / mean
        work = work.copy()
        work[:, 0] += target - carried[:, 0]
        carried = np.column_stack([target, raw])
        work = within(work, groups, mean, tolerance=precision)
        kept = _independent(raw, work[:, 1:], mean)
        clean = work[:, 1:][:, kept]
        bread = np.linalg.inv((clean.T * mean) @ clean)
        estimate = bread @ (clean.T @ (mean * work[:, 0]))
        latent = np.clip(target - (work[:, 0] - clean @ estimate), -60.0, 60.0)
        mean = np.exp(latent)
        deviance = _deviance(outcome, mean)
        change = abs(deviance - last) / (0.1 + deviance)
        if change < tolerance and precision <= 1e-9:
            rows = np.ones(outcome.size, dtype=bool)
            left = outcome - mean
            return Fit(estimate, kept, rows, outcome, mean, mean, left, clean, bread, count)
        if change < 1e-3:
            precision = max(precision * 1e-2, 1e-9)
        last = deviance
    raise NotConverged(
        f"the deviance did not settle in {_STEPS} steps; expected flows that the model can fit; "
        "take fewer terms or fewer fixed effects"
    )


def _deviance(outcome: Array, mean: Array) -> float:
    ratio = np.divide(outcome, mean, out=np.ones_like(mean), where=outcome > 0)
    return float(2 * np.sum(outcome * np.log(ratio) - (outcome - mean)))


def clustered(fit: Fit, clusters: Codes) -> Array:
    """Return the covariance of the coefficients with scores summed within clusters.

    The factor G / (G - 1) for G clusters is applied, as in the gravity literature.
    """
    size = int(clusters.max()) + 1
    sums = _sums(fit.scores, clusters, size)
    return np.asarray(fit.bread @ (sums.T @ sums) @ fit.bread * (size / max(size - 1, 1)))


def dyadic(fit: Fit, first: Codes, second: Codes) -> Array:
    """Return the covariance robust to correlation between any two pairs that share a member.

    Aronow, Samii and Assenova (2015). Products within a member count a pair with both members
    twice, so the products within undirected pairs are taken off once; negative eigenvalues, which
    small samples can have, are set to zero.
    """
    scores = fit.scores
    return np.asarray(fit.bread @ dyadic_meat(scores, first, second) @ fit.bread)


def dyadic_meat(scores: Array, first: Codes, second: Codes) -> Array:
    """Return the sum of score products over all rows that share at least one member."""
    size = int(max(first.max(), second.max())) + 1
    own = _sums(scores, first, size)
    different = first != second
    own += _sums(scores[different], second[different], size)
    low, high = np.minimum(first, second), np.maximum(first, second)
    pair = codes(low * size + high)
    pairs = own
    if different.any():
        pairs = _sums(scores[different], codes(pair[different]), int(pair.max()) + 1)
    meat = own.T @ own - pairs.T @ pairs
    values, vectors = np.linalg.eigh((meat + meat.T) / 2)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def _sums(columns: Array, group: Codes, size: int) -> Array:
    found = np.zeros((size, columns.shape[1]))
    for k in range(columns.shape[1]):
        found[:, k] = np.bincount(group, columns[:, k], size)
    return found


@dataclass(frozen=True, slots=True)
class Correction:
    """The estimated bias of a three-way fit and a covariance without its downward bias."""

    bias: Array
    covariance: Array


@dataclass(frozen=True, slots=True)
class _Panels:
    """A three-way fit as pairs by years; absent cells have mean zero and move nothing."""

    first: Codes
    second: Codes
    cluster: Codes
    shares: Array
    totals: Array
    scores: Array
    regressors: Array

    @classmethod
    def of(
        cls, fit: Fit, first: Codes, second: Codes, times: Codes, clusters: Codes | None
    ) -> _Panels:
        pair = codes(first * (int(second.max()) + 1) + second)
        shape = (int(pair.max()) + 1, int(times.max()) + 1)
        fitted, left = np.zeros(shape), np.zeros(shape)
        columns = np.zeros((*shape, fit.regressors.shape[1]))
        fitted[pair, times] = fit.fitted
        left[pair, times] = fit.residuals
        columns[pair, times] = fit.regressors
        members = np.zeros((3, shape[0]), dtype=np.int64)
        members[0, pair], members[1, pair] = first, second
        members[2, pair] = pair if clusters is None else clusters
        totals = fitted.sum(axis=1)
        return cls(
            members[0], members[1], members[2], fitted / totals[:, None], totals, left, columns
        )

    @property
    def curvature(self) -> Array:
        """Return minus the second derivative of each pair's likelihood in its year effects."""
        theta = self.shares
        blocks = -theta[:, :, None] * theta[:, None, :]
        years = np.arange(theta.shape[1])
        blocks[:, years, years] += theta
        return np.asarray(blocks * self.totals[:, None, None])

    def third(self, column: Array) -> Array:
        """Return the third derivative contracted with a regressor."""
        theta = self.shares
        centred = column - np.sum(theta * column, axis=1, keepdims=True)
        product = theta * centred
        blocks = -(product[:, :, None] * theta[:, None, :] + theta[:, :, None] * product[:, None])
        years = np.arange(theta.shape[1])
        blocks[:, years, years] += product
        return np.asarray(-blocks * self.totals[:, None, None])


def three_way_bias(
    fit: Fit, first: Codes, second: Codes, times: Codes, clusters: Codes | None = None
) -> Correction:
    r"""Return the analytic correction of a fit with exporter-year, importer-year and pair effects.

    With the pair effects profiled out, let S be a pair's score in its year effects, H minus the
    second and G the third derivative, and x the regressor with all effects projected out. The
    exporter-year effects shift the expected score of a coefficient by

    .. math::
        B = -\sum_i \operatorname{tr}\Big[A_i^+ \sum_j H_{ij} x_{ij} S_{ij}'\Big]
        + \tfrac12 \sum_i \operatorname{tr}\Big[\Big(\sum_j G_{ij} x_{ij}\Big) A_i^+
        \Big(\sum_j S_{ij} S_{ij}'\Big) A_i^+\Big], \qquad A_i = \sum_j H_{ij}

    and the importer-year effects by D likewise over i; the bias is :math:`W^{-1}(B + D)` with
    :math:`W = \sum x' H x`. The covariance takes each pair's scores times
    :math:`(I - P_{ij})^{-1}`, with P the share of a pair's score that its own fit takes away.

    ``first``, ``second`` and ``times`` are codes of the fit's rows; ``clusters`` those of pairs
    whose errors may be related, such as the two directions of one, each direction apart if absent.
    """
    panels = _Panels.of(fit, first, second, times, clusters)
    curvature = panels.curvature
    bends = [panels.third(panels.regressors[:, :, k]) for k in range(panels.regressors.shape[2])]
    shift = np.zeros(len(bends))
    inverses = []
    for member in (panels.first, panels.second):
        inverse = np.asarray(np.linalg.pinv(_gather(curvature, member), hermitian=True), float)
        inverses.append(inverse)
        spread = _gather(panels.scores[:, :, None] * panels.scores[:, None, :], member)
        middle = inverse @ spread @ inverse
        for k, bend in enumerate(bends):
            moved = np.einsum("pts,ps->pt", curvature, panels.regressors[:, :, k])
            joint = _gather(moved[:, :, None] * panels.scores[:, None, :], member)
            shift[k] -= np.einsum("its,ist->", inverse, joint)
            shift[k] += 0.5 * np.einsum("its,ist->", _gather(bend, member), middle)
    return Correction(fit.bread @ shift, _unshrunk(fit, panels, curvature, inverses))


def _gather(blocks: Array, member: Codes) -> Array:
    found = np.zeros((int(member.max()) + 1, *blocks.shape[1:]))
    np.add.at(found, member, blocks)
    return found


def _unshrunk(fit: Fit, panels: _Panels, curvature: Array, inverses: list[Array]) -> Array:
    """Return the pair-clustered covariance with each score divided by what its fit left of it."""
    own = np.einsum("ptk,kl,psl->pts", panels.regressors, fit.bread, panels.regressors)
    taken = curvature @ (own + _hold(panels, curvature, inverses))
    eye = np.eye(panels.shares.shape[1])
    raised = np.linalg.solve(eye - taken, panels.scores[:, :, None])[:, :, 0]
    left = np.einsum("ptk,pt->pk", panels.regressors, raised)
    right = np.einsum("ptk,pt->pk", panels.regressors, panels.scores)
    size = int(panels.cluster.max()) + 1
    meat = _sums(left, panels.cluster, size).T @ _sums(right, panels.cluster, size)
    return np.asarray(fit.bread @ ((meat + meat.T) / 2) @ fit.bread)


_EXACT = 3000


def _hold(panels: _Panels, curvature: Array, inverses: list[Array]) -> Array:
    """Return each pair's block of the inverse information of all year effects.

    Exact while there are at most 3,000 year effects; beyond, what exporters and importers take is
    put together as if the two projections commuted.
    """
    years = panels.shares.shape[1]
    counts = (int(panels.first.max()) + 1, int(panels.second.max()) + 1)
    if sum(counts) * years > _EXACT:
        own, other = inverses[0][panels.first], inverses[1][panels.second]
        overlap = own @ curvature @ other
        return np.asarray(own + other - (overlap + overlap.transpose(0, 2, 1)) / 2)
    units = sum(counts)
    full = np.zeros((units, units, years, years))
    one, two = panels.first, panels.second + counts[0]
    corners = ((one, one), (one, two), (two, one), (two, two))
    for a, b in corners:
        np.add.at(full, (a, b), curvature)
    square = full.transpose(0, 2, 1, 3).reshape(units * years, units * years)
    inverse = np.linalg.pinv(square, hermitian=True).reshape(units, years, units, years)
    blocks = np.zeros_like(curvature)
    for a, b in corners:
        blocks += inverse.transpose(0, 2, 1, 3)[a, b]
    return blocks

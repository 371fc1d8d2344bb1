"""Other estimators of what `binds` estimates, for comparison: gravity, and two of pyfixest's."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from multivector.errors import MissingData, MissingExtra
from multivector.measures._study import Study
from multivector.measures.structural_gravity import gravity, inference
from multivector.tables import ESTIMATES, Flows, Memberships


def other(check: str, study: Study, memberships: Memberships, flows: Flows | None) -> pl.DataFrame:
    """Return the estimate of another estimator as rows of estimates."""
    years = int(study.cube.years[0]), int(study.cube.years[-1])
    if check == "gravity" and flows is not None:
        kinds = set(flows["flow"].unique())
        found = gravity(
            flows,
            memberships,
            organisation=study.organisation,
            flow="exports" if "exports" in kinds else "imports",
            status=study.status,
            years=years,
            absent="zero",
        )
        return found.with_columns(kind=pl.lit("gravity_") + pl.col("kind"))
    return _by_pyfixest(check, study)


def _by_pyfixest(check: str, study: Study) -> pl.DataFrame:
    """Return Sun and Abraham's or the imputation estimate over the adjusted outcome."""
    import warnings

    try:
        import pyfixest
    except ImportError:
        raise MissingExtra.of("pyfixest", "models", f"the check {check}") from None
    frame = _long(study)
    if frame["group"].max() == 0:
        raise MissingData(f"the check {check} has no pairs; expected some tied in the years")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = pyfixest.event_study(
            frame.to_pandas(), "value", "unit", "year", "group",
            estimator="saturated" if check == "sun_abraham" else "did2s", cluster="unit",
        )  # fmt: skip
        if check == "sun_abraham":
            value, error = _sun_abraham(fit)
        else:
            table = fit.tidy()
            value, error = float(table["Estimate"].iloc[0]), float(table["Std. Error"].iloc[0])
    row = {"term": study.status, "kind": check, **inference(value, error), "n": frame.height}
    return ESTIMATES.conform(pl.DataFrame([row]))


def _sun_abraham(fit: Any) -> tuple[float, float]:
    """Return the mean over distances from 0 of the cohort-weighted effects, and its error."""
    table = fit.aggregate(agg="period", weighting="shares")
    after = table[table.index.astype(float) >= 0]
    value = float(after["Estimate"].mean())
    return value, float(np.sqrt((after["Std. Error"] ** 2).mean()))


def _long(study: Study, most: int = 2000) -> pl.DataFrame:
    """Return tied pairs and at most 2,000 never tied as rows, those with two years before."""
    panel = study.cube.panel(study.usable())
    early = (np.isfinite(panel.outcome) & (panel.years[None, :] < panel.group[:, None])).sum(axis=1)
    fit = (panel.group == 0) | (early >= 2)
    full = np.isfinite(panel.outcome).all(axis=1)
    never = np.flatnonzero((panel.group == 0) & full)[
        :: max(1, int((panel.group == 0).sum()) // most)
    ]
    rows = np.concatenate([np.flatnonzero((panel.group > 0) & fit), never])
    unit, year = np.nonzero(np.isfinite(panel.outcome[rows]))
    return pl.DataFrame(
        {
            "unit": rows[unit],
            "year": panel.years[year],
            "group": panel.group[rows][unit],
            "value": panel.outcome[rows][unit, year],
        }
    )

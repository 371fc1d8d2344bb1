"""The small made-up world with which the examples of `binds` run."""

from __future__ import annotations

import numpy as np
import polars as pl

from multivector.tables import FLOWS_TABLE, MEMBERSHIPS, Flows, Memberships


def example(effect: float = 1.0, *, seed: int = 0) -> tuple[Memberships, Flows]:
    """Return a club of three among sixteen states that joined in 2006, and their trade."""
    rng = np.random.default_rng(seed)
    states = [f"S{k:02d}" for k in range(16)]
    size = rng.normal(3, 1, (16, 16))
    rows = []
    for year in range(2000, 2012):
        for a in range(16):
            for b in range(a):
                tied = a < 3 and year >= 2006
                trade = size[a, b] + 0.1 * (year - 2000) + effect * tied + rng.normal(0, 0.02)
                rows.append((states[a], states[b], year, 1e6 * float(np.exp(trade))))
    flows = pl.DataFrame(rows, schema=["state", "partner", "year", "value"], orient="row")
    fixed = {"flow": "exports", "unit": "USD", "reported_by": "state"}
    origin = {"source": "made@1", "locator": "made up"}
    flows = flows.with_columns(pl.lit(v).alias(k) for k, v in {**fixed, **origin}.items())
    spells = pl.DataFrame({"state": states[:3]}).with_columns(
        pl.lit(v).alias(k)
        for k, v in {
            "organisation": "CLUB",
            "status": "member",
            "start": "2006",
            **origin,
        }.items()
    )
    return MEMBERSHIPS.conform(spells), FLOWS_TABLE.conform(flows)

"""Gravity: the Advanced Guide's table, pyfixest, brute force and simulation."""

from __future__ import annotations

import importlib.util
import itertools
import tomllib
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from multivector.errors import BadValue, MissingData, UnknownOrganisation
from multivector.measures import _ppml
from multivector.measures._dyads import directed, holders, tied, with_zeros
from multivector.measures.structural_gravity import estimate, gravity
from multivector.sources import _rdata
from multivector.tables import FLOWS_TABLE, MEMBERSHIPS
from tests.panels import panel

REFERENCE = Path(__file__).parent / "reference" / "structural_gravity.toml"
CASES = tomllib.loads(REFERENCE.read_text())["case"]
YEARS = (1986, 1990, 1994, 1998, 2002)
BOTH = [["exporter", "year"], ["importer", "year"]]
CONTROLS = ["log_dist", "cntg", "lang", "clny"]


def load(name: str, repository: Path) -> ModuleType:
    path = repository / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def guide(shared: Path) -> pl.DataFrame:
    path = shared / "data" / "10_gravity_geography" / "agtpa_applications.rda"
    frame = _rdata.read(path)["agtpa_applications"]
    abroad = pl.col("exporter") != pl.col("importer")
    return (
        frame.with_columns(pl.col("year").cast(int))
        .filter(pl.col("year").is_in([*YEARS, 2006]))
        .with_columns(
            log_dist=pl.col("dist").log(),
            home=pl.when(abroad).then(pl.lit("")).otherwise(pl.col("exporter")),
            pair=pl.col("pair_id"),
            **{f"border_{y}": (abroad & (pl.col("year") == y)).cast(pl.Float64) for y in YEARS},
        )
    )


def specification(name: str, guide: pl.DataFrame) -> dict[str, Any]:
    abroad = guide.filter(pl.col("exporter") != pl.col("importer"))
    lags = ["rta", "rta_lag4", "rta_lag8", "rta_lag12"]
    borders = [f"border_{y}" for y in YEARS]
    symmetric = [*BOTH, ["pair"]]
    known: dict[str, dict[str, Any]] = {
        "ols": {"frame": abroad, "terms": ["rta", *CONTROLS], "absorb": BOTH, "estimator": "ols"},
        "ppml": {"frame": abroad, "terms": ["rta", *CONTROLS], "absorb": BOTH},
        "intra": {"terms": ["rta", *CONTROLS], "absorb": [*BOTH, ["home"]]},
        "three_way": {"terms": ["rta"], "absorb": symmetric},
        "directed": {"terms": ["rta"], "absorb": [*BOTH, ["exporter", "importer"]]},
        "leads": {"terms": ["rta", "rta_lead4"], "absorb": symmetric},
        "lags": {"terms": lags, "absorb": symmetric, "total": lags},
        "globalisation": {"terms": [*lags, *borders], "absorb": symmetric},
    }
    return {"frame": guide, "outcome": "trade", **known[name]}


@pytest.mark.shared
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_advanced_guide(case: dict[str, Any], guide: pl.DataFrame) -> None:
    asked = specification(case["name"], guide)
    found = estimate(**asked)
    value = dict(zip(found["term"], found["value"], strict=True))
    for term, expected in case["value"].items():
        assert value[term] == pytest.approx(expected, abs=5.1e-5), term
    if "n" in case:
        assert found["n"][0] == case["n"]
    counted = sum(asked["frame"].select(names).n_unique() for names in asked["absorb"])
    for term, expected in case.get("se_pyfixest", {}).items():
        n = found["n"][0]
        k = counted + len(asked["terms"]) - len(asked["absorb"]) + 1
        if case["name"] in ("ols", "ppml"):
            se = found.filter(pl.col("term") == term)["se"].item() * ((n - 1) / (n - k)) ** 0.5
            assert se == pytest.approx(expected, abs=1.1e-4), term


def world(states: int = 8, years: int = 4, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        {"exporter": a, "importer": b, "year": t, "club": float(a + b < states and t > 1)}
        for a, b in itertools.permutations(range(states), 2)
        for t in range(years)
    ]
    frame = pl.DataFrame(rows)
    mean = np.exp(0.5 * frame["club"].to_numpy() + rng.normal(0, 0.5, frame.height))
    made = rng.poisson(mean * 3).astype(float)
    return frame.with_columns(
        value=pl.Series(made),
        pair=pl.min_horizontal("exporter", "importer") * 100
        + pl.max_horizontal("exporter", "importer"),
    )


def test_like_pyfixest() -> None:
    pyfixest = pytest.importorskip("pyfixest")
    frame = world()
    absorb = [*BOTH, ["exporter", "importer"]]
    ours = estimate(frame, ["club"], absorb=absorb)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pyfixest.fepois(
            "value ~ club | exporter^year + importer^year + exporter^importer",
            frame.to_pandas(),
            vcov={"CRV1": "pair"},
            ssc=pyfixest.ssc(k_adj=False, G_adj=True),
            fixef_rm="none",
        )
    table = theirs.tidy()
    assert ours["value"].item() == pytest.approx(float(table["Estimate"].iloc[0]), abs=1e-6)
    assert ours["se"].item() == pytest.approx(float(table["Std. Error"].iloc[0]), rel=1e-4)


def dummies(codes: np.ndarray) -> np.ndarray:
    return (codes[:, None] == np.unique(codes)[None, :]).astype(float)


def test_within_is_the_projection_on_dummies() -> None:
    rng = np.random.default_rng(1)
    groups = [rng.integers(0, size, 120) for size in (5, 7, 4)]
    weights = rng.uniform(0.2, 2, 120)
    columns = rng.normal(size=(120, 2))
    design = np.hstack([dummies(group) for group in groups])
    root = np.sqrt(weights)[:, None]
    fitted = design @ np.linalg.lstsq(design * root, columns * root, rcond=None)[0]
    found = _ppml.within(columns, [_ppml.codes(g) for g in groups], weights)
    assert np.abs(found - (columns - fitted)).max() < 1e-8


def by_hand(fit: _ppml.Fit, i: np.ndarray, j: np.ndarray, t: np.ndarray) -> float:
    """Return the bias of the first coefficient by loops and enumerated third moments."""
    years = int(t.max()) + 1
    cells: dict[tuple[int, int], dict[str, np.ndarray]] = {}
    for a, b in {(int(a), int(b)) for a, b in zip(i, j, strict=True)}:
        rows = np.flatnonzero((i == a) & (j == b))
        rows = rows[np.argsort(t[rows])]
        cells[a, b] = {
            "mean": fit.fitted[rows],
            "score": fit.residuals[rows],
            "x": fit.regressors[rows, 0],
        }
    first = sorted({a for a, _ in cells})
    second = sorted({b for _, b in cells})
    shift = 0.0
    sides = [
        *([cells[k] for k in cells if k[0] == a] for a in first),
        *([cells[k] for k in cells if k[1] == b] for b in second),
    ]
    for side in sides:
        total = np.zeros((years, years))
        joint, spread, bend = (np.zeros((years, years)) for _ in range(3))
        for cell in side:
            size = cell["mean"].sum()
            theta = cell["mean"] / size
            h = size * (np.diag(theta) - np.outer(theta, theta))
            total += h
            joint += np.outer(h @ cell["x"], cell["score"])
            spread += np.outer(cell["score"], cell["score"])
            for chosen in range(years):
                step = np.eye(years)[chosen] - theta
                bend -= size * theta[chosen] * np.outer(step, step) * float(step @ cell["x"])
        inverse = np.linalg.pinv(total)
        shift += -np.trace(inverse @ joint) + 0.5 * np.trace(bend @ inverse @ spread @ inverse)
    return float(fit.bread[0, 0] * shift)


def test_correction_is_the_formula_by_loops() -> None:
    frame = world(6, 3).with_columns(pl.col("value") + 1)
    i, j, t = (frame[c].to_numpy().astype(np.int64) for c in ("exporter", "importer", "year"))
    x = np.random.default_rng(0).normal(size=(frame.height, 1))
    fit = _ppml.ppml(frame["value"].to_numpy(), x, [i * 3 + t, j * 3 + t, i * 6 + j])
    found = _ppml.three_way_bias(fit, i, j, t)
    assert found.bias[0] == pytest.approx(by_hand(fit, i, j, t), rel=1e-8)


def test_correction_takes_bias_off(repository: Path) -> None:
    module = load("gravity", repository)
    found = module.simulate(16, 4, 0, replicates=60, seed=2021)
    assert found["bias"] > 3 * found["monte_carlo_se"]
    assert abs(found["bias_corrected"]) < 0.5 * found["bias"]
    assert abs(found["se_ratio_corrected"] - 1) < abs(found["se_ratio"] - 1)


def test_zeros_without_information_are_left_out() -> None:
    frame = world().with_columns(
        value=pl.when((pl.col("exporter") == 0) & (pl.col("importer") == 1))
        .then(0.0)
        .otherwise("value")
    )
    absorb = [*BOTH, ["exporter", "importer"]]
    found = estimate(frame, ["club"], absorb=absorb)
    assert found["n"].item() == frame.height - 4
    kept = frame.filter(~((pl.col("exporter") == 0) & (pl.col("importer") == 1)))
    assert estimate(kept, ["club"], absorb=absorb)["value"].item() == pytest.approx(
        found["value"].item(), abs=1e-8
    )


def test_dyadic_errors_by_brute_force() -> None:
    rng = np.random.default_rng(4)
    pairs = np.array(list(itertools.permutations(range(5), 2)))
    scores = rng.normal(size=(len(pairs), 2)) + 0.5
    expected = np.zeros((2, 2))
    for p, q in itertools.product(range(len(pairs)), repeat=2):
        if set(pairs[p]) & set(pairs[q]):
            expected += np.outer(scores[p], scores[q])
    values, vectors = np.linalg.eigh(expected)
    expected = (vectors * np.maximum(values, 0)) @ vectors.T
    assert np.allclose(_ppml.dyadic_meat(scores, pairs[:, 0], pairs[:, 1]), expected)


def spell(state: str, status: str, start: str | None, end: str | None = None) -> dict[str, Any]:
    return {
        "organisation": "CLUB",
        "state": state,
        "status": status,
        "start": start,
        "end": end,
        "as_of": "2015-07",
        "source": "made@1",
        "locator": "row",
    }


def test_who_is_tied() -> None:
    rows = MEMBERSHIPS.conform(
        pl.DataFrame(
            [
                spell("KAZ", "member", "2001-06-15"),
                spell("RUS", "founding_member", "2001-06-15"),
                spell("IND", "observer", "2005", "2017-06-08"),
                spell("IND", "member", "2017-06-09"),
                spell("TUR", "dialogue_partner", None, "2025-08-31"),
            ],
            schema_overrides={"start": pl.String, "end": pl.String},
        )
    )
    assert tied(rows, "CLUB", [2000, 2001, 2017]).rows() == [
        ("IND", "KAZ", 2017),
        ("IND", "RUS", 2017),
        ("KAZ", "RUS", 2001),
        ("KAZ", "RUS", 2017),
    ]
    partner = tied(rows, "CLUB", range(2010, 2020), "dialogue_partner")
    assert partner["year"].min() == 2015
    assert holders(rows, "CLUB", [2025]).filter(state="TUR").is_empty()
    assert tied(rows, "CLUB", [2010], "observer").rows() == [
        ("IND", "KAZ", 2010),
        ("IND", "RUS", 2010),
    ]


def test_the_better_report_counts_and_imports_are_turned() -> None:
    base = {"year": 2010, "product": None, "unit": "USD", "source": "a@1", "locator": "x"}
    rows = FLOWS_TABLE.conform(
        pl.DataFrame(
            [
                {
                    **base,
                    "state": "A",
                    "partner": "B",
                    "flow": "imports",
                    "value": 5.0,
                    "reported_by": "partner",
                },
                {
                    **base,
                    "state": "A",
                    "partner": "B",
                    "flow": "imports",
                    "value": 7.0,
                    "reported_by": "state",
                },
                {
                    **base,
                    "state": "B",
                    "partner": "C",
                    "flow": "imports",
                    "value": 1.0,
                    "reported_by": "state",
                },
            ]
        )
    )
    table = directed(rows, "imports", None)
    assert table.rows() == [("B", "A", 2010, 7.0), ("C", "B", 2010, 1.0)]
    assert with_zeros(table)["value"].sum() == 8.0
    assert with_zeros(table).height == 6


def test_bad_input() -> None:
    flows, members = panel(FLOWS_TABLE), panel(MEMBERSHIPS)
    with pytest.raises(UnknownOrganisation, match="expected"):
        gravity(flows, members, organisation="NOPE")
    with pytest.raises(BadValue, match="expected"):
        gravity(flows, members, organisation="EAEU", step=0)
    with pytest.raises(MissingData, match="distances"):
        gravity(flows, members, organisation="EAEU", effects="two_way")
    with pytest.raises(MissingData, match="domestic"):
        gravity(flows, members, organisation="EAEU", borders=True)
    with pytest.raises(BadValue, match="negative"):
        gravity(flows.with_columns(-pl.col("value")), members, organisation="EAEU")
    with pytest.raises(BadValue, match="no column"):
        estimate(world(), ["nothing"])
    with pytest.raises(MissingData, match="positive"):
        estimate(world().with_columns(value=0.0), ["club"])

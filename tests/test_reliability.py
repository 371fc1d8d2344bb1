"""Reliability: published values, brute force, and what must hold of every coefficient."""

from __future__ import annotations

import tomllib
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue, UnknownName
from multivector.measures.reliability import (
    brennan_prediger,
    category_reliability,
    cohen_kappa,
    conger_kappa,
    example_codings,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
)
from multivector.tables import CODINGS

REFERENCE = tomllib.loads(
    (Path(__file__).parent / "reference" / "reliability.toml").read_text(encoding="utf-8")
)
COEFFICIENTS = {
    "gwet_ac1": gwet_ac1,
    "fleiss_kappa": fleiss_kappa,
    "conger_kappa": conger_kappa,
    "brennan_prediger": brennan_prediger,
}
METRICS = ("nominal", "ordinal", "interval", "ratio")


def codings(ratings: dict[str, list[str | None]], variable: str = "type") -> pl.DataFrame:
    rows = [
        (f"u{at:03}", coder, value)
        for coder, values in ratings.items()
        for at, value in enumerate(values)
        if value is not None
    ]
    frame = pl.DataFrame(
        rows, schema=dict.fromkeys(("unit", "coder", "value"), pl.String), orient="row"
    )
    return CODINGS.conform(
        frame.with_row_index("coding").with_columns(
            variable=pl.lit(variable),
            coder_kind=pl.lit("person"),
            decided_at=pl.lit("2026-01-01"),
            source=pl.lit("made@1"),
        )
    )


def reference() -> pl.DataFrame:
    told = {
        c: [None if v == "." else v for v in r.split()] for c, r in REFERENCE["ratings"].items()
    }
    return codings(told)


def value(frame: pl.DataFrame) -> float | None:
    return frame.row(0, named=True)["value"]


@pytest.mark.parametrize("metric", METRICS)
def test_alpha_is_as_published(metric: str) -> None:
    found = krippendorff_alpha(reference(), metric=metric)
    assert value(found) == pytest.approx(REFERENCE["alpha"][metric], abs=REFERENCE["tolerance"])
    row = found.row(0, named=True)
    assert (row["coders"], row["units"], row["n"]) == (4, 12, 11)
    assert row["low"] < row["value"] < row["high"] <= 1


@pytest.mark.parametrize("name", sorted(COEFFICIENTS))
def test_coefficients_are_as_published(name: str) -> None:
    row = COEFFICIENTS[name](reference()).row(0, named=True)
    close = REFERENCE["tolerance"]
    assert row["value"] == pytest.approx(REFERENCE["coefficients"][name], abs=close)
    if name in REFERENCE["standard_errors"]:
        assert row["se"] == pytest.approx(REFERENCE["standard_errors"][name], abs=close)


def distance(metric: str, c: float, k: float, counts: dict[float, int]) -> float:
    if metric == "nominal":
        return float(c != k)
    if metric == "interval":
        return (c - k) ** 2
    if metric == "ratio":
        return ((c - k) / (c + k)) ** 2 if c + k else 0.0
    low, high = sorted((c, k))
    between = sum(n for g, n in counts.items() if low <= g <= high)
    return (between - (counts[c] + counts[k]) / 2) ** 2 if c != k else 0.0


def brute_alpha(units: list[list[float]], metric: str) -> float | None:
    paired = [unit for unit in units if len(unit) >= 2]
    pooled = [x for unit in paired for x in unit]
    counts = {x: pooled.count(x) for x in pooled}
    n = len(pooled)
    observed = sum(
        distance(metric, a, b, counts) / (len(unit) - 1)
        for unit in paired
        for a, b in permutations(unit, 2)
    )
    expected = sum(distance(metric, a, b, counts) for a, b in permutations(pooled, 2))
    return None if expected == 0 else 1 - (n - 1) * observed / expected


ratings = st.lists(
    st.lists(st.sampled_from([None, "0", "1", "2", "7"]), min_size=3, max_size=3),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(ratings, st.sampled_from(METRICS))
def test_alpha_agrees_with_brute_force(units: list[list[str | None]], metric: str) -> None:
    by_coder = {name: [unit[i] for unit in units] for i, name in enumerate("abc")}
    assume(any(v is not None for unit in units for v in unit))
    found = krippendorff_alpha(codings(by_coder), metric=metric, bootstrap=0)
    expected = brute_alpha([[float(v) for v in unit if v is not None] for unit in units], metric)
    assert value(found) == (None if expected is None else pytest.approx(expected, abs=1e-12))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 2), min_size=2, max_size=12))
def test_two_complete_coders(pairs: list[tuple[str, str]]) -> None:
    frame = codings({"x": [a for a, _ in pairs], "y": [b for _, b in pairs]})
    cohen, conger = cohen_kappa(frame, bootstrap=0), conger_kappa(frame, bootstrap=0)
    assert (value(cohen) is None) == (value(conger) is None)
    if value(cohen) is not None:
        assert value(cohen) == pytest.approx(value(conger), abs=1e-12)
    n = 2 * len(pairs)
    fleiss, alpha = fleiss_kappa(frame, bootstrap=0), krippendorff_alpha(frame, bootstrap=0)
    if value(fleiss) is not None:
        assert value(alpha) == pytest.approx(1 - (1 - value(fleiss)) * (n - 1) / n, abs=1e-12)


def test_weighted_kappa_by_hand() -> None:
    frame = codings({"x": ["1", "2", "3", "3"], "y": ["1", "2", "3", "1"]})
    linear = cohen_kappa(frame, weights="linear", bootstrap=0)
    assert value(linear) == pytest.approx(1 - 4 * 2 / (1 * (1 + 2) + 1 * (2 + 1) + 2 * (4 + 1)))
    quadratic = cohen_kappa(frame, weights="quadratic", bootstrap=0)
    assert value(quadratic) == pytest.approx(1 - 4 * 4 / (1 * (1 + 4) + 1 * (2 + 1) + 2 * (8 + 1)))


def test_perfect_agreement_is_one_and_one_category_is_null() -> None:
    same = codings({"x": ["a", "b", "a"], "y": ["a", "b", "a"]})
    only = codings({"x": ["a", "a"], "y": ["a", "a"]})
    for measure in (*COEFFICIENTS.values(), krippendorff_alpha, cohen_kappa):
        assert value(measure(same)) == pytest.approx(1.0)
        row = measure(only).row(0, named=True)
        assert row["value"] is None
        assert row["n"] == 2
        assert row["low"] is None


def test_categories_of_the_scheme_count_even_unused() -> None:
    frame = example_codings()
    two = value(brennan_prediger(frame, bootstrap=0))
    four = value(brennan_prediger(frame, categories=("a", "b", "c", "d"), bootstrap=0))
    assert two == pytest.approx(0.6)
    assert four == pytest.approx((0.8 - 0.25) / 0.75)


def test_superseded_codings_do_not_count() -> None:
    first = codings({"x": ["a", "b"], "y": ["a", "a"]})
    mended = first.filter(pl.col("coding") == 3).with_columns(
        coding=pl.lit(9, dtype=pl.Int64),
        value=pl.lit("b"),
        supersedes=pl.lit(3, dtype=pl.Int64),
    )
    assert value(krippendorff_alpha(first, bootstrap=0)) < 1
    assert value(krippendorff_alpha(pl.concat([first, mended]), bootstrap=0)) == pytest.approx(1)


def test_each_variable_has_a_row_and_one_can_be_chosen() -> None:
    both = pl.concat(
        [
            codings({"x": ["a", "b"], "y": ["a", "b"]}, "type"),
            codings({"x": ["s", "h"], "y": ["h", "h"]}, "mode").with_columns(pl.col("coding") + 10),
        ]
    )
    assert fleiss_kappa(both, bootstrap=0)["variable"].to_list() == ["mode", "type"]
    assert fleiss_kappa(both, variable="type", bootstrap=0)["value"].to_list() == [1.0]


def test_category_reliability_names_the_confusion() -> None:
    frame = codings({"x": list("aabbcc"), "y": list("aabccc")})
    found = {row["category"]: row for row in category_reliability(frame).iter_rows(named=True)}
    assert found["a"]["value"] == pytest.approx(1.0)
    assert found["a"]["confused_with"] is None
    assert found["b"]["confused_with"] == "c"
    assert found["b"]["confusion"] == pytest.approx(2 / 3 / 2)
    assert found["b"]["value"] == pytest.approx(1 - 11 * 1 / (3 * 9) * 1)


def test_the_interval_depends_on_the_seed_only() -> None:
    frame = reference()
    first, again = krippendorff_alpha(frame, seed=3), krippendorff_alpha(frame, seed=3)
    assert first.equals(again)
    assert not first.equals(krippendorff_alpha(frame, seed=4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: krippendorff_alpha(f, metric="interval"), "not all numbers"),
        (lambda f: krippendorff_alpha(f, metric="ordinal"), "not all numbers"),
        (lambda f: krippendorff_alpha(f, metric="cosine"), "expected one of nominal"),
        (lambda f: krippendorff_alpha(f, categories=("a",)), "stance holds 'b'"),
        (lambda f: cohen_kappa(f, weights="cubic"), "expected nominal, linear or quadratic"),
        (lambda f: fleiss_kappa(f, level=2), "between 0 and 1"),
        (lambda f: fleiss_kappa(f, bootstrap=-1), "0 or more"),
    ],
)
def test_bad_options_are_one_clear_line(call: object, message: str) -> None:
    with pytest.raises(BadValue, match=message):
        call(example_codings())


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownName, match="expected one of stance"):
        fleiss_kappa(example_codings(), variable="mode")
    with pytest.raises(UnknownName, match="expected one of ada, bo"):
        fleiss_kappa(example_codings(), coders=("ada", "cy"))


def test_a_unit_coded_twice_by_one_coder_is_refused() -> None:
    frame = example_codings()
    twice = pl.concat([frame, frame.head(1).with_columns(coding=pl.lit(99, dtype=pl.UInt32))])
    with pytest.raises(BadValue, match="ada coded stance of u0 2 times"):
        fleiss_kappa(twice)

"""What a person writes becomes what a measure takes, or one clear line."""

from __future__ import annotations

from typing import Literal

import pytest

from multivector.errors import BadValue, BadYear, UnknownState
from multivector.measures import Option
from multivector.study.options import coerce, last_year, poles, year_range
from multivector.study.questions import Question


def option(name: str, annotation: object) -> Option:
    return Option(name, annotation, None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1992:2019", (1992, 2019)),
        ("2015", (2015, 2015)),
        (2015, (2015, 2015)),
        ((1992, 2019), (1992, 2019)),
        ([1992, 2019], (1992, 2019)),
        (None, None),
    ],
)
def test_years(given: object, expected: tuple[int, int] | None) -> None:
    assert year_range(given) == expected


@pytest.mark.parametrize(
    "given",
    ["2019:1992", "nineteen", "", "1:2:3", 1700, last_year() + 1, (2000, 2001, 2002), 3.5, True],
)
def test_impossible_years(given: object) -> None:
    with pytest.raises(BadYear, match="expected"):
        year_range(given)


@pytest.mark.parametrize(
    ("annotation", "given", "expected"),
    [
        (int, "3", 3),
        (float, "0.5", 0.5),
        (bool, "yes", True),
        (bool, True, True),
        (bool, "false", False),
        (Literal["linear", "quadratic"], "linear", "linear"),
        (Literal[0, 1, 2], "2", 2),
        (int | None, "none", None),
        (int | None, "4", 4),
        (tuple[str, ...], "a, b", ("a", "b")),
        (tuple[int, ...], "1,2", (1, 2)),
        (str, "x", "x"),
    ],
)
def test_values(annotation: object, given: object, expected: object) -> None:
    assert coerce(option("thing", annotation), given) == expected


@pytest.mark.parametrize(
    ("annotation", "given", "expected"),
    [
        (int, "three", "a whole number"),
        (float, "x", "a number"),
        (bool, "perhaps", "yes or no"),
        (Literal["linear", "quadratic"], "cubic", "linear, quadratic"),
        (int | None, "x", "a whole number"),
    ],
)
def test_wrong_values(annotation: object, given: object, expected: str) -> None:
    with pytest.raises(BadValue, match=expected):
        coerce(option("thing", annotation), given)


def test_states_and_poles_are_understood_by_name() -> None:
    assert coerce(option("state", str), "Kazakistan") == "KAZ"
    assert coerce(option("states", tuple[str, ...]), "Rusya,Çin") == ("RUS", "CHN")
    assert poles("USA, EU ,Russia") == ("USA", "EU", "RUS")
    with pytest.raises(UnknownState):
        poles("USA,Narnia")


def test_the_years_before_that_a_measure_needs_are_read() -> None:
    options = {"state": "KAZ", "poles": ("USA", "RUS")}
    question = Question.of("multivector_index", (2016, 2020), None, options)
    assert question.needed_years("flows") == (2012, 2020)
    assert question.needed_years("joint_votes") == (2016, 2020)
    assert question.needed_years("memberships") is None

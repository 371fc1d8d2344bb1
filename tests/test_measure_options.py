"""Options that travel together are seen wherever an option written out is seen."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import pytest

import multivector
from multivector.measures import catalogue, docstrings, find, kappa
from multivector.measures._options import Default, given, with_options

PACKAGE = Path(multivector.__file__).parent


class Drawn(TypedDict, total=False):
    """How an interval is drawn.

    Parameters
    ----------
    table
        What is counted.
    draws, seed
        How many draws, and where they start.

    Raises
    ------
    BadValue
        If there are fewer than none.
    """

    draws: Annotated[int, Default(200)]
    seed: Annotated[int, Default(0)]
    state: str


@with_options
def counted(table: int, *, scale: float = 1.0, **which: Unpack[Drawn]) -> Drawn:
    """Count.

    Parameters
    ----------
    scale : float
        By how much.

    Returns
    -------
    dict
        The options.
    """
    return given(Drawn, which)


def test_signature_spells_the_options_out() -> None:
    found = inspect.signature(counted).parameters
    assert list(found) == ["table", "scale", "draws", "seed", "state"]
    assert found["draws"].default == 200
    assert found["draws"].annotation is int
    assert found["state"].default is inspect.Parameter.empty
    assert found["seed"].kind is inspect.Parameter.KEYWORD_ONLY


def test_docstring_tells_each_option_once_and_nothing_of_others() -> None:
    parts = docstrings.sections(docstrings.of(counted))
    assert [head for head, _ in docstrings.entries(parts["Parameters"])] == [
        "table", "scale : float", "draws, seed"
    ]  # fmt: skip
    assert docstrings.entries(parts["Raises"]) == [("BadValue", "If there are fewer than none.")]
    assert list(parts) == ["", "Parameters", "Returns", "Raises"]


def test_an_options_own_entry_stands_instead_of_the_shared_one() -> None:
    text = docstrings.completed("A.\n\nParameters\n----------\nseed : int\n    Mine.",
                                docstrings.of(Drawn), ["draws", "seed"], [])  # fmt: skip
    told = docstrings.entries(docstrings.sections(text)["Parameters"])
    assert told == [("seed : int", "Mine."), ("draws", "How many draws, and where they start.")]


def test_defaults_are_filled_in_and_strangers_refused() -> None:
    assert counted(1, state="KAZ", seed=3) == {"draws": 200, "seed": 3, "state": "KAZ"}
    with pytest.raises(TypeError, match="unexpected keyword argument 'drws'"):
        counted(1, state="KAZ", drws=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing a required keyword-only argument: 'state'"):
        counted(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        kappa(None, years=(2000, 2001), yeers=1)


def test_a_function_without_options_is_refused() -> None:
    with pytest.raises(TypeError, match="takes no"):
        with_options(lambda a: a)


def test_the_catalogue_and_help_see_every_option() -> None:
    measure = find("kappa")
    assert measure.options["weights"].default == "quadratic"
    assert measure.options["bootstrap"].default == 0
    assert measure.options["years"].annotation == tuple[int, int] | None
    assert "convention, issue, years, period, kinds, unanimous" in (kappa.__doc__ or "")
    for found in catalogue().values():
        names = set(inspect.signature(found.function).parameters)
        assert names == {*found.inputs, *found.options}, found.name


FILES = sorted(p for room in ("measures", "sources") for p in (PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_no_function_takes_more_than_eight_parameters_beside_options(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            assert len(taken) <= 8, f"{node.name} takes {len(taken)}"

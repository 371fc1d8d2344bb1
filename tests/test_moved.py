"""Addresses of modules that a notebook may name from before still import."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

import multivector
from multivector.moved import MOVED

PACKAGE = Path(multivector.__file__).parent


@pytest.fixture(autouse=True)
def fresh() -> None:
    for old in MOVED:
        name = f"multivector.{old}"
        for loaded in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[loaded]


@pytest.mark.parametrize("old", sorted(MOVED))
def test_a_module_that_moved_is_the_one_in_its_new_place(old: str) -> None:
    new = f"multivector.{MOVED[old]}"
    with pytest.warns(DeprecationWarning, match=rf"multivector\.{old} stands at {new} now"):
        found = import_module(f"multivector.{old}")
    assert found is import_module(new)


def test_its_parts_are_not_loaded_twice() -> None:
    with pytest.warns(DeprecationWarning, match="names.states") as told:
        found = import_module("multivector.states.identity")
    assert found is import_module("multivector.names.states.identity")
    assert "names.states.identity" in str(told[-1].message)


def test_names_are_taken_from_it() -> None:
    with pytest.warns(DeprecationWarning, match="names.states"):
        from multivector.states import identify  # type: ignore[import-not-found]
    assert identify("Kazakhstan") == "KAZ"


def test_no_module_stands_in_the_way_and_what_is_unknown_stays_unknown() -> None:
    for old in MOVED:
        place = PACKAGE.joinpath(*old.split("."))
        assert not place.with_suffix(".py").exists()
        assert not (place / "__init__.py").exists()
    with pytest.raises(ModuleNotFoundError):
        import_module("multivector.nowhere")


def test_the_package_itself_names_no_old_address() -> None:
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for old in MOVED:
            assert f"from multivector.{old} import" not in text, path
            assert f"import multivector.{old}\n" not in text, path

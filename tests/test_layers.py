"""Data flows one way: every file imports from its own room or from rooms below, and never round.

An import counts wherever it stands: at the top, inside a function, or for types alone.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import multivector

PACKAGE = Path(multivector.__file__).parent

ROOMS: tuple[str, ...] = (
    "moved",
    "version",
    "errors",
    "words",
    "tables",
    "cache",
    "provenance",
    "names",
    "sources",
    "documents",
    "measures",
    "study",
    "content",
    "charts",
    "brief",
    "vectors",
    "claims",
    "export",
    "terminal",
    "report",
    "workspace",
    "web",
    "cli",
    "__main__",
    "__init__",
)
"""Rooms and single modules, from the lowest up: a file may import from its own room and below."""
RANK = {name: rank for rank, name in enumerate(ROOMS)}


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("multivector", *parts)).removesuffix(".__init__")


FILES = {dotted(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@cache
def imported(name: str) -> frozenset[str]:
    """Return the files that a file imports, wherever in it: of a package's names, its modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name}: relative import"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {full if full in FILES else node.module for full in whole}
    return frozenset(found & set(FILES)) - {name}


@pytest.mark.parametrize("name", FILES)
def test_imports_point_down(name: str) -> None:
    own = room(name)
    assert own in RANK, f"give {own} a place in ROOMS"
    above = sorted(other for other in imported(name) if RANK[room(other)] > RANK[own])
    assert not above, f"{name} imports from above: {above}"


def circle(start: str) -> list[str]:
    """Return a way from a file back to itself over what the files import; empty if none."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for other in sorted(imported(way[-1])):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def test_no_file_imports_itself_over_others() -> None:
    circles = [found for name in FILES if (found := circle(name))]
    assert not circles, " -> ".join(min(circles, key=len))


def test_every_room_has_files() -> None:
    assert {room(name) for name in FILES} == set(ROOMS)


def test_measures_know_no_store_files_or_clock() -> None:
    for name, path in FILES.items():
        if room(name) != "measures":
            continue
        assert not {room(other) for other in imported(name)} & {"study", "workspace", "sources"}
        text = path.read_text(encoding="utf-8")
        for word in (r"datetime\.now", r"time\.time\(", r"np\.random\.seed", r"\bprint\("):
            found = re.search(word, re.sub(r"^\s*(>>>|\.\.\.) .*$", "", text, flags=re.M))
            assert not found, f"{name}: {word}"


def test_only_the_store_writes_sql() -> None:
    for name, path in FILES.items():
        assert room(name) == "study" or "duckdb.connect" not in path.read_text(encoding="utf-8")


def test_no_drawer_modules() -> None:
    for name, path in FILES.items():
        assert path.stem not in ("utils", "helpers", "common", "manager", "misc"), name

"""Data flows one way: no module imports from a layer above its own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import multivector

PACKAGE = Path(multivector.__file__).parent

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("words",),
    ("tables",),
    ("provenance", "cache"),
    ("names",),
    ("sources", "documents"),
    ("measures",),
    ("study",),
    ("workspace",),
    ("content",),
    ("claims", "brief", "vectors"),
    ("charts",),
    ("report", "export", "terminal"),
    (
        "cli",
        "cli_claims",
        "cli_codings",
        "cli_documents",
        "cli_exchange",
        "cli_propose",
        "cli_report",
        "cli_serve",
        "cli_vectors",
        "web",
    ),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
LATE = {
    ("provenance", "charts"): "Result.chart hands over to the module that draws it",
    ("workspace", "brief"): "Workspace.brief hands over to the module that assembles it",
    ("workspace", "report"): "Workspace.report hands the brief over to be set",
}


def family(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
    parts = (name.split(".") for name in found if name.startswith("multivector."))
    return {p[1] for p in parts}


MODULES = sorted(
    p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or not p.name.startswith("__")
)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = family(path)
    assert own in RANK, f"give {own} a place in LAYERS"
    upward = {
        other
        for other in imported(path)
        if other in RANK and RANK[other] > RANK[own] and (own, other) not in LATE
    }
    assert not upward, f"{own} imports from above: {sorted(upward)}"


def test_measures_know_no_store_files_or_clock() -> None:
    banned = {"study", "workspace", "sources"}
    for path in (PACKAGE / "measures").glob("*.py"):
        assert not imported(path) & banned, path.name
        text = path.read_text(encoding="utf-8")
        for word in (r"datetime\.now", r"time\.time\(", r"np\.random\.seed", r"\bprint\("):
            found = re.search(word, re.sub(r"^\s*(>>>|\.\.\.) .*$", "", text, flags=re.M))
            assert not found, f"{path.name}: {word}"


def test_only_the_store_writes_sql() -> None:
    for path in MODULES:
        if family(path) == "study":
            continue
        assert "duckdb.connect" not in path.read_text(encoding="utf-8"), path.name


def test_no_drawer_modules() -> None:
    for path in MODULES:
        assert path.stem not in ("utils", "helpers", "common", "manager", "misc"), path

"""Docs cannot lie: the reference is current, links lead somewhere, snippets run."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import os
import pkgutil
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import multivector
from multivector import measures, sources
from multivector.tables import RECORDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FENCE = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


@cache
def reference():
    spec = importlib.util.spec_from_file_location(
        "build_reference", ROOT / "scripts" / "build_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(reference().PAGES))
def test_reference_is_current(name: str) -> None:
    made = reference().PAGES[name]()
    stored = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert stored == made, "run: make docs"


def test_reference_holds_nothing_else() -> None:
    folder = ROOT / "docs" / "reference"
    made = {name.split("/")[-1] for name in reference().PAGES if name.startswith("measures/")}
    assert {path.name for path in (folder / "measures").iterdir()} == made


def test_everything_is_in_the_reference() -> None:
    folder = ROOT / "docs" / "reference"
    index = (folder / "measures" / "index.md").read_text(encoding="utf-8")
    for measure in measures.catalogue().values():
        page = (folder / "measures" / f"{measure.family}.md").read_text(encoding="utf-8")
        assert f"\n## {measure.name}\n" in page
        assert f"({measure.family}.md#{measure.name})" in index
        for option in measure.options:
            assert f"| `{option}` |" in page, f"{measure.name}: {option}"
    for page_name, mark, names in (
        ("tables.md", "###", [table.name for table in RECORDS]),
        ("sources.md", "###", sources.names()),
        ("commands.md", "## multivector", [path for path, _ in reference().command_functions()]),
    ):
        page = (folder / page_name).read_text(encoding="utf-8")
        missing = [name for name in names if f"\n{mark} {name}\n" not in page]
        assert not missing, f"{page_name} lacks {missing}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_snippets_run(page: Path, tmp_path: Path) -> None:
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    sessions = "\n".join(block for block in found if block.startswith(">>>"))
    parsed = doctest.DocTestParser().get_doctest(sessions, {}, page.name, str(page), 0)
    assert doctest.DocTestRunner(optionflags=FLAGS).run(parsed).failed == 0
    blocks = [block for block in found if not block.startswith(">>>")]
    if not blocks:
        return
    script = tmp_path / "snippets.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_commands_of_the_readme_exist() -> None:
    known = {path for path, _ in reference().command_functions()}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\$ multivector (.+)$", text, re.M)
    assert lines
    for line in lines:
        words = [w for w in line.split() if not w.startswith("-")]
        assert words[0] in known or " ".join(words[:2]) in known, line


def modules() -> list[str]:
    found = pkgutil.walk_packages(multivector.__path__, "multivector.")
    return sorted(info.name for info in found if not info.name.endswith("__main__"))


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str) -> None:
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=FLAGS)
    assert failed == 0


def test_changelog_and_version_agree() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {multivector.__version__}" in text
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {multivector.__version__}" in cited


def test_nothing_names_a_machine_of_ours() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".tsv", ".cff", ".j2", "") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            found = [place for place in (ROOT, ROOT.parent / "shared") if str(place) in text]
            assert not found or len(ROOT.parts) < 3, name

"""Shared fixtures: the producers' files where they are present, and a worker that stays small."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from multivector.workspace import Workspace

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MULTIVECTOR_SHARED", REPOSITORY.parent / "shared"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason=f"the producers' files are not at {SHARED.name}/ beside here")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(skip)


def pytest_collection_finish() -> None:
    """Leave the thousands of tests and modules, which stay to the end, out of every collection."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was skipped and why: a line a reason, however many tests."""
    found: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        *_, reason = report.longrepr if isinstance(report.longrepr, tuple) else (report.longrepr,)
        found[str(reason).removeprefix("Skipped: ")].append(report.nodeid.split("::")[0])
    if found:
        terminalreporter.section("skipped, and why")
    for reason, files in sorted(found.items()):
        told = ", ".join(sorted({Path(file).name for file in files}))
        terminalreporter.line(f"{len(files)}: {reason} ({told})")


STEP = 150 << 20
"""Bytes a worker may grow before what is no longer held is given back."""

TABLES = 700 << 20
"""Bytes from which on the embedded tables that were read whole are let go, to be read again."""

_held = 0


def _resident() -> int:
    with suppress(OSError, ValueError, IndexError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    return 0


def pytest_runtest_logfinish() -> None:
    """Give memory back: a workspace is a circle of references, and the allocator keeps its room."""
    global _held
    if _resident() < _held + STEP:
        return
    world = sys.modules.get("multivector.study.world")
    if world is not None and _resident() > TABLES:
        for function in vars(world).values():
            getattr(function, "cache_clear", int)()
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    _held = _resident()


@pytest.fixture(scope="session")
def embedded() -> Workspace:
    """Return one workspace of the embedded data for tests that only ask it."""
    from multivector.workspace import Workspace

    return Workspace()


@pytest.fixture(scope="session")
def shared() -> Path:
    return SHARED


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(autouse=True)
def no_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MULTIVECTOR_STUDY", raising=False)


@pytest.fixture(autouse=True)
def visitor(request: pytest.FixtureRequest) -> None:
    """Let each test with a shared client begin as a new visitor, with no language chosen before."""
    if "client" in request.fixturenames:
        cookies = getattr(request.getfixturevalue("client"), "cookies", None)
        if cookies is not None:
            cookies.clear()

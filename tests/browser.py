"""A real browser before a real server: what the tests of the observatory's pages share."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any

from tests import PATIENCE

__all__ = ["ARGUMENTS", "CHROMIUM", "Seen", "axe", "serious", "serving", "watched"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}


@contextmanager
def serving(
    folder: Path | None, *words: str, log: Path | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start ``multivector serve`` on a free port, and give its address and its process."""
    study = [] if folder is None else ["--study", str(folder)]
    command = [sys.executable, "-m", "multivector", *study, "serve", "--port", "0", *words]
    with (log or Path(os.devnull)).open("w") as beside:
        process = subprocess.Popen(
            command, stdout=beside, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        late = Timer(PATIENCE, process.kill)
        late.start()
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            late.cancel()
            found = re.search(r"(http://\S+?)/", said)
            assert found, said
            yield found[1], process
        finally:
            late.cancel()
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
            assert process.stderr is not None
            process.stderr.close()


@dataclass
class Seen:
    """What a page did that it should not have done."""

    home: str
    faults: list[str] = field(default_factory=list)

    def take(self) -> list[str]:
        """Return the faults since the last look."""
        found, self.faults = self.faults, []
        return found


def watched(page: Any, home: str) -> Seen:
    """Note what a page says to the console, asks of other hosts, and does not get."""
    seen = Seen(home)

    def answered(response: Any) -> None:
        if response.status >= 400:
            seen.faults.append(f"{response.status} {response.url}")

    def asked(request: Any) -> None:
        if not request.url.startswith((home, "data:", "blob:")):
            seen.faults.append(f"another host: {request.url}")

    def lost(request: Any) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):
            seen.faults.append(f"failed: {request.url} {request.failure}")

    def said(message: Any) -> None:
        if message.type in ("error", "warning"):
            seen.faults.append(f"console: {message.text}")

    page.on("response", answered)
    page.on("request", asked)
    page.on("requestfailed", lost)
    page.on("console", said)
    page.on("pageerror", lambda error: seen.faults.append(f"script: {error}"))
    page.on("dialog", lambda box: (seen.faults.append(f"dialog: {box.message}"), box.dismiss()))
    return seen


def axe() -> str | None:
    """Return the source of axe-core as the package ``axe-playwright-python`` carries it."""
    try:
        held = importlib.resources.files("axe_playwright_python")
    except ModuleNotFoundError:
        return None
    return (held / "axe.min.js").read_text(encoding="utf-8")


def serious(page: Any, *rules: str) -> list[str]:
    """Return the serious and critical violations axe finds, each with where it is."""
    asked = {"runOnly": list(rules), "resultTypes": ["violations"]} if rules else _RULES
    told = page.evaluate(f"async () => (await axe.run(document, {json.dumps(asked)})).violations")
    return [
        f"{each['id']} ({each['impact']}): {len(each['nodes'])}× {node['target']} {_why(node)}"
        for each in told
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:2]
    ]


def _why(node: dict[str, Any]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())[:260]

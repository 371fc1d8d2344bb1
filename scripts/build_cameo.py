"""Write the table of CAMEO codes: PLOVER's event and context, and Goldstein's intensity.

Usage: python scripts/build_cameo.py CAMEO2PLOVER-2021.txt cameo-codes.csv

The first is PLOVER's conversion table, the second the list of codes of the R package icews.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src" / "multivector" / "data" / "cameo.tsv"
LINE = re.compile(r"^(\d+):\s*([A-Z]+)?\s*(?:,\s*([^,#]*))?(?:,\s*([^,#]*))?")
COLUMNS = ("code", "event", "mode", "context", "intensity", "source", "locator")


def conversions(path: Path) -> dict[str, tuple[str, str, str, int]]:
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        matched = LINE.match(line)
        if matched:
            event, mode, context = ((part or "").strip() for part in matched.groups()[1:])
            found[matched[1]] = (event, mode, context.replace(" ", ""), number)
    return found


def intensities(path: Path) -> dict[str, tuple[str, int]]:
    with path.open(encoding="cp1252", newline="") as handle:
        rows = csv.DictReader(handle)
        return {r["code"]: (r["goldstein"], n) for n, r in enumerate(rows, start=2)}


def main(plover: str, goldstein: str) -> None:
    converted, scale = conversions(Path(plover)), intensities(Path(goldstein))
    lines = ["\t".join(COLUMNS)]
    for code in sorted({*converted, *scale}):
        event, mode, context, line = converted.get(code, ("", "", "", 0))
        value, row = scale.get(code, ("", 0))
        told = [f"CAMEO2PLOVER-2021.txt line {line}"] if line else []
        told += [f"cameo-codes.csv row {row}"] if row else []
        sources = ["plover@2021-09"] if line else []
        sources += ["icews_codes@2018"] if row else []
        cells = (code, event, mode, context, value, ";".join(sources), "; ".join(told))
        lines.append("\t".join(cells))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

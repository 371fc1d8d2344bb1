"""Make the two fonts of the charts, and the widths of their letters, from DejaVu Sans.

Usage: ``python scripts/build_fonts.py FOLDER`` with a folder that holds ``DejaVuSans.ttf`` and
``DejaVuSans-Bold.ttf`` of DejaVu 2.37 (needs ``fonttools``). Kept are the letters of the four
languages and their neighbours; layout features and hints are left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

OUT = Path(__file__).parents[1] / "src" / "multivector" / "charts" / "fonts"
RANGES = ((0x20, 0x7E), (0xA0, 0x24F), (0x400, 0x52F), (0x2010, 0x2030), (0x2190, 0x2193))
MORE = "ʻʼˮ∅≤≥≈−×÷∞✓✗■●▲▼€₸₺₽№"


def build(source: Path, target: Path) -> dict[str, str]:
    """Write the subset and return its letters by their width in thousandths of the size."""
    font = TTFont(source)
    options = Options(
        hinting=False, layout_features=[], drop_tables=["FFTM", "GPOS", "GSUB", "kern"]
    )
    letters = [code for first, last in RANGES for code in range(first, last + 1)]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[*letters, *map(ord, MORE)])
    subsetter.subset(font)
    font.recalcTimestamp = False
    font.save(target)
    widths: dict[int, str] = {}
    for code, name in sorted(font.getBestCmap().items()):
        width = round(font["hmtx"][name][0] * 1000 / font["head"].unitsPerEm)
        widths[width] = widths.get(width, "") + chr(code)
    return {str(width): widths[width] for width in sorted(widths)}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    found = {
        weight: build(folder / name, OUT / name)
        for weight, name in (("regular", "DejaVuSans.ttf"), ("bold", "DejaVuSans-Bold.ttf"))
    }
    text = json.dumps(found, ensure_ascii=False, indent=0)
    (OUT / "widths.json").write_text(f"{text}\n", "utf-8")

"""The page's colours: text reaches WCAG AA contrast in light and in dark."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("multivector") / "templates" / "brief.css").read_text(encoding="utf-8")
TEXT = ("ink", "soft", "accent", "link", *(f"c{n}" for n in range(1, 8)))


def palettes() -> dict[str, dict[str, str]]:
    found = [dict(re.findall(r"--(\w+):(#\w+)", block)) for block in CSS.split(":root{")[1:]]
    return dict(zip(("light", "dark", "print"), found, strict=True))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, paper: str, share: float) -> str:
    parts = [
        round(int(a, 16) * share + int(b, 16) * (1 - share))
        for a, b in zip(re.findall("..", colour[1:]), re.findall("..", paper[1:]), strict=True)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_text_stands_out_from_the_paper(theme: str) -> None:
    palette = palettes()[theme]
    paper = palette["paper"]
    for name in TEXT:
        assert contrast(palette[name], paper) >= 4.5, (theme, name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_can_be_read_on_the_darkest_shade(theme: str) -> None:
    palette = palettes()[theme]
    shade = mixed(palette["accent"], palette["paper"], 0.42)
    assert contrast(palette["ink"], shade) >= 4.5

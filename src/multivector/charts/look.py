"""Look: the colours, dashes and type of the charts, and how wide a text will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from multivector.words import figures as wording
from multivector.words import language

__all__ = [
    *("DASHES", "FONT", "FONT_KAZAKH", "LABEL", "SHADES", "THEMES", "TICK", "Theme", "ThemeName"),
    *("blend", "fit", "in_kazakh", "short", "text_width", "theme_of", "wrap", "written"),
]

ThemeName = Literal["light", "dark"]

FONT = "'Liberation Sans', Arial, 'Helvetica Neue', 'DejaVu Sans', 'Noto Sans', sans-serif"
FONT_KAZAKH = "'DejaVu Sans', Arial, 'Helvetica Neue', 'Noto Sans', sans-serif"
LABEL = 12.0
TICK = 11.0
DASHES: tuple[tuple[float, ...], ...] = (
    *((), (), (7, 3), (2, 2.5), (9, 3, 2, 3), (4, 4), (12, 4)),
    (1.5, 4),
)
"""How the line of a colour is broken, so that it is told from others without colour."""

SHADES = (1.0, 0.6, 0.82, 0.42, 0.9, 0.5, 0.72)
"""How strongly the colour of a domain is laid on, so that neighbours differ in grey too."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a theme; ``colours[0]`` is the state asked about, the others are its poles."""

    paper: str
    ink: str
    soft: str
    rule: str
    faint: str
    accent: str
    colours: tuple[str, ...]


THEMES: dict[str, Theme] = {
    "light": Theme(
        *("#ffffff", "#1b2127", "#525c66", "#d8d4ca", "#ece9e1", "#0b4f6c"),
        ("#1b2127", "#0b5fa5", "#b3420c", "#00705a", "#8a3f7d", "#7d5a00", "#4a5560", "#a3123f"),
    ),
    "dark": Theme(
        *("#13171b", "#e8e6e1", "#a9b2bb", "#39424a", "#232a30", "#86c5e0"),
        ("#e8e6e1", "#7db8f0", "#f19a68", "#4fc7a5", "#dda1d0", "#e2b956", "#b7c0c8", "#f58aa8"),
    ),
}

_KAZAKH = frozenset("ҚқҒғҰұҮүҺһӘәӨөҢң")
_NARROW, _WIDE = frozenset("iIjl.,:;|!'’·ıіİ "), frozenset("mwMW%@—…ШЩЖЮМФшщжюмфыЫ–−→")


def theme_of(theme: str) -> Theme:
    """Return the theme of a name.

    Raises
    ------
    BadValue
        If there is none of that name.
    """
    from multivector.errors import BadValue, choices

    if theme not in THEMES:
        raise BadValue(f"no theme {theme!r}; expected one of {choices(THEMES)}; correct theme=")
    return THEMES[theme]


def blend(front: str, back: str, share: float) -> str:
    """Return a colour mixed from two, ``share`` of the first.

    >>> blend("#000000", "#ffffff", 0.5), blend("#0b4f6c", "#ffffff", 1)
    ('#808080', '#0b4f6c')
    """
    pairs = ((int(front[i : i + 2], 16), int(back[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(b + (a - b) * share):02x}" for a, b in pairs)


def text_width(text: str, size: float = LABEL, *, bold: bool = False) -> float:
    """Return about how many pixels a line of text takes; a little more rather than less.

    >>> text_width("Russia") < text_width("Kazakhstan") < text_width("KAZAKHSTAN")
    True
    """
    total = 0.0
    for letter in text:
        if letter in _NARROW:
            total += 0.3
        elif letter in _WIDE:
            total += 0.92
        else:
            total += 0.74 if letter.isupper() else 0.58
    wide = 1.14 if in_kazakh(text) else 1.0
    return total * size * wide * (1.07 if bold else 1.0)


def in_kazakh(text: str) -> bool:
    """Return whether a text asks for the font that has Kazakh letters, which is a wider one.

    >>> in_kazakh("Қазақстан"), in_kazakh("Россия")
    (True, False)
    """
    return language() == "kk" or not _KAZAKH.isdisjoint(text)


def wrap(text: str, room: float, size: float = LABEL, *, lines: int = 2) -> str:
    r"""Return a text in at most so many lines of at most ``room`` pixels, cut with … at need.

    >>> wrap("Russia", 80), wrap("United Arab Emirates", 80)
    ('Russia', 'United Arab\nEmirates')
    """
    rows: list[str] = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and text_width(longer, size) > room and len(rows) < lines:
            rows.append(word)
        else:
            rows[-1] = longer
    return "\n".join(_cut(row, room, size) for row in rows)


def _cut(text: str, room: float, size: float) -> str:
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if kept else "…"


def fit(labels: Sequence[str], room: float, size: float = LABEL) -> str:
    """Return the first of the labels that fits, else the last, cut.

    >>> fit(["United Kingdom", "GBR"], 40)
    'GBR'
    """
    return next((t for t in labels if text_width(t, size) <= room), _cut(labels[-1], room, size))


def short(label: str, key: str, room: float, size: float = LABEL) -> str:
    r"""Return a name in one line if it fits, else its code if it has one, else in two lines.

    >>> short("United Kingdom", "GBR", 40), short("All the members", "all", 60)
    ('GBR', 'All the\nmembers')
    """
    if text_width(label, size) <= room:
        return label
    coded = key.isupper() and text_width(key, size) <= room
    return key if coded else wrap(label, room, size)


_FINE = {"share": 0.0099, "percent": 0.99}


def written(value: float, unit: str, step: float | None = None) -> str:
    """Return a value of a chart as it is written; ``step`` is the distance of an axis's marks.

    >>> written(0.25, "share"), written(0.25, "number"), written(12e9, "amount")
    ('25%', '0.25', '12 billion')
    """
    if unit in ("share", "percent"):
        share = value if unit == "share" else value / 100
        fine = 0 < abs(share) < 0.0095 if step is None else step < _FINE[unit]
        return wording.percent(share, 1 if fine else 0)
    if unit == "amount":
        return wording.amount(value)
    if unit == "year":
        return str(round(value))
    if unit == "integer":
        return wording.number(round(value), 9) if value else "0"
    digits = 2 if step is None or step >= 1 or abs(value) < 1 else 3
    return wording.number(value, max(digits, len(str(int(abs(value))))))

"""Torn diacritics: ``bag ımsızlıg ını`` back to ``bağımsızlığını``.

Some PDF writers set the mark of a letter beside it; extractors then lose the mark and leave a
space, or leave the mark on the wrong side of the letter. The second is put right by rule. For the
first, a line is read as the most likely sequence of words: pieces are joined where the joined word
is known, or can be a known word with Turkish endings.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib import import_module
from math import log
from typing import Any

from multivector.documents.packs import pack
from multivector.documents.text.layers import Change, Layer

_TURKISH: dict[str, Any] = pack("tr")["torn"]
"""How Turkish letters are torn, and the endings by which words with them are known."""

_LOST: dict[str, str] = _TURKISH["lost"]
_BESIDE = re.compile(_TURKISH["beside"])
_SIGN = re.compile(_TURKISH["sign"])
_PIECE = re.compile(r"\S+")
_CHAIN = re.compile(f"(?:{_TURKISH['suffix']}){{1,6}}")
_UNKNOWN = -19.0
_JOINED_UNKNOWN = -4.0
_DAMAGED = 0.006


def without_torn_letters(layer: Layer) -> Layer:
    """Return the layer with marks set back on their letters and torn words joined.

    A text is touched only where it shows the damage: at least one sign of it in 170 words.

    Examples
    --------
    >>> without_torn_letters(Layer.of("u¨lke, go˘ru¨ˇs")).text[:4]
    'ülke'
    """
    layer = layer.substituted(_BESIDE, _beside, "torn diacritic")
    signs = len(_SIGN.findall(layer.text))
    if signs < 12 or signs < _DAMAGED * len(layer.text.split()) or "\u0131" not in layer.text:
        return layer
    lexicon = Lexicon(layer.text)
    changes: list[Change] = []
    for run in _damaged_runs(layer.text):
        line = layer.text[slice(*run)]
        for start, end, after in _line_repairs(line, lexicon):
            changes.append((run[0] + start, run[0] + end, after))
    return layer.edited(changes, "torn diacritic")


def _beside(found: re.Match[str]) -> str:
    letter, mark = (found[1], found[2]) if found[1] else (found[4], found[3])
    return str(_TURKISH["marks"].get(letter + mark, found[0]))


def _damaged_runs(text: str) -> list[tuple[int, int]]:
    """Return the paragraphs that show the damage; whole stretches of text are never damaged."""
    runs = []
    for block in re.finditer(r"(?:[^\n]*\S[^\n]*(?:\n|$))+", text):
        body = block[0]
        whole = len(re.findall(_TURKISH["whole"], body))
        whole -= 2 * len(re.findall(_TURKISH["spaced"], body))
        turkish = len(re.findall(_TURKISH["turkish"], body)) * 150 >= len(body)
        if turkish and len(_SIGN.findall(body)) > max(0, whole // 4):
            runs.append(block.span())
    return runs


class Lexicon:
    """How likely a Turkish word is: by its frequency, by a known stem with endings, or unknown."""

    def __init__(self, text: str) -> None:
        words = re.findall(r"[^\W\d_]+", text)
        self._here = Counter(word for word in words if re.search(_TURKISH["whole"], word))
        self._frequency = _frequencies()

    def score(self, word: str) -> float:
        """Return the log probability of a word, in its inflected form."""
        core = _lower(word.strip(".,;:!?()[]“”\"‘’'«»…-–"))
        if not core or not any(map(str.isalpha, core)):
            return -6.0 - 0.1 * len(word)
        stem, _, ending = re.sub("[’']", "'", core).partition("'")
        if word[: len(stem) + 1].strip("()’'").isupper() and 2 < len(stem) < 12:
            return -13.0
        best = self._known(stem)
        if ending and best > _UNKNOWN:
            return best - (0.5 if _CHAIN.fullmatch(ending) else 3.0)
        return best

    @lru_cache(maxsize=100_000)  # noqa: B019 -- a lexicon lives as long as one document
    def _known(self, word: str) -> float:
        if "-" in word:
            parts = [part for part in word.split("-") if part]
            return min((self._known(part) for part in parts), default=_UNKNOWN)
        frequency = self._frequency.get(word, 0.0)
        best = log(frequency) if frequency else _UNKNOWN - 1.2 * len(word)
        if self._here[word]:
            best = max(best, -13.0)
        for cut in range(len(word) - 1, 2, -1):
            stem, ending = word[:cut], word[cut:]
            if len(ending) > 14:
                break
            frequency = self._frequency.get(stem, 0.0) or self._verb(stem)
            if frequency and _CHAIN.fullmatch(ending) and _harmony(stem, ending):
                best = max(best, log(frequency) - 1.5 - 0.55 * len(ending))
        return best

    def _verb(self, stem: str) -> float:
        found = [self._frequency.get(stem + end, 0.0) for end in _TURKISH["verbal"]]
        soft = _TURKISH["softened"].get(stem[-1])
        if soft:
            found.append(self._frequency.get(stem[:-1] + soft, 0.0))
        return max(found)


def _lower(word: str) -> str:
    return word.replace("\u0130", "i").replace("I", "\u0131").lower()


def _harmony(stem: str, ending: str) -> bool:
    vowels = [letter for letter in stem if letter in _TURKISH["vowels"]]
    rest = [
        letter for letter in re.sub(_TURKISH["neutral"], "", ending) if letter in _TURKISH["vowels"]
    ]
    if not vowels or not rest:
        return True
    back = vowels[-1] in _TURKISH["back"]
    return all((letter in _TURKISH["back"]) == back for letter in rest)


@lru_cache(maxsize=1)
def _frequencies() -> dict[str, float]:
    """Return the frequencies of Turkish words; without the package, those of the text must do."""
    try:
        wordfreq = import_module("wordfreq")
    except ImportError:
        return {}
    found: dict[str, float] = wordfreq.get_frequency_dict("tr", wordlist="best")
    return found


def _line_repairs(line: str, lexicon: Lexicon) -> list[Change]:
    """Return the joins of the most likely reading of a line."""
    pieces = [(found.start(), found.end()) for found in _PIECE.finditer(line)]
    best: list[tuple[float, int, str]] = [(0.0, 0, "")]
    for end in range(1, len(pieces) + 1):
        choices = []
        for start in range(max(0, end - 7), end):
            joined = _joined(line, pieces[start:end])
            if joined is None:
                continue
            for word in _readings(line, pieces, start, end, joined):
                score = lexicon.score(word)
                if start < end - 1 and score < _UNKNOWN and not word.strip("()").isupper():
                    score += _JOINED_UNKNOWN
                choices.append((best[start][0] + score, start, word))
        best.append(max(choices))
    changes: list[Change] = []
    end = len(pieces)
    while end:
        _, start, word = best[end]
        low, high = pieces[start][0], pieces[end - 1][1]
        if word != line[low:high]:
            if _doubled(line, pieces, end):
                high += 1
            changes.append((low, high, word))
        end = start
    return changes


def _joined(line: str, pieces: list[tuple[int, int]]) -> str | None:
    """Return the pieces as one word, if each but the last ends in a letter that lost its mark."""
    word = ""
    for (start, end), following in zip(pieces, [*pieces[1:], None], strict=True):
        piece = line[start:end]
        if following is not None:
            gap = line[end : following[0]]
            if piece[-1] not in _LOST or gap not in (" ", "\n") or gap == "\n":
                return None
            piece = piece[:-1] + _LOST[piece[-1]]
        word += piece
    return word


def _doubled(line: str, pieces: list[tuple[int, int]], end: int) -> bool:
    """Whether two spaces follow a piece that ends in a letter that lost its mark."""
    last = pieces[end - 1][1]
    return line[last - 1] in "uoUO" and line[last : last + 2] == "  "


def _readings(
    line: str, pieces: list[tuple[int, int]], start: int, end: int, joined: str
) -> list[str]:
    last = pieces[end - 1][1]
    marked = joined[:-1] + _LOST.get(joined[-1], joined[-1])
    if _doubled(line, pieces, end):
        return [marked]
    following = line[last : last + 2]
    at_break = following[:1] == "\n" or following in ("", " \n")
    punctuated = line[last : last + 1] == " " and line[last + 1 : last + 2] in ",.;:)’'”"
    return [joined, marked] if joined[-1] in "uoUO" and (at_break or punctuated) else [joined]

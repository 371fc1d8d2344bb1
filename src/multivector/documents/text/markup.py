"""Markup taken off: HTML and the Markdown that text extractors leave, as edits of a layer.

Only what a reader would see as text is kept. Headings keep their leading ``#`` and table cells are
set apart by tabs: :mod:`segment` reads both.
"""

from __future__ import annotations

import html
import re

from multivector.documents.text.layers import Change, Layer

_TOKEN = re.compile(
    r"<!--|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)\b(?P<rest>(?:\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'"
    r"|[^<>\"']){0,400}+)>|<[!?][^>]{0,4000}>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});"
)
_DROPPED = frozenset(
    re.findall(
        r"\w+",
        "script style nav aside footer form noscript template svg button select iframe "
        "object head textarea option canvas audio video math",
    )
)
_BLOCK = frozenset(
    re.findall(
        r"\w+",
        "p div section article main header table ul ol dl dd dt blockquote pre figure "
        "figcaption hr br body html thead tbody tfoot caption address center",
    )
)
_VOID = frozenset(
    re.findall(
        r"\w+",
        "br hr img input link meta area base col embed source track wbr",
    )
)
_HIDDEN = re.compile(
    r"(?i)\bhidden\b|display\s*:\s*none|visibility\s*:\s*hidden|aria-hidden=.?true"
)
_INLINE = re.compile(
    r"(?i)</?(?:b|i|u|em|strong|sup|sub|span|small|font|a|mark|del|ins|s|center|p|div|br)"
    r"(?:\s[^<>]{0,300})?/?>"
)
_NOTE_MARK = re.compile(r"(?i)<sup>\s*(?:\d{1,3}|[*†‡]+)(?:\s*,\s*\d{1,3})*\s*</sup>")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!$%&|<>~^])")
_IMAGE = re.compile(r"!\[[^\]\n]{0,500}\]\([^)\s]{0,2000}\)")
_LINK = re.compile(r"(?<!!)\[([^\]\n]{1,500})\]\((?:https?://|#|mailto:)[^)\s]{0,2000}\)")
_STRONG = re.compile(r"(\*{2,3}|__)(?=\S)([^*_\n]{1,1500}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,600}?)(?<=[^\s*\\])\*(?![\w*])")
_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+[ \t]*$", re.MULTILINE)


def without_markup(layer: Layer, media: str) -> Layer:
    r"""Return the layer without tags, entities, emphasis marks and escapes.

    Parameters
    ----------
    layer : Layer
        The raw text.
    media : str
        ``html``, or anything else for text that may hold Markdown.

    Examples
    --------
    >>> without_markup(Layer.of("the 15<sup>th</sup> of **May**, \\$28"), "text").text
    'the 15th of May, $28'
    >>> page = "<p>Visit<sup>1</sup> to &Ccedil;in</p><script>x</script>"
    >>> without_markup(Layer.of(page), "html").text.strip()
    'Visit to Çin'
    """
    if media == "html":
        return layer.edited(_html_changes(layer.text), "markup")
    layer = layer.substituted(_NOTE_MARK, "", "footnote mark")
    layer = layer.substituted(_INLINE, "", "markup")
    layer = layer.substituted(_IMAGE, "", "markup")
    layer = layer.substituted(_LINK, lambda found: found[1], "markup")
    for pattern in (_STRONG, _EMPHASIS):
        layer = layer.edited(_unwrapped(pattern, layer.text), "markup")
    layer = layer.substituted(_RULE, "", "markup")
    return layer.substituted(_ESCAPE, lambda found: found[1], "markup")


def _unwrapped(pattern: re.Pattern[str], text: str) -> list[Change]:
    group = 2 if pattern is _STRONG else 1
    changes: list[Change] = []
    for found in pattern.finditer(text):
        changes.append((found.start(), found.start(group), ""))
        changes.append((found.end(group), found.end(), ""))
    return changes


def _html_changes(text: str) -> list[Change]:
    """Return the edits that leave the visible text of a page; one pass, however it is nested."""
    changes: list[Change] = []
    at, since = 0, 0
    silent: list[str] = []
    note = False
    while found := _TOKEN.search(text, at):
        start, at = found.span()
        if found[0] == "<!--":
            stop = text.find("-->", at)
            at = len(text) if stop < 0 else stop + 3
            if not silent:
                changes.append((start, at, ""))
            continue
        name = (found["name"] or "").lower()
        if not name:
            if not silent:
                changes.append((start, at, html.unescape(found[0]) if found[0][0] == "&" else ""))
            continue
        opening = not found["close"] and not (found["rest"] or "").endswith("/")
        if silent:
            if name == silent[-1]:
                silent.append(name) if opening else silent.pop()
                if not silent:
                    changes.append((since, at, "\n"))
            continue
        hidden = name in _DROPPED or bool(_HIDDEN.search(found["rest"] or ""))
        if opening and hidden and name not in _VOID:
            silent, since = [name], start
            if name in ("script", "style"):
                at = _raw_end(text, at, name)
            continue
        if name == "sup":
            note = opening and bool(
                re.match(r"[\s\[(]*(?:\d{1,3}|[*†])[\s\])]*<", text[at : at + 12])
            )
            if note:
                stop = text.find("<", at)
                changes.append((start, stop, ""))
                at = stop
                continue
        changes.append((start, at, _replacement(name, opening)))
    if silent:
        changes.append((since, len(text), "\n"))
    return changes


def _raw_end(text: str, at: int, name: str) -> int:
    stop = re.compile(f"</{name}", re.IGNORECASE).search(text, at)
    return stop.start() if stop else len(text)


def _replacement(name: str, opening: bool) -> str:
    if re.fullmatch("h[1-6]", name):
        return "\n\n# " if opening else "\n\n"
    if name in ("td", "th"):
        return "" if opening else "\t"
    if name == "tr":
        return "\n" if opening else ""
    if name == "li":
        return "\n\n- " if opening else ""
    if name == "br":
        return "\n"
    return "\n\n" if name in _BLOCK else ""

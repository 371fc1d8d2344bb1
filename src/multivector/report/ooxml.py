"""OOXML: what python-docx leaves to its user: fields, bookmarks, links, languages, table styles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

__all__ = [
    "Bookmarks", "alternative", "around", "field", "fill", "footer", "inward", "language",
    "outward", "page", "repeat", "shade", "styles", "tag", "whole", "widths",
    "write",
]  # fmt: skip

_TAGS = {"en": "en-GB", "tr": "tr-TR", "ru": "ru-RU", "kk": "kk-KZ"}
_ACCENT = "0B4F6C"
_INK = "1B2127"
_SOFT = "525C66"
_RULE = "C9C4B8"
_FONT = "Calibri"
_MONO = "Consolas"


def tag(spoken: str) -> str:
    """Return the language tag Word knows a language by."""
    return _TAGS[spoken]


class Bookmarks:
    """Gives places names Word accepts: letters, digits and underscores, at most 40."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, target: str) -> str:
        """Return the bookmark of a place, the same each time it is asked for."""
        if target not in self._names:
            plain = re.sub(r"\W", "_", target, flags=re.ASCII)[:34]
            self._names[target] = f"{plain}_{len(self._names)}"
        return self._names[target]

    def around(self, paragraph: Any, target: str, text: str | None = None) -> None:
        """Put a bookmark around what a paragraph holds, after adding ``text`` to it."""
        if text is not None:
            paragraph.add_run(text)
        name = self.name(target)
        number = name.rpartition("_")[2]
        start = _element("w:bookmarkStart", {"w:id": number, "w:name": name})
        inside = paragraph._p
        inside.insert(1 if inside.pPr is not None else 0, start)
        inside.append(_element("w:bookmarkEnd", {"w:id": number}))


def page(made: Any) -> None:
    """Make the pages A4, and leave out the picture of the template python-docx begins with."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.shared import Cm

    relations = made.part.package.rels
    for name, relation in list(relations.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del relations[name]
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.1)
    section.top_margin, section.bottom_margin = Cm(2.1), Cm(2.2)


def styles(made: Any, spoken: str) -> None:
    """Set the document's language and fonts, and add the styles a report has beyond Word's."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt

    known = made.styles
    _defaults(known.element, spoken)
    _newest(made.settings.element, spoken)
    _font(known["Normal"], 10.5, _INK)
    known["Normal"].paragraph_format.space_after = Pt(6)
    shapes = {"Title": (30, _INK), "Subtitle": (13, _SOFT), "Caption": (9.5, _INK)}
    shapes |= {"Heading 1": (17, _INK), "Heading 2": (12.5, _INK), "Heading 3": (11, _INK)}
    for name, (size, colour) in shapes.items():
        _font(known[name], size, colour)
        known[name].font.italic = False
        known[name].font.bold = name not in ("Title", "Subtitle", "Caption")
    _rule(known["Heading 1"], "top", _INK)
    known["Heading 1"].paragraph_format.space_before = Pt(24)
    known["Heading 1"].paragraph_format.space_after = Pt(8)
    _rule(known["Title"], None, _INK)
    paragraphs = {"Note": (9, _SOFT), "Cell": (8.5, _INK), "Cell Dense": (7.5, _INK)}
    paragraphs |= {"Figure": (10.5, _INK), "Formula": (10, _INK), "Contents": (12.5, _INK)}
    paragraphs |= {"Cell Kept": (8.5, _INK), "Cell Dense Kept": (7.5, _INK), "toc 1": (10, _INK)}
    for name, (size, colour) in paragraphs.items():
        style = known.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name == "toc 1")
        style.base_style = known["Normal"]
        _font(style, size, colour)
        style.paragraph_format.space_after = Pt(1 if name.startswith(("Cell", "toc")) else 6)
    known["Contents"].font.bold = True
    known["Contents"].paragraph_format.page_break_before = True
    known["Note"].paragraph_format.space_after = Pt(12)
    known["Note"].paragraph_format.space_before = Pt(4)
    for name in ("Figure", "Contents", "Cell Kept", "Cell Dense Kept"):
        known[name].paragraph_format.keep_with_next = True
    known["Formula"].paragraph_format.left_indent = Cm(0.6)
    known["Formula"].paragraph_format.first_line_indent = Cm(-0.6)
    for name, (size, colour) in {"Quiet": (9, _SOFT), "Source": (10.5, _ACCENT)}.items():
        _font(known.add_style(name, WD_STYLE_TYPE.CHARACTER), size, colour)
    known["Source"].font.superscript = True
    code = known.add_style("Code", WD_STYLE_TYPE.CHARACTER)
    _typeface(code, _MONO)
    _colour(known.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True), _ACCENT)
    for xml in (_TABLE, _BOX):
        known.element.append(_parsed(xml))


def footer(made: Any, text: str, words: str) -> None:
    """Write the foot of each page: the title, and the page of how many."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    paragraph = made.sections[0].footer.paragraphs[0]
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(16.8), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.style = made.styles["Footer"]
    _font(made.styles["Footer"], 8.5, _SOFT)
    made.styles["Footer"].paragraph_format.tab_stops.clear_all()
    paragraph.add_run(f"{text}\t")
    for part in re.split(r"(\{n\}|\{total\})", words):
        if part in ("{n}", "{total}"):
            field(paragraph, "PAGE" if part == "{n}" else "NUMPAGES", "1")
        else:
            paragraph.add_run(part)


def field(paragraph: Any, code: str, shown: str, *, bold: bool | None = None) -> None:
    """Add a field with what it shows until it is updated."""
    _open(paragraph.add_run(), code)
    paragraph.add_run(shown).bold = bold
    paragraph.add_run()._r.append(_element("w:fldChar", {"w:fldCharType": "end"}))


def around(first: Any, last: Any, code: str) -> None:
    """Make paragraphs what a field shows until it is updated."""
    begin, end = first.add_run(), last.add_run()
    _open(begin, code)
    first._p.remove(begin._r)
    first._p.insert(1 if first._p.pPr is not None else 0, begin._r)
    end._r.append(_element("w:fldChar", {"w:fldCharType": "end"}))


def inward(paragraph: Any, text: str, bookmark: str, style: str) -> None:
    """Add a link to a bookmark."""
    link = _element("w:hyperlink", {"w:anchor": bookmark, "w:history": "1"})
    _into(paragraph, link, text, style)


def outward(made: Any, paragraph: Any, text: str, address: str) -> None:
    """Add a link to an address outside."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    target = made.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    _into(paragraph, _element("w:hyperlink", {"r:id": target}), text, "Hyperlink")


def language(paragraph: Any, code: str) -> None:
    """Say that a paragraph is in another language than the document."""
    for run in paragraph.runs:
        run._r.get_or_add_rPr().append(_element("w:lang", {"w:val": code}))


def alternative(shape: Any, title: str, text: str) -> None:
    """Give a picture its title and the same in words."""
    shape._inline.docPr.set("title", title)
    shape._inline.docPr.set("descr", text)


def write(paragraph: Any, text: str, style: str | None = None) -> Any:
    """Add a run in a character style named by its identifier, and return it."""
    run = paragraph.add_run(text)
    if style is not None:
        run._r.style = style
    return run


def fill(
    cell: Any, text: str, style: str, *, right: bool = False, characters: str | None = None
) -> Any:
    """Write into a cell's only paragraph, and return the paragraph."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    paragraph._p.style = style
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if text:
        write(paragraph, text, characters)
    return paragraph


def repeat(row: Any) -> None:
    """Let a row stand again at the top of each page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(_element("w:cantSplit", {}))
    properties.append(_element("w:tblHeader", {}))


def whole(row: Any) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit", {}))


def shade(cell: Any, tint: float) -> None:
    """Colour a cell, the darker the larger."""
    mixed = (round(255 - 0.55 * tint * (255 - int(_ACCENT[n : n + 2], 16))) for n in (0, 2, 4))
    colour = "".join(f"{part:02X}" for part in mixed)
    given = {"w:val": "clear", "w:color": "auto", "w:fill": colour}
    cell._tc.get_or_add_tcPr().append(_element("w:shd", given))


def widths(table: Any, shares: Sequence[float], line_cm: float) -> None:
    """Set the widths of a table's columns as shares of the line."""
    from docx.shared import Cm

    table.autofit = False
    sizes = [Cm(share * line_cm) for share in shares]
    for column, size in zip(table.columns, sizes, strict=True):
        column.width = size
    for row in table.rows:
        for cell, size in zip(row.cells, sizes, strict=True):
            cell.width = size


def _element(name: str, given: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in given.items():
        made.set(qn(key), value)
    return made


def _parsed(xml: str) -> Any:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    return parse_xml(xml.replace("<w:style ", f"<w:style {nsdecls('w')} ", 1))


def _open(run: Any, code: str) -> None:
    run._r.append(_element("w:fldChar", {"w:fldCharType": "begin"}))
    said = _element("w:instrText", {"xml:space": "preserve"})
    said.text = f" {code} "
    run._r.append(said)
    run._r.append(_element("w:fldChar", {"w:fldCharType": "separate"}))


def _into(paragraph: Any, link: Any, text: str, style: str) -> None:
    run = write(paragraph, text, style)
    paragraph._p.remove(run._r)
    link.append(run._r)
    paragraph._p.append(link)


def _defaults(element: Any, spoken: str) -> None:
    from docx.oxml.ns import qn

    defaults = element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    given = {"w:val": tag(spoken), "w:eastAsia": "en-US", "w:bidi": "ar-SA"}
    defaults.append(_element("w:lang", given))


def _newest(settings: Any, spoken: str) -> None:
    """Say that the file is of today's Word, which else opens it in compatibility mode."""
    from docx.oxml.ns import qn

    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    for languages in settings.iter(qn("w:themeFontLang")):
        languages.set(qn("w:val"), tag(spoken))


def _font(style: Any, size: float, colour: str) -> None:
    from docx.shared import Pt

    style.font.size = Pt(size)
    _colour(style, colour)
    _typeface(style, _FONT)


def _typeface(style: Any, name: str) -> None:
    from docx.oxml.ns import qn

    style.font.name = name
    fonts = style.element.rPr.rFonts
    for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(key), None)
    for key in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(key), name)


def _colour(style: Any, colour: str) -> None:
    from docx.shared import RGBColor

    style.font.color.rgb = RGBColor.from_string(colour)


def _rule(style: Any, side: str | None, colour: str) -> None:
    """Give a paragraph style one rule, and take away those it had."""
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if side is None:
        return
    borders = _element("w:pBdr", {})
    given = {"w:val": "single", "w:sz": "8", "w:space": "6", "w:color": colour}
    borders.append(_element(f"w:{side}", given))
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


_TABLE = f"""
<w:style w:type="table" w:customStyle="1" w:styleId="ReportTable">
<w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/>
<w:tblPr><w:tblBorders>
<w:bottom w:val="single" w:sz="6" w:space="0" w:color="{_RULE}"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{_RULE}"/>
</w:tblBorders><w:tblCellMar>
<w:top w:w="30" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>
<w:bottom w:w="20" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>
</w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="{_SOFT}"/></w:rPr>
<w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="{_INK}"/></w:tcBorders>
<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>
</w:style>
"""
_BOX = f"""
<w:style w:type="table" w:customStyle="1" w:styleId="ReportBox">
<w:name w:val="Report Box"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/>
<w:tblPr><w:tblCellMar>
<w:top w:w="40" w:type="dxa"/><w:left w:w="140" w:type="dxa"/>
<w:bottom w:w="30" w:type="dxa"/><w:right w:w="140" w:type="dxa"/>
</w:tblCellMar></w:tblPr>
<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="F3F1EB"/></w:tcPr>
<w:tblStylePr w:type="firstCol"><w:rPr><w:color w:val="{_SOFT}"/></w:rPr></w:tblStylePr>
</w:style>
"""

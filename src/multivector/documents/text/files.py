"""Bytes to raw text: plain text in any encoding, Markdown, HTML, DOCX with footnotes, PDF.

The kind of a file is told by its content, never by its name. The raw text of a text file is the
file itself, character by character; of a PDF or DOCX it is the text taken out of it, kept as it
came. Whatever cannot be read ends in one :class:`UnreadableFile` that says why.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from multivector.documents.packs import shared, wording
from multivector.errors import MissingExtra, MultivectorError, UnreadableFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_BYTES = 300_000_000
MAX_UNPACKED = 200_000_000
MAX_CHARACTERS = 40_000_000
MAX_PAGES = 20_000
SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".docx", ".pdf", ".text")
"""Endings looked for in a folder; a file named outright is read whatever its ending."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BINARY = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"{\\rtf": "a Rich Text file",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
}
_LETTERS = {
    encoding: re.compile(shared()["encodings"][encoding], re.IGNORECASE)
    for encoding in ("cp1251", "koi8-r", "cp1254")
}


@dataclass(frozen=True)
class Source:
    """A document as read: its hash, kind, raw text, the raw offset of each page, and remarks."""

    name: str
    sha256: str
    media: str
    text: str
    pages: tuple[int, ...] = (0,)
    remarks: tuple[str, ...] = ()

    @property
    def doc(self) -> str:
        """Return the short name: three leading digits of the file name, else its stem."""
        return doc_name(self.name)


def doc_name(name: str) -> str:
    """Return the short name of a file: three leading digits, else the name without its ending.

    >>> doc_name("001_report.txt"), doc_name("report.pdf")
    ('001', 'report')
    """
    digits = re.match(r"\d{3}(?!\d)", name)
    return digits[0] if digits else Path(name).stem


def files_in(paths: list[Path]) -> Iterator[Path]:
    """Yield the files named by ``paths``; a folder gives the documents in it, in order of name."""
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
            yield from sorted(file for file in inside if file.is_file() and not _kept(file))
        else:
            yield path


def _kept(file: Path) -> bool:
    """Whether a file is hidden, or a part of a study rather than a document."""
    hidden = any(part.startswith(".") for part in file.parts[1:])
    return hidden or (file.parent / "document.json").exists()


def read_document(path: Path) -> Source:
    """Return the document in ``path``.

    Raises
    ------
    UnreadableFile
        If the file is absent, empty, too large, encrypted, damaged, a scan without text, or of a
        kind that holds no text.
    MissingExtra
        If a PDF is read and the package for it is not installed.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _unreadable(
                path.name, f"has {size:,} bytes", f"at most {MAX_BYTES:,}", "split it"
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unreadable(
            path.name, f"cannot be opened ({reason})", "a file that can be read", "check the name"
        ) from error
    return document_of(data, path.name)


def document_of(data: bytes, name: str) -> Source:
    """Return the document that ``data`` holds; see :func:`read_document` for what can go wrong.

    All readers stand behind one guard: what a damaged file makes a library raise (``zlib.error``,
    ``lzma.LZMAError``, ``EOFError``, an encoding of XML that does not exist) is a file that cannot
    be read, and one such file ends no run.
    """
    try:
        return _document(data, name)
    except (MultivectorError, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise _unreadable(
            name,
            f"is damaged ({type(error).__name__}: {' '.join(str(error).split())[:80]})",
            "a file that the program it comes from opens",
            "open it there and save it anew, or as plain text",
        ) from error


def _document(data: bytes, name: str) -> Source:
    if not data.strip(b"\0\t\n\r \xef\xbb\xbf"):
        raise _unreadable(name, "is empty", "a document with text", "leave it out")
    head = data[:1024].lstrip()
    digest = sha256(data).hexdigest()
    if head.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        text, places = _pdf(data, name)
        return Source(name, digest, "pdf", text, places)
    if data.startswith(b"PK\x03\x04"):
        return Source(name, digest, "docx", _docx(data, name))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable(
            name,
            "is an old Word file or an encrypted one",
            "DOCX, PDF, HTML, Markdown or plain text without a password",
            "open it and save it as DOCX",
        )
    for mark, kind in _BINARY.items():
        if data.startswith(mark):
            raise _unreadable(
                name, f"is {kind}", "PDF, DOCX, HTML, Markdown or plain text", "convert it first"
            )
    text, remarks = decoded(data, name)
    if not any(character.isalpha() for character in text):
        raise _unreadable(name, "holds no letters", "a document with text", "leave it out")
    media = "html" if _is_html(text, name) else "text"
    pages = [0, *(found.end() for found in re.finditer("\f", text))]
    return Source(name, digest, media, text, tuple(pages), tuple(remarks))


def decoded(data: bytes, name: str = "the file") -> tuple[str, list[str]]:
    """Return the text of ``data`` in whatever encoding it is, and remarks on what was assumed.

    >>> decoded("Şanghay Beşlisi".encode("cp1254"))
    ('Şanghay Beşlisi', ['read as cp1254'])
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            text = data.decode(encoding, errors="replace")
            return ("\ufeff" + text if encoding == "utf-8-sig" else text), []
    if b"\0" in data[:4096]:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data.decode(encoding, errors="replace")
            known = re.findall(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff0-9 ,.;:\n\r-]", text[:2000])
            if len(known) > 0.9 * len(text[:2000]):
                return text, [f"read as {encoding}"]
        raise _unreadable(
            name, "holds binary data", "PDF, DOCX, HTML, Markdown or plain text", "convert it first"
        )
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _eight_bit(data)


def _eight_bit(data: bytes) -> tuple[str, list[str]]:
    """Return text that is not UTF-8, or UTF-8 with other bytes in it."""
    high = len(re.findall(rb"[\x80-\xff]", data))
    letters = high + len(re.findall(rb"[A-Za-z]", data))
    cyrillic = high > 0.5 * letters
    known = ("cp1251", "koi8-r") if cyrillic else ("cp1254",)
    encoding = max(known, key=lambda each: _plausible(data, each))
    multibyte = len(re.findall(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", data))
    if multibyte * 2 < high * 0.6:
        return data.decode(encoding, errors="replace"), [f"read as {encoding}"]
    pieces, at = [], 0
    while at < len(data):
        try:
            pieces.append(data[at:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            bad = slice(at + error.start, at + error.end)
            pieces.append(data[at : bad.start].decode("utf-8"))
            pieces.append(data[bad].decode(encoding, errors="replace"))
            at = bad.stop
    return "".join(pieces), [f"UTF-8 with bytes of {encoding} in it"]


def _plausible(data: bytes, encoding: str) -> float:
    text = data[:200_000].decode(encoding, errors="replace")
    high = [character for character in text if ord(character) > 127]
    good = sum(1 for character in high if _LETTERS[encoding].match(character))
    lower = sum(1 for c in high if c.isalpha() and c == c.lower())
    return (good + 0.5 * lower) / max(len(high), 1)


def _is_html(text: str, name: str) -> bool:
    head = text[:4096].lower()
    if re.search(r"<!doctype html|<html\b|<body\b", head):
        return True
    tags = len(re.findall(r"<(?:p|div|table|h[1-6]|ul)\b", head))
    return tags >= 1 and (name.lower().endswith((".html", ".htm", ".xhtml")) or tags >= 3)


def _unreadable(name: str, wrong: str, expected: str, do: str) -> UnreadableFile:
    return UnreadableFile(f"{name} {wrong}; expected {expected}; {do}")


def _pdf(data: bytes, name: str) -> tuple[str, tuple[int, ...]]:
    try:
        pypdfium2 = import_module("pypdfium2")
    except ImportError as error:
        raise MissingExtra.of("pypdfium2", "documents", "reading PDF") from error
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except Exception as error:  # pypdfium2 raises its own errors and plain ones
        if "password" in str(error).lower():
            raise _unreadable(
                name, "is encrypted", "a PDF without a password", "save a copy without it"
            ) from error
        raise _unreadable(
            name, "is a damaged PDF", "a PDF that a reader opens", "print it to PDF anew"
        ) from error
    if count > MAX_PAGES:
        document.close()
        raise _unreadable(name, f"has {count:,} pages", f"at most {MAX_PAGES:,}", "split it")
    try:
        texts = [_page(document, number) for number in range(count)]
    finally:
        document.close()
    letters = sum(map(str.isalpha, "".join(texts)))
    if letters < 20 * max(count, 1) and letters < 2000:
        raise _unreadable(
            name,
            f"is a scan: {letters} letters on {count} pages",
            "a PDF with a text layer",
            "run text recognition on it first, as with ocrmypdf",
        )
    pages, at = [], 0
    for text in texts:
        pages.append(at)
        at += len(text) + 1
    return "\f".join(texts)[:MAX_CHARACTERS], tuple(pages)


def _page(document: object, number: int) -> str:
    try:
        page = document[number]  # type: ignore[index]
        text = page.get_textpage().get_text_range()
        page.close()
    except Exception:  # a damaged page must not lose the others
        return ""
    return str(text).replace("\r\n", "\n").replace("\r", "\n")


def _docx(data: bytes, name: str) -> str:
    from xml.etree import ElementTree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {info.filename: info for info in archive.infolist()}
            if "word/document.xml" not in parts:
                raise _unreadable(
                    name,
                    "is a ZIP archive, no Word document",
                    "DOCX",
                    "unpack it and add the files",
                )
            wanted = [part for part in _PARTS if part in parts]
            unpacked = sum(parts[part].file_size for part in wanted)
            if unpacked > MAX_UNPACKED or any(
                parts[part].file_size > 100 * max(parts[part].compress_size, 20_000)
                for part in wanted
            ):
                raise _unreadable(
                    name,
                    f"unpacks to {unpacked:,} bytes",
                    "a document of ordinary size",
                    "open it and save it anew",
                )
            roots = {part: _xml(archive, part, name) for part in wanted}
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, RuntimeError, OSError) as error:
        locked = "encrypted" in str(error)
        raise _unreadable(
            name,
            "is encrypted" if locked else "is a damaged DOCX",
            "a DOCX that Word opens, without a password",
            "open it and save it anew",
        ) from error
    lines = list(_blocks(roots["word/document.xml"]))
    for part in _PARTS[1:]:
        if part in roots:
            lines += _notes(roots[part])
    text = "\n\n".join(lines)
    if not text.strip():
        raise _unreadable(name, "holds no text", "a DOCX with text", "leave it out")
    return text


_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")


def _xml(archive: zipfile.ZipFile, part: str, name: str) -> Element:
    from xml.etree import ElementTree

    with archive.open(part) as file:
        data = file.read(MAX_UNPACKED + 1)
    if len(data) > MAX_UNPACKED or b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise _unreadable(
            name, "holds forbidden declarations", "a DOCX as Word writes it", "save it anew"
        )
    return ElementTree.fromstring(data)


def _blocks(root: Element) -> Iterator[str]:
    body = root.find(f"{_W}body")
    for child in body if body is not None else ():
        if child.tag == f"{_W}p":
            text = _paragraph(child)
            if text.strip():
                yield text
        elif child.tag == f"{_W}tbl":
            rows = (
                "\t".join(
                    " ".join(_paragraph(p) for p in cell.iter(f"{_W}p"))
                    for cell in row.iter(f"{_W}tc")
                )
                for row in child.iter(f"{_W}tr")
            )
            yield "\n".join(rows)


def _paragraph(node: Element) -> str:
    pieces: list[str] = []
    style = node.find(f"{_W}pPr/{_W}pStyle")
    if style is not None and wording("headings", "style").match(_value(style)):
        pieces.append("# ")
    for each in node.iter():
        if each.tag == f"{_W}t":
            pieces.append(each.text or "")
        elif each.tag == f"{_W}tab":
            pieces.append("\t")
        elif each.tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
    return "".join(pieces)


def _value(node: Element) -> str:
    return node.get(f"{_W}val", "")


def _notes(root: Element) -> list[str]:
    notes = []
    for number, note in enumerate(root, start=1):
        text = " ".join(_paragraph(p) for p in note.iter(f"{_W}p")).strip()
        if text and note.get(f"{_W}type") is None:
            notes.append(f"[^{note.get(f'{_W}id', str(number))}]: {text}")
    return notes

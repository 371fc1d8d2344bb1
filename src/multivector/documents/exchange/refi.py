"""Exchange with programs for qualitative analysis: REFI-QDA projects (``.qdpx``).

A project holds the raw text of each document, a code for each variable with one below it for each
value, the coders, and every coding at its place. Places count Unicode characters of the exported
text, from 0, the end excluded; the exported text has as many characters as the raw text, so that
places in the two are the same: a carriage return becomes a space or a line feed, a byte order mark
a space.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from multivector.errors import BadValue, UnreadableFile
from multivector.tables import CODERS, CODINGS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "urn:QDA-XML:project:1.0"
IMPORTED = "refi@1.0"
_SEED = uuid.UUID("6d756c74-6976-4563-a46f-722e72656669")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAX_UNPACKED = 500_000_000
_NAME = 60
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLOURS = ("#1F77B4", "#FF7F0E", "#2CA02C", "#D62728", "#9467BD", "#8C564B", "#E377C2", "#7F7F7F")


@dataclass(frozen=True)
class Project:
    """What a project file holds: text and name of each document, and the codings."""

    texts: Mapping[str, str]
    names: Mapping[str, str]
    codings: pl.DataFrame
    remarks: tuple[str, ...] = field(default=())


def export_project(
    path: Path,
    codings: pl.DataFrame,
    texts: Mapping[str, str],
    *,
    names: Mapping[str, str] | None = None,
    title: str = "multivector",
    described: Mapping[tuple[str, str | None], str] | None = None,
) -> tuple[str, ...]:
    """Write codings and the documents they stand in as a REFI-QDA project.

    Parameters
    ----------
    path : Path
        The ``.qdpx`` file to write.
    codings : DataFrame
        Codings in force, a record table.
    texts : mapping of str to str
        Raw text of each document, by hash.
    names : mapping of str to str, optional
        A name of each document; the hash if not given.
    title : str
        Name of the project.
    described : mapping, optional
        What a codebook says of a variable (value null) and of each value, in its order; codes that
        nobody used are written too.

    Returns
    -------
    tuple of str
        One line for each coding left out: without a place, of an unknown document, or whose quote
        is not at its place any more.

    Raises
    ------
    BadValue
        If there is no document to write.
    """
    from xml.etree import ElementTree

    if not texts:
        raise BadValue(
            "there is no document to write; expected the raw text of one or more; add documents to "
            "the study first"
        )
    rows, left_out = _placed(CODINGS.conform(codings), texts)
    root = _root(title, rows, texts, dict(names or {}), dict(described or {}))
    ElementTree.register_namespace("", NAMESPACE)
    ElementTree.indent(root)
    head = b'<?xml version="1.0" encoding="utf-8"?>\n'
    part = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "project.qde", head + ElementTree.tostring(root, encoding="utf-8"))
        for document in sorted(texts):
            _put(
                archive, f"sources/{_guid('source', document)}.txt", plain(texts[document]).encode()
            )
    part.replace(path)
    return left_out


def plain(text: str) -> str:
    r"""Return the text as it is exported: the same characters at the same places.

    >>> plain("\ufeffa\r\nb\rc")
    ' a \nb\nc'
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    return " " + text[1:] if text.startswith("\ufeff") else text


def read_project(path: Path) -> Project:
    """Return the documents and codings of a REFI-QDA project.

    Parameters
    ----------
    path : Path
        A ``.qdpx`` file, of this package or another program.

    Raises
    ------
    UnreadableFile
        If it is no project, is damaged, or unpacks to more than it should.
    """
    from xml.etree import ElementTree

    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, path)
            inside = archive.namelist()
            project = next((name for name in inside if name.endswith(".qde")), None)
            if project is None:
                raise _unreadable(path, "holds no project.qde")
            data = archive.read(project)
            if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
                raise _unreadable(path, "holds forbidden declarations")
            return _read(ElementTree.fromstring(data), archive)
    except (zipfile.BadZipFile, ElementTree.ParseError, OSError, RuntimeError, KeyError) as error:
        raise _unreadable(path, f"cannot be read ({str(error).splitlines()[0]})") from error


def _unreadable(path: Path, wrong: str) -> UnreadableFile:
    return UnreadableFile(
        f"{path.name} {wrong}; expected a REFI-QDA project, a .qdpx file; export it again from the "
        "program that made it"
    )


def _refuse_bombs(archive: zipfile.ZipFile, path: Path) -> None:
    size = sum(item.file_size for item in archive.infolist())
    if size > _MAX_UNPACKED:
        raise _unreadable(path, f"unpacks to {size:,} bytes")


def _placed(
    codings: pl.DataFrame, texts: Mapping[str, str]
) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """Return codings that stand where they say, and a line for each that does not."""
    rows, left_out = [], []
    for row in codings.sort("coding").iter_rows(named=True):
        fault = _fault(row["document"], row["start"], row["end"], row["quote"], texts)
        if fault is None:
            rows.append(row)
        else:
            left_out.append(f"coding {row['coding']} of {row['unit']}: {fault}")
    return rows, tuple(left_out)


def _fault(
    document: str | None,
    start: int | None,
    end: int | None,
    quote: str | None,
    texts: Mapping[str, str],
) -> str | None:
    if document is None or start is None or end is None:
        return "it stands at no place in a document"
    if document not in texts:
        return f"its document {document[:12]} is not among those given"
    if end > len(texts[document]):
        return f"its place {start} to {end} is behind the end of the text"
    if quote is not None and texts[document][start:end] != quote:
        return f"its quote is not at {start} to {end} any more"
    return None


def _guid(*parts: object) -> str:
    return str(uuid.uuid5(_SEED, "\x1f".join(map(str, parts))))


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _element(parent: Element, tag: str, /, **attributes: object) -> Element:
    from xml.etree.ElementTree import SubElement

    clean = {key: _ILLEGAL.sub(" ", str(value)) for key, value in attributes.items()}
    return SubElement(parent, f"{{{NAMESPACE}}}{tag}", clean)


def _root(
    title: str,
    rows: list[dict[str, object]],
    texts: Mapping[str, str],
    names: dict[str, str],
    described: dict[tuple[str, str | None], str],
) -> Element:
    from xml.etree.ElementTree import Element

    root = Element(f"{{{NAMESPACE}}}Project", {"name": title, "origin": "multivector"})
    coders = sorted({(str(row["coder"]), str(row["coder_kind"])) for row in rows})
    if coders:
        users = _element(root, "Users")
        for coder, kind in coders:
            _element(users, "User", guid=_guid("user", coder, kind), name=coder, id=kind)
    if coders or described:
        _codebook(root, rows, described)
    sources = _element(root, "Sources")
    for document in sorted(texts):
        own = [row for row in rows if row["document"] == document]
        _source(sources, document, names.get(document, document), texts[document], own)
    noted = [row for row in rows if row["note"] is not None]
    notes = _element(root, "Notes") if noted else root
    for row in noted:
        note = _element(notes, "Note", guid=_guid("note", row["coding"]), name="note")
        _element(note, "PlainTextContent").text = _ILLEGAL.sub(" ", str(row["note"]))
    return root


def _codebook(
    root: Element,
    rows: list[dict[str, object]],
    described: dict[tuple[str, str | None], str],
) -> None:
    codes = _element(_element(root, "CodeBook"), "Codes")
    schemes: dict[str, list[str]] = {}
    for variable, value in described:
        schemes.setdefault(variable, []).extend([] if value is None else [value])
    for row in sorted(rows, key=lambda row: (str(row["variable"]), str(row["value"]))):
        known = schemes.setdefault(str(row["variable"]), [])
        if str(row["value"]) not in known:
            known.append(str(row["value"]))
    for at, (variable, values) in enumerate(sorted(schemes.items())):
        colour = _COLOURS[at % len(_COLOURS)]
        guid = _guid("variable", variable)
        code = _element(codes, "Code", guid=guid, name=variable, isCodable="false", color=colour)
        _described(code, described.get((variable, None)))
        for value in values:
            below = _element(
                code,
                "Code",
                guid=_guid("code", variable, value),
                name=f"{variable}: {value}",
                isCodable="true",
                color=colour,
            )
            _described(below, described.get((variable, value)))


def _described(code: Element, text: str | None) -> None:
    if text:
        _element(code, "Description").text = _ILLEGAL.sub(" ", text)


def _source(
    sources: Element, document: str, name: str, text: str, rows: list[dict[str, object]]
) -> None:
    guid = _guid("source", document)
    where = f"internal://{guid}.txt"
    source = _element(sources, "TextSource", guid=guid, name=name, plainTextPath=where)
    places: dict[tuple[int, int], list[dict[str, object]]] = {}
    for row in rows:
        places.setdefault((int(str(row["start"])), int(str(row["end"]))), []).append(row)
    for (start, end), found in sorted(places.items()):
        selection = _element(
            source,
            "PlainTextSelection",
            guid=_guid("selection", document, start, end),
            name=" ".join(text[start:end].split())[:_NAME],
            startPosition=start,
            endPosition=end,
        )
        for row in found:
            _coding(selection, row)


def _coding(selection: Element, row: dict[str, object]) -> None:
    when = re.sub(r"\+00:00$", "Z", str(row["decided_at"]))
    timed = {"creationDateTime": when} if re.fullmatch(r"[\d-]+T[\d:.]+Z?", when) else {}
    coding = _element(
        selection,
        "Coding",
        guid=_guid("coding", row["coding"], row["coder"]),
        creatingUser=_guid("user", row["coder"], row["coder_kind"]),
        **timed,
    )
    _element(coding, "CodeRef", targetGUID=_guid("code", row["variable"], row["value"]))
    if row["note"] is not None:
        _element(coding, "NoteRef", targetGUID=_guid("note", row["coding"]))


def _read(root: Element, archive: zipfile.ZipFile) -> Project:
    users = {u.get("guid", ""): u for u in root.iter(_tag("User"))}
    notes = {
        n.get("guid", ""): n.findtext(_tag("PlainTextContent")) for n in root.iter(_tag("Note"))
    }
    codes = {guid: code for guid, *code in _codes(root.find(f"{_tag('CodeBook')}/{_tag('Codes')}"))}
    texts: dict[str, str] = {}
    names: dict[str, str] = {}
    remarks: list[str] = []
    rows: list[dict[str, object]] = []
    for source in root.iter(_tag("TextSource")):
        guid = source.get("guid", "")
        name = source.get("name") or guid
        text = _text(source, archive)
        if text is None:
            remarks.append(f"{name}: its text is not in the project")
            continue
        texts[guid], names[guid] = text, name
        for row in _codings(source, guid, text, users, notes, codes):
            if row is None:
                remarks.append(f"{name}: a coding outside the text, or of a code that is not there")
            else:
                rows.append({**row, "coding": len(rows) + 1})
    schema = {key: dtype for key, dtype in CODINGS.schema.items() if key != "source"}
    frame = pl.DataFrame(rows, schema=schema).with_columns(source=pl.lit(IMPORTED))
    return Project(texts, names, CODINGS.check(frame), tuple(remarks))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _codes(parent: Element | None, above: str | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield guid, variable and value of each code: the one above, or ``code``, is the variable."""
    for code in () if parent is None else parent.findall(_tag("Code")):
        name = code.get("name", "")
        value = name.removeprefix(f"{above}: ") if above else name
        yield code.get("guid", ""), above or "code", value
        yield from _codes(code, name)


def _text(source: Element, archive: zipfile.ZipFile) -> str | None:
    content = source.findtext(_tag("PlainTextContent"))
    if content is not None:
        return content
    wanted = (source.get("plainTextPath") or "").removeprefix("internal://").lower()
    found = [n for n in archive.namelist() if wanted and n.lower().endswith(f"sources/{wanted}")]
    return archive.read(found[0]).decode("utf-8", errors="replace") if found else None


def _codings(
    source: Element,
    document: str,
    text: str,
    users: dict[str, Element],
    notes: dict[str, str | None],
    codes: dict[str, list[str]],
) -> Iterator[dict[str, object] | None]:
    for selection in source.findall(_tag("PlainTextSelection")):
        try:
            start, end = (int(selection.get(key, "")) for key in ("startPosition", "endPosition"))
        except ValueError:
            yield None
            continue
        for coding in selection.findall(_tag("Coding")):
            ref = coding.find(_tag("CodeRef"))
            code = codes.get("" if ref is None else ref.get("targetGUID", ""))
            if code is None or not 0 <= start < end <= len(text):
                yield None
                continue
            user = users.get(coding.get("creatingUser", ""))
            kind = "" if user is None else user.get("id", "")
            note = coding.find(_tag("NoteRef"))
            yield {
                "unit": f"{document}:{start}-{end}",
                "variable": code[0],
                "value": code[1],
                "coder": "unknown" if user is None else user.get("name") or "unknown",
                "coder_kind": kind if kind in CODERS else "person",
                "document": document,
                "start": start,
                "end": end,
                "quote": text[start:end],
                "decided_at": coding.get("creationDateTime") or "",
                "note": None if note is None else notes.get(note.get("targetGUID", "")),
            }

"""The entries of an edition: from the package's files to one mapping a country, and their names.

An edition is published as one JSON file a country, ``<region>/<code>.json``, in a folder, a zip
(wheel) or a tar archive. The code is the Factbook's own two letters, not ISO.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from multivector.errors import MultivectorError, UnreadableFile
from multivector.sources.factbook.grammar import clean

EDITIONS = (2015, 2025)
_DATA = Path(__file__).parents[2] / "data"
_MEMBER = re.compile(r"(?:^|/)[a-z]+(?:-[a-z]+)*/(?P<code>[a-z]{2})\.json$")
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError)
_LARGEST = 4_000_000
_LARGEST_ARCHIVE = 200_000_000
_FOLDS = {"&": "and", "st.": "saint"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A country's entry: its two-letter code, what it stands for, and its sections."""

    code: str
    state: str | None
    part: str | None
    kind: str
    sections: Mapping[str, Any]

    def field(self, section: str, name: str) -> Any:
        """Return the node of a field, or ``None``; ``Military`` finds ``Military and Security``."""
        for title, fields in self.sections.items():
            if title.split(" and ")[0] == section.split(" and ")[0] and isinstance(fields, dict):
                return fields.get(name)
        return None


def member(name: str) -> str | None:
    """Return the two-letter code of a file of the package, or ``None`` if it is no entry.

    >>> member("package/central-asia/kz.json"), member("package/meta/categories.json")
    ('kz', None)
    """
    match = _MEMBER.search(name.replace("\\", "/"))
    return match["code"] if match else None


def load(path: Path) -> list[Entry]:
    """Return the entries of an edition, sorted by code, the codes without an entry left out.

    Raises
    ------
    UnreadableFile
        If the path holds no entry, or one that is not JSON.
    """
    table = {row["entry"]: row for row in table_of_entries().iter_rows(named=True)}
    found: dict[str, Entry] = {}
    try:
        for code, content in _files(path):
            row = table.get(code)
            sections = _sections(code, content)
            if row is not None and sections:
                found[code] = Entry(code, row["state"], row["part"], row["kind"], sections)
    except _DAMAGED as error:
        raise UnreadableFile(
            f"{path.name} cannot be opened ({error}); expected the package as published (.whl, "
            ".zip, .tgz), its folder or one of its JSON files, whole; fetch it again"
        ) from error
    if not found:
        raise UnreadableFile(
            f"{path.name} holds no entry of the World Factbook; expected files such as "
            "central-asia/kz.json; give the package's folder, archive or one of its files"
        )
    return [found[code] for code in sorted(found)]


def edition(entries: list[Entry], name: str) -> int:
    """Return the edition: the year for which most entries give the population and its growth.

    Raises
    ------
    UnreadableFile
        If it is none of the editions that can be read.
    """
    years: Counter[int] = Counter()
    for entry in entries:
        for title in ("Population", "Population growth rate"):
            node = entry.field("People and Society", title)
            total = node.get("total", node) if isinstance(node, dict) else None
            match = re.search(r"\b(\d{4}) est\.?\)", text_of(total))
            if match:
                years[int(match[1])] += 1
    year = max(years, key=lambda found: (years[found], found), default=None)
    if year not in EDITIONS:
        raise UnreadableFile(
            f"{name} is the World Factbook with populations of {year or 'no year'}; expected the "
            f"edition of {' or '.join(map(str, EDITIONS))}; use one of the two packages"
        )
    return year


def text_of(node: Any) -> str:
    """Return the text of a node: its own string or its ``text``; empty if it has none."""
    value = node.get("text") if isinstance(node, dict) else node
    return value if isinstance(value, str) else ""


def note_of(node: Any) -> str:
    """Return the notes of a field, in whichever of the two ways the edition writes them."""
    if not isinstance(node, dict):
        return ""
    found = (value for key, value in node.items() if str(key).strip().startswith("note"))
    return " ".join(text_of(value) for value in found)


@cache
def table_of_entries() -> pl.DataFrame:
    """Return the embedded table of entries: code, name, state, part and kind."""
    return pl.read_csv(_DATA / "factbook_entries.tsv", separator="\t", quote_char=None)


@cache
def _spellings() -> dict[str, tuple[str | None, str | None]]:
    names = {
        _fold(row["name"]): (row["state"], None)
        for row in table_of_entries().iter_rows(named=True)
        if row["state"]
    }
    hand = pl.read_csv(_DATA / "factbook_spellings.tsv", separator="\t", quote_char=None)
    return names | {
        _fold(row["name"]): (row["state"], row["reason"]) for row in hand.iter_rows(named=True)
    }


def partner(name: str, year: int) -> tuple[str | None, str | None]:
    """Return the state a partner's printed name stands for, or ``None`` and the reason.

    A bracket that names a part of the neighbour, as in "Spain (Ceuta)", is passed over.

    >>> partner("Spain (Ceuta)", 2025), partner("Asia", 2013)
    (('ESP', None), (None, 'a continent, not a state'))
    """
    for text in (name, re.sub(r"\s*\([^()]*\)", "", name)):
        if _fold(text) in _spellings():
            return _spellings()[_fold(text)]
    try:
        from multivector.names.states import identify

        return identify(name, year=year), None
    except MultivectorError:
        return None, "a name that stands for no state in that year"


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", clean(name)).encode("ascii", "ignore").decode()
    return " ".join(_FOLDS.get(word, word) for word in plain.casefold().split())


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            code = member(file.relative_to(path.parent).as_posix())
            if code and file.stat().st_size <= _LARGEST:
                yield code, file.read_bytes()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                code = member(item.filename)
                if code and item.file_size <= _LARGEST:
                    yield code, archive.read(item)
    elif tarfile.is_tarfile(path):
        yield from _tar(path)
    else:
        content = path.read_bytes()
        yield _code(_sections(path.stem, content)) or path.stem, content


def _tar(path: Path) -> Iterator[tuple[str, bytes]]:
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        with gzip.open(path) as unpacked:
            content = unpacked.read(_LARGEST_ARCHIVE)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for item in archive:
            code = member(item.name)
            handle = archive.extractfile(item) if code and item.size <= _LARGEST else None
            if code and handle is not None:
                yield code, handle.read()


def _code(sections: Mapping[str, Any]) -> str | None:
    """Return the code of an entry by the name it gives its country, whatever its file is called."""
    names = Entry("", None, None, "", sections).field("Government", "Country name")
    form = names.get("conventional short form") if isinstance(names, dict) else None
    printed = _fold(text_of(form))
    table = table_of_entries()
    for row in table.iter_rows(named=True):
        if _fold(row["name"]) in {printed, *printed.split(", ")}:
            return str(row["entry"])
    state = _spellings().get(printed, (None, None))[0]
    if state is None:
        return None
    found = table.filter((pl.col("state") == state) & pl.col("part").is_null())
    return str(found["entry"][0]) if found.height == 1 else None


def _sections(code: str, content: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(
            f"the entry {code}.json of the World Factbook is no JSON ({error}); "
            "expected the package as published; fetch it again"
        ) from error
    return value if isinstance(value, dict) else {}

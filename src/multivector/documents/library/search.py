"""Full-text search over passages, aware of how four languages bend their words.

*Kazakistan* finds *Kazakistan'ın*, *Kazakistandaki* and the word written with Cyrillic look-alikes,
and not *Kazak*; *Россия* finds *России*. The index is one SQLite file beside the passages, or lives
in memory; a document is indexed once. Filters by actor, date and dimension keep the passages that
hold a coded statement with all of them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

import polars as pl

from multivector.documents.packs import LANGUAGES
from multivector.documents.text.words import Word, folded, matches, stem, words_of
from multivector.errors import BadValue, StudyError
from multivector.tables import PASSAGES

FOUND: dict[str, pl.DataType] = {
    "document": pl.String(),
    "start": pl.Int64(),
    "end": pl.Int64(),
    "language": pl.String(),
    "kind": pl.String(),
    "rank": pl.Float64(),
    "hits": pl.Int64(),
    "snippet": pl.String(),
}
MARKED = "«", "»"
_VERSION = 1
_SNIPPET = 160
_CANDIDATES = 5000
_TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True)
class Term:
    """A word or phrase sought, or one that must not occur: the folded words in order."""

    words: tuple[str, ...]
    excluded: bool = False


class OfStatements(TypedDict, total=False):
    """What passages are chosen by, beside words: a coded statement in them."""

    actor: str | None
    dimension: str | None
    since: str | None
    until: str | None


@dataclass(frozen=True)
class _Asked:
    """The same, with null for what is not asked; an unknown option is refused."""

    actor: str | None = None
    dimension: str | None = None
    since: str | None = None
    until: str | None = None


class Index:
    """Passages that can be searched.

    Parameters
    ----------
    path : Path, optional
        The index file; in memory if not given.

    Examples
    --------
    >>> index = Index()
    >>> text = "Kazakistan'ın dış politikası çok yönlüdür."
    >>> index.add(pl.DataFrame({"document": ["d1"], "start": [0], "end": [len(text)],
    ...     "kind": ["body"], "language": ["tr"], "text": [text], "source": ["made@1"]}))
    1
    >>> index.search("kazakistan politika")["snippet"].to_list()
    ["«Kazakistan»'ın dış «politikası» çok yönlüdür."]
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._memory = sqlite3.connect(":memory:") if path is None else None
        if self._memory is not None:
            _prepare(self._memory)

    def add(self, passages: pl.DataFrame) -> int:
        """Index the passages of documents that are not indexed yet; return how many passages.

        Raises
        ------
        SchemaError
            If the frame is no table of passages.
        StudyError
            If the index cannot be written.
        """
        rows = PASSAGES.check(passages)
        with self._open() as connection, connection:
            known = {row[0] for row in connection.execute("SELECT DISTINCT document FROM passages")}
            fresh = rows.filter(~pl.col("document").is_in(list(known)))
            columns = ("document", "start", "end", "kind", "language", "text")
            for row in fresh.select(columns).iter_rows():
                place = connection.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)", row)
                content = (place.lastrowid, *_keys(row[5], row[4] or "und"))
                connection.execute(
                    "INSERT INTO words (rowid, exact, stems) VALUES (?, ?, ?)", content
                )
        return fresh.height

    def documents(self) -> set[str]:
        """Return the documents indexed."""
        with self._open() as connection:
            return {row[0] for row in connection.execute("SELECT DISTINCT document FROM passages")}

    def remove(self, documents: Iterable[str]) -> None:
        """Take documents out of the index."""
        with self._open() as connection, connection:
            for document in documents:
                connection.execute(
                    "DELETE FROM words WHERE rowid IN "
                    "(SELECT rowid FROM passages WHERE document = ?)",
                    (document,),
                )
                connection.execute("DELETE FROM passages WHERE document = ?", (document,))

    def search(
        self,
        query: str,
        *,
        language: str | None = None,
        documents: Iterable[str] | None = None,
        statements: pl.DataFrame | None = None,
        limit: int = 50,
        marks: tuple[str, str] = MARKED,
        **of: Unpack[OfStatements],
    ) -> pl.DataFrame:
        """Return the passages that hold every word or phrase of the query, best first.

        Parameters
        ----------
        query : str
            Words that must all occur, in any form; ``"a phrase"`` in this order; ``-word`` must
            not occur.
        language : str, optional
            Passages in this language only.
        documents : iterable of str, optional
            These documents only.
        statements : DataFrame, optional
            Coded statements with ``document``, ``start``, ``end``, and ``actors`` (separated by
            ;), ``date``, ``dimension``; needed for the filters below.
        limit : int
            At most so many passages.
        marks : tuple of str
            What stands before and after each hit in the snippet.
        **of : OfStatements
            What a statement in the passage must have: ``actor`` or ``dimension`` (it names this
            actor, has this dimension), ``since`` and ``until`` (its date lies in this span; ISO,
            may be partial).

        Returns
        -------
        DataFrame
            ``document``, ``start``, ``end`` (characters of the raw text), ``language``, ``kind``,
            ``rank`` (BM25; lower is better), ``hits`` and a ``snippet`` with hits marked.

        Raises
        ------
        BadValue
            If the query has no word to look for, or a filter cannot be used.
        """
        terms = parse(query)
        asked = _Asked(**of)
        _check_filters(language, statements, asked, limit)
        kept = None if statements is None else _chosen(statements, asked)
        wanted = None if documents is None else set(documents)
        found: list[tuple[object, ...]] = []
        with self._open() as connection:
            for document, start, end, kind, spoken, text, rank in _candidates(connection, terms):
                if language not in (None, spoken) or (
                    wanted is not None and document not in wanted
                ):
                    continue
                if kept is not None and not _holds(kept, document, start, end):
                    continue
                hits = _hits(text, spoken or "und", terms)
                if hits:
                    row = (document, start, end, spoken, kind, rank, len(hits))
                    found.append((*row, snippet(text, hits, marks)))
                if len(found) >= limit:
                    break
        return pl.DataFrame(found, schema=FOUND, orient="row")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if self._memory is not None:
            yield self._memory
            return
        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=30)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(self.path, error) from error
        try:
            _prepare(connection)
            yield connection
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error
        finally:
            connection.close()


def parse(query: str) -> tuple[Term, ...]:
    """Return the words and phrases of a query.

    Raises
    ------
    BadValue
        If nothing is to be found.

    Examples
    --------
    >>> parse('kazakistan "dış politika" -rusya')[1]
    Term(words=('dis', 'politika'), excluded=False)
    """
    terms = []
    for minus, phrase, word in _TERM.findall(query):
        words = tuple(w.folded for w in words_of(phrase or word, "tr"))
        if words:
            terms.append(Term(words, bool(minus)))
    if all(term.excluded for term in terms):
        raise BadValue(
            f"the query {query!r} has no word to look for; expected at least one word, such as "
            'border "foreign policy" -tariff; add one'
        )
    return tuple(terms)


def snippet(text: str, hits: list[tuple[int, int]], marks: tuple[str, str] = MARKED) -> str:
    """Return the text around the first hits, each marked.

    >>> snippet("On the border of two states", [(7, 13)])
    'On the «border» of two states'
    """
    first = hits[0][0]
    low = max(0, first - _SNIPPET // 3)
    high = min(len(text), low + _SNIPPET)
    if low:
        low = text.find(" ", low, first) + 1 or low
    if high < len(text):
        high = text.rfind(" ", hits[0][1], high) if " " in text[hits[0][1] : high] else high
    pieces, done = [], low
    for start, end in hits:
        if start >= done and end <= high:
            pieces += [text[done:start], marks[0], text[start:end], marks[1]]
            done = end
    shown = " ".join("".join([*pieces, text[done:high]]).split())
    return f"{'… ' if low else ''}{shown}{' …' if high < len(text) else ''}"


def timeline(statements: pl.DataFrame) -> pl.DataFrame:
    """Return how many coded statements fall in each year and dimension; undated ones are left out.

    >>> frame = pl.DataFrame({"date": ["1991-12-21", "1991", None],
    ...     "dimension": ["institutional", "institutional", "economic"]})
    >>> timeline(frame).rows()
    [(1991, 'institutional', 2)]
    """
    year = pl.col("date").str.slice(0, 4).cast(pl.Int64, strict=False).alias("year")
    dated = statements.with_columns(year).filter(pl.col("year").is_not_null())
    counted = dated.group_by("year", "dimension").len("n")
    return counted.with_columns(pl.col("n").cast(pl.Int64)).sort(
        "year", "dimension", nulls_last=True
    )


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == _VERSION:
        return
    with connection:
        connection.execute("DROP TABLE IF EXISTS words")
        connection.execute("DROP TABLE IF EXISTS passages")
        connection.execute(
            'CREATE TABLE passages (document TEXT, start INTEGER, "end" INTEGER, kind TEXT, '
            "language TEXT, text TEXT)"
        )
        connection.execute("CREATE INDEX by_document ON passages (document)")
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5 "
            "(exact, stems, tokenize = 'unicode61 remove_diacritics 0')"
        )
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _unusable(path: Path, error: Exception) -> StudyError:
    return StudyError(
        f"the search index {path.name} cannot be used ({error}); expected the file as multivector "
        "wrote it, in a folder that can be written; delete it: it is made again from the passages"
    )


def _keys(text: str, language: str) -> tuple[str, str]:
    found = [word.folded for word in words_of(text, language)]
    return " ".join(found), " ".join(stem(word, language) for word in found)


def _candidates(
    connection: sqlite3.Connection, terms: tuple[Term, ...]
) -> Iterator[tuple[str, int, int, str, str | None, str, float]]:
    """Yield passages in which a form of every word sought may occur, best first."""
    words = [word for term in terms if not term.excluded for word in term.words]
    sought = " AND ".join(f"({_either(word)})" for word in words)
    yield from connection.execute(
        'SELECT p.document, p.start, p."end", p.kind, p.language, p.text, bm25(words) AS rank '
        "FROM words JOIN passages p ON p.rowid = words.rowid WHERE words MATCH ? "
        f"ORDER BY rank, p.document, p.start LIMIT {_CANDIDATES}",
        (sought,),
    )


def _either(word: str) -> str:
    stems = sorted({stem(word, language) for language in LANGUAGES})
    return " OR ".join([f'exact:"{word}"*', *(f'stems:"{each}"' for each in stems)])


def _hits(text: str, language: str, terms: tuple[Term, ...]) -> list[tuple[int, int]]:
    """Return the places of the words found; none if the passage does not answer the query."""
    words = list(words_of(text, language))
    hits: set[tuple[int, int]] = set()
    for term in terms:
        places = list(_places(words, term.words, language))
        if term.excluded != (not places):
            return []
        hits |= set(places)
    return sorted(hits)


def _places(words: list[Word], sought: tuple[str, ...], language: str) -> Iterator[tuple[int, int]]:
    keys = [folded(word, language) for word in sought]
    for at in range(len(words) - len(keys) + 1):
        window = words[at : at + len(keys)]
        if all(matches(w.folded, key, language) for w, key in zip(window, keys, strict=True)):
            yield window[0].start, window[-1].end


def _check_filters(
    language: str | None,
    statements: pl.DataFrame | None,
    asked: _Asked,
    limit: int,
) -> None:
    if asked != _Asked() and statements is None:
        raise BadValue(
            "actor, dimension and date are told by coded statements, of which none are given; "
            "expected statements; extract them first, or search by words alone"
        )
    for value in (asked.since, asked.until):
        if value is not None and not _DATE.fullmatch(value):
            raise BadValue(
                f"{value!r} is not a date; expected YYYY, YYYY-MM or YYYY-MM-DD; correct it"
            )
    if language is not None and language not in (*LANGUAGES, "und"):
        raise BadValue(
            f"{language!r} is no language of passages; expected one of {', '.join(LANGUAGES)} or "
            "und; correct it"
        )
    if limit < 1:
        raise BadValue(f"limit is {limit}; expected 1 or more; correct it")


def _chosen(statements: pl.DataFrame, asked: _Asked) -> dict[str, list[tuple[int, int]]]:
    rows = statements
    if asked.actor is not None:
        rows = rows.filter(pl.col("actors").str.split(";").list.contains(asked.actor))
    if asked.dimension is not None:
        rows = rows.filter(pl.col("dimension") == asked.dimension)
    first, last = (pl.col("date").str.split("/").list.get(at) for at in (0, -1))
    if asked.since is not None:
        rows = rows.filter(last + "-99" >= asked.since)
    if asked.until is not None:
        rows = rows.filter(first <= asked.until + "-99")
    places: dict[str, list[tuple[int, int]]] = {}
    for document, start, end in rows.select("document", "start", "end").iter_rows():
        places.setdefault(document, []).append((start, end))
    return places


def _holds(kept: dict[str, list[tuple[int, int]]], document: str, start: int, end: int) -> bool:
    return any(low < end and start < high for low, high in kept.get(document, ()))

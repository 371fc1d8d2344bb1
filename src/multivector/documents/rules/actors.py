"""Actors in a passage: states, organisations and persons, with the case they stand in.

A gazetteer of names in four languages, matched from the left, the longest first, with the endings
of the language. Names come from tables; a person not in them is known by title and country as the
document itself introduces them (``Chinese President Xi Jinping``).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from multivector.documents.packs import lettered, pack, shared, wording

_TOKEN = re.compile(r"[^\W_]+")
_CASES = ("GEN", "DAT", "ABL", "LOC", "INS", "ACC")
_NAME = lettered(r"(?:[UPPER]\.(?:\s?[UPPER]\.)?|[UPPER][\w’'-]*?[\w](?=[’'\s,.;:)(]|$))")


@dataclass(frozen=True)
class Actor:
    """A mention: the code, what it is, its span and grammatical case (empty where unmarked)."""

    code: str
    kind: str
    start: int
    end: int
    case: str = ""
    state: str = ""

    @property
    def strong(self) -> bool:
        """Whether the mention names the actor itself, not a place in it."""
        return self.kind != "place"


@dataclass(frozen=True)
class _Form:
    tokens: tuple[str, ...]
    code: str
    kind: str
    language: str
    stems: tuple[bool, ...]
    exact: bool
    lower: bool


@lru_cache(maxsize=200_000)
def folded(token: str) -> str:
    """Return a word in small letters without its accents; every i of Turkish is one letter."""
    plain = token.replace("\u0130", "i").replace("I", "i").replace("\u0131", "i").lower()
    decomposed = unicodedata.normalize("NFD", plain)
    kept = "".join(
        c for c in decomposed if c not in "\u0300\u0301\u0302\u0304\u0306\u0307\u0308\u0327"
    )
    return unicodedata.normalize("NFC", kept)


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of an embedded table."""
    text = files("multivector").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)


def _make(form: str, code: str, kind: str, language: str) -> _Form | None:
    words = re.findall(
        r"[^\W_]+\*?", form.replace("’", "'").replace("'", " ' ").replace(" ' s ", "'s ")
    )
    words = [word for word in words if word not in ("s",)] or words
    if not words:
        return None
    bare = [word.rstrip("*") for word in words]
    letters = re.sub(r"[^\w]", "", form)
    exact = len(bare) == 1 and ((bare[0].isupper() and len(bare[0]) <= 8) or len(letters) <= 3)
    cyrillic = bool(re.search("[\u0400-\u04ff]", form)) and language == "ru"
    stems = tuple(word.endswith("*") or (cyrillic and len(word) > 4) for word in words)
    tokens = tuple(word if exact else folded(word) for word in bare)
    if cyrillic and not exact:
        tokens = tuple(
            token[: max(4, len(token) - 2)] if stem and not word.endswith("*") else token
            for token, stem, word in zip(tokens, stems, words, strict=True)
        )
    return _Form(tokens, code, kind, language, stems, exact, bare[0][0].islower())


def _variants(form: str) -> Iterator[str]:
    """Yield a name and the spellings that differ by habit."""
    yield form
    for row in shared()["spellings"]:
        if all(word in form for word in row["where"]):
            made = form
            for old, new in row["pairs"]:
                made = made.replace(old, new)
            yield made


def _organisation_forms() -> Iterator[_Form]:
    for row in rows_of("organisations.tsv"):
        code = row["organisation"]
        names: list[tuple[str, str]] = []
        for language in ("en", "tr", "ru", "kk"):
            for column in (f"name_{language}", f"short_{language}"):
                if row[column]:
                    names.append((re.sub(r"\s*\(.*?\)", "", row[column]), language))
        names += [(alias.strip(), "") for alias in row["aliases"].split(";") if alias.strip()]
        names.append((code, ""))
        for name, language in names:
            if name in shared()["loose"]:
                continue
            for variant in _variants(name):
                made = _make(
                    variant,
                    code,
                    "organisation",
                    language or ("ru" if re.search("[\u0430-\u044f]", name) else "tr"),
                )
                if made:
                    yield made
    for row in rows_of("gazetteer_organisations.tsv"):
        made = _make(row["form"], row["organisation"], "organisation", row["language"])
        if made:
            yield made


@lru_cache(maxsize=1)
def founded_years() -> dict[str, int]:
    """Return the year each organisation of the table was founded."""
    rows = rows_of("organisations.tsv")
    return {row["organisation"]: int(row["founded"][:4]) for row in rows if row["founded"]}


def _state_forms() -> Iterator[_Form]:
    for row in rows_of("gazetteer_states.tsv"):
        made = _make(
            row["form"], row["state"], row["kind"] if row["state"] else "none", row["language"]
        )
        if made:
            yield made


@lru_cache(maxsize=1)
def _index() -> dict[str, list[_Form]]:
    """Return the forms by the first three letters, those with most tokens first."""
    table: dict[str, list[_Form]] = defaultdict(list)
    seen: set[tuple[tuple[str, ...], str]] = set()
    for form in (*_organisation_forms(), *_state_forms()):
        if (form.tokens, form.code) not in seen:
            seen.add((form.tokens, form.code))
            table[folded(form.tokens[0])[:3]].append(form)
    for forms in table.values():
        forms.sort(key=lambda f: (-len(f.tokens), -len(f.tokens[0]), f.kind == "place"))
    return dict(table)


@dataclass
class Persons:
    """The persons of a document: surname to state, learnt from the tables and the text."""

    known: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, languages: Iterable[str]) -> Persons:
        """Return the persons that a text introduces by title and country."""
        persons = cls(dict(_leaders()))
        counts: dict[tuple[str, str, str], int] = defaultdict(int)
        for language in languages:
            for surname, display, state in _introduced(text, language):
                counts[surname, display, state] += 1
        for (surname, display, state), _ in sorted(counts.items(), key=lambda item: item[1]):
            if state or surname not in persons.known:
                persons.known[surname] = (display, state or persons.known.get(surname, ("", ""))[1])
        return persons


@lru_cache(maxsize=1)
def _leaders() -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    clash: set[str] = set()
    for row in rows_of("gazetteer_persons.tsv"):
        surname = row["surname"].split()[-1]
        key = folded(surname)
        if len(key) < 4:
            continue
        if key in table and table[key][1] != row["state"]:
            clash.add(key)
        table[key] = (surname, row["state"])
    return {key: value for key, value in table.items() if key not in clash}


@lru_cache(maxsize=8)
def _introductions(language: str) -> re.Pattern[str]:
    title = pack(language)["actors"]["title"]
    return re.compile(rf"(?<!\w)(?:{title})[,]?\s+(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})")


def _introduced(text: str, language: str) -> Iterator[tuple[str, str, str]]:
    for match in _introductions(language).finditer(text):
        words = [
            word
            for word in match["name"].split()
            if not wording("actors", "no_name").fullmatch(word)
        ]
        words = [re.split("[’']", word)[0] for word in words]
        words = [word for word in words if len(word) > 1]
        if not words or words[-1].endswith("."):
            continue
        near = text[max(0, match.start() - 45) : match.start("name")]
        states = [a for a in _matches(near) if a.kind in ("name", "people")]
        tail = text[match.end() : match.end() + 30] if language in ("ru",) else ""
        state = (
            states[-1].code
            if states
            else next((a.code for a in _matches(tail) if a.kind == "name"), "")
        )
        if any(a.kind in ("name", "people", "organisation") for a in _matches(" ".join(words))):
            continue
        surname = (
            words[0]
            if state == "CHN" and len(words) == 2 and language in ("en", "tr")
            else words[-1]
        )
        if surname.isupper() or len(surname) < 2:
            continue
        yield folded(surname), surname, state


def _matches(text: str) -> list[Actor]:
    """Return the states and organisations of a text, leftmost, the longest first."""
    index = _index()
    tokens = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]
    found: list[Actor] = []
    at = 0
    while at < len(tokens):
        bucket = index.get(folded(tokens[at][0])[:3]) or ()
        best: tuple[int, int, _Form, str] | None = None
        for form in bucket:
            if best and len(form.tokens) < best[0]:
                break
            made = _fits(text, tokens, at, form)
            if made and (
                best is None
                or made[0] > best[0]
                or (made[0] == best[0] and len(made[1]) < len(best[3]))
            ):
                best = (made[0], made[2], form, made[1])
        if best is None:
            at += 1
            continue
        count, end, form, suffix = best
        if form.kind != "none":
            found.append(Actor(form.code, form.kind, tokens[at][1], end, _case(suffix)))
        at += count
    return found


@lru_cache(maxsize=8)
def _ending(language: str) -> re.Pattern[str]:
    """Return the endings a name may have in a language."""
    return re.compile(pack(language)["actors"]["ending"])


def _fits(
    text: str, tokens: list[tuple[str, int, int]], at: int, form: _Form
) -> tuple[int, str, int] | None:
    """Return the tokens used, the ending and the end, if the form stands at a token."""
    count = len(form.tokens)
    if at + count > len(tokens):
        return None
    raw = tokens[at][0]
    if not form.lower and not raw[0].isupper():
        return None
    if form.exact:
        bare = raw
        if bare != form.tokens[0]:
            return None
        return _with_ending(text, tokens, at, count, "")
    for place in range(count):
        word, start, _ = tokens[at + place]
        if place and not _adjoining(text, tokens[at + place - 1][2], start):
            return None
        plain = folded(word)
        wanted = form.tokens[place]
        if plain == wanted:
            continue
        if not plain.startswith(wanted):
            return None
        rest = plain[len(wanted) :]
        last = place == count - 1
        if form.stems[place] and (form.language == "ru" or len(rest) <= 8):
            if form.language == "ru" and not _ending("ru").fullmatch(rest):
                return None
            if last:
                return _with_ending(text, tokens, at, count, rest)
            continue
        rule = _ending(form.language or "tr")
        if not last or not rule.fullmatch(rest) or len(wanted) < 4:
            return None
        if form.language == "en" and rest not in ("s",):
            return None
        return _with_ending(text, tokens, at, count, rest)
    return _with_ending(text, tokens, at, count, "")


def _adjoining(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return (
        len(between) <= 3
        and bool(re.fullmatch(r"[\s\-–.’',]{0,3}", between))
        and "\n" not in between
    )


def _with_ending(
    text: str, tokens: list[tuple[str, int, int]], at: int, count: int, rest: str
) -> tuple[int, str, int]:
    """Take the ending after an apostrophe into the mention."""
    end = tokens[at + count - 1][2]
    following = at + count
    if (
        following < len(tokens)
        and text[end : end + 1] in "’'‘`"
        and tokens[following][1] == end + 1
    ):
        suffix = tokens[following][0]
        if suffix == "s" or (suffix.islower() and len(suffix) <= 8):
            return count + 1, folded(suffix), tokens[following][2]
    return count, rest, end


def _case(suffix: str) -> str:
    if not suffix:
        return ""
    if suffix == "s":
        return "GEN"
    return next((name for name in _CASES if wording("cases", name).search(suffix)), "")


def actors_of(text: str, language: str, persons: Persons | None = None) -> list[Actor]:
    """Return the actors of a passage in order.

    Examples
    --------
    >>> found = actors_of("Nazarbayev’in Türkiye’ye ziyareti", "tr", Persons.of("", []))
    >>> [(a.code, a.case) for a in found]
    [('person:Nazarbayev', 'GEN'), ('TUR', 'DAT')]
    >>> [a.code for a in actors_of("the Shanghai Cooperation Organization and South Sudan", "en")]
    ['SCO', 'SSD']
    >>> [a.code for a in actors_of("в рамках Шанхайской организации сотрудничества", "ru")]
    ['SCO']
    """
    found = _matches(text)
    taken = [(a.start, a.end) for a in found]
    for match in re.finditer(lettered(r"(?<!\w)[UPPER][\w-]+"), text) if persons else ():
        assert persons is not None
        plain = folded(match[0])
        known = persons.known.get(plain)
        if known is None and language == "en" and plain.endswith("s"):
            known = None
        if known is None or any(a < match.end() and match.start() < b for a, b in taken):
            continue
        end, suffix = match.end(), ""
        ending = re.match(r"[’'‘`](\w{1,8})", text[end:])
        if ending and ending[1].islower():
            suffix, end = folded(ending[1]), end + ending.end()
        found.append(
            Actor(f"person:{known[0]}", "person", match.start(), end, _case(suffix), known[1])
        )
    return sorted(found, key=lambda a: a.start)

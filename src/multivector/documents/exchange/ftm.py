"""Coded statements in the shape of followthemoney: one row for each value of an entity's property.

An event, membership, vote or quantity becomes an entity, each actor and document another, and every
row keeps what said it: the document as proof, the quote as summary, the place as record number, the
coder and rule as origin. Rows are never merged: two documents that say the same are two entities,
whose difference a reader can still see. The columns are those that followthemoney reads and writes
as CSV.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from multivector.errors import BadValue, UnknownName, choices
from multivector.names import organisations, states

COLUMNS = (
    "canonical_id",
    "entity_id",
    "prop",
    "prop_type",
    "schema",
    "value",
    "dataset",
    "origin",
    "lang",
    "original_value",
    "external",
    "first_seen",
    "last_seen",
    "id",
)
KINDS = ("event", "membership", "quantity", "vote")
_TYPES = {
    "abbreviation": "name",
    "country": "country",
    "date": "date",
    "description": "text",
    "endDate": "date",
    "entity": "entity",
    "fileName": "string",
    "contentHash": "checksum",
    "involved": "entity",
    "keywords": "string",
    "member": "entity",
    "name": "name",
    "organization": "entity",
    "proof": "entity",
    "recordId": "string",
    "role": "string",
    "startDate": "date",
    "summary": "text",
}
_LANGUAGES = {"tr": "tur", "en": "eng", "ru": "rus", "kk": "kaz"}


@dataclass(frozen=True)
class _Entity:
    """An entity while its rows are written: identifier, schema, and who said it."""

    key: str
    schema: str
    dataset: str
    origin: str | None

    def row(self, prop: str, value: object, lang: str | None = None) -> dict[str, object]:
        written = str(value)
        key = f"{self.dataset}.{self.key}.{prop}.{written}{f'@{lang}' if lang else ''}"
        return {
            "canonical_id": self.key,
            "entity_id": self.key,
            "prop": prop,
            "prop_type": _TYPES[prop],
            "schema": self.schema,
            "value": written,
            "dataset": self.dataset,
            "origin": self.origin,
            "lang": lang,
            "external": False,
            "id": hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest(),
        }


def statement_rows(
    records: Iterable[Mapping[str, Any]], *, dataset: str = "multivector"
) -> pl.DataFrame:
    """Return coded statements as rows of followthemoney.

    Parameters
    ----------
    records : iterable of mapping
        Statements in the exchange format: ``doc``, ``kind``, ``start``, ``end``, ``quote``, the
        fields of the kind, and optionally ``lang``, ``coder``, ``rule``, ``sha256``. Claims, which
        have no shape there, are left out.
    dataset : str
        Name under which the rows stand.

    Returns
    -------
    DataFrame
        The columns of ``COLUMNS``, all text but ``external``; each row once, in order of first
        mention.

    Raises
    ------
    BadValue
        If a record is of no known kind or lacks what its kind needs.

    Examples
    --------
    >>> rows = statement_rows([{"doc": "a", "kind": "membership", "start": 0, "end": 9,
    ...     "quote": "KAZ joins", "org": "SCO", "actor": "KAZ", "status": "member",
    ...     "start_date": "2001", "end_date": None}])
    >>> rows.filter(pl.col("schema") == "Membership").select("prop", "value").rows()[:3]
    [('member', 'actor-KAZ'), ('organization', 'actor-SCO'), ('role', 'member')]
    """
    rows: list[dict[str, object]] = []
    for record in records:
        kind = record.get("kind")
        if kind == "claim":
            continue
        absent = [name for name in ("doc", "start", "end", "quote") if record.get(name) is None]
        if kind not in KINDS or absent:
            wrong = f"lacks {choices(absent)}" if kind in KINDS else f"is of the kind {kind!r}"
            raise BadValue(
                f"a statement of {record.get('doc')!r} {wrong}; expected doc, start, end, quote "
                f"and one of {choices(KINDS)}; correct the record"
            )
        rows += _rows(record, dataset)
    schema = {name: pl.Boolean() if name == "external" else pl.String() for name in COLUMNS}
    return pl.DataFrame(rows, schema=schema).unique("id", keep="first", maintain_order=True)


def as_csv(rows: pl.DataFrame) -> str:
    """Return rows as the CSV that followthemoney reads: every field quoted, ``t`` and ``f``."""
    flag = pl.when("external").then(pl.lit("t")).otherwise(pl.lit("f")).alias("external")
    return rows.with_columns(flag).select(COLUMNS).write_csv(quote_style="always")


def _rows(record: Mapping[str, Any], dataset: str) -> Iterator[dict[str, object]]:
    origin = ":".join(str(record[k]) for k in ("coder", "rule") if record.get(k)) or None
    own = (record["doc"], record["kind"], record["start"], record["end"], *_fields(record))
    digest = hashlib.sha1("\x1f".join(map(str, own)).encode(), usedforsecurity=False)
    schema = {"membership": "Membership", "quantity": "Note"}.get(record["kind"], "Event")
    entity = _Entity(f"{record['kind']}-{digest.hexdigest()[:16]}", schema, dataset, origin)
    yield from {
        "event": _event,
        "membership": _membership,
        "quantity": _quantity,
        "vote": _vote,
    }[record["kind"]](entity, record)
    yield entity.row("summary", record["quote"], _LANGUAGES.get(str(record.get("lang"))))
    if schema != "Note":
        yield entity.row("recordId", f"{record['doc']}:{record['start']}-{record['end']}")
    document = _Entity(_key("document", str(record["doc"])), "Document", dataset, None)
    yield entity.row("proof", document.key)
    yield document.row("fileName", record.get("name") or record["doc"])
    if record.get("sha256"):
        yield document.row("contentHash", record["sha256"])


def _key(kind: str, name: str) -> str:
    """Return an identifier as followthemoney takes it: no spaces, no letters beyond ASCII."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        return f"{kind}-{name}"
    return f"{kind}-{hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()[:16]}"


def _fields(record: Mapping[str, Any]) -> list[object]:
    names = ("type", "date", "actors", "org", "actor", "status", "subject", "value", "unit")
    return [record.get(name) for name in (*names, "resolution", "sides_with", "against")]


def _event(entity: _Entity, record: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    yield entity.row("name", record.get("title") or str(record.get("type", "event")))
    yield entity.row("keywords", record.get("type", "event"))
    for key in ("dimension", "power", "mode"):
        if record.get(key) not in (None, "none"):
            yield entity.row("keywords", f"{key}:{record[key]}")
    yield from _dates(entity, record.get("date"))
    yield from _involved(entity, record.get("actors"), "involved")


def _membership(entity: _Entity, record: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    absent = [name for name in ("actor", "org") if not record.get(name)]
    if absent:
        raise BadValue(
            f"a membership of {record['doc']!r} names no {choices(absent)}; expected both; correct "
            "the record"
        )
    for prop, key, organisation in (("member", "actor", False), ("organization", "org", True)):
        actor, rows = _actor(str(record[key]), entity.dataset, organisation=organisation)
        yield entity.row(prop, actor)
        yield from rows
    yield entity.row("role", record.get("status") or "member")
    for prop, key in (("startDate", "start_date"), ("endDate", "end_date")):
        if record.get(key):
            yield entity.row(prop, str(record[key]).split("/")[0 if prop == "startDate" else -1])


def _quantity(entity: _Entity, record: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    value = "no data" if record.get("value") is None else _number(record["value"])
    upper = f" to {_number(record['value_max'])}" if record.get("value_max") is not None else ""
    when = f", {record['date']}" if record.get("date") else ""
    sign = {"=": "", "~": "about ", ">": "over ", "target": "target "}
    lead = sign.get(str(record.get("comparison") or "="), "")
    yield entity.row("name", record.get("subject") or "quantity")
    yield entity.row(
        "description", f"{lead}{value}{upper} {record.get('unit') or ''}{when}".strip()
    )
    yield from _involved(entity, record.get("actors"), "entity")


def _vote(entity: _Entity, record: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    parts = [record.get("body") or "vote", record.get("resolution"), record.get("actor")]
    for word, key in (("with", "sides_with"), ("against", "against")):
        if record.get(key):
            parts.append(f"{word} {_listed(record[key])}")
    yield entity.row("name", " ".join(str(part) for part in parts if part))
    yield entity.row("keywords", "vote")
    yield from _dates(entity, record.get("period"))
    named = [record.get("actor"), *_names(record.get("sides_with")), *_names(record.get("against"))]
    yield from _involved(entity, [name for name in named if name], "involved")


def _number(value: object) -> str:
    number = float(str(value))
    return f"{number:.0f}" if number.is_integer() else repr(number)


def _dates(entity: _Entity, date: object) -> Iterator[dict[str, object]]:
    if not date:
        return
    first, _, last = str(date).partition("/")
    if last:
        yield entity.row("startDate", first)
        yield entity.row("endDate", last)
    else:
        yield entity.row("date", first)


def _names(value: object) -> list[str]:
    if value is None:
        return []
    parts = value.split(";") if isinstance(value, str) else list(value)  # type: ignore[call-overload]
    return [str(part).strip() for part in parts if str(part).strip()]


def _listed(value: object) -> str:
    return ", ".join(_names(value))


def _involved(entity: _Entity, actors: object, prop: str) -> Iterator[dict[str, object]]:
    for name in _names(actors):
        key, rows = _actor(name, entity.dataset)
        yield entity.row(prop, key)
        yield from rows


def _actor(
    code: str, dataset: str, *, organisation: bool = False
) -> tuple[str, list[dict[str, object]]]:
    """Return an actor's identifier and the rows that say who it is."""
    schema, name, country = _who(code, organisation)
    entity = _Entity(_key("actor", code), schema, dataset, None)
    rows = [entity.row("name", name)]
    if schema == "Organization" and name != code:
        rows.append(entity.row("abbreviation", code))
    if country is not None:
        rows.append(entity.row("country", country))
    return entity.key, rows


@cache
def _who(code: str, organisation: bool) -> tuple[str, str, str | None]:
    """Return schema, name and country code of a person, organisation, state or vanished state."""
    for prefix, schema in (("person:", "Person"), ("hist:", "PublicBody")):
        if code.startswith(prefix):
            return schema, code.removeprefix(prefix).replace("_", " "), None
    if organisation or code in organisations.codes():
        known = code in organisations.codes()
        return "Organization", organisations.name(code) if known else code, None
    try:
        country = states.code(code, "iso2") if code in states.today() else None
        return "PublicBody", states.name(code), None if country is None else str(country).lower()
    except UnknownName:
        return "Organization", code, None

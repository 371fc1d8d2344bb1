"""The answer a model is asked for, and what of it stands on the page.

A proposal is kept if its quote stands in the passage once, its codes are those of the coding
scheme, and every number and date it gives is in the quote. Whether it is right is for a person to
say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from multivector.documents.packs import wording
from multivector.documents.rules.statements import FIELDS, MAX_QUOTE
from multivector.errors import choices

EVENT_TYPES = (
    "organisation_founded",
    "agreement_signed",
    "treaty_in_force",
    "summit",
    "meeting",
    "visit",
    "statement",
    "initiative_proposed",
    "programme_adopted",
    "law_or_doctrine_adopted",
    "accession",
    "withdrawal",
    "status_granted",
    "chairmanship",
    "recognition",
    "exercise",
    "institution_opened",
    "joint_venture_founded",
    "pipeline_or_infrastructure",
    "currency_introduced",
    "other",
)
_STATUSES = (
    "founding_member",
    "member",
    "observer",
    "dialogue_partner",
    "chair",
    "withdrew",
    "refused",
)


@dataclass(frozen=True)
class _Field:
    """How a field is asked for and checked: its sort, its choices, and whether it may be null."""

    sort: str
    choices: tuple[str, ...] = ()
    null: bool = False


@cache
def scheme() -> dict[str, dict[str, _Field]]:
    """Return how each field of each kind of statement is asked for: its sort, choices, or null."""
    from multivector.tables import DIMENSIONS

    dated, actor = _Field("date", null=True), _Field("actor", null=True)
    return {
        "event": {
            "type": _Field("one", EVENT_TYPES),
            "date": dated,
            "actors": _Field("actors"),
            "dimension": _Field("one", DIMENSIONS),
            "power": _Field("one", ("soft", "hard", "none")),
            "title": _Field("text"),
        },
        "membership": {
            "org": _Field("organisation"),
            "actor": _Field("actor"),
            "status": _Field("one", _STATUSES),
            "start_date": dated,
            "end_date": dated,
        },
        "quantity": {
            "subject": _Field("text"),
            "actors": _Field("actors"),
            "value": _Field("number"),
            "unit": _Field("text"),
            "date": dated,
            "comparison": _Field("one", ("=", "~", ">", "target")),
            "value_max": _Field("number", null=True),
        },
        "vote": {
            "body": _Field("text"),
            "resolution": _Field("resolution", null=True),
            "actor": _Field("actor"),
            "sides_with": actor,
            "against": actor,
            "issue": _Field("text", null=True),
            "period": dated,
        },
    }


def schema() -> dict[str, Any]:
    """Return the JSON schema an answer must have: the kinds and fields of the coding scheme.

    >>> [kind["properties"]["kind"]["enum"] for kind in
    ...     schema()["properties"]["statements"]["items"]["anyOf"]]
    [['event'], ['membership'], ['quantity'], ['vote']]
    """
    kinds = []
    for kind, fields in scheme().items():
        properties: dict[str, Any] = {
            "kind": {"type": "string", "enum": [kind]},
            "quote": {"type": "string"},
            **{name: _asked(each) for name, each in fields.items()},
            "attributed_to": {"type": ["string", "null"]},
        }
        kinds.append(_object(properties))
    return _object({"statements": {"type": "array", "items": {"anyOf": kinds}}})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _asked(each: _Field) -> dict[str, Any]:
    if each.sort == "one":
        return {"type": "string", "enum": list(each.choices)}
    if each.sort == "actors":
        return {"type": "array", "items": {"type": "string"}}
    kind = "number" if each.sort == "number" else "string"
    return {"type": [kind, "null"] if each.null else kind}


class Refused(Exception):
    """Why a proposal is not kept."""


def checked(item: Any, passage: str, lang: str) -> tuple[int, int, dict[str, Any]]:
    """Return where the quote of a proposal stands in the passage, and its fields.

    Parameters
    ----------
    item : object
        One statement of the answer.
    passage : str
        The text that was sent.
    lang : str
        Its language, by which dates and numbers are read.

    Raises
    ------
    Refused
        If the quote does not stand in the passage exactly once, a code is not of the scheme, or a
        number or date is not in the quote.

    Examples
    --------
    >>> item = {"kind": "membership", "quote": "Kazakhstan joined the CSTO", "org": "CSTO",
    ...     "actor": "KAZ", "status": "member", "start_date": None, "end_date": None}
    >>> checked(item, "In 1992 Kazakhstan joined the CSTO.", "en")[:2]
    (8, 34)
    """
    if not isinstance(item, dict) or str(item.get("kind")) not in FIELDS:
        raise Refused(f"it is none of {choices(FIELDS)}")
    quote = item.get("quote")
    if not isinstance(quote, str) or not quote.strip():
        raise Refused("it has no quote")
    start = passage.find(quote)
    if start < 0:
        raise Refused("its quote is not in the passage")
    if passage.find(quote, start + 1) >= 0:
        raise Refused("its quote stands in the passage more than once")
    if len(quote) > MAX_QUOTE:
        raise Refused(f"its quote is longer than {MAX_QUOTE} characters")
    fields = {}
    for name, each in scheme()[item["kind"]].items():
        value = item.get(name)
        if value is None and not each.null:
            raise Refused(f"it has no {name}")
        if value is not None:
            value = _CHECKS[each.sort](name, value, each, quote, lang)
        if name != "value_max" or value is not None:
            fields[name] = value
    return start, start + len(quote), fields


def _one(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    if value not in each.choices:
        raise Refused(f"its {name} {_short(value)} is none of the scheme")
    return value


def _text(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    if not isinstance(value, str) or len(value) > MAX_QUOTE:
        raise Refused(f"its {name} is no short text")
    for digits in re.findall(r"\d+", value):
        if not re.search(rf"(?<!\d){digits}(?!\d)", quote):
            raise Refused(f"its {name} has the number {digits}, which is not in the quote")
    return " ".join(value.split())


def _date(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    parts = value.split("/") if isinstance(value, str) else []
    if not 1 <= len(parts) <= 2 or not all(map(_is_date, parts)):
        raise Refused(f"its {name} {_short(value)} is no date")
    stated, years = _dates_in(quote, lang)
    if value not in stated:
        for part in parts:
            if part not in years and not any(_within(each, part) for each in stated):
                raise Refused(f"its {name} {value} is not in the quote")
    return value


def _within(stated: str, part: str) -> bool:
    return "/" not in stated and (stated == part or stated.startswith(f"{part}-"))


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"[12]\d{3}(?:-\d\d(?:-\d\d)?)?", text, re.ASCII):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def _dates_in(quote: str, lang: str) -> tuple[set[str], set[str]]:
    from multivector.documents.rules.dates import dates_of

    stated: set[str] = set()
    for found in dates_of(quote, lang):
        if found.kind != "year":
            stated.add(found.value)
        if found.kind == "range":
            stated.update(found.value.split("/"))
    decade = wording("dates", "decade_ending").pattern
    return stated, set(re.findall(rf"(?<!\d)[12]\d{{3}}(?!\d|{decade})", quote))


def _number(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e18:
        raise Refused(f"its {name} {_short(value)} is no number")
    if not any(abs(value - said) <= 1e-9 * max(abs(said), 1) for said in _numbers_in(quote, lang)):
        raise Refused(f"its {name} {value:g} is not in the quote")
    return float(value)


def _numbers_in(quote: str, lang: str) -> Iterator[float]:
    """Yield the numbers a quote states: those with a unit, then what digits are left."""
    from multivector.documents.packs import LANGUAGES, pack
    from multivector.documents.rules.dates import dates_of
    from multivector.documents.rules.quantities import number_of, quantities_of

    lang = lang if lang in LANGUAGES else "en"
    taken = [(found.start, found.end) for found in dates_of(quote, lang)]
    for quantity in quantities_of(quote, lang, taken):
        taken.append((quantity.start, quantity.end))
        for said in (quantity.value, quantity.value_max, quantity.other_reading):
            if said is not None:
                yield said
    scales = [
        (re.compile(rf"[\s-]*(?:{rule})", re.I), n) for n, rule in pack(lang)["scales"].items()
    ]
    for digits in re.finditer(r"(?<![\d.,])\d+(?:[.,]\d+)*", quote, re.ASCII):
        if any(low < digits.end() and digits.start() < high for low, high in taken):
            continue
        scale = next((float(n) for rule, n in scales if rule.match(quote, digits.end())), 1.0)
        for said in number_of(digits[0], lang):
            if said is not None:
                yield said * scale


def _resolution(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    from multivector.documents.rules.reading import RESOLUTION

    if str(value) not in {f"{found[1]}/{found[2]}" for found in RESOLUTION.finditer(quote)}:
        raise Refused(f"its {name} {_short(value)} is not in the quote")
    return value


def _actor(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    from multivector.names import organisations
    from multivector.names.states import lists

    if isinstance(value, str):
        if value in lists.spells() or value in organisations.codes():
            return value
        kind, _, called = value.partition(":")
        if kind in ("person", "hist") and called.strip() and called.casefold() in quote.casefold():
            return value
    raise Refused(f"its {name} {_short(value)} is no actor of the scheme")


def _actors(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    if not isinstance(value, list):
        raise Refused(f"its {name} {_short(value)} is no list")
    return list(dict.fromkeys(_actor(name, one, each, quote, lang) for one in value))


def _organisation(name: str, value: Any, each: _Field, quote: str, lang: str) -> Any:
    from multivector.names import organisations

    if not isinstance(value, str) or value not in organisations.codes():
        raise Refused(f"its {name} {_short(value)} is no organisation of the table")
    return value


_CHECKS: dict[str, Callable[[str, Any, _Field, str, str], Any]] = {
    "one": _one,
    "text": _text,
    "date": _date,
    "number": _number,
    "resolution": _resolution,
    "actor": _actor,
    "actors": _actors,
    "organisation": _organisation,
}


def _short(value: Any) -> str:
    return repr(value)[:40]

"""Views: a page as HTML. Templates place what the page holds; they calculate nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multivector.report.references import Numbering, cell
from multivector.version import __version__
from multivector.web import repeat
from multivector.web.page import Field, Link, Page
from multivector.words import LANGUAGES, language, many, say
from multivector.words.figures import day, sentence_case

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["error", "html"]

_STATIC = Path(__file__).parent / "static"
_NAMES = {"en": "English", "tr": "Türkçe", "ru": "Русский", "kk": "Қазақша"}
_NUMERIC = ("integer", "number", "percent", "share", "signed", "ratio", "amount")


def html(
    page: Page,
    fields: tuple[Field, ...],
    options: Mapping[str, str],
    address: str,
) -> str:
    """Return a page as HTML in the language spoken."""
    own = {k: v for k, v in options.items() if k not in ("format", "lang") and v}
    return _rendered(
        page.template,
        page=page,
        fields=fields,
        options=own,
        numbering=Numbering(page),
        here=address,
        again=partial(repeat.address, address, own),
    )


def error(status: int, message: str) -> str:
    """Return the page that says what is wrong, what was expected and what to do."""
    parts = [part.strip() for part in message.split("; ")]
    page = Page(say("This cannot be shown"), kicker=str(status))
    return _rendered(
        "error.html.j2", page=page, status=status, parts=parts, options={}, here="/",
        again=partial(repeat.address, "/"), fields=(),
    )  # fmt: skip


def _rendered(template: str, **shown: Any) -> str:
    return _environment().get_template(template).render(
        say=say, many=many, sentence_case=sentence_case, cell=cell, day=day, numeric=_NUMERIC,
        version=__version__,
        spoken=language(), languages={code: _NAMES[code] for code in LANGUAGES},
        menu=_menu(str(shown["here"])), asset=_asset, **shown,
    )  # fmt: skip


def _menu(here: str) -> list[Link]:
    entries = (
        ("/votes", say("Votes")),
        ("/compare", say("Compare")),
        ("/organisations", say("Organisations")),
        ("/documents", say("Documents")),
        ("/claims", say("Claims")),
        ("/measures", say("Measures")),
        ("/data", say("Data")),
    )
    return [Link(href, text, here == href or here.startswith(f"{href}/")) for href, text in entries]


@cache
def _asset(name: str) -> str:
    """Return the address of a file of the package, which changes when its bytes do."""
    return f"/static/{name}?v={sha256((_STATIC / name).read_bytes()).hexdigest()[:10]}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("multivector.web", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )

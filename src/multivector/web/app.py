"""The observatory: addresses, formats and errors over one workspace. No number is made here."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as Address
from starlette.staticfiles import StaticFiles

from multivector.cache import Memory
from multivector.errors import (
    BadValue,
    MissingData,
    MissingExtra,
    MultivectorError,
    StudyError,
    UnknownName,
    choices,
)
from multivector.provenance import fingerprint
from multivector.version import __version__
from multivector.web import formats, openapi, repeat, views
from multivector.web.guard import Guard, TooLarge, printable
from multivector.web.page import Page, Query, Route
from multivector.words import LANGUAGES, using
from multivector.workspace import Workspace

__all__ = ["Observatory", "create"]

STATIC = Path(__file__).parent / "static"
LARGEST = 64 * 2**20
_COMMON = frozenset({"format", "lang", "table", "chart", "width", "theme", "limit", "offset"})
_KEPT_BYTES = 96 * 2**20
_PAGE = 1 << 16
_KEPT_PAGES = 400
_STATUS: tuple[tuple[type[MultivectorError], int], ...] = (
    (TooLarge, 413),
    (UnknownName, 404),
    (BadValue, 400),
    (MissingData, 404),
    (MissingExtra, 501),
    (StudyError, 503),
    (MultivectorError, 422),
)
_log = logging.getLogger("multivector.web")


@dataclass(frozen=True)
class Answer:
    """A body that is ready to be sent, with its type, its tag and the name of its file."""

    body: bytes
    media: str
    tag: str
    file: str | None = None
    elsewhere: str | None = None


@dataclass
class Observatory:
    """What the addresses share: the workspace and what is kept."""

    workspace: Workspace
    routes: tuple[Route, ...]
    pages: Memory = field(default_factory=lambda: Memory(_KEPT_PAGES * _PAGE))
    answers: Memory = field(default_factory=lambda: Memory(_KEPT_BYTES))

    def page(self, route: Route, path: Mapping[str, str], options: Mapping[str, str]) -> Page:
        """Return the page of an address, from what is kept or made now."""
        return self._page(route, path, options, *self._spoken())

    def _spoken(self) -> tuple[str, str]:
        from multivector.words import language

        return language(), self.workspace.stamp()

    def _page(
        self, route: Route, path: Mapping[str, str], options: Mapping[str, str], *key: str
    ) -> Page:
        fields = route.options(path)
        own = {k: v for k, v in options.items() if k not in _COMMON}
        unknown = sorted(set(own) - {f.name for f in fields})
        if unknown:
            expected = choices([f.name for f in fields], 30) or "none"
            raise BadValue(
                f"this page has no option {choices(unknown)}; expected {expected}; correct the "
                "address"
            )
        address = address_of(route.path, path)
        query = Query(self.workspace, path, own, fields, address)
        name = (route.path, _items(path), _items(own), *key)
        mine: list[Page] = []

        def make() -> Page:
            mine.append(route.answer(query))
            return mine[0]

        found = self.pages.keep(name, make, _weight)
        return found if found.kept or mine else route.answer(query)

    def answer(self, route: Route, path: Mapping[str, str], options: Mapping[str, str]) -> Answer:
        """Return what an address sends in the format asked for.

        Raises
        ------
        MultivectorError
            If the address or an option is wrong, or data are missing.
        """
        kind = options.get("format", "html")
        if kind not in formats.FORMATS:
            raise BadValue(
                f"no format {kind!r}; expected one of {choices(formats.FORMATS)}; correct format="
            )
        key = (route.path, _items(path), _items(options), *self._spoken())
        page = self.page(route, path, options)
        if page.elsewhere is not None:
            return Answer(b"", "", "", None, page.elsewhere)
        if page.file is not None:
            tag = _tag(page, options, *self._spoken())
            return Answer(page.file.body, page.file.media, tag, page.file.name)
        make = partial(self._made, route, page, path, options, kind)
        if not page.kept or kind == "csv":
            return make()
        return self.answers.keep(key, make, lambda answer: len(answer.body))

    def _made(
        self,
        route: Route,
        page: Page,
        path: Mapping[str, str],
        options: Mapping[str, str],
        kind: str,
    ) -> Answer:
        media = formats.MEDIA[kind]
        tag = _tag(page, options, *self._spoken())
        address = address_of(route.path, path)
        if kind == "html":
            shown = views.html(page, route.options(path), options, address)
            return Answer(shown.encode(), media, tag)
        if kind == "json":
            body = _json(
                formats.json_of(
                    page,
                    repeat.address(address, options, limit=None, offset=None),
                    **paging(options),
                )
            )
            return Answer(body, media, tag)
        if kind == "xlsx":
            return Answer(formats.excel(page), media, tag, f"{_file(page)}.xlsx")
        width = _whole(options, "width", 720)
        theme = options.get("theme", "light")
        chart = options.get("chart")
        body = formats.picture(page, chart, kind, width=width, theme=theme)
        name = None if kind == "svg" else f"{_file(page)}-{chart or 'chart'}.{kind}"
        return Answer(body, media, tag, name)


def create(
    folder: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    token: str | None = None,
    largest: int = LARGEST,
) -> Starlette:
    """Return the observatory as an ASGI application.

    Parameters
    ----------
    folder : str or Path, optional
        The study; the embedded world alone if not given.
    host : str
        Where it is served; other hosts' names are refused on this machine.
    token : str, optional
        What every request must show.
    largest : int
        Bytes that may be sent in one request.
    """
    from multivector.web import pages

    observatory = Observatory(Workspace(folder), pages.ROUTES)
    app = Starlette(
        routes=[*_addresses(observatory), *_actions(observatory, pages.ACTIONS), _static()],
        middleware=[
            Middleware(Guard, host=host, token=token, largest=largest),
            Middleware(GZipMiddleware, minimum_size=1400, compresslevel=5),
        ],
        exception_handlers={
            MultivectorError: partial(_refused, observatory),
            HTTPException: partial(_refused, observatory),
            Exception: partial(_failed, observatory),
        },
    )
    app.state.observatory = observatory
    return app


def _static() -> Mount:
    return Mount("/static", StaticFiles(directory=STATIC))


def _addresses(observatory: Observatory) -> list[BaseRoute]:
    found: list[BaseRoute] = []
    for route in observatory.routes:
        for path, kind in ((route.path, "html"), ("/api" + route.path.rstrip("/"), "json")):
            answer = partial(_guarded, observatory, partial(_get, observatory, route, kind))
            found.append(Address(path, answer, methods=["GET"]))
    described = partial(_described, observatory)
    return [Address("/api/openapi.json", described, methods=["GET"]), *found]


def _actions(observatory: Observatory, actions: Mapping[str, Any]) -> list[BaseRoute]:
    return [
        Address(
            path,
            partial(_guarded, observatory, partial(_post, observatory, act)),
            methods=["POST"],
        )
        for path, act in actions.items()
    ]


async def _guarded(observatory: Observatory, answer: Any, request: Request) -> Response:
    """Answer; what nobody foresaw is one line in the log and a page that says so."""
    try:
        response: Response = await answer(request)
    except (MultivectorError, HTTPException) as error:
        return await _refused(observatory, request, error)
    except OSError as error:
        lost = _lost(observatory.workspace.path, error)
        tell = _failed if lost is None else _refused
        return await tell(observatory, request, lost or error)
    except Exception as error:
        return await _failed(observatory, request, error)
    return response


def _lost(folder: Path | None, error: OSError) -> StudyError | None:
    """Return what is wrong with the study, if that is where a file could not be used."""
    if folder is None or not str(error.filename).startswith(str(folder)):
        return None
    return StudyError(
        f"{str(error.filename)!r} of the study cannot be used ({error.strerror or error}); "
        "expected files that can be read; check their rights, then open the page again"
    )


async def _described(observatory: Observatory, request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(openapi.document, observatory.routes))


async def _get(observatory: Observatory, route: Route, kind: str, request: Request) -> Response:
    options = _options(request)
    options.setdefault("format", kind)
    spoken = language_of(request)

    def work() -> Answer | tuple[str, Any]:
        with using(spoken):
            path = {k: str(v) for k, v in request.path_params.items()}
            if options["format"] == "csv":
                page = observatory.page(route, path, options)
                if page.elsewhere is not None:
                    return Answer(b"", "", "", None, page.elsewhere)
                return formats.csv(page, options.get("table"))
            return observatory.answer(route, path, options)

    made = await run_in_threadpool(work)
    response = _csv(made) if isinstance(made, tuple) else _sent(made, request)
    response.headers["Vary"] = "Accept-Language, Cookie, Accept-Encoding"
    response.headers["Content-Language"] = spoken
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie("lang", spoken, samesite="lax", max_age=31_536_000)
    return response


def _csv(made: tuple[str, Any]) -> Response:
    name, pieces = made
    headers = {"Content-Disposition": f'attachment; filename="{_ascii(name)}.csv"'}
    return StreamingResponse(pieces, media_type=formats.MEDIA["csv"], headers=headers)


def _sent(answer: Answer, request: Request) -> Response:
    if answer.elsewhere is not None:
        prefix = "/api" if request.url.path.startswith("/api/") else ""
        options = request.query_params.multi_items()
        common = urlencode([(name, value) for name, value in options if name in _COMMON])
        mark = "&" if "?" in answer.elsewhere else "?"
        rest = f"{mark}{common}" if common else ""
        return RedirectResponse(prefix + answer.elsewhere + rest, status_code=303)
    headers = {"ETag": answer.tag} if answer.tag else {}
    if answer.file:
        headers["Content-Disposition"] = f'attachment; filename="{_ascii(answer.file)}"'
    given = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if answer.tag and answer.tag in given:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, media_type=answer.media, headers=headers)


async def _post(observatory: Observatory, act: Any, request: Request) -> Response:
    """Take a form: do what it asks, and lead on to the page that shows it."""
    spoken = language_of(request)
    async with request.form(max_files=200, max_fields=200) as form:

        def work() -> Any:
            with using(spoken):
                if observatory.workspace.path is not None:
                    observatory.workspace.store.check()
                return act(observatory.workspace, request.path_params, form)

        done = await run_in_threadpool(work)
    if isinstance(done, str):
        return RedirectResponse(done, status_code=303)
    return JSONResponse(done)


async def _refused(observatory: Observatory, request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        status = error.status_code
        message = _unmet(request, status, str(error.detail))
    else:
        status = next(code for kind, code in _STATUS if isinstance(error, kind))
        message = str(error)
    return await _error_page(observatory, request, status, message)


def _unmet(request: Request, status: int, detail: str) -> str:
    place = repr(request.url.path[:200])
    if status == 404:
        return (
            f"there is nothing at {place}; expected an address of the observatory; start from the "
            "first page"
        )
    if status == 405:
        return f"{request.method[:20]} is not taken at {place}; expected GET; open it in a browser"
    return f"{detail.rstrip('.')}; expected a form as the page sends it; open the page again"


async def _failed(observatory: Observatory, request: Request, error: Exception) -> Response:
    place = printable(f"{request.method} {request.url.path}")
    _log.error("error: %s: %s: %s", place, type(error).__name__, printable(str(error)))
    _log.debug("%s", place, exc_info=error)
    message = "this page could not be made; expected an answer; the log of the server says why"
    return await _error_page(observatory, request, 500, message)


async def _error_page(
    observatory: Observatory, request: Request, status: int, message: str
) -> Response:
    read = request.headers.get("accept", "").startswith("application/json")
    wanted = request.query_params.get("format") or (
        "json" if read or request.url.path.startswith("/api") else "html"
    )
    if wanted != "html":
        return JSONResponse({"error": message, "status": status}, status_code=status)

    def work() -> str:
        with using(language_of(request)):
            return views.error(status, message)

    shown = await run_in_threadpool(work)
    return Response(shown, status_code=status, media_type=formats.MEDIA["html"])


def _options(request: Request) -> dict[str, str]:
    """Return the options of an address; one given several times is a list with commas."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        found[name] = f"{found[name]},{value}" if found.get(name) else value
    return found


def language_of(request: Request) -> str:
    """Return the language to answer in: asked for, chosen before, or the browser's."""
    asked = (request.query_params.get("lang"), request.cookies.get("lang"))
    for choice in asked:
        if choice in LANGUAGES:
            return str(choice)
    wanted: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "").split(",")[:12]:
        name, _, weight = part.strip().partition(";q=")
        value = 1.0
        with suppress(ValueError):
            value = float(weight) if weight else 1.0
        wanted.append((-value, name.split("-")[0].lower()))
    return next((name for _, name in sorted(wanted, key=lambda w: w[0]) if name in LANGUAGES), "en")


def paging(options: Mapping[str, str]) -> dict[str, int]:
    """Return limit and offset of a JSON answer.

    Raises
    ------
    BadValue
        If they are no whole numbers in range.
    """
    limit = _whole(options, "limit", formats.PAGE_ROWS)
    offset = _whole(options, "offset", 0)
    if not 1 <= limit <= 100_000 or offset < 0:
        raise BadValue(
            f"limit {limit} and offset {offset} cannot be; expected 1 to 100000 rows from 0 on; "
            "correct them"
        )
    return {"limit": limit, "offset": offset}


def address_of(template: str, path: Mapping[str, str]) -> str:
    """Return an address with its parts filled in."""
    from urllib.parse import quote

    for name, value in path.items():
        for mark in (f"{{{name}}}", f"{{{name}:path}}"):
            template = template.replace(mark, quote(value, safe=""))
    return template


def _whole(options: Mapping[str, str], name: str, default: int) -> int:
    text = options.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise BadValue(f"{name} is {text!r}; expected a whole number; correct it")
    return int(text)


def _items(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in values.items() if v))


def _tag(page: Page, options: Mapping[str, str], *key: str) -> str:
    """Return the tag of an answer: its runs, options, language, study and version.

    A page that is not kept has none: it may change while the study does not.
    """
    if not page.kept:
        return ""
    runs = [c.run for c in page.computations]
    return f'W/"{fingerprint([runs, _items(options), key, __version__, page.title])[:20]}"'


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def _weight(page: Page) -> int:
    """Return the bytes a page is taken to hold: 64 KB, and its file."""
    return _PAGE + (0 if page.file is None else len(page.file.body))


def _file(page: Page) -> str:
    return _ascii("-".join(page.title.lower().split())[:60]) or "multivector"


def _ascii(name: str) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name)
    return kept.strip("-.") or sha256(name.encode()).hexdigest()[:8]

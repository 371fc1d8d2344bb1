"""Guard: who may ask, and what a page may do. Headers, hosts, the server's token, sizes.

Reading is open on this machine. What changes anything must not come from another site's page: a
browser says with every form where it comes from (``Origin``, ``Sec-Fetch-Site``), and no page can
make it say otherwise. Beyond this machine every request needs the token of the server.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from multivector.errors import MultivectorError

__all__ = ["Guard", "TooLarge", "printable"]

_COOKIE = "multivector-token"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
_ADDRESS = 16_384
_HEADERS = 65_536
_log = logging.getLogger("multivector.web")


class TooLarge(MultivectorError):
    """Raised when more is sent than is taken."""


class Guard:
    """The outermost layer: hosts, access, origin, size of what is sent, headers of what is given.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    host : str
        Where the server listens.
    token : str, optional
        What every request must show; without it only this machine is served.
    largest : int
        Bytes that may be sent in one request.
    """

    def __init__(self, app: ASGIApp, *, host: str, token: str | None, largest: int) -> None:
        self.app = app
        self.hosts = _LOOPBACK | {host}
        self.anywhere = token is not None and host not in _LOOPBACK
        self.token = token
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it; what fails beneath is one line of the log."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        answer = _dressed(send)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        begun = False

        async def answered(message: Message) -> None:
            nonlocal begun
            begun = True
            await answer(message)

        try:
            await self.app(scope, self._measured(receive), answered)
        except ClientDisconnect:
            return
        except Exception as error:
            place = printable(f"{scope['method']} {scope['path']}")
            _log.error("error: %s: %s: %s", place, type(error).__name__, printable(str(error)))
            if not begun:
                await _plain(500, "this could not be answered")(scope, receive, answer)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if len(scope["path"]) + len(scope["query_string"]) > _ADDRESS:
            return _plain(414, f"the address has more than {_ADDRESS:,} characters; shorten it")
        if sum(len(name) + len(value) for name, value in headers.raw) > _HEADERS:
            return _plain(431, f"the headers have more than {_HEADERS:,} bytes; send fewer cookies")
        host = headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if not self.anywhere and name not in self.hosts:
            return _plain(400, f"host {host!r} is not served here")
        if self.token is not None:
            entered = self._entered(scope, headers)
            if entered is not None:
                return entered
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.largest:
            return _plain(413, f"more than {self.largest:,} bytes were sent; send less at once")
        if scope["method"] not in _SAFE and not _own(headers, host):
            return _plain(403, "this form was sent from another site and is not taken")
        return None

    def _entered(self, scope: Scope, headers: Headers) -> Response | None:
        """Return null if the request shows the token; else a way in or a refusal."""
        assert self.token is not None
        expected = sha256(self.token.encode()).hexdigest()
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        kept = _cookie(headers, _COOKIE)
        if _same(bearer, self.token) or _same(kept, expected):
            return None
        options = parse_qsl(scope["query_string"].decode("latin-1"))
        if not _same(dict(options).get("token", ""), self.token):
            return _plain(401, "this observatory asks for its token: add ?token=… to the address")
        rest = urlencode([(name, value) for name, value in options if name != "token"])
        path = "/" + scope["path"].lstrip("/\\")
        answer = RedirectResponse(f"{path}?{rest}" if rest else path, status_code=303)
        answer.set_cookie(_COOKIE, expected, httponly=True, samesite="strict")
        return answer

    def _measured(self, receive: Receive) -> Receive:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.largest:
                raise TooLarge(
                    f"more than {self.largest:,} bytes were sent; expected less at once; send the "
                    "files one by one, or add them with: multivector --study DIR documents add"
                )
            return message

        return counted


def _own(headers: Headers, host: str) -> bool:
    """Return whether a form comes from a page of this observatory, or from no page at all.

    A program that sends neither header is no browser, and carries nobody's cookie.
    """
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and (origin is None or _netloc(origin) == host)


def _dressed(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-cache, private")
        await send(message)

    return dressed


def printable(text: str) -> str:
    r"""Return a text as one line that steers no terminal.

    >>> printable("GET /\x1b[31m\n")
    'GET /?[31m?'
    """
    return "".join(c if c.isprintable() else "?" for c in text)[:500]


def _same(given: str, expected: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _cookie(headers: Headers, name: str) -> str:
    return cookie_parser(headers.get("cookie", "")).get(name, "")


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _plain(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)

"""Serving: the observatory on an address of this machine, until it is interrupted."""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from multivector.errors import BadValue, MissingExtra

if TYPE_CHECKING:
    import uvicorn

    from multivector.web.app import Observatory

__all__ = ["bind", "check", "run"]

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LEAVE = 1
_PATIENCE = 0.4
_INTERRUPTED = 130


def check(host: str, token: str | None) -> None:
    """Refuse to serve beyond this machine without a token.

    Raises
    ------
    BadValue
        If the host is another and no token of at least 16 characters is given.
    """
    if host not in _LOOPBACK and not token:
        raise BadValue(
            f"{host!r} can be reached from other machines; expected a token for them to show; "
            "add --token WORD, or leave --host out"
        )
    if token is not None and len(token) < 16:
        raise BadValue(
            f"the token has {len(token)} characters; expected at least 16; choose a longer one"
        )


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    BadValue
        If the port is taken or not allowed, or the host is not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(256)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise BadValue(
            f"{host}:{port} cannot be listened on ({reason}); expected a free port of this "
            "machine; name another with --port, or 0 for any that is free"
        ) from error
    return listening


def run(folder: Path | None, listening: socket.socket, host: str, token: str | None) -> None:
    """Serve until interrupted; then end within a second, whoever is still connected.

    What is being written at that moment is an atomic rename or a transaction, so nothing stored is
    lost. The first page is made before somebody asks for it, where there is time.

    Raises
    ------
    MissingExtra
        If the packages of the extra ``web`` are not installed.
    """
    try:
        import uvicorn

        from multivector.web.app import create
    except ImportError as error:
        raise MissingExtra.of(str(error.name or "starlette"), "web", "the observatory") from error
    app = create(folder, host=host, token=token)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_LEAVE,
    )
    logging.getLogger("uvicorn.error").addFilter(_OneLine())
    server = uvicorn.Server(config)
    ahead = threading.Timer(_PATIENCE, _warm, (app.state.observatory, server))
    ahead.daemon = True
    ahead.start()
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        if threading.active_count() > 1:
            os._exit(_INTERRUPTED)
        raise


def _warm(observatory: Observatory, server: uvicorn.Server) -> None:
    """Make the first page and a picture ahead of whoever asks, unless somebody has asked."""
    if server.server_state.connections or server.server_state.total_requests:
        return
    first = next(route for route in observatory.routes if route.path == "/")
    with suppress(Exception):
        for options in ({"format": "html"}, {"format": "svg"}):
            observatory.answer(first, {}, options)


class _OneLine(logging.Filter):
    """What goes wrong while serving is a line of the log, never a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            kind, error = record.exc_info[:2]
            record.msg, record.args = f"error: {kind.__name__}: {error}", ()
            record.exc_info = record.exc_text = None
            return issubclass(kind, Exception)
        return not str(record.msg).startswith("Cancel ")

"""Serving: the observatory on an address of this machine, until it is interrupted."""

from __future__ import annotations

import socket
from pathlib import Path

from multivector.errors import BadValue, MissingExtra

__all__ = ["bind", "run"]

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


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
    listening = socket.socket(family, socket.SOCK_STREAM)
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
    """Serve until interrupted.

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
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])

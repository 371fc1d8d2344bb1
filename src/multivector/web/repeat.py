"""Repeat: the question of a page as an address, a command line and in Python."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

__all__ = ["address", "command", "python", "written"]


def address(path: str, options: Mapping[str, Any] | None = None, **more: Any) -> str:
    """Return an address with options, some changed; what is null or empty is left out.

    >>> address("/votes", {"state": "KAZ", "page": 3}, page=None, poles="RUS,CHN")
    '/votes?state=KAZ&poles=RUS%2CCHN'
    """
    merged = {**(options or {}), **more}
    kept = {name: str(v) for name, v in merged.items() if v is not None and str(v) != ""}
    return f"{path}?{urlencode(kept)}" if kept else path


def command(*words: str, options: Mapping[str, Any] | None = None) -> str:
    """Return the command line; a shell reads every value as written.

    >>> command("splits", "KAZ", options={"poles": ("RUS", "CHN"), "by_year": "a b", "side": None})
    "multivector splits KAZ --poles RUS,CHN --by-year 'a b'"
    """
    line = ["multivector", *words]
    for name, value in (options or {}).items():
        if value is not None:
            line += [f"--{name.replace('_', '-')}", written(value)]
    return shlex.join(line)


def written(value: Any) -> str:
    """Return the value of an option as the command line takes it."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def python(
    method: str, name: str, options: Mapping[str, Any], *, then: str = ".frame", into: str = ""
) -> str:
    """Return the call of a workspace's method, what is made of its answer, and where it is put.

    >>> print(python("table", "votes", {"source": 1, "years": None}))
    import multivector as mv
    <BLANKLINE>
    mv.Workspace().table("votes", source=1).frame
    """
    given = "".join(f", {key}={value!r}" for key, value in options.items() if value is not None)
    return f'import multivector as mv\n\n{into}mv.Workspace().{method}("{name}"{given}){then}'

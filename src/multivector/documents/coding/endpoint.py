"""One question to a chat-completions endpoint: bounded in time, size and tries.

Only the standard library: httpx bounds each read, not the answer (one whose header drips came back
after 7.5 seconds with a timeout of 0.5), so that the thread below would stay beside it. The key
goes to the address named and nowhere else: redirects are not followed, and it is in no message and
no file.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead
from threading import Thread
from typing import Any

from multivector.errors import BadValue, MissingData, MultivectorError, choices

VARIABLES = ("MULTIVECTOR_MODEL_URL", "MULTIVECTOR_MODEL_KEY", "MULTIVECTOR_MODEL")
MAX_ANSWER = 4_000_000
LONGEST_PAUSE = 30.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_FINAL = frozenset({401, 402, 403, 404, 405, 407})


class ModelError(MultivectorError):
    """Raised when a question has no usable answer; ``final`` if no other question will have one."""

    def __init__(self, message: str, *, final: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.final = final
        self.wait = wait


class _Again(ModelError):
    """An answer that may come if one asks once more."""


@dataclass(frozen=True)
class Answer:
    """What the model wrote, and the tokens counted by the endpoint; null where it does not say."""

    content: str
    sent: int | None
    received: int | None


@dataclass
class Endpoint:
    """An endpoint, its key and model, and how long and how often it is asked.

    ``timeout`` bounds a whole answer, in seconds. A question whose time ran out is not repeated:
    it may have been answered and charged.
    """

    url: str
    key: str = field(repr=False)
    model: str
    timeout: float = 60.0
    tries: int = 3
    pause: float = 1.0
    dearest: float = 0.0

    @classmethod
    def from_environment(cls, *, timeout: float = 60.0) -> Endpoint:
        """Return the endpoint the environment names.

        Raises
        ------
        MissingData
            If a variable is not set.
        BadValue
            If the address is none of http or https, or key or model cannot be sent.
        """
        values = [os.environ.get(name, "").strip() for name in VARIABLES]
        missing = [name for name, value in zip(VARIABLES, values, strict=True) if not value]
        if missing:
            raise MissingData(
                f"no model is named: {choices(missing)} not set; expected the address of a "
                "chat-completions endpoint, its key and a model; set them, or go on without: "
                "nothing else needs a model"
            )
        url, key, model = values
        if not re.fullmatch(r"https?://[^\s/?#@]+[^\s?#]*", url, re.I):
            raise BadValue(
                "MULTIVECTOR_MODEL_URL is no address that can be asked; expected http:// or "
                "https:// with a host and path, as in https://host/v1; correct it"
            )
        if not re.fullmatch(r"[\x21-\x7e]+", key) or not re.fullmatch(r"\S{1,200}", model):
            raise BadValue(
                "MULTIVECTOR_MODEL_KEY or MULTIVECTOR_MODEL holds what cannot be sent; expected "
                "words without blanks, the key in plain letters; correct it"
            )
        return cls(url, key, model, timeout)

    @property
    def address(self) -> str:
        """Return the address questions go to.

        >>> Endpoint("https://example.org/v1/", "k", "m").address
        'https://example.org/v1/chat/completions'
        """
        base = self.url.rstrip("/")
        return base if base.endswith("/chat/completions") else f"{base}/chat/completions"

    def ask(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> Answer:
        """Return the answer to a question, asked again where that may help.

        Raises
        ------
        ModelError
            If no usable answer came.
        """
        form = {"name": "statements", "strict": True, "schema": schema}
        body = {
            "model": self.model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": form},
        }
        data = json.dumps(body).encode()
        for number in range(1, self.tries + 1):
            try:
                return _answer(self._within(lambda: self._post(data)))
            except _Again as error:
                if number == self.tries:
                    raise
                wait = error.wait if error.wait is not None else self.pause * 2 ** (number - 1)
                time.sleep(min(wait, LONGEST_PAUSE))
        raise ValueError("an endpoint must be asked once or more")

    def _within(self, call: Callable[[], bytes]) -> bytes:
        """Return what ``call`` returns, if it does in time; one that hangs is left behind."""
        done: list[bytes | BaseException] = []

        def work() -> None:
            try:
                done.append(call())
            except BaseException as error:
                done.append(error)

        thread = Thread(target=work, daemon=True)
        thread.start()
        thread.join(self.timeout)
        if not done or isinstance(done[0], TimeoutError):
            raise ModelError(
                f"the endpoint gave no whole answer in {self.timeout:g} seconds; expected one "
                "sooner; run the command again, or allow more with --timeout"
            )
        if isinstance(done[0], BaseException):
            raise done[0]
        return done[0]

    def _post(self, data: bytes) -> bytes:
        from urllib.error import HTTPError, URLError
        from urllib.request import HTTPRedirectHandler, Request, build_opener

        class Stay(HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        request = Request(self.address, data=data, headers=headers, method="POST")
        try:
            with build_opener(Stay).open(request, timeout=self.timeout) as response:
                found: bytes = response.read(MAX_ANSWER + 1)
                if len(found) <= MAX_ANSWER and response.length:
                    raise IncompleteRead(found, response.length)
        except HTTPError as error:
            with error:
                raise self._status(error.code, error.headers.get("Retry-After")) from error
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                raise TimeoutError from error
            cause = getattr(reason, "strerror", None) or type(reason).__name__
            raise _Again(
                f"the endpoint did not answer ({cause}); expected a whole answer; look whether it "
                "runs and run the command again, what is stored is not asked again"
            ) from error
        if len(found) > MAX_ANSWER:
            raise ModelError(
                f"the endpoint answered with more than {MAX_ANSWER:,} bytes; expected a few "
                "statements; name another model"
            )
        return found

    @staticmethod
    def _status(code: int, after: str | None) -> ModelError:
        if code in _AGAIN:
            wait = float(after) if after and re.fullmatch(r"\d{1,6}", after.strip()) else None
            why = "too many questions" if code == 429 else "a fault of its own"
            return _Again(
                f"the endpoint answered with HTTP {code}, {why}; expected an answer; run the "
                "command again later, what is stored is not asked again",
                wait=wait,
            )
        final = code in _FINAL or 300 <= code < 400
        return ModelError(
            f"the endpoint answered with HTTP {code}; expected one that takes this key, knows the "
            "model and answers by a JSON schema; check the address, key and model",
            final=final,
        )


def _answer(data: bytes) -> Answer:
    try:
        found = json.loads(data)
        content = found["choices"][0]["message"]["content"]
        usage = found.get("usage") or {}
        counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        content, counts = None, []
    if not isinstance(content, str):
        raise ModelError(
            "the endpoint did not answer in the chat-completions form; expected JSON with "
            "choices[0].message.content; check the address, as in https://host/v1"
        )
    sent, received = (n if type(n) is int and 0 <= n < 10**9 else None for n in counts)
    return Answer(content, sent, received)

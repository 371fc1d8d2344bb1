"""Memory: answers kept in a process that stays, bounded by bytes, each made by one thread only.

Keys name everything an answer rests on, among it the state of the study (`Store.stamp`), so that
an answer is never stale: after an import the old ones are merely no longer asked for, and leave.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

import polars as pl

__all__ = ["LIMIT", "Memory", "weight"]

LIMIT = 256 << 20
"""Bytes kept by a workspace."""

_COLUMN = 1024

Answer = TypeVar("Answer")


def weight(*frames: pl.DataFrame) -> int:
    """Return the bytes that frames take: as measured, twice what polars counts, and the columns."""
    return sum(2 * int(frame.estimated_size()) + _COLUMN * (2 + frame.width) for frame in frames)


class Memory:
    """Answers by key, those asked for longest ago leaving first.

    Parameters
    ----------
    limit : int
        Bytes kept at most; an answer of more than half of them is not kept.

    Examples
    --------
    >>> memory = Memory()
    >>> memory.keep("seven", lambda: [7], len), memory.keep("seven", list, len)
    ([7], [7])
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.size = 0
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, Future[Any]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(
        self, key: Hashable, make: Callable[[], Answer], weigh: Callable[[Answer], int]
    ) -> Answer:
        """Return the answer of a key, made now if it is not kept.

        Threads that ask for the same key at once wait for the one that makes it; an error reaches
        all of them and is not kept.

        Parameters
        ----------
        key : hashable
            Everything the answer rests on.
        make : callable
            Makes the answer.
        weigh : callable
            Says how many bytes an answer holds.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Answer = self._kept[key][0]
                return found
            waiting = self._making.get(key)
            if waiting is None:
                own: Future[Answer] = Future()
                self._making[key] = own
        if waiting is not None:
            awaited: Answer = waiting.result()
            return awaited
        try:
            answer = make()
            self._store(key, answer, weigh(answer) + _COLUMN)
        except BaseException as error:
            own.set_exception(error)
            raise
        else:
            own.set_result(answer)
            return answer
        finally:
            with self._lock:
                del self._making[key]

    def _store(self, key: Hashable, answer: object, weight: int) -> None:
        if weight > self.limit // 2:
            return
        with self._lock:
            self._kept[key] = (answer, weight)
            self.size += weight
            while self.size > self.limit:
                _, (_, freed) = self._kept.popitem(last=False)
                self.size -= freed

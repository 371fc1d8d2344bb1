"""Memory: answers kept in a process that stays, bounded by bytes, each made by one thread only.

Keys name everything an answer rests on, among it the state of the study (`Store.stamp`), so that
an answer is never stale: after an import the old ones are merely no longer asked for, and leave.

An LRU of the library cachetools would take the place of ten lines here (the order of leaving), not
of the rest: one maker among threads, large answers known while held. It found an answer in 0.65 µs
where this takes 0.37 µs, and took 17 ms to import.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, MutableMapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any, TypeVar

import polars as pl

__all__ = ["LIMIT", "Memory", "once", "share", "weight"]

LIMIT = 256 << 20
"""Bytes kept by a workspace."""

_COLUMN = 1024
_FOLLOWING = 4

Answer = TypeVar("Answer")


def weight(*frames: pl.DataFrame) -> int:
    """Return the bytes that frames take: as measured, twice what polars counts, and the columns."""
    return sum(2 * int(frame.estimated_size()) + _COLUMN * (2 + frame.width) for frame in frames)


@dataclass
class _Shared:
    """A frame that nobody changes, and what was made of it; both end with the frame."""

    frame: weakref.ref[pl.DataFrame]
    lock: RLock = field(default_factory=RLock)
    made: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)


_SHARED: dict[int, _Shared] = {}


def share(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of which is kept what follows from it; from now on nobody may change it."""
    if id(frame) not in _SHARED:
        _SHARED[id(frame)] = _Shared(weakref.ref(frame))
        weakref.finalize(frame, _SHARED.pop, id(frame), None)
    return frame


def once(
    frame: pl.DataFrame,
    key: Hashable,
    make: Callable[[], Answer],
    beside: tuple[pl.DataFrame | None, ...] = (),
) -> Answer:
    """Return what follows from frames and a key alone; made once while shared frames live.

    Of a frame that is not shared it is made anew, as somebody may have changed the frame.

    Parameters
    ----------
    frame : DataFrame
        What the answer is made of.
    key : hashable
        Everything else that it rests on.
    make : callable
        Makes the answer, which nobody changes, and which does not hold the frame.
    beside : tuple of DataFrame, optional
        Further frames that it is made of; null where there is none.

    Examples
    --------
    >>> frame = share(pl.DataFrame({"value": [1, 2]}))
    >>> once(frame, "sum", frame["value"].sum), once(frame, "sum", lambda: 0)
    (3, 3)
    """
    others = [other for other in beside if other is not None]
    shared = _shared(frame)
    if shared is None or any(_shared(other) is None for other in others):
        return make()
    name = (key, *map(id, beside))
    with shared.lock:
        found, refs = shared.made.get(name, (None, None))
        if refs is None or any(r() is not o for r, o in zip(refs, others, strict=True)):
            found, refs = make(), [weakref.ref(other) for other in others]
            shared.made[name] = (found, refs)
        shared.made.move_to_end(name)
        while len(shared.made) > _FOLLOWING:
            shared.made.popitem(last=False)
        answer: Answer = found
        return answer


def _shared(frame: pl.DataFrame) -> _Shared | None:
    found = _SHARED.get(id(frame))
    return found if found is not None and found.frame() is frame else None


class Memory:
    """Answers by key, those asked for longest ago leaving first.

    Parameters
    ----------
    limit : int
        Bytes kept at most, or answers where they are not weighed. Of answers of more than half of
        it the last is kept beside the others if it has no more than the limit; else it is known
        while somebody holds it.

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
        self._large: object = None
        self._passing: MutableMapping[Hashable, Any] = weakref.WeakValueDictionary()
        self._making: dict[Hashable, Future[Any]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(
        self,
        key: Hashable,
        make: Callable[[], Answer],
        weigh: Callable[[Answer], int] | None = None,
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
        weigh : callable, optional
            Says how many bytes an answer holds; without it each counts as one.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Answer = self._kept[key][0]
                return found
            passing: Answer | None = self._passing.get(key)
            if passing is not None:
                return passing
            waiting = self._making.get(key)
            if waiting is None:
                own: Future[Answer] = Future()
                self._making[key] = own
        if waiting is not None:
            awaited: Answer = waiting.result()
            return awaited
        try:
            answer = make()
            self._store(key, answer, 1 if weigh is None else weigh(answer) + _COLUMN)
        except BaseException as error:
            own.set_exception(error)
            raise
        else:
            own.set_result(answer)
            return answer
        finally:
            with self._lock:
                del self._making[key]

    def peek(self, key: Hashable) -> Any:
        """Return the answer of a key if it is kept, else null; nothing is made."""
        with self._lock:
            found = self._kept.get(key)
        return None if found is None else found[0]

    def heavy(self, weight: int) -> bool:
        """Return whether an answer of so many bytes is too much to be kept with others."""
        return weight > self.limit // 2

    def _store(self, key: Hashable, answer: object, weight: int) -> None:
        if self.heavy(weight):
            with self._lock, suppress(TypeError):
                self._passing[key] = answer
                self._large = answer if weight <= self.limit else self._large
            return
        with self._lock:
            self._kept[key] = (answer, weight)
            self.size += weight
            while self.size > self.limit:
                _, (_, freed) = self._kept.popitem(last=False)
                self.size -= freed

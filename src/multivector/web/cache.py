"""Kept answers: a bounded store of what was made; what is asked for again is there at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Kept"]

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by key, least lately used first out; a value is made once, also by many at once.

    Parameters
    ----------
    room : int
        How much may be kept, in the units of ``size``.
    size : callable
        What a value takes of it.
    """

    def __init__(self, room: int, size: Callable[[T], int] = lambda value: 1) -> None:
        self._room, self._size, self._taken = room, size, 0
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made now if it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            own = self._making.setdefault(key, Lock())
        with own:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            try:
                value = make()
                self._put(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return value

    def peek(self, key: Hashable) -> T | None:
        """Return the value of a key if it is there; nothing is made."""
        with self._lock:
            return self._values.get(key)

    def _put(self, key: Hashable, value: T) -> None:
        size = self._size(value)
        with self._lock:
            self._values[key] = value
            self._taken += size
            while self._taken > self._room and len(self._values) > 1:
                _, old = self._values.popitem(last=False)
                self._taken -= self._size(old)

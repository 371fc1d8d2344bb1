"""Memory: kept while there is room, made once however many ask, and no error is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from weakref import ref

import polars as pl
import pytest

from multivector.cache import _SHARED, Memory, once, share
from tests import PATIENCE


def weigh(answer: bytes) -> int:
    return len(answer)


def test_an_answer_is_made_once() -> None:
    memory, made = Memory(), []

    def make() -> bytes:
        made.append(1)
        return b"answer"

    assert memory.keep(("a", 1), make, weigh) is memory.keep(("a", 1), make, weigh)
    assert len(made) == 1


def test_no_more_is_kept_than_the_limit_and_the_oldest_leaves_first() -> None:
    memory = Memory(limit=1 << 20)
    block = bytes(100_000)
    for k in range(50):
        memory.keep(k, lambda: block, weigh)
        memory.keep(0, lambda: block, weigh)
        assert memory.size <= memory.limit
    assert memory.keep(0, bytes, weigh) is block
    assert memory.keep(49, bytes, weigh) is block
    assert memory.keep(1, bytes, weigh) == b""
    memory.keep("large", lambda: bytes(600_000), weigh)
    assert memory.keep("large", lambda: b"made again", weigh) == b"made again"


def test_many_threads_that_ask_at_once_wait_for_one() -> None:
    memory, made, ready, go = Memory(), [], Barrier(9), Event()

    def make() -> bytes:
        made.append(1)
        go.wait(PATIENCE)
        return b"answer"

    def ask() -> bytes:
        ready.wait(PATIENCE)
        return memory.keep("key", make, weigh)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask) for _ in range(8)]
        ready.wait(PATIENCE)
        go.set()
        assert {future.result(PATIENCE) for future in asked} == {b"answer"}
    assert len(made) == 1


def test_an_error_reaches_who_asks_and_is_not_kept() -> None:
    memory = Memory()

    def fail() -> bytes:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            memory.keep("key", fail, weigh)
    assert memory.keep("key", lambda: b"later", weigh) == b"later"
    assert len(memory) == 1


def test_answers_that_are_not_weighed_are_counted() -> None:
    memory = Memory(3)
    for number in range(10):
        memory.keep(number, lambda: "kept")
        assert memory.peek(number) == "kept"
    assert len(memory) == memory.size == 3
    assert [memory.peek(number) for number in (6, 7)] == [None, "kept"]


class Large:
    """An answer that can be known without being held."""

    def __init__(self, size: int = 0) -> None:
        self.size = size


def test_a_large_answer_is_known_while_held_and_the_last_one_is_kept() -> None:
    memory = Memory(limit=1000)

    def ask(key: str, size: int = 0) -> Large:
        return memory.keep(key, lambda: Large(size), lambda answer: answer.size)

    held = ask("most", 1001)
    assert ask("first", 900).size == ask("first").size == 900
    assert ask("most") is held
    assert ask("second", 800).size == ask("second").size == 800
    assert memory.size == 0
    del held
    assert ask("most").size == ask("first").size == 0, "neither held nor the last"


def test_what_follows_from_a_shared_frame_is_made_once_and_ends_with_it() -> None:
    made: list[object] = []

    def ask(frame: pl.DataFrame, key: object) -> object:
        return once(frame, key, lambda: made.append(key) or len(made))  # type: ignore[func-returns-value]

    frame = share(pl.DataFrame({"value": [1]}))
    assert [ask(frame, "a"), ask(frame, "b"), ask(share(frame), "a")] == [1, 2, 1]
    assert ask(frame.clone(), "a") == 3, "a copy may have been changed"
    for key in range(10):
        ask(frame, key)
    assert ask(frame, "a") == len(made), "only few are kept"
    held = ref(frame)
    before = len(_SHARED)
    del frame
    assert held() is None
    assert len(_SHARED) == before - 1


def test_an_answer_made_of_two_frames_ends_with_either() -> None:
    frame, other = share(pl.DataFrame({"value": [1]})), share(pl.DataFrame({"value": [2]}))
    assert once(frame, "key", lambda: "first", (other, None)) == "first"
    assert once(frame, "key", lambda: "second", (other, None)) == "first"
    assert once(frame, "key", lambda: "third", (other, other)) == "third"
    assert once(frame, "key", lambda: "copy", (other.clone(), None)) == "copy"
    held = ref(other)
    del other
    assert held() is None, "the answer does not hold the frames it was made of"


def test_threads_that_ask_a_shared_frame_at_once_make_one_answer() -> None:
    frame, made = share(pl.DataFrame({"value": [1]})), []
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(once, frame, "key", lambda: made.append(1)) for _ in range(40)]
        assert {future.result(PATIENCE) for future in asked} == {None}
    assert len(made) == 1

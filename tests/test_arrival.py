"""Lines that arrive bit by bit: which are there, and that all else stays the same."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charnames.io import arrival
from charnames.io.arrival import ArrivingStream
from charnames.io.lines import text_lines

LIMIT = 50  # bytes in a line


@contextmanager
def pipe() -> Iterator[tuple[ArrivingStream, int]]:
    """A stream, and the descriptor that writes to it."""
    reading, writing = os.pipe()
    with open(reading, "rb") as stream:
        yield ArrivingStream(stream), writing


@given(
    data=st.lists(st.sampled_from([b"a", b"\n", "Ж".encode(), b"\r\n"])).map(b"".join),
    cuts=st.lists(st.integers(0, 60)),
)
def test_lines_are_the_same_however_they_arrive(data: bytes, cuts: list[int]) -> None:
    """And one is there as soon as it is whole."""
    ends = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[start:end] for start, end in pairwise(ends)]
    read, lines = 0, []
    with pytest.MonkeyPatch.context() as patch, pipe() as (stream, writing):
        patch.setattr(arrival, "PATIENCE", 0)
        for written, piece in zip(ends[1:], pieces, strict=True):
            os.write(writing, piece)
            while stream.has_line():
                lines.append(stream.readline(LIMIT))
                read += len(lines[-1])
            assert b"\n" not in data[read:written]
        os.close(writing)
        assert stream.has_line()
        lines += iter(lambda: stream.readline(LIMIT), b"")
        assert stream.has_line()
    assert lines == [*io.BytesIO(data)]


def test_a_line_without_an_end_is_read_no_further_than_the_limit() -> None:
    with pipe() as (stream, writing):
        os.write(writing, b"x" * 200)
        assert stream.readline(60) == b"x" * 60
        os.write(writing, b"\ny")
        os.close(writing)
        assert stream.readline(200) == b"x" * 140 + b"\n"
        assert [stream.readline(200), stream.readline(200)] == [b"y", b""]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r"])
def test_what_is_not_read_line_by_line_is_there(encoding: str, end: str) -> None:
    names = ["Anna", "Жан", "Otto"] * 9
    with pipe() as (stream, writing):
        os.write(writing, "".join(name + end for name in names).encode(encoding))
        os.close(writing)
        read = []
        for _, text in text_lines(stream, "it", LIMIT * 9, "too long"):
            assert stream.has_line()
            read.append(text)
    assert read == names


def test_more_is_waited_for_no_longer_than_the_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    waited = []

    def select(descriptors: list[int], *others: object) -> tuple[list[int], ...]:
        nonlocal now
        seconds = others[-1]
        assert isinstance(seconds, float)
        waited.append(round(seconds, 3))
        now += min(seconds, 0.04)  # a line comes every 40 ms
        return descriptors if seconds >= 0.04 else [], [], []

    monkeypatch.setattr(arrival, "select", select)
    monkeypatch.setattr(arrival.time, "monotonic", lambda: now)
    monkeypatch.setattr(arrival.os, "read", lambda descriptor, size: b"line\n")
    with pipe() as (stream, writing):
        os.close(writing)
        there = []
        for _ in range(6):
            there.append(stream.has_line())
            if there[-1]:
                stream.readline(LIMIT)
    assert there == [True, True, False] * 2
    assert waited == [0.1, 0.06, 0.02] * 2

"""Items that come one by one, in blocks that are worked on side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from charnames.errors import ListError

T = TypeVar("T")


def blocks(
    items: Iterable[T], most: int, is_there: Callable[[], bool] | None = None
) -> Iterator[list[T]]:
    """The items in blocks of at most so many. A block ends before an item that cannot
    be read, which raises ListError; and where `is_there` says that the next one is not
    there yet.
    """
    block: list[T] = []
    try:
        for item in items:
            block.append(item)
            if len(block) == most or (is_there and not is_there()):
                yield block
                block = []
    except ListError:
        if block:
            yield block
        raise
    if block:
        yield block

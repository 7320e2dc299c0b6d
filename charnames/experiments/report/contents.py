"""What a page consists of: sections of notes, tables, names and plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

_NARROW, _LONG = 3, 14  # columns and rows of a table
_WIDE = 6.0  # inches


@dataclass(frozen=True)
class Note:
    """A paragraph. is_missing: whether it says what the section lacks."""

    text: str
    is_missing: bool = False
    kind: ClassVar[str] = "note"


def learned_notes(count: int, examples: str) -> list[Note]:
    """What to know of so many measured examples that the model learned as well.

    examples: what they are called.
    """
    if not count:
        return []
    text = f"{count:,} of the {examples} are in the list that the model learned, too, "
    return [Note(f"{text}which makes the figures better than they should be.")]


@dataclass(frozen=True)
class Table:
    """A table, of which the first `texts` columns are texts and the others numbers.

    summary: the text that opens the table, if it is closed at first. shares: lengths of
    bars from 0 to 1, one for each row, where the numbers are shown as bars, too.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1
    summary: str = ""
    shares: Sequence[float] = ()
    kind: ClassVar[str] = "table"

    @property
    def is_split(self) -> bool:
        """Whether it stands in two halves, side by side where there is room."""
        narrow = all(len(row) <= _NARROW for row in self.rows)
        return narrow and len(self.rows) > _LONG and not self.shares


@dataclass(frozen=True)
class NameLists:
    """Lists of names, by what they are called."""

    lists: Mapping[str, Sequence[str]]
    kind: ClassVar[str] = "names"


@dataclass(frozen=True)
class Plot:
    """A plot: an `svg` element, its width in inches, and what it shows.

    A plot that is wider than the page is scrolled, so that it stays legible.
    """

    svg: str
    width: float
    caption: str

    @property
    def is_wide(self) -> bool:
        """Whether nothing stands beside it."""
        return self.width > _WIDE


@dataclass(frozen=True)
class Plots:
    """Plots that stand side by side where there is room."""

    plots: Sequence[Plot]
    kind: ClassVar[str] = "plots"


Block = Note | Table | NameLists | Plots


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A page. figures: what stands at its head, by what it is called."""

    title: str
    summary: str
    figures: Mapping[str, str]
    sections: Sequence[Section] = field(default_factory=list)

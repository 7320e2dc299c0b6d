"""How the file of a list is written, as its user says."""

from __future__ import annotations

from dataclasses import dataclass

from charnames.data.cleaning import MAX_LENGTH
from charnames.errors import ListError
from charnames.io.encodings import check_encoding

WHOLE_LINES = "0"  # the column that stands for a line as it is
# What to do with missing numbers of sequences.
ERROR, INTERPOLATE, DROP = MISSING = ("error", "interpolate", "drop")
_DELIMITERS = {"tab": "\t", r"\t": "\t", "comma": ",", "semicolon": ";", "space": " "}
_MAX_TABLE_LINE = 1_000_000  # bytes


@dataclass(frozen=True)
class FileFormat:
    """How the file of a list is written; "" where the file itself shows it.

    column, label_column, count_column: the name of a column, or its number from 1.
    Column "0" stands for whole lines, whatever they look like. delimiter: a character,
    or its name: tab, comma, semicolon, space (runs of spaces). encoding: as Python
    calls it. missing: what to do with missing numbers of sequences; see read_sequences.

    Raises ListError for a delimiter of several characters, an unknown encoding, or
    columns beside "0".
    """

    column: str = ""
    label_column: str = ""
    count_column: str = ""
    delimiter: str = ""
    encoding: str = ""
    missing: str = ""

    def __post_init__(self) -> None:
        delimiter = _DELIMITERS.get(self.delimiter, self.delimiter)
        if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
            raise ListError(
                f"delimiter: {self.delimiter!r} is not one character; write one, or "
                f"{', '.join(sorted(set(_DELIMITERS) - {chr(92) + 't'}))}"
            )
        object.__setattr__(self, "delimiter", delimiter)
        if self.encoding:
            check_encoding(self.encoding)
        if self.missing and self.missing not in MISSING:
            raise ListError(
                f"missing: {self.missing!r} is none of {', '.join(MISSING)}"
            )
        others = self.label_column or self.count_column or self.delimiter
        if self.column == WHOLE_LINES and others:
            raise ListError("column: 0 takes whole lines, which have no other columns")
        if WHOLE_LINES in (self.label_column, self.count_column):
            raise ListError("columns are numbered from 1")

    @property
    def is_table(self) -> bool:
        """Whether it says that the list is a table."""
        if self.column == WHOLE_LINES:
            return False
        columns = (self.column, self.label_column, self.count_column)
        return any(columns) or bool(self.delimiter)

    @property
    def line_limit(self) -> int:
        """The largest number of bytes in a line."""
        return _MAX_TABLE_LINE if self.is_table else 8 * MAX_LENGTH

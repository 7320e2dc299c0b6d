"""Constraints on names; the compiler makes an automaton of them.

Where the model folds letter case away, all cases of a letter are the same to
constraints: "Al" and "al" are one prefix. Accents may be composed or not.
"""

from __future__ import annotations

from dataclasses import dataclass

from charnames.errors import SamplingError

LONGEST = 10_000  # characters


@dataclass(frozen=True)
class Constraints:
    """What every name must meet. A field that is None or empty constrains nothing.

    contains: texts that every name contains, overlapping or not. match: a shell pattern
    for the whole name: "*" stands for any characters, "?" for
    any one, "[aeiou]" and "[a-f]" for one of these, "[!x]" for one that is not x.
    regex: a regular expression for the whole name; see regex_syntax.py. min_length,
    max_length: in characters. avoid_within: texts that no name contains.

    Raises SamplingError for a length out of range.
    """

    prefix: str | None = None
    suffix: str | None = None
    contains: tuple[str, ...] = ()
    match: str | None = None
    regex: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    avoid_within: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("min_length", "max_length"):
            value = getattr(self, name)
            least = 0 if name == "min_length" else 1
            if value is not None and not least <= value <= LONGEST:
                raise SamplingError(
                    f"{name}: {value} is out of range ({least} to {LONGEST:,})"
                )
        for name in ("prefix", "suffix", "match"):
            self._check_text(name, getattr(self, name))
        for text in self.contains:
            self._check_text("contains", text)

    @property
    def ask_for_symbols(self) -> bool:
        """Whether names have to contain symbols, after their beginning, to which the
        model may give almost no probability.
        """
        return bool(self.suffix or self.contains or self.match or self.regex)

    @staticmethod
    def _check_text(name: str, text: str | None) -> None:
        if len(text or "") > LONGEST:
            raise SamplingError(f"{name}: longer than {LONGEST:,} characters")

    def __bool__(self) -> bool:
        return self != Constraints()

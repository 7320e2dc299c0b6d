"""Names to leave out: as they are, or by a pattern with stars at its ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from charnames.errors import SamplingError

_STAR = "*"  # stands for any characters, at an end of a pattern alone


class Blocklist(NamedTuple):
    """What no name may be.

    names: whole names. within: texts that no name contains. starts, ends: texts that no
    name begins or ends with.
    """

    names: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str], avoid_within: bool = False) -> Blocklist:
        """The names and patterns in the texts. `damn*` is the beginning of a name,
        `*damn` its end, `*damn*` a part; a star elsewhere is a character like others.

        avoid_within: names may not contain one of the texts without a star either.
        Raises SamplingError for a pattern of nothing but stars.
        """
        names, within, starts, ends = list[str](), list[str](), list[str](), list[str]()
        for text in texts:
            core = text.strip(_STAR)
            if not core:
                raise SamplingError(
                    f"avoid: {text!r} leaves out every name; write a text between the "
                    "stars"
                )
            at_start, at_end = not text.startswith(_STAR), not text.endswith(_STAR)
            if at_start and at_end:
                names.append(text)
                if avoid_within:
                    within.append(text)
            elif at_start:
                starts.append(core)
            elif at_end:
                ends.append(core)
            else:
                within.append(core)
        return cls(tuple(names), tuple(within), tuple(starts), tuple(ends))

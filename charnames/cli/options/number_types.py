"""The types of option values that are numbers: seeds, sizes, times, shares."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from charnames.io.safe_text import shortened

if TYPE_CHECKING:
    _Number = click.ParamType[str]
else:
    _Number = click.ParamType  # older releases of click cannot subscript it

# Texts that are meant as numbers, or are empty.
_NUMBER = r"[-+]?[\d.,_]*([eE][-+]?\d+)?\s*"


class Seed(_Number):
    """A whole number from 0 to 2**63 - 1, or a text that stands for one."""

    name = "seed"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """The number. Raises click.BadParameter for any other number."""
        text = str(value)
        if re.fullmatch("[0-9]{1,19}", text) and int(text) < 2**63:
            return int(text)
        if re.fullmatch(_NUMBER, text):
            self.fail(
                f"{shortened(text, 40)!r} is not a whole number from 0 to 2**63 - 1, "
                "and no text",
                param,
                ctx,
            )
        from charnames.random_streams import text_seed

        return text_seed(text)


class Sizes(_Number):
    """64 for every layer; 64,32,32 for each of three, the lowest first."""

    name = "n"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Raises click.BadParameter for anything but numbers with commas."""
        try:
            sizes = tuple(map(int, str(value).split(",")))
        except ValueError:
            self.fail(f"{value!r} is not a size; write 64, or 64,32,32", param, ctx)
        return sizes if len(sizes) > 1 else sizes[0]


class Duration(_Number):
    """90, 90s, 1.5m or 2h, converted to seconds."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Raises click.BadParameter for anything else."""
        text = str(value)
        unit = {"s": 1, "m": 60, "h": 3600}.get(text[-1:], 0)
        try:
            return float(text[:-1] if unit else text) * (unit or 1)
        except ValueError:
            self.fail(f"{value!r} is not a time; write 90, 90s, 3m or 2h", param, ctx)


class HeldOut(_Number):
    """A share of the list, or a file of names."""

    name = "share|file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """A float, or the path of a file."""
        with suppress(ValueError):
            return float(value)
        text = str(value)
        with suppress(ValueError):
            if text.endswith("%") and not os.path.exists(text):
                share = float(text[:-1]) / 100
                self.fail(
                    f"{text!r} is neither a share nor a file; write {share:g}",
                    param,
                    ctx,
                )
        return text

"""The optional packages that draw."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def needing(what: str, extra: str) -> Iterator[None]:
    """Around imports of modules that need an extra, matplotlib among it.

    what: why they do. Raises click.ClickException, which says how to install it.
    """
    os.environ["MPLBACKEND"] = "agg"  # which opens no window
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        yield
    except ImportError as error:
        raise click.ClickException(
            f"{what} ({error}); get it with: pip install 'charnames[{extra}]'"
        ) from None

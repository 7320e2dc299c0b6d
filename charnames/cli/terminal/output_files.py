"""Files that a command writes whole, or leaves as they were."""

from __future__ import annotations

import click


def write_whole(output: str, data: bytes) -> None:
    """Write the file, or leave the old one. Raises click.ClickException."""
    from charnames.io import files

    try:
        target = files.find_target(output)
        files.write(target, [data])
        files.flush_folder(target)
    except OSError as error:
        raise click.ClickException(
            f"{output}: cannot be written ({files.reason(error)})"
        ) from None

"""Files: read without waiting for what never comes, written whole or not at all.

Everything that goes wrong is an OSError.
"""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from typing import BinaryIO, NamedTuple

FilePath = str | os.PathLike[str]


class Target(NamedTuple):
    """A file to write, behind the links. mode: its permission bits, None for a new one.

    `find_target` makes them.
    """

    path: str
    mode: int | None


def is_possible(path: FilePath) -> bool:
    """Whether a file can have that path at all."""
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return b"\0" not in name and bool(os.path.basename(name))


def reason(error: OSError) -> str:
    """What went wrong, without number and path."""
    return error.strerror or str(error)


@contextmanager
def opened(path: FilePath) -> Iterator[tuple[io.BufferedReader, int]]:
    """The file, to be read, and its size. Raises OSError also for no plain file."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK)  # a FIFO is not waited for

    # Looked at before, since opening a device can set it going, and looked at again,
    # since something else can have taken its place.
    _check_plain(os.stat(path))
    with open(path, "rb", opener=opener) as stream:
        status = os.fstat(stream.fileno())
        _check_plain(status)
        yield stream, status.st_size


def find_target(path: FilePath) -> Target:
    """The file that writing to the path is to write.

    Raises OSError where it is not a plain file, or is read-only: a rename would take
    its place all the same, which is not what its owner meant.
    """
    found = os.path.realpath(path)
    try:
        status = os.stat(found)
    except FileNotFoundError:
        if not os.path.isdir(os.path.dirname(found)):
            raise OSError("its folder does not exist") from None
        return Target(found, None)
    _check_plain(status)
    os.close(os.open(found, os.O_WRONLY | os.O_NONBLOCK))
    return Target(found, stat.S_IMODE(status.st_mode) & 0o777)


def try_out(target: Target) -> None:
    """Raises OSError where `write` could not even begin."""
    with _beside(target):
        pass


def write(target: Target, blocks: Iterable[bytes | memoryview]) -> None:
    """Write the file whole, or leave what was there; whoever reads it meanwhile sees
    the old or the new. What killed runs left beside it is taken away.

    Raises OSError where it cannot be written.
    """
    _sweep(target)
    with _beside(target) as (stream, temporary):
        for block in blocks:
            stream.write(block)
        stream.flush()
        os.fsync(stream.fileno())
        os.replace(temporary, target.path)


def flush_folder(target: Target) -> None:
    """Make the rename outlast a power cut, where the file system can.

    Raises OSError where it can, and fails.
    """
    try:
        fd = os.open(os.path.dirname(target.path), os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # a folder may be written in and yet not read
        return
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # EINVAL: this file system never does it
            raise
    finally:
        os.close(fd)


def _check_plain(status: os.stat_result) -> None:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
    }
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        raise OSError(f"it is {kinds.get(kind, 'a device')}")


@contextmanager
def _beside(target: Target) -> Iterator[tuple[BinaryIO, str]]:
    """A new file in the target's folder and its path; renamed or not, then it is gone.

    Its writer holds a lock on it, which the system lets go of when the writer dies: so
    a later run can tell what was left behind from what another is writing.
    """
    mode = target.mode
    while True:
        temporary = f"{_beginning(target)}{secrets.token_hex(8)}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        fd = os.open(temporary, flags, 0o666 if mode is None else mode)
        with open(fd, "wb") as stream:
            try:
                with suppress(OSError):  # not every file system has locks
                    flock(fd, LOCK_EX)
                status = os.fstat(fd)
                if not status.st_nlink:  # swept away before it was locked
                    continue
                if mode is not None and stat.S_IMODE(status.st_mode) != mode:
                    os.fchmod(fd, mode)
                yield stream, temporary
                return
            finally:
                with suppress(OSError):
                    os.unlink(temporary)


def _sweep(target: Target) -> None:
    """Take away what killed runs left beside the target, as far as that can be done."""
    folder, beginning = os.path.split(_beginning(target))
    ours = re.compile(rf"{re.escape(beginning)}[0-9a-f]{{16}}\.tmp")
    with suppress(OSError):
        for name in filter(ours.fullmatch, os.listdir(folder)):
            path = os.path.join(folder, name)
            with suppress(OSError):
                fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
                try:
                    flock(fd, LOCK_EX | LOCK_NB)
                    os.unlink(path)
                finally:
                    os.close(fd)


def _beginning(target: Target) -> str:
    """How the paths of the files beside the target begin: with its own name, cut so
    that a file system takes it with what is added.
    """
    folder, name = os.path.split(target.path)
    label = os.fsencode(name)[:200].decode(errors="ignore").encode()
    return os.path.join(folder, f".{os.fsdecode(label)}.")

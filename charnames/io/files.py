"""Files: reading that never waits for a pipe, and writing whole or not at all.

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
    """A file to write, links followed. mode: its permission bits, None if it is new.

    `find_target` makes them.
    """

    path: str
    mode: int | None


def is_possible(path: FilePath) -> bool:
    """Whether the system can have a file at that path."""
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return b"\0" not in name and bool(os.path.basename(name))


def reason(error: OSError) -> str:
    """The reason of an error, without its number and path."""
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
    target = os.path.realpath(path)
    try:
        status = os.stat(target)
    except FileNotFoundError:
        if not os.path.isdir(os.path.dirname(target)):
            raise OSError("its folder does not exist") from None
        return Target(target, None)
    _check_plain(status)
    os.close(os.open(target, os.O_WRONLY | os.O_NONBLOCK))
    return Target(target, stat.S_IMODE(status.st_mode) & 0o777)


def try_out(target: Target) -> None:
    """Check that `write` could begin. Raises OSError where it could not."""
    _sweep(target)
    with _beside(target):
        pass


def write(
    target: Target, blocks: Iterable[bytes | memoryview], new: bool = False
) -> None:
    """Write the file whole, or leave what was there; whoever reads it meanwhile sees
    the old or the new. What killed runs left beside it is taken away.

    Raises OSError where it cannot be written; with `new`, FileExistsError where there
    is a file already.
    """
    _sweep(target)
    with _beside(target) as (stream, temporary):
        for block in blocks:
            stream.write(block)
        stream.flush()
        os.fsync(stream.fileno())
        if new:
            _rename_to_new(temporary, target.path)
        else:
            os.replace(temporary, target.path)


def sibling(path: FilePath, word: str) -> str:
    """The path beside a file, whose name has a word after it and the same suffix.

    >>> sibling("models/elements.safetensors", "previous")
    'models/elements-previous.safetensors'
    """
    folder, name = os.path.split(os.fspath(path))
    stem, suffix = os.path.splitext(name)
    return os.path.join(folder, f"{_cut(stem)}-{word}{suffix}")


def identity(path: FilePath) -> tuple[int, int, int] | None:
    """A value that differs when another file takes the place of the one at the path;
    None if there is no file.
    """
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns


def move(source: str, target: Target, kept: str | None = None) -> None:
    """Rename a file in the target's folder to the target.

    kept: the path in that folder that the target's old file gets, over what is there.
    There is a file at the target at every moment, where the file system has hard
    links. The folder is to be locked (`locked_folder`). Raises OSError.
    """
    _sweep(target)
    if kept is not None:
        keeping = Target(kept, None)
        _sweep(keeping)
        link = f"{_beginning(keeping)}{secrets.token_hex(8)}.tmp"
        try:
            os.link(target.path, link)
        except OSError:  # a file system without hard links
            os.replace(target.path, kept)
        else:
            os.replace(link, kept)
    os.replace(source, target.path)


@contextmanager
def locked_folder(target: Target) -> Iterator[None]:
    """Keep others who lock it out of the target's folder, where that can be done."""
    fd = None
    with suppress(OSError):
        fd = os.open(os.path.dirname(target.path), os.O_RDONLY | os.O_DIRECTORY)
        flock(fd, LOCK_EX)
    try:
        yield
    finally:
        if fd is not None:
            os.close(fd)


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
    """Open a temporary file beside the target. Yields the file and its path, and at the
    end deletes it if it has not been renamed.

    The writer holds a lock on the file, which the system releases when the writer ends:
    so a later run can tell a file that was left behind from one that is being written.
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


def _rename_to_new(source: str, path: str) -> None:
    """Raises FileExistsError where there is a file at the path."""
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.replace(source, path)


def _beginning(target: Target) -> str:
    """How the paths of the files beside the target begin: with its own name."""
    folder, name = os.path.split(target.path)
    return os.path.join(folder, f".{_cut(name)}.")


def _cut(name: str) -> str:
    """A file's name, cut so that a file system takes it with what is added."""
    data = os.fsencode(name)
    return name if len(data) <= 200 else os.fsdecode(data[:200].decode(errors="ignore"))

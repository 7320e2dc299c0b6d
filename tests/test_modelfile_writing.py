"""Writing a model file: rows 11-15 of the table of faults, and how it is written."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

import charnames
from charnames.errors import ModelFileError
from charnames.io import files
from charnames.model_file import storage
from charnames.models import loading
from tests.modelfiles import (
    DATA,
    MODEL,
    OTHER,
    bind,
    bound_by_permissions,
    refused,
    same,
    time_limit,
    with_text,
)
from tests.processes import PATIENCE, killed


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".tmp")]


# Rows 11-15: writing a model


CHILD = """
import sys
from charnames.model_file import storage
from charnames.models import loading
path, *rest = sys.argv[1:]
"""


def child(body: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python of its own that runs the body, with pipes to talk to it."""
    root = str(Path(charnames.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + body, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.fixture
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of OTHER, in a folder of its own, for a child to load."""
    path = tmp_path_factory.mktemp("new") / "new"
    path.write_bytes(OTHER.to_bytes())
    return path


def write_in_a_process(folder: Path, new: Path, kill_at: int) -> list[str]:
    """Write what is in `new` to the folder's m; the steps that it came to."""
    log = new.with_name("steps")
    log.write_text("")
    program = (
        "import sys; from charnames.io import files\n"
        "target = files.find_target(sys.argv[1])\n"
        "files.write(target, [open(sys.argv[2], 'rb').read()])\n"
        "files.flush_folder(target)"
    )
    root = Path(charnames.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program, folder / "m", new],
        env={
            **os.environ,
            "PYTHONPATH": f"{root / 'tests' / 'seam'}:{root}",
            "SEAM_STEPS": str(log),
            "SEAM_KILL_AT": str(kill_at),
        },
        timeout=PATIENCE,
    )
    steps = log.read_text().split()
    assert done.returncode == (0 if kill_at < 0 else -signal.SIGKILL)
    return steps


def test_fault_11_killed_before_every_system_call(tmp_path: Path, new: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    steps = write_in_a_process(tmp_path, new, -1)
    assert path.read_bytes() == OTHER.to_bytes()
    assert steps.count("write") > 3 and steps.count("fsync") == 2
    seen = set[int]()
    for number in range(len(steps)):
        path.write_bytes(DATA)
        assert write_in_a_process(tmp_path, new, number) == steps[:number]
        renamed = "replace" in steps[:number]
        wanted = OTHER if renamed else MODEL
        assert path.read_bytes() == wanted.to_bytes()
        left = [(tmp_path / name).stat().st_size for name in leftovers(tmp_path)]
        assert len(left) <= (not renamed)
        seen.update(left)
        OTHER.save(path)  # a later run cleans up
        assert [*tmp_path.iterdir()] == [path]
    written = len(OTHER.to_bytes())
    assert {0, written // 2, written} < seen


def test_fault_11_killed_at_any_moment(tmp_path: Path, new: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    body = """
models = [loading.load(path), loading.load(rest[0])]
print("begun", flush=True)
while True:
    for model in models:
        model.save(path)
"""
    whole = {DATA, new.read_bytes()}
    rng = random.Random(11)
    for _ in range(4):
        with killed(child(body, path, new)) as process:
            assert heard(process) == "begun"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1 * rng.random())
        assert path.read_bytes() in whole
        path.write_bytes(DATA)
    MODEL.save(path)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("old", [DATA, None], ids=["old file", "none"])
@pytest.mark.parametrize("limit", [0, 1, 100, 1500, -1])
def test_fault_12_disk_full(tmp_path: Path, limit: int, old: bytes | None) -> None:
    """The system refuses to let a file grow past the limit."""
    path = tmp_path / "m"
    if old:
        path.write_bytes(old)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit %= len(OTHER.to_bytes())  # -1: all but the last byte
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        text = None
        try:
            OTHER.save(path)
        except ModelFileError as error:
            text = str(error)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert text is not None
    assert text.startswith(f"{path}: cannot be written")
    assert "make room" in text
    assert [*tmp_path.iterdir()] == ([path] if old else [])
    if old:
        assert path.read_bytes() == old


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_fault_12_a_step_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    reason = os.strerror(code)

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, reason)

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        refused(lambda: OTHER.save(path), reason, source=str(path))
    assert path.read_bytes() == DATA
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_fault_12_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)

    def stop(fd: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(error):
        OTHER.save(path)
    assert path.read_bytes() == DATA
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("code", [errno.EIO, errno.EINVAL])
def test_fault_12_the_folder_cannot_be_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    real = os.fsync

    def fail(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(code, os.strerror(code))
        real(fd)

    monkeypatch.setattr(os, "fsync", fail)
    if code == errno.EINVAL:  # a file system that has no such thing
        OTHER.save(path)
    else:
        words = ("written", "look after the disk")
        refused(lambda: OTHER.save(path), *words, source=str(path))
    assert path.read_bytes() == OTHER.to_bytes()  # whole, all the same
    assert [*tmp_path.iterdir()] == [path]


def test_flushes_the_file_before_and_the_folder_after_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[object] = []
    flush, rename = os.fsync, os.replace

    def fsync(fd: int) -> None:
        status = os.fstat(fd)
        steps.append("folder" if stat.S_ISDIR(status.st_mode) else status.st_size)
        flush(fd)

    def replace(*paths: str) -> None:
        steps.append("rename")
        rename(*paths)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    MODEL.save(tmp_path / "m")
    assert steps == [len(DATA), "rename", "folder"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("make", "word"),
    [
        (Path.mkdir, "folder"),
        (os.mkfifo, "pipe"),
        (bind, "socket"),
        (lambda path: path.symlink_to("/dev/null"), "device"),
        (lambda path: path.symlink_to("/dev/full"), "device"),
        (lambda path: path.symlink_to(path), "cannot be written"),
        (lambda path: path.symlink_to("no/where"), "its folder does not exist"),
    ],
    ids=["folder", "fifo", "socket", "null", "full", "loop", "dangling"],
)
def test_fault_13_no_plain_target(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    word: str,
    force: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m"
    make(path)
    source = str(path)
    with time_limit():
        refused(lambda: storage.check_target(path, force), word, source=source)
        refused(lambda: MODEL.save(path), word, source=source)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("name", ["missing/m", "file/m", "x" * 256])
def test_fault_13_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / name
    for call in (
        lambda: storage.check_target(path, True),
        lambda: MODEL.save(path),
    ):
        refused(call, "cannot be written", source=str(path))
    assert leftovers(tmp_path) == []


def test_fault_13_read_only_target(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    path.chmod(0o444)
    with bound_by_permissions(tmp_path):
        for call in (
            lambda: storage.check_target(path, True),
            lambda: OTHER.save(path),
        ):
            refused(call, "Permission denied", source=str(path))
    assert path.read_bytes() == DATA


@pytest.mark.parametrize("exists", [False, True])
def test_fault_13_read_only_folder(tmp_path: Path, exists: bool) -> None:
    path = tmp_path / "folder" / "m"
    path.parent.mkdir()
    if exists:
        path.write_bytes(DATA)
    with bound_by_permissions(tmp_path):
        path.parent.chmod(0o555)
        try:
            for call in (
                lambda: storage.check_target(path, True),
                lambda: OTHER.save(path),
            ):
                refused(call, "Permission denied", source=str(path))
        finally:
            path.parent.chmod(0o755)
    assert not exists or path.read_bytes() == DATA


def test_fault_13_a_target_that_will_do(tmp_path: Path) -> None:
    path = tmp_path / "m"
    storage.check_target(path, False)
    assert [*tmp_path.iterdir()] == []
    newer = with_text("format_version", "8")
    for data in (DATA, DATA[:-1], newer):  # damaged or newer, it is a model
        path.write_bytes(data)
        storage.check_target(path, False)
        assert path.read_bytes() == data
    assert [*tmp_path.iterdir()] == [path]


def test_fault_13_a_target_that_is_something_else(tmp_path: Path) -> None:
    path = tmp_path / "novel.txt"
    path.write_text("It was a dark and stormy night.")
    refused(lambda: storage.check_target(path, False), "--force", source=str(path))
    storage.check_target(path, True)
    assert path.read_text() == "It was a dark and stormy night."


def test_fault_13_a_target_that_may_be_written_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    path.chmod(0o200)
    with bound_by_permissions(tmp_path):
        text = refused(lambda: storage.check_target(path, False), source=str(path))
        assert "--force" in text
        OTHER.save(path)
    assert path.read_bytes() == OTHER.to_bytes()


def temporary(path: Path, number: int = 0) -> Path:
    return path.with_name(f".{path.name}.{number:016x}.tmp")


def test_fault_14_left_by_an_earlier_kill(tmp_path: Path) -> None:
    path = tmp_path / "m (1).safetensors"
    path.write_bytes(DATA)
    strangers = [
        tmp_path / name
        for name in [
            ".m (1)xsafetensors.0000000000000000.tmp",
            ".m (1).safetensors.tmp",
            ".m (1).safetensors.000.tmp",
            ".other.0000000000000000.tmp",
            "m (1).safetensors.0000000000000000.tmp",
        ]
    ]
    for stranger in strangers:
        stranger.write_bytes(b"mine")
    temporary(path, 1).write_bytes(b"")
    temporary(path, 2).write_bytes(DATA[:100])
    temporary(path, 3).mkdir()
    temporary(path, 4).symlink_to(strangers[0])
    assert same(loading.load(path), MODEL)
    storage.check_target(path, False)
    OTHER.save(path)
    assert same(loading.load(path), OTHER)
    kept = {path, *strangers, temporary(path, 3), temporary(path, 4)}
    assert {*tmp_path.iterdir()} == kept
    assert all(stranger.read_bytes() == b"mine" for stranger in strangers)


def test_fault_14_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    path = tmp_path / "m"
    with temporary(path).open("wb") as stream:
        flock(stream, LOCK_EX)
        MODEL.save(path)
        assert temporary(path).exists()
    MODEL.save(path)
    assert [*tmp_path.iterdir()] == [path]


def test_fault_14_swept_before_it_was_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run takes a file that is just made for a leftover: a new one is made."""
    path = tmp_path / "m"
    real, swept = flock, list[int]()

    def late(fd: int, operation: int) -> None:
        if operation == LOCK_EX and not swept:
            swept.append(operation)
            files._sweep(files.Target(str(path), None))
            assert leftovers(tmp_path) == []
        real(fd, operation)

    monkeypatch.setattr(files, "flock", late)
    MODEL.save(path)
    assert swept
    assert path.read_bytes() == DATA
    assert [*tmp_path.iterdir()] == [path]


def test_fault_14_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that has none, what might be somebody's stays."""
    path = tmp_path / "m"
    temporary(path).touch()

    def fail(fd: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(files, "flock", fail)
    MODEL.save(path)
    assert {*tmp_path.iterdir()} == {path, temporary(path)}


def test_fault_15_two_runs_into_one_output(tmp_path: Path, new: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    body = """
model = loading.load(rest[0])
print("begun", flush=True)
sys.stdin.readline()
for _ in range(100):
    model.save(path)
"""
    old = new.with_name("old")
    old.write_bytes(DATA)
    whole, seen = {DATA, new.read_bytes()}, set()
    with killed(child(body, path, old)) as first, killed(child(body, path, new)) as two:
        assert heard(first) == heard(two) == "begun"
        tell(first)
        tell(two)
        while first.poll() is None or two.poll() is None:
            loading.load(path)
            seen.add(path.read_bytes())
        assert (first.returncode, two.returncode) == (0, 0)
    assert seen <= whole
    assert path.read_bytes() in whole
    assert [*tmp_path.iterdir()] == [path]


# How it is written


def test_writes_through_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real" / "m", tmp_path / "link"
    target.parent.mkdir()
    link.symlink_to("real/m")
    for model in (MODEL, OTHER):  # the first time it leads nowhere yet
        storage.check_target(link, False)
        model.save(link)
        assert link.is_symlink()
        assert target.read_bytes() == model.to_bytes()
    assert [*target.parent.iterdir()] == [target]
    assert {*tmp_path.iterdir()} == {target.parent, link}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o777])
def test_keeps_the_permission_bits(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    path.chmod(mode)
    OTHER.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_honours_the_umask(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "m"
    before = os.umask(mask)
    try:
        MODEL.save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize(
    "name",
    ["x" * 255, "é" * 127, os.fsdecode(b"\xff\xfe.st")],
    ids=["x", "accent", "no text"],
)
def test_names_that_just_fit(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    storage.check_target(path, False)
    MODEL.save(path)
    assert same(loading.load(path), MODEL)
    assert [*tmp_path.iterdir()] == [path]


def test_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    storage.check_target("m", False)
    MODEL.save("m")
    assert same(loading.load("m"), MODEL)
    assert os.listdir() == ["m"]


def test_an_unreadable_folder_may_be_written_in(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "m"
    path.parent.mkdir()
    with bound_by_permissions(tmp_path):
        path.parent.chmod(0o300)
        try:
            MODEL.save(path)
        finally:
            path.parent.chmod(0o755)
    assert path.read_bytes() == DATA

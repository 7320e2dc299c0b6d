"""The model file: written whole or not at all, and checked before it is used.

A model is one file in the safetensors layout (see charnames.io.safetensors), which
every library for that layout can read.

- `__metadata__` MUST hold these texts and no others: `format` ("charnames"),
  `format_version` ("7"), `charnames_version` (of the writer), `recipe` (JSON of every
  setting of the task), `alphabet` (in the order of its code points; U+000E is the mark
  of charnames.encoding.letter_case; of a classifier of words, these in order, a blank
  between them; of a converter, JSON of the form and the symbols of sources and of
  targets), `scaling` (of a model that reads numbers, JSON of
  charnames.encoding.scaling.Scaling; else nothing), `case` ("keep", or
  a style of charnames.encoding.letter_case, with the words that the list writes small
  after it), `labels` (JSON of each label in order and
  how many names have it), `provenance` and `progress` (JSON of the fields of those
  classes in charnames.model_file.description), `list_form` (JSON of
  charnames.encoding.list_form.ListForm; of a classifier nothing), `sha256`
  (hexadecimal, over the others as one JSON object without blanks, its keys sorted, in
  UTF-8, and then the buffer).
- The buffer MUST hold, in this order: every weight that the recipe and the alphabet
  imply, by its name (of an ensemble, all weights of its first network, then those of
  the next), all F32 or all F16; `state.NAME` for each array that resuming the
  run needs, by the alphabet, F32, each as long as all weights together, or none of them
  (`state.carried` is as long as the hidden states of all layers, which it holds);
  `known`, U64: the hashes of the names learned, rising; with an n-gram model in the
  recipe, `grams.codes`, U64, rising, and `grams.counts`, U32, one for each, and of a
  classifier `grams.exponent`, F32, one, from 0 to 2, its codes as
  charnames.prediction.ngram_classifier has them; with whole words in the recipe,
  `words.symbols` and `words.pairs`, U32, as charnames.prediction.whole_words.WordPairs
  has them; if near-copies can be left out, `near`, U64, rising: hashes as
  charnames.encoding.near_copies makes them; where it leaves out familiar names,
  `familiar`, U64, rising: their hashes; of a converter, `chunks`, U32, as
  charnames.prediction.chunks.Chunks has them, with an n-gram model, and `longest`, U32,
  rising: how many symbols a target has at most, by the steps of its source; of a base
  model, `directions`, of the weights' type. Every F32 and F16 MUST be finite.
- The keys of the header MAY come in any order. A file that says anything more MUST be
  refused: what a later version adds, it marks by a higher `format_version`. Files of
  formats 1 to 6 are read as charnames.model_file.upgrade says, and no longer written.
"""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from charnames.errors import ModelFileError
from charnames.io import files, safetensors
from charnames.io.files import FilePath
from charnames.io.safe_text import escaped, shortened
from charnames.io.safetensors import Header
from charnames.io.strict_json import FormatError, parse
from charnames.model_file.description import StoredModel
from charnames.model_file.metadata import FORMAT, FORMAT_VERSION, IMPOSSIBLE
from charnames.model_file.serialization import decoded, encoded
from charnames.model_file.upgrade import OLD_VERSIONS
from charnames.version import __version__

_GIVE_OURS = "give a file that `charnames train` wrote"


def save(model: StoredModel, path: FilePath, called: FilePath | None = None) -> None:
    """Write the model to that file whole, or leave what was there.

    called: what an error calls the file, if not by its path. Raises ModelFileError
    where it cannot be written, or could not be read again.
    """
    source = source_of(path if called is None else called)
    blocks = _blocks(model, source)
    with writing(source):
        target = files.find_target(path)
        files.write(target, blocks)
    flush(target, source)


def save_new(
    model: StoredModel, path: FilePath, mode: int | None, called: FilePath
) -> None:
    """Write the model to a file of that name, which is not there yet.

    mode: its permission bits, None for those of any new file. called: as for `save`.
    Raises FileExistsError, and ModelFileError as `save` does.
    """
    source = source_of(called)
    blocks = _blocks(model, source)
    with writing(source):
        target = files.find_target(path)
        if target.mode is not None:
            raise FileExistsError
        target = target._replace(mode=mode)
        files.write(target, blocks, new=True)
    flush(target, source)


def flush(target: files.Target, source: str) -> None:
    """Make what was written outlast a power cut. Raises ModelFileError."""
    try:
        files.flush_folder(target)
    except OSError as error:
        what = f"written, but could be lost in a power cut ({files.reason(error)})"
        raise file_error(source, what, "look after the disk") from None


def check_target(path: FilePath, force: bool) -> None:
    """Find out before a long training whether `save` can write that file.

    Raises ModelFileError where it cannot; and, without `force`, where it would take
    the place of something that is not a model.
    """
    source = source_of(path)
    with writing(source):
        target = files.find_target(path)
        if target.mode is not None and not force and not is_model(target.path):
            raise file_error(
                source,
                "is there already, and is not a charnames model",
                "give another name, or --force to overwrite it",
            )
        files.try_out(target)


def dumps(model: StoredModel) -> bytes:
    """The bytes of the model's file. Raises ModelFileError as `save` does."""
    return b"".join(_blocks(model, "the model"))


def load(path: FilePath) -> StoredModel:
    """The model in that file. Nothing in it is run, and nothing taken on trust.

    Raises ModelFileError for a file that cannot be read, is no model or is damaged.
    """
    source = source_of(path)
    try:
        with files.opened(path) as (stream, size):
            return _read(stream, size, source)
    except OSError as error:
        what = f"cannot be read ({files.reason(error)})"
        advice = _GIVE_OURS
        if isinstance(error, FileNotFoundError) and not os.path.dirname(source):
            advice = (
                "give the path of a model file; `charnames info -m NAME` prints that "
                "of a model in your model folder"
            )
        raise file_error(source, what, advice) from None


def loads(data: bytes, source: str = "the model") -> StoredModel:
    """The inverse of `dumps`; `source` is what an error calls it."""
    return _read(io.BytesIO(data), len(data), source)


def load_stream(stream: io.BufferedIOBase, source: str) -> StoredModel:
    """The model that a stream, which may be a pipe, holds to its end, checked as `load`
    does; `source` is what an error calls it. No more is read than a model may have.
    """
    model = _read(stream, None, source)
    if stream.read(1):
        what = "a damaged charnames model (bytes after its end)"
        raise file_error(source, what, _GIVE_OURS)
    return model


def task_of(path: FilePath) -> str:
    """The task that the file says its model is for, without reading on; "" where it
    says none.
    """
    try:
        with files.opened(path) as (stream, size):
            recipe = _header(stream, size).metadata.get("recipe", "")
        task = parse(recipe, "the recipe").get("task")
    except (OSError, FormatError):
        return ""
    return task if isinstance(task, str) else ""


# Reading


def _read(stream: io.BufferedIOBase, size: int | None, source: str) -> StoredModel:
    try:
        header = _header(stream, size)
    except FormatError as error:
        what = f"not a charnames model ({error})"
        raise file_error(source, what, _GIVE_OURS) from None
    version = header.metadata.get("format_version", "")
    newer = version not in (*OLD_VERSIONS, FORMAT_VERSION)
    if newer and re.fullmatch("[1-9][0-9]{0,8}", version):
        writer = shortened(header.metadata.get("charnames_version", "?"), 30)
        raise file_error(
            source,
            f"written by charnames {writer} in format {version}, and this is charnames "
            f"{__version__}, which reads format {FORMAT_VERSION}",
            "install a newer charnames",
        )
    try:
        return decoded(header, stream)
    except IMPOSSIBLE as error:
        what = f"a damaged charnames model ({error})"
        to_do = "take a copy of it that is whole, or train again"
        raise file_error(source, what, to_do) from None
    except MemoryError:
        what = f"a model of {header.room:,} bytes, more than there is memory for"
        raise file_error(source, what, "free some memory") from None


def _header(stream: io.BufferedIOBase, size: int | None) -> Header:
    """The header of a model's file. Raises FormatError for any other file."""
    header = safetensors.read_header(stream, size)
    if header.metadata.get("format") != FORMAT:
        raise FormatError("another program wrote it")
    return header


def is_model(path: str) -> bool:
    """Whether the file says that it is a model: damaged or newer, it is one."""
    try:
        with files.opened(path) as (stream, size):
            _header(stream, size)
    except (OSError, FormatError):
        return False
    return True


# Writing


def _blocks(model: StoredModel, source: str) -> list[bytes | memoryview]:
    """The parts of the file. Raises ModelFileError where it could not be loaded."""
    try:
        return encoded(model)
    except IMPOSSIBLE as error:
        what = f"no file can hold this model ({error})"
        raise file_error(source, what, "train it again") from None


@contextmanager
def writing(source: str) -> Iterator[None]:
    """Raises ModelFileError for an OSError inside, but for FileExistsError."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        to_do = "make room for it" if full else "give another name or folder"
        what = f"cannot be written ({files.reason(error)})"
        raise file_error(source, what, to_do) from None


# Both


def source_of(path: FilePath) -> str:
    """What an error calls the path. Raises ModelFileError where no file can have it."""
    source = escaped(os.fsdecode(path)) or "''"
    if not files.is_possible(path):
        raise file_error(source, "not the name of a file", "give a file's name")
    return source


def file_error(source: str, what: str, to_do: str) -> ModelFileError:
    """The error that says what is wrong with a model file, and what to do."""
    return ModelFileError(f"{source}: {escaped(shortened(what))}; {to_do}")

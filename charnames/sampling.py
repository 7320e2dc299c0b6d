"""Names from a model, in chunks of a fixed size.

Every chunk has a random stream of its own (seed, chunk number), so the first names
do not depend on how many are asked for, and names stream out as they are made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from charnames.errors import SamplingError
from charnames.mixture import Predictor
from charnames.nn.batching import END
from charnames.seeds import Stream, fresh_seed, generator
from charnames.vocabulary import KEEP, restore

if TYPE_CHECKING:
    from charnames.model import Model

CHUNK = 1024  # names drawn side by side: enough rows for the products to be fast
MIN_TEMPERATURE = 1e-3  # below, the likeliest is all that is left
MAX_TEMPERATURE = 100.0
MAX_LENGTH = 10_000  # characters


def sample(
    model: Model,
    n: int,
    *,
    seed: int | None = None,
    temperature: float = 1.0,
    max_length: int | None = None,
) -> Iterator[str]:
    """N names, drawn from the model; see Model.sample."""
    if n < 0:
        raise SamplingError(f"count: {n} is negative; ask for 0 names or more")
    if not 0 <= temperature <= MAX_TEMPERATURE:  # NaN is not either
        raise SamplingError(
            f"temperature: {temperature} is out of range (0 to {MAX_TEMPERATURE:g})"
        )
    if max_length is None:
        max_length = default_length(model)
    if not 1 <= max_length <= MAX_LENGTH:
        raise SamplingError(
            f"max_length: {max_length} is out of range (1 to {MAX_LENGTH:,})"
        )
    return _stream(
        model, n, fresh_seed() if seed is None else seed, temperature, max_length
    )


def default_length(model: Model) -> int:
    """The length that names end at unless told: twice the longest one learned."""
    return 2 * model.provenance.longest


def _stream(
    model: Model, n: int, seed: int, temperature: float, max_length: int
) -> Iterator[str]:
    predictor, barred = model.predictor(), not_first(model)
    for chunk in range(-(-n // CHUNK)):
        rng = generator(seed, Stream.SAMPLE, chunk)
        ids = draw(predictor, rng, CHUNK, barred, temperature, max_length)
        yield from spell(model, ids)[: n - chunk * CHUNK]


def draw_some(model: Model, n: int, rng: np.random.Generator) -> list[str]:
    """n names at temperature 1 from that generator."""
    limit, barred = default_length(model), not_first(model)
    return spell(model, draw(model.predictor(), rng, n, barred, 1.0, limit))


def not_first(model: Model) -> NDArray[np.intp]:
    """The ids that no name begins with: the end marker and blanks."""
    alphabet = model.vocabulary.alphabet
    blanks = [i for i, c in enumerate(alphabet, END + 1) if c.isspace()]
    # A list of names has none that is all blanks, but a file may say that it had.
    return np.array([END, *blanks] if len(blanks) < len(alphabet) else [END])


def spell(model: Model, ids: NDArray[np.intp]) -> list[str]:
    """(N, L) ids, the end marker after each name's last -> the names, case put back."""
    alphabet = model.vocabulary.alphabet
    points = np.array([0, *map(ord, alphabet)], np.uint32)
    rows = np.ascontiguousarray(points.take(ids))
    names: list[str] = rows.view(f"<U{rows.shape[1]}")[:, 0].tolist()
    if any(map(str.isspace, alphabet)):
        names = [name.rstrip() for name in names]
    if any(map(unicodedata.combining, alphabet)):
        names = [unicodedata.normalize("NFC", name) for name in names]
    if model.case != KEEP:
        names = [restore(name, model.case) for name in names]
    return names


def draw(
    predictor: Predictor,
    rng: np.random.Generator,
    count: int,
    barred: NDArray[np.intp],
    temperature: float,
    max_length: int,
) -> NDArray[np.intp]:
    """`count` names as ids, (count, L), the end marker filling what is left.

    L is the length of the longest with its end marker, at most max_length.

    One uniform number a step and name picks the symbol where the cumulative
    probabilities pass it. No name begins with one of the `barred` ids. Names that have
    ended leave the batch.
    """
    columns = []
    running = np.arange(count)
    ids = np.full(count, END, np.intp)
    memory = predictor.start(count)
    with np.errstate(all="ignore"):  # pick() sees to what overflows
        for t in range(max_length):
            z, memory = predictor.step(ids, memory)
            if t == 0:
                z[barred] = -np.inf
            ids = pick(z, rng.random(len(running), np.float32), temperature)
            column = np.full(count, END, np.intp)
            column[running] = ids
            columns.append(column)
            going_on = ids != END
            if not going_on.all():
                running, ids = running[going_on], ids[going_on]
                if not len(running):
                    break
                memory = memory.keep(going_on)
    return np.stack(columns, axis=1)


def pick(
    z: NDArray[np.floating], uniform: NDArray[np.floating], temperature: float
) -> NDArray[np.intp]:
    """(V, N) logits, (N,) numbers in [0, 1) -> symbols, (N,). Uses up `z`.

    At temperature 0 the likeliest. Where weights at the edge of their range make a
    logit that is no number, it counts as zero, and an infinite one as the largest.
    """
    highest = np.maximum.reduce(z, axis=0)
    if not np.isfinite(highest).all():
        np.nan_to_num(z, copy=False)
        highest = np.maximum.reduce(z, axis=0)
    if temperature < MIN_TEMPERATURE:
        greedy: NDArray[np.intp] = z.argmax(axis=0)
        return greedy
    z -= highest
    if temperature != 1:
        z *= np.float32(1 / temperature)
    likely = np.exp(z, out=z)
    cumulative = np.add.accumulate(likely, axis=0, out=likely)
    below = cumulative <= uniform * cumulative[-1]
    picked: NDArray[np.intp] = np.add.reduce(below, axis=0, dtype=np.intp)
    return np.minimum(picked, len(cumulative) - 1, out=picked)

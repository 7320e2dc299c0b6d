"""Names from a model, in chunks of a fixed size.

Every chunk has a random stream of its own (seed, chunk number), so the first names
do not depend on how many are asked for, and names stream out as they are made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import compress, count
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from charnames.clusters import edges
from charnames.constraints import Compiled, Constraints
from charnames.errors import SamplingError
from charnames.mixture import Predictor
from charnames.nn.batching import END
from charnames.nn.parameters import Array
from charnames.picking import Choice, pick
from charnames.seeds import Stream, fresh_seed, generator
from charnames.sieve import Sieve
from charnames.steering import Steering, Walk, count_bigrams, worth
from charnames.trained import name_hashes
from charnames.vocabulary import KEEP, fold, restore

if TYPE_CHECKING:
    from charnames.model import Model

CHUNK = 1024  # names drawn side by side: enough rows for the products to be fast
PATIENCE = 64  # chunks in a row without a name that is wanted; then there are no more

# What picks the next symbols: after t characters, for the names `running` (N,) of a
# chunk, from their logits (V, N) and numbers in [0, 1).
Ids = NDArray[np.intp]
Chooser = Callable[[int, Ids, Array, Array], Ids]


def sample(
    model: Model,
    n: int,
    choice: Choice,
    constraints: Constraints,
    sieve: Sieve,
    seed: int | None = None,
) -> Iterator[str]:
    """N names, drawn from the model; see Model.sample."""
    check_count(n)
    chunk: _Free | _Steered = _Free(model, choice)
    if constraints:
        usual = default_length(model)
        meet = constraints.compiled(model.vocabulary, model.case, usual)
        chunk = _Steered(model, choice, meet)
    return _wanted(model, n, chunk, sieve, fresh_seed() if seed is None else seed)


def check_count(n: int) -> None:
    """Raises SamplingError where n is negative."""
    if n < 0:
        raise SamplingError(f"count: {n} is negative; ask for 0 names or more")


def sieve_of(
    model: Model, novel: bool, unique: bool, avoid: Iterable[str] = ()
) -> Sieve:
    """What leaves out the names learned from, repeats, and those of a blocklist."""
    blocked = np.sort(name_hashes(fold(name, model.case) for name in avoid))
    return Sieve([blocked, model.known] if novel else [blocked], unique)


def default_length(model: Model) -> int:
    """The length that names end at unless told: twice the longest one learned."""
    return 2 * model.provenance.longest


def draw_some(model: Model, n: int, rng: np.random.Generator) -> list[str]:
    """n names as the model writes them, repeats and known ones too."""
    return _Free(model, Choice(), n)(rng)


def _wanted(
    model: Model,
    n: int,
    chunk: Callable[[np.random.Generator], list[str]],
    sieve: Sieve,
    seed: int,
) -> Iterator[str]:
    found = in_vain = tries = 0
    for number in count():
        if found == n:
            return
        names = chunk(generator(seed, Stream.SAMPLE, number))
        tries += CHUNK
        if not sieve.idle:
            names = list(compress(names, sieve.wanted(folded(model, names))))
        in_vain = 0 if names else in_vain + 1
        if in_vain == PATIENCE:
            break
        yield from names[: n - found]
        found += min(len(names), n - found)
    raise SamplingError(
        f"only {found:,} of {n:,} names were found in {tries:,} tries; ask for fewer, "
        "for less of them, or let known names and repeats through"
    )


class _Free:
    """Names as the model writes them: a generator -> `size` names."""

    def __init__(self, model: Model, choice: Choice, size: int = CHUNK) -> None:
        self._model, self._choice, self._size = model, choice, size
        self._predictor, self._barred = model.predictor(), not_first(model)
        self._limit = default_length(model)
        self._whole = _whole(model)

    def __call__(self, rng: np.random.Generator) -> list[str]:
        return restored(self._model, composed(self._model, self.ids(rng)))

    def ids(self, rng: np.random.Generator) -> Ids:
        """Them as ids, (size, L)."""

        def choose(t: int, running: Ids, z: Array, uniform: Array) -> Ids:
            return pick(z, uniform, self._choice)

        chooser: Chooser = choose
        steps = self._limit
        if self._whole:
            chooser, steps = Walk(self._whole, self._size, self._choice), steps + 1
        return draw(self._predictor, rng, self._size, self._barred, chooser, steps)


class _Steered:
    """Names that meet constraints: a generator -> those of a chunk."""

    def __init__(self, model: Model, choice: Choice, meet: Compiled) -> None:
        self._model, self._choice, self._meet = model, choice, meet
        self._predictor, self._barred = model.predictor(), not_first(model)
        # Of a stream of its own: every seed is steered alike.
        some = _Free(model, choice).ids(generator(0, Stream.OUTLOOK))
        self._steering = Steering(meet, count_bigrams(some, len(model.vocabulary)))

    def __call__(self, rng: np.random.Generator) -> list[str]:
        walk = Walk(self._steering, CHUNK, self._choice)
        steps = self._meet.most + 1
        ids = draw(self._predictor, rng, CHUNK, self._barred, walk, steps)
        if not self._choice.greedy:
            ids = ids[worth(walk.log_weights, rng)]
        return restored(self._model, as_written(self._model, spell(self._model, ids)))


def not_first(model: Model) -> Ids:
    """The ids that no name begins with: the end marker, blanks, parts of characters."""
    found = edges(model.vocabulary.alphabet)
    barred = [END, *found.blanks, *found.later]
    # A list may have none that could begin one.
    return np.array(barred if len(barred) < len(model.vocabulary) else [END])


def _whole(model: Model) -> Steering | None:
    """What keeps names from ending within a character, where the alphabet has parts
    that make it possible.
    """
    found = edges(model.vocabulary.alphabet)
    if not (found.unfinished or found.halves):
        return None
    limit = default_length(model)
    asked = Constraints(max_length=limit)
    try:
        return Steering(asked.compiled(model.vocabulary, model.case, limit))
    except SamplingError:  # of nothing but parts: there are no whole ones
        return None


def draw(
    predictor: Predictor,
    rng: np.random.Generator,
    count: int,
    barred: Ids,
    choose: Chooser,
    steps: int,
) -> Ids:
    """`count` names as ids, (count, L), the end marker filling what is left.

    L is the length of the longest with its end marker, at most `steps`.

    `choose` picks every symbol by one uniform number a step and name. No name begins
    with one of the `barred` ids. Names that have ended leave the batch.
    """
    columns = []
    running = np.arange(count)
    ids = np.full(count, END, np.intp)
    memory = predictor.start(count, rng)
    with np.errstate(all="ignore"):  # choose() sees to what overflows
        for t in range(steps):
            z, memory = predictor.step(ids, memory)
            if t == 0:
                z[barred] = -np.inf
            ids = choose(t, running, z, rng.random(len(running), np.float32))
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


def spell(model: Model, ids: Ids) -> list[str]:
    """(N, L) ids, the end marker after each name's last -> the names, no blank last."""
    alphabet = model.vocabulary.alphabet
    points = np.array([0, *map(ord, alphabet)], np.uint32)
    rows = np.ascontiguousarray(points.take(ids))
    names: list[str] = rows.view(f"<U{rows.shape[1]}")[:, 0].tolist()
    if any(map(str.isspace, alphabet)):
        names = [name.rstrip() for name in names]
    return names


def composed(model: Model, ids: Ids) -> list[str]:
    """What `spell` gives, in NFC."""
    names = spell(model, ids)
    if _composes(model):
        names = [unicodedata.normalize("NFC", name) for name in names]
    return names


def as_written(model: Model, names: list[str]) -> list[str]:
    """Those that come out character by character as the model spelt them, so that
    what was asked of the spelling holds for the name.
    """
    if not _composes(model):
        return names
    return [
        name
        for name in names
        if unicodedata.is_normalized("NFC", name)
        and len(restore(name, model.case)) == len(name)
    ]


def restored(model: Model, names: list[str]) -> list[str]:
    """The names, case put back."""
    if model.case == KEEP:
        return names
    return [restore(name, model.case) for name in names]


def folded(model: Model, names: list[str]) -> list[str]:
    """The inverse, as far as it goes: some letters share a capital."""
    return [fold(name, model.case) for name in names]


def _composes(model: Model) -> bool:
    """Whether a letter and an accent of the alphabet may become one character."""
    return any(map(unicodedata.combining, model.vocabulary.alphabet))

"""Names from a model, in chunks of sizes that are fixed.

Every chunk has a random stream of its own (seed, chunk number), so the first names
do not depend on how many are asked for, and names stream out as they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, compress, count
from typing import TYPE_CHECKING

import numpy as np

from charnames.encoding.graphemes import edges
from charnames.encoding.hashes import name_hashes
from charnames.encoding.letter_case import fold
from charnames.errors import SamplingError
from charnames.generation.choice import Choice, Ids, Rows, pick
from charnames.generation.constraints.constraints import Compiled, Constraints
from charnames.generation.lookahead import Steering, Walk, count_bigrams, worth
from charnames.generation.novelty import Sieve, Supply
from charnames.generation.spelling import Speller
from charnames.nn.batching import END
from charnames.nn.parameters import Array
from charnames.random_streams import Stream, fresh_seed, generator

if TYPE_CHECKING:
    from charnames.models.language_model import Model

FEWEST, MOST = 256, 4096  # names of a chunk
SOME = 1024  # names that tell what a model is like

# What picks the next symbols (n,): after t characters, for the n names that go on, from
# the logits (V, U) of their rows and from n numbers in [0, 1).
Chooser = Callable[[int, Rows, Array, Array], Ids]


def sample(
    model: Model,
    n: int,
    choice: Choice,
    constraints: Constraints,
    sieve: Sieve,
    seed: int | None = None,
) -> Names:
    """N names, drawn from the model; see Model.sample."""
    check_count(n)
    chunk: _Free | _Steered = _Free(model, choice)
    if constraints:
        usual = default_length(model)
        meet = constraints.compiled(model.vocabulary, model.case, usual)
        chunk = _Steered(model, choice, meet)
    seed = fresh_seed() if seed is None else seed
    return Names(_wanted(model, n, chunk, sieve, seed))


class Names(Iterator[str]):
    """Names one by one; or in `batches`, each as soon as it is drawn."""

    def __init__(self, batches: Iterator[list[str]]) -> None:
        self.batches = batches
        self._names = chain.from_iterable(batches)

    def __next__(self) -> str:
        return next(self._names)


def check_count(n: int, called: str = "count") -> None:
    """Raises SamplingError where n is negative."""
    if n < 0:
        raise SamplingError(f"{called}: {n} is negative; ask for 0 names or more")


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
    return _Free(model, Choice())(rng, n)


def _wanted(
    model: Model,
    n: int,
    chunk: Callable[[np.random.Generator, int], list[str]],
    sieve: Sieve,
    seed: int,
) -> Iterator[list[str]]:
    supply = Supply()
    for number in count():
        missing = n - supply.found
        if not missing:
            return
        if supply.dry:
            break
        size = _size(number)
        names = chunk(generator(seed, Stream.SAMPLE, number), size)
        if not sieve.idle:
            folded = [fold(name, model.case) for name in names]
            names = list(compress(names, sieve.wanted(folded)))
        names = names[:missing]
        supply.count(size, len(names))
        yield names
    raise SamplingError(
        f"only {supply.found:,} of {n:,} names were found in {supply.tries:,} tries; "
        "ask for fewer, for less of them, or let known names and repeats through"
    )


def _size(number: int) -> int:
    """How many names a chunk has: a handful is to be there at once; for many, the more
    are drawn side by side the more begin alike, and the faster are the products.
    """
    return min(FEWEST << min(number, 16), MOST)


class Writer:
    """Writes names with a model, many side by side."""

    def __init__(self, model: Model) -> None:
        self._predictor, self._barred = model.predictor(), not_first(model)

    def draw(
        self, rng: np.random.Generator, count: int, choose: Chooser, steps: int
    ) -> Ids:
        """`count` names as ids, (count, L), the end marker filling what is left.

        L is the length of the longest with its end marker, at most `steps`.

        `choose` picks every symbol by one uniform number a step and name. Names that
        have ended leave the batch, and those that have begun alike are read as one.
        """
        columns = []
        names, blends = Rows.sharing(
            np.arange(count), self._predictor.blends.draw(count, rng)
        )
        symbols, memory = np.full(len(blends), END), self._predictor.start(blends)
        with np.errstate(all="ignore"):  # choose() sees to what overflows
            for t in range(steps):
                z, memory = self._predictor.step(symbols, memory)
                if t == 0:
                    z[self._barred] = -np.inf
                uniform = rng.random(len(names.running), np.float32)
                ids = choose(t, names, z, uniform)
                column = np.full(count, END, np.intp)
                column[names.running] = ids
                columns.append(column)
                names, parent, symbols = names.after(ids, END, len(z))
                if not len(symbols):
                    break
                memory = memory.keep(parent)
        return np.stack(columns, axis=1)


def not_first(model: Model) -> Ids:
    """The ids that no name begins with: the end marker, blanks, parts of characters."""
    found = edges(model.vocabulary.alphabet)
    blanks = [END, *found.blanks]
    barred = [*blanks, *found.later]
    # A list may have nothing but blanks and parts: then parts begin its names.
    return np.array(barred if len(barred) < len(model.vocabulary) else blanks)


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


class _Free:
    """Names as the model writes them: a generator, how many -> these."""

    def __init__(self, model: Model, choice: Choice) -> None:
        self._writer, self._speller = Writer(model), Speller(model)
        self._choice, self._limit = choice, default_length(model)
        self._whole = _whole(model)

    def __call__(self, rng: np.random.Generator, size: int) -> list[str]:
        return self._speller(self.ids(rng, size))

    def ids(self, rng: np.random.Generator, size: int) -> Ids:
        """Them as ids, (size, L)."""

        def choose(t: int, names: Rows, z: Array, uniform: Array) -> Ids:
            return pick(z, uniform, names.row, self._choice)

        if not self._whole:
            return self._writer.draw(rng, size, choose, self._limit)
        walk = Walk(self._whole, size, self._choice)
        return self._writer.draw(rng, size, walk, self._limit + 1)


class _Steered:
    """Names that meet constraints: a generator, how many to draw -> those of them that
    stand for the model's own.
    """

    def __init__(self, model: Model, choice: Choice, meet: Compiled) -> None:
        self._writer, self._speller = Writer(model), Speller(model)
        self._choice, self._meet = choice, meet
        # Of a stream of its own: every seed is steered alike.
        some = _Free(model, choice).ids(generator(0, Stream.OUTLOOK), SOME)
        self._steering = Steering(meet, count_bigrams(some, len(model.vocabulary)))

    def __call__(self, rng: np.random.Generator, size: int) -> list[str]:
        walk = Walk(self._steering, size, self._choice)
        ids = self._writer.draw(rng, size, walk, self._meet.most + 1)
        if not self._choice.greedy:
            ids = ids[worth(walk.log_weights, rng)]
        return self._speller(ids[self._speller.unchanged(ids)])

"""Samples names in chunks of fixed sizes.

Every chunk has its own random stream, that of (seed, chunk number). So the first names
do not depend on how many are drawn, and names stream out as they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, compress, count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from charnames.encoding.hashes import NO_HASHES, Hashes, name_hashes
from charnames.errors import SamplingError
from charnames.generation.choice import Choice
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.drawn import Drawn
from charnames.generation.name_form import NameForm
from charnames.generation.novelty import NoveltyFilter, TryBudget
from charnames.generation.selection import Selection
from charnames.generation.unconstrained import UnconstrainedSampler
from charnames.prediction.predictor import Predictor
from charnames.random_streams import Stream, fresh_seed, generator

if TYPE_CHECKING:
    from charnames.generation.constraints.compiled import Compiled

SMALLEST_CHUNK, LARGEST_CHUNK = 256, 4096  # names that are drawn for a chunk
FIRST_KEPT = 24  # names of the first chunk, where each is the best of several


class Chunk(NamedTuple):
    """The names of a chunk that are wanted unless they are repeats; the hashes of these
    if there is anything that is not wanted; and how many names were drawn.
    """

    names: list[str]
    hashes: Hashes
    tries: int


# Gives the chunk of each number, in order: drawn here, or in processes side by side.
Spread = Callable[[Callable[[int], Chunk], Iterable[int]], Generator[Chunk]]

# Draws a chunk of about so many names.
Sampler = Callable[[np.random.Generator, int], Drawn]


def one_by_one(
    draw: Callable[[int], Chunk], numbers: Iterable[int]
) -> Generator[Chunk]:
    """Chunks that are drawn here, each when it is asked for."""
    yield from map(draw, numbers)


class Way(NamedTuple):
    """A way to draw names: how symbols are chosen, and of how many new names the best
    is kept (see Selection).
    """

    choice: Choice
    best_of: int = 1


def sample(
    predictor: Predictor,
    form: NameForm,
    n: int,
    ways: Sequence[Way],
    constraints: Constraints,
    novelty: NoveltyFilter,
    seed: int | None = None,
    spread: Spread = one_by_one,
) -> Names:
    """n names, drawn from the predictor; see Model.sample.

    ways: each for when the one before has too few wanted names. spread: where chunks
    are drawn; the names do not depend on it.
    """
    check_count(n)
    meet = _compiled(constraints, form) if constraints else None

    seed = fresh_seed() if seed is None else seed

    def draws(way: Way) -> _Draws:
        select = Selection(predictor, form, way.best_of)
        if meet:
            from charnames.generation.constrained import ConstrainedSampler

            constrained = ConstrainedSampler(predictor, form, way.choice, meet)
            return _Draws(constrained, select, form, novelty, seed)
        free = UnconstrainedSampler(predictor, form, way.choice, way.best_of > 1)
        return _Draws(free, select, form, novelty, seed)

    first = draws(ways[0])  # which raises at once what cannot be
    later = map(draws, ways[1:])
    budget = TryBudget(meet.least if meet else 1, len(ways))
    return Names(_wanted_names(chain([first], later), n, novelty, budget, spread))


def _compiled(constraints: Constraints, form: NameForm) -> Compiled:
    from charnames.generation.constraints.compiler import compile_constraints

    return compile_constraints(
        constraints, form.vocabulary, form.case, form.usual_limit
    )


class Names(Iterator[str]):
    """Names one by one; or in `batches`, each as soon as it is drawn. Closing `batches`
    ends the processes that draw them, if there are any.
    """

    def __init__(self, batches: Generator[list[str]]) -> None:
        self.batches = batches
        self._names = chain.from_iterable(batches)

    def __next__(self) -> str:
        return next(self._names)


def check_count(n: int, called: str = "count") -> None:
    """Raises SamplingError where n is negative."""
    if n < 0:
        raise SamplingError(f"{called}: {n} is negative; ask for 0 names or more")


def draw_some(
    predictor: Predictor, form: NameForm, way: Way, n: int, rng: np.random.Generator
) -> list[str]:
    """n names, repeats and known ones too."""
    sampler = UnconstrainedSampler(predictor, form, way.choice, way.best_of > 1)
    drawn = sampler(rng, n * way.best_of)
    best = Selection(predictor, form, way.best_of)(drawn)
    return [drawn.names[i] for i in best]


class _Draws(NamedTuple):
    """Draws each chunk by its number alone, wherever that is done."""

    draw: Sampler
    select: Selection
    form: NameForm
    novelty: NoveltyFilter
    seed: int

    def chunk(self, number: int) -> Chunk:
        """The chunk of that number."""
        rng = generator(self.seed, Stream.SAMPLE, number)
        drawn = self.draw(rng, chunk_size(number, self.select.best_of))
        if self.novelty.idle:
            names = [drawn.names[i] for i in self.select(drawn).tolist()]
            return Chunk(names, NO_HASHES, drawn.tries)
        folded = [self.form.fold(name) for name in drawn.names]
        hashes = name_hashes(folded)
        places = np.flatnonzero(self.novelty.allowed(folded, hashes))
        if self.novelty.unique:
            places = places[np.sort(np.unique(hashes[places], return_index=True)[1])]
        drawn = drawn.chosen(places)
        best = self.select(drawn)
        names = [drawn.names[i] for i in best.tolist()]
        return Chunk(names, hashes[places[best]], drawn.tries)


def _wanted_names(
    ways: Iterable[_Draws],
    n: int,
    novelty: NoveltyFilter,
    budget: TryBudget,
    spread: Spread,
) -> Generator[list[str]]:
    """The wanted names that the ways of drawing give, chunk by chunk, n in all: each of
    them until it runs out, as the budget tells.

    Raises SamplingError where the last one runs out.
    """
    number = 0
    for way in ways:
        with closing(spread(way.chunk, count(number))) as chunks:
            while True:
                missing = n - budget.names
                if not missing:
                    return
                if budget.exhausted:
                    break
                names, hashes, tries = next(chunks)
                number += 1
                if not novelty.idle:
                    names = list(compress(names, novelty.unseen(hashes)))
                names = names[:missing]
                budget.record(tries, len(names))
                yield names
        budget.renew()
    raise SamplingError(
        f"only {budget.names:,} of {n:,} names were found in {budget.tries:,} tries; "
        "ask for fewer names, loosen the constraints, raise the temperature, or allow "
        "known names, repeats or names of any form"
    )


def chunk_size(number: int, best_of: int) -> int:
    """How many names are drawn for chunk `number`, of which one in `best_of` is kept.

    The first chunks are small, so that a few names come at once. Later ones are large:
    the more names are drawn side by side, the more of them begin alike and share work.
    """
    first = SMALLEST_CHUNK
    if best_of > 1:
        first = min(FIRST_KEPT * best_of, SMALLEST_CHUNK)
    return min(first << min(number, 16), LARGEST_CHUNK)

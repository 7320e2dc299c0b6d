"""Samples names in chunks of fixed sizes.

Every chunk has its own random stream, that of (seed, chunk number). So the first names
do not depend on how many are drawn, and names stream out as they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, compress, count

import numpy as np

from charnames.encoding.graphemes import edges
from charnames.errors import SamplingError
from charnames.generation.choice import Choice, Ids, Rows, pick
from charnames.generation.constraints.constraints import Compiled, Constraints
from charnames.generation.lookahead import Steering, Walk, count_bigrams, worth
from charnames.generation.name_form import NameForm
from charnames.generation.novelty import NoveltyFilter, TryBudget
from charnames.generation.spelling import Speller
from charnames.generation.writer import Writer
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Predictor
from charnames.random_streams import Stream, fresh_seed, generator

FEWEST, MOST = 256, 4096  # names of a chunk
SOME = 1024  # names that tell what a model is like


def sample(
    predictor: Predictor,
    form: NameForm,
    n: int,
    choice: Choice,
    constraints: Constraints,
    novelty: NoveltyFilter,
    seed: int | None = None,
) -> Names:
    """n names, drawn from the predictor; see Model.sample."""
    check_count(n)
    sampler: UnconstrainedSampler | ConstrainedSampler
    if constraints:
        meet = constraints.compiled(form.vocabulary, form.case, form.usual_limit)
        sampler = ConstrainedSampler(predictor, form, choice, meet)
    else:
        sampler = UnconstrainedSampler(predictor, form, choice)
    seed = fresh_seed() if seed is None else seed
    return Names(_wanted_names(sampler, form, n, novelty, seed))


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


def draw_some(
    predictor: Predictor, form: NameForm, n: int, rng: np.random.Generator
) -> list[str]:
    """n names from the predictor's own distribution, repeats and known ones too."""
    return UnconstrainedSampler(predictor, form, Choice())(rng, n)


def _wanted_names(
    draw: Callable[[np.random.Generator, int], list[str]],
    form: NameForm,
    n: int,
    novelty: NoveltyFilter,
    seed: int,
) -> Iterator[list[str]]:
    """The wanted ones of the names that `draw` gives, chunk by chunk, n in all.

    Raises SamplingError where they run out.
    """
    budget = TryBudget()
    for number in count():
        missing = n - budget.names
        if not missing:
            return
        if budget.exhausted:
            break
        size = _size(number)
        names = draw(generator(seed, Stream.SAMPLE, number), size)
        if not novelty.idle:
            folded = [form.fold(name) for name in names]
            names = list(compress(names, novelty.wanted(folded)))
        names = names[:missing]
        budget.record(size, len(names))
        yield names
    raise SamplingError(
        f"only {budget.names:,} of {n:,} names were found in {budget.tries:,} tries; "
        "ask for fewer names, loosen the constraints, or allow known names and repeats"
    )


def _size(number: int) -> int:
    """How many names chunk `number` has.

    The first chunks are small, so that a few names come at once. Later ones are large:
    the more names are drawn side by side, the more of them begin alike and share work.
    """
    return min(FEWEST << min(number, 16), MOST)


def _end_guard(form: NameForm) -> Steering | None:
    """What keeps names from ending within a character, where the alphabet has parts
    of characters; None elsewhere.
    """
    parts = edges(form.vocabulary.alphabet)
    if not (parts.unfinished or parts.halves):
        return None
    constraints = Constraints(max_length=form.usual_limit)
    try:
        meet = constraints.compiled(form.vocabulary, form.case, form.usual_limit)
    except SamplingError:  # the alphabet has nothing but parts: no name can be whole
        return None
    return Steering(meet)


class UnconstrainedSampler:
    """Draws names from a predictor's own distribution."""

    def __init__(self, predictor: Predictor, form: NameForm, choice: Choice) -> None:
        self._writer, self._speller = Writer(predictor, form), Speller(form)
        self._choice, self._limit = choice, form.usual_limit
        self._end_guard = _end_guard(form)

    def __call__(self, rng: np.random.Generator, size: int) -> list[str]:
        """`size` names."""
        return self._speller(self.ids(rng, size))

    def ids(self, rng: np.random.Generator, size: int) -> Ids:
        """`size` names as ids, (size, L), padded with the end marker."""

        def choose(t: int, names: Rows, z: Array, uniform: Array) -> Ids:
            return pick(z, uniform, names.row, self._choice)

        if not self._end_guard:
            return self._writer.draw(rng, size, choose, self._limit)
        walk = Walk(self._end_guard, size, self._choice)
        return self._writer.draw(rng, size, walk, self._limit + 1)


class ConstrainedSampler:
    """Draws names that meet constraints, as often as the predictor would write them."""

    def __init__(
        self, predictor: Predictor, form: NameForm, choice: Choice, meet: Compiled
    ) -> None:
        self._writer, self._speller = Writer(predictor, form), Speller(form)
        self._choice, self._meet = choice, meet
        # From a stream of its own: the look-ahead is the same for every seed.
        free = UnconstrainedSampler(predictor, form, choice)
        some = free.ids(generator(0, Stream.OUTLOOK), SOME)
        self._steering = Steering(meet, count_bigrams(some, len(form.vocabulary)))

    def __call__(self, rng: np.random.Generator, size: int) -> list[str]:
        """Names resampled from `size` drawn ones, by their importance weights."""
        walk = Walk(self._steering, size, self._choice)
        ids = self._writer.draw(rng, size, walk, self._meet.most + 1)
        if not self._choice.greedy:
            ids = ids[worth(walk.log_weights, rng)]
        return self._speller(ids[self._speller.unchanged(ids)])

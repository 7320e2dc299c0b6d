"""Samples names in chunks of fixed sizes.

Every chunk has its own random stream, that of (seed, chunk number). So the first names
do not depend on how many are drawn, and names stream out as they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, compress, count

import numpy as np

from charnames.errors import SamplingError
from charnames.generation.choice import Choice
from charnames.generation.constrained import ConstrainedSampler
from charnames.generation.constraints.compiled import Compiled
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.name_form import NameForm
from charnames.generation.novelty import NoveltyFilter, TryBudget
from charnames.generation.unconstrained import UnconstrainedSampler
from charnames.prediction.predictor import Predictor
from charnames.random_streams import Stream, fresh_seed, generator

FEWEST, MOST = 256, 4096  # names of a chunk


# Draws a chunk of about so many names: the names, and how many it drew for them.
Sampler = Callable[[np.random.Generator, int], tuple[list[str], int]]


def sample(
    predictor: Predictor,
    form: NameForm,
    n: int,
    choice: Choice,
    constraints: Constraints,
    novelty: NoveltyFilter,
    seed: int | None = None,
    wider: Choice | None = None,
) -> Names:
    """n names, drawn from the predictor; see Model.sample.

    wider: how symbols are chosen once `choice` has too few wanted names.
    """
    check_count(n)
    meet: Compiled | None = None
    if constraints:
        meet = constraints.compiled(form.vocabulary, form.case, form.usual_limit)

    def sampler(choice: Choice) -> Sampler:
        if meet:
            return ConstrainedSampler(predictor, form, choice, meet)
        return UnconstrainedSampler(predictor, form, choice)

    samplers = map(sampler, [choice] if wider is None else [choice, wider])
    first = next(samplers)  # which raises at once what cannot be
    seed = fresh_seed() if seed is None else seed
    budget = TryBudget(meet.least if meet else 1, last=wider is None)
    draws = chain([first], samplers)
    return Names(_wanted_names(draws, form, n, novelty, seed, budget))


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
    predictor: Predictor,
    form: NameForm,
    choice: Choice,
    n: int,
    rng: np.random.Generator,
) -> list[str]:
    """n names, repeats and known ones too."""
    return UnconstrainedSampler(predictor, form, choice)(rng, n)[0]


def _wanted_names(
    draws: Iterator[Sampler],
    form: NameForm,
    n: int,
    novelty: NoveltyFilter,
    seed: int,
    budget: TryBudget,
) -> Iterator[list[str]]:
    """The wanted ones of the names that samplers give, chunk by chunk, n in all: each
    of them until it runs out, as the budget tells.

    Raises SamplingError where the last one runs out.
    """
    draw = next(draws)
    for number in count():
        missing = n - budget.names
        if not missing:
            return
        if budget.exhausted:
            if budget.last:
                break
            draw = next(draws)
            budget.renew()
        rng = generator(seed, Stream.SAMPLE, number)
        names, tries = draw(rng, _size(number))
        if not novelty.idle:
            folded = [form.fold(name) for name in names]
            names = list(compress(names, novelty.wanted(folded)))
        names = names[:missing]
        budget.record(tries, len(names))
        yield names
    raise SamplingError(
        f"only {budget.names:,} of {n:,} names were found in {budget.tries:,} tries; "
        "ask for fewer names, loosen the constraints, raise the temperature, or allow "
        "known names and repeats"
    )


def _size(number: int) -> int:
    """How many names chunk `number` has.

    The first chunks are small, so that a few names come at once. Later ones are large:
    the more names are drawn side by side, the more of them begin alike and share work.
    """
    return min(FEWEST << min(number, 16), MOST)

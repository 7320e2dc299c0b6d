"""Statistics of the names that a language model writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress

import numpy as np

from charnames.data.name_list import NameList
from charnames.encoding.hashes import name_hashes
from charnames.encoding.letter_case import fold
from charnames.encoding.near_copies import (
    near_copies,
    near_hashes,
    share_of_near_copies,
)
from charnames.errors import SamplingError
from charnames.evaluation.discriminator import discriminator_area
from charnames.evaluation.nearest import Nearest
from charnames.models.language_model import Model
from charnames.random_streams import Stream, generator

SAMPLES = 1_000  # names sampled to measure their novelty and diversity
NEW_SAMPLES = 300  # new names sampled as `sample` does, and real ones to compare with
_SHOWN = 5  # sampled names shown beside the nearest name of the list


@dataclass(frozen=True)
class Samples:
    """Statistics of sampled names.

    Of 1,000 names: novel is the share that is not in the learned list, distinct the
    share that is left without repeats, and length the mean and standard deviation of
    their characters; list_length are those of the learned list. nearest: some novel
    names, each with the name of the list that is fewest edits away.

    Of 300 names that are new and distinct, as `Model.sample` draws them by default:
    told_apart is the area under the ROC curve of a discriminator between them and at
    most 300 names that were not learned; None if there are fewer than 20 of either.
    near_copies: the share that are near-copies of a learned name (see
    charnames.encoding.near_copies). list_near_copies: the share of the learned names
    that are near-copies of another of them.

    Without the list, list_length and list_near_copies are None and nearest is empty;
    near_copies is None if the model has no hashes of near-copies either.
    """

    novel: float
    distinct: float
    length: tuple[float, float]
    list_length: tuple[float, float] | None
    nearest: list[tuple[str, str]]
    told_apart: float | None
    near_copies: float | None
    list_near_copies: float | None


def novel_and_distinct(model: Model, seed: int) -> tuple[float, float]:
    """The shares of 1,000 sampled names that are not in the learned list, and that are
    left without repeats.
    """
    folded = _folded(_any_names(model, seed), model)
    return float((~model.knows(folded)).mean()), len(set(folded)) / len(folded)


def _any_names(model: Model, seed: int) -> list[str]:
    """1,000 names as the model writes them, known ones and repeats too."""
    return list(
        model.sample(SAMPLES, seed=seed, novel=False, unique=False, any_form=True)
    )


def sample_statistics(
    model: Model, learned: NameList | None, against: Iterable[str], seed: int
) -> Samples:
    """The statistics of names sampled with the seed.

    against: real names to tell them apart from; learned ones are left out.
    """
    names = names_as_it_is(model, seed)
    folded = _folded(names, model)
    novel = ~np.isin(name_hashes(folded), model.known)
    examples = [name for name, new in zip(names, novel, strict=True) if new][:_SHOWN]
    nearest = Nearest(learned, partial(fold, case=model.case)) if learned else None
    new = _folded(_new_names(model, seed), model)
    list_names = _folded(learned or (), model)
    near = near_hashes(list_names) if learned else model.near
    return Samples(
        novel=float(novel.mean()),
        distinct=len(set(folded)) / len(folded),
        length=_mean_and_deviation(names),
        list_length=_mean_and_deviation(learned) if learned else None,
        nearest=[(name, nearest(name)[0]) for name in examples] if nearest else [],
        told_apart=discriminator_area(_real_names(against, model, seed), new, seed),
        near_copies=float(near_copies(new, near).mean()) if len(near) and new else None,
        list_near_copies=share_of_near_copies(list_names) if learned else None,
    )


def names_as_it_is(model: Model, seed: int) -> list[str]:
    """1,000 names of the model as it is: learned ones, repeats and any form as well."""
    return list(
        model.sample(SAMPLES, seed=seed, novel=False, unique=False, any_form=True)
    )


def mean_samples(samples: Sequence[Samples]) -> Samples:
    """The means of the shares and areas, over those that have them; the rest is that of
    the first.
    """

    def mean(figure: Callable[[Samples], float | None]) -> float | None:
        values = [value for value in map(figure, samples) if value is not None]
        return float(np.mean(values)) if values else None

    return replace(
        samples[0],
        novel=float(np.mean([s.novel for s in samples])),
        distinct=float(np.mean([s.distinct for s in samples])),
        told_apart=mean(lambda s: s.told_apart),
        near_copies=mean(lambda s: s.near_copies),
        list_near_copies=mean(lambda s: s.list_near_copies),
    )


def _new_names(model: Model, seed: int) -> list[str]:
    """300 new names; fewer if that many are too hard to find."""
    names: list[str] = []
    with suppress(SamplingError):
        for batch in model.sample(NEW_SAMPLES, seed=seed).batches:
            names += batch
    return names


def _real_names(against: Iterable[str], model: Model, seed: int) -> list[str]:
    """Distinct folded names that the model has not learned, 300 of them at most."""
    distinct = list(dict.fromkeys(_folded(against, model)))
    names = list(compress(distinct, ~model.knows(distinct)))
    order = generator(seed, Stream.SPLIT).permutation(len(names))
    return [names[i] for i in order[:NEW_SAMPLES]]


def _folded(names: Iterable[str], model: Model) -> list[str]:
    return [fold(name, model.case) for name in names]


def _mean_and_deviation(names: Iterable[str]) -> tuple[float, float]:
    lengths = [len(name) for name in names]
    return float(np.mean(lengths)), float(np.std(lengths))

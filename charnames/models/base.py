"""What every model has, whatever it is for: weights, how they came to be, labels."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from charnames.encoding.hashes import Hashes
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Array, Parameters
from charnames.recipes.recipe import Recipe
from charnames.version import __version__

_Trained = TypeVar("_Trained", bound="Trained")


class Identified(Protocol):
    """A list that can be told from others."""

    source: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 over its contents, in hexadecimal."""

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Provenance:
    """Where a model came from.

    dataset: what its list was called; fingerprint: SHA-256 of the list; names: how
    many it holds; longest: the characters, or steps, of the longest; iterations: how
    many updates the weights have seen; loss: the smoothed loss per name then, in nats;
    seed: of the run; version: of the charnames that trained it.
    """

    dataset: str
    fingerprint: str
    names: int
    longest: int
    iterations: int
    loss: float
    seed: int
    version: str

    @classmethod
    def begun(
        cls, learned: Identified, longest: int, loss: float, seed: int
    ) -> Provenance:
        """Of a run that is about to begin."""
        return cls(
            dataset=learned.source,
            fingerprint=learned.fingerprint,
            names=len(learned),
            longest=longest,
            iterations=0,
            loss=loss,
            seed=seed,
            version=__version__,
        )


@dataclass(frozen=True)
class Progress:
    """What else an exact resumption needs to know of a run.

    lowest: the lowest that the smoothed loss has been. best: the lowest loss on names
    held out, in nats per symbol, or per example of a classifier, None before there is
    one; best_iteration: when that was. ngram_weight: the share of the n-gram model in
    what is sampled and scored. held_out: the fingerprint of the held-out names where
    they are a list of their own. seconds: what training took, for a time limit.
    pass_loss: the summed loss of what the pass through the list has read so far;
    last_pass: the mean loss of the pass before.
    """

    lowest: float
    best: float | None = None
    best_iteration: int = 0
    ngram_weight: float = 0.0
    held_out: str = ""
    seconds: float = 0.0
    pass_loss: float = 0.0
    last_pass: float | None = None


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What a model file holds of any model.

    case: the style that its texts were folded from. known: sorted 64-bit hashes of the
    folded names, or the sequences, that it learned.
    labels: each label of its list, in order, and how many names have it; empty without
    labels. state: further arrays that an exact resumption needs, by name, each as long
    as the parameters; none in a slim model, which cannot go on.
    """

    recipe: Recipe
    parameters: Parameters
    provenance: Provenance
    progress: Progress
    case: str
    known: Hashes
    labels: dict[str, int] = field(default_factory=dict)
    state: dict[str, Array] = field(default_factory=dict)

    @property
    def alphabet(self) -> str | None:
        """The characters or words that it knows; None where it reads numbers."""
        raise NotImplementedError

    @property
    def shape(self) -> Shape:
        """What decides the shapes of the weights."""
        raise NotImplementedError

    def slim(self: _Trained) -> _Trained:
        """Without what only a resumption needs: a fraction of the file, and the same
        bytes from every run of the same recipe, list and seed.
        """
        return replace(self, state={}, progress=replace(self.progress, seconds=0.0))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file whole, or leave what was there.

        Raises ModelFileError.
        """
        from charnames.model_file.storage import save

        save(self, path)


def state_names(recipe: Recipe, progress: Progress) -> tuple[str, ...]:
    """The names of the arrays in a model's `state`."""
    names: list[str] = []
    if recipe.optimizer == "adamw":
        names += ["sum", "squares"]
    elif recipe.momentum:
        names += ["velocity"]
    if recipe.average or progress.best is not None:
        names += ["values"]
    if recipe.average:
        names += ["average"]
    return tuple(names)

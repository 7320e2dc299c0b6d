"""A model: alphabet, network and recipe, where they came from, how far they are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from charnames.mixture import Predictor
from charnames.ngram import Grams, NGram
from charnames.nn.network import Network, Shape
from charnames.nn.parameters import Array, Parameters
from charnames.recipe import Recipe
from charnames.vocabulary import Vocabulary, fold

if TYPE_CHECKING:
    from charnames.best import Ranked
    from charnames.evaluation import Score

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Provenance:
    """Where a model came from.

    dataset: what its list was called; fingerprint: SHA-256 of the list; names: how
    many it holds; longest: the characters of the longest; iterations: how many updates
    the weights have seen; loss: the smoothed loss per name then, in nats; seed: of the
    run; version: of the charnames that trained it.
    """

    dataset: str
    fingerprint: str
    names: int
    longest: int
    iterations: int
    loss: float
    seed: int
    version: str


@dataclass(frozen=True)
class Progress:
    """What else an exact resumption needs to know of a run.

    lowest: the lowest that the smoothed loss has been. best: the lowest loss on names
    held out, in nats per symbol, None before there is one; best_iteration: when that
    was. ngram_weight: the share of the n-gram model in what is sampled and scored.
    held_out: the fingerprint of the held-out names where they are a list of their own.
    seconds: what training took, for a time limit.
    """

    lowest: float
    best: float | None = None
    best_iteration: int = 0
    ngram_weight: float = 0.0
    held_out: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Model:
    """What a model file holds, and what samples and scores names.

    case: the style that is put back on what the network writes. known: sorted 64-bit
    hashes of the folded names of its list. grams: the counts of the n-gram model that
    it mixes with, if any. state: further arrays that an exact resumption needs, by
    name, each as long as the parameters; none in a slim model, which cannot go on.
    """

    vocabulary: Vocabulary
    case: str
    recipe: Recipe
    parameters: Parameters
    provenance: Provenance
    progress: Progress
    known: Hashes
    grams: Grams | None = None
    state: dict[str, Array] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """What decides the shapes of the weights."""
        return network_shape(self.recipe, len(self.vocabulary))

    def predictor(self) -> Predictor:
        """What gives the next symbol: the network, mixed with the n-gram if any."""
        network, weight = Network(self.shape, self.parameters), 0.0
        ngram = None
        if self.grams and self.progress.ngram_weight:
            ngram = NGram(self.grams, len(self.vocabulary))
            weight = self.progress.ngram_weight
        return Predictor(network, ngram, weight)

    def sample(
        self,
        n: int,
        *,
        seed: int | None = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        prefix: str | None = None,
        suffix: str | None = None,
        contains: str | None = None,
        match: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        novel: bool = True,
        unique: bool = True,
        avoid: Iterable[str] = (),
        avoid_within: bool = False,
    ) -> Iterator[str]:
        """N names, drawn from the model; the same seed gives the same names.

        temperature: below 1 the likely gets likelier; 0 always takes the likeliest.
        top_k: every character is among so many of the likeliest; top_p: among the
        likeliest that together have that probability.
        prefix, suffix, contains, match (a shell pattern), min_length, max_length (in
        characters): what every name meets, as often as the model itself writes it.
        Without max_length a name is cut at twice the longest one learned.
        novel: leave out names that it learned from. unique: leave out repeats, as far
        as Sieve remembers. avoid: names to leave out, with avoid_within also those
        that hold one anywhere. All of it is about folded names.

        Raises SamplingError: at once for a setting out of its range and for what no
        name can meet; after the last name when there are fewer than n.
        """
        from charnames.constraints import Constraints
        from charnames.picking import Choice
        from charnames.sampling import sample, sieve_of

        blocked = tuple(avoid)
        within = blocked if avoid_within else ()
        constraints = Constraints(
            prefix, suffix, contains, match, min_length, max_length, within
        )
        choice = Choice(temperature, top_k, top_p)
        sieve = sieve_of(self, novel, unique, blocked)
        return sample(self, n, choice, constraints, sieve, seed)

    def best(
        self,
        n: int,
        *,
        prefix: str | None = None,
        suffix: str | None = None,
        contains: str | None = None,
        match: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        novel: bool = True,
        avoid: Iterable[str] = (),
        avoid_within: bool = False,
    ) -> Iterator[Ranked]:
        """The n most probable names with their loss in nats, the best first.

        Exactly these, among the names that meet what is asked and have at most twice
        the characters of the longest one learned, or max_length. The rest is as in
        `sample`. Raises SamplingError as it does, and where the search is too long.
        """
        from charnames.best import best
        from charnames.constraints import Constraints
        from charnames.sampling import sieve_of

        blocked = tuple(avoid)
        within = blocked if avoid_within else ()
        constraints = Constraints(
            prefix, suffix, contains, match, min_length, max_length, within
        )
        sieve = sieve_of(self, novel, unique=False, avoid=blocked)
        return best(self, n, constraints, sieve)

    def knows(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Whether it learned from each of the names, after folding."""
        return np.isin(name_hashes(fold(n, self.case) for n in names), self.known)

    def score(self, names: Iterable[str]) -> Iterator[Score]:
        """How likely the model thinks each name, in order."""
        from charnames.evaluation import score

        return score(self, names)

    def slim(self) -> Model:
        """Without what only a resumption needs: a fraction of the file, and the same
        bytes from every run of the same recipe, list and seed.
        """
        return replace(self, state={}, progress=replace(self.progress, seconds=0.0))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file whole, or leave what was there.

        Raises ModelFileError.
        """
        from charnames.modelfile import save

        save(self, path)


def network_shape(recipe: Recipe, V: int) -> Shape:
    """The shape of the network that a recipe asks for, for V symbols."""
    return Shape(
        V,
        recipe.cell,
        recipe.hidden_size,
        recipe.layers,
        recipe.embedding_size,
        recipe.tied,
    )


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


def name_hashes(names: Iterable[str]) -> Hashes:
    """A 64-bit BLAKE2b hash of each folded name, in order."""
    digests = (blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)

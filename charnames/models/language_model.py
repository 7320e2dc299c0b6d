"""A model of names: alphabet, network and n-grams, which write names and score them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import name_hashes
from charnames.encoding.letter_case import fold
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import SamplingError
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained
from charnames.nn.networks.language_model import Network
from charnames.nn.networks.shape import Shape
from charnames.prediction.ngram import Grams, NGram
from charnames.prediction.predictor import Blends, Predictor
from charnames.prediction.scoring import BLOCK, Score, score
from charnames.recipes.network import network_shape
from charnames.suggestions import did_you_mean

if TYPE_CHECKING:
    from charnames.generation.sampler import Names
    from charnames.generation.search import Ranked


@dataclass(frozen=True, kw_only=True)
class Model(Trained):
    """What samples and scores names.

    Its case is put back on what the network writes. grams: the counts of the n-gram
    model that it mixes with, if any. blend: the weights of the labels that names are
    written for; None is every label as often as the list has it.
    """

    vocabulary: Vocabulary
    grams: Grams | None = None
    blend: Mapping[str, float] | None = None

    @property
    def alphabet(self) -> str:
        """The characters that it knows, in order."""
        return self.vocabulary.alphabet

    @property
    def shape(self) -> Shape:
        """What decides the shapes of the weights."""
        return network_shape(self.recipe, len(self.vocabulary), len(self.labels))

    @classmethod
    def from_stored(cls, stored: StoredModel) -> Model:
        """The model that a language model's file holds."""
        info, arrays = stored
        return cls(
            recipe=info.recipe,
            parameters=arrays.weights,
            provenance=info.provenance,
            progress=info.progress,
            case=info.case,
            known=arrays.known,
            labels=dict(info.labels),
            state=dict(arrays.state),
            vocabulary=Vocabulary(info.alphabet),
            grams=arrays.grams,
        )

    def stored(self) -> StoredModel:
        """What a model file holds of it: the inverse of `from_stored`."""
        info, arrays = super().stored()
        return StoredModel(info, replace(arrays, grams=self.grams))

    def predictor(self) -> Predictor:
        """What gives the next symbol: the network, mixed with the n-gram if any."""
        network, weight = Network(self.shape, self.parameters), 0.0
        ngram = None
        if self.grams and self.progress.ngram_weight:
            ngram = NGram(self.grams, len(self.vocabulary))
            weight = self.progress.ngram_weight
        blends = Blends.of(self.labels)
        if self.blend is not None:
            blends = Blends.blended(self.labels, self.blend)
        return Predictor(network, ngram, weight, blends)

    def for_label(self, label: str | Mapping[str, float]) -> Model:
        """The model as it writes and scores names of that label, or of a blend: each
        label's weight, of which only the proportions matter.

        Raises SamplingError for a label that there is not, or weights that cannot be.
        """
        weights = {label: 1.0} if isinstance(label, str) else dict(label)
        if not self.labels:
            raise SamplingError(
                f"label: the model learned {self.provenance.dataset} without labels; "
                "train with --labels to choose one"
            )
        for name, weight in weights.items():
            if name not in self.labels:
                raise SamplingError(
                    f"label: no {name!r}; there are {', '.join(self.labels)}"
                    f"{did_you_mean(name, self.labels)}"
                )
            if not 0 < weight < math.inf:
                raise SamplingError(
                    f"label: the weight {weight:g} of {name!r} is not above 0; "
                    "weights are numbers like 0.7 or 3"
                )
        return replace(self, blend=weights)

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
        regex: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        novel: bool = True,
        unique: bool = True,
        avoid: Iterable[str] = (),
        avoid_within: bool = False,
        label: str | Mapping[str, float] | None = None,
    ) -> Names:
        """N names, drawn from the model; the same seed gives the same names.

        They come one by one; or in `batches`, each as soon as it is drawn.

        temperature: below 1 the likely gets likelier; 0 always takes the likeliest.
        top_k: every character is among so many of the likeliest; top_p: among the
        likeliest that together have that probability.
        prefix, suffix, contains, match (a shell pattern), regex (see regex.py),
        min_length, max_length (in characters): what every name meets, as often as the
        model itself writes it.
        Without max_length a name is cut at twice the longest one learned.
        novel: leave out names that it learned from. unique: leave out repeats, as far
        as Sieve remembers. avoid: names to leave out, with avoid_within also those
        that hold one anywhere. All of it is about folded names.
        label: as in `for_label`; without it, labels come as often as in the list.

        Raises SamplingError: at once for a setting out of its range and for what no
        name can meet; after the last name when there are fewer than n, that is when
        65,536 tries in a row gave none, or a million fewer than one in a thousand.
        """
        from charnames.generation.choice import Choice
        from charnames.generation.constraints.constraints import Constraints
        from charnames.generation.sampler import sample, sieve_of

        blocked = tuple(avoid)
        within = blocked if avoid_within else ()
        constraints = Constraints(
            prefix, suffix, contains, match, regex, min_length, max_length, within
        )
        choice = Choice(temperature, top_k, top_p)
        sieve = sieve_of(self, novel, unique, blocked)
        model = self if label is None else self.for_label(label)
        return sample(model, n, choice, constraints, sieve, seed)

    def best(
        self,
        n: int,
        *,
        prefix: str | None = None,
        suffix: str | None = None,
        contains: str | None = None,
        match: str | None = None,
        regex: str | None = None,
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
        from charnames.generation.constraints.constraints import Constraints
        from charnames.generation.sampler import sieve_of
        from charnames.generation.search import best

        if len(self.labels) > 1 and self.blend is None:
            raise SamplingError(
                "best: the model has labels; say of which, there are "
                f"{', '.join(self.labels)}"
            )
        blocked = tuple(avoid)
        within = blocked if avoid_within else ()
        constraints = Constraints(
            prefix, suffix, contains, match, regex, min_length, max_length, within
        )
        sieve = sieve_of(self, novel, unique=False, avoid=blocked)
        return best(self, n, constraints, sieve)

    def knows(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Whether it learned from each of the names, after folding."""
        return np.isin(name_hashes(fold(n, self.case) for n in names), self.known)

    def score(self, names: Iterable[str], block_size: int = BLOCK) -> Iterator[Score]:
        """How probable the model thinks each name, in order.

        block_size: how many names are read before the first of them is scored.
        """
        return score(self.predictor(), self.vocabulary, self.case, names, block_size)

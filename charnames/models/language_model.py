"""A model of names: alphabet, network and n-grams, which write names and score them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import name_hashes
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import SamplingError
from charnames.generation import sampler, search
from charnames.generation.choice import Choice
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.name_form import NameForm
from charnames.generation.novelty import NoveltyFilter
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.networks.shape import Shape
from charnames.prediction.ngram import Grams, NGram
from charnames.prediction.predictor import Blends, Predictor
from charnames.prediction.scoring import BLOCK, Score, score
from charnames.recipes.network import network_shape
from charnames.suggestions import choices_shown, did_you_mean


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

    @property
    def form(self) -> NameForm:
        """How its names are written; they usually have at most twice the characters of
        the longest one learned.
        """
        return NameForm(self.vocabulary, self.case, 2 * self.provenance.longest)

    def predictor(self) -> Predictor:
        """What gives the next symbol: the network, mixed with the n-gram if any."""
        network, weight = LanguageModelNetwork(self.shape, self.parameters), 0.0
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
        if not weights:
            raise SamplingError("label: give one label at least")
        for name, weight in weights.items():
            if name not in self.labels:
                raise SamplingError(
                    f"label: no {name!r}; there are "
                    f"{choices_shown(name, self.labels)}"
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
        min_p: float | None = None,
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
    ) -> sampler.Names:
        """n names, drawn from the model; the same seed gives the same names.

        The result is an iterator over names; its `batches` are lists of names, each
        given as soon as it is drawn.

        temperature: below 1 sharpens the distribution; 0 is greedy. top_k: keep the k
        likeliest symbols; top_p: keep the likeliest symbols that together have that
        probability; min_p: keep symbols with at least min_p times the probability of
        the likeliest. They apply in this order, at every step.
        prefix, suffix, contains, match (a shell pattern), regex (see regex_syntax.py),
        min_length, max_length (in characters): constraints that every name meets. Names
        come as often as the model writes them among those that meet the constraints.
        Without max_length a name is cut at twice the length of the longest one learned.
        novel: leave out the names learned from. unique: leave out repeats, as far as
        NoveltyFilter remembers. avoid: names to leave out; with avoid_within also names
        that hold one of these anywhere. All of this is about folded names.
        label: as in `for_label`; without it, labels are as frequent as in the list.

        Raises SamplingError at once for a setting out of range or constraints that no
        name can meet; after the last name where there are fewer than n, that is when
        65,536 tries in a row gave none, or a million fewer than one in a thousand.
        """
        constraints = Constraints(
            prefix, suffix, contains, match, regex, min_length, max_length
        )
        constraints, novelty = self._without(
            avoid, avoid_within, constraints, novel=novel, unique=unique
        )
        choice = Choice(temperature, top_k, top_p, min_p)
        model = self if label is None else self.for_label(label)
        predictor = model.predictor()
        return sampler.sample(
            predictor, self.form, n, choice, constraints, novelty, seed
        )

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
    ) -> Iterator[search.Ranked]:
        """The n most probable names with their loss in nats, the most probable first.

        The order is exact, among the names that meet the constraints and have at most
        max_length characters, or twice those of the longest name learned. The options
        are those of `sample`. Raises SamplingError as `sample` does, and where the
        search would take too long.
        """
        if len(self.labels) > 1 and self.blend is None:
            raise SamplingError(
                "best: the model has labels; say of which, there are "
                f"{', '.join(self.labels)}"
            )
        constraints = Constraints(
            prefix, suffix, contains, match, regex, min_length, max_length
        )
        constraints, novelty = self._without(
            avoid, avoid_within, constraints, novel=novel, unique=False
        )
        return search.best(self.predictor(), self.form, n, constraints, novelty)

    def _without(
        self,
        avoid: Iterable[str],
        avoid_within: bool,
        constraints: Constraints,
        *,
        novel: bool,
        unique: bool,
    ) -> tuple[Constraints, NoveltyFilter]:
        """The constraints with the names to avoid, and a filter for whole names."""
        blocked = tuple(avoid)
        if avoid_within:
            constraints = replace(constraints, avoid_within=blocked)
        barred = [np.sort(name_hashes(map(self.form.fold, blocked)))]
        if novel:
            barred.append(self.known)
        return constraints, NoveltyFilter(barred, unique)

    def knows(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Whether it learned from each of the names, after folding."""
        return np.isin(name_hashes(map(self.form.fold, names)), self.known)

    def score(self, names: Iterable[str], block_size: int = BLOCK) -> Iterator[Score]:
        """How probable the model thinks each name, in order.

        block_size: how many names are read before the first of them is scored.
        """
        return score(self.predictor(), self.vocabulary, self.case, names, block_size)

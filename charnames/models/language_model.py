"""A model of names: alphabet, network and n-grams, which write names and score them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import NO_HASHES, Hashes, name_hashes
from charnames.encoding.list_form import ListForm
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import SamplingError
from charnames.generation import sampler
from charnames.generation.name_form import NameForm
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained
from charnames.models.label_weights import label_weights
from charnames.models.steering import LearnedList, Steering
from charnames.models.ways import ChoiceOptions, requested_ways
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Blends, Predictor
from charnames.prediction.scoring import BLOCK, Score, score
from charnames.recipes.network import network_shape

if TYPE_CHECKING:
    from charnames.generation.search import Ranked
    from charnames.prediction.ngram import Grams
    from charnames.prediction.whole_words import WholeWords, WordPairs


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Model(Trained):
    """A model that samples and scores names.

    Its case is put back on what the network writes. grams: the counts of the n-gram
    model that it mixes with, if any. blend: the weights of the labels that names are
    written for; None is every label as often as the list has it. list_form: the form
    of the list's names. words: its pairs of words, where whole words are a component of
    the mixture. near: sorted hashes that tell near-copies of its names. familiar:
    sorted hashes of parts of its names, and of names and words that everybody knows,
    which it leaves out.
    directions: (G, R), of a base model; see charnames.training.warm_start.
    """

    vocabulary: Vocabulary
    grams: Grams | None = None
    blend: Mapping[str, float] | None = None
    list_form: ListForm = field(default_factory=ListForm)
    words: WordPairs | None = None
    near: Hashes = field(default_factory=NO_HASHES.copy)
    familiar: Hashes = field(default_factory=NO_HASHES.copy)
    directions: Array | None = None

    @property
    def alphabet(self) -> str:
        """The characters that it knows, in order."""
        return self.vocabulary.characters

    @property
    def example_noun(self) -> str:
        """The word for an example of its list."""
        return "name"

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
            list_form=info.list_form or ListForm(),
            words=arrays.words,
            near=arrays.near,
            familiar=arrays.familiar,
            directions=arrays.directions,
        )

    def stored(self) -> StoredModel:
        """What a model file holds of it: the inverse of `from_stored`."""
        info, arrays = super().stored()
        return StoredModel(
            info._replace(alphabet=self.vocabulary.alphabet, list_form=self.list_form),
            arrays._replace(
                grams=self.grams,
                words=self.words,
                near=self.near,
                familiar=self.familiar,
                directions=self.directions,
            ),
        )

    @property
    def form(self) -> NameForm:
        """How its names are written; they usually have at most twice the characters of
        the longest one learned.
        """
        return NameForm(self.vocabulary, self.case, 2 * self.provenance.longest)

    def predictor(self, *, for_sampling: bool = False) -> Predictor:
        """The predictor of symbols: the network, mixed with the n-grams and the whole
        words of the list if any. Those that names are sampled from may weigh more.
        """
        network, weight = LanguageModelNetwork(self.shape, self.parameters), 0.0
        ngram = None
        if self.grams and self.progress.ngram_weight:
            from charnames.prediction.ngram import NGram

            ngram = NGram(self.grams, len(self.vocabulary))
            weight = self.progress.ngram_weight
        blends = Blends.of(self.labels)
        if self.blend is not None:
            blends = Blends.blended(self.labels, self.blend)
        return Predictor(
            network, ngram, weight, blends, self._whole_words(for_sampling)
        )

    def _whole_words(self, for_sampling: bool) -> WholeWords | None:
        """The words of the list as a component of the mixture, if there are any."""
        if self.words is None:
            return None
        from charnames.prediction.whole_words import WholeWords

        blank, V = self.vocabulary.alphabet.index(" ") + 1, len(self.vocabulary)
        weight = self.recipe.word_weight
        if for_sampling:
            weight = self.recipe.sampling_word_weight or weight
        return WholeWords(self.words, V, blank, weight)

    def for_label(self, label: str | Mapping[str, float]) -> Model:
        """The model as it writes and scores names of that label, or of a blend: each
        label's weight, of which only the proportions matter.

        Raises SamplingError for a label that there is not, or weights that cannot be.
        """
        weights = label_weights(label, self.labels, self.provenance.dataset)
        return replace(self, blend=weights)

    def sample(
        self,
        n: int,
        *,
        seed: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        best_of: int | None = None,
        prefix: str | None = None,
        suffix: str | None = None,
        contains: str | Sequence[str] = (),
        match: str | None = None,
        regex: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        novel: bool = True,
        unique: bool = True,
        min_edits: int | None = None,
        max_run: int | None = None,
        any_form: bool = False,
        avoid: Iterable[str] = (),
        avoid_within: bool = False,
        label: str | Mapping[str, float] | None = None,
        spread: sampler.Spread = sampler.one_by_one,
    ) -> sampler.Names:
        """Draw n new names; the same seed gives the same names.

        Returns an iterator; its `batches` are lists of names as they are drawn.
        temperature to best_of: see `requested_ways`. prefix to avoid_within: see
        Steering. label: see `for_label`. spread: where chunks of names are drawn.

        Raises SamplingError at once for impossible settings, and where names run out.
        """
        steering = Steering(
            prefix=prefix,
            suffix=suffix,
            contains=contains,
            match=match,
            regex=regex,
            min_length=min_length,
            max_length=max_length,
            novel=novel,
            unique=unique,
            min_edits=min_edits,
            max_run=max_run,
            any_form=any_form,
            avoid=avoid,
            avoid_within=avoid_within,
        )
        wanted = steering.applied(self._learned_list(), self.form.fold)
        choice = ChoiceOptions(temperature, top_k, top_p, min_p)
        sifted = novel or unique
        ways = requested_ways(self.recipe, choice, best_of, wanted.constraints, sifted)
        model = self if label is None else self.for_label(label)
        predictor = model.predictor(for_sampling=sifted)
        return sampler.sample(predictor, self.form, n, ways, *wanted, seed, spread)

    def best(
        self,
        n: int,
        *,
        prefix: str | None = None,
        suffix: str | None = None,
        contains: str | Sequence[str] = (),
        match: str | None = None,
        regex: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        novel: bool = True,
        min_edits: int | None = None,
        max_run: int | None = None,
        any_form: bool = False,
        avoid: Iterable[str] = (),
        avoid_within: bool = False,
    ) -> Iterator[Ranked]:
        """The n most probable names with their loss in nats, the most probable first.

        The order is exact, among the names that meet the constraints and have at most
        max_length characters, without it the length that `sample` cuts at. The options
        are those of `sample`. Raises SamplingError as `sample` does, and where the
        search would take too long.
        """
        if len(self.labels) > 1 and self.blend is None:
            raise SamplingError(
                "best: the model has labels; say of which, there are "
                f"{', '.join(self.labels)}"
            )
        steering = Steering(
            prefix=prefix,
            suffix=suffix,
            contains=contains,
            match=match,
            regex=regex,
            min_length=min_length,
            max_length=max_length,
            novel=novel,
            unique=False,
            min_edits=min_edits,
            max_run=max_run,
            any_form=any_form,
            avoid=avoid,
            avoid_within=avoid_within,
        )
        wanted = steering.applied(self._learned_list(), self.form.fold)
        from charnames.generation import search

        return search.best(self.predictor(), self.form, n, *wanted)

    def _learned_list(self) -> LearnedList:
        return LearnedList(
            known=self.known,
            near=self.near,
            characters=self.vocabulary.alphabet,
            longest=self.provenance.longest,
            familiar=self.familiar,
            list_form=self.list_form,
            least_edits=self.recipe.min_edits,
        )

    def knows(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Whether it learned from each of the names, after folding."""
        return np.isin(name_hashes(map(self.form.fold, names)), self.known)

    def score(self, names: Iterable[str], block_size: int = BLOCK) -> Iterator[Score]:
        """How probable the model thinks each name, in order.

        block_size: how many names are read before the first of them is scored.
        """
        return score(self.predictor(), self.vocabulary, self.case, names, block_size)

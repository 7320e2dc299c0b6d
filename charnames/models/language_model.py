"""A model of names: alphabet, network and n-grams, which write names and score them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import NO_HASHES, Hashes, name_hashes
from charnames.encoding.list_form import ListForm
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import SamplingError
from charnames.generation import sampler, search
from charnames.generation.blocklist import Blocklist
from charnames.generation.choice import Choice
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.name_form import NameForm
from charnames.generation.novelty import NoveltyFilter
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained
from charnames.models.label_weights import label_weights
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Array
from charnames.prediction.ngram import Grams, NGram
from charnames.prediction.predictor import Blends, Predictor
from charnames.prediction.scoring import BLOCK, Score, score
from charnames.prediction.whole_words import WholeWords, WordPairs
from charnames.recipes.network import network_shape


@dataclass(frozen=True, kw_only=True)
class Model(Trained):
    """What samples and scores names.

    Its case is put back on what the network writes. grams: the counts of the n-gram
    model that it mixes with, if any. blend: the weights of the labels that names are
    written for; None is every label as often as the list has it. list_form: the form
    of the list's names. words: its pairs of words, where whole words are a component of
    the mixture. near: sorted hashes that tell near-copies of its names. familiar:
    sorted hashes of names and words that everybody knows, which it leaves out.
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
            replace(info, alphabet=self.vocabulary.alphabet, list_form=self.list_form),
            replace(
                arrays,
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
        return Predictor(network, ngram, weight, blends, self._whole_words())

    def _whole_words(self) -> WholeWords | None:
        """The words of the list as a component of the mixture, if there are any."""
        if self.words is None:
            return None
        blank, V = self.vocabulary.alphabet.index(" ") + 1, len(self.vocabulary)
        return WholeWords(self.words, V, blank, self.recipe.word_weight)

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
        any_form: bool = False,
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
        the likeliest. They apply in this order, at every step. If none of them is
        given, the recipe's temperature and min_p hold; a given one stands alone.
        prefix, suffix, contains, match (a shell pattern), regex (see regex_syntax.py),
        min_length, max_length (in characters): constraints that every name meets. Names
        come as often as the model writes them among those that meet the constraints.
        Without max_length a name is cut at twice the length of the longest one learned,
        or of the shortest that meets the constraints, if that is longer.
        novel: leave out the names learned from, and the familiar names of a model that
        has some. unique: leave out repeats, as far as NoveltyFilter remembers.
        min_edits: 2 leaves out near-copies of the names learned from, which are one
        edit away; 1 lets them through; by default the recipe says which. any_form: let
        through near-copies, familiar names, and names that do not have the form of the
        list's names (ListForm). avoid: names to leave out, and patterns of names, such
        as "*damn*" (Blocklist); with avoid_within also names that hold one of these
        anywhere. All of this is about folded names.
        label: as in `for_label`; without it, labels are as frequent as in the list.

        Raises SamplingError at once for a setting out of range or constraints that no
        name can meet; after the last name where there are fewer than n, that is when
        65,536 tries in a row gave none, or a million fewer than one in a thousand.
        """
        texts = (contains,) if isinstance(contains, str) else tuple(contains)
        constraints = Constraints(
            prefix, suffix, texts, match, regex, min_length, max_length
        )
        constraints, novelty = self._without(
            avoid,
            avoid_within,
            constraints,
            novel=novel,
            unique=unique,
            min_edits=min_edits,
            any_form=any_form,
        )
        if (temperature, top_k, top_p, min_p) == (None, None, None, None):
            min_p = self.recipe.min_p or None
        if temperature is None:
            temperature = self.recipe.temperature
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
        contains: str | Sequence[str] = (),
        match: str | None = None,
        regex: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        novel: bool = True,
        min_edits: int | None = None,
        any_form: bool = False,
        avoid: Iterable[str] = (),
        avoid_within: bool = False,
    ) -> Iterator[search.Ranked]:
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
        texts = (contains,) if isinstance(contains, str) else tuple(contains)
        constraints = Constraints(
            prefix, suffix, texts, match, regex, min_length, max_length
        )
        constraints, novelty = self._without(
            avoid,
            avoid_within,
            constraints,
            novel=novel,
            unique=False,
            min_edits=min_edits,
            any_form=any_form,
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
        min_edits: int | None,
        any_form: bool,
    ) -> tuple[Constraints, NoveltyFilter]:
        """The constraints with the names to avoid, and a filter for whole names.

        Raises SamplingError for more edits than the model can tell.
        """
        most = 2 if len(self.near) else 1
        default = 1 if any_form else min(self.recipe.min_edits, most)
        edits = default if min_edits is None else min_edits
        if not 1 <= edits <= most:
            limits = "1 or 2" if most == 2 else "1, all that this model can tell"
            raise SamplingError(f"min_edits: {edits} is not {limits}")
        blocked = Blocklist.of(avoid, avoid_within)
        constraints = replace(constraints, avoid_within=blocked.within)
        fold = self.form.fold
        barred = [np.sort(name_hashes(map(fold, blocked.names)))]
        if novel:
            barred.append(self.known)
        if novel and not any_form:
            barred.append(self.familiar)
        form = ListForm() if any_form else self.list_form
        longest = constraints.max_length
        if constraints.min_length is not None or (
            longest is not None and longest < form.shortest
        ):
            form = replace(form, shortest=1)  # the length was asked for
        near = self.near if novel and edits > 1 else NO_HASHES
        novelty = NoveltyFilter(
            barred,
            unique,
            near=near,
            list_form=form,
            starts=tuple(map(fold, blocked.starts)),
            ends=tuple(map(fold, blocked.ends)),
        )
        return constraints, novelty

    def knows(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Whether it learned from each of the names, after folding."""
        return np.isin(name_hashes(map(self.form.fold, names)), self.known)

    def score(self, names: Iterable[str], block_size: int = BLOCK) -> Iterator[Score]:
        """How probable the model thinks each name, in order.

        block_size: how many names are read before the first of them is scored.
        """
        return score(self.predictor(), self.vocabulary, self.case, names, block_size)

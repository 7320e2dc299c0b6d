"""A trained converter, which writes what a source becomes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from charnames.encoding.letter_case import encode, fold, restore
from charnames.encoding.readers import Input
from charnames.encoding.scaling import Scaling
from charnames.encoding.symbols import SymbolPair, Symbols
from charnames.errors import ListError, SamplingError
from charnames.generation.beam_search import BEAM
from charnames.generation.conversion import LEAST, ConversionModel
from charnames.io.blocks import blocks
from charnames.model_file.converter import symbols_of
from charnames.model_file.description import Lengths, StoredModel
from charnames.models.base import Trained
from charnames.nn.batching import Sequences, VectorSequences
from charnames.nn.networks.compound_shapes import AnyShape
from charnames.nn.networks.ensemble import Ensemble
from charnames.nn.parameters import Array
from charnames.prediction.candidates import TargetIds
from charnames.prediction.chunks import Chunks
from charnames.prediction.joint_ngram import JointNGram
from charnames.prediction.ngram import Grams
from charnames.recipes.network import converter_shape
from charnames.suggestions import did_you_mean

_FEWEST, _MOST = 2_048, 8_192  # sources read side by side
_HYPOTHESES = 40_960  # of the sources read side by side, where they have no attention


class Converted(NamedTuple):
    """A target that a source may become.

    attention: what each of its symbols attends to, (L, S), the start of the source
    first, all 0 without attention; None for CTC, for a target that is not the likeliest
    and that the network did not come to, and where it was left out.
    """

    text: str
    probability: float
    attention: Array | None


class Conversion(NamedTuple):
    """What a source may become, the likeliest first, and its symbols that the converter
    does not know, each once.
    """

    targets: list[Converted]
    unknown: list[str]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Converter(Trained):
    """A converter of texts, or of sequences of vectors, to texts.

    source: the symbols of sources, or the scaling of numbers; target: the symbols
    written. longest: how many of them at most, by the steps of a source. grams, chunks:
    of the joint n-gram model that the network is mixed with, if any.
    """

    source: Symbols | Scaling
    target: Symbols
    longest: Lengths
    grams: Grams | None = None
    chunks: Chunks | None = None

    @property
    def alphabet(self) -> str | None:
        """The symbols of sources, a blank between each two; None for numbers."""
        if isinstance(self.source, Scaling):
            return None
        return " ".join(self.source.alphabet)

    @property
    def example_noun(self) -> str:
        """The word for an example of its list."""
        return "pair"

    @property
    def shape(self) -> AnyShape:
        """The shape of its network, or of its ensemble of networks."""
        labels = len(self.labels)
        return converter_shape(self.recipe, self.source, self.target, labels)

    @classmethod
    def from_stored(cls, stored: StoredModel) -> Converter:
        """The converter that a converter's file holds."""
        info, arrays = stored
        source, target = symbols_of(info)
        reads = info.scaling or source
        assert reads
        return cls(
            recipe=info.recipe,
            parameters=arrays.weights,
            provenance=info.provenance,
            progress=info.progress,
            case=info.case,
            known=arrays.known,
            labels=dict(info.labels),
            state=dict(arrays.state),
            source=reads,
            target=target,
            longest=arrays.longest,
            grams=arrays.grams,
            chunks=arrays.chunks,
        )

    def stored(self) -> StoredModel:
        """What a model file holds of it: the inverse of `from_stored`."""
        info, arrays = super().stored()
        scaling = self.source if isinstance(self.source, Scaling) else None
        symbols = None if isinstance(self.source, Scaling) else self.source
        alphabet = SymbolPair(symbols, self.target).text()
        return StoredModel(
            info._replace(alphabet=alphabet, scaling=scaling),
            arrays._replace(grams=self.grams, chunks=self.chunks, longest=self.longest),
        )

    def conversion_model(self) -> ConversionModel:
        """The networks, and the joint n-gram model if it has a weight."""
        networks = Ensemble(self.shape, self.parameters).networks
        joint = None
        if self.grams is not None and self.chunks is not None:
            joint = JointNGram(self.grams, self.chunks)
        weight, repeat = self.progress.ngram_weight, self.recipe.upsample
        return ConversionModel(networks, self.longest_target, joint, weight, repeat)

    def convert(
        self,
        inputs: Iterable[Input],
        *,
        beam: int = BEAM,
        label: str | None = None,
        block: int | None = None,
        is_there: Callable[[], bool] | None = None,
        most: int | None = None,
        attention: bool = True,
    ) -> Iterator[Conversion]:
        """What each input may become, in order: at least one target, and those that
        the search meets with a probability of 0.0001 or more, `most` of them at most.

        What an input becomes does not depend on the others. inputs: texts, or arrays
        (T, D). beam: 1 is greedy. label: of all inputs, for a converter that learned
        labels; without one, every label counts by its share of the list. block: how
        many inputs are read before the first result is given, by default some
        thousands. is_there: whether the next input can be read without waiting; where
        it is not, those before it are converted first. attention: False leaves it out,
        which takes less memory and time.

        Raises SamplingError for a label that there is not, ListError for inputs of
        another kind than those learned, or of another D.
        """
        blend = self.blend(label)
        if block is None:
            many = min(max(_HYPOTHESES // beam, _FEWEST), _MOST)
            block = _FEWEST if attention else many
        model = self.conversion_model()
        for batch in blocks(inputs, block, is_there):
            blends = None if blend is None else np.repeat(blend, len(batch), axis=0)
            results = model.convert(self.read(batch), beam, blends, attention)
            for item, hypotheses in zip(batch, results, strict=True):
                targets = [
                    Converted(self.written(ids), p, weights)
                    for ids, p, weights in hypotheses[:most]
                    if p >= LEAST or ids == hypotheses[0].ids
                ]
                yield Conversion(targets, self.unknown(item))

    def blend(self, label: str | None) -> Array | None:
        """One label as a blend (1, K), or all by their shares; None without labels.

        Raises SamplingError for a label that there is not.
        """
        if label is not None and label not in self.labels:
            if not self.labels:
                raise SamplingError(
                    "label: the model learned pairs without labels; train it on a list "
                    "with a third column to give one"
                )
            raise SamplingError(
                f"label: no {label!r}; there are {', '.join(self.labels)}"
                f"{did_you_mean(label, self.labels)}"
            )
        if not self.labels:
            return None
        counts = [
            count if label in (None, name) else 0 for name, count in self.labels.items()
        ]
        weights = np.array([counts], np.float32)
        blend: Array = weights / weights.sum()
        return blend

    def read(self, inputs: Sequence[Input]) -> Sequences | VectorSequences:
        """What the network reads of the inputs. Raises ListError as `convert` does."""
        texts = [item for item in inputs if isinstance(item, str)]
        arrays = [item for item in inputs if not isinstance(item, str)]
        if isinstance(self.source, Scaling):
            if texts:
                raise ListError(
                    "the converter learned sequences of numbers, and these are texts"
                )
            rows = [self.source.applied(values) for values in arrays]
            lengths = np.array([len(values) for values in rows], np.intp)
            return VectorSequences(np.concatenate(rows), lengths)
        if arrays:
            raise ListError(
                "the converter learned texts, and these are sequences of numbers"
            )
        folded = (fold(text, self.case) for text in texts)
        return self.source.sequences(folded, self.recipe.upsample)

    def written(self, ids: TargetIds) -> str:
        """The text of a target, with its case."""
        return restore(self.target.decode(ids), self.case)

    def unknown(self, item: Input) -> list[str]:
        """The symbols of a text that the converter does not know, each once."""
        if isinstance(self.source, Scaling) or not isinstance(item, str):
            return []
        return self.source.missing(fold(item, self.case))

    def aligned_symbols(self, item: Input, text: str) -> tuple[list[str], list[str]]:
        """The symbols of an input, its start first, and those of its target `text`: the
        columns and rows of what the network attends to.
        """
        target = self.target.split(encode(text, self.case))
        if isinstance(self.source, Symbols) and isinstance(item, str):
            return ["", *self.source.split(fold(item, self.case))], target
        return [str(step) for step in range(1, len(item) + 1)], target

    def longest_target(self, steps: int) -> int:
        """How many symbols the target of a source of so many steps has at most: what
        training showed, or in proportion for longer sources.
        """
        if steps < len(self.longest):
            return int(self.longest[steps])
        return math.ceil(int(self.longest[-1]) * steps / (len(self.longest) - 1))

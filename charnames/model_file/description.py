"""What a model file holds, as typed data: facts about the model, and its arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import NO_HASHES, Hashes
from charnames.encoding.list_form import ListForm
from charnames.io.safetensors import Tensor
from charnames.nn.parameters import Array, Parameters
from charnames.recipes.recipe import Recipe
from charnames.version import __version__

if TYPE_CHECKING:
    from charnames.encoding.scaling import Scaling
    from charnames.nn.networks.compound_shapes import AnyShape
    from charnames.prediction.chunks import Chunks
    from charnames.prediction.ngram import Grams
    from charnames.prediction.whole_words import WordPairs

CARRIED = "carried"  # the state of a run that is as long as the hidden states
CHUNKS, LONGEST = "chunks", "longest"  # the tensors of a converter alone
EXPONENT = "grams.exponent"  # that of a classifier alone
Lengths = NDArray[np.uint32]
_NO_LENGTHS: Lengths = np.empty(0, np.uint32)
_NO_EXPONENT: Array = np.empty(0, np.float32)


class Identified(Protocol):
    """A list of examples that can be told from other lists."""

    source: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the list's contents, in hexadecimal."""

    def __len__(self) -> int: ...


class Provenance(NamedTuple):
    """Where a model came from.

    dataset: what its list was called; fingerprint: SHA-256 of the list; names: how
    many examples it holds; longest: the length of the longest, in characters or steps;
    parent: the model that the run started from, empty without one;
    iterations: how many updates the weights have seen; loss: the smoothed loss then, in
    nats per name; seed: of the run; version: of the charnames that trained the model.
    """

    dataset: str
    fingerprint: str
    names: int
    longest: int
    iterations: int
    loss: float
    seed: int
    version: str
    parent: str = ""

    @classmethod
    def at_start(
        cls, examples: Identified, longest: int, loss: float, seed: int
    ) -> Provenance:
        """The provenance of a model before its first update."""
        return cls(
            dataset=examples.source,
            fingerprint=examples.fingerprint,
            names=len(examples),
            longest=longest,
            iterations=0,
            loss=loss,
            seed=seed,
            version=__version__,
        )


class Progress(NamedTuple):
    """How far a run has come, beside its weights, so that it can be resumed exactly.

    lowest: the lowest smoothed loss so far, in nats per name. best: the lowest held-out
    loss so far, in nats per symbol (per example for a classifier; for a converter, the
    share of sources that its network converts wrongly), None before the first; where
    none is held out and the recipe keeps the best, the lowest mean loss of the latest
    names, in nats per name. best_iteration: when it was measured. ngram_weight: the
    share of the n-gram model in the mixture that samples and scores. held_out: the
    fingerprint of a separate list of held-out names, empty without one. seconds:
    training time so far,
    for a time limit. pass_loss: the summed loss in the current pass through the list;
    last_pass: the mean loss of the previous pass, None in the first.
    """

    lowest: float
    best: float | None = None
    best_iteration: int = 0
    ngram_weight: float = 0.0
    held_out: str = ""
    seconds: float = 0.0
    pass_loss: float = 0.0
    last_pass: float | None = None


class ModelInfo(NamedTuple):
    """What the header of a model file says of its model, checked.

    case: the style that the texts were folded from. labels: each label of the list, in
    order, and how many examples have it; empty without labels. alphabet: the characters
    that the model knows, or its words with a space between each two; empty where it
    reads numbers; of a converter, SymbolPair.text of both sides. scaling: the
    constants that numbers are scaled by, None where the model reads texts. list_form:
    the form of the list's names, None for a model of another task.
    """

    recipe: Recipe
    case: str
    labels: Mapping[str, int]
    provenance: Provenance
    progress: Progress
    alphabet: str = ""
    scaling: Scaling | None = None
    list_form: ListForm | None = None


class ModelArrays(NamedTuple):
    """The arrays of a model file.

    known: sorted hashes of the folded names, or sequences, that the model learned.
    state: the arrays that resuming the run needs, by name, each as long as all weights
    together, or, CARRIED, as the hidden states of all layers; empty in a slim model.
    grams: the counts of the n-gram model, if any.
    words: the pairs of words of a list of several words, if any. near: the sorted
    hashes that tell near-copies of the list's names, empty where these are let through.
    familiar: the sorted hashes of parts of names, and of names and words that everybody
    knows, which are left out of what is sampled; empty where they are not. directions:
    (G, R), of a base model: see charnames.training.warm_start. chunks, longest: of a
    converter, the chunks of its joint n-gram model, if any, and how many symbols a
    target has at most, by the steps of its source. exponent: of a classifier, that of
    its n-gram classifier, (1,), or (0,).
    """

    weights: Parameters
    known: Hashes
    state: Mapping[str, Array] = MappingProxyType({})
    grams: Grams | None = None
    words: WordPairs | None = None
    near: Hashes = NO_HASHES
    familiar: Hashes = NO_HASHES
    directions: Array | None = None
    chunks: Chunks | None = None
    longest: Lengths = _NO_LENGTHS
    exponent: Array = _NO_EXPONENT


class StoredModel(NamedTuple):
    """Everything that a model file holds."""

    info: ModelInfo
    arrays: ModelArrays


def _nothing(info: ModelInfo, length: Callable[[str], int]) -> dict[str, Tensor]:
    return {}


def _accept(info: ModelInfo, arrays: ModelArrays) -> None:
    pass


class TaskFormat(NamedTuple):
    """What the model file of one task has of its own.

    with_inputs: takes what every file says, and the texts of the metadata, and adds
    what the model reads; raises FormatError, RecipeError or AlphabetError for a model
    that cannot be. shape: the shape of the model's network. tensors: the tensors that
    only models of the task have, by name; it takes a function that gives the length
    that a tensor has in the file. check: raises FormatError for arrays that no model of
    the task has.
    """

    with_inputs: Callable[[ModelInfo, Mapping[str, str]], ModelInfo]
    shape: Callable[[ModelInfo], AnyShape]
    tensors: Callable[[ModelInfo, Callable[[str], int]], dict[str, Tensor]] = _nothing
    check: Callable[[ModelInfo, ModelArrays], None] = _accept


def state_names(recipe: Recipe, progress: Progress) -> tuple[str, ...]:
    """The names of the arrays in the `state` of a model that can be resumed."""
    names: list[str] = []
    if recipe.optimizer == "adamw":
        names += ["sum", "squares"]
        names += ["start"] if recipe.anchor else []
    elif recipe.momentum:
        names += ["velocity"]
    if recipe.average or progress.best is not None:
        names += ["values"]
    if recipe.average:
        names += ["average"]
    if recipe.carries_state:
        names += [CARRIED]
    return tuple(names)

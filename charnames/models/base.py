"""What all models share, whatever their task: weights, provenance, labels, saving."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from charnames.encoding.hashes import Hashes
from charnames.model_file import storage
from charnames.model_file.description import (
    ModelArrays,
    ModelInfo,
    Progress,
    Provenance,
    StoredModel,
)
from charnames.nn.parameters import Array, Parameters
from charnames.recipes.recipe import Recipe

if TYPE_CHECKING:
    from charnames.nn.networks.compound_shapes import AnyShape

_Trained = TypeVar("_Trained", bound="Trained")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Trained(ABC):
    """A model of any task.

    case: the style that its texts were folded from. known: sorted 64-bit hashes of the
    folded names, or the sequences, that it learned.
    labels: each label of its list, in order, and how many names have it; empty without
    labels. state: the arrays that resuming the run needs, by name (see ModelArrays);
    empty in a slim model, which is resumed only if that needs none.
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
    @abstractmethod
    def alphabet(self) -> str | None:
        """The characters or words that it knows; None where it reads numbers."""

    @property
    @abstractmethod
    def example_noun(self) -> str:
        """The word for an example of its list: name, pair or sequence."""

    @property
    @abstractmethod
    def shape(self) -> AnyShape:
        """The shape of its network."""

    @property
    def has_held_out(self) -> bool:
        """Whether its run measures it on examples that it does not learn."""
        return bool(self.recipe.held_out or self.progress.held_out)

    @classmethod
    @abstractmethod
    def from_stored(cls: type[_Trained], stored: StoredModel) -> _Trained:
        """The model that a model file of its task holds."""

    def stored(self) -> StoredModel:
        """What a model file holds of it: the inverse of `from_stored`."""
        info = ModelInfo(
            recipe=self.recipe,
            case=self.case,
            labels=self.labels,
            provenance=self.provenance,
            progress=self.progress,
            alphabet=self.alphabet or "",
        )
        return StoredModel(info, ModelArrays(self.parameters, self.known, self.state))

    def slim(self: _Trained) -> _Trained:
        """The model without what only resuming needs, its weights rounded to float16: a
        fraction of the file, and the same bytes from every run of the same recipe, list
        and seed.
        """
        with np.errstate(over="ignore"):
            values = self.parameters.values.astype(np.float16).astype(np.float32)
        if not np.isfinite(values).all():
            values = self.parameters.values
        return replace(
            self,
            state={},
            progress=self.progress._replace(seconds=0.0),
            parameters=Parameters(self.parameters.shapes, values=values),
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file whole, or leave what was there.

        Raises ModelFileError where it cannot be written, or could not be read again.
        """
        storage.save(self.stored(), path)

    def to_bytes(self) -> bytes:
        """The bytes of the model file. Raises ModelFileError as `save` does."""
        return storage.dumps(self.stored())

"""The letter embeddings of a model in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.vocabulary import Vocabulary
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.models.converter import Converter
from charnames.models.language_model import Model
from charnames.nn.array_types import Floats
from charnames.nn.batching import END
from charnames.nn.networks.shape import Shape


@dataclass(frozen=True)
class LetterMap:
    """Letters in the plane of the first two principal components of their embeddings.

    places: (L, 2), of the L letters. explained: the share of the variance that each of
    the two components has. is_one_hot: whether the network has no embeddings; then the
    columns of its input weights stand for them.
    """

    letters: list[str]
    places: Floats
    explained: tuple[float, float]
    is_one_hot: bool


def letter_map(model: Trained) -> LetterMap | None:
    """The map of the letters that a model reads; None for a model of words or numbers,
    and for fewer than three letters.
    """
    letters = _letters(model)
    if len(letters) < 3:
        return None
    shape = model.shape  # of an ensemble, the letters of its first network
    stack = "" if isinstance(shape, Shape) else f"{next(iter(shape.stacks))}."
    is_one_hot = f"{stack}embedding" not in model.parameters.views
    if is_one_hot:
        vectors = model.parameters[f"{stack}layer0.Wax"].T
    else:
        vectors = model.parameters[f"{stack}embedding"]
    numbers = list(letters)
    places, explained = principal_components(vectors[numbers])
    return LetterMap([letters[i] for i in numbers], places, explained, is_one_hot)


def principal_components(
    vectors: NDArray[np.floating],
) -> tuple[Floats, tuple[float, float]]:
    """Vectors (L, D) in the plane of their first two principal components, (L, 2), and
    the share of the variance that each of these has (Pearson 1901).

    Of the two directions of a component it is the one in which the vector that is
    farthest out has a positive place.
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    if centred.shape[1] < 2:
        centred = np.pad(centred, ((0, 0), (0, 2 - centred.shape[1])))
    U, singular, _ = np.linalg.svd(centred, full_matrices=False)
    places = U[:, :2] * singular[:2]
    farthest = np.abs(places).argmax(axis=0)
    places *= np.where(places[farthest, [0, 1]] < 0, -1, 1)
    variances = singular**2
    shares = variances[:2] / (variances.sum() or 1.0)
    return places, (float(shares[0]), float(shares[1]))


def _letters(model: Trained) -> dict[int, str]:
    """The letters that the network reads, by their ids."""
    if isinstance(model, Model):
        mark = model.vocabulary.mark
        letters = dict(enumerate(model.vocabulary.alphabet, END + 1))
        return {i: letter for i, letter in letters.items() if i != mark}
    if isinstance(model, Classifier) and isinstance(model.reader, Vocabulary):
        return dict(enumerate(model.reader.alphabet, END + 1))
    if isinstance(model, Converter) and model.alphabet is not None:
        return dict(enumerate(model.alphabet.split(" "), END + 1))
    return {}

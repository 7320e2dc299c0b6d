"""What a module holds of a model of names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.graphemes import edges
from charnames.encoding.hashes import Hashes
from charnames.encoding.junctions import HALF_FLAG, UNBALANCED, barred_pairs
from charnames.encoding.letter_case import has_cases
from charnames.export.mixture import ngram_arrays, word_arrays
from charnames.export.packing import ModuleContents
from charnames.export.precision import Measure
from charnames.export.spelling import spelling_header
from charnames.generation.choice import Choice, pick
from charnames.generation.frontier import log_probabilities
from charnames.generation.lookahead import estimate_bigrams
from charnames.generation.rows import Rows
from charnames.generation.writer import Writer
from charnames.models.language_model import Model
from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Ids
from charnames.nn.parameters import Array
from charnames.random_streams import Stream, generator

MOST_BIGRAMS = 300  # symbols; with more, their pairs would be too much to carry along
MOST_CHARACTERS = 1000  # whose pairs are looked at, to tell which do not meet
BIGRAM_STEPS = 16  # of 8 bits to a nat
MEASURED = 128  # names, to compare probabilities on


def language_model_contents(model: Model) -> ModuleContents:
    """What a module holds of a model of names beside its weights."""
    form, shape, vocabulary = model.form, model.shape, model.vocabulary
    predictor = model.predictor()
    parts = edges(vocabulary.alphabet)
    cased = [
        i for i, c in enumerate(vocabulary.alphabet, 1) if has_cases(c, model.case)
    ]
    header: dict[str, Any] = {
        "cell": shape.cell,
        "sizes": shape.sizes,
        "V": shape.V,
        "K": shape.labels,
        "labels": [*model.labels.items()],
        "spelling": spelling_header(vocabulary, model.case),
        "edges": {**parts._asdict(), "cased": cased},
        "notFirst": form.not_first().tolist(),
        "limit": form.usual_limit,
        "temperature": model.recipe.temperature,
        "minP": model.recipe.min_p,
        "bestOf": model.recipe.best_of,
        "minEdits": model.recipe.min_edits,
        "form": _list_form(model),
    }
    arrays: dict[str, NDArray[Any]] = {}
    if predictor.ngram and model.grams:
        header["ngram"] = {
            "weight": predictor.weight,
            "start": predictor.ngram.start,
        }
        arrays |= ngram_arrays(model.grams, shape.V)
    if words := predictor.words:
        header["words"] = {
            "blank": words.blank,
            "weight": float(words.weight),
            "samplingWeight": model.recipe.sampling_word_weight,
            "start": words.start.tolist(),
        }
        arrays |= word_arrays(words)
    for name in ("known", "near", "familiar"):
        arrays[name] = compact_hashes(getattr(model, name))
    if shape.V <= MOST_BIGRAMS:
        arrays["bigrams"] = _bigrams(model)
    return ModuleContents(header, arrays)


def language_model_measure(model: Model) -> Measure[Model]:
    """What gives the probabilities of all next symbols in some names of the model."""
    choice, rng = Choice(), generator(0, Stream.SAMPLE)

    def choose(t: int, names: Rows, z: Array, uniform: Array) -> Ids:
        return pick(z, uniform, names.row, choice)

    predictor, steps = model.predictor(), model.form.usual_limit
    ids = Writer(predictor, model.form).draw(rng, MEASURED, choose, steps)
    blends = predictor.blends.draw(MEASURED, rng)

    def measure(other: Model) -> Floats:
        predictor = other.predictor()
        memory, rows = predictor.start(blends), np.arange(MEASURED)
        symbols, measured = np.full(MEASURED, END), []
        for column in ids.T:
            z, memory = predictor.step(symbols, memory)
            measured.append(np.exp(log_probabilities(z, choice)).ravel())
            going_on = column[rows] != END
            rows, memory = rows[going_on], memory.keep(going_on)
            symbols = column[rows]
            if not len(rows):
                break
        return np.concatenate(measured)

    return measure


def compact_hashes(hashes: Hashes) -> NDArray[np.uint32]:
    """The first 32 bits of sorted hashes, each as its distance from the one before.

    A name is taken for one of n by mistake once in 2**32 / n names.
    """
    first = np.unique(hashes >> np.uint64(32)).astype(np.uint32)
    return np.diff(first, prepend=np.uint32(0))


def _list_form(model: Model) -> dict[str, Any]:
    """The form of the list, with the characters that do not meet in its names."""
    form = model.list_form._asdict()
    seen = form.pop("junctions")
    characters = "".join(sorted({*model.form.fold(model.alphabet), " "}))
    few = len(characters) <= MOST_CHARACTERS
    form["barred"] = barred_pairs(characters, seen) if seen and few else []
    form["balanced"] = bool(seen) and UNBALANCED not in seen
    form["whole_flags"] = bool(seen) and HALF_FLAG not in seen
    return form


def _bigrams(model: Model) -> NDArray[np.uint8]:
    """-ln p of each symbol after each, (V, V), in BIGRAM_STEPS."""
    predictor = model.predictor(for_sampling=True)
    writer, V = Writer(predictor, model.form), len(model.vocabulary)
    rng = generator(0, Stream.OUTLOOK)
    p = estimate_bigrams(writer, Choice(), V, model.form.usual_limit, rng)
    steps = np.round(-np.log(p) * BIGRAM_STEPS)
    return np.minimum(steps, 255).astype(np.uint8)

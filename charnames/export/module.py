"""A model as an ES module: JavaScript that runs it, and its numbers as a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from charnames.errors import ExportError
from charnames.export.classifier import classifier_contents, classifier_measure
from charnames.export.converter import converter_contents, converter_measure
from charnames.export.language_model import (
    language_model_contents,
    language_model_measure,
)
from charnames.export.packing import ModuleContents, packed
from charnames.export.precision import as_kept, kept_weights, smallest_precision
from charnames.io.safe_text import is_harmful
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.models.converter import Converter
from charnames.models.language_model import Model
from charnames.version import __version__

_FOLDER = Path(__file__).parent / "javascript"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z]+\.mjs)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async|function|class|const)", re.MULTILINE)
_COMMENT = re.compile(r"^ *(?:/\*\*.*?\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)

# What the module of each task exports.
_OFFERS = {
    "generate": ("about", "generator"),
    "classify": ("about", "classify"),
    "convert": ("about", "convert"),
}

_NETWORKS = {"rnn": "An RNN", "gru": "A GRU", "lstm": "An LSTM"}


class Module(NamedTuple):
    """An ES module of a model.

    text: the module. types: its declarations for TypeScript. precision: how its weights
    are kept. about: what it says of its model.
    """

    text: str
    types: str
    precision: str
    about: Mapping[str, str | int]


def module(model: Trained, precision: str | None = None, license: str = "") -> Module:
    """The module of a model.

    precision: one of PRECISIONS; None is the smallest that changes no probability by
    more than TOLERANCE. license: what the maker of the module allows others to do.

    Raises ExportError for a model that no module can hold, a precision that its weights
    do not fit, and a license with characters that are no text.
    """
    precision, contents = _contents(model, precision)
    weights = kept_weights(model.parameters, precision)
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise ExportError(
            f"{precision} cannot hold the weights of this model; use float32"
        )
    about = _about(model, precision, license)
    text = packed({**contents.header, "about": about}, {**weights, **contents.arrays})
    task = model.recipe.task
    names = ", ".join(_OFFERS[task])
    parts = [
        *_comment(about),
        joined_sources("unpack.mjs", f"{task}.mjs"),
        f'const {{ {names} }} = offer(await unpack("{text}"));',
        f"export {{ {names} }};\n",
    ]
    return Module("\n".join(parts), _read(f"{task}.d.ts"), precision, about)


def _contents(model: Trained, precision: str | None) -> tuple[str, ModuleContents]:
    """How the weights are kept, and what there is beside them."""
    if isinstance(model, Model):
        chosen = precision or smallest_precision(model, language_model_measure(model))
        return chosen, language_model_contents(as_kept(model, chosen))
    if isinstance(model, Classifier):
        contents = classifier_contents(model)
        chosen = precision or smallest_precision(model, classifier_measure(model))
        return chosen, contents
    assert isinstance(model, Converter)
    contents = converter_contents(model)
    return precision or smallest_precision(model, converter_measure(model)), contents


def _about(model: Trained, precision: str, license: str) -> dict[str, str | int]:
    """What the module says of itself."""
    if any(is_harmful(c) for c in license.replace("\n", "")):
        raise ExportError(f"license: {license!a} holds a character that is no text")
    provenance = model.provenance
    parent = f" from the model {provenance.parent}" if provenance.parent else ""
    origin = (
        f"{_NETWORKS[model.recipe.cell]} network of {model.parameters.values.size:,} "
        f"parameters, trained by charnames {provenance.version}{parent} with "
        f"{provenance.iterations:,} updates and the seed {provenance.seed} on the list "
        f"{provenance.dataset}, which has {provenance.names:,} entries and the SHA-256 "
        f"{provenance.fingerprint}."
    )
    return {
        "task": model.recipe.task,
        "title": provenance.dataset,
        "names": provenance.names,
        "precision": precision,
        "version": __version__,
        "license": license,
        "origin": origin,
    }


def _comment(about: Mapping[str, str | int]) -> list[str]:
    """Lines of a comment on where the module comes from, which may stand in a page."""
    text = f"Written by charnames {about['version']}. {about['origin']}"
    lines = [text, *str(about["license"]).splitlines()]
    return [f"// {line}".replace("<", "‹").rstrip() for line in lines]


def sources(*starts: str) -> list[str]:
    """Files of JavaScript and those that they need, each after what it imports."""
    order: list[str] = []

    def visit(name: str) -> None:
        for other in _IMPORT.findall(_read(name)):
            visit(other)
        if name not in order:
            order.append(name)

    for start in starts:
        visit(start)
    return order


def joined_sources(*starts: str) -> str:
    """Files of JavaScript and those that they need as one, without imports, exports and
    comments: no two of them have one name for two things.
    """
    parts = [_read(name) for name in sources(*starts)]
    for pattern in (_IMPORT, _EXPORT, _COMMENT):
        parts = [pattern.sub("", part) for part in parts]
    return "\n".join(part.strip() + "\n" for part in parts)


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")

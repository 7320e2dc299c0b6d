"""The model file of a classifier: labels, and an alphabet or the scaling of numbers.

See charnames.model_file.metadata for what every model file says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from charnames.encoding.readers import reader_of
from charnames.encoding.scaling import Scaling
from charnames.io.safetensors import Tensor
from charnames.io.strict_json import FormatError, parse
from charnames.model_file.checks import check_keys, check_number, refuse
from charnames.model_file.description import (
    EXPONENT,
    ModelArrays,
    ModelInfo,
    TaskFormat,
)
from charnames.nn.networks.shape import Shape
from charnames.prediction.ngram_classifier import LARGEST_EXPONENT, MOST_CODES
from charnames.recipes.network import classifier_shape


def _with_inputs(info: ModelInfo, texts: Mapping[str, str]) -> ModelInfo:
    if len(info.labels) < 2:
        refuse("labels", texts["labels"], "two labels or more")
    if texts["list_form"]:
        refuse("list_form", texts["list_form"], "for a classifier")
    alphabet, scaling = texts["alphabet"], texts["scaling"]
    if not scaling:
        info = info._replace(alphabet=alphabet)
        order, V = info.recipe.ngram, _shape(info).V
        if order and len(info.labels) * V**order > MOST_CODES:
            refuse("ngram", order, "possible with so many characters and labels")
        return info
    if info.recipe.ngram:
        refuse("ngram", info.recipe.ngram, "possible for sequences of numbers")
    if alphabet:
        refuse("alphabet", alphabet, "for sequences of numbers")
    return info._replace(scaling=read_scaling(scaling))


def read_scaling(text: str) -> Scaling:
    """The constants that the JSON text holds. Raises FormatError or RecipeError."""
    values = parse(text, "the scaling")
    check_keys("the scaling", values, ("shift", "factor"))
    for name, numbers in values.items():
        if not isinstance(numbers, list):
            refuse(name, numbers, "a list of numbers")
        for number in numbers:
            check_number(name, number, float)
    return Scaling(tuple(values["shift"]), tuple(values["factor"]))


def _shape(info: ModelInfo) -> Shape:
    reader = reader_of(info.recipe.unit, info.alphabet, info.scaling)
    return classifier_shape(info.recipe, reader, len(info.labels))


def _tensors(info: ModelInfo, length: Callable[[str], int]) -> dict[str, Tensor]:
    return {EXPONENT: Tensor("F32", (1,))} if info.recipe.ngram else {}


def _check(info: ModelInfo, arrays: ModelArrays) -> None:
    """Raises FormatError for an exponent that training never gives."""
    if len(arrays.exponent) and not 0 <= arrays.exponent[0] <= LARGEST_EXPONENT:
        raise FormatError(f"tensor {EXPONENT!r} holds what is no exponent")


FORMAT = TaskFormat(_with_inputs, _shape, _tensors, _check)

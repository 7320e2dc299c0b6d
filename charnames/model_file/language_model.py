"""The model file of a language model: one alphabet, and n-grams if the recipe has any.

See charnames.model_file.metadata for what every model file says.
"""

from __future__ import annotations

from collections.abc import Mapping

from charnames.data.cleaning import MAX_LENGTH
from charnames.encoding.letter_case import KEEP
from charnames.encoding.list_form import ListForm
from charnames.encoding.vocabulary import Vocabulary
from charnames.model_file.checks import read_record, refuse
from charnames.model_file.description import ModelInfo, TaskFormat
from charnames.nn.networks.shape import Shape
from charnames.recipes.network import network_shape

_LONGEST_NAME = 2 * MAX_LENGTH  # symbols; older models fold İ to two


def _with_inputs(info: ModelInfo, texts: Mapping[str, str]) -> ModelInfo:
    if texts["scaling"]:
        refuse("scaling", texts["scaling"], "for a model of names")
    if info.provenance.longest > _LONGEST_NAME:
        refuse("longest", info.provenance.longest, "the length of a name")
    vocabulary = Vocabulary(texts["alphabet"])
    if vocabulary.mark is not None and info.case == KEEP:
        refuse("alphabet", texts["alphabet"], "for a model that keeps letter case")
    V, order = len(vocabulary), info.recipe.ngram
    if order and V**order > 2**64:
        refuse("ngram", order, "possible with so many characters")
    list_form = read_record(ListForm, texts["list_form"], "the list's form")
    return info._replace(alphabet=texts["alphabet"], list_form=list_form)


def _shape(info: ModelInfo) -> Shape:
    V = len(Vocabulary(info.alphabet))
    return network_shape(info.recipe, V, len(info.labels))


FORMAT = TaskFormat(_with_inputs, _shape)

"""The section about the letter embeddings of a model."""

from __future__ import annotations

from functools import partial

from charnames.evaluation.embeddings import letter_map
from charnames.experiments.plotting.drawing import inline_svg
from charnames.experiments.plotting.names import draw_map
from charnames.experiments.report.contents import Note, Plot, Plots, Section
from charnames.models.base import Trained

_TITLE = "Letter embeddings"
_MOST = 400  # letters; more cover one another


def letters_section(model: Trained) -> Section:
    """The embeddings of the letters that the model reads, in two dimensions."""
    letters = letter_map(model)
    if letters is None:
        text = "The model has no embeddings of three letters or more."
        return Section(_TITLE, [Note(text, is_missing=True)])
    if len(letters.letters) > _MOST:
        text = f"The model has {len(letters.letters):,} letters, too many to draw."
        return Section(_TITLE, [Note(text, is_missing=True)])
    what = "the embeddings of the letters"
    if letters.is_one_hot:
        what = "the columns of the input weights Wax, one for each letter (the network "
        what += "has one-hot inputs, so there are no other embeddings)"
    first, second = letters.explained
    draw = partial(draw_map, symbols=letters.letters, places=letters.places)
    caption = (
        f"The first two principal components of {what}. They have {first:.0%} and "
        f"{second:.0%} of the variance. Letters that the network treats alike stand "
        "near each other."
    )
    return Section(_TITLE, [Plots([Plot(*inline_svg(draw, "embeddings"), caption)])])

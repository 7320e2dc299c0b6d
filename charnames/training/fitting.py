"""The parts of a new model that are taken from its list, not trained."""

from __future__ import annotations

from dataclasses import replace

from charnames.encoding.near_copies import share_of_near_copies
from charnames.encoding.vocabulary import Vocabulary
from charnames.prediction.whole_words import WordPairs, count_word_pairs
from charnames.recipes.recipe import Recipe

MANY_NEAR_COPIES = 0.15  # of a list's names, so that new ones may be near-copies too
MOST_NEAR = 20_000  # names, so that their near-copies can be left out


def fitting_recipe(
    recipe: Recipe, names: list[str], alphabet: str, labelled: bool
) -> Recipe:
    """The recipe without what has no meaning for these folded names. The n-gram model
    and the words of the list know no labels, and words need a blank. Near-copies are
    let through if many of the names are near-copies of one another, and for a long
    list, where that is so and their hashes would take more room than the weights.
    """
    if labelled:
        recipe = replace(recipe, ngram=0)
    if labelled or " " not in alphabet:
        recipe = replace(recipe, word_weight=0.0, sampling_word_weight=0.0)
    long = len(names) > MOST_NEAR
    if recipe.min_edits > 1 and (
        long or share_of_near_copies(names) > MANY_NEAR_COPIES
    ):
        recipe = replace(recipe, min_edits=1)
    return recipe


def encoded_word_pairs(names: list[str], vocabulary: Vocabulary) -> WordPairs:
    """The pairs of words in the encoded names."""
    ids = {character: i for i, character in enumerate(vocabulary.alphabet, 1)}
    return count_word_pairs(([ids[c] for c in name] for name in names), ids[" "])

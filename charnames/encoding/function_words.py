"""Function words: which words of a list of names hold the other words together.

"The" and "of" stand before many words and after many. No list of them is needed, so
this works for any language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import TypeVar

# A function word is followed by at least _FEW different words, and by one for each
# _SHARE different words of the list; and it follows _FEW words, or twice _FEW words
# follow it. Chosen by reading the words that this gives in lists of 25 to 400 titles.
_FEW, _SHARE = 3, 250

_Word = TypeVar("_Word", bound=Hashable)


def function_words(pairs: Iterable[tuple[_Word, _Word]], start: _Word) -> set[_Word]:
    """The function words among pairs of a word and the word that follows it.

    start: what stands before the first word of a name, itself no word.

    >>> names = ["cat of rome", "dog of rhodes", "eye of crete"]
    >>> pairs = [pair for name in names for pair in word_pairs(name)]
    >>> function_words(pairs, start="")
    {'of'}
    """
    following: defaultdict[_Word, set[_Word]] = defaultdict(set)
    preceding: defaultdict[_Word, set[_Word]] = defaultdict(set)
    for before, word in pairs:
        following[before].add(word)
        preceding[word].add(before)
    least = max(_FEW, len(preceding) / _SHARE)
    return {
        word
        for word, followers in following.items()
        if word != start
        and len(followers) >= least
        and (len(preceding[word]) >= _FEW or len(followers) >= 2 * _FEW)
    }


def word_pairs(name: str) -> list[tuple[str, str]]:
    """Each word of the name with the word before it, "" before the first."""
    words = name.split()
    return [*zip(["", *words], words, strict=False)]

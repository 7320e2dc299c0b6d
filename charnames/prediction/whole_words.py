"""Whole words of the list in new company: a component of the mixture that predicts.

A name of several words is often made of words that other names have too. At the
beginning of a word this component proposes the words of the list, and once a word is
chosen its letters are nearly certain. Which words may come depends on the word before:

- at the beginning of a name, the words that names begin with;
- after a function word ("the", "of"), the words that follow it in the list;
- after any other word, a content word, its own followers in the list. If these have a
  content word among them, all content words that follow one may come too; if they have
  a function word among them, all function words that follow a content word.

A table of tries holds the words, each closed by the blank or the end marker that
follows it, with how often each node was passed. The component's probability of symbol
c is proportional to sqrt(p(c)) n(c): the square root of what the rest of the mixture
says of c, times how many words in the tries go on with c. So the network still decides
which words fit. The root keeps the few words that it thinks likeliest, letter by
letter, from crowding out the other words of the list.

The component's weight is `weight` at the beginning of every word. Within a word it is
the posterior probability that the component, not the rest of the mixture, wrote the
letters read so far (Bayes' rule), so the mixture is one of whole words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.function_words import function_words
from charnames.errors import ModelFileError
from charnames.nn.batching import END, SymbolIds
from charnames.nn.parameters import Array
from charnames.prediction.ngram import Counts, Nodes

MAX_ENTRIES = 2**24  # in each of the two tables: 64 MiB

Word = tuple[int, ...]
_Number = TypeVar("_Number", np.float32, np.int32)

# A sum of probabilities so small that dividing by it would overflow.
_NEGLIGIBLE = np.float32(1e-30)
_NOWHERE = 0  # the node of what is no beginning of a word of the list
# The kinds of words that may come: content words, function words, or both.
_KINDS = _CONTENT, _FUNCTION, _EITHER = range(3)
_OF_FUNCTION = {False: _CONTENT, True: _FUNCTION}


class WordPairs(NamedTuple):
    """Which word follows which in a list, and how often.

    symbols: the distinct words as ids, each closed by an end marker. pairs: (n, 4), for
    each the number of the word before (0 is the beginning of a name, 1 the first word
    of `symbols`), the number of the word, whether it ends the name, and the count.
    """

    symbols: Counts
    pairs: Counts

    def words(self) -> list[Word]:
        """The distinct words, in order, as ids."""
        words = []
        start = 0
        for end in np.flatnonzero(self.symbols == END).tolist():
            words.append(tuple(self.symbols[start:end].tolist()))
            start = end + 1
        return words


def count_word_pairs(names: Iterable[Iterable[int]], blank: int) -> WordPairs:
    """The pairs of words in names, which are ids without end markers; `blank` is the id
    that separates words.
    """
    numbers: dict[Word, int] = {}
    pairs: Counter[tuple[int, int, int]] = Counter()
    for name in names:
        words = _words(name, blank)
        before = 0
        for place, word in enumerate(words, 1):
            number = numbers.setdefault(word, len(numbers) + 1)
            pairs[before, number, int(place == len(words))] += 1
            before = number
    symbols = [symbol for word in numbers for symbol in (*word, END)]
    rows = [(*pair, count) for pair, count in sorted(pairs.items())]
    return WordPairs(
        np.array(symbols, np.uint32), np.array(rows, np.uint32).reshape(-1, 4)
    )


def _words(name: Iterable[int], blank: int) -> list[Word]:
    words: list[Word] = []
    word: list[int] = []
    for symbol in [*name, blank]:
        if symbol != blank:
            word.append(symbol)
        elif word:
            words.append(tuple(word))
            word = []
    return words


class WordState(NamedTuple):
    """Where N names stand in their words.

    nodes: (N, 3), in the trie of words by the kind of the word before, in the trie of
    that word's own followers, and in the trie of all words. posterior: (N, V), what the
    component's weight will be after each symbol.
    """

    nodes: Nodes
    posterior: Array

    def keep(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> WordState:
        """The state of the names marked, or numbered, in `rows`; a copy."""
        return WordState(self.nodes[rows], self.posterior[rows])

    def joined(self, others: WordState) -> WordState:
        """The state of these names and then the others."""
        nodes = np.concatenate([self.nodes, others.nodes])
        return WordState(nodes, np.concatenate([self.posterior, others.posterior]))


class WholeWords:
    """The component, as tables over V symbols.

    counts: (nodes, V), how many words go on with each symbol. following: (nodes, V),
    the node after each symbol. roots: (nodes, 3), the nodes at which the next word
    begins, after the word that leads to each node of the trie of all words.

    Raises ModelFileError if the tables would have more than MAX_ENTRIES entries.
    """

    def __init__(self, pairs: WordPairs, V: int, blank: int, weight: float) -> None:
        self.blank, self.weight = blank, np.float32(weight)
        tries = _Tries(blank)
        every, start = tries.root(), tries.root()
        after_content = [tries.root() for _ in _KINDS]
        words = [(), *pairs.words()]
        followers: defaultdict[int, set[int]] = defaultdict(set)
        for before, number, _, _ in pairs.pairs.tolist():
            followers[before].add(number)
        functions = function_words(
            ((before, number) for before, number, _, _ in pairs.pairs.tolist()), 0
        )
        own = {number: tries.root() for number in followers if number}
        for before, number, ends, count in pairs.pairs.tolist():
            word = words[number]
            tries.add(own[before] if before else start, word, ends, count)
            if before and before not in functions:
                for kinds in _OF_FUNCTION[number in functions], _EITHER:
                    tries.add(after_content[kinds], word, ends, count)
        leaves = {number: tries.walk(every, word) for number, word in enumerate(words)}
        nodes = len(tries.counts)
        if nodes * V > MAX_ENTRIES:
            raise ModelFileError(
                f"the tables of whole words have {nodes * V:,} entries, more than the "
                f"{MAX_ENTRIES:,} that there is room for; train with a word_weight of 0"
            )
        self.counts = _table(tries.counts, V, np.float32)
        self.following = _table(tries.children, V, np.int32)
        self.roots = np.full(
            (nodes, 3), (after_content[_EITHER], _NOWHERE, every), np.int32
        )
        for number, after in own.items():
            first, second = after, _NOWHERE
            if number not in functions:
                alike = {follower in functions for follower in followers[number]}
                kinds = _EITHER if len(alike) > 1 else _OF_FUNCTION[alike.pop()]
                first, second = after_content[kinds], after
            self.roots[leaves[number]] = first, second, every
        self.start: Nodes = np.array([start, _NOWHERE, every], np.int32)

    def begin(self, N: int) -> WordState:
        """The state of N names before their first symbol."""
        V = self.counts.shape[1]
        nodes = np.tile(self.start, (N, 1))
        return WordState(nodes, np.full((N, V), self.weight, np.float32))

    def read(self, ids: SymbolIds, state: WordState) -> tuple[Nodes, Array]:
        """Read ids (N,) -> the nodes (N, 3) and the component's weight (N,) after them.
        The end marker, which stands before a name, changes nothing.
        """
        weight = state.posterior[np.arange(len(ids)), ids]
        nodes = self.following[state.nodes, ids[:, None]]
        blanks = ids == self.blank
        nodes[blanks] = self.roots[state.nodes[blanks, 2]]
        nodes[ids == END] = state.nodes[ids == END]
        weight[blanks | (ids == END)] = self.weight
        return nodes, weight

    def mix(self, p: Array, nodes: Nodes, weight: Array) -> tuple[Array, WordState]:
        """Mix the component into probabilities p (V, N), which it uses up -> the
        mixture (V, N), and the state before the next symbol is read.
        """
        words = (self.counts[nodes[:, 0]] + self.counts[nodes[:, 1]]).T * np.sqrt(p)
        total = np.add.reduce(words, axis=0)
        on = total > _NEGLIGIBLE
        weight = np.where(on, weight, np.float32(0))
        words *= weight / np.where(on, total, 1)
        p *= 1 - weight
        p += words
        posterior = np.divide(words, p, out=np.zeros_like(p), where=p > 0)
        return p, WordState(nodes, np.ascontiguousarray(posterior.T))


def _table(
    rows: Sequence[Mapping[int, int]], V: int, dtype: type[_Number]
) -> NDArray[_Number]:
    """What each row has under each of V symbols, (len(rows), V); 0 for nothing."""
    places = np.repeat(np.arange(len(rows)) * V, [len(row) for row in rows])
    places += np.fromiter(chain.from_iterable(rows), np.intp)
    table = np.zeros((len(rows), V), dtype)
    table.put(places, [*chain.from_iterable(row.values() for row in rows)])
    return table


class _Tries:
    """Tries in one numbering; node 0 is nowhere."""

    def __init__(self, blank: int) -> None:
        self.blank = blank
        self.counts: list[dict[int, int]] = [{}]
        self.children: list[dict[int, int]] = [{}]

    def root(self) -> int:
        """A new node, without counts."""
        self.counts.append({})
        self.children.append({})
        return len(self.counts) - 1

    def add(self, root: int, word: Word, ends: int, count: int) -> None:
        """Count a word, closed by the end marker or a blank, from the root on."""
        node = root
        for symbol in word:
            counts, children = self.counts[node], self.children[node]
            counts[symbol] = counts.get(symbol, 0) + count
            node = children.get(symbol) or self._child(children, symbol)
        counts, closing = self.counts[node], END if ends else self.blank
        counts[closing] = counts.get(closing, 0) + count

    def walk(self, root: int, word: Word) -> int:
        """The node that the word leads to, made where there is none."""
        node = root
        for symbol in word:
            children = self.children[node]
            node = children.get(symbol) or self._child(children, symbol)
        return node

    def _child(self, children: dict[int, int], symbol: int) -> int:
        children[symbol] = child = self.root()
        return child

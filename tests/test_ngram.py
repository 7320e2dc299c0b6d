"""The Kneser-Ney model: against its formulas written out, and its choices."""

from __future__ import annotations

import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import ModelFileError
from charnames.nn.batching import Sequences
from charnames.prediction import ngram
from charnames.prediction.ngram import (
    NGram,
    choose_ngram,
    count_grams,
    fitting_order,
    largest_order,
)
from tests.drawn import texts
from tests.kneser_ney import Literal

NAMES = ["ada", "bea", "cleo", "dora", "eve", "flora", "gina", "ida", "joan", "kay"]
LETTERS = "abcdefg"

name_lists = st.lists(texts(LETTERS[:3], 1, 6), min_size=1)
orders = st.integers(1, 7)
alphabets = st.integers(3, len(LETTERS)).map(lambda n: LETTERS[:n])
discounts = st.none() | st.floats(0.05, 0.95)
quick = settings(max_examples=60, deadline=None)


def encoded(names: list[str], alphabet: str = LETTERS) -> Sequences:
    return Vocabulary(alphabet).sequences(names)


def ngram_of(
    names: list[str],
    order: int,
    discount: float | None = None,
    alphabet: str = LETTERS,
) -> NGram:
    V = len(alphabet) + 1
    return NGram(count_grams(encoded(names, alphabet), V, order), V, discount)


def alphabet_of(names: list[str]) -> str:
    return "".join(sorted(set("".join(names))))


# The formulas, written out


@quick
@given(names=name_lists, new=name_lists, order=orders, A=alphabets, discount=discounts)
@example(["abc"], ["cba", "abc"], 3, "abc", None)  # one name
@example(["a", "aaa", "aa"], ["a", "aaaa"], 3, "a", None)  # one letter
@example(["a"], ["a", "aa"], 7, "a", None)
@example(["ab", "ba"], ["ab", "abba"], 7, "ab", None)  # longer than any name
@example(["ab"], ["ba"], 2, LETTERS, None)  # letters never seen
def test_probabilities_are_those_of_the_formulas(
    names: list[str], new: list[str], order: int, A: str, discount: float | None
) -> None:
    measured = [*names, *new]
    probabilities = ngram_of(names, order, discount, A).predicted(encoded(measured, A))
    expected = Literal(names, order, len(A) + 1, discount).predicted(measured)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-5, atol=1e-7)


def test_by_hand() -> None:
    """All that is seen of "a" is seen once, so that D1 is its most, 0.95."""
    probabilities = ngram_of(["a"], 3, alphabet="a").predicted(encoded(["a"], "a"))
    after_mark = 0.05 + 0.95 * 0.5
    np.testing.assert_allclose(
        probabilities, [after_mark, 0.05 + 0.95 * after_mark], rtol=1e-6
    )


def test_a_fixed_discount_is_taken_from_every_count() -> None:
    names = ["a", "a", "a", "b"]
    probabilities = ngram_of(names, 1, 0.75, "ab").predicted(encoded(["a", "b"], "ab"))
    left = 3 * 0.75 / 8 / 3  # from a, b and the marker; V is 3
    a, b, end = 2.25 / 8 + left, 0.25 / 8 + left, 3.25 / 8 + left
    np.testing.assert_allclose(probabilities, [a, end, b, end], rtol=1e-6)


# What every model is


@quick
@given(names=name_lists, order=orders, A=alphabets, discount=discounts)
def test_every_row_is_a_distribution(
    names: list[str], order: int, A: str, discount: float | None
) -> None:
    rows = ngram_of(names, order, discount, A).probabilities
    assert rows.shape[1] == len(A) + 1
    assert (rows > 0).all()
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=0, atol=2e-6)


def walked(model: NGram, ids: NDArray[np.integer]) -> list[float]:
    """What the model says of each symbol of a name, the markers round it among ids."""
    nodes, result = np.array([model.start], np.int32), []
    for read, came in pairwise(ids):
        nodes = model.after(nodes, np.array([read]))
        result.append(float(model.probabilities[nodes[0], came]))
    return result


@quick
@given(names=name_lists, new=name_lists, order=orders)
def test_symbol_by_symbol_is_as_at_once(
    names: list[str], new: list[str], order: int
) -> None:
    model = ngram_of(names, order)
    stepped = [p for name in new for p in walked(model, encoded([name]).ids)]
    assert stepped == model.predicted(encoded(new)).tolist()


def test_many_names_walk_side_by_side() -> None:
    model = ngram_of(["abc", "bca", "cab", "abb"], 3)
    ids = np.array([[1, 2, 3], [2, 2, 1], [1, 3, 2]])
    nodes = np.full(len(ids), model.start, np.int32)
    for column in ids.T:
        nodes = model.after(nodes, column)
    alone = []
    for row in ids:
        node = np.array([model.start], np.int32)
        for symbol in row:
            node = model.after(node, np.array([symbol]))
        alone.append(int(node[0]))
    assert nodes.tolist() == alone
    assert len(set(alone)) == 3


@quick
@given(
    names=st.lists(texts("abc", 1, 3), min_size=1),
    extra=st.integers(1, 2),
)
def test_an_order_beyond_the_longest_name_adds_nothing(
    names: list[str], extra: int
) -> None:
    enough = max(map(len, names)) + 2  # a name, with a marker on either side
    least, more = ngram_of(names, enough), ngram_of(names, enough + extra)
    np.testing.assert_array_equal(least.probabilities, more.probabilities)
    np.testing.assert_array_equal(least.following, more.following)


def test_a_higher_order_knows_more() -> None:
    """The same letter goes on differently, by the one before the one before it."""
    names = ["acbd", "bcba", "dcbc"] * 20
    losses = [
        -np.log(ngram_of(names, order).predicted(encoded(names))).mean()
        for order in (1, 2, 3, 4)
    ]
    assert losses == sorted(losses, reverse=True)


# Tables that are too large


def entries(order: int) -> int:
    return ngram_of(NAMES, order, alphabet=alphabet_of(NAMES)).probabilities.size


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("room", [0, -1])
def test_the_order_is_lowered_until_the_tables_fit(
    monkeypatch: pytest.MonkeyPatch, order: int, room: int
) -> None:
    alphabet = alphabet_of(NAMES)
    monkeypatch.setattr(ngram, "MAX_ENTRIES", entries(order) + room)
    sequences, V = encoded(NAMES, alphabet), len(alphabet) + 1
    fitting = fitting_order(sequences, V, 5)
    assert fitting == order + room
    assert ngram_of(NAMES, fitting, alphabet=alphabet).probabilities.size
    with pytest.raises(ModelFileError) as caught:
        ngram_of(NAMES, fitting + 1, alphabet=alphabet)
    assert str(caught.value).isprintable()
    assert "lower order" in str(caught.value)


def test_an_order_that_fits_is_left_alone() -> None:
    sequences = encoded(NAMES, alphabet_of(NAMES))
    V = len(alphabet_of(NAMES)) + 1
    assert [fitting_order(sequences, V, n) for n in (1, 2, 5, 7)] == [1, 2, 5, 7]
    assert fitting_order(sequences, V, 8) == 7  # the most that there is


@given(V=st.integers(2, 10**6))
@example(2)
@example(8)
@example(512)  # 2^9, to the 7th 2^63
@example(513)
@example(10**6)
@example(int(2 ** (63 / 4)))
@example(int(2 ** (63 / 4)) + 1)
def test_the_largest_order_fits_63_bits(V: int) -> None:
    order = largest_order(V)
    assert 1 <= order <= ngram.MAX_ORDER
    assert V**order <= 2**63
    assert order == ngram.MAX_ORDER or V ** (order + 1) > 2**63


# The choice of an order and of discounts


def made_up(n: int, memory: int) -> list[str]:
    """Names that end anywhere, whose letters depend on the `memory` before them."""
    rng = np.random.default_rng(1)
    likely = rng.dirichlet(np.full(4, 0.3), 4**memory)
    names = []
    for _ in range(n):
        ids = rng.integers(4, size=max(memory, 1)).tolist()
        while rng.random() < 0.9:
            code = sum(i * 4**k for k, i in enumerate(ids[len(ids) - memory :]))
            ids.append(int(rng.choice(4, p=likely[code])))
        names.append("".join("abcd"[i] for i in ids))
    return names


def loss(names: list[str], measured: list[str], order: int, d: float | None) -> float:
    model = ngram_of(names, order, d, "abcd")
    return float(-np.log(model.predicted(encoded(measured, "abcd"))).mean())


@pytest.mark.parametrize("memory", [0, 1, 3])
def test_no_other_choice_does_better_on_the_part_held_out(memory: int) -> None:
    names = made_up(300, memory)
    chosen = choose_ngram(encoded(names, "abcd"), 5, np.random.default_rng(7))
    shuffled = [names[i] for i in np.random.default_rng(7).permutation(len(names))]
    rest, part = shuffled[:30], shuffled[30:]

    def loss(order: int, discount: float | None) -> float:
        model = ngram_of(part, order, discount, "abcd")
        return float(-np.log(model.predicted(encoded(rest, "abcd"))).mean())

    def is_chosen(order: int, discount: float | None) -> bool:
        rows = ngram_of(names, order, discount, "abcd").probabilities
        return np.array_equal(rows, chosen.probabilities)

    choices = list(product(range(1, 8), (None, 0.6, 0.75, 0.9)))
    ((order, discount),) = (choice for choice in choices if is_chosen(*choice))
    assert loss(order, None) == min(loss(n, None) for n in range(1, 8))
    assert loss(order, discount) == min(loss(n, d) for n, d in choices if n == order)


@pytest.mark.parametrize("memory", [1, 2, 3])
def test_the_order_chosen_is_what_the_names_remember(memory: int) -> None:
    names = made_up(700, memory)
    chosen = choose_ngram(encoded(names, "abcd"), 5, np.random.default_rng(1))
    expected = ngram_of(names, memory + 1, alphabet="abcd")
    assert chosen.probabilities.shape == expected.probabilities.shape


@pytest.mark.parametrize("names", [["abc"], ["a"], ["ab", "ba"], ["abcd"] * 9])
def test_lists_of_little_get_a_model(names: list[str]) -> None:
    model = choose_ngram(encoded(names), 8, np.random.default_rng(1))
    uniform = math.log(8)
    assert -np.log(model.predicted(encoded(names))).mean() < uniform


def test_the_same_stream_chooses_the_same() -> None:
    sequences = encoded(made_up(60, 2), "abcd")
    first, other = (choose_ngram(sequences, 5, np.random.default_rng(3)) for _ in "12")
    np.testing.assert_array_equal(first.probabilities, other.probabilities)


def test_a_choice_keeps_to_what_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = made_up(200, 3)
    limit = ngram_of(names, 3, alphabet="abcd").probabilities.size
    monkeypatch.setattr(ngram, "MAX_ENTRIES", limit)
    chosen = choose_ngram(encoded(names, "abcd"), 5, np.random.default_rng(1))
    assert chosen.probabilities.size <= limit

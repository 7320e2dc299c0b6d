"""Packed batches against naive loops over the sequences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from charnames.nn.batching import END, Packed, Sequences, VectorSequences, pack
from charnames.nn.parameters import Array

# A sequence is a list of symbols without its end markers; one may be empty.


def split(data: bytes) -> list[list[int]]:
    """Sequences of the symbols from 1 to 5; what is beyond begins another."""
    sequences: list[list[int]] = [[]]
    for symbol in (byte % 7 for byte in data):
        if END < symbol <= 5:
            sequences[-1].append(symbol)
        else:
            sequences.append([])
    return sequences


# Far quicker than lists of lists.
BATCHES = (st.binary(max_size=9) | st.binary(min_size=9, max_size=40)).map(split)
quick = settings(max_examples=200, deadline=None)


def flat(sequences: list[list[int]]) -> NDArray[np.int32]:
    """[[1, 2], [3]] -> 0 1 2 0 3 0"""
    ids = [END]
    for symbols in sequences:
        ids += [*symbols, END]
    return np.array(ids, np.int32)


def packed(sequences: list[list[int]]) -> Packed:
    return pack(Sequences(flat(sequences)), range(len(sequences)))


def steps(symbols: list[int]) -> int:
    """What a sequence has to predict: its symbols and its end."""
    return len(symbols) + 1


def row_numbers(batch: Packed) -> list[list[int]]:
    """For each step the numbers of its rows, counted up one by one."""
    numbers, row = [], 0
    for size in batch.sizes:
        numbers.append(list(range(row, row + size)))
        row += size
    return numbers


def rows_of(batch: Packed, *width: int) -> Array:
    """(M, *width), every entry another number."""
    shape = (len(batch.targets), *width)
    return np.arange(np.prod(shape), dtype=float).reshape(shape)


def spans(views: list[Array]) -> list[list[int]]:
    """The numbers in the first column of each view of `rows_of(batch, 1)`."""
    return [view[:, 0].astype(int).tolist() for view in views]


def test_the_example_of_the_module() -> None:
    A, B, E, a, d, e, o, v = range(1, 9)
    batch = packed([[A, d, a], [B, o], [E, v, e]])
    order = batch.order.tolist()
    assert order == [0, 2, 1]
    assert list(batch.sizes) == [3, 3, 3, 2]
    assert batch.inputs.tolist() == [END, END, END, A, E, B, d, v, o, a, e]
    assert batch.targets.tolist() == [A, E, B, d, v, o, a, e, END, END, END]


@quick
@given(BATCHES)
def test_sequences_know_where_each_stands(sequences: list[list[int]]) -> None:
    all_sequences = Sequences(flat(sequences))
    assert len(all_sequences) == len(sequences)
    for i, symbols in enumerate(sequences):
        start, length = all_sequences.starts[i], all_sequences.lengths[i]
        assert all_sequences.ids[start : start + length + 1].tolist() == [
            END,
            *symbols,
            END,
        ]


@quick
@given(BATCHES)
def test_order_names_every_sequence_once_longest_first(
    sequences: list[list[int]],
) -> None:
    order = packed(sequences).order.tolist()
    assert sorted(order) == list(range(len(sequences)))
    lengths = [steps(sequences[i]) for i in order]
    assert lengths == sorted(lengths, reverse=True)


def test_sequences_of_one_length_keep_their_order() -> None:
    """So many that a sort which is not stable would mix them."""
    lengths = np.random.default_rng(3).integers(1, 3, 300).tolist()
    batch = packed([[1] * length for length in lengths])
    longer = [i for i, length in enumerate(lengths) if length == 2]
    shorter = [i for i, length in enumerate(lengths) if length == 1]
    assert batch.order.tolist() == longer + shorter


@quick
@given(BATCHES)
def test_sizes_count_the_sequences_still_running(sequences: list[list[int]]) -> None:
    lengths = [steps(symbols) for symbols in sequences]
    running = [sum(length > t for length in lengths) for t in range(max(lengths))]
    assert list(packed(sequences).sizes) == running


@quick
@given(BATCHES)
def test_inputs_and_targets_are_time_major(sequences: list[list[int]]) -> None:
    batch = packed(sequences)
    ordered = [sequences[i] for i in batch.order]
    expected = []
    for t in range(len(batch.sizes)):
        for symbols in ordered:
            if t < steps(symbols):
                expected.append(([END, *symbols][t], [*symbols, END][t]))
    assert list(zip(batch.inputs, batch.targets, strict=True)) == expected


@quick
@given(BATCHES, st.data())
def test_any_choice_of_sequences_can_be_packed(
    sequences: list[list[int]], data: st.DataObject
) -> None:
    number = st.integers(0, len(sequences) - 1)
    chosen = data.draw(st.lists(number, min_size=1, max_size=6))
    result = pack(Sequences(flat(sequences)), np.array(chosen))
    expected = packed([sequences[i] for i in chosen])
    assert result.inputs.tolist() == expected.inputs.tolist()
    assert result.targets.tolist() == expected.targets.tolist()
    assert list(result.sizes) == list(expected.sizes)
    assert result.order.tolist() == expected.order.tolist()


@pytest.mark.parametrize("numbers", [[2, 0], [1], [0, 1, 2]])
def test_a_selection_keeps_each_sequence_with_its_label(numbers: list[int]) -> None:
    names, labels = [[1, 2], [3], [4, 5, 1]], np.array([7, 8, 9])
    symbols = Sequences(flat(names)).labelled(labels).chosen(np.array(numbers))
    expected = flat([names[i] for i in numbers])
    assert symbols.ids.tolist() == expected.tolist()
    rows = np.arange(6.0)[:, None]  # of sequences of 2, 1 and 3 steps
    vectors = VectorSequences(rows, np.array([2, 1, 3])).labelled(labels)
    selection = vectors.chosen(np.array(numbers))
    steps_of = [[0, 1], [2], [3, 4, 5]]
    assert selection.values[:, 0].tolist() == [t for i in numbers for t in steps_of[i]]
    for each in (symbols, selection):
        assert each.labels.tolist() == labels[numbers].tolist()
    assert selection.lengths.tolist() == [[2, 1, 3][i] for i in numbers]


@quick
@given(BATCHES)
def test_steps_are_the_rows_of_each_step(sequences: list[list[int]]) -> None:
    batch = packed(sequences)
    assert spans(batch.steps(rows_of(batch, 1))) == row_numbers(batch)


@pytest.mark.parametrize("width", [(), (3,), (2, 3)], ids=["flat", "wide", "cubic"])
@pytest.mark.parametrize("lengths", [[3, 1, 2], [2, 2, 2]], ids=["ragged", "equal"])
def test_steps_of_rows_of_any_shape_are_views(
    lengths: list[int], width: tuple[int, ...]
) -> None:
    batch = packed([[1] * length for length in lengths])
    rows = rows_of(batch, *width)
    for view, numbers in zip(batch.steps(rows), row_numbers(batch), strict=True):
        np.testing.assert_array_equal(view, rows[numbers])
        assert np.shares_memory(view, rows)


@quick
@given(BATCHES)
def test_steps_of_a_block_of_columns_are_views(sequences: list[list[int]]) -> None:
    batch = packed(sequences)
    rows = rows_of(batch, 6)
    for view in batch.steps(rows[:, 2:4]):
        view += 1000
    assert (rows[:, 2:4] >= 1000).all()
    assert (rows[:, [0, 1, 4, 5]] < 1000).all()


@quick
@given(BATCHES)
def test_carried_are_the_rows_that_go_on(sequences: list[list[int]]) -> None:
    batch = packed(sequences)
    rows = rows_of(batch, 1)
    views = batch.continuing(batch.steps(rows))
    ordered = [steps(sequences[i]) for i in batch.order]
    expected = []
    for t, numbers in enumerate(row_numbers(batch)[:-1]):
        pairs = zip(ordered, numbers, strict=False)  # the ended ones stand last
        expected.append([row for length, row in pairs if length > t + 1])
    assert spans(views) == expected
    assert all(np.shares_memory(view, rows) for view in views)


@quick
@given(BATCHES)
def test_previous_is_the_state_that_each_row_started_from(
    sequences: list[list[int]],
) -> None:
    batch = packed(sequences)
    N, M = len(sequences), len(batch.targets)
    states = np.arange(2.0 * (N + M)).reshape(N + M, 2)
    before = list(range(N))  # of each sequence, the row of `states` it stands at
    expected = []
    for numbers in row_numbers(batch):
        for j, row in enumerate(numbers):
            expected.append(states[before[j]].tolist())
            before[j] = N + row
    assert batch.previous(states).tolist() == expected


@quick
@given(BATCHES)
def test_per_sequence_adds_up_in_the_callers_order(sequences: list[list[int]]) -> None:
    batch = packed(sequences)
    rows = rows_of(batch)
    expected = [0.0] * len(sequences)
    for numbers in row_numbers(batch):
        for j, row in enumerate(numbers):
            expected[batch.order[j]] += rows[row]
    assert batch.per_sequence(rows).tolist() == expected

"""Sequences of vectors: JSON Lines and .ts files read, refused, identified."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.data import sequences as module
from charnames.data.sequences import SequenceList, read_sequences
from charnames.errors import ListError

unhurried = settings(deadline=None)


def read(content: str | bytes, labels: bool = True) -> SequenceList:
    data = content if isinstance(content, bytes) else content.encode()
    return read_sequences(io.BytesIO(data), labels=labels)


def assert_holds(
    loaded: SequenceList, expected: Sequence[Any], labels: list[str] | None
) -> None:
    assert loaded.labels == labels
    assert len(loaded) == len(expected)
    for vectors, wanted in zip(loaded, expected, strict=True):
        assert vectors.dtype == np.float32
        np.testing.assert_array_equal(vectors, np.array(wanted, np.float32))


def refusal(content: str | bytes, labels: bool = True) -> str:
    """What reading it is refused with: always one line, short and safe to print."""
    with pytest.raises(ListError) as caught:
        read(content, labels)
    message = str(caught.value)
    assert message.isprintable() and len(message) < 500
    assert message.startswith("the stream")
    return message.removeprefix("the stream").removeprefix(", ")


# JSON Lines

KA = '{"label": "ka", "sequence": [[1, 2.5], [3e-1, -4]]}'
KI = '{"sequence": [[0, 1]], "label": "ki", "writer": [7]}'
EXPECTED = [[[1, 2.5], [0.3, -4]], [[0, 1]]]


@pytest.mark.parametrize(
    "content",
    [f"{KA}\n{KI}\n", f"\ufeff\n {KA} \r\n\r\n\t{KI}", f"{KA}\r\n \u00a0\n{KI}\r"],
)
def test_objects_are_read_line_by_line(content: str) -> None:
    assert_holds(read(content), EXPECTED, ["ka", "ki"])
    assert_holds(read(content, labels=False), EXPECTED, None)
    assert read(content).vector_size == 2


def test_a_list_of_numbers_has_vectors_of_one() -> None:
    loaded = read('{"label": "a", "sequence": [1, 2, 3.5]}')
    assert_holds(loaded, [[[1], [2], [3.5]]], ["a"])
    assert loaded.vector_size == 1


def test_long_sequences_of_vectors_are_read() -> None:
    text = json.dumps({"label": "a", "sequence": [[1, 2]] * 5_000})
    assert len(read(text)[0]) == 5_000


def test_labels_are_cleaned_and_may_be_whole_numbers() -> None:
    lines = (json.dumps({"label": x, "sequence": [1]}) for x in (" cafe\u0301 ", 7, -1))
    assert read("\n".join(lines)).labels == ["café", "7", "-1"]


def test_without_labels_none_are_needed() -> None:
    for rest in ("", ', "label": null', ', "label": "ka"', ', "label": ""'):
        assert_holds(read(f'{{"sequence": [1]{rest}}}', labels=False), [[[1]]], None)


def test_a_file_is_read_as_a_stream_is(tmp_path: Path) -> None:
    path = tmp_path / "pen.jsonl"
    path.write_text(f"{KA}\n{KI}\n")
    loaded = read_sequences(path)
    assert_holds(loaded, EXPECTED, ["ka", "ki"])
    assert loaded.source == read_sequences(str(path)).source == str(path)
    path.write_text(f"{KA}\n{{}}\n")
    with pytest.raises(ListError) as caught:
        read_sequences(path)
    assert str(caught.value) == f'{path}, line 2: has no "sequence"'


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path, "a\0b"):
        with pytest.raises(ListError, match=r"give a file of sequences$") as caught:
            read_sequences(path)
        assert str(caught.value).startswith(f"{path}: ")


def line(sequence: str, label: str = '"ka"') -> str:
    return f'{{"label": {label}, "sequence": {sequence}}}'


FAULTS = {
    "text": ("da\tBo", "it is not JSON; write "),
    "cut short": ('{"label": "ka", "seq', "it is not JSON; write "),
    "two on a line": (KA + KI, "it is not JSON; write "),
    "a list": ("[[1, 2]]", "it is not a JSON object; write "),
    "a key twice": ('{"label": "a", "label": "b"}', "it says 'label' twice; write "),
    "a long key twice": ('{"%s": 1, "%s": 2}' % (("k" * 9999,) * 2), "it says 'kkk"),
    "nested without end": ("[" * 100_000, "it is nested without end; write "),
    "nested in a sequence": (line("[" * 100_000), "it is nested without end; write "),
    "no sequence": ('{"label": "ka"}', 'has no "sequence"'),
    "no label": ('{"sequence": [[1, 2]]}', "has no label; give each sequence one"),
    "a null label": (line("[[1, 2]]", "null"), "has no label"),
    "an empty label": (line("[[1, 2]]", '" "'), "the label is empty"),
    "a label too long": (line("[[1, 2]]", f'"{"k" * 101}"'), "a label has at most"),
    "a harmful label": (line("[[1, 2]]", r'"\u001b[2J"'), "holds U+001B (control"),
    "half a letter": (line("[[1, 2]]", r'"\ud800"'), "holds U+D800"),
    "a label that is true": (line("[[1, 2]]", "true"), "its label is true or false,"),
    "a label that is a list": (line("[[1, 2]]", "[1]"), "its label is a list, and"),
    "a label of many digits": (line("[[1, 2]]", "9" * 999), "it holds a number of 999"),
    "nothing": (line("[]"), "the sequence is empty"),
    "empty vectors": (line("[[], []]"), "its vectors are empty"),
    "a null sequence": (line("null"), "its sequence is null, no list"),
    "a text sequence": (line('"1 2"'), "its sequence is text, no list"),
    "a number": (line("4.5"), "its sequence is a number, no list"),
    "an object": (line("{}"), "its sequence is an object, no list"),
    "a null": (line("[[1, 2], [null, 3]]"), "step 2 holds null, which is no number"),
    "a true": (line("[[1, 2], [3, true]]"), "step 2 holds true or false, which is"),
    "a digit in quotes": (line('["1"]'), "step 1 holds text, which is no number"),
    "a question mark": (line('[[1, "?"]]'), "step 1 holds text, which is no number"),
    "NaN": (line("[[1, NaN]]"), "it holds NaN, which is no number; write "),
    "-Infinity": (line("[[1, -Infinity]]"), "it holds -Infinity, which is no number"),
    "a number too large": (line("[[1, 2], [1, 1e39]]"), "step 2 holds a number too la"),
    "one past 64 bits": (line("[[1, -1e999]]"), "step 1 holds a number too large for"),
    "many digits": (line(f"[[1, {'9' * 299}]]"), "step 1 holds a number too large for"),
    "too many digits": (line(f"[[1, {'9' * 9999}]]"), "it holds a number of 9,999 dig"),
    "three in two": (line("[[1, 2], [1, 2, 3]]"), "step 2 has 3 numbers, and step 1"),
    "one in two": (line("[[1, 2], 3]"), "step 2 is a number, and others are lists"),
    "two in one": (line("[3, [1, 2]]"), "step 1 is a number, and others are lists"),
    "too deep": (line("[[[1, 2]]]"), "it is nested too deep; write "),
    "of another kind": (line("[1, 2]"), "has vectors of 1 numbers, and those before"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_line_that_is_no_sequence_with_a_label(fault: str) -> None:
    content, message = FAULTS[fault]
    assert refusal(f"{KA}\n\n{content}\n{KI}\n").startswith(f"line 3: {message}")


def test_bytes_that_are_not_utf_8() -> None:
    message = refusal(f"{KA}\n".encode() + b'{"label": "\xe9"}')
    assert message.startswith("line 2: not UTF-8 (byte 12 of the line)")


@pytest.mark.parametrize("content", ["", "\n \r\n", "\ufeff"])
def test_a_file_without_a_sequence(content: str) -> None:
    assert refusal(content) == ": there is no sequence in it; write one a line"


LIMITS: dict[str, tuple[str, int, str]] = {
    "MAX_STEPS": (
        line("[[1, 2], [1, 2], [1, 2]]"),
        2,
        "a sequence has at most 2 steps",
    ),
    "MAX_SIZE": (line("[[1, 2, 3]]"), 2, "a vector has at most 2 numbers"),
    "MAX_NUMBERS": (line("[[1, 2], [3, 4]]"), 7, "a list holds at most 7 numbers"),
    "_MAX_BYTES": (line("[[1, 2]]") + " " * 99, 99, "a line has at most 16,000,000"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_limits(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content, most, message = LIMITS[limit]
    monkeypatch.setattr(module, limit, most)
    first = line("[[1, 2], [3, 4]]")
    assert len(read(f"{first}\n")) == 1
    assert refusal(f"{first}\n{content}\n").startswith(f"line 2: {message}")


# .ts files

HEADER = """\
# Two vowels.
@problemName vowels
@timeStamps false
@missing false
@univariate false
@dimensions 2
@equalLength false
@classLabel true ka ki
@data
"""
DATA = "1,3e-1:2.5,-4:ka\n0:1:ki\n"
ONE = HEADER.replace("@univariate false\n@dimensions 2", "@univariate true")


def test_ts() -> None:
    loaded = read(HEADER + DATA)
    assert_holds(loaded, EXPECTED, ["ka", "ki"])
    assert_holds(read(HEADER + DATA, labels=False), EXPECTED, None)
    assert loaded.fingerprint == read(f"{KA}\n{KI}").fingerprint


SPELLINGS = {
    "capitals": (HEADER.upper(), DATA),
    "classes_in_another_case": (HEADER, DATA.replace("ka", "Ka")),
    "blanks_and_comments": (
        HEADER.replace("\n", " \r\n\r\n% more\n"),
        " 1 , 3e-1 : 2.5, -4 : ka \n#\n\n0 : 1 : ki",
    ),
    "byte_order_mark": ("\ufeff" + HEADER, DATA),
    "any_class": (HEADER.replace(" ka ki", ""), DATA),
    "little_of_a_header": ("@data\n", DATA),
    "a_header_that_says_more": ("@seriesLength 2\n@author A. B.\n" + HEADER, DATA),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_ts_in_other_spellings(spelling: str) -> None:
    loaded = read("".join(SPELLINGS[spelling]))
    assert loaded.labels is not None
    assert_holds(loaded, EXPECTED, [loaded.labels[0], "ki"])
    assert loaded.labels[0].lower() == "ka"


def test_ts_of_numbers_and_without_classes() -> None:
    assert_holds(read(ONE + "1,2,3:ki\n"), [[[1], [2], [3]]], ["ki"])
    plain = ONE.replace("true ka ki", "false")
    assert_holds(
        read(f"{plain}1,2,3\n4\n", labels=False), [[[1], [2], [3]], [[4]]], None
    )
    assert refusal(f"{plain}1,2,3\n").endswith(
        "line 9: has no label; give each sequence one"
    )


def test_ts_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "vowels.TS"
    path.write_text(HEADER + DATA)
    assert_holds(read_sequences(path), EXPECTED, ["ka", "ki"])
    path.write_text(DATA)
    with pytest.raises(ListError, match="line 1: is no tag, and there was no @data"):
        read_sequences(path)
    path.write_text("")
    with pytest.raises(ListError, match="there is no sequence in it"):
        read_sequences(path)


STAMPED = "@timeStamps true\n@data\n"
TS_FAULTS = {
    "stamps, perhaps": ("@timeStamps\n@data\n1:ka", 1, "say @timeStamps true or false"),
    "no stamps": (STAMPED + "1,2:ka", 3, "dimension 1 is not values with time stamps"),
    "half a stamp": (STAMPED + "(0,1),(1:ka", 3, "dimension 1 is not values with time"),
    "unequal stamps": (
        STAMPED + "(0,1),(1,1),(2,1),(4,1):ka",
        3,
        "dimension 1: the time stamp of step 4 is not as far from the one before",
    ),
    "stamps of another kind": (
        STAMPED + "(0,1),(noon,1):ka",
        3,
        "dimension 1, step 2: the time stamp 'noon' is neither a number nor a date",
    ),
    "a target": ("@targetLabel true\n@data\n1:2.5", 1, "the file has numbers as targe"),
    "no class said": ("@classLabel\n@data\n1:ka", 1, "say @classLabel true and the cl"),
    "dimensions": ("@dimensions two\n@data\n1:ka", 1, "say @dimensions and a whole"),
    "so many": (f"@dimensions {'9' * 9999}\n@data", 1, "say @dimensions and a whole"),
    "no data": ("@classLabel true a\n1:a", 2, "is no tag, and there was no @data"),
    "one too few": (HEADER + "1:ka", 10, "has 1 dimensions before its class, and 2"),
    "one too many": (HEADER + "1:2:3:ka", 10, "has 3 dimensions before its class"),
    "two for one": (ONE + "1:2:ka", 9, "has 2 dimensions before its class, and 1 are"),
    "a class alone": ("@data\nka", 2, "has 0 dimensions before its class, and at le"),
    "another class": (HEADER + "1:2:ku", 10, "the class 'ku' is none of those after"),
    "no class": ("@data\n1:2:", 2, "the label is empty"),
    "an empty dimension": (HEADER + "1: :ka", 10, "dimension 2 is empty"),
    "an empty place": (HEADER + "1,:2:ka", 10, "dimension 1 holds '' at step 2, whic"),
    "a question mark": (
        HEADER + "1,2:2,?:ka",
        10,
        "dimension 2 has no number at step 2; give --missing interpolate, or --missing",
    ),
    "an underscore": (HEADER + "1_0:2:ka", 10, "dimension 1 holds '1_0' at step 1, "),
    "a word": (
        HEADER + "1:" + "x" * 999 + ":ka",
        10,
        f"dimension 2 holds '{'x' * 40}'",
    ),
    "NaN": (HEADER + "1,2:2,NaN:ka", 10, "dimension 2 has no number at step 2; give"),
    "infinity": (HEADER + "1:-inf:ka", 10, "step 1 holds a number too large for 32"),
    "shorter": (HEADER + "1,2,3:4,5:ka", 10, "dimension 2 has 2 steps, and dimension"),
    "a harmful class": ("@data\n1:k\x1ba", 2, "holds U+001B"),
    "another size": ("@data\n1:2:a\n1:a", 3, "has vectors of 1 numbers, and those"),
}


@pytest.mark.parametrize("fault", TS_FAULTS)
def test_ts_that_does_not_hold_to_the_format(fault: str) -> None:
    content, number, message = TS_FAULTS[fault]
    assert refusal(content).startswith(f"line {number}: {message}")


@pytest.mark.parametrize(
    ("line", "missing", "expected"),
    [
        ("1,?,3:4,5,6:ka", "interpolate", [[1, 4], [2, 5], [3, 6]]),
        ("?,?,3,NaN:4,5,6,?:ka", "interpolate", [[3, 4], [3, 5], [3, 6], [3, 6]]),
        ("1,nan ,?,4:1,1,1,1:ka", "interpolate", [[1, 1], [2, 1], [3, 1], [4, 1]]),
        ("1,?,3:4,5,?:ka", "drop", [[1, 4]]),
        ("1,2:4,5:ka", "drop", [[1, 4], [2, 5]]),
    ],
)
def test_missing_numbers(line: str, missing: str, expected: list[list[float]]) -> None:
    (vectors,) = read_sequences(io.BytesIO((HEADER + line).encode()), missing=missing)
    assert vectors.tolist() == expected


@pytest.mark.parametrize(
    ("line", "missing", "message"),
    [
        ("1,2:?,?:ka", "interpolate", "dimension 2 has no number at any step"),
        ("1,?:?,2:ka", "drop", "every step has a missing number"),
    ],
)
def test_too_many_missing_numbers(line: str, missing: str, message: str) -> None:
    with pytest.raises(ListError, match=f"line 10: {message}"):
        read_sequences(io.BytesIO((HEADER + line).encode()), missing=missing)


@pytest.mark.parametrize(
    "line",
    [
        "(0,1.5),(1,2),(2,-3):(5,4),(6,5),(7,6):ka",
        "( 0 , 1.5 ),(0.1,2), (0.2,-3):(1e3,4),(2e3,5),(3e3,6):ka",
        "(2020-01-01,1.5),(2020-01-02,2),(2020-01-03,-3):(0,4),(0.5,5),(1,6):ka",
        "(2020-01-01 00:30:00,1.5),(2020-01-01 01:30:00,2),(2020-01-01 02:30:00,-3)"
        ":(0,4),(1,5),(2,6):ka",
    ],
)
def test_equally_spaced_time_stamps_are_dropped(line: str) -> None:
    header = HEADER.replace("@timeStamps false", "@timeStamps true")
    (vectors,) = read_sequences(io.BytesIO((header + line).encode()))
    assert vectors.tolist() == [[1.5, 4], [2, 5], [-3, 6]]


def test_time_stamps_without_classes() -> None:
    content = "@timeStamps true\n@classLabel false\n@data\n(0,1),(1,?):(0,3),(1,4)\n"
    (vectors,) = read_sequences(
        io.BytesIO(content.encode()), labels=False, missing="interpolate"
    )
    assert vectors.tolist() == [[1, 3], [1, 4]]


def test_ts_without_data() -> None:
    assert refusal("# nothing\n").startswith(": has no @data")
    assert refusal(HEADER) == ": there is no sequence in it; write one a line"


# Sequences that a program made up


def test_arrays_become_vectors_of_32_bits() -> None:
    loaded = SequenceList(
        [np.arange(3), [0.5], np.ones((2, 1))], "mine", ["a", "b", "a"]
    )
    assert_holds(loaded, [[[0], [1], [2]], [[0.5]], [[1], [1]]], ["a", "b", "a"])
    assert SequenceList([[1]]).labels is None


ARRAYS: dict[str, Callable[[], Any]] = {
    "is no list of vectors of one size": lambda: [[1, 2], [3]],
    "has 0 dimensions": lambda: 5,
    "has 3 dimensions": lambda: np.ones((1, 2, 3)),
    "the sequence is empty": lambda: np.ones((0, 2)),
    "its vectors are empty": lambda: np.ones((2, 0)),
    "step 3 holds NaN": lambda: [[1, 2], [3, 4], [5, np.nan]],
    "step 1 holds a number too large": lambda: np.array([[1, 1e300]]),
    "has vectors of 3 numbers": lambda: np.ones((4, 3)),
}


@pytest.mark.parametrize("message", ARRAYS)
def test_arrays_that_are_no_sequences(message: str) -> None:
    with pytest.raises(ListError, match=rf"^mine, sequence 2: {message}"):
        SequenceList([np.ones((1, 2)), ARRAYS[message]()], "mine")


def test_there_are_as_many_labels_as_sequences() -> None:
    with pytest.raises(ListError, match=r"^mine: 1 labels for 2"):
        SequenceList([[1], [2]], "mine", ["a"])


# What identifies a list


def test_the_fingerprint_covers_labels_shapes_and_numbers() -> None:
    flat = [1.0, 2.0, 3.0, 4.0]
    lists = [
        SequenceList([flat]),
        SequenceList([flat], labels=["a"]),
        SequenceList([flat], labels=["b"]),
        SequenceList([[[1, 2], [3, 4]]]),
        SequenceList([[[1, 2, 3, 4]]]),
        SequenceList([[1, 2], [3, 4]]),
        SequenceList([[3, 4], [1, 2]]),
        SequenceList([[1, 2, 3, 4.5]]),
    ]
    assert len({sequences.fingerprint for sequences in lists}) == len(lists)


# Whatever comes

NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)
LABELS = st.sampled_from(["ka", "ki", "été", "7"])
ENTRIES = st.integers(1, 3).flatmap(
    lambda size: st.lists(
        st.tuples(
            LABELS,
            st.lists(
                st.lists(NUMBERS, min_size=size, max_size=size), min_size=1, max_size=4
            ),
        ),
        min_size=1,
        max_size=4,
    )
)


@unhurried
@given(ENTRIES)
def test_what_is_written_and_read_is_the_same(entries: list[tuple[str, Any]]) -> None:
    labels = [label for label, _ in entries]
    expected = [sequence for _, sequence in entries]
    objects = [json.dumps({"label": a, "sequence": b}) for a, b in entries]
    assert_holds(read("\n".join(objects)), expected, labels)
    rows = ["@data"]
    for label, sequence in entries:
        dimensions = (",".join(map(repr, item)) for item in zip(*sequence, strict=True))
        rows.append(":".join([*dimensions, label]))
    assert_holds(read("\n".join(rows)), expected, labels)


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner)
    ),
    max_leaves=8,
)
LINES = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"#", b"@data", b"@dimensions 1", b"1:ka", b"1:2:ka", b"?:k"]),
        st.fixed_dictionaries({}, optional={"label": JSON, "sequence": JSON}).map(
            lambda ids: json.dumps(ids).encode()
        ),
    ),
    max_size=5,
)


@unhurried
@given(LINES, st.booleans())
def test_any_bytes_are_sequences_or_refused(lines: list[bytes], labels: bool) -> None:
    try:
        loaded = read(b"\n".join(lines), labels)
    except ListError as error:
        assert str(error).isprintable()
        return
    assert loaded and all(vectors.size for vectors in loaded)
    assert {vectors.shape[1] for vectors in loaded} == {loaded.vector_size}
    assert (loaded.labels is not None) == labels

"""Lists of names: what is read, what is refused, and what identifies a list.

The numbers in the tests' names are the rows of the table of faults that each holds to.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import tracemalloc
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.data import names as module
from charnames.data.cleaning import MAX_LENGTH, clean_name
from charnames.data.name_list import NameList, as_name_list
from charnames.data.names import built_in, read_names, read_stdin
from charnames.errors import ListError

unhurried = settings(deadline=None)
NameFile = Callable[[bytes], Path]


@pytest.fixture
def name_file(tmp_path: Path) -> NameFile:
    """Bytes -> a file that holds them."""

    def write(content: bytes) -> Path:
        path = tmp_path / "list.txt"
        path.write_bytes(content)
        return path

    return write


def refusal(dataset: str | Path | BinaryIO) -> str:
    """What reading it is refused with: always one line, safe to print."""
    with pytest.raises(ListError) as caught:
        read_names(dataset)
    message = str(caught.value)
    assert message.isprintable()
    return message


def assert_refused_at(path: Path, line: int, *words: str) -> None:
    message = refusal(path)
    assert message.startswith(f"{path}, line {line}: ")
    for word in words:
        assert word in message


# What is read

SPELLINGS = {
    "plain": b"Ada\nBo\n",
    "byte_order_mark": b"\xef\xbb\xbfAda\nBo\n",
    "crlf": b"Ada\r\nBo\r\n",
    "no_final_newline": b"Ada\nBo",
    "crlf_no_final_newline": b"Ada\r\nBo\r",
    "blank_lines": b"\n\nAda\n\r\n  \n\t\nBo\n\n",
    "spaces_round": b"  Ada\nBo   \n",
    "tabs_round": b"\tAda\t\n \t Bo\n",
    "no_break_spaces_round": "\u00a0Ada\u00a0\nBo \u00a0 \n".encode(),
    "ideographic_spaces_round": "\u3000Ada\nBo\u3000\r\n".encode(),
    "all_at_once": "\ufeff \u00a0\r\n\tAda \r\n\r\n\u3000Bo".encode(),
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_fault_20_names_are_read_as_the_names_that_they_are(
    name_file: NameFile, content: bytes
) -> None:
    assert read_names(name_file(content)) == ["Ada", "Bo"]
    assert read_names(io.BytesIO(content)) == ["Ada", "Bo"]


def test_fault_20_blanks_inside_a_name_belong_to_it(name_file: NameFile) -> None:
    content = " Ada  Lovelace\nBo\u00a0Li \n".encode()
    assert read_names(name_file(content)) == ["Ada  Lovelace", "Bo\u00a0Li"]


def test_fault_21_composed_and_decomposed_are_one_name(name_file: NameFile) -> None:
    composed, decomposed = "Amélie", unicodedata.normalize("NFD", "Amélie")
    loaded = read_names(name_file(f"{composed}\n{decomposed}\n".encode()))
    assert loaded == [composed, composed]
    assert loaded.repeats == 1


def test_repeats_are_kept_and_counted() -> None:
    loaded = read_names(io.BytesIO(b"Ada\nBo\nAda\n\nAda \n"))
    assert loaded == ["Ada", "Bo", "Ada", "Ada"]
    assert loaded.repeats == 2


def test_the_source_is_what_the_list_was_called(name_file: NameFile) -> None:
    path = name_file(b"Ada\n")
    assert read_names(path).source == str(path)
    assert read_names(str(path)).source == str(path)
    assert read_names("elements").source == "elements"


def test_the_source_of_a_nameless_file_is_text() -> None:
    with tempfile.TemporaryFile() as stream:
        stream.write(b"Ada\n")
        stream.seek(0)
        assert isinstance(read_names(stream).source, str)


# What is refused


def test_fault_19_bytes_that_are_not_utf_8(name_file: NameFile) -> None:
    assert_refused_at(name_file(b"Ada\nL\xe9on\n"), 2, "UTF-8", "byte 2")
    assert_refused_at(name_file(b"Ada\n\nBo\xc3"), 3, "UTF-8")
    assert_refused_at(name_file(b"\xed\xa0\x80\n"), 1, "UTF-8")  # a surrogate


HARMFUL = {
    "null": "\x00",
    "bell": "\x07",
    "backspace": "\b",
    "vertical_tab": "\v",
    "form_feed": "\f",
    "carriage_return": "\r",
    "escape": "\x1b",
    "delete": "\x7f",
    "next_line": "\x85",
    "control_sequence_introducer": "\x9b",
    "line_separator": "\u2028",
    "paragraph_separator": "\u2029",
    "left_to_right_embedding": "\u202a",
    "pop_directional_formatting": "\u202c",
    "right_to_left_override": "\u202e",
    "left_to_right_isolate": "\u2066",
    "pop_directional_isolate": "\u2069",
}


@pytest.mark.parametrize("harm", HARMFUL.values(), ids=HARMFUL.keys())
def test_fault_22_harmful_characters(name_file: NameFile, harm: str) -> None:
    content = f"Ada\nBo{harm}b\nEve\n".encode()
    assert_refused_at(name_file(content), 2, f"U+{ord(harm):04X}")


@pytest.mark.parametrize("ends", ["\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_fault_22_only_a_line_feed_ends_a_line(name_file: NameFile, ends: str) -> None:
    content = f"Ada\nBo{ends}\nEve\n".encode()
    assert_refused_at(name_file(content), 2, f"U+{ord(ends):04X}")


def test_fault_22_an_escape_sequence_is_not_repeated(name_file: NameFile) -> None:
    assert "[31m" not in refusal(name_file(b"\x1b[31mAda\n"))


EMPTY = {
    "no_bytes": b"",
    "line_feeds": b"\n\n\n",
    "blanks": " \t\r\n\u00a0\n".encode(),
    "byte_order_mark": b"\xef\xbb\xbf",
}


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY.keys())
def test_fault_23_a_list_without_a_name(name_file: NameFile, content: bytes) -> None:
    path = name_file(content)
    assert refusal(path).startswith(f"{path}: there is no name in it")
    with pytest.raises(ListError):
        as_name_list(content.decode("utf-8-sig").splitlines())


@pytest.mark.parametrize("names", [["Ada"], ["a"], ["a", "aa"], ["Ada"] * 3])
def test_fault_23_a_list_of_little_is_a_list(names: list[str]) -> None:
    content = "".join(f"{name}\n" for name in names).encode()
    assert read_names(io.BytesIO(content)) == names


LONGEST = {
    "letters": "a" * MAX_LENGTH,
    "four_bytes_each": "\U00010348" * MAX_LENGTH,
    "decomposed": "e\u0301" * MAX_LENGTH,
    "blanks_round": " " * 100 + "a" * MAX_LENGTH + " " * 100,
}


@pytest.mark.parametrize("name", LONGEST.values(), ids=LONGEST.keys())
def test_fault_24_a_name_of_the_greatest_length_is_read(name: str) -> None:
    (loaded,) = read_names(io.BytesIO(f"{name}\r\n".encode()))
    assert len(loaded) == MAX_LENGTH


@pytest.mark.parametrize("letter", ["a", "é", "\U00010348"])
def test_fault_24_a_name_too_long_by_one(name_file: NameFile, letter: str) -> None:
    path = name_file(f"Ada\n{letter * (MAX_LENGTH + 1)}\n".encode())
    assert_refused_at(path, 2, f"{MAX_LENGTH:,} characters")


def test_fault_24_a_name_of_10_mb_takes_little_memory(name_file: NameFile) -> None:
    path = name_file(b"Ada\nBo\n" + b"a" * 10_000_000 + b"\nEve\n")
    tracemalloc.start()
    try:
        assert_refused_at(path, 3, f"{MAX_LENGTH:,} characters")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


READ_MANY = """
from charnames.data.names import read_stdin
from tests.peaks import peak

before = peak()
names = read_stdin()
print(len(names), names[-1], peak() - before)
"""


def test_fault_24_a_list_of_a_million_names_takes_bounded_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_MANY],
        input=b"\n".join(b"%d" % number for number in range(1_000_000)),
        cwd=Path(module.__file__).parents[1],
        capture_output=True,
        check=True,
    )
    count, last, taken = map(int, done.stdout.split())
    assert (count, last) == (1_000_000, 999_999)
    assert 8_000_000 < taken < 100_000_000  # a hundred bytes a name


def test_fault_24_a_list_of_too_many_names(
    name_file: NameFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_NAMES", 3)
    assert len(read_names(name_file(b"a\nb\n\nc\n"))) == 3
    assert_refused_at(name_file(b"a\nb\n\nc\nd\n"), 5, "3 names")


def test_fault_25_a_binary_file(name_file: NameFile) -> None:
    assert_refused_at(name_file(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), 1)
    assert_refused_at(name_file(b"PK\x03\x04\x14\x00\x00\x00"), 1)
    assert_refused_at(name_file(bytes(1000)), 1)


def test_fault_25_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path).startswith(f"{tmp_path}: ")


def test_fault_25_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    assert refusal(path).startswith(f"{path}: No such file")
    with pytest.raises(ListError, match="null byte"):
        read_names("a\0b")


def test_fault_25_neither_a_file_nor_a_built_in_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    message = refusal("elephants")
    assert message.startswith("elephants: ")
    for name in built_in():
        assert name in message


def test_fault_25_standard_input_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ListError, match="standard input is closed"):
        read_stdin()


def test_standard_input_is_read_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO("Zoé\r\nBo".encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)
    names = read_stdin()
    assert names == ["Zoé", "Bo"]
    assert names.source == "standard input"


# Names that a program made up


def test_names_from_a_program_are_cleaned_too() -> None:
    assert as_name_list([" Ada ", "", "Ame\u0301lie"]) == ["Ada", "Amélie"]
    with pytest.raises(ListError, match=r"^name 2: .*U\+000A"):
        as_name_list(["Ada", "Bo\nEve"])
    with pytest.raises(ListError, match=r"^name 1: .*U\+D800"):
        as_name_list(["\ud800"])


@unhurried
@given(st.text())
def test_what_is_cleaned_is_clean(text: str) -> None:
    try:
        name = clean_name(text, "here")
    except ListError as error:
        assert str(error).startswith("here: ")
        return
    assert name == clean_name(name, "here") == unicodedata.normalize("NFC", name)
    assert name == name.strip()
    assert name == clean_name(f"\t{name} \r\n", "here")


# What identifies a list


def fingerprint(*names: str) -> str:
    return NameList(names).fingerprint


def test_the_fingerprint_is_a_hash_of_the_names() -> None:
    expected = hashlib.sha256("Ada\nZoé\n".encode()).hexdigest()
    assert fingerprint("Ada", "Zoé") == expected


def test_the_fingerprint_changes_with_the_list() -> None:
    lists = [
        ("Ada", "Bo"),
        ("Bo", "Ada"),
        ("Ada", "Bo", "Bo"),
        ("Ada",),
        ("AdaBo",),
        ("Ad", "aBo"),
        ("ada", "Bo"),
    ]
    assert len({fingerprint(*names) for names in lists}) == len(lists)


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_the_fingerprint_does_not_depend_on_the_spelling_of_the_file(
    content: bytes,
) -> None:
    assert read_names(io.BytesIO(content)).fingerprint == fingerprint("Ada", "Bo")


# The lists that come with charnames

ATOMIC_NUMBERS = {
    "Hydrogen": 1,
    "Helium": 2,
    "Carbon": 6,
    "Silicon": 14,
    "Iron": 26,
    "Silver": 47,
    "Tin": 50,
    "Lanthanum": 57,
    "Lutetium": 71,
    "Gold": 79,
    "Mercury": 80,
    "Lead": 82,
    "Uranium": 92,
    "Lawrencium": 103,
    "Meitnerium": 109,
    "Oganesson": 118,
}
TITLES = [
    "Amélie",
    "Léon",
    "12 Angry Men",
    "2001: A Space Odyssey",
    "WALL·E",
    "What's Eating Gilbert Grape",
    "Who's Afraid of Virginia Woolf?",
]


def test_the_elements_are_all_there_in_order() -> None:
    elements = read_names("elements")
    assert len(elements) == 118
    positions = {name: elements.index(name) + 1 for name in ATOMIC_NUMBERS}
    assert positions == ATOMIC_NUMBERS


def test_the_movies_are_many() -> None:
    assert len(read_names("movies")) >= 250


@pytest.mark.parametrize("title", TITLES)
def test_the_movies_hold(title: str) -> None:
    assert title in read_names("movies")


@pytest.mark.parametrize("name", ["elements", "movies", "surnames"])
def test_a_built_in_list_is_clean_as_it_stands(name: str) -> None:
    loaded = read_names(name, labels=name == "surnames")
    assert loaded.repeats == 0
    lines = built_in()[name].read_bytes().decode().removesuffix("\n").split("\n")
    assert list(loaded.lines()) == lines
    assert lines == [unicodedata.normalize("NFC", line) for line in lines]


def test_a_path_is_a_file_where_a_name_is_a_built_in_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elements").write_text("Fire\n")
    monkeypatch.chdir(tmp_path)
    assert read_names("./elements") == ["Fire"]
    assert read_names(Path("elements")) == ["Fire"]
    assert read_names("elements")[0] == "Hydrogen"

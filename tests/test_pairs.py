"""Pairs and their symbols: what is read, what is refused, and the list that comes."""

from __future__ import annotations

import io
import json
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charnames.data import pairs as pairs_file
from charnames.data.name_list import NameList
from charnames.data.names import built_in
from charnames.data.pairs import PairList, built_in_pairs, joined_pairs, read_pairs
from charnames.data.sequences import SequenceList
from charnames.encoding.symbols import Symbols
from charnames.errors import AlphabetError, ListError


def read(text: str | bytes, name: str = "") -> PairList:
    stream = io.BytesIO(text.encode() if isinstance(text, str) else text)
    if name:
        stream.name = name  # type: ignore[attr-defined]
    return read_pairs(stream)


def vectors(text: str, *rows: list[float]) -> str:
    return json.dumps({"sequence": rows, "text": text}) + "\n"


# Reading


def test_a_pair_is_a_source_a_tab_and_a_target() -> None:
    pairs = read("\ufeffДмитрий\tDmitry\r\n\n  Ада \t Ada  \nАда\tAdah")
    assert list(pairs.sources) == ["Дмитрий", "Ада", "Ада"]
    assert pairs.targets == ["Dmitry", "Ada", "Adah"]
    assert pairs.labels is None
    assert len(pairs) == 3


def test_a_third_column_is_a_label() -> None:
    pairs = read("Ада\tAda\tRussian\nЉубиша\tLjubis\u030ca\tSerbian\n")
    assert pairs.labels == ["Russian", "Serbian"]
    assert pairs.targets[1] == "Ljubiša"


def test_numbers_are_read_from_json_lines() -> None:
    pairs = read(
        vectors("ka", [1, 2], [3, 4]) + "\n" + vectors("ki u", [5, 6]), "a.jsonl"
    )
    assert isinstance(pairs.sources, SequenceList)
    assert [source.tolist() for source in pairs.sources] == [[[1, 2], [3, 4]], [[5, 6]]]
    assert pairs.targets == ["ka", "ki u"]


@pytest.mark.parametrize(
    "text,line,words",
    [
        ("a\tb\nc\n", 2, "no tab"),
        ("a\tb\tc\td\n", 1, "3 tabs"),
        ("a\tb\nc\td\te\n", 2, "2 tabs, and the pairs before it have 1 tab"),
        ("a\t\n", 1, "the target is empty"),
        ("\n \tb\n", 2, "the source is empty"),
        ("a\tb\t \n", 1, "the label is empty"),
        ("a\tb\x1b\n", 1, "U+001B"),
        (b"a\tb\n\xff\tb\n", 2, "not UTF-8"),
        ("a\t" + "b" * 1_001, 1, "at most 1,000 characters"),
    ],
)
def test_what_is_no_pair_is_refused_with_its_line(
    text: str | bytes, line: int, words: str
) -> None:
    with pytest.raises(ListError) as error:
        read(text)
    assert f", line {line}: " in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "text,line,words",
    [
        ('{"sequence": [[1]]}', 1, 'has no "text"'),
        ('{"sequence": [[1]], "text": 7}', 1, 'has no "text"'),
        ('{"sequence": [[1]], "text": " "}', 1, "the text is empty"),
        ('{"text": "a"}', 1, 'has no "sequence"'),
        ('{"sequence": [], "text": "a"}', 1, "the sequence is empty"),
        (vectors("a", [1, 2]) + vectors("b", [1]), 2, "vectors of 1 numbers"),
        ("a\tb\n", 1, '{"text": "…", "sequence"'),
    ],
)
def test_what_is_no_pair_of_numbers_is_refused_with_its_line(
    text: str, line: int, words: str
) -> None:
    with pytest.raises(ListError) as error:
        read(text, "a.jsonl")
    assert f"a.jsonl, line {line}: " in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize("name", ["", "a.jsonl"])
def test_a_list_without_a_pair_is_refused(name: str) -> None:
    with pytest.raises(ListError, match="there is no pair in it"):
        read("\n \n", name)


def test_a_list_holds_only_so_many_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs_file, "MAX_NUMBERS", 3)
    with pytest.raises(ListError, match="line 2: a list holds at most 3 numbers"):
        read(vectors("a", [1], [2]) + vectors("b", [1], [2]), "a.jsonl")


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="the built-in lists of pairs are cyrillic"):
        read_pairs("cyrilic")
    with pytest.raises(ListError, match="give a UTF-8 file of pairs"):
        read_pairs(tmp_path)


def test_sides_of_other_lengths_are_refused() -> None:
    with pytest.raises(ListError, match="1 targets for 2 sources"):
        PairList(NameList(["a", "b"]), ["x"])
    with pytest.raises(ListError, match="1 labels for 2 entries"):
        PairList(NameList(["a", "b"]), ["x", "y"], labels=["l"])


def test_the_fingerprint_tells_every_part() -> None:
    lists = [
        *(read(text) for text in ("a\tb", "a\tc", "b\tb", "a\tb\tl", "a\tb\tm")),
        read(vectors("b", [1]), "a.jsonl"),
        read(vectors("b", [2]), "a.jsonl"),
    ]
    assert len({pairs.fingerprint for pairs in lists}) == len(lists)
    assert read("a\tb").fingerprint == read("a\tb\n\n").fingerprint


def test_pairs_can_be_turned_round() -> None:
    pairs = read("а\ta\tl\nб\tb\tm\n")
    turned = pairs.reversed()
    assert (list(turned.sources), turned.targets) == (["a", "b"], ["а", "б"])
    assert turned.labels == pairs.labels
    assert turned.reversed().fingerprint == pairs.fingerprint


def test_a_file_has_the_encoding_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_bytes("Анна\tAnna\n".encode("cp1251"))
    assert read_pairs(tmp_path / "x.tsv", "cp1251").sources == ["Анна"]
    whole = read_pairs("cyrillic").fingerprint
    assert read_pairs("cyrillic", "cp1251").fingerprint == whole


def test_pairs_keep_the_lines_where_they_stand() -> None:
    first, second = read("a\tb\n\nc\td\n", "a.tsv"), read("e\tf\n", "b.tsv")
    assert [first.place(i) for i in (0, 1)] == ["a.tsv, line 1", "a.tsv, line 3"]
    some = joined_pairs([first, second]).reversed().chosen([2, 1])
    assert [some.place(i) for i in (0, 1)] == ["b.tsv, line 1", "a.tsv, line 3"]
    numbers = read("\n" + vectors("a", [1]), "a.jsonl")
    assert numbers.place(0) == "a.jsonl, line 2"
    made = PairList(NameList(["a", "b"]), ["x", "y"], "made")
    assert made.chosen([1]).place(0) == "made, pair 2"


# The list that comes along


def test_cyrillic_has_names_of_four_languages() -> None:
    pairs = read_pairs("cyrillic")
    assert pairs.labels
    counts = Counter(pairs.labels)
    assert set(counts) == {"Bulgarian", "Russian", "Serbian", "Ukrainian"}
    assert len(pairs) >= 500 and min(counts.values()) >= 125
    lines = [*zip(pairs.labels, pairs.sources, pairs.targets, strict=True)]
    assert lines == sorted(set(lines))
    for _, source, target in lines:
        for text, script in ((source, "CYRILLIC"), (target, "LATIN")):
            letters = [c for c in text if c != "'"]
            assert all(unicodedata.name(c).startswith(script) for c in letters), text
        assert source[0].isupper() and target[0].isupper()


def test_lists_of_pairs_and_of_names_are_told_apart() -> None:
    assert list(built_in_pairs()) == ["cyrillic"]
    assert "cyrillic" not in built_in()


# Symbols


def test_characters_are_numbered_in_their_order() -> None:
    symbols = Symbols.of(["bad", "ab"])
    assert symbols.alphabet == ("a", "b", "d")
    assert symbols.encode("dab").tolist() == [3, 1, 2]
    assert symbols.decode([3, 1, 2]) == "dab"
    assert (len(symbols), symbols.unknown) == (5, 4)


def test_an_unknown_symbol_has_an_id_of_its_own() -> None:
    symbols = Symbols.of(["ab"])
    assert symbols.encode("axbyx").tolist() == [1, 3, 2, 3, 3]
    assert symbols.missing("axbyx") == ["x", "y"]


def test_symbols_between_blanks() -> None:
    symbols = Symbols.of(["a b ɛ r", "tʃ a"], "blank")
    assert symbols.alphabet == ("a", "b", "r", "tʃ", "ɛ")
    assert symbols.decode(symbols.encode("tʃ  a r")) == "tʃ a r"


def test_characters_are_decomposed_where_that_makes_fewer() -> None:
    hangul = Symbols.of(list("각난간낙곡논곤녹"))
    assert hangul.form == "NFD"
    assert len(hangul.alphabet) == 6
    ids = hangul.encode("난")
    assert len(ids) == 3
    assert hangul.decode(ids) == "난"
    assert Symbols.of(["é"]).form == "NFC"


def test_symbols_become_sequences() -> None:
    symbols = Symbols.of(["ab"])
    sequences = symbols.sequences(["ab", "", "b"])
    assert sequences.ids.tolist() == [0, 1, 2, 0, 0, 2, 0]
    assert symbols.sequences(["ab"], 3).ids.tolist() == [0, 1, 1, 1, 2, 2, 2, 0]
    assert sequences.lengths.tolist() == [3, 1, 2]


@given(st.lists(st.text(st.characters(categories=["L", "M"]), max_size=5), min_size=1))
def test_decoding_undoes_encoding(texts: list[str]) -> None:
    texts = [unicodedata.normalize("NFC", text) for text in texts]
    if not any(texts):
        return
    symbols = Symbols.of(texts)
    for text in texts:
        assert symbols.decode(symbols.encode(text)) == text


@pytest.mark.parametrize(
    "alphabet,unit,words",
    [
        ([], "character", "is empty"),
        (["b", "a"], "character", "out of order"),
        (["a", "a"], "character", "repeats"),
        (["ab"], "character", "no single symbol"),
        (["a b"], "blank", "no single symbol"),
        (["\x1b"], "character", "holds"),
        ([""], "blank", "no single symbol"),
        (["e\u0301"], "blank", "no single symbol"),
    ],
)
def test_an_alphabet_that_cannot_be_is_refused(
    alphabet: list[str], unit: str, words: str
) -> None:
    with pytest.raises(AlphabetError, match=words):
        Symbols(alphabet, unit)


def test_the_ids_of_a_batch_are_whole_numbers() -> None:
    assert Symbols.of(["ab"]).encode("").dtype == np.int32

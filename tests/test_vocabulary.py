"""Characters <-> ids, and letter case folded away and put back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.data.names import read_names
from charnames.encoding.case_detection import detect_case
from charnames.encoding.letter_case import KEEP, encode, fold, restore
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import AlphabetError
from charnames.nn.batching import END

unhurried = settings(deadline=None)

# Letters of one to four bytes, with accents composed and on their own.
CHARACTERS = st.one_of(
    st.sampled_from("abz AZ-'é·ßλ東京\u0301\u0327\U00010348\U0001f600\U0010ffff"),
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")),
)
NAMES = st.lists(
    st.text(CHARACTERS, min_size=1, max_size=8).filter(lambda name: not name.isspace()),
    min_size=1,
    max_size=8,
)


# Characters and ids


@unhurried
@given(NAMES)
def test_decode_is_the_inverse_of_encode(names: list[str]) -> None:
    vocabulary = Vocabulary.of(names)
    for name in names:
        ids = vocabulary.encode(name)
        assert len(ids) == len(name)
        assert vocabulary.decode(ids) == name


@unhurried
@given(NAMES)
def test_the_alphabet_is_the_sorted_set_of_the_characters(names: list[str]) -> None:
    vocabulary = Vocabulary.of(names)
    assert list(vocabulary.alphabet) == sorted(set("".join(names)))
    assert len(vocabulary) == len(vocabulary.alphabet) + 1


@unhurried
@given(NAMES)
def test_ids_count_up_in_the_order_of_the_alphabet(names: list[str]) -> None:
    vocabulary = Vocabulary.of(names)
    ids = vocabulary.encode(vocabulary.alphabet).tolist()
    assert ids == [i for i in range(len(vocabulary)) if i != END]


@unhurried
@given(NAMES)
def test_sequences_set_an_end_marker_round_each_name(names: list[str]) -> None:
    vocabulary = Vocabulary.of(names)
    expected = [END]
    for name in names:
        expected += [*vocabulary.encode(name).tolist(), END]
    sequences = vocabulary.sequences(iter(names))
    assert sequences.ids.tolist() == expected
    assert sequences.lengths.tolist() == [len(name) + 1 for name in names]


def test_sequences_of_many_names_are_those_of_each() -> None:
    names = ["a", "bb", "ab"] * 50_000
    sequences = Vocabulary("ab").sequences(names)
    assert len(sequences) == len(names)
    pattern = [1, END, 2, 2, END, 1, 2, END]
    assert sequences.ids.tolist() == [END, *pattern * 50_000]


@pytest.mark.parametrize("stranger", ["c", "A", "é", "\u0301", "\U0001f600", "\ud800"])
def test_an_unknown_character_is_named(stranger: str) -> None:
    vocabulary = Vocabulary("abz")
    with pytest.raises(AlphabetError, match=rf"U\+{ord(stranger):04X}\)"):
        vocabulary.encode(f"ab{stranger}q")
    with pytest.raises(AlphabetError, match=rf"U\+{ord(stranger):04X}\)"):
        vocabulary.sequences(["ab", f"z{stranger}"])


@pytest.mark.parametrize(
    "alphabet", ["", " ", "ba", "aab", "a\n", "\x1b", "a\u202e", "\0a"]
)
def test_an_alphabet_that_no_list_has_is_refused(alphabet: str) -> None:
    with pytest.raises(AlphabetError):
        Vocabulary(alphabet)


# Letter case

IN_STYLE = {
    "lower": ["ada", "bo", "zoë", "jean-luc"],
    "upper": ["ADA", "BO", "ZOË", "JEAN-LUC", "ÉVA ÖDÖN"],
    "capitalised": ["Ada", "Bo", "Zoë", "Élodie", "Jean-luc"],
    "title": [
        "Ada Lovelace",
        "Bo",
        "Jean-Luc",
        "Gone with the Wind",
        "The Lord of the Rings: The Two Towers",
        "Élodie Du Lac",
        "12 Angry Men",
        "(500) Days of Summer",
        "Who's Afraid of Virginia Woolf?",
    ],
}
styles = pytest.mark.parametrize("style", IN_STYLE)


@styles
def test_a_style_is_detected(style: str) -> None:
    assert detect_case(IN_STYLE[style]) == (style, 0)


@styles
def test_few_names_out_of_style_are_counted(style: str) -> None:
    names = IN_STYLE[style] * 30
    assert detect_case([*names, "oDD", "eVEN"]) == (style, 2)


@styles
def test_many_names_out_of_style_keep_the_case(style: str) -> None:
    assert detect_case([*IN_STYLE[style] * 3, *["oDD"] * 10]) == (KEEP, 0)


@pytest.mark.parametrize(("odd", "style"), [(5, "capitalised"), (8, KEEP)])
def test_how_many_names_a_style_must_fit(odd: int, style: str) -> None:
    names = ["Ada"] * (100 - odd) + ["McDonald"] * odd
    assert detect_case(names) == (style, odd if style != KEEP else 0)


def test_a_title_begins_anew_after_a_question_and_a_cry() -> None:
    assert restore("who is it? a man", "title") == "Who Is It? A Man"
    assert restore("run! the end", "title") == "Run! The End"
    assert restore("out of the end", "title") == "Out of the End"


MIXED = {
    "mixed": ["Ada", "bo", "EVE", "zOE"],
    "inner_capitals": ["McDonald", "O'Neil", "DeVito"],
    "han": ["東京", "大阪"],
    "hebrew": ["שלום", "דוד"],
    "digits": ["12", "7"],
}


@pytest.mark.parametrize("names", MIXED.values(), ids=MIXED.keys())
def test_no_style_keeps_the_case(names: list[str]) -> None:
    assert detect_case(names) == (KEEP, 0)


@styles
def test_names_in_style_come_back_from_folding(style: str) -> None:
    for name in IN_STYLE[style]:
        folded = encode(name, style)
        assert folded == name.lower() == fold(name, style)
        assert restore(folded, style) == name


@pytest.mark.parametrize(
    ("name", "style"),
    [("İzmir", "capitalised"), ("İZMİR", "upper"), ("İzmir", "title")],
)
def test_a_letter_whose_lower_case_is_two_characters_comes_back(
    name: str, style: str
) -> None:
    assert restore(encode(name, style), style) == name


BUILT_IN = {
    "elements": "capitalised",
    "movies": "title",
    "surnames": "title da de den der do dos la ter van",
}


@pytest.mark.parametrize("dataset", BUILT_IN)
def test_the_built_in_lists_come_back_but_for_the_names_counted(dataset: str) -> None:
    names = read_names(dataset)
    style, odd = detect_case(names)
    assert style == BUILT_IN[dataset]
    lost = [n for n in names if restore(encode(n, style, marks=False), style) != n]
    assert len(lost) == odd
    assert odd < 0.05 * len(names)


@unhurried
@given(st.text())
def test_keep_changes_nothing_but_how_marks_are_written(name: str) -> None:
    assert fold(name, KEEP) == unicodedata.normalize("NFC", name)
    assert restore(name, KEEP) == name


@styles
@unhurried
@given(st.text(CHARACTERS))
def test_a_folded_name_is_composed(style: str, name: str) -> None:
    folded = fold(name, style)
    assert folded == unicodedata.normalize("NFC", folded)


@styles
@unhurried
@given(st.text(st.sampled_from("abcxyzéöλж -'"), min_size=1))
def test_restoring_changes_the_case_alone(style: str, folded: str) -> None:
    assert encode(restore(folded, style), style) == folded

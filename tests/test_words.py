"""Words <-> ids."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.encoding.word_vocabulary import Words, tokens
from charnames.errors import AlphabetError
from charnames.io.safe_text import is_harmful
from charnames.nn.batching import END

unhurried = settings(deadline=None)

SPLIT = {
    "A Film": ["a", "film"],
    "Wait... what?!": ["wait", ".", ".", ".", "what", "?", "!"],
    "isn’t": ["isn", "’", "t"],
    "«Ça va», dit-il.": ["«", "ça", "va", "»", ",", "dit", "-", "il", "."],
    "3.5 stars_out £5": ["3", ".", "5", "stars", "_", "out", "£", "5"],
    " a\u00a0b\tc\n": ["a", "b", "c"],
    "cafe\u0301 İzmir": ["café", "i\u0307zmir"],
    "हिन्दी में": ["हिन्दी", "में"],  # vowel signs stay with their letters
    "ΣΑΣ": ["σας"],
    "": [],
    " ": [],
}


@pytest.mark.parametrize("text", SPLIT)
def test_tokens(text: str) -> None:
    assert tokens(text) == SPLIT[text]


TEXTS = ["a good film , good", "A bad film .", "not a good one ."]


def test_words_seen_once_are_unknown() -> None:
    words = Words.of(TEXTS, 100)
    assert words.alphabet == ". a film good"
    assert len(words) == 6
    assert words.encode("one Good, bad FILM.").tolist() == [5, 4, 5, 5, 3, 1]


def test_the_words_kept_are_the_most_frequent_and_then_the_first_in_order() -> None:
    assert [Words.of(TEXTS, most).alphabet for most in (1, 2, 3)] == [
        "a",
        "a good",
        ". a good",
    ]


def test_sequences_set_an_end_marker_round_each_text() -> None:
    words = Words("film good")
    sequences = words.sequences(iter(["Good film!", "", "good"]))
    assert sequences.ids.tolist() == [END, 2, 1, 3, END, END, 2, END]
    assert sequences.lengths.tolist() == [4, 1, 2]
    assert sequences.ids.dtype == words.encode("good").dtype == "int32"


def test_no_word_is_no_ids() -> None:
    ids = Words("film").encode(" ")
    assert (ids.shape, ids.dtype) == ((0,), "int32")


def test_texts_in_which_no_word_stands_twice() -> None:
    with pytest.raises(AlphabetError, match="no word occurs twice"):
        Words.of(["a film", "one more"], 10)


ALPHABETS = {
    "none": "",
    "out of order": "film a",
    "repeated": "a a film",
    "two spaces": "a  film",
    "a space before": " a",
    "a space after": "a ",
    "a capital": "A film",
    "not split": "well-made",
    "decomposed": "cafe\u0301",
    "another blank": "a\u00a0film",
    "a line feed": "a\nb",
    "escape": "a\x1b",
    "override": "a \u202eb",
}


@pytest.mark.parametrize("fault", ALPHABETS)
def test_an_alphabet_that_no_texts_have_is_refused(fault: str) -> None:
    with pytest.raises(AlphabetError):
        Words(ALPHABETS[fault])


CHARACTERS = st.one_of(
    st.sampled_from("ab AZ-'é·ßΣςİ\u0301\u0338<=ǅ\U00010348\U0001f600हि"),
    st.characters().filter(lambda c: not is_harmful(c)),
)


@unhurried
@given(st.lists(st.text(CHARACTERS, max_size=12), max_size=5), st.integers(1, 6))
def test_an_alphabet_comes_back_from_its_text(texts: list[str], most: int) -> None:
    try:
        words = Words.of([*texts, *texts], most)
    except AlphabetError:
        assert not any(map(tokens, texts))
        return
    kept = words.alphabet.split(" ")
    assert len(kept) == min(most, len({t for text in texts for t in tokens(text)}))
    again = Words(words.alphabet)
    assert again.encode(words.alphabet).tolist() == list(range(1, len(words) - 1))


@unhurried
@given(st.text())
def test_tokens_are_composed_words_without_blanks(text: str) -> None:
    words = tokens(text)
    assert all(token and token.split() == [token] for token in words)
    assert tokens(" ".join(words)) == words
    assert all(unicodedata.is_normalized("NFC", token) for token in words)

"""Function words, found without a list of them."""

from __future__ import annotations

from charnames.encoding.function_words import function_words, word_pairs


def functions_of(*names: str) -> set[str]:
    return function_words((pair for name in names for pair in word_pairs(name)), "")


def test_pairs_of_words() -> None:
    assert word_pairs("king of rome") == [("", "king"), ("king", "of"), ("of", "rome")]


def test_a_function_word_stands_after_three_words_and_before_three() -> None:
    names = "king of rome", "duke of york", "earl of kent"
    assert functions_of(*names) == {"of"}
    assert functions_of(*names[:2]) == set()


def test_an_adjective_before_three_words_is_none() -> None:
    assert functions_of("the old man", "the old sea", "the old mill") == set()


def test_a_word_before_six_words_is_one_wherever_it_stands() -> None:
    names = [f"the {word}" for word in ("man", "sea", "mill", "cat", "dog", "fox")]
    assert functions_of(*names) == {"the"}
    assert functions_of(*names[:5]) == set()


def test_long_lists_ask_for_more_different_words() -> None:
    others = [f"w{i}" for i in range(2_000)]
    some = [f"{a} old {b}" for a, b in zip("abcdefg", "hijklmn", strict=True)]
    many = [f"{a} of {b}" for a, b in zip(others[:20], others[20:40], strict=True)]
    assert functions_of(*some) == {"old"}
    assert functions_of(*some, *many, *others) == {"of"}

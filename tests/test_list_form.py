"""The form of a list's names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charnames.encoding.list_form import ListForm
from charnames.errors import SamplingError
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

SPELLS = ["fire ball", "ice storm", "soul drain"]
TITLES = [
    *("the eye of rome", "the cat of the king", "the son of the sea", "the end"),
    *("the dog of crete", "cat of war", "the man of the hill", "the cup"),
    *("the heir of rhodes", "the art of the deal", "eye of ra", "the day of the cat"),
]


def test_the_form_of_a_list() -> None:
    assert ListForm.of(SPELLS) == ListForm(9, 2, 2, 2, False, ("* *",), ("", " Ll"))
    assert ListForm.of(["o", "mama mama", "aaa b c"]) == ListForm(
        1, 3, 1, 3, True, (), ("", " Ll")
    )


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("sand storm", True),
        ("sandstorm", False),  # one word
        ("ice of fire", False),  # three words
        ("fire fire", False),  # a word twice
        ("red fall", False),  # shorter than any
        ("free balll", False),  # three of a letter in a row
    ],
)
def test_names_of_that_form(name: str, fits: bool) -> None:
    assert ListForm.of(SPELLS).fits([name]) == [fits]


def test_the_patterns_of_titles() -> None:
    patterns = {"* of *", "the *", "the * of *", "the * of the *"}
    assert set(ListForm.of(TITLES).patterns) == patterns


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("the king of war", True),
        ("the art of the hill", True),  # "the" twice
        ("the art of the art", False),  # a word twice that is no function word
        ("the king the hill", False),
        ("the cat of the end of war", False),
        ("rome of the cat", False),
    ],
)
def test_titles_keep_the_patterns_of_the_list(name: str, fits: bool) -> None:
    assert ListForm.of(TITLES).fits([name]) == [fits]


def test_where_patterns_are_as_many_as_names_any_will_do() -> None:
    form = ListForm.of(["red fox", "the red cat", "a cat of red stone"])
    assert form.patterns == ()
    assert form.fits(["fox red cat"]) == [True]


def test_names_of_one_word_have_no_patterns() -> None:
    assert ListForm.of(["rome", "crete", "new york"]).patterns == ()


WELL_FORMED = {  # a list, names of its form, and names of another
    "Hindi": ("अमित प्रिया राहुल कविता मोहन", "प्रमित कहुल", "राीे अ्र ामित कविता्"),
    "Hindi with an accent": ("काँच बूँद कूल बाल", "कूँच बाँद", "काूच बूाद"),
    "Burmese": ("ကို မောင် မို ကော", "ကောင် မော", "ကေုင် မိာ"),
    "Thai with a final sign": ("สิทธิ์ พันธุ์ นาวี", "พันธิ์ สิทธุ์", "มีัน สุิชา"),
    "Thai": ("สมชาย นภา วิชัย เพ็ญ", "เชา นาวา ชินา", "ามา เ็ญ เ นภาิ"),
    "Hebrew": ("שלום אברהם מרים חנה", "רחם נרים", "חםה שלומ"),
    "Greek": ("νίκος μαρία κώστας", "μάρος σοφία", "νίςος μαρίασ"),
    "Arabic": ("فاطمة ليلى حسن عمر", "عمة حسى", "ةرب لىلا"),
    "Persian": ("گل\u200cناز مه\u200cرو رضا", "رو\u200cناز", "گل\u200c \u200cناز"),
    "emoji": (
        "👩\u200d🚀ada 👨\u200d👧kin 🐶rex",
        "🐶kin 👨\u200d🚀x",
        "🐶pan\u200d👩",
    ),
    "kana": ("きょう りょうた しょうこ", "りょう しょうた", "ょうた しょょう"),
}


@pytest.mark.parametrize("script", WELL_FORMED)
def test_marks_joiners_and_placed_letters_stand_as_in_the_list(script: str) -> None:
    names, allowed, barred = (text.split() for text in WELL_FORMED[script])
    form = ListForm.of(names)._replace(shortest=1)
    assert form.fits(names + allowed) == [True] * len(names + allowed)
    assert form.fits(barred) == [False] * len(barred)


SIGNS = {  # a list, names of its form, and names of another
    "full stops": ("ada.org|bo.net|e.x.y", "a.b.c|ee.b", "a..b|.ada|ada.|a-.b"),
    "firms": ("a & b, co.|c-d ltd.|e, f", "c & d, e ltd.|a-b", "a  b|a &, b|a-|a ,b"),
    "brackets": (
        "(500) days|x (ii)",
        "(ii) y|d (500)",
        "(ii)) x|ii (|() x|(ii x|ii) x",
    ),
    "brackets round a word": ("ab (cd)|ef (gh)", "cd (ef)", "ab(cd)|ab )cd(|(ab)cd"),
    "scripts": ("дом house|день day", "а b|x д", "домdom|dдом"),
    "kana and kanji": ("くみ子|なお美|太郎", "みく子|郎太", "子くみ"),
    "capitals": ("Henry VIII|O'Neil|Jean-Luc", "Luc II|O'Luc", "HenRy|luc|O'luc"),
    "quotes": ("“big al”|“legs”", "“al big”|“al”", "big“ al”|“big”al|“big|al”"),
    "emoji": ("🐶 rex|🐱 tom", "🐱 rex", "🐱rex|rex🐱|🐱🐱 rex"),
    "small first": ("getName|isEmpty|run", "nameIs|empty", "GetName|isEMpty"),
    "half of a flag": ("🇫🇷|🇩🇪", "🇫🇪", "🇫|🇫🇷🇩"),
    "half of the last flag": ("🇿🇦|🇦🇿|🇿🇿", "🇦🇦", "🇿|🇦🇿🇿"),
    "half of a flag among flags": ("🇫🇷🇩🇪|🇩🇪🇩🇪🇫🇷", "🇩🇪🇫🇷", "🇫🇷🇩|🇩🇪🇩🇪🇫"),
    "letters of flags": ("🇫|🇷🇩🇪", "🇩|🇩🇪🇫", ""),
}


@pytest.mark.parametrize("case", SIGNS)
def test_signs_and_scripts_meet_as_in_the_list(case: str) -> None:
    names, allowed, barred = (text.split("|") for text in SIGNS[case])
    form = ListForm.of(names)._replace(longest_run=9, patterns=(), fewest_words=1)
    form = form._replace(shortest=1, most_words=9)
    assert form.fits(names + allowed) == [True] * len(names + allowed)
    assert form.fits(barred) == [False] * len(barred)


def test_plain_letters_meet_freely() -> None:
    names = ["zoé", "nguyễn", "민준", "さくら", "r2d2", "łukasz"]
    assert ListForm.of(names).junctions == ("", " Ll")


def test_a_list_of_too_many_junctions_has_none() -> None:
    names = [chr(letter) + "\u0301" for letter in range(0x4E00, 0x6200)]
    assert ListForm.of(names).junctions == ()
    assert len(ListForm.of(names[:50]).junctions) == 52  # with those of the ends


@given(
    st.lists(st.text(" .-abдक्िםم\u0301\u200d🚀", min_size=1, max_size=9), min_size=1)
)
def test_a_list_has_its_own_form(names: list[str]) -> None:
    assert all(ListForm.of(names).fits(names))


def test_any_form_is_the_widest() -> None:
    assert all(ListForm().fits(["a", "a" * 99, "b b b"]))


def test_where_no_name_of_the_form_is_drawn_other_forms_are_named() -> None:
    """A pattern of four characters, of a list whose names have ten."""
    recipe = Recipe(hidden_size=5, samples=0, iterations=0)
    model = next(train(["abcdefghij", "jihgfedcba"], recipe, seed=1)).model
    with pytest.raises(SamplingError, match="names of any form"):
        list(model.sample(1, seed=1, match="a???"))
    (name,) = model.sample(1, seed=1, match="a???", any_form=True)
    assert len(name) == 4

"""Words that a list writes small where titles do not, such as "van der" in surnames:
they are part of the case style of the list, and new names write them small, too.
"""

from __future__ import annotations

import pytest

from charnames.data.names import read_names
from charnames.encoding.case_detection import detect_case
from charnames.encoding.letter_case import (
    KEEP,
    MARK,
    encode,
    is_case,
    own_words,
    restore,
    style_of,
)
from charnames.models import loading
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

DUTCH = ["Ada van Dam", "Jo van der Meer", "Bo de Wit", "van der Ster", "An Bakker"]
DUTCH += ["Piet van Berg", "Kees van der Wal"]


def test_words_that_a_list_writes_small_are_part_of_its_style() -> None:
    case, odd = detect_case(DUTCH)
    assert (case, odd) == ("title de der van", 0)
    assert [encode(name, case) for name in DUTCH] == [name.lower() for name in DUTCH]
    assert restore("van der linden-van dam", case) == "van der Linden-van Dam"
    assert restore("vander", case) == "Vander"
    assert encode("Van Dam", case).replace(MARK, "^") == "^van dam"
    assert restore(encode("Van Dam", case), case) == "Van Dam"


def test_a_word_has_the_case_that_most_names_give_it() -> None:
    mostly_small = [*DUTCH, "Jan de Boer", "De Luca"]
    case, odd = detect_case(mostly_small * 5)
    assert (case, odd) == (KEEP, 0)  # too many names, one in nine, differ
    case, odd = detect_case(mostly_small * 5 + DUTCH * 20)
    assert (case, odd) == ("title de der van", 5)
    mostly_large = DUTCH * 20 + ["De Luca", "De Rosa"] * 20
    case, _ = detect_case(mostly_large)
    assert case == KEEP
    assert detect_case(["Bo de Wit", *["De Luca"] * 20]) == ("title", 1)


@pytest.mark.parametrize(
    "names",
    [
        ["Red apple", "Green pear", "Bridge of Paris", "The lantern and Key"],
        ["Ada Byron", "ada byron"] * 5,
        ["Panthera leo", "Homo sapiens", "Felis catus"],
        ["THE END", "THE van"],
        ["iPhone", "McX", "eBay"],
    ],
    ids=lambda names: names[0],
)
def test_words_that_are_no_exceptions_are_not_part_of_a_style(names: list[str]) -> None:
    assert own_words(detect_case(names)[0]) == []


def test_the_particles_of_the_built_in_surnames() -> None:
    case, _ = detect_case(read_names("surnames"))
    assert {"van", "der", "den", "de", "ter"} <= {*own_words(case)}
    assert style_of(case) == "title"
    for dataset in ("elements", "movies"):
        assert own_words(detect_case(read_names(dataset))[0]) == []


def test_a_model_writes_the_words_of_its_list_small() -> None:
    recipe = Recipe(hidden_size=10, samples=0, iterations=300, checkpoint_every=300)
    *_, last = train(DUTCH * 10, recipe, seed=1)
    model = loading.from_bytes(last.model.to_bytes())
    assert isinstance(model, Model)
    assert model.case == "title de der van"
    assert model.vocabulary.mark is None
    for prefix in ("van der ", "VAN DER "):
        for name in model.sample(50, seed=1, prefix=prefix, any_form=True):
            assert name.startswith("van der ")
            assert name == restore(name.lower(), model.case)
    (best,) = model.best(1, prefix="Van Der ", any_form=True)
    assert best.name.startswith("van der ")
    (score,) = model.score([best.name])
    assert score.nats == pytest.approx(best.nats, rel=1e-4)


@pytest.mark.parametrize(
    ("case", "is_one"),
    [
        ("title", True),
        ("keep", True),
        ("title van", True),
        ("title de van", True),
        ("title van de", False),
        ("title de de", False),
        ("title ", False),
        ("title  van", False),
        ("title Van", False),
        ("title of", False),  # small in all titles
        ("title 東京", False),
        ("title " + "a" * 21, False),
        ("upper van", False),
        ("keep van", False),
        (" van", False),
        ("title " + " ".join(f"w{i:03}" for i in range(101)), False),
    ],
)
def test_which_texts_are_case_styles(case: str, is_one: bool) -> None:
    assert is_case(case) == is_one

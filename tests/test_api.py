"""What a program that imports charnames finds."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import charnames
from charnames import CharnamesError, Checkpoint, Model, NameList, Recipe
from charnames.errors import __doc__ as tree

if TYPE_CHECKING:
    from conftest import CommandLine


def test_from_a_list_to_names_and_back(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("Ada\nZoë\n")
    names = charnames.read_names(tmp_path / "list.txt")
    assert isinstance(names, NameList) and names == ["Ada", "Zoë"]
    recipe = Recipe(iterations=2, checkpoint_every=1, hidden_size=4)
    checkpoints = charnames.train(names, recipe, seed=1)
    assert iter(checkpoints) is checkpoints
    *_, last = checkpoints
    assert isinstance(last, Checkpoint) and isinstance(last.model, Model)
    last.model.save(tmp_path / "m.safetensors")
    model = charnames.load(tmp_path / "m.safetensors")
    drawn = model.sample(3, seed=1, novel=False)
    assert iter(drawn) is drawn
    assert list(drawn) == list(last.model.sample(3, seed=1, novel=False))
    assert [score.name for score in model.score(["Zoë", "Ada"])] == ["Zoë", "Ada"]


def test_everything_offered_is_there_and_told_by_dir() -> None:
    for name in charnames.__all__:
        assert inspect.getdoc(getattr(charnames, name))
    assert set(charnames.__all__) <= set(dir(charnames))
    with pytest.raises(AttributeError, match="'nothing'"):
        charnames.nothing  # noqa: B018


def test_every_error_is_of_one_tree() -> None:
    errors = [CharnamesError, *CharnamesError.__subclasses__()]
    assert len(errors) > 5
    assert all(error.__name__ in str(tree) for error in errors)


SLIPS: dict[str, tuple[Callable[[], object], list[object]]] = {
    "list": (lambda: charnames.read_names("bad.txt"), ["train", "-d", "bad.txt"]),
    "file": (lambda: charnames.load("bad.txt"), ["info", "./bad.txt"]),
    "recipe": (
        lambda: Recipe(layers=99),
        ["train", "-d", "elements", "--layers", 99],
    ),
    "sample": (
        lambda: charnames.load("m").sample(1, prefix="7"),
        ["sample", "-m", "./m", "--prefix", "7"],
    ),
    "training": (
        lambda: charnames.train(["Ada"], resume=charnames.load("m")),
        ["train", "--resume", "./m", "-d", "one.txt"],
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_an_error_s_text_is_the_line_that_the_command_prints(
    inside: CommandLine, monkeypatch: pytest.MonkeyPatch, slip: str
) -> None:
    (inside.folder / "bad.txt").write_bytes(b"Ada\n\xff\n")
    (inside.folder / "one.txt").write_text("Ada\n")
    (inside.models / "elements.safetensors").rename(inside.folder / "m")
    monkeypatch.chdir(inside.folder)
    call, words = SLIPS[slip]
    with pytest.raises(CharnamesError) as caught:
        call()
    line = inside(*words, "-q", status=1).err.removeprefix("charnames: error: ")
    text = str(caught.value).replace("the list: not", "one.txt: not")
    assert line.removesuffix("\n").replace("./", "") == text.replace("./", "")


def test_a_model_is_loaded_by_its_path() -> None:
    with pytest.raises(charnames.CharnamesError) as caught:
        charnames.load("towns")
    assert "towns: cannot be read" in str(caught.value)
    assert "`charnames info -m NAME` prints that" in str(caught.value)

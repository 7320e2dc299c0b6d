"""Recipes in files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from charnames.errors import RecipeError
from charnames.recipes.recipe import Recipe
from charnames.recipes.recipe_file import read_recipe, recipe_text
from tests.conftest import CommandLine, Inside


def written(folder: Path, text: str) -> str:
    path = folder / "r.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe.modern(["Ada", "Bo"]),
        Recipe.modern(["Ada"], task="classify", hidden_size=(8, 4)),
        Recipe.modern(["Ada"], task="convert", label_smoothing=0.1),
    ],
)
def test_a_recipe_comes_back(tmp_path: Path, recipe: Recipe) -> None:
    pytest.importorskip("tomllib", reason="TOML needs Python 3.11")
    preset, settings = read_recipe(written(tmp_path, recipe_text(recipe)))
    assert preset is None
    assert Recipe.from_settings(settings) == recipe


def test_a_preset_and_some_settings(tmp_path: Path) -> None:
    pytest.importorskip("tomllib", reason="TOML needs Python 3.11")
    text = 'recipe = "modern"  # with a smaller network\nhidden_size = [8, 4]\n'
    choice = read_recipe(written(tmp_path, text))
    assert choice == ("modern", {"hidden_size": (8, 4)})


def test_the_same_in_json(tmp_path: Path) -> None:
    text = json.dumps({"recipe": "classic", "cell": "gru"})
    assert read_recipe(written(tmp_path, text)) == ("classic", {"cell": "gru"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'cell = "gru"\nhiden_size = 3\n',
            "line 2: there is no setting 'hiden_size'",
        ),
        ('\n"cell" = "grx"\n', "line 2: cell: 'grx' is none of rnn, gru, lstm"),
        ("batch_size = 2\nstate = 'carry'\n", "line 2: state: 'carry' leads from one"),
        ('recipe = "moden"\n', "line 1: recipe: no 'moden'; there are classic, modern"),
        ("recipe = 3\n", "line 1: recipe: no '3'; there are"),
        ("cell = \n", "is not TOML"),
        ("[[architecture]]\ncell = 'gru'\n", "there is no setting 'architecture'"),
    ],
)
def test_what_is_no_recipe(tmp_path: Path, text: str, message: str) -> None:
    pytest.importorskip("tomllib", reason="TOML needs Python 3.11")
    path = written(tmp_path, text)
    with pytest.raises(RecipeError) as caught:
        read_recipe(path)
    assert str(caught.value).startswith(path)
    assert message in str(caught.value)


# On the command line


def test_a_file_has_the_settings_of_a_run(cli: CommandLine) -> None:
    """info prints it, train and evaluate take it, and typed options win."""
    pytest.importorskip("tomllib", reason="TOML needs Python 3.11")
    words = ["train", "-d", "elements", "--seed", 1, "-q", "--slim"]
    cli(*words, "--hidden-size", 7, "--iterations", 30, "-o", "./a")
    text = cli("info", "-m", "./a", "--recipe").out
    (cli.folder / "a.toml").write_text(text)
    cli(*words, "--recipe", "a.toml", "-o", "./b")
    assert (cli.folder / "a").read_bytes() == (cli.folder / "b").read_bytes()
    cli(*words, "--recipe", "./a.toml", "--hidden-size", 8, "-o", "./c")
    changed = text.replace("hidden_size = 7\n", "hidden_size = 8\n")
    assert cli("info", "-m", "./c", "--recipe").out == changed != text
    folds = ["evaluate", "-d", "elements", "--folds", 2]
    same = cli(*folds, "--hidden-size", 7, "--iterations", 30).out
    assert cli(*folds, "--recipe", "a.toml").out == same


def test_without_toml_the_recipe_of_a_model_is_json(
    here: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tomllib", None)
    words = ["train", "-d", "elements", "--seed", 1, "-q", "--slim"]
    here(*words, "--hidden-size", 7, "--iterations", 30, "-o", "./a")
    (here.folder / "a.json").write_text(here("info", "./a", "--recipe", "--json").out)
    here(*words, "--recipe", "a.json", "-o", "./b")
    assert (here.folder / "a").read_bytes() == (here.folder / "b").read_bytes()
    (here.folder / "a.toml").write_text(here("info", "./a", "--recipe").out)
    error = here(*words, "--recipe", "a.toml", "-o", "./c", status=1).err
    assert error == (
        "charnames: error: a.toml: reading TOML needs Python 3.11; write JSON instead: "
        '{"cell": "lstm", …}\n'
    )


def test_neither_a_preset_nor_a_file(inside: Inside) -> None:
    error = inside("train", "-d", "elements", "--recipe", "moden", status=2).err
    assert "none of classic, modern, and no file; did you mean 'modern'?" in error
    error = inside("train", "-d", "elements", "--recipe", "./no.toml", status=1).err
    assert "./no.toml: No such file or directory; give a file of settings" in error
    assert "cell" in inside("info", CHARNAMES_RECIPE="modern").out

"""charnames export: the files that it writes, and what it refuses."""

from __future__ import annotations

import re
import shlex

import pytest

from charnames import load
from charnames.export.module import sources
from tests.conftest import CommandLine, Inside
from tests.export_models import JAVASCRIPT, needs_node, node

TRAIN = ("train", "-d", "elements", "--iterations", 30, "--hidden-size", 16, "-q")
FEW = ("--init-from", "none", "--seed", 1)
USE = """
const { about, generator } = await import("./names.mjs");
const names = [...generator({ seed: 3 }).names({ count: 5, temperature: 1 })];
console.log(JSON.stringify({ about, names }));
"""


@pytest.fixture
def home(inside: Inside) -> Inside:
    """The command line, in a home with the small model `small`."""
    inside(*TRAIN, *FEW, "-o", "small")
    return inside


@needs_node
def test_a_module_says_where_it_comes_from(home: Inside) -> None:
    words = ["export", "-m", "small", "-o", "names.mjs"]
    ended = home(*words, "--license", "CC0 1.0 */ </script>\nFor all.")
    assert ended.out == ""
    assert re.fullmatch(
        r"saved names\.mjs: [\d,]+ bytes, weights in (int8|float16)\n", ended.err
    )
    there = node(home.folder, USE)
    about = there["about"]
    assert about["license"] == "CC0 1.0 */ </script>\nFor all."
    assert about["title"] == "elements" and about["names"] == 118
    assert about["task"] == "generate" and about["precision"] in ended.err
    assert about["defaults"]["minLength"] == 3 and about["labels"] == {}
    assert about["characters"] == "abcdefghiklmnoprstuvwxyz"
    assert len({*there["names"]}) == 5
    text = (home.folder / "names.mjs").read_text(encoding="utf-8")
    assert "<" not in "".join(re.findall("^//.*", text, re.MULTILINE))
    assert "</script" not in text and "import " not in text


def test_the_types_stand_beside_the_module(home: Inside) -> None:
    home("export", "-m", "small", "-o", "names.mjs", "--types")
    types = (home.folder / "names.d.mts").read_text(encoding="utf-8")
    assert types == (JAVASCRIPT / "generate.d.ts").read_text(encoding="utf-8")


def test_a_module_goes_to_standard_output(home: Inside) -> None:
    home("export", "-m", "small", "-o", "names.mjs")
    ended = home("export", "-m", "small", "-o", "-")
    assert ended.out == (home.folder / "names.mjs").read_text(encoding="utf-8")
    assert "export { about, generator };" in ended.out


def test_precisions_differ_in_size(home: Inside) -> None:
    sizes = []
    for precision in ("int8", "float16", "float32"):
        words = ["export", "-m", "small", "-o", "-", "--precision", precision]
        sizes.append(len(home(*words).out))
    assert sizes == sorted(sizes) and len({*sizes}) == 3


def test_examples_run_as_they_stand(here: CommandLine) -> None:
    block = here("export", "-h").out.partition("Examples:\n")[2].partition("\n\n")[0]
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    assert len(lines) == 2
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "charnames" and not {*line} & {*"|<>$*"}
        here(*words)
    assert (here.folder / "names.mjs").exists()
    assert (here.folder / "names.html").exists()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["-o", "names.js"], 2, "'names.js' does not end in .html or .mjs"),
        (["-o", "a.html", "--types"], 2, "--types needs a module"),
        (["-o", "a.mjs", "--title", "Metals"], 2, "--title is for a page"),
        (["-o", "a.html", "--title", "a\x1b[31m"], 1, "title: 'a\\x1b[31m' holds a"),
        (["-o", "-", "--types"], 2, "--types needs a module"),
        (["-o", "a.mjs", "--precision", "int4"], 2, "none of int8, float16, float32"),
        (["-o", "nowhere/a.mjs"], 1, "nowhere/a.mjs: cannot be written (its folder"),
        (["-o", "a.mjs", "--license", "a\x1b[31m"], 1, "holds a character that is no"),
        ([], 2, "'-o' / '--output'"),
    ],
)
def test_what_is_refused(
    home: Inside, words: list[str], status: int, message: str
) -> None:
    assert message in home("export", "-m", "small", *words, status=status).err
    assert not any((home.folder / name).exists() for name in ("a.mjs", "a.html"))


def test_weights_that_float16_cannot_hold(home: Inside) -> None:
    path = home.models / "small.safetensors"
    model = load(path)
    model.parameters.values[0] = 1e9
    model.save(path)
    words = ["export", "-m", "small", "-o", "a.mjs", "--precision", "float16"]
    assert "float16 cannot hold the weights" in home(*words, status=1).err
    home("export", "-m", "small", "-o", "a.mjs")


def test_every_import_is_of_a_file_that_comes_before() -> None:
    order = sources("unpack.mjs", "generate.mjs")
    assert order[-1] == "generate.mjs" and len(order) == len({*order}) > 10
    for name in order:
        text = (JAVASCRIPT / name).read_text(encoding="utf-8")
        imported = re.findall(r'from "\./([a-z]+\.mjs)"', text)
        assert text.count("import ") == len(imported)
        assert {*imported} <= {*order[: order.index(name)]}

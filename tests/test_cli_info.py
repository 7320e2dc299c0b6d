"""charnames info and charnames datasets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import charnames

if TYPE_CHECKING:
    from conftest import CommandLine


def test_info_says_what_a_model_is(inside: CommandLine) -> None:
    done = inside("info")
    assert done.err == ""
    rows = [line.split(maxsplit=1) for line in done.out.splitlines()]
    said = {row[0]: row[-1] for row in reversed(rows)}  # the first of a name
    path = inside.models / "elements.safetensors"
    assert said["model"] == "elements"
    assert said["file"] == f"{path}, {path.stat().st_size:,} bytes"
    assert said["version"] == f"charnames {charnames.__version__}"
    assert said["dataset"] == "elements: 118 names of at most 13 characters"
    assert said["fingerprint"] == charnames.read_names("elements").fingerprint
    assert said["alphabet"].endswith("marker: abcdefghiklmnoprstuvwxyz")
    assert (said["case"], said["seed"]) == ("capitalised", "1")
    assert (said["iterations"], said["hidden-size"]) == ("300 of 300", "30")
    assert (said["cell"], said["layer0.Waa"]) == ("rnn", "30 × 30")
    assert said["loss"].endswith(" nats a name, smoothed")
    for words in (["elements"], ["-m", "elements"], ["elements", "-m", "elements"]):
        assert inside("info", *words) == done


def test_info_json(inside: CommandLine) -> None:
    done = inside("info", "elements", "--json")
    said = json.loads(done.out)
    model = charnames.load(said["file"])
    assert said["recipe"] == model.recipe.settings()
    assert said["parameters"] == model.parameters.values.size
    assert said["weights"]["output.by"] == [25]
    assert said["loss"] == model.provenance.loss
    help_text = inside("info", "--help").out
    assert all(key in help_text for key in said)


def test_info_of_a_stranger_does_not_steer_the_terminal(inside: CommandLine) -> None:
    name = "./\x1b[2Jm"
    content = (inside.models / "elements.safetensors").read_bytes()
    (inside.folder / name).write_bytes(content)
    assert "\x1b" not in inside("info", name).out


def test_datasets(inside: CommandLine) -> None:
    done = inside("datasets")
    elements, movies = done.out.splitlines()
    assert elements == "elements       118 names   Hydrogen, Helium, Lithium, …"
    assert movies.startswith("movies ") and done.err == ""
    counts = [
        json.loads(line) for line in inside("datasets", "--json").out.splitlines()
    ]
    assert counts[0] == {"dataset": "elements", "names": 118}


def test_a_list_is_printed_as_it_is_learned(inside: CommandLine) -> None:
    for name in ("elements", "movies"):
        names = charnames.read_names(name)
        assert inside("datasets", name) == (0, "".join(f"{n}\n" for n in names), "")
        lines = inside("datasets", name, "--json").out.splitlines()
        assert [json.loads(line)["name"] for line in lines] == names


def test_a_printed_list_can_be_learned(cli: CommandLine) -> None:
    line = "charnames datasets elements | charnames train -q -d - --iterations 2 -o ./m"
    cli.shell(line)
    fingerprint = charnames.load(cli.folder / "m").provenance.fingerprint
    assert fingerprint == charnames.read_names("elements").fingerprint

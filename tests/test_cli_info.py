"""charnames info and charnames datasets."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

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
    elements, movies, surnames, cyrillic = done.out.splitlines()
    assert elements == "elements       118 names   Hydrogen, Helium, …"
    assert movies.startswith("movies ") and done.err == ""
    names = charnames.read_names("surnames", labels=True)
    count = len(set(names.labels or ()))
    some = ", ".join(names[:2])
    expected = f"surnames     {len(names):,} names   {some}, …   {count} labels"
    assert surnames == expected
    first = "Албена Albena, Александър Aleksandar, …"
    assert cyrillic == f"cyrillic       704 pairs   {first}   4 labels"
    counts = [
        json.loads(line) for line in inside("datasets", "--json").out.splitlines()
    ]
    assert counts[0] == {"dataset": "elements", "names": 118, "labels": None}
    assert counts[2] == {"dataset": "surnames", "names": len(names), "labels": count}


def test_a_list_is_printed_as_it_is_learned(inside: CommandLine) -> None:
    for name in ("elements", "movies"):
        names = charnames.read_names(name)
        assert inside("datasets", name) == (0, "".join(f"{n}\n" for n in names), "")
        lines = inside("datasets", name, "--json").out.splitlines()
        assert [json.loads(line) for line in lines] == [{"name": n} for n in names]


def test_a_list_with_labels_is_printed_with_them(inside: CommandLine) -> None:
    names = charnames.read_names("surnames", labels=True)
    printed = inside("datasets", "surnames").out
    assert printed == "".join(f"{line}\n" for line in names.lines())
    again = charnames.read_names(io.BytesIO(printed.encode()), labels=True)
    assert again.fingerprint == names.fingerprint
    lines = inside("datasets", "surnames", "--json").out.splitlines()
    found = [json.loads(line) for line in lines]
    assert found[0] == {"name": names[0], "label": "Arabic"}
    assert [(one["label"], one["name"]) for one in found] == list(
        zip(names.labels or (), names, strict=True)
    )


@pytest.mark.parametrize("name", ["elements", "surnames"])
def test_a_printed_list_can_be_learned(cli: CommandLine, name: str) -> None:
    cli.shell(
        f"charnames datasets {name} | charnames train -q -d - --iterations 2 -o ./m"
    )
    fingerprint = charnames.load(cli.folder / "m").provenance.fingerprint
    assert fingerprint == charnames.read_names(name).fingerprint

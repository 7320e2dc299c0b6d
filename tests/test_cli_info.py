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
    rows_by_name = {row[0]: row[-1] for row in reversed(rows)}  # the first of a name
    path = inside.models / "elements.safetensors"
    assert rows_by_name["model"] == "elements"
    assert rows_by_name["file"] == f"{path}, {path.stat().st_size:,} bytes"
    assert rows_by_name["version"] == f"charnames {charnames.__version__}"
    assert rows_by_name["dataset"] == "elements: 118 names of at most 13 characters"
    assert rows_by_name["fingerprint"] == charnames.read_names("elements").fingerprint
    assert rows_by_name["alphabet"].endswith("marker: abcdefghiklmnoprstuvwxyz")
    assert (rows_by_name["case"], rows_by_name["seed"]) == ("capitalised", "1")
    assert (rows_by_name["iterations"], rows_by_name["hidden-size"]) == (
        "300 of 300",
        "30",
    )
    assert (rows_by_name["cell"], rows_by_name["layer0.Waa"]) == ("rnn", "30 × 30")
    assert rows_by_name["loss"].endswith(" nats a name, smoothed")
    for words in (["elements"], ["-m", "elements"], ["elements", "-m", "elements"]):
        assert inside("info", *words) == done


def test_info_json(inside: CommandLine) -> None:
    done = inside("info", "elements", "--json")
    record = json.loads(done.out)
    model = charnames.load(record["file"])
    assert record["recipe"] == model.recipe.settings()
    assert record["parameters"] == model.parameters.values.size
    assert record["weights"]["output.by"] == [25]
    assert record["loss"] == model.provenance.loss
    help_text = inside("info", "--help").out
    assert all(key in help_text for key in record)


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
    records = [json.loads(line) for line in lines]
    assert records[0] == {"name": names[0], "label": "Arabic"}
    assert [(record["label"], record["name"]) for record in records] == list(
        zip(names.labels or (), names, strict=True)
    )


@pytest.mark.parametrize("name", ["elements", "surnames"])
def test_a_printed_list_can_be_learned(cli: CommandLine, name: str) -> None:
    printed = cli("datasets", name).out
    cli("train", "-q", "-d", "-", "--iterations", 2, "-o", "./m", input=printed)
    fingerprint = charnames.load(cli.folder / "m").provenance.fingerprint
    assert fingerprint == charnames.read_names(name).fingerprint

"""charnames score: a line out for each line in."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

import charnames

if TYPE_CHECKING:
    from conftest import CommandLine


def test_a_line_for_each_argument_in_order(inside: CommandLine) -> None:
    names = ["Neon", "neon", "Argon", "Neon"]
    done = inside("score", *names)
    model = charnames.load(inside.models / "elements.safetensors")
    lines = [
        f"{s.bits_per_symbol:7.3f}  {s.nats:8.3f}  {s.name}" for s in model.score(names)
    ]
    assert (done.out.splitlines(), done.err) == (lines, "model: elements\n")
    assert inside("score", "-m", "elements", *names) == (0, done.out, "")


def test_a_line_for_each_line_of_standard_input(trained: CommandLine) -> None:
    names = ["Neon", "Xq7", "", " Argon ", "Zoë", "Neon"] * 500
    done = trained("score", "-q", input="\n".join(names))
    lines = done.out.splitlines()
    assert len(lines) == len(names) and done.err == ""
    for line, name in zip(lines, names, strict=True):
        assert line.endswith(f"  {name.strip()}")
        assert ("not in the alphabet" in line) == (name in ("Xq7", "Zoë"))


def test_json_says_what_is_unknown(inside: CommandLine) -> None:
    done = inside("score", "--json", "-q", "Neon", "Zoë")
    neon, zoe = map(json.loads, done.out.splitlines())
    assert neon["name"] == "Neon" and neon["unknown"] is None
    bits = neon["nats"] / len("Neon.") / math.log(2)
    assert neon["bits_per_symbol"] == pytest.approx(bits, rel=1e-12)
    nothing = {"nats": None, "bits_per_symbol": None, "unknown": "ë"}
    assert zoe == {"name": "Zoë", **nothing}


def test_names_that_cannot_be_read_are_told_by_their_line(trained: CommandLine) -> None:
    for data in (b"Neon\nGr\xe9ce\n", b"Neon\nGr\x1bce\n"):
        done = trained("score", "-q", "--json", input=data, status=1)
        assert done.err.startswith("charnames: error: standard input, line 2: ")
        assert len(done.err.splitlines()) == 1
    assert trained.shell("charnames score -q <&-", 1).err.startswith(
        "charnames: error: standard input is closed"
    )


def test_names_before_one_that_cannot_be_read_are_scored(trained: CommandLine) -> None:
    done = trained("score", "-q", input=b"Neon\nArgon\nGr\xe9ce\nXenon\n", status=1)
    assert done.out == trained("score", "-q", input="Neon\nArgon\n").out != ""


def test_no_line_in_is_no_line_out(trained: CommandLine) -> None:
    for data in (b"", b"\xef\xbb\xbf"):
        assert trained("score", "-q", input=data) == (0, "", "")
    assert len(trained("score", "-q", input="\n").out.splitlines()) == 1


def test_what_to_do_about_an_encoding_is_no_option_that_it_lacks(
    trained: CommandLine,
) -> None:
    for encoding, iconv in (("cp1252", "cp1252"), ("utf-16-le", "utf-16le")):
        data = "Léonie\nZoé\n".encode(encoding)
        done = trained("score", "-q", input=data, status=1)
        assert done.err.endswith(f"such as with: iconv -f {iconv} -t UTF-8\n")
        assert "--encoding" not in done.err


def test_a_hyphen_alone_is_standard_input(trained: CommandLine) -> None:
    for command in (["score"], ["score", "-m", "elements"]):
        done = trained(*command, "-q", "-", input="Neon\nArgon\n")
        assert done == trained(*command, "-q", "Neon", "Argon")
    assert len(trained("score", "-q", "-", "Neon", input="").out.splitlines()) == 2


def test_a_file_given_as_a_name_is_told(trained: CommandLine) -> None:
    (trained.folder / "names.txt").write_text("Neon\n")
    done = trained("score", "names.txt")
    assert done.err.splitlines()[-1] == (
        "charnames: warning: names.txt is a file, and was read as a name; to read the "
        "names in it: charnames score < names.txt"
    )
    assert "warning" not in trained("score", "Neon").err

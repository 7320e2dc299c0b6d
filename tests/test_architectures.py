"""Files of architectures: what they tell, and one line for each that tells nothing."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from charnames.errors import RecipeError
from charnames.experiments.architecture_file import read_architectures
from charnames.recipes.recipe_file import RecipeChoice

BASE = RecipeChoice(None, {})

TOML = """\
dropout = 0.2  # of all

[[architecture]]
name = "LSTM 64-32"
cell = "lstm"
hidden_size = [64, 32]

[[architecture]]
name = "RNN"
cell = "rnn"
dropout = 0
"""
TOLD = {
    "LSTM 64-32": {"dropout": 0.2, "cell": "lstm", "hidden_size": [64, 32]},
    "RNN": {"dropout": 0, "cell": "rnn"},
}
needs_toml = pytest.mark.skipif(
    importlib.util.find_spec("tomllib") is None, reason="TOML takes Python 3.11"
)


def read_text(text: str | bytes) -> dict[str, Any]:
    data = text.encode() if isinstance(text, str) else text
    return read_architectures(io.BytesIO(data), "classify", BASE)


def refused(text: str | bytes) -> str:
    """The line that says why, after where it was read from."""
    with pytest.raises(RecipeError) as error:
        read_text(text)
    line = str(error.value)
    assert line.startswith("standard input")
    assert "\n" not in line and len(line) < 500
    return line.removeprefix("standard input")


@needs_toml
def test_toml_is_read(tmp_path: Path) -> None:
    assert read_text(TOML) == TOLD
    path = tmp_path / "shapes.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode())
    assert read_architectures(str(path), "classify", BASE) == TOLD


def test_json_says_the_same() -> None:
    tables = [{"name": name, **settings} for name, settings in TOLD.items()]
    del tables[0]["dropout"]
    text = json.dumps({"dropout": 0.2, "architecture": tables}, indent=1)
    assert read_text(text) == TOLD
    assert list(read_text(text)) == list(TOLD)


def test_names_are_cleaned() -> None:
    text = '{"architecture": [{"name": " Ame\\u0301lie "}]}'
    assert read_text(text) == {"Amélie": {}}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for name in ("none.toml", "", "a\0b"):
        with pytest.raises(RecipeError, match="; give a file of architectures"):
            read_architectures(str(tmp_path / name), "classify", BASE)


@needs_toml
@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("dropout = 0.2", "dropout = 2", ", line 1: dropout: 2 is out of range"),
        (
            "dropout = 0.2",
            "dropuot = 2",
            ", line 1: there is no setting 'dropuot'; did",
        ),
        ("dropout = 0.2", 'task = "generate"', ", line 1: there is no setting 'task'"),
        ("dropout = 0.2", "best_of = 3", ", line 1: best_of: 3 is not for the task"),
        ('"LSTM 64-32"', '""', ", line 4: is not a printable name"),
        ('"LSTM 64-32"', '"\\u001b[31m"', ", line 4: is not a printable name"),
        ('"LSTM 64-32"', '"%s"' % ("x" * 101), ", line 4: is not a printable name"),
        ('"LSTM 64-32"', "1", ', line 4: has no name; write name = "…"'),
        ('"LSTM 64-32"', '"RNN"', ", line 9: there are two 'RNN'"),
        ('"lstm"', '"lsmt"', ", line 5: cell: 'lsmt' is none of rnn, gru, lstm"),
        ("[64, 32]", "[64, 0]", ", line 6: hidden_size: 0 is out of range"),
        ("[64, 32]", "[64, nan]", ", line 6: hidden_size: nan is not a whole"),
        ("dropout = 0.2", "unit = ['word']", ", line 1: unit: ['word'] is none of"),
        ("[64, 32]", "2024-01-01", ", line 6: hidden_size: datetime.date(2024"),
        ("[64, 32]", "0x1" + "0" * 5000, ", line 6: hidden_size: a number of very"),
        ("[64, 32]", "[64, 32]\nlayers = 3", ", line 6: hidden_size: 2 sizes do"),
        ('name = "RNN"', "", ', architecture 2: has no name; write name = "…"'),
        ('cell = "rnn"', 'cell = "rnn"\n[new]', ": there is no setting 'new'"),
        (
            'cell = "rnn"',
            'cell = "rnn',
            ": is not TOML (Illegal character '\\n' (at lin",
        ),
        (
            'cell = "rnn"',
            'name = "GRU"',
            ": is not TOML (Cannot overwrite a value (at ",
        ),
        ("[64, 32]", "1" * 5000, ": is not TOML (Exceeds the limit"),
        ("[64, 32]", "[" * 5000, ": is not TOML ("),
        ("[[architecture]]", "[[architectures]]", ": has no [[architecture]] table"),
        ("[[architecture]]", "[[other]]\n[[architecture]]", ": there is no setting"),
    ],
)
def test_bad_toml_is_one_line(old: str, new: str, line: str) -> None:
    assert refused(TOML.replace(old, new)).startswith(line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ": has no [[architecture]] table; write at least one"),
        ("{}", ": has no [[architecture]] table; write at least one"),
        ('{"architecture": []}', ": has no [[architecture]] table; write at least one"),
        ('{"architecture": {}}', ": has no [[architecture]] table; write at least one"),
        ('{"architecture": [1]}', ", architecture 1: is not a table of settings"),
        ('{"architecture": [{"cell": "rnn"}]}', ", architecture 1: has no name;"),
        (
            '{"architecture": [{"name": "a"},\n {"name": "a"}]}',
            ", architecture 2: there are two 'a'; give one another name",
        ),
        (
            '{"architecture": [{"name": "a", "cell": null}]}',
            ", architecture 1: cell: None is none of rnn, gru, lstm",
        ),
        ('{"tied": true, "architecture": [1]}', ": tied: "),
        ('{"architecture": [{]}', ", line 1: it is not JSON"),
        ('{"dropout":\n 0.2,}', ", line 2: it is not JSON"),
        ('{"dropout": NaN}', ": it holds NaN, which is no number"),
        ('{"dropout": 0.1, "dropout": 0.2}', ": it says 'dropout' twice"),
        ('{"a":' * 5000, ": it"),
        (b"\xff", ": not UTF-8; save it as UTF-8"),
        (b" " * 1_000_001, ": has more than 1,000,000 bytes"),
    ],
)
def test_other_bad_files_are_one_line(text: str | bytes, line: str) -> None:
    assert refused(text).startswith(line)


def test_without_tomllib_it_says_how_to_do_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tomllib", None)
    assert refused(TOML).startswith(
        ": reading TOML needs Python 3.11; write JSON instead"
    )

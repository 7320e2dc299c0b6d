"""The reference in README.md, which is made of --help."""

from __future__ import annotations

import pytest

from charnames.cli import COMMANDS
from tests.reference import BEGIN, END, README, helps, renewed

TEXT = README.read_text(encoding="utf-8")


def test_the_reference_is_what_help_says() -> None:
    assert TEXT.count(BEGIN) == TEXT.count(END) == 1
    assert renewed(TEXT) == TEXT, "README.md is stale; run: make docs"


def test_a_stale_one_is_made_anew() -> None:
    stale = TEXT.replace("--max-length INTEGER", "--maximum INTEGER")
    assert stale != TEXT and renewed(stale) == TEXT


def test_it_is_the_same_on_every_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    found = helps()
    assert list(found) == ["charnames", *(f"charnames {name}" for name in COMMANDS)]
    monkeypatch.setenv("COLUMNS", "40")
    assert helps() == found
    assert max(len(line) for text in found.values() for line in text.splitlines()) <= 80

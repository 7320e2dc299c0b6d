"""charnames/cli/REFERENCE.md, which is generated from --help."""

from __future__ import annotations

import pytest

from charnames.cli import COMMANDS
from tests.reference import REFERENCE, help_texts, reference


def test_the_reference_is_what_help_says() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert text == reference(), f"{REFERENCE.name} is stale; run: make docs"


def test_the_reference_has_the_help_of_every_command() -> None:
    text = reference()
    for name, help_text in help_texts().items():
        assert f"\n## {name}\n" in text
        assert help_text.rstrip() in text


def test_it_is_the_same_on_every_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = help_texts()
    assert list(texts) == ["charnames", *(f"charnames {name}" for name in COMMANDS)]
    monkeypatch.setenv("COLUMNS", "40")
    assert help_texts() == texts
    assert max(len(line) for text in texts.values() for line in text.splitlines()) <= 80

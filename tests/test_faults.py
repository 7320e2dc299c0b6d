"""tests/FAULTS.md against the tests: each lists the other, with no name left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent


def listed_tests() -> dict[int, list[str]]:
    """The number of each fault -> the tests that the page lists under it."""
    faults: dict[int, list[str]] = {}
    for number, section in sections().items():
        faults[number] = re.findall(r"^- `(\w+)`$", section, re.MULTILINE)
    return faults


def sections() -> dict[int, str]:
    """The number of each fault -> the text under its heading."""
    text = (TESTS / "FAULTS.md").read_text(encoding="utf-8")
    parts = re.split(r"^#{2,3} (?:(\d+)\. )?.*\n", text, flags=re.MULTILINE)
    numbers, bodies = parts[1::2], parts[2::2]
    pairs = [(int(n), body) for n, body in zip(numbers, bodies, strict=True) if n]
    assert [number for number, _ in pairs] == list(range(1, len(pairs) + 1))
    return dict(pairs)


def collected_tests() -> set[str]:
    """The names of the functions that pytest collects from the folder of the tests."""
    return {
        node.name
        for path in TESTS.glob("test_*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def numbers_in(test: str) -> set[int]:
    """test_fault_11_17_killed -> {11, 17}; none for a test that names no fault."""
    match = re.match(r"test_fault((?:_\d\d)+)_", test)
    return {int(number) for number in match[1].split("_")[1:]} if match else set()


def test_every_listed_test_is_collected() -> None:
    listed = {test for tests in listed_tests().values() for test in tests}
    assert listed - collected_tests() == set()


def test_every_test_of_a_fault_is_listed_under_it() -> None:
    named = {test for test in collected_tests() if test.startswith("test_fault_")}
    assert named and all(numbers_in(test) for test in named)
    expected = {(number, test) for test in named for number in numbers_in(test)}
    listed = {
        (number, test)
        for number, tests in listed_tests().items()
        for test in tests
        if test.startswith("test_fault_")
    }
    assert listed == expected


def test_no_test_is_listed_twice_under_one_fault() -> None:
    for number, tests in listed_tests().items():
        assert len(tests) == len(set(tests)), number


def test_every_fault_has_a_test() -> None:
    tests = listed_tests()
    assert len(tests) == 38
    assert all(tests.values())

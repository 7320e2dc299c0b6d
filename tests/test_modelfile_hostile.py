"""More files than anybody would write by hand: made, changed at random, fuzzed."""

from __future__ import annotations

import importlib.util
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import hostile
from tests.mutations import judge, mutated, seeds

ROOT = Path(__file__).parents[1]
SEEDS = seeds()


@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_a_changed_file_is_refused_or_is_what_it_says(
    data: bytes, rng: random.Random
) -> None:
    judge(mutated(data, rng))


@given(st.binary(max_size=200), st.sampled_from([0, 8, 30, 1500]))
@settings(deadline=None)
def test_a_file_of_any_bytes_is_refused(data: bytes, kept: int) -> None:
    beginning = SEEDS[0][:kept] + data
    assert judge(beginning) is None or beginning == SEEDS[0]


def test_the_changes_get_past_the_checksum() -> None:
    """Else the tests above would test little."""
    rng = random.Random(1)
    models = [judge(mutated(rng.choice(SEEDS), rng)) for _ in range(300)]
    loaded = [model for model in models if model]
    assert len(loaded) > 20
    assert {model.recipe.cell for model in loaded} == {"rnn", "gru", "lstm"}


@pytest.mark.skipif(not importlib.util.find_spec("atheris"), reason="needs atheris")
def test_the_fuzzer_finds_nothing() -> None:
    """tests/soak/fuzz.py for a moment; `make soak` lets it run."""
    done = subprocess.run(
        [sys.executable, "tests/soak/fuzz.py", "-runs=1000"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"fuzz: 1,000 files: .* no finding\n", done.stdout)


LOAD_ALL = """
import sys
from pathlib import Path
from charnames.models import loading
from charnames.errors import ModelFileError
from tests.peaks import peak

whole, *others = sorted(Path(sys.argv[1]).iterdir())
loading.load(whole)
before = peak()
for path in others:
    try:
        loading.load(path)
    except ModelFileError:
        pass
    else:
        sys.exit(f"{path.name} was loaded")
print(len(others), peak() - before)
"""


def test_no_hostile_file_takes_much_memory(tmp_path: Path) -> None:
    """50 MB above the start, all that is in the process counted."""
    for number, data in enumerate([SEEDS[0], *hostile.files()]):
        (tmp_path / f"{number:04}").write_bytes(data)
    with (tmp_path / "9999").open("wb") as stream:  # 8 GiB, all hole
        stream.write(SEEDS[0])
        stream.truncate(1 << 33)
    done = subprocess.run(
        [sys.executable, "-c", LOAD_ALL, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    count, taken = map(int, done.stdout.split())
    assert count > 200
    assert 0 < taken < 50_000_000

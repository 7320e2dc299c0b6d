"""Mutation testing: mutmut changes the code, and the nearest tests have to notice.

    python tests/mutants.py [COUNT]

COUNT mutants of each area are tested, chosen by a fixed seed, and those that survive
are printed. pyproject.toml tells mutmut which files to change, and which tests to run.
"""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import chain
from pathlib import Path

AREAS = ("encoding", "generation", "model_file", "nn", "prediction")
COUNT = 45
SEED = 1
NOTICED = ("killed", "timeout")


def mutmut(*words: str) -> str:
    program = Path(sys.executable).with_name("mutmut")
    done = subprocess.run([program, *words], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.stdout)
    return done.stdout


def results() -> dict[str, str]:
    """What became of each mutant, by its name."""
    lines = mutmut("results", "--all", "true").splitlines()
    return dict(line.strip().split(": ") for line in lines)


def main(count: int) -> None:
    mutmut("run", "--max-children", "1", "charnames.nn.activations.*")  # makes them all
    names, rng = sorted(results()), random.Random(SEED)
    samples = {}
    for area in AREAS:
        those = [name for name in names if name.startswith(f"charnames.{area}.")]
        samples[area] = rng.sample(those, min(count, len(those)))
        print(
            f"{area}: {len(those):,} mutants, {len(samples[area])} tested", flush=True
        )
    mutmut("run", "--max-children", "1", *chain.from_iterable(samples.values()))
    fates = results()
    for area, sample in samples.items():
        survivors = [name for name in sample if fates[name] not in NOTICED]
        print(f"{area}: {len(sample) - len(survivors)} of {len(sample)} noticed")
        for name in survivors:
            print(mutmut("show", name))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)

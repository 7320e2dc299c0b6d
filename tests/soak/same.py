"""What a seed gives where arithmetic is done otherwise: the same names or others.

    python tests/soak/same.py [PYTHON ...]

OpenBLAS has code for each kind of processor and sums in another order with each; so it
does with more threads. numpy has tanh and exp of its own. Further interpreters,
with another numpy perhaps, can be named. In the same surroundings all has to be the
same; elsewhere it is counted.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ONE = {"OPENBLAS_NUM_THREADS": "1"}
VARIANTS = {
    "again": {**ONE, "PYTHONHASHSEED": "7"},
    "two threads": {"OPENBLAS_NUM_THREADS": "2"},
    "code for Haswell": {**ONE, "OPENBLAS_CORETYPE": "Haswell"},
    "code for Prescott": {**ONE, "OPENBLAS_CORETYPE": "Prescott"},
    "numpy's code for AVX2": {
        **ONE,
        "NPY_DISABLE_CPU_FEATURES": "X86_V4,AVX512_ICL,AVX512_SPR",
    },
}
RUNS = {
    "classic, elements": "-d elements --iterations 10000 --checkpoint-every 10000",
    "modern, elements": "-d elements --recipe modern --iterations 1000",
    "modern, movies": "-d movies --recipe modern --iterations 1000",
}
NAMES = ["-n", "2000", "--known", "--repeats", "--seed", "1", "--quiet", "-m"]


def charnames(python: str, env: dict[str, str], *words: str) -> list[str]:
    """The lines that it prints."""
    done = subprocess.run(
        [python, "-m", "charnames", *words],
        env={**os.environ, **env},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.splitlines()


def made(python: str, env: dict[str, str], run: str, path: Path) -> list[str]:
    """A model trained there, at that path, and the names that it gives."""
    words = ["--seed", "1", "--quiet", "-o", str(path)]
    charnames(python, env, "train", *run.split(), *words)
    return charnames(python, env, "sample", *NAMES, str(path))


def others(names: list[str], base: list[str]) -> int:
    return sum(a != b for a, b in zip(names, base, strict=True))


def main() -> None:
    machines = {name: (sys.executable, env) for name, env in VARIANTS.items()}
    machines |= {python: (python, ONE) for python in sys.argv[1:]}
    with tempfile.TemporaryDirectory() as folder:
        path, other = Path(folder, "m.safetensors"), Path(folder, "other.safetensors")
        for run, options in RUNS.items():
            base = made(sys.executable, ONE, options, path)
            for name, (python, env) in machines.items():
                drawn = charnames(python, env, "sample", *NAMES, str(path))
                trained = made(python, env, options, other)
                print(
                    f"same: {run}, {name}: of {len(base):,} names are others "
                    f"{others(drawn, base):,} from the same model, "
                    f"{others(trained, base):,} after training there",
                    flush=True,
                )
                if name == "again" and not base == drawn == trained:
                    sys.exit(1)


if __name__ == "__main__":
    main()

"""A list of a million names: the memory and the time that reading and training take.

python tests/soak/lists.py
"""

import os
import random
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT = 1_000_000
MOST = 1_500  # MB
READ = "from charnames.data.names import read_names; read_names('names.txt')"
TRAIN = (
    "-m charnames train --iterations 10 --samples 0 -q -o m.safetensors -d names.txt"
)
MATTERS = {
    "read": ["-c", READ],
    "learned by the classic recipe": TRAIN.split(),
    "learned by the modern recipe": [*TRAIN.split(), "--recipe", "modern"],
}


def write(path: Path) -> None:
    """Names of 4 to 10 random letters, hardly any of them twice."""
    rng = random.Random(1)
    with path.open("w") as stream:
        for _ in range(COUNT):
            letters = rng.choices(string.ascii_lowercase, k=rng.randint(4, 10))
            stream.write("".join(letters).capitalize() + "\n")


def taken(words: list[str], folder: str) -> tuple[float, float]:
    """The most memory in MB and the seconds that a command takes."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], cwd=folder, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 1e6, time.perf_counter() - begin


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, "names.txt"))
        for matter, words in MATTERS.items():
            memory, seconds = taken(words, folder)
            print(f"lists: {COUNT:,} names {matter}: {memory:.0f} MB, {seconds:.0f} s")
            if memory > MOST:
                sys.exit(1)


if __name__ == "__main__":
    main()

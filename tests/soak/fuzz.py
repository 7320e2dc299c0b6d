"""Fuzzing of the loader, guided by what each file reaches in it.

    python tests/soak/fuzz.py [OPTION OF LIBFUZZER ...]

runs for SOAK_MINUTES, 30 unless told, or as the options say. tests/mutations.py says
how files are changed and what must hold of each; the first that it does not hold of is
written to the folder for temporary files, and ends the run. Each minute has a process
of its own, which goes on from the files that those before found worth keeping: atheris
holds on to a little memory of every file.
"""

import hashlib
import multiprocessing
import os
import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["charnames"]):
    from tests.mutations import judge, mutated, seeds

MINUTES = int(os.environ.get("SOAK_MINUTES", "30"))
FOLDER = tempfile.gettempdir()
LIMITS = ["-timeout=30", "-rss_limit_mb=4096", "-max_len=16384"]
SEEDS = seeds()
fates = multiprocessing.RawArray("Q", 2)  # files refused, files loaded


def other(data: bytes, max_size: int, seed: int) -> bytes:
    """A changed file: now and then any bytes, but mostly one that is still in form."""
    rng = random.Random(seed)
    if rng.random() < 0.8:
        try:
            begin = data if rng.random() < 0.7 else rng.choice(SEEDS)
            return mutated(begin, rng)[:max_size]
        except (ValueError, RecursionError):
            pass
    return bytes(atheris.Mutate(data, max_size))


def target(data: bytes) -> None:
    try:
        fates[judge(data) is not None] += 1
    except BaseException:
        path = Path(FOLDER, f"finding-{hashlib.sha256(data).hexdigest()[:16]}")
        path.write_bytes(data)
        print(f"written to {path}", file=sys.stderr)
        raise


def fuzz(options: list[str], folder: str) -> None:
    """Does not come back: libFuzzer ends the process."""
    for number, data in enumerate(SEEDS):
        Path(folder, f"seed{number}").write_bytes(data)
    prefix = f"-artifact_prefix={FOLDER}/finding-"
    words = [sys.argv[0], *LIMITS, prefix, *options, folder]
    atheris.Setup(words, target, custom_mutator=other)
    atheris.Fuzz()


def main() -> None:
    fork = multiprocessing.get_context("fork")
    options = sys.argv[1:]
    rounds = [options] if options else [["-max_total_time=60"]] * MINUTES
    with tempfile.TemporaryDirectory() as folder:
        for each in rounds:
            process = fork.Process(target=fuzz, args=[each, folder])
            process.start()
            process.join()
            if process.exitcode:
                break
        kept = len(os.listdir(folder))
    refused, loaded = fates
    print(
        f"fuzz: {refused + loaded:,} files: {refused:,} refused, {loaded:,} loaded, "
        f"{kept:,} kept, {'a finding, above' if process.exitcode else 'no finding'}"
    )
    sys.exit(bool(process.exitcode))


if __name__ == "__main__":
    main()

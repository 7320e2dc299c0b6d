"""Small models cut short at every byte, and with bits flipped: refused, or identical.

    python tests/soak/flips.py

Every kind of block that a file can hold is in one of them. 10,000 bits are flipped in
each, a half of them in the header, which is where a flip can do the most.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator

from charnames.errors import ModelFileError
from charnames.models import loading
from charnames.models.base import Trained
from tests.modelfiles import CLASSIFIERS, LABELLED, trained

FLIPS = 10_000
CLASSIFIED = tuple(
    f"{kind} classified" for kind in ("letters", "words", "numbers", "n-grams")
)


def models() -> dict[str, Trained]:
    """Models by what is in their files."""
    modern = trained(steps=2, cell="gru", optimizer="adamw", average=0.9, ngram=3)
    return {
        "classic": trained(steps=2),
        "momentum": trained(steps=2, momentum=0.9),
        "modern": modern,
        "slim": modern.slim(),
        "labelled": LABELLED,
        **dict(zip(CLASSIFIED, CLASSIFIERS, strict=True)),
    }


def spoilt(data: bytes, rng: random.Random) -> Iterator[bytes]:
    """Every beginning of the file, and the file with one bit another."""
    for length in range(len(data)):
        yield data[:length]
    begin = 8 + int.from_bytes(data[:8], "little")
    for number in range(FLIPS):
        bits = range(8 * (begin if number % 2 else len(data)))
        bit = rng.choice(bits)
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


def fate(data: bytes, original: bytes) -> str:
    """What becomes of a file that somebody loads."""
    try:
        loaded = loading.from_bytes(data)
    except ModelFileError:
        return "refused"
    return "identical" if loaded.to_bytes() == original else "changed"


def main() -> None:
    rng = random.Random(1)
    for name, model in models().items():
        data = model.to_bytes()
        fates = Counter(fate(other, data) for other in spoilt(data, rng))
        print(
            f"flips: {name}, {len(data):,} bytes: {len(data):,} lengths and {FLIPS:,} "
            f"flips: {fates['refused']:,} refused, {fates['identical']:,} identical, "
            f"{fates['changed']:,} changed"
        )
        if fates["changed"]:
            sys.exit(1)


if __name__ == "__main__":
    main()

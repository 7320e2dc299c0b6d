"""A training run that is killed (-9) at random moments, 200 times unless told, and gone
on with each time: what is there is whole, and in the end as if nobody had killed it.

    python tests/soak/kills.py [KILLS]
"""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from charnames.models import loading
from tests.killing import KilledRun

KILLS = int(sys.argv[1]) if sys.argv[1:] else 200

# What a write was at when it was killed, by the call that it was before or in.
PARTS = {
    "": "between writes",
    "write": "writing",
    "fsync": "flushing",
    "link": "renaming",
    "replace": "renaming",
}


def main() -> None:
    where: Counter[str] = Counter()
    left = 0
    with tempfile.TemporaryDirectory() as folder:
        run = KilledRun(Path(folder), random.Random(11))
        for _ in range(KILLS):
            where[PARTS.get(run.kill(), "opening or closing")] += 1
            left += len(run.left())
        for path in (run.path, run.output):
            loading.load(run.path).save(path)
        assert run.left() == []
        assert run.is_exact()
    inside = KILLS - where["between writes"]
    parts = ", ".join(f"{count} {part}" for part, count in where.most_common())
    print(
        f"kills: {KILLS}, {inside} inside a write ({parts}); {left} left a file beside "
        f"the model, none at the end; iteration {run.iteration:,}, exact"
    )


if __name__ == "__main__":
    main()

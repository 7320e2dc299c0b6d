"""The classic recipe's loss curve, beside what is published of it.

    python tests/benchmarks/curve.py [SEEDS]

The smoothed loss per name in nats, the mean of five seeds. The published notebooks
have two habits that a textbook does not tell of: the last hidden state of a name is the
first of the next one, and one shuffled order serves for every pass. The classic recipe
has both; the other rows are without one of them or both.
"""

import sys
from collections.abc import Sequence
from statistics import mean

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

EVERY = 2_000
PUBLISHED = {
    "elements": (19.12, 16.11, 13.88, 12.75, 12.76),
    "movies": (43.6, 42.2, 40.6, 40.1),  # of another list of films
}
VARIANTS = {
    "classic": {},
    "--state zero": {"state": "zero"},
    "--order each-pass": {"order": "each-pass"},
    "--state zero --order each-pass": {"state": "zero", "order": "each-pass"},
}


def losses(
    names: NameList, iterations: int, seed: int, settings: dict[str, str]
) -> list[float]:
    """The loss at every checkpoint but the first."""
    length = {"iterations": iterations, "checkpoint_every": EVERY, "samples": 0}
    recipe = Recipe.classic(**length, **settings)
    return [checkpoint.loss for checkpoint in train(names, recipe, seed=seed)][1:]


def line(what: str, losses: Sequence[float]) -> str:
    return what.ljust(36) + "".join(f"{loss:8.2f}" for loss in losses)


def main(seeds: int) -> None:
    harness.pin()
    for dataset, published in PUBLISHED.items():
        names = read_names(dataset)
        iterations = EVERY * len(published)
        steps = range(EVERY, iterations + 1, EVERY)
        print(dataset.ljust(36) + "".join(f"{step:8,}" for step in steps))
        print(line("published", published))
        for what, settings in VARIANTS.items():
            runs = [losses(names, iterations, seed, settings) for seed in range(seeds)]
            print(line(what, [mean(at) for at in zip(*runs, strict=True)]), flush=True)
        print()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)

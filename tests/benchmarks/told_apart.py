"""How well a discriminator tells new names from real ones that were not learned.

    python tests/benchmarks/told_apart.py [--learned 100] [--seed 1]

For each list, models learn 100 names drawn from it, or half of a shorter list; 300 new
names of each are told apart from the rest of the list. The rows are the modern recipe
before it started from the base model (`--init-from none --temperature 1`), as it is
now, and real names: half of the rest in the place of the new names.
"""

import argparse
from collections.abc import Iterator, Sequence
from statistics import mean

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np

from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.encoding.letter_case import fold
from charnames.evaluation.discriminator import discriminator_area
from charnames.evaluation.language_model import evaluate
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

SURNAMES = {
    "Nordic surnames": ("Danish", "Swedish"),
    "Slavic surnames": ("Czech", "Polish", "Russian"),
    "Iberian surnames": ("Portuguese", "Spanish"),
    "English and Irish surnames": ("English", "Irish"),
    "Dutch and German surnames": ("Dutch", "German"),
    "Finnish and Hungarian surnames": ("Finnish", "Hungarian"),
}
BEFORE = {"init_from": "none", "temperature": 1.0, "min_p": 0.0, "best_of": 1}


def lists() -> Iterator[tuple[str, list[str]]]:
    for name in ("elements", "movies"):
        yield name, list(read_names(name))
    surnames = read_names("surnames", labels=True)
    labelled = list(zip(surnames, surnames.labels or (), strict=True))
    for name, labels in SURNAMES.items():
        yield name, list(dict.fromkeys(n for n, label in labelled if label in labels))


def figures(
    learned: NameList, real: Sequence[str], seed: int, **settings: object
) -> tuple[float, float]:
    """The area, and the share of near-copies."""
    recipe = Recipe.named("modern", learned, **settings)
    *_, last = train(learned, recipe, seed=seed, alphabet="".join(real))
    samples = evaluate(last.model, real, learned, seed=seed).samples
    return samples.told_apart or 0.0, samples.near_copies or 0.0


def main() -> None:
    harness.pin()
    parser = argparse.ArgumentParser(description=__doc__ and __doc__.splitlines()[0])
    parser.add_argument("--learned", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    rows = []
    print("| list | learned, real | before | now | real names | near-copies |")
    for name, names in lists():
        order = rng.permutation(len(names))
        count = min(options.learned, len(names) // 2)
        learned = NameList((names[i] for i in order[:count]), name)
        real = [names[i] for i in order[count:]]
        before, _ = figures(learned, real, options.seed, **BEFORE)
        now, near = figures(learned, real, options.seed)
        folded = [fold(n, "capitalised") for n in real]
        half = len(real) // 2
        control = discriminator_area(folded[:half], folded[half:], options.seed) or 0.0
        rows.append((before, now, control, near))
        cells = f"{before:.3f} | {now:.3f} | {control:.3f} | {near:.1%}"
        print(f"| {name} | {count}, {len(real)} | {cells} |", flush=True)
    before, now, control, near = map(mean, zip(*rows, strict=True))
    print(f"| mean | | {before:.3f} | {now:.3f} | {control:.3f} | {near:.1%} |")


if __name__ == "__main__":
    main()

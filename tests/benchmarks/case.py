"""What it costs to learn all letters as they are where some names differ in case.

    python tests/benchmarks/case.py [--folds 3]

100 English surnames of the list surnames, with Mc before every twelfth, fourth or third
from the second on; losses in nats per name, by cross-validation of the modern recipe.
"""

import argparse
from statistics import mean

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.encoding.letter_case import KEEP, TITLE
from charnames.evaluation.language_model import cross_validate
from charnames.models.loading import load_base
from charnames.recipes.recipe import Recipe

COUNT = 100


def english() -> list[str]:
    surnames = read_names("surnames", labels=True)
    both = zip(surnames, surnames.labels or (), strict=True)
    return [name for name, label in both if label == "English"][:COUNT]


def main() -> None:
    harness.pin()
    parser = argparse.ArgumentParser(description=__doc__ and __doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=3)
    folds = parser.parse_args().folds
    for every in (12, 4, 3):
        odd = [i % every == 1 for i in range(COUNT)]
        listed = zip(english(), odd, strict=True)
        names = NameList(f"Mc{name}" if is_odd else name for name, is_odd in listed)
        for base in (load_base(), None):
            recipe = Recipe.modern(names, init_from="base" if base else "none")
            cells = [f"{mean(odd):.0%} differ", recipe.init_from]
            for case in (KEEP, TITLE):
                result = cross_validate(names, recipe, folds, case=case, init_from=base)
                nats = result.nats_per_symbol * result.symbols / result.names
                cells.append(f"{case} {nats:.2f}")
            print("   ".join(cells), flush=True)


if __name__ == "__main__":
    main()

"""Sheets for blind judgement: of how many names would a person use one?

    python tests/benchmarks/usable.py sheets FOLDER LIST ... [--names 20] [--seed 1]
    python tests/benchmarks/usable.py tally FOLDER

LIST is a built-in list or a file. `sheets` writes FOLDER/NAME.txt for each list: a few
names of the list, then under a letter the default samples of each generator, numbered.
Which letter is which stands in FOLDER/key.json alone, in another order for each list.
Generators are the classic and the modern recipe, as `charnames train` and `charnames
sample` come, and n-gram generators of order 2 and 3.

A judge sees the sheets alone and writes FOLDER/JUDGE.marks: a line `NAME LETTER 3 7 12`
with the numbers of the usable names: believable as a new name of that kind; no
gibberish, no typo or stitch of a name of the list. `tally` prints the count of usable
names for each generator and list, the mean over the judges.
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import mean
from string import ascii_uppercase

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
from ngram_generator import generate

from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

SHOWN = 40  # names of the list on its sheet

Generator = Callable[[NameList, int, int], list[str]]


def by_recipe(recipe: str) -> Generator:
    def samples(names: NameList, count: int, seed: int) -> list[str]:
        *_, last = train(names, Recipe.named(recipe, names), seed=seed)
        return list(last.model.sample(count, seed=seed))

    return samples


def by_ngram(order: int) -> Generator:
    def samples(names: NameList, count: int, seed: int) -> list[str]:
        return list(islice(generate(names, order, seed), count))

    return samples


GENERATORS: dict[str, Generator] = {
    "classic": by_recipe("classic"),
    "modern": by_recipe("modern"),
    "n-gram, order 2": by_ngram(2),
    "n-gram, order 3": by_ngram(3),
}


def sheets(folder: Path, lists: list[str], count: int, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    key: dict[str, dict[str, str]] = {}
    for source in lists:
        name = Path(source).stem
        names = read_names(source)
        rng = random.Random(f"{seed} {name}")
        order = rng.sample(list(GENERATORS), len(GENERATORS))
        letters = dict(zip(ascii_uppercase, order, strict=False))
        key[name] = letters
        shown = rng.sample(sorted(set(names)), min(SHOWN, len(set(names))))
        lines = [f"The list, {len(names)} names, among them: {', '.join(shown)}", ""]
        for letter, generator in letters.items():
            samples = GENERATORS[generator](names, count, seed)
            lines += [letter, *(f"{i}. {s}" for i, s in enumerate(samples, 1)), ""]
        (folder / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
        (folder / "key.json").write_text(json.dumps(key, indent=1), encoding="utf-8")
        print(f"{folder / name}.txt")


def tally(folder: Path) -> None:
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    usable: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for file in sorted(folder.glob("*.marks")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                name, letter, *numbers = line.split()
                usable[key[name][letter], name].append(len(set(numbers)))
    for generator in GENERATORS:
        counts = {name: mean(usable[generator, name] or [0]) for name in key}
        row = "  ".join(f"{name} {count:g}" for name, count in counts.items())
        print(f"{generator:16}  {sum(counts.values()):g}   {row}")


if __name__ == "__main__":
    harness.pin()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("sheets", "tally"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("lists", nargs="*")
    parser.add_argument("--names", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.action == "sheets":
        sheets(given.folder, given.lists, given.names, given.seed)
    else:
        tally(given.folder)

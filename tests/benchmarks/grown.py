"""What starting from a base model is worth, on lists that this one has not seen.

    make base-measure
    python tests/benchmarks/grown.py build/base-measure.safetensors LIST ...

`make base-measure` trains a base model without some kinds and languages, and writes
lists of these to build/evaluated. For each list and seed, `modern` learns 100 names
drawn from it, from random weights and from the base model, and twenty of these from the
base model. The loss is that of 200 other names of the list, or all others, in nats per
symbol, the end marker included; `spread` is the standard deviation of the difference
over the seeds.
"""

import argparse
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.evaluation.language_model import evaluate
from charnames.models.language_model import Model
from charnames.models.loading import load
from charnames.random_streams import Stream, generator
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

LEARNED, FEW, MEASURED = 100, 20, 200


def losses(names: list[str], base: Model, seed: int) -> tuple[float, float, float]:
    """Held-out nats per symbol: 100 names from random weights, 100 and 20 names from
    the base model.
    """
    order = generator(seed, Stream.SPLIT).permutation(len(names))
    names = [names[i] for i in order]
    real = names[LEARNED : LEARNED + MEASURED]

    def loss(count: int, parent: Model | None, **settings: Any) -> float:
        learned = NameList(names[:count], "list")
        recipe = Recipe.named("modern", learned, **settings)
        *_, last = train(
            learned, recipe, seed=seed, alphabet="".join(names), init_from=parent
        )
        return evaluate(last.model, real, seed=seed).nats_per_symbol

    return loss(LEARNED, None, init_from="none"), loss(LEARNED, base), loss(FEW, base)


def main() -> None:
    harness.pin()
    parser = argparse.ArgumentParser(description=__doc__ and __doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("lists", nargs="+")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    base = load(options.base)
    assert isinstance(base, Model)
    print("| list | 100 from random weights | 100 grown | better | spread | 20 grown |")
    gains = []
    for source in options.lists:
        names = list(dict.fromkeys(read_names(source)))
        rows = [losses(names, base, seed) for seed in range(1, options.seeds + 1)]
        scratch, grown, few = map(mean, zip(*rows, strict=True))
        gains.append(scratch - grown)
        differences = [a - b for a, b, _ in rows]
        spread = stdev(differences) if len(rows) > 1 else 0.0
        figures = f"{scratch:.3f} | {grown:.3f} | {gains[-1]:+.3f} | {spread:.3f}"
        print(f"| {Path(source).stem} | {figures} | {few:.3f} |", flush=True)
    print(f"| mean | | | {mean(gains):+.3f} | | |")


if __name__ == "__main__":
    main()

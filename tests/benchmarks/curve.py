"""The classic recipe's loss curve, beside what is published of it.

    python tests/benchmarks/curve.py [SEEDS]

The smoothed loss per name in nats, the mean of five seeds. The published notebooks
have two habits that a textbook does not tell of: the last hidden state of a name is the
first of the next one, and one shuffled order serves for every pass. So the same pieces
are put together with each habit, and with both.
"""

import sys
from collections.abc import Sequence
from statistics import mean

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np

from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.encoding.letter_case import detect_case, fold
from charnames.encoding.vocabulary import Vocabulary
from charnames.nn.batching import Sequences, pack
from charnames.nn.cells.rnn import RNN
from charnames.nn.layers.inputs import Lookup
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.initializers import textbook_weights
from charnames.nn.networks.shape import Shape
from charnames.nn.optimizers import SGD, clip
from charnames.random_streams import Stream, generator
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

EVERY = 2_000
PUBLISHED = {
    "elements": (19.1, 16.1, 13.9, 12.7, 12.8),
    "movies": (43.6, 42.2, 40.6, 40.1),  # of another list of films
}


def library(names: NameList, iterations: int, seed: int) -> list[float]:
    """The loss at every checkpoint but the first, as charnames trains."""
    recipe = Recipe.classic(iterations=iterations, checkpoint_every=EVERY, samples=0)
    return [checkpoint.loss for checkpoint in train(names, recipe, seed=seed)][1:]


def pieces(
    names: NameList, iterations: int, seed: int, carried: bool, one_order: bool
) -> list[float]:
    """The same from the library's pieces, with the notebooks' habits or without."""
    sequences, V = encoded(names)
    recipe, shape = Recipe.classic(), Shape(V, "rnn", Recipe.classic().sizes)
    weights = textbook_weights(shape, generator(seed, Stream.WEIGHTS))
    gradients = weights.zeros_like()
    lookup, output = Lookup(weights, gradients), SoftmaxOutput(weights, gradients)
    cell, optimizer = RNN(weights, gradients, "layer0"), SGD(weights)
    a0 = np.zeros((1, *shape.sizes), np.float32)
    smoothed, found = 7 * np.log(V), []
    for i in range(iterations):
        turn, number = divmod(i, len(sequences))
        if number == 0 and not (turn and one_order):
            order = generator(seed, Stream.ORDER, turn).permutation(len(sequences))
        batch = pack(sequences, order[number : number + 1])
        x = lookup.forward(batch.inputs)
        (a,), cache = cell.forward(x, (a0,), batch)
        if carried:
            a0 = a[-1:].copy()
        losses, y_hat = output.forward(a, batch.targets)
        smoothed = 0.999 * smoothed + 0.001 * float(losses.sum())
        dx, _ = cell.backward(output.backward(y_hat, a, batch.targets, 1), cache, batch)
        lookup.backward(dx, batch.inputs)
        clip(gradients.values, recipe.clip, recipe.clip_by)
        optimizer.update(gradients.values, recipe.learning_rate, i)
        if (i + 1) % EVERY == 0:
            found.append(smoothed)
    return found


def encoded(names: NameList) -> tuple[Sequences, int]:
    """The names as `train` spells them, and V."""
    case, _ = detect_case(names)
    folded = [fold(name, case) for name in names]
    vocabulary = Vocabulary.of(folded)
    return vocabulary.sequences(folded), len(vocabulary)


def line(what: str, losses: Sequence[float]) -> str:
    return what.ljust(36) + "".join(f"{loss:8.1f}" for loss in losses)


def main(seeds: int) -> None:
    harness.pin()
    for dataset, published in PUBLISHED.items():
        names = read_names(dataset)
        iterations = EVERY * len(published)
        steps = range(EVERY, iterations + 1, EVERY)
        print(dataset.ljust(36) + "".join(f"{step:8,}" for step in steps))
        print(line("published", published))
        runs = [library(names, iterations, seed) for seed in range(seeds)]
        if not np.allclose(runs[0], pieces(names, iterations, 0, False, False)):
            raise SystemExit("curve: the pieces are not put together as the library's")
        print(line("charnames", [mean(at) for at in zip(*runs, strict=True)]))
        for what, habits in {
            "the last state carried over": (True, False),
            "one order for all passes": (False, True),
            "both, as the notebooks have it": (True, True),
        }.items():
            runs = [pieces(names, iterations, seed, *habits) for seed in range(seeds)]
            print(line(what, [mean(at) for at in zip(*runs, strict=True)]))
        print()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)

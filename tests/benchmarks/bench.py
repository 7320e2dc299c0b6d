"""The table of speeds, each beside what it is held against.

    python tests/benchmarks/bench.py [classic] [start] [training] [sampling] [threads]

All of it on one core, but for `threads`. Rates are in names or symbols (the end marker
included) a second; whole processes in seconds of processor time. Where
CHARNAMES_BENCH_NAMES names a folder that holds train.txt, its names are learned,
otherwise made-up or built-in ones.
Without PyTorch, what is held against it is left out.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import course
import lists
import sampling
import throughput
from harness import Row, alternate, busy, compare, per_second, run

from charnames.data.names import read_names
from charnames.encoding.letter_case import fold
from charnames.encoding.vocabulary import Vocabulary
from charnames.models.loading import PRETRAINED, load
from charnames.nn.networks.shape import Shape
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import Checkpoint, train

HERE = Path(__file__).parent
TORCH = find_spec("torch") is not None

# How many times as fast as PyTorch a cell of so many units is to learn.
OVER_PYTORCH = {
    ("rnn", 128): 3.0,
    ("gru", 128): 3.0,
    ("gru", 256): 1.8,
    ("lstm", 128): 2.3,
    ("lstm", 256): 1.8,
}
CLASSIC = Recipe.classic(iterations=8_000)


def classic() -> Iterator[Row]:
    """The textbook's recipe against a course's solution, and eager PyTorch."""
    names = read_names("elements")
    vocabulary = Vocabulary.of(fold(name, "lower") for name in names)
    ids = [vocabulary.encode(fold(name, "lower")).tolist() for name in names]
    others = {"course": (course.train, 1_500)}
    if TORCH:
        import eager
        import torch

        torch.set_num_threads(1)
        others["nn.RNN"] = (eager.train_module, 800)
        others["a loop"] = (eager.train_steps, 200)
    measures = {
        name: per_second(count, partial(call, ids, len(vocabulary), count, 0))
        for name, (call, count) in others.items()
    }
    learn = partial(train, names, CLASSIC, seed=0)
    measures["ours"] = per_second(CLASSIC.iterations, lambda: list(learn()))
    measured = alternate(measures)
    ours, solution = measured.pop("ours"), measured.pop("course")
    yield compare("classic recipe over a course's, names/s", ours, solution, 5)
    symbols = mean(map(len, ids)) + 1
    rates = [[rate * symbols for rate in names_s] for names_s in (ours, solution)]
    yield compare("  the same, symbols/s", rates[0], rates[1])
    if measured:
        name, eager_rates = faster(measured)
        yield compare(f"  over eager PyTorch ({name}), names/s", ours, eager_rates, 8)


def start(home: str) -> Iterator[Row]:
    """Processes that do next to nothing, over their imports alone."""
    save(train(read_names("elements"), CLASSIC, seed=0), home, "classic")
    commands = {
        "help": ("-m", "charnames", "--help"),
        "click": ("-c", "import click"),
        "sample": ("-m", "charnames", "sample", "-q", "-n", "10", "-m", "classic"),
        "along": ("-m", "charnames", "sample", "-q", "-n", "10", "-m", "elements"),
        "numpy": ("-c", "import numpy, click"),
    }
    calls = {name: partial(python, home, *words) for name, words in commands.items()}
    measured = alternate({name: busy(c) for name, c in calls.items()}, rounds=15)
    yield compare(
        "charnames --help over import click",
        measured["help"],
        measured["click"],
        target=1.5,
        at_least=False,
    )
    for name, of in {
        "sample": "a classic model",
        "along": "the one that comes along",
    }.items():
        yield compare(
            f"charnames sample -n 10, {of}, over import numpy, click",
            measured[name],
            measured["numpy"],
            target=1.4,
            at_least=False,
        )


def training() -> Iterator[Row]:
    """Our update against PyTorch's, and against its own matrix products."""
    V, packed = throughput.batches(lists.given("train") or lists.made_up(), 20)
    symbols = throughput.symbols(packed)
    for (cell, units), target in OVER_PYTORCH.items():
        shape = Shape(V, cell, (units,), embedding_size=throughput.EMBEDDING)
        calls = {
            "ours": partial(each, throughput.Step(shape), packed),
            "products": partial(each, throughput.Products(shape, packed), packed),
        }
        if TORCH:
            import throughput_torch as baseline

            if not baseline.same(shape, packed[0]):
                raise SystemExit(f"bench: {cell} is not the same in PyTorch")
            for name in ("packed", "padded"):
                tensors = [baseline.Batch(batch, name == "padded") for batch in packed]
                calls[name] = partial(each, baseline.Step(shape), tensors)
        rates = {name: per_second(symbols, call) for name, call in calls.items()}
        measured = alternate(rates)
        ours, products = measured.pop("ours"), measured.pop("products")
        if measured:
            name, of_torch = faster(measured)
            what = f"training {cell} {units}, symbols/s, over PyTorch ({name})"
            yield compare(what, ours, of_torch, target)
        what = f"training {cell} {units}, symbols/s, over its products alone"
        yield compare(what, ours, products, 0.65 if cell == "lstm" else 0.5)


def of_sampling() -> Iterator[Row]:
    """Names a second from models grown from the base, over their products alone."""
    for name in ("elements", "movies"):
        model = load(f"{PRETRAINED}/{name}.safetensors")
        products = sampling.Products(model, sampling.rows(model))
        calls = {"ours": partial(sampling.names, model), "products": products}
        rates = {k: per_second(sampling.COUNT, call, busy) for k, call in calls.items()}
        measured = alternate(rates)
        what = f"sampling {name}, names/s, over its products alone"
        yield compare(what, measured["ours"], measured["products"], 0.6)


def two_threads() -> Iterator[Row]:
    """A GRU of 256 units on two cores, over the same on one."""
    command = (sys.executable, str(HERE / "throughput.py"), "gru", "256")

    def on(cores: int) -> float:
        harness.pin(cores)
        printed = run(command, os.environ | harness.threads(cores))
        harness.pin()
        return float(printed)

    measured = alternate({"one": partial(on, 1), "two": partial(on, 2)}, rounds=3)
    what = "training gru 256, symbols/s, two threads over one"
    yield compare(what, measured["two"], measured["one"], 1.3)


def python(home: str, *words: str) -> str:
    """What Python prints with a home of its own and little else in its environment."""
    environment = {
        "PATH": os.defpath,
        "HOME": home,
        "XDG_DATA_HOME": home,
        "PYTHONPATH": str(HERE.parent.parent),
    }
    return run((sys.executable, *words), environment | harness.threads(1))


def save(checkpoints: Iterable[Checkpoint], home: str, name: str) -> None:
    """Keep the last checkpoint's model in the user's model folder."""
    *_, last = checkpoints
    folder = Path(home, "charnames", "models")
    folder.mkdir(parents=True, exist_ok=True)
    last.model.save(folder / f"{name}.safetensors")


def each(step: Callable[[Any], object], batches: Iterable[object]) -> None:
    for batch in batches:
        step(batch)


def faster(rates: dict[str, list[float]]) -> tuple[str, list[float]]:
    """The contender of the highest median, and its rates."""
    return max(rates.items(), key=lambda item: median(item[1]))


def main(chosen: Sequence[str]) -> None:
    harness.pin()
    if not TORCH:
        print("PyTorch is not installed: what is held against it is left out.")
    if lists.given("train") is None:
        print(f"Made-up and built-in names instead of given ones: {lists.HOW}.")
    with TemporaryDirectory() as home:
        sections: dict[str, Callable[[], Iterator[Row]]] = {
            "classic": classic,
            "start": partial(start, home),
            "training": training,
            "sampling": of_sampling,
            "threads": two_threads,
        }
        harness.show([row for name in chosen or sections for row in sections[name]()])


if __name__ == "__main__":
    main(sys.argv[1:])

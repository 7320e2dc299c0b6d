"""What control over the names costs, and how true it is to the model.

    python tests/benchmarks/control.py

prints the table: names a second to a pipe, beside eager PyTorch where it is installed,
and of constraints against none; the memory of ten million names; and how far
constrained names are from the model's own, given the constraint, beside exact drawing
and a plain mask. One core, of which the processor time counts; takes some minutes.
"""

import harness  # first: it holds linear algebra to one thread

# isort: split
import itertools
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np
from harness import Measure, Row

from charnames.data.names import read_names
from charnames.generation.choice import Choice
from charnames.generation.constraints.compiler import compile_constraints
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.masked import MaskedChooser
from charnames.generation.sampler import LARGEST_CHUNK
from charnames.generation.spelling import Speller
from charnames.generation.writer import Writer
from charnames.models.language_model import Model
from charnames.models.loading import load
from charnames.random_streams import Stream, generator
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

RAW = ("--known", "--repeats", "--any-form")
BOUNDS = ("--prefix", "c", "--suffix", "m", "--min-length", "4", "--max-length", "12")
CLASSIC, MIXED, MANY = 1_000_000, 200_000, 10_000_000
TORCH = 20_000
DRAWS = 100_000


def trained(file: str, folder: Path, dataset: str, **settings: object) -> str:
    """The path of a model of that list."""
    *_, last = train(read_names(dataset), Recipe.from_settings(settings), seed=0)
    path = folder / f"{file}.safetensors"
    last.model.save(path)
    return str(path)


def command(model: str, n: int, *words: str) -> list[str]:
    start = [sys.executable, "-m", "charnames", "sample", "-q", "-m", model]
    return [*start, "-n", str(n), "--seed", "0", *words]


def names_a_second(model: str, n: int, *words: str) -> Measure:
    call = partial(harness.run, command(model, n, *words))
    return harness.per_second(n, call, harness.busy)


def in_torch(name: str, path: str) -> dict[str, Measure]:
    """The same of eager PyTorch, its start and the writing not counted."""
    if find_spec("torch") is None:
        return {}
    from sampler_torch import Sampler

    return {
        f"{name} {what}": harness.per_second(
            TORCH,
            partial(Sampler(load(path), carried=what == "carried"), TORCH),
            harness.busy,
        )
        for what in ("anew", "carried")
    }


def peak(words: Sequence[str]) -> float:
    """The most memory that a command held, in MB, its names sent to a pipe."""
    program = (
        "import resource, subprocess, sys\n"
        "with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE) as child:\n"
        "    while child.stdout.read(1 << 20): pass\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)\n"
    )
    done = [sys.executable, "-c", program, *words]
    return float(subprocess.run(done, check=True, capture_output=True).stdout)


def small() -> Model:
    """A model over three letters with random weights."""
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    (start,) = train(["abc"], recipe, seed=1, case="keep")
    values = start.model.parameters.values
    values[:] = 1.5 * np.random.default_rng(4).standard_normal(len(values))
    return start.model


def plain(model: Model, constraints: Constraints) -> list[str]:
    """DRAWS names under the mask alone, neither looking ahead nor weighed."""
    form = model.form
    meet = compile_constraints(
        constraints, form.vocabulary, form.case, form.usual_limit
    )
    writer, spell = Writer(model.predictor(), model.form), Speller(model.form)
    names: list[str] = []
    for number in range(-(-DRAWS // LARGEST_CHUNK)):
        choose = MaskedChooser(meet, LARGEST_CHUNK, Choice())
        rng = generator(0, Stream.SAMPLE, number)
        names += spell(writer.draw(rng, LARGEST_CHUNK, choose, meet.most + 1))
    return names[:DRAWS]


def variations() -> tuple[float, float, float]:
    """Total variation from the model's own distribution among the names that begin
    with a, end with b and have at most 6 letters: ours, exact drawing, a plain mask.
    """
    model, constraints = small(), Constraints(prefix="a", suffix="b", max_length=6)
    middles = (m for n in range(5) for m in itertools.product("abc", repeat=n))
    names = ["".join(("a", *middle, "b")) for middle in middles]
    p = np.exp([-(score.nats or 0.0) for score in model.score(names)])
    p /= p.sum()

    def variation(drawn: Sequence[str]) -> float:
        counts = Counter(drawn)
        shares = np.array([counts[name] for name in names]) / len(drawn)
        return float(abs(shares - p).sum() / 2)

    bounds = {"prefix": "a", "suffix": "b", "max_length": 6}
    ours = list(
        model.sample(DRAWS, seed=0, novel=False, unique=False, any_form=True, **bounds)
    )
    exact = np.random.default_rng(0).choice(names, DRAWS, p=p).tolist()
    return variation(ours), variation(exact), variation(plain(model, constraints))


def rates(classic: str, longer: str, mixed: str) -> Iterator[Row]:
    """Names a second of processor time, whole processes, in turn."""
    measured = harness.alternate(
        {
            "classic": names_a_second(classic, CLASSIC, *RAW),
            "longer": names_a_second(longer, CLASSIC, *RAW),
            "mixed": names_a_second(mixed, MIXED, *RAW),
            "bound": names_a_second(mixed, MIXED, *RAW, *BOUNDS),
            "classic bound": names_a_second(classic, CLASSIC, *RAW, *BOUNDS),
            "top": names_a_second(mixed, MIXED, *RAW, "--top-k", "8"),
            "new": names_a_second(mixed, MIXED),
            **in_torch("classic", classic),
            **in_torch("longer", longer),
        },
        rounds=3,
        warmups=0,
    )
    ours, other, compare = measured["classic"], measured["mixed"], harness.compare
    for name, dataset in {"classic": "elements", "longer": "surnames"}.items():
        rate = measured[name]
        yield Row(f"names/s, classic, {dataset}", median(rate), target=150_000)
        for what, target in {"anew": 10, "carried": None}.items():
            if against := measured.get(f"{name} {what}"):
                yield compare(f"  over eager PyTorch, {what}", rate, against, target)
    what = "  prefix, suffix, length"
    yield compare(f"{what}, of elements", measured["classic bound"], ours, 0.5)
    yield Row("names/s, GRU 128 + n-gram", median(other), target=40_000)
    yield compare(what, measured["bound"], other, 0.5)
    yield compare("  top-k 8", measured["top"], other)
    yield compare("  new and distinct", measured["new"], other)


def main() -> None:
    harness.pin()
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        classic = trained("classic", there, "elements", iterations=20_000)
        longer = trained("longer", there, "surnames", iterations=20_000)
        settings = vars(Recipe.modern(read_names("elements"), init_from="none"))
        settings = {**settings, "hidden_size": 128, "iterations": 200}
        mixed = trained("mixed", there, "elements", **settings)
        rows = list(rates(classic, longer, mixed))
        few, many = (peak(command(classic, n, *RAW)) for n in (CLASSIC, MANY))
    ours, exact, masked = variations()
    rows += [
        Row("MB, 10,000,000 names", many, few, target=150, at_least=False),
        Row("variation, beyond exact", ours - exact, target=0.02, at_least=False),
        Row("variation, ours", ours, exact),
        Row("variation, a plain mask", masked, exact),
    ]
    harness.show(rows)


if __name__ == "__main__":
    main()

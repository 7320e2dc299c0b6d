"""Pairs learned a second, and names converted a second.

    python tests/benchmarks/conversion_speed.py training
    python tests/benchmarks/conversion_speed.py e2k
    python tests/benchmarks/conversion_speed.py converting MODEL LIST [NAMES]

`training` holds an update of the modern recipe's network against PyTorch's, on the
built-in list cyrillic. `e2k` holds greedy conversion by a network of that package's
size, with random weights, against the package itself, which takes one name at a time;
both write as many symbols. `converting` has the names a second of a model, with the
first names of a list: of its networks, of its joint n-gram model, and of both with
everything around them. All in processor time, on one core.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import mean

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np
import throughput
from harness import Row, alternate, busy, compare, per_second

from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.data.pairs import read_pairs
from charnames.encoding.symbols import Symbols
from charnames.generation.beam_search import beam_search
from charnames.models.converter import Converter
from charnames.models.loading import load_any
from charnames.nn.batching import END, PackedPairs, Pairs, Sequences
from charnames.nn.networks.compound_shapes import EncoderDecoderShape
from charnames.nn.networks.encoder_decoder import EncoderDecoder
from charnames.nn.networks.initializers import scaled_weights
from charnames.nn.networks.shape import Shape
from charnames.prediction.joint_ngram import JOINT_BEAM

UNITS, EMBEDDING, SMOOTHING = 128, 64, 0.1
E2K_UNITS, E2K_WORDS = 256, 512


def batches(size: int, count: int) -> tuple[EncoderDecoderShape, list[PackedPairs]]:
    """The shape of a network for the pairs of cyrillic, and batches of them."""
    pairs = read_pairs("cyrillic")
    assert isinstance(pairs.sources, NameList)
    source, target = Symbols.of(pairs.sources), Symbols.of(pairs.targets)
    encoded = Pairs(source.sequences(pairs.sources), target.sequences(pairs.targets))
    shape = EncoderDecoderShape(
        Shape(len(source), "gru", (UNITS,), EMBEDDING, bidirectional=True),
        Shape(len(target), "gru", (UNITS,), EMBEDDING),
    )
    rng = np.random.default_rng(0)
    draws = (rng.choice(len(encoded), size, replace=False) for _ in range(count))
    return shape, [encoded.pack(chosen) for chosen in draws]


def training() -> Iterator[Row]:
    """Pairs learned a second by our update, over those by PyTorch's."""
    import conversion_torch as baseline

    for size, count in ((32, 20), (128, 5)):
        shape, packed = batches(size, count)
        step = throughput.Step(shape, partial(EncoderDecoder, smoothing=SMOOTHING))
        theirs = baseline.Step(shape)
        tensors = [baseline.Batch(batch) for batch in packed]
        ours_first, theirs_first = step(packed[0]), theirs(tensors[0])
        if not np.isclose(ours_first, theirs_first, rtol=1e-4):
            raise SystemExit(f"{ours_first} is not PyTorch's loss, {theirs_first}")

        def learn(update: object, some: Sequence[object]) -> None:
            for batch in some:
                update(batch)  # type: ignore[operator]

        calls = {
            "ours": partial(learn, step, packed),
            "torch": partial(learn, theirs, tensors),
        }
        rates = {k: per_second(size * count, c, busy) for k, c in calls.items()}
        measured = alternate(rates, rounds=5)
        what = f"training, {size} pairs a batch, pairs/s, over eager PyTorch"
        yield compare(what, measured["ours"], measured["torch"], 2)


def e2k() -> Iterator[Row]:
    """Names converted a second, over the package e2k."""
    from e2k import C2K

    theirs = C2K()
    words = [n.lower() for n in read_names("surnames") if n.isascii() and n.isalpha()]
    words = words[:E2K_WORDS]
    symbols = round(mean(len(theirs(word)) for word in words))
    source = Symbols.of(words)
    V = len(theirs.out_table)
    shape = EncoderDecoderShape(
        Shape(len(source), "gru", (E2K_UNITS,), E2K_UNITS, bidirectional=True),
        Shape(V, "gru", (E2K_UNITS,), E2K_UNITS),
    )
    network = EncoderDecoder(shape, scaled_weights(shape, np.random.default_rng(0)))
    network.parameters["output.by"][END] = -30  # targets as long as they may be

    def ours() -> None:
        beam_search([network], source.sequences(words), lambda steps: symbols, 1)

    calls = {"ours": ours, "e2k": lambda: [theirs(word) for word in words]}
    rates = {k: per_second(len(words), call, busy) for k, call in calls.items()}
    measured = alternate(rates, rounds=3)
    what = f"greedy, {E2K_UNITS} units, {symbols} symbols, names/s, over e2k"
    yield compare(what, measured["ours"], measured["e2k"], 2)


def converting(model: str, names: str, count: int = 4096) -> Iterator[Row]:
    """Names converted a second by a model of texts, and by its parts."""
    converter = load_any(model)
    assert isinstance(converter, Converter)
    some = Path(names).read_text(encoding="utf-8").splitlines()[:count]
    sources, conversion = converter.read(some), converter.conversion_model()
    blend = converter.blend(None)
    blends = None if blend is None else blend.repeat(len(some), axis=0)
    for beam, wanted in ((1, 5_000), (5, 1_500)):
        calls = {
            "its networks": partial(conversion.by_network, sources, beam, blends),
            "with everything": lambda b=beam: list(
                converter.convert(some, beam=b, most=1, attention=False)
            ),
        }
        if conversion.joint:
            assert isinstance(sources, Sequences)
            calls["its joint n-gram model"] = partial(
                conversion.by_ngram, sources, min(8 * beam, JOINT_BEAM)
            )
        rates = {k: per_second(len(some), call, busy) for k, call in calls.items()}
        for part, values in alternate(rates, rounds=2).items():
            target = None if part.endswith("n-gram model") else wanted
            yield Row(f"beam {beam}, names/s, {part}", max(values), target=target)


def main(what: str, *words: str) -> None:
    harness.pin()
    if what == "converting":
        harness.show([*converting(*words[:2], *map(int, words[2:]))])
    else:
        harness.show([*{"training": training, "e2k": e2k}[what]()])


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Training the base model: one network and, for each list, a point.

The point of a list, R numbers, is a vector that the network reads beside every symbol,
as it reads a blend of R labels: x += Wlx point. The points are learned with the
weights. Point 0 belongs to no list, and takes a list's place in some of the draws.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from charnames.nn.batching import Ids, Sequences, pack
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.networks.initializers import scaled_weights
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.networks.shape import Shape
from charnames.nn.optimizers import AdamW, clip
from charnames.nn.parameters import Array, Parameters
from charnames.pretrained.base.drawing import DrawnNames
from charnames.pretrained.base.lists.cleaning import TrainingLists, group

_POINT_SCALE = 0.5  # standard deviation of the points at the start
_WLX_SCALE = 0.3  # of the weights that read them, times the square root of R
_SIDE_BY_SIDE = 256  # names, for measuring


@dataclass(frozen=True)
class BaseSettings:
    """The settings of a run; the defaults are those of the product.

    dimensions: R, of the points. iterations: 1 at least. warm_up: those in which the
    learning rate rises; it falls linearly to 0. pointless: the share of names that are
    read with point 0.
    held_out: the share of names that is not learned; evaluated: how many of these, with
    repeats, the loss is measured on. report_every: iterations.
    """

    hidden_size: int = 512
    embedding_size: int = 48
    dimensions: int = 32
    iterations: int = 12_500
    batch_size: int = 256
    learning_rate: float = 5e-3
    warm_up: int = 200
    clip: float = 2.0
    weight_decay: float = 0.01
    dropout: float = 0.05
    pointless: float = 0.12
    held_out: float = 0.003
    evaluated: int = 1_500
    report_every: int = 500
    seed: int = 1


@dataclass(frozen=True)
class BaseReport:
    """How far a run has come.

    learned: the mean loss since the last report; held_out: that of held-out names, each
    with its list's point, and by_group: that of each group of lists; without_point:
    that with point 0. All are in nats per symbol. seconds: since the start.
    """

    iteration: int
    seconds: float
    learned: float
    held_out: float
    by_group: dict[str, float]
    without_point: float


@dataclass(frozen=True)
class TrainedBase:
    """The result of a run.

    parameters: the weights, with Wlx (G, R). points: (1 + L, R). loss: the mean loss in
    the iterations of the last report, in nats per name.
    """

    parameters: Parameters
    points: Array
    loss: float


def train_base(
    lists: TrainingLists, settings: BaseSettings, watch: Callable[[BaseReport], object]
) -> TrainedBase:
    """Train on the lists. The same lists and settings give the same numbers, on one
    machine with one thread. watch: called with each report.
    """
    rng = np.random.default_rng(settings.seed)
    examples = DrawnNames(lists, settings.held_out, rng)
    measured = examples.held_out_sample(settings.evaluated, rng)
    V = len(lists.alphabet) + 1
    network, points = _initial(V, len(examples.labels), settings, rng)
    masks = Masks(Dropout(between=settings.dropout), rng)
    optimizer = AdamW(network.parameters, settings.weight_decay)
    points_optimizer = AdamW(points, 0.0)
    dpoints = points.zeros_like()
    started = time.perf_counter()
    loss, symbols, names = 0.0, 0, 0
    for iteration in range(settings.iterations):
        batch, numbers = examples.batch(settings.batch_size, rng)
        numbers[rng.random(len(numbers)) < settings.pointless] = 0
        blend = points["points"][numbers]  # (N, R)
        loss += network.loss_and_gradients(batch, masks, blend)
        symbols += len(batch.targets)
        names += len(numbers)
        dpoints.values[:] = 0
        assert network.dblend is not None  # since the network reads points
        np.add.at(dpoints["points"], numbers, network.dblend)
        clip(network.gradients.values, settings.clip, "norm")
        rate = _learning_rate(settings, iteration)
        optimizer.update(network.gradients.values, rate, iteration)
        points_optimizer.update(dpoints.values, rate, iteration)
        last = iteration + 1 == settings.iterations
        if last or (iteration + 1) % settings.report_every == 0:
            seconds = time.perf_counter() - started
            by_point = _measured(network, points["points"], examples, measured)
            watch(BaseReport(iteration + 1, seconds, loss / symbols, *by_point))
            mean_loss, loss, symbols, names = loss / names, 0.0, 0, 0
    return TrainedBase(network.parameters, points["points"], mean_loss)


def _initial(
    V: int, L: int, settings: BaseSettings, rng: np.random.Generator
) -> tuple[LanguageModelNetwork, Parameters]:
    """The network and the points at the start."""
    R = settings.dimensions
    shape = Shape(V, "gru", (settings.hidden_size,), settings.embedding_size, labels=R)
    parameters = scaled_weights(shape, rng)
    Wlx = parameters["layer0.Wlx"]
    Wlx[:] = rng.normal(size=Wlx.shape) * _WLX_SCALE / R**0.5
    points = Parameters({"points": (1 + L, R)})
    points["points"][:] = rng.normal(size=(1 + L, R)) * _POINT_SCALE
    points["points"][0] = 0
    return LanguageModelNetwork(shape, parameters), points


def _learning_rate(settings: BaseSettings, iteration: int) -> float:
    risen = min(1, (iteration + 1) / settings.warm_up)
    return settings.learning_rate * risen * (1 - iteration / settings.iterations)


def _measured(
    network: LanguageModelNetwork, points: Array, examples: DrawnNames, numbers: Ids
) -> tuple[float, dict[str, float], float]:
    """The loss of the names of those numbers: of all, of each group, and with point 0;
    in nats per symbol.
    """
    sequences = examples.sequences.chosen(numbers)
    lists = examples.list_numbers[numbers]
    groups = np.array([group(examples.labels[number - 1]) for number in lists])
    losses = name_losses(network, sequences, points[lists])
    without = name_losses(network, sequences, points[np.zeros_like(lists)])
    symbols = sequences.lengths
    by_group = {
        name: float(losses[groups == name].sum() / symbols[groups == name].sum())
        for name in sorted(set(groups.tolist()))
    }
    total = symbols.sum()
    return float(losses.sum() / total), by_group, float(without.sum() / total)


def name_losses(
    network: LanguageModelNetwork, sequences: Sequences, blends: Array
) -> Array:
    """The loss of each of the N sequences in nats, (N,), with its blend, of (N, R)."""
    losses = np.empty(len(sequences))
    by_length = np.argsort(sequences.lengths, kind="stable")
    for start in range(0, len(by_length), _SIDE_BY_SIDE):
        chosen = by_length[start : start + _SIDE_BY_SIDE]
        batch = pack(sequences, chosen)
        a, _ = network.stack.forward(batch, None, blends[chosen][batch.order])
        by_symbol, _ = network.output.forward(a, batch.targets)
        losses[chosen] = batch.per_sequence(by_symbol)
    return losses

"""What the plots are drawn from: the figures of runs, evaluations and conversions."""

from __future__ import annotations

from dataclasses import dataclass, field

from charnames.nn.array_types import Floats


@dataclass
class RecordedRun:
    """The figures of a run's checkpoints, NaN where there are none; losses in nats.

    loss: smoothed, per name; of a classifier per example, as is held_out. learned,
    held_out: per symbol, on names that are learned and held out. gap: how much higher
    the network's own loss, without an n-gram model, is on the latter. network_alone: of
    a converter, whose held_out is the share of sources that it converts wrongly, that
    share of its network. gradient_norm,
    largest_gradient: before clipping; clipped: the share of the steps that were.
    settings: what the run was of, by name: the list, the seed and the recipe. names:
    those that a checkpoint showed, a list for each.
    """

    title: str = ""
    iterations: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    learned: list[float] = field(default_factory=list)
    held_out: list[float] = field(default_factory=list)
    gap: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    held_out_accuracy: list[float] = field(default_factory=list)
    network_alone: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    largest_gradient: list[float] = field(default_factory=list)
    clipped: list[float] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    names: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class RocCurve:
    """A ROC curve: its name, the area under it, and its points (P, 2)."""

    name: str
    area: float
    points: Floats


@dataclass(frozen=True)
class RecordedEvaluation:
    """A classifier's confusion matrix (K, K), with a row for each true label, and its
    ROC curves: those of labels, and the micro-average.
    """

    labels: list[str]
    confusion: Floats
    curves: list[RocCurve]
    micro: RocCurve | None


@dataclass(frozen=True)
class RecordedAttention:
    """What each symbol of a target attends to: the symbols of the source, its start
    first, those of the target, and the weights (L, S).
    """

    source: list[str]
    target: list[str]
    weights: Floats

"""Side-by-side measurement: turns taken on one core, medians, a table of results.

Contenders alternate (A B A B ...), so a machine that slows down slows them alike.
Import this module before numpy and torch: linear algebra is held to one thread then.
"""

import os
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Measure = Callable[[], float]

COLUMNS = ("what", "measured", "baseline", "ratio", "target", "met")


def threads(count: int) -> dict[str, str]:
    """The environment that holds linear algebra to so many threads."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return dict.fromkeys(names, str(count))


os.environ.update(threads(1))
_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def pin(cores: int = 1) -> None:
    """Keep this process, and those it starts, on so many cores where the system can.

    They are the last ones allowed: the first tends to serve the interrupts.
    """
    if _CORES:
        os.sched_setaffinity(0, _CORES[-cores:])


def count_processor_time() -> None:
    """Count training times, and so time limits, in processor time: what the wall time
    would be on a core that nobody else uses.
    """
    time.perf_counter = time.process_time


def seconds(call: Callable[[], object]) -> Measure:
    """A measure of the wall time of a call."""

    def measure() -> float:
        begin = time.perf_counter()
        call()
        return time.perf_counter() - begin

    return measure


def busy(call: Callable[[], object]) -> Measure:
    """A measure of the processor time of a call, of programs that it runs too: what the
    wall time would be on a core that nobody else uses.
    """

    def spent() -> float:
        both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(used.ru_utime + used.ru_stime for used in both)

    def measure() -> float:
        begin = spent()
        call()
        return spent() - begin

    return measure


def per_second(
    count: float,
    call: Callable[[], object],
    time_of: Callable[[Callable[[], object]], Measure] = seconds,
) -> Measure:
    """A measure of how much a call does a second, where in all it does `count`."""
    measure = time_of(call)
    return lambda: count / measure()


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """What a command prints; in this process's environment unless told."""
    done = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def alternate(
    measures: Mapping[str, Measure], rounds: int = 5, warmups: int = 1
) -> dict[str, list[float]]:
    """Every measure once a round, in turn; the values of each, round by round."""
    values: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(warmups + rounds):
        for name, measure in measures.items():
            value = measure()
            if turn >= warmups:
                values[name].append(value)
    return values


def paired_ratio(measured: Sequence[float], baseline: Sequence[float]) -> float:
    """The median of the ratios round by round, in which slow drift cancels."""
    return median(m / b for m, b in zip(measured, baseline, strict=True))


@dataclass(frozen=True)
class Row:
    """One line of the table; the target bounds the ratio, or a lone measured value."""

    what: str
    measured: float
    baseline: float | None = None
    ratio: float | None = None
    target: float | None = None
    at_least: bool = True

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        value = self.measured if self.ratio is None else self.ratio
        return value >= self.target if self.at_least else value <= self.target

    def cells(self) -> tuple[str, ...]:
        bound = ">= " if self.at_least else "<= "
        target = "-" if self.target is None else bound + number(self.target)
        met = {True: "yes", False: "NO", None: "-"}[self.met]
        values = map(number, (self.measured, self.baseline, self.ratio))
        return (self.what, *values, target, met)


def compare(
    what: str,
    measured: Sequence[float],
    baseline: Sequence[float],
    target: float | None = None,
    at_least: bool = True,
) -> Row:
    """A row of two medians and their paired ratio, measured over baseline."""
    ratio = paired_ratio(measured, baseline)
    return Row(what, median(measured), median(baseline), ratio, target, at_least)


def number(value: float | None) -> str:
    """Four significant digits, without an exponent for large values."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def show(rows: Sequence[Row]) -> None:
    """Print the table, the first column to the left and the others to the right."""
    lines = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *rest in lines:
        numbers = (c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))
        print("  ".join((first.ljust(widths[0]), *numbers)))

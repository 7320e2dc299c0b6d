"""python -m charnames.pretrained.base OUTPUT: make the base model anew."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from charnames.io.files import find_target, try_out
from charnames.pretrained.base.lists.exclusions import BuiltInNames
from charnames.pretrained.base.lists.sources import Lists
from charnames.pretrained.base.lists.variants import VARIANTS, package_lists
from charnames.pretrained.base.model import base_model
from charnames.pretrained.base.training import BaseReport, BaseSettings, train_base

RUNS = {"product": BaseSettings(), "measure": BaseSettings(iterations=7_500)}

_log = logging.getLogger(__name__)


def main(words: Sequence[str] | None = None) -> None:
    """Make the lists, train, and save. words: the command line, if not the program's.

    Raises OSError, before it trains, where the output cannot be written.
    """
    arguments = _parser().parse_args(words)
    try_out(find_target(arguments.output))
    settings = RUNS[arguments.variant]
    lists = VARIANTS[arguments.variant](package_lists(), BuiltInNames.read())
    count = sum(map(len, lists.lists.values()))
    _log.info("%d lists, %d names", len(lists.lists), count)
    if arguments.evaluated:
        _write_lists(lists.evaluated, arguments.evaluated)
    trained = train_base(lists, settings, _log_report)
    model = base_model(
        trained.parameters, trained.points, trained.loss, lists, settings
    )
    model.save(arguments.output)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m charnames.pretrained.base",
        description="Train the base model on names from installed packages.",
    )
    parser.add_argument("output", type=Path, help="model file to write")
    parser.add_argument(
        "--variant",
        choices=VARIANTS,
        default="product",
        help="product, or measure: without the lists that it is measured on",
    )
    parser.add_argument(
        "--evaluated",
        type=Path,
        metavar="FOLDER",
        help="write the lists that the model is measured on there",
    )
    return parser


def _write_lists(lists: Lists, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for label, names in lists.items():
        text = "".join(f"{name}\n" for name in names)
        (folder / f"{label}.txt").write_text(text, encoding="utf-8")


def _log_report(report: BaseReport) -> None:
    by_group = " ".join(f"{k} {loss:.3f}" for k, loss in report.by_group.items())
    _log.info(
        "iteration %d, %.0f s: learned %.4f, held out %.4f (without a point %.4f), %s",
        report.iteration,
        report.seconds,
        report.learned,
        report.held_out,
        report.without_point,
        by_group,
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()

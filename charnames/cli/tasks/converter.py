"""The task of converting names, or sequences of numbers, to texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import lists
from charnames.cli.tasks.base import (
    EvaluationOutput,
    EvaluationRequest,
    ReportRequest,
    Task,
    TrainingInputs,
)
from charnames.cli.terminal.console import Console, printable

if TYPE_CHECKING:
    from charnames.cli.inputs.lists import ListSource
    from charnames.cli.tasks.base import AnyCheckpoint, AnyExamples
    from charnames.data.pairs import PairList
    from charnames.evaluation.converter import ConverterEvaluation
    from charnames.experiments.report.contents import Section
    from charnames.models.base import Trained
    from charnames.recipes.recipe import Recipe
    from charnames.training.converter import ConverterCheckpoint


class Converting(Task):
    """Converters, which write what a source becomes."""

    name = "convert"
    default_recipe = "modern"
    model_suffix = "-converter"
    model_noun = "a converter"
    used_by = "convert"
    loss_unit = "a pair"
    held_out_figure = "{:.1%} of the sources wrong by the network alone"

    def read(
        self, console: Console, source: ListSource, labels: bool = False
    ) -> PairList:
        """Pairs, with labels where there are any."""
        from charnames.data.names import stdin_stream
        from charnames.data.pairs import joined_pairs, read_pairs

        if source.form.is_table or source.form.column:
            raise click.UsageError("columns are of tables of names, not of pairs")
        encoding, parts = source.form.encoding, []
        for dataset in source.datasets:
            if dataset == "-":
                lists.await_names(console)
                parts.append(read_pairs(stdin_stream(), encoding))
            else:
                lists.await_writer(console, dataset)
                parts.append(read_pairs(dataset, encoding))
        return joined_pairs(parts) if len(parts) > 1 else parts[0]

    def case_style(
        self, console: Console, recipe: Recipe, examples: AnyExamples, case: str | None
    ) -> str:
        """The style of the texts that are written; symbols between blanks keep
        theirs.
        """
        from charnames.data.name_list import NameList
        from charnames.data.pairs import PairList

        assert isinstance(examples, PairList)
        if recipe.target_unit != "character":
            return "keep"
        pairs = examples.reversed() if recipe.reverse else examples
        return lists.case_style(console, NameList(pairs.targets), case)

    def train(
        self, inputs: TrainingInputs, watch: Callable[[int, float], object]
    ) -> Iterator[ConverterCheckpoint]:
        """Train a converter."""
        from charnames.data.pairs import PairList
        from charnames.models.converter import Converter
        from charnames.training.converter import train_converter

        examples, held_out, resume = inputs.examples, inputs.held_out, inputs.resume
        assert isinstance(examples, PairList)
        assert held_out is None or isinstance(held_out, PairList)
        assert resume is None or isinstance(resume, Converter)
        init_from = inputs.init_from
        assert init_from is None or isinstance(init_from, Converter)
        return train_converter(
            examples,
            inputs.recipe,
            seed=inputs.seed,
            case=inputs.case,
            held_out=held_out,
            resume=resume,
            init_from=init_from,
            watch=watch,
        )

    def evaluate(
        self, console: Console, model: Trained, request: EvaluationRequest
    ) -> EvaluationOutput:
        """Count the errors on a list of pairs."""
        from charnames.cli.tables import converter

        _, evaluation, _ = self._measured(console, model, request.against)
        return EvaluationOutput(
            converter.record(evaluation),
            list(map(printable, converter.lines(evaluation))),
        )

    def report_sections(
        self, console: Console, model: Trained, request: ReportRequest
    ) -> list[Section]:
        """The errors, the worst of them, alignments."""
        from charnames.evaluation.converter import directed
        from charnames.experiments.report.converter import Measured, converter_sections
        from charnames.models.converter import Converter

        assert isinstance(model, Converter)
        if not request.against:
            return converter_sections(model, None)
        pairs, evaluation, learned = self._measured(console, model, request.against)
        measured = Measured(directed(pairs, model), evaluation, learned)
        return converter_sections(model, measured)

    def _measured(
        self, console: Console, model: Trained, against: ListSource
    ) -> tuple[PairList, ConverterEvaluation, int]:
        """A list, the errors on it, and how many of its pairs the model learned."""
        from charnames.evaluation.converter import also_learned, measure
        from charnames.models.converter import Converter

        assert isinstance(model, Converter)
        pairs = self.read(console, against)
        if learned := also_learned(model, pairs):
            lists.warn_of_learned(console, learned, f"{len(pairs):,} pairs")
        return pairs, measure(model, pairs), learned

    def alphabet_rows(self, model: Trained) -> dict[str, str]:
        """The symbols of the sources; nothing for numbers."""
        if model.alphabet is None:
            return {}
        symbols = model.alphabet.split(" ")
        return {"symbols": f"{len(symbols)} of sources: {model.alphabet}"}

    def checkpoint_line(self, checkpoint: AnyCheckpoint) -> str:
        """The smoothed loss per pair, and the errors on what is held out."""
        checkpoint = _of_converter(checkpoint)
        line = f"iteration {checkpoint.iteration:,}   loss {checkpoint.loss:.2f}"
        if checkpoint.held_out is not None:
            line += f"   held out {checkpoint.held_out:.1%} wrong"
            line += f"   network alone {checkpoint.network_alone:.1%}"
        return line

    def checkpoint_record(self, checkpoint: AnyCheckpoint) -> dict[str, object]:
        """The errors of the network alone."""
        return {"network_alone": _of_converter(checkpoint).network_alone}

    def learned_loss(self, checkpoint: AnyCheckpoint) -> float | None:
        """None: what is learned is not converted at a checkpoint."""
        return None


def _of_converter(checkpoint: AnyCheckpoint) -> ConverterCheckpoint:
    from charnames.training.converter import ConverterCheckpoint

    assert isinstance(checkpoint, ConverterCheckpoint)
    return checkpoint

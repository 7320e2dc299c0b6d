"""The task of generating names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import lists
from charnames.cli.inputs.lists import ListSource
from charnames.cli.tasks.base import (
    EvaluationOutput,
    EvaluationRequest,
    ReportRequest,
    Task,
    TrainingInputs,
)
from charnames.cli.terminal.console import Console, printable
from charnames.errors import ListError

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.cli.tasks.base import AnyCheckpoint, AnyExamples
    from charnames.evaluation.language_model import Evaluation
    from charnames.experiments.report.contents import Section
    from charnames.models.base import Trained
    from charnames.recipes.recipe import Recipe
    from charnames.training.language_model import Checkpoint


class Generating(Task):
    """Models that generate names."""

    name = "generate"
    default_recipe = "classic"
    used_by = "sample"
    loss_unit = "a name"
    held_out_figure = "{:.3f} a symbol"

    def read(self, console: Console, source: ListSource, labels: bool) -> NameList:
        """Names, with labels where they are asked for."""
        return lists.read(console, source, labels)

    def case_style(
        self, console: Console, recipe: Recipe, examples: AnyExamples, case: str | None
    ) -> str:
        """The style of the list; names that differ keep their case."""
        from charnames import NameList
        from charnames.encoding.letter_case import MOST_MARKED

        assert isinstance(examples, NameList)
        return lists.case_style(console, examples, case, most=MOST_MARKED)

    def train(
        self, inputs: TrainingInputs, watch: Callable[[int, float], object]
    ) -> Iterator[Checkpoint]:
        """Train a language model."""
        from charnames import Model, NameList
        from charnames.training.language_model import train

        examples, held_out, resume = inputs.examples, inputs.held_out, inputs.resume
        assert isinstance(examples, NameList)
        assert held_out is None or isinstance(held_out, NameList)
        assert resume is None or isinstance(resume, Model)
        init_from = inputs.init_from
        assert init_from is None or isinstance(init_from, Model)
        return train(
            examples,
            inputs.recipe,
            seed=inputs.seed,
            case=inputs.case,
            held_out=held_out,
            resume=resume,
            init_from=init_from,
            watch=watch,
        )

    def inherited_line(self, parent: Trained, examples: AnyExamples, style: str) -> str:
        """The number of characters whose weights the parent has, in words."""
        from charnames import Model, NameList
        from charnames.encoding.letter_case import encode

        assert isinstance(parent, Model) and isinstance(examples, NameList)
        letters = set().union(*(encode(name, style, marks=False) for name in examples))
        new = sorted(letters - set(parent.vocabulary.alphabet))
        kept = len(letters) - len(new)
        text = f"{kept} of {len(letters)} characters keep their weights"
        return f"{text}; new: {' '.join(new)}" if new else text

    def evaluate(
        self, console: Console, model: Trained, request: EvaluationRequest
    ) -> EvaluationOutput:
        """Measure the losses on a list, beside baselines, and sample names."""
        from charnames import Model
        from charnames.cli.tables import language_model

        assert isinstance(model, Model)
        measured = lists.read(console, request.against)
        learned = _learned_list(console, model, request.dataset, request.against)
        if request.seed is None:
            console.say("seed: 0")
        result = _evaluated(console, model, measured, learned, request.seed or 0)
        return EvaluationOutput(
            language_model.record(result),
            list(map(printable, language_model.lines(result))),
        )

    def report_sections(
        self, console: Console, model: Trained, request: ReportRequest
    ) -> list[Section]:
        """New names, losses beside baselines, lengths and letters."""
        from charnames import Model
        from charnames.experiments.report.language_model import language_model_sections

        assert isinstance(model, Model)
        evaluation, seed = None, request.seed
        measured = lists.read(console, request.against) if request.against else None
        form = ListSource((), request.form)
        learned = _learned_list(console, model, request.dataset, form)
        if measured:
            evaluation = _evaluated(console, model, measured, learned, seed)
        return language_model_sections(model, learned, evaluation, seed)

    def alphabet_rows(self, model: Trained) -> dict[str, str]:
        """The characters, in order."""
        from charnames import Model

        assert isinstance(model, Model)
        more = ", the mark of letter case" if model.vocabulary.mark is not None else ""
        text = f"{len(model.alphabet)} characters{more} and the end marker"
        return {"alphabet": f"{text}: {model.alphabet}"}

    def checkpoint_line(self, checkpoint: AnyCheckpoint) -> str:
        """The smoothed loss per name; per symbol, learned and held-out names."""
        checkpoint = _of_names(checkpoint)
        line = f"iteration {checkpoint.iteration:,}   loss {checkpoint.loss:.2f}"
        if checkpoint.learned is not None:
            line += f"   learned {checkpoint.learned:.3f}"
        if checkpoint.held_out is not None:
            line += f"   held out {checkpoint.held_out:.3f} a symbol"
        if checkpoint.gap is not None:
            line += f"   gap {checkpoint.gap:+.3f}"
        return line

    def checkpoint_record(self, checkpoint: AnyCheckpoint) -> dict[str, object]:
        """The network's own loss per symbol on learned names, its gap, and the loss per
        name before the first update.
        """
        checkpoint = _of_names(checkpoint)
        return {
            "learned": checkpoint.learned,
            "gap": checkpoint.gap,
            "mean_loss": checkpoint.mean_loss,
        }

    def learned_loss(self, checkpoint: AnyCheckpoint) -> float | None:
        """Per symbol, on as many learned names as are held out."""
        return _of_names(checkpoint).learned

    def measured_loss(self, checkpoint: AnyCheckpoint) -> float | None:
        """Per name, of the network alone."""
        return _of_names(checkpoint).mean_loss

    def names_of(self, checkpoint: AnyCheckpoint) -> tuple[str, ...]:
        """The names sampled at the checkpoint."""
        return _of_names(checkpoint).names


def _of_names(checkpoint: AnyCheckpoint) -> Checkpoint:
    from charnames.training.language_model import Checkpoint

    assert isinstance(checkpoint, Checkpoint)
    return checkpoint


def _evaluated(
    console: Console,
    model: Model,
    measured: NameList,
    learned: NameList | None,
    seed: int,
) -> Evaluation:
    """The evaluation on a list, with warnings of what its figures depend on."""
    from charnames.evaluation.language_model import evaluate

    result = evaluate(model, measured, learned, seed=seed)
    if result.also_learned:
        lists.warn_of_learned(console, result.also_learned, f"{result.names:,} names")
    if result.unknown:
        were = "name was" if result.unknown == 1 else "names were"
        console.warn(
            f"{result.unknown:,} {were} left out, for a character that the model does "
            "not know"
        )
    return result


def _learned_list(
    console: Console, model: Model, dataset: ListSource | None, other: ListSource
) -> NameList | None:
    """The list that the model learned; None if it is missing or has changed.

    dataset: where it is, if it has moved. other: a list whose files are written alike,
    or else the list that was learned is a plain one.
    """
    from charnames.data.file_format import FileFormat

    source = dataset or other.at(model.provenance.dataset)
    shown = ", ".join(source.datasets)
    if not dataset and not lists.is_lasting(shown):
        console.say(
            f"{shown} is missing, so there are no baselines; give its path with -d"
        )
        return None
    text = ""
    for form in dict.fromkeys(
        [source.form] if dataset else [source.form, FileFormat()]
    ):
        try:
            written = source._replace(form=form)
            names = lists.read(console, written, labels=bool(model.labels))
        except ListError as error:
            if dataset:
                raise
            text = text or str(error)
            continue
        if names.fingerprint == model.provenance.fingerprint:
            return names
        text = text or f"{shown} is not the list that the model learned, or has changed"
    if dataset:
        raise click.UsageError(text)
    console.warn(f"{text}, so there are no baselines")
    return None

"""The sections about a converter."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from charnames.data.pairs import PairList
from charnames.encoding.readers import Input
from charnames.evaluation.converter import ConverterEvaluation
from charnames.experiments.plotting.attention import draw_attention
from charnames.experiments.plotting.drawing import inline_svg
from charnames.experiments.plotting.records import RecordedAttention
from charnames.experiments.report.contents import (
    Block,
    Note,
    Plot,
    Plots,
    Section,
    Table,
    learned_notes,
)
from charnames.models.converter import Converter

_TITLE = "Pairs that it has not learned"
_WORST = 20  # errors
_ALIGNED = 3  # of the worst errors, and as many of the sources that are right


class Measured(NamedTuple):
    """Pairs, in the direction in which the converter converts, and how it does.

    learned: how many of them it learned as well.
    """

    pairs: PairList
    evaluation: ConverterEvaluation
    learned: int


def converter_sections(model: Converter, measured: Measured | None) -> list[Section]:
    """How good the converter is on pairs; None without any."""
    if measured is None:
        text = (
            "Nothing was measured. Give pairs that it has not learned with `--against`."
        )
        return [Section(_TITLE, [Note(text, is_missing=True)])]
    return [
        _errors_section(measured),
        _worst_section(measured),
        Section("Alignments", _alignments(model, measured)),
    ]


def _errors_section(measured: Measured) -> Section:
    evaluation = measured.evaluation
    parts = {
        "the model": evaluation.converter,
        "its network alone": evaluation.network,
        "its joint n-gram model alone": evaluation.joint_ngram,
    }
    rows = [
        (
            name,
            f"{errors.word_error_rate:.1%}",
            f"{errors.symbol_error_rate:.1%}",
            f"{errors.top_5:.1%}",
        )
        for name, errors in parts.items()
        if errors
    ]
    note = (
        f"{evaluation.pairs:,} pairs, {evaluation.sources:,} sources. Errors of words: "
        "the share of sources whose likeliest target is wrong. Errors of symbols: the "
        "edits to the nearest right target, by its symbols. Right in 5: the share with "
        "a right target among the five likeliest."
    )
    head = ["", "errors of words", "errors of symbols", "right in 5"]
    notes = [Note(note), *learned_notes(measured.learned, "pairs")]
    return Section(_TITLE, [*notes, Table(head, rows)])


def _worst_section(measured: Measured) -> Section:
    pairs, evaluation, _ = measured
    title = "The worst errors"
    if not evaluation.mistakes:
        return Section(title, [Note("There is none: every source is right.")])
    rows = [
        (_named(pairs, error.number), error.target, error.right, str(error.edits))
        for error in evaluation.mistakes[:_WORST]
    ]
    head = ["source", "what it writes", "nearest right target", "edits"]
    return Section(title, [Table(head, rows, texts=3)])


def _alignments(model: Converter, measured: Measured) -> list[Block]:
    """What the symbols of some targets attend to: of the worst errors, and others."""
    pairs, evaluation, _ = measured
    wrong = [error.number for error in evaluation.mistakes]
    first, _ = pairs.by_source()
    right = [number for number in first if number not in set(wrong)]
    plots = []
    for number in [*wrong[:_ALIGNED], *right[:_ALIGNED]]:
        label = pairs.labels[number] if pairs.labels and model.labels else None
        source: Input = pairs.sources[number]
        conversion = next(iter(model.convert([source], label=label)))
        best = conversion.targets[0]
        if best.attention is None or not best.attention.any():
            text = "This converter has no attention, which would align the two sides."
            return [Note(text, is_missing=True)]
        symbols = model.aligned_symbols(source, best.text)
        drawn = RecordedAttention(*symbols, best.attention.astype(float))
        draw = partial(draw_attention, conversions=[drawn])
        mark = "wrong" if number in wrong else "right"
        caption = f"{_named(pairs, number)} → {best.text} ({mark})"
        plots.append(Plot(*inline_svg(draw, f"alignment{number}"), caption))
    note = "How much each symbol of a target (a row) attends to each of its source."
    return [Note(note), Plots(plots)]


def _named(pairs: PairList, number: int) -> str:
    """A source, or where it stands if it is a sequence of numbers."""
    source: object = pairs.sources[number]
    return source if isinstance(source, str) else pairs.place(number)

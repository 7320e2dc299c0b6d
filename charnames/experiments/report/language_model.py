"""The sections about a model of names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from charnames.data.name_list import NameList
from charnames.errors import SamplingError
from charnames.evaluation.discriminator import FEWEST_NAMES
from charnames.evaluation.distributions import length_shares, letter_shares
from charnames.evaluation.language_model import Evaluation, perplexity
from charnames.evaluation.nearest import Nearest
from charnames.evaluation.samples import Samples, names_as_it_is, sample_statistics
from charnames.experiments.plotting.drawing import inline_svg
from charnames.experiments.plotting.names import draw_shares
from charnames.experiments.report.contents import (
    Block,
    Note,
    Plot,
    Plots,
    Section,
    Table,
    learned_notes,
)
from charnames.models.language_model import Model

_SHOWN = 24  # names
_LETTERS = 40  # at most
_BLANKS = {" ": "␣"}
_NO_LIST = (
    "The list that the model learned was not found, or has changed, so that nothing is "
    "compared with it. Give its path with `-d`."
)
_BASELINES = {
    "uniform": "baseline: every symbol alike",
    "unigram": "baseline: frequencies of the symbols",
    "kneser_ney": "baseline: Kneser–Ney n-gram model",
}


def language_model_sections(
    model: Model, learned: NameList | None, evaluation: Evaluation | None, seed: int
) -> list[Section]:
    """What the model writes, and how good it is.

    learned: the list that it learned, if it is there. evaluation: on names that it has
    not learned, if there are any. seed: of what is sampled.
    """
    if evaluation:
        samples = evaluation.samples
    else:
        samples = sample_statistics(model, learned, (), seed)
    return [
        _names_section(model, learned, seed),
        _held_out_section(evaluation),
        _samples_section(samples, evaluation is not None),
        _shares_section(model, learned, seed),
    ]


def _names_section(model: Model, learned: NameList | None, seed: int) -> Section:
    names: list[str] = []
    with suppress(SamplingError):  # fewer, where they are too hard to find
        names += model.sample(_SHOWN, seed=seed)
    blocks: list[Block] = []
    if not names:
        blocks.append(Note("The model found no new name.", is_missing=True))
    elif learned:
        nearest = Nearest(learned, model.form.fold)
        rows = [(name, *nearest(name)) for name in names]
        blocks += [
            Note(
                f"New names, drawn as `charnames sample --seed {seed}` draws them, "
                "each beside the learned name that is fewest edits away."
            ),
            Table(
                ["new name", "nearest learned name", "edits"],
                [(name, near, str(edits)) for name, near, edits in rows],
                texts=2,
            ),
        ]
    else:
        blocks += [Note(_NO_LIST, is_missing=True)]
        blocks += [Table(["new name"], [(name,) for name in names])]
    return Section("New names", blocks)


def _held_out_section(evaluation: Evaluation | None) -> Section:
    title = "Names that it has not learned"
    if evaluation is None:
        text = (
            "Nothing was measured. Give names that it has not learned with `--against`."
        )
        return Section(title, [Note(text, is_missing=True)])
    losses = {
        "the model": evaluation.total,
        "its network alone": evaluation.network_total,
        **{_BASELINES.get(k, k): loss for k, loss in evaluation.baselines.items()},
    }
    by_symbol = {
        name: total / evaluation.symbols
        for name, total in losses.items()
        if total is not None
    }
    rows = [
        (name, f"{loss:.4f}", f"{loss / math.log(2):.4f}", f"{perplexity(loss):.2f}")
        for name, loss in by_symbol.items()
    ]
    counts = f"{evaluation.names:,} names, {evaluation.symbols:,} symbols with the ends"
    blocks: list[Block] = [
        Note(f"The mean loss per symbol, on {counts}; less is better."),
        Table(
            ["", "nats", "bits", "perplexity"],
            rows,
            shares=_bars(list(by_symbol.values())),
        ),
    ]
    blocks += learned_notes(evaluation.also_learned, "names")
    if evaluation.unknown:
        text = f"{evaluation.unknown:,} names were left out, for a character that the "
        blocks.append(Note(f"{text}model does not know."))
    if None in losses.values():
        blocks.append(Note(_NO_LIST, is_missing=True))
    return Section(title, blocks)


def _samples_section(samples: Samples, is_measured: bool) -> Section:
    told_apart = "not measured"
    if samples.told_apart is not None:
        told_apart = f"{samples.told_apart:.3f}"
    rows = [
        ("not in the list learned, of 1,000 names", _share(samples.novel), ""),
        ("left without repeats, of 1,000 names", _share(samples.distinct), ""),
        ("characters", _spread(samples.length), _spread(samples.list_length)),
        (
            "near-copies of a learned name",
            _share(samples.near_copies),
            _share(samples.list_near_copies),
        ),
        ("told apart from real names", told_apart, ""),
    ]
    note = (
        "Told apart is the area under the ROC curve of a classifier that tells new "
        "names from real ones that were not learned: 0.5 if it cannot, 1 if it always "
        "can. "
    )
    if samples.told_apart is None and is_measured:
        note += f"It takes {FEWEST_NAMES} names of each kind."
    elif samples.told_apart is None:
        note += "It takes names given with `--against`."
    return Section(
        "What it writes", [Table(["", "the model", "the list"], rows), Note(note)]
    )


def _shares_section(model: Model, learned: NameList | None, seed: int) -> Section:
    """Lengths and letters of what the model writes, as it is, and of the list."""
    written = [model.form.fold(name) for name in names_as_it_is(model, seed)]
    lists = {"the list": [model.form.fold(name) for name in learned]} if learned else {}
    lists["the model"] = written
    plots = [
        _plot("lengths", "characters in a name", _lengths(lists)),
        _plot("letters", "letter", _letters(lists)),
    ]
    blocks: list[Block] = [] if learned else [Note(_NO_LIST, is_missing=True)]
    return Section("Lengths and letters", [*blocks, Plots(plots)])


def _lengths(lists: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """The share of each length in each list."""
    shares = {label: length_shares(names) for label, names in lists.items()}
    lengths = sorted(set().union(*shares.values()))
    return {
        label: {str(length): part.get(length, 0.0) for length in lengths}
        for label, part in shares.items()
    }


def _letters(lists: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """The share of each letter in each list, in the order of the first list; of many
    letters the most frequent ones.
    """
    shares = {label: letter_shares(names) for label, names in lists.items()}
    letters = list(dict.fromkeys(c for part in shares.values() for c in part))
    return {
        label: {_BLANKS.get(c, c): part.get(c, 0.0) for c in letters[:_LETTERS]}
        for label, part in shares.items()
    }


def _plot(name: str, axis: str, shares: Mapping[str, Mapping[str, float]]) -> Plot:
    """Bars of shares, with a caption."""
    draw = partial(draw_shares, shares=shares, axis_label=axis)
    caption = f"The {name} of 1,000 names that the model writes as it is."
    return Plot(*inline_svg(draw, name), caption)


def _bars(losses: Sequence[float]) -> list[float]:
    """The lengths of bars for losses, the largest of them 1."""
    largest = max(losses)
    return [loss / largest if largest else 0.0 for loss in losses]


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.1%}"


def _spread(length: tuple[float, float] | None) -> str:
    return "unknown" if length is None else "{:.1f} ± {:.1f}".format(*length)

"""Converters: learned, kept, resumed, used and measured, through the library."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from charnames.data.names import NameList
from charnames.data.pairs import PairList, read_pairs
from charnames.data.sequences import SequenceList
from charnames.encoding.letter_case import KEEP
from charnames.encoding.symbols import Symbols
from charnames.errors import (
    ListError,
    ModelFileError,
    RecipeError,
    SamplingError,
    TrainingError,
)
from charnames.evaluation.converter import edit_distance, measure
from charnames.models.converter import Converter
from charnames.models.loading import from_bytes, load, load_classifier, load_converter
from charnames.prediction.chunks import Chunks
from charnames.recipes.recipe import Recipe
from charnames.training.converter import ConverterCheckpoint, train_converter

QUICK: dict[str, Any] = {
    "task": "convert",
    "hidden_size": 24,
    "embedding_size": 12,
    "learning_rate": 0.02,
    "dropout": 0.1,
    "embedding_dropout": 0.0,
    "recurrent_dropout": 0.0,
    "iterations": 40,
    "checkpoint_every": 20,
    "ngram": 3,
}
LETTERS = dict(zip("абвгдежзиклм", "abvgdezyiklm", strict=True))


def words(count: int = 60, labels: bool = False) -> PairList:
    """Cyrillic words and their letters in Latin, with a capital."""
    rng = np.random.default_rng(1)
    alphabet = list(LETTERS)
    sources = [
        "".join(rng.choice(alphabet, rng.integers(2, 6))).capitalize()
        for _ in range(count)
    ]
    targets = [
        "".join(LETTERS[c] for c in source.lower()).capitalize() for source in sources
    ]
    kinds = ["one", "two"] * (count // 2) if labels else None
    return PairList(NameList(sources, "words"), targets, "words", kinds)


def waves() -> PairList:
    """Sequences whose steps say one of two letters each."""
    rng = np.random.default_rng(2)
    texts = ["".join(rng.choice(list("ab"), rng.integers(1, 4))) for _ in range(30)]
    sequences = [
        [[float(c == "a"), 0.5] for c in text for _ in range(3)] for text in texts
    ]
    return PairList(SequenceList(sequences, "waves"), texts, "waves")


def trained(pairs: PairList, seed: int = 1, **settings: Any) -> Converter:
    return run(pairs, seed, **settings)[-1].model


def run(pairs: PairList, seed: int = 1, **settings: Any) -> list[ConverterCheckpoint]:
    recipe = Recipe.modern(pairs, **{**QUICK, **settings})
    return [*train_converter(pairs, recipe, seed=seed)]


@pytest.fixture(scope="module")
def converter() -> Converter:
    return trained(words(200), iterations=150, checkpoint_every=150)


def texts_of(model: Converter, inputs: Any, **settings: Any) -> list[str]:
    return [c.targets[0].text for c in model.convert(inputs, **settings)]


# Learning


def test_it_learns_to_convert_what_it_has_not_seen(converter: Converter) -> None:
    assert texts_of(converter, ["Бал", "Гивека"]) == ["Bal", "Giveka"]
    assert converter.case == "capitalised"
    assert texts_of(converter, ["бАЛ"]) == ["Bal"]


@pytest.mark.parametrize(
    "settings",
    [
        {"decoder": "ctc"},
        {"attention": "none"},
        {"attention": "dot"},
        {"cell": "lstm", "bidirectional": False},
        {"layers": 2, "cell": "rnn"},
        {"ngram": 0},
    ],
    ids=str,
)
def test_every_network_is_trained_kept_and_used(settings: dict[str, Any]) -> None:
    checkpoints = run(words(), **settings)
    assert checkpoints[-1].loss < checkpoints[0].loss
    model = checkpoints[-1].model
    copy = from_bytes(model.to_bytes())
    assert isinstance(copy, Converter)
    assert copy.to_bytes() == model.to_bytes()
    inputs = list(words().sources)[:5]
    assert [c.targets[0][:2] for c in copy.convert(inputs)] == [
        c.targets[0][:2] for c in model.convert(inputs)
    ]


@pytest.mark.parametrize(
    "settings",
    [{"decoder": "ctc"}, {"encoder": "none"}, {"encoder": "recurrent"}],
    ids=str,
)
def test_numbers_are_converted(settings: dict[str, Any]) -> None:
    pairs = waves()
    model = trained(pairs, iterations=150, batch_size=8, dropout=0.0, **settings)
    assert model.grams is None and model.recipe.ngram == 0
    assert from_bytes(model.to_bytes()).to_bytes() == model.to_bytes()
    assert len(texts_of(model, list(pairs.sources)[:3])) == 3
    with pytest.raises(ListError, match="learned sequences of numbers"):
        next(model.convert(["a"]))


def test_ctc_learns_short_waves() -> None:
    pairs = waves()
    model = trained(
        pairs,
        decoder="ctc",
        iterations=300,
        batch_size=8,
        dropout=0.0,
        recurrent_dropout=0.0,
    )
    assert measure(model, pairs).network.word_error_rate < 0.2


def test_blanks_part_symbols() -> None:
    sounds = PairList(NameList(["аба", "ба", "аб"] * 5), ["a b a", "b a", "a b"] * 5)
    model = trained(sounds, target_unit="blank")
    assert model.target.alphabet == ("a", "b")
    assert model.case == KEEP
    assert set(texts_of(model, ["аба"])[0]) <= set("ab ")


def test_one_pair_is_enough() -> None:
    model = trained(PairList(NameList(["а"]), ["a"]))
    assert texts_of(model, ["а"]) == ["a"]


def test_a_run_that_goes_on_is_the_run_that_never_stopped() -> None:
    pairs = words()
    held = {"held_out": 0.2, "iterations": 40, "checkpoint_every": 10}
    whole = trained(pairs, **held)
    half = next(c for c in run(pairs, **held) if c.iteration == 20).model
    copy = from_bytes(half.to_bytes())
    assert isinstance(copy, Converter)
    resumed = [*train_converter(pairs, resume=copy)][-1].model
    assert resumed.slim().to_bytes() == whole.slim().to_bytes()
    with pytest.raises(TrainingError, match="not the list that the model learned"):
        next(train_converter(words(59), resume=copy))


def test_held_out_pairs_choose_the_weights_and_the_mixture() -> None:
    checkpoints = run(words(), held_out=0.2)
    errors = [c.network_alone for c in checkpoints]
    model = checkpoints[-1].model
    assert None not in errors
    assert model.progress.best == min(errors)  # type: ignore[type-var]
    assert 0 <= model.progress.ngram_weight <= 1
    for c in checkpoints:
        assert c.held_out is not None and c.network_alone is not None
        assert c.held_out <= c.network_alone


def test_all_pairs_of_a_source_are_held_out_together() -> None:
    sources = [*words(30).sources] * 2
    pairs = PairList(NameList(sources), [*words(30).targets, *["Other"] * 30])
    from charnames.training.converter import _split

    model = trained(pairs, iterations=0, held_out=0.3)
    learned, measured = _split(pairs, None, model)
    assert measured
    assert set(learned.sources).isdisjoint(measured.sources)
    assert len(learned) + len(measured) == 60


def test_both_ways_of_holding_out_are_refused() -> None:
    recipe = Recipe.modern(words(), **QUICK, held_out=0.2)
    with pytest.raises(TrainingError, match="not both"):
        train_converter(words(), recipe, held_out=words(10))


def test_a_target_longer_than_its_frames_is_refused_with_its_number() -> None:
    pairs = PairList(NameList(["ab", "a"], "list"), ["xy", "xxyy"])
    with pytest.raises(ListError, match=r"list, pair 2: its target needs 6 frames, "):
        train_converter(pairs, Recipe.modern(pairs, **QUICK, decoder="ctc"))
    assert trained(pairs, decoder="ctc", upsample=5)


def test_texts_need_an_encoder() -> None:
    with pytest.raises(ListError, match="texts need an encoder"):
        train_converter(words(), Recipe.modern(words(), **QUICK, encoder="none"))


@pytest.mark.parametrize(
    "settings,words_of_error",
    [
        ({"attention": "dot", "bidirectional": True}, "attention: 'dot'"),
        ({"encoder": "none", "decoder": "ctc"}, "encoder: 'none'"),
        ({"upsample": 2}, "upsample: "),
        ({"pooling": "mean"}, "pooling: 'mean' is not for the task 'convert'"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(
    settings: dict[str, Any], words_of_error: str
) -> None:
    with pytest.raises(RecipeError, match=words_of_error):
        Recipe.classic(task="convert", **settings)


def test_recipes_of_other_tasks_are_written_without_settings_of_converters() -> None:
    for task in ("generate", "classify"):
        settings = Recipe.classic(task=task).settings()
        assert "attention" not in settings
        assert Recipe.from_settings(settings) == Recipe.classic(task=task)
    assert Recipe.classic(task="convert").settings()["attention"] == "general"


# Converting


def test_a_source_becomes_the_same_whatever_stands_beside_it(
    converter: Converter,
) -> None:
    inputs = [*words(300).sources, "", "Ж", "qqq", "Абв" * 20]
    together = [*converter.convert(inputs)]
    for i in (*range(0, 300, 37), *range(300, 304)):
        (alone,) = converter.convert([inputs[i]])
        assert [t[:2] for t in alone.targets] == [t[:2] for t in together[i].targets]
    again = [*converter.convert(reversed(inputs), block=7)][::-1]
    likeliest = converter.convert(inputs, most=1, attention=False)
    for a, (b,) in zip(together, (c.targets for c in likeliest), strict=True):
        assert a.targets[0][:2] == b[:2]
        assert a.targets[0].attention is not None
        assert b.attention is None
    for a, b in zip(together, again, strict=True):
        assert [t[:2] for t in a.targets] == [t[:2] for t in b.targets]


def test_symbols_that_it_does_not_know_are_told(converter: Converter) -> None:
    (conversion,) = converter.convert(["Баqлюq"])
    assert conversion.unknown == ["q", "ю"]
    assert conversion.targets


def test_probabilities_fall_and_sum_to_one_at_most(converter: Converter) -> None:
    for conversion in converter.convert(["Бал", "Qqq", ""]):
        p = [target.probability for target in conversion.targets]
        assert p == sorted(p, reverse=True)
        assert 0 < sum(p) <= 1 + 1e-9


def test_attention_follows_the_letters(converter: Converter) -> None:
    progress = converter.progress._replace(ngram_weight=0.0)
    network = replace(converter, progress=progress)
    followed = []
    for source, conversion in zip(
        words(20).sources, network.convert(words(20).sources), strict=True
    ):
        text, _, attention = conversion.targets[0]
        assert attention is not None
        assert attention.shape == (len(text), len(source) + 1)
        followed += (attention.argmax(axis=1) == np.arange(1, len(text) + 1)).tolist()
    assert np.mean(followed) > 0.8


def test_a_target_of_the_joint_ngram_model_is_attended_to_as_well(
    converter: Converter,
) -> None:
    alone = replace(converter, progress=converter.progress._replace(ngram_weight=0.0))
    mostly = replace(converter, progress=converter.progress._replace(ngram_weight=0.9))
    sources = ["Бал"]
    by_ngram = replace(mostly, progress=mostly.progress._replace(ngram_weight=1.0))
    for a, b, c in zip(
        *(model.convert(sources) for model in (alone, mostly, by_ngram)), strict=True
    ):
        assert a.targets[0].text == b.targets[0].text == c.targets[0].text
        for other in (b, c):
            assert other.targets[0].attention is not None
            np.testing.assert_allclose(
                other.targets[0].attention, a.targets[0].attention, atol=1e-4
            )


def test_a_target_is_as_long_as_training_showed(converter: Converter) -> None:
    assert converter.longest_target(4) == 3
    assert converter.longest_target(0) == 2  # of the shortest learned
    assert converter.longest_target(60) == 50


def test_a_label_changes_what_comes() -> None:
    sources = list(words(80).sources)
    targets = [*(text.lower() for text in words(80).targets), *["X"] * 80]
    pairs = PairList(
        NameList(sources * 2), targets, labels=["letters"] * 80 + ["x"] * 80
    )
    model = trained(pairs, iterations=150, ngram=0)
    assert texts_of(model, sources[:5], label="x") == ["X"] * 5
    assert texts_of(model, sources[:5], label="letters") != ["X"] * 5
    assert len(texts_of(model, sources[:5])) == 5
    with pytest.raises(SamplingError, match="label: no 'y'; there are letters, x"):
        next(model.convert(["а"], label="y"))


def test_a_label_is_refused_where_none_was_learned(converter: Converter) -> None:
    with pytest.raises(SamplingError, match="without labels"):
        next(converter.convert(["а"], label="y"))


# Measuring


def test_errors_are_counted(converter: Converter) -> None:
    pairs = PairList(NameList(["Бал", "Бал", "Век"]), ["No", "Bal", "Vekk"])
    evaluation = measure(converter, pairs)
    assert (evaluation.pairs, evaluation.sources) == (3, 2)
    assert evaluation.converter.word_error_rate == 0.5
    assert evaluation.converter.symbol_error_rate == pytest.approx(1 / 7)
    assert evaluation.joint_ngram is not None
    with pytest.raises(ListError, match="these are sequences of numbers"):
        measure(converter, waves())


@pytest.mark.parametrize(
    "a,b,edits",
    [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 2)],
)
def test_edit_distances(a: str, b: str, edits: int) -> None:
    for x, y in ((a, b), (b, a)):
        assert edit_distance(tuple(map(ord, x)), tuple(map(ord, y))) == edits


# Model files


def test_the_file_is_for_converters(converter: Converter, tmp_path: Any) -> None:
    path = tmp_path / "c.safetensors"
    converter.save(path)
    assert load_converter(path).to_bytes() == converter.to_bytes()
    with pytest.raises(ModelFileError, match="charnames convert"):
        load(path)
    with pytest.raises(ModelFileError, match="a converter, which tells no labels"):
        load_classifier(path)


@pytest.mark.parametrize(
    "change",
    [
        {"longest": np.array([3, 2], np.uint32)},
        {"longest": np.array([0, 0], np.uint32)},
        {"longest": np.array([2**31], np.uint32)},
        {"chunks": Chunks(np.zeros((3, 4), np.uint32))},
        {"chunks": Chunks(np.array([[1, 0, 99, 0]], np.uint32))},
        {"chunks": Chunks(np.array([[99, 0, 1, 0]], np.uint32))},
        {"chunks": Chunks(np.array([[0, 1, 1, 0]], np.uint32))},
        {"chunks": Chunks(np.array([[1, 0, 1, 0]] * 2, np.uint32))},
        {"chunks": None},
        {"grams": None},
    ],
    ids=str,
)
def test_a_file_of_no_possible_converter_is_refused(
    converter: Converter, change: dict[str, Any]
) -> None:
    """What is written is checked as what is read is."""
    with pytest.raises(ModelFileError, match="no file can hold this model"):
        replace(converter, **change).to_bytes()


def test_grams_of_more_chunks_than_there_are_are_refused(converter: Converter) -> None:
    grams, chunks = converter.grams, converter.chunks
    assert grams and chunks
    last = (len(chunks) + 1) ** grams.order - 1  # the last chunk, again and again
    for code, possible in ((last, True), (last + 1, False)):
        codes = np.append(grams.codes[:-1], np.uint64(code))
        model = replace(converter, grams=grams._replace(codes=codes))
        if possible:
            assert model.to_bytes()
        else:
            with pytest.raises(ModelFileError, match="holds what no name holds"):
                model.to_bytes()


@pytest.mark.parametrize(
    "alphabet",
    [
        "",
        "{}",
        '{"source":["NFC","a"]}',
        '{"source":["NFC","a"],"target":null}',
        '{"source":["NFC","a"],"target":["NFX","a"]}',
        '{"source":["NFC","a"],"target":["NFC","b","a"]}',
        '{"source":["NFC",1],"target":["NFC","a"]}',
        '{"source":null,"target":["NFC","a"]}',
        '{"source":["NFC"],"target":["NFC","a"]}',
    ],
)
def test_an_alphabet_of_no_possible_converter_is_refused(
    converter: Converter, alphabet: str
) -> None:
    from charnames.model_file import storage

    info, arrays = converter.stored()
    changed = type(converter.stored())(info._replace(alphabet=alphabet), arrays)
    with pytest.raises(ModelFileError, match="no file can hold this model"):
        storage.dumps(changed)


def test_the_built_in_list_is_learned() -> None:
    pairs = read_pairs("cyrillic")
    model = trained(pairs, iterations=1)
    assert isinstance(model.source, Symbols)
    assert set(model.labels) == {"Bulgarian", "Russian", "Serbian", "Ukrainian"}
    assert model.case == "capitalised"

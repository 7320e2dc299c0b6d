"""A classifier's figures as they are printed: tables that fit, and JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len

from charnames.cli.tables.classifier import lines, record
from charnames.cli.terminal.console import json_line
from charnames.evaluation.classifier import ClassifierEvaluation, PartFigures
from charnames.evaluation.metrics import report

LANGUAGES = ["Finnish", "French", "日本語", "[red]Ελληνικά[/red]"]
ESCAPE = "\x1b["


def reported(labels: list[str], counts: object) -> ClassifierEvaluation:
    """Of examples that were taken for one another so often, (K, K)."""
    table = np.array(counts)
    true, predicted = np.indices(table.shape).reshape(2, -1).repeat(table.ravel(), 1)
    K = len(labels)
    figures = report(true, (0.7 * np.eye(K) + 0.3 / K)[predicted], labels)
    network = PartFigures(figures.accuracy, figures.log_loss)
    return ClassifierEvaluation(figures, network, None)


def drawn(labels: list[str], largest: int = 40) -> ClassifierEvaluation:
    counts = np.random.default_rng(1).integers(0, 5, (len(labels), len(labels)))
    return reported(labels, counts + np.diag(np.full(len(labels), largest)))


def numbered(K: int) -> list[str]:
    return [f"label {k}" for k in range(K)]


def matrix(shown: list[str]) -> list[str]:
    return shown[shown.index("true label by line, predicted label by column") + 1 :]


def test_the_tables() -> None:
    figures = reported(["ada", "bea", "cleo"], [[3, 1, 0], [0, 2, 0], [0, 0, 0]])
    assert lines(figures, None) == [
        "6 examples, 3 labels",
        "accuracy   83.3%",
        "log loss   0.5697 nats an example",
        "",
        "          precision  recall      F1  support     AUC",
        "ada           1.000   0.750   0.857        4   0.875",
        "bea           0.667   1.000   0.800        2   0.875",
        "cleo              -       -       -        0       -",
        "",
        "micro         0.833   0.833   0.833        6   0.875",
        "macro         0.833   0.875   0.829        6   0.875",
        "weighted      0.889   0.833   0.838        6   0.875",
        "",
        "true label by line, predicted label by column",
        "         ada bea cle",
        "ada        3   1   ·",
        "bea        ·   2   ·",
        "cleo       ·   ·   ·",
    ]


@pytest.mark.parametrize("K", [1, 2, 20, 60])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_matrix_fits(K: int, width: int) -> None:
    result = drawn(numbered(K))
    shown = lines(result, width)
    assert max(map(cell_len, shown)) <= width
    # Put together again, the panels are the whole.
    panels = "\n".join(matrix(shown)).split("\n\n")
    assert len({len(panel.splitlines()) for panel in panels}) == 1
    counts = [
        [int(count.replace("·", "0")) for panel in panels for count in cells(panel, k)]
        for k in range(K)
    ]
    assert counts == result.report.confusion


def test_twenty_labels_stand_side_by_side() -> None:
    # One column of them needs three digits, and that one alone is wider.
    counts = np.diag(np.full(20, 90))
    counts[4, 4] = 120
    shown = matrix(lines(reported(numbered(20), counts), 80))
    assert len(shown) == 1 + 20
    assert shown[0].endswith(
        " 1  2  3  4   5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20"
    )


def cells(panel: str, k: int) -> list[str]:
    """The counts in row k of the matrix, under as many heads."""
    head, *rows = panel.splitlines()
    heads = head.split()
    return rows[k].split()[-len(heads) :]


def test_wide_letters_stand_in_line() -> None:
    shown = lines(drawn(LANGUAGES), 80)
    assert len({cell_len(line) for line in shown[4:9]}) == 1
    assert len({cell_len(line) for line in matrix(shown)}) == 1
    assert len({len(line) for line in matrix(shown)}) > 1


def test_labels_are_no_markup_and_steer_no_terminal() -> None:
    shown = "\n".join(lines(drawn(["[red]a[/red]", ":smile:", "a\x1b[31m\u202eb"]), 80))
    assert "[red]a[/red]" in shown and ":smile:" in shown
    assert r"a\x1b[31m\u202eb" in shown
    assert ESCAPE not in shown and "\u202e" not in shown


def test_heads_are_told_apart() -> None:
    head = matrix(lines(drawn(["Polish", "Portuguese", "Po"]), None))[0]
    assert head.split() == ["Pol", "Por", "Po"]
    head, row, *_ = matrix(lines(drawn(["language 1", "language 2"]), None))
    assert head.split() == ["1", "2"]
    assert row.startswith("1 language 1 ")


def test_long_labels_are_cut_where_a_terminal_ends() -> None:
    result = drawn(["x" * 100, "y" * 100])
    assert "x" * 100 in "\n".join(lines(result, None))
    assert "x" * 19 + "…" in "\n".join(lines(result, 80))


def test_shading_tells_the_share_of_the_row() -> None:
    figures = reported(["a", "b"], [[50, 1], [1, 3]])
    plain, shaded = lines(figures, 80), lines(figures, 80, shaded=True)
    first, second = matrix(shaded)[1:]
    background = re.compile(r"\x1b\[38;5;231m\x1b\[48;5;(\d+)m( *\d+)\x1b\[0m")
    ((most, _),) = background.findall(first)  # 1 of 51 has none
    ((quarter, _), (three_quarters, _)) = background.findall(second)
    assert len({most, quarter, three_quarters}) == 3
    assert [re.sub(r"\x1b\[[\d;]*m", "", line) for line in shaded] == plain


def test_json() -> None:
    figures = reported(["ada", "bea", "cleo"], [[3, 1, 0], [0, 2, 0], [0, 0, 0]])
    loaded = json.loads(json_line(record(figures)))
    assert loaded["accuracy"] == 5 / 6
    assert loaded["labels"] == ["ada", "bea", "cleo"]
    assert loaded["confusion"] == [[3, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert (loaded["macro_f1"], loaded["auc"]) == (loaded["macro"]["f1"], 0.875)
    first, _, last = loaded["classes"]
    assert (first["label"], first["recall"], first["auc"]) == ("ada", 0.75, 0.875)
    assert first["roc"] == [[0, 0], [0, 0.75], [1, 1]]
    assert (last["f1"], last["support"], last["roc"]) == (None, 0, None)
    assert loaded["network"]["accuracy"] == 5 / 6 and loaded["ngram"] is None


def test_the_parts_of_a_mixture() -> None:
    figures = reported(["ada", "bea"], [[3, 1], [0, 2]])
    whole = replace(
        figures, network=PartFigures(0.5, 0.81), ngram=PartFigures(0.75, 0.62)
    )
    assert lines(whole, None)[2:6] == [
        "log loss   0.4516 nats an example",
        "its network alone: accuracy 50.0%, log loss 0.8100",
        "its n-grams alone: accuracy 75.0%, log loss 0.6200",
        "",
    ]
    loaded = json.loads(json_line(record(whole)))
    assert loaded["ngram"] == {"accuracy": 0.75, "log_loss": 0.62}

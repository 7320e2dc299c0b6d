"""Reference values from scikit-learn, which charnames.evaluation.metrics agrees with.

Write the file anew, next to this one (needs scikit-learn, which the tests do not):

    python tests/golden/make_golden_metrics.py

`metrics.json` holds cases of N examples and K classes: `true` (N,), `probabilities`
(N, K), rounded, so that many are equal; and what is said of them: `report`, as
classification_report gives it, `confusion` (K, K), `log_loss` in nats, `auc` (K,) one
against the rest and `roc` (K, 2, ...), null where a class is missing, and
`averaged_auc` where none is.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

SEED = 2024


def golden(true: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Any:
    """All that is said of one case."""
    K = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    present = [k for k in range(K) if (true == k).any()]
    report = metrics.classification_report(
        true, predicted, output_dict=True, zero_division=0
    )
    return {
        "true": true.tolist(),
        "probabilities": probabilities.tolist(),
        "report": report,
        "confusion": metrics.confusion_matrix(
            true, predicted, labels=range(K)
        ).tolist(),
        "log_loss": metrics.log_loss(true, probabilities, labels=range(K)),
        "auc": [
            metrics.roc_auc_score(true == k, probabilities[:, k])
            if k in present
            else None
            for k in range(K)
        ],
        "averaged_auc": averaged(true, probabilities) if len(present) == K else {},
        "roc": [
            [rates.tolist() for rates in curve(true == k, probabilities[:, k])]
            if k in present
            else None
            for k in range(K)
        ],
    }


def averaged(
    true: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> dict[str, float]:
    return {
        name: metrics.roc_auc_score(
            true, probabilities, multi_class="ovr", average=name
        )
        for name in ("micro", "macro", "weighted")
    }


def curve(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> Any:
    return metrics.roc_curve(positive, scores, drop_intermediate=False)[:2]


def drawn(N: int, K: int, missing: int | None = None) -> Any:
    """A case: probabilities of hundredths that lean to the true label."""
    rng = np.random.default_rng(SEED + K)
    kinds = [k for k in range(K) if k != missing]
    true = rng.choice(kinds, N, p=rng.dirichlet(np.full(len(kinds), 2.0)))
    weights = rng.gamma(0.5, size=(N, K)) + 0.8 * np.eye(K)[true]
    hundredths = np.floor(100 * weights / weights.sum(axis=1, keepdims=True))
    hundredths[:, 0] += 100 - hundredths.sum(axis=1)
    return golden(true, hundredths / 100)


if __name__ == "__main__":
    cases = {
        "three": drawn(40, 3),
        "seven": drawn(90, 7),
        "one of five is missing": drawn(40, 5, missing=2),
    }
    text = json.dumps(cases, allow_nan=False) + "\n"
    Path(__file__).with_name("metrics.json").write_text(text)

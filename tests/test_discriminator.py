"""The discriminator between real and sampled names, against what is worked out by hand.

Lists of random names stand for real and sampled ones.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.evaluation import discriminator
from charnames.evaluation.discriminator import (
    discriminator_area,
    fit_logistic,
    ngram_kernel,
)


def random_names(letters: str, count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(rng.choice(list(letters), rng.integers(3, 9)))] = None
    return list(names)


@pytest.mark.parametrize("count", [20, 100])
def test_names_of_one_distribution_cannot_be_told_apart(count: int) -> None:
    areas = []
    for seed in range(20):
        names = random_names("abcdefgh", 2 * count, seed)
        areas.append(discriminator_area(names[:count], names[count:], seed))
    assert np.mean(np.array(areas, float)) == pytest.approx(0.5, abs=0.05)


def test_names_of_other_letters_are_always_told_apart() -> None:
    real, sampled = random_names("abcd", 30, 1), random_names("wxyz", 40, 2)
    assert discriminator_area(real, sampled, 0) == 1


def test_names_in_another_order_of_letters_are_told_apart() -> None:
    """Alphabetic and anti-alphabetic names have the same letters."""
    names = random_names("abcdefgh", 200, 3)
    real = list(dict.fromkeys("".join(sorted(name)) for name in names[:100]))
    sampled = list(dict.fromkeys("".join(sorted(name))[::-1] for name in names[100:]))
    area = discriminator_area(real, sampled, 0)
    assert area is not None and area > 0.9


@pytest.mark.parametrize("sizes", [(19, 20), (20, 19), (0, 0)])
def test_too_few_names_have_no_area(sizes: tuple[int, int]) -> None:
    real, sampled = (random_names("abcd", size, size) for size in sizes)
    assert discriminator_area(real, sampled, 0) is None


def test_the_area_depends_on_nothing_but_names_and_seed() -> None:
    real, sampled = random_names("abcde", 50, 1), random_names("bcdef", 50, 2)
    areas = [discriminator_area(real, sampled, seed) for seed in (1, 1, 2)]
    assert areas[0] == areas[1] != areas[2]


# The kernel


def ngrams(name: str) -> Counter[str]:
    text = f"<{name}>"
    return Counter(
        text[start : start + n]
        for n in (1, 2, 3, 4)
        for start in range(len(text) - n + 1)
    )


@settings(deadline=None)
@given(st.lists(st.text("abé\U00010348", max_size=9), max_size=6))
def test_the_kernel_has_the_inner_products_of_the_counts(names: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discriminator, "_BLOCK", 7)
        kernel = ngram_kernel(names)
    counts = [ngrams(name) for name in names]
    # A mark counts on either side: twice in each name where here they are two marks.
    expected = [
        [sum(count[ngram] * other[ngram] for ngram in count) + 2 for other in counts]
        for count in counts
    ]
    assert kernel.tolist() == expected


# The regression


def test_two_names_without_an_ngram_in_common() -> None:
    """The penalty's weight of one: d = 1 - sigmoid(k d), which 1/4 solves for
    k = 4 ln 3.
    """
    dual = fit_logistic(np.eye(2) * 4 * math.log(3), np.array([True, False]))
    assert dual == pytest.approx([0.25, -0.25], abs=1e-9)


@settings(deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    scale=st.sampled_from([0.1, 1, 30]),
    share=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_gradient_is_zero(
    sizes: tuple[int, int], scale: float, share: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    X = rng.poisson(scale, sizes).astype(float)
    X[0] *= 20
    positive = rng.random(len(X)) < share
    w = X.T @ fit_logistic(X @ X.T, positive)
    errors = 1 / (1 + np.exp(-np.clip(X @ w, -700, 700))) - positive
    assert X.T @ errors + w == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("seed", [19, 30, 42])
def test_steps_that_go_too_far_are_shortened(seed: int) -> None:
    """Lists on which Newton's method alone jumps to and fro without end."""
    rng = np.random.default_rng(seed)
    X = rng.poisson(20, (10, 6)) * rng.choice([1, 20], (10, 1))
    positive = rng.random(10) < 0.7
    w = X.T @ fit_logistic(X @ X.T.astype(float), positive)
    errors = 1 / (1 + np.exp(-np.clip(X @ w, -700, 700))) - positive
    assert X.T @ errors + w == pytest.approx(0, abs=1e-6)

import math
import random
import statistics

import pytest

from disclosure.intervals import wilson
from disclosure.quantiles import (
    effective_n,
    parts,
    quantile,
    regularised_incomplete_beta,
)


def binomial_tail(x: float, a: int, b: int) -> float:
    """I_x(a, b) of whole a and b: DLMF 8.17.5."""
    n = a + b - 1
    return math.fsum(
        math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1)
    )


@pytest.mark.parametrize("a", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("b", [1, 2, 5, 40])
@pytest.mark.parametrize("x", [0.0, 0.05, 0.3, 0.5, 0.9, 1.0])
def test_incomplete_beta_equals_the_binomial_tail(a, b, x):
    assert regularised_incomplete_beta(x, a, b) == pytest.approx(
        binomial_tail(x, a, b), abs=1e-6
    )


def test_incomplete_beta_of_halves():
    # I_x(3/2, 3/2) = (2/π)(asin √x − √(x(1−x))(1−2x)), by integration of √(t(1−t)).
    x = 0.3
    exact = (
        2 / math.pi * (math.asin(math.sqrt(x)) - math.sqrt(x * (1 - x)) * (1 - 2 * x))
    )
    assert regularised_incomplete_beta(x, 1.5, 1.5) == pytest.approx(exact, abs=1e-6)


def test_parts_of_five_equal_values_in_the_median():
    tail = [binomial_tail(i / 5, 3, 3) for i in range(6)]
    expected = [b - a for a, b in zip(tail, tail[1:], strict=False)]
    assert parts([1.0] * 5, 0.5) == pytest.approx(expected, abs=1e-6)


def test_every_value_has_a_part_and_none_has_half():
    for n in range(5, 12):
        for p in (0.25, 0.5, 0.75):
            of_it = parts([1.0] * n, p)
            assert min(of_it) > 0
            assert max(of_it) < 0.5
            assert math.fsum(of_it) == pytest.approx(1)


def test_quantile_of_a_large_sample_is_near_the_plain_one():
    rng = random.Random(4)
    values = [rng.gauss(100, 15) for _ in range(2_000)]
    for p, plain in zip((0.25, 0.5, 0.75), statistics.quantiles(values), strict=True):
        assert quantile(values, [1.0] * 2_000, p) == pytest.approx(plain, abs=0.5)


def test_weights_move_the_median():
    values = [10.0, 20.0, 30.0, 40.0, 50.0]
    assert quantile(values, [1] * 5, 0.5) == pytest.approx(30)
    assert quantile(values, [4, 4, 1, 1, 1], 0.5) < 25


def test_all_weights_doubled_change_nothing():
    values = [3.0, 1.0, 9.0, 4.0, 7.0, 2.0]
    weights = [0.5, 1, 1, 0.25, 1, 0.5]
    doubled = [2 * weight for weight in weights]
    assert quantile(values, weights, 0.25) == quantile(values, doubled, 0.25)


def test_effective_n_of_equal_weights_is_their_number():
    assert effective_n([0.5] * 7) == pytest.approx(7)
    assert effective_n([1.0, 0.0001]) == pytest.approx(1, abs=0.001)


def test_wilson_interval_of_eight_in_ten():
    # By hand: z² = 2.7055; (0.8 + 0.13528) / 1.27055 ± 1.64485 · √(0.016 + 0.006764) / 1.27055.
    assert wilson(0.8, 10) == pytest.approx((0.54079, 0.93144), abs=1e-4)


def test_wilson_interval_stays_within_0_and_1():
    low, high = wilson(1.0, 5)
    assert (low, high) == pytest.approx((0.6489, 1.0), abs=1e-4)
    assert wilson(0.0, 5) == (0.0, pytest.approx(0.3511, abs=1e-4))

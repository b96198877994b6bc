import datetime

import pytest

from products.figures import trend
from reviews.trends import by_quarter, filled, quarter_of

DAY = datetime.date


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (DAY(2026, 1, 1), "2026-Q1"),
        (DAY(2026, 3, 31), "2026-Q1"),
        (DAY(2026, 4, 1), "2026-Q2"),
        (DAY(2026, 9, 30), "2026-Q3"),
        (DAY(2026, 12, 31), "2026-Q4"),
    ],
)
def test_quarter_of(day, quarter):
    assert quarter_of(day) == quarter


def test_by_quarter_counts_and_averages_oldest_first():
    rated = [(DAY(2026, 5, 2), 4.0), (DAY(2025, 12, 31), 1.5), (DAY(2026, 6, 30), 3.0)]
    assert by_quarter(rated) == [
        {"quarter": "2025-Q4", "count": 1, "mean": 1.5},
        {"quarter": "2026-Q2", "count": 2, "mean": 3.5},
    ]
    assert by_quarter([]) == []


def test_filled_leaves_no_gap_up_to_today():
    known = by_quarter([(DAY(2025, 11, 3), 4.0), (DAY(2026, 5, 2), 2.0)])
    empty = {"count": 0, "mean": None}
    assert filled(known, DAY(2026, 8, 1)) == [
        known[0],
        {"quarter": "2026-Q1", **empty},
        known[1],
        {"quarter": "2026-Q3", **empty},
    ]
    assert filled([], DAY(2026, 8, 1)) == []


def test_filled_keeps_a_quarter_that_is_ahead_of_the_day():
    known = by_quarter([(DAY(2026, 10, 1), 4.0)])
    assert filled(known, DAY(2026, 9, 30)) == known


def test_the_picture_has_a_point_per_rated_quarter_and_no_line_across_a_gap():
    quarters = filled(
        by_quarter(
            [(DAY(2025, 1, 1), 5.0), (DAY(2025, 4, 1), 1.0), (DAY(2025, 10, 1), 3.0)]
        ),
        DAY(2025, 12, 1),
    )
    picture = trend(quarters)
    assert picture.count('class="point"') == 3
    assert picture.count('class="line"') == 1
    assert picture.count('class="n"') == 3
    assert 'cy="10.0"' in picture and 'cy="130.0"' in picture


def test_the_picture_of_many_years_is_cut_to_the_last_six():
    days = [
        DAY(year, month, 1) for year in range(2000, 2026) for month in (1, 4, 7, 10)
    ]
    quarters = by_quarter((day, 4.0) for day in days)
    picture = trend(quarters)
    assert picture.count('class="point"') == 24
    assert ">2020<" in picture and ">2019<" not in picture

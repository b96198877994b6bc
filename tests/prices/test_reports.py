import datetime

import pytest

from prices.reports import first_release


@pytest.mark.parametrize(
    ("changed_on", "counts_from"),
    [
        ("2026-01-01", "2026-04-01"),
        ("2026-01-02", "2026-07-01"),
        ("2026-07-03", "2026-10-01"),
        ("2026-07-04", "2027-01-01"),
    ],
)
def test_first_release_is_the_first_day_of_a_quarter_after_ninety_days(
    changed_on, counts_from
):
    day = datetime.date.fromisoformat
    assert first_release(day(changed_on)) == day(counts_from)

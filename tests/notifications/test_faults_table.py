"""What `make faults` says of its trials; no database."""

from benchmarks.faults.results import (
    ROWS,
    Finding,
    Trial,
    as_json,
    as_table,
    by_row,
    from_json,
    none_of,
)

WELL = Trial(
    rows=[42],
    what="Postgres killed",
    writes=1200,
    emails=3,
    second_copies=1,
    recovered=2.34,
    broken=0,
    more=[Finding("answers 503", 7)],
)


def line(row: int, *trials: Trial) -> str:
    [found] = [each for each in by_row(trials).splitlines() if each.startswith(f"| {row} |")]  # fmt: skip
    return found


def test_each_row_has_a_line_and_says_whether_it_was_tried():
    assert list(ROWS) == list(range(34, 45))
    assert line(42, WELL) == (
        "| 42 | Postgres or a web process killed | 1,200 | 0 | 0 | 3 | 0 | 1 | 2.3 | 0 | 0 | kept |"
    )
    assert line(44, WELL).endswith("| not tried |")


def test_a_row_sums_its_trials_up_and_takes_the_longest_recovery():
    other = Trial(rows=[42, 43], what="primary killed", writes=5, recovered=20.0)
    assert "| 1,205 | 0 | 0 | 3 | 0 | 1 | 20.0 | 0 | 0 | kept |" in line(42, WELL, other)  # fmt: skip
    assert "| 5 | 0 | 0 | 0 | 0 | 0 | 20.0 | 0 | 0 | kept |" in line(43, WELL, other)


def test_whatever_is_lost_or_broken_breaks_its_row_alone():
    for changed in (
        *({"lost": 1}, {"doubled": 1}, {"emails_lost": 1}, {"errors": 1}),
        *({"broken": 1}, {"recovered": 31.0}, {"more": [none_of("deadlocks", 1)]}),
    ):
        bad = Trial(rows=[44], what="disk full", **changed)
        assert not bad.kept, changed
        assert line(44, WELL, bad).endswith("| **broken** |")
        assert line(42, WELL, bad).endswith("| kept |")
        assert as_table([WELL, bad]).count("**broken**") == 1


def test_trials_are_the_same_after_the_way_from_their_process():
    assert from_json(as_json([WELL])) == [WELL]

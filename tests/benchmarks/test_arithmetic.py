import pytest

from benchmarks.chart import as_svg
from benchmarks.figures import (
    BARE,
    PageFigures,
    Results,
    Spread,
    Timing,
    growth_of,
    loaded,
    percentile,
)
from benchmarks.goals import AT_LEAST, AT_MOST, GOALS, Goal
from benchmarks.layers import REST, by_layer, layer_of_stack
from benchmarks.report import as_markdown, number

SETTING = {
    "day": "2026-11-22",
    "products": 100_000,
    "reviews": 1_000_000,
    "rounds": 5,
    "seconds": 1.0,
    "connections": 8,
    "cores": 2,
    "python": "3.11.7",
    "postgres": "15.18",
    "load_before": 0.1,
    "load_after": 1.9,
}


def page(name: str, *shares: float) -> PageFigures:
    timings = [Timing(rate=1000 * s, cpu_ms=2.0, bare_rate=1000) for s in shares]
    return PageFigures.of(name, timings)


def test_a_share_is_of_the_bare_view_in_the_same_round():
    timings = [Timing(400, 4.0, 2000), Timing(300, 5.0, 1000), Timing(100, 6.0, 1000)]
    found = PageFigures.of("product", timings)
    assert found.share == Spread(0.1, 0.2, 0.3)
    assert found.rate == Spread(100, 300, 400)
    assert found.cpu_ms == Spread(4.0, 5.0, 6.0)


def test_growth_compares_the_two_sets_round_by_round():
    large = [Timing(1, 6.0, 1), Timing(1, 12.0, 1), Timing(1, 4.0, 1)]
    small = [Timing(1, 5.0, 1), Timing(1, 8.0, 1), Timing(1, 4.0, 1)]
    assert growth_of(large, small) == Spread(1.0, 1.2, 1.5)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)]
)
def test_percentile_is_a_value_that_was_measured(share, expected):
    assert percentile(list(range(100, 0, -1)), share) == expected


@pytest.mark.parametrize(
    ("side", "median", "met"),
    [(AT_LEAST, 0.2, True), (AT_LEAST, 0.19, False), (AT_MOST, 0.2, True), (AT_MOST, 0.21, False)],
)  # fmt: skip
def test_a_goal_is_met_by_its_median(side, median, met):
    goal = Goal("fast", "figure", 0.2, side)
    assert goal.is_met({"figure": Spread(0.0, median, 9.0)}) is met


def test_a_goal_of_nought_is_measured_too():
    assert Goal("none lost", "lost", 0, AT_MOST).is_met({"lost": Spread.one(0)}) is True


def test_a_goal_without_a_figure_stands_in_the_table_as_not_measured():
    page_of_results = as_markdown(Results(SETTING))
    lines = [line for line in page_of_results.splitlines() if "| not measured |" in line]  # fmt: skip
    assert len(lines) == len(GOALS)
    assert all(goal.promise in page_of_results for goal in GOALS)


def test_results_name_each_goal_with_its_median_its_range_and_whether_it_is_met():
    results = Results(SETTING, pages=[page("category ranking", 0.19, 0.25, 0.3), page("product list", 0.1, 0.15, 0.3)])  # fmt: skip
    text = as_markdown(results)
    assert "| category page: share of the bare view | at least 0.200 | 0.250 | 0.190 to 0.300 | yes |" in text  # fmt: skip
    assert "| listing: share of the bare view | at least 0.200 | 0.150 | 0.100 to 0.300 | **no** |" in text  # fmt: skip


def test_the_worst_page_decides_about_growth():
    results = Results(SETTING, growth={"home": Spread.one(1.0), "inbox": Spread.one(1.4), "search": Spread.one(0.9)})  # fmt: skip
    assert results.found()["growth"] == Spread.one(1.4)


def test_pages_are_compared_with_what_they_were_at_the_start_by_their_cpu():
    start = {BARE: {"cpu_ms": 0.5}, "home": {"cpu_ms": 5.0}, "gone": {"cpu_ms": 1.0}}
    bare = PageFigures.of(BARE, [Timing(1, 1.0, 1)])
    home = PageFigures.of("home", [Timing(1, 8.0, 1)])
    results = Results(SETTING, pages=[bare, home, page("new", 0.1)], start=start)
    assert results.beside_start() == {"home": pytest.approx(0.8)}


def test_results_are_read_as_they_were_saved(tmp_path):
    results = Results(
        SETTING,
        [page("home", 0.1, 0.2)],
        {"home": Spread(1, 2, 3)},
        {"ORM": 0.5},
        "| searched for |",
        {"home": {"share": 0.1, "cpu_ms": 2.0}},
        {"nightly": Spread.one(100)},
        ["A note."],
    )
    results.save(tmp_path / "results.json")
    assert loaded(tmp_path / "results.json") == results


def test_the_chart_has_a_bar_and_a_figure_for_each_page():
    svg = as_svg(
        [page("bare", 1.0), page("a < b", 0.25), page("peer, product", 0.01)],
        "peer",
        "bare",
    )
    assert [svg.count(f'class="{kind}"') for kind in ("bare", "ours", "peer")] == [1, 1, 1]  # fmt: skip
    assert "a &lt; b: 0.250. peer, product: 0.010" in svg
    assert "prefers-color-scheme: dark" in svg


@pytest.mark.parametrize(
    ("value", "text"), [(100_000, "100,000"), (1.0, "1"), (0.1234, "0.123"), (12.34, "12.3"), (1.234, "1.23"), (432.1, "432")]
)  # fmt: skip
def test_numbers_are_as_long_as_they_say_something(value, text):
    assert number(value) == text


def test_a_sample_belongs_to_the_innermost_layer_that_is_known():
    stack = ["/lib/json/decoder.py", "/site-packages/django/template/base.py"]
    assert layer_of_stack(stack) == "serialisation"
    assert layer_of_stack(["/lib/functools.py", *stack[1:]]) == "templates"
    assert layer_of_stack(["/lib/functools.py"]) == REST


def test_the_layers_add_up_to_the_whole():
    assert by_layer({"ORM": 1, "templates": 3}, 2.0) == {"ORM": 0.5, "templates": 1.5}

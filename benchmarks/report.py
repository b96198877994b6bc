"""benchmarks/results.md: what was promised, what was measured, and how."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.figures import PageFigures, Results, Spread
from benchmarks.goals import GOALS, Goal

CHART = "results.svg"
WORDS = {True: "yes", False: "**no**", None: "not measured"}


def as_markdown(results: Results) -> str:
    parts = [
        "# What was measured",
        "`make bench` writes this page; what each figure means stands in [README.md](README.md).",
        _setting(results),
        "## The goals",
        goals_table(results),
        *_why_not(results),
        "## Pages",
        f"![Each page's requests a second as a share of a bare Django view's]({CHART})",
        pages_table(results.pages, results.start),
    ]
    if results.layers:
        parts += ["## CPU of one product page, by layer", layers_table(results.layers)]
    if results.growth:
        parts += ["## From 1 % of the set to all of it", growth_table(results.growth)]
    if results.search:
        parts += ["## Search in Postgres", results.search]
    if results.notes:
        parts += ["## Writes and the rest", *(f"- {note}" for note in results.notes)]
    return _spaced(parts)


def _spaced(parts: Sequence[str]) -> str:
    """An empty line between two parts, but for the lines of a list."""
    text = parts[0]
    for before, part in zip(parts, parts[1:], strict=False):
        in_list = part.startswith("- ") and before.startswith("- ")
        text += ("\n" if in_list else "\n\n") + part
    return text + "\n"


def _setting(results: Results) -> str:
    told = results.setting
    return (
        f"{told['day']}: {told['products']:,} products, {told['reviews']:,} reviews; {told['cores']} cores "
        f"(load {told['load_before']:.1f} before, {told['load_after']:.1f} after), Postgres {told['postgres']}, "
        f"Python {told['python']}; {told['rounds']} interleaved rounds of {told['seconds']} seconds a page, "
        f"{told['connections']} connections. The medians count; the smallest and the largest stand beside them."
    )


# --- Tables ---------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals_table(results: Results) -> str:
    found = results.found()
    return table(
        ("goal", "wanted", "median", "smallest to largest", "met"),
        (_goal_row(goal, found.get(goal.figure), goal.is_met(found)) for goal in GOALS),
    )


def _goal_row(goal: Goal, spread: Spread | None, met: bool | None) -> list[str]:
    unit = f" {goal.unit}" if goal.unit else ""
    row = [goal.promise, f"{goal.side} {number(goal.wanted)}{unit}"]
    if spread is None:
        return [*row, "", "", WORDS[met]]
    return [*row, f"{number(spread.median)}{unit}", _range(spread), WORDS[met]]


def _why_not(results: Results) -> list[str]:
    found = results.found()
    missed = [goal for goal in GOALS if goal.is_met(found) is False and goal.why_not]
    return [f"- {goal.promise}: {goal.why_not}" for goal in missed]


def pages_table(
    pages: Sequence[PageFigures], start: Mapping[str, Mapping[str, float]]
) -> str:
    head = ["page", "share of the bare view", "smallest to largest"]
    head += ["at the start"] if start else []
    return table(
        [*head, "requests/s", "CPU ms"],
        (
            [
                page.name,
                number(page.share.median),
                _range(page.share),
                *([_at_start(start.get(page.name))] if start else []),
                f"{page.rate.median:,.0f}",
                f"{page.cpu_ms.median:.2f}",
            ]
            for page in pages
        ),
    )


def _at_start(told: Mapping[str, float] | None) -> str:
    return "" if told is None else number(told["share"])


def layers_table(layers: dict[str, float]) -> str:
    total = sum(layers.values())
    rows = [
        [name, f"{cpu_ms:.2f}", f"{cpu_ms / total:.0%}"]
        for name, cpu_ms in sorted(layers.items(), key=lambda item: -item[1])
    ]
    return table(("layer", "CPU ms", "share"), [*rows, ["all", f"{total:.2f}", "100%"]])


def growth_table(growth: dict[str, Spread]) -> str:
    return table(
        ("page", "CPU, all of it by 1 %", "smallest to largest"),
        (
            [name, number(spread.median), _range(spread)]
            for name, spread in growth.items()
        ),
    )


def number(value: float) -> str:
    """Three digits, or two behind the point of a share."""
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def _range(spread: Spread) -> str:
    return f"{number(spread.low)} to {number(spread.high)}"

"""docs/trust.md names a test for every rule; each of them exists and runs."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "trust.md"
RULES = range(1, 21)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PLACE = re.compile(r"`((?:accounts|messaging|moderation|notifications|products|reviews|reviews_site|templates|docs)/[\w/.-]+)`")  # fmt: skip


def rows(heading: str) -> dict[int, str]:
    """The table below a heading: number of the rule to its row."""
    part = TABLE.read_text().split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"^\| *(\d+) *\|(.*)\|$", part, re.MULTILINE)
    return {int(number): row for number, row in found}


def named_tests() -> list[tuple[int, str, str]]:
    return [
        (number, path, name)
        for table in ("The rules", "Threats")
        for number, row in rows(table).items()
        for path, name in TEST.findall(row)
    ]


@cache
def functions_of(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_rule_has_a_row_with_a_place_and_a_test():
    found = rows("The rules")
    assert list(found) == list(RULES)
    for number, row in found.items():
        assert TEST.search(row), number
        assert PLACE.search(row), number


@pytest.mark.parametrize(("number", "path", "name"), named_tests())
def test_named_tests_exist_and_are_not_skipped(number, path, name):
    assert (ROOT / path).exists(), path
    assert name in functions_of(path), f"{path} has no {name}"
    marks = " ".join(map(ast.unparse, functions_of(path)[name].decorator_list))
    assert not re.search(r"skip|xfail", marks)
    assert "pytestmark = pytest.mark.skip" not in (ROOT / path).read_text()


@pytest.mark.parametrize("place", sorted(set(PLACE.findall(TABLE.read_text()))))
def test_named_places_exist(place):
    assert (ROOT / place).exists()

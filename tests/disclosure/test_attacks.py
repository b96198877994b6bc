"""Attacks on what is published: by subtracting figures, filters, quarters, withdrawals; and by those who know much.

The ledger publishes who is behind each figure, so every figure ever published becomes a vector over organisations.
Whatever linear attack there is, is a combination of these vectors: none may rest on fewer than 5 organisations.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disclosure.models import Cell
from tests.disclosure.ledger import LEDGER, LONG_AGO, Ledger, registered
from tests.factories import ProductFactory

Vector = dict[str, Fraction]


# --- Linear algebra -------------------------------------------------------------------------


def rank(rows: Iterable[Sequence[Fraction]]) -> int:
    left = [list(row) for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((r for r in range(found, len(left)) if left[r][column]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for r in range(found + 1, len(left)):
            if factor := left[r][column] / left[found][column]:
                left[r] = [
                    a - factor * b for a, b in zip(left[r], left[found], strict=True)
                ]
        found += 1
    return found


def direction(column: Sequence[Fraction]) -> tuple[Fraction, ...]:
    first = next(value for value in column if value)
    return tuple(value / first for value in column)


def smallest_support(vectors: Sequence[Vector], limit: int = 4) -> set[str] | None:
    """Names of at most `limit` columns on which some combination of the vectors rests; None if there is none.

    Columns in the same direction are all in the support of a combination or all out of it.
    """
    names = sorted({name for vector in vectors for name in vector})
    columns = {name: [v.get(name, Fraction(0)) for v in vectors] for name in names}
    alike: dict[tuple[Fraction, ...], set[str]] = {}
    for name in names:
        alike.setdefault(direction(columns[name]), set()).add(name)
    small = [group for group in alike.values() if len(group) <= limit]
    whole = rank(zip(*columns.values(), strict=True)) if names else 0
    for count in range(1, limit + 1):
        for groups in combinations(small, count):
            support = set().union(*groups)
            rest = [columns[name] for name in names if name not in support]
            if len(support) <= limit and rank(zip(*rest, strict=True)) < whole:
                return support
    return None


def test_smallest_support_is_found_where_there_is_one():
    one = Fraction(1)
    five = dict.fromkeys("abcde", one)
    assert smallest_support([five]) is None
    assert smallest_support([five, five | {"f": one}]) == {"f"}
    six, other = dict.fromkeys("abcdef", one), dict.fromkeys("abcdgh", one)
    assert smallest_support([six, other]) == {"e", "f", "g", "h"}
    assert smallest_support([five, dict.fromkeys("fghij", one)]) is None


# --- What was ever published ----------------------------------------------------------------


class Eavesdropper:
    """Reads every cell after everything that happens, and forgets nothing."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.read: dict[str, list[tuple[str, float]]] = {}

    def look(self) -> None:
        for cell in Cell.objects.filter(topic=LEDGER, product=self.ledger.product):
            for field, members in cell.figures.items():
                told = [(field, value, weight) for value, weight in members]
                self.read[str(told)] = told
                assert len(members) >= 5

    def vectors(self, field: str, *, by_version: bool) -> list[Vector]:
        """Over what was said, or over organisations as if each said the same all its life."""
        return [
            {
                value if by_version else value.partition(":")[0]: Fraction(weight)
                for _, value, weight in told
            }
            for told in self.read.values()
            if told[0][0] == field
        ]

    def finds_nothing(self) -> None:
        for field in ("amount", "discount"):
            for by_version in (False, True):
                assert (
                    smallest_support(self.vectors(field, by_version=by_version)) is None
                )


NAMES = [f"o{n:02}" for n in range(24)]
# Whole half-lives, so that weights are exact.
AGES = [LONG_AGO, LONG_AGO.replace(day=1, month=1, year=2018)]


def step(draw_from: Sequence[str]) -> st.SearchStrategy:
    names = st.sampled_from(draw_from)
    rows = st.tuples(
        st.sampled_from(["s", "s", "l", ""]),
        st.sampled_from(["x", "x", "x", "y"]),
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(AGES),
    )
    return st.one_of(
        st.tuples(st.just("say"), st.lists(names, min_size=1, max_size=9), rows),
        st.tuples(st.just("release")),
        st.tuples(st.just("release")),
        st.tuples(st.just("withdraw"), names),
        st.tuples(st.just("vanish"), names),
    )


def act(ledger: Ledger, done: tuple) -> None:
    match done:
        case ("say", names, (band, series, version, with_discount, age)):
            for name in names:
                value = f"{name}:{version}"
                values = {"amount": value} | (
                    {"discount": value} if with_discount else {}
                )
                ledger.say(name, values=values, band=band, series=series, stated_on=age)
        case ("release",):
            ledger.release()
        case ("withdraw", name) if name in ledger.rows:
            ledger.withdraw(name)
        case ("vanish", name) if name in ledger.rows:
            ledger.vanish(name)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=st.lists(step(NAMES), min_size=6, max_size=22))
def test_no_combination_of_what_was_ever_published_rests_on_under_5(db, history):
    ledger = Ledger(product=ProductFactory())
    listener = Eavesdropper(ledger)
    with registered(ledger):
        ledger.say_all(NAMES[:12], band="s", series="x")
        for done in history:
            act(ledger, done)
            listener.look()
        listener.finds_nothing()

"""Attacks on what is published: by subtracting figures, filters, quarters, withdrawals; and by those who know much.

The ledger publishes who is behind each figure, so every figure ever published becomes a vector over organisations.
Whatever linear attack there is, is a combination of these vectors: none may rest on fewer than 5 organisations.
"""

import math
import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disclosure import measures
from disclosure.models import Cell
from disclosure.quantiles import quantile
from disclosure.topics import Contribution, Weighted
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


NAMES = [f"o{n:02}" for n in range(40)]
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
        st.tuples(
            st.just("say"), st.lists(names, min_size=2, max_size=14, unique=True), rows
        ),
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
@given(history=st.lists(step(NAMES), min_size=8, max_size=22))
def test_no_combination_of_what_was_ever_published_rests_on_under_5(db, history):
    ledger = Ledger(product=ProductFactory())
    listener = Eavesdropper(ledger)
    with registered(ledger):
        ledger.say_all(NAMES[:12], band="s", series="x")
        for done in history:
            act(ledger, done)
            listener.look()
        listener.finds_nothing()


# --- The paths that a history of chance seldom takes ----------------------------------------


def listening(ledger: Ledger) -> Eavesdropper:
    listener = Eavesdropper(ledger)
    release = ledger.release
    withdraw = ledger.withdraw

    def release_and_look() -> None:
        release()
        listener.look()

    def withdraw_and_look(name: str) -> None:
        withdraw(name)
        listener.look()

    ledger.release = release_and_look  # type: ignore[method-assign]
    ledger.withdraw = withdraw_and_look  # type: ignore[method-assign]
    return listener


def test_one_leaves_and_one_comes_while_the_others_change_a_little(ledger):
    """The members of the first cohort say nearly the same again: who came can't be told from who left."""
    listener = listening(ledger)
    ledger.say_all("abcde")
    ledger.release()
    ledger.withdraw("e")
    for name in "abcd":
        ledger.say(name, f"{name}:1")
    ledger.say("f")
    ledger.release()
    ledger.say_all("ghi")
    ledger.release()
    listener.finds_nothing()
    assert len(listener.read) == 1


def test_one_changes_and_changes_back(ledger):
    listener = listening(ledger)
    ledger.say_all("abcde")
    ledger.release()
    for name in "abcde":
        ledger.say(name, f"{name}:1")
    ledger.release()
    for name in "abcd":
        ledger.say(name, f"{name}:0")
    ledger.say("e", "e:2")
    ledger.release()
    listener.finds_nothing()
    assert len(listener.read) == 2


def test_one_withdraws_and_comes_back_with_newcomers(ledger):
    listener = listening(ledger)
    ledger.say_all("abcde")
    ledger.release()
    ledger.withdraw("e")
    ledger.say_all("efghi")
    ledger.release()
    assert len(listener.read) == 1
    ledger.say("j")
    ledger.release()
    listener.finds_nothing()
    assert len(listener.read) == 2


def test_four_move_to_another_currency_with_one_newcomer(ledger):
    listener = listening(ledger)
    ledger.say_all("abcde", series="eur")
    ledger.release()
    ledger.say_all("abcdf", series="usd")
    ledger.release()
    listener.finds_nothing()
    assert len(listener.read) == 1


def test_one_field_is_left_out_by_all_newcomers_but_one(ledger):
    """The newcomers make a cohort for the amount; the discount of the one who states it stays out."""
    listener = listening(ledger)
    for name in "abcde":
        ledger.say(name, values={"amount": f"{name}:0", "discount": f"{name}:0"})
    ledger.release()
    ledger.withdraw("e")
    ledger.say_all("fghi")
    ledger.say("j", values={"amount": "j:0", "discount": "j:0"})
    ledger.release()
    listener.finds_nothing()
    assert [told[0][0] for told in listener.read.values()].count("discount") == 1


def test_whole_less_parts_is_five_or_nothing(ledger):
    listener = listening(ledger)
    ledger.say_all("abcde", band="s")
    ledger.say_all("fghi", band="l")
    ledger.release()
    assert all(len(told) == 5 for told in listener.read.values())
    ledger.say("j", band="")
    ledger.release()
    listener.finds_nothing()


# --- Two worlds -----------------------------------------------------------------------------


def cells_of(ledger: Ledger) -> list[tuple]:
    columns = ("series", "band", "organisations", "figures", "released_on")
    return list(
        Cell.objects.filter(product=ledger.product)
        .order_by("series", "band")
        .values_list(*columns)
    )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    arrivals=st.lists(st.integers(0, 4), min_size=2, max_size=8),
    when=st.integers(0, 7),
    band=st.sampled_from(["s", "l", ""]),
)
def test_one_added_row_shows_only_once_five_organisations_are_new(
    db, arrivals, when, band
):
    """The same site twice, in one of which one organisation more has told something."""
    without, with_it = (
        Ledger(product=ProductFactory()),
        Ledger(product=ProductFactory()),
    )
    count = 0
    behind: set[str] = set()
    for quarter, number in enumerate([6, *arrivals]):
        names = [f"n{n}" for n in range(count, count + number)]
        count += number
        for world in (without, with_it):
            world.say_all(names, band="s")
        if quarter == when:
            with_it.say("one-more", band=band)
        for world in (without, with_it):
            with registered(world):
                world.release()
        if cells_of(without) != cells_of(with_it):
            now = {
                value
                for *_, figures, _ in cells_of(with_it)
                for value, _ in figures["amount"]
            }
            assert len(now - behind) >= 5
            return
        behind = {
            value
            for *_, figures, _ in cells_of(with_it)
            for value, _ in figures["amount"]
        }


def test_one_organisation_with_ten_rows_is_one(ledger):
    ledger.say_all("abcd")
    ledger.contributions = lambda *args: [  # type: ignore[method-assign]
        *Ledger.contributions(ledger, *args),
        *[
            Contribution("e" if n else "d", {"amount": "d:0"}, LONG_AGO)
            for n in [0] * 10
        ],
    ]
    ledger.release()
    assert cells_of(ledger) == []


# --- Those who know much --------------------------------------------------------------------


def told_of(values: Sequence[float]) -> dict | None:
    members = [Weighted({"price": value}, 1.0) for value in values]
    return measures.middle(members, "price", measures.MONEY, logarithmic=True)


def other_world(
    rng: random.Random, values: Sequence[float], own: int, target: int, sign: int
) -> list[float]:
    """One that publishes the same and in which the insider's own value is the same, but not that of the target."""
    published = told_of(values)
    found = list(values)
    for _ in range(700):
        scale = 0.15 * rng.choice([1, 0.3, 0.1, 0.03])
        tried = [
            value if n == own else value * math.exp(rng.gauss(0, scale))
            for n, value in enumerate(found)
        ]
        if sign * (tried[target] - found[target]) > 0 and told_of(tried) == published:
            found = tried
    return found


@pytest.mark.parametrize("size", [5, 6, 7, 8, 9])
def test_an_insider_can_not_compute_what_another_pays(size):
    """For each of the others there are worlds that look the same, further apart than the rounding of its price."""
    rng = random.Random(size)
    values = [round(rng.lognormvariate(4.4, 0.5), 2) for _ in range(size)]
    own = rng.randrange(size)
    for target in range(size):
        if target == own:
            continue
        low, high = (
            other_world(rng, values, own, target, sign)[target] for sign in (-1, 1)
        )
        assert high - low > measures.MONEY.step(values[target])


@pytest.mark.parametrize("size", [5, 7, 9])
def test_whose_value_is_whose_is_never_told(ledger, size):
    """Figures of a cohort don't change when its members swap what they said, in any of the cells that hold it."""
    values = [80.0 + 7 * n for n in range(size)]
    rng = random.Random(size)
    first = told_of(values)
    for _ in range(5):
        rng.shuffle(values)
        assert told_of(values) == first


def test_no_figure_is_the_value_of_one_organisation():
    """Unless by chance, or because all say about the same."""
    rng = random.Random(8)
    for size in range(5, 30):
        values = [rng.lognormvariate(4, 1) for _ in range(size)]
        for p in (0.25, 0.5, 0.75):
            made = quantile(values, [1.0] * size, p)
            assert min(abs(made - value) / value for value in values) > 1e-6
            assert min(values) < made < max(values)


@pytest.mark.parametrize("size", range(5, 10))
def test_an_insider_who_said_no_alone_can_not_know_that_all_others_said_yes(size):
    """Somewhere between 5 and 9 organisations there are two who said no and the same is told."""
    assert share_of(size, no=1)["bound"] == "or more"
    assert share_of(size, no=1) == share_of(9, no=2)


def share_of(size: int, no: int) -> dict:
    members = [Weighted({"stays": n >= no}, 1.0) for n in range(size)]
    told = measures.share(members, "stays")
    assert told is not None
    return told

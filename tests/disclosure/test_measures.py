import pytest

from disclosure import measures
from disclosure.measures import MONEY, MONTHS, POINTS, middle, share, shares
from disclosure.topics import Weighted


def said(*values, weights=None) -> list[Weighted]:
    weights = weights or [1.0] * len(values)
    return [
        Weighted({"it": value}, weight)
        for value, weight in zip(values, weights, strict=True)
    ]


@pytest.mark.parametrize(
    ("count", "told"), [(5, 5), (9, 5), (10, 10), (14, 10), (101, 100)]
)
def test_organisations_are_rounded_down_to_fives(count, told):
    assert measures.organisations(count) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(86.55, 87), (1_249, 1_200), (0.1234, 0.12), (1.26, 1.3), (0, 0), (99.6, 100)],
)
def test_money_has_two_digits(value, told):
    assert measures.rounded(value, MONEY) == told


def test_middle_tells_median_and_quartiles():
    assert middle(said(60, 70, 80, 90, 100, 110, 120), "it", MONEY) == {
        "median": 90,
        "low": 73,
        "high": 110,
        "organisations": 5,
    }


def test_middle_is_withheld_under_5():
    assert middle(said(1, 2, 3, 4), "it", MONEY) is None
    assert middle(said(1, 2, 3, 4, None), "it", MONEY) is None


def test_quartiles_keep_a_step_away_from_a_median_that_all_say():
    assert middle(said(*[20] * 5), "it", POINTS, lowest=0) == {
        "median": 20,
        "low": 15,
        "high": 25,
        "organisations": 5,
    }
    assert middle(said(*[0] * 5), "it", POINTS, lowest=0) == {
        "median": 0,
        "low": 0,
        "high": 5,
        "organisations": 5,
    }


def test_months_may_be_early():
    told = middle(said(-3, -2, 0, 1, 2), "it", MONTHS)
    assert told == {"median": 0, "low": -2, "high": 1, "organisations": 5}


def test_share_of_yes_with_its_interval():
    assert share(said(True, True, True, False, False), "it") == {
        "percent": 60,
        "bound": "",
        "low": 25,
        "high": 90,
        "organisations": 5,
    }


def test_all_look_like_all_but_one_whoever_that_is():
    weights = [1.0, 1.0, 0.6, 0.9, 0.7]
    everybody = share(said(*[True] * 5, weights=weights), "it")
    assert everybody is not None and everybody["bound"] == "or more"
    for alone in range(5):
        answers = [n != alone for n in range(5)]
        assert share(said(*answers, weights=weights), "it") == everybody
        turned = share(said(*(not a for a in answers), weights=weights), "it")
        assert turned == share(said(*[False] * 5, weights=weights), "it")


def test_shares_list_what_two_or_more_said():
    told = shares(said("a", "a", "a", "b", "b", "c", "d"), "it", ["a", "b", "c", "d"])
    assert told is not None
    assert list(told["words"]) == ["a", "b"]
    assert told["words"]["a"]["percent"] == 45


def test_one_alone_is_not_told_by_what_is_missing():
    """Of 3, 2 and 1 the two would leave one: they are not listed either."""
    told = shares(said("a", "a", "a", "b", "b", "c"), "it", ["a", "b", "c"])
    assert told is not None
    assert list(told["words"]) == ["a"]
    assert told["words"]["a"]["percent"] == 50


def test_one_alone_against_all_others_looks_like_nobody():
    alone = shares(said("a", "a", "a", "a", "b"), "it", ["a", "b"])
    nobody = shares(said("a", "a", "a", "a", "a"), "it", ["a", "b"])
    assert alone == nobody
    assert alone is not None and alone["words"]["a"]["bound"] == "or more"


def test_shares_are_withheld_under_5():
    assert shares(said("a", "a", "a", "a"), "it", ["a"]) is None
    assert share(said(True, True, True, True), "it") is None

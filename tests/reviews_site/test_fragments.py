import pytest
from django.core.cache import cache

from reviews_site.lib.fragments import Fragments, prepare

PIECES: Fragments[int] = Fragments("piece", ("includes/empty.html",))


class Renderer:
    """Makes a piece for each id but those that vanished, and remembers what it was asked for."""

    def __init__(self, *vanished: int) -> None:
        self.vanished = vanished
        self.asked: list[list[int]] = []

    def __call__(self, ids: list[int]) -> dict[int, str]:
        self.asked.append(ids)
        return {pk: f"piece {pk}" for pk in ids if pk not in self.vanished}


def test_pieces_come_in_the_order_asked_for_and_are_made_once():
    render = Renderer()
    assert list(PIECES.get({2: "1", 1: "1"}, render).items()) == [
        (2, "piece 2"),
        (1, "piece 1"),
    ]
    assert list(PIECES.get({1: "1", 3: "1", 2: "1"}, render)) == [1, 3, 2]
    assert render.asked == [[2, 1], [3]]


def test_new_version_is_made_anew():
    render = Renderer()
    PIECES.get({1: "1"}, render)
    PIECES.get({1: "2"}, render)
    assert render.asked == [[1], [1]]


def test_row_that_vanished_is_left_out():
    assert PIECES.get({1: "1", 2: "1"}, Renderer(1)) == {2: "piece 2"}


def test_nothing_asked_for_looks_nowhere():
    render = Renderer()
    assert PIECES.get({}, render) == {}
    assert render.asked == []


def test_other_templates_and_sources_give_other_keys():
    same = Fragments[int]("piece", ("includes/empty.html",))
    other = Fragments[int]("piece", ("includes/empty.html",), (__file__,))
    assert same.cache_key(1, "1") == PIECES.cache_key(1, "1")
    assert other.cache_key(1, "1") != PIECES.cache_key(1, "1")


def test_batches_share_one_look_into_the_cache():
    first, second = Renderer(), Renderer()
    other = Fragments[str]("other", ("includes/empty.html",))
    pieces, others = prepare(
        PIECES.batch({1: "1"}, first), other.batch({"a": "1"}, second)
    )
    assert (pieces, others) == ({1: "piece 1"}, {"a": "piece a"})


@pytest.fixture
def no_redis(settings):
    """A cache whose server does not answer."""
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }


def test_pieces_are_made_without_a_cache(no_redis):
    cache.set("x", 1)
    assert cache.get("x") is None
    assert PIECES.get({1: "1"}, Renderer()) == {1: "piece 1"}


@pytest.mark.parametrize(
    ("key", "version"),
    [("1", "7;" * 200), ("1", "7 [1, 1, 1]"), ("a" * 5000, "1"), ("a b", "1")],
)
def test_cache_key_is_short_and_without_spaces(key, version):
    pieces: Fragments[str] = Fragments("piece", ())
    name = pieces.cache_key(key, version)
    assert len(name) < 200 and " " not in name
    assert name != pieces.cache_key(key, version + "1")
    assert name != pieces.cache_key(key + "1", version)

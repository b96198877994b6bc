"""The map: the table's figures, drawn; labels that cover nothing."""

import random
import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research import maps
from research.maps import NARROW, WIDE, Box, Plot, category_map, draw, place_labels


@dataclass
class Place:
    name: str
    score: float
    interval_low: float
    interval_high: float
    effective_n: float
    rank: int = 1
    count: int = 5

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")


def some(number: int, seed: int = 1) -> list[Place]:
    made = random.Random(seed)
    scores = sorted((made.uniform(2.5, 4.8) for _ in range(number)), reverse=True)
    return [
        Place(
            f"Product {n:02} Suite",
            score,
            max(0.5, score - 0.4),
            min(5.0, score + 0.4),
            made.uniform(1.2, 900),
        )
        for n, score in enumerate(scores)
    ]


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("seed", range(5))
def test_labels_cover_neither_each_other_nor_a_point(size, seed):
    places = some(60, seed)
    plot = Plot(places, size)
    points = [plot.at(place) for place in places]
    wanted = [(p.name, *plot.at(p)) for p in maps.named(places, size.named)]
    labels = place_labels(wanted, points, plot.frame)
    boxes = [label.box for label in labels]
    for place, box in enumerate(boxes):
        assert box.lies_in(plot.frame)
        assert not any(box.meets(other) for other in boxes[:place])
        for x, y in points:
            assert not box.meets(Box(x - 4, y - 4, x + 4, y + 4))
    assert len(labels) >= len(wanted) / 2


def test_every_product_is_a_point_with_its_figures_as_text():
    places = some(30)
    drawn = str(draw(places, WIDE))
    assert drawn.count("<circle") == drawn.count("<title>") == 30
    for place in places:
        assert f"<title>{place.name}: rank 1, {place.score:.1f} (" in drawn
    assert drawn.count('class="whisker') == 30


@given(
    st.lists(
        st.tuples(st.floats(0.5, 5), st.floats(0, 2), st.floats(1, 2_000_000)),
        min_size=2,
        max_size=30,
    )
)
def test_all_points_and_whiskers_lie_in_the_frame(given_places):
    places = [
        Place(f"P{n}", score, max(0.5, score - half), min(5.0, score + half), evidence)
        for n, (score, half, evidence) in enumerate(given_places)
    ]
    for size in (WIDE, NARROW):
        frame = Plot(places, size).frame
        for x, y in re.findall(
            r'cx="([\d.-]+)" cy="([\d.-]+)"', str(draw(places, size))
        ):
            assert frame.left <= float(x) <= frame.right
            assert frame.top <= float(y) <= frame.bottom
        for name in ("y1", "y2"):
            for y in re.findall(
                rf'class="whisker[^>]*{name}="([\d.-]+)"', str(draw(places, size))
            ):
                assert frame.top <= float(y) <= frame.bottom


def test_better_is_higher_and_better_known_further_right():
    low, high = Place("A", 3.0, 2.8, 3.2, 5), Place("B", 4.0, 3.8, 4.2, 50)
    plot = Plot([high, low], WIDE)
    assert plot.at(high)[0] > plot.at(low)[0]
    assert plot.at(high)[1] < plot.at(low)[1]
    # Ten times as much is as far from ten as ten is from one.
    plot = Plot([Place("A", 3, 2, 4, 1), Place("B", 3, 2, 4, 100)], WIDE)
    assert plot.x(100) - plot.x(10) == pytest.approx(plot.x(10) - plot.x(1), abs=0.2)


def test_names_are_text():
    places = [Place("<b>A</b>", 3.0, 2.8, 3.2, 5), Place("B & C", 4.0, 3.8, 4.2, 50)]
    drawn = str(category_map(places))
    assert "<b>" not in drawn
    assert "&lt;b&gt;A&lt;/b&gt;" in drawn
    assert "B &amp; C" in drawn


@pytest.mark.parametrize("number", [0, 1])
def test_a_single_product_is_no_map(number):
    assert category_map(some(number)) == ""


def test_the_best_and_the_best_known_have_names():
    places = some(40)
    named = maps.named(places, WIDE.named)
    assert named[:10] == places[:10]
    best_known = max(places, key=lambda place: place.effective_n)
    assert best_known in named
    assert len(named) == WIDE.named

import hashlib
import uuid

from hypothesis import given
from hypothesis import strategies as st

from references.selection import draw, new_seed, ordered_pool, pool_hash

POOL = [uuid.UUID(int=number) for number in range(1, 8)]


def test_pool_hash_is_the_sha256_of_the_sorted_lines():
    text = "5eed\n" + "".join(f"{each}\n" for each in POOL)
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert pool_hash("5eed", list(reversed(POOL))) == expected
    assert pool_hash("5eed", [*POOL, POOL[0]]) == expected


def test_draw_takes_the_three_with_the_smallest_hashes():
    places = {
        hashlib.sha256(f"seed:{each}".encode()).hexdigest(): each for each in POOL
    }
    assert draw("seed", POOL) == [places[place] for place in sorted(places)][:3]


def test_known_draw_stays_what_it_was():
    assert [each.int for each in draw("0" * 64, POOL)] == [6, 1, 2]


@given(st.sets(st.uuids(), min_size=5, max_size=30), st.text("0123456789abcdef"))
def test_same_seed_and_pool_give_the_same_three_in_any_order(pool, seed):
    drawn = draw(seed, pool)
    assert draw(seed, sorted(pool, key=lambda each: each.int % 7)) == drawn
    assert len(set(drawn)) == 3 and set(drawn) <= pool


@given(st.sets(st.uuids(), min_size=5, max_size=30), st.text("0123456789abcdef"))
def test_who_was_not_drawn_can_leave_without_changing_the_draw(pool, seed):
    drawn = draw(seed, pool)
    others = sorted(pool - set(drawn), key=str)
    assert draw(seed, pool - {others[0]}) == drawn


def test_everybody_is_drawn_about_as_often():
    """5 standard deviations of a binomial count around 3 in 7 of 2,000."""
    counts = dict.fromkeys(POOL, 0)
    for number in range(2000):
        for each in draw(f"{number:064x}", POOL):
            counts[each] += 1
    spread = (2000 * 3 / 7 * 4 / 7) ** 0.5
    assert all(abs(count - 2000 * 3 / 7) < 5 * spread for count in counts.values())


def test_seeds_are_256_bits_and_differ():
    seeds = {new_seed() for _ in range(100)}
    assert {len(seed) for seed in seeds} == {64}
    assert len(seeds) == 100


def test_ordered_pool_is_ascending_as_text():
    assert ordered_pool(reversed(POOL)) == POOL

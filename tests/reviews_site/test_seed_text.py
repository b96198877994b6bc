"""The words and numbers of made-up reviews; no database."""

import datetime
import re
from collections import Counter
from random import Random

import pytest

from reviews_site.seed import distributions
from reviews_site.seed.grammar import Deck, after_connector, fill, fits
from reviews_site.seed.making import Made, make_reviews
from reviews_site.seed.named import reviewer
from reviews_site.seed.organisations import make_organisations
from reviews_site.seed.people import Audience, make_people
from reviews_site.seed.personas import PERSONA_CONDITIONS, Persona
from reviews_site.seed.reviews import SeedProduct
from reviews_site.seed.sentences import conversations, general, questions
from reviews_site.seed.sentences.parts import Topic
from reviews_site.seed.sentences.topics import NOUNS, TOPICS, side_of, topic_for
from reviews_site.seed.writing import Subject, tier_of

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
TODAY = NOW.date()
PERSONA = Persona("end_user", "it", "201-1000", "healthcare", "over_2_years")
REVIEWS = 1_500


def seed_product(number: int, topic: Topic) -> SeedProduct:
    conditions = {"oss", "self"} if number % 2 else {"paid", "saas"}
    subject = Subject(
        f"Product {number}",
        topic,
        frozenset(conditions) | topic.kind | {side_of(topic.key, ["Anything"])},
        ("Rival One", "Rival Two", "Rival Three"),
    )
    return SeedProduct(
        number, f"product-{number}", f"Product {number}", ("saas",), subject
    )


def make(seed: int = 7, total: int = REVIEWS) -> Made:
    products = [seed_product(n, TOPICS[n % len(TOPICS)]) for n in range(150)]
    organisations = make_organisations(120, Random(f"{seed}:organisations"))
    people = make_people(700, organisations, Random(f"{seed}:people"))
    made = make_reviews(products, people, total, NOW, seed, lambda *step: None)
    made.add_named(reviewer(organisations), people, NOW, Random(f"{seed}:named"))
    return made


@pytest.fixture(scope="module")
def made() -> Made:
    return make()


def published(made: Made):
    return [review for review in made.reviews if review.status == "published"]


# --- The same again -------------------------------------------------------------------------


def test_same_seed_writes_the_same_reviews(made):
    again = make()
    assert [r.row(1, 2) for r in again.reviews] == [r.row(1, 2) for r in made.reviews]
    assert [r.text.answers for r in again.reviews] == [
        r.text.answers for r in made.reviews
    ]


def test_another_seed_writes_other_reviews(made):
    other = {review.text.pros for review in make(seed=8).reviews}
    assert len(other & {review.text.pros for review in made.reviews}) < REVIEWS / 10


# --- Words ----------------------------------------------------------------------------------


def all_texts(made: Made) -> list[str]:
    return [
        text
        for review in made.reviews
        for text in (
            review.text.headline,
            review.text.pros,
            review.text.cons,
            *review.text.answers.values(),
        )
    ]


def test_texts_have_nothing_left_to_fill_in(made):
    assert [text for text in all_texts(made) if re.search(r"[{}\[\]|@\t]", text)] == []


def test_texts_fit_their_columns(made):
    for review in made.reviews:
        text = review.text
        assert 5 <= len(text.headline) <= 100
        assert 15 <= len(text.pros) <= 4000
        assert 15 <= len(text.cons) <= 4000
        assert all(0 < len(answer) <= 2000 for answer in text.answers.values())


def test_texts_are_as_long_as_measured_ones(made):
    def median(texts):
        lengths = sorted(map(len, texts))
        return lengths[len(lengths) // 2]

    assert 32 <= median(r.text.headline for r in made.reviews) <= 46
    assert 140 <= median(r.text.pros for r in made.reviews) <= 230
    assert 100 <= median(r.text.cons for r in made.reviews) <= 180


def test_no_two_reviews_say_the_same(made):
    for part in ("pros", "cons"):
        counts = Counter(getattr(review.text, part) for review in made.reviews)
        assert [text for text, count in counts.items() if count > 1] == []


def test_sentences_do_not_come_again_on_one_page(made):
    by_product: dict[str, list] = {}
    for review in published(made):
        by_product.setdefault(review.product.slug, []).append(review)
    known = {fill(text, {}, Random(1)) for text in general.NOTHING_MUCH}
    for reviews in by_product.values():
        page = reviews[:20]
        sentences = Counter(
            sentence
            for review in page
            for sentence in re.split(r"(?<=[.!?])\s+", review.text.pros)
            if len(sentence) > 60 and sentence not in known
        )
        assert [s for s, count in sentences.items() if count > 2] == []


def test_words_agree_with_the_stars(made):
    complaints = {t for topic in TOPICS for f in topic.flaws for t in f.complaints}
    complaints |= {t for f in general.FLAWS for t in f.complaints}
    starts = tuple(
        {re.split(r"[\[{]", t.split(" ", 1)[-1])[0][:30] for t in complaints}
    )
    verdicts = ("We are not renewing", "We won't renew", "Hard to recommend as it is")
    for review in published(made):
        if review.half_stars >= 9:
            assert not any(verdict in review.text.cons for verdict in verdicts)
            assert not review.text.cons.startswith(
                tuple(s for s in starts if len(s) > 25)
            )


def test_sub_ratings_agree_with_the_words(made):
    for review in made.reviews:
        for name, value in review.sub_ratings.items():
            if value is None:
                continue
            if name in review.text.praised - review.text.criticised:
                assert value >= 6
            if name in review.text.criticised - review.text.praised:
                assert value <= review.half_stars


@pytest.mark.parametrize(
    ("half_stars", "tier"), [(1, "poor"), (4, "poor"), (5, "mixed"), (7, "good"), (10, "great")]
)  # fmt: skip
def test_tier_of_half_stars(half_stars, tier):
    assert tier_of(half_stars) == tier


# --- Vocabularies ---------------------------------------------------------------------------


def fragments_of(topic: Topic) -> list[str]:
    return [
        *(text for s in topic.strengths for text in (s.short, *s.says)),
        *(text for f in topic.flaws for text in (f.short, *f.wishes, *f.complaints)),
        *topic.uses,
        *topic.results,
        *topic.faint,
    ]


def shared_fragments() -> list[str]:
    pools = (
        questions.STABILITY, questions.SCALABILITY, questions.SUPPORT, questions.SETUP, questions.ROI,
        questions.PRICING, questions.PREVIOUS, questions.ALTERNATIVES, questions.ADVICE, general.HEADLINES,
    )  # fmt: skip
    return [
        *(text for pool in pools for texts in pool.values() for text in texts),
        *(text for s in general.STRENGTHS for text in s.says),
        *(text for f in general.FLAWS for text in (*f.wishes, *f.complaints)),
        *general.CONTEXTS, *general.CLOSINGS, *general.FAINT, *general.VERDICTS, *general.LEADS, *general.TAILS,
        *conversations.OPENERS, *conversations.ANSWERS,
    ]  # fmt: skip


def test_fragments_are_well_formed():
    slots = set(PERSONA.slots(Random(1))) | {
        "product", "noun", "a_noun", "rival", "rival2", "s", "S", "s2", "the_s", "f", "F", "f2",
    }  # fmt: skip
    known = PERSONA_CONDITIONS | set(NOUNS) | {
        "oss", "paid", "saas", "self", "console", "app", "traffic", "disks", "desk", "sales", "meet", "hr", "law",
        "ledger",
    }  # fmt: skip
    for text in [
        *shared_fragments(),
        *(t for topic in TOPICS for t in fragments_of(topic)),
    ]:
        assert text.count("[") == text.count("]"), text
        assert set(re.findall(r"\{(\w+)\}", text)) <= slots, text
        tags = re.match(r"((?:@[a-z]+)*)", text)
        assert set(filter(None, tags.group(1).split("@"))) <= known, text
        assert "@" not in text[tags.end() :], text
        assert "  " not in text, text


def test_every_vocabulary_has_enough_to_say():
    assert len(TOPICS) >= 24
    for topic in TOPICS:
        if topic.key != "business":
            assert len(topic.strengths) >= 6 and len(topic.flaws) >= 4, topic.key
            assert len(fragments_of(topic)) >= 40, topic.key


@pytest.mark.parametrize(
    ("category", "key", "side"),
    [
        ("Cloud and container security", "security", "any"),
        ("Monitoring and observability", "observability", "any"),
        ("Databases", "database", "any"),
        ("Continuous integration and delivery", "cicd", "any"),
        ("Machine learning platforms", "models", "any"),
        ("Team collaboration", "collaboration", "any"),
        ("Customer relationship management", "crm", "sales"),
        ("E-commerce", "crm", "shop"),
        ("Storage and backup", "storage", "disks"),
        ("File sharing", "storage", "files"),
        ("Network security and VPN", "networking", "vpn"),
        ("API gateways", "networking", "traffic"),
        ("Something else", "business", "any"),
    ],
)
def test_topic_for_category(category, key, side):
    assert topic_for([category]).key == key
    assert side_of(key, [category]) == side


# --- Grammar --------------------------------------------------------------------------------


def test_fill_chooses_and_fills():
    text = fill(
        "@paid {team_cap} [waits|waits] [two|two] days.", {"team_cap": "IT"}, Random(1)
    )
    assert text == "IT waits two days."


def test_fits_needs_all_conditions():
    assert fits("@paid@buyer Text", {"paid", "buyer", "saas"})
    assert not fits("@paid@buyer Text", {"paid"})
    assert not fits("After two years it broke", set())
    assert fits("After two years it broke", {"long"})
    assert fits("Fine during our year-end peak", set())


def test_after_connector_leaves_names_alone():
    assert after_connector("The docs help.", "Also,") == "Also, the docs help."
    assert after_connector("SSO works.", "Also,") == "SSO works."


def test_deck_deals_all_before_any_comes_twice():
    deck = Deck("abcdef", Random(3))
    dealt = [deck.deal() for _ in range(12)]
    assert sorted(dealt[:6]) == sorted(dealt[6:]) == list("abcdef")


# --- Distributions --------------------------------------------------------------------------


def test_star_shares_are_exact():
    stars = distributions.half_stars_by_rank(
        [Random(n).gauss(0, 1) for n in range(10_000)]
    )
    counts = Counter((value + 1) // 2 for value in stars)
    assert {
        star: count / 10_000 for star, count in counts.items()
    } == distributions.STAR_SHARES


def test_half_star_shares_add_up_to_star_shares():
    for star, share in distributions.STAR_SHARES.items():
        halves = distributions.HALF_STAR_SHARES[2 * star - 2 : 2 * star]
        assert sum(halves) == pytest.approx(share)


@pytest.mark.parametrize(("products", "total"), [(1_500, 8_000), (50, 500), (10, 3)])
def test_review_counts_add_up(products, total):
    counts = distributions.review_counts(products, total, Random(5))
    assert len(counts) == products
    assert sum(counts) == total


def test_review_counts_follow_the_measured_shape():
    counts = distributions.review_counts(100_000, 1_000_000, Random(5))
    assert 0.39 <= counts.count(0) / 100_000 <= 0.41
    assert 4_000 <= max(counts) <= distributions.MOST_REVIEWS + 1
    top = sum(sorted(counts)[-10_000:]) / 1_000_000
    assert 0.6 <= top <= 0.85


def test_products_differ_in_their_means(made):
    means = []
    for maker in made.makers:
        stars = [
            r.half_stars / 2 for r in published(made) if r.product is maker.product
        ]
        if len(stars) >= 10:
            means.append(sum(stars) / len(stars))
    assert min(means) < 3.7 and max(means) > 4.4


def test_facets_follow_their_shares(made):
    reviews = published(made)
    share = {
        "anonymous": sum(r.is_anonymous for r in reviews) / len(reviews),
        "customer": sum(r.relationship == "customer" for r in reviews) / len(reviews),
        "rewarded": sum(r.incentive != "none" for r in reviews) / len(reviews),
        "weekend": sum(r.submitted_at.weekday() >= 5 for r in reviews) / len(reviews),
        "support": sum(r.sub_ratings["support"] is not None for r in reviews) / len(reviews),
        "use_case": sum("use_case" in r.text.answers for r in reviews) / len(reviews),
    }  # fmt: skip
    expected = {"anonymous": 0.16, "customer": 0.93, "rewarded": 0.28, "weekend": 0.05, "support": 0.715, "use_case": 0.62}  # fmt: skip
    assert {
        key: pytest.approx(value, abs=0.05) for key, value in expected.items()
    } == share


def test_dates_are_in_order_and_never_in_the_future(made):
    for review in made.reviews:
        assert review.last_used_on <= review.submitted_at.date() <= TODAY
        assert (review.submitted_at.date() - review.last_used_on).days < 365
        assert review.submitted_at <= NOW
        if review.status == "published":
            assert review.submitted_at <= review.published_at <= NOW
            assert review.published_at - review.submitted_at <= datetime.timedelta(
                hours=72
            )
            assert review.verified_on <= review.published_at.date()


# --- People ---------------------------------------------------------------------------------


def test_people_are_plainly_made_up():
    organisations = make_organisations(240, Random(1))
    people = make_people(500, organisations, Random(1))
    assert all(
        organisation.domain.endswith(".example") for organisation in organisations
    )
    assert all(
        re.fullmatch(r"Demo [A-Z][a-z]+ \d+", person.display_name) for person in people
    )
    assert all(person.email.endswith(".example") for person in people)


def test_organisations_are_enough_to_hide_in():
    organisations = make_organisations(240, Random(1))
    assert len({organisation.domain for organisation in organisations}) == 240
    industries = Counter(organisation.industry for organisation in organisations)
    assert len(industries) == 17
    assert sum(count >= 5 for count in industries.values()) >= 10


def test_audience_gives_each_author_once():
    people = make_people(40, make_organisations(20, Random(1)), Random(1))
    authors = list(Audience(people).authors("security", 60, Random(1)))
    assert len(authors) == len({author.number for author in authors}) == 40

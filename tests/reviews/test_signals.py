import datetime
from dataclasses import replace

import pytest
from django.db.models import F
from django.utils import timezone

from moderation.models import QueueItem
from moderation.services import open_item
from reviews import services, signals
from reviews.fingerprints import bands, plain, words
from reviews.kinds import REVIEW, REVISION
from reviews.models import (
    Answer,
    Question,
    Review,
    ReviewRevision,
    ReviewSignal,
    TextFingerprint,
)
from reviews.privacy import erase_reviews
from reviews.signals.bursts import burst, poisson_tail
from reviews.signals.checking import _keep_fingerprints
from reviews.signals.evidence import marked_passages
from reviews.signals.near_copies import near_copy
from reviews.signals.rings import ring
from reviews.signals.texts import texts_of, with_answers
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
TEXT = (
    "We moved our month-end closing to it last spring, and the nightly reconciliation that used to take four hours "
    "is done before anybody comes to work. The rules can be read by an auditor without our help, which our two earlier tools never allowed."
)
NEARLY = TEXT.replace("last spring", "in autumn").replace("four hours", "half a day")
ANOTHER = (
    "The telephone support answers within a minute and knows the product, which our previous supplier never managed. "
    "Exports to spreadsheets keep their formatting, and roles can be copied from one team to the next, one by one or all at once."
)


def published(text: str, **changes) -> Review:
    """Public, with a fingerprint."""
    review = ReviewFactory(pros=text, **changes)
    signals.fingerprint_left_over()
    return review


def waiting(**changes) -> Review:
    review = PendingReviewFactory(**changes)
    open_item(
        kind=REVIEW, target_public_id=review.public_id, opened_at=review.submitted_at
    )
    return review


def found_copy(review: Review) -> list[tuple[str, str, str]]:
    evidence = near_copy(review, texts_of(review))
    return [
        (entry["review"], entry["field"], entry["their_field"])
        for entry in (evidence["similar"] if evidence else [])
    ]


# --- Fingerprints ---------------------------------------------------------------------------


def test_texts_that_are_alike_share_bands_and_others_none():
    assert set(bands([TEXT])) & set(bands([NEARLY]))
    assert not set(bands([TEXT])) & set(bands([ANOTHER]))


def test_short_texts_have_no_bands():
    assert bands(["Nothing so far.", ""]) == []


def test_hidden_characters_case_and_accents_change_no_band():
    disguised = TEXT.upper().replace("E", "É").replace("A", "A\u200b")
    assert bands([disguised]) == bands([TEXT])
    assert plain("Caf\u00e9\u202e \u00adX") == "cafe x"


def test_scripts_without_spaces_are_read_letter_by_letter():
    assert words("会計 ok") == ["会", "計", "ok"]


# --- Near copies ----------------------------------------------------------------------------


def test_near_copy_is_found_across_products_and_authors():
    first = published(TEXT)
    copy = waiting(pros=NEARLY)
    evidence = near_copy(copy, texts_of(copy))
    assert evidence["count"] == 1
    (entry,) = evidence["similar"]
    assert (entry["review"], entry["field"]) == (str(first.public_id), "pros")
    assert 0.6 <= entry["similarity"] < 1


def test_near_copy_looks_into_answers_and_the_other_side():
    first = ReviewFactory()
    question = Question.objects.get(key="use_case")
    Answer.objects.create(review=first, question=question, text=TEXT)
    signals.fingerprint_left_over()
    copy = waiting(cons=TEXT)
    assert found_copy(copy) == [(str(first.public_id), "cons", "use_case")]


def test_near_copy_finds_a_copy_of_ones_own_review_of_another_product():
    author = UserFactory()
    first = published(TEXT, author=author)
    copy = waiting(author=author, pros=TEXT)
    assert found_copy(copy) == [(str(first.public_id), "pros", "pros")]


def test_near_copy_passes_over_earlier_versions_of_the_same_review():
    author, product = UserFactory(), ProductFactory()
    earlier = published(TEXT, author=author, product=product)
    Review.objects.filter(pk=earlier.pk).update(status="withdrawn")
    again = waiting(author=author, product=product, pros=TEXT)
    assert found_copy(again) == []


@pytest.mark.parametrize("text", [ANOTHER, "It works. " * 4, TEXT[:150]])
def test_near_copy_finds_nothing_in_what_is_honest(text):
    published(TEXT)
    published("It works. " * 4)
    assert found_copy(waiting(pros=text)) == []


def test_near_copy_sees_through_hidden_characters():
    first = published(TEXT)
    copy = waiting(pros=TEXT.replace("e", "e\u200b"))
    assert found_copy(copy) == [(str(first.public_id), "pros", "pros")]


# --- Bursts ---------------------------------------------------------------------------------


def submitted_ago(product, *days: float) -> list[Review]:
    now = timezone.now()
    return [
        PendingReviewFactory(product=product, submitted_at=now - n * DAY) for n in days
    ]


def test_burst_is_measured_by_the_products_own_history():
    quiet = ProductFactory()
    *_, newest = submitted_ago(quiet, 40, 0.4, 0.3, 0.2, 0.1, 0)
    evidence = burst(newest)
    assert (evidence["hours"], evidence["count"]) == (24, 5)
    assert evidence["probability"] < 1e-4
    assert len(evidence["reviews"]) == 5
    busy = ProductFactory()
    *_, newest = submitted_ago(busy, *range(2, 42), 0.4, 0.3, 0.2, 0.1, 0)
    assert burst(newest) is None


def test_burst_is_seen_over_a_week_too():
    product = ProductFactory()
    *_, newest = submitted_ago(product, 60, 6.5, 6, 5, 4, 3, 2, 1, 0)
    evidence = burst(newest)
    assert (evidence["hours"], evidence["count"]) == (168, 8)


def test_burst_counts_neither_imports_nor_other_products():
    product = ProductFactory()
    *_, newest = submitted_ago(product, 0.3, 0.2, 0.1, 0)
    submitted_ago(ProductFactory(), 0.1)
    PendingReviewFactory(product=product, source="imported")
    assert burst(newest) is None


def test_poisson_tail_agrees_with_known_values():
    assert poisson_tail(0, 1.0) == 1.0
    assert poisson_tail(1, 1.0) == pytest.approx(0.6321205588)
    assert poisson_tail(5, 1.0) == pytest.approx(0.0036598468)
    assert poisson_tail(500, 1.0) == pytest.approx(0, abs=1e-9)


# --- Rings ----------------------------------------------------------------------------------


def reviews_by(authors, products, **changes) -> list[Review]:
    return [
        PendingReviewFactory(author=author, product=product, **changes)
        for author in authors
        for product in products
    ]


def test_ring_is_three_authors_on_the_same_three_products_within_a_week():
    authors, products = UserFactory.create_batch(3), ProductFactory.create_batch(3)
    reviews = reviews_by(authors, products)
    evidence = ring(reviews[0])
    assert (evidence["authors"], evidence["products"]) == (3, 3)
    same_product = {str(reviews[3].public_id), str(reviews[6].public_id)}
    assert set(evidence["reviews"]) == same_product


@pytest.mark.parametrize(("authors", "products"), [(2, 3), (3, 2)])
def test_fewer_authors_or_products_are_no_ring(authors, products):
    reviews = reviews_by(
        UserFactory.create_batch(authors), ProductFactory.create_batch(products)
    )
    assert ring(reviews[0]) is None


def test_the_same_products_months_apart_are_no_ring():
    authors, products = UserFactory.create_batch(3), ProductFactory.create_batch(3)
    mine = reviews_by(authors[:1], products)
    reviews_by(authors[1:], products, submitted_at=timezone.now() - 60 * DAY)
    assert ring(mine[0]) is None


def colleagues(count: int, domain: str = "acme.example") -> list:
    members = UserFactory.create_batch(count)
    for n, member in enumerate(members):
        WorkEmailFactory(user=member, domain=domain, address=f"m{n}@{domain}")
    return members


def test_three_of_four_colleagues_on_one_product_are_a_ring():
    product = ProductFactory()
    reviews = reviews_by(colleagues(4)[:3], [product])
    evidence = ring(reviews[0])
    assert (evidence["rule"], evidence["authors"]) == ("same_employer", 3)
    assert evidence["members"] == 4
    assert "acme" not in str(evidence)


def test_three_of_many_at_a_big_employer_are_no_ring():
    reviews = reviews_by(colleagues(16)[:3], [ProductFactory()])
    assert ring(reviews[0]) is None


def test_an_erased_author_is_in_no_ring():
    assert ring(PendingReviewFactory(author=None)) is None


# --- What a signal does ---------------------------------------------------------------------


def test_signal_brings_the_review_forward_and_decides_nothing():
    published(TEXT)
    copy = waiting(pros=TEXT)
    signals.check_review(copy.pk)
    copy.refresh_from_db()
    assert copy.status == Review.Status.PENDING
    assert ReviewSignal.objects.get().kind == "near_copy"
    item = QueueItem.objects.get()
    assert item.closed_at is None
    assert item.raised_hours == 24
    assert item.sort_at == item.opened_at - datetime.timedelta(hours=24)
    assert item.signals == [
        {"kind": "near_copy", "text": "100% like another text", "hours": 24}
    ]
    signals.check_review(copy.pk)
    assert ReviewSignal.objects.count() == 1


def test_honest_review_stays_where_it_is():
    review = waiting(pros=ANOTHER)
    signals.check_review(review.pk)
    item = QueueItem.objects.get()
    assert (item.raised_hours, item.signals) == (0, [])
    assert not ReviewSignal.objects.exists()


def test_signal_goes_when_the_author_rewrites_the_text():
    published(TEXT)
    copy = waiting(pros=TEXT)
    signals.check_review(copy.pk)
    Review.objects.filter(pk=copy.pk).update(pros=ANOTHER, version=2)
    signals.check_review(copy.pk)
    assert not ReviewSignal.objects.exists()
    assert QueueItem.objects.get().raised_hours == 0


def test_burst_is_told_of_those_that_came_before_it_was_one():
    product = ProductFactory()
    reviews = submitted_ago(product, 0.4, 0.3, 0.2, 0.1, 0)
    for review in reviews:
        open_item(kind=REVIEW, target_public_id=review.public_id)
        signals.check_review(review.pk)
    assert ReviewSignal.objects.filter(kind="burst").count() == 5
    assert QueueItem.objects.filter(raised_hours__gte=12).count() == 5


def test_edit_that_is_a_copy_is_raised_and_the_review_is_not():
    published(TEXT)
    author = UserFactory()
    review = published(ANOTHER, author=author)
    revision = services.propose_edit(
        review=review, author=author, content=review_content(pros=TEXT), answers={}
    )
    signals.check_revision(revision.pk)
    revision.refresh_from_db()
    assert revision.checked_at is not None
    item = QueueItem.objects.get(kind=REVISION)
    assert item.raised_hours == 24
    (shown,) = signals.signal_evidence(review, signals.texts_in(revision.content))
    assert "".join(piece.text for piece in shown.likenesses[0].mine) == TEXT


@pytest.mark.parametrize("check", [signals.check_review, signals.check_revision])
def test_checking_what_is_gone_does_nothing(check):
    check(2**40)
    assert not ReviewSignal.objects.exists()


# --- The sweep ------------------------------------------------------------------------------


def test_sweep_looks_at_what_a_lost_task_left():
    published(TEXT)
    copy = waiting(pros=TEXT, submitted_at=timezone.now() - DAY)
    fresh = waiting(pros=TEXT)
    revision = ReviewRevision.objects.create(
        review=ReviewFactory(),
        content={"pros": TEXT, "cons": ANOTHER},
        created_at=timezone.now() - DAY,
    )
    signals.check_left_over()
    assert set(ReviewSignal.objects.values_list("review", flat=True)) == {
        copy.pk,
        revision.review_id,
    }
    assert not TextFingerprint.objects.filter(review=fresh).exists()
    assert signals.fingerprint_left_over() == 1
    assert signals.fingerprint_left_over() == 0


def test_new_text_has_its_fingerprint_made_anew_and_a_vote_has_not():
    review = published(TEXT)
    before = review.fingerprint.bands
    services.vote_helpful(review=review, voter=confirm_email(UserFactory()))
    assert signals.fingerprint_left_over() == 0
    revision = services.propose_edit(
        review=review,
        author=review.author,
        content=replace(services.content_of(review), pros=ANOTHER),
        answers={},
    )
    services.approve_edit(revision=revision, moderator=UserFactory(is_staff=True))
    assert signals.fingerprint_left_over() == 1
    review.fingerprint.refresh_from_db()
    assert review.fingerprint.bands != before


def test_text_that_was_changed_while_it_was_read_has_no_fingerprint():
    review = published(TEXT)
    TextFingerprint.objects.all().delete()
    texts = with_answers([review])
    Review.objects.update(version=F("version") + 1)
    _keep_fingerprints(texts)
    assert not TextFingerprint.objects.exists()


def test_sweep_with_nothing_to_do_takes_a_query_for_each_kind(
    django_assert_num_queries,
):
    published(TEXT)
    with django_assert_num_queries(3):
        signals.check_left_over()
        assert signals.fingerprint_left_over() == 0


def test_fingerprints_come_in_batches_of_a_fixed_number_of_queries(
    django_assert_num_queries,
):
    ReviewFactory.create_batch(3)
    with django_assert_num_queries(7):
        assert signals.fingerprint_left_over() == 3


# --- The evidence ---------------------------------------------------------------------------


def test_marked_passages_cover_both_texts_and_mark_what_is_common():
    mine, theirs = marked_passages(TEXT, NEARLY)
    assert "".join(piece.text for piece in mine) == TEXT
    assert "".join(piece.text for piece in theirs) == NEARLY
    common = [piece.text for piece in mine if piece.is_common]
    assert common[0] == "We moved our month-end closing to it"
    assert common == [piece.text for piece in theirs if piece.is_common]


def test_evidence_sets_the_similar_texts_side_by_side(django_assert_num_queries):
    for _ in range(3):
        published(TEXT)
    copy = waiting(pros=TEXT)
    signals.check_review(copy.pk)
    with django_assert_num_queries(4):
        (shown,) = signals.signal_evidence(copy)
    assert (shown.label, shown.text) == ("Much like another text", "100% like another text")  # fmt: skip
    assert len(shown.likenesses) == 3
    likeness = shown.likenesses[0]
    assert (likeness.field, likeness.their_field) == ("What is good", "What is good")
    assert likeness.mine == likeness.theirs
    assert likeness.is_same_author is False


def test_evidence_outlives_no_erasure(django_user_model):
    first = published(TEXT)
    copy = waiting(pros=TEXT)
    signals.check_review(copy.pk)
    erase_reviews(first.author, keep_published=False)
    (shown,) = signals.signal_evidence(copy)
    assert "".join(piece.text for piece in shown.likenesses[0].theirs) == ""
    assert not TextFingerprint.objects.filter(review=first).exists()
    erase_reviews(copy.author, keep_published=False)
    assert not ReviewSignal.objects.exists()


def test_review_without_signals_takes_one_query(django_assert_num_queries):
    review = ReviewFactory()
    with django_assert_num_queries(1):
        assert signals.signal_evidence(review) == []

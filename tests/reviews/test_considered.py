import pytest

from products.models import ProductAlias
from products.services import merge_products
from reviews.cards import render_cards
from reviews.models import ConsideredProduct, Review, ReviewRevision
from reviews.services import (
    answers_of,
    approve_edit,
    considered_of,
    content_of,
    propose_edit,
    publish_review,
    say_moved_on,
    submit_review,
    withdraw_review,
)
from tests.factories import (
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    user = confirm_email(UserFactory())
    complete_profile(user)
    WorkEmailFactory(user=user)
    return user


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


@pytest.fixture
def product():
    return ProductFactory(slug="ledger", name="Ledger")


@pytest.fixture
def others():
    return [ProductFactory(slug=slug, name=slug.title()) for slug in ("abacus", "tally", "quill")]  # fmt: skip


def submitted(author, product, **considered):
    return submit_review(
        author=author,
        product=product,
        content=review_content(),
        answers={},
        considered=considered,
    )


def edit(review, **considered):
    return propose_edit(
        review=review,
        author=review.author,
        content=content_of(review),
        answers=answers_of(review),
        considered=considered,
    )


def named(review) -> set[tuple[str, str]]:
    return set(review.considered.values_list("kind", "product__slug"))


# --- Through the life of a review -----------------------------------------------------------


def test_statements_go_with_the_review_from_submission_to_publication(
    author, moderator, product, others
):
    review = submitted(
        author, product, compared=["tally", "abacus"], switched_from=["quill"]
    )

    assert considered_of(review) == {
        "compared": ["tally", "abacus"],
        "switched_from": ["quill"],
    }
    publish_review(review=review, moderator=moderator)
    assert considered_of(review) == {
        "compared": ["tally", "abacus"],
        "switched_from": ["quill"],
    }


def test_statements_of_a_review_that_waits_are_replaced_in_place(
    author, product, others
):
    review = submitted(author, product, compared=["tally"], switched_from=["quill"])

    edit(review, compared=["abacus"], switched_from=[])

    assert named(review) == {("compared", "abacus")}


def test_statements_of_a_published_review_change_with_the_approved_edit(
    author, moderator, product, others
):
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)

    revision = edit(review, compared=["abacus"], switched_from=["quill"])
    assert named(review) == {("compared", "tally")}
    approve_edit(revision=revision, moderator=moderator)

    assert named(review) == {("compared", "abacus"), ("switched_from", "quill")}
    revision.refresh_from_db()
    assert revision.replaced["considered"] == {
        "compared": ["tally"],
        "switched_from": [],
    }


def test_an_edit_that_says_nothing_of_other_products_leaves_them(
    author, moderator, product, others
):
    """As the edits that waited before they could be named."""
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)
    revision = propose_edit(
        review=review, author=author, content=content_of(review), answers={}
    )

    approve_edit(revision=revision, moderator=moderator)

    assert "considered" not in ReviewRevision.objects.get().content
    assert named(review) == {("compared", "tally")}


def test_an_edit_leaves_what_its_author_moved_on_to(author, moderator, product, others):
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)
    say_moved_on(review=review, product=others[2])

    approve_edit(revision=edit(review, compared=[]), moderator=moderator)

    assert named(review) == {("switched_to", "quill")}


def test_the_reviewed_product_itself_and_what_is_gone_are_left_out(
    author, product, others
):
    review = submitted(author, product, compared=["ledger", "gone", "tally", "tally"])

    assert named(review) == {("compared", "tally")}


def test_more_than_the_form_asks_for_is_cut_off(author, product):
    slugs = [ProductFactory(slug=f"other-{n}").slug for n in range(7)]

    review = submitted(author, product, compared=slugs, switched_from=slugs)

    assert considered_of(review) == {
        "compared": slugs[:5],
        "switched_from": slugs[:1],
    }


def test_a_renamed_product_is_found_by_its_old_address(author, product, others):
    ProductAlias.objects.create(product=others[0], slug="counting-frame")

    review = submitted(author, product, compared=["counting-frame", "abacus"])

    assert named(review) == {("compared", "abacus")}


def test_statements_follow_a_product_that_is_merged(author, product, others):
    abacus, tally, _ = others
    review = submitted(author, product, compared=["abacus", "tally"])
    other = ReviewFactory(product=abacus)
    ConsideredProduct.objects.create(review=other, product=tally, kind="compared")
    alone = ReviewFactory()
    ConsideredProduct.objects.create(review=alone, product=tally, kind="switched_to")

    merge_products(kept=abacus, merged=tally)

    assert named(review) == {("compared", "abacus")}
    # A review of Abacus that compared it with itself would make no sense.
    assert named(other) == set()
    assert named(alone) == {("switched_to", "abacus")}


# --- Moved on -------------------------------------------------------------------------------


def test_moving_on_is_said_once_and_the_last_word_counts(others):
    review = ReviewFactory()
    abacus, tally, _ = others

    say_moved_on(review=review, product=abacus)
    say_moved_on(review=review, product=abacus)
    review.refresh_from_db()
    assert (named(review), review.version) == ({("switched_to", "abacus")}, 2)

    say_moved_on(review=review, product=tally)
    assert named(review) == {("switched_to", "tally")}

    say_moved_on(review=review, product=None)
    review.refresh_from_db()
    assert (named(review), review.version) == (set(), 4)


def test_nobody_moves_on_to_the_product_itself():
    review = ReviewFactory()

    say_moved_on(review=review, product=review.product)

    review.refresh_from_db()
    assert (named(review), review.version) == (set(), 1)


# --- On the card ----------------------------------------------------------------------------


def card_of(review: Review) -> str:
    return " ".join(render_cards([review.pk])[review.pk].split())


def test_card_names_them_with_links(others):
    review = ReviewFactory()
    for product, kind in zip(others, ("compared", "compared", "switched_from"), strict=True):  # fmt: skip
        ConsideredProduct.objects.create(review=review, product=product, kind=kind)
    say_moved_on(review=review, product=ProductFactory(slug="sum", name="<Sum> & Co"))

    assert (
        '<p class="review-considered">Compared with <a href="/products/abacus/">Abacus</a> and '
        '<a href="/products/tally/">Tally</a> · used <a href="/products/quill/">Quill</a> before · '
        'moved on to <a href="/products/sum/">&lt;Sum&gt; &amp; Co</a></p>'
    ) in card_of(review)


def test_card_of_three_reads_as_a_sentence(others):
    review = ReviewFactory()
    for product in others:
        ConsideredProduct.objects.create(
            review=review, product=product, kind="compared"
        )

    text = card_of(review)
    assert '>Abacus</a>, <a href="/products/tally/">Tally</a> and <a ' in text


def test_card_without_them_says_nothing(others):
    review = ReviewFactory()
    others[0].status = "hidden"
    others[0].save()
    ConsideredProduct.objects.create(review=review, product=others[0], kind="compared")

    assert "review-considered" not in card_of(review)


def test_cards_take_no_query_more_for_them(others, django_assert_num_queries):
    reviews = [ReviewFactory() for _ in range(3)]
    for review in reviews:
        say_moved_on(review=review, product=others[0])

    with django_assert_num_queries(1):
        render_cards([reviews[0].pk])
    with django_assert_num_queries(1):
        render_cards([review.pk for review in reviews])


# --- What is kept of them -------------------------------------------------------------------


def test_withdrawn_review_keeps_them_out_of_sight(author, moderator, product, others):
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)

    withdraw_review(review=review, author=author)

    assert render_cards([review.pk]) == {}

"""What stands in the weekly e-mail."""

import datetime

import pytest
from django.utils import timezone

from following import services
from following.models import Follow
from following.news import MOST_PRODUCTS, news
from notifications.models import OutgoingEmail
from products.models import Product
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    VendorFactory,
    add_members,
)
from tests.following.keeping import ago, follows, subscribe
from tests.messaging.people import member
from tests.products.ratings import rate

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def of(reader, days: float = 7):
    return news({reader.pk: ago(days)}, timezone.now())[reader.pk]


def sent_to(reader) -> OutgoingEmail:
    subscribe(reader)
    assert services.send_digests() == 1
    return OutgoingEmail.objects.get(kind="digest", recipient=reader)


@pytest.fixture
def ledger():
    vendor = VendorFactory(name="Books Inc", slug="books")
    category = CategoryFactory(name="Accounting", slug="accounting")
    return ProductFactory(
        name="Ledger", slug="ledger", vendor=vendor, category=category, created_at=ago(90)
    )  # fmt: skip


def test_new_reviews_of_a_product_are_quoted_the_newest_first(owner, ledger):
    follows(owner, ledger)
    for number in range(5):
        ReviewFactory(product=ledger, headline=f"Number {number}", published_at=ago(number + 0.5))  # fmt: skip
    ReviewFactory(product=ledger, published_at=ago(8))
    ReviewFactory(published_at=ago(1))
    (found,) = of(owner).products
    assert [quote.headline for quote in found.quotes] == ["Number 0", "Number 1"]
    assert (found.count, found.more) == (5, 3)


@pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn", "removed"])
def test_only_what_is_published_is_news(owner, ledger, status):
    follows(owner, ledger)
    ReviewFactory(product=ledger, status=status, published_at=ago(1))
    assert not of(owner)


def test_a_hidden_product_is_no_news(owner, ledger):
    for target in (ledger, ledger.vendor, ledger.categories.get()):
        follows(owner, target)
    ReviewFactory(product=ledger, published_at=ago(1))
    rate(ledger, 3.0)
    Product.objects.update(status="hidden", created_at=ago(1))
    assert not of(owner)


def test_each_reader_has_a_period_of_their_own(owner, other, ledger):
    follows(owner, ledger), follows(other, ledger)
    ReviewFactory(product=ledger, published_at=ago(2))
    ReviewFactory(product=ledger, published_at=ago(5))
    found = news({owner.pk: ago(7), other.pk: ago(3)}, timezone.now())
    assert found[owner.pk].review_count == 2
    assert found[other.pk].review_count == 1


def test_nobody_reads_of_what_another_follows(owner, other, ledger):
    follows(other, ledger)
    ReviewFactory(product=ledger, published_at=ago(1))
    found = news({owner.pk: ago(7), other.pk: ago(7)}, timezone.now())
    assert (bool(found[owner.pk]), bool(found[other.pk])) == (False, True)


def test_a_score_is_news_beyond_its_interval_and_told_once(owner, ledger):
    rate(ledger, 4.0, half_width=0.2)
    follow = follows(owner, ledger, seen_score=4.15)
    assert not of(owner)
    Follow.objects.update(seen_score=4.3)
    move = of(owner).products[0].move
    assert (move.before, move.score, move.low, move.high) == (4.3, 4.0, 3.8, 4.2)
    mail = sent_to(owner)
    assert mail.subject == "Your week: 1 score moved"
    assert "Score 4.0 (3.8 to 4.2), 4.3 when you last heard of it." in mail.text
    follow.refresh_from_db()
    assert follow.seen_score == 4.0
    assert not of(owner)


def test_a_first_score_is_news(owner, ledger):
    follow = follows(owner, ledger)
    rating = rate(ledger, None, count=2)
    assert not of(owner)
    rating.delete()
    rate(ledger, 3.9)
    assert "Score 3.9 (3.7 to 4.1), its first." in sent_to(owner).text
    follow.refresh_from_db()
    assert follow.seen_score == 3.9


def test_new_products_of_a_category_and_below_it_are_named(owner, ledger):
    top = ledger.categories.get()
    below = CategoryFactory(name="Invoices", slug="invoices", parent=top)
    follows(owner, top)
    for number in range(7):
        ProductFactory(name=f"New {number}", slug=f"new-{number}", category=below, created_at=ago(6 - number / 2))  # fmt: skip
    ProductFactory(category=CategoryFactory(), created_at=ago(1))
    (place,) = of(owner).places
    assert place.name == "Accounting"
    assert [each.name for each in place.products] == [f"New {n}" for n in (6, 5, 4, 3, 2)]  # fmt: skip
    assert (place.count, place.more) == (7, "2 more")
    assert of(owner).products == []


def test_a_vendor_brings_its_new_products_and_the_reviews_of_all(owner, ledger):
    follows(owner, ledger.vendor)
    follows(owner, ledger.categories.get())
    ReviewFactory(product=ledger, headline="By a customer", published_at=ago(1))
    new = ProductFactory(name="Newest", vendor=ledger.vendor, category=ledger.categories.get())  # fmt: skip
    Product.objects.filter(pk=new.pk).update(created_at=ago(1))
    found = of(owner)
    assert [each.name for each in found.products] == ["Ledger"]
    assert [place.name for place in found.places] == ["Accounting", "Books Inc"]
    # The same product in two places is one.
    assert found.new_product_count == 1


def test_many_products_are_cut_with_the_rest_counted(owner):
    for number in range(MOST_PRODUCTS + 3):
        product = ProductFactory(name=f"P{number}")
        follows(owner, product)
        ReviewFactory(product=product, published_at=ago(1))
    found = of(owner)
    assert (len(found.products), found.more_products) == (MOST_PRODUCTS, 3)
    assert found.review_count == MOST_PRODUCTS + 3
    mail = sent_to(owner)
    assert mail.subject == f"Your week: {MOST_PRODUCTS + 3} new reviews"
    assert "3 more products" in mail.text
    assert "3 more products" in mail.html


def test_a_score_that_was_cut_off_is_told_another_time(owner):
    for number in range(MOST_PRODUCTS + 1):
        product = ProductFactory(name=f"P{number}")
        rate(product, 3.0)
        follows(owner, product, seen_score=4.0)
    assert len(of(owner).told) == MOST_PRODUCTS
    sent_to(owner)
    assert Follow.objects.filter(seen_score=4.0).count() == 1


# --- What it may say ------------------------------------------------------------------------


def test_an_anonymous_author_is_a_public_persona_alone(owner, ledger):
    follows(owner, ledger)
    author = member(email="author.canary@author-canary.example")
    add_members(5, country="MT")
    ReviewFactory(
        product=ledger,
        author=author,
        is_anonymous=True,
        display_name="Canary Displayname",
        hidden_facets=["country", "industry"],
        published_at=ago(1),
    )
    mail = sent_to(owner)
    assert "4 of 5 stars, IT · one level below C · 201–1,000 employees\n" in mail.text
    for text in (mail.text, mail.html, mail.subject):
        for hidden in ("anary", "Healthcare", "Germany", str(author.public_id)):
            assert hidden not in text


def test_who_signs_with_a_name_is_named(owner, ledger):
    follows(owner, ledger)
    ReviewFactory(product=ledger, is_anonymous=False, display_name="Ann Named", published_at=ago(1))  # fmt: skip
    assert "Ann Named · IT" in sent_to(owner).text


def test_a_hostile_headline_is_text_and_out_of_the_subject(owner, ledger):
    follows(owner, ledger)
    hostile = "Get it:\nhttp://testserver/x <a href='//evil.example'>"
    ReviewFactory(product=ledger, headline=hostile, published_at=ago(1))
    mail = sent_to(owner)
    assert mail.subject == "Your week: 1 new review"
    assert "“Get it: http://testserver/x <a href='//evil.example'>”" in mail.text
    assert "&lt;a href=" in mail.html
    assert 'href="//evil' not in mail.html
    assert "<a href='//evil" not in mail.html


def test_shortlists_and_messages_never_stand_in_it(owner, ledger):
    follows(owner, ledger)
    review = ReviewFactory(product=ledger, published_at=ago(1))
    mail = sent_to(owner)
    assert mail.about == {"reviews": [str(review.public_id)]}
    for word in ("shortlist", "message", "/messages/"):
        assert word not in mail.text.lower()


def test_what_is_not_settled_waits_for_the_next_digest(owner, ledger):
    follows(owner, ledger)
    subscribe(owner)
    ReviewFactory(product=ledger, published_at=timezone.now() - HOUR / 2)
    assert services.send_digests() == 0
    subscription = owner.weekly_digest
    subscription.refresh_from_db()
    assert subscription.covered_until < timezone.now() - HOUR / 2


# --- Queries --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_portion_takes_the_same_queries_for_one_and_for_three(
    ledger, django_assert_num_queries, count
):
    for _ in range(count):
        reader = member()
        subscribe(reader)
        for target in (ledger, ledger.vendor, ledger.categories.get()):
            follows(reader, target)
    for _ in range(count):
        ReviewFactory(product=ledger, published_at=ago(1))
        ProductFactory(vendor=ledger.vendor, category=ledger.categories.get(), created_at=ago(1))  # fmt: skip
    rate(ledger, 4.0)
    # Who is due, the move, follows, products, their reviews and the quoted ones, categories, new products of categories and of
    # vendors, scores, names of products and of vendors, the e-mails and which are new, the scores that were told;
    # and two savepoints with their ends, but for the categories, which are cached.
    with django_assert_num_queries(17):
        assert services.digest.send_portion(timezone.now()) == (count, count)

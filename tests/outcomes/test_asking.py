import pytest
from django.conf import settings

from notifications.models import OutgoingEmail
from notifications.permissions import choices_of
from notifications.services import set_preferences
from outcomes import services
from outcomes.models import CheckIn
from outcomes.permissions import Refusal
from outcomes.services import asking
from outcomes.timers import ask_authors
from products.models import Vendor
from reviews.models import Review
from reviews.services import ask_for_emails, offers_to
from tests.factories import (
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
)
from tests.outcomes.customers import ago, answered, customer, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory(name="Grafana")


def months() -> list[int]:
    return sorted(CheckIn.objects.values_list("month", flat=True))


def test_nobody_is_asked_who_did_not_ask_for_it(product):
    review_of(product, customer(asks=False))

    assert services.ask_authors() == 0
    assert choices_of(UserFactory().pk)["check_in"] is False


@pytest.mark.parametrize(
    ("days", "month"),
    [(182, None), (184, 6), (242, 6), (244, None), (364, None), (366, 12), (426, None), (731, 24), (791, None)],
)  # fmt: skip
def test_author_is_asked_in_the_60_days_after_each_month(product, days, month):
    review_of(product, days=days)

    assert services.ask_authors() == (1 if month else 0)
    assert months() == ([month] if month else [])


def test_author_is_asked_once(product):
    review = review_of(product, days=200)

    assert [services.ask_authors(), services.ask_authors()] == [1, 0]
    mail = OutgoingEmail.objects.get()
    assert (mail.kind, mail.recipient) == ("check_in", review.author)
    assert mail.subject == "Do you still use Grafana?"
    assert "?still=yes" in mail.text and "?still=no" in mail.text
    assert "unsubscribe" in mail.text


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "withdrawn"},
        {"status": "removed"},
        {"relationship": "partner"},
        {"relationship": "consultant"},
    ],
)
def test_no_question_about_what_is_not_a_public_review_by_a_customer(product, changes):
    review_of(product, **changes)

    assert services.ask_authors() == 0


def test_no_question_after_it_was_switched_off(product):
    review = review_of(product)
    set_preferences(user=review.author, enabled={"check_in": False})

    assert services.ask_authors() == 0


def test_no_question_without_an_author_or_to_one_who_is_shut_out(product):
    ReviewFactory(product=product, author=None, published_at=ago(200))
    shut_out = customer()
    shut_out.is_active = False
    shut_out.save()
    review_of(product, shut_out)

    assert services.ask_authors() == 0


def test_no_question_to_whom_speaks_for_the_vendor_by_now(product):
    review = review_of(product)
    VendorRepresentativeFactory(vendor=product.vendor, user=review.author)

    assert services.ask_authors() == 0
    assert not CheckIn.objects.exists()


def test_who_has_left_is_not_asked_again(product):
    gone, there = review_of(product, days=370), review_of(product, days=370)
    answered(gone, 6, still_using=False)
    answered(there, 6)

    assert services.ask_authors() == 1
    assert list(there.check_ins.order_by("month").values_list("month", flat=True)) == [
        6,
        12,
    ]


def test_who_answered_by_themselves_is_not_asked(product):
    answered(review_of(product, days=200), 6, days=1)

    assert services.ask_authors() == 0


def test_a_portion_a_day_the_oldest_first(product, monkeypatch):
    reviews = [review_of(product, days=days) for days in (200, 220, 190)]
    monkeypatch.setattr(asking, "MOST_A_DAY", 2)

    assert services.ask_authors() == 2
    assert set(CheckIn.objects.values_list("review", flat=True)) == {
        reviews[0].pk,
        reviews[1].pk,
    }
    assert services.ask_authors() == 1


def test_an_email_about_a_review_that_left_is_not_sent(product):
    review = review_of(product)
    services.ask_authors()
    mail = OutgoingEmail.objects.get()
    kind = services.asking.emails.CHECK_IN
    assert kind.still_wanted(mail) is None

    Review.objects.filter(pk=review.pk).update(status="withdrawn")
    assert kind.still_wanted(mail) == Refusal.NOT_PUBLIC.label
    Review.objects.filter(pk=review.pk).update(
        status="published", relationship="partner"
    )
    assert kind.still_wanted(mail) == Refusal.NOT_CUSTOMER.label
    Review.objects.filter(pk=review.pk).update(
        relationship="customer", published_at=ago(300)
    )
    CheckIn.objects.update(asked_at=ago(61))
    assert kind.still_wanted(mail) == Refusal.NOT_NOW.label
    CheckIn.objects.update(answered_at=ago(0), still_using=True)
    assert kind.still_wanted(mail) == "It was answered already."
    CheckIn.objects.all().delete()
    assert kind.still_wanted(mail) == "Nobody is left to answer it."


def test_an_email_to_whom_works_for_the_vendor_by_now_is_not_sent(product):
    review = review_of(product)
    services.ask_authors()
    domain = review.author.work_emails.get().domain
    Vendor.objects.filter(pk=product.vendor_id).update(email_domains=[domain])

    kind = services.asking.emails.CHECK_IN
    assert kind.still_wanted(OutgoingEmail.objects.get()) == Refusal.CONFLICT.label


@pytest.mark.parametrize(("is_customer", "offered"), [(True, True), (False, False)])
def test_the_review_form_offers_it_to_customers_who_do_not_get_it_yet(
    is_customer, offered
):
    author = UserFactory()
    offers = offers_to(author, is_customer=is_customer)
    assert ("check_in" in [offer.kind.name for offer in offers]) is offered

    ask_for_emails(author=author, kinds=["check_in"])
    assert choices_of(author.pk)["check_in"] is True
    assert "check_in" not in [o.kind.name for o in offers_to(author, is_customer=True)]


def test_beat_asks_daily():
    entry = settings.CELERY_BEAT_SCHEDULE["ask-authors-whether-they-stayed"]
    assert entry == {"task": ask_authors.name, "schedule": 86_400.0}
    assert ask_authors() is None


@pytest.mark.parametrize("count", [1, 3])
def test_asking_takes_a_fixed_number_of_queries_for_each(
    product, count, django_assert_num_queries
):
    for _ in range(count):
        review_of(product)
    # For each month one look. For each author: begin and end, whom they work for (two), the row and
    # whether it is ours, the e-mail and whether it is ours.
    with django_assert_num_queries(3 + 8 * count):
        services.ask_authors()

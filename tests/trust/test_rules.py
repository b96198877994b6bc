"""Rules of the trade that belong to no single part of the site (docs/trust.md)."""

import datetime
import re

import pytest
from django.apps import apps

from moderation.models import Decision, QueueItem, ReasonCode
from notifications import kinds
from notifications.delivery import as_message
from notifications.models import OutgoingEmail
from reviews import services
from reviews.models import Review
from reviews.ratings import recompute_all_ratings
from reviews.services import ReviewContent
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db
PAYMENT = re.compile(r"paid|payment|sponsor|promot|premium|billing|subscri(?!ption_)|boost|featured|invoice", re.IGNORECASE)  # fmt: skip
# What a vendor charges for its product is a fact about the product; nobody pays the site.
ABOUT_PRODUCTS = {"products.product.pricing_model"}


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def sent_in(product, **changes: object) -> Review:
    author = confirm_email(UserFactory())
    complete_profile(author)
    WorkEmailFactory(user=author)
    content: ReviewContent = review_content(**changes)
    return services.submit_review(
        author=author, product=product, content=content, answers={}
    )


# --- 4: good and bad go the same way ----------------------------------------------------------


def test_good_and_bad_reviews_wait_alike(moderator):
    product = ProductFactory()
    bad, good = sent_in(product, half_stars=1), sent_in(product, half_stars=10)
    items = {
        item.target_public_id: item for item in QueueItem.objects.filter(kind="review")
    }

    for review in (bad, good):
        item = items[review.public_id]
        assert item.opened_at == item.sort_at == review.submitted_at
        assert item.raised_hours == 0
    waits = [items[r.public_id].due_at - r.submitted_at for r in (bad, good)]
    assert abs(waits[0] - waits[1]) < datetime.timedelta(seconds=1)
    # Oldest first, whatever it says.
    ordered = QueueItem.objects.waiting().in_order()
    assert [i.target_public_id for i in ordered] == [bad.public_id, good.public_id]


def test_good_and_bad_reviews_get_the_same_emails_and_keep_every_letter(moderator):
    product = ProductFactory()
    words = {"pros": "  Kept   as it is, <even> this. " * 3, "cons": "Ça, ﬁne — «so». " * 5}  # fmt: skip
    mails = {}
    for half_stars in (1, 10):
        review = sent_in(product, half_stars=half_stars, **words)
        services.publish_review(review=review, moderator=moderator)
        review.refresh_from_db()
        assert (review.pros, review.cons) == (words["pros"], words["cons"])
        ours = OutgoingEmail.objects.filter(recipient=review.author).order_by("id")
        mails[half_stars] = [
            (m.kind, m.subject, m.text.replace(str(review.public_id), "…"))
            for m in ours
        ]

    assert without_ids(mails[1]) == without_ids(mails[10])
    assert len(mails[1]) == 2


def without_ids(mails: list[tuple[str, ...]]) -> str:
    return re.sub(r"[0-9a-f-]{36}", "…", repr(mails))


def test_refusals_of_good_and_bad_reviews_read_alike(moderator):
    product, texts = ProductFactory(), []
    for half_stars in (1, 10):
        review = sent_in(product, half_stars=half_stars)
        services.reject_review(
            review=review,
            moderator=moderator,
            reason_code=ReasonCode.NOT_PERSONAL,
            statement="It tells what others said.",
        )
        mails = OutgoingEmail.objects.filter(recipient=review.author, kind__contains="reject")  # fmt: skip
        texts.append(without_ids([mails.get().text]))

    assert texts[0] == texts[1]


def test_reviews_stand_newest_first_whatever_their_stars(client):
    product = ProductFactory(slug="ledger")
    now = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    for number, stars in enumerate((10, 1, 9, 2)):
        ReviewFactory(
            product=product,
            half_stars=stars,
            headline=f"Number {number}",
            published_at=now + datetime.timedelta(days=number),
            last_used_on=(now - datetime.timedelta(days=31)).date(),
        )

    page = client.get("/products/ledger/").content.decode()
    assert re.findall(r"Number \d(?=</a>)", page) == [f"Number {n}" for n in (3, 2, 1, 0)]  # fmt: skip
    assert page.count("Last used in") == page.count("published on") == 4


# --- 7 and 13: method and deadline are published; nobody can pay --------------------------------


def test_the_method_and_one_deadline_are_published(client):
    ratings = client.get("/about/ratings/").content.decode()
    guidelines = client.get("/about/guidelines/").content.decode()
    for words in ("365", "verif", "weight", "interval"):
        assert words in ratings.lower()
    assert re.search(r"(three|3) working days", ratings + guidelines)


def test_no_table_has_a_column_for_money_that_anybody_pays():
    names = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in {"accounts", "messaging", "moderation", "notifications", "products", "reviews"}
        for field in model._meta.get_fields()
    }  # fmt: skip
    found = {name for name in names if PAYMENT.search(name.rpartition(".")[2])}
    assert found - ABOUT_PRODUCTS == set()
    assert len(names) > 200


def test_the_ranking_asks_for_nothing_but_the_score(client):
    category = CategoryFactory(slug="books")
    for name, stars in (("Worse", 4), ("Better", 10), ("Middling", 7)):
        product = ProductFactory(name=name, slug=name.lower(), category=category)
        for _ in range(8):
            ReviewFactory(product=product, half_stars=stars)
    recompute_all_ratings()

    page = client.get("/categories/books/").content.decode()
    assert page.index("Better") < page.index("Middling") < page.index("Worse")
    assert "/about/ratings/" in page


# --- 9: no reward may depend on the rating ------------------------------------------------------


def test_a_reward_is_labelled_whatever_the_stars(client):
    for stars in (1, 10):
        review = ReviewFactory(
            half_stars=stars,
            incentive="gift",
            incentive_detail="a voucher of 25 euros",
            rewarded_by="vendor",
        )
        page = client.get(f"/reviews/{review.public_id}/").content.decode()
        assert "a voucher of 25 euros" in page


# --- 17: e-mail by kind -------------------------------------------------------------------------


# Somebody who asked, or published a review that takes questions, waits for exactly these.
OF_A_CONVERSATION = {
    "message_request",
    "message_accepted",
    "message_new",
    "contact_offered",
    "contact_shared",
    "call_proposed",
    "call_accepted",
    "call_cancelled",
    "call_declined",
    "call_reminder",
}


def test_no_optional_kind_of_email_is_on_before_somebody_takes_part():
    on = {kind.name for kind in kinds.optional() if kind.on_by_default}
    assert on == OF_A_CONVERSATION


def test_each_optional_email_can_be_switched_off_with_one_click():
    member = UserFactory()
    for kind in kinds.optional():
        mail = OutgoingEmail(recipient=member, address=member.email, kind=kind.name)
        headers = as_message(mail).extra_headers
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["List-Unsubscribe"].startswith("<http")
    account = OutgoingEmail(recipient=member, address=member.email, kind="system")
    assert "List-Unsubscribe" not in as_message(account).extra_headers


# --- 20: no third party -------------------------------------------------------------------------


def test_the_policy_of_each_public_page_names_no_other_host(client):
    ReviewFactory(product=ProductFactory(slug="ledger"))
    for path in ("/", "/products/", "/products/ledger/", "/transparency/", "/about/ratings/"):  # fmt: skip
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src" in policy
        assert not re.search(r"https?:|//|\*", policy), path


def test_every_decision_is_a_line_of_the_log_by_a_person(moderator):
    review = sent_in(ProductFactory())
    services.publish_review(review=review, moderator=moderator)
    line = Decision.objects.get(target_public_id=review.public_id)
    assert (line.is_automated, line.moderator) == (False, moderator)

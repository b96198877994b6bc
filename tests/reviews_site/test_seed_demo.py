"""The demo's rows in the database."""

import datetime
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import is_password_usable
from django.db import transaction
from django.db.models import Count, F

from accounts.models import Profile, User, WorkEmail
from messaging.models import Conversation, Message, Participant
from messaging.permissions import can_message
from moderation.models import Decision
from moderation.permissions import can_moderate
from products.models import Product, VendorRepresentative
from reviews.models import Answer, ProductRating, Question, Review
from reviews.permissions import review_refusal
from reviews.ratings import check_ratings
from reviews_site.seed import demo
from reviews_site.seed.members import DEMO_MEMBERS
from tests.factories import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)
CATEGORIES = ("Databases", "Monitoring and observability", "Team collaboration", "Identity and access")  # fmt: skip


def make_catalogue() -> None:
    for number, name in enumerate(CATEGORIES):
        category = CategoryFactory(name=name)
        for each in range(8):
            ProductFactory(
                category=category,
                deployment=["saas"] if each % 2 else ["self_hosted"],
                is_open_source=bool(each % 2),
                slug=f"seeded-{number}-{each}",
                name=f"Seeded {number}-{each}",
            )


@pytest.fixture(scope="module")
def report(django_db_setup, django_db_blocker) -> Iterator[demo.DemoReport]:
    """Seeded once for all tests that only look; each of them rolls back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_catalogue()
        yield seed()
        transaction.set_rollback(True)


def seed(reviews: int = 260) -> demo.DemoReport:
    return demo.seed(
        seed=2026, today=TODAY, progress=lambda *step: None, reviews=reviews
    )


def member(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.example")


# --- What is there --------------------------------------------------------------------------


def test_seed_reports_what_it_stored(report):
    assert report.reviews == Review.objects.count() == 260 + 2 + 12
    assert report.answers == Answer.objects.count() > report.reviews
    assert report.members == User.objects.count()
    assert report.conversations == Conversation.objects.count()
    assert User.objects.filter(is_demo=False).count() == 0


def test_published_reviews_are_verified_and_dated(report):
    for review in Review.objects.published().prefetch_related("verifications"):
        (verification,) = review.verifications.all()
        assert verification.status == "passed"
        assert verification.method == review.verification_method
        assert review.published_at.date() <= TODAY


def test_pending_reviews_wait_for_the_moderator(report):
    pending = Review.objects.filter(status="pending")
    assert pending.count() == 12
    assert pending.filter(published_at=None).count() == 12


def test_anonymous_reviews_carry_no_name(report):
    assert set(
        Review.objects.filter(is_anonymous=True).values_list("display_name", flat=True)
    ) == {""}
    assert not Review.objects.filter(is_anonymous=False, display_name="").exists()


def test_ratings_are_what_the_reviews_say(report):
    report = check_ratings(list(Product.objects.values_list("pk", flat=True)))
    assert (report.checked, report.differences) == (32, [])
    rated = ProductRating.objects.filter(count__gt=0)
    assert sum(rated.values_list("count", flat=True)) == Review.objects.published().count()  # fmt: skip


def test_answers_belong_to_known_questions(report):
    answered = Question.objects.annotate(n=Count("answers")).filter(n__gt=0)
    assert answered.count() >= 12


# --- The named members ----------------------------------------------------------------------


def test_named_members_can_log_in(report):
    for known in DEMO_MEMBERS:
        user = User.objects.get(email=known.email)
        assert user.check_password(known.password)
        address = EmailAddress.objects.get(user=user)
        assert (address.verified, address.primary) == (True, True)
        assert Profile.objects.get(user=user).country


def test_other_demo_members_cannot_log_in(report):
    names = [known.email for known in DEMO_MEMBERS]
    others = User.objects.exclude(email__in=names)
    assert not any(is_password_usable(p) for p in others.values_list("password", flat=True).distinct())  # fmt: skip


def test_buyer_may_review_the_most_reviewed_product(report):
    popular = ProductRating.objects.order_by("-count").first().product
    assert review_refusal(member("buyer"), popular) is None


def test_buyer_may_ask_a_reviewer(report):
    review = (
        Review.objects.published()
        .filter(author__profile__accepts_messages="everyone", conversations=None)
        .exclude(author=member("reviewer"))
        .first()
    )
    assert can_message(member("buyer"), review) is None


def test_reviewer_has_two_reviews_with_decisions(report):
    reviews = Review.objects.published().filter(author=member("reviewer"))
    assert reviews.count() == 2
    decided = set(Decision.objects.values_list("target_public_id", flat=True))
    assert decided == set(reviews.values_list("public_id", flat=True))


def test_reviewer_and_buyer_have_an_open_conversation(report):
    conversation = Conversation.objects.get(
        buyer=member("buyer"), review__author=member("reviewer")
    )
    assert conversation.state == "open"
    assert conversation.messages.count() == 5
    unread = dict(conversation.participants.values_list("role", "unread_count"))
    assert unread == {"buyer": 1, "reviewer": 0}


def test_representative_speaks_for_a_reviewed_vendor(report):
    represents = VendorRepresentative.objects.current().get(
        user=member("representative")
    )
    assert Review.objects.filter(product__vendor=represents.vendor).exists()


def test_moderator_may_moderate_without_being_superuser(report):
    moderator = member("moderator")
    assert can_moderate(moderator)
    assert not moderator.is_superuser
    assert moderator.get_all_permissions() == set()


# --- Conversations --------------------------------------------------------------------------


def test_conversations_come_in_every_state(report):
    states = set(Conversation.objects.values_list("state", flat=True))
    assert states == {"requested", "open", "declined", "closed"}
    assert Conversation.objects.filter(buyer=F("review__author")).count() == 0


def test_unread_counts_are_messages_of_the_other_side(report):
    for side in Participant.objects.select_related("conversation"):
        later = Message.objects.filter(conversation=side.conversation).exclude(
            sender_role=side.role
        )
        if side.last_read_at:
            later = later.filter(created_at__gt=side.last_read_at)
        if side.conversation.state in ("requested", "open"):
            assert side.unread_count == later.count()


def test_requests_have_one_message(report):
    waiting = Conversation.objects.filter(state="requested").annotate(
        n=Count("messages")
    )
    assert set(waiting.values_list("n", flat=True)) == {1}


def test_work_emails_stand_for_many_organisations(report):
    assert WorkEmail.objects.current().values("domain").distinct().count() >= 60

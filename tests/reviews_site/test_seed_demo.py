"""The demo's rows in the database."""

import datetime
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import is_password_usable
from django.db import connection, transaction
from django.db.models import Count, F, Q

from accounts.models import Profile, User, WorkEmail
from following.permissions import gets_digest
from messaging.models import Conversation, Message, MessageDraft, Participant
from messaging.permissions import can_message
from moderation import desk as desks
from moderation.models import Appeal, Decision, QueueItem
from moderation.permissions import can_moderate
from moderation.verification import verify_log
from products.models import Product, VendorRepresentative
from products.services import refresh_category_counts
from reviews.models import (
    Answer,
    Comment,
    Dispute,
    ProductRating,
    Question,
    Review,
    VendorResponse,
)
from reviews.permissions import review_refusal
from reviews.ratings import check_ratings
from reviews_site.integrity import CHECKS
from reviews_site.lib.integrity import Check, run
from reviews_site.seed import demo
from reviews_site.seed.members import DEMO_MEMBERS
from tests.factories import CategoryFactory, ProductFactory
from tests.reviews_site.planted import PLANTS

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
    refresh_category_counts()


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
    refused = Review.objects.filter(status__in=["rejected", "removed"]).count()
    assert (
        report.reviews == Review.objects.count() == 260 + 3 + 12 + 5 + 2 + refused + 1
    )
    assert refused == 5
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
    assert pending.filter(published_at=None).count() == pending.count() == 19
    waiting = QueueItem.objects.waiting().filter(kind="review")
    assert set(waiting.values_list("target_public_id", "opened_at")) == set(
        pending.values_list("public_id", "submitted_at")
    )


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


def test_buyer_has_a_shortlist_and_gets_the_weekly_email(report):
    buyer = member("buyer")
    notes = buyer.shortlists.get().items.order_by("added_at").values_list("note", flat=True)  # fmt: skip
    assert [bool(note) for note in notes] == [True, True, True, False]
    followed = buyer.follows.aggregate(Count("product"), Count("category"), Count("vendor"))  # fmt: skip
    assert list(followed.values()) == [4, 1, 1]
    assert gets_digest(buyer)
    assert "1 score moved" in buyer.outgoing_emails.get(kind="digest").subject


def test_buyer_may_ask_a_reviewer(report):
    review = (
        Review.objects.published()
        .filter(author__profile__accepts_messages="everyone", conversations=None)
        .exclude(author=member("reviewer"))
        .first()
    )
    assert can_message(member("buyer"), review) is None


def test_reviewer_has_three_reviews_with_decisions(report):
    reviews = Review.objects.published().filter(author=member("reviewer"))
    assert reviews.count() == 3
    decided = Decision.objects.filter(target_public_id__in=reviews.values("public_id"))
    assert set(decided.values_list("action", flat=True)) == {"publish"}
    assert decided.count() == 3


def test_reviewer_and_buyer_have_an_open_conversation(report):
    conversation = Conversation.objects.get(
        buyer=member("buyer"), review__author=member("reviewer")
    )
    assert conversation.state == "open"
    assert conversation.messages.count() == 5
    unread = dict(conversation.participants.values_list("role", "unread_count"))
    assert unread == {"buyer": 1, "reviewer": 0}


def test_the_buyers_inbox_shows_quotes_a_draft_and_an_archive(report):
    buyer = member("buyer")
    begun = Conversation.objects.get(buyer=buyer, review__author=member("reviewer"))
    quotes = begun.messages.exclude(reply_to=None).order_by("pk")
    assert list(quotes.values_list("number", "reply_to__number")) == [(4, 3), (5, 1)]
    assert MessageDraft.objects.get(user=buyer).conversation == begun
    folders = Participant.objects.filter(user=buyer).values_list("folder", flat=True)
    assert sorted(folders) == ["archived", "closed", "open", "requests"]


def test_conversations_know_how_many_messages_they_have(report):
    for conversation in Conversation.objects.annotate(n=Count("messages")):
        answers = conversation.messages.filter(sender_role="reviewer").count()
        assert conversation.message_count == conversation.n
        assert conversation.from_reviewer_count == answers


def test_representative_speaks_for_a_reviewed_vendor(report):
    represents = VendorRepresentative.objects.current().get(
        user=member("representative")
    )
    assert Review.objects.filter(product__vendor=represents.vendor).exists()


def test_moderator_may_moderate_without_being_superuser(report):
    for name in ("moderator", "colleague"):
        moderator = member(name)
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


# --- What moderators did, and what waits for them ---------------------------------------------

KINDS = {
    "review", "review_revision", "comment", "vendor_response", "proof_of_use", "vendor_claim", "dispute",
    "review_report", "comment_report", "response_report", "message_report", "appeal",
}  # fmt: skip


def test_queue_has_about_fifty_items_of_every_kind(report):
    waiting = QueueItem.objects.waiting()
    assert 45 <= waiting.count() == report.waiting <= 65
    assert set(waiting.values_list("kind", flat=True)) == KINDS
    assert {desk.kind for desk in desks.kinds()} >= KINDS


def test_every_item_of_the_queue_is_found_by_its_desk(report):
    for kind in KINDS:
        waiting = QueueItem.objects.waiting().filter(kind=kind)
        ids = list(waiting.values_list("target_public_id", flat=True))
        assert set(desks.get(kind).load(ids)) == set(ids), kind


def test_copies_and_a_burst_are_raised_in_the_queue(report):
    raised = QueueItem.objects.waiting().filter(kind="review", raised_hours__gt=0)
    kinds = {signal["kind"] for item in raised for signal in item.signals}
    assert kinds >= {"near_copy", "burst"}


def test_log_of_the_demo_verifies(report):
    log = verify_log()
    assert (log.problem, log.erased) == (None, 0)
    assert log.lines == Decision.objects.count() > Review.objects.published().count()
    moderators = Decision.objects.values_list("record__moderator__email", flat=True)
    assert set(moderators) == {"moderator@demo.example", "colleague@demo.example"}


def test_what_was_decided_was_decided_in_time(report):
    closed = QueueItem.objects.exclude(closed_at=None)
    assert closed.filter(closed_at__lt=F("opened_at")).count() == 0
    assert closed.filter(closed_at__gt=F("due_at")).count() == 0
    assert Decision.objects.filter(created_at__date__gt=TODAY).count() == 0


def test_counts_on_the_cards_are_those_of_the_rows(report):
    for review in Review.objects.annotate(votes=Count("helpful_votes")):
        assert review.helpful_count == review.votes
    for review in Review.objects.annotate(
        n=Count("comments", filter=Q(comments__status="published"))
    ):
        assert review.comment_count == review.n
    assert Review.objects.filter(helpful_votes__user=F("author")).count() == 0


def test_published_comments_have_answers_of_the_reviewer(report):
    answers = Comment.objects.published().filter(parent__isnull=False)
    assert answers.count() > 10
    assert set(answers.values_list("is_by_reviewer", flat=True)) == {True}
    hidden = answers.filter(review__is_anonymous=True)
    assert set(hidden.values_list("display_name", flat=True)) <= {""}


def test_one_disputed_review_of_the_demo_vendor_stays_public(report):
    represents = VendorRepresentative.objects.get(user=member("representative"))
    (dispute,) = Dispute.objects.filter(status="open", vendor=represents.vendor)
    assert dispute.review.status == "published"
    assert dispute.due_at.date() >= TODAY
    theirs = VendorResponse.objects.filter(author=member("representative"))
    assert theirs.filter(status="published").exists()


def test_appeals_are_decided_by_the_other_moderator(report):
    appeals = Appeal.objects.select_related("decision__record")
    assert sorted(appeal.status for appeal in appeals) == [
        "dismissed", "dismissed", "granted", "open", "open",
    ]  # fmt: skip
    for appeal in appeals.exclude(status="open"):
        assert appeal.decided_by != appeal.decision.moderator
    (granted,) = appeals.filter(status="granted")
    assert Review.objects.get(public_id=granted.decision.target_public_id).status == "published"  # fmt: skip


# --- What must hold of it, and whether it is noticed where it doesn't --------------------------


def test_seed_breaks_no_invariant(report):
    assert [finding for check in CHECKS if (finding := run(check))] == []


def test_a_fault_that_passes_by_every_trigger_is_named(report):
    named = {check.name: named_of_planted(check) for check in CHECKS}
    assert named == {check.name: True for check in CHECKS}


def named_of_planted(check: Check) -> bool:
    """Whether the check names what was planted, and nothing else."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(PLANTS[check.name])
            planted = sorted({str(row) for (row,) in cursor.fetchall()})
        found = run(check)
        transaction.set_rollback(True)
    return planted != [] and found is not None and sorted(found.rows) == planted

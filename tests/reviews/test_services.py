import datetime

import pytest
from django.utils import timezone

from moderation import desk
from moderation.models import Decision, QueueItem, ReasonCode
from moderation.reasons import STATEMENTS
from notifications.models import OutgoingEmail
from products.models import Invitation, Vendor
from reviews.models import RatingRefresh, Review, ReviewDraft, ReviewRevision
from reviews.permissions import Refusal
from reviews.services import (
    AlreadyReviewed,
    Conflict,
    NotVerified,
    Refused,
    answers_of,
    approve_edit,
    content_of,
    discard_draft,
    propose_edit,
    publish_review,
    reject_edit,
    reject_review,
    remove_review,
    restore_review,
    save_draft,
    submit_review,
    withdraw_review,
)
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return confirm_email(UserFactory())


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def submitted(member, **changes):
    return submit_review(
        author=member,
        product=ProductFactory(),
        content=review_content(**changes),
        answers={},
    )


def emails_to(user) -> list[str]:
    return list(
        OutgoingEmail.objects.filter(recipient=user)
        .order_by("id")
        .values_list("kind", flat=True)
    )


def actions(target) -> list[str]:
    return list(
        Decision.objects.filter(target_public_id=target.public_id)
        .order_by("id")
        .values_list("action", flat=True)
    )


# --- Drafts ---------------------------------------------------------------------------------


def test_save_draft_keeps_one_draft_as_it_was_typed(member):
    product = ProductFactory()
    save_draft(author=member, product=product, data={"headline": "A"})
    save_draft(author=member, product=product, data={"half_stars": "ninety"})
    assert ReviewDraft.objects.get().data == {"half_stars": "ninety"}


def test_save_draft_drops_what_postgres_cannot_store(member):
    draft = save_draft(
        author=member, product=ProductFactory(), data={"pros": "a\x00b", "x": ["\x00"]}
    )
    draft.refresh_from_db()
    assert draft.data == {"pros": "ab", "x": [""]}


def test_discard_draft_leaves_other_drafts_alone(member):
    product = ProductFactory()
    save_draft(author=member, product=product, data={})
    other = save_draft(author=UserFactory(), product=product, data={})
    discard_draft(author=member, product=product)
    assert list(ReviewDraft.objects.all()) == [other]


# --- Submit ---------------------------------------------------------------------------------


def test_submit_review_waits_for_a_moderator_and_thanks_the_author(member):
    product = ProductFactory()
    save_draft(author=member, product=product, data={"headline": "Half a th"})
    review = submit_review(
        author=member,
        product=product,
        content=review_content(),
        answers={"use_case": " Tickets of 300 people. ", "roi": "  "},
    )
    review.refresh_from_db()
    assert (review.status, review.version, review.source) == ("pending", 1, "organic")
    assert content_of(review) == review_content()
    assert answers_of(review) == {"use_case": "Tickets of 300 people."}
    assert (review.verification_method, review.verified_on) == ("", None)
    assert not ReviewDraft.objects.exists()
    assert emails_to(member) == ["review_received"]
    assert not RatingRefresh.objects.exists()


def test_submit_review_takes_a_current_work_email_as_the_verification(member):
    confirmed = timezone.now() - datetime.timedelta(days=40)
    WorkEmailFactory(user=member, verified_at=confirmed)
    review = submitted(member)
    assert review.verification_method == Review.Method.WORK_EMAIL
    assert review.verified_on == confirmed.date()
    verification = review.verifications.get()
    assert (verification.method, verification.status) == ("work_email", "passed")


@pytest.mark.parametrize(
    ("is_anonymous", "shown"), [(True, ""), (False, "Ada of Example")]
)
def test_submit_review_stores_the_name_only_if_it_is_to_be_shown(
    member, is_anonymous, shown
):
    member.profile.display_name = "Ada of Example"
    member.profile.save()
    assert submitted(member, is_anonymous=is_anonymous).display_name == shown


def test_submit_review_refuses_a_second_one_and_keeps_the_first(member):
    first = submitted(member)
    with pytest.raises(AlreadyReviewed):
        submit_review(
            author=member,
            product=first.product,
            content=review_content(),
            answers={},
        )
    assert list(Review.objects.all()) == [first]


def test_submit_review_refuses_an_unconfirmed_member():
    stranger = UserFactory()
    with pytest.raises(Refused) as refused:
        submitted(stranger)
    assert refused.value.reason == Refusal.CONFIRM_EMAIL
    assert not Review.objects.exists()
    assert emails_to(stranger) == []


def test_submit_review_refuses_an_answer_to_no_question(member):
    with pytest.raises(ValueError, match="shoe_size"):
        submit_review(
            author=member,
            product=ProductFactory(),
            content=review_content(),
            answers={"shoe_size": "44"},
        )
    assert not Review.objects.exists()


# --- Publish and reject ---------------------------------------------------------------------


def test_publish_review_makes_it_public_and_tells_the_author(member, moderator):
    WorkEmailFactory(user=member)
    review = submitted(member)
    publish_review(review=review, moderator=moderator, seen_version=1)
    review.refresh_from_db()
    assert (review.status, review.version) == ("published", 2)
    assert review.published_at is not None
    assert actions(review) == ["publish"]
    assert emails_to(member) == ["review_received", "review_published"]
    assert RatingRefresh.objects.get().product == review.product


def test_publish_review_looks_for_a_work_email_once_more(member, moderator):
    review = submitted(member)
    WorkEmailFactory(user=member)
    publish_review(review=review, moderator=moderator)
    assert review.verification_method == Review.Method.WORK_EMAIL
    assert review.verifications.get().status == "passed"


def test_publish_review_refuses_an_unverified_one(member, moderator):
    review = submitted(member)
    with pytest.raises(NotVerified):
        publish_review(review=review, moderator=moderator)
    review.refresh_from_db()
    assert review.status == "pending"
    assert actions(review) == []
    assert emails_to(member) == ["review_received"]


def test_publish_review_refuses_an_author_who_turns_out_to_be_an_insider(
    member, moderator
):
    vendor = VendorFactory(email_domains=["acme.example"])
    review = submit_review(
        author=member,
        product=ProductFactory(vendor=vendor),
        content=review_content(),
        answers={},
    )
    WorkEmailFactory(user=member, domain="acme.example")
    with pytest.raises(Refused) as refused:
        publish_review(review=review, moderator=moderator)
    assert refused.value.reason == Refusal.INSIDER
    review.refresh_from_db()
    assert review.status == "pending"


def test_publish_review_of_a_text_the_moderator_has_not_read_is_a_conflict(
    member, moderator
):
    WorkEmailFactory(user=member)
    review = submitted(member)
    propose_edit(
        review=review,
        author=member,
        content=review_content(headline="Changed meanwhile"),
        answers={},
    )
    with pytest.raises(Conflict):
        publish_review(review=review, moderator=moderator, seen_version=1)
    review.refresh_from_db()
    assert (review.status, review.headline) == ("pending", "Changed meanwhile")
    assert actions(review) == []


def test_the_second_of_two_moderators_gets_a_conflict(member, moderator):
    WorkEmailFactory(user=member)
    review = submitted(member)
    seen_by_the_second = Review.objects.get()
    publish_review(review=review, moderator=moderator)
    with pytest.raises(Conflict):
        reject_review(
            review=seen_by_the_second,
            moderator=UserFactory(is_staff=True),
            reason_code=ReasonCode.COPIED,
            statement="",
        )
    with pytest.raises(Conflict):
        publish_review(review=Review.objects.get(), moderator=moderator)
    review.refresh_from_db()
    assert review.status == "published"
    assert actions(review) == ["publish"]
    assert emails_to(member) == ["review_received", "review_published"]


def test_nobody_decides_on_their_own_review(moderator):
    review = ReviewFactory(author=moderator)
    with pytest.raises(Refused) as refused:
        remove_review(
            review=review,
            moderator=moderator,
            reason_code=ReasonCode.COPIED,
            statement="",
        )
    assert refused.value.reason == Refusal.OWN_REVIEW
    assert actions(review) == []


def test_nobody_of_the_vendor_or_a_competitor_decides(member, moderator):
    review, waiting = ReviewFactory(author=member), PendingReviewFactory()
    revision = propose_edit(
        review=review, author=member, content=review_content(), answers={}
    )
    for each in (review, waiting):
        VendorRepresentativeFactory(vendor=each.product.vendor, user=moderator)
    why = {"reason_code": ReasonCode.COPIED, "statement": ""}
    for decide in (
        lambda: publish_review(review=waiting, moderator=moderator),
        lambda: reject_review(review=waiting, moderator=moderator, **why),
        lambda: remove_review(review=review, moderator=moderator, **why),
        lambda: approve_edit(revision=revision, moderator=moderator),
        lambda: reject_edit(revision=revision, moderator=moderator, **why),
    ):
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.reason == Refusal.NOT_IMPARTIAL
    for kind, target in (("review", review), ("review_revision", revision)):
        assert not desk.get(kind).may_decide(target, moderator)
    assert not Decision.objects.exists()


def test_reject_review_gives_the_author_the_reasons(member, moderator):
    review = submitted(member)
    reject_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.PRIVATE_DATA,
        statement="The second sentence names an employee.",
    )
    review.refresh_from_db()
    assert review.status == "rejected"
    mail = OutgoingEmail.objects.get(kind="review_rejected")
    assert mail.recipient == member
    assert "The second sentence names an employee." in mail.text
    assert ReasonCode.PRIVATE_DATA.label in mail.text
    assert "by hand" in mail.text
    decision = Decision.objects.get(target_public_id=review.public_id)
    assert f"/appeals/new/{decision.public_id}/" in mail.text
    assert "/about/guidelines/" in mail.text


def test_a_rejected_author_may_write_again(member, moderator):
    review = submitted(member)
    reject_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.COPIED,
        statement="",
    )
    again = submit_review(
        author=member, product=review.product, content=review_content(), answers={}
    )
    assert again.status == "pending"


def test_a_decision_without_words_gets_those_of_its_reason(member, moderator):
    review = submitted(member)
    decision = reject_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.COPIED,
        statement=" ",
    )
    assert decision.statement == STATEMENTS[ReasonCode.COPIED]


# --- Remove and restore ---------------------------------------------------------------------


def test_remove_and_restore_keep_the_date_of_publication(member, moderator):
    published_at = timezone.now() - datetime.timedelta(days=30)
    review = ReviewFactory(author=member, published_at=published_at)
    remove_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="",
    )
    assert review.status == "removed"
    restore_review(review=review, moderator=moderator)
    assert (review.status, review.published_at) == ("published", published_at)
    assert actions(review) == ["remove", "restore"]
    assert emails_to(member) == ["review_removed", "review_restored"]
    assert RatingRefresh.objects.filter(product=review.product).count() == 2


def test_restore_review_does_not_make_a_second_live_one(member, moderator):
    review = ReviewFactory(author=member, status="removed")
    submit_review(
        author=member, product=review.product, content=review_content(), answers={}
    )
    with pytest.raises(AlreadyReviewed):
        restore_review(review=review, moderator=moderator)
    review.refresh_from_db()
    assert review.status == "removed"
    assert actions(review) == []


def test_remove_review_of_an_erased_member_tells_nobody(moderator):
    review = ReviewFactory(author=None)
    remove_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.COPIED,
        statement="",
    )
    assert not OutgoingEmail.objects.exists()


# --- Edits and withdrawal -------------------------------------------------------------------


def test_propose_edit_changes_a_waiting_review_in_place(member):
    review = submitted(member)
    revision = propose_edit(
        review=review,
        author=member,
        content=review_content(half_stars=3),
        answers={"advice": "Try it first."},
    )
    review.refresh_from_db()
    assert revision is None
    assert (review.half_stars, review.version) == (3, 2)
    assert answers_of(review) == {"advice": "Try it first."}
    assert not ReviewRevision.objects.exists()


def test_propose_edit_leaves_the_public_text_until_it_is_approved(member, moderator):
    review = ReviewFactory(author=member, half_stars=8, headline="Before")
    revision = propose_edit(
        review=review,
        author=member,
        content=review_content(half_stars=2, headline="After"),
        answers={"advice": "Wait."},
    )
    review.refresh_from_db()
    assert (review.headline, review.half_stars) == ("Before", 8)
    assert not RatingRefresh.objects.exists()

    approve_edit(revision=revision, moderator=moderator)
    review.refresh_from_db()
    assert (review.headline, review.half_stars) == ("After", 2)
    assert answers_of(review) == {"advice": "Wait."}
    assert review.edited_at is not None
    assert revision.replaced["headline"] == "Before"
    assert actions(revision) == ["approve_edit"]
    assert emails_to(member) == ["review_edit_approved"]
    assert RatingRefresh.objects.get().product == review.product


def test_a_later_edit_supersedes_an_earlier_one(member, moderator):
    review = ReviewFactory(author=member)
    first, second = (
        propose_edit(
            review=review,
            author=member,
            content=review_content(headline=headline),
            answers={},
        )
        for headline in ("First", "Second")
    )
    first.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "pending")
    with pytest.raises(Conflict):
        approve_edit(revision=first, moderator=moderator)
    review.refresh_from_db()
    assert review.headline != "First"


def test_reject_edit_leaves_everything_and_tells_why(member, moderator):
    review = ReviewFactory(author=member, headline="Before")
    revision = propose_edit(
        review=review, author=member, content=review_content(), answers={}
    )
    reject_edit(
        revision=revision,
        moderator=moderator,
        reason_code=ReasonCode.ADVERTISING,
        statement="The new text links to a shop.",
    )
    review.refresh_from_db()
    assert (review.headline, review.edited_at) == ("Before", None)
    assert emails_to(member) == ["review_edit_rejected"]
    assert not RatingRefresh.objects.exists()


def test_approve_edit_of_a_review_that_left_is_a_conflict(member, moderator):
    review = ReviewFactory(author=member)
    revision = propose_edit(
        review=review, author=member, content=review_content(), answers={}
    )
    Review.objects.update(status="removed")
    with pytest.raises(Conflict):
        approve_edit(revision=revision, moderator=moderator)
    revision.refresh_from_db()
    assert revision.status == "pending"


@pytest.mark.parametrize("verb", ["edit", "withdraw"])
def test_only_the_author_edits_and_withdraws(verb):
    review = ReviewFactory(headline="Before")
    for other in (UserFactory(), UserFactory(is_staff=True)):
        with pytest.raises(Refused) as refused:
            if verb == "edit":
                propose_edit(
                    review=review, author=other, content=review_content(), answers={}
                )
            else:
                withdraw_review(review=review, author=other)
        assert refused.value.reason == Refusal.NOT_YOURS
    review.refresh_from_db()
    assert (review.status, review.headline) == ("published", "Before")
    assert not ReviewRevision.objects.exists()


def test_withdraw_review_takes_its_rating_and_its_edit_with_it(member):
    review = ReviewFactory(author=member)
    revision = propose_edit(
        review=review, author=member, content=review_content(), answers={}
    )
    withdraw_review(review=review, author=member)
    review.refresh_from_db()
    revision.refresh_from_db()
    assert (review.status, revision.status) == ("withdrawn", "superseded")
    assert RatingRefresh.objects.get().product == review.product
    with pytest.raises(Refused):
        withdraw_review(review=review, author=member)


def test_remove_review_leaves_no_edit_that_nobody_could_decide_on(member, moderator):
    review = ReviewFactory(author=member)
    revision = propose_edit(
        review=review, author=member, content=review_content(), answers={}
    )
    remove_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="",
    )
    revision.refresh_from_db()
    assert revision.status == "superseded"
    assert not QueueItem.objects.waiting().exists()


def test_withdraw_review_that_still_waits_moves_no_rating(member):
    review = PendingReviewFactory(author=member)
    withdraw_review(review=review, author=member)
    assert not RatingRefresh.objects.exists()


# --- Conflicts that came later --------------------------------------------------------------


def joins_the_vendor(review: Review) -> None:
    Vendor.objects.filter(pk=review.product.vendor_id).update(
        email_domains=["acme.example"]
    )
    WorkEmailFactory(user=review.author, domain="acme.example", address="jo@acme.example")  # fmt: skip


def test_propose_edit_refuses_an_author_who_joined_the_vendor(member):
    review = ReviewFactory(author=member)
    joins_the_vendor(review)
    with pytest.raises(Refused):
        propose_edit(review=review, author=member, content=review_content(), answers={})
    assert not ReviewRevision.objects.exists()
    withdraw_review(review=review, author=member)
    assert review.author == member


def test_approve_edit_refuses_an_author_who_joined_the_vendor(member, moderator):
    review = ReviewFactory(author=member, headline="As it was")
    revision = propose_edit(
        review=review, author=member, content=review_content(), answers={}
    )
    joins_the_vendor(review)
    with pytest.raises(Refused):
        approve_edit(revision=revision, moderator=moderator)
    review.refresh_from_db()
    revision.refresh_from_db()
    assert (review.headline, revision.status) == ("As it was", "pending")


def test_submit_review_by_invitation_is_marked_whatever_else_was_said(member):
    product = ProductFactory()
    invitation = Invitation.objects.create(product=product)
    review = submit_review(
        author=member,
        product=product,
        content=review_content(),
        answers={},
        invitation=invitation,
    )
    assert (review.source, review.invitation) == ("invited", invitation)

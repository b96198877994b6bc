import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import erase_account
from messaging.models import Conversation
from moderation import desk
from moderation.desk import Choice
from moderation.errors import Conflict, NotPossible
from moderation.kinds import APPEAL
from moderation.models import Appeal, Decision, DecisionRecord, QueueItem, ReasonCode
from moderation.services import dismiss_appeal, grant_appeal, submit_appeal
from moderation.verification import verify_log
from notifications.models import OutgoingEmail
from reviews.models import Review, ReviewRevision
from reviews.services import publish_review, restore_review
from tests.factories import PendingReviewFactory, ReviewFactory, UserFactory
from tests.moderation.restricted import (
    last_decision,
    rejected_edit,
    rejected_review,
    removed_review,
    upheld_report,
    verified_member,
)

pytestmark = pytest.mark.django_db

TEXT = "Nobody is named: Maria is the product's own assistant."


@pytest.fixture
def first():
    return UserFactory(is_staff=True)


@pytest.fixture
def second():
    return UserFactory(is_staff=True)


@pytest.fixture
def review(first):
    return rejected_review(first)


@pytest.fixture
def decision(review):
    return last_decision()


@pytest.fixture
def appeal(review, decision):
    return submit_appeal(decision=decision, author=review.author, text=TEXT)


def new_url(decision: Decision) -> str:
    return f"/appeals/new/{decision.public_id}/"


def url(decision: Decision) -> str:
    return f"/appeals/{decision.public_id}/"


# --- Appealing ----------------------------------------------------------------------------------


def test_an_appeal_waits_for_another_moderator_and_its_author_gets_a_receipt(
    appeal, review, first
):
    assert (appeal.status, appeal.first_moderator) == ("open", first)
    item = QueueItem.objects.waiting().get(kind=APPEAL)
    assert item.target_public_id == appeal.public_id
    assert item.opened_at == appeal.created_at
    mail = OutgoingEmail.objects.get(kind="appeal_received")
    assert mail.recipient == review.author
    assert "your review “Of the queue” of" in mail.text
    assert f"by {item.due_at.day} {item.due_at:%B %Y}" in mail.text
    assert url(appeal.decision) in mail.text


def test_a_decision_is_appealed_once(appeal):
    with pytest.raises(NotPossible, match="already"):
        submit_appeal(decision=appeal.decision, author=appeal.author, text="Again")
    assert Appeal.objects.get().text == TEXT


def test_only_whom_it_restricts_may_appeal(decision, second):
    for stranger in (UserFactory(), second):
        with pytest.raises(NotPossible, match="not about something of yours"):
            submit_appeal(decision=decision, author=stranger, text=TEXT)
    assert not Appeal.objects.exists()


def test_what_restricts_nobody_cannot_be_appealed(second):
    review = PendingReviewFactory(author=verified_member())
    published = publish_review(review=review, moderator=second)
    with pytest.raises(NotPossible):
        submit_appeal(decision=published, author=review.author, text=TEXT)


def test_after_six_months_nobody_can_appeal(review, decision, client):
    with time_machine.travel(timezone.now() + datetime.timedelta(days=186)):
        with pytest.raises(NotPossible, match="six months"):
            submit_appeal(decision=decision, author=review.author, text=TEXT)
        client.force_login(review.author)
        answer = client.get(new_url(decision), follow=True)
        assert answer.redirect_chain == [(url(decision), 302)]
        assert "ended on" in answer.text


# --- Deciding -----------------------------------------------------------------------------------


def test_granting_takes_the_rejection_back(appeal, review, second):
    outcome = grant_appeal(appeal=appeal, moderator=second, statement="You were right.")
    review.refresh_from_db()
    appeal.refresh_from_db()
    assert review.status == Review.Status.PUBLISHED
    assert (appeal.status, appeal.decided_by) == ("granted", second)
    assert (outcome.action, outcome.target_kind) == ("grant_appeal", "appeal")
    assert outcome.target_public_id == appeal.public_id
    assert list(Decision.objects.order_by("id").values_list("action", flat=True)) == [
        "reject",
        "publish",
        "grant_appeal",
    ]
    assert not QueueItem.objects.waiting().exists()
    mail = OutgoingEmail.objects.get(kind="appeal_granted")
    assert mail.recipient == review.author
    assert "You were right." in mail.text
    assert OutgoingEmail.objects.filter(kind="review_published").count() == 1
    assert verify_log().problem is None


def test_dismissing_leaves_the_decision_and_gives_the_reasons(appeal, review, second):
    outcome = dismiss_appeal(
        appeal=appeal, moderator=second, statement="Maria is on the team page."
    )
    review.refresh_from_db()
    appeal.refresh_from_db()
    assert review.status == Review.Status.REJECTED
    assert (appeal.status, outcome.reason_code) == ("dismissed", "private_data")
    mail = OutgoingEmail.objects.get(kind="appeal_dismissed")
    assert "Maria is on the team page." in mail.text
    assert QueueItem.objects.get(kind=APPEAL).outcome == "dismiss_appeal"


def nothing_was_decided(appeal: Appeal) -> bool:
    appeal.refresh_from_db()
    acts = Decision.objects.filter(target_kind=APPEAL)
    return appeal.status == "open" and appeal.decided_by is None and not acts.exists()


@pytest.mark.parametrize("decide", [grant_appeal, dismiss_appeal])
def test_who_decided_first_never_decides_the_appeal(decide, appeal, first, review):
    with pytest.raises(NotPossible, match="somebody other than"):
        decide(appeal=appeal, moderator=first, statement="No.")
    assert nothing_was_decided(appeal)
    review.refresh_from_db()
    assert review.status == Review.Status.REJECTED


def test_the_database_refuses_the_first_moderator_too(appeal, first, second):
    decided = {"status": "dismissed", "decided_at": timezone.now()}
    refused = pytest.raises(IntegrityError, match="appeal_decided_by_another")
    with refused, transaction.atomic():
        Appeal.objects.update(decided_by=first, **decided)
    Appeal.objects.update(decided_by=second, **decided)


@pytest.mark.parametrize("decide", [grant_appeal, dismiss_appeal])
def test_nobody_decides_their_own_appeal(decide, first):
    author = verified_member()
    review = PendingReviewFactory(author=author)
    rejected = rejected_review(first)
    Review.objects.filter(pk=rejected.pk).update(author=author)
    appeal = submit_appeal(decision=last_decision(), author=author, text=TEXT)
    User.objects.filter(pk=author.pk).update(is_staff=True)
    author.refresh_from_db()
    with pytest.raises(NotPossible):
        decide(appeal=appeal, moderator=author, statement="Yes.")
    assert nothing_was_decided(appeal)
    assert review.status == Review.Status.PENDING


def test_two_moderators_at_once_the_second_gets_a_conflict(appeal, second):
    stale = Appeal.objects.get(pk=appeal.pk)
    dismiss_appeal(appeal=appeal, moderator=second, statement="It stands.")
    third = UserFactory(is_staff=True)
    with pytest.raises(Conflict):
        grant_appeal(appeal=stale, moderator=third, statement="It does not.")
    stale.refresh_from_db()
    assert stale.status == "dismissed"
    assert not Decision.objects.filter(action="grant_appeal").exists()


def test_what_cannot_be_taken_back_leaves_the_appeal_open(appeal, review, second):
    ReviewFactory(author=review.author, product=review.product)
    with pytest.raises(NotPossible, match="already"):
        grant_appeal(appeal=appeal, moderator=second)
    assert nothing_was_decided(appeal)


# --- What is taken back -------------------------------------------------------------------------


def granted(author: User, second: User) -> Appeal:
    appeal = submit_appeal(decision=last_decision(), author=author, text=TEXT)
    grant_appeal(appeal=appeal, moderator=second)
    return appeal


def test_a_removed_review_comes_back_with_its_date(first, second):
    review = removed_review(first)
    published_at = review.published_at
    granted(review.author, second)
    review.refresh_from_db()
    assert (review.status, review.published_at) == ("published", published_at)
    assert OutgoingEmail.objects.filter(kind="review_restored").count() == 1


def test_what_came_back_already_does_not_stand_against_granting(first, second):
    review = removed_review(first)
    appeal = submit_appeal(decision=last_decision(), author=review.author, text=TEXT)
    restore_review(review=review, moderator=first)
    grant_appeal(appeal=appeal, moderator=second)
    appeal.refresh_from_db()
    assert appeal.status == "granted"
    assert OutgoingEmail.objects.filter(kind="review_restored").count() == 1
    assert not QueueItem.objects.waiting().filter(kind=APPEAL).exists()


def test_a_rejected_edit_is_published(first, second):
    revision = rejected_edit(first)
    granted(revision.review.author, second)
    revision.refresh_from_db()
    assert revision.status == ReviewRevision.Status.APPROVED
    assert revision.review.status == Review.Status.PUBLISHED


def test_a_rejected_edit_does_not_undo_a_later_one(first, second):
    revision = rejected_edit(first)
    decided = last_decision()
    ReviewRevision.objects.create(
        review=revision.review, content={}, status="approved", decided_at=timezone.now()
    )
    appeal = submit_appeal(
        decision=decided, author=revision.review.author, text="Mine."
    )
    with pytest.raises(NotPossible, match="later edit"):
        grant_appeal(appeal=appeal, moderator=second)
    assert nothing_was_decided(appeal)


def test_a_closed_conversation_opens_again(first, second):
    report = upheld_report(first)
    assert Conversation.objects.get().state == "closed"
    granted(report.message.sender, second)
    report.refresh_from_db()
    assert report.status == "dismissed"
    assert Conversation.objects.get().state == "open"
    told = OutgoingEmail.objects.filter(kind="message_report_decided")
    assert [mail.recipient for mail in told] == [report.reporter] * 2


def test_a_conversation_that_somebody_left_stays_closed(first, second):
    report = upheld_report(first)
    Conversation.objects.get().participants.filter(user=report.reporter).update(
        left_at=timezone.now()
    )
    granted(report.message.sender, second)
    assert Conversation.objects.get().state == "closed"


# --- On the desk --------------------------------------------------------------------------------


def on_desk(appeal: Appeal) -> Appeal:
    return desk.get(APPEAL).load([appeal.public_id])[appeal.public_id]


def test_the_desk_refuses_the_first_moderator_and_the_author(appeal, first, second):
    desk_ = desk.get(APPEAL)
    loaded = on_desk(appeal)
    assert desk_.may_decide(loaded, second)
    assert not desk_.may_decide(loaded, first)
    assert not desk_.may_decide(loaded, appeal.author)


def test_the_desk_decides_and_previews_what_will_be_sent(appeal, second):
    desk_, loaded = desk.get(APPEAL), on_desk(appeal)
    assert [verb.name for verb in desk_.verbs(loaded)] == ["grant", "dismiss"]
    assert list(desk_.grounds(loaded)) == [ReasonCode.PRIVATE_DATA]
    choice = Choice("dismiss", second, ReasonCode.PRIVATE_DATA, "It stands.")
    preview = desk_.preview(loaded, choice)
    assert desk_.decide(loaded, choice).action == "dismiss_appeal"
    sent = OutgoingEmail.objects.get(kind="appeal_dismissed")
    assert (preview.subject, preview.text) == (sent.subject, sent.text)
    assert desk_.verbs(on_desk(appeal)) == ()


def test_the_desk_reads_a_private_message_only_after_asking(first, second):
    report = upheld_report(first)
    sender = report.message.sender
    appeal = submit_appeal(decision=last_decision(), author=sender, text=TEXT)
    desk_, loaded = desk.get(APPEAL), on_desk(appeal)
    assert desk_.needs_opening(loaded, second)
    desk_.open(loaded, second)
    assert desk_.needs_opening(loaded, second) == ""
    read = Decision.objects.filter(action="read_message")
    assert [one.moderator for one in read.order_by("id")] == [first, second]


# --- The pages ----------------------------------------------------------------------------------


def test_the_author_appeals_on_the_page(client, review, decision):
    client.force_login(review.author)
    page = client.get(new_url(decision))
    assert "The third sentence names an employee." in page.text
    answer = client.post(new_url(decision), {"text": TEXT}, follow=True)
    assert answer.redirect_chain == [(url(decision), 302)]
    assert "Your appeal waits" in answer.text
    assert Appeal.objects.get().text == TEXT
    # Once more leads to the same page.
    assert client.post(new_url(decision), {"text": "Again"}).status_code == 302
    assert Appeal.objects.get().text == TEXT


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "with \x00 inside"])
def test_an_appeal_needs_a_text_that_fits(client, review, decision, text):
    client.force_login(review.author)
    answer = client.post(new_url(decision), {"text": text})
    assert answer.status_code == 422
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("address", [new_url, url])
def test_for_all_others_there_is_no_such_page(
    client, appeal, decision, address, first, second
):
    assert client.get(address(decision)).status_code == 302
    for other in (UserFactory(), first, second):
        client.force_login(other)
        assert client.get(address(decision)).status_code == 404
        assert client.post(address(decision), {"text": "x"}).status_code in (404, 405)
    assert Appeal.objects.get().text == TEXT


def test_no_page_writes_on_get(client, review, decision):
    client.force_login(review.author)
    for address in (new_url(decision), url(decision)):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("decide", [grant_appeal, dismiss_appeal])
def test_the_page_shows_the_outcome(client, appeal, second, decide):
    decide(appeal=appeal, moderator=second, statement="We looked at it twice.")
    client.force_login(appeal.author)
    page = client.get(url(appeal.decision)).text
    assert "We looked at it twice." in page
    assert ("granted" if decide is grant_appeal else "dismissed") in page
    for moderator in (second, appeal.first_moderator):
        assert moderator.email not in page and str(moderator.public_id) not in page


def test_ones_reviews_show_the_way_to_appeal_and_its_state(client, review, decision):
    client.force_login(review.author)
    assert new_url(decision) in client.get("/me/reviews/").text
    submit_appeal(decision=decision, author=review.author, text=TEXT)
    page = client.get("/me/reviews/").text
    assert new_url(decision) not in page
    assert url(decision) in page and "Your appeal waits for another" in page


# --- Erasure ------------------------------------------------------------------------------------


def test_an_erased_author_leaves_no_appeal(appeal):
    erase_account(user=appeal.author, keep_published=False)
    assert not Appeal.objects.exists()
    assert not QueueItem.objects.waiting().exists()
    assert verify_log().problem is None


def test_an_erased_author_leaves_a_decided_appeal_without_words(appeal, second):
    dismiss_appeal(appeal=appeal, moderator=second, statement="Plantedname is named.")
    erase_account(user=appeal.author, keep_published=False)
    appeal.refresh_from_db()
    assert (appeal.text, appeal.author, appeal.status) == ("", None, "dismissed")
    assert not DecisionRecord.objects.exclude(statement="").exists()
    assert verify_log().problem is None


@pytest.mark.parametrize("count", [1, 3])
def test_ones_refused_reviews_take_as_many_queries_for_three_as_for_one(
    client, first, django_assert_num_queries, count
):
    author = verified_member()
    for number in range(count):
        refused = [rejected_review, removed_review][number % 2](first)
        Review.objects.filter(pk=refused.pk).update(author=author)
    rejected_edit(first)
    Review.objects.filter(headline="Of the edit").update(author=author)
    client.force_login(author)
    # Session, member, reviews, their decisions, edits, the edits' decisions, drafts, work e-mail, unread messages.
    with django_assert_num_queries(9):
        page = client.get("/me/reviews/").text
    assert page.count("/appeals/new/") == count + 1

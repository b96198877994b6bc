"""Whatever ends a conversation or lets it rest: what it does to both sides, on every path. In words: docs/messaging-privacy.md."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import erase_account, keep_of_sign_in, request_work_email
from messaging.models import (
    CallProposal,
    ContactShare,
    Conversation,
    Message,
)
from messaging.permissions import REPORT_KIND, can_write
from messaging.services import (
    MessageRefused,
    block_member,
    choose_contacts,
    decline_request,
    end_with_reviews,
    leave_conversation,
    overturn_report,
    remind_of_calls,
    report_message,
    suspend_messaging,
    unblock_member,
    uphold_report,
)
from moderation.models import Decision, ReasonCode
from moderation.services import record_decision
from notifications.delivery import why_not
from notifications.models import OutgoingEmail
from products.models import ProductCategory, Vendor, VendorClaim
from products.services import approve_claim
from reviews.models import Review
from reviews.services import remove_review, restore_review, withdraw_review
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    VendorClaimFactory,
    VendorFactory,
)
from tests.messaging.calling import agree, in_days, propose
from tests.messaging.people import ask, member, seen_by, write

TELEPHONES = {"buyer": "+49 30 901820", "reviewer": "+44 20 8366 1177"}
TEXTS = ["How long did the roll-out take?", "About four months.", "Since when?"]


@pytest.fixture
def together(conversation, buyer, reviewer, client):
    """Two who talk, have shown each other their numbers, meet in half an hour, and one has a message to read."""
    for user, telephone in ((buyer, "buyer"), (reviewer, "reviewer")):
        choose_contacts(
            conversation=conversation,
            member=user,
            values={"telephone": TELEPHONES[telephone]},
        )
    soon = timezone.now() + timedelta(minutes=50)
    agree(propose(conversation, buyer, soon, place="Room Quillfeather"), reviewer)
    CallProposal.objects.update(reminded_at=None)
    write(conversation, buyer, TEXTS[2])
    return conversation


# --- What can happen --------------------------------------------------------------------------


def the_buyer_leaves(talk, buyer, reviewer, moderator):
    leave_conversation(conversation=talk, member=buyer)


def the_reviewer_leaves(talk, buyer, reviewer, moderator):
    leave_conversation(conversation=talk, member=reviewer)


def the_buyer_blocks(talk, buyer, reviewer, moderator):
    block_member(blocker=buyer, conversation=talk)


def the_reviewer_blocks(talk, buyer, reviewer, moderator):
    block_member(blocker=reviewer, conversation=talk)


def the_review_is_withdrawn(talk, buyer, reviewer, moderator):
    withdraw_review(review=talk.review, author=reviewer)


def the_review_is_removed(talk, buyer, reviewer, moderator):
    remove_review(
        review=talk.review,
        moderator=moderator,
        reason_code=ReasonCode.COPIED,
        statement="",
    )


def the_buyer_goes(talk, buyer, reviewer, moderator):
    erase_account(user=buyer, keep_published=True)


def the_reviewer_goes(talk, buyer, reviewer, moderator):
    erase_account(user=reviewer, keep_published=True)


def the_reviewer_goes_with_the_review(talk, buyer, reviewer, moderator):
    erase_account(user=reviewer, keep_published=False)


def the_buyer_speaks_for_a_vendor(talk, buyer, reviewer, moderator):
    speak_for_a_vendor(buyer, moderator)


def the_reviewer_speaks_for_a_vendor(talk, buyer, reviewer, moderator):
    speak_for_a_vendor(reviewer, moderator)


def the_buyer_joins_the_vendor(talk, buyer, reviewer, moderator):
    Vendor.objects.filter(products=talk.review.product).update(
        email_domains=["hospital.example"]
    )
    # The address they sign in with is confirmed, so it counts at once.
    assert request_work_email(user=buyer, address=buyer.email).confirmed


def the_buyer_is_suspended(talk, buyer, reviewer, moderator):
    suspend(buyer, moderator)


def the_reviewer_is_suspended(talk, buyer, reviewer, moderator):
    suspend(reviewer, moderator)


def the_buyer_signs_in_from_the_vendor(talk, buyer, reviewer, moderator):
    """Their organisation's own sign-in says so, for an account that was connected before."""
    Vendor.objects.filter(products=talk.review.product).update(
        email_domains=["vendor.example"]
    )
    account = SocialAccount.objects.create(user=buyer, provider="acme", uid="17")
    keep_of_sign_in(account=account, address="buyer@eu.vendor.example")


def the_buyer_is_disabled(talk, buyer, reviewer, moderator):
    disable(buyer, moderator)


def the_reviewer_is_disabled(talk, buyer, reviewer, moderator):
    disable(reviewer, moderator)


def disable(user, moderator):
    """As a superuser does it, who sees the box in the panel."""
    moderator.is_superuser = True
    moderator.save()
    staff = Client()
    staff.force_login(moderator)
    answer = staff.post(f"/admin/accounts/user/{user.pk}/change/", {"is_active": ""})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert not user.is_active


def suspend(user, moderator):
    decision = record_decision(
        moderator=moderator,
        action=Decision.Action.SUSPEND_MESSAGING,
        target_kind=REPORT_KIND,
        target_public_id=uuid.uuid4(),
        reason_code=ReasonCode.ADVERTISING,
        statement="Advertising in several conversations.",
    )
    suspend_messaging(user=user, until=None, decision=decision)


def speak_for_a_vendor(user, moderator):
    claim = VendorClaimFactory(user=user, status=VendorClaim.Status.PENDING)
    approve_claim(claim=claim, moderator=moderator)


@dataclass(frozen=True)
class Effect:
    """`state` it has then; why the buyer and the reviewer can't write; None for who is gone or shut out."""

    state: str
    buyer: str | None = "closed"
    reviewer: str | None = "closed"


EFFECTS = {
    the_buyer_leaves: Effect("closed"),
    the_reviewer_leaves: Effect("closed"),
    the_buyer_blocks: Effect("blocked"),
    the_reviewer_blocks: Effect("blocked"),
    the_review_is_withdrawn: Effect("closed"),
    the_review_is_removed: Effect("open", "not_published", "not_published"),
    the_buyer_goes: Effect("closed", None),
    the_reviewer_goes: Effect("closed", reviewer=None),
    the_reviewer_goes_with_the_review: Effect("closed", reviewer=None),
    the_buyer_speaks_for_a_vendor: Effect("closed"),
    the_reviewer_speaks_for_a_vendor: Effect("closed"),
    the_buyer_joins_the_vendor: Effect("open", "vendor_domain", "not_accepting"),
    the_buyer_signs_in_from_the_vendor: Effect(
        "open", "vendor_domain", "not_accepting"
    ),
    the_buyer_is_disabled: Effect("open", None, "not_accepting"),
    the_reviewer_is_disabled: Effect("open", "not_accepting", None),
    the_buyer_is_suspended: Effect("open", "suspended", "not_accepting"),
    the_reviewer_is_suspended: Effect("open", "not_accepting", "suspended"),
}
events = pytest.mark.parametrize("happen", EFFECTS, ids=lambda each: each.__name__)


def those_left(effect, buyer, reviewer):
    """(member, why they can't write, the other's role)."""
    if effect.buyer is not None:
        yield buyer, effect.buyer, "reviewer"
    if effect.reviewer is not None:
        yield reviewer, effect.reviewer, "buyer"


# --- On every path ----------------------------------------------------------------------------


@events
def test_nobody_can_write_any_more_and_both_can_read(
    client, together, buyer, reviewer, moderator, happen
):
    happen(together, buyer, reviewer, moderator)
    effect = EFFECTS[happen]
    together.refresh_from_db()
    assert together.state == effect.state
    address = together.get_absolute_url()
    of_api = reverse("api:messages", args=[together.public_id])
    for user, code, _ in those_left(effect, buyer, reviewer):
        client.force_login(user)
        page = client.get(address)
        assert page.status_code == 200
        assert all(text in page.content.decode() for text in TEXTS)
        sent = {"body": "After all.", "client_key": uuid.uuid4()}
        assert client.post(address, sent).status_code == 403
        answer = client.post(of_api, {"body": "After all."}, "application/json")
        assert answer.json()["code"] == code
        assert client.get(of_api).status_code == 200
    assert Message.objects.count() == 3


@events
def test_nothing_is_shown_shared_or_agreed_any_more(
    client, together, buyer, reviewer, moderator, happen
):
    happen(together, buyer, reviewer, moderator)
    call = CallProposal.objects.get()
    assert call.state == "cancelled"
    assert not ContactShare.objects.active().exists()
    of_api = reverse("api:contacts", args=[together.public_id])
    for user, _, other in those_left(EFFECTS[happen], buyer, reviewer):
        client.force_login(user)
        seen = seen_by(user, together)
        for shown in (client.get(together.get_absolute_url()), client.get(of_api)):
            assert TELEPHONES[other] not in shown.content.decode()
        for attempt in (
            lambda user=user, seen=seen: propose(seen, user, in_days(1)),
            lambda user=user, seen=seen: choose_contacts(
                conversation=seen, member=user, values={"telephone": "+49 30 901821"}
            ),
        ):
            with pytest.raises(MessageRefused):
                attempt()
    assert CallProposal.objects.count() == 1


@events
def test_nobody_is_told_of_what_can_not_go_on(
    together, buyer, reviewer, moderator, happen
):
    waiting = OutgoingEmail.objects.filter(kind="message_new", recipient=reviewer)
    assert [why_not(mail) for mail in waiting] == [None]
    happen(together, buyer, reviewer, moderator)
    assert remind_of_calls() == 0
    still = [mail.kind for mail in OutgoingEmail.objects.all() if not why_not(mail)]
    # Whoever waits for the call is told that it is off.
    assert not {"message_new", "message_accepted", "call_accepted"} & set(still)


@events
def test_asking_anew_is_refused(client, together, buyer, reviewer, moderator, happen):
    happen(together, buyer, reviewer, moderator)
    if EFFECTS[happen].buyer is None:
        return
    client.force_login(buyer)
    review = together.review
    sent = {"body": "Once more?", "client_key": uuid.uuid4()}
    by_page = client.post(f"/reviews/{review.public_id}/message/", sent)
    said = {"review": str(review.public_id), "body": "Once more?"}
    by_api = client.post("/api/v1/conversations/", said, "application/json")
    assert by_page.status_code in (403, 404)
    assert by_api.status_code in (400, 403, 409)
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize(
    "happen",
    [the_buyer_leaves, the_reviewer_blocks, the_review_is_withdrawn, the_buyer_goes],
    ids=lambda each: each.__name__,
)
def test_the_reviewer_s_limit_counts_it_all_the_same(
    together, buyer, reviewer, moderator, happen
):
    happen(together, buyer, reviewer, moderator)
    for _ in range(2):
        ask(member(), ReviewFactory(author=reviewer))
    with pytest.raises(MessageRefused) as refused:
        ask(member(), ReviewFactory(author=reviewer))
    assert refused.value.refusal == "reviewer_limit"


@pytest.mark.parametrize(
    "happen",
    [the_buyer_leaves, the_reviewer_blocks, the_review_is_withdrawn, the_reviewer_goes],
    ids=lambda each: each.__name__,
)
def test_the_sender_s_limit_counts_it_all_the_same(
    together, buyer, reviewer, moderator, happen
):
    happen(together, buyer, reviewer, moderator)
    for _ in range(4):
        ask(buyer, ReviewFactory(author=member()))
    with pytest.raises(MessageRefused) as refused:
        ask(buyer, ReviewFactory(author=member()))
    assert refused.value.refusal == "sender_limit"


# --- What is particular to some ---------------------------------------------------------------


def test_who_was_blocked_reads_closed_and_not_why(client, together, buyer, reviewer):
    block_member(blocker=reviewer, conversation=together)
    client.force_login(buyer)
    address = reverse("api:conversation", args=[together.public_id])
    assert client.get(address).json()["state"] == "closed"
    page = client.get(together.get_absolute_url()).content.decode().lower()
    assert "unblock" not in page
    assert "blocked" not in page


def test_a_block_taken_back_brings_neither_call_nor_contacts_back(
    together, buyer, reviewer
):
    block_member(blocker=reviewer, conversation=together)
    unblock_member(blocker=reviewer, conversation=together)
    together.refresh_from_db()
    assert (together.state, together.ended_at) == ("open", None)
    write(together, buyer, "Here again.")
    assert CallProposal.objects.get().state == "cancelled"
    assert not ContactShare.objects.active().exists()


def test_reviews_that_end_in_different_ways_together_end_each_in_its_own(
    together, buyer, reviewer
):
    other = ask(buyer, ReviewFactory(author=reviewer))
    write(other, reviewer)
    agree(propose(other, buyer, in_days(3)), reviewer)
    Review.objects.filter(pk=together.review_id).update(status="withdrawn")
    Review.objects.filter(pk=other.review_id).update(status="removed")
    end_with_reviews(review_ids=[together.review_id, other.review_id])
    states = Conversation.objects.order_by("pk").values_list("pk", "state")
    assert dict(states) == {together.pk: "closed", other.pk: "open"}
    assert ContactShare.objects.active().count() == 0
    calls = CallProposal.objects.values_list("state", flat=True)
    assert list(calls) == ["cancelled", "cancelled"]


def test_a_restored_review_brings_its_conversations_back(
    together, buyer, reviewer, moderator
):
    the_review_is_removed(together, buyer, reviewer, moderator)
    restore_review(
        review=Review.objects.get(pk=together.review_id),
        moderator=member(is_staff=True),
        statement="",
    )
    write(seen_by(buyer, together), buyer, "It is back.")
    write(seen_by(reviewer, together), reviewer, "So it is.")
    newest = together.messages.newest_first()[:2]
    assert [message.body for message in newest] == ["So it is.", "It is back."]


def test_a_declined_request_stays_declined_whatever_comes(
    request_, buyer, reviewer, moderator
):
    decline_request(conversation=request_, reviewer=reviewer)
    the_review_is_withdrawn(request_, buyer, reviewer, moderator)
    request_.refresh_from_db()
    assert request_.state == "declined"


def test_a_request_about_a_withdrawn_review_is_closed(
    request_, buyer, reviewer, moderator
):
    the_review_is_withdrawn(request_, buyer, reviewer, moderator)
    request_.refresh_from_db()
    assert request_.state == "closed"


def test_an_address_of_the_account_at_a_competitor_has_the_same_effect(
    client, together, buyer
):
    category = CategoryFactory()
    rival = ProductFactory(
        vendor=VendorFactory(email_domains=["rival.example"]), category=category
    )
    ProductCategory.objects.create(
        product=together.review.product, category=rival.categories.get(), position=0
    )
    address = EmailAddress.objects.create(user=buyer, email="buyer@eu.rival.example")
    link = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    client.post(link)
    address.refresh_from_db()
    assert address.verified
    assert CallProposal.objects.get().state == "cancelled"
    assert not ContactShare.objects.active().exists()
    assert can_write(seen_by(buyer, together)) == "competitor"


def test_the_same_employer_without_a_stake_changes_nothing(together, buyer):
    VendorFactory(email_domains=["hospital.example"])
    assert request_work_email(user=buyer, address=buyer.email).confirmed
    assert CallProposal.objects.get().state == "accepted"
    assert ContactShare.objects.active().count() == 2


@pytest.mark.parametrize(
    "happen",
    [the_review_is_withdrawn, the_reviewer_speaks_for_a_vendor],
    ids=lambda each: each.__name__,
)
def test_a_granted_appeal_opens_nothing_that_ended_since(
    together, buyer, reviewer, moderator, happen
):
    message = together.messages.filter(sender=reviewer).get()
    report = report_message(message=message, reporter=buyer, reason="abuse", details="")
    uphold_report(
        report=report,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="",
    )
    happen(together, buyer, reviewer, moderator)
    overturn_report(report=report, moderator=moderator, statement="")
    together.refresh_from_db()
    assert together.state == "closed"

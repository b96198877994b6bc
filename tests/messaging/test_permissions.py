import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Profile
from messaging.models import Block, Conversation, MessagingSuspension
from messaging.permissions import (
    Refusal,
    can_message,
    can_propose_call,
    can_share,
    can_write,
)
from reviews.models import Review
from tests.factories import (
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.messaging.people import ask, member, seen_by, write


def owned_by_vendor(review, domain):
    vendor = review.product.vendor
    vendor.email_domains = [domain]
    vendor.save()


def test_can_message_allows_a_confirmed_member(buyer, review):
    assert can_message(buyer, review) is None


def test_can_message_refuses_a_visitor(review):
    assert can_message(AnonymousUser(), review) == Refusal.SIGNED_OUT


def test_can_message_refuses_an_unconfirmed_address(review):
    assert can_message(UserFactory(), review) == Refusal.EMAIL_NOT_CONFIRMED


def test_can_message_refuses_the_author(reviewer, review):
    assert can_message(reviewer, review) == Refusal.OWN_REVIEW


@pytest.mark.parametrize("status", [s for s in Review.Status if s != "published"])
def test_can_message_refuses_what_is_not_published(buyer, review, status):
    review.status = status
    assert can_message(buyer, review) == Refusal.NOT_PUBLISHED


def test_can_message_refuses_an_author_who_opted_out(buyer, reviewer, review):
    Profile.objects.filter(user=reviewer).update(accepts_messages="nobody")
    assert can_message(buyer, review) == Refusal.NOT_ACCEPTING


def test_can_message_refuses_a_review_without_author(buyer):
    assert can_message(buyer, ReviewFactory(author=None)) == Refusal.NOT_ACCEPTING


@pytest.mark.parametrize("way", ["buyer blocks", "reviewer blocks"])
def test_can_message_refuses_a_block_either_way_as_if_opted_out(
    buyer, reviewer, review, way
):
    pair = (buyer, reviewer) if way == "buyer blocks" else (reviewer, buyer)
    Block.objects.create(blocker=pair[0], blocked=pair[1])
    assert can_message(buyer, review) == Refusal.NOT_ACCEPTING


def test_can_message_refuses_a_representative_of_any_vendor(buyer, review):
    VendorRepresentativeFactory(user=buyer)
    assert can_message(buyer, review) == Refusal.REPRESENTATIVE


def test_can_message_allows_a_former_representative(buyer, review):
    VendorRepresentativeFactory(user=buyer, ended_at=timezone.now())
    assert can_message(buyer, review) is None


def test_can_message_refuses_towards_a_representative(buyer, reviewer, review):
    VendorRepresentativeFactory(user=reviewer)
    assert can_message(buyer, review) == Refusal.NOT_ACCEPTING


@pytest.mark.parametrize("domain", ["acme.example", "mail.eu.acme.example"])
def test_can_message_refuses_a_work_email_of_the_vendor(buyer, review, domain):
    owned_by_vendor(review, "acme.example")
    WorkEmailFactory(user=buyer, domain=domain)
    assert can_message(buyer, review) == Refusal.VENDOR_DOMAIN


def test_can_message_refuses_an_account_address_of_the_vendor(review):
    owned_by_vendor(review, "acme.example")
    seller = confirm_email(UserFactory(email="sales@acme.example"))
    assert can_message(seller, review) == Refusal.VENDOR_DOMAIN


@pytest.mark.parametrize("domain", ["notacme.example", "acme.example.org", "example"])
def test_can_message_allows_a_domain_that_only_looks_like_the_vendors(
    buyer, review, domain
):
    owned_by_vendor(review, "acme.example")
    WorkEmailFactory(user=buyer, domain=domain)
    assert can_message(buyer, review) is None


def test_can_message_ignores_an_unverified_work_email(buyer, review):
    owned_by_vendor(review, "acme.example")
    WorkEmailFactory(user=buyer, domain="acme.example", verified_at=None)
    assert can_message(buyer, review) is None


def test_can_message_refuses_a_second_question_about_a_review(buyer, review, request_):
    assert can_message(buyer, review) == Refusal.ALREADY_ASKED


def test_can_message_refuses_the_sixth_conversation_of_a_day(buyer, review):
    for _ in range(5):
        ask(buyer, ReviewFactory(author=member()))
    assert can_message(buyer, review) == Refusal.SENDER_LIMIT
    yesterday = timezone.now() - timedelta(hours=24)
    Conversation.objects.update(created_at=yesterday)
    assert can_message(buyer, review) is None


def test_can_message_refuses_the_fourth_question_to_a_reviewer_of_a_day(
    buyer, reviewer, review
):
    for _ in range(3):
        ask(member(), ReviewFactory(author=reviewer))
    assert can_message(buyer, review) == Refusal.REVIEWER_LIMIT


def test_can_write_makes_the_buyer_wait_for_the_answer(buyer, reviewer, request_):
    assert can_write(seen_by(buyer, request_)) == Refusal.WAIT_FOR_ANSWER
    assert can_write(seen_by(reviewer, request_)) is None


def test_can_write_allows_both_once_answered(buyer, reviewer, conversation):
    assert can_write(seen_by(buyer, conversation)) is None
    assert can_write(seen_by(reviewer, conversation)) is None


@pytest.mark.parametrize("joins", ["buyer", "reviewer"])
def test_can_write_ends_when_one_side_becomes_a_representative(
    buyer, reviewer, conversation, joins
):
    VendorRepresentativeFactory(user={"buyer": buyer, "reviewer": reviewer}[joins])
    of_buyer = can_write(seen_by(buyer, conversation))
    of_reviewer = can_write(seen_by(reviewer, conversation))
    expected = [Refusal.REPRESENTATIVE, Refusal.NOT_ACCEPTING]
    assert [of_buyer, of_reviewer] == (expected if joins == "buyer" else expected[::-1])


def test_can_write_ends_when_the_buyer_joins_the_vendor(
    buyer, reviewer, review, conversation
):
    owned_by_vendor(review, "acme.example")
    WorkEmailFactory(user=buyer, domain="acme.example")
    assert can_write(seen_by(buyer, conversation)) == Refusal.VENDOR_DOMAIN
    assert can_write(seen_by(reviewer, conversation)) == Refusal.NOT_ACCEPTING


def test_can_write_ends_when_the_review_is_withdrawn(buyer, reviewer, conversation):
    Review.objects.update(status=Review.Status.WITHDRAWN)
    assert can_write(seen_by(buyer, conversation)) == Refusal.NOT_PUBLISHED
    assert can_write(seen_by(reviewer, conversation)) == Refusal.NOT_PUBLISHED


def test_can_write_goes_on_when_the_reviewer_opts_out_of_new_questions(
    buyer, reviewer, conversation
):
    Profile.objects.filter(user=reviewer).update(accepts_messages="nobody")
    assert can_write(seen_by(buyer, conversation)) is None


def test_can_write_ends_when_one_side_left_the_site(buyer, reviewer, conversation):
    reviewer.delete()
    assert can_write(seen_by(buyer, conversation)) == Refusal.NOT_ACCEPTING


@pytest.mark.parametrize("may", [can_share, can_propose_call])
def test_sharing_and_calls_are_possible_once_the_request_is_accepted(
    buyer, reviewer, request_, may
):
    refused = [may(seen_by(user, request_)) for user in (buyer, reviewer)]
    assert refused == [Refusal.NOT_OPEN_YET] * 2
    write(request_, reviewer)
    assert [may(seen_by(user, request_)) for user in (buyer, reviewer)] == [None] * 2


@pytest.mark.parametrize("may", [can_share, can_propose_call, can_write])
def test_a_suspended_side_learns_why_and_the_other_does_not(
    buyer, reviewer, conversation, may
):
    MessagingSuspension.objects.create(user=buyer, decision_public_id=uuid.uuid4())
    of_buyer = may(seen_by(buyer, conversation))
    of_reviewer = may(seen_by(reviewer, conversation))
    assert [of_buyer, of_reviewer] == [Refusal.SUSPENDED, Refusal.NOT_ACCEPTING]


def test_can_message_refuses_the_suspended_and_towards_them(buyer, reviewer, review):
    MessagingSuspension.objects.create(user=reviewer, decision_public_id=uuid.uuid4())
    assert can_message(buyer, review) == Refusal.NOT_ACCEPTING
    assert can_message(reviewer, ReviewFactory(author=buyer)) == Refusal.SUSPENDED

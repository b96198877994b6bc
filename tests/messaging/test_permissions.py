from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Profile
from messaging.models import Block, Conversation, MessageReport
from messaging.permissions import (
    Refusal,
    can_message,
    can_propose_call,
    can_share,
    can_write,
)
from messaging.permissions.limits import received_today
from messaging.services import leave_conversation, set_archived
from products.models import ProductCategory
from reviews.models import Review
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.messaging.people import (
    ELSEWHERE,
    ask,
    choose,
    declined,
    member,
    seen_by,
    suspend,
    write,
)


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


@pytest.fixture
def rival(review):
    """A product in the same category, of another vendor: acme.example."""
    category = CategoryFactory()
    ProductCategory.objects.create(product=review.product, category=category)
    product = ProductFactory(category=category)
    product.vendor.email_domains = ["acme.example"]
    product.vendor.save()
    return product


def test_can_message_refuses_who_works_for_a_competitor(buyer, review, rival):
    WorkEmailFactory(user=buyer, domain="eu.acme.example")
    assert can_message(buyer, review) == Refusal.COMPETITOR


def test_can_message_allows_who_sells_something_else(buyer, review, rival):
    """Not in public, or in no category of the product."""
    WorkEmailFactory(user=buyer, domain="acme.example")
    rival.status = "discontinued"
    rival.save()
    assert can_message(buyer, review) is None
    rival.status = "active"
    rival.save()
    ProductCategory.objects.filter(product=rival).update(category=CategoryFactory())
    assert can_message(buyer, review) is None


def test_can_message_counts_a_work_email_taken_away_until_its_year_is_over(
    buyer, review
):
    owned_by_vendor(review, "acme.example")
    now = timezone.now()
    work = WorkEmailFactory(user=buyer, domain="acme.example", lapsed_at=now)
    assert can_message(buyer, review) == Refusal.VENDOR_DOMAIN
    work.verified_at = now - timedelta(days=366)
    work.save()
    assert can_message(buyer, review) is None


def test_can_message_counts_the_organisation_that_vouched_at_sign_in(buyer, review):
    owned_by_vendor(review, "acme.example")
    SocialAccount.objects.create(
        user=buyer, provider="oidc", uid="1", extra_data={"domain": "acme.example"}
    )
    assert can_message(buyer, review) == Refusal.VENDOR_DOMAIN


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        ({}, Refusal.NOT_ALIKE),
        ({"job_function": "it"}, Refusal.NOT_ALIKE),
        ({"seniority": "c_minus_1", "company_size": "201-1000"}, Refusal.NOT_ALIKE),
        ({"seniority": "c_minus_1", "country": "DE"}, Refusal.NOT_ALIKE),
        ({"job_function": "it", "country": "DE"}, None),
        ({"industry": "healthcare", "job_function": "it"}, None),
        ({"industry": "healthcare", "seniority": "c_minus_2"}, None),
        ({"industry": "healthcare", "company_size": "1001-5000"}, None),
        ({"industry": "healthcare", "company_size": "5001-10000"}, Refusal.NOT_ALIKE),
        ({"industry": "other", "job_function": "other", "country": "DE"}, Refusal.NOT_ALIKE),
    ],
)  # fmt: skip
def test_members_like_me_share_department_or_industry_and_one_thing_more(
    buyer, reviewer, review, facets, expected
):
    choose(reviewer, "like_me")
    Review.objects.update(**ELSEWHERE | facets)
    review.refresh_from_db()
    assert can_message(buyer, review) == expected
    if "other" in facets.values():
        complete_profile(buyer, **facets)
        assert can_message(buyer, review) == expected


def test_what_a_review_hides_makes_nobody_alike(buyer, reviewer, review):
    """Nor does what its author's profile says: the refusal is the same, whatever the hidden facet is."""
    choose(reviewer, "like_me")
    for industry in ("healthcare", "retail"):
        Review.objects.update(
            **ELSEWHERE | {"industry": industry, "company_size": "201-1000"},
            hidden_facets=["industry", "country"],
        )
        review.refresh_from_db()
        assert can_message(buyer, review) == Refusal.NOT_ALIKE


def test_a_block_reads_the_same_before_and_after_one_looks_alike(
    buyer, reviewer, review
):
    choose(reviewer, "like_me")
    Block.objects.create(blocker=reviewer, blocked=buyer)
    assert can_message(buyer, review) == Refusal.NOT_ACCEPTING
    complete_profile(buyer, **ELSEWHERE)
    assert can_message(buyer, review) == Refusal.NOT_ACCEPTING


def test_can_write_goes_on_with_who_is_not_alike(buyer, reviewer, conversation):
    """Only a first question asks for likeness: an answer was given."""
    choose(reviewer, "like_me")
    Review.objects.update(**ELSEWHERE)
    assert can_write(seen_by(buyer, conversation)) is None


@pytest.mark.parametrize(
    ("strikes", "allowed"), [(0, 5), (2, 5), (3, 2), (5, 2), (6, 1), (9, 1)]
)
def test_declined_questions_slow_their_sender_down(buyer, review, strikes, allowed):
    declined(buyer, min(strikes, 1))
    # Nobody could ask so often; what the rule counts are rows.
    for _ in range(strikes - 1):
        about = ReviewFactory(author=member())
        Conversation.objects.bulk_create([past_decline(buyer, about)])
    for _ in range(allowed):
        assert can_message(buyer, review) is None
        ask(buyer, ReviewFactory(author=member()))
    expected = Refusal.SENDER_LIMIT if allowed == 5 else Refusal.SLOWED_DOWN
    assert can_message(buyer, review) == expected


def past_decline(buyer, review):
    then = timezone.now() - timedelta(days=29)
    return Conversation(
        review=review, buyer=buyer, state="declined", created_at=then, ended_at=then
    )


def test_what_is_over_a_month_old_slows_nobody_down(buyer, review):
    declined(buyer, 3, ago=timedelta(days=30, seconds=1))
    for _ in range(2):
        ask(buyer, ReviewFactory(author=member()))
    assert can_message(buyer, review) is None


def test_upheld_reports_slow_down_as_declines_do(buyer, reviewer, review):
    declined(buyer, 2)
    asked = ask(buyer, ReviewFactory(author=member()))
    ask(buyer, ReviewFactory(author=member()))
    assert can_message(buyer, review) is None
    MessageReport.objects.create(
        message=asked.messages.get(),
        reporter=reviewer,
        reason="spam",
        status="upheld",
        resolved_at=timezone.now(),
    )
    assert can_message(buyer, review) == Refusal.SLOWED_DOWN


def test_can_message_refuses_a_second_question_about_a_review(buyer, review, request_):
    assert can_message(buyer, review) == Refusal.ALREADY_ASKED


def test_can_message_refuses_the_sixth_conversation_of_a_day(buyer, review):
    for _ in range(5):
        ask(buyer, ReviewFactory(author=member()))
    assert can_message(buyer, review) == Refusal.SENDER_LIMIT
    yesterday = timezone.now() - timedelta(hours=24)
    Conversation.objects.update(created_at=yesterday)
    assert can_message(buyer, review) is None


def test_the_limits_count_what_was_put_away_or_left(buyer, reviewer, review):
    for end in (set_archived, leave_conversation):
        asked = ask(buyer, ReviewFactory(author=reviewer))
        more = {"archived": True} if end is set_archived else {}
        end(conversation=asked, member=reviewer, **more)
    assert received_today([reviewer.pk, buyer.pk]) == {reviewer.pk: 2}
    for _ in range(3):
        set_archived(
            conversation=ask(buyer, ReviewFactory(author=member())),
            member=buyer,
            archived=True,
        )
    assert can_message(buyer, review) == Refusal.SENDER_LIMIT


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


def test_can_write_ends_when_the_buyer_joins_a_competitor(
    buyer, reviewer, conversation, rival
):
    WorkEmailFactory(user=buyer, domain="acme.example")
    assert can_write(seen_by(buyer, conversation)) == Refusal.COMPETITOR
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
    suspend(buyer)
    of_buyer = may(seen_by(buyer, conversation))
    of_reviewer = may(seen_by(reviewer, conversation))
    assert [of_buyer, of_reviewer] == [Refusal.SUSPENDED, Refusal.NOT_ACCEPTING]


def test_can_message_refuses_the_suspended_and_towards_them(buyer, reviewer, review):
    suspend(reviewer)
    assert can_message(buyer, review) == Refusal.NOT_ACCEPTING
    assert can_message(reviewer, ReviewFactory(author=buyer)) == Refusal.SUSPENDED


def test_the_page_says_that_too_little_is_shared_and_not_what(
    client, buyer, reviewer, review
):
    choose(reviewer, "like_me")
    Review.objects.update(**ELSEWHERE)
    client.force_login(buyer)
    page = client.get(f"/reviews/{review.public_id}/message/")
    assert page.status_code == 403
    refusal = page.context["refusal"]
    assert refusal == Refusal.NOT_ALIKE
    assert not {"department", "industry", "country", "level", "size"} & set(
        refusal.label.lower().replace(".", "").split()
    )


def test_who_is_slowed_down_is_told_the_numbers(client, buyer, review):
    declined(buyer, 3)
    for _ in range(2):
        ask(buyer, ReviewFactory(author=member()))
    client.force_login(buyer)
    page = client.get(f"/reviews/{review.public_id}/message/")
    assert page.status_code == 429
    assert page.context["refusal"].label == (
        "Several of your questions of the last 30 days were declined, or reported with good reason. From 3 on, "
        "2 conversations can begin within 24 hours; from 6 on, 1. You can ask again tomorrow."
    )

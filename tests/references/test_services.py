import io
import threading
import uuid

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile
from accounts.services import erase_account
from messaging.models import Block, Conversation
from messaging.permissions import DAY
from products.models import VendorRepresentative
from references.models import ReferenceConsent, ReferenceDraw
from references.permissions import DRAW_AGAIN_AFTER, Refusal, can_draw
from references.pool import pool_for
from references.selection import draw, pool_hash
from references.services import (
    DrawRefused,
    NotAReference,
    agree_to_be_reference,
    draw_references,
    take_back_agreement,
)
from reviews.models import Review
from tests.factories import (
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
)
from tests.messaging.people import ask, member
from tests.references.stage import agreed, customer, make_stage

# The buyer's domains, who agreed; the buyer's side of the gate (5); what is known of all reviewers (7).
QUERIES_FOR_A_POOL = 11
QUESTION = "What would you want to have known before you signed?"


@pytest.fixture
def stage(db):
    return make_stage()


def ids(reviews):
    return {review.public_id for review in reviews}


def pool_ids(stage):
    return ids(pool_for(stage.buyer, stage.product))


def draw_it(stage, buyer=None):
    return draw_references(
        buyer=buyer or stage.buyer, product=stage.product, question=QUESTION
    )


def refused(stage, buyer=None):
    with pytest.raises(DrawRefused) as error:
        draw_it(stage, buyer)
    return error.value.refusal


# --- The pool -------------------------------------------------------------------------------


def test_pool_holds_all_who_agreed_whatever_they_rated(stage):
    Review.objects.filter(pk=stage.reviews[0].pk).update(half_stars=1)
    assert pool_ids(stage) == ids(stage.reviews)


def test_pool_leaves_out_who_did_not_agree_or_took_it_back(stage):
    customer(stage.product, 90)
    first = stage.reviews[0]
    assert take_back_agreement(review=first, author=first.author)
    assert not take_back_agreement(review=first, author=first.author)
    assert pool_ids(stage) == ids(stage.reviews[1:])


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Review.Status.REMOVED},
        {"relationship": Review.Relationship.PARTNER},
        {"relationship": Review.Relationship.CONSULTANT},
        {"verification_method": "", "source": Review.Source.IMPORTED},
        {"author": None},
    ],
)
def test_pool_holds_verified_customers_only(stage, changes):
    Review.objects.filter(pk=stage.reviews[0].pk).update(**changes)
    assert pool_ids(stage) == ids(stage.reviews[1:])


def test_pool_leaves_out_whom_the_buyer_cannot_write_to(stage):
    Profile.objects.filter(user=stage.reviewer(0)).update(accepts_messages="nobody")
    Block.objects.create(blocker=stage.reviewer(1), blocked=stage.buyer)
    Block.objects.create(blocker=stage.buyer, blocked=stage.reviewer(2))
    ask(stage.buyer, stage.reviews[3])
    assert pool_ids(stage) == ids(stage.reviews[4:])


def test_pool_leaves_out_the_buyers_colleagues_and_own_review(stage):
    for name, user in (("one", stage.buyer), ("two", stage.reviewer(0))):
        WorkEmailFactory(
            user=user, address=f"{name}@shared.example", domain="shared.example"
        )
    agreed(ReviewFactory(product=stage.product, author=stage.buyer))
    assert pool_ids(stage) == ids(stage.reviews[1:])


def test_who_has_joined_the_vendor_leaves_the_pool_and_cannot_agree(stage):
    review = stage.reviews[0]
    WorkEmailFactory(
        user=review.author, address="new@acme.example", domain="acme.example"
    )
    assert pool_ids(stage) == ids(stage.reviews[1:])
    take_back_agreement(review=review, author=review.author)
    with pytest.raises(NotAReference):
        agree_to_be_reference(review=review, author=review.author)
    assert not ReferenceConsent.objects.standing().filter(review=review).exists()


def test_those_who_left_the_product_stay_in_the_pool(stage):
    stage.reviews[0].considered.create(
        product=ReviewFactory().product, kind="switched_to"
    )
    assert pool_ids(stage) == ids(stage.reviews)


@pytest.mark.parametrize("customers", [1, 3])
def test_pool_takes_the_same_queries_for_any_size(
    db, customers, django_assert_num_queries
):
    stage = make_stage(customers)
    with django_assert_num_queries(QUERIES_FOR_A_POOL):
        assert len(pool_for(stage.buyer, stage.product)) == customers


# --- The draw -------------------------------------------------------------------------------


def test_draw_asks_three_and_logs_seed_and_pool(stage):
    made = draw_it(stage)
    pool = sorted(ids(stage.reviews), key=str)
    assert made.pool == pool
    assert made.pool_hash == pool_hash(made.seed, pool)
    assert made.drawn == draw(made.seed, pool)
    begun = Conversation.objects.filter(buyer=stage.buyer)
    assert ids(c.review for c in begun) == set(made.drawn)
    assert {c.messages.get().body for c in begun} == {QUESTION}
    assert {c.state for c in begun} == {Conversation.State.REQUESTED}


def test_draw_needs_five_in_the_pool(stage):
    for review in stage.reviews[:2]:
        take_back_agreement(review=review, author=review.author)
    assert refused(stage) == Refusal.POOL_TOO_SMALL
    assert not Conversation.objects.exists()
    assert not ReferenceDraw.objects.exists()


def test_second_draw_within_ninety_days_is_refused(stage):
    draw_it(stage)
    assert refused(stage) == Refusal.DRAWN_ALREADY
    with time_machine.travel(timezone.now() + DRAW_AGAIN_AFTER, tick=False):
        assert can_draw(stage.buyer, stage.product) is None


def test_draw_leaves_room_for_the_limit_of_new_conversations(stage):
    for number in range(3):
        ask(stage.buyer, ReviewFactory(author=member(email=f"x{number}@y.example")))
    assert refused(stage) == Refusal.SENDER_LIMIT
    Conversation.objects.update(created_at=timezone.now() - DAY)
    draw_it(stage)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("someone@acme.example", Refusal.INSIDER), ("someone@other.example", None)],
)
def test_vendors_own_people_cannot_draw(stage, address, expected):
    assert can_draw(member(email=address), stage.product) == expected


def test_representatives_cannot_draw(stage):
    speaker = member(email="speaker@private.example")
    VendorRepresentativeFactory(user=speaker, vendor=stage.vendor)
    assert refused(stage, speaker) == Refusal.REPRESENTATIVE
    assert not Conversation.objects.exists()


def test_unconfirmed_buyers_cannot_draw(stage):
    assert refused(stage, UserFactory()) == Refusal.EMAIL_NOT_CONFIRMED


def test_stored_draw_refuses_changes_and_deletion(stage):
    made = draw_it(stage)
    for change in (
        lambda: ReferenceDraw.objects.filter(pk=made.pk).update(seed="0" * 64),
        lambda: ReferenceDraw.objects.filter(pk=made.pk).update(drawn=made.pool[:3]),
        lambda: ReferenceDraw.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    assert ReferenceDraw.objects.get(pk=made.pk).drawn == made.drawn


def test_draw_locks_all_its_members_at_once(stage):
    """Who locks them one after the other can wait for another draw that waits for it."""
    with CaptureQueriesContext(connection) as seen:
        made = draw_it(stage)
    drawn = Review.objects.filter(public_id__in=made.drawn)
    members = sorted([stage.buyer.pk, *drawn.values_list("author", flat=True)])
    first = next(
        query["sql"]
        for query in seen.captured_queries
        if "FOR NO KEY UPDATE" in query["sql"] and "accounts_profile" in query["sql"]
    )
    assert f"IN ({', '.join(map(str, members))})" in first


@pytest.mark.django_db(transaction=True)
def test_two_draws_at_once_make_one():
    stage = make_stage()
    outcomes = []

    def run():
        try:
            outcomes.append(draw_it(stage).public_id)
        except DrawRefused as error:
            outcomes.append(error.refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(Refusal.DRAWN_ALREADY) == 3
    assert Conversation.objects.count() == 3


# --- The vendor -----------------------------------------------------------------------------


def test_nothing_a_vendor_does_changes_the_pool(client, stage):
    """Every address of the vendor's desk and of the reviews, as its representative."""
    speaker = member(email="speaker@private.example")
    VendorRepresentativeFactory(user=speaker, vendor=stage.vendor)
    before = pool_ids(stage)
    client.force_login(speaker)
    desk = f"/vendors/{stage.vendor.slug}/desk/"
    posted = {"body": "Thank you for it.", "statement": "It is not true at all.",
              "ground": "private_data", "product": stage.product.pk, "answer": "no",
              "reason": "fake", "details": "Never a customer."}  # fmt: skip
    for review in stage.reviews:
        at = f"/reviews/{review.public_id}/"
        for action in ("respond", "dispute", "report", "reference", "withdraw", "edit"):
            answer = client.post(f"{at}{action}/", posted)
            assert answer.status_code < 500
    client.post(f"{desk}invitations/", posted)
    assert pool_ids(stage) == before
    assert ReferenceConsent.objects.standing().count() == len(stage.reviews)


def test_representative_of_any_vendor_leaves_the_pool_and_comes_back(stage):
    row = VendorRepresentativeFactory(user=stage.reviewer(0))
    assert pool_ids(stage) == ids(stage.reviews[1:])
    VendorRepresentative.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    assert pool_ids(stage) == ids(stage.reviews)


# --- Agreement ------------------------------------------------------------------------------


def test_only_the_author_of_a_public_customers_review_can_agree(stage):
    stranger = member(email="stranger@school.example")
    with pytest.raises(NotAReference):
        agree_to_be_reference(review=stage.reviews[0], author=stranger)
    partner = customer(stage.product, 91, relationship="partner")
    with pytest.raises(NotAReference):
        agree_to_be_reference(review=partner, author=partner.author)
    assert ReferenceConsent.objects.count() == len(stage.reviews)


def test_erasure_ends_agreement_and_keeps_the_log_without_its_buyer(stage):
    made = draw_it(stage)
    erase_account(user=stage.reviewer(0), keep_published=True)
    erase_account(user=stage.buyer, keep_published=True)
    assert not ReferenceConsent.objects.filter(review=stage.reviews[0]).exists()
    kept = ReferenceDraw.objects.get()
    assert (kept.buyer, kept.seed, kept.drawn) == (None, made.seed, made.drawn)


# --- The command ----------------------------------------------------------------------------


def redraw(*arguments):
    out = io.StringIO()
    call_command("redraw", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_redraw_repeats_a_stored_draw(stage):
    made = draw_it(stage)
    assert redraw(str(made.public_id)) == [
        f"pool {made.pool_hash} of 6",
        *(f"{place}. {each}" for place, each in enumerate(made.drawn, 1)),
        "As it was logged.",
    ]


def test_redraw_from_seed_and_pool_needs_no_stored_draw(tmp_path, db):
    pool = [uuid.uuid4() for _ in range(9)]
    file = tmp_path / "pool.txt"
    file.write_text("\n".join(map(str, reversed(pool))))
    lines = redraw("--seed", "ab" * 32, "--pool", str(file))
    assert lines[0] == f"pool {pool_hash('ab' * 32, pool)} of 9"
    assert lines[1:] == [
        f"{place}. {each}" for place, each in enumerate(draw("ab" * 32, pool), 1)
    ]


def test_redraw_finds_a_forged_row(stage):
    made = draw_it(stage)
    others = [each for each in made.pool if each not in made.drawn]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        ReferenceDraw.objects.filter(pk=made.pk).update(drawn=others[:3])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    with pytest.raises(CommandError, match="Others were drawn"):
        redraw(str(made.public_id))


@pytest.mark.parametrize(
    "arguments", [[], ["not-an-id"], ["--seed", "ab"], [str(uuid.uuid4())]]
)
def test_redraw_says_what_it_needs(arguments, db):
    with pytest.raises(CommandError):
        redraw(*arguments)


def test_stored_draw_goes_to_no_other_buyer(stage):
    made = draw_it(stage)
    with pytest.raises(InternalError), transaction.atomic():
        ReferenceDraw.objects.filter(pk=made.pk).update(buyer=stage.reviewer(0))
    assert ReferenceDraw.objects.get(pk=made.pk).buyer == stage.buyer

import datetime
import uuid

import pytest
from django.utils import timezone

from moderation import batches
from moderation.models import Decision, DecisionBatch, QueueItem
from moderation.services import (
    close_item,
    hold_item,
    open_item,
    start_batch,
    undo_batch,
)
from moderation.tasks import apply_batch, sweep_batches
from notifications.models import OutgoingEmail
from reviews.kinds import REVIEW
from reviews.models import Review
from tests.factories import UserFactory
from tests.moderation.test_queue_concurrency import at_once, signed_in
from tests.moderation.waiting import (
    item_of,
    page_of,
    waiting_edit,
    waiting_review,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"
BATCHES = f"{QUEUE}batches/"


def ticked(*targets) -> list[str]:
    """As the checkboxes of the page send it."""
    return [
        f"{item_of(t).public_id}" + (f":{t.version}" if isinstance(t, Review) else "")
        for t in targets
    ]


def approve(panel, *targets) -> DecisionBatch:
    response = panel.post(BATCHES, {"verb": "approve", "items": ticked(*targets)})
    assert response.status_code == 302
    return DecisionBatch.objects.latest("pk")


def its_time_has_come(batch: DecisionBatch) -> None:
    DecisionBatch.objects.filter(pk=batch.pk).update(apply_at=timezone.now())


def came_of(batch: DecisionBatch) -> dict[str, str]:
    batch.refresh_from_db()
    return {item: result["came_of"] for item, result in batch.results.items()}


def statuses(*reviews) -> list[str]:
    for review in reviews:
        review.refresh_from_db()
    return [review.status for review in reviews]


# --- Waiting --------------------------------------------------------------------------------


def test_nothing_happens_before_its_time(panel, moderator):
    one, another = waiting_review(), waiting_review()
    batch = approve(panel, one, another)
    sweep_batches()
    apply_batch(batch.pk)
    assert statuses(one, another) == ["pending", "pending"]
    assert not Decision.objects.exists()
    assert not OutgoingEmail.objects.exists()
    left = batch.apply_at - timezone.now()
    assert datetime.timedelta(seconds=15) < left <= datetime.timedelta(seconds=20)


def test_its_items_are_held_and_said_to_be_decided(panel, moderator, colleague, client):
    review = waiting_review()
    batch = approve(panel, review)
    assert item_of(review).held_by == moderator
    assert item_of(review).held_until > batch.apply_at
    page = panel.get(QUEUE).content.decode()
    assert "1 to approve" in page
    assert "decided with others" in page
    assert 'name="items"' not in page
    assert "about to be decided together" in panel.get(page_of(review)).content.decode()
    client.force_login(colleague)
    client.post(page_of(review), {"verb": "publish"})
    assert not Decision.objects.exists()


def test_taking_another_item_keeps_the_hold_of_a_batch(panel, moderator):
    review, another = waiting_review(), waiting_review()
    approve(panel, review)
    panel.post(page_of(another) + "hold/")
    assert item_of(review).held_by == moderator


def test_after_a_decision_the_next_one_is_not_in_a_batch(panel):
    first, in_batch, last = waiting_review(), waiting_review(), waiting_review()
    approve(panel, in_batch)
    response = panel.post(page_of(first), {"verb": "publish"})
    assert response.headers["Location"] == page_of(last)


def test_undone_it_never_happens(panel):
    review = waiting_review()
    batch = approve(panel, review)
    response = panel.post(f"{BATCHES}{batch.public_id}/undo/", follow=True)
    assert "Undone" in " ".join(map(str, response.context["messages"]))
    its_time_has_come(batch)
    sweep_batches()
    batch.refresh_from_db()
    assert batch.status == "undone"
    assert statuses(review) == ["pending"]
    assert item_of(review).held_by is None
    assert not Decision.objects.exists()
    assert not OutgoingEmail.objects.exists()


def test_only_who_started_it_undoes_it(client, panel, colleague):
    batch = approve(panel, waiting_review())
    client.force_login(colleague)
    assert client.post(f"{BATCHES}{batch.public_id}/undo/").status_code == 404
    client.force_login(UserFactory())
    client.post(f"{BATCHES}{batch.public_id}/undo/")
    batch.refresh_from_db()
    assert batch.status == "waiting"


def test_only_post_undoes(panel):
    batch = approve(panel, waiting_review())
    assert panel.get(f"{BATCHES}{batch.public_id}/undo/").status_code == 405
    assert panel.get(BATCHES).status_code == 405


# --- Carried out ----------------------------------------------------------------------------


def test_approving_several_means_to_each_what_its_kind_calls_it(panel, moderator):
    review, edit = waiting_review(), waiting_edit()
    batch = approve(panel, review, edit)
    its_time_has_come(batch)
    sweep_batches()
    batch.refresh_from_db()
    edit.refresh_from_db()
    assert batch.status == "applied"
    assert (statuses(review), edit.status) == (["published"], "approved")
    decisions = Decision.objects.all()
    assert {d.action for d in decisions} == {"publish", "approve_edit"}
    assert {d.moderator for d in decisions} == {moderator}
    assert {item.outcome for item in QueueItem.objects.all()} == {
        "publish",
        "approve_edit",
    }


def test_refusing_several_sends_each_its_reasons(panel):
    review, edit = waiting_review(), waiting_edit()
    form = {"verb": "refuse", "reason_code": "advertising"}
    panel.post(BATCHES, form | {"items": ticked(review, edit), "statement": "An ad."})
    batch = DecisionBatch.objects.get()
    its_time_has_come(batch)
    apply_batch(batch.pk)
    edit.refresh_from_db()
    assert (statuses(review), edit.status) == (["rejected"], "rejected")
    assert [d.statement for d in Decision.objects.all()] == ["An ad.", "An ad."]
    assert ["An ad." in mail.text for mail in OutgoingEmail.objects.all()] == [
        True,
        True,
    ]


def test_without_words_each_gets_those_of_the_rule(panel):
    form = {"verb": "refuse", "reason_code": "advertising"}
    panel.post(BATCHES, form | {"items": ticked(waiting_review())})
    batch = DecisionBatch.objects.get()
    its_time_has_come(batch)
    apply_batch(batch.pk)
    assert "advertises a product" in Decision.objects.get().statement


def test_what_came_of_each_is_shown(panel, colleague):
    good, changed = waiting_review(headline="Good"), waiting_review(headline="Changed")
    taken, gone = waiting_review(headline="Taken"), waiting_review(headline="Gone")
    unverified = waiting_review(author=UserFactory(), headline="Unverified")
    all_five = (good, changed, taken, gone, unverified)
    batch = approve(panel, *all_five)
    Review.objects.filter(pk=changed.pk).update(version=2)
    QueueItem.objects.filter(pk=item_of(taken).pk).update(held_by=colleague)
    close_item(kind=REVIEW, target_public_id=gone.public_id)
    its_time_has_come(batch)
    sweep_batches()
    assert came_of(batch) == {
        str(item_of(review).public_id): result
        for review, result in zip(
            all_five,
            ("decided", "conflict", "conflict", "conflict", "not_possible"),
            strict=True,
        )
    }
    page = panel.get(f"{BATCHES}{batch.public_id}/").content.decode()
    assert page.count("conflict</span>") == 3
    assert "no current work e-mail" in page
    assert Decision.objects.count() == 1


def test_ones_own_is_not_decided_in_a_batch_either(panel, moderator):
    review = waiting_review(author=moderator)
    batch = approve(panel, review)
    its_time_has_come(batch)
    apply_batch(batch.pk)
    assert list(came_of(batch).values()) == ["not_possible"]
    assert statuses(review) == ["pending"]


def test_who_is_no_moderator_any_more_decides_nothing(panel, moderator):
    review = waiting_review()
    batch = approve(panel, review)
    moderator.is_staff = False
    moderator.save(update_fields=["is_staff"])
    its_time_has_come(batch)
    sweep_batches()
    assert list(came_of(batch).values()) == ["not_possible"]
    assert statuses(review) == ["pending"]
    assert not Decision.objects.exists()


def test_an_item_that_fails_keeps_no_other_back(panel, moderator):
    review = waiting_review()
    broken = open_item(kind="of_no_desk", target_public_id=uuid.uuid4())
    batches_of_both = [
        start_batch(moderator=moderator, verb="approve", items={item: None})
        for item in (broken.public_id, item_of(review).public_id)
    ]
    for batch in batches_of_both:
        its_time_has_come(batch)
    sweep_batches()
    assert list(came_of(batches_of_both[0]).values()) == ["not_possible"]
    assert [batch.status for batch in DecisionBatch.objects.all()] == ["applied"] * 2
    assert statuses(review) == ["published"]
    page = f"{BATCHES}{batches_of_both[0].public_id}/"
    assert panel.get(page).status_code == 200


def test_it_goes_on_where_a_dead_worker_stopped(panel):
    reviews = [waiting_review() for _ in range(3)]
    batch = approve(panel, *reviews)
    its_time_has_come(batch)
    assert batches._apply_next(batch.pk)
    assert sorted(statuses(*reviews)) == ["pending", "pending", "published"]
    # Begun, it can't be undone.
    assert not undo_batch(batch=batch, moderator=batch.moderator)
    sweep_batches()
    sweep_batches()
    assert statuses(*reviews) == ["published"] * 3
    assert Decision.objects.count() == OutgoingEmail.objects.count() == 3


def test_applied_it_says_too_late(panel):
    review = waiting_review()
    batch = approve(panel, review)
    its_time_has_come(batch)
    sweep_batches()
    response = panel.post(f"{BATCHES}{batch.public_id}/undo/", follow=True)
    assert "Too late" in " ".join(map(str, response.context["messages"]))
    assert statuses(review) == ["published"]


def test_a_batch_that_vanished_is_nothing(db):
    apply_batch(999)


# --- Input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": []}, "Select at least one."),
        ({"items": ["x"]}, "can’t be read"),
        ({"items": [f"{uuid.UUID(int=1)}:-1"]}, "can’t be read"),
        ({"items": [f"{uuid.UUID(int=1)}:{'9' * 30}"]}, "can’t be read"),
        ({"items": ["a\x00b"]}, ""),
        ({"items": [str(uuid.UUID(int=n)) for n in range(101)]}, "At most 100"),
        ({"verb": "refuse"}, "Choose the rule"),
        ({"verb": "refuse", "reason_code": "no_violation"}, ""),
        ({"verb": "publish"}, ""),
        ({"statement": "x" * 5000}, ""),
    ],
)
def test_strange_input_starts_nothing(panel, changes, said):
    review = waiting_review()
    form = {"verb": "approve", "items": ticked(review)} | changes
    response = panel.post(BATCHES, form)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not DecisionBatch.objects.exists()
    assert item_of(review).held_by is None


def test_an_item_that_another_holds_stays_with_them(panel, colleague):
    review = waiting_review()
    hold_item(item=item_of(review), moderator=colleague)
    batch = approve(panel, review)
    assert item_of(review).held_by == colleague
    its_time_has_come(batch)
    apply_batch(batch.pk)
    assert list(came_of(batch).values()) == ["conflict"]


# --- At the same moment ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(3))
def test_two_workers_and_an_undo_at_once_do_it_once_or_not_at_all(_):
    moderator = UserFactory(is_staff=True)
    reviews = [waiting_review() for _ in range(4)]
    batch = start_batch(
        moderator=moderator,
        verb="approve",
        items={item_of(review).public_id: review.version for review in reviews},
    )
    its_time_has_come(batch)

    undone = at_once(
        lambda: apply_batch(batch.pk),
        lambda: undo_batch(batch=batch, moderator=moderator),
        sweep_batches,
    )[1]

    expected = "pending" if undone else "published"
    assert statuses(*reviews) == [expected] * 4
    assert Decision.objects.count() == (0 if undone else 4)
    assert OutgoingEmail.objects.count() == (0 if undone else 4)


@pytest.mark.django_db(transaction=True)
def test_a_batch_and_a_second_moderator_decide_each_item_once(colleague):
    moderator = UserFactory(is_staff=True)
    reviews = [waiting_review() for _ in range(4)]
    batch = start_batch(
        moderator=moderator,
        verb="approve",
        items={item_of(review).public_id: review.version for review in reviews},
    )
    # The holds are over, as after a long outage of the worker.
    QueueItem.objects.update(held_by=None, held_until=None)
    its_time_has_come(batch)
    client, refusal = signed_in(colleague), {"verb": "reject", "reason_code": "copied"}

    at_once(
        lambda: apply_batch(batch.pk),
        *(
            lambda review=review: client.post(page_of(review), refusal)
            for review in reviews
        ),
    )

    assert Decision.objects.count() == OutgoingEmail.objects.count() == 4
    by_batch = list(came_of(batch).values()).count("decided")
    assert statuses(*reviews).count("published") == by_batch

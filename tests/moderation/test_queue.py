import datetime
import re
import uuid

import pytest
from django.utils import timezone

from moderation.models import Decision, QueueItem
from moderation.queue import PAGE_SIZE
from moderation.services import close_item, hold_item, open_item, raise_item
from notifications.models import OutgoingEmail
from reviews.kinds import REVIEW
from tests.factories import ReviewFactory, UserFactory
from tests.moderation.waiting import (
    item_of,
    made_older,
    page_of,
    waiting_edit,
    waiting_review,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"


def titles(response) -> list[str]:
    return [line.title for line in response.context["lines"]]


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# --- Who may --------------------------------------------------------------------------------


def paths(review) -> list[str]:
    return [
        QUEUE,
        page_of(review),
        f"{QUEUE}review/{review.public_id}/",
        f"{QUEUE}batches/{uuid.uuid4()}/",
    ]


def test_visitors_are_sent_to_sign_in_and_members_are_refused(client):
    review = waiting_review()
    for path in paths(review):
        client.logout()
        anonymous = client.get(path, follow=True)
        assert anonymous.redirect_chain[-1][0].startswith("/accounts/login/")
        client.force_login(review.author)
        assert client.get(path, follow=True).status_code == 403


@pytest.mark.parametrize("action", ["", "hold/", "open/"])
def test_members_change_nothing(client, action):
    review = waiting_review()
    client.force_login(review.author)
    client.post(page_of(review) + action, {"verb": "publish"})
    client.post(f"{QUEUE}batches/", {"verb": "approve", "items": item_of(review)})
    item = item_of(review)
    assert (item.closed_at, item.held_by) == (None, None)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        f"{QUEUE}{uuid.UUID(int=7)}/",
        f"{QUEUE}review/{uuid.UUID(int=7)}/",
        f"{QUEUE}nonsense/{uuid.UUID(int=7)}/",
        f"{QUEUE}?after=nonsense",
        f"{QUEUE}?after=WyJhIiwxXQ",
        f"{QUEUE}batches/{uuid.UUID(int=7)}/",
    ],
)
def test_what_is_not_there_is_404(panel, path):
    assert panel.get(path).status_code == 404


def test_get_and_head_change_nothing(panel):
    review = waiting_review()
    for method in (panel.get, panel.head):
        method(page_of(review), {"verb": "publish"})
        method(page_of(review) + "hold/")
    item = item_of(review)
    assert (item.closed_at, item.held_by) == (None, None)


# --- The list -------------------------------------------------------------------------------


def test_all_kinds_stand_in_one_queue_oldest_first(panel):
    waiting_review(headline="Newest")
    edit, old = waiting_edit("Some review"), waiting_review(headline="Oldest")
    made_older(old, 30)
    made_older(edit, 20)
    assert titles(panel.get(QUEUE)) == ["Oldest", "Edit of “Some review”", "Newest"]


def test_signals_count_as_hours_of_age_and_are_shown(panel):
    older, raised = waiting_review(headline="Older"), waiting_review(headline="Raised")
    made_older(older, 10)
    raise_item(
        kind=REVIEW,
        target_public_id=raised.public_id,
        signals=[{"kind": "near_copy", "text": "Much like another", "hours": 24}],
    )
    response = panel.get(QUEUE)
    assert titles(response) == ["Raised", "Older"]
    assert "Much like another +24 h" in response.content.decode()
    assert "Raised by 24 hours" in panel.get(page_of(raised)).content.decode()


def test_the_queue_is_filtered_by_kind_and_counts_each(panel):
    waiting_review()
    waiting_review()
    waiting_edit()
    response = panel.get(QUEUE, {"kind": "review_revision"})
    assert titles(response) == ["Edit of “Before”"]
    counts = {each.desk.kind: each.waiting for each in response.context["counts"]}
    assert (counts["review"], counts["review_revision"]) == (2, 1)
    assert response.context["total"] == 3


def test_a_kind_that_there_is_not_filters_nothing(panel):
    waiting_review(headline="Here")
    assert titles(panel.get(QUEUE, {"kind": "nonsense"})) == ["Here"]


def test_what_is_late_is_marked(panel):
    review = waiting_review()
    QueueItem.objects.update(due_at=timezone.now() - datetime.timedelta(hours=1))
    assert "late since" in panel.get(QUEUE).content.decode()
    assert "late: was due" in panel.get(page_of(review)).content.decode()


def test_dates_are_not_american(panel):
    review = waiting_review()
    QueueItem.objects.update(due_at=datetime.datetime(2030, 3, 4, tzinfo=datetime.UTC))
    assert "due 4 Mar, 00:00" in panel.get(QUEUE).content.decode()
    page = panel.get(page_of(review)).content.decode()
    assert "due 4 Mar 2030, 00:00 UTC" in page
    assert not re.search(r"\b[ap]\.m\.|\b(March|Mar\.?) \d{1,2},", page)


def test_who_holds_it_is_shown(panel, colleague, moderator):
    hold_item(item=item_of(waiting_review()), moderator=colleague)
    assert "ben@levelfield.example until" in panel.get(QUEUE).content.decode()
    hold_item(item=item_of(waiting_review()), moderator=moderator)
    assert "yours until" in panel.get(QUEUE).content.decode()


def test_a_long_queue_is_paged_by_key(panel):
    for n in range(PAGE_SIZE + 2):
        made_older(waiting_review(headline=f"No. {n}"), 1000 - n)
    first = panel.get(QUEUE)
    assert titles(first) == [f"No. {n}" for n in range(PAGE_SIZE)]
    second = panel.get(QUEUE + first.context["next_page"])
    assert titles(second) == [f"No. {PAGE_SIZE}", f"No. {PAGE_SIZE + 1}"]
    assert second.context["next_page"] == ""


def test_what_vanished_does_not_break_the_queue(panel):
    item = open_item(kind=REVIEW, target_public_id=uuid.uuid4())
    assert titles(panel.get(QUEUE)) == ["No longer there"]
    assert panel.get(f"{QUEUE}{item.public_id}/").status_code == 404


# Session, user, three that allauth and the menu ask, the menu's count; then the batches, the page, the counts by
# kind, what is in batches, the last batch, and one for each kind on the page.
LIST_QUERIES = 12


def test_the_queue_asks_as_many_queries_for_three_as_for_one(
    panel, django_assert_num_queries
):
    waiting_review()
    waiting_edit()
    panel.get(QUEUE)
    with django_assert_num_queries(LIST_QUERIES):
        panel.get(QUEUE)
    for _ in range(2):
        waiting_review()
        waiting_edit()
    with django_assert_num_queries(LIST_QUERIES):
        panel.get(QUEUE)


def test_an_item_asks_as_many_queries_with_three_beside_it_as_alone(
    panel, django_assert_max_num_queries
):
    review = waiting_review()
    panel.get(page_of(review))
    with django_assert_max_num_queries(60) as alone:
        panel.get(page_of(review))
    for _ in range(3):
        waiting_review()
    with django_assert_max_num_queries(60) as together:
        panel.get(page_of(review))
    assert len(together) == len(alone)


# --- An item --------------------------------------------------------------------------------


def test_the_page_leads_to_its_neighbours_within_the_filter(panel):
    first, edit, last = waiting_review(), waiting_edit(), waiting_review()
    for hours, target in ((3, first), (2, edit), (1, last)):
        made_older(target, hours)
    response = panel.get(page_of(edit))
    assert response.context["previous"] == item_of(first)
    assert response.context["following"] == item_of(last)
    response = panel.get(page_of(first), {"kind": "review"})
    assert response.context["previous"] is None
    assert response.context["following"] == item_of(last)


def test_hidden_characters_of_a_text_stand_as_marks(panel):
    review = waiting_review(
        headline="Good\u202etxt", pros="Fast\u200b, and p\u0430ssword-free. " * 3
    )
    page = panel.get(page_of(review)).content.decode()
    assert "\u202e" not in page.split("</title>")[1]
    assert "Right-to-left override (U+202E)" in page
    assert "Zero width space (U+200B)" in page
    assert "Cyrillic small letter a (U+0430) in a Latin word" in page


def test_an_edit_is_shown_word_by_word_with_hidden_characters(panel):
    edit = waiting_edit("Slow at first", headline="Fast\u200b at first")
    page = panel.get(page_of(edit)).content.decode()
    assert "<del>Slow</del><ins>Fast" in page
    assert "Zero width space (U+200B)" in page


# --- Deciding -------------------------------------------------------------------------------


def test_approving_in_one_click_goes_on_to_the_next_and_holds_it(panel, moderator):
    review, following = waiting_review(), waiting_review()
    response = panel.post(
        page_of(review), {"verb": "publish", "seen_version": 1}, follow=True
    )
    assert response.redirect_chain == [(page_of(following), 302)]
    review.refresh_from_db()
    assert review.status == "published"
    assert item_of(review).outcome == "publish"
    assert item_of(following).held_by == moderator
    assert Decision.objects.get().moderator == moderator
    assert OutgoingEmail.objects.get().kind == "review_published"


def test_the_next_one_is_not_what_others_hold(panel, colleague):
    review, held, free = waiting_review(), waiting_review(), waiting_review()
    hold_item(item=item_of(held), moderator=colleague)
    response = panel.post(page_of(review), {"verb": "publish"})
    assert response.headers["Location"] == page_of(free)


def test_the_next_one_stays_within_the_filter(panel):
    first, edit, last = waiting_review(), waiting_edit(), waiting_review()
    for hours, target in ((3, first), (2, edit), (1, last)):
        made_older(target, hours)
    response = panel.post(f"{page_of(first)}?kind=review", {"verb": "publish"})
    assert response.headers["Location"] == f"{page_of(last)}?kind=review"


def test_the_last_decision_goes_back_to_the_queue(panel):
    response = panel.post(page_of(waiting_review()), {"verb": "publish"})
    assert response.headers["Location"] == QUEUE


def test_a_refusal_sends_the_words_of_the_moderator(panel):
    review = waiting_review()
    panel.post(
        page_of(review),
        {
            "verb": "reject",
            "seen_version": 1,
            "reason_code": "abusive",
            "statement": "The last line insults a person.",
        },
    )
    review.refresh_from_db()
    assert review.status == "rejected"
    assert "The last line insults a person." in OutgoingEmail.objects.get().text


def test_a_refusal_without_words_sends_those_of_the_rule(panel):
    panel.post(
        page_of(waiting_review()), {"verb": "reject", "reason_code": "advertising"}
    )
    assert "advertises a product" in OutgoingEmail.objects.get().text
    assert "advertises a product" in Decision.objects.get().statement


def test_a_refusal_without_a_rule_asks_for_it(panel):
    review = waiting_review()
    response = panel.post(page_of(review), {"verb": "reject", "statement": "No."})
    assert response.status_code == 422
    assert "Choose the rule that it breaks." in response.content.decode()
    assert ">No.</textarea>" in response.content.decode()
    assert not Decision.objects.exists()


def test_the_preview_shows_the_email_and_decides_nothing(panel):
    review = waiting_review()
    response = panel.post(
        page_of(review), {"preview": "reject", "reason_code": "copied"}
    )
    assert response.status_code == 200
    assert "appears elsewhere or was not written by you" in response.content.decode()
    assert not Decision.objects.exists()
    assert not OutgoingEmail.objects.exists()
    assert item_of(review).closed_at is None


def test_nobody_decides_on_their_own(client):
    author = UserFactory(is_staff=True)
    review = waiting_review(author=author)
    client.force_login(author)
    page = client.get(page_of(review)).content.decode()
    assert "Another moderator decides" in page
    assert 'value="publish"' not in page
    response = client.post(page_of(review), {"verb": "publish"}, follow=True)
    assert "Another moderator decides" in said(response)
    assert not Decision.objects.exists()


def test_what_is_not_possible_is_said(panel):
    review = waiting_review(author=UserFactory())
    response = panel.post(page_of(review), {"verb": "publish"}, follow=True)
    assert "no current work e-mail" in said(response)
    assert item_of(review).closed_at is None


@pytest.mark.parametrize(
    "data",
    [
        {"verb": "reject", "reason_code": "copied", "statement": "a\x00b"},
        {"verb": "publish", "seen_version": "9" * 40},
        {"verb": "publish", "seen_version": "x"},
        {"verb": "reject", "reason_code": "copied", "statement": "x" * 5000},
        {"verb": "reject", "reason_code": "no_violation"},
        {"verb": "reject", "reason_code": "made_up"},
    ],
)
def test_strange_input_is_refused_without_a_crash(panel, data):
    review = waiting_review()
    assert panel.post(page_of(review), data).status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize("verb", ["", "approve_edit", "remove", "x" * 500, "a\x00b"])
def test_what_its_desk_does_not_know_decides_nothing(panel, verb):
    review = waiting_review()
    response = panel.post(page_of(review), {"verb": verb}, follow=True)
    assert "Nothing was decided" in said(response)
    assert not Decision.objects.exists()


# --- Two moderators -------------------------------------------------------------------------


def test_the_second_moderator_is_told_and_overwrites_nothing(panel):
    review = waiting_review()
    address = page_of(review)
    panel.post(address, {"verb": "publish", "seen_version": 1})
    response = panel.post(
        address,
        {"verb": "reject", "seen_version": 1, "reason_code": "copied"},
        follow=True,
    )
    assert "Another moderator was faster" in said(response)
    review.refresh_from_db()
    assert review.status == "published"
    assert Decision.objects.count() == 1


def test_a_text_that_changed_meanwhile_is_not_decided_on(panel):
    review = waiting_review()
    type(review).objects.filter(pk=review.pk).update(version=2)
    response = panel.post(
        page_of(review), {"verb": "publish", "seen_version": 1}, follow=True
    )
    assert "its author has changed it" in said(response)
    assert not Decision.objects.exists()


def test_opening_holds_it_for_ten_minutes(panel, moderator):
    review = waiting_review()
    response = panel.post(page_of(review) + "hold/", follow=True)
    assert response.redirect_chain == [(page_of(review), 302)]
    item = item_of(review)
    assert item.held_by == moderator
    left = item.held_until - timezone.now()
    assert datetime.timedelta(minutes=9) < left <= datetime.timedelta(minutes=10)


def test_the_script_is_told_until_when(panel, colleague):
    review = waiting_review()
    json = {"Accept": "application/json"}
    until = panel.post(page_of(review) + "hold/", headers=json).json()["until"]
    assert until == f"{item_of(review).held_until:%H:%M}"
    QueueItem.objects.update(held_by=colleague)
    assert panel.post(page_of(review) + "hold/", headers=json).json() == {"until": None}


def test_a_moderator_holds_one_at_a_time(panel, moderator):
    first, second = waiting_review(), waiting_review()
    panel.post(page_of(first) + "hold/")
    panel.post(page_of(second) + "hold/")
    assert item_of(first).held_by is None
    assert item_of(second).held_by == moderator


def test_what_one_may_not_decide_is_not_kept_from_the_others(panel, moderator):
    first, own = waiting_review(), waiting_review(author=moderator)
    assert "data-hold" not in panel.get(page_of(own)).content.decode()
    panel.post(page_of(own) + "hold/")
    assert item_of(own).held_by is None
    panel.post(page_of(first), {"verb": "publish"})
    assert item_of(own).held_by is None


def test_what_another_holds_is_shown_and_not_decided(panel, colleague):
    review = waiting_review()
    hold_item(item=item_of(review), moderator=colleague)
    page = panel.get(page_of(review)).content.decode()
    assert "ben@levelfield.example has this before them until" in page
    assert 'value="publish"' not in page
    response = panel.post(page_of(review), {"verb": "publish"}, follow=True)
    assert "Another moderator has this one before them" in said(response)
    assert not Decision.objects.exists()
    panel.post(page_of(review) + "hold/")
    assert item_of(review).held_by == colleague


def test_a_hold_that_is_over_stops_nobody(panel, colleague, moderator):
    review = waiting_review()
    hold_item(item=item_of(review), moderator=colleague)
    QueueItem.objects.update(held_until=timezone.now())
    panel.post(page_of(review) + "hold/")
    assert item_of(review).held_by == moderator
    panel.post(page_of(review), {"verb": "publish"})
    assert Decision.objects.get().moderator == moderator


def test_what_its_author_took_back_is_not_decided(panel):
    review = waiting_review()
    address = page_of(review)
    close_item(kind=REVIEW, target_public_id=review.public_id)
    assert "taken back by its author" in panel.get(address).content.decode()
    panel.post(address, {"verb": "publish"})
    assert not Decision.objects.exists()


# --- What waits no longer -------------------------------------------------------------------


def test_what_is_public_is_removed_and_restored_on_the_same_page(panel):
    review = ReviewFactory()
    address = f"{QUEUE}review/{review.public_id}/"
    response = panel.post(address, {"verb": "remove", "reason_code": "private_data"})
    assert response.headers["Location"] == address
    review.refresh_from_db()
    assert review.status == "removed"
    panel.post(address, {"verb": "restore"})
    review.refresh_from_db()
    assert review.status == "published"
    actions = Decision.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["remove", "restore"]


def test_what_waits_is_the_same_item_by_its_own_address(panel):
    review = waiting_review()
    response = panel.get(f"{QUEUE}review/{review.public_id}/")
    assert response.context["queue_item"] == item_of(review)


# --- The front page -------------------------------------------------------------------------


def test_the_front_page_says_what_waits_and_how_long_things_take(panel):
    late, edit = waiting_review(), waiting_edit()
    made_older(late, 100)
    QueueItem.objects.filter(pk=item_of(late).pk).update(due_at=timezone.now())
    for hours, in_time in ((2, True), (4, True), (30, False), (9, True)):
        decided = waiting_review()
        made_older(decided, hours)
        panel.post(page_of(decided), {"verb": "publish"})
        if not in_time:
            item = QueueItem.objects.filter(pk=item_of(decided).pk)
            item.update(due_at=timezone.now() - datetime.timedelta(hours=1))
    withdrawn = waiting_review()
    close_item(kind=REVIEW, target_public_id=withdrawn.public_id)

    response = panel.get("/admin/")

    total = response.context["figures"].total
    assert (total.waiting.waiting, total.waiting.late) == (2, 1)
    assert total.waiting.oldest_at == item_of(late).opened_at
    assert total.decided.decided == 4
    assert round(total.decided.median_hours, 2) == 6.5
    assert total.decided.in_time == 75
    kinds = {each.kind: each for each in response.context["figures"].kinds}
    assert kinds["review_revision"].waiting.oldest_at == item_of(edit).opened_at
    assert kinds["review_revision"].decided.decided == 0
    today = [(each.email, each.decided) for each in response.context["today"]]
    assert today == [("anna@levelfield.example", 4)]


def test_an_empty_site_has_a_front_page_and_a_queue(panel):
    response = panel.get("/admin/")
    assert response.context["figures"].total.decided.median_hours is None
    assert "Nothing waits." in response.content.decode()
    assert "Nothing waits" in panel.get(QUEUE).content.decode()

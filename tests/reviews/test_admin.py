import pytest
from django.urls import reverse

from moderation.models import Decision
from notifications.models import OutgoingEmail
from reviews.services import propose_edit
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db

LIST = "/admin/reviews/review/"
EDITS = "/admin/reviews/reviewrevision/"


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


@pytest.fixture
def admin(client, moderator):
    client.force_login(moderator)
    return client


def page_of(item) -> str:
    return reverse(f"admin:reviews_{item._meta.model_name}_change", args=[item.pk])


def pending_review(**columns):
    author = confirm_email(UserFactory())
    WorkEmailFactory(user=author)
    return PendingReviewFactory(author=author, **columns)


def proposed_edit():
    review = ReviewFactory(author=confirm_email(UserFactory()), headline="Before")
    return propose_edit(
        review=review,
        author=review.author,
        content=review_content(headline="After"),
        answers={"advice": "Wait."},
    )


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# --- Who may --------------------------------------------------------------------------------


def test_visitors_are_sent_to_sign_in_and_members_are_refused(client):
    review = pending_review()
    for path in (
        "/admin/",
        LIST,
        page_of(review),
        EDITS,
        "/admin/moderation/decision/",
    ):
        client.logout()
        anonymous = client.get(path, follow=True)
        assert anonymous.redirect_chain[-1][0].startswith("/accounts/login/")
        client.force_login(review.author)
        assert client.get(path, follow=True).status_code == 403


def test_a_moderator_who_is_none_any_more_decides_nothing(admin, moderator):
    review = pending_review()
    moderator.is_staff = False
    moderator.save()
    response = admin.post(page_of(review), {"action": "publish"}, follow=True)
    assert response.status_code == 403
    review.refresh_from_db()
    assert review.status == "pending"


def test_nothing_can_be_added_deleted_or_rewritten(admin):
    review = pending_review(headline="As written")
    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.post(f"{LIST}{review.pk}/delete/", {"post": "yes"}).status_code == 403
    admin.post(page_of(review), {"headline": "Rewritten", "_save": "Save"})
    review.refresh_from_db()
    assert review.headline == "As written"
    assert admin.get(f"{LIST}{review.pk}/history/").status_code == 302


def test_get_and_head_decide_nothing(admin):
    review = pending_review()
    admin.get(page_of(review), {"action": "publish"})
    admin.head(page_of(review), {"action": "publish"})
    review.refresh_from_db()
    assert review.status == "pending"


@pytest.mark.parametrize("pk", ["999999", "x", "1%00", "99999999999999999999999"])
def test_a_review_that_is_not_there(admin, pk):
    assert admin.get(f"{LIST}{pk}/change/").status_code in (302, 400, 404)


# --- The queue ------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_oldest_first(admin):
    second, first = pending_review(headline="Second"), pending_review(headline="First")
    type(first).objects.filter(pk=first.pk).update(
        submitted_at=second.submitted_at.replace(year=2020)
    )
    ReviewFactory(headline="Published already")
    rows = admin.get(LIST).context["cl"].result_list
    assert [row.headline for row in rows] == ["First", "Second"]
    rows = admin.get(LIST, {"state": "published"}).context["cl"].result_list
    assert [row.headline for row in rows] == ["Published already"]


def test_the_queue_counts_what_the_author_wrote_before(admin):
    review = pending_review()
    ReviewFactory.create_batch(2, author=review.author)
    ReviewFactory(author=review.author, status="rejected")
    assert "2 published, 1 rejected" in admin.get(LIST).content.decode()


@pytest.mark.parametrize("path", [LIST, EDITS])
def test_the_queues_ask_as_many_queries_for_three_as_for_one(
    admin, django_assert_num_queries, path
):
    def add():
        proposed_edit() if path == EDITS else pending_review()

    add()
    admin.get(path)
    with django_assert_num_queries(QUERIES[path]):
        admin.get(path)
    add()
    add()
    with django_assert_num_queries(QUERIES[path]):
        admin.get(path)


# Session, user, three that allauth and the menu ask, two counts; then the page and, for reviews, the histories.
QUERIES = {LIST: 9, EDITS: 8}


def test_the_page_shows_what_is_needed_to_decide(admin):
    vendor = VendorFactory(email_domains=["acme.example"])
    review = pending_review(product=ProductFactory(vendor=vendor))
    WorkEmailFactory(user=review.author, domain="acme.example")
    ReviewFactory(author=review.author, headline="An earlier one")
    page = admin.get(page_of(review)).content.decode()
    for expected in (
        review.headline,
        review.pros,
        review.cons,
        "@acme.example",
        "the vendor’s own",
        "Conflict of interest",
        "An earlier one",
        "1 published",
    ):
        assert expected in page
    # Where somebody works is what there is to check; the addresses are not.
    assert review.author.email not in page
    assert "person@acme.example" not in page


def test_the_front_page_says_what_waits(admin):
    pending_review()
    proposed_edit()
    figures = admin.get("/admin/").context["queue"]
    assert (figures.waiting, figures.edits, figures.late) == (1, 1, 0)
    assert (figures.decided, figures.median_hours) == (0, None)


# --- Deciding -------------------------------------------------------------------------------


def test_publish_in_one_click_goes_on_to_the_next(admin, moderator):
    review, following = pending_review(), pending_review()
    response = admin.post(
        page_of(review), {"action": "publish", "seen_version": 1}, follow=True
    )
    assert response.redirect_chain == [(page_of(following), 302)]
    review.refresh_from_db()
    assert review.status == "published"
    assert Decision.objects.get().moderator == moderator
    assert OutgoingEmail.objects.get().kind == "review_published"


def test_the_last_decision_goes_back_to_the_list(admin):
    response = admin.post(page_of(pending_review()), {"action": "publish"})
    assert response.headers["Location"] == LIST


def test_reject_sends_the_words_of_the_moderator(admin):
    review = pending_review()
    admin.post(
        page_of(review),
        {
            "action": "reject",
            "seen_version": 1,
            "reason_code": "abusive",
            "statement": "The last line insults a person.",
        },
    )
    review.refresh_from_db()
    assert review.status == "rejected"
    assert "The last line insults a person." in OutgoingEmail.objects.get().text


def test_reject_without_a_rule_asks_for_it(admin):
    review = pending_review()
    response = admin.post(page_of(review), {"action": "reject", "statement": "No."})
    assert response.status_code == 200
    assert "Choose the rule that it breaks." in response.content.decode()
    review.refresh_from_db()
    assert review.status == "pending"


@pytest.mark.parametrize("code", ["meets_guidelines", "no_violation", "made_up"])
def test_reject_needs_a_ground_that_is_one(admin, code):
    review = pending_review()
    admin.post(page_of(review), {"action": "reject", "reason_code": code})
    review.refresh_from_db()
    assert review.status == "pending"


def test_the_preview_shows_the_email_and_decides_nothing(admin):
    review = pending_review()
    response = admin.post(
        page_of(review),
        {"action": "reject", "reason_code": "copied", "preview": "1"},
    )
    assert "appears elsewhere or was not written by you" in response.content.decode()
    assert "by hand" in response.context["preview"].text
    assert not Decision.objects.exists()
    assert not OutgoingEmail.objects.exists()
    review.refresh_from_db()
    assert review.status == "pending"


@pytest.mark.parametrize("action", ["publish", "restore"])
def test_only_a_refusal_has_a_preview(admin, action):
    review = pending_review()
    response = admin.post(page_of(review), {"action": action, "preview": "1"})
    assert response.status_code == 200
    assert response.context["preview"] is None
    review.refresh_from_db()
    assert review.status == "pending"


def test_the_second_moderator_is_told_and_overwrites_nothing(admin):
    review = pending_review()
    admin.post(page_of(review), {"action": "publish", "seen_version": 1})
    response = admin.post(
        page_of(review),
        {"action": "reject", "seen_version": 1, "reason_code": "copied"},
        follow=True,
    )
    assert "Another moderator was faster" in said(response)
    review.refresh_from_db()
    assert review.status == "published"
    assert Decision.objects.count() == 1


def test_publish_of_an_unverified_review_says_what_is_missing(admin):
    review = PendingReviewFactory()
    response = admin.post(page_of(review), {"action": "publish"}, follow=True)
    assert "no current work e-mail" in said(response)
    review.refresh_from_db()
    assert review.status == "pending"


def test_remove_and_restore(admin):
    review = ReviewFactory()
    admin.post(page_of(review), {"action": "remove", "reason_code": "private_data"})
    review.refresh_from_db()
    assert review.status == "removed"
    admin.post(page_of(review), {"action": "restore"})
    review.refresh_from_db()
    assert review.status == "published"
    actions = Decision.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["remove", "restore"]


def test_an_action_of_another_queue_is_not_there(admin):
    response = admin.post(page_of(pending_review()), {"action": "approve_edit"})
    assert response.status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {"action": "reject", "reason_code": "copied", "statement": "a\x00b"},
        {"action": "publish", "seen_version": "9" * 40},
        {"action": "publish", "seen_version": "x"},
        {"action": "reject", "reason_code": "copied", "statement": "x" * 5000},
        {"action": ""},
    ],
)
def test_strange_input_is_refused_without_a_crash(admin, data):
    review = pending_review()
    assert admin.post(page_of(review), data).status_code == 200
    review.refresh_from_db()
    assert review.status == "pending"


# --- Edits ----------------------------------------------------------------------------------


def test_the_edit_page_puts_both_texts_side_by_side(admin):
    revision = proposed_edit()
    response = admin.get(page_of(revision))
    changed = {d.label: d for d in response.context["differences"] if d.is_changed}
    assert (changed["Headline"].before, changed["Headline"].after) == (
        "Before",
        "After",
    )
    assert (changed["Stars"].before, changed["Stars"].after) == ("4.0", "3.5")
    assert "Country" not in changed


def test_approve_and_reject_an_edit(admin):
    first, second = proposed_edit(), proposed_edit()
    admin.post(page_of(first), {"action": "approve_edit"})
    admin.post(page_of(second), {"action": "reject_edit", "reason_code": "advertising"})
    first.review.refresh_from_db()
    second.review.refresh_from_db()
    assert (first.review.headline, second.review.headline) == ("After", "Before")
    assert admin.get(page_of(first)).status_code == 200
    assert list(admin.get(EDITS).context["cl"].result_list) == []


# --- The log, and the policy ----------------------------------------------------------------


def test_the_log_can_be_looked_at_and_searched(admin):
    review = ReviewFactory()
    admin.post(page_of(review), {"action": "remove", "reason_code": "copied"})
    decision = Decision.objects.get()
    log = "/admin/moderation/decision/"
    assert admin.get(f"{log}{decision.pk}/change/").status_code == 200
    for query, found in ((str(review.public_id), 1), (decision.hash, 1), ("x", 0)):
        assert len(admin.get(log, {"q": query}).context["cl"].result_list) == found
    assert admin.post(f"{log}{decision.pk}/delete/", {"post": "yes"}).status_code == 403


def test_only_the_panel_may_evaluate_scripts(admin):
    panel = admin.get("/admin/").headers["Content-Security-Policy"]
    assert "'unsafe-eval'" in panel
    assert "script-src 'self' 'unsafe-inline'" not in panel
    public = admin.get("/about/ratings/").headers["Content-Security-Policy"]
    assert "unsafe" not in public

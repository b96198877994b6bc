import pytest
from django.urls import reverse

from moderation.models import Decision
from tests.factories import (
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    WorkEmailFactory,
)
from tests.moderation.waiting import page_of as queue_page_of
from tests.moderation.waiting import waiting_edit, waiting_review

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


# --- Who may --------------------------------------------------------------------------------


def test_visitors_are_sent_to_sign_in_and_members_are_refused(client):
    review = waiting_review()
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
    review = waiting_review()
    moderator.is_staff = False
    moderator.save()
    response = admin.post(queue_page_of(review), {"verb": "publish"}, follow=True)
    assert response.status_code == 403
    review.refresh_from_db()
    assert review.status == "pending"


def test_nothing_can_be_added_deleted_or_rewritten(admin):
    review = waiting_review(headline="As written")
    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.post(f"{LIST}{review.pk}/delete/", {"post": "yes"}).status_code == 403
    admin.post(page_of(review), {"headline": "Rewritten", "_save": "Save"})
    review.refresh_from_db()
    assert review.headline == "As written"
    assert admin.get(f"{LIST}{review.pk}/history/").status_code == 302


def test_get_and_head_decide_nothing(admin):
    review = waiting_review()
    admin.get(queue_page_of(review), {"verb": "publish"})
    admin.head(queue_page_of(review), {"verb": "publish"})
    review.refresh_from_db()
    assert review.status == "pending"


@pytest.mark.parametrize("pk", ["999999", "x", "1%00", "99999999999999999999999"])
def test_a_review_that_is_not_there(admin, pk):
    assert admin.get(f"{LIST}{pk}/change/").status_code in (302, 400, 404)


# --- The lists ------------------------------------------------------------------------------


def test_the_list_opens_on_what_waits_oldest_first(admin):
    second, first = waiting_review(headline="Second"), waiting_review(headline="First")
    type(first).objects.filter(pk=first.pk).update(
        submitted_at=second.submitted_at.replace(year=2020)
    )
    ReviewFactory(headline="Published already")
    rows = admin.get(LIST).context["cl"].result_list
    assert [row.headline for row in rows] == ["First", "Second"]
    rows = admin.get(LIST, {"state": "published"}).context["cl"].result_list
    assert [row.headline for row in rows] == ["Published already"]


def test_any_review_is_found_by_its_headline_in_any_state(admin):
    ReviewFactory(headline="Slow but steady", status="removed")
    ReviewFactory(headline="Another one")
    found = admin.get(LIST, {"q": "steady", "state": "all"}).context["cl"].result_list
    assert [row.headline for row in found] == ["Slow but steady"]


def test_the_list_counts_what_the_author_wrote_before(admin):
    review = waiting_review()
    ReviewFactory.create_batch(2, author=review.author)
    ReviewFactory(author=review.author, status="rejected")
    assert "2 published, 1 rejected" in admin.get(LIST).content.decode()


@pytest.mark.parametrize("path", [LIST, EDITS])
def test_the_lists_ask_as_many_queries_for_three_as_for_one(
    admin, django_assert_num_queries, path
):
    add = waiting_edit if path == EDITS else waiting_review
    add()
    admin.get(path)
    with django_assert_num_queries(QUERIES[path]):
        admin.get(path)
    add()
    add()
    with django_assert_num_queries(QUERIES[path]):
        admin.get(path)


# Session, user, three that allauth and the menu ask, a count; then the page and, for reviews, the histories.
QUERIES = {LIST: 8, EDITS: 7}


@pytest.mark.parametrize("make", [waiting_review, waiting_edit, ReviewFactory])
def test_one_of_the_list_opens_where_moderators_decide(admin, make):
    item = make()
    kind = "review_revision" if make is waiting_edit else "review"
    response = admin.get(page_of(item))
    assert response.status_code == 302
    address = f"/admin/queue/{kind}/{item.public_id}/"
    assert response.headers["Location"] == address
    assert admin.get(address).status_code == 200


def test_the_list_decides_nothing(admin):
    review = waiting_review()
    admin.post(page_of(review), {"verb": "publish", "action": "publish"})
    review.refresh_from_db()
    assert review.status == "pending"


# --- An item --------------------------------------------------------------------------------


def test_the_page_shows_what_is_needed_to_decide(admin):
    vendor = VendorFactory(email_domains=["acme.example"])
    review = waiting_review(product=ProductFactory(vendor=vendor))
    WorkEmailFactory(user=review.author, domain="acme.example")
    ReviewFactory(author=review.author, headline="An earlier one")
    page = admin.get(page_of(review), follow=True).content.decode()
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


def test_the_page_of_a_review_names_its_waiting_edit(admin):
    revision = waiting_edit()
    page = admin.get(page_of(revision.review), follow=True).content.decode()
    assert f"/admin/queue/review_revision/{revision.public_id}/" in page


def test_the_edit_page_puts_what_changes_first(admin):
    revision = waiting_edit()
    response = admin.get(page_of(revision), follow=True)
    changed = {d.label: d for d in response.context["changed"]}
    assert (changed["Headline"].before, changed["Headline"].after) == (
        "Before",
        "After",
    )
    assert (changed["Stars"].before, changed["Stars"].after) == ("4.0", "3.5")
    assert "Country" in {d.label for d in response.context["unchanged"]}


def test_approve_and_reject_an_edit(admin):
    first, second = waiting_edit(), waiting_edit()
    admin.post(queue_page_of(first), {"verb": "approve_edit"})
    admin.post(
        queue_page_of(second), {"verb": "reject_edit", "reason_code": "advertising"}
    )
    first.review.refresh_from_db()
    second.review.refresh_from_db()
    assert (first.review.headline, second.review.headline) == ("After", "Before")
    assert admin.get(page_of(first), follow=True).status_code == 200
    assert list(admin.get(EDITS).context["cl"].result_list) == []


# --- The log, and the policy ----------------------------------------------------------------


def test_the_log_can_be_looked_at_and_searched(admin):
    review = ReviewFactory()
    admin.post(
        f"/admin/queue/review/{review.public_id}/",
        {"verb": "remove", "reason_code": "copied"},
    )
    decision = Decision.objects.get()
    log = "/admin/moderation/decision/"
    assert admin.get(f"{log}{decision.pk}/change/").status_code == 200
    assert f"{decision.created_at:%-d %b %Y, %H:%M}" in admin.get(log).text
    for query, found in ((str(review.public_id), 1), (decision.hash, 1), ("x", 0)):
        assert len(admin.get(log, {"q": query}).context["cl"].result_list) == found
    assert admin.post(f"{log}{decision.pk}/delete/", {"post": "yes"}).status_code == 403


def test_only_the_panel_may_evaluate_scripts(admin):
    panel = admin.get("/admin/").headers["Content-Security-Policy"]
    assert "'unsafe-eval'" in panel
    assert "script-src 'self' 'unsafe-inline'" not in panel
    public = admin.get("/about/ratings/").headers["Content-Security-Policy"]
    assert "unsafe" not in public

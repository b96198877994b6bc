import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from moderation.models import ReasonCode
from reviews import services
from reviews.models import COMMENT_LENGTH, Comment, Review
from tests.factories import (
    CommentFactory,
    PendingCommentFactory,
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
)
from tests.reviews.discussing import (
    member,
    write,
)

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def review() -> Review:
    return ReviewFactory(author=member())


@pytest.fixture
def moderator() -> User:
    return UserFactory(is_staff=True)


# --- The pages ------------------------------------------------------------------------------


def comments_on(page: str) -> list[str]:
    listed = page.partition('<ol class="comments">')[2].partition("</ol>")[0]
    return re.findall(r'<p class="user-text" dir="auto">([^<]*)</p>', listed)


def test_comments_stand_oldest_first_with_their_answers(client, review):
    day = timezone.now() - datetime.timedelta(days=9)

    def said(body: str, after: int, parent: Comment | None = None) -> Comment:
        moment = day + datetime.timedelta(hours=after)
        return CommentFactory(
            review=review, body=body, parent=parent, published_at=moment
        )

    second = said("Second", 2)
    first = said("First", 1)
    said("Answer to the second", 3, second)
    said("Late answer to the first", 5, first)
    said("Early answer to the first", 4, first)
    PendingCommentFactory(review=review, body="Waits")
    assert comments_on(client.get(review.get_absolute_url()).content.decode()) == [
        "First",
        "Early answer to the first",
        "Late answer to the first",
        "Second",
        "Answer to the second",
    ]


def walk(client, review: Review) -> list[str]:
    found: list[str] = []
    address: str | None = review.get_absolute_url()
    while address:
        page = client.get(address).content.decode()
        found += comments_on(page)
        later = re.search(r'rel="next" href="([^"#]+)', page)
        address = later[1] if later else None
    return found


def test_pages_show_each_comment_exactly_once(client, review):
    moment = timezone.now()
    tops = [
        CommentFactory(review=review, body=f"Top {n}", published_at=moment)
        for n in range(15)
    ]
    for n in range(32):
        CommentFactory(review=review, body=f"Answer {n}", parent=tops[n % 3])
    found = walk(client, review)
    assert len(found) == 47
    assert set(found) == set(Comment.objects.values_list("body", flat=True))


def test_answer_to_what_is_gone_stays_and_says_so(client, review):
    top = CommentFactory(review=review, body="Gone", status=Status.REMOVED)
    CommentFactory(review=review, body="Still here", parent=top)
    page = client.get(review.get_absolute_url()).content.decode()
    assert comments_on(page) == ["Still here"]
    assert "An answer to a comment that is no longer here:" in page


def test_address_of_a_comment_leads_to_the_page_that_shows_it(client, review):
    start = timezone.now()
    comments = [
        CommentFactory(
            review=review,
            body=f"Number {n}",
            published_at=start + datetime.timedelta(minutes=n),
        )
        for n in range(45)
    ]
    for n in (0, 19, 20, 44):
        response = client.get(comments[n].get_absolute_url())
        assert response.status_code == 302
        path, _, anchor = response["Location"].partition("#")
        assert anchor == f"comment-{comments[n].public_id}"
        assert f"Number {n}" in comments_on(client.get(path).content.decode())


@pytest.mark.parametrize("status", [s for s in Status if s != Status.PUBLISHED])
def test_comment_that_is_not_public_has_no_address(client, review, status):
    comment = PendingCommentFactory(review=review, status=status)
    client.force_login(comment.author)
    assert client.get(comment.get_absolute_url()).status_code == 404


def test_comments_of_a_hidden_review_are_hidden(client, review):
    comment = CommentFactory(review=review, body="Under it")
    Review.objects.filter(pk=review.pk).update(status="removed")
    assert client.get(comment.get_absolute_url()).status_code == 404
    assert b"Under it" not in client.get("/comments/").content
    client.force_login(review.author)
    assert b"Under it" not in client.get(review.get_absolute_url()).content


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("signed_in", "queries"), [(False, 2), (True, 14)])
def test_review_page_takes_as_many_queries_for_three_comments_as_for_one(
    client, django_assert_num_queries, review, number, signed_in, queries
):
    for _ in range(number):
        CommentFactory(review=review)
    if signed_in:
        client.force_login(member())
    with django_assert_num_queries(queries):
        page = client.get(review.get_absolute_url()).content.decode()
    assert len(comments_on(page)) == number


@pytest.mark.parametrize("number", [1, 3])
def test_lists_of_comments_take_as_many_queries_for_three_as_for_one(
    client, django_assert_num_queries, number
):
    author = member()
    for _ in range(number):
        CommentFactory(author=author)
    with django_assert_num_queries(1):
        page = client.get("/comments/").content.decode()
    assert len(comments_on(page)) == number
    client.force_login(author)
    # Session, user, unread messages; comments; none of them was refused.
    with django_assert_num_queries(4):
        assert client.get("/me/comments/").status_code == 200


def test_latest_comments_of_the_site_are_newest_first(client):
    now = timezone.now()
    for days in (2, 1, 3):
        CommentFactory(
            body=f"{days} days ago", published_at=now - datetime.timedelta(days=days)
        )
    assert comments_on(client.get("/comments/").content.decode()) == [
        "1 days ago",
        "2 days ago",
        "3 days ago",
    ]


def test_own_comments_show_all_states_with_the_reason_and_nobody_elses(
    client, review, moderator
):
    author = member()
    refused = write(review, author, "Not good enough")
    services.reject_comment(
        comment=refused,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="It insults the vendor.",
    )
    write(review, author, "Still waits")
    CommentFactory(review=review, body="Not mine")
    client.force_login(author)
    page = client.get("/me/comments/").content.decode()
    for shown in ("Not good enough", "It insults the vendor.", "Still waits"):
        assert shown in page
    assert "Not mine" not in page
    assert client.get("/me/comments/?after=garbage").status_code == 200


# --- Sending by the form --------------------------------------------------------------------


def address(review: Review) -> str:
    return f"/reviews/{review.public_id}/comments/"


def test_comment_is_sent_by_form(client, review):
    author = member(display_name="Anna Known")
    client.force_login(author)
    top = CommentFactory(review=review)
    shown = client.get(f"{review.get_absolute_url()}?answer={top.public_id}")
    assert f'value="{top.public_id}"' in shown.content.decode()
    response = client.post(
        address(review),
        {"body": "One\r\nTwo", "parent": top.public_id, "signed": "name"},
    )
    assert response["Location"] == f"{review.get_absolute_url()}#comments"
    comment = Comment.objects.get(author=author)
    assert (comment.body, comment.parent) == ("One\nTwo", top)
    assert comment.display_name == "Anna Known"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"body": ""}, "Write something first."),
        ({"body": "x" * (COMMENT_LENGTH + 1)}, "at most 1200 characters"),
        ({"body": "a\x00b"}, "Null characters are not allowed."),
        ({"body": "x", "parent": "zz"}, "Enter a valid UUID."),
    ],
)
def test_comment_that_cannot_be_taken_comes_back_as_it_was_typed(
    client, review, data, said
):
    client.force_login(member())
    response = client.post(address(review), data)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Comment.objects.exists()


def test_longest_comment_fits(client, review):
    client.force_login(member())
    assert (
        client.post(address(review), {"body": "ü" * COMMENT_LENGTH}).status_code == 302
    )


def test_refusal_is_said_on_the_page_and_the_words_stay(client, review):
    author = member()
    VendorRepresentativeFactory(user=author)
    client.force_login(author)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Vendor representatives don&#x27;t comment" in page
    response = client.post(address(review), {"body": "My words"})
    assert response.status_code == 403
    assert "Vendor representatives don&#x27;t comment" in response.content.decode()
    assert "My words" in response.content.decode()
    assert not Comment.objects.exists()


def test_visitors_and_strangers_do_not_comment(client, review):
    response = client.post(address(review), {"body": "x"})
    assert response["Location"].startswith("/accounts/login/")
    hidden = PendingReviewFactory()
    client.force_login(member())
    assert client.post(address(hidden), {"body": "x"}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member())
    assert strict.post(address(review), {"body": "x"}).status_code == 403
    assert not Comment.objects.exists()


@pytest.mark.parametrize("cursor", ["garbage", "W10", "A" * 5000, "%F0%9F%98%80"])
def test_broken_page_of_comments_is_refused_and_shows_the_first(client, review, cursor):
    CommentFactory(review=review, body="Here")
    response = client.get(f"{review.get_absolute_url()}?comments={cursor}")
    assert response.status_code == 400
    assert comments_on(response.content.decode()) == ["Here"]


def test_markup_in_a_comment_is_shown_as_text(client, review):
    body = "<script>alert(1)</script><b hx-get='/x'>"
    CommentFactory(review=review, body=body, display_name=body, persona=body)
    for path in (review.get_absolute_url(), "/comments/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<b hx-get" not in page
        assert "&lt;script&gt;alert(1)" in page

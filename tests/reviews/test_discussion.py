import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from accounts import privacy
from accounts.models import User
from accounts.services import erase_account
from moderation import desk
from moderation.desk import Choice
from moderation.models import Decision, ReasonCode
from moderation.services import Conflict
from reviews import services
from reviews.models import Comment, Review
from reviews.participation import COMMENTS_PER_MEMBER_AND_DAY, PartRefusal
from tests.factories import (
    CommentFactory,
    PendingCommentFactory,
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.reviews.discussing import (
    comment_count,
    mails,
    member,
    published,
    report,
    waiting,
    write,
)
from tests.stored_text import places_with

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def review() -> Review:
    return ReviewFactory(author=member())


@pytest.fixture
def moderator() -> User:
    return UserFactory(is_staff=True)


# --- Writing --------------------------------------------------------------------------------


def test_comment_waits_and_is_seen_by_its_author_alone(client, review):
    author = member()
    comment = write(review, author)
    assert comment.status == Status.PENDING
    assert waiting() == [("comment", str(comment.public_id))]
    assert comment_count(review) == 0
    assert comment.body not in client.get(review.get_absolute_url()).content.decode()
    client.force_login(author)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Your comment waits for a moderator." in page
    assert comment.body in page


def test_comment_is_signed_by_persona_and_by_name_only_on_request(review):
    author = member(display_name="Anna Known", job_function="finance")
    for _ in range(5):
        member(job_function="finance")
    quiet = write(review, author, "One")
    named = write(review, author, "Two", shows_name=True)
    assert (quiet.display_name, named.display_name) == ("", "Anna Known")
    assert quiet.persona.startswith("Finance")
    assert named.persona == (
        "Finance · one level below C · 201–1,000 employees · Healthcare · Germany"
    )


def test_persona_that_few_share_is_coarsened(review):
    author = member(job_function="security", country="MT")
    assert write(review, author).persona == ""


def test_same_words_sent_twice_are_one_comment(review):
    author = member()
    assert write(review, author) == write(review, author)
    assert Comment.objects.count() == 1


def test_answers_go_one_level_deep(review):
    top = CommentFactory(review=review)
    answer = write(review, member(), parent=top)
    assert answer.parent == top
    for parent in (
        CommentFactory(review=review, parent=top),
        CommentFactory(),
        PendingCommentFactory(review=review),
    ):
        with pytest.raises(services.PartRefused) as caught:
            write(review, member(), parent=parent)
        assert caught.value.reason == PartRefusal.NO_ANSWER_HERE


def refused(review: Review, author: User) -> PartRefusal:
    before = Comment.objects.count()
    with pytest.raises(services.PartRefused) as caught:
        write(review, author, "Refused")
    assert Comment.objects.count() == before
    assert waiting() == []
    return caught.value.reason


def test_representatives_of_any_vendor_do_not_comment(review):
    author = member()
    VendorRepresentativeFactory(user=author)
    assert refused(review, author) == PartRefusal.REPRESENTATIVE


def test_employees_of_the_vendor_do_not_comment():
    review = ReviewFactory(product__vendor__email_domains=["acme.example"])
    author = member()
    WorkEmailFactory(user=author, domain="acme.example", address="x@acme.example")
    assert refused(review, author) == PartRefusal.INSIDER


def test_comment_needs_a_confirmed_address_and_a_public_review(review):
    assert refused(review, UserFactory()) == PartRefusal.CONFIRM_EMAIL
    assert refused(PendingReviewFactory(), member()) == PartRefusal.NOT_PUBLIC


def test_comments_of_a_member_are_limited_by_day(review):
    author = member()
    for _ in range(COMMENTS_PER_MEMBER_AND_DAY):
        CommentFactory(author=author)
    assert refused(review, author) == PartRefusal.COMMENT_LIMIT
    Comment.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
    assert write(review, author)


@pytest.mark.django_db(transaction=True)
def test_limit_is_exact_when_all_are_sent_at_once():
    review, author = ReviewFactory(), member()
    for _ in range(COMMENTS_PER_MEMBER_AND_DAY - 3):
        CommentFactory(author=author)
    ready = threading.Barrier(16)

    def act(n: int) -> bool:
        ready.wait()
        try:
            write(review, author, f"At once {n}")
        except services.PartRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(act, range(16))) == 3
    assert Comment.objects.filter(author=author).count() == COMMENTS_PER_MEMBER_AND_DAY


# --- The reviewer ---------------------------------------------------------------------------


def test_reviewer_answers_without_name_or_persona(client, moderator):
    author = member(display_name="Anna Known", job_function="finance")
    review = ReviewFactory(author=author, is_anonymous=True)
    comment = published(write(review, author, shows_name=True), moderator)
    assert (comment.display_name, comment.persona) == ("", "")
    page = client.get(review.get_absolute_url()).content.decode()
    assert '<span class="badge badge-ok">The reviewer</span>' in page
    assert "Anna Known" not in page


def test_reviewer_is_offered_no_signature(client):
    author = member(display_name="Anna Known")
    review = ReviewFactory(author=author)
    client.force_login(author)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "You stand here as “The reviewer”" in page
    assert 'name="signed"' not in page


def test_page_with_the_reviewers_comment_does_not_depend_on_who_they_are(client):
    now = timezone.now()
    pages = []
    for name, job in (("Anna Known", "it"), ("Boris Other", "finance")):
        author = member(display_name=name, job_function=job)
        review = ReviewFactory(
            author=author,
            public_id="6f1b8f3e-1111-4222-8333-444455556666",
            product__slug=f"same-{job}",
            product__name="Same",
            product__vendor__slug=f"vendor-{job}",
            headline="The same words",
            published_at=now,
        )
        comment = write(review, author)
        Comment.objects.filter(pk=comment.pk).update(
            public_id="6f1b8f3e-2222-4222-8333-444455556666",
            status=Status.PUBLISHED,
            published_at=now,
        )
        page = client.get(review.get_absolute_url()).content.decode()
        pages.append(page.replace(f"same-{job}", "same"))
        review.delete()
    assert pages[0] == pages[1]


# --- Deciding -------------------------------------------------------------------------------


def test_published_comment_is_read_by_all_and_counted(client, review, moderator):
    comment = published(write(review, member()), moderator)
    assert comment_count(review) == 1
    assert waiting() == []
    page = client.get(review.get_absolute_url()).content.decode()
    assert comment.body in page
    assert '<span class="num">1</span> comment<' in page
    decision = Decision.objects.get()
    assert (decision.action, decision.target_kind) == ("publish", "comment")


def test_refused_comment_is_explained_to_its_author(review, moderator):
    comment = write(review, member())
    services.reject_comment(
        comment=comment,
        moderator=moderator,
        reason_code=ReasonCode.ADVERTISING,
        statement="It names your own shop.",
    )
    (mail,) = mails("comment_rejected")
    assert mail.recipient == comment.author
    decision = Decision.objects.get()
    for said in (
        "It names your own shop.",
        "Advertising or spam",
        f"/appeals/new/{decision.public_id}/",
        "by a moderator, by hand",
    ):
        assert said in mail.text
    assert comment_count(review) == 0
    assert waiting() == []


def test_removed_comment_goes_and_comes_back_with_its_day(review, moderator):
    comment = CommentFactory(review=review)
    services.remove_comment(
        comment=comment,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="",
    )
    assert comment_count(review) == 0
    assert len(mails("comment_removed")) == 1
    services.restore_comment(comment=comment, moderator=moderator)
    first_day = comment.published_at
    comment.refresh_from_db()
    assert (comment.status, comment.published_at) == (Status.PUBLISHED, first_day)
    assert comment_count(review) == 1
    assert len(mails("comment_restored")) == 1


def test_comment_that_was_emptied_does_not_come_back(moderator):
    comment = CommentFactory(status=Status.REMOVED, body="")
    assert desk.get("comment").verbs(comment) == ()
    with pytest.raises(Conflict):
        services.restore_comment(comment=comment, moderator=moderator)
    comment.refresh_from_db()
    assert comment.status == Status.REMOVED


def test_second_moderator_gets_a_conflict(review, moderator):
    comment = write(review, member())
    published(comment, moderator)
    with pytest.raises(Conflict):
        services.reject_comment(
            comment=comment,
            moderator=UserFactory(is_staff=True),
            reason_code=ReasonCode.ABUSIVE,
            statement="",
        )
    comment.refresh_from_db()
    assert comment.status == Status.PUBLISHED
    assert Decision.objects.count() == 1


def test_moderators_do_not_decide_on_their_own_nor_under_their_own_review(review):
    own = write(review, confirm_email(UserFactory(is_staff=True)))
    under_own = write(review, member())
    for comment, moderator in ((own, own.author), (under_own, review.author)):
        assert not desk.get("comment").may_decide(comment, moderator)
        with pytest.raises(services.PartRefused):
            services.publish_comment(comment=comment, moderator=moderator)
        comment.refresh_from_db()
        assert comment.status == Status.PENDING
    assert not Decision.objects.exists()


def test_appeal_that_is_granted_brings_a_refused_comment_out(review, moderator):
    comment = write(review, member())
    choice = Choice("reject", moderator, ReasonCode.ABUSIVE, "Too sharp.")
    comments = desk.get("comment")
    decision = comments.decide(
        comments.load([comment.public_id])[comment.public_id], choice
    )
    assert comments.affected(decision) == comment.author
    comments.reverse(decision, moderator=UserFactory(is_staff=True), statement="Right.")
    comment.refresh_from_db()
    assert comment.status == Status.PUBLISHED
    assert comment_count(review) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_desk_loads_many_as_it_loads_one(django_assert_num_queries, number):
    comments = [PendingCommentFactory() for _ in range(number)]
    comment_desk = desk.get("comment")
    with django_assert_num_queries(1):
        found = comment_desk.load([comment.public_id for comment in comments])
        for target in found.values():
            assert comment_desk.title(target) and comment_desk.subtitle(target)
            assert [verb.name for verb in comment_desk.verbs(target)] == [
                "publish",
                "reject",
            ]


@pytest.mark.django_db(transaction=True)
def test_sixteen_comments_published_at_once_are_all_counted():
    review, moderator = ReviewFactory(), UserFactory(is_staff=True)
    comments = [PendingCommentFactory(review=review) for _ in range(16)]

    def act(comment: Comment) -> None:
        try:
            services.publish_comment(comment=comment, moderator=moderator)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(act, comments))
    assert comment_count(review) == 16


# --- Withdrawing ----------------------------------------------------------------------------


def test_author_withdraws_what_waits_and_what_is_public(client, review, moderator):
    author = member()
    for comment in (
        write(review, author, "Waits"),
        published(write(review, author, "Is public"), moderator),
    ):
        client.force_login(author)
        address = f"/comments/{comment.public_id}/withdraw/"
        assert client.get(address).status_code == 200
        comment.refresh_from_db()
        assert comment.status in Comment.LIVE
        assert client.post(address).status_code == 302
        comment.refresh_from_db()
        assert comment.status == Status.WITHDRAWN
        assert client.post(address).status_code == 403
    assert waiting() == []
    assert comment_count(review) == 0
    assert Decision.objects.count() == 1


def test_nobody_else_withdraws_a_comment(client, review, moderator):
    comment = CommentFactory(review=review)
    address = f"/comments/{comment.public_id}/withdraw/"
    assert client.post(address).status_code == 302
    for other in (review.author, moderator, member()):
        client.force_login(other)
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    comment.refresh_from_db()
    assert comment.status == Status.PUBLISHED


# --- Who is told ----------------------------------------------------------------------------


def test_reviewer_and_whoever_is_answered_are_told_that_not_what_nor_who(
    review, moderator
):
    top = CommentFactory(review=review, author=member())
    author = member(display_name="Anna Known")
    comment = write(review, author, "Secret words", parent=top, shows_name=True)
    published(comment, moderator)
    to_reviewer, to_answered = mails("review_commented") + mails("comment_answered")
    assert (to_reviewer.recipient, to_answered.recipient) == (review.author, top.author)
    for mail in (to_reviewer, to_answered):
        assert "Secret words" not in mail.text
        assert "Anna Known" not in mail.text
        assert f"/comments/{comment.public_id}/" in mail.text
        assert "Stop these e-mails" in mail.text


def test_nobody_is_told_of_their_own_words_nor_twice(review, moderator):
    own = CommentFactory(review=review, author=review.author, is_by_reviewer=True)
    published(write(review, review.author, "Mine", parent=own), moderator)
    assert mails("review_commented") + mails("comment_answered") == []
    published(write(review, member(), "Theirs", parent=own), moderator)
    assert len(mails("review_commented")) == 1
    assert mails("comment_answered") == []


# --- Export and erasure ---------------------------------------------------------------------


def left_by(keep_published: bool) -> tuple[Comment, Comment, Review]:
    author = member(display_name="Plantedname", country="DE")
    review = ReviewFactory()
    public = published(
        write(review, author, "Plantedpublic", shows_name=True),
        UserFactory(is_staff=True),
    )
    waits = write(review, author, "Plantedwaits", shows_name=True)
    services.vote_helpful(review=review, voter=author)
    exported = privacy.export(author)["discussion"]
    assert [row["body"] for row in exported["comments"]] == [public.body, waits.body]
    assert len(exported["helpful_votes"]) == 1
    erase_account(user=author, keep_published=keep_published)
    for row in (public, waits, review):
        row.refresh_from_db()
    assert (waits.status, waits.body, waits.display_name) == ("withdrawn", "", "")
    assert waiting() == []
    assert review.helpful_count == 0
    return public, waits, review


def test_erasure_takes_the_name_from_public_comments_and_empties_the_rest():
    public, _, review = left_by(keep_published=True)
    assert (public.status, public.body) == ("published", "Plantedpublic")
    # The line beside a name was told whole.
    assert (public.display_name, public.persona, public.author) == ("", "", None)
    assert review.comment_count == 1


def test_erasure_forgets_the_address_left_with_a_report_by_a_visitor():
    reporter = member()
    typed = reporter.email.replace("member", "Member")
    sent = report(ReviewFactory(), email=typed)
    other = report(ReviewFactory(), email="other@elsewhere.example")
    erase_account(user=reporter, keep_published=True)
    assert places_with(typed) == []
    for row, address in [(sent, ""), (other, "other@elsewhere.example")]:
        row.refresh_from_db()
        assert row.reporter_email == address


def test_erasure_takes_public_comments_along_on_request():
    public, _, review = left_by(keep_published=False)
    assert (public.status, public.body, public.persona) == ("withdrawn", "", "")
    assert review.comment_count == 0

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from moderation import desk
from moderation.desk import Choice
from moderation.models import Decision, ReasonCode
from moderation.services import Conflict
from notifications.models import OutgoingEmail
from reviews import reporting, services
from reviews.models import Review, ReviewReport
from tests.factories import (
    CommentFactory,
    ReviewFactory,
    UserFactory,
    VendorResponseFactory,
    confirm_email,
)
from tests.reviews.discussing import (
    mails,
    member,
    report,
    waiting,
)

pytestmark = pytest.mark.django_db

FACTORIES = {
    "reviews": ReviewFactory,
    "comments": CommentFactory,
    "responses": VendorResponseFactory,
}
KINDS = {
    "reviews": "review_report",
    "comments": "comment_report",
    "responses": "response_report",
}


@pytest.fixture
def moderator() -> User:
    return UserFactory(is_staff=True)


@pytest.fixture(params=FACTORIES)
def noun(request) -> str:
    return request.param


@pytest.fixture
def target(noun):
    return FACTORIES[noun]()


def address(noun: str, target) -> str:
    return f"/{noun}/{target.public_id}/report/"


# --- Deciding -------------------------------------------------------------------------------


def test_upheld_report_removes_and_tells_all_sides(noun, target, moderator):
    reporter = member()
    report(target, reporter)
    report(target, email="v@visitor.example")
    OutgoingEmail.objects.all().delete()
    services.uphold_reports(
        target=target,
        moderator=moderator,
        reason_code=ReasonCode.PRIVATE_DATA,
        statement="It names a colleague of yours.",
    )
    target.refresh_from_db()
    assert target.status == "removed"
    assert waiting() == []
    subject = reporting.subject_of(target)
    assert set(subject.reports.objects.values_list("status", "reporter_email")) == {
        ("upheld", "")
    }
    outcomes = mails("report_decided")
    assert {mail.address for mail in outcomes} == {reporter.email, "v@visitor.example"}
    for mail in outcomes:
        # The words are for the author, the rule for all.
        assert "colleague of yours" not in mail.text
        assert "Contains personal or confidential data" in mail.text
    (to_author,) = OutgoingEmail.objects.filter(recipient=target.author)
    assert "It names a colleague of yours." in to_author.text
    assert "/appeals/new/" in to_author.text
    actions = list(Decision.objects.order_by("id").values_list("action", "target_kind"))
    assert actions[1] == ("uphold_report", KINDS[noun])
    assert actions[0][0] == "remove"


def test_author_learns_nothing_of_who_reported(noun, target, moderator):
    reporter = member()
    sent = report(target, reporter, details="Plantedwords")
    report(target, email="v@visitor.example", details="Plantedwords")
    services.uphold_reports(
        target=target, moderator=moderator, reason_code=ReasonCode.ABUSIVE, statement=""
    )
    to_author = OutgoingEmail.objects.get(recipient=target.author)
    for secret in (
        reporter.email,
        str(reporter.public_id),
        "v@visitor.example",
        "Plantedwords",
        str(sent.public_id),
    ):
        assert secret not in to_author.text + to_author.html


def test_dismissed_report_changes_nothing_and_gives_the_reason(
    client, noun, target, moderator
):
    reporter = member()
    sent = report(target, reporter)
    report(target, email="v@visitor.example")
    services.dismiss_reports(
        target=target, moderator=moderator, statement="Sharp, but about the product."
    )
    target.refresh_from_db()
    assert target.status == "published"
    assert waiting() == []
    outcomes = mails("report_decided")
    assert len(outcomes) == 2
    for mail in outcomes:
        assert "Sharp, but about the product." in mail.text
    assert not OutgoingEmail.objects.filter(recipient=target.author).exists()
    page = client.get(f"/reports/{sent.public_id}/").content.decode()
    assert "Sharp, but about the product." in page


def test_thing_is_reported_anew_after_a_decision(noun, target, moderator):
    report(target)
    services.dismiss_reports(target=target, moderator=moderator)
    report(target)
    assert len(waiting()) == 1
    services.dismiss_reports(target=target, moderator=moderator)
    assert Decision.objects.count() == 2


def test_what_is_gone_meanwhile_is_not_removed_twice(noun, target, moderator):
    report(target, member())
    type(target).objects.filter(pk=target.pk).update(status="withdrawn")
    services.uphold_reports(
        target=target, moderator=moderator, reason_code=ReasonCode.ABUSIVE, statement=""
    )
    target.refresh_from_db()
    assert target.status == "withdrawn"
    assert [d.action for d in Decision.objects.all()] == ["uphold_report"]
    assert "is no longer public" in mails("report_decided")[0].text


def test_second_moderator_gets_a_conflict(noun, target, moderator):
    report(target)
    services.dismiss_reports(target=target, moderator=moderator)
    with pytest.raises(Conflict):
        services.uphold_reports(
            target=target,
            moderator=UserFactory(is_staff=True),
            reason_code=ReasonCode.ABUSIVE,
            statement="",
        )
    target.refresh_from_db()
    assert target.status == "published"
    assert Decision.objects.count() == 1


def test_moderators_decide_neither_on_their_own_nor_on_what_they_reported(noun, target):
    reporting_moderator = confirm_email(UserFactory(is_staff=True))
    report(target, reporting_moderator)
    for moderator in (
        reporting_moderator,
        target.author,
        reporting.review_of(target).author,
    ):
        assert not desk.get(KINDS[noun]).may_decide(target, moderator)
        with pytest.raises(services.PartRefused):
            services.dismiss_reports(target=target, moderator=moderator)
    assert len(waiting()) == 1
    assert not Decision.objects.exists()


def test_text_that_changed_since_it_was_read_is_a_conflict(moderator):
    review = ReviewFactory()
    report(review)
    seen = desk.get("review_report").version(review)
    services.vote_helpful(review=review, voter=member())
    Review.objects.filter(pk=review.pk).update(edited_at="2026-01-01T00:00:00Z")
    with pytest.raises(Conflict):
        services.dismiss_reports(target=review, moderator=moderator, seen_version=seen)
    assert len(waiting()) == 1


def test_vote_between_reading_and_deciding_is_no_conflict(moderator):
    review = ReviewFactory()
    report(review)
    seen = desk.get("review_report").version(review)
    services.vote_helpful(review=review, voter=member())
    services.dismiss_reports(target=review, moderator=moderator, seen_version=seen)
    assert waiting() == []


# --- The desk -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_desk_loads_many_as_it_loads_one(django_assert_num_queries, noun, number):
    targets = [FACTORIES[noun]() for _ in range(number)]
    for one in targets:
        report(one)
        report(one)
        report(one, reason="fake")
    shelf = desk.get(KINDS[noun])
    with django_assert_num_queries(2):
        found = shelf.load([one.public_id for one in targets])
        for one in found.values():
            assert shelf.title(one)
            assert shelf.subtitle(one) == (
                "3 reports: Insults, threats or harassment (2), "
                "Not a real user, or a conflict of interest"
            )
            assert [verb.name for verb in shelf.verbs(one)] == ["dismiss", "uphold"]


def test_desk_decides_and_previews(noun, target, moderator):
    report(target, member())
    shelf = desk.get(KINDS[noun])

    def loaded():
        return shelf.load([target.public_id])[target.public_id]

    keep = Choice("dismiss", moderator, statement="It may stay.")
    assert "It may stay." in shelf.preview(loaded(), keep).text
    remove = Choice("uphold", moderator, ReasonCode.ABUSIVE, "It insults.")
    assert "It insults." in shelf.preview(loaded(), remove).text
    assert not Decision.objects.exists()
    decision = shelf.decide(loaded(), remove)
    assert decision.action == "uphold_report"
    assert shelf.verbs(loaded()) == ()
    assert [line.action for line in shelf.history(loaded())] == [
        "uphold_report",
        "remove",
    ]


def test_receipt_of_nobody_is_not_found(client):
    for path in ("6f1b8f3e-1111-4222-8333-444455556666", "1", "zz"):
        assert client.get(f"/reports/{path}/").status_code == 404


def test_receipt_says_nothing_of_who_reported(client):
    reporter = member()
    sent = report(ReviewFactory(), reporter, details="Plantedwords")
    page = client.get(f"/reports/{sent.public_id}/").content.decode()
    for secret in (reporter.email, str(reporter.public_id), "Plantedwords"):
        assert secret not in page


# --- At the same time -----------------------------------------------------------------------


def at_once(number: int, act: Callable[[int], object]) -> list[object]:
    ready = threading.Barrier(number)

    def run(n: int) -> object:
        ready.wait()
        try:
            return act(n)
        except Exception as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@pytest.mark.django_db(transaction=True)
def test_sixteen_reports_at_once_are_one_item():
    review, same = ReviewFactory(), member()
    sent = at_once(16, lambda n: report(review, same if n % 2 else None))
    assert {type(one) for one in sent} == {ReviewReport}
    assert ReviewReport.objects.filter(reporter=same).count() == 1
    assert ReviewReport.objects.filter(reporter=None).count() == 8
    assert len(waiting()) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_one_decides():
    review = ReviewFactory()
    for n in range(5):
        report(review, email=f"v{n}@visitor.example")
    moderators = [UserFactory(is_staff=True) for _ in range(8)]

    def decide(n: int) -> object:
        if n % 2:
            return services.dismiss_reports(
                target=review, moderator=moderators[n]
            ).action
        return services.uphold_reports(
            target=review,
            moderator=moderators[n],
            reason_code=ReasonCode.ABUSIVE,
            statement="",
        ).action

    outcomes = at_once(8, decide)
    assert outcomes.count(Conflict) == 7
    decided = Decision.objects.filter(target_kind="review_report")
    assert decided.count() == 1
    assert len(mails("report_decided")) == 5
    review.refresh_from_db()
    removed = decided.get().action == "uphold_report"
    assert (review.status == "removed") is removed

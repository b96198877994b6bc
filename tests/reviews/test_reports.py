import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from accounts.models import User
from reviews import reporting, services
from reviews.models import Comment, Review, ReviewReport, VendorResponse
from reviews.participation import (
    RECEIPTS_PER_ADDRESS_AND_DAY,
    REPORTS_PER_MEMBER_AND_DAY,
    PartRefusal,
)
from reviews_site.lib.breaker import redis_breaker
from tests.factories import (
    CommentFactory,
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    VendorResponseFactory,
)
from tests.reviews.discussing import mails, member, report, waiting

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


# --- Reporting ------------------------------------------------------------------------------


def test_visitor_reports_and_reads_the_receipt(client, noun, target):
    page = client.get(address(noun, target)).content.decode()
    assert 'name="email"' in page
    response = client.post(
        address(noun, target),
        {"reason": "fake", "details": "I know them.", "email": "v@visitor.example"},
    )
    (sent,) = reporting.subject_of(target).reports.objects.all()
    assert response["Location"] == f"/reports/{sent.public_id}/"
    assert (sent.reporter, sent.reporter_kind) == (None, "visitor")
    assert str(sent.public_id) in client.get(response["Location"]).content.decode()
    (mail,) = mails("report_received")
    assert mail.address == "v@visitor.example"
    assert str(sent.public_id) in mail.text
    assert waiting() == [(KINDS[noun], str(target.public_id))]


def test_visitor_may_leave_no_address(client):
    target = ReviewFactory()
    assert (
        client.post(address("reviews", target), {"reason": "spam"}).status_code == 302
    )
    assert mails("report_received") == []


def test_member_is_written_to_at_their_own_address(client, noun, target):
    reporter = member()
    client.force_login(reporter)
    assert 'name="email"' not in client.get(address(noun, target)).content.decode()
    client.post(
        address(noun, target), {"reason": "spam", "email": "other@visitor.example"}
    )
    (mail,) = mails("report_received")
    assert (mail.recipient, mail.address) == (reporter, reporter.email)
    assert mail.address != "other@visitor.example"


def test_reporter_of_a_vendor_is_known_as_such():
    representative = VendorRepresentativeFactory().user
    assert report(ReviewFactory(), representative).reporter_kind == "vendor"
    assert report(ReviewFactory(), member()).reporter_kind == "member"


def test_second_report_of_a_member_is_the_first(noun, target):
    reporter = member()
    assert report(target, reporter) == report(target, reporter, reason="spam")
    assert len(mails("report_received")) == 1
    subject = reporting.subject_of(target)
    with pytest.raises(IntegrityError), transaction.atomic():
        subject.reports.objects.create(
            **{subject.field: target}, reporter=reporter, reason="spam"
        )


def test_many_reports_of_one_thing_are_one_item(noun, target):
    for _ in range(3):
        report(target)
        report(target, member())
    assert len(waiting()) == 1


def test_nobody_reports_their_own_words(client, noun, target):
    client.force_login(target.author)
    response = client.post(address(noun, target), {"reason": "spam"})
    assert response.status_code == 403
    assert "You wrote this yourself." in response.content.decode()
    assert waiting() == []


def test_what_is_not_public_cannot_be_reported(client, moderator):
    for noun, hidden in (
        ("reviews", PendingReviewFactory()),
        ("comments", CommentFactory(status=Comment.Status.REMOVED)),
        ("comments", CommentFactory(review__status=Review.Status.REMOVED)),
        ("responses", VendorResponseFactory(status=VendorResponse.Status.PENDING)),
        ("responses", VendorResponseFactory(review__status=Review.Status.WITHDRAWN)),
    ):
        for method in (client.get, client.post):
            assert method(address(noun, hidden)).status_code == 404
        with pytest.raises(services.PartRefused) as caught:
            report(hidden)
        assert caught.value.reason == PartRefusal.NOT_PUBLIC
    assert waiting() == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"reason": "none such"},
        {"reason": "spam", "details": "x" * 2001},
        {"reason": "spam", "details": "\x00"},
        {"reason": "spam", "email": "not an address"},
        {"reason": "spam", "email": "a@b.example\nBcc: c@d.example"},
    ],
)
def test_report_that_cannot_be_taken_is_refused(client, data):
    response = client.post(address("reviews", ReviewFactory()), data)
    assert response.status_code == 422
    assert not ReviewReport.objects.exists()


def test_report_needs_the_token():
    strict = Client(enforce_csrf_checks=True)
    assert (
        strict.post(address("reviews", ReviewFactory()), {"reason": "spam"}).status_code
        == 403
    )
    assert not ReviewReport.objects.exists()


# --- Limits ---------------------------------------------------------------------------------


def statuses(client, number: int, **headers: str) -> list[int]:
    return [
        client.post(
            address("reviews", ReviewFactory()), {"reason": "spam"}, **headers
        ).status_code
        for _ in range(number)
    ]


def test_reports_of_visitors_are_limited_by_network(client):
    assert statuses(client, 11) == [302] * 10 + [429]
    assert statuses(client, 1, REMOTE_ADDR="198.51.100.7") == [302]
    client.force_login(member())
    assert statuses(client, 1) == [302]


def test_spoofed_header_opens_no_second_network(client):
    got = [
        statuses(client, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}")[0]
        for n in range(11)
    ]
    assert got == [302] * 10 + [429]


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_trusted_proxy_its_last_word_counts(client):
    got = [
        statuses(client, 1, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 198.51.100.9")[0]
        for n in range(11)
    ]
    assert got == [302] * 10 + [429]
    assert statuses(client, 1, HTTP_X_FORWARDED_FOR="203.0.113.1") == [302]


def test_reports_of_a_member_are_limited_by_day(client):
    reporter = member()
    for _ in range(REPORTS_PER_MEMBER_AND_DAY // 3):
        for factory in FACTORIES.values():
            report(factory(), reporter)
    client.force_login(reporter)
    assert statuses(client, 1) == [429]
    assert ReviewReport.objects.count() == REPORTS_PER_MEMBER_AND_DAY // 3


def test_reports_arrive_while_redis_is_away(client):
    redis_breaker.trip()
    assert statuses(client, 12) == [302] * 12


def test_nobody_is_flooded_with_receipts_by_others_reports():
    for _ in range(RECEIPTS_PER_ADDRESS_AND_DAY + 2):
        report(ReviewFactory(), email="Victim@visitor.example")
    assert len(mails("report_received")) == RECEIPTS_PER_ADDRESS_AND_DAY
    assert ReviewReport.objects.count() == RECEIPTS_PER_ADDRESS_AND_DAY + 2
    kept = ReviewReport.objects.exclude(reporter_email="")
    assert kept.count() == RECEIPTS_PER_ADDRESS_AND_DAY


# --- What a report changes: nothing ---------------------------------------------------------


def test_hundred_reports_change_nothing_that_is_public(client):
    review = ReviewFactory(product__slug="same")
    ReviewFactory(product=review.product)
    paths = ("/products/same/", review.get_absolute_url(), "/")
    before = [client.get(path).content for path in paths]
    row = Review.objects.values().get(pk=review.pk)
    for n in range(50):
        report(review, member())
        report(review, email=f"v{n}@visitor.example")
    assert [client.get(path).content for path in paths] == before
    assert Review.objects.values().get(pk=review.pk) == row
    assert len(waiting()) == 1

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from accounts import privacy
from accounts.services import erase_account
from moderation import desk as desks
from moderation.desk import Choice
from moderation.models import Decision, QueueItem, ReasonCode
from moderation.services import Conflict, NotPossible
from notifications.models import EmailPreference, OutgoingEmail
from products import services as product_services
from reviews import services, standing
from reviews.models import Review, VendorResponse
from tests.factories import (
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
)
from tests.reviews.vendors import BODY, Stage, columns, make_stage

pytestmark = pytest.mark.django_db

Status = VendorResponse.Status


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def waiting() -> list[str]:
    return list(QueueItem.objects.waiting().values_list("kind", flat=True))


def mails(kind: str) -> list[OutgoingEmail]:
    return list(OutgoingEmail.objects.filter(kind=kind))


def shown(client, path: str) -> str:
    """The vendor's answer on a page, or nothing."""
    client.logout()
    page = client.get(path).content.decode()
    found = re.search(r'<section class="vendor-response">.*?</section>', page, re.S)
    return found[0] if found else ""


# --- Answering ------------------------------------------------------------------------------


def test_an_answer_waits_for_a_moderator_before_anybody_reads_it(client, stage):
    response = stage.respond()
    assert (response.status, response.body) == ("pending", BODY)
    assert waiting() == ["vendor_response"]
    assert shown(client, stage.review.get_absolute_url()) == ""
    assert shown(client, "/products/acme-desk/") == ""


def test_a_published_answer_stands_below_the_review_without_a_name(client, stage):
    before = columns(stage.review)
    for path in (stage.review.get_absolute_url(), "/products/acme-desk/"):
        assert shown(client, path) == ""  # and the card is prepared now
    response = stage.respond()
    stage.publish(response)
    for path in (stage.review.get_absolute_url(), "/products/acme-desk/"):
        answer = shown(client, path)
        assert "Acme" in answer
        assert BODY in answer
        assert f"{timezone.now():%-d %B %Y}" in answer
        assert "eva" not in answer
        assert str(stage.eva.public_id) not in answer
    assert columns(stage.review) == before
    assert waiting() == []


def test_the_public_bytes_of_an_answer_dont_depend_on_who_wrote_it(client, stage):
    colleague = VendorRepresentativeFactory(vendor=stage.vendor).user
    response = stage.respond()
    stage.publish(response)
    first = shown(client, "/products/acme-desk/")
    VendorResponse.objects.filter(pk=response.pk).update(author=colleague)
    Review.objects.update(version=99)
    assert shown(client, "/products/acme-desk/") == first


def test_a_review_has_one_answer(stage):
    stage.respond()
    with pytest.raises(NotPossible, match="answered already"):
        stage.respond("Something else altogether, from a colleague.")
    assert VendorResponse.objects.count() == 1


@pytest.mark.parametrize("who", ["stranger", "other vendor", "former", "author"])
def test_only_who_speaks_for_the_vendor_answers(client, stage, who):
    user = UserFactory()
    if who == "other vendor":
        VendorRepresentativeFactory(user=user)
    elif who == "former":
        VendorRepresentativeFactory(
            user=user, vendor=stage.vendor, ended_at=timezone.now()
        )
    elif who == "author":
        user = stage.review.author
    with pytest.raises(NotPossible, match="speak for Acme"):
        services.respond(review=stage.review, user=user, body=BODY)
    client.force_login(user)
    path = f"/reviews/{stage.review.public_id}/respond/"
    assert client.get(path).status_code == 404
    assert client.post(path, {"body": BODY}).status_code == 404
    assert not VendorResponse.objects.exists()
    assert waiting() == []


def test_the_right_to_answer_ends_at_once(client, stage):
    response = stage.respond()
    product_services.leave_vendor(user=stage.eva, vendor=stage.vendor)
    with pytest.raises(NotPossible):
        services.withdraw_response(response=response, user=stage.eva)
    with pytest.raises(NotPossible):
        stage.respond()
    client.force_login(stage.eva)
    path = f"/reviews/{stage.review.public_id}/respond/"
    assert client.post(path, {"body": BODY}).status_code == 404
    response.refresh_from_db()
    assert response.status == Status.PENDING


def test_only_public_reviews_are_answered(client, stage):
    review = PendingReviewFactory(product=stage.product)
    with pytest.raises(NotPossible, match="isn’t public"):
        services.respond(review=review, user=stage.eva, body=BODY)
    client.force_login(stage.eva)
    assert client.get(f"/reviews/{review.public_id}/respond/").status_code == 404


def test_answers_are_limited_to_50_a_day(stage, monkeypatch):
    monkeypatch.setattr(standing, "RESPONSES_PER_VENDOR_AND_DAY", 1)
    stage.respond()
    other = ReviewFactory(product=stage.product)
    with pytest.raises(NotPossible, match="too often today"):
        services.respond(review=other, user=stage.eva, body=BODY)


def test_a_new_answer_takes_the_place_of_the_one_it_names(client, stage):
    first = stage.respond()
    stage.publish(first)
    second = stage.respond(
        "A newer answer, with a date in it.", replaces=first.public_id
    )
    first.refresh_from_db()
    assert (first.status, second.status) == ("withdrawn", "pending")
    assert shown(client, "/products/acme-desk/") == ""
    stage.publish(second)
    assert "A newer answer" in shown(client, "/products/acme-desk/")


def test_an_answer_replaces_only_what_its_writer_saw(stage):
    first = stage.respond()
    second = stage.respond(
        "A newer answer, from a colleague.", replaces=first.public_id
    )
    for gone in (first.public_id, uuid.uuid4()):
        with pytest.raises(NotPossible):
            stage.respond("A third one, blind to the second.", replaces=gone)
    second.refresh_from_db()
    assert second.status == Status.PENDING
    assert VendorResponse.objects.count() == 2


def test_a_withdrawn_answer_leaves_page_and_queue(client, stage):
    response = stage.respond()
    services.withdraw_response(response=response, user=stage.eva)
    assert waiting() == []
    with pytest.raises(Conflict):
        stage.publish(response)
    again = stage.respond()
    stage.publish(again)
    services.withdraw_response(response=again, user=stage.eva)
    assert shown(client, "/products/acme-desk/") == ""
    with pytest.raises(NotPossible):
        services.withdraw_response(response=again, user=stage.eva)


# --- Deciding -------------------------------------------------------------------------------


def test_a_refused_answer_is_explained_to_its_writer_alone(client, stage):
    response = stage.respond()
    decision = services.reject_response(
        response=response,
        moderator=stage.moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="It calls the reviewer a liar.",
    )
    (mail,) = mails("response_rejected")
    assert mail.recipient == stage.eva
    for part in ("It calls the reviewer a liar.", "by hand", str(decision.public_id)):
        assert part in mail.text
    assert not mails("review_answered")
    client.force_login(stage.eva)
    page = client.get(f"/reviews/{stage.review.public_id}/respond/").content.decode()
    assert "It calls the reviewer a liar." in page


def test_the_reviewer_hears_of_an_answer_if_they_want_to(stage):
    EmailPreference.objects.create(
        user=stage.review.author, kind="review_answered", enabled=True
    )
    stage.publish(stage.respond())
    (mail,) = mails("review_answered")
    assert mail.recipient == stage.review.author
    assert "eva" not in mail.text + mail.subject
    assert BODY not in mail.text


def test_a_removed_answer_comes_back_after_an_appeal(client, stage):
    response = stage.respond()
    stage.publish(response)
    desk = desks.get("vendor_response")
    (loaded,) = desk.load([response.public_id]).values()
    removed = desk.decide(
        loaded, Choice("remove", stage.moderator, ReasonCode.ADVERTISING, "An advert.")
    )
    assert shown(client, "/products/acme-desk/") == ""
    assert desk.affected(removed) == stage.eva
    desk.reverse(removed, moderator=UserFactory(is_staff=True), statement="We erred.")
    assert BODY in shown(client, "/products/acme-desk/")


def test_an_answer_does_not_come_back_beside_a_newer_one(stage):
    response = stage.respond()
    refused = services.reject_response(
        response=response,
        moderator=stage.moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="No.",
    )
    stage.respond("A newer answer, without insults this time.")
    count = Decision.objects.count()
    with pytest.raises(NotPossible, match="Another answer"):
        desks.get("vendor_response").reverse(
            refused, moderator=UserFactory(is_staff=True), statement="We erred."
        )
    assert Decision.objects.count() == count
    response.refresh_from_db()
    assert response.status == Status.REJECTED


@pytest.mark.parametrize("who", ["representative", "insider", "author"])
def test_nobody_with_an_interest_decides(stage, who):
    response = stage.respond()
    moderator = stage.moderator
    if who == "representative":
        VendorRepresentativeFactory(vendor=stage.vendor, user=moderator)
    elif who == "insider":
        stage.vendor.email_domains = ["acme.example"]
        stage.vendor.save()
        WorkEmailFactory(user=moderator, domain="acme.example")
    else:
        Review.objects.update(author=moderator)
        response = VendorResponse.objects.get()
    assert not desks.get("vendor_response").may_decide(response, moderator)
    with pytest.raises(NotPossible):
        services.publish_response(response=response, moderator=moderator)
    response.refresh_from_db()
    assert response.status == Status.PENDING
    assert not Decision.objects.exists()


def test_an_answer_is_decided_once(stage):
    response = stage.respond()
    stage.publish(response)
    with pytest.raises(Conflict):
        stage.publish(response)
    assert Decision.objects.count() == 1


# --- One's own data -------------------------------------------------------------------------


def test_an_answer_stays_without_its_writer_after_erasure(client, stage):
    response = stage.respond()
    stage.publish(response)
    rows = privacy.export(stage.eva)["vendor_side"]["responses"]
    assert [(row["body"], row["status"]) for row in rows] == [(BODY, "published")]
    erase_account(user=stage.eva, keep_published=False)
    response.refresh_from_db()
    assert (response.author, response.status) == (None, "published")
    assert BODY in shown(client, "/products/acme-desk/")


# --- API and pages --------------------------------------------------------------------------


def test_the_api_gives_the_public_answer(client, stage):
    path = f"/api/v1/reviews/{stage.review.public_id}/"
    stage_response = stage.respond()
    assert client.get(path).json()["vendor_response"] is None
    stage.publish(stage_response)
    assert client.get(path).json()["vendor_response"] == {
        "body": BODY,
        "vendor": "Acme",
        "published_on": timezone.now().date().isoformat(),
    }


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "This field is required"),
        ("Short.", "at least 20"),
        ("x" * 3001, "at most 3000"),
        ("Long enough, but with a NUL\x00 in it.", "Null characters"),
    ],
)
def test_an_answer_of_a_wrong_size_is_refused(client, stage, body, why):
    client.force_login(stage.eva)
    path = f"/reviews/{stage.review.public_id}/respond/"
    answer = client.post(path, {"body": body})
    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        assert why in answer.content.decode()
    assert not VendorResponse.objects.exists()


def test_line_breaks_count_as_one_character(client, stage):
    client.force_login(stage.eva)
    path = f"/reviews/{stage.review.public_id}/respond/"
    assert client.post(path, {"body": "x\r\n" * 1499 + "xx"}).status_code == 302
    assert len(VendorResponse.objects.get().body) == 3000


def test_pages_of_the_vendor_change_nothing_when_read(client, stage):
    client.force_login(stage.eva)
    response = stage.respond()
    path = f"/reviews/{stage.review.public_id}/respond/withdraw/"
    assert client.get(path).status_code == 405
    response.refresh_from_db()
    assert response.status == Status.PENDING
    assert client.post(path).status_code == 302
    response.refresh_from_db()
    assert response.status == Status.WITHDRAWN


def test_an_answer_of_yesterday_does_not_count_for_today(stage, monkeypatch):
    monkeypatch.setattr(standing, "RESPONSES_PER_VENDOR_AND_DAY", 1)
    response = stage.respond()
    VendorResponse.objects.filter(pk=response.pk).update(
        created_at=timezone.now() - datetime.timedelta(hours=25)
    )
    assert standing.may_respond_now(stage.vendor)

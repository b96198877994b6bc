"""Proofs of use: hostile files, who sees what, and that nothing of them is left."""

import datetime
import io
import os
import tempfile
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import privacy
from accounts.services import erase_account
from moderation import desk
from moderation.desk import Choice
from moderation.models import Decision, QueueItem, ReasonCode
from moderation.services import NotPossible
from moderation.verification import verify_log
from notifications.models import OutgoingEmail
from reviews import drawing, proofs, services, timers
from reviews.kinds import PROOF
from reviews.models import ProofPage, RatingRefresh, Review, Verification
from reviews.proofs import FileRefusal, UnusableFile, draw_pages
from tests.factories import (
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
)
from tests.reviews import files

Status = Verification.Status


# --- Files ------------------------------------------------------------------------------------


def only_page(data: bytes) -> Image.Image:
    [page] = draw_pages(data)
    # Nothing but a header, pixels and an end: there is no room for a word about anybody.
    assert set(files.png_chunks(page)) == {b"IHDR", b"IDAT", b"IEND"}
    picture = Image.open(io.BytesIO(page))
    picture.load()
    assert (picture.format, picture.mode, picture.info) == ("PNG", "RGB", {})
    return picture


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (files.png(), (60, 40)),
        (files.png((1, 1)), (1, 1)),
        (files.png(mode="P"), (60, 40)),
        (files.png(mode="1"), (60, 40)),
        (files.png(mode="LA"), (60, 40)),
        (files.png(mode="I;16"), (60, 40)),
        (files.png((4000, 1000)), (2000, 500)),
        (files.saved(files.plain(), "WEBP"), (60, 40)),
        (files.saved(files.plain("CMYK"), "JPEG"), (60, 40)),
        (files.pdf(), (1131, 1600)),
    ],
)
def test_a_picture_becomes_a_page(data, size):
    assert only_page(data).size == size


def test_transparency_becomes_white_paper():
    glass = files.saved(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "PNG")
    assert only_page(glass).getpixel((5, 5)) == (255, 255, 255)


def test_a_photograph_loses_its_place_and_stays_upright():
    photograph = files.jpeg_with_a_place()
    assert b"Ann" in photograph and Image.open(io.BytesIO(photograph)).getexif()
    assert only_page(photograph).size == (40, 60)


def test_a_png_loses_its_texts():
    assert b"Ann" in files.png_with_texts()
    only_page(files.png_with_texts())


def test_a_pdf_loses_its_script_and_the_file_in_it():
    assert only_page(files.pdf_with_a_script()).size == (800, 800)


@pytest.mark.parametrize("data", [files.jpeg_with_a_place(), files.pdf_of()])
def test_a_second_file_behind_the_first_is_left_behind(data):
    only_page(data + files.zipped())


def test_a_pdf_of_ten_pages_becomes_ten():
    assert len(draw_pages(files.pdf(10))) == 10


REFUSED = {
    "nothing": (b"", FileRefusal.EMPTY),
    "a page renamed": (b"<html><script>alert(1)</script>", FileRefusal.WRONG_TYPE),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', FileRefusal.WRONG_TYPE),
    "a gif": (files.saved(files.plain(), "GIF"), FileRefusal.WRONG_TYPE),
    "a tiff": (files.saved(files.plain(), "TIFF"), FileRefusal.WRONG_TYPE),
    "an archive": (files.zipped(), FileRefusal.WRONG_TYPE),
    "a page before a picture": (b"<html>" + files.png(), FileRefusal.WRONG_TYPE),
    "a page before a pdf": (b"<html>" + files.pdf_of(), FileRefusal.WRONG_TYPE),
    "an archive behind a png": (files.png() + files.zipped(), FileRefusal.TWO_FILES),
    "an archive behind a webp": (
        files.saved(files.plain(), "WEBP") + files.zipped(),
        FileRefusal.TWO_FILES,
    ),
    "half a png": (files.png()[:60], FileRefusal.BROKEN),
    "half a jpeg": (files.jpeg_with_a_place()[:700], FileRefusal.BROKEN),
    "half a webp": (files.saved(files.plain(), "WEBP")[:40], FileRefusal.BROKEN),
    "half a pdf": (files.pdf()[:100], FileRefusal.BROKEN),
    "a signature alone": (b"\x89PNG\r\n\x1a\n", FileRefusal.BROKEN),
    "a promise of 40 megapixels": (files.png_that_says(8000, 5000), FileRefusal.BROKEN),
    "a bomb of pixels": (
        files.png_that_says(8000, 5001),
        FileRefusal.TOO_MANY_PIXELS,
    ),
    "a bomb of very many pixels": (
        files.png_that_says(2**31 - 1, 2**31 - 1),
        FileRefusal.TOO_MANY_PIXELS,
    ),
    "a bomb of text": (files.png_with_a_text_bomb(), FileRefusal.BROKEN),
    "an animated png": (files.animated("PNG"), FileRefusal.ANIMATED),
    "an animated webp": (files.animated("WEBP"), FileRefusal.ANIMATED),
    "eleven pages": (files.pdf(11), FileRefusal.TOO_MANY_PAGES),
    "too many bytes": (files.png() + b"x" * drawing.MAX_BYTES, FileRefusal.TOO_LARGE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_proof_is_refused_with_the_reason(name):
    data, reason = REFUSED[name]
    with pytest.raises(UnusableFile) as refused:
        draw_pages(data)
    assert refused.value.reason == reason


@pytest.mark.slow
def test_forty_megapixels_are_drawn_and_one_row_more_is_not():
    assert only_page(files.png((8000, 5000))).size == (2000, 1250)
    with pytest.raises(UnusableFile):
        draw_pages(files.png((8000, 5001)))


@pytest.mark.slow
def test_a_pdf_that_never_ends_is_cut_off_and_takes_nothing_with_it():
    with pytest.raises(UnusableFile) as refused:
        draw_pages(files.pdf_that_never_ends())
    assert refused.value.reason == FileRefusal.TOO_COSTLY


def test_drawing_can_write_no_file_and_knows_no_setting(monkeypatch):
    """It is told nothing but the file: no environment, and a limit of no bytes for files."""
    seen = {}
    real = proofs.subprocess.run

    def watch(*args, **kwargs):
        seen.update(kwargs, command=args[0])
        return real(*args, **kwargs)

    monkeypatch.setattr(proofs.subprocess, "run", watch)
    draw_pages(files.png())
    assert seen["env"] == {}
    assert "-I" in seen["command"]


# --- Sending ----------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return ReviewFactory()


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def sent(review: Review, data: bytes | None = None) -> Verification:
    return services.send_proof(
        review=review, author=review.author, data=data or files.png()
    )


def looked_at(review: Review, moderator) -> Verification:
    verification = sent(review)
    services.look_at_proof(verification=verification, moderator=moderator)
    return verification


def upload(client, review: Review, data: bytes, name: str = "proof.png"):
    file = SimpleUploadedFile(name, data, content_type="image/png")
    return client.post(f"/reviews/{review.public_id}/proof/", {"file": file})


def mails() -> list[str]:
    return list(OutgoingEmail.objects.order_by("pk").values_list("kind", flat=True))


def test_a_proof_waits_in_the_queue_as_pictures_made_here(client, review):
    client.force_login(review.author)
    answer = upload(client, review, files.pdf(2), "invoice.pdf")
    assert answer.status_code == 302
    verification = Verification.objects.get()
    assert (verification.method, verification.status) == ("proof_of_use", "pending")
    assert [page.position for page in verification.pages.all()] == [1, 2]
    assert all(
        bytes(page.image).startswith(b"\x89PNG") for page in verification.pages.all()
    )
    item = QueueItem.objects.get()
    assert (item.kind, item.target_public_id) == (PROOF, verification.public_id)
    page = client.get(answer["Location"]).text
    assert "Your proof waits for a moderator" in page
    assert f"{timezone.now() + proofs.KEPT_FOR:%-d %B %Y}" in page


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "a bomb of text"])
def test_a_refused_file_is_an_error_of_the_form_and_stores_nothing(
    client, review, settings, name
):
    settings.ACCOUNT_RATE_LIMITS = False
    client.force_login(review.author)
    data, reason = REFUSED[name]
    answer = upload(client, review, data)
    assert answer.status_code == 422
    assert reason.label.replace("'", "&#x27;") in answer.text
    assert not Verification.objects.exists()
    assert not QueueItem.objects.exists()


@pytest.mark.parametrize(
    "fields", [{}, {"file": "no file"}, {"file": ""}, {"other": "x"}]
)
def test_a_form_without_a_file_says_so(client, review, fields):
    client.force_login(review.author)
    answer = client.post(f"/reviews/{review.public_id}/proof/", fields)
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_a_name_of_a_file_is_not_kept_whatever_it_is(client, review):
    client.force_login(review.author)
    for name in ("../../etc/passwd", "a\x00.png", "<script>.png", "x" * 300):
        answer = upload(client, review, files.png(), name)
        assert answer.status_code in (302, 400, 422)
    assert ProofPage.objects.count() == 1


def test_a_large_upload_leaves_no_file_behind(client, review):
    """Django streams what is over 2.5 MB into a file of its own."""
    before = set(Path(tempfile.gettempdir()).glob("*.upload*"))
    client.force_login(review.author)
    noise = Image.frombytes("RGB", (1100, 1100), os.urandom(3 * 1100 * 1100))
    answer = upload(client, review, files.saved(noise, "PNG"))
    assert answer.status_code == 302
    upload(client, review, b"\x89PNG\r\n\x1a\n" + b"x" * 6_000_000)
    assert set(Path(tempfile.gettempdir()).glob("*.upload*")) == before


def test_far_too_much_is_not_even_read(client, review):
    client.force_login(review.author)
    answer = client.generic(
        "POST",
        f"/reviews/{review.public_id}/proof/",
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="20000001",
    )
    assert answer.status_code == 413
    assert (
        client.generic("POST", "/api/v1/reviews/", CONTENT_LENGTH="9" * 30).status_code
        == 413
    )


def test_a_second_file_takes_the_place_of_the_first(review):
    first = sent(review, files.pdf(3))
    again = sent(review)
    assert again.pk == first.pk
    assert ProofPage.objects.count() == 1
    assert QueueItem.objects.count() == 1


def test_only_the_author_sends_and_takes_back(client, review):
    url = f"/reviews/{review.public_id}/proof/"
    assert client.get(url).status_code == 302
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
    assert upload(client, review, files.png()).status_code == 404
    sent(review)
    assert client.post(f"{url}take-back/").status_code == 404
    assert ProofPage.objects.count() == 1
    client.force_login(review.author)
    assert client.get(f"{url}take-back/").status_code == 405
    assert client.post(f"{url}take-back/").status_code == 302
    assert not Verification.objects.exists()
    assert not QueueItem.objects.waiting().exists()


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "removed"])
def test_a_review_that_is_over_takes_no_proof(client, status):
    review = ReviewFactory(status=status)
    client.force_login(review.author)
    assert client.get(f"/reviews/{review.public_id}/proof/").status_code == 403
    assert upload(client, review, files.png()).status_code == 403
    assert not Verification.objects.exists()


def test_what_is_shown_already_takes_no_other_proof(client, review, moderator):
    services.accept_proof(
        verification=looked_at(review, moderator), moderator=moderator
    )
    client.force_login(review.author)
    assert upload(client, review, files.png()).status_code == 302
    assert Verification.objects.get().status == Status.PASSED
    assert not ProofPage.objects.exists()
    assert (
        "Your use was shown on"
        in client.get(f"/reviews/{review.public_id}/proof/").text
    )


def test_an_eleventh_file_within_an_hour_is_refused(client, review, settings):
    client.force_login(review.author)
    answers = [upload(client, review, b"x").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


# --- Seeing -----------------------------------------------------------------------------------


def picture(verification: Verification, position: int = 1) -> str:
    return reverse("reviews:proof_page", args=[verification.public_id, position])


def test_a_picture_is_there_for_the_moderator_who_asked_and_nobody_else(
    client, review, moderator
):
    verification = looked_at(review, moderator)
    url = picture(verification)
    for user in (None, review.author, UserFactory(), UserFactory(is_staff=True)):
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(url).status_code == 404
    client.force_login(moderator)
    answer = client.get(url)
    assert answer.content == bytes(ProofPage.objects.get().image)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.post(url).status_code == 405
    assert client.get(picture(verification, 2)).status_code == 404
    assert client.get(picture(verification, 10**15)).status_code == 404


def test_a_moderator_does_not_look_at_their_own(client):
    review = ReviewFactory(author=UserFactory(is_staff=True))
    verification = sent(review)
    with pytest.raises(services.Refused):
        services.look_at_proof(verification=verification, moderator=review.author)
    client.force_login(review.author)
    assert client.get(picture(verification)).status_code == 404
    assert not Decision.objects.exists()


def test_each_look_is_logged_and_a_new_file_must_be_asked_for_anew(
    client, review, moderator
):
    verification = looked_at(review, moderator)
    decision = Decision.objects.get()
    assert (decision.action, decision.target_public_id) == (
        "view_proof",
        verification.public_id,
    )
    assert decision.moderator == moderator
    sent(review)
    client.force_login(moderator)
    assert client.get(picture(verification)).status_code == 404
    with pytest.raises(NotPossible):
        services.accept_proof(verification=verification, moderator=moderator)


def test_who_is_no_longer_a_moderator_sees_nothing(client, review, moderator):
    verification = looked_at(review, moderator)
    client.force_login(moderator)
    type(moderator).objects.filter(pk=moderator.pk).update(is_staff=False)
    assert client.get(picture(verification)).status_code == 404


def test_a_picture_is_gone_with_the_decision(client, review, moderator):
    verification = looked_at(review, moderator)
    services.accept_proof(verification=verification, moderator=moderator)
    client.force_login(moderator)
    assert client.get(picture(verification)).status_code == 404
    assert not ProofPage.objects.exists()


# --- Deciding ---------------------------------------------------------------------------------


def test_accepting_verifies_the_review_and_dates_it(review, moderator):
    verification = looked_at(review, moderator)
    version = review.version
    with time_machine.travel(timezone.now() + datetime.timedelta(days=3), tick=False):
        decision = services.accept_proof(verification=verification, moderator=moderator)
        today = timezone.now().date()
    review.refresh_from_db()
    assert (review.verification_method, review.verified_on) == ("proof_of_use", today)
    assert review.version == version + 1
    assert verification.status == Status.PASSED
    assert verification.evidence_deleted_at is not None
    assert RatingRefresh.objects.filter(product=review.product).count() == 1
    assert (decision.action, mails()) == ("accept_proof", ["proof_accepted"])
    assert QueueItem.objects.get().outcome == "accept_proof"
    assert verify_log().problem is None


def test_accepting_makes_a_waiting_review_publishable(moderator):
    review = PendingReviewFactory()
    with pytest.raises(services.NotVerified):
        services.publish_review(review=review, moderator=moderator)
    services.accept_proof(
        verification=looked_at(review, moderator), moderator=moderator
    )
    assert not RatingRefresh.objects.exists()
    review.refresh_from_db()
    services.publish_review(review=review, moderator=moderator)
    review.refresh_from_db()
    assert (review.status, review.verification_method) == ("published", "proof_of_use")


def test_rejecting_leaves_the_review_as_it_is_and_says_why(client, review, moderator):
    verification = looked_at(review, moderator)
    services.reject_proof(
        verification=verification,
        moderator=moderator,
        reason_code=ReasonCode.WRONG_PRODUCT,
        statement="The picture shows another product.",
    )
    review.refresh_from_db()
    assert (review.status, review.verification_method, review.version) == (
        "published",
        "work_email",
        1,
    )
    assert verification.status == Status.FAILED
    assert not ProofPage.objects.exists()
    [mail] = OutgoingEmail.objects.all()
    assert mail.kind == "proof_rejected"
    for said in (
        "The picture shows another product.",
        "The rule: About another product",
        "by a moderator, by hand",
        "/appeals/new/",
        f"/reviews/{review.public_id}/proof/",
    ):
        assert said in mail.text
    client.force_login(review.author)
    page = client.get(f"/reviews/{review.public_id}/proof/").text
    assert "The picture shows another product." in page
    assert upload(client, review, files.png()).status_code == 302
    assert Verification.objects.get().status == Status.PENDING


def test_the_second_of_two_moderators_gets_a_conflict(review, moderator):
    other = UserFactory(is_staff=True)
    verification = looked_at(review, moderator)
    services.look_at_proof(verification=verification, moderator=other)
    services.accept_proof(verification=verification, moderator=moderator)
    with pytest.raises(services.Conflict):
        services.reject_proof(
            verification=verification,
            moderator=other,
            reason_code=ReasonCode.NOT_VERIFIED,
            statement="",
        )
    assert mails() == ["proof_accepted"]
    assert Verification.objects.get().status == Status.PASSED


def test_nobody_decides_on_a_file_they_have_not_seen(review, moderator):
    verification = looked_at(review, moderator)
    seen = proofs.newest_page(verification)
    sent(review)
    services.look_at_proof(verification=verification, moderator=moderator)
    with pytest.raises(services.Conflict):
        services.accept_proof(verification=verification, moderator=moderator, seen=seen)
    assert Verification.objects.get().status == Status.PENDING
    assert ProofPage.objects.count() == 1


def test_the_desk_shows_nothing_before_it_is_asked(review, moderator):
    verification = sent(review)
    on_desk = desk.get(PROOF)
    target = on_desk.load([verification.public_id])[verification.public_id]
    assert on_desk.title(target) == f"Proof of use of {review.product.name}"
    assert on_desk.subtitle(target) == f"1 page, for “{review.headline}”"
    assert "trusted only the moderators" in on_desk.needs_opening(target, moderator)
    on_desk.open(target, moderator)
    assert on_desk.needs_opening(target, moderator) == ""
    assert not on_desk.may_decide(target, review.author)
    assert [verb.name for verb in on_desk.verbs(target)] == ["accept", "reject"]
    refusal = Choice(
        "reject", moderator, ReasonCode.NOT_VERIFIED, "Nothing in it is yours."
    )
    assert "Nothing in it is yours." in on_desk.preview(target, refusal).text
    decision = on_desk.decide(
        target,
        Choice("accept", moderator, seen_version=on_desk.version(target)),
    )
    assert decision.action == "accept_proof"
    assert on_desk.affected(decision) is None


def test_a_refusal_can_be_appealed_by_the_author_alone(review, moderator):
    decision = services.reject_proof(
        verification=looked_at(review, moderator),
        moderator=moderator,
        reason_code=ReasonCode.NOT_VERIFIED,
        statement="",
    )
    assert desk.get(PROOF).affected(decision) == review.author
    assert review.headline in desk.get(PROOF).describe(decision)


# --- Nothing stays ----------------------------------------------------------------------------


def test_after_30_days_the_file_is_deleted_and_its_author_told(client, review):
    verification = sent(review)
    start = timezone.now()
    with time_machine.travel(start + datetime.timedelta(days=29), tick=False):
        timers.expire_proofs()
        assert ProofPage.objects.count() == 1
    with time_machine.travel(
        start + datetime.timedelta(days=30, minutes=1), tick=False
    ):
        timers.expire_proofs()
        timers.expire_proofs()
    verification.refresh_from_db()
    assert not ProofPage.objects.exists()
    assert (verification.status, verification.checked_by) == (Status.FAILED, None)
    assert verification.evidence_deleted_at is not None
    assert not QueueItem.objects.waiting().exists()
    assert mails() == ["proof_expired"]
    client.force_login(review.author)
    assert (
        "Nobody looked at your proof"
        in client.get(f"/reviews/{review.public_id}/proof/").text
    )


def test_a_newer_file_starts_its_own_30_days(review):
    start = timezone.now()
    sent(review)
    with time_machine.travel(start + datetime.timedelta(days=20), tick=False):
        sent(review)
    with time_machine.travel(start + datetime.timedelta(days=31), tick=False):
        timers.expire_proofs()
    assert ProofPage.objects.count() == 1


def test_withdrawing_the_review_deletes_the_file_at_once(review):
    sent(review)
    services.withdraw_review(review=review, author=review.author)
    assert not Verification.objects.exists()
    assert not ProofPage.objects.exists()
    assert not QueueItem.objects.waiting().exists()


def test_a_review_that_is_refused_takes_its_proof_along(moderator):
    review = PendingReviewFactory()
    sent(review)
    services.reject_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="No.",
    )
    assert not ProofPage.objects.exists()
    assert not QueueItem.objects.waiting().filter(kind=PROOF).exists()


def test_a_review_that_is_removed_takes_its_proof_along(review, moderator):
    sent(review)
    services.remove_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="No.",
    )
    assert not ProofPage.objects.exists()
    assert not QueueItem.objects.waiting().filter(kind=PROOF).exists()


@pytest.mark.parametrize("keep", [True, False])
def test_erasing_the_member_deletes_the_file_at_once(review, keep):
    sent(review)
    erase_account(user=review.author, keep_published=keep)
    assert not ProofPage.objects.exists()
    assert not QueueItem.objects.waiting().exists()


def test_the_export_says_that_a_proof_is_here_and_what_became_of_others(review):
    verification = sent(review, files.pdf(2))
    [told] = privacy.export(review.author)["reviews"]["verifications"]
    assert (told["method"], told["status"], told["pages_here"]) == (
        "proof_of_use",
        "pending",
        2,
    )
    assert told["evidence_deleted_at"] is None
    assert told["review__public_id"] == review.public_id
    assert verification.public_id


def test_verifying_by_account_does_not_weaken_a_proof(review, moderator):
    WorkEmailFactory(user=review.author)
    services.accept_proof(
        verification=looked_at(review, moderator), moderator=moderator
    )
    review.refresh_from_db()
    assert services.is_verified(review)
    assert review.verification_method == "proof_of_use"

import datetime
import re

import pytest
import time_machine
from django.utils import timezone

from accounts import privacy
from accounts.services import erase_account
from moderation import desk as desks
from moderation.deadlines import after_working_days
from moderation.desk import Choice
from moderation.models import Decision, QueueItem, ReasonCode
from moderation.services import Conflict, NotPossible
from notifications.models import OutgoingEmail
from products import services as product_services
from reviews import services, standing
from reviews.models import Dispute, ProductRating, Review
from reviews.ratings import refresh_product_rating
from tests.factories import (
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
)
from tests.reviews.vendors import GROUND, STATEMENT, Stage, columns, make_stage

pytestmark = pytest.mark.django_db

MAY_3 = datetime.datetime(2026, 5, 3, 9, 30, tzinfo=datetime.UTC)
LABEL = "Disputed by the vendor on 3 May 2026; decision due by 12 May"


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def page(client, stage: Stage, path: str = "") -> str:
    client.logout()
    html = client.get(path or stage.review.get_absolute_url()).content.decode()
    return re.sub(r"\s+", " ", html)


def mail(kind: str) -> OutgoingEmail:
    return OutgoingEmail.objects.get(kind=kind)


def dismiss(dispute: Dispute, stage: Stage) -> Decision:
    return services.dismiss_dispute(
        dispute=dispute,
        moderator=stage.moderator,
        statement="The name is that of the product's mascot.",
    )


def uphold(dispute: Dispute, stage: Stage) -> Decision:
    return services.uphold_dispute(
        dispute=dispute,
        moderator=stage.moderator,
        reason_code=GROUND,
        statement="You name a private person.",
    )


# --- Opening --------------------------------------------------------------------------------


def test_a_disputed_review_stays_public_and_scored_with_a_label(client, stage):
    for _ in range(3):
        ReviewFactory(product=stage.product)
    refresh_product_rating(stage.product.pk)
    figures = ProductRating.objects.filter(product=stage.product)
    score = figures.values("count", "score", "mean", "half_star_counts").get()
    before = columns(stage.review)
    assert LABEL not in page(client, stage)
    with time_machine.travel(MAY_3, tick=False):
        dispute = stage.dispute()
    assert LABEL in page(client, stage)
    assert LABEL in page(client, stage, "/products/acme-desk/")
    assert stage.review.headline in page(client, stage, "/products/acme-desk/")
    refresh_product_rating(stage.product.pk)
    assert figures.values("count", "score", "mean", "half_star_counts").get() == score
    assert columns(stage.review) == before
    item = QueueItem.objects.waiting().get()
    assert (item.kind, item.target_public_id) == ("dispute", dispute.public_id)
    assert item.due_at == dispute.due_at == after_working_days(MAY_3, 7)


def test_an_overdue_dispute_hides_nothing(client, stage):
    with time_machine.travel(MAY_3):
        stage.dispute()
    with time_machine.travel(MAY_3 + datetime.timedelta(days=100)):
        assert LABEL in page(client, stage)
        assert QueueItem.objects.waiting().get().due_at < timezone.now()


def test_the_reviewer_is_told_what_the_vendor_says_and_not_who_says_it(stage):
    stage.dispute()
    told = mail("dispute_opened")
    assert told.recipient == stage.review.author
    assert STATEMENT in told.text
    assert GROUND.label in told.text
    for secret in (stage.eva.email, str(stage.eva.public_id), "eva"):
        assert secret not in told.text + told.subject + told.html
    receipt = mail("dispute_received")
    assert receipt.recipient == stage.eva
    assert stage.review.author.email not in receipt.text


def test_the_statement_is_not_public(client, stage):
    stage.dispute()
    assert STATEMENT not in page(client, stage)
    assert STATEMENT not in page(
        client, stage, f"/api/v1/reviews/{stage.review.public_id}/"
    )


def test_the_api_tells_of_an_open_dispute(client, stage):
    path = f"/api/v1/reviews/{stage.review.public_id}/"
    assert client.get(path).json()["open_dispute"] is None
    with time_machine.travel(MAY_3):
        dispute = stage.dispute()
    assert client.get(path).json()["open_dispute"] == {
        "opened_on": "2026-05-03",
        "due_on": "2026-05-12",
    }
    dismiss(dispute, stage)
    assert client.get(path).json()["open_dispute"] is None


def test_a_vendor_disputes_a_review_once(stage):
    dispute = stage.dispute()
    with pytest.raises(NotPossible, match="once"):
        stage.dispute()
    dismiss(dispute, stage)
    with pytest.raises(NotPossible, match="once"):
        stage.dispute()
    assert Dispute.objects.count() == 1


def test_a_vendor_has_10_open_disputes_at_most(stage):
    reviews = [ReviewFactory(product=stage.product) for _ in range(11)]
    for review in reviews[:10]:
        stage.dispute(review)
    with pytest.raises(NotPossible, match="10 disputes of Acme are open"):
        stage.dispute(reviews[10])
    dismiss(Dispute.objects.first(), stage)
    stage.dispute(reviews[10])
    assert QueueItem.objects.waiting().count() == 10


def test_disputes_are_limited_by_the_day(stage, monkeypatch):
    monkeypatch.setattr(standing, "DISPUTES_PER_VENDOR_AND_DAY", 1)
    services.withdraw_dispute(dispute=stage.dispute(), user=stage.eva)
    with pytest.raises(NotPossible, match="too often today"):
        stage.dispute(ReviewFactory(product=stage.product))


@pytest.mark.parametrize("who", ["stranger", "other vendor", "former", "author"])
def test_only_who_speaks_for_the_vendor_disputes(client, stage, who):
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
        services.open_dispute(
            review=stage.review, user=user, ground=GROUND, statement=STATEMENT
        )
    client.force_login(user)
    path = f"/reviews/{stage.review.public_id}/dispute/"
    assert client.get(path).status_code == 404
    said = {"ground": GROUND, "statement": STATEMENT}
    assert client.post(path, said).status_code == 404
    assert not Dispute.objects.exists()
    assert not QueueItem.objects.exists()
    assert not OutgoingEmail.objects.exists()


def test_whoever_stops_speaking_for_the_vendor_cannot_take_its_dispute_back(stage):
    dispute = stage.dispute()
    product_services.leave_vendor(user=stage.eva, vendor=stage.vendor)
    with pytest.raises(NotPossible):
        services.withdraw_dispute(dispute=dispute, user=stage.eva)
    dispute.refresh_from_db()
    assert dispute.status == "open"


@pytest.mark.parametrize(
    "ground",
    ["not_entitled", "not_verified", "no_violation", "meets_guidelines", "x", ""],
)
def test_a_dispute_names_a_rule_that_a_review_can_break(client, stage, ground):
    client.force_login(stage.eva)
    path = f"/reviews/{stage.review.public_id}/dispute/"
    answer = client.post(path, {"ground": ground, "statement": STATEMENT})
    assert answer.status_code == 422
    assert not Dispute.objects.exists()


@pytest.mark.parametrize("statement", ["", "Too short.", "x" * 4001, "x" * 50 + "\x00"])
def test_a_statement_of_a_wrong_size_is_refused(client, stage, statement):
    client.force_login(stage.eva)
    path = f"/reviews/{stage.review.public_id}/dispute/"
    answer = client.post(path, {"ground": GROUND, "statement": statement})
    assert answer.status_code in (400, 422)
    assert not Dispute.objects.exists()


# --- Its end --------------------------------------------------------------------------------


def test_a_dismissed_dispute_takes_the_label_and_leaves_its_date(client, stage):
    dispute = stage.dispute()
    with time_machine.travel(MAY_3):
        decision = dismiss(dispute, stage)
    assert (decision.action, decision.target_kind) == ("dismiss_dispute", "dispute")
    assert "Disputed by the vendor" not in page(client, stage)
    assert re.search(
        r"dispute by the vendor was dismissed on <time[^>]*>3 May 2026<",
        page(client, stage),
    )
    assert "dispute" not in page(client, stage, "/products/acme-desk/")
    told = mail("dispute_dismissed")
    assert told.recipient == stage.eva
    assert "The name is that of the product's mascot." in told.text
    author = mail("dispute_ended")
    assert author.recipient == stage.review.author
    assert "mascot" not in author.text
    assert QueueItem.objects.get().outcome == "dismiss_dispute"


def test_an_upheld_dispute_removes_the_review_with_reasons_for_its_author(
    client, stage
):
    decision = uphold(stage.dispute(), stage)
    stage.review.refresh_from_db()
    assert stage.review.status == "removed"
    assert decision.action == "uphold_dispute"
    removed = Decision.objects.get(action="remove")
    assert removed.target_public_id == stage.review.public_id
    author = mail("review_removed")
    assert author.recipient == stage.review.author
    for part in ("You name a private person.", f"/appeals/new/{removed.public_id}/"):
        assert part in author.text
    vendor = mail("dispute_upheld")
    assert vendor.recipient == stage.eva
    assert GROUND.label in vendor.text
    assert "You name a private person." not in vendor.text
    assert Dispute.objects.get().status == "upheld"
    assert desks.get("dispute").affected(decision) is None


def test_an_appeal_of_the_author_brings_the_review_back(client, stage):
    uphold(stage.dispute(), stage)
    removed = Decision.objects.get(action="remove")
    desk = desks.get("review")
    assert desk.affected(removed) == stage.review.author
    desk.reverse(removed, moderator=UserFactory(is_staff=True), statement="We erred.")
    stage.review.refresh_from_db()
    assert stage.review.status == "published"
    assert "it was removed, and came back after an appeal" in page(client, stage)


def test_a_dispute_that_was_taken_back_leaves_nothing(client, stage):
    dispute = stage.dispute()
    services.withdraw_dispute(dispute=dispute, user=stage.eva)
    assert "dispute" not in page(client, stage).lower().replace("/dispute", "")
    assert not QueueItem.objects.waiting().exists()
    with pytest.raises(Conflict):
        dismiss(dispute, stage)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("how", ["withdrawn", "removed", "erased"])
def test_a_dispute_ends_with_the_review(stage, how):
    dispute = stage.dispute()
    if how == "withdrawn":
        services.withdraw_review(review=stage.review, author=stage.review.author)
    elif how == "removed":
        services.remove_review(
            review=stage.review,
            moderator=stage.moderator,
            reason_code=ReasonCode.COPIED,
            statement="Copied.",
        )
    else:
        erase_account(user=stage.review.author, keep_published=False)
    dispute.refresh_from_db()
    assert dispute.status == "lapsed"
    assert not QueueItem.objects.waiting().filter(kind="dispute").exists()
    with pytest.raises(Conflict):
        uphold(dispute, stage)


def test_a_dispute_is_decided_once(stage):
    dispute = stage.dispute()
    dismiss(dispute, stage)
    with pytest.raises(Conflict):
        uphold(dispute, stage)
    stage.review.refresh_from_db()
    assert stage.review.status == "published"
    assert Decision.objects.count() == 1


def test_nobody_decides_on_a_review_they_have_not_read(stage):
    dispute = stage.dispute()
    desk = desks.get("dispute")
    (loaded,) = desk.load([dispute.public_id]).values()
    seen = desk.version(loaded)
    Review.objects.update(edited_at=timezone.now())
    for verb in ("dismiss_dispute", "uphold_dispute"):
        choice = Choice(verb, stage.moderator, GROUND, "Words.", seen_version=seen)
        with pytest.raises(Conflict):
            desk.decide(loaded, choice)
    dispute.refresh_from_db()
    assert dispute.status == "open"
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["representative", "author"])
def test_nobody_with_an_interest_decides(stage, who):
    dispute = stage.dispute()
    if who == "representative":
        VendorRepresentativeFactory(vendor=stage.vendor, user=stage.moderator)
    else:
        Review.objects.update(author=stage.moderator)
        dispute = Dispute.objects.get()
    assert not desks.get("dispute").may_decide(dispute, stage.moderator)
    for decide in (dismiss, uphold):
        with pytest.raises(NotPossible):
            decide(dispute, stage)
    assert not Decision.objects.exists()


def test_the_desk_shows_what_would_be_sent(stage):
    dispute = stage.dispute()
    desk = desks.get("dispute")
    (loaded,) = desk.load([dispute.public_id]).values()
    assert [verb.name for verb in desk.verbs(loaded)] == [
        "dismiss_dispute",
        "uphold_dispute",
    ]
    assert next(iter(desk.grounds(loaded))) == GROUND
    removal = desk.preview(
        loaded, Choice("uphold_dispute", stage.moderator, GROUND, "A private person.")
    )
    assert "A private person." in removal.text
    words = Choice("dismiss_dispute", stage.moderator, None, "No such name.")
    assert "No such name." in desk.preview(loaded, words).text


# --- One's own data -------------------------------------------------------------------------


def test_a_dispute_stays_open_without_the_person_after_erasure(stage):
    dispute = stage.dispute()
    rows = privacy.export(stage.eva)["vendor_side"]["disputes"]
    assert [row["statement"] for row in rows] == [STATEMENT]
    erase_account(user=stage.eva, keep_published=True)
    dispute.refresh_from_db()
    assert (dispute.opened_by, dispute.status) == (None, "open")
    dismiss(dispute, stage)


def test_merged_vendors_keep_their_disputes(stage):
    dispute = stage.dispute()
    kept = VendorFactory(name="Acme Group")
    product_services.merge_vendors(kept=kept, merged=stage.vendor)
    dispute.refresh_from_db()
    assert (dispute.vendor, dispute.status) == (kept, "open")

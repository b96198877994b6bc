"""A moderator at work: fifty things of all kinds by keyboard alone, several at once with undo, keys that can be off."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging.models import MessageReport
from messaging.services import report_message
from moderation.models import Appeal, Decision, DecisionBatch, QueueItem, ReasonCode
from moderation.services import open_item, raise_item, submit_appeal
from moderation.tasks import sweep_batches
from products.kinds import CLAIM
from products.models import VendorClaim
from reviews import services
from reviews.kinds import REVIEW
from reviews.models import Review
from tests.e2e.test_accessibility import problems, sign_in
from tests.factories import (
    CommentFactory,
    ReviewFactory,
    UserFactory,
    VendorClaimFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
)
from tests.messaging.people import ask, member, write
from tests.moderation.restricted import rejected_review
from tests.moderation.waiting import item_of, page_of, waiting_edit, waiting_review
from tests.reviews import files

QUEUE = "/admin/queue/"


# --- One of each kind -----------------------------------------------------------------------


def review() -> object:
    return waiting_review().public_id


def edit() -> object:
    return waiting_edit().public_id


def comment() -> object:
    comment = services.write_comment(
        review=ReviewFactory(author=member()), author=member(), body="It was so here."
    )
    return comment.public_id


def response() -> object:
    review, speaker = reviewed_vendor()
    return services.respond(review=review, user=speaker, body="Thank you.").public_id


def dispute() -> object:
    review, speaker = reviewed_vendor()
    dispute = services.open_dispute(
        review=review,
        user=speaker,
        ground=ReasonCode.PRIVATE_DATA,
        statement="The second paragraph names one of our employees.",
    )
    return dispute.public_id


def reviewed_vendor():
    speaks = VendorRepresentativeFactory(
        user=member(), vendor=VendorFactory(email_domains=["vendor.example"])
    )
    review = ReviewFactory(author=member(), product__vendor=speaks.vendor)
    return review, speaks.user


def claim() -> object:
    claim = VendorClaimFactory(user=member(), status=VendorClaim.Status.PENDING)
    open_item(kind=CLAIM, target_public_id=claim.public_id)
    return claim.public_id


def review_report() -> object:
    return reported(ReviewFactory(author=member()))


def comment_report() -> object:
    return reported(CommentFactory(author=member()))


def reported(target) -> object:
    services.report_content(target=target, reporter=member(), reason="spam")
    return target.public_id


def message_report() -> object:
    reviewer, buyer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    message = write(conversation, reviewer, "Something rude.")
    report = report_message(message=message, reporter=buyer, reason="abuse", details="")
    return report.public_id


def proof() -> object:
    review = ReviewFactory(author=member())
    proof = services.send_proof(review=review, author=review.author, data=files.png())
    return proof.public_id


def appeal() -> object:
    review = rejected_review(UserFactory(is_staff=True))
    decision = Decision.objects.get(target_public_id=review.public_id)
    return submit_appeal(
        decision=decision, author=review.author, text="It names nobody."
    ).public_id


@dataclass(frozen=True)
class Kind:
    make: Callable[[], object]
    number: int
    # What the log calls approving and refusing it.
    approved: str
    refused: str
    is_private: bool = False


KINDS = {
    "review": Kind(review, 12, "publish", "reject"),
    "review_revision": Kind(edit, 8, "approve_edit", "reject_edit"),
    "comment": Kind(comment, 6, "publish", "reject"),
    "vendor_response": Kind(response, 4, "publish", "reject"),
    "vendor_claim": Kind(claim, 4, "approve_claim", "reject_claim"),
    "dispute": Kind(dispute, 3, "dismiss_dispute", "uphold_dispute"),
    "review_report": Kind(review_report, 3, "dismiss_report", "uphold_report"),
    "comment_report": Kind(comment_report, 2, "dismiss_report", "uphold_report"),
    "message_report": Kind(message_report, 3, "dismiss_report", "uphold_report", True),
    "proof_of_use": Kind(proof, 3, "accept_proof", "reject_proof", True),
    "appeal": Kind(appeal, 2, "grant_appeal", "dismiss_appeal"),
}


@pytest.fixture
def moderator(transactional_db):
    return UserFactory(email="anna@levelfield.example", is_staff=True)


@pytest.fixture
def desk(page: Page, live_server, moderator) -> Page:
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, live_server, moderator)
    page.goto(live_server.url + QUEUE)
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def press_and_go(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


# --- Fifty ----------------------------------------------------------------------------------


@pytest.fixture
def fifty(transactional_db) -> dict[str, tuple[str, bool]]:
    """Public id of each item to its kind and whether it is to be approved: every second of its kind."""
    plan = {}
    for name, kind in KINDS.items():
        for n in range(kind.number):
            target = kind.make()
            item = QueueItem.objects.get(kind=name, target_public_id=target)
            plan[str(item.public_id)] = (name, n % 2 == 0)
    assert len(plan) == 50
    return plan


@pytest.mark.slow
def test_fifty_mixed_items_are_decided_by_keyboard_alone(fifty, desk):
    done = []
    press(desk, "j")
    press_and_go(desk, "Enter")
    while not desk.url.endswith(QUEUE):
        item = desk.url.rstrip("/").rpartition("/")[2]
        assert item not in done, f"{fifty[item]} was not decided"
        done.append(item)
        decide(desk, *fifty[item])

    assert sorted(done) == sorted(fifty)
    outcomes = QueueItem.objects.values_list("public_id", "outcome")
    assert {str(public_id): outcome for public_id, outcome in outcomes} == {
        item: KINDS[name].approved if approves else KINDS[name].refused
        for item, (name, approves) in fifty.items()
    }
    assert Counter(
        Decision.objects.filter(
            record__moderator__email="anna@levelfield.example"
        ).values_list("action", flat=True)
    ) == Counter(
        {
            # One of them because the appeal against its rejection was granted.
            "publish": 6 + 3 + 2 + 1,
            "reject": 6 + 3 + 2,
            "approve_edit": 4,
            "reject_edit": 4,
            "approve_claim": 2,
            "reject_claim": 2,
            "dismiss_dispute": 2,
            "uphold_dispute": 1,
            "dismiss_report": 2 + 1 + 2,
            "uphold_report": 1 + 1 + 1,
            # What upholding a dispute or a report does to the thing itself.
            "remove": 1 + 1 + 1,
            "read_message": 3,
            "view_proof": 3,
            "accept_proof": 2,
            "reject_proof": 1,
            "grant_appeal": 1,
            "dismiss_appeal": 1,
        }
    )
    assert MessageReport.objects.filter(status="open").count() == 0
    assert Appeal.objects.filter(status="open").count() == 0
    assert VendorClaim.objects.filter(status="pending").count() == 0


def decide(page: Page, name: str, approves: bool) -> None:
    if KINDS[name].is_private:
        press_and_go(page, "o")
    if approves:
        press_and_go(page, "a")
        return
    press(page, "r", "ArrowDown")
    press_and_go(page, "Control+Enter")


# --- Several at once ------------------------------------------------------------------------


def test_several_are_selected_approved_undone_and_approved_again(desk, live_server):
    reviews = [waiting_review(headline=f"No. {n}") for n in range(3)]
    desk.reload()
    press(desk, "j", "x", "j", "j", "x")
    press_and_go(desk, "a")
    expect(desk.get_by_text("2 to approve")).to_be_visible()
    expect(desk.get_by_text("decided with others")).to_have_count(2)
    press_and_go(desk, "u")
    expect(desk.get_by_text("Undone: nothing was decided")).to_be_visible()
    assert DecisionBatch.objects.get().status == "undone"

    press(desk, "j", "x", "j", "j", "x")
    press_and_go(desk, "a")
    DecisionBatch.objects.filter(status="waiting").update(apply_at=timezone.now())
    sweep_batches()
    desk.get_by_role("link", name="See which").click()
    desk.reload()
    expect(desk.get_by_text("decided", exact=True)).to_have_count(2)
    for review in reviews:
        review.refresh_from_db()
    assert [r.status for r in reviews] == ["published", "pending", "published"]


def test_several_are_refused_with_a_reason(desk):
    waiting_review()
    waiting_review()
    desk.reload()
    press(desk, "j", "x", "j", "x", "r")
    desk.keyboard.type("Advert")
    press_and_go(desk, "Control+Enter")
    expect(desk.get_by_text("2 to refuse")).to_be_visible()
    batch = DecisionBatch.objects.get()
    assert (batch.verb, batch.reason_code) == ("refuse", "advertising")


def test_nothing_selected_starts_nothing(desk):
    waiting_review()
    desk.reload()
    press(desk, "a")
    expect(desk.get_by_text("(select at least one)")).to_be_visible()
    assert not DecisionBatch.objects.exists()


# --- The keys -------------------------------------------------------------------------------


def test_no_key_does_anything_while_one_writes(desk, live_server):
    review = waiting_review()
    desk.goto(live_server.url + page_of(review))
    desk.get_by_label("Reasons, as its author will read them").click()
    desk.keyboard.type("a jar? or u")
    expect(desk.get_by_label("Reasons, as its author will read them")).to_have_value(
        "a jar? or u"
    )
    expect(desk.get_by_role("dialog")).to_have_count(0)
    assert not Decision.objects.exists()


def test_the_keys_are_listed_and_can_be_switched_off(desk, live_server):
    review = waiting_review()
    desk.goto(live_server.url + page_of(review))
    press(desk, "?")
    dialog = desk.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    press(desk, "a")
    dialog.get_by_label("Use these keys in this browser").uncheck()
    press(desk, "Escape")
    desk.reload()
    press(desk, "?", "a")
    expect(dialog).to_have_count(0)
    expect(desk.locator("kbd").filter(visible=True)).to_have_count(0)
    assert not Decision.objects.exists()
    desk.get_by_role("button", name="Keyboard").click()
    dialog.get_by_label("Use these keys in this browser").check()
    press(desk, "Escape")
    press_and_go(desk, "a")
    review.refresh_from_db()
    assert review.status == "published"


def test_opening_an_item_holds_it(desk, live_server, moderator):
    review = waiting_review()
    desk.goto(live_server.url + page_of(review))
    expect(desk.get_by_text("Yours until")).to_be_visible()
    assert item_of(review).held_by == moderator


def test_choosing_a_rule_gives_its_words_and_keeps_ones_own(desk, live_server):
    desk.goto(live_server.url + page_of(waiting_review()))
    words = desk.get_by_label("Reasons, as its author will read them")
    rule = desk.get_by_label("Rule")
    rule.select_option("advertising")
    expect(words).to_have_value("It advertises a product or a service.")
    rule.select_option("copied")
    expect(words).not_to_have_value("It advertises a product or a service.")
    words.fill("The third sentence is from a brochure.")
    rule.select_option("advertising")
    expect(words).to_have_value("The third sentence is from a brochure.")


def test_without_a_script_a_decision_is_a_plain_form(browser, live_server, moderator):
    review = waiting_review()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, moderator)
    page.goto(live_server.url + QUEUE)
    page.get_by_role("link", name=review.headline).click()
    page.get_by_role("button", name="Keep it for me").click()
    page.get_by_text("Yours until").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Done: publish").wait_for()
    context.close()
    assert Review.objects.get().status == "published"


# --- Everybody ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (1280, "dark"), (1280, "light")]
)
def test_the_panel_has_no_violation(page, live_server, moderator, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, moderator)
    review = waiting_review(
        headline="Good\u202e", pros="Fast\u200b and p\u0430ss. " * 3
    )
    WorkEmailFactory(user=review.author)
    raise_item(
        kind=REVIEW,
        target_public_id=review.public_id,
        signals=[{"kind": "burst", "text": "12 in 24 hours", "hours": 12}],
    )
    revision = waiting_edit()
    waiting_review()
    paths = ["/admin/", QUEUE, page_of(review), page_of(revision)]
    others = {}
    for make in (message_report, proof, dispute, claim, comment, appeal, review_report):
        item = QueueItem.objects.get(target_public_id=make())
        others[make.__name__] = f"{QUEUE}{item.public_id}/"

    found = {
        name: problems(page, live_server.url + path)
        for name, path in (dict(zip(paths, paths, strict=True)) | others).items()
    }

    assert found == dict.fromkeys([*paths, *others], (0, []))
    press(page, "?")
    assert Axe().run(page).response["violations"] == []

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from products import services as product_services
from products.models import Invitation
from reviews.models import Review
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
)
from tests.reviews.vendors import BODY, GROUND, STATEMENT, Stage, columns, make_stage

pytestmark = pytest.mark.django_db

DESK = "/vendors/acme/desk/"
LINKS = f"{DESK}invitations/"


@pytest.fixture
def stage() -> Stage:
    return make_stage()


@pytest.fixture
def eva(client, stage):
    client.force_login(stage.eva)
    return stage.eva


def headlines(client, path: str = DESK) -> list[str]:
    page = client.get(path).content.decode()
    return re.findall(r'<b><a href="/reviews/[^"]+">([^<]+)</a></b>', page)


# --- Who sees it ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [DESK, LINKS])
@pytest.mark.parametrize(
    "who", ["member", "moderator", "other vendor", "former", "unverified", "author"]
)
def test_the_desk_does_not_exist_for_anybody_else(client, stage, path, who):
    user = UserFactory(is_staff=who == "moderator")
    if who == "author":
        user = stage.review.author
    elif who == "other vendor":
        VendorRepresentativeFactory(user=user)
    elif who in ("former", "unverified"):
        VendorRepresentativeFactory(
            vendor=stage.vendor,
            user=user,
            **{"ended_at": timezone.now()}
            if who == "former"
            else {"verified_at": None},
        )
    client.force_login(user)
    assert client.get(path).status_code == 404
    assert client.post(LINKS, {"product": "acme-desk"}).status_code == 404
    assert not Invitation.objects.exists()


def test_visitors_are_sent_to_sign_in_whatever_the_vendor(client, stage):
    answers = {
        client.get(f"/vendors/{slug}/desk/").status_code for slug in ("acme", "nobody")
    }
    assert answers == {302}


def test_the_desk_ends_with_the_right_to_speak(client, stage, eva):
    assert client.get(DESK).status_code == 200
    product_services.leave_vendor(user=stage.eva, vendor=stage.vendor)
    assert client.get(DESK).status_code == 404


# --- What stands on it ----------------------------------------------------------------------


def test_the_desk_lists_the_public_reviews_of_its_products_newest_first(
    client, stage, eva
):
    newer = ReviewFactory(product=ProductFactory(vendor=stage.vendor))
    PendingReviewFactory(product=stage.product)
    ReviewFactory(product=stage.product, status=Review.Status.REMOVED)
    ReviewFactory()
    assert headlines(client) == [newer.headline, stage.review.headline]


def test_the_desk_shows_nothing_of_who_wrote_a_review(client, stage, eva):
    author = stage.review.author
    before = client.get(DESK).content.decode()
    other = UserFactory()
    Review.objects.update(author=other)
    after = client.get(DESK).content.decode()
    varying = r'nonce="[^"]+"|csrfmiddlewaretoken" value="[^"]+"|hx-headers=\'[^\']+\''
    assert re.sub(varying, "", after) == re.sub(varying, "", before)
    for secret in (author.email, str(author.public_id)):
        assert secret not in before


def test_the_desk_tells_the_state_of_answers_and_disputes(client, stage, eva):
    def said() -> str:
        page = client.get(DESK).content.decode()
        return page[page.index("review-") :]

    assert "Answer in public" in said()
    response = stage.respond()
    assert "Answer waits for a moderator" in said()
    stage.publish(response)
    assert "Answered" in said()
    stage.dispute()
    assert "Disputed, decision due by" in said()


def test_the_desk_pages_by_key(client, stage, eva):
    for _ in range(22):
        ReviewFactory(product=stage.product)
    first = client.get(DESK).content.decode()
    (older,) = re.findall(r'rel="next" href="(\?after=[^"]+)"', first)
    shown = [*headlines(client), *headlines(client, DESK + older)]
    assert len(shown) == len(set(shown)) == 23
    assert shown[-1] == stage.review.headline
    assert client.get(f"{DESK}?after=nonsense").status_code == 400


def test_the_desk_costs_the_same_for_1_and_3(
    client, stage, eva, django_assert_num_queries
):
    stage.publish(stage.respond())
    client.get(DESK)
    with django_assert_num_queries(7):
        assert len(headlines(client)) == 1
    for _ in range(2):
        stage.dispute(ReviewFactory(product=stage.product))
    with django_assert_num_queries(7):
        assert len(headlines(client)) == 3


# --- What a representative can reach --------------------------------------------------------


def everything(client, stage: Stage) -> dict[str, Callable[[], object]]:
    """All that somebody who speaks for a vendor can send about a review, and what others send about theirs."""
    path = f"/reviews/{stage.review.public_id}/"
    said = {"ground": GROUND, "statement": STATEMENT}
    return {
        "respond": lambda: client.post(f"{path}respond/", {"body": BODY}),
        "withdraw the answer": lambda: client.post(f"{path}respond/withdraw/"),
        "dispute": lambda: client.post(f"{path}dispute/", said),
        "withdraw the dispute": lambda: client.post(f"{path}dispute/withdraw/"),
        "report": lambda: client.post(
            f"{path}report/", {"reason": "fake", "details": "Not a customer."}
        ),
        "edit": lambda: client.post(
            f"{path}edit/", {"headline": "Perfect", "go": "next"}
        ),
        "save an edit": lambda: client.post(
            f"{path}edit/draft/", {"headline": "Perfect"}
        ),
        "withdraw": lambda: client.post(f"{path}withdraw/"),
        "vote": lambda: client.post(f"{path}helpful/"),
        "comment": lambda: client.post(f"{path}comments/", {"body": "No."}),
        "write to its author": lambda: client.post(
            f"{path}message/", {"body": "Who are you?"}
        ),
        "claim again": lambda: client.post("/vendors/acme/claim/"),
        "invite": lambda: client.post(
            LINKS, {"product": "acme-desk", "affirmed": "on"}
        ),
        "leave": lambda: client.post("/vendors/acme/leave/"),
    }


@pytest.mark.parametrize(
    "verb",
    [
        "respond",
        "withdraw the answer",
        "dispute",
        "withdraw the dispute",
        "report",
        "edit",
        "save an edit",
        "withdraw",
        "vote",
        "comment",
        "write to its author",
        "claim again",
        "invite",
        "leave",
    ],
)
def test_nothing_that_a_representative_can_send_changes_a_review(
    client, stage, eva, verb
):
    if verb == "withdraw the answer":
        stage.publish(stage.respond())
    if verb == "withdraw the dispute":
        stage.dispute()
    pending = PendingReviewFactory(product=stage.product)
    before = [columns(review) for review in (stage.review, pending)]
    answer = everything(client, stage)[verb]()
    assert answer.status_code < 500  # type: ignore[attr-defined]
    assert [columns(review) for review in (stage.review, pending)] == before
    assert Review.objects.published().filter(product=stage.product).count() == 1
    assert stage.review.headline in client.get("/products/acme-desk/").content.decode()


def test_a_pending_review_is_out_of_reach(client, stage, eva):
    pending = PendingReviewFactory(product=stage.product)
    for part in ("", "respond/", "dispute/", "respond/withdraw/", "dispute/withdraw/"):
        path = f"/reviews/{pending.public_id}/{part}"
        assert client.post(path).status_code in (404, 405)
        assert client.get(path).status_code in (404, 405)


# --- Invitations ----------------------------------------------------------------------------


def make_link(client, **changes: str):
    said = {"product": "acme-desk", "incentive": "", "affirmed": "on"} | changes
    return client.post(LINKS, said)


def test_a_link_stands_with_the_text_to_send(client, stage, eva):
    assert make_link(client, incentive="a voucher of 20 euros").status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.product, invitation.inviter) == (stage.product, "vendor")
    assert (invitation.incentive, invitation.created_by) == (
        "a voucher of 20 euros",
        stage.eva,
    )
    page = client.get(LINKS).content.decode()
    assert invitation.get_absolute_url() in page
    assert "whatever they write: a voucher of 20 euros" in page


def test_a_link_needs_the_word_that_everybody_is_asked_alike(client, stage, eva):
    answer = client.post(LINKS, {"product": "acme-desk"})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("slug", ["another", "nothing", "", "acme-desk\x00"])
def test_a_link_is_for_a_product_of_the_vendor(client, stage, eva, slug):
    ProductFactory(slug="another")
    assert make_link(client, product=slug).status_code in (400, 422)
    assert not Invitation.objects.exists()


def test_a_product_has_5_links_at_most(client, stage, eva):
    for _ in range(5):
        make_link(client)
    assert "has 5 links" in make_link(client).content.decode()
    last = Invitation.objects.latest("id")
    client.post(f"{LINKS}{last.public_id}/end/")
    assert make_link(client).status_code == 302


def test_an_ended_link_stays_with_what_came_through_it(client, stage, eva):
    make_link(client)
    invitation = Invitation.objects.get()
    path = f"{LINKS}{invitation.public_id}/end/"
    assert client.get(path).status_code == 405
    client.post(path)
    invitation.refresh_from_db()
    assert invitation.ended_at is not None
    assert "Ended on" in client.get(LINKS).content.decode()


def test_somebody_elses_link_is_not_there(client, stage, eva):
    other = Invitation.objects.create(product=ProductFactory())
    site = Invitation.objects.create(product=stage.product, inviter="site")
    for invitation in (other, site):
        assert client.post(f"{LINKS}{invitation.public_id}/end/").status_code == 404
        invitation.refresh_from_db()
        assert invitation.ended_at is None


def test_fewer_than_5_reviews_of_a_link_are_not_counted(client, stage, eva):
    make_link(client)
    invitation = Invitation.objects.get()
    for _ in range(4):
        ReviewFactory(product=stage.product, invitation=invitation, source="invited")
    PendingReviewFactory(product=stage.product, invitation=invitation)
    assert "fewer than 5 published reviews" in client.get(LINKS).content.decode()
    ReviewFactory(product=stage.product, invitation=invitation, source="invited")
    assert "5 published reviews came through it" in client.get(LINKS).content.decode()


def test_the_links_cost_the_same_for_1_and_3(
    client, stage, eva, django_assert_num_queries
):
    make_link(client)
    client.get(LINKS)
    with django_assert_num_queries(6):
        client.get(LINKS)
    for _ in range(2):
        make_link(client)
    with django_assert_num_queries(6):
        client.get(LINKS)

import datetime
import re

import pytest
import time_machine
from django.utils import timezone

from accounts import privacy
from accounts.models import User
from accounts.services import erase_account
from messaging.models import Conversation
from moderation import desk as desks
from moderation.desk import Choice
from moderation.models import Decision, QueueItem, ReasonCode
from moderation.services import Conflict
from notifications.models import OutgoingEmail
from products import emails, services
from products.models import Vendor, VendorClaim, VendorRepresentative
from products.permissions import claimable_domains, represents
from reviews.kinds import REVIEW_REPORT
from reviews.models import Review, ReviewReport
from tests.accounts.members import link_in
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorClaimFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    confirm_email,
)
from tests.messaging.people import ask, member, write

pytestmark = pytest.mark.django_db

Status = VendorClaim.Status
ADDRESS = "eva@acme.example"


@pytest.fixture
def acme() -> Vendor:
    return VendorFactory(name="Acme", slug="acme", email_domains=["acme.example"])


@pytest.fixture
def eva(client) -> User:
    user = confirm_email(UserFactory(email="eva@private.example"))
    client.force_login(user)
    return user


@pytest.fixture
def moderator() -> User:
    return UserFactory(is_staff=True)


def post_claim(client, vendor: str = "acme", **changes: str):
    said = {"address": ADDRESS, "role": "Customer advocate", "note": ""} | changes
    return client.post(f"/vendors/{vendor}/claim/", said)


def claim_mail() -> OutgoingEmail:
    return OutgoingEmail.objects.filter(kind="vendor_claim_confirmation").latest("pk")


def link(client) -> str:
    post_claim(client)
    return link_in(claim_mail(), "vendors/confirm")


def waiting_items() -> list[str]:
    items = QueueItem.objects.waiting().order_by("id")
    return list(items.values_list("kind", flat=True))


def approve(claim: VendorClaim, moderator: User) -> Decision:
    return services.approve_claim(claim=claim, moderator=moderator)


# --- Domains --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domains", "website", "claimable"),
    [
        (["acme.example", "acme.co.uk"], "", ["acme.co.uk", "acme.example"]),
        ([], "https://www.acme.example/products", ["acme.example"]),
        ([], "https://acme.github.io/", []),
        ([], "https://gmail.com/", []),
        ([], "https://127.0.0.1/", []),
        ([], "", []),
    ],
)
def test_claimable_domains_are_the_known_ones_or_that_of_the_website(
    domains, website, claimable
):
    vendor = VendorFactory(email_domains=domains, website=website)
    assert claimable_domains(vendor) == claimable


def test_claimable_domains_leave_out_a_domain_that_several_vendors_share():
    first = VendorFactory(website="https://forge.example/first")
    VendorFactory(website="https://www.forge.example/second")
    assert claimable_domains(first) == []


# --- Asking ---------------------------------------------------------------------------------


def test_claim_writes_to_the_address_and_waits_for_its_confirmation(client, acme, eva):
    response = post_claim(client, note="I lead the team.")
    assert (response.status_code, response["Location"]) == (302, "/me/vendors/")
    claim = VendorClaim.objects.get()
    assert (claim.user, claim.vendor, claim.status) == (eva, acme, "unconfirmed")
    assert (claim.address, claim.domain) == (ADDRESS, "acme.example")
    assert claim_mail().address == ADDRESS
    assert waiting_items() == []
    assert not represents(eva, acme)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("eva@gmail.com", "Anybody can get an address at gmail.com"),
        ("eva@mailinator.com", "throw-away"),
        ("eva@gmai1.com", "looks like another"),
        ("eva@other.example", "Please use an address at acme.example"),
        ("eva@acme.example.evil.example", "Please use an address at acme.example"),
        ("eva@аcme.example", "Only addresses in plain letters"),
        ("not an address", "valid email"),
        ("e\x00va@acme.example", "Null characters"),
    ],
)
def test_claim_refuses_an_address_that_shows_nothing(client, acme, eva, address, why):
    response = post_claim(client, address=address)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not VendorClaim.objects.exists()
    assert not OutgoingEmail.objects.exists()


def test_claim_with_a_tag_is_the_mailbox_without_it(client, acme, eva):
    post_claim(client, address="Eva+reviews@ACME.example")
    assert VendorClaim.objects.get().address == ADDRESS


def test_claim_is_answered_alike_whether_or_not_somebody_speaks_for_the_vendor(
    client, acme, eva
):
    other = VendorFactory(name="Acme", slug="other", email_domains=["acme.example"])
    VendorClaimFactory(vendor=other, address=ADDRESS, status=Status.APPROVED)
    VendorRepresentativeFactory(vendor=other)

    def seen(slug: str) -> tuple[int, str, str]:
        page = client.get(f"/vendors/{slug}/claim/").content.decode()
        main = page[page.index("<h1>") : page.index("</main>")]
        main = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", main)
        answer = post_claim(client, vendor=slug)
        return answer.status_code, answer["Location"], main.replace(f"/{slug}/", "")

    assert seen("acme") == seen("other")
    kinds = OutgoingEmail.objects.values_list("kind", "address")
    assert list(kinds) == [("vendor_claim_confirmation", ADDRESS)] * 2


def test_claim_needs_somebody_who_is_signed_in(client, acme):
    assert client.get("/vendors/acme/claim/").status_code == 302
    assert post_claim(client)["Location"].startswith("/accounts/login/")
    assert not VendorClaim.objects.exists()


def test_claim_of_an_unknown_vendor_is_not_found(client, eva):
    assert post_claim(client, vendor="nobody").status_code == 404


def test_claim_sent_again_before_its_confirmation_is_the_same_with_a_new_link(
    client, acme, eva
):
    first = link(client)
    post_claim(client, address="eva@mail.acme.example")
    assert VendorClaim.objects.count() == 1
    assert client.get(first).status_code == 404


def test_claim_that_waits_for_a_moderator_is_not_sent_twice(client, acme, eva):
    VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    response = post_claim(client)
    assert "waits for a moderator" in response.content.decode()
    assert not OutgoingEmail.objects.exists()


def test_claims_are_limited_to_5_mails_a_day(client, acme, eva):
    for _ in range(5):
        assert post_claim(client).status_code == 302
    assert "too often today" in post_claim(client).content.decode()
    assert OutgoingEmail.objects.count() == 5


def test_claims_are_limited_to_3_open_ones(client, acme, eva):
    for _ in range(3):
        VendorClaimFactory(user=eva)
    assert "Three of your claims" in post_claim(client).content.decode()


# --- Confirming -----------------------------------------------------------------------------


def test_opening_the_link_changes_nothing_and_its_button_does(client, acme, eva):
    path = link(client)
    for reading in (client.get, client.head):
        assert reading(path).status_code == 200
        assert VendorClaim.objects.get().status == Status.UNCONFIRMED
    assert client.post(path).status_code == 302
    claim = VendorClaim.objects.get()
    assert claim.status == Status.PENDING
    assert claim.confirmed_at is not None
    assert waiting_items() == ["vendor_claim"]


def test_the_link_works_once(client, acme, eva):
    path = link(client)
    client.post(path)
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    assert waiting_items() == ["vendor_claim"]


def test_the_link_ends_after_three_days(client, acme, eva):
    path = link(client)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=3, minutes=1)):
        client.force_login(eva)
        assert client.post(path).status_code == 404
    assert VendorClaim.objects.get().status == Status.UNCONFIRMED


def test_the_link_is_of_use_to_its_member_only(client, acme, eva):
    path = link(client)
    client.force_login(UserFactory())
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    client.logout()
    assert client.post(path).status_code == 302
    assert VendorClaim.objects.get().status == Status.UNCONFIRMED


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "a" * 5000])
def test_a_broken_link_is_not_found(client, eva, token):
    assert client.post(f"/me/vendors/confirm/{token}/").status_code in (400, 404)


def test_a_withdrawn_claim_leaves_the_queue(client, acme, eva):
    client.post(link(client))
    claim = VendorClaim.objects.get()
    client.post(f"/me/vendors/{claim.public_id}/withdraw/")
    claim.refresh_from_db()
    assert claim.status == Status.WITHDRAWN
    assert waiting_items() == []
    with pytest.raises(Conflict):
        approve(claim, UserFactory(is_staff=True))


def test_somebody_elses_claim_is_not_there(client, acme, eva):
    claim = VendorClaimFactory(vendor=acme, status=Status.PENDING)
    path = f"/me/vendors/{claim.public_id}/withdraw/"
    assert client.post(path).status_code == 404
    assert client.get(path).status_code == 405
    claim.refresh_from_db()
    assert claim.status == Status.PENDING


# --- Deciding -------------------------------------------------------------------------------


def test_approval_makes_a_representative_with_a_line_in_the_log(acme, eva, moderator):
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    decision = approve(claim, moderator)
    assert represents(eva, acme)
    assert (decision.action, decision.target_kind) == ("approve_claim", "vendor_claim")
    assert decision.target_public_id == claim.public_id
    mail = OutgoingEmail.objects.get(kind="vendor_claim_approved")
    assert mail.recipient == eva
    assert "/vendors/acme/desk/" in mail.text


def test_approval_makes_a_guessed_domain_known(eva, moderator):
    vendor = VendorFactory(website="https://www.acme.example/")
    claim = VendorClaimFactory(
        vendor=vendor, user=eva, status=Status.PENDING, domain="acme.example"
    )
    approve(claim, moderator)
    vendor.refresh_from_db()
    assert vendor.email_domains == ["acme.example"]


def test_a_claim_is_decided_once(acme, eva, moderator):
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    approve(claim, moderator)
    with pytest.raises(Conflict):
        approve(claim, moderator)
    with pytest.raises(Conflict):
        services.reject_claim(
            claim=claim,
            moderator=moderator,
            reason_code=ReasonCode.NOT_ENTITLED,
            statement="No.",
        )
    assert Decision.objects.count() == 1
    assert represents(eva, acme)


def test_an_unconfirmed_claim_cannot_be_approved(acme, eva, moderator):
    claim = VendorClaimFactory(vendor=acme, user=eva)
    with pytest.raises(Conflict):
        approve(claim, moderator)
    assert not VendorRepresentative.objects.exists()
    assert not Decision.objects.exists()


def test_nobody_decides_on_their_own_claim(acme, moderator):
    claim = VendorClaimFactory(vendor=acme, user=moderator, status=Status.PENDING)
    with pytest.raises(services.Refused):
        approve(claim, moderator)
    assert not desks.get("vendor_claim").may_decide(claim, moderator)
    assert not VendorRepresentative.objects.exists()


def test_a_refusal_reaches_the_member_with_its_reasons(acme, eva, moderator):
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    decision = services.reject_claim(
        claim=claim,
        moderator=moderator,
        reason_code=ReasonCode.NOT_ENTITLED,
        statement="The mailbox is that of a reseller.",
    )
    mail = OutgoingEmail.objects.get(kind="vendor_claim_rejected")
    for part in (
        "The mailbox is that of a reseller.",
        "Not shown to speak for the vendor",
        "by a moderator, by hand",
        f"/appeals/new/{decision.public_id}/",
    ):
        assert part in mail.text
    assert not represents(eva, acme)


def test_what_a_representative_may_not_have_ends_with_the_approval(acme, moderator):
    eva, reviewer, buyer = member(), member(), member()
    asked = ask(eva, ReviewFactory(author=reviewer))
    own = ReviewFactory(author=eva)
    answered = ask(buyer, own)
    write(answered, eva)
    theirs = ask(buyer, ReviewFactory(author=reviewer))
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    approve(claim, moderator)
    states = {
        c.pk: c.state
        for c in Conversation.objects.filter(pk__in=[asked.pk, answered.pk])
    }
    assert set(states.values()) == {"closed"}
    theirs.refresh_from_db()
    assert theirs.state == "requested"


def test_reviews_of_a_new_representative_come_into_the_queue_and_stay_public(
    acme, moderator
):
    field = CategoryFactory()
    eva = UserFactory()
    ProductFactory(vendor=acme, category=field)
    own = ReviewFactory(product__vendor=acme, author=eva)
    rival = ReviewFactory(product__category=field, author=eva)
    other = ReviewFactory(author=eva)
    stranger = ReviewFactory(product__vendor=acme)
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    before = list(Review.objects.order_by("id").values())
    approve(claim, moderator)
    raised = set(
        QueueItem.objects.waiting()
        .filter(kind=REVIEW_REPORT)
        .values_list("target_public_id", flat=True)
    )
    assert raised == {own.public_id, rival.public_id}
    assert not {other.public_id, stranger.public_id} & raised
    report = ReviewReport.objects.get(review=own)
    assert (report.reporter, report.reporter_kind) == (None, "site")
    assert report.details == "Its author now speaks for Acme."
    assert list(Review.objects.order_by("id").values()) == before


# --- Its end --------------------------------------------------------------------------------


def test_whoever_leaves_speaks_for_the_vendor_no_longer(client, acme, eva):
    VendorRepresentativeFactory(vendor=acme, user=eva)
    assert client.get("/vendors/acme/leave/").status_code == 200
    assert represents(eva, acme)
    client.post("/vendors/acme/leave/")
    assert not represents(eva, acme)
    assert client.get("/vendors/acme/desk/").status_code == 404


def test_only_a_representative_can_leave(client, acme, eva):
    other = VendorRepresentativeFactory(vendor=acme)
    assert client.post("/vendors/acme/leave/").status_code == 404
    other.refresh_from_db()
    assert other.ended_at is None


def test_a_moderator_ends_it_with_reasons_and_an_appeal_begins_it_again(
    acme, eva, moderator
):
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    approve(claim, moderator)
    desk = desks.get("vendor_claim")
    (loaded,) = desk.load([claim.public_id]).values()
    assert [verb.name for verb in desk.verbs(loaded)] == ["end_representation"]
    decision = desk.decide(
        loaded,
        Choice(
            "end_representation", moderator, ReasonCode.NOT_ENTITLED, "They left Acme."
        ),
    )
    assert not represents(eva, acme)
    assert (
        "They left Acme." in OutgoingEmail.objects.get(kind="representation_ended").text
    )
    assert desk.affected(decision) == eva
    (loaded,) = desk.load([claim.public_id]).values()
    assert desk.verbs(loaded) == ()

    desk.reverse(decision, moderator=UserFactory(is_staff=True), statement="We erred.")
    assert represents(eva, acme)


def test_an_appeal_against_a_refusal_makes_a_representative(acme, eva, moderator):
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.PENDING)
    refused = services.reject_claim(
        claim=claim,
        moderator=moderator,
        reason_code=ReasonCode.NOT_ENTITLED,
        statement="No.",
    )
    desk = desks.get("vendor_claim")
    assert desk.affected(refused) == eva
    desk.reverse(refused, moderator=UserFactory(is_staff=True), statement="We erred.")
    assert represents(eva, acme)


def test_the_right_to_speak_ends_after_a_year_with_a_word_before_and_after(acme, eva):
    VendorRepresentativeFactory(vendor=acme, user=eva)
    begun = timezone.now()

    def on_day(day: int) -> tuple[int, int]:
        with time_machine.travel(begun + datetime.timedelta(days=day, minutes=1)):
            return (
                services.remind_of_ending_representations(),
                services.end_old_representations(),
            )

    assert on_day(300) == (0, 0)
    assert on_day(336) == (1, 0)
    assert on_day(337) == (0, 0)
    assert on_day(364) == (0, 0)
    assert represents(eva, acme)
    assert on_day(365) == (0, 1)
    assert not represents(eva, acme)
    kinds = OutgoingEmail.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["representation_ends_soon", "representation_lapsed"]


def test_in_its_last_month_the_right_can_be_shown_again(client, acme, eva, moderator):
    old = VendorRepresentativeFactory(vendor=acme, user=eva)
    assert "already" in post_claim(client).content.decode()
    VendorRepresentative.objects.update(
        verified_at=timezone.now() - datetime.timedelta(days=340)
    )
    client.post(link(client))
    approve(VendorClaim.objects.get(), moderator)
    old.refresh_from_db()
    assert old.verified_at > timezone.now() - datetime.timedelta(minutes=5)
    assert VendorRepresentative.objects.count() == 1


# --- One's own data -------------------------------------------------------------------------


def test_claims_are_in_the_export_and_gone_after_erasure(acme, eva):
    claim = VendorClaimFactory(vendor=acme, user=eva, status=Status.UNCONFIRMED)
    services.confirm_claim(user=eva, token=emails.claim_token(claim))
    VendorRepresentativeFactory(vendor=acme, user=eva)
    vendors = privacy.export(eva)["vendors"]
    assert [row["address"] for row in vendors["claims"]] == [claim.address]
    assert [row["vendor__slug"] for row in vendors["represents"]] == ["acme"]
    assert waiting_items() == ["vendor_claim"]
    erase_account(user=eva, keep_published=True)
    assert not VendorClaim.objects.exists()
    assert not VendorRepresentative.objects.exists()
    assert waiting_items() == []


# --- Pages ----------------------------------------------------------------------------------


def test_the_page_of_claims_costs_the_same_for_1_and_3(
    client, eva, django_assert_num_queries
):
    VendorClaimFactory(user=eva)
    client.get("/me/vendors/")
    with django_assert_num_queries(5):
        client.get("/me/vendors/")
    for status in (Status.REJECTED, Status.PENDING):
        VendorClaimFactory(user=eva, status=status)
    with django_assert_num_queries(5):
        assert client.get("/me/vendors/").content.decode().count("<li class") == 3


def test_the_vendor_page_offers_the_desk_to_its_representative_alone(client, acme, eva):
    assert "/vendors/acme/desk/" not in client.get("/vendors/acme/").content.decode()
    VendorRepresentativeFactory(vendor=acme, user=eva)
    assert "/vendors/acme/desk/" in client.get("/vendors/acme/").content.decode()
    client.logout()
    assert "/vendors/acme/desk/" not in client.get("/vendors/acme/").content.decode()


def test_merged_vendors_keep_their_claims(acme, eva):
    gone = VendorFactory(name="Acme Inc")
    both = [VendorClaimFactory(vendor=v, user=eva) for v in (acme, gone)]
    other = VendorClaimFactory(vendor=gone)
    services.merge_vendors(kept=acme, merged=gone)
    for claim in (*both, other):
        claim.refresh_from_db()
    assert {claim.vendor for claim in (*both, other)} == {acme}
    assert [claim.status for claim in both] == ["unconfirmed", "withdrawn"]

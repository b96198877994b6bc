import re

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from accounts.models import Profile
from notifications.permissions import choices_of
from products.models import Invitation
from reviews import services
from reviews.forms import recent_months
from reviews.models import Answer, Question, Review, ReviewDraft, ReviewRevision
from reviews.wizard import STEPS
from reviews_site.lib.env import OidcProvider
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    add_members,
    complete_profile,
    confirm_email,
)

pytestmark = pytest.mark.django_db

ADDRESS = "/products/ledger/reviews/new/"
AUTOSAVE = "/products/ledger/reviews/draft/"

PROS = "Reports are easy to read, and the audit trail is complete."
CONS = "Imports of more than a thousand rows take minutes to finish."


@pytest.fixture
def product():
    return ProductFactory(slug="ledger", name="Ledger")


@pytest.fixture
def writer(client, product):
    user = confirm_email(UserFactory())
    complete_profile(user, display_name="Jo Writer")
    client.force_login(user)
    return user


def this_month() -> str:
    from_choices = STEPS[0].form_class(profile=Profile(), questions=[])
    return from_choices.fields["last_used_on"].choices[1][0]


def filled_pages(**changes: str) -> dict[str, dict[str, str]]:
    """What somebody types on each page; `changes` go by field name."""
    pages = {
        "use": {
            "perspective": "buyer",
            "usage_duration": "over_2_years",
            "last_used_on": this_month(),
            "deployment": "saas",
        },
        "rating": {
            "half_stars": "9",
            "headline": "Does the job",
            "would_recommend": "8",
            "ease_of_use": "7",
            "features": "",
            "support": "",
            "value": "",
        },
        "good": {"pros": PROS},
        "not-good": {"cons": CONS},
        "details": {"answer_use_case": "Month-end closing."},
        "you": {
            "job_function": "finance",
            "seniority": "c_level",
            "company_size": "51-200",
            "industry": "energy",
            "country": "FR",
            "relationship": "customer",
            "incentive": "none",
            "incentive_detail": "",
            "rewarded_by": "",
            "source": "organic",
            "is_anonymous": "yes",
        },
    }
    for page in pages.values():
        page |= {name: value for name, value in changes.items() if name in page}
    return pages


def post(client, step: str, address: str = ADDRESS, **fields: str):
    return client.post(address, {"step": step, "go": "next", **fields})


def fill(client, address: str = ADDRESS, **changes: str) -> None:
    for step, fields in filled_pages(**changes).items():
        response = post(client, step, address, **fields)
        assert response.status_code == 302, (step, response.content.decode())


def send(client, address: str = ADDRESS):
    return post(client, "send", address, affirmed="on", affirmed_free="on")


# --- The whole way --------------------------------------------------------------------------


def test_review_is_written_page_by_page_and_sent(client, writer, product):
    for step, following in zip(STEPS[:-1], STEPS[1:], strict=True):
        response = post(client, step.key, **filled_pages()[step.key])
        assert response["Location"] == f"{ADDRESS}?step={following.key}"
    response = send(client)
    review = Review.objects.get()
    assert response["Location"] == f"/reviews/{review.public_id}/"
    assert (review.author, review.product) == (writer, product)
    assert review.status == Review.Status.PENDING
    assert services.content_of(review) == services.ReviewContent(
        headline="Does the job",
        pros=PROS,
        cons=CONS,
        half_stars=9,
        would_recommend=8,
        perspective="buyer",
        job_function="finance",
        seniority="c_level",
        company_size="51-200",
        industry="energy",
        usage_duration="over_2_years",
        last_used_on=review.last_used_on.replace(day=1),
        ease_of_use=7,
        country="FR",
        deployment="saas",
        is_anonymous=True,
    )
    assert services.answers_of(review) == {"use_case": "Month-end closing."}
    assert not ReviewDraft.objects.exists()


def test_profile_fills_in_who_writes_and_stays_as_it_is(client, writer):
    page = client.get(f"{ADDRESS}?step=you").content.decode()
    assert re.search(r'<option value="healthcare" selected>', page)
    fill(client)
    send(client)
    writer.profile.refresh_from_db()
    assert writer.profile.industry == "healthcare"


@pytest.mark.parametrize(("answer", "name"), [("yes", ""), ("no", "Jo Writer")])
def test_review_is_signed_as_its_author_chose(client, writer, answer, name):
    fill(client, is_anonymous=answer)
    send(client)
    review = Review.objects.get()
    assert (review.is_anonymous, review.display_name) == (answer == "yes", name)


def test_member_without_a_display_name_can_only_stay_anonymous(client, writer):
    Profile.objects.filter(user=writer).update(display_name="")
    pages = filled_pages(is_anonymous="no")
    assert post(client, "you", **pages["you"]).status_code == 422


FACETS = {
    "job_function": "finance",
    "seniority": "c_level",
    "company_size": "51-200",
    "industry": "energy",
    "country": "FR",
}


def test_last_page_shows_the_card_as_the_public_will_see_it(client, writer):
    add_members(5, **FACETS)
    fill(client)
    page = client.get(f"{ADDRESS}?step=send").content.decode()
    card = page[page.index('<article class="review-card"') : page.index("</article>")]
    for expected in (
        "Does the job",
        PROS,
        CONS,
        "Buyer · Finance · C-level",
        "Month-end",
    ):
        assert expected in card
    assert "Jo Writer" not in card


@pytest.mark.parametrize(("verified", "expected"), [(True, False), (False, True)])
def test_last_page_says_what_happens_without_a_work_email(
    client, writer, verified, expected
):
    if verified:
        WorkEmailFactory(user=writer)
    fill(client)
    page = client.get(f"{ADDRESS}?step=send").content.decode()
    assert ("we need to know that you are real" in page) is expected
    assert send(client).status_code == 302


# --- What is disclosed ----------------------------------------------------------------------


def test_reward_is_told_with_what_it_is_and_who_gives_it(client, writer):
    fill(client, incentive="gift", incentive_detail="A mug", rewarded_by="site")
    page = client.get(f"{ADDRESS}?step=send").content.decode()
    assert "Reward from this site: A mug" in page
    send(client)
    review = Review.objects.get()
    assert (review.incentive_detail, review.rewarded_by) == ("A mug", "site")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"rewarded_by": "site"}, "Say what it is"),
        ({"incentive_detail": "A mug"}, "Say who gives it"),
        ({"incentive_detail": "x" * 121, "rewarded_by": "site"}, "at most 120"),
        ({"incentive_detail": "A mug", "rewarded_by": "me"}, "has-error"),
    ],
)
def test_reward_without_its_what_and_who_is_refused(client, writer, changes, error):
    fields = filled_pages(incentive="gift", **changes)["you"]
    response = post(client, "you", **fields)
    assert response.status_code == 422
    assert error in response.content.decode()


def test_what_was_said_of_a_reward_goes_with_it(client, writer):
    fill(client, incentive="none", incentive_detail="A mug", rewarded_by="site")
    send(client)
    review = Review.objects.get()
    assert (review.incentive_detail, review.rewarded_by) == ("", "")


def invited(product, **changes) -> Invitation:
    return Invitation.objects.create(product=product, **changes)


def test_invitation_marks_the_review_and_outlives_the_first_page(
    client, writer, product
):
    invitation = invited(product)
    page = client.get(f"{ADDRESS}?invitation={invitation.public_id}").content.decode()
    assert "You came by an invitation of the vendor." in page
    assert not ReviewDraft.objects.exists()
    pages = filled_pages()
    # The first page carries it; from then on it is in the draft.
    post(client, "use", **pages["use"], invitation=str(invitation.public_id))
    assert 'name="source"' not in client.get(f"{ADDRESS}?step=you").content.decode()
    fill(client, source="organic")
    page = client.get(f"{ADDRESS}?step=send").content.decode()
    assert "Invited by the vendor" in page
    send(client)
    review = Review.objects.get()
    assert (review.source, review.invitation) == ("invited", invitation)


def test_invitation_is_kept_through_signing_in(client, product):
    address = f"{ADDRESS}?invitation={invited(product).public_id}"
    response = client.get(address)
    assert response.status_code == 302
    assert f"invitation%3D{Invitation.objects.get().public_id}" in response["Location"]


def test_promised_reward_is_disclosed_whatever_the_author_says(client, writer, product):
    invitation = invited(product, incentive="A voucher")
    pages = filled_pages()
    post(client, "use", **pages["use"], invitation=str(invitation.public_id))
    page = client.get(f"{ADDRESS}?step=you").content.decode()
    assert 'value="A voucher"' in page
    response = post(client, "you", **pages["you"])
    assert response.status_code == 422
    assert "The invitation promised you “A voucher”" in response.content.decode()


@pytest.mark.parametrize(
    "given", ["nonsense", "\x00", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "other"]
)
def test_invitation_that_is_none_of_this_product_is_ignored(
    client, writer, product, given
):
    if given == "other":
        given = str(invited(ProductFactory()).public_id)
    fields = filled_pages()["use"] | {"invitation": given}
    assert post(client, "use", **fields).status_code == 302
    fill(client)
    send(client)
    review = Review.objects.get()
    assert (review.source, review.invitation) == ("organic", None)


def test_throwing_the_draft_away_keeps_the_invitation(client, writer, product):
    invitation = invited(product)
    fields = {"step": "use", "go": "discard", "invitation": str(invitation.public_id)}
    response = client.post(ADDRESS, fields)
    assert response["Location"] == f"{ADDRESS}?invitation={invitation.public_id}"


@pytest.mark.parametrize("ticked", [False, True])
def test_reminder_is_sent_to_those_who_tick_it(client, writer, ticked):
    fill(client)
    page = client.get(f"{ADDRESS}?step=send").content.decode()
    assert re.search(r'<input[^>]*name="ask_review_update_reminder"[^>]*>', page)
    assert not re.search(
        r'<input[^>]*name="ask_review_update_reminder"[^>]*checked', page
    )
    extra = {"ask_review_update_reminder": "on"} if ticked else {}
    post(client, "send", affirmed="on", affirmed_free="on", **extra)
    assert choices_of(writer.pk)["review_update_reminder"] is ticked


# --- What stops a review --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("use", "perspective", ""),
        ("use", "perspective", "vendor"),
        ("use", "usage_duration", "ages"),
        ("use", "last_used_on", "2001-01-01"),
        ("use", "last_used_on", "2999-01-01"),
        ("use", "last_used_on", "banana"),
        ("use", "deployment", "moon"),
        ("rating", "half_stars", ""),
        ("rating", "half_stars", "0"),
        ("rating", "half_stars", "11"),
        ("rating", "half_stars", "4.5"),
        ("rating", "half_stars", "9" * 400),
        ("rating", "ease_of_use", "-1"),
        ("rating", "would_recommend", "11"),
        ("rating", "would_recommend", ""),
        ("rating", "headline", "Hm"),
        ("rating", "headline", "x" * 101),
        ("rating", "headline", "Nul\x00here"),
        ("good", "pros", "Too short."),
        ("good", "pros", " " * 60),
        ("good", "pros", "x" * 4001),
        ("good", "pros", "x" * 50 + "\x00"),
        ("not-good", "cons", "None."),
        ("details", "answer_use_case", "x" * 2001),
        ("you", "job_function", "boss"),
        ("you", "seniority", ""),
        ("you", "country", "XX"),
        ("you", "relationship", ""),
        ("you", "relationship", "employee"),
        ("you", "incentive", ""),
        ("you", "source", "imported"),
        ("you", "is_anonymous", "maybe"),
    ],
)
def test_bad_value_is_refused_on_its_page_and_kept_from_sending(
    client, writer, step, field, value
):
    fill(client)
    fields = filled_pages()[step] | {field: value}
    response = post(client, step, **fields)
    assert response.status_code == 422
    assert "has-error" in response.content.decode()
    if "\x00" not in value:
        page = client.get(f"{ADDRESS}?step=send").content.decode()
        assert f"?step={step}" in page
        assert send(client).status_code == 422
        assert not Review.objects.exists()


def test_short_text_says_how_much_is_missing(client, writer):
    page = post(client, "good", pros="Too short.").content.decode()
    assert "Please write at least 40 characters; you have written 10." in page


@pytest.mark.parametrize("ticked", [{}, {"affirmed": "on"}, {"affirmed_free": "on"}])
def test_nothing_is_sent_without_both_affirmations(client, writer, ticked):
    fill(client)
    assert post(client, "send", **ticked).status_code == 422
    assert not Review.objects.exists()


def test_use_of_more_than_a_year_ago_is_refused_with_the_reason(client, writer):
    fields = filled_pages(last_used_on="earlier")["use"]
    page = post(client, "use", **fields).content.decode()
    assert "a review here rests on use within the last 12 months" in page


def test_empty_draft_lists_what_is_missing_with_links(client, writer):
    page = client.get(f"{ADDRESS}?step=send").content.decode()
    for step in ("use", "rating", "good", "not-good", "you"):
        assert f'href="{ADDRESS}?step={step}"' in page
    assert send(client).status_code == 422


@pytest.mark.parametrize("query", ["?step=none", "?step=%2e%2e", "?step=" + "x" * 5000])
def test_unknown_step_is_not_found(client, writer, query):
    assert client.get(ADDRESS + query).status_code == 404


def test_text_beyond_any_field_is_refused_whole(client, writer):
    assert post(client, "good", pros="x" * 20_001).status_code == 413
    assert client.post(AUTOSAVE, {"pros": "x" * 20_001}).status_code == 413
    assert not ReviewDraft.objects.exists()


def test_fields_that_no_page_has_are_left_out(client, writer, product):
    post(client, "good", pros=PROS, status="published", author="1", affirmed="on")
    assert ReviewDraft.objects.get().data == {"pros": PROS}


# --- Who may --------------------------------------------------------------------------------


def test_visitor_is_sent_to_sign_in_and_back(client, product):
    response = client.get(ADDRESS)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/")
    assert response["Location"].endswith("?next=/products/ledger/reviews/new/")


def test_unconfirmed_member_is_told_to_confirm(client, product):
    client.force_login(UserFactory())
    response = client.get(ADDRESS)
    assert response.status_code == 403
    assert b'href="/accounts/email/"' in response.content


def test_representative_of_the_vendor_is_refused(client, writer, product):
    VendorRepresentativeFactory(user=writer, vendor=product.vendor)
    assert client.get(ADDRESS).status_code == 403
    assert post(client, "good", pros=PROS).status_code == 403
    assert client.post(AUTOSAVE, {"pros": PROS}).status_code == 403
    assert not ReviewDraft.objects.exists()


def test_employee_of_the_vendor_is_refused(client, writer):
    vendor = VendorFactory(email_domains=["vendor.example"])
    ProductFactory(slug="theirs", vendor=vendor)
    WorkEmailFactory(user=writer, domain="vendor.example")
    assert client.get("/products/theirs/reviews/new/").status_code == 403


def test_hidden_product_takes_no_review(client, writer):
    ProductFactory(slug="hidden", status="hidden")
    assert client.get("/products/hidden/reviews/new/").status_code == 404


def test_second_review_names_the_first(client, writer, product):
    review = PendingReviewFactory(author=writer, product=product)
    for response in (client.get(ADDRESS), send(client)):
        assert response.status_code == 409
        assert f"/reviews/{review.public_id}/edit/" in response.content.decode()
    assert Review.objects.count() == 1


def test_sending_twice_makes_one_review(client, writer):
    fill(client)
    assert send(client).status_code == 302
    assert send(client).status_code == 409
    assert Review.objects.count() == 1


# --- The draft ------------------------------------------------------------------------------


def test_what_is_typed_is_saved_valid_or_not_and_restored(client, writer):
    post(client, "good", pros="Too short.")
    page = client.get(f"{ADDRESS}?step=good").content.decode()
    assert "Too short." in page
    assert "has-error" not in page


@pytest.mark.parametrize(
    ("go", "step", "lands_on"),
    [
        ("back", "good", "rating"),
        ("back", "use", "use"),
        ("send", "good", "send"),
        ("you", "good", "you"),
    ],
)
def test_moving_about_saves_and_checks_nothing(client, writer, go, step, lands_on):
    response = client.post(ADDRESS, {"step": step, "go": go, "pros": "Hm"})
    assert response["Location"] == f"{ADDRESS}?step={lands_on}"
    assert ReviewDraft.objects.get().data == {"pros": "Hm"}


def test_return_opens_the_first_page_that_needs_work(client, writer):
    pages = filled_pages()
    post(client, "use", **pages["use"])
    page = client.get(ADDRESS).content.decode()
    assert "<h1>The rating</h1>" in page
    assert "Here is what you had typed" in page


def test_draft_can_be_thrown_away(client, writer):
    post(client, "good", pros=PROS)
    response = client.post(ADDRESS, {"step": "good", "go": "discard"})
    assert response["Location"] == ADDRESS
    assert not ReviewDraft.objects.exists()


def test_autosave_keeps_what_is_typed_and_what_was_there(client, writer):
    post(client, "good", pros=PROS)
    response = client.post(AUTOSAVE, {"cons": "Half a sent", "colour": "blue"})
    assert response.status_code == 200
    draft = ReviewDraft.objects.get()
    assert response.json() == {"saved_at": draft.saved_at.isoformat()}
    assert draft.data == {"pros": PROS, "cons": "Half a sent"}


def test_autosave_after_signing_out_says_so(client, product):
    assert client.post(AUTOSAVE, {"pros": PROS}).status_code == 401
    assert not ReviewDraft.objects.exists()


def test_reading_saves_nothing(client, writer):
    for step in STEPS:
        assert client.get(f"{ADDRESS}?step={step.key}").status_code == 200
    assert client.get(AUTOSAVE).status_code == 405
    assert not ReviewDraft.objects.exists()


def test_draft_is_seen_by_its_author_alone(client, writer, product):
    post(client, "good", pros="A secret of mine that nobody else may read.")
    other = Client()
    other.force_login(confirm_email(UserFactory()))
    assert b"secret" not in other.get(f"{ADDRESS}?step=good").content


@pytest.mark.parametrize(
    "text", ["</textarea><script>x</script>", "😀" * 50, "Zoë\r\nand\ttabs"]
)
def test_any_text_is_restored_as_typed(client, writer, text):
    post(client, "good", pros=text)
    response = client.get(f"{ADDRESS}?step=good")
    assert b"<script>x" not in response.content
    assert ReviewDraft.objects.get().data["pros"] == text


# --- Editing --------------------------------------------------------------------------------


def edit_address(review: Review) -> str:
    return f"/reviews/{review.public_id}/edit/"


def test_edit_starts_from_the_review(client, writer, product):
    review = ReviewFactory(author=writer, product=product, headline="As published")
    Answer.objects.create(
        review=review, question=Question.objects.get(key="advice"), text="Wait a year."
    )
    page = client.get(edit_address(review) + "?step=rating").content.decode()
    assert "As published" in page
    page = client.get(edit_address(review) + "?step=details").content.decode()
    assert "Wait a year." in page


def test_edit_of_a_published_review_waits_for_a_moderator(client, writer, product):
    review = ReviewFactory(author=writer, product=product, headline="As published")
    address = edit_address(review)
    post(
        client, "rating", address, **filled_pages()["rating"] | {"headline": "Changed"}
    )
    # What a review doesn't store in words that the form offers is asked again.
    fill(client, address, headline="Changed")
    assert send(client, address).status_code == 302
    review.refresh_from_db()
    assert review.headline == "As published"
    revision = ReviewRevision.objects.get()
    assert revision.content["headline"] == "Changed"
    assert not ReviewDraft.objects.exists()
    page = client.get(f"{address}?step=rating").content.decode()
    assert "Changed" in page


def test_days_of_changes_stand_on_the_page_and_refused_ones_do_not(client):
    review = ReviewFactory(edited_at=timezone.now())
    assert "Changed by its author on" not in client.get(review.get_absolute_url()).content.decode()  # fmt: skip
    for status, day in (
        ("approved", "2026-03-05"),
        ("rejected", "2026-04-06"),
        ("approved", "2026-05-07"),
    ):
        ReviewRevision.objects.create(
            review=review, content={}, status=status, decided_at=f"{day}T12:00Z"
        )
    page = client.get(review.get_absolute_url()).content.decode()
    line = page[page.index("Changed by its author on") :].partition("</p>")[0]
    assert re.findall(r'datetime="([^"]+)"', line) == ["2026-03-05", "2026-05-07"]


def test_edit_of_an_old_review_affirms_no_more_than_is_so(client, writer, product):
    review = ReviewFactory(author=writer, product=product, last_used_on="2024-05-20")
    page = client.get(edit_address(review) + "?step=send").content.decode()
    assert "within 12 months before I first wrote about it" in page


def test_edit_by_who_joined_the_vendor_is_refused_with_the_reason(
    client, writer, product
):
    review = ReviewFactory(author=writer, product=product)
    VendorRepresentativeFactory(vendor=product.vendor, user=writer)
    response = client.get(edit_address(review))
    assert response.status_code == 403
    assert "You represent this vendor" in response.content.decode()
    assert client.post(f"{edit_address(review)}draft/").status_code == 403
    assert client.get(f"/reviews/{review.public_id}/withdraw/").status_code == 200


def test_unchanged_review_can_be_sent_again_as_it_is(client, writer, product):
    review = ReviewFactory(author=writer, product=product)
    address = edit_address(review)
    page = client.get(f"{address}?step=send").content.decode()
    assert review.headline in page
    assert send(client, address).status_code == 302
    assert ReviewRevision.objects.get().content["headline"] == review.headline


def test_edit_of_an_old_review_keeps_its_month(client, writer, product):
    old = recent_months(ReviewFactory.build(product=product).last_used_on)[-1][0]
    review = ReviewFactory(author=writer, product=product, last_used_on="2024-05-20")
    page = client.get(edit_address(review) + "?step=use").content.decode()
    assert '<option value="2024-05-01" selected>May 2024</option>' in page
    assert f'value="{old}"' in page
    assert send(client, edit_address(review)).status_code == 302


def test_edit_of_a_waiting_review_changes_it_at_once(client, writer, product):
    review = PendingReviewFactory(author=writer, product=product)
    fill(client, edit_address(review), headline="Changed while waiting")
    send(client, edit_address(review))
    review.refresh_from_db()
    assert review.headline == "Changed while waiting"


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "removed"])
def test_decided_review_cannot_be_edited(client, writer, product, status):
    review = PendingReviewFactory(author=writer, product=product, status=status)
    assert client.get(edit_address(review)).status_code == 403
    assert (
        client.post(f"{edit_address(review)}draft/", {"pros": "x"}).status_code == 403
    )


def test_edit_is_saved_while_typing(client, writer, product):
    review = ReviewFactory(author=writer, product=product)
    response = client.post(f"{edit_address(review)}draft/", {"pros": "Now I think"})
    assert response.status_code == 200
    assert (
        "Now I think"
        in client.get(edit_address(review) + "?step=good").content.decode()
    )
    other = Client()
    assert other.post(f"{edit_address(review)}draft/").status_code == 401
    other.force_login(UserFactory())
    assert other.post(f"{edit_address(review)}draft/").status_code == 404


@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_each_page_takes_a_fixed_number_of_queries(
    client, django_assert_num_queries, writer, step
):
    fill(client)
    # The last page also counts who shares the facets, and looks up the work e-mail and the reminders; that of the
    # details has the names of the products beside this one.
    with django_assert_num_queries({"send": 15, "details": 12}.get(step, 11)):
        assert client.get(f"{ADDRESS}?step={step}").status_code == 200


@pytest.mark.parametrize(
    ("verified", "badge"),
    [(True, "Work e-mail verified in"), (False, "Not verified yet")],
)
def test_preview_shows_the_badge_that_readers_will_see(client, writer, verified, badge):
    if verified:
        WorkEmailFactory(user=writer)
    fill(client)
    assert badge in client.get(f"{ADDRESS}?step=send").content.decode()


def test_preview_shows_the_badge_of_a_sign_in_that_verifies(client, writer, settings):
    provider = OidcProvider("in", "In", "https://in.example", "x", "x", "linkedin", ())
    settings.OIDC_PROVIDERS = (provider,)
    SocialAccount.objects.create(user=writer, provider="in", uid="1")
    fill(client)
    page = client.get(f"{ADDRESS}?step=send").content.decode()
    assert "LinkedIn verified in" in page
    assert "Not verified yet" not in page

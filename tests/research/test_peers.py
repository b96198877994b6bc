"""Reviewers in a situation like one's own: what counts, in which order, with which reasons, and who can be asked."""

import datetime

import pytest
from django.conf import settings

from accounts.models import Profile, User
from messaging.models import Block
from products.models import ProductAlias
from research.peers import FACETS, Wanted, peers
from reviews.models import Review
from reviews.ratings import recompute_all_ratings
from tests.factories import (
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    complete_profile,
)
from tests.messaging.people import ask, member

pytestmark = pytest.mark.django_db

PAGE = "/products/ledger/people-like-me/"
API = "/api/v1/products/ledger/people-like-me/"
ME = {
    "company_size": "201-1000",
    "industry": "healthcare",
    "job_function": "it",
    "seniority": "c_minus_1",
    "country": "DE",
    "deployment": "saas",
}


@pytest.fixture
def ledger():
    return ProductFactory(slug="ledger", name="Ledger")


def reviewed(product, **fields) -> Review:
    """By somebody who is just like me, but for what is said."""
    facets = {**ME, **fields}
    return ReviewFactory(product=product, author=facets.pop("author", None) or member(), **facets)  # fmt: skip


def found(product, **wanted) -> list[tuple[float, str]]:
    answer = peers(product, Wanted.of(wanted or ME))
    return [(peer.matched, peer.reasons) for peer in answer.found]


# --- What counts ----------------------------------------------------------------------------


def test_all_that_is_the_same_counts_one_each(ledger):
    reviewed(ledger)

    assert found(ledger) == [
        (6.0, "Same size of organisation, same industry, same department, same level, same country, run the same way.")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facet", "theirs", "halves", "words"),
    [
        ("company_size", "51-200", 1, "An organisation one size smaller."),
        ("company_size", "1001-5000", 1, "An organisation one size larger."),
        ("company_size", "1-50", 0, ""),
        ("company_size", "10001+", 0, ""),
        ("seniority", "c_level", 1, "One level above you."),
        ("seniority", "c_minus_2", 1, "One level below you."),
        ("seniority", "c_minus_3", 0, ""),
        ("industry", "insurance", 0, ""),
        ("job_function", "engineering", 0, ""),
        ("country", "FR", 0, ""),
        ("deployment", "self_hosted", 0, ""),
        ("deployment", "", 0, ""),
    ],
)
def test_what_is_next_counts_half_and_what_is_further_nothing(
    ledger, facet, theirs, halves, words
):
    reviewed(ledger, **{facet: theirs})

    expected = [(halves / 2, words)] if halves else []
    assert found(ledger, **{facet: ME[facet]}) == expected


def test_the_ends_of_a_scale_have_one_neighbour(ledger):
    reviewed(ledger, company_size="51-200", seniority="c_minus_1")
    reviewed(ledger, company_size="10001+", seniority="c_minus_3")

    assert found(ledger, company_size="1-50", seniority="c_level") == [
        (1.0, "An organisation one size larger, one level below you.")
    ]


def test_reasons_name_what_is_the_same_before_what_is_next(ledger):
    reviewed(ledger, seniority="c_level", country="FR", deployment="hybrid")

    assert found(ledger) == [
        (3.5, "Same size of organisation, same industry, same department; one level above you.")
    ]  # fmt: skip


def test_two_who_are_other_have_nothing_in_common(ledger):
    reviewed(ledger, industry="other", job_function="other")

    assert found(ledger, industry="other", job_function="other") == []
    assert not Wanted.of({"industry": "other", "job_function": "", "country": "XX"})


@pytest.mark.parametrize("facet", [f.name for f in FACETS if f.name != "deployment"])
def test_a_hidden_facet_matches_nothing_and_is_not_told(client, ledger, facet):
    hidden = reviewed(ledger, hidden_facets=[facet])
    shown = reviewed(ledger)

    answer = peers(ledger, Wanted.of(ME))
    assert [(p.review.pk, p.matched) for p in answer.found] == [(shown.pk, 6.0), (hidden.pk, 5.0)]  # fmt: skip
    assert facet_words(facet) not in answer.found[1].reasons
    assert [p.review.pk for p in peers(ledger, Wanted.of({facet: ME[facet]})).found] == [shown.pk]  # fmt: skip


def facet_words(name: str) -> str:
    return next(facet.same_words for facet in FACETS if facet.name == name)


def test_a_hidden_facet_does_not_count_as_a_neighbour_either(ledger):
    reviewed(ledger, company_size="51-200", hidden_facets=["company_size"])

    assert found(ledger, company_size="201-1000") == []


def test_the_query_and_the_words_agree_on_every_number(ledger):
    """The order is made in the database, the reasons in Python."""
    for size in ("1-50", "51-200", "201-1000", "1001-5000"):
        for level in ("c_level", "c_minus_1", "c_minus_3"):
            for country in ("DE", "FR"):
                reviewed(ledger, company_size=size, seniority=level, country=country)

    matched = [peer.matched for peer in peers(ledger, Wanted.of(ME)).found]
    assert len(matched) == 24
    assert matched == sorted(matched, reverse=True)
    for peer in peers(ledger, Wanted.of({"seniority": "c_minus_2"})).found:
        assert (peer.matched, peer.review.seniority) in {(0.5, "c_minus_1"), (0.5, "c_minus_3")}  # fmt: skip


def test_only_published_reviews_of_the_product(ledger):
    reviewed(ledger, status="pending", published_at=None)
    reviewed(ledger, status="withdrawn")
    reviewed(ProductFactory())

    assert found(ledger) == []


# --- Order ----------------------------------------------------------------------------------


def on(day: int, hour: int = 12) -> datetime.datetime:
    return datetime.datetime(2026, 3, day, hour, tzinfo=datetime.UTC)


def test_equals_are_ordered_by_day_and_not_by_hour(ledger):
    older = reviewed(ledger, published_at=on(1))
    same_day = [reviewed(ledger, published_at=on(5, hour)) for hour in (3, 9, 15, 21)]

    order = [peer.review.pk for peer in peers(ledger, Wanted.of(ME)).found]
    assert order[-1] == older.pk
    again = order[:4]
    assert set(again) == {review.pk for review in same_day}
    Review.objects.filter(pk__in=again).update(published_at=on(5, 6))
    assert [p.review.pk for p in peers(ledger, Wanted.of(ME)).found] == order


def test_no_rating_and_no_author_changes_order_or_bytes(client, ledger):
    reviews = [
        reviewed(ledger, half_stars=n % 10 + 1, published_at=on(1 + n % 3), country="DE" if n % 2 else "FR")
        for n in range(12)
    ]  # fmt: skip
    before = seen(client)

    for review in reviews:
        Review.objects.filter(pk=review.pk).update(
            half_stars=11 - review.half_stars,
            would_recommend=0,
            ease_of_use=1,
            pros="Something else",
            helpful_count=review.pk,
            author=member(),
        )

    after = seen(client)
    assert after == before
    assert len(before) == 12


def seen(client) -> list[str]:
    """Each row of the page as bytes, but for the stars."""
    page = client.get(PAGE, ME).content.decode()
    rows = page.split('<li class="peer">')[1:]
    return [row.replace(row[row.index("<h2>") : row.index("<a ")], "") for row in rows]


def test_more_than_fifty_are_cut_off_with_a_sentence(client, ledger):
    author = member()
    for n in range(51):
        reviewed(ledger, author=author if n == 0 else member())

    answer = peers(ledger, Wanted.of(ME))
    assert (len(answer.found), answer.is_capped) == (50, True)
    assert "The 50 closest are shown." in client.get(PAGE, ME).content.decode()
    assert client.get(API, ME).json()["is_capped"] is True
    # Without one's own there are just fifty.
    mine = peers(ledger, Wanted.of(ME), but_not_by=author.pk)
    assert (len(mine.found), mine.is_capped) == (50, False)


# --- The page -------------------------------------------------------------------------------


def page_of(client, **params) -> str:
    response = client.get(PAGE, params)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_visitor_chooses_by_hand(client, ledger):
    review = reviewed(ledger, headline="Like mine")

    assert "Who are you?" in page_of(client)
    shown = page_of(client, industry="healthcare", company_size="")
    assert "Like mine" in shown and "Same industry." in shown
    assert '<option value="healthcare" selected>' in shown
    sign_in = f"/accounts/login/?next=%2Freviews%2F{review.public_id}%2Fmessage%2F"
    assert f'href="{sign_in}"' in shown


def test_an_edited_review_is_shown_as_it_is_now(client, ledger):
    review = reviewed(ledger, headline="Before")
    assert "Before" in page_of(client, **ME)
    review.headline, review.version = "After <i>", review.version + 1
    review.save(update_fields=["headline", "version"])
    page = page_of(client, **ME)
    assert "After &lt;i&gt;" in page and "Before" not in page


def test_member_starts_from_the_profile_and_may_look_as_somebody_else(client, ledger):
    me = member()
    complete_profile(me, industry="retail")
    client.force_login(me)
    reviewed(ledger, headline="In health", industry="healthcare", company_size="1-50", job_function="hr", seniority="c_minus_3", country="FR")  # fmt: skip
    reviewed(ledger, headline="In retail", industry="retail")

    shown = page_of(client)
    assert "In retail" in shown and "In health" not in shown
    assert '<option value="retail" selected>' in shown
    assert "In health" in page_of(client, industry="healthcare")
    me.profile.refresh_from_db()
    assert me.profile.industry == "retail"


def test_member_with_an_empty_profile_is_asked(client, ledger):
    client.force_login(UserFactory())
    reviewed(ledger)

    assert "Who are you?" in page_of(client)


def test_nobody_alike_is_said(client, ledger):
    reviewed(ledger, industry="retail")

    assert "Nobody in a situation like this yet" in page_of(client, industry="energy")


def test_ones_own_review_is_left_out(client, ledger):
    me = member()
    client.force_login(me)
    reviewed(ledger, author=me, headline="My very own")

    assert "My very own" not in page_of(client)


@pytest.mark.parametrize(
    "params",
    [
        {"industry": "nonsense"},
        {"stars": "5"},
        {"half_stars": "10", "industry": "healthcare"},
        {"industry": "x" * 5000},
        {"order_by": "author"},
    ],
)
def test_an_address_that_means_nothing_is_refused(client, ledger, params):
    reviewed(ledger, headline="Never shown")

    response = client.get(PAGE, params)
    assert response.status_code == 400
    assert "Never shown" not in response.content.decode()
    assert client.get(API, params).status_code == 400


def test_former_address_redirects_with_the_facets(client, ledger):
    ProductAlias.objects.create(product=ledger, slug="old-ledger")

    response = client.get("/products/old-ledger/people-like-me/?industry=retail")
    assert (response.status_code, response["Location"]) == (301, f"{PAGE}?industry=retail")  # fmt: skip
    assert client.get("/products/nothing/people-like-me/").status_code == 404
    assert client.post(PAGE).status_code == 405


def test_product_page_leads_here(client, ledger):
    reviewed(ledger)
    recompute_all_ratings()

    shown = client.get("/products/ledger/").content.decode()
    assert f'href="{PAGE}">Ask somebody like you</a>' in shown


# --- Asking ---------------------------------------------------------------------------------


def button_of(client, review: Review) -> str:
    shown = page_of(client, **ME)
    row = shown.partition(f'href="/reviews/{review.public_id}/"')[2]
    return row.partition('<p class="peer-ask">')[2].partition("</p>")[0]


@pytest.fixture
def buyer(client):
    me = member()
    client.force_login(me)
    return me


def test_button_leads_to_the_question(client, ledger, buyer):
    review = reviewed(ledger, headline="Ask me")

    assert button_of(client, review) == (
        f'<a class="button button-secondary button-small" href="/reviews/{review.public_id}/message/" '
        'rel="nofollow">Ask<span class="vh"> about “Ask me”</span></a>'
    )


@pytest.mark.parametrize("way", ["opted out", "blocks", "blocked", "left", "speaks"])
def test_who_cannot_be_asked_reads_the_same_whatever_the_reason(
    client, ledger, buyer, way
):
    review = reviewed(ledger)
    author = review.author
    if way == "opted out":
        Profile.objects.filter(user=author).update(accepts_messages="nobody")
    elif way == "blocks":
        Block.objects.create(blocker=author, blocked=buyer)
    elif way == "blocked":
        Block.objects.create(blocker=buyer, blocked=author)
    elif way == "left":
        User.objects.filter(pk=author.pk).update(is_active=False)
    else:
        VendorRepresentativeFactory(user=author)

    assert button_of(client, review) == (
        '<span class="meta">This member isn&#x27;t taking messages at the moment.</span>'
    )
    assert [row["may_ask"] for row in client.get(API, ME).json()["results"]] == [False]


def test_a_visitor_sees_a_button_whoever_wrote(client, ledger):
    """Else a member who signs out could tell a block from an opt-out."""
    open_, opted_out = reviewed(ledger), reviewed(ledger)
    Profile.objects.filter(user=opted_out.author).update(accepts_messages="nobody")

    for review in (open_, opted_out):
        assert "/accounts/login/?next=" in button_of(client, review)
    assert {row["may_ask"] for row in client.get(API, ME).json()["results"]} == {None}


def test_who_was_asked_already_and_who_cannot_be(client, ledger, buyer):
    asked = reviewed(ledger)
    ask(buyer, asked)
    imported = reviewed(ledger, source="imported")

    assert button_of(client, asked) == '<span class="meta">You have asked this reviewer already.</span>'  # fmt: skip
    assert "Imported from elsewhere" in button_of(client, imported)


def test_what_is_wrong_with_the_account_is_said_once(client, ledger, buyer):
    VendorRepresentativeFactory(user=buyer)
    reviews = [reviewed(ledger) for _ in range(2)]

    assert page_of(client, **ME).count("Vendor representatives can&#x27;t write") == 1
    for review in reviews:
        assert button_of(client, review) == ""


# --- The API --------------------------------------------------------------------------------


def test_api_gives_the_same_as_the_page(client, ledger):
    review = reviewed(ledger, seniority="c_level", published_at=on(3), headline="So it is")  # fmt: skip

    answer = client.get(API, {"industry": "healthcare", "seniority": "c_minus_1"})
    assert answer.json() == {
        "product": "ledger",
        "wanted": {"industry": "healthcare", "seniority": "c_minus_1"},
        "is_capped": False,
        "results": [
            {
                "matched": 1.5,
                "of": 2,
                "reasons": "Same industry; one level above you.",
                "may_ask": None,
                "review": {
                    "public_id": str(review.public_id),
                    "url": f"{settings.SITE_URL}/reviews/{review.public_id}/",
                    "headline": "So it is",
                    "half_stars": 8,
                    "published_on": "2026-03-03",
                    "persona": "IT · C-level · 201–1,000 employees · Healthcare · Germany",
                },
            }
        ],
    }


def test_api_needs_something_to_compare(client, ledger):
    reviewed(ledger)
    assert client.get(API).status_code == 400

    client.force_login(member())
    assert client.get(API).json()["results"][0]["matched"] == 5.0


# --- Cost -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_page_and_api_take_a_fixed_number_of_queries(
    client, django_assert_num_queries, ledger, number
):
    for _ in range(number):
        reviewed(ledger)
    with django_assert_num_queries(3):
        client.get(PAGE, ME)
    with django_assert_num_queries(3):
        client.get(API, ME)
    client.force_login(member())
    with django_assert_num_queries(15):
        client.get(PAGE, ME)

import csv
import re
from io import StringIO

import pytest
from django.test import Client

from following import services
from following.models import Shortlist, ShortlistItem
from following.permissions import MOST_ITEMS, MOST_SHORTLISTS
from products.models import Product, ProductAlias
from products.services import merge_products, rename_product
from tests.factories import ProductFactory
from tests.following.keeping import put, shortlist
from tests.products.ratings import rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory(name="Ledger", slug="ledger")


# --- Adding ---------------------------------------------------------------------------------


def test_a_visitor_is_led_to_the_sign_in_and_back(client, product):
    response = client.get("/products/ledger/shortlist/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/products/ledger/shortlist/"


def test_the_first_list_is_made_on_the_fly(signed_in, owner, product):
    page = signed_in.get("/products/ledger/shortlist/").text
    assert 'value="My shortlist"' in page
    form = {"shortlist": "new", "name": "My shortlist", "note": "Ask for a reference."}
    response = signed_in.post("/products/ledger/shortlist/", form)
    item = ShortlistItem.objects.get()
    assert response["Location"] == item.shortlist.get_absolute_url()
    assert (item.shortlist.owner, item.shortlist.name) == (owner, "My shortlist")
    assert (item.product, item.note) == (product, "Ask for a reference.")


def test_opening_the_page_changes_nothing(signed_in, product):
    assert signed_in.get("/products/ledger/shortlist/").status_code == 200
    assert Shortlist.objects.count() == 0


def test_a_product_goes_on_the_chosen_list(signed_in, owner, product):
    first, second = shortlist(owner, name="A"), shortlist(owner, name="B")
    signed_in.post("/products/ledger/shortlist/", {"shortlist": second.public_id})
    assert list(second.items.values_list("product__slug", flat=True)) == ["ledger"]
    assert first.items.count() == 0
    assert "It is already on" in signed_in.get("/products/ledger/shortlist/").text


def test_a_double_click_adds_once(signed_in, owner, product):
    mine = shortlist(owner)
    form = {"shortlist": mine.public_id, "note": "Twice."}
    answers = [signed_in.post("/products/ledger/shortlist/", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert ShortlistItem.objects.get().note == "Twice."


def test_another_note_is_not_written_over_the_first(signed_in, owner, product):
    mine = shortlist(owner)
    put(mine, "The first note.", product=product)
    form = {"shortlist": mine.public_id, "note": "Another."}
    response = signed_in.post("/products/ledger/shortlist/", form)
    assert response.status_code == 422
    assert "Another." in response.text
    assert ShortlistItem.objects.get().note == "The first note."


def test_nobody_adds_to_the_list_of_another(signed_in, other, product):
    theirs = shortlist(other)
    form = {"shortlist": theirs.public_id}
    assert signed_in.post("/products/ledger/shortlist/", form).status_code == 422
    assert ShortlistItem.objects.count() == 0


@pytest.mark.parametrize(
    "form",
    [{}, {"shortlist": "x"}, {"shortlist": "new"}, {"shortlist": "new", "name": "  "}],
)
def test_an_incomplete_form_is_refused(signed_in, product, form):
    assert signed_in.post("/products/ledger/shortlist/", form).status_code == 422
    assert Shortlist.objects.count() == 0


def test_limits_are_kept_and_named(signed_in, owner, product):
    for number in range(MOST_SHORTLISTS):
        shortlist(owner, name=f"List {number}")
    form = {"shortlist": "new", "name": "One more"}
    response = signed_in.post("/products/ledger/shortlist/", form)
    assert response.status_code == 422
    assert "20 shortlists, which is the limit" in response.text
    full = Shortlist.objects.first()
    ShortlistItem.objects.bulk_create(
        ShortlistItem(shortlist=full, product=ProductFactory())
        for _ in range(MOST_ITEMS)
    )
    with pytest.raises(services.Refused, match="100 products, which is the limit"):
        services.add_product(shortlist=full, product=product)
    assert (Shortlist.objects.count(), full.items.count()) == (20, 100)


def test_an_old_address_leads_to_the_product(signed_in, product):
    ProductAlias.objects.create(slug="book", product=product)
    response = signed_in.get("/products/book/shortlist/")
    assert response["Location"] == "/products/ledger/shortlist/"
    form = {"shortlist": "new", "name": "Mine"}
    assert signed_in.post("/products/book/shortlist/", form).status_code == 302
    assert ShortlistItem.objects.get().product == product


def test_a_hidden_product_cannot_be_added(signed_in, product):
    Product.objects.update(status="hidden")
    form = {"shortlist": "new", "name": "Mine"}
    assert signed_in.get("/products/ledger/shortlist/").status_code == 404
    assert signed_in.post("/products/ledger/shortlist/", form).status_code == 404


# --- One's own pages ------------------------------------------------------------------------


def test_the_list_shows_score_interval_and_note_in_the_order_of_adding(
    signed_in, owner
):
    rated = rate(ProductFactory(name="Rated", slug="rated"), 4.2, count=87)
    mine = shortlist(owner, ProductFactory(name="Plain"), rated.product)
    mine.items.filter(product=rated.product).update(note="Check the exit.")
    page = signed_in.get(mine.get_absolute_url()).text
    assert re.findall(r'<h2><a class="link-plain" href="[^"]+">([^<]+)', page) == [
        "Plain",
        "Rated",
    ]
    assert '<b class="num">4.2</b>' in page
    assert "Check the exit." in page
    assert 'class="interval"' in page


def test_two_to_four_are_compared_by_a_plain_form(signed_in, owner):
    products = [ProductFactory(slug=f"p{n}") for n in range(5)]
    mine = shortlist(owner, *products[:1])
    assert 'action="/compare/"' not in signed_in.get(mine.get_absolute_url()).text
    put(mine, product=products[1])
    page = signed_in.get(mine.get_absolute_url()).text
    assert '<form id="compare"' in page
    assert re.findall(r'form="compare" name="p" value="(\w+)" checked', page) == ["p0", "p1"]  # fmt: skip
    for product in products[2:]:
        put(mine, product=product)
    page = signed_in.get(mine.get_absolute_url()).text
    assert re.findall(r'form="compare" name="p" value="(\w+)">', page) == ["p0", "p1", "p2", "p3", "p4"]  # fmt: skip


def test_a_note_is_written_and_kept_apart(signed_in, owner):
    mine = shortlist(owner, ProductFactory(slug="a"), ProductFactory(slug="b"))
    path = f"{mine.get_absolute_url()}a/note/"
    response = signed_in.post(path, {"note": "One\r\ntwo"})
    assert response["Location"] == f"{mine.get_absolute_url()}#a"
    assert list(mine.items.order_by("pk").values_list("note", flat=True)) == ["One\ntwo", ""]  # fmt: skip


def test_a_note_is_text_and_no_markup(signed_in, owner):
    mine = shortlist(owner)
    put(mine, "<b>Ask</b>\nthem", product=ProductFactory(name="R&D", slug="a"))
    page = signed_in.get(mine.get_absolute_url()).text
    assert '<p class="user-text">&lt;b&gt;Ask&lt;/b&gt;<br>them</p>' in page
    assert 'id="id_note_a">\n&lt;b&gt;Ask&lt;/b&gt;\nthem</textarea>' in page
    assert "Compare R&amp;D" not in page
    assert ">R&amp;D</a></h2>" in page


def test_a_refused_note_is_shown_as_typed_beside_the_others_as_they_are(
    signed_in, owner
):
    mine = shortlist(owner)
    put(mine, "Short.", product=ProductFactory(slug="a"))
    put(mine, "Other.", product=ProductFactory(slug="b"))
    typed = "x" * 2001
    page = signed_in.post(f"{mine.get_absolute_url()}a/note/", {"note": typed}).text
    assert re.findall(r"<textarea[^>]+>\s*([^<]*)</textarea>", page) == [typed, "Other."]  # fmt: skip
    assert page.count("<details open>") == 1
    assert 'id="id_note_a_error"' in page


def test_a_note_of_2000_characters_with_line_breaks_is_taken(signed_in, owner):
    mine = shortlist(owner, ProductFactory(slug="a"))
    note = "\r\n".join(["x" * 399] * 5)
    path = f"{mine.get_absolute_url()}a/note/"
    assert signed_in.post(path, {"note": note + "x"}).status_code == 302
    assert len(mine.items.get().note) == 2000
    longer = signed_in.post(path, {"note": note + "xx"})
    assert longer.status_code == 422
    assert "2000" in longer.text or "2,000" in longer.text
    assert len(mine.items.get().note) == 2000


def test_items_and_lists_are_removed(signed_in, owner):
    mine = shortlist(owner, ProductFactory(slug="a"), ProductFactory(slug="b"))
    signed_in.post(f"{mine.get_absolute_url()}a/remove/")
    assert list(mine.items.values_list("product__slug", flat=True)) == ["b"]
    response = signed_in.post(f"{mine.get_absolute_url()}delete/")
    assert response["Location"] == "/me/shortlists/"
    assert (Shortlist.objects.count(), ShortlistItem.objects.count()) == (0, 0)


def test_a_list_is_renamed_unless_the_name_is_taken(signed_in, owner):
    mine, another = shortlist(owner, name="A"), shortlist(owner, name="B")
    path = f"{mine.get_absolute_url()}rename/"
    assert signed_in.post(path, {"name": "B"}).status_code == 422
    assert signed_in.post(path, {"name": ""}).status_code == 422
    mine.refresh_from_db()
    assert mine.name == "A"
    assert signed_in.post(path, {"name": "C"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.name, another.name) == ("C", "B")


def test_a_list_is_made_on_the_page_of_lists(signed_in, owner, other):
    shortlist(other, name="Mine")
    response = signed_in.post("/me/shortlists/", {"name": "Mine"})
    made = Shortlist.objects.get(owner=owner)
    assert response["Location"] == made.get_absolute_url()
    assert signed_in.post("/me/shortlists/", {"name": "Mine"}).status_code == 422
    assert Shortlist.objects.filter(owner=owner).count() == 1


# --- Nobody else's --------------------------------------------------------------------------

ACTIONS = {
    "": None,
    "csv/": None,
    "rename/": {"name": "Stolen"},
    "delete/": {},
    "a/note/": {"note": "Stolen"},
    "a/remove/": {},
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ["owner", "other", "stranger"])
def test_a_list_is_its_owners_alone(owner, other, action, who):
    mine = shortlist(owner)
    put(mine, "Private.", slug="a")
    before = list(Shortlist.objects.values()), list(ShortlistItem.objects.values())
    client, path = Client(), f"{mine.get_absolute_url()}{action}"
    if who != "stranger":
        client.force_login({"owner": owner, "other": other}[who])
    form = ACTIONS[action]
    response = client.get(path) if form is None else client.post(path, form)
    if who == "owner":
        assert response.status_code in (200, 302)
        assert response["Cache-Control"] == "private, no-store"
        return
    after = list(Shortlist.objects.values()), list(ShortlistItem.objects.values())
    assert after == before
    assert b"Private." not in response.content
    if who == "other":
        assert response.status_code == 404
    else:
        assert response["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("action", [a for a, form in ACTIONS.items() if form is not None])  # fmt: skip
def test_nothing_is_changed_by_a_get(signed_in, owner, action):
    mine = shortlist(owner)
    put(mine, "Private.", slug="a")
    assert signed_in.get(f"{mine.get_absolute_url()}{action}").status_code == 405
    assert ShortlistItem.objects.get().note == "Private."


# --- What becomes of a product --------------------------------------------------------------


def test_a_product_hidden_later_stays_with_its_note(signed_in, owner):
    mine = shortlist(owner)
    item = put(mine, "Why we wanted it.", name="Gone", slug="gone")
    put(mine, slug="b")
    Product.objects.filter(slug="gone").update(status="hidden")
    page = signed_in.get(mine.get_absolute_url()).text
    assert "No longer in the catalogue." in page
    assert "Why we wanted it." in page
    assert 'href="/products/gone/"' not in page
    assert 'name="p"' not in page
    assert "/products/gone/" not in signed_in.get(f"{mine.get_absolute_url()}csv/").text
    signed_in.post(f"{mine.get_absolute_url()}gone/remove/")
    assert not ShortlistItem.objects.filter(pk=item.pk).exists()


def test_a_renamed_product_is_found_under_both_addresses(signed_in, owner):
    mine = shortlist(owner)
    put(mine, slug="old", name="Old")
    rename_product(product=Product.objects.get(), name="New name")
    path = mine.get_absolute_url()
    assert signed_in.post(f"{path}old/note/", {"note": "x"}).status_code == 302
    assert signed_in.post(f"{path}new-name/note/", {"note": "y"}).status_code == 302
    assert ShortlistItem.objects.get().note == "y"


def test_a_merged_product_stays_on_the_list(owner, other):
    kept, merged = ProductFactory(), ProductFactory()
    both = shortlist(owner, kept)
    put(both, "From the other row.", product=merged)
    one = shortlist(other)
    put(one, "Its only row.", product=merged)
    merge_products(kept=kept, merged=merged)
    assert list(
        ShortlistItem.objects.order_by("shortlist").values_list(
            "shortlist", "product", "note"
        )
    ) == [
        (both.pk, kept.pk, "From the other row."),
        (one.pk, kept.pk, "Its only row."),
    ]


# --- As CSV ---------------------------------------------------------------------------------


def test_the_csv_has_notes_and_no_formula(signed_in, owner):
    rated = rate(ProductFactory(name="=SUM(A1)", slug="sum"), 4.25, count=12)
    mine = shortlist(owner)
    put(mine, product=rated.product, note="\t=cmd|' /C calc'!A0")
    put(mine, name="-Minus", slug="minus", note="Two\nlines, “quoted”")
    response = signed_in.get(f"{mine.get_absolute_url()}csv/")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="shortlist.csv"'
    head, first, second = csv.reader(StringIO(response.text.removeprefix("\ufeff")))
    assert head[:3] == ["Product", "Vendor", "Score"]
    assert (first[0], first[2], first[5]) == ("'=SUM(A1)", "4.25", "12")
    assert first[6] == "'\t=cmd|' /C calc'!A0"
    assert second[0] == "'-Minus"
    assert second[2:7] == ["", "", "", "0", "Two\nlines, “quoted”"]
    assert second[8] == "http://testserver/products/minus/"


# --- Hostile notes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["<script>ran(1)</script>", "{{ 7919*7919 }}", '" onmouseover="ran(1)', "‮abc"],
)
def test_a_hostile_note_stays_text(signed_in, owner, text):
    mine = shortlist(owner, ProductFactory(slug="a"))
    signed_in.post(f"{mine.get_absolute_url()}a/note/", {"note": text})
    assert mine.items.get().note == text
    page = signed_in.get(mine.get_absolute_url()).text
    assert "<script>ran" not in page
    assert '" onmouseover="ran' not in page
    assert str(7919 * 7919) not in page


@pytest.mark.parametrize("field", ["name", "note"])
def test_nul_is_refused_and_changes_nothing(signed_in, owner, field):
    mine = shortlist(owner, ProductFactory(slug="a"))
    path = "rename/" if field == "name" else "a/note/"
    answer = signed_in.post(f"{mine.get_absolute_url()}{path}", {field: "a\x00b"})
    assert 400 <= answer.status_code < 500
    mine.refresh_from_db()
    assert (mine.name, mine.items.get().note) == ("For spring", "")


# --- Queries --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_lists_takes_four_queries(
    signed_in, owner, django_assert_num_queries, count
):
    for number in range(count):
        shortlist(owner, ProductFactory(), ProductFactory(), name=f"List {number}")
    # Session, member, lists, unread messages.
    with django_assert_num_queries(4):
        page = signed_in.get("/me/shortlists/").text
    assert page.count('<span class="num">2</span> products') == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_list_takes_five_queries(
    signed_in, owner, django_assert_num_queries, count
):
    mine = shortlist(owner)
    for _ in range(count):
        put(mine, product=rate(ProductFactory(), 4.0).product)
    put(mine)
    # Session, member, the list, its items with all that is shown of them, unread messages.
    with django_assert_num_queries(5):
        signed_in.get(mine.get_absolute_url())

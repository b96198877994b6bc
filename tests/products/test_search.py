import re

import pytest
from django.db import connection

from products import frequent_words
from products import search as search_module
from products.models import FrequentWord, Product
from products.search import MOST_COMPARED, MOST_RANKED, PAGE_SIZE, search
from products.timers import note_frequent_words_of_products
from tests.factories import CategoryFactory, ProductFactory, VendorFactory
from tests.products.ratings import rate
from tests.products.test_filters import names

pytestmark = pytest.mark.django_db


def found(text: str, page: int = 1) -> list[str]:
    by_id = Product.objects.in_bulk()
    return [by_id[key.id].name for key in search(text, page).keys]


def similar(text: str) -> list[str]:
    by_id = Product.objects.in_bulk()
    return [by_id[key.id].name for key in search(text).similar]


# --- What is found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Salesforce", "salesforce", "sales", "SALESF", "customer relations", "customers"],
)
def test_search_finds_words_and_beginnings_of_words(text):
    ProductFactory(name="Salesforce", summary="Customer relationship management.")
    ProductFactory(name="Prometheus", summary="Monitoring.")
    assert found(text) == ["Salesforce"]


@pytest.mark.parametrize("text", ["saleforse", "slaesforce", "Salesfroce"])
def test_search_finds_names_through_typing_errors(text):
    ProductFactory(name="Salesforce")
    ProductFactory(name="Prometheus")
    assert similar(text) == ["Salesforce"]


def test_search_finds_a_later_word_of_a_name_while_it_is_typed():
    ProductFactory(name="Microsoft Dynamics 365")
    assert found("dyna") == ["Microsoft Dynamics 365"]
    assert found("microsoft dyn") == ["Microsoft Dynamics 365"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("Café Ledger", "cafe"), ("Cafe Ledger", "café"), ("C++ Builder", "c++ b")],
)
def test_search_reads_accents_and_signs_as_people_type_them(name, text):
    ProductFactory(name=name)
    assert found(text) == [name]


def test_search_ranks_the_name_over_the_description():
    ProductFactory(name="Tracker", description="Works with ledger files.")
    ProductFactory(name="Big Ledger")
    ProductFactory(name="Ledger")
    ProductFactory(name="Ledger Pro")
    assert found("ledger") == ["Ledger", "Ledger Pro", "Big Ledger", "Tracker"]


def test_search_puts_the_better_score_first_among_equals():
    rate(ProductFactory(name="A ledger", slug="a"), 3.0)
    rate(ProductFactory(name="B ledger", slug="b"), 4.0)
    ProductFactory(name="C ledger", slug="c")
    assert found("ledger") == ["B ledger", "A ledger", "C ledger"]


def test_search_understands_quotation_marks_and_minus():
    ProductFactory(name="Open Source Ledger")
    ProductFactory(name="Source of Open Questions")
    assert found('"open source"') == ["Open Source Ledger"]
    assert found("source -ledger") == ["Source of Open Questions"]
    ProductFactory(name="Source Two", summary="Not a ledger.")
    assert found("source -ledger") == ["Source of Open Questions"]
    assert found("-ledger") == ["Source of Open Questions"]


def test_search_names_vendors_and_categories():
    VendorFactory(name="Ledger Works", slug="ledger-works")
    CategoryFactory(name="Ledgers", slug="ledgers", product_count=3)
    CategoryFactory(name="Ledgers nobody has", slug="empty")
    result = search("ledger")
    assert result.vendors == [("ledger-works", "Ledger Works")]
    assert result.categories == [("ledgers", "Ledgers")]


@pytest.mark.parametrize("status", [Product.Status.HIDDEN, Product.Status.DISCONTINUED])
def test_search_leaves_out_what_the_public_does_not_see(status):
    ProductFactory(name="Salesforce", status=status)
    assert found("salesforce") == []
    assert similar("saleforse") == []


# --- Strange questions ----------------------------------------------------------------------

STRANGE = [
    "'",
    '"',
    '"unclosed',
    "\\",
    "a\\",
    "& | ! ( ) : * <->",
    "foo:* & bar",
    "--",
    "-",
    "or or or",
    "and",
    "the",
    "%",
    "_",
    "😀",
    "日本語",
    "x",
    "x" * 100,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "<script>alert(1)</script>",
    "'; drop table products_product; --",
    "\u200b",
    "\u202e",
    "  ",
    "\t",
]


@pytest.mark.parametrize("text", STRANGE)
def test_strange_question_is_answered(client, text):
    ProductFactory(name="Salesforce")
    response = client.get("/search/", {"q": text})
    assert response.status_code == 200
    assert b"<script>alert(1)" not in response.content


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 101,
        "q=" + "x" * 10_000,
        "q=%00",
        "q=a&page=0",
        "q=a&page=-1",
        "q=a&page=51",
        "q=a&page=x",
        "q=a&page=" + "9" * 400,
    ],
)
def test_question_out_of_bounds_is_refused(client, query):
    assert client.get(f"/search/?{query}").status_code == 400


def test_empty_search_page_asks_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/search/").status_code == 200


# --- Pages and cost -------------------------------------------------------------------------


def test_pages_show_each_match_exactly_once(client):
    vendor = VendorFactory()
    for n in range(45):
        ProductFactory(name=f"Ledger {n}", vendor=vendor)
    seen: list[str] = []
    for page in (1, 2, 3):
        seen += names(client.get(f"/search/?q=ledger&page={page}"))
    assert len(seen) == 45
    assert set(seen) == {f"Ledger {n}" for n in range(45)}
    assert names(client.get("/search/?q=ledger&page=4")) == []


def test_matches_are_ranked_and_counted_up_to_the_limit_only(client, monkeypatch):
    vendor = VendorFactory()
    monkeypatch.setattr(search_module, "MATCHES", search_module.ranking(31))
    monkeypatch.setattr("products.views.MOST_RANKED", 30)
    for n in range(35):
        ProductFactory(name=f"Tool {n}", summary="A ledger.", vendor=vendor)
    page = client.get("/search/?q=ledger").content.decode()
    assert "30+ products" in page
    assert len(names(client.get("/search/?q=ledger&page=2"))) == 31 - PAGE_SIZE


def test_words_in_names_come_before_the_many_that_mention_them(monkeypatch):
    monkeypatch.setattr(search_module, "MATCHES", search_module.ranking(31))
    vendor = VendorFactory()
    for n in range(40):
        ProductFactory(name=f"Tool {n}", summary="A ledger.", vendor=vendor)
    ProductFactory(name="Ledgers of Old", vendor=vendor)
    ProductFactory(name="Big Ledger", vendor=vendor)
    assert set(found("ledger")[:2]) == {"Ledgers of Old", "Big Ledger"}
    assert found("ledge")[:2] == found("ledger")[:2]
    assert found("old ledg")[0] == "Ledgers of Old"


def test_whole_words_come_before_words_that_go_on(monkeypatch):
    monkeypatch.setattr(search_module, "MATCHES", search_module.ranking(5))
    vendor = VendorFactory()
    for n in range(6):
        ProductFactory(name=f"Tool {n}", summary="Networks.", vendor=vendor)
    for n in range(3):
        ProductFactory(name=f"Other {n}", summary="Of the net.", vendor=vendor)
    names = found("net")
    assert len(names) == 5
    assert set(names[:3]) == {"Other 0", "Other 1", "Other 2"}


def test_the_very_name_is_found_among_the_many_that_begin_so(monkeypatch):
    monkeypatch.setattr(search_module, "MATCHES", search_module.ranking(6))
    vendor = VendorFactory()
    # As in a catalogue of a size for which another plan than along the index on names is the cheaper one.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
    for n in range(9):
        ProductFactory(name=f"Cat {n}", vendor=vendor)
    ProductFactory(name="C", vendor=vendor)
    assert found("c")[0] == "C"


# --- Frequent words -------------------------------------------------------------------------


def lexemes() -> set[str]:
    return set(FrequentWord.objects.values_list("pk", flat=True))


def test_words_are_frequent_by_what_analyze_counted(monkeypatch):
    # 40 products, all with "ledger" and a quarter with "net": 1 * 1 * 40 and 1/4 * 1/4 * 40.
    monkeypatch.setattr(frequent_words, "WORTH_IT", 30)
    FrequentWord.objects.create(lexeme="'no longer'")
    vendor = VendorFactory()
    for n in range(40):
        summary = "Ledgers in the net." if n % 4 == 0 else "Ledgers."
        ProductFactory(name=f"X{n}", summary=summary, vendor=vendor)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE products_product")
    note_frequent_words_of_products()
    assert "'ledger'" in lexemes()
    assert not {"'net'", "'no longer'"} & lexemes()
    monkeypatch.setattr(frequent_words, "WORTH_IT", 2)
    note_frequent_words_of_products()
    assert {"'ledger'", "'net'"} <= lexemes()


def test_a_frequent_word_is_found_by_looking_through_the_products(monkeypatch):
    monkeypatch.setattr(search_module, "MATCHES", search_module.ranking(3))
    vendor = VendorFactory()
    for n in range(4):
        ProductFactory(name=f"A{n}", slug=f"a{n}", summary="Ledgers.", vendor=vendor)
    # Its row lies behind the others now; looked through are products by their number.
    Product.objects.filter(slug="a0").update(name="Moved")
    assert set(found("ledger")) == {"A1", "A2", "A3"}
    FrequentWord.objects.create(lexeme="'ledger'")
    assert set(found("ledgers")) == {"Moved", "A1", "A2"}


@pytest.mark.parametrize("text", ["ledger", "ledgers", "the ledger", "LEDGER", "ledge"])
def test_a_frequent_word_finds_what_it_found_before(text):
    rate(ProductFactory(name="Rated", slug="a", summary="A ledger."), 4.0)
    ProductFactory(name="Ledger")
    ProductFactory(name="Big Ledger")
    ProductFactory(name="Mentions it", description="Works with ledger files.")
    ProductFactory(name="Hidden", summary="A ledger.", status=Product.Status.HIDDEN)
    before = found(text)
    assert set(before) == {"Ledger", "Big Ledger", "Rated", "Mentions it"}
    FrequentWord.objects.create(lexeme="'ledger'")
    assert found(text) == before


def test_limit_is_what_was_measured():
    assert (MOST_RANKED, MOST_COMPARED, PAGE_SIZE) == (400, 300, 20)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("text", ["ledger", "ledgr"])
def test_search_takes_four_queries_at_most(
    client, django_assert_num_queries, number, text
):
    category = CategoryFactory(name="Ledgers", product_count=1)
    for n in range(number):
        ProductFactory(name=f"Ledger {n}", category=category)
    # Matches, similar names (few matched), vendors with categories, rows.
    with django_assert_num_queries(4):
        assert len(names(client.get("/search/", {"q": text}))) == number


def test_search_address_is_the_state(client):
    ProductFactory(name="Ledger")
    page = client.get("/search/?q=ledger").content.decode()
    assert re.search(r'<input type="search" name="q" id="q"[^>]* value="ledger"', page)

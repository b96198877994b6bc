import importlib
import re
import sys
from importlib.abc import MetaPathFinder

import pypdfium2
import pytest
from django.utils import timezone

from disclosure.models import Cell
from products.models import Feature, ProductFeature
from research import pdf
from reviews.models import ProductVoice
from reviews.ratings import recompute_all_ratings
from tests.factories import CategoryFactory, ProductFactory, ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return CategoryFactory(slug="crm", name="Customers & more")


def reviewed(category, name: str, count: int = 3, **columns):
    product = ProductFactory(category=category, name=name)
    ReviewFactory.create_batch(count, product=product, **columns)
    return product


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def pdf_text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(text.split())


# --- What it says ---------------------------------------------------------------------------


def test_guide_is_free_and_says_all_of_it(client, category):
    reviewed(category, "Alpha", half_stars=9, support=4, value=9)
    reviewed(category, "Beta", half_stars=9, support=3, value=8)
    recompute_all_ratings()
    response = client.get("/categories/crm/guide/")
    assert response.status_code == 200
    page = text_of(response.content.decode())
    for heading in (
        "In short", "What the category is for", "How to read the figures", "The map", "The ranking",
        "Buyers, users, administrators", "Prices, renewal, delivery", "Questions to ask", "Before you sign",
        "Date and method",
    ):  # fmt: skip
        assert page.count(heading) >= 2, heading
    assert "Customers &amp; more" in page
    assert "2 products share the first place" in page
    assert "weakest side of these products is support (1.8 stars)" in page
    assert "Ask first of: Beta (1.5 in 3), Alpha (2.0 in 3)" in page


def test_guide_of_an_empty_category_has_the_questions_only(client, category):
    response = client.get("/categories/crm/guide/")
    page = text_of(response.content.decode())
    assert "nothing to rank" in page
    assert "Before you sign" in page
    assert "The map" not in page
    assert client.get("/categories/crm/guide.pdf").status_code == 200


def test_guide_tells_where_buyers_and_users_differ(client, category):
    torn = reviewed(category, "Torn", perspective="buyer", half_stars=10)
    ReviewFactory.create_batch(3, product=torn, perspective="end_user", half_stars=4)
    # Two are too few to say anything.
    few = reviewed(category, "Few", perspective="buyer", half_stars=10)
    ReviewFactory.create_batch(2, product=few, perspective="end_user", half_stars=2)
    recompute_all_ratings()
    page = text_of(client.get("/categories/crm/guide/").content.decode())
    assert "Torn 5.0 (3) 2.0 (3) 3.0" in page
    assert "buyers give 3.0 stars more" in page
    assert "Few 5.0" not in page


def test_guide_of_a_selection_counts_matching_reviews_for_the_perspectives(
    client, category
):
    product = reviewed(
        category, "Alpha", perspective="buyer", country="DE", half_stars=8
    )
    ReviewFactory.create_batch(
        4, product=product, perspective="buyer", country="FR", half_stars=2
    )
    recompute_all_ratings()
    page = text_of(client.get("/categories/crm/guide/?country=DE").content.decode())
    assert "Buyers, 3 reviews 4.0" in page
    page = text_of(client.get("/categories/crm/guide/").content.decode())
    assert "Buyers, 7 reviews 2.3" in page


def test_guide_names_features_and_how_many_sources_answer(client, category):
    product = reviewed(category, "Alpha")
    other = reviewed(category, "Beta")
    asked = Feature.objects.create(category=category, slug="sso", name="Single sign-on")
    Feature.objects.create(category=CategoryFactory(), slug="no", name="Of others")
    Feature.objects.create(slug="open", name="Open source", position=1)
    for one, support, source in (
        (product, "yes", "A"), (product, "no", "B"), (other, "yes", "A")
    ):  # fmt: skip
        ProductFeature.objects.create(
            product=one, feature=asked, support=support, source=source
        )
    recompute_all_ratings()
    page = text_of(client.get("/categories/crm/guide/").content.decode())
    assert "Single sign-on 2 0 1" in page
    assert "Open source No source says" in page
    assert "Of others" not in page


def test_guide_names_the_products_whose_private_figures_are_released(client, category):
    product = reviewed(category, "Alpha")
    reviewed(category, "Beta")
    Cell.objects.create(
        topic="price",
        product=product,
        organisations=5,
        figures={},
        released_on=timezone.now(),
    )
    recompute_all_ratings()
    page = text_of(client.get("/categories/crm/guide/").content.decode())
    assert "What others pay Alpha ." in page
    assert "No listed product has answers of five organisations yet" in page


def test_guide_sums_up_what_is_praised(client, category):
    for name, count in (("Alpha", 4), ("Beta", 9)):
        phrase = {"text": "fast search", "count": count, "share": 0.5, "examples": []}
        ProductVoice.objects.create(
            product=reviewed(category, name), figures={"praise": [phrase]}
        )
    recompute_all_ratings()
    page = text_of(client.get("/categories/crm/guide/").content.decode())
    assert "fast search Most of Beta 13" in page
    assert "What people criticise" not in page


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("address", ["guide/", "guide.pdf"])
@pytest.mark.parametrize(("query", "queries"), [("", 12), ("?country=DE", 13)])
def test_guide_takes_as_many_queries_for_three_products_as_for_one(
    client, django_assert_num_queries, category, number, address, query, queries
):
    for n in range(number):
        reviewed(category, f"Product {n}")
    recompute_all_ratings()
    with django_assert_num_queries(queries):
        assert client.get(f"/categories/crm/{address}{query}").status_code == 200
    # Then it is kept, the page itself as a whole.
    with django_assert_num_queries(0 if address == "guide/" else 1):
        client.get(f"/categories/crm/{address}{query}")


@pytest.mark.parametrize("address", ["guide/", "guide.pdf"])
def test_guide_of_no_category_is_not_found(client, address):
    assert client.get(f"/categories/none/{address}").status_code == 404


# --- As PDF ---------------------------------------------------------------------------------


def test_pdf_is_the_guide_with_contents_and_pages(client, category):
    assert pdf.is_available(), (
        "WeasyPrint or its libraries are missing: install libpango-1.0-0, libpangoft2-1.0-0 and "
        "libharfbuzz-subset0 (apt) and the extra pdf."
    )
    for n in range(30):
        reviewed(category, f"Product {n}")
    recompute_all_ratings()
    response = client.get("/categories/crm/guide.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="guide-crm.pdf"'
    document = pypdfium2.PdfDocument(response.content)
    assert 3 <= len(document) <= 12
    text = pdf_text(response.content)
    assert "Customers & more" in text
    assert f"1 / {len(document)}" in text
    assert "Buyer’s guide: Customers & more" in text
    # The first 25 of equals: the youngest.
    for n in range(5, 30):
        assert f"Product {n}" in text
    assert [one.get_title() for one in document.get_toc()][:2] == [
        "Customers & more",
        "Contents",
    ]
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)


def test_pdf_of_the_same_guide_is_made_once(client, category):
    reviewed(category, "Alpha")
    recompute_all_ratings()
    one = client.get("/categories/crm/guide.pdf").content
    assert client.get("/categories/crm/guide.pdf").content == one
    reviewed(category, "Beta")
    assert client.get("/categories/crm/guide.pdf?country=DE").content != one


def test_pdf_fetches_nothing(caplog):
    """Names and texts are escaped; were they not, they still could not make the server ask anything."""
    page = (
        '<link rel="stylesheet" href="sheet:pdf.css">'
        '<link rel="stylesheet" href="sheet:../../reviews_site/settings.py">'
        '<link rel="stylesheet" href="http://127.0.0.1:1/a.css">'
        '<link rel="attachment" href="file:///etc/hostname">'
        '<img src="http://127.0.0.1:1/b.png"><img src="file:///etc/hostname">'
        '<svg><image href="http://127.0.0.1:1/c.png"/></svg>'
        "<style>@import url(http://127.0.0.1:1/d.css); body { background: url(ftp://127.0.0.1/e) }</style>"
        "<p>Said</p>"
    )
    made = pdf.render_pdf(page)
    assert made is not None
    assert pdf_text(made) == "Said 1 / 1"
    assert b"/EmbeddedFile" not in made
    refused = [
        r.getMessage() for r in caplog.records if "is not fetched" in r.getMessage()
    ]
    assert len(refused) >= 5


def test_pdf_of_too_long_a_page_is_refused():
    with pytest.raises(pdf.CantRender, match="too long"):
        pdf.render_pdf("x" * (pdf.LONGEST + 1))


def test_only_so_many_pdfs_are_made_at_once(client, category):
    reviewed(category, "Alpha")
    recompute_all_ratings()
    for number in range(pdf.SLOTS):
        pdf.cache.add(f"pdf-slot:{number}", 1)
    response = client.get("/categories/crm/guide.pdf?country=DE")
    assert response.status_code == 303
    assert response["Location"] == "/categories/crm/guide/?country=DE"
    assert b"Other PDFs are being made" in client.get(response["Location"]).content


class Missing(MetaPathFinder):
    """As if WeasyPrint were not installed, or its Pango were not."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "weasyprint":
            raise self.error
        return


@pytest.fixture(
    params=[ImportError("No module named weasyprint"), OSError("cannot load libpango")]
)
def without_weasyprint(request, monkeypatch):
    for name in [one for one in sys.modules if one.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(request.param), *sys.meta_path])
    importlib.reload(pdf)
    yield
    monkeypatch.undo()
    importlib.reload(pdf)


def test_without_weasyprint_the_page_says_to_print(
    client, category, without_weasyprint
):
    reviewed(category, "Alpha")
    recompute_all_ratings()
    response = client.get("/categories/crm/guide.pdf?country=DE")
    assert response.status_code == 303
    assert response["Location"] == "/categories/crm/guide/?country=DE"
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert b"print this page" in page.content
    assert pdf.render_pdf("<p>x</p>") is None

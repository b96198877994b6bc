import datetime
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from products import services
from products.features import statements
from products.models import (
    Category,
    Feature,
    Product,
    ProductAlias,
    ProductFeature,
    ProductSource,
)
from tests.factories import CategoryFactory, ProductFactory, UserFactory

pytestmark = pytest.mark.django_db

HEAD = "category,feature,description,product,support,source,source_url,date,note\n"


def said(record: dict) -> dict[str, tuple[str, str, str]]:
    return {
        one.feature: (one.support, one.source, one.note) for one in statements(record)
    }


def described(product: Product, record: dict, source: str = "catalogue") -> None:
    ProductSource.objects.create(
        product=product, source=source, source_id=product.slug, digest="", record=record
    )


def stated(product: Product) -> dict[tuple[str, str], str]:
    rows = ProductFeature.objects.filter(product=product)
    return {(row.feature.slug, row.source): row.support for row in rows}


# --- What follows from a record -------------------------------------------------------------


def test_record_of_a_landscape_tells_openness_hosting_and_stage() -> None:
    record = {
        "source": "cncf-landscape",
        "is_open_source": True,
        "licence": "Apache-2.0",
        "deployment": ["self_hosted"],
        "facts": {"maturity": "incubating"},
    }
    source = "CNCF Landscape"
    assert said(record) == {
        "open-source": ("yes", source, ""),
        "permissive-licence": ("yes", source, "Apache-2.0"),
        "self-hosted": ("yes", source, ""),
        "foundation-graduated": ("partly", source, "incubating"),
    }


def test_record_of_the_marketplace_tells_how_far_the_authorisation_is() -> None:
    def fedramp(status: str, level: str) -> dict:
        facts = {"fedramp_status": status, "fedramp_impact_level": level}
        return said({"source": "fedramp-marketplace", "facts": facts})

    source = "FedRAMP Marketplace"
    assert fedramp("Authorized", "High") == {
        "fedramp-authorised": ("yes", source, "High"),
        "fedramp-high": ("yes", source, "High"),
    }
    assert fedramp("Authorized", "Moderate")["fedramp-high"][0] == "no"
    assert fedramp("In Process", "High") == {
        "fedramp-authorised": ("partly", source, "In Process")
    }


@pytest.mark.parametrize(
    ("licence", "support"),
    [
        ("MIT", "yes"),
        ("MPL-2.0", "partly"),
        ("LGPL-3.0", "partly"),
        ("AGPL-3.0", "no"),
        ("GPL-2.0-only", "no"),
    ],
)
def test_family_of_a_known_licence_is_told(licence, support) -> None:
    found = said({"source": "cncf-landscape", "licence": licence})
    assert found["permissive-licence"] == (support, "CNCF Landscape", licence)


@pytest.mark.parametrize(
    "record",
    [
        {"source": "x"},
        {"source": "x", "is_open_source": None, "deployment": [], "facts": {}},
        {"source": "x", "licence": "MIT OR GPL-2.0"},
        {"source": "x", "licence": "Our own terms"},
        {"source": "x", "facts": {"maturity": "unheard of"}},
        {"source": "x", "facts": "none", "deployment": "self_hosted"},
        {"is_open_source": True},
    ],
)
def test_what_no_source_says_stays_unknown(record) -> None:
    assert said(record) == {}


def test_of_a_joined_record_those_are_named_that_speak_of_it() -> None:
    facts = {
        "described_by": ["cncf-landscape", "endoflife.date", "oss-alternatives"],
        "latest_release": "2.0",
    }
    found = statements({"source": "demo", "is_open_source": True, "facts": facts})
    assert [(one.feature, one.source, one.source_url) for one in found] == [
        ("open-source", "CNCF Landscape, Awesome open-source alternatives", ""),
        ("tracked-releases", "endoflife.date", "https://endoflife.date/"),
    ]


def test_derived_statements_are_written_once_and_follow_the_records() -> None:
    product = ProductFactory()
    described(product, {"source": "cncf-landscape", "is_open_source": True})
    described(product, {"source": "finos-landscape", "is_open_source": False}, "other")
    assert services.refresh_features() == 1
    both = {
        ("open-source", "CNCF Landscape"): "yes",
        ("open-source", "FINOS Landscape"): "no",
    }
    assert stated(product) == both
    ids = set(ProductFeature.objects.values_list("pk", flat=True))
    assert services.refresh_features() == 0
    assert set(ProductFeature.objects.values_list("pk", flat=True)) == ids
    ProductSource.objects.filter(source="other").delete()
    ProductSource.objects.update(
        record={"source": "cncf-landscape", "is_open_source": False}
    )
    assert services.refresh_features(product_ids=[product.pk]) == 1
    assert stated(product) == {("open-source", "CNCF Landscape"): "no"}


def test_statements_of_others_are_never_touched() -> None:
    product = ProductFactory()
    feature = Feature.objects.create(slug="open-source", name="Open source")
    for source in ("The maker", "CNCF Landscape"):
        ProductFeature.objects.create(
            product=product, feature=feature, support="no", source=source
        )
    described(product, {"source": "cncf-landscape", "is_open_source": True})
    services.refresh_features()
    assert stated(product) == {
        ("open-source", "The maker"): "no",
        ("open-source", "CNCF Landscape"): "no",
    }


def test_new_statements_prepare_the_page_anew() -> None:
    product = ProductFactory()
    before = product.updated_at
    described(product, {"source": "cncf-landscape", "is_open_source": True})
    services.refresh_features()
    product.refresh_from_db()
    assert product.updated_at > before
    now = product.updated_at
    services.refresh_features()
    product.refresh_from_db()
    assert product.updated_at == now


def test_import_of_a_catalogue_writes_the_features(tmp_path: Path) -> None:
    line = {"product": "Ledger", "open_source": True, "source": "cncf-landscape"}
    file = tmp_path / "catalogue.jsonl"
    file.write_text(json.dumps(line))
    call_command("import_catalog", file, stdout=Sink())
    product = Product.objects.get(name="Ledger")
    assert stated(product)[("open-source", "CNCF Landscape")] == "yes"


def test_merged_product_brings_its_statements() -> None:
    kept, merged = ProductFactory(), ProductFactory()
    feature = Feature.objects.create(slug="sso", name="SSO")
    for product, source, support in (
        (kept, "A", "yes"),
        (merged, "A", "no"),
        (merged, "B", "no"),
    ):
        ProductFeature.objects.create(
            product=product, feature=feature, source=source, support=support
        )
    services.merge_products(kept=kept, merged=merged)
    assert stated(kept) == {("sso", "A"): "yes", ("sso", "B"): "no"}


# --- A file ---------------------------------------------------------------------------------


class Sink:
    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def run(tmp_path: Path, lines: str, head: str = HEAD) -> str:
    file = tmp_path / "features.csv"
    file.write_text(head + lines)
    out = Sink()
    call_command("import_features", file, stdout=out)
    return out.text.strip()


@pytest.fixture
def ledger() -> Product:
    category = CategoryFactory(slug="ledgers", name="Ledgers")
    return ProductFactory(slug="ledger", category=category)


LINES = (
    "ledgers,Audit log,Who changed what,ledger,yes,The maker,https://maker.example/log,2026-05-31,\n"
    ",Single sign-on,,ledger,partly,A test,,,only SAML\n"
)


def test_file_brings_features_and_statements(tmp_path, ledger) -> None:
    assert run(tmp_path, LINES) == (
        "2 statements created, 0 updated, 0 unchanged; 2 new features."
    )
    log, sign_on = Feature.objects.order_by("name")
    assert (log.slug, log.category, log.description) == (
        "audit-log",
        Category.objects.get(),
        "Who changed what",
    )
    assert (sign_on.slug, sign_on.category) == ("single-sign-on", None)
    row = ProductFeature.objects.get(feature=log)
    assert (row.support, row.source, row.source_url, row.stated_on) == (
        "yes",
        "The maker",
        "https://maker.example/log",
        datetime.date(2026, 5, 31),
    )
    assert ProductFeature.objects.get(feature=sign_on).note == "only SAML"


def test_same_file_again_changes_nothing(tmp_path, ledger) -> None:
    run(tmp_path, LINES)
    before = list(ProductFeature.objects.order_by("pk").values())
    at = Product.objects.get().updated_at
    assert run(tmp_path, LINES) == (
        "0 statements created, 0 updated, 2 unchanged; 0 new features."
    )
    assert list(ProductFeature.objects.order_by("pk").values()) == before
    assert Product.objects.get().updated_at == at


def test_changed_line_updates_the_statement(tmp_path, ledger) -> None:
    run(tmp_path, LINES)
    said = run(tmp_path, LINES.replace("partly", "yes"))
    assert said == "0 statements created, 1 updated, 1 unchanged; 0 new features."


def test_old_slug_names_the_product_too(tmp_path, ledger) -> None:
    ProductAlias.objects.create(product=ledger, slug="old-ledger")
    run(tmp_path, ",SSO,,old-ledger,yes,The maker,,,\n")
    assert stated(ledger) == {("sso", "The maker"): "yes"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",SSO,,nothing,yes,A,,,", "no product has the slug “nothing”."),
        (",SSO,,ledger,perhaps,A,,,", "“support” is yes, partly or no"),
        (",SSO,,ledger,yes,,,,", "“source” is empty."),
        (",,,ledger,yes,A,,,", "“feature” is empty."),
        ("nowhere,SSO,,ledger,yes,A,,,", "no category is called “nowhere”."),
        (",SSO,,ledger,yes,A,javascript:x,,", "not an http or https address"),
        (",SSO,,ledger,yes,A,,31.5.2026,", "is a day such as"),
        (",SSO,,ledger,yes,A,,2999-01-01,", "not in the past"),
        (f",{'x' * 121},,ledger,yes,A,,,", "more than 120 characters"),
        (",Audit log two,,ledger,yes,A,,,\n,audit log two,,ledger,no,A,,,", "says the same"),
    ],
)  # fmt: skip
def test_bad_line_is_named_and_nothing_is_done(tmp_path, ledger, line, reason) -> None:
    with pytest.raises(CommandError) as refused:
        run(tmp_path, LINES + line + "\n")
    message = str(refused.value)
    assert "Nothing was imported: 1 line can't be used." in message
    assert f"Line {3 + line.count(chr(10)) + 1}: " in message
    assert reason in message
    assert not ProductFeature.objects.exists()
    assert not Feature.objects.exists()


def test_all_bad_lines_are_named_in_the_file_s_order(tmp_path, ledger) -> None:
    with pytest.raises(CommandError) as refused:
        run(tmp_path, ",SSO,,nothing,yes,A,,,\n" + LINES + ",SSO,,ledger,x,A,,,\n")
    lines = str(refused.value).splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["Line 2", "Line 5"]


def test_unknown_column_is_refused(tmp_path, ledger) -> None:
    with pytest.raises(CommandError, match="There is no column “colour”"):
        run(
            tmp_path,
            "SSO,ledger,yes,A,red\n",
            "feature,product,support,source,colour\n",
        )


def test_what_follows_from_the_catalogue_can_t_be_said_by_a_file(
    tmp_path, ledger
) -> None:
    described(ledger, {"source": "cncf-landscape", "is_open_source": True})
    services.refresh_features()
    with pytest.raises(CommandError, match="follows from the catalogue"):
        run(tmp_path, ",Open source,,ledger,no,CNCF Landscape,,,\n")
    assert stated(ledger) == {("open-source", "CNCF Landscape"): "yes"}


def test_command_without_a_file_refreshes_what_follows_from_the_catalogue() -> None:
    described(ProductFactory(), {"source": "cncf-landscape", "is_open_source": True})
    out = Sink()
    call_command("import_features", stdout=out)
    assert out.text.strip() == "1 products changed."


# --- API and admin --------------------------------------------------------------------------


def test_api_lists_what_is_asked_and_what_is_stated(client, ledger) -> None:
    category = Category.objects.get()
    Feature.objects.create(slug="closing", name="Closing", category=category)
    sso = Feature.objects.create(slug="sso", name="SSO")
    ProductFeature.objects.create(
        product=ledger, feature=sso, support="partly", source="A test", note="SAML"
    )
    assert client.get("/api/v1/products/ledger/features/").json() == [
        {
            "slug": "sso",
            "name": "SSO",
            "description": "",
            "category": None,
            "statements": [
                {
                    "support": "partly",
                    "note": "SAML",
                    "source": "A test",
                    "source_url": "",
                    "stated_on": None,
                }
            ],
        },
        {
            "slug": "closing",
            "name": "Closing",
            "description": "",
            "category": "ledgers",
            "statements": [],
        },
    ]


def test_api_of_a_hidden_product_is_not_found(client, ledger) -> None:
    Product.objects.update(status=Product.Status.HIDDEN)
    assert client.get("/api/v1/products/ledger/features/").status_code == 404


def test_operator_adds_a_feature_and_moderator_only_looks(client) -> None:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    fields = {"name": "Audit log", "position": 1}
    client.post(reverse("admin:products_feature_add"), fields)
    feature = Feature.objects.get()
    assert (feature.slug, feature.name) == ("audit-log", "Audit log")
    client.force_login(UserFactory(is_staff=True))
    address = reverse("admin:products_feature_change", args=[feature.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "X"}).status_code == 403
    feature.refresh_from_db()
    assert feature.name == "Audit log"

"""The export and, on what it wrote, the recomputation that knows neither Django nor the database."""

import datetime
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from disclosure.models import Cell
from products.models import ProductCategory
from reviews import scoring
from reviews.models import (
    Answer,
    ProductRating,
    Question,
    RatingRefresh,
    Review,
    VendorResponse,
)
from reviews.public_data import AlreadyRunning, export, exporting, rows
from reviews.ratings import recompute_all_ratings
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]


def days_ago(days: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


@pytest.fixture
def site():
    """Two categories, four products, a dozen reviews of all kinds."""
    accounting, payroll = CategoryFactory(), CategoryFactory()
    ledger, wages = (
        ProductFactory(slug="ledger", category=accounting),
        ProductFactory(slug="wages", category=payroll),
    )
    ProductCategory.objects.create(product=ledger, category=payroll, position=1)
    ProductFactory(slug="silent")
    for n in range(8):
        ReviewFactory(
            product=ledger if n % 2 else wages,
            half_stars=n + 3,
            published_at=days_ago(100 * n),
            incentive="gift" if n == 3 else "none",
            incentive_detail="A voucher" if n == 3 else "",
            verification_method="openid" if n == 5 else "work_email",
        )
    ReviewFactory(product=wages, relationship="reseller", half_stars=10)
    ReviewFactory(
        product=wages, source="imported", verification_method="", verified_on=None
    )
    PendingReviewFactory(product=ledger)
    ReviewFactory(product=ProductFactory(slug="hidden", status="hidden"))
    recompute_all_ratings()
    return ledger


@pytest.fixture
def folder(site, tmp_path):
    export(tmp_path / "data")
    return tmp_path / "data"


def lines(folder: Path, name: str) -> list[dict]:
    text = (folder / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def recompute(folder: Path) -> subprocess.CompletedProcess:
    """Without site-packages, so that nothing but the standard library can be imported."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", ISOLATED, str(ROOT), str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
    )


ISOLATED = """
import runpy, sys
root, folder = sys.argv[1:]
sys.path.insert(0, root)
sys.argv = ["reviews.recompute", folder]
try:
    runpy.run_module("reviews.recompute", run_name="__main__")
finally:
    ours = sorted(name for name in sys.modules if name.split(".")[0] in ("reviews", "django", "psycopg2"))
    print("imported:", *ours)
"""


def change(folder: Path, name: str, old: str, new: str) -> None:
    """One figure of a file, and the manifest with it: as a site would that wants another score."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text())
    data = path.read_bytes()
    manifest["files"][name]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


# --- What leaves ----------------------------------------------------------------------------


def test_every_line_fits_its_schema(site, tmp_path):
    review = Review.objects.published().filter(product=site).first()
    VendorResponse.objects.create(
        review=review,
        status="published",
        body="Thank you.\nWe fixed it.",
        published_at=timezone.now(),
    )
    ReviewFactory(product=site, status="withdrawn", published_at=days_ago(3))
    question = Question.objects.create(key="asked", text="What for?", position=99)
    Answer.objects.create(review=review, question=question, text="For invoices.")
    Cell.objects.create(
        topic="price",
        product=site,
        series="user/EUR",
        organisations=5,
        figures={"unit_price": {"median": 87, "low": 73, "high": 110}},
        released_on=datetime.date(2026, 10, 1),
    )
    export(tmp_path / "data")
    counts = {}
    for name in (
        "figures",
        "categories",
        "products",
        "reviews",
        "responses",
        "scores",
        "tombstones",
    ):
        schema = json.loads((tmp_path / f"data/schema/{name}.schema.json").read_text())
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        found = lines(tmp_path / "data", name)
        counts[name] = len(found)
        for line in found:
            validator.validate(line)
            assert line["licence"] == "CC-BY-4.0"
    assert counts == {
        "figures": 1,
        "categories": 2,
        "products": 3,
        "reviews": 10,
        "responses": 1,
        "scores": 3,
        "tombstones": 1,
    }
    answers = [line["answers"] for line in lines(tmp_path / "data", "reviews")]
    assert [{"question": question.text, "text": "For invoices."}] in answers


def test_only_published_reviews_of_visible_products_leave(site, folder):
    left = {UUID(line["id"]) for line in lines(folder, "reviews")}
    public = Review.objects.published().exclude(product__slug="hidden")
    assert left == set(public.values_list("public_id", flat=True))
    assert {line["slug"] for line in lines(folder, "products")} == {
        "ledger",
        "wages",
        "silent",
    }


def test_nothing_tells_the_author(site, tmp_path):
    author = UserFactory(email="wilhelmina@lovelace.example")
    mine = [
        ReviewFactory(
            product=product,
            author=author,
            display_name="Wilhelmina L.",
            is_anonymous=False,
            hidden_facets=["country", "industry"],
        )
        for product in (site, ProductFactory())
    ]
    export(tmp_path / "data")
    everything = "".join(
        path.read_text(encoding="utf-8")
        for path in (tmp_path / "data").rglob("*")
        if path.is_file()
    )
    for planted in ("wilhelmina", "lovelace", "Wilhelmina L.", str(author.public_id)):
        assert planted not in everything
    # No time of a day stands in any file.
    assert not re.search(r"\d{2}:\d{2}:\d{2}", everything)
    by_id = {line["id"]: line for line in lines(tmp_path / "data", "reviews")}
    facets = by_id[str(mine[0].public_id)]["facets"]
    assert (facets["country"], facets["industry"]) == (None, None)
    assert facets["job_function"] == "it"


def test_the_bytes_do_not_depend_on_who_wrote(site, tmp_path):
    export(tmp_path / "one")
    for review in Review.objects.all():
        Review.objects.filter(pk=review.pk).update(author=UserFactory())
    export(tmp_path / "two")
    files = sorted(
        p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*")
    )
    assert len(files) == 18
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (
            tmp_path / "two" / name
        ).read_bytes()


def test_the_order_is_by_day_and_random_id_alone(site, tmp_path):
    at = days_ago(50).replace(hour=12)
    for minute in range(6):
        ReviewFactory(
            product=site, published_at=at + datetime.timedelta(minutes=minute)
        )
    export(tmp_path / "data")
    order = [
        (line["published_on"], line["id"])
        for line in lines(tmp_path / "data", "reviews")
    ]
    assert order == sorted(order)


def test_a_tombstone_stands_for_what_was_public_and_is_not_any_more(site, tmp_path):
    withdrawn, removed, restored = ReviewFactory.create_batch(3, product=site)
    for review, status in (
        (withdrawn, "withdrawn"),
        (removed, "removed"),
        (restored, "removed"),
    ):
        Review.objects.filter(pk=review.pk).update(status=status)
    Review.objects.filter(pk=restored.pk).update(status="published")
    never_public = PendingReviewFactory(product=site)
    Review.objects.filter(pk=never_public.pk).update(status="withdrawn")
    export(tmp_path / "data")
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    assert sorted(lines(tmp_path / "data", "tombstones"), key=lambda t: t["kind"]) == [
        {
            "id": str(removed.public_id),
            "ended_on": today,
            "kind": "removed",
            "licence": "CC-BY-4.0",
        },
        {
            "id": str(withdrawn.public_id),
            "ended_on": today,
            "kind": "withdrawn",
            "licence": "CC-BY-4.0",
        },
    ]
    assert str(restored.public_id) in {
        line["id"] for line in lines(tmp_path / "data", "reviews")
    }


def test_the_manifest_lists_each_file_and_the_parameters(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    names = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert names == {*manifest["files"], "manifest.json"}
    for name, stated in manifest["files"].items():
        data = (folder / name).read_bytes()
        assert stated["sha256"] == hashlib.sha256(data).hexdigest()
        assert stated["bytes"] == len(data)
    assert manifest["files"]["reviews.jsonl"]["rows"] == 10
    assert manifest["parameters"] == scoring.parameters()
    assert "CC BY 4.0" in (folder / "LICENCE.txt").read_text()
    assert "recompute" in (folder / "README.md").read_text()


# --- The folder -----------------------------------------------------------------------------


def test_a_folder_with_something_else_in_it_is_left_alone(site, tmp_path, capsys):
    target = tmp_path / "home"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(CommandError, match="holds something else than an export"):
        call_command("export_public_data", str(target))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert (target / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("taken", ["data.tmp", "data.old"])
def test_a_folder_beside_it_that_is_not_ours_is_left_alone(site, tmp_path, taken):
    (tmp_path / taken).mkdir()
    (tmp_path / taken / "thesis.txt").write_text("years of work")
    with pytest.raises(CommandError, match=re.escape(taken)):
        call_command("export_public_data", str(tmp_path / "data"))
    assert (tmp_path / taken / "thesis.txt").exists()
    assert not (tmp_path / "data").exists()


def test_a_file_or_a_link_in_its_place_is_refused(site, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(CommandError, match="is not a folder"):
            call_command("export_public_data", str(tmp_path / name))


def test_an_earlier_export_is_replaced_whole(folder, tmp_path, capsys):
    (folder / "reviews.jsonl").write_text("changed")
    call_command("export_public_data", str(folder))
    assert len(lines(folder, "reviews")) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert "10 reviews" in capsys.readouterr().out


def test_an_export_that_broke_off_leaves_the_earlier_one(folder, tmp_path, monkeypatch):
    before = (folder / "manifest.json").read_bytes()

    def disk_full(*args):
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(rows, "score_rows", disk_full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("export_public_data", str(folder))
    assert (folder / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_a_killed_export_left_is_cleared_away(folder, tmp_path):
    remains = tmp_path / "data.tmp"
    remains.mkdir()
    (remains / ".levelfield-export").write_text(
        (folder / ".levelfield-export").read_text()
    )
    (remains / "reviews.jsonl").write_text('{"half a li')
    export(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_second_export_at_the_same_time_is_refused(site, tmp_path):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [exporting.LOCK])
        with pytest.raises(AlreadyRunning):
            export(tmp_path / "data")
    finally:
        other.close()
    assert list(tmp_path.iterdir()) == []


def test_rows_come_through_a_cursor_of_the_server(site, tmp_path, monkeypatch):
    """Else the driver would fetch all reviews before the first line is written."""
    monkeypatch.setattr(rows, "CHUNK", 2)
    fetched = []
    real = rows.review_rows

    def watched():
        for row in real():
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_cursors")
                fetched.append(cursor.fetchone()[0])
            yield row

    monkeypatch.setattr(rows, "review_rows", watched)
    export(tmp_path / "data")
    assert len(fetched) == 10
    assert fetched[0] == 1


def test_scores_are_those_of_the_very_reviews_in_the_file(site, tmp_path, monkeypatch):
    """A review that is published while the export runs is in neither."""
    real = rows.review_rows
    other = connections.create_connection("default")

    def publish_meanwhile():
        with other.cursor() as cursor:
            cursor.execute(
                "UPDATE reviews_review SET half_stars = 1 WHERE product_id = %s",
                [site.pk],
            )
        yield from real()

    monkeypatch.setattr(rows, "review_rows", publish_meanwhile)
    try:
        export(tmp_path / "data")
    finally:
        other.close()
    assert recompute(tmp_path / "data").returncode == 0
    stars = [
        r["stars"]
        for r in lines(tmp_path / "data", "reviews")
        if r["product"] == "ledger"
    ]
    assert 0.5 not in stars


# --- Recomputing ----------------------------------------------------------------------------


def test_every_score_is_recomputed_without_django(folder):
    done = recompute(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 products, 2 with a score" in done.stdout
    difference = re.search(r"largest difference (\S+)\.\n", done.stdout)
    assert difference is not None and float(difference[1]) <= 1e-9
    assert "imported: reviews reviews.scoring\n" in done.stdout


def test_scores_on_the_pages_are_recomputed_with_the_day_and_prior_they_were_made_with(
    site, tmp_path
):
    """The category has moved since last night: the page's score still leans on what it then was."""
    ReviewFactory.create_batch(
        5, product=ProductFactory(category=site.categories.first()), half_stars=1
    )
    export(tmp_path / "data")
    score = next(
        s for s in lines(tmp_path / "data", "scores") if s["product"] == "ledger"
    )
    assert abs(score["score"] - score["shown"]["score"]) > 0.1
    assert recompute(tmp_path / "data").returncode == 0


def test_a_score_on_a_page_that_its_reviews_do_not_give_is_named(site, tmp_path):
    ProductRating.objects.filter(product=site).update(score=4.999)
    export(tmp_path / "data")
    done = recompute(tmp_path / "data")
    assert done.returncode == 1
    assert "ledger, as its page shows it: score is 4.999 in the file" in done.stderr


def test_a_product_that_waits_for_the_worker_shows_no_stored_score(site, tmp_path):
    ReviewFactory(product=site)
    RatingRefresh.objects.create(product=site)
    export(tmp_path / "data")
    score = next(
        s for s in lines(tmp_path / "data", "scores") if s["product"] == "ledger"
    )
    assert score["shown"] is None
    assert recompute(tmp_path / "data").returncode == 0


def test_a_changed_file_is_named(folder):
    with (folder / "reviews.jsonl").open("a") as file:
        file.write("\n")
    done = recompute(folder)
    assert done.returncode == 1
    assert "reviews.jsonl was changed" in done.stderr


@pytest.mark.parametrize("name", ["reviews.jsonl", "README.md"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    done = recompute(folder)
    assert done.returncode == 1
    assert f"{name} can't be read" in done.stderr


def test_a_score_that_was_changed_with_its_manifest_is_named(folder):
    score = next(s for s in lines(folder, "scores") if s["product"] == "ledger")[
        "score"
    ]
    change(folder, "scores.jsonl", f'"score": {score}', f'"score": {score + 2e-6}')
    done = recompute(folder)
    assert done.returncode == 1
    assert f"ledger: score is {score + 2e-6} in the file, {score}"[:40] in done.stderr


def test_a_rating_that_was_changed_with_its_manifest_is_named(folder):
    change(folder, "reviews.jsonl", '"stars": 2.0', '"stars": 5.0')
    done = recompute(folder)
    assert done.returncode == 1
    assert "ledger: score is" in done.stderr
    assert "the whole site: mean is" in done.stderr


def test_another_formula_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["parameters"]["prior_reviews"] = 3.0
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done = recompute(folder)
    assert done.returncode == 1
    assert "other parameters" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no manifest.json"),
        ("[]", "is not an export"),
        ('{"format": "levelfield-public-data", "version": 2}', "has version 2"),
        (
            '{"format": "levelfield-public-data", "version": 1}',
            "not as its schema says",
        ),
    ],
)
def test_a_folder_that_is_no_export_is_refused(tmp_path, content, message):
    if content:
        (tmp_path / "manifest.json").write_text(content)
    done = recompute(tmp_path)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_outside_the_folder_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["../secret"] = {"sha256": "", "rows": 0, "bytes": 0}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done = recompute(folder)
    assert (done.returncode, "not a file of an export" in done.stderr) == (1, True)

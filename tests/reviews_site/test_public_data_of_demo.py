import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reviews.models import ProductRating, Review
from reviews.public_data import export
from reviews_site.seed import demo
from tests.factories import CategoryFactory, ProductFactory

ROOT = Path(__file__).resolve().parents[2]
CATEGORIES = ("Databases", "Monitoring and observability", "Team collaboration", "Identity and access")  # fmt: skip


@pytest.fixture
def seeded(transactional_db):
    for number, name in enumerate(CATEGORIES):
        category = CategoryFactory(name=name)
        for each in range(8):
            ProductFactory(
                category=category,
                slug=f"seeded-{number}-{each}",
                name=f"Seeded {number}-{each}",
            )
    today = datetime.datetime.now(datetime.UTC).date()
    demo.seed(seed=2026, today=today, progress=lambda *step: None, reviews=400)


def test_every_score_of_the_demo_is_recomputed_outside_django(seeded, tmp_path):
    export(tmp_path / "data")
    done = subprocess.run(
        [sys.executable, "-m", "reviews.recompute", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    scored = ProductRating.objects.filter(score__isnull=False).count()
    assert scored >= 10
    assert f"32 products, {scored} with a score" in done.stdout
    difference = re.search(r"largest difference (\S+)\.\n", done.stdout)
    assert difference is not None and float(difference[1]) <= 1e-6
    lines = (tmp_path / "data/reviews.jsonl").read_text().splitlines()
    assert len(lines) == Review.objects.published().count()

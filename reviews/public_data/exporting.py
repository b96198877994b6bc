import datetime
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string

from reviews import ratings, scoring
from reviews.public_data import rows, schemas
from reviews.public_data.files import MARKER, MARKER_TEXT, Folder, replaced

VERSION = 1
# Of the advisory lock: any number that nothing else here uses.
LOCK = 7_203_114_881


class AlreadyRunning(Exception):
    """Another export of this site is running."""


@dataclass(frozen=True)
class Export:
    as_of: datetime.date
    rows: dict[str, int]
    bytes: int


def export(target: Path) -> Export:
    """All files from one snapshot, so that the scores are those of these very reviews."""
    with transaction.atomic(durable=True):
        _take_snapshot()
        with replaced(target) as folder:
            folder.write_text(MARKER, MARKER_TEXT)
            as_of = _today()
            _write(folder, as_of)
            return Export(
                as_of,
                {
                    name.removesuffix(".jsonl"): written.rows
                    for name, written in folder.files.items()
                    if name.endswith(".jsonl")
                },
                sum(written.bytes for written in folder.files.values()),
            )


def _take_snapshot() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning("Another export of this site is running.")


def _today() -> datetime.date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'UTC')::date")
        return cursor.fetchone()[0]


def _write(folder: Folder, as_of: datetime.date) -> None:
    populations = ratings.populations_now()
    folder.write_lines("categories.jsonl", rows.category_rows(populations))
    folder.write_lines("products.jsonl", rows.product_rows())
    folder.write_lines("reviews.jsonl", rows.review_rows())
    folder.write_lines("responses.jsonl", rows.response_rows())
    folder.write_lines("tombstones.jsonl", rows.tombstone_rows())
    folder.write_lines("figures.jsonl", rows.figure_rows())
    folder.write_lines("scores.jsonl", rows.score_rows(as_of, populations))
    for name in schemas.ROWS:
        folder.write_json(f"schema/{name}.schema.json", schemas.schema(name))
    facts = _facts(as_of, scoring.pooled(populations.values()))
    for name in ("README.md", "LICENCE.txt"):
        folder.write_text(name, render_to_string(f"reviews/public_data/{name}", facts))
    folder.write_manifest(facts)


def _facts(as_of: datetime.date, site: scoring.Population) -> dict[str, Any]:
    return {
        "version": VERSION,
        "site": {"name": settings.SITE_NAME, "url": settings.SITE_URL},
        "as_of": as_of.isoformat(),
        "licence": rows.LICENCE,
        "parameters": scoring.parameters(),
        "site_ratings": asdict(site),
    }

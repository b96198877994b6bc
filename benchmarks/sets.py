"""The databases of a run: all of the set, one hundredth of it, a copy to write into, and the peer's tables."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import databases
from benchmarks.servers import ROOT

PEER = ROOT / "benchmarks" / "peer"


@dataclass(frozen=True)
class MeasuredSet:
    """`environment` is what a process of the site needs to run on it."""

    environment: Mapping[str, str]

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"]

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            check=True,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            env=os.environ | self.environment,
        )
        return done.stdout

    def manage(self, *arguments: str) -> str:
        return self.python("manage.py", *arguments)

    def neighbour(self, ending: str, number: int) -> "MeasuredSet":
        """Another database and other Redis databases on the same servers."""
        url, redis = self.environment["DATABASE_URL"], self.environment["REDIS_URL"]
        return MeasuredSet(
            {
                **self.environment,
                "DATABASE_URL": databases.neighbour(url, ending),
                "REDIS_URL": databases.redis_neighbour(redis, number),
            }
        )


def fill(measured: MeasuredSet, products: int, reviews: int) -> float | None:
    """Migrations, and the made-up set where it is missing; gives reviews loaded a second, or None if it was there."""
    measured.manage("migrate", "-v0")
    size = ("--products", str(products), "--reviews", str(reviews), "--if-missing")
    said = measured.manage("seed_demo", *size)
    found = re.search(r"([\d,]+) reviews/s", said)
    return float(found[1].replace(",", "")) if found else None


def small_set(large: MeasuredSet, products: int, reviews: int) -> MeasuredSet:
    """One hundredth, kept beside the large one."""
    small = large.neighbour("hundredth", 1)
    if not databases.exists(large.database_url, small.database_url):
        databases.create(large.database_url, small.database_url)
    fill(small, max(10, products // 100), max(100, reviews // 100))
    return small


def scratch_set(large: MeasuredSet, small: MeasuredSet) -> MeasuredSet:
    """A copy of the small one to write into, made anew each time."""
    scratch = large.neighbour("scratch", 2)
    databases.drop(large.database_url, scratch.database_url)
    copied = databases.name_of(small.database_url)
    databases.create(large.database_url, scratch.database_url, copy_of=copied)
    return scratch


# --- The peer -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Peer:
    python: Path
    environment: Mapping[str, str]
    database_url: str

    def django(self, *arguments: str) -> None:
        subprocess.run(
            [self.python, "-m", "django", *arguments],
            check=True,
            cwd=ROOT,
            env=os.environ | self.environment,
        )


def peer_of(large: MeasuredSet, state: Path) -> Peer:
    """Its own environment, its own tables, the same products and reviews."""
    python = peer_environment(state)
    peer = Peer(
        python,
        {
            "PEER_STATE": str(state),
            "PEER_DATABASE_URL": large.database_url,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "benchmarks.peer.settings",
        },
        large.database_url,
    )
    if not _peer_is_loaded(large.database_url):
        print("Filling the peer's tables …", file=sys.stderr)
        databases.ask(large.database_url, "DROP SCHEMA IF EXISTS peer CASCADE; CREATE SCHEMA peer")  # fmt: skip
        peer.django("migrate", "-v0")
        databases.ask(large.database_url, (PEER / "load.sql").read_text())
    _place_files(peer, state)
    return peer


def peer_environment(state: Path) -> Path:
    """The Python of an environment that holds exactly the peer's lock."""
    folder, lock = state / "environment", PEER / "requirements.lock"
    python, stamp = folder / "bin" / "python", folder / "installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return python
    print("Installing the peer …", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*pip, "--disable-pip-version-check", "-r", str(lock)], check=True)
    stamp.write_text(digest)
    return python


def _peer_is_loaded(database_url: str) -> bool:
    if not databases.ask(database_url, "SELECT to_regclass('peer.reviews_productreview') WHERE to_regclass('peer.reviews_productreview') IS NOT NULL"):  # fmt: skip
        return False
    return bool(
        databases.ask(database_url, "SELECT 1 FROM peer.reviews_productreview LIMIT 1")
    )


def _place_files(peer: Peer, state: Path) -> None:
    """The picture of products without one is scaled from here."""
    (state / "media").mkdir(parents=True, exist_ok=True)
    if not (state / "static").exists():
        peer.django("collectstatic", "--noinput", "-v0")
    picture = state / "static" / "oscar" / "img" / "image_not_found.jpg"
    shutil.copy(picture, state / "media")


def peer_pages(database_url: str, count: int) -> list[tuple[int, str, str]]:
    """(id, slug, name) of products that are asked on our side as well: with 20 reviews or more, by their address."""
    query = """
        SELECT p.id, p.slug, p.name FROM public.products_product p JOIN public.reviews_productrating r ON r.product_id = p.id
        WHERE p.status = 'active' AND r.count >= 20 ORDER BY p.slug LIMIT %s
        """
    return databases.ask(database_url, query, count)


def remembered_rate(state: Path, found: float | None) -> float | None:
    """What the set was loaded at, when that was done by an earlier run."""
    file = state / "loaded.json"
    if found is not None:
        file.write_text(json.dumps({"reviews/s": found, "on": time.strftime("%Y-%m-%d")}))  # fmt: skip
    return json.loads(file.read_text())["reviews/s"] if file.exists() else None

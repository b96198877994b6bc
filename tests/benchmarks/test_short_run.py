"""The whole benchmark in a few seconds: a tiny set, one short round, without the peer."""

import datetime

import pytest
from django.core.cache import cache

from benchmarks import __main__ as bench
from benchmarks import hot, load, writes
from benchmarks.figures import BARE, Results
from benchmarks.load import Page
from benchmarks.pages import pages
from benchmarks.report import as_markdown
from benchmarks.rounds import Rounds, Subject
from benchmarks.servers import serve
from reviews_site.seed import large
from tests.benchmarks.test_arithmetic import SETTING
from tests.conftest import test_database_url

TODAY = datetime.date(2026, 11, 20)


@pytest.fixture
def environment(transactional_db):
    large.load(products=25, reviews=1_000, seed=1, today=TODAY, progress=lambda *_: None)  # fmt: skip
    cache.clear()
    return {
        "DATABASE_URL": test_database_url(),
        "TRUSTED_PROXY_COUNT": "1",
        "DEMO": "1",
        "DEBUG": "1",
        "SITE_URL": "http://127.0.0.1:8000",
        "LOG_LEVEL": "ERROR",
    }


def as_page(told: dict) -> Page:
    fields = {**told, "paths": tuple(told["paths"][:1]), "holds": tuple(told["holds"][:1])}  # fmt: skip
    return Page(**fields | {"expected": told["expected"].encode()})


def test_a_short_run_measures_each_page_and_loses_no_post(environment, monkeypatch):
    # Each connection asks at least once, however short the time.
    monkeypatch.setattr(load, "CONNECTIONS", 2)
    asked = [as_page(told) for told in pages()]
    with (
        serve("reviews_site.wsgi", environment | {"PAGE_CACHE_SECONDS": "0"}, workers=1) as site,
        serve("reviews_site.wsgi", environment | {"PAGE_CACHE_SECONDS": "60"}, workers=1) as cached,
        serve("benchmarks.bare", {}, workers=1) as bare,
    ):  # fmt: skip
        subjects = [Subject(bench.SITE, site, page) for page in asked]
        subjects += [Subject(bench.SMALL, site, page) for page in asked[:2]]
        subjects += bench.kept(asked, cached)
        rounds = Rounds(bare, subjects, seconds=0.01)
        timings = rounds.measure(1)
        prepared = hot.prepare("20", "20")
        posted = writes.post_all(site, prepared["slug"], prepared["tokens"], 20)
    results = Results(SETTING)
    bench.tell_pages(results, timings)
    writes.tell_posts(results, posted.milliseconds, hot.pending(prepared["slug"]), 1)
    assert rounds.wrong == {}
    assert posted.refused == []
    assert hot.pending(prepared["slug"]) == 20
    check_table(results, [page.name for page in asked])


def check_table(results: Results, names: list[str]) -> None:
    kept = [f"{name}, {way}" for name in names if name in bench.KEPT_WHOLE for way in ("from the shared cache", "304")]  # fmt: skip
    assert len(kept) == 8
    assert sorted(page.name for page in results.pages) == sorted([BARE, *names, *kept])
    assert list(results.growth) == names[:2]
    assert all(page.rate.low > 0 for page in results.pages)
    text = as_markdown(results)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for name in (*names, *kept):
        assert any(row.startswith(f"| {name} | ") for row in rows)
    goal = "| posts on one product over 16 connections: acknowledged and not there |"
    assert [row.endswith("| yes |") for row in rows if row.startswith(goal)] == [True]

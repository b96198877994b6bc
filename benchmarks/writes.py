"""Posts on one hot product, its rating, all ratings at night, a catalogue of a hundred thousand products."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import cycle
from os import environ
from pathlib import Path
from statistics import median

from benchmarks.figures import Results, Spread, percentile
from benchmarks.load import (
    TIMEOUT_SECONDS,
    Page,
    Question,
    check,
    fetch,
    forwarded,
    warm_up,
)
from benchmarks.servers import ROOT, Server, serve
from benchmarks.sets import MeasuredSet

CONNECTIONS = 16
HOT_REVIEWS = 10_000
REFRESHES = 15
NIGHT_SECONDS = 1_800
SIDE = "It does the main job without fuss, and the reports are easy to read."


# --- Posts ----------------------------------------------------------------------------------


@dataclass
class Posted:
    """Latencies are those of acknowledged posts."""

    milliseconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def measure_posts(scratch: MeasuredSet, seconds: float, results: Results, members: int, hot_reviews: int) -> str:  # fmt: skip
    """Adds what it found; gives the address name of the hot product."""
    prepared = json.loads(
        scratch.python(
            "-m", "benchmarks.hot", "prepare", str(hot_reviews), str(members)
        )
    )
    slug = prepared["slug"]
    before = int(scratch.python("-m", "benchmarks.hot", "pending", slug))
    with (
        workers(scratch),
        serve("reviews_site.wsgi", scratch.environment) as site,
    ):
        posted = post_all(site, slug, prepared["tokens"], seconds)
    there = int(scratch.python("-m", "benchmarks.hot", "pending", slug)) - before
    if posted.refused or not posted.milliseconds:
        raise RuntimeError(f"posts were refused: {posted.refused[:3]}")
    tell_posts(results, posted.milliseconds, there, seconds)
    return slug


def tell_posts(results: Results, latencies: Sequence[float], there: int, seconds: float) -> None:  # fmt: skip
    done, middle, tail = len(latencies), median(latencies), percentile(latencies, 0.99)
    results.facts["posts lost"] = Spread.one(done - there)
    results.facts["posts, tail"] = Spread.one(tail / middle)
    results.notes.append(
        f"Posts on one product, {CONNECTIONS} connections, by HTTP with a task worker beside: {done:,} acknowledged, "
        f"{there:,} in the database; {done / seconds:,.0f} a second, median {middle:.0f} ms, "
        f"99th percentile {tail:.0f} ms, slowest {max(latencies):.0f} ms."
    )


@contextmanager
def workers(scratch: MeasuredSet):  # type: ignore[no-untyped-def]
    """What follows a post is done meanwhile, as it would be."""
    command = [sys.executable, "-m", "celery", "-A", "reviews_site", "worker"]
    worker = subprocess.Popen(
        [*command, "--pool", "solo", "--loglevel", "ERROR"],
        cwd=ROOT,
        env=environ | scratch.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        # What it has in hand is lost with the database it works on.
        worker.kill()
        worker.wait()


def post_all(site: Server, slug: str, tokens: Sequence[str], seconds: float) -> Posted:
    """Each member posts once, until the time or the members are over."""
    posted, waiting = Posted(), iter(tokens)
    lock, until = threading.Lock(), time.monotonic() + seconds

    def one_connection() -> None:
        while time.monotonic() < until:
            with lock:
                token = next(waiting, "")
            if not token:
                return
            begun = time.perf_counter()
            status, body = post(site.port, slug, token)
            took = (time.perf_counter() - begun) * 1000
            with lock:
                if status == 201:
                    posted.milliseconds.append(took)
                else:
                    posted.refused.append(f"{status} {body[:300]!r}")

    threads = [threading.Thread(target=one_connection) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return posted


def post(port: int, slug: str, token: str) -> tuple[int, bytes]:
    today = datetime.now(UTC).date().isoformat()
    review = {
        "product": slug, "headline": "Does the job", "pros": SIDE, "cons": SIDE, "half_stars": 8, "would_recommend": 9,
        "perspective": "buyer", "job_function": "it", "seniority": "c_minus_1", "company_size": "201-1000",
        "industry": "healthcare", "usage_duration": "under_2_years", "last_used_on": today, "relationship": "customer",
        "incentive": "none", "affirmed": True,
    }  # fmt: skip
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    visitor = forwarded(hash(token)).decode().strip().partition(": ")[2]
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": visitor}
    headers["Content-Type"] = "application/json"
    try:
        connection.request("POST", "/api/v1/reviews/", json.dumps(review), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


# --- Ratings --------------------------------------------------------------------------------


def measure_refresh(
    scratch: MeasuredSet, slug: str, results: Results, reviews: int
) -> None:
    times = json.loads(
        scratch.python("-m", "benchmarks.hot", "refresh", slug, str(REFRESHES))
    )
    results.facts["refresh"] = Spread.of(times)
    results.notes.append(
        f"Rating of one product with {reviews:,} reviews: median {median(times):.1f} ms of {len(times)} refreshes, "
        "all statements of each."
    )


def measure_night(
    large: MeasuredSet, site: Server, page: Page, results: Results
) -> None:
    """All ratings, while somebody reads one page after the other."""
    questions = warm_up(site.port, page)
    alone = read_until(site.port, page, questions, time.monotonic() + 3, None)
    night = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.hot", "recompute"],
        cwd=ROOT,
        env=environ | large.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    meanwhile = read_until(
        site.port, page, questions, time.monotonic() + NIGHT_SECONDS, night
    )
    report = json.loads(night.communicate()[0])
    tail = percentile(meanwhile, 0.99)
    results.facts["nightly"] = Spread.one(report["seconds"])
    results.facts["readers meanwhile"] = Spread.one(tail / median(alone))
    results.notes.append(
        f"All ratings recomputed: {report['products']:,} products in {report['seconds']:.0f} s. One reader of product pages "
        f"meanwhile: median {median(meanwhile):.1f} ms, 99th percentile {tail:.1f} ms, slowest {max(meanwhile):.0f} ms; "
        f"without it a median of {median(alone):.1f} ms and a slowest of {max(alone):.0f} ms."
    )


def read_until(
    port: int,
    page: Page,
    questions: Sequence[Question],
    until: float,
    process: subprocess.Popen | None,
) -> list[float]:
    """Milliseconds of each answer, until then or until the process ends."""
    times: list[float] = []
    for question in cycle(questions):
        if time.monotonic() > until or (process and process.poll() is not None):
            break
        begun = time.perf_counter()
        answer = fetch(port, question.path)
        times.append((time.perf_counter() - begun) * 1000)
        check(page, question, answer)
    return times


# --- A catalogue ----------------------------------------------------------------------------


def measure_import(
    scratch: MeasuredSet, products: int, folder: Path, results: Results
) -> None:
    file = folder / "catalogue.jsonl"
    write_catalogue(file, products)
    said = scratch.manage("import_catalog", str(file), "--source", "measured")
    file.unlink()
    found = re.search(r"([\d,]+) items/s", said)
    if not found:
        raise RuntimeError(f"import_catalog told no rate: {said}")
    results.facts["import_catalog"] = Spread.one(float(found[1].replace(",", "")))
    results.notes.append(f"import_catalog: {said.splitlines()[0]}")


def write_catalogue(file: Path, products: int) -> None:
    with file.open("w") as lines:
        for number in range(products):
            row = {
                "name": f"Imported Product {number:06}",
                "vendor": f"Imported Vendor {number // 4:05}",
                "website": f"https://product{number}.example/",
                "summary": f"Number {number} of a catalogue for measurements.",
                "categories": [f"Imported Category {number % 200:03}"],
            }
            lines.write(json.dumps(row) + "\n")

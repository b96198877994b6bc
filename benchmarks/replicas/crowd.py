"""Members who write and read their own page at once, visitors who only read; each notes what it was answered."""

import http.client
import json
import random
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

SIDE = "It does the main job without fuss, and the reports are easy to read."
CSRF = "c" * 32
# A web process that is being replaced, or one whose primary is gone, answers or refuses within it.
TIMEOUT = 10.0


class Notes:
    """Of all threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        # What a write left to be found again: the text of a message or the headline of a review.
        self.acknowledged: dict[str, float] = {}
        self.missed: list[str] = []
        self.reads: Counter[str] = Counter()
        # When, and the status; 0 where nobody listened.
        self.visits: list[tuple[float, int]] = []

    def wrote(self, token: str) -> None:
        with self.lock:
            self.acknowledged[token] = time.monotonic()

    def first_write_since(self, moment: float) -> float | None:
        with self.lock:
            later = [at for at in self.acknowledged.values() if at > moment]
        return min(later, default=None)


class Browser:
    def __init__(self, port: int, session: str = "") -> None:
        self.port = port
        self.cookies = f"sessionid={session}; csrftoken={CSRF}" if session else ""
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:  # fmt: skip
        """(status, text); 0 where nobody answered."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=TIMEOUT
            )
        sent = {"Cookie": self.cookies, "X-CSRFToken": CSRF} if self.cookies else {}
        try:
            self.connection.request(method, path, body or None, sent | headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            time.sleep(0.05)
            return 0, ""


class Member:
    def __init__(self, port: int, who: Mapping[str, str], products: list[str]) -> None:
        self.browser = Browser(port, who["session"])
        self.thread = f"/messages/{who['conversation']}/"
        self.unreviewed = list(products)

    def write_and_read(self, notes: Notes) -> None:
        token = f"token-{uuid.uuid4().hex}"
        review = bool(self.unreviewed) and random.random() < 0.2
        written = self._review(token) if review else self._message(token)
        if not written:
            return
        notes.wrote(token)
        page = "/me/reviews/" if review else self.thread
        status, text = self.browser.ask("GET", page)
        if status != 200:
            notes.reads["not answered"] += 1
        elif token in text:
            notes.reads["shows what they wrote"] += 1
        else:
            notes.reads["lacks what they wrote"] += 1
            notes.missed.append(token)

    def _message(self, token: str) -> bool:
        form = {"body": token, "client_key": str(uuid.uuid4())}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self.browser.ask(
            "POST", self.thread, urllib.parse.urlencode(form), **kind
        )
        return status == 302

    def _review(self, token: str) -> bool:
        review = {
            "product": self.unreviewed.pop(),
            "headline": token,
            "pros": SIDE,
            "cons": SIDE,
            "half_stars": 8,
            "would_recommend": 9,
            "perspective": "buyer",
            "job_function": "it",
            "seniority": "c_minus_1",
            "company_size": "201-1000",
            "industry": "healthcare",
            "usage_duration": "under_2_years",
            "last_used_on": datetime.now(UTC).date().isoformat(),
            "relationship": "customer",
            "incentive": "none",
            "affirmed": True,
        }
        kind = {"Content-Type": "application/json"}
        status, _ = self.browser.ask(
            "POST", "/api/v1/reviews/", json.dumps(review), **kind
        )
        return status == 201


@contextmanager
def crowd(port: int, people: dict, writers: int, visitors: int) -> Iterator[Notes]:
    notes, over = Notes(), threading.Event()
    products = people["products"]

    def act(member: Member) -> None:
        while not over.is_set():
            member.write_and_read(notes)

    def look() -> None:
        browser = Browser(port)
        while not over.is_set():
            status, _ = browser.ask("GET", f"/products/{random.choice(products)}/")
            notes.visits.append((time.monotonic(), status))

    members = [Member(port, who, products) for who in people["writers"][:writers]]
    threads = [threading.Thread(target=act, args=[each]) for each in members]
    threads += [threading.Thread(target=look) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    try:
        yield notes
    finally:
        over.set()
        for thread in threads:
            thread.join()

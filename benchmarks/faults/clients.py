"""Members who write over the API and try again as a good client does, and visitors who read; each notes what it got."""

import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# Longer than whatever the site itself waits for.
TIMEOUT_SECONDS = 30
SIDE = "It does the main job without fuss, and the reports are easy to read."


@dataclass(frozen=True)
class Answer:
    at: float
    # 0 where nobody answered.
    status: int
    seconds: float
    writes: bool


@dataclass
class Notes:
    """Of all threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    # What a write left to be found again, and when it was acknowledged.
    acknowledged: dict[str, float] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    def between(self, begin: float, end: float) -> list[Answer]:
        return [each for each in list(self.answers) if begin <= each.at < end]

    def acknowledged_since(self, moment: float) -> float | None:
        with self.lock:
            later = [at for at in self.acknowledged.values() if at > moment]
        return min(later, default=None)


class Client:
    def __init__(self, port: int, notes: Notes, key: str = "") -> None:
        self.port, self.notes = port, notes
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> int:
        return self._ask("GET", path, None, {})

    def post(self, path: str, data: Mapping[str, Any], idempotency_key: str) -> int:
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": idempotency_key,
        }
        return self._ask("POST", path, json.dumps(data), headers)

    def _ask(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> int:
        begun = time.monotonic()
        status = self._status(method, path, body, self.headers | headers)
        now = time.monotonic()
        self.notes.answers.append(Answer(now, status, now - begun, body is not None))
        return status

    def _status(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> int:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=TIMEOUT_SECONDS
            )
        try:
            self.connection.request(method, path, body, dict(headers))
            answer = self.connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return 0


@dataclass
class Member:
    """One who takes part in a conversation that both sides write in."""

    client: Client
    conversation: str
    # Products; it shrinks.
    unreviewed: list[str]

    def write(self, dice: random.Random, over: threading.Event) -> None:
        """Something new; the same again, under the same key, until it is acknowledged or refused."""
        token, key = f"token-{uuid.uuid4().hex}", str(uuid.uuid4())
        review = bool(self.unreviewed) and dice.random() < 0.2
        path, data = self._review(token) if review else self._message(token)
        while not over.is_set():
            status = self.client.post(path, data, key)
            if status == 201:
                self.client.notes.acknowledged[token] = time.monotonic()
                return
            if 400 <= status < 500:
                return
            over.wait(0.1)

    def _message(self, token: str) -> tuple[str, dict[str, Any]]:
        return f"/api/v1/conversations/{self.conversation}/messages/", {"body": token}

    def _review(self, token: str) -> tuple[str, dict[str, Any]]:
        return "/api/v1/reviews/", review_of(self.unreviewed.pop(), token)


def review_of(product: str, headline: str) -> dict[str, Any]:
    return {
        "product": product,
        "headline": headline,
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


@contextmanager
def crowd(
    ports: Sequence[int], people: Mapping[str, Any], visitors: int, pause: float
) -> Iterator[Notes]:
    """All members and so many visitors act until the block ends; each member rests `pause` seconds between two writes."""
    notes, over = Notes(), threading.Event()

    def write(number: int, who: Mapping[str, Any]) -> None:
        client = Client(ports[number % len(ports)], notes, who["key"])
        me = Member(client, who["conversation"], who["unreviewed"])
        dice = random.Random(number)
        while not over.wait(pause):
            me.write(dice, over)

    def look(number: int) -> None:
        client = Client(ports[number % len(ports)], notes)
        dice = random.Random(number)
        while not over.wait(0.05):
            client.get(f"/api/v1/products/{dice.choice(people['products'])}/")

    threads = [
        threading.Thread(target=write, args=[number, who])
        for number, who in enumerate(people["members"])
    ]
    threads += [threading.Thread(target=look, args=[n]) for n in range(visitors)]
    for thread in threads:
        thread.start()
    try:
        yield notes
    finally:
        over.set()
        for thread in threads:
            thread.join()

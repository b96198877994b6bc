"""E-mails about private messages while workers are killed, Redis is emptied and the mail server misbehaves.

A sender writes real messages the whole time. At the end each e-mail must be at the mail server.
"""

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import redis
from django.conf import settings

from benchmarks.faults.processes import (
    MailServer,
    Taken,
    Workers,
    mail_server,
    workers_and_beat,
)
from benchmarks.faults.results import Finding
from benchmarks.faults.talks import Traffic
from notifications.models import OutgoingEmail
from reviews_site.celery import app as celery_app

# False where it can't be done just now: it stays due.
Act = Callable[[], object]
# docs/trust.md, row 39.
LATE_AFTER_A_KILL = 120


@dataclass(frozen=True)
class Plan:
    emails: int
    # While the messages are written and things break; then the rest is waited for.
    seconds: float
    wait_seconds: float
    kills: int
    times_emptied: int
    # How long the mail server hangs, then refuses, then drops.
    misbehaves_seconds: float
    workers: int = 2
    # Settings of the workers and of beat; none: what a new installation has.
    environment: Mapping[str, str] | None = None

    @property
    def whole_workers(self) -> int:
        """How many of the kills end a worker with all its processes; the others one process that runs tasks."""
        return max(1, self.kills // 10)


LONG = Plan(
    emails=600,
    seconds=220,
    wait_seconds=240,
    kills=100,
    times_emptied=5,
    misbehaves_seconds=12,
)
SHORT = Plan(
    emails=40,
    seconds=14,
    wait_seconds=30,
    kills=5,
    times_emptied=2,
    misbehaves_seconds=2,
    environment={
        "EMAIL_TIMEOUT": "1",
        "EMAIL_RETRY_SECONDS": "1",
        "OUTBOX_SWEEP_SECONDS": "1",
    },
)


def run(folder: Path, seed: int, short: bool) -> list[Finding]:
    plan = SHORT if short else LONG
    if settings.MESSAGE_EMAIL_SECONDS:
        raise ValueError("MESSAGE_EMAIL_SECONDS must be 0: an e-mail for each message.")
    dice = random.Random(seed)
    traffic = Traffic(talks=plan.emails // 3)
    with mail_server(folder) as server:
        environment = dict(plan.environment or {}) | {
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            # The demo would send nothing.
            "DEMO": "0",
        }
        with workers_and_beat(folder, environment, plan.workers) as workers:
            faults = planned(plan, dice, workers, server)
            write_while_things_break(plan, dice, traffic, workers, faults)
            waited = wait_for_the_rest(plan, traffic, workers)
        return findings(plan, traffic, workers, server.taken(), waited)


# --- What breaks, and when ------------------------------------------------------------------


def planned(
    plan: Plan, dice: random.Random, workers: Workers, server: MailServer
) -> list[tuple[float, Act]]:
    """(seconds after the beginning, what happens), in order; drawn from the dice, so a seed repeats it."""
    whole = partial(workers.kill_one, dice)
    process = partial(workers.kill_process_of_one, dice)
    kills = [whole] * plan.whole_workers
    kills += [process] * (plan.kills - plan.whole_workers)
    acts = [*kills, *[empty_redis] * plan.times_emptied]
    faults = [(dice.uniform(0, plan.seconds), act) for act in acts]
    for number, mode in enumerate(["hangs", "refuses", "drops"], 1):
        begin = plan.seconds * number / 5
        faults.append((begin, partial(server.behave, mode)))
        faults.append((begin + plan.misbehaves_seconds, partial(server.behave, "well")))
    return sorted(faults, key=lambda fault: fault[0])


def empty_redis() -> None:
    """Broker and cache: the hints, what beat has sent, what workers hold."""
    # Celery's own name for a socket is none that the client knows.
    with celery_app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    with redis.Redis.from_url(settings.CACHE_URL) as server:
        server.flushdb()


def write_while_things_break(
    plan: Plan,
    dice: random.Random,
    traffic: Traffic,
    workers: Workers,
    faults: list[tuple[float, Act]],
) -> None:
    begun = time.monotonic()
    while faults or len(traffic.expected) < plan.emails:
        now = time.monotonic() - begun
        while faults and faults[0][0] <= now and faults[0][1]() is not False:
            faults.pop(0)
        workers.supervise()
        due = min(plan.emails, int(now / plan.seconds * plan.emails) + 1)
        if len(traffic.expected) >= due or not traffic.one_more(dice):
            time.sleep(0.02)
        if now > plan.seconds + plan.wait_seconds:
            raise RuntimeError("All talks wait for their e-mails for too long.")


def wait_for_the_rest(plan: Plan, traffic: Traffic, workers: Workers) -> float:
    begun = time.monotonic()
    while traffic.unsent() and time.monotonic() - begun < plan.wait_seconds:
        workers.supervise()
        time.sleep(0.2)
    return time.monotonic() - begun


# --- What came of it ------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    mail: OutgoingEmail
    arrivals: list[Taken]

    @property
    def delay(self) -> float:
        """Seconds from the commit to the first arrival."""
        return max(0.0, self.arrivals[0].at - self.mail.created_at.timestamp())

    @property
    def lost_its_worker(self) -> bool:
        """Tried again although no attempt failed: whoever had it was killed."""
        return self.mail.attempts > 1 and not self.mail.last_error


def deliveries(expected: list[str], taken: list[Taken]) -> list[Delivery]:
    mails = OutgoingEmail.objects.in_bulk(expected, field_name="dedupe_key")
    arrivals: dict[str, list[Taken]] = {}
    for each in taken:
        arrivals.setdefault(each.message_id, []).append(each)
    return [
        Delivery(mail, arrivals.get(mail.message_id, [])) for mail in mails.values()
    ]


def findings(
    plan: Plan,
    traffic: Traffic,
    workers: Workers,
    taken: list[Taken],
    waited: float,
) -> list[Finding]:
    found = deliveries(traffic.expected, taken)
    arrived = [each for each in found if each.arrivals]
    lost = len(traffic.expected) - len(arrived)
    strays = [
        one
        for each in arrived
        for one in each.arrivals
        if one.to != [each.mail.address]
    ]
    again = Counter(
        "dropped" if "drops" in {one.mode for one in each.arrivals[:-1]} else "killed"
        for each in arrived
        for _ in each.arrivals[1:]
    )
    orphans = [each for each in arrived if each.lost_its_worker]
    once = max((each.delay for each in orphans if each.mail.attempts == 2), default=0.0)
    delays = [each.delay for each in arrived] or [0.0]
    stopped = workers.ended_by_themselves
    return [
        Finding("e-mails about private messages", len(traffic.expected)),
        Finding("kills of a process that runs tasks", plan.kills - plan.whole_workers),
        Finding("kills of a whole worker", plan.whole_workers),
        Finding("Redis emptied", plan.times_emptied, "times"),
        Finding("mail server hung, refused, dropped", plan.misbehaves_seconds, "s each"),
        Finding("e-mails lost", lost, "", "0", lost == 0),
        Finding("e-mails at a wrong address", len(strays), "", "0", not strays),
        Finding("workers that stopped by themselves", stopped, "", "0", stopped == 0),
        Finding("e-mails whose worker was killed", len(orphans)),
        Finding("second copies: the worker was killed in between", again["killed"]),
        Finding("second copies: the server took it and hung up", again["dropped"]),
        Finding("longest delay after one kill", round(once, 1), "s", f"at most {LATE_AFTER_A_KILL} s", once <= LATE_AFTER_A_KILL),
        Finding("longest delay of all", round(max(delays), 1), "s"),
        Finding("median delay", round(statistics.median(delays), 2), "s"),
        Finding("waited for the last ones", round(waited, 1), "s"),
    ]  # fmt: skip

"""E-mails about private messages while workers are killed, Redis is emptied and the mail server misbehaves.

A sender writes real messages the whole time. At the end each e-mail must be at the mail server: rows 38 to 41 of
docs/trust.md.
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
from benchmarks.faults.results import Finding, Trial, none_of
from benchmarks.faults.smtp_server import POISON
from benchmarks.faults.talks import Traffic
from notifications.models import OutgoingEmail
from notifications.rendering import Rendered
from notifications.services import store_email
from reviews_site.celery import app as celery_app
from reviews_site.integrity import CHECKS
from reviews_site.lib.integrity import run as check_invariant

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
    # How long the mail server hangs, then refuses, then drops, then is down.
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
    emails=24,
    seconds=8,
    wait_seconds=60,
    kills=3,
    times_emptied=1,
    misbehaves_seconds=1,
    workers=1,
    environment={
        "EMAIL_TIMEOUT": "1",
        "EMAIL_RETRY_SECONDS": "1",
        "OUTBOX_SWEEP_SECONDS": "1",
    },
)


def run(folder: Path, seed: int, short: bool) -> list[Trial]:
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
        poison = queue_poison()
        with workers_and_beat(folder, environment, plan.workers) as workers:
            faults = planned(plan, dice, workers, server)
            write_while_things_break(plan, dice, traffic, workers, faults)
            waited = wait_for_the_rest(plan, traffic, workers)
        poison.refresh_from_db()
        counted = counts(plan, workers, poison, waited)
        return [trial(traffic, server.taken(), counted)]


def queue_poison() -> OutgoingEmail:
    """At which the mail server hangs up, each time."""
    mail = store_email(
        kind="system",
        dedupe_key="poison",
        rendered=Rendered("Poison", "Text.\n", ""),
        address=f"{POISON}@buyer.example",
    )
    assert mail is not None
    return mail


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
    spells: list[tuple[Act, Act]] = [
        (partial(server.behave, mode), partial(server.behave, "well"))
        for mode in ("hangs", "refuses", "drops")
    ]
    for number, (begins, ends) in enumerate([*spells, (server.stop, server.start)], 1):
        begin = plan.seconds * number / 6
        faults.append((begin, begins))
        faults.append((begin + plan.misbehaves_seconds, ends))
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


def counts(
    plan: Plan, workers: Workers, poison: OutgoingEmail, waited: float
) -> list[Finding]:
    stopped = workers.ended_by_themselves
    sent = poison.status == OutgoingEmail.Status.SENT
    return [
        Finding("kills of a process that runs tasks", plan.kills - plan.whole_workers),
        Finding("kills of a whole worker", plan.whole_workers),
        Finding("Redis emptied", plan.times_emptied, "times"),
        Finding("mail server hung, refused, hung up, down", plan.misbehaves_seconds, "s each"),
        none_of("workers that stopped by themselves", stopped),
        none_of("a poisonous e-mail called sent", int(sent)),
        Finding("its attempts, beside which the others went out", poison.attempts, "", "at least 1", poison.attempts > 0),
        Finding("waited for the last ones", round(waited, 1), "s"),
    ]  # fmt: skip


def trial(traffic: Traffic, taken: list[Taken], counted: list[Finding]) -> Trial:
    found = deliveries(traffic.expected, taken)
    arrived = [each for each in found if each.arrivals]
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
    return Trial(
        rows=[38, 39, 40, 41],
        what="e-mails about private messages",
        writes=len(traffic.expected),
        lost=len(traffic.expected) - len(found),
        emails=len(found),
        emails_lost=len(traffic.expected) - len(arrived),
        second_copies=again.total(),
        # The longest delay of one whose worker was killed once.
        recovered=once,
        recovered_within=LATE_AFTER_A_KILL,
        # Its database is that of the settings.
        broken=len([check.name for check in CHECKS if check_invariant(check)]),
        more=[
            *counted,
            none_of("e-mails at a wrong address", len(strays)),
            Finding("e-mails whose worker was killed", len(orphans)),
            Finding("second copies: the worker was killed in between", again["killed"]),
            Finding("second copies: the server took it and hung up", again["dropped"]),
            Finding("longest delay of all", round(max(delays), 1), "s"),
            Finding("median delay", round(statistics.median(delays), 2), "s"),
        ],
    )

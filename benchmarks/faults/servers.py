"""Web processes, Postgres, workers and Redis, killed one after the other while members write over the API.

Rows 37, 38, 40 and 42 of docs/trust.md: what was acknowledged is there, once; nobody meets a 500 or waits for ever.
"""

import random
import signal
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.faults.clients import Answer, Notes, crowd
from benchmarks.faults.emails import empty_redis
from benchmarks.faults.own_site import Site, wait_until
from benchmarks.faults.processes import end
from benchmarks.faults.results import Finding

# A client that waits longer has met a hung request: connect_timeout, statement_timeout and Redis' are far below, and a web
# process that starts on a busy machine is not.
LONGEST_ANSWER_SECONDS = 30
RECOVERY_SECONDS = 30
MORE_WHILE_SILENT_SECONDS = 2


@dataclass(frozen=True)
class Plan:
    # Before the first fault, and for each fault that lasts.
    seconds: float
    web_kills: int
    postgres_kills: int
    redis_emptied: int


LONG = Plan(seconds=8, web_kills=8, postgres_kills=4, redis_emptied=3)
SHORT = Plan(seconds=1, web_kills=1, postgres_kills=1, redis_emptied=1)


@dataclass(frozen=True)
class Phase:
    name: str
    answers: list[Answer]
    # The longest of its kills.
    recovered: float

    @property
    def writes(self) -> list[Answer]:
        return [each for each in self.answers if each.writes]

    def figures(self) -> list[Finding]:
        statuses = [each.status for each in self.answers]
        ours = [one for one in statuses if one >= 500 and one != 503]
        longest = max((each.seconds for each in self.answers), default=0.0)
        within = longest <= LONGEST_ANSWER_SECONDS
        back = self.recovered <= RECOVERY_SECONDS
        return [
            Finding(f"{self.name}: acknowledged writes", [each.status for each in self.writes].count(201)),
            Finding(f"{self.name}: answers 503; connections cut", statuses.count(503) + statuses.count(0)),
            Finding(f"{self.name}: answers 500", len(ours), "", "0", not ours),
            Finding(f"{self.name}: longest answer", round(longest, 2), "s", f"at most {LONGEST_ANSWER_SECONDS} s", within),
            Finding(f"{self.name}: until a write is acknowledged again", round(self.recovered, 2), "s", f"at most {RECOVERY_SECONDS} s", back),
        ]  # fmt: skip


class Faults:
    def __init__(self, plan: Plan, site: Site, notes: Notes, seed: int) -> None:
        self.plan, self.site, self.notes = plan, site, notes
        self.dice = random.Random(seed)

    def phase(self, name: str, times: int, fault: Callable[[], None]) -> Phase:
        begun, longest = time.monotonic(), 0.0
        for _ in range(times):
            struck = time.monotonic()
            fault()
            over = time.monotonic()
            wait_until(
                lambda since=over: self.notes.acknowledged_since(since),
                f"a write after: {name}",
            )
            again = self.notes.acknowledged_since(over) or over
            longest = max(longest, again - struck)
            time.sleep(self.plan.seconds / 8)
        return Phase(name, self.notes.between(begun, time.monotonic()), longest)

    def run(self) -> list[Phase]:
        """In turn; every phase begins with all parts up."""
        plan = self.plan
        return [
            self.phase("nothing broken", 1, self.rest),
            self.phase("web process killed", plan.web_kills, self.kill_web),
            self.phase("Postgres killed (SIGKILL)", plan.postgres_kills, self.kill_postgres),
            self.phase("Postgres stopped at once (SIGQUIT)", 1, self.quit_postgres),
            self.phase("Redis silent", 1, self.silence_redis),
            self.phase("Redis down", 1, self.redis_down),
            self.phase("Redis emptied", plan.redis_emptied, empty_redis),
            self.phase("all workers killed", 1, self.kill_workers),
        ]  # fmt: skip

    def rest(self) -> None:
        time.sleep(self.plan.seconds)

    def kill_web(self) -> None:
        self.site.web.kill_worker(self.dice)

    def kill_postgres(self) -> None:
        self.site.postgres.crash(signal.SIGKILL)
        self.site.postgres.start()

    def quit_postgres(self) -> None:
        self.site.postgres.crash(signal.SIGQUIT)
        time.sleep(1)
        self.site.postgres.start()

    def silence_redis(self) -> None:
        self.site.proxy.silent = True
        time.sleep(self.plan.seconds)
        self.site.proxy.silent = False

    def redis_down(self) -> None:
        self.site.proxy.dead = True
        time.sleep(self.plan.seconds)
        self.site.proxy.dead = False

    def kill_workers(self) -> None:
        for worker in self.site.workers.running:
            end(worker.process, signal.SIGKILL)
        self.site.workers.supervise()


def break_servers(
    plan: Plan, site: Site, people: Mapping[str, Any], seed: int, pause: float
) -> tuple[list[Finding], Notes]:
    with crowd([site.web.port], people, visitors=2, pause=pause) as notes:
        phases = Faults(plan, site, notes, seed).run()
    found = [one for phase in phases for one in phase.figures()]
    return found + slower_while_silent(phases), notes


def slower_while_silent(phases: Sequence[Phase]) -> list[Finding]:
    median = {
        phase.name: statistics.median(each.seconds for each in phase.writes)
        for phase in phases
        if phase.name in {"nothing broken", "Redis silent"}
    }
    more = median["Redis silent"] - median["nothing broken"]
    kept = more <= MORE_WHILE_SILENT_SECONDS
    return [
        Finding("a write while Redis is silent, at the median", round(more, 3), "s more", f"at most {MORE_WHILE_SILENT_SECONDS} s", kept)
    ]  # fmt: skip

"""Web processes, Postgres, workers and Redis, killed one after the other while members write over the API.

Rows 37 to 39 and 42 of docs/trust.md: what was acknowledged is there, once; nobody meets a 500 or waits for ever.
"""

import random
import signal
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.faults.clients import Notes
from benchmarks.faults.emails import empty_redis
from benchmarks.faults.own_site import Site
from benchmarks.faults.processes import end
from benchmarks.faults.results import Finding
from benchmarks.faults.trials import Fault, Tried

MORE_WHILE_SILENT_SECONDS = 2
NOTHING, SILENT = "nothing broken", "Redis silent"


@dataclass(frozen=True)
class Plan:
    # Of each fault that lasts.
    seconds: float
    web_kills: int
    postgres_kills: int
    redis_emptied: int


LONG = Plan(seconds=8, web_kills=8, postgres_kills=4, redis_emptied=3)
SHORT = Plan(seconds=1, web_kills=1, postgres_kills=1, redis_emptied=1)


def faults_of_servers(plan: Plan, site: Site, seed: int) -> list[Fault]:
    """In turn; each begins with all parts up."""
    dice = random.Random(seed)

    def pass_time(notes: Notes) -> float:
        time.sleep(plan.seconds)
        return time.monotonic()

    def kill_web(notes: Notes) -> float:
        struck = time.monotonic()
        site.web.kill_worker(dice)
        return struck

    def kill_postgres(notes: Notes) -> float:
        struck = time.monotonic()
        site.postgres.crash(signal.SIGKILL)
        site.postgres.start()
        return struck

    def quit_postgres(notes: Notes) -> float:
        struck = time.monotonic()
        site.postgres.crash(signal.SIGQUIT)
        time.sleep(1)
        site.postgres.start()
        return struck

    def silence_redis(notes: Notes) -> float:
        site.proxy.silent = True
        time.sleep(plan.seconds)
        site.proxy.silent = False
        return time.monotonic()

    def redis_down(notes: Notes) -> float:
        site.proxy.dead = True
        time.sleep(plan.seconds)
        site.proxy.dead = False
        return time.monotonic()

    def lose_redis(notes: Notes) -> float:
        struck = time.monotonic()
        empty_redis()
        return struck

    def kill_workers(notes: Notes) -> float:
        struck = time.monotonic()
        for worker in site.workers.running:
            end(worker.process, signal.SIGKILL)
        site.workers.supervise()
        return struck

    return [
        Fault([], NOTHING, pass_time),
        Fault([42], "web process killed", kill_web, plan.web_kills),
        Fault([42], "Postgres killed (SIGKILL)", kill_postgres, plan.postgres_kills),
        Fault([42], "Postgres stopped at once (SIGQUIT), away for a second", quit_postgres),
        Fault([37], SILENT, silence_redis),
        Fault([37], "Redis down", redis_down),
        Fault([38], "Redis emptied", lose_redis, plan.redis_emptied),
        Fault([39], "all workers killed", kill_workers),
    ]  # fmt: skip


def slower_while_silent(tried: Sequence[Tried]) -> Finding:
    median = {
        one.fault.what: statistics.median(each.seconds for each in one.writes)
        for one in tried
        if one.fault.what in {NOTHING, SILENT}
    }
    more = median[SILENT] - median[NOTHING]
    kept = more <= MORE_WHILE_SILENT_SECONDS
    return Finding(
        "a write at the median, beside nothing broken", round(more, 3), "s more", f"at most {MORE_WHILE_SILENT_SECONDS} s", kept
    )  # fmt: skip

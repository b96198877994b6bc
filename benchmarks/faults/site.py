"""A site with all its parts, and what becomes of what members write while they break: rows 34 to 44 of docs/trust.md."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults import posts, servers
from benchmarks.faults.clients import Notes
from benchmarks.faults.clocks import wrong_clocks
from benchmarks.faults.disk import full_log, full_tables, small_disk, small_log
from benchmarks.faults.own_site import Site, own_site, running
from benchmarks.faults.posts import post_on_one_product
from benchmarks.faults.results import Finding, Trial
from benchmarks.faults.servers import faults_of_servers, slower_while_silent
from benchmarks.faults.trials import Fault, Tried, try_out


@dataclass(frozen=True)
class Plan:
    members: int
    products: int
    posts: posts.Plan
    servers: servers.Plan
    # Of each member between two writes: nobody reaches the limits of an hour.
    pause: float
    # How long the disks are full, and how long the clocks are wrong.
    disk_seconds: float
    clock_seconds: float
    # Seconds, one web machine each.
    clocks_off: Sequence[int]
    # After each fault, not only in the end.
    checks_each: bool
    preload: bool


LONG = Plan(
    members=40,
    products=20,
    posts=posts.Plan(posters=120, eager=0, moderators=2, decisions=1_000),
    servers=servers.LONG,
    pause=3,
    disk_seconds=6,
    clock_seconds=15,
    clocks_off=(3600, -3600),
    checks_each=True,
    preload=False,
)
SHORT = Plan(
    members=4,
    products=4,
    posts=posts.Plan(posters=8, eager=0, moderators=1, decisions=1_000),
    servers=servers.SHORT,
    pause=0.1,
    disk_seconds=0.5,
    clock_seconds=1,
    clocks_off=(3600,),
    checks_each=False,
    preload=True,
)


def run(folder: Path, seed: int, short: bool) -> list[Trial]:
    with ExitStack() as stack:
        return Run(SHORT if short else LONG, folder, stack).all(seed)


class Run:
    def __init__(self, plan: Plan, folder: Path, stack: ExitStack) -> None:
        self.plan, self.folder = plan, folder
        self.site: Site
        self.people: dict[str, Any]
        self.site, self.people = stack.enter_context(
            own_site(
                folder,
                members=plan.members,
                products=plan.products,
                posters=plan.posts.posters,
            )
        )
        self.disk = stack.enter_context(small_disk(self.site.postgres))
        stack.enter_context(running(self.site, folder, preload=plan.preload))

    def all(self, seed: int) -> list[Trial]:
        tried = [
            self.checked(post_on_one_product(self.site, self.people, self.plan.posts)),
            *self.servers(seed),
            *self.disks(),
            *self.clocks(),
        ]
        self.site.finish()
        # Where nothing was checked in between, what is found now may be anybody's.
        broken = self.site.broken_invariants() if tried[-1].broken is None else 0
        for each in tried:
            each.broken = broken if each.broken is None else each.broken
        return [each.trial(self.site) for each in tried]

    def servers(self, seed: int) -> list[Tried]:
        faults = faults_of_servers(self.plan.servers, self.site, seed)
        tried = [self.try_out(fault) for fault in faults]
        silent = next(each for each in tried if each.fault.what == servers.SILENT)
        silent.more.append(slower_while_silent(tried))
        return tried

    def disks(self) -> list[Tried]:
        seconds = self.plan.disk_seconds
        if self.disk is None:
            return [left_out()]
        tables = self.try_out(full_tables(self.disk, seconds))
        with small_log(self.site.postgres) as folder:
            if folder is None:
                return [tables, left_out()]
            return [tables, self.try_out(full_log(folder, self.site, seconds))]

    def clocks(self) -> list[Tried]:
        plan = self.plan
        with wrong_clocks(
            self.site,
            self.folder,
            plan.clocks_off,
            plan.clock_seconds,
            preload=plan.preload,
        ) as fault:
            return [self.try_out(fault)]

    def try_out(self, fault: Fault) -> Tried:
        rest = self.plan.servers.seconds / 8
        return self.checked(
            try_out(fault, self.site, self.people, pause=self.plan.pause, rest=rest)
        )

    def checked(self, tried: Tried) -> Tried:
        """Once nothing waits any more."""
        if self.plan.checks_each:
            self.site.finish()
            tried.broken = self.site.broken_invariants()
        return tried


def left_out() -> Tried:
    nothing = Fault([], "disk full: left out, nothing can be mounted here", lambda _: 0.0)  # fmt: skip
    return Tried(nothing, Notes(), None, (0, 0), more=[Finding("left out", 1)])

"""A site with all its parts, and what becomes of what members write while they break: rows 34 to 44 of docs/trust.md."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import servers
from benchmarks.faults.clocks import put_clocks_wrong
from benchmarks.faults.disk import fill_the_disk, small_disk
from benchmarks.faults.own_site import Site, own_site, running
from benchmarks.faults.posts import post_on_one_product
from benchmarks.faults.results import Finding
from benchmarks.faults.servers import break_servers


@dataclass(frozen=True)
class Plan:
    members: int
    products: int
    posters: int
    servers: servers.Plan
    # Of each member between two writes: nobody reaches the limits of an hour.
    pause: float
    # How long the disk is full, and how long the clocks are wrong.
    disk_seconds: float
    clock_seconds: float


LONG = Plan(40, 20, 120, servers.LONG, pause=3, disk_seconds=6, clock_seconds=15)
SHORT = Plan(4, 4, 12, servers.SHORT, pause=0.1, disk_seconds=1, clock_seconds=2)


def run(folder: Path, seed: int, short: bool) -> list[Finding]:
    plan = SHORT if short else LONG
    found: list[Finding] = []
    tokens: list[str] = []
    with ExitStack() as stack:
        built, people = stack.enter_context(
            own_site(
                folder,
                members=plan.members,
                products=plan.products,
                posters=plan.posters,
            )
        )
        disk = stack.enter_context(small_disk(built.postgres))
        stack.enter_context(running(built, folder))
        found += post_on_one_product(built, people)
        for part in (
            lambda: break_servers(plan.servers, built, people, seed, plan.pause),
            lambda: fill_the_disk(built, people, disk, plan.disk_seconds, plan.pause),
            lambda: put_clocks_wrong(
                built, people, folder, plan.clock_seconds, plan.pause
            ),
        ):
            findings, notes = part()
            found += findings
            tokens += notes.acknowledged
            if not short:
                found += checked(built)
        return found + totals(built, tokens)


def checked(site: Site) -> list[Finding]:
    """After each family, once nothing waits any more."""
    site.finish()
    broken = site.broken_invariants()
    return [Finding("… then invariants broken", broken, "", "0", broken == 0)]


def totals(site: Site, tokens: list[str]) -> list[Finding]:
    site.finish()
    lost, doubled = site.lost(tokens), site.doubled()
    sent, missing, copies = site.emails()
    broken = site.broken_invariants()
    return [
        Finding("acknowledged writes", len(tokens)),
        Finding("acknowledged writes lost", lost, "", "0", lost == 0),
        Finding("writes stored twice", doubled, "", "0", doubled == 0),
        Finding("e-mails sent", sent),
        Finding("e-mails lost", missing, "", "0", missing == 0),
        Finding("second copies of e-mails", copies),
        Finding("invariants broken (check_integrity)", broken, "", "0", broken == 0),
    ]

"""A primary, a replica, and one that is late, until the primary is killed: row 43 of docs/trust.md, and 42.

The run is that of benchmarks.replicas; its site has no worker until the end, so that nothing but the site reads and writes.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from benchmarks.faults.own_site import (
    QUICK,
    broken_invariants,
    copy_of_ours,
    emails,
    rows,
    wait_until,
)
from benchmarks.faults.processes import mail_server, workers_and_beat
from benchmarks.faults.results import Finding, Trial, none_of
from benchmarks.replicas import failover
from benchmarks.replicas.cluster import Node
from benchmarks.replicas.failover import Figures
from reviews_site.local.state import State

# Most of it to start gunicorn.
RECOVERY_SECONDS = 60
# The web processes find the new primary themselves: starting others takes most of the time.
SHORT = replace(failover.SHORT, seconds=3, new_address=False)


class LookedAt:
    """What the new primary holds once nobody writes any more."""

    def __init__(self, folder: Path, short: bool) -> None:
        self.folder, self.short = folder, short
        self.emails = (0, 0, 0)
        self.broken = 0

    def __call__(self, primary: Node) -> None:
        if not self.short:
            self.send_what_waits(primary)
        self.broken = broken_invariants(os.environ | {"DATABASE_URL": primary.url})

    def send_what_waits(self, primary: Node) -> None:
        due = (
            "SELECT count(*) FROM notifications_outgoingemail"
            " WHERE status IN ('queued', 'sending') AND next_attempt_at < now() + interval '5 minutes'"
        )
        with mail_server(self.folder) as server:
            environment = QUICK | {
                "DATABASE_URL": primary.url,
                "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            }
            with workers_and_beat(self.folder, environment, 1):
                wait_until(lambda: rows(primary.url, due) == [(0,)], "all are sent")
            newest = primary.number("SELECT max(id) FROM notifications_outgoingemail")
            self.emails = emails(primary.url, server, 0, newest)


def run(folder: Path, seed: int, short: bool) -> list[Trial]:
    looked_at = LookedAt(folder, short)
    state = State(folder / "servers")
    try:
        figures = failover.run(
            SHORT if short else failover.LONG,
            state.folder,
            migrate=lambda address: copy_of_ours(address, folder),
            look_at=looked_at,
        )
    finally:
        # For root it lies elsewhere.
        shutil.rmtree(state.servers, ignore_errors=True)
    return [trial(figures, looked_at)]


def trial(figures: Figures, looked_at: LookedAt) -> Trial:
    sent, lost, copies = looked_at.emails
    return Trial(
        rows=[42, 43],
        what="primary killed beside a late replica",
        writes=figures.writes,
        lost=figures.lost,
        doubled=figures.doubled,
        emails=sent,
        emails_lost=lost,
        second_copies=copies,
        recovered=figures.seconds_to_recover,
        recovered_within=RECOVERY_SECONDS,
        errors=figures.faults,
        broken=looked_at.broken,
        more=[
            Finding("own pages read right after a write", figures.own_pages),
            none_of("of these without what was written", figures.missed),
            Finding("the late replica's replay", round(figures.late_by, 1), "s late"),
            Finding("visits answered", figures.visits),
            Finding("visits answered while no primary was there", figures.visits_while_down),
            Finding("visits answered by an error, 503 included", figures.errors),
            Finding("promoted in", round(figures.seconds_to_promote, 1), "s"),
            Finding("until the other one follows", round(figures.seconds_to_two_copies, 1), "s"),
        ],
    )  # fmt: skip

"""One fault while members write over the API: what they were answered, and at the end what became of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.faults.clients import Answer, Notes, crowd
from benchmarks.faults.own_site import Site, wait_until
from benchmarks.faults.results import Finding, Trial

VISITORS = 2
# A client that waits longer has met a hung request: connect_timeout, statement_timeout and Redis' are far below, and a web
# process that starts on a busy machine is not.
LONGEST_ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Fault:
    rows: Sequence[int]
    what: str
    # Breaks something, and mends it unless that happens by itself; is told what the members note. Returns the moment from
    # which recovery is counted: of the blow, or the end of what takes as long as it takes.
    strike: Callable[[Notes], float]
    times: int = 1
    # Of the web processes that are written to; empty: the site's own.
    ports: Sequence[int] = ()
    # Known once it is over.
    more: Callable[[Notes], list[Finding]] = lambda notes: []


@dataclass
class Tried:
    """What is known when the fault is over; whether all of it is there is asked once nothing waits any more."""

    fault: Fault
    notes: Notes
    # None where nothing broke.
    recovered: float | None
    # Ids in the outbox: after the first, up to the second.
    mails: tuple[int, int]
    broken: int | None = None
    more: list[Finding] = field(default_factory=list)

    @property
    def writes(self) -> list[Answer]:
        return [each for each in self.notes.answers if each.writes]

    def trial(self, site: Site) -> Trial:
        statuses = [each.status for each in self.notes.answers]
        longest = max((each.seconds for each in self.notes.answers), default=0.0)
        tokens = list(self.notes.acknowledged)
        emails, lost, copies = site.emails(*self.mails)
        return Trial(
            rows=self.fault.rows,
            what=self.fault.what,
            writes=len(tokens),
            lost=site.lost(tokens),
            doubled=site.doubled(tokens),
            emails=emails,
            emails_lost=lost,
            second_copies=copies,
            recovered=self.recovered,
            errors=sum(one >= 500 and one != 503 for one in statuses),
            broken=self.broken,
            more=[
                Finding("answers 503; connections cut", statuses.count(503) + statuses.count(0)),
                Finding("longest answer", round(longest, 2), "s", f"at most {LONGEST_ANSWER_SECONDS} s", longest <= LONGEST_ANSWER_SECONDS),
                *self.more,
            ],
        )  # fmt: skip


def try_out(
    fault: Fault, site: Site, people: Mapping[str, Any], *, pause: float, rest: float
) -> Tried:
    """`rest`: seconds of quiet after each blow."""
    before, longest = site.newest_mail(), 0.0
    with crowd(fault.ports or [site.web.port], people, VISITORS, pause) as notes:
        wait_until(lambda: notes.acknowledged_since(0), f"a write before: {fault.what}")
        for _ in range(fault.times):
            struck = fault.strike(notes)
            again = next_write(notes, time.monotonic(), fault.what)
            longest = max(longest, again - struck)
            time.sleep(rest)
    mails = (before, site.newest_mail())
    return Tried(fault, notes, longest, mails, more=fault.more(notes))


def next_write(notes: Notes, moment: float, what: str) -> float:
    wait_until(lambda: notes.acknowledged_since(moment), f"a write after: {what}")
    return notes.acknowledged_since(moment) or moment

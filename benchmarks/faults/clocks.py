"""Two web machines whose clocks are an hour ahead and an hour behind: row 43 of docs/trust.md.

What is promised: they say so themselves, and where they are written to all the same, nothing is lost, stored twice or sent
twice. An e-mail is due by the clock of the machine that wrote it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults.clients import Notes
from benchmarks.faults.own_site import Site, Web, wait_until
from benchmarks.faults.results import Finding, none_of
from benchmarks.faults.trials import Fault


@contextmanager
def wrong_clocks(
    site: Site, folder: Path, off: Sequence[int], seconds: float, *, preload: bool
) -> Iterator[Fault]:
    """A web machine for each of `off`, in seconds ahead, which are written to for a while."""
    shifted = [
        Web(
            folder / f"web{one:+}.log",
            site.environment,
            ["benchmarks.faults.shifted", str(one)],
            preload=preload,
        )
        for one in off
    ]
    try:
        for web in shifted:
            wait_until(web.is_up, "a web machine with a wrong clock listens")

        def pass_time(notes: Notes) -> float:
            time.sleep(seconds)
            return time.monotonic()

        yield Fault(
            [43],
            "clocks an hour off",
            pass_time,
            ports=[web.port for web in shifted],
            more=lambda _: findings(site, shifted),
        )
    finally:
        for web in shifted:
            web.stop()


def findings(site: Site, shifted: Sequence[Web]) -> list[Finding]:
    ready = sum(web.status("/readyz") == 200 for web in shifted)
    late = site.postgres.number(
        "SELECT count(*) FROM notifications_outgoingemail"
        " WHERE status = 'queued' AND next_attempt_at BETWEEN now() AND now() + interval '2 hours'"
    )
    return [
        none_of(f"of {len(shifted)} such machines call themselves ready", ready),
        Finding("e-mails that wait for it", late),
    ]

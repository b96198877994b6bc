"""Two web machines whose clocks are an hour ahead and an hour behind: row 43 of docs/trust.md.

What is promised: nothing is lost, stored twice or sent twice. An e-mail is due by the clock of the machine that wrote it.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.faults.clients import Notes, crowd
from benchmarks.faults.own_site import Site, Web, wait_until
from benchmarks.faults.results import Finding

OFF_SECONDS = (3600, -3600)


def put_clocks_wrong(
    site: Site, people: Mapping[str, Any], folder: Path, seconds: float, pause: float
) -> tuple[list[Finding], Notes]:
    shifted = [
        Web(
            folder / f"web{off:+}.log",
            site.environment,
            "benchmarks.faults.shifted",
            str(off),
        )
        for off in OFF_SECONDS
    ]
    try:
        for web in shifted:
            wait_until(web.is_up, "a web machine with a wrong clock listens")
        ports = [web.port for web in shifted]
        with crowd(ports, people, visitors=2, pause=pause) as notes:
            wait_until(lambda: notes.acknowledged_since(0), "a write")
            time.sleep(seconds)
        site.finish()
    finally:
        for web in shifted:
            web.stop()
    return findings(site, notes), notes


def findings(site: Site, notes: Notes) -> list[Finding]:
    statuses = [each.status for each in notes.answers]
    errors = sum(one >= 500 for one in statuses)
    late = site.postgres.number(
        "SELECT count(*) FROM notifications_outgoingemail"
        " WHERE status = 'queued' AND next_attempt_at BETWEEN now() AND now() + interval '2 hours'"
    )
    return [
        Finding("clocks an hour off: acknowledged writes", len(notes.acknowledged)),
        Finding("clocks an hour off: answers 500 and above", errors, "", "0", errors == 0),
        Finding("clocks an hour off: e-mails that wait for it", late),
    ]  # fmt: skip

"""Many accounts ask many reviewers at once, by page and by API: is what arrives exactly what may?

    python -m benchmarks.messaging_gate                                   # 50 accounts, 500 reviewers
    python -m benchmarks.messaging_gate --askers 10 --answerers 50
    python -m benchmarks.messaging_gate --minutes 5                       # of each run, then judge what was asked

A made-up crowd with whatever stands between people: representatives, people at a vendor's or a competitor's domain, those
without a confirmed address, suspended, slowed down, opted out, blocked either way, asked before; reviews withdrawn,
removed, of members who left. Gunicorn as in production serves the site; each account has a thread, a session and a token,
asks every reviewer once, by page and by API in turn, and repeats what was delivered with the same key. What must come of it
is worked out from the plain values of the crowd (oracle.py), and compared with the answers and the rows (audit.py).

First everybody asks everybody, and the limits decide; then nobody asks more than they may, and delivered equals allowed.
Exit code 1 if anything doesn't fit. DATABASE_URL and REDIS_URL of servers of your own are used; otherwise it starts both.
"""

import os
import subprocess
import sys
from pathlib import Path

from reviews_site.local.stack import running_stack

ROOT = Path(__file__).resolve().parent.parent.parent
STATE = "/var/tmp/levelfield-bench-messaging"


def main() -> int:
    if {"-h", "--help"} & set(sys.argv):
        print(__doc__)
        return 0
    state = Path(os.environ.get("STATE") or STATE)
    with running_stack(state) as stack:
        environment = os.environ | stack.environment
        environment |= {
            "SITE_URL": "http://127.0.0.1:8000",
            "LOG_LEVEL": "ERROR",
            "STATIC_ROOT": str(state / "static"),
            "DEBUG": "0",
            "DEMO": "0",
        }
        for command in (
            ["manage.py", "migrate", "-v0"],
            ["manage.py", "collectstatic", "--noinput", "-v0"],
        ):
            subprocess.run(
                [sys.executable, *command], check=True, cwd=ROOT, env=environment
            )
        run = [sys.executable, "-m", "benchmarks.messaging_gate.run", *sys.argv[1:]]
        return subprocess.run(run, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

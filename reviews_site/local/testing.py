"""The test suite on servers of its own, with a browser wherever one can be had."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from reviews_site.local.browser import find_browser
from reviews_site.local.commands import in_foreground
from reviews_site.local.stack import running_stack
from reviews_site.local.state import default_folder

DEFAULT = ("-n", "2", "--dist", "worksteal", "-q")


def run_tests(arguments: Sequence[str]) -> int:
    """The exit code of pytest. BROWSER_TESTS=required makes a missing browser an error."""
    if find_browser() is None:
        install_browser()
    folder = default_folder() / "test"
    with running_stack(folder, what="make test", durable=False) as stack:
        print(stack.taken, file=sys.stderr, flush=True)
        # Ours is not theirs: tests/environment.py names the settings once what they read is complete.
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, "-m", "pytest", *(arguments or DEFAULT)]
        return in_foreground(command, stack.environment)


def install_browser() -> None:
    """Playwright's own first, which needs no rights; as root the system's, which brings its libraries along."""
    print("No browser found: installing Chromium …", file=sys.stderr, flush=True)
    attempt([sys.executable, "-m", "playwright", "install", "chromium"], seconds=90)
    if find_browser() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quietly = {"DEBIAN_FRONTEND": "noninteractive"}
        attempt(["apt-get", "update", "-q"], seconds=120, environment=quietly)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
        attempt([*install, "chromium"], seconds=400, environment=quietly)


def attempt(
    command: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None
) -> None:
    """Whether it worked is seen by whether there is a browser afterwards."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        find_browser.cache_clear()

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
from reviews_site.local.nginx import find_nginx, unpack_nginx
from reviews_site.local.stack import running_stack
from reviews_site.local.state import default_folder

# Named as by Debian and Ubuntu; a font, since a bare machine has none.
PANGO = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-dejavu-core",
)
DEFAULT = ("-n", "2", "--dist", "worksteal", "-q")


def run_tests(arguments: Sequence[str]) -> int:
    """The exit code of pytest. BROWSER_TESTS=required makes a missing browser an error."""
    if find_browser() is None:
        install_browser()
    if not can_make_pdfs():
        install_pango()
    if find_nginx() is None:
        unpack_nginx()
    folder = default_folder() / "test"
    with running_stack(folder, what="make test", durable=False) as stack:
        print(stack.taken, file=sys.stderr, flush=True)
        # Ours is not theirs: tests/environment.py names the settings once what they read is complete.
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        # A hundred processes are started: each would compile the whole site anew.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "pytest", *(arguments or DEFAULT)]
        return in_foreground(command, stack.environment)


def can_make_pdfs() -> bool:
    """WeasyPrint loads the machine's Pango when it is imported."""
    return (
        subprocess.run(
            [sys.executable, "-c", "import weasyprint"], capture_output=True
        ).returncode
        == 0
    )


def install_pango() -> None:
    """A Chromium of the machine brings most of it along, Playwright's own doesn't. Without it the PDF's tests fail."""
    print("No Pango found, which makes the PDFs: installing it …", file=sys.stderr)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install_by_apt(PANGO)
    if not can_make_pdfs():
        print(f"Tests of PDFs will fail: install {', '.join(PANGO)}.", file=sys.stderr)


def install_browser() -> None:
    """Playwright's own first, which needs no rights; as root the system's, which brings its libraries along."""
    print("No browser found: installing Chromium …", file=sys.stderr, flush=True)
    attempt([sys.executable, "-m", "playwright", "install", "chromium"], seconds=90)
    if find_browser() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install_by_apt(["chromium"])


def install_by_apt(packages: Sequence[str]) -> None:
    quietly = {"DEBIAN_FRONTEND": "noninteractive"}
    attempt(["apt-get", "update", "-q"], seconds=120, environment=quietly)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    attempt([*install, *packages], seconds=400, environment=quietly)


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

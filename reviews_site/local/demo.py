"""The whole site on one machine: servers, tables, demo data, web, workers and beat, until somebody stops it."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from os import environ

import psycopg2
from rich.console import Console

from reviews_site.local.bootstrap import ROOT, SetupError
from reviews_site.local.commands import (
    Steps,
    digest,
    is_local,
    migrate_if_needed,
    site_environment,
)
from reviews_site.local.composed import PARTS, command
from reviews_site.local.processes import wait_until_ready
from reviews_site.local.stack import Stack, running_stack
from reviews_site.seed.members import DEMO_MEMBERS


def port() -> int:
    given = environ.get("PORT", "").strip() or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise SetupError(f"PORT={given} is not a port: give a number from 1 to 65535.")
    return int(given)


def demo(console: Console) -> None:
    """Does not return: Stopped on Ctrl-C and SIGTERM, SetupError when something fails or a child dies."""
    number = port()
    with running_stack(what=f"the demo on port {number}") as stack:
        require_free(number)
        console.print(stack.taken, highlight=False, soft_wrap=True)
        if stack.ended:
            console.print(f"Ended what a killed run left: {', '.join(stack.ended)}.")
        environment = site_environment(stack, number)
        prepare_data(Steps(stack, environment, console))
        stack.announce(environment)
        start_site(stack, environment, number)
        tell(console, environment["SITE_URL"])
        watch(stack)


def require_free(number: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as error:
            raise SetupError(
                f"port {number} can't be used ({error.strerror}): choose another, such as "
                f"make demo PORT={8001 if number == 65535 else number + 1}."
            ) from error


# --- data -----------------------------------------------------------------------------------


def prepare_data(steps: Steps) -> None:
    migrate_if_needed(steps)
    collect_if_needed(steps)
    seed_if_needed(steps)


def collect_if_needed(steps: Steps) -> None:
    now = digest_of_static_sources()
    state = steps.stack.state
    if state.recall("collected") == now and any(state.static.iterdir()):
        return
    steps.manage(
        "Styles and scripts",
        *("collectstatic", "--noinput", "--clear", "-v", "2"),
        counting="Post-processed",
    )
    state.remember("collected", now)


def digest_of_static_sources() -> str:
    """Ours and, by the lock, those of the packages."""
    sources = [ROOT / "requirements.lock", *sorted((ROOT / "static").rglob("*"))]
    return digest([source for source in sources if source.is_file()])


def seed_if_needed(steps: Steps) -> None:
    """The mark is set once the data is complete: an interrupted first run is done again."""
    state = steps.stack.state
    mark = {"database": steps.stack.database_id}
    if state.recall("seeded") == mark and has_products(steps.stack):
        return
    steps.manage("Demo data", "seed_demo", own_bars=True)
    state.remember("seeded", mark)


def has_products(stack: Stack) -> bool:
    if is_local(stack):
        return True
    with (
        psycopg2.connect(stack.environment["DATABASE_URL"]) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT EXISTS (SELECT FROM products_product)")
        row = cursor.fetchone()
    return bool(row and row[0])


# --- processes ------------------------------------------------------------------------------


def start_site(stack: Stack, environment: Mapping[str, str], number: int) -> None:
    """Web first: nobody waits for the others, which take the processor for as long as they start."""
    for part in PARTS:
        child = stack.children.start(
            part,
            command(part, port=number, folder=stack.state.folder),
            environment=environment,
            cwd=ROOT,
        )
        if part == "web":
            wait_until_ready(child, lambda: answers(number), seconds=60)


def answers(number: int) -> bool:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{number}/healthz", timeout=5
        ) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def watch(stack: Stack) -> None:
    while (dead := stack.children.dead()) is None:
        time.sleep(0.3)
    raise SetupError(
        f"{dead.name} ended by itself (exit code {dead.process.returncode}), so everything was stopped. "
        f"The end of {dead.log}:\n{dead.last_words()}"
    )


def tell(console: Console, address: str) -> None:
    members = [
        f"  {member.role:<24}{member.email:<34}{member.password}\n    {member.what}"
        for member in DEMO_MEMBERS
    ]
    lines = (
        f"\nLevelfield runs at {address}/\n",
        "Log in as (e-mail, password):",
        *members,
        f"\nE-mails to anybody: {address}/dev/mail/",
        f"Moderation:         {address}/admin/",
        "Ctrl-C stops everything; the data is kept.",
    )
    console.print("\n".join(lines), highlight=False, soft_wrap=True)

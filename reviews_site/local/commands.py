"""Management commands of the site on a stack: as silent steps with a bar, or in the foreground."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from os import environ
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from reviews_site.local.bootstrap import ROOT, SetupError
from reviews_site.local.interrupts import Stopped, left_to_the_child
from reviews_site.local.processes import Child
from reviews_site.local.stack import Stack

MANAGE = (sys.executable, str(ROOT / "manage.py"))


def site_environment(stack: Stack, port: int) -> dict[str, str]:
    """The site as the demo runs it."""
    return stack.environment | {
        "DEBUG": "0",
        "DEMO": "1",
        "SITE_URL": environ.get("SITE_URL") or f"http://127.0.0.1:{port}",
        "STATIC_ROOT": str(stack.state.static),
        "MEDIA_ROOT": str(stack.state.media),
        "PYTHONUNBUFFERED": "1",
    }


class Steps:
    """What happens, one line each with the seconds it took; on a terminal a bar while it happens."""

    def __init__(
        self, stack: Stack, environment: Mapping[str, str], console: Console
    ) -> None:
        self.stack = stack
        self.environment = environment
        self.console = console

    def manage(
        self, title: str, *command: str, counting: str = "", own_bars: bool = False
    ) -> None:
        """counting: how a line of the command's output begins that stands for one more thing done.
        own_bars: the command draws bars of its own when it is given a terminal."""
        begun = time.monotonic()
        own_bars = own_bars and self.console.is_terminal and sys.stderr.isatty()
        child = self.stack.children.start(
            command[0],
            [*MANAGE, *command],
            environment=self.environment,
            own_bars=own_bars,
            cwd=ROOT,
        )
        if own_bars:
            child.process.wait()
        else:
            self._follow(child, title, counting)
        if child.process.returncode:
            raise SetupError(f"{title}: {command[0]} failed:\n{child.last_words()}")
        self.stack.children.forget(child)
        seconds = time.monotonic() - begun
        self.console.print(f"{title}: {seconds:.1f} s", highlight=False)

    def _follow(self, child: Child, title: str, counting: str) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
        )
        terminal = self.console.is_terminal
        with Progress(
            *columns, console=self.console, transient=True, disable=not terminal
        ) as progress:
            task = progress.add_task(title, total=None, detail="")
            while child.alive:
                if counting and terminal:
                    lines = child.log.read_text(errors="replace").splitlines()
                    done = sum(line.strip().startswith(counting) for line in lines)
                    progress.update(task, detail=f"{done}")
                time.sleep(0.1)


def migrate_if_needed(steps: Steps) -> None:
    """Nothing to ask when both the database and the migrations are those of the last start."""
    mark = {"database": steps.stack.database_id, "code": digest_of_migrations()}
    if is_local(steps.stack) and steps.stack.state.recall("migrated") == mark:
        return
    steps.manage("Database tables", "migrate", "--noinput", counting="Applying")
    steps.stack.state.remember("migrated", mark)


def is_local(stack: Stack) -> bool:
    """Nobody but this folder changes its database; one that was given may have been emptied meanwhile."""
    given = (stack.state.recall("addresses") or {}).get("given", [])
    return "DATABASE_URL" not in given


def digest_of_migrations() -> str:
    return digest([ROOT / "requirements.lock", *sorted(ROOT.glob("*/migrations/*.py"))])


def digest(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(str(file).encode() + file.read_bytes())
    return total.hexdigest()


def in_foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Its standard streams are ours, so that it can be piped and typed into; its exit code."""
    child = subprocess.Popen(command, env={**environ, **environment})
    with left_to_the_child():
        try:
            code = child.wait()
        except Stopped as stopped:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            return stopped.exit_code
    return 128 - code if code < 0 else code

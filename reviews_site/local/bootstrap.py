"""Makes .venv and installs a lock file into it. Runs on a bare Python: standard library only, no import of ours.

    python3 reviews_site/local/bootstrap.py [run|dev|local]

Exit code 2 with one sentence when something is missing.
"""

# An old Python must get as far as the sentence that says it is too old.
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
# There while pip works: an environment that still has it at the next start is half-made.
UNFINISHED = VENV / "unfinished"
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "local": ROOT / "requirements-local.lock",
}
OLDEST = (3, 11)


class SetupError(Exception):
    """One sentence for whoever typed the command."""


def main(arguments: list[str]) -> int:
    try:
        check_python()
        ensure(arguments[0] if arguments else "run")
    except SetupError as error:
        print(f"Levelfield can't be set up: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def check_python() -> None:
    if sys.version_info[:2] < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, and {sys.executable} is {found}; "
            "install one, or name it: make PYTHON=/path/to/python3."
        )


def ensure(kind: str) -> None:
    """Install the lock file of this kind unless exactly this lock is in the environment already."""
    if kind not in LOCKS:
        raise SetupError(f"{kind} is not one of {', '.join(LOCKS)}.")
    lock = LOCKS[kind]
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamps().get(kind) == digest and works():
        return
    if UNFINISHED.exists() or not works():
        make_venv()
    UNFINISHED.touch()
    install(lock)
    UNFINISHED.unlink()
    STAMP.write_text(json.dumps(stamps() | {kind: digest}))


def stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def works() -> bool:
    if not PYTHON.exists():
        return False
    check = "import pip, sys; sys.exit(sys.version_info[:2] < (3, 11))"
    return quiet([str(PYTHON), "-c", check]).returncode == 0


def make_venv() -> None:
    say("Making .venv …")
    try:
        shutil.rmtree(VENV, ignore_errors=not VENV.exists())
        VENV.mkdir()
        UNFINISHED.touch()
    except OSError as error:
        raise SetupError(
            f"{error.filename or VENV} can't be written: {error.strerror}."
        ) from error
    made = quiet([sys.executable, "-m", "venv", str(VENV)])
    if made.returncode:
        make_venv_without_ensurepip(made)


def make_venv_without_ensurepip(failed: subprocess.CompletedProcess[str]) -> None:
    """Debian splits ensurepip off; a pip of the machine can fill the environment as well."""
    bare = quiet([sys.executable, "-m", "venv", "--without-pip", "--clear", str(VENV)])
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "pip"]
    if bare.returncode or quiet(pip).returncode:
        reason = last_line(failed.stdout + failed.stderr)
        raise SetupError(
            f"{sys.executable} can't make a virtual environment ({reason}); "
            "on Debian and Ubuntu install python3-venv."
        )
    UNFINISHED.touch()


def install(lock: Path) -> None:
    total = sum(
        "==" in line and not line.startswith((" ", "#"))
        for line in lock.read_text().splitlines()
    )
    say(f"Installing {total} packages from {lock.name} …")
    log = VENV / "install.log"
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(lock)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        with log.open("w") as out:
            follow(pip.stdout, total, out)
    if pip.returncode:
        errors = [
            line for line in log.read_text().splitlines() if line.startswith("ERROR")
        ]
        reason = (errors or [last_line(log.read_text())])[0].removeprefix("ERROR: ")
        raise SetupError(
            f"pip could not install {lock.name} ({reason}); see {log} for the rest."
        )


def follow(lines, total: int, out) -> None:  # type: ignore[no-untyped-def]
    """A bar from pip's own lines: it names each package as it collects or finds it."""
    seen = 0
    for line in lines:
        out.write(line)
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            seen += 1
            bar(min(seen, total), total, "collected")
        elif line.startswith("Installing collected"):
            bar(total, total, "unpacking …")
    if sys.stderr.isatty():
        print(file=sys.stderr)


def bar(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        width = 30 * done // max(total, 1)
        line = f"\r  [{'█' * width}{' ' * (30 - width)}] {done}/{total} {what}   "
        print(line, end="", file=sys.stderr, flush=True)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def quiet(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))

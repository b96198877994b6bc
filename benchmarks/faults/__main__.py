"""Breaks what can break and counts what was lost, doubled or late.

    make faults                        # every family, about half an hour
    make faults ARGS="--short"         # three minutes, with short waits
    make faults ARGS="--only site"     # one family

One family after the other. Ends with a line for each of the rows 34 to 44 of docs/trust.md, which is kept in STATE/faults.md.
Exit code 1 if a promise was not kept or a family broke off. Everything runs on 127.0.0.1, in a database that is made for it, and Redis is emptied:
REDIS_URL, if given, must name one that holds nothing else.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from benchmarks.faults.results import Trial, as_table, by_row, from_json
from reviews_site.local.stack import running_stack

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "levelfield_faults"
# Each with the settings it needs; see the package's docstring.
FAMILIES: dict[str, dict[str, str]] = {
    # What a burst collects is beside the point: each message is an e-mail, at once.
    "emails": {"MESSAGE_EMAIL_SECONDS": "0"},
    "posts": {"MESSAGE_EMAIL_SECONDS": "0"},
    "site": {"MESSAGE_EMAIL_SECONDS": "0"},
    "replicas": {"MESSAGE_EMAIL_SECONDS": "0"},
}


def own_database(url: str, name: str, template: str = "template1") -> str:
    """A fresh one on the same server."""
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def run(*arguments: str, settings: dict[str, str]) -> str:
    """What it printed. Whoever stops us stops it, and waits until it has ended what it started."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | settings,
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate()
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments[0])
    return printed


def family(name: str, folder: Path, seed: int, short: bool, url: str) -> list[Trial]:
    """What its processes say is in the folder afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    module = ["-m", "benchmarks.faults.family", name, "--seed", str(seed)]
    module += ["--folder", str(folder)]
    if short:
        module.append("--short")
    return from_json(run(*module, settings=FAMILIES[name] | {"DATABASE_URL": url}))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults ARGS=…", description=__doc__)
    parser.add_argument("--only", choices=FAMILIES, help="this family alone")
    parser.add_argument("--seed", type=int, default=1, help="the moments of the faults")
    parser.add_argument("--short", action="store_true", help="with short waits")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    return parser.parse_args()


def main() -> None:
    wanted = arguments()
    names = [wanted.only] if wanted.only else list(FAMILIES)
    state = Path(os.environ.get("STATE") or "/var/tmp/levelfield-faults")
    found: dict[str, list[Trial]] = {}
    broke_off = []
    with running_stack(state) as stack:
        os.environ.update(
            stack.environment,
            DATABASE_URL=own_database(stack.environment["DATABASE_URL"], DATABASE),
            DJANGO_SETTINGS_MODULE="reviews_site.settings",
            SITE_URL="http://127.0.0.1:8000",
            DEBUG="0",
            DEMO="0",
            LOG_LEVEL="WARNING",
        )
        run("manage.py", "migrate", "-v0", settings={})
        for name in names:
            folder, begun = state / f"faults-{name}", time.monotonic()
            url = own_database(
                os.environ["DATABASE_URL"], f"{DATABASE}_{name}", DATABASE
            )
            try:
                found[name] = family(name, folder, wanted.seed, wanted.short, url)
            except subprocess.CalledProcessError:
                # What happened is on standard error; the others are still worth knowing.
                broke_off.append(name)
                continue
            took = time.monotonic() - begun
            print(
                f"\n{name}, seed {wanted.seed}, {took:.0f} s, load {os.getloadavg()[0]:.1f}\n"
            )
            print(as_table(found[name]), flush=True)
    trials = [each for those in found.values() for each in those]
    (state / "faults.md").write_text(by_row(trials) + "\n")
    print(f"\n{by_row(trials)}")
    for name in broke_off:
        print(f"\nThe family {name} broke off: see above, and {state}/faults-{name}.")
    if wanted.json:
        figures = {
            name: [asdict(each) for each in those] for name, those in found.items()
        }
        wanted.json.write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(1 if broke_off or not all(each.kept for each in trials) else 0)


if __name__ == "__main__":
    main()

"""Breaks what can break and counts what was lost, doubled or late.

    make faults                        # every family, about ten minutes
    make faults ARGS="--short"         # two minutes, with short waits
    make faults ARGS="--only site"     # one family

Exit code 1 if a promise was not kept. Everything runs on 127.0.0.1, in a database that is made for it, and Redis is emptied:
REDIS_URL, if given, must name one that holds nothing else.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from benchmarks.faults.results import Finding, as_table, from_json
from reviews_site.local.stack import running_stack

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "levelfield_faults"
# Each with the settings it needs; see the package's docstring.
FAMILIES: dict[str, dict[str, str]] = {
    # What a burst collects is beside the point: each message is an e-mail, at once.
    "emails": {"MESSAGE_EMAIL_SECONDS": "0"},
    "site": {"MESSAGE_EMAIL_SECONDS": "0"},
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
    done = subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=ROOT,
        env=os.environ | settings,
        text=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout


def family(name: str, folder: Path, seed: int, short: bool, url: str) -> list[Finding]:
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
    parser.add_argument("--short", action="store_true", help="under a minute")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    return parser.parse_args()


def main() -> None:
    wanted = arguments()
    names = [wanted.only] if wanted.only else list(FAMILIES)
    state = Path(os.environ.get("STATE") or "/var/tmp/levelfield-faults")
    found: dict[str, list[Finding]] = {}
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
            folder = state / f"faults-{name}"
            url = own_database(
                os.environ["DATABASE_URL"], f"{DATABASE}_{name}", DATABASE
            )
            found[name] = family(name, folder, wanted.seed, wanted.short, url)
            print(f"\n{name}, seed {wanted.seed}\n\n{as_table(found[name])}")
    if wanted.json:
        figures = {
            name: [asdict(each) for each in rows] for name, rows in found.items()
        }
        wanted.json.write_text(json.dumps(figures, indent=1) + "\n")
    broken = [each for rows in found.values() for each in rows if not each.kept and each.promised]  # fmt: skip
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

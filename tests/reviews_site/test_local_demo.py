"""The demo as a process: what it starts, what it says, and that nothing of it is left."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviews_site.local import composed
from reviews_site.local.bootstrap import ROOT
from reviews_site.local.demo import digest_of_static_sources
from reviews_site.local.processes import born
from reviews_site.local.stack import joined_stack
from reviews_site.local.state import State
from reviews_site.seed.members import DEMO_MEMBERS
from tests.reviews_site.test_local import LOCAL, free_port, gone, wait_until

PARTS = ["postgres", "redis", *composed.PARTS]


@pytest.fixture(scope="module", autouse=True)
def no_servers_given() -> Iterator[None]:
    """The servers of the test run are not given to the demos started here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL")
        patch.delenv("REDIS_URL")
        patch.delenv("SITE_URL")
        yield


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, no_servers_given) -> Iterator[Path]:
    """A state folder as a first run leaves it: the next start finds tables, files and data in place."""
    folder = tmp_path_factory.mktemp("demo") / "state"
    migrate = [*LOCAL, "manage", "check"]
    subprocess.run(migrate, check=True, env=os.environ | {"STATE": str(folder)})
    with joined_stack(folder, what="a test") as stack:
        stack.state.remember("seeded", {"database": stack.database_id})
        stack.state.remember("collected", digest_of_static_sources())
        (stack.state.static / "collected").touch()
    yield folder
    shutil.rmtree((folder / "servers").resolve())


@contextmanager
def running_demo(folder: Path) -> Iterator[tuple[subprocess.Popen, int, Path]]:
    port = free_port()
    said = folder.with_name("said.txt")
    with said.open("w") as out:
        demo = subprocess.Popen(
            [*LOCAL, "demo"],
            cwd=ROOT,
            env=os.environ | {"STATE": str(folder), "PORT": str(port)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(
            lambda: "Ctrl-C stops" in said.read_text() or demo.poll() is not None
        )
        assert demo.poll() is None, said.read_text()
        yield demo, port, said
    finally:
        if demo.poll() is None:
            demo.terminate()
            demo.wait(60)


def records(folder: Path) -> list[dict]:
    return State(folder).recall("processes")


def commands_of(folder: Path, port: int) -> dict[str, list[str]]:
    """What runs, with a container's address and folder in place of the demo's."""
    there = {
        f"127.0.0.1:{port}": "0.0.0.0:8000",
        f"{folder}/beat": "/srv/beat/schedule",
    }
    found = {}
    for record in records(folder):
        if record["name"] in composed.PARTS:
            said = Path(f"/proc/{record['pid']}/cmdline").read_text().rstrip("\0")
            python, minus_m, *command = said.split("\0")
            assert (python, minus_m) == (sys.executable, "-m")
            found[record["name"]] = [there.get(word, word) for word in command]
    assert set(found) == set(composed.PARTS)
    return found


def sessions_of(pids: list[int]) -> list[int]:
    """Every process of these sessions: the children of our children too."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) in pids and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(prepared, number):
    with running_demo(prepared) as (demo, port, said):
        pids = [record["pid"] for record in records(prepared)]
        assert [record["name"] for record in records(prepared)] == PARTS
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as response:
            assert response.read() == b"ok\n"
        # Two web workers beside the seven themselves; the first one may answer before the second is there.
        wait_until(lambda: len(sessions_of(pids)) >= len(pids) + 2)
        everybody = sessions_of(pids)
        demo.send_signal(number)
        assert demo.wait(60) == 128 + number
    assert gone(everybody)
    assert records(prepared) is None
    assert "Traceback" not in said.read_text()


def test_the_demo_runs_what_compose_runs_says_where_and_takes_in_a_command(prepared):
    show = "from django.conf import settings; print(settings.SITE_URL, settings.DEMO)"
    with running_demo(prepared) as (demo, port, said):
        text = said.read_text()
        for part, command in commands_of(prepared, port).items():
            assert command == composed.services()[part]["command"]
        done = subprocess.run(
            [*LOCAL, "manage", "shell", "-v0", "-c", show],
            cwd=ROOT,
            env=os.environ | {"STATE": str(prepared)},
            capture_output=True,
            text=True,
        )
        assert done.stdout == f"http://127.0.0.1:{port} True\n"
        assert demo.poll() is None
        assert all(born(record["pid"]) for record in records(prepared))
    assert text.startswith("Servers: Postgres ")
    assert f"Levelfield runs at http://127.0.0.1:{port}/\n" in text
    assert f"http://127.0.0.1:{port}/dev/mail/" in text
    for member in DEMO_MEMBERS:
        assert re.search(
            f"{re.escape(member.email)} +{re.escape(member.password)}", text
        )


@pytest.mark.parametrize("part", ["worker-mail", "redis"])
def test_when_one_part_dies_the_rest_is_stopped_and_its_log_shown(prepared, part):
    with running_demo(prepared) as (demo, _, said):
        pids = {record["name"]: record["pid"] for record in records(prepared)}
        everybody = sessions_of(list(pids.values()))
        os.kill(pids[part], signal.SIGKILL)
        assert demo.wait(60) == 2
    text = said.read_text()
    assert f"{part} ended by itself (exit code -9), so everything was stopped." in text
    assert f"{part}.log:" in text
    assert "Traceback" not in text
    wait_until(lambda: gone(everybody))


def test_manage_py_demo_is_the_same_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env=os.environ | {"STATE": str(tmp_path / "x"), "PORT": "none"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "Levelfield stopped: PORT=none is not a port: give a number from 1 to 65535.\n",
    )

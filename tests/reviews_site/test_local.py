"""The local stack with real servers, real signals and real folders."""

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from reviews_site.local import bootstrap
from reviews_site.local.binaries import probe
from reviews_site.local.bootstrap import ROOT, SetupError
from reviews_site.local.commands import digest_of_migrations
from reviews_site.local.processes import Children, born, end_leftovers
from reviews_site.local.stack import joined_stack, running_stack
from reviews_site.local.state import State, as_server_user

LOCAL = [sys.executable, "-m", "reviews_site.local"]


@pytest.fixture(autouse=True)
def no_servers_given(monkeypatch):
    """The servers of the test run are not given to what runs in these tests."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.chdir(ROOT)


@pytest.fixture
def folder(tmp_path: Path):
    """Where a state folder may be made."""
    yield tmp_path / "state"
    for servers in tmp_path.glob("*/servers"):
        shutil.rmtree(servers.resolve(), ignore_errors=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A state folder that has been started before; what asks for tables is tested with the demo's."""
    folder = tmp_path_factory.mktemp("made") / "state"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL")
        patch.delenv("REDIS_URL")
        with running_stack(folder, durable=False) as stack:
            mark = {"database": stack.database_id, "code": digest_of_migrations()}
            stack.state.remember("migrated", mark)
    yield folder
    shutil.rmtree((folder / "servers").resolve())


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*LOCAL, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )


def free_port() -> int:
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return int(probe_socket.getsockname()[1])


def wait_until(condition, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def gone(pids: list[int]) -> bool:
    return not any(born(pid) for pid in pids)


# --- servers --------------------------------------------------------------------------------


def test_stack_starts_both_servers_and_stops_them(made):
    with running_stack(made, durable=False) as stack:
        pids = [record["pid"] for record in stack.state.recall("processes")]
        with psycopg2.connect(stack.environment["DATABASE_URL"]) as connection:
            assert connection.server_version >= 130000
        connection.close()
        with redis.Redis.from_url(stack.environment["REDIS_URL"]) as client:
            assert client.ping()
    assert len(pids) == 2
    assert gone(pids)


def test_stack_says_in_one_line_which_servers_it_took(made):
    with running_stack(made, durable=False) as stack:
        assert stack.taken.startswith("Servers: Postgres ")
        assert "\n" not in stack.taken


def test_stack_keeps_data_and_key(made):
    seen = []
    for _ in range(2):
        with running_stack(made, durable=False) as stack:
            connection = psycopg2.connect(stack.environment["DATABASE_URL"])
            with connection, connection.cursor() as cursor:
                cursor.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
                cursor.execute("INSERT INTO kept VALUES (1)")
                cursor.execute("SELECT count(*) FROM kept")
                seen.append((cursor.fetchone()[0], stack.environment["SECRET_KEY"]))
            connection.close()
    assert [count for count, _ in seen] == [1, 2]
    assert seen[0][1] == seen[1][1] and len(seen[0][1]) >= 50


def test_stack_takes_servers_that_are_given(made, folder, monkeypatch):
    with running_stack(made, durable=False) as ours:
        monkeypatch.setenv("DATABASE_URL", ours.environment["DATABASE_URL"])
        monkeypatch.setenv("REDIS_URL", ours.environment["REDIS_URL"])
        state = State(folder)
        with running_stack(state.folder) as stack:
            assert stack.environment["DATABASE_URL"] == os.environ["DATABASE_URL"]
            assert "from DATABASE_URL; Redis" in stack.taken
            assert state.recall("processes") is None
        # Later commands on this folder find them without being told again.
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("REDIS_URL")
        with joined_stack(state.folder, what="a test") as again:
            assert again.environment == stack.environment


def test_a_given_server_that_does_not_answer_is_one_sentence_without_the_password(
    folder,
):
    given = "postgres://somebody:very-secret@127.0.0.1:1/none"
    done = run("demo", STATE=str(folder), DATABASE_URL=given)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Levelfield stopped: DATABASE_URL gives no Postgres")
    assert "very-secret" not in done.stderr


def test_wheels_serve_where_nothing_is_installed(folder, monkeypatch):
    pytest.importorskip("pg0")
    monkeypatch.setenv("SERVERS", "wheel")
    with running_stack(folder, durable=False) as stack:
        assert stack.taken.count("from its wheel") == 2


def test_a_missing_library_is_named():
    # Where the servers' user may enter, unlike the folders of a test.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        program = Path(folder, "postgres")
        program.write_text(
            "#!/bin/sh\necho 'error while loading shared libraries: libssl.so.9' >&2\nexit 127\n"
        )
        program.chmod(0o755)
        with pytest.raises(SetupError, match=r"can't run: .*libssl\.so\.9"):
            probe(program, "a test")


# --- the folder -----------------------------------------------------------------------------


def test_interrupted_initdb_is_done_again(folder):
    state = State(folder)
    state.prepare()
    half = state.servers / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    with running_stack(folder, durable=False):
        assert (state.servers / "postgres" / "PG_VERSION").exists()
    assert not half.exists()


def test_half_created_folder_and_half_written_files_are_completed(folder):
    (folder / "logs").mkdir(parents=True)
    (folder / "lock").write_text('{"pid": 1, "wh')
    (folder / "processes.json").write_text("[{")
    (folder / "addresses.json").write_text("")
    (folder / "secret_key").write_text("")
    with running_stack(folder, durable=False) as stack:
        assert stack.environment["SECRET_KEY"]


def test_a_dangling_link_to_the_servers_is_made_anew(folder):
    folder.mkdir()
    (folder / "servers").symlink_to("/var/tmp/levelfield-that-was-cleaned-away")
    state = State(folder)
    state.prepare()
    assert state.sockets.is_dir()


def test_a_long_path_still_gives_a_usable_socket(folder):
    state = State(folder.with_name("long" * 30))
    state.prepare()
    assert len(str(state.sockets / ".s.PGSQL.5432")) <= 103
    assert state.sockets.is_dir()
    state.sockets.rmdir()


@pytest.mark.parametrize("where", ["/dev/null/x", "/proc/levelfield"])
def test_a_folder_that_cannot_be_written_is_one_sentence(folder, where):
    done = run("demo", STATE=where)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"the state folder {where} can't be used" in done.stderr


def test_a_folder_in_use_names_its_user(made):
    with running_stack(made, durable=False, what="the first demo"):
        done = run("demo", STATE=str(made))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"in use by the first demo, process {os.getpid()}" in done.stderr


def test_a_taken_port_is_one_sentence(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("demo", STATE=str(folder), PORT=str(port))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port} can't be used (Address already in use)" in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_one_sentence(folder, port):
    done = run("demo", STATE=str(folder), PORT=port)
    assert done.returncode == 2
    assert done.stderr == (
        f"Levelfield stopped: PORT={port} is not a port: give a number from 1 to 65535.\n"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_as_root_the_servers_run_as_nobody(made):
    with running_stack(made, durable=False) as stack:
        for record in stack.state.recall("processes"):
            owner = Path(f"/proc/{record['pid']}").stat().st_uid
            assert owner == pwd.getpwnam("nobody").pw_uid
    assert as_server_user()["user"] == "nobody"


# --- processes ------------------------------------------------------------------------------


def test_what_a_killed_run_left_is_ended_by_the_next(made):
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from reviews_site.local.stack import running_stack\n"
        "with running_stack(Path(sys.argv[1]), durable=False):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(made)])
    assert killed.returncode == -signal.SIGKILL
    left = [record["pid"] for record in State(made).recall("processes")]
    assert not gone(left)
    with running_stack(made, durable=False) as stack:
        assert sorted(stack.ended) == ["postgres", "redis"]
        assert gone(left)


def test_a_stranger_with_a_recorded_number_is_left_alone(folder):
    state = State(folder)
    state.prepare()
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    record = {"name": "postgres", "pid": stranger.pid, "born": "1", "stop_signal": 9}
    state.remember("processes", [record])
    assert end_leftovers(state) == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_stopping_a_child_stops_its_children_too(folder):
    state = State(folder)
    state.prepare()
    children = Children(state)
    script = "trap '' TERM; sleep 300 & echo $!; wait"
    child = children.start("stubborn", ["sh", "-c", script], patience=0.2)
    wait_until(lambda: child.log.read_text().strip())
    grandchild = int(child.log.read_text())
    children.stop()
    wait_until(lambda: gone([child.process.pid, grandchild]))


# --- make manage ----------------------------------------------------------------------------


def test_manage_gives_the_commands_own_output_and_exit_code(made):
    show = "import json, sys; print(json.dumps([1])); sys.exit(7)"
    done = run("manage", "shell", "-v0", "-c", show, STATE=str(made))
    assert (done.returncode, json.loads(done.stdout)) == (7, [1])
    assert State(made).recall("processes") is None


def test_manage_uses_the_servers_that_run_already(made):
    show = "from django.db import connection as c; print(c.cursor().connection.info.backend_pid)"
    with running_stack(made, durable=False) as stack:
        stack.announce(stack.environment)
        before = stack.state.recall("processes")
        done = run("manage", "shell", "-v0", "-c", show, STATE=str(made))
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) > 0
        assert stack.state.recall("processes") == before
        assert stack.children.dead() is None


def test_manage_passes_sigterm_on_and_stops_the_servers(made):
    waiting = "import time; print('started', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [*LOCAL, "manage", "shell", "-v0", "-c", waiting],
        env={**os.environ, "STATE": str(made)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "started\n"
    pids = [record["pid"] for record in State(made).recall("processes")]
    process.terminate()
    assert process.wait(30) == 128 + signal.SIGTERM
    assert gone(pids)
    process.stdout.close()


# --- bootstrap ------------------------------------------------------------------------------


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """An environment of its own, with a lock file that asks for nothing."""
    lock = tmp_path / "requirements.lock"
    lock.write_text("# nothing\n")
    monkeypatch.setattr(bootstrap, "LOCKS", {"run": lock})
    for name, path in (
        ("VENV", "venv"),
        ("PYTHON", "venv/bin/python"),
        ("STAMP", "venv/installed.json"),
        ("UNFINISHED", "venv/unfinished"),
    ):
        monkeypatch.setattr(bootstrap, name, tmp_path / path)
    return tmp_path / "venv"


def test_bootstrap_makes_an_environment_once_and_again_when_pip_failed(venv):
    bootstrap.ensure("run")
    (venv / "ours").touch()
    bootstrap.ensure("run")
    assert (venv / "ours").exists()

    # Another lock is installed into the same environment.
    bootstrap.LOCKS["run"].write_text("# nothing else\n")
    bootstrap.ensure("run")
    assert (venv / "ours").exists()

    # pip fails, and that is said.
    bootstrap.LOCKS["run"].write_text("./not-there.whl --hash=sha256:00\n")
    with pytest.raises(SetupError, match="pip could not install requirements.lock"):
        bootstrap.ensure("run")
    assert (venv / "unfinished").exists()

    bootstrap.LOCKS["run"].write_text("# something\n")
    bootstrap.ensure("run")
    assert not (venv / "ours").exists()
    assert not (venv / "unfinished").exists()


def test_bootstrap_needs_nothing_but_the_standard_library():
    done = subprocess.run(
        [sys.executable, "-I", "-S", bootstrap.__file__, "nonsense"],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Levelfield can't be set up: nonsense is not one of")


def test_locks_have_hashes_name_no_index_and_agree_with_each_other():
    versions: dict[str, set[str]] = {}
    for lock in bootstrap.LOCKS.values():
        text = lock.read_text()
        assert "://" not in text
        for block in re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]:
            name, version = re.match(r"([^=\s\[]+)(?:\[\S+\])?==(\S+)", block).groups()
            assert "--hash=sha256:" in block
            versions.setdefault(name, set()).add(version)
    assert {name for name, found in versions.items() if len(found) > 1} == set()

"""Three Postgres servers of one machine, each a process of its own: a primary and the two that follow it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress

import psycopg2

from reviews_site.local.binaries import Binary
from reviews_site.local.processes import Children
from reviews_site.local.servers import DATABASE, NOT_DURABLE, PostgresServer
from reviews_site.local.state import State, as_server_user, own_by_server_user

NAMES = ("one", "two", "three")
FIRST_PORT = 5451
PATIENCE = 60.0

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
port = {port}
max_connections = 200
shared_buffers = 64MB
wal_keep_size = 256MB
hot_standby_feedback = on
max_standby_streaming_delay = 5s
wal_retrieve_retry_interval = 200ms
synchronous_standby_names = '{synchronous}'
recovery_min_apply_delay = {delay}
"""


class Node:
    def __init__(self, name: str, state: State, binary: Binary) -> None:
        self.name, self.state, self.binary = name, state, binary
        self.data = state.servers / name
        self.port = FIRST_PORT + NAMES.index(name)
        self.url = f"postgres://postgres@/{DATABASE}?host={state.sockets}&port={self.port}"  # fmt: skip
        self.process: subprocess.Popen | None = None

    def configure(self, *, synchronous: str, delay: str) -> None:
        text = SETTINGS.format(
            sockets=self.state.sockets,
            port=self.port,
            synchronous=synchronous,
            delay=delay,
        )
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(text)

    def follow(self, primary: "Node") -> None:
        """From the next start on; follow_now() for one that runs."""
        signal_file = self.data / "standby.signal"
        signal_file.touch()
        own_by_server_user(signal_file)
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"primary_conninfo = '{self._address_of(primary)}'\n")

    def follow_now(self, primary: "Node") -> None:
        self.set("primary_conninfo", self._address_of(primary))

    def _address_of(self, primary: "Node") -> str:
        host = f"host={self.state.sockets} port={primary.port}"
        return f"{host} user=postgres application_name={self.name}"

    # --- its process ------------------------------------------------------------------------

    def start(self) -> None:
        log = (self.state.logs / f"{self.name}.log").open("wb")
        with log:
            self.process = subprocess.Popen(
                [str(self.binary.path), "-D", str(self.data)],
                env=os.environ | self.binary.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.data,
                **as_server_user(),
            )
        wait_until(self._answers, f"{self.name} answers")

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: see {self.state.logs}.")
        with suppress(psycopg2.OperationalError):
            return self.ask("SELECT true") == (True,)
        return False

    def crash(self) -> None:
        """As if its machine lost power: no process of it says another word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)
            self.process.wait(PATIENCE)
            self.process = None

    # --- what it says -----------------------------------------------------------------------

    def ask(self, sql: str, *parameters: object) -> tuple | None:
        with closing(psycopg2.connect(self.url, connect_timeout=5)) as connection:
            # ALTER SYSTEM refuses a transaction.
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters or None)
                return cursor.fetchone() if cursor.description else None

    def set(self, name: str, value: str) -> None:
        self.ask(f"ALTER SYSTEM SET {name} = %s", value)
        self.ask("SELECT pg_reload_conf()")

    def number(self, sql: str) -> int:
        row = self.ask(sql)
        return int(row[0] or 0) if row else 0

    def received(self) -> int:
        return self.number("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn")

    def is_followed_by(self) -> int:
        return self.number(
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
        )

    def transactions(self) -> int:
        """How many it has ended in the site's database, a query outside a transaction counting as one."""
        return self.number(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )


def wait_until(condition, what: str, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError(f"Not within {seconds:.0f} s: {what}.")
        time.sleep(0.02)


class Cluster:
    def __init__(self, state: State, *, synchronous: bool, delay: str) -> None:
        self.state, self.delay = state, delay
        self.synchronous = f"ANY 1 ({', '.join(NAMES)})" if synchronous else ""
        self.nodes: dict[str, Node] = {}

    def filled(self, fill: Callable[[str], dict], kind: str) -> dict:
        """What fill(address) said when it made the tables and rows that all three begin with; done once for a kind."""
        server = PostgresServer(self.state)
        known = self.state.recall("filled") or {}
        if known.get("kind") != kind:
            self.state.forget("filled")
            shutil.rmtree(server.data, ignore_errors=True)
            known = {"kind": kind, "said": self._fill(server, fill)}
            self.state.remember("filled", known)
        self._copy(server)
        return known["said"]

    def _fill(self, server: PostgresServer, fill: Callable[[str], dict]) -> dict:
        children = Children(self.state)
        try:
            server.start(children, NOT_DURABLE)
            return fill(server.url)
        finally:
            children.stop()

    def _copy(self, server: PostgresServer) -> None:
        """What lies there when a server was stopped cleanly is a whole copy of it."""
        for name in NAMES:
            copy = self.state.servers / name
            shutil.rmtree(copy, ignore_errors=True)
            subprocess.run(["cp", "-a", server.data, copy], check=True)
        self.nodes = {name: Node(name, self.state, server.binary) for name in NAMES}

    def start(self) -> None:
        primary, *standbys = self.nodes.values()
        for node in self.nodes.values():
            late = self.delay if node.name == NAMES[-1] else "0"
            node.configure(synchronous=self.synchronous, delay=late)
        for node in standbys:
            node.follow(primary)
        for node in self.nodes.values():
            node.start()
        wait_until(lambda: primary.is_followed_by() == len(standbys), "both follow")

    def fail_over(self) -> tuple[Node, Node]:
        """To whichever holds most: an acknowledged write is in one of the two at least. (the new primary, the other)

        What replays late asks for a new primary only once it has replayed all it has. Until then writes don't wait for it.
        """
        standbys = [node for node in self.nodes.values() if node.process is not None]
        ahead, other = sorted(standbys, key=lambda node: -node.received())
        ahead.set("synchronous_standby_names", "")
        ahead.ask("SELECT pg_promote(true, 30)")
        other.follow_now(ahead)
        return ahead, other

    def stop(self) -> None:
        for node in reversed(self.nodes.values()):
            node.stop()


def transactions(nodes: Mapping[str, Node]) -> dict[str, int]:
    return {
        name: node.transactions()
        for name, node in nodes.items()
        if node.process is not None
    }

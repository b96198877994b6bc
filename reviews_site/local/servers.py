"""Postgres and Redis as children of ours, on Unix sockets in the state folder: no port that could be taken."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGINT

import psycopg2
import redis

from reviews_site.local.binaries import Binary, find_postgres, find_redis
from reviews_site.local.bootstrap import SetupError, last_line
from reviews_site.local.processes import Children, wait_until_ready
from reviews_site.local.state import State, as_server_user, own_by_server_user

DATABASE = "levelfield"
# For data that a crash may take: tests and measurements.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    def __init__(self, state: State) -> None:
        self.state = state
        self.data = state.servers / "postgres"
        self.binary = find_postgres(state, made_by=self._made_by())
        self.url = f"postgres://postgres@/{DATABASE}?host={state.sockets}"

    def _made_by(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except OSError:
            return None
        except ValueError as error:
            raise SetupError(
                f"{self.data} is damaged; remove it or use STATE=."
            ) from error

    def start(self, children: Children, options: Mapping[str, str]) -> None:
        if not self.data.exists():
            self._create_data()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.state.sockets),
            "max_connections": "200",
            **options,
        }
        arguments = [
            part
            for name, value in settings.items()
            for part in ("-c", f"{name}={value}")
        ]
        server = children.start(
            "postgres",
            [self.binary.path, "-D", self.data, *arguments],
            environment=self.binary.environment,
            stop_signal=SIGINT,
            patience=30,
            serves_others=True,
            cwd=self.data,
            **as_server_user(),
        )
        wait_until_ready(server, self._answers, seconds=60)
        self._create_database()

    def _create_data(self) -> None:
        """Under another name first: an interrupted initdb never looks like data."""
        new = self.data.with_name("postgres.new")
        for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(mode=0o700)
            own_by_server_user(new)
            made = self._initdb(new, locale)
            if made.returncode == 0:
                new.rename(self.data)
                return
        raise SetupError(f"initdb failed: {last_line(made.stderr or made.stdout)}")

    def _initdb(self, folder: Path, locale: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(self.binary.path.with_name("initdb")), "-D", str(folder), "--no-sync"]
            + ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
            + [f"--locale={locale}"],
            capture_output=True,
            text=True,
            cwd=folder,
            env={**os.environ, **self.binary.environment},
            **as_server_user(),
        )

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=str(self.state.sockets), user="postgres", dbname=database
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        connection = self._connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s),"
                " EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')",
                [DATABASE],
            )
            exists, searchable = cursor.fetchone()
            if not searchable:
                raise SetupError(
                    f"{self.binary.path} lacks the extension pg_trgm: install its contrib package."
                )
            if not exists:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        connection.close()


class RedisServer:
    def __init__(self, state: State) -> None:
        self.state = state
        self.binary: Binary = find_redis(state)
        self.socket = state.sockets / "redis.sock"
        self.url = f"unix://{self.socket}?db=0"

    def start(self, children: Children) -> None:
        with suppress(FileNotFoundError):
            self.socket.unlink()
        server = children.start(
            "redis",
            [str(self.binary.path), "--port", "0", "--unixsocket", str(self.socket)]
            # Nothing is saved: what Redis holds is rebuilt from Postgres, and an old cache may not suit new code.
            + ["--unixsocketperm", "700", "--save", "", "--databases", "64"],
            serves_others=True,
            cwd=self.state.sockets,
            **as_server_user(),
        )
        wait_until_ready(server, self._answers, seconds=20)

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False
        finally:
            client.close()


def check_given_postgres(url: str) -> str:
    """The version of a server that somebody gave us; a SetupError never repeats the address: it holds a password."""
    try:
        with psycopg2.connect(url, connect_timeout=5) as connection:
            version = connection.server_version
    except (psycopg2.Error, UnicodeError) as error:
        raise SetupError(
            f"DATABASE_URL gives no Postgres: {last_line(str(error))}"
        ) from error
    return f"{version // 10000}.{version % 10000}"


def check_given_redis(url: str) -> str:
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)
        return str(client.info("server")["redis_version"])
    except (redis.RedisError, OSError, ValueError) as error:
        raise SetupError(f"REDIS_URL gives no Redis: {error}") from error

"""Postgres and Redis for as long as a command needs them: `with running_stack(folder) as stack`."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reviews_site.local.bootstrap import SetupError
from reviews_site.local.interrupts import stopped_by_signals
from reviews_site.local.processes import Children, end_leftovers
from reviews_site.local.servers import (
    NOT_DURABLE,
    PostgresServer,
    RedisServer,
    check_given_postgres,
    check_given_redis,
)
from reviews_site.local.state import State, default_folder

# A first start may have to install and unpack the embedded servers.
PATIENCE = 180.0


@dataclass(frozen=True)
class Stack:
    state: State
    children: Children
    # What a command of the site needs to run on these servers.
    environment: dict[str, str]
    # One line: which Postgres and which Redis; empty where somebody else started them.
    taken: str = ""
    # Names of processes that a killed run had left behind.
    ended: Sequence[str] = ()

    @property
    def started_here(self) -> bool:
        return bool(self.taken)

    @property
    def database_id(self) -> str:
        """Names the database without its password."""
        return hashlib.sha256(self.environment["DATABASE_URL"].encode()).hexdigest()

    def announce(self, environment: Mapping[str, str]) -> None:
        """From now on other commands may join in, and run with this environment."""
        self.state.remember("running", dict(environment))


@contextmanager
def running_stack(
    folder: Path | None = None,
    *,
    what: str = "a local stack",
    durable: bool = True,
    postgres_options: Mapping[str, str] | None = None,
) -> Iterator[Stack]:
    """Start the servers that DATABASE_URL and REDIS_URL do not give; stop them at the end, whatever happens.

    SetupError if another process holds the folder; Stopped on Ctrl-C and SIGTERM.
    """
    state = State(folder or default_folder())
    with stopped_by_signals():
        state.prepare()
        if not state.lock(what):
            raise SetupError(
                f"{state.folder} is in use by {state.holder()}; stop it first or use STATE=/another/folder."
            )
        with started(state, durable, postgres_options or {}) as stack:
            yield stack


@contextmanager
def joined_stack(folder: Path | None = None, *, what: str) -> Iterator[Stack]:
    """The servers that run already in this folder, else as running_stack; those who joined are waited for."""
    state = State(folder or default_folder())
    until = time.monotonic() + PATIENCE
    with stopped_by_signals():
        state.prepare()
        while not state.lock(what):
            with state.sharing() as shared:
                environment = state.recall("running") if shared else None
                if environment:
                    yield Stack(state, Children(state), environment)
                    return
            if time.monotonic() > until:
                raise SetupError(
                    f"{state.folder} is in use by {state.holder()}, which offers no servers."
                )
            time.sleep(0.2)
        with started(state, True, {}, recalled(state)) as stack:
            yield stack
            state.wait_for_others()


@contextmanager
def started(
    state: State,
    durable: bool,
    postgres_options: Mapping[str, str],
    given: Mapping[str, str] = os.environ,
) -> Iterator[Stack]:
    children = Children(state)
    try:
        state.forget("running")
        ended = end_leftovers(state)
        options = {**({} if durable else NOT_DURABLE), **postgres_options}
        database_url, database = choose_postgres(state, children, options, given)
        redis_url, broker = choose_redis(state, children, given)
        environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        state.remember("addresses", environment | {"given": given_names(given)})
        yield Stack(
            state,
            children,
            environment | {"SECRET_KEY": state.secret_key()},
            f"Servers: {database}; {broker}.",
            ended,
        )
    finally:
        state.forget("running")
        children.stop()
        state.unlock()


def given_names(given: Mapping[str, str]) -> list[str]:
    return [name for name in ("DATABASE_URL", "REDIS_URL") if given.get(name)]


def recalled(state: State) -> dict[str, str]:
    """The servers somebody gave the last time, unless others are given now."""
    addresses = state.recall("addresses") or {}
    before = {name: addresses[name] for name in addresses.get("given", [])}
    return before | {name: os.environ[name] for name in given_names(os.environ)}


def choose_postgres(
    state: State,
    children: Children,
    options: Mapping[str, str],
    given: Mapping[str, str],
) -> tuple[str, str]:
    """(address, which one in words)"""
    if url := given.get("DATABASE_URL"):
        return url, f"Postgres {check_given_postgres(url)} from DATABASE_URL"
    server = PostgresServer(state)
    server.start(children, options)
    return server.url, str(server.binary)


def choose_redis(
    state: State, children: Children, given: Mapping[str, str]
) -> tuple[str, str]:
    if url := given.get("REDIS_URL"):
        return url, f"Redis {check_given_redis(url)} from REDIS_URL"
    server = RedisServer(state)
    server.start(children)
    return server.url, str(server.binary)

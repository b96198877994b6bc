"""Databases beside the one at hand, on the same servers: `postgres://…/site` has `…/site_tenth` as a neighbour."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

# Broker and cache of each set.
REDIS_DATABASES = 2


def neighbour(database_url: str, ending: str) -> str:
    parts = urlsplit(database_url)
    return parts._replace(path=f"{parts.path}_{ending}").geturl()


def name_of(database_url: str) -> str:
    return urlsplit(database_url).path.lstrip("/")


def redis_neighbour(redis_url: str, number: int) -> str:
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        first = int(parse_qs(parts.query).get("db", ["0"])[0])
        return f"unix://{parts.path}?db={first + REDIS_DATABASES * number}"
    first = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{first + REDIS_DATABASES * number}").geturl()


@contextmanager
def connected(database_url: str) -> Iterator[Connection]:
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def ask(database_url: str, query: str | sql.Composable, *given: object) -> list[tuple]:
    with connected(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(query, given or None)
        return cursor.fetchall() if cursor.description else []


def exists(beside: str, database_url: str) -> bool:
    found = "SELECT 1 FROM pg_database WHERE datname = %s"
    return bool(ask(beside, found, name_of(database_url)))


def create(beside: str, database_url: str, *, copy_of: str = "template1") -> None:
    """Nobody may be connected to what is copied."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    ask(beside, statement.format(*map(sql.Identifier, (name_of(database_url), copy_of))))  # fmt: skip


def drop(beside: str, database_url: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    ask(beside, statement.format(sql.Identifier(name_of(database_url))))

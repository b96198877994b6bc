"""A primary and two streaming replicas of this machine's Postgres; the second replays 30 seconds late."""

import shutil
import threading
import time
import uuid
from contextlib import contextmanager

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError, connections, router, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from benchmarks.replicas.cluster import Cluster, wait_until
from messaging.models import Conversation
from products.models import Category
from reviews.models import Review
from reviews_site import replicas
from reviews_site.lib import visitor_pages
from reviews_site.lib.kept_values import kept_value
from reviews_site.local.state import State
from reviews_site.replicas import Replica, ReplicaMiddleware

PRIMARY, PROMPT, LATE = "one", "two", "three"


def make_table(address: str) -> dict:
    with connected({PRIMARY: address}), connections[PRIMARY].schema_editor() as editor:
        editor.create_model(Category)
    return {}


@contextmanager
def connected(addresses: dict[str, str]):
    """Further databases of this process, beside the one of the tests."""
    for alias, address in addresses.items():
        host, _, port = address.partition("?host=")[2].partition("&port=")
        connections.settings[alias] = connections.settings["default"] | {
            "NAME": "levelfield",
            "USER": "postgres",
            "PASSWORD": "",
            "HOST": host,
            "PORT": port,
            "CONN_HEALTH_CHECKS": False,
        }
    try:
        yield
    finally:
        for alias in addresses:
            connections[alias].close()
            del connections[alias]
            del connections.settings[alias]


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("replicas"))
    state.prepare()
    made = Cluster(state, synchronous=True, delay="30s")
    try:
        yield made
    finally:
        made.stop()
        # For root it lies outside the folder that pytest removes.
        shutil.rmtree(state.servers, ignore_errors=True)


@pytest.fixture
def cluster(servers, django_db_blocker):
    """All three as they began; the test before may have killed one."""
    if (
        any(node.process is None for node in servers.nodes.values())
        or not servers.nodes
    ):
        servers.stop()
        with django_db_blocker.unblock():
            servers.filled(make_table, "one table")
        servers.start()
    return servers


@pytest.fixture
def site(cluster, settings, monkeypatch, django_db_blocker):
    """The router reads from this cluster, as a fresh process would."""
    settings.DATABASE_ROUTERS = ["reviews_site.replicas.ReplicaRouter"]
    monkeypatch.setattr(replicas, "PRIMARY", PRIMARY)
    # Longer than a test takes on a busy machine.
    monkeypatch.setattr(replicas, "DOWN_SECONDS", 600.0)
    known = {alias: Replica(alias) for alias in (PROMPT, LATE)}
    monkeypatch.setattr(replicas, "REPLICAS", known)
    addresses = {name: node.url for name, node in cluster.nodes.items()}
    with django_db_blocker.unblock(), connected(addresses):
        yield cluster


def ask(view, method="GET", *, member=False, **headers):
    """What the view made of the request, behind the middleware."""
    found = []

    def answer(request):
        found.append(view())
        return HttpResponse()

    request = RequestFactory().generic(method, "/", **headers)
    if member:
        request.COOKIES["sessionid"] = "theirs"
    ReplicaMiddleware(answer)(request)
    return found[0]


def where(model=Category):
    return lambda: router.db_for_read(model)


@contextmanager
def changed_at(moment: float):
    key = visitor_pages.change_key(visitor_pages.EVERYTHING)
    cache.set(key, f"{moment:.0f} {uuid.uuid4().hex}", 60)
    try:
        yield
    finally:
        cache.delete(key)


def write(name: str = "") -> str:
    """By another process, such as a moderator's: this one knows nothing of it."""
    slug = name or f"written-{uuid.uuid4().hex}"
    Category.objects.using(PRIMARY).create(slug=slug, name=slug)
    return slug


def replayed(node) -> bool:
    written = replicas.written_by_primary()
    sql = "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn"
    return node.number(sql) >= written


# --- Who reads where ------------------------------------------------------------------------


def test_visitors_read_from_all_replicas_in_turn(site):
    wait_until(lambda: replayed(site.nodes[PROMPT]), "it caught up")
    assert {ask(where()) for _ in range(4)} == {PROMPT, LATE}


def test_a_page_that_changed_lately_is_made_from_the_primary(site):
    """It is kept for visitors, and would be kept as it was before; what isn't kept shows it as well."""
    with changed_at(time.time()):
        assert {ask(where()) for _ in range(4)} == {PRIMARY}
    with changed_at(time.time() - 600):
        assert PRIMARY not in {ask(where()) for _ in range(4)}


def test_what_is_kept_for_all_is_found_on_the_primary_after_a_change(site):
    """Also of a page that began before the change."""

    def twice() -> tuple[str, str]:
        before = where()()
        with changed_at(time.time()):
            return before, kept_value(f"of-{uuid.uuid4().hex}", 60, where())

    before, after = ask(twice)
    assert before in (PROMPT, LATE)
    assert after == PRIMARY


def test_a_page_reads_from_one_server(site):
    found = ask(lambda: {router.db_for_read(Category) for _ in range(5)})
    assert len(found) == 1


def test_whoever_signs_in_is_looked_up_where_it_is_written(site):
    for member in (False, True):
        for model in (Session, User):
            assert ask(where(model), member=member) == PRIMARY


def test_visitors_read_only_what_is_public_from_a_replica(site):
    assert ask(where(Conversation)) == PRIMARY
    assert ask(where(Review)) in (PROMPT, LATE)


def test_commands_and_workers_read_from_the_primary(site):
    assert where()() == PRIMARY


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_what_may_change_something_reads_from_the_primary(site, method):
    assert ask(where(), method) == PRIMARY


def test_a_transaction_reads_from_the_primary(site):
    def view():
        with transaction.atomic(using=PRIMARY):
            return router.db_for_read(Category)

    assert ask(view) == PRIMARY


def test_a_page_that_locks_or_writes_reads_from_the_primary_from_then_on(site):
    def view():
        before = router.db_for_read(Category)
        router.db_for_write(Category)
        return before, router.db_for_read(Category)

    before, after = ask(view)
    assert before in (PROMPT, LATE)
    assert after == PRIMARY


def test_what_belongs_to_a_row_is_read_where_the_row_came_from(site):
    slug = write()
    wait_until(lambda: replayed(site.nodes[PROMPT]), "it caught up")

    def view():
        from_primary, from_replica = (
            Category.objects.using(alias).get(slug=slug) for alias in (PRIMARY, PROMPT)
        )
        # A replica may lack what belongs to a row of the primary.
        exact = router.db_for_read(Category, instance=from_primary)
        public = router.db_for_read(User, instance=from_replica)
        router.db_for_write(Category)
        return exact, public, router.db_for_read(User, instance=from_replica)

    exact, public, afterwards = ask(view)
    assert (exact, afterwards) == (PRIMARY, PRIMARY)
    assert public in (PROMPT, LATE)


# --- Nobody misses what they wrote ----------------------------------------------------------


def test_a_member_never_reads_from_the_late_replica(site):
    for _ in range(5):
        slug = write()
        assert ask(
            lambda slug=slug: Category.objects.filter(slug=slug).exists(), member=True
        )
        assert ask(where(), member=True) in (PRIMARY, PROMPT)


def test_a_member_reads_from_a_replica_once_it_has_caught_up(site):
    prompt = site.nodes[PROMPT]
    prompt.ask("SELECT pg_wal_replay_pause()")
    try:
        slug = write()
        assert ask(where(), member=True) == PRIMARY
        assert ask(where(), HTTP_AUTHORIZATION="Bearer x") == PRIMARY
        assert ask(lambda: Category.objects.filter(slug=slug).exists(), member=True)
        # A visitor sees it later.
        assert ask(where()) in (PROMPT, LATE)
    finally:
        prompt.ask("SELECT pg_wal_replay_resume()")
    wait_until(lambda: replayed(prompt), "it caught up")
    assert ask(where(), member=True) == PROMPT
    assert ask(where(), HTTP_AUTHORIZATION="Bearer x") == PROMPT


def test_nobody_reads_from_a_replica_that_is_later_than_the_limit(site, settings):
    settings.REPLICA_MAX_LAG_SECONDS = 1
    write()
    prompt = site.nodes[PROMPT]
    wait_until(lambda: replayed(prompt), "it caught up")
    assert Replica(PROMPT).shows(None)
    prompt.ask("SELECT pg_wal_replay_pause()")
    try:
        write()
        wait_until(lambda: not Replica(PROMPT).shows(None), "the limit counts")
        assert {ask(where()) for _ in range(4)} == {PRIMARY}
    finally:
        prompt.ask("SELECT pg_wal_replay_resume()")
    wait_until(lambda: Replica(PROMPT).shows(None), "it is in time again")


# --- Replicas that fail ---------------------------------------------------------------------


def test_a_page_goes_on_when_its_replica_loses_the_connection(site):
    def view():
        alias = router.db_for_read(Category)
        before = Category.objects.filter(slug="none").exists()
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
        site.nodes[alias].ask("SELECT pg_terminate_backend(%s, 5000)", pid)
        again = Category.objects.filter(slug=slug).exists()
        return alias, before, again, router.db_for_read(Category)

    slug = write()
    alias, before, again, afterwards = ask(view)
    assert (before, again, afterwards) == (False, True, PRIMARY)
    # Left alone for some seconds.
    assert alias not in {ask(where()) for _ in range(4)}


def test_a_page_goes_on_when_the_replica_lacks_a_column(site):
    """A migration that it hasn't replayed yet."""
    prompt = site.nodes[PROMPT]
    wait_until(lambda: replayed(prompt), "it caught up")
    prompt.ask("SELECT pg_wal_replay_pause()")
    try:
        site.nodes[PRIMARY].ask(
            "ALTER TABLE products_category ADD COLUMN colour text DEFAULT 'red'"
        )
        slug = write()
        rows = Category.objects.filter(slug=slug).extra(select={"colour": "colour"})
        assert [each.colour for each in ask(lambda: list(rows.all()))] == ["red"]
    finally:
        prompt.ask("SELECT pg_wal_replay_resume()")
        site.nodes[PRIMARY].ask("ALTER TABLE products_category DROP COLUMN colour")


def test_a_query_that_takes_too_long_is_not_asked_twice(site):
    asked = []

    def view():
        alias = router.db_for_read(Category)
        connections[PRIMARY].execute_wrappers.append(
            lambda execute, *query: asked.append(query) or execute(*query)
        )
        with connections[alias].cursor() as cursor:
            cursor.execute("SET statement_timeout = 20")
            with pytest.raises(OperationalError, match="statement timeout"):
                cursor.execute("SELECT pg_sleep(5)")

    ask(view)
    assert asked == []


def test_a_replica_that_is_away_costs_no_page(site):
    slug = write()
    connections.settings[LATE]["PORT"] = "1"
    assert {ask(where()) for _ in range(4)} == {PROMPT}
    assert replicas.REPLICAS[LATE].down.is_open()
    # This process knows it as one that answers.
    connections[PROMPT].close()
    connections[PROMPT].settings_dict["PORT"] = "1"
    assert ask(lambda: Category.objects.filter(slug=slug).exists())
    assert ask(where()) == PRIMARY


# --- The primary is killed ------------------------------------------------------------------


def test_no_acknowledged_write_is_lost_with_the_primary(site):
    acknowledged, over = [], threading.Event()

    def write_on() -> None:
        while not over.is_set():
            try:
                acknowledged.append(write())
            except OperationalError:
                return

    writer = threading.Thread(target=write_on)
    writer.start()
    wait_until(lambda: len(acknowledged) >= 50, "it writes")
    site.nodes[PRIMARY].crash()
    over.set()
    writer.join()

    # Visitors read on, and what has lost its primary isn't good enough for a member.
    assert ask(where()) in (PROMPT, LATE)
    wait_until(
        lambda: not any(each.shows(0) for each in replicas.REPLICAS.values()),
        "nobody follows any more",
    )

    new, other = site.fail_over()
    # What replays late looks for its new primary when it is done.
    other.set("recovery_min_apply_delay", "0")
    wait_until(lambda: new.is_followed_by() == 1, "the other one follows")
    missing = new.ask(
        "SELECT count(*) FROM unnest(%s) AS one (slug) WHERE slug NOT IN (SELECT slug FROM products_category)",
        acknowledged,
    )
    assert missing == (0,)
    # Promoted, it is nobody's replica any more.
    promoted = Replica(new.name)
    assert (promoted.shows(None), promoted.shows(0)) == (False, False)

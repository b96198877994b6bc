"""Migrations that pass while the release before goes on: the rules for new ones, and how they wait for locks."""

import importlib.util
import threading
import time
from io import StringIO
from types import ModuleType

import psycopg2
import pytest
from django.contrib.postgres import operations as postgres
from django.contrib.postgres.functions import RandomUUID
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Lower

from reviews_site.local.bootstrap import ROOT
from tests.conftest import test_database_url

INDEX = models.Index(fields=["title"], name="by_title")
CHECK = models.CheckConstraint(name="titled", condition=~models.Q(title=""))
SHORT = models.CharField(max_length=20, blank=True)
GENERATED = models.GeneratedField(
    expression=Lower("name"), output_field=models.TextField(), db_persist=True
)


@pytest.fixture(scope="module")
def rules() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rules", ROOT / ".ci/migrations.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def state():
    return MigrationLoader(None).project_state(("accounts", "0005_time_zone"))


def migration(*operations, **attributes):
    made = type("Migration", (migrations.Migration,), {"operations": operations})
    for name, value in attributes.items():
        setattr(made, name, value)
    return made("9999_new", "accounts")


def changes_rows(apps, schema_editor):
    raise AssertionError("It is judged, not run.")


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        (migrations.AddField("apitoken", "title", models.CharField(max_length=9)), "default"),
        (migrations.AddField("apitoken", "title", models.CharField(max_length=9, default="")), "default"),
        (migrations.AddField("apitoken", "title", models.CharField(max_length=9, db_default="", unique=True)), "index"),
        (migrations.AddField("apitoken", "by", models.ForeignKey("accounts.User", models.CASCADE, null=True)), "index"),
        (migrations.AddField("apitoken", "title", models.UUIDField(db_default=RandomUUID())), "type"),
        (migrations.AddField("apitoken", "title", GENERATED), "type"),
        (migrations.AlterOrderWithRespectTo("apitoken", "user"), "default"),
        (migrations.RemoveField("apitoken", "name"), "drop"),
        (migrations.RenameField("apitoken", "name", "title"), "drop"),
        (migrations.RenameModel("ApiToken", "Token"), "drop"),
        (migrations.DeleteModel("ApiToken"), "drop"),
        (migrations.AlterModelTable("apitoken", "tokens"), "drop"),
        (migrations.AlterField("apitoken", "name", models.CharField(max_length=60, db_column="title")), "drop"),
        (migrations.RemoveConstraint("workemail", "one_member_per_verified_work_email"), "drop"),
        (migrations.AlterField("apitoken", "name", SHORT), "type"),
        (migrations.AlterField("apitoken", "name", models.CharField(max_length=60, db_collation="C")), "type"),
        (migrations.AlterField("apitoken", "name", models.IntegerField()), "type"),
        (migrations.AlterField("apitoken", "name", models.CharField(max_length=60, db_index=True)), "index"),
        (migrations.AlterField("apitoken", "name", models.CharField(max_length=60, unique=True)), "index"),
        (migrations.AlterField("apitoken", "last_used_at", models.DateTimeField(default=None)), "null"),
        (migrations.AlterField("profile", "time_zone", models.CharField(max_length=50)), "default"),
        (migrations.AddIndex("apitoken", INDEX), "index"),
        (migrations.RemoveIndex("profile", "profile_facets"), "index"),
        (migrations.AddConstraint("apitoken", CHECK), "constraint"),
        (migrations.AddConstraint("apitoken", models.UniqueConstraint(fields=["name"], name="one")), "index"),
        (migrations.AlterUniqueTogether("apitoken", {("user", "name")}), "index"),
        (migrations.RunPython(changes_rows), "rows"),
        (migrations.RunSQL("ALTER TABLE accounts_apitoken DROP COLUMN name"), "sql"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.describe(),
)  # fmt: skip
def test_what_the_release_before_would_trip_over_is_named(
    rules, state, operation, rule
):
    found = rules.breaches(migration(operation), state)
    assert found == {(rule, operation.describe())}
    why = {"accepted": {rule: "Ten rows."}}
    assert rules.breaches(migration(operation, **why), state) == set()
    assert rules.breaches(migration(operation, accepted={rule: " "}), state) == found


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.AddField("apitoken", "title", models.CharField(max_length=9, default="", db_default=""))],
        [migrations.AddField("apitoken", "title", models.CharField(max_length=9, null=True))],
        [migrations.AlterField("apitoken", "name", models.CharField(max_length=90))],
        [migrations.AlterField("apitoken", "name", models.TextField())],
        [migrations.AlterField("apitoken", "name", models.CharField(max_length=60, choices=[("a", "A")]))],
        [postgres.AddIndexConcurrently("apitoken", INDEX)],
        [postgres.AddConstraintNotValid("apitoken", CHECK)],
        [migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("apitoken", "name")])],
        [
            migrations.CreateModel("New", [("title", models.CharField(max_length=9))]),
            migrations.AddIndex("new", INDEX),
            migrations.AddConstraint("new", CHECK),
            migrations.AddField("new", "user", models.ForeignKey("accounts.User", models.CASCADE)),
        ],
    ],
    ids=lambda operations: operations[0].describe(),
)  # fmt: skip
def test_what_it_does_not_notice_passes(rules, state, operations):
    assert rules.breaches(migration(*operations), state) == set()


def test_rows_are_changed_in_a_transaction_of_their_own(rules, state):
    column = models.CharField(max_length=9, null=True)
    both = migration(
        migrations.AddField("apitoken", "title", column),
        migrations.RunPython(changes_rows),
    )
    assert {rule for rule, _ in rules.breaches(both, state)} == {"mixed", "rows"}
    inside = migration(migrations.SeparateDatabaseAndState(both.operations))
    assert {rule for rule, _ in rules.breaches(inside, state)} == {"mixed", "rows"}


def test_rows_are_changed_in_batches_that_are_transactions_of_their_own(rules, state):
    one, many = (
        migrations.RunPython(changes_rows, atomic=atomic) for atomic in (True, None)
    )
    assert rules.breaches(migration(many, atomic=False), state) == set()
    found = rules.breaches(migration(one, atomic=False), state)
    assert found == {("rows", one.describe())}


def test_each_breach_is_a_sentence_that_says_what_to_do_instead(rules):
    assert all(": " in said and len(said.split()) > 10 for said in rules.SAYS.values())


def test_a_constraint_is_validated_in_a_transaction_of_its_own(rules, state):
    both = migration(
        postgres.AddConstraintNotValid("apitoken", CHECK),
        postgres.ValidateConstraint("apitoken", CHECK.name),
    )
    assert {rule for rule, _ in rules.breaches(both, state)} == {"mixed"}


def test_every_app_with_migrations_is_judged(rules):
    """A line of the baseline that names nothing would let an app's migrations pass unread."""
    known = MigrationLoader(None).disk_migrations
    assert set(rules.baseline().items()) <= set(known)
    judged = {(each.app_label, each.name) for each, _ in rules.judged()}
    assert ("accounts", "0006_erasures") in judged
    assert ("accounts", "0005_time_zone") not in judged


# --- Locks ----------------------------------------------------------------------------------


class Reader(StringIO):
    """Somebody whose transaction is in the way, and ends once the migration was heard to give up."""

    def __init__(self, url: str, ends: bool) -> None:
        super().__init__()
        self.ends = ends
        self.seen_meanwhile: list[int] = []
        self.in_the_way, self.page = psycopg2.connect(url), psycopg2.connect(url)
        self.in_the_way.cursor().execute("SELECT FROM django_session")

    def write(self, text: str) -> int:
        if "others hold a lock" in text:
            with self.page, self.page.cursor() as cursor:
                cursor.execute("SET statement_timeout = '2s'")
                cursor.execute("SELECT count(*) FROM django_session")
                self.seen_meanwhile += cursor.fetchone()
            if self.ends:
                self.in_the_way.rollback()
        return super().write(text)

    def close(self) -> None:
        self.in_the_way.close()
        self.page.close()


@pytest.fixture
def sessions(transactional_db):
    yield
    call_command("migrate", "sessions", verbosity=0)


def test_a_migration_that_gets_no_lock_lets_the_others_pass_and_comes_back(sessions):
    reader = Reader(test_database_url(), ends=True)
    call_command(*("migrate", "sessions", "zero"), lock_timeout=0.05, stdout=reader)
    assert "others hold a lock (1 of 10). Open longest: process" in reader.getvalue()
    assert reader.seen_meanwhile == [0]
    assert not MigrationRecorder.Migration.objects.filter(app="sessions").exists()
    reader.close()


def test_a_migration_that_never_gets_a_lock_gives_up_and_leaves_all_as_it_was(
    sessions,
):
    reader = Reader(test_database_url(), ends=False)
    with pytest.raises(CommandError, match="It got no lock"):
        call_command(
            *("migrate", "sessions", "zero"),
            lock_timeout=0.05,
            attempts=1,
            stdout=reader,
        )
    reader.close()
    assert MigrationRecorder.Migration.objects.filter(app="sessions").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("15s",)


WAITS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
   AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND now() - query_start > interval '300 milliseconds'
"""


def end_once_it_waits(writer: "psycopg2.extensions.connection") -> None:
    watcher = psycopg2.connect(test_database_url())
    watcher.autocommit = True
    with watcher.cursor() as cursor:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            cursor.execute(WAITS)
            if cursor.fetchone() != (0,):
                break
            time.sleep(0.02)
    watcher.close()
    writer.rollback()


def test_an_index_that_is_built_concurrently_waits_for_whoever_writes(
    transactional_db,
):
    """Interrupted it would leave half an index."""
    said = StringIO()
    call_command("migrate", "notifications", "0002", verbosity=0)
    writer = psycopg2.connect(test_database_url())
    writer.cursor().execute(
        "LOCK TABLE notifications_outgoingemail IN ROW EXCLUSIVE MODE"
    )
    ending = threading.Thread(target=end_once_it_waits, args=[writer])
    ending.start()
    call_command("migrate", "notifications", lock_timeout=0.05, stdout=said)
    ending.join()
    writer.close()
    assert "hold a lock" not in said.getvalue()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'outgoing_thread'::regclass"
        )
        assert cursor.fetchone() == (True,)

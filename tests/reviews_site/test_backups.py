"""Backups of a real database by Postgres' own programs, restored into another one by a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.utils import timezone

from accounts import ledger, tasks
from accounts.models import Erasure, User
from accounts.services import erase_account
from moderation.models import Decision, ReasonCode
from moderation.services import record_decision
from notifications.models import OutgoingEmail
from reviews.models import Review
from reviews_site.backups import manifest as manifests
from reviews_site.backups import postgres
from reviews_site.local.bootstrap import ROOT
from tests.conftest import test_database_url
from tests.factories import ReviewFactory, UserFactory, complete_profile
from tests.notifications.outbox import queue

PLANTED = "quixoticwalrusplanted"


def backed_up(folder: Path) -> str:
    said = StringIO()
    call_command("backup", str(folder), stdout=said)
    return said.getvalue()


@dataclass(frozen=True)
class Elsewhere:
    """An empty database beside the tests' own, and a folder for uploads."""

    url: str
    media: Path

    def restore(self, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "restore", str(folder), *options],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": self.url, "MEDIA_ROOT": str(self.media)},
            capture_output=True,
            text=True,
        )

    def ask(self, sql: str) -> list[tuple]:
        there = psycopg2.connect(self.url)
        try:
            with there, there.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        finally:
            there.close()

    def tables_with(self, word: str) -> list[str]:
        names = self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [
            name
            for (name,) in names
            if self.ask(
                f"SELECT FROM \"{name}\" t WHERE t::text ILIKE '%{word}%' LIMIT 1"
            )
        ]


@pytest.fixture
def elsewhere(transactional_db, tmp_path) -> Iterator[Elsewhere]:
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url, question, query = test_database_url().partition("?")
    yield Elsewhere(
        f"{url.rpartition('/')[0]}/{name}{question}{query}", tmp_path / "restored"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def written(tmp_path_factory, django_db_setup, django_db_blocker) -> Path:
    """A backup of an empty site: enough for what is refused before anything is read."""
    folder = tmp_path_factory.mktemp("backups")
    (folder / "uploads" / "logos").mkdir(parents=True)
    (folder / "uploads" / "logos" / "one.png").write_bytes(b"a picture")
    uploads = override_settings(MEDIA_ROOT=folder / "uploads")
    with django_db_blocker.unblock(), uploads:
        backed_up(folder / "backup")
    return folder / "backup"


@pytest.fixture
def backup(written, db, tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = written.with_name("uploads")
    return Path(shutil.copytree(written, tmp_path / "backup"))


def test_a_restored_site_is_the_one_that_was_backed_up_without_who_was_erased_since(
    elsewhere, written, tmp_path, settings
):
    settings.MEDIA_ROOT = written.with_name("uploads")
    settings.ERASURE_LEDGER = str(tmp_path / "off-site" / "erasures.jsonl")
    review = ReviewFactory(author__is_staff=True)
    author = complete_profile(review.author, company_name=PLANTED).user
    stays = UserFactory(is_staff=True)
    waiting, sent = queue(stays.email, recipient=stays), queue(author.email)
    OutgoingEmail.objects.filter(pk=sent.pk).update(status="failed")
    decide_about(review, moderator=stays)
    said = backed_up(tmp_path / "backup")
    assert "MB" in said and "Wrote the database." in said

    User.objects.filter(pk=author.pk).update(is_staff=False)
    erase_account(user=User.objects.get(pk=author.pk), keep_published=True)
    tasks.write_erasures()
    ReviewFactory()
    cache.set("of-the-time-before", 1)
    done = elsewhere.restore(
        tmp_path / "backup", "--ledger", settings.ERASURE_LEDGER, "--jobs", "1"
    )

    assert done.returncode == 0, done.stdout + done.stderr
    # The factory's review was never verified nor rated: it was backed up so.
    assert done.stdout.endswith(
        "Erased again: 1; e-mails cancelled: 1. Look at what manage.py check_integrity says of "
        "product_without_rating, published_unverified.\n"
    )
    assert elsewhere.tables_with(PLANTED) == []
    assert elsewhere.tables_with(author.email) == []
    assert elsewhere.ask("SELECT email FROM accounts_user") == [(stays.email,)]
    assert elsewhere.ask("SELECT author_id FROM reviews_review") == [(None,)]
    assert elsewhere.ask("SELECT status FROM notifications_outgoingemail") == [
        ("cancelled",)
    ]
    assert elsewhere.ask("SELECT dedupe_key FROM notifications_outgoingemail") == [
        (waiting.dedupe_key,)
    ]
    assert elsewhere.ask("SELECT user_digest FROM accounts_erasure") == [
        (ledger.digest_of(author.public_id),)
    ]
    assert (elsewhere.media / "logos" / "one.png").read_bytes() == b"a picture"
    assert cache.get("of-the-time-before") is None

    # Once more, over that: what only its own ledger knows stays known.
    elsewhere.ask(
        "INSERT INTO accounts_erasure (user_digest, keep_published, erased_at)"
        f" VALUES ('{'e' * 64}', true, now()) RETURNING 1"
    )
    done = elsewhere.restore(tmp_path / "backup", "--overwrite", "--without-ledger")
    assert done.returncode == 0, done.stdout + done.stderr
    assert elsewhere.tables_with(PLANTED) == []
    assert len(elsewhere.ask("SELECT FROM accounts_erasure")) == 2
    # Had that one been interrupted, the next would have found them here.
    kept = ledger.read([tmp_path / "backup.erasures.jsonl"])
    assert {entry.user_digest for entry in kept} == {
        ledger.digest_of(author.public_id),
        "e" * 64,
    }


def decide_about(review: Review, *, moderator: User) -> None:
    with transaction.atomic():
        record_decision(
            moderator=moderator,
            action=Decision.Action.PUBLISH,
            target_kind="review",
            target_public_id=review.public_id,
            reason_code=ReasonCode.MEETS_GUIDELINES,
            statement=f"Not {PLANTED}.",
        )


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "media/logos/one.png").write_bytes(b"A picture"), "media/logos/one.png is damaged"),
        (lambda folder: (folder / "media/logos/one.png").unlink(), "media/logos/one.png is missing"),
        (lambda folder: (folder / "database/toc.dat").write_bytes(b""), "database/toc.dat is damaged"),
        (lambda folder: (folder / "media/more.png").touch(), "media/more.png was not in it"),
        (lambda folder: (folder / "manifest.json").unlink(), "is no complete backup"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "can't be read"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_written_is_named_and_nothing_is_touched(
    backup, settings, harm, said
):
    here = UserFactory()
    harm(backup)
    for options in (["--verify"], ["--overwrite", "--without-ledger"]):
        with pytest.raises(CommandError, match=said):
            call_command("restore", str(backup), *options)
    assert list(User.objects.all()) == [here]
    assert (settings.MEDIA_ROOT / "logos").is_dir()


def test_verify_says_what_a_backup_holds_and_restores_nothing(backup):
    UserFactory()
    said = StringIO()
    call_command("restore", str(backup), "--verify", stdout=said)
    assert "is as it was written" in said.getvalue()
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"migrations": ["reviews.9999_later"], "release": "9.0"}, r"made by release 9.0.*reviews.9999_later"),
        ({"postgres": 99}, "made from Postgres 99"),
        ({"pg_dump": 99}, "pg_restore of Postgres 99 or newer is needed"),
        ({"format": 2}, "is a backup of format 2"),
        ({"log_problem": "Line 1 was changed."}, "Its decision log is broken: Line 1"),
    ],
)  # fmt: skip
def test_a_backup_that_this_release_can_not_read_is_refused(backup, changes, said):
    told = json.loads((backup / "manifest.json").read_text())
    (backup / "manifest.json").write_text(json.dumps(told | changes))
    with pytest.raises(CommandError, match=said):
        call_command("restore", str(backup), "--overwrite", "--without-ledger")
    assert MigrationRecorder.Migration.objects.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--without-ledger"], "The database is not empty"),
        ([], "Say who was erased since"),
        (["--ledger", "/nowhere/erasures.jsonl"], "The database is not empty"),
        (["--overwrite", "--ledger", "/nowhere/erasures.jsonl"], "/nowhere/erasures.jsonl can't be read"),
    ],
)  # fmt: skip
def test_nothing_is_lost_unless_it_is_said(backup, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("restore", str(backup), *options)
    assert MigrationRecorder.Migration.objects.exists()


def test_a_site_that_runs_is_not_restored_under_its_own_feet(backup):
    site = psycopg2.connect(test_database_url())
    with pytest.raises(CommandError, match="1 others are connected"):
        call_command("restore", str(backup), "--overwrite", "--without-ledger")
    site.close()


def test_an_interrupted_backup_never_looks_like_one(db, tmp_path):
    (tmp_path / "backup.partial").mkdir()
    with pytest.raises(CommandError, match="or one was interrupted; then remove it"):
        backed_up(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_backup_is_written_into_a_folder_of_its_own_that_nobody_else_may_read(
    backup,
):
    assert backup.stat().st_mode & 0o777 == 0o700
    with pytest.raises(CommandError, match="is not empty"):
        backed_up(backup)


def test_sessions_are_in_no_backup(backup):
    assert {"django_session", "usersessions_usersession"}.isdisjoint(
        manifests.read(backup).rows
    )


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_failed_leaves_nothing_behind(tmp_path):
    with pytest.raises(CommandError, match="pg_dump failed"):
        call_command("backup", str(tmp_path / "backup"), jobs=-1)
    assert not (tmp_path / "backup").exists()
    assert not (tmp_path / "backup.partial").exists()


def test_a_missing_program_is_one_sentence():
    with pytest.raises(manifests.BackupError, match="install postgresql-client-99"):
        postgres.find("pg_dump", oldest=99)


@pytest.mark.django_db
def test_after_a_recovery_of_postgres_the_ledger_is_replayed(tmp_path):
    back, stays = UserFactory(is_staff=True), UserFactory()
    waits = queue(stays.email, recipient=stays)
    entry = ledger.Entry(ledger.digest_of(back.public_id), timezone.now(), True)
    ledger.append(tmp_path / "erasures.jsonl", [entry])
    for erased in (1, 0):
        said = StringIO()
        call_command("erase_again", str(tmp_path / "erasures.jsonl"), stdout=said)
        assert said.getvalue().startswith(f"Erased again: {erased}; ")
    assert list(User.objects.all()) == [stays]
    waits.refresh_from_db()
    assert waits.status == OutgoingEmail.Status.CANCELLED
    assert Erasure.objects.get().erased_at == entry.erased_at


def test_the_ledger_of_another_machine_gets_the_erasures_of_before_too(
    db, tmp_path, ledger_file, settings
):
    """Otherwise an older backup, restored there with that ledger alone, would bring them back."""
    erase_account(user=UserFactory(), keep_published=False)
    ledger.write_waiting()
    before = ledger_file.read_bytes()
    settings.ERASURE_LEDGER = str(tmp_path / "new.jsonl")
    call_command("erase_again", str(ledger_file))
    ledger.write_waiting()
    assert (tmp_path / "new.jsonl").read_bytes() == before


@pytest.mark.django_db
def test_what_reads_whole_tables_after_a_restore_may_take_longer_than_a_page(tmp_path):
    """migrate, which a restore runs before, gives the connection the limit of a page back."""
    (tmp_path / "erasures.jsonl").touch()
    call_command("migrate", verbosity=0)
    call_command("erase_again", str(tmp_path / "erasures.jsonl"))
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db
def test_a_cache_that_can_not_be_emptied_is_one_sentence(tmp_path, settings):
    (tmp_path / "erasures.jsonl").touch()
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    with pytest.raises(CommandError, match="the cache doesn't answer"):
        call_command("erase_again", str(tmp_path / "erasures.jsonl"))


# --- The ledger -----------------------------------------------------------------------------


@pytest.fixture
def ledger_file(tmp_path, settings) -> Path:
    settings.ERASURE_LEDGER = str(tmp_path / "ledger" / "erasures.jsonl")
    return Path(settings.ERASURE_LEDGER)


@pytest.mark.django_db
def test_an_erasure_is_written_outside_the_database_without_naming_anybody(
    ledger_file,
):
    users = [UserFactory(), UserFactory()]
    ids = [user.public_id for user in users]
    for user in users:
        erase_account(user=user, keep_published=False)
    tasks.write_erasures()
    tasks.write_erasures()
    written = ledger.read([ledger_file])
    assert [entry.user_digest for entry in written] == list(map(ledger.digest_of, ids))
    assert [entry.keep_published for entry in written] == [False, False]
    assert not any(str(each) in ledger_file.read_text() for each in ids)
    assert not Erasure.objects.filter(written_at=None).exists()
    assert ledger_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_half_a_line_of_a_killed_writer_is_written_again(ledger_file):
    erase_account(user=UserFactory(), keep_published=True)
    tasks.write_erasures()
    whole = ledger_file.read_bytes()
    ledger_file.write_bytes(whole + whole[:20])
    assert len(ledger.read([ledger_file])) == 1
    Erasure.objects.update(written_at=None)
    erase_account(user=UserFactory(), keep_published=True)
    assert ledger.write_waiting() == 1
    assert ledger_file.read_bytes().startswith(whole)
    assert len(ledger.read([ledger_file])) == 2


@pytest.mark.django_db
def test_a_ledger_that_can_not_be_written_is_written_later(ledger_file, settings):
    settings.ERASURE_LEDGER = "/dev/null/erasures.jsonl"
    erase_account(user=UserFactory(), keep_published=True)
    with pytest.raises(OSError):
        tasks.write_erasures()
    assert Erasure.objects.filter(written_at=None).count() == 1
    settings.ERASURE_LEDGER = str(ledger_file)
    tasks.write_erasures()
    assert len(ledger.read([ledger_file])) == 1


@pytest.mark.parametrize("line", ["{}", "erased", '{"erased": "zz", "at": "x"}', "[]"])
def test_a_ledger_with_a_line_that_is_none_is_not_believed(tmp_path, line):
    (tmp_path / "erasures").write_text(f"{line}\n")
    with pytest.raises(ledger.UnreadableLedger, match="Line 1 of .*erasures"):
        ledger.read([tmp_path / "erasures"])

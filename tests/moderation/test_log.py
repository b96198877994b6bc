import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.utils import timezone

from accounts import privacy
from accounts.models import User
from accounts.services import erase_account
from moderation.models import Decision, DecisionRecord, ReasonCode, TransparencyDay
from moderation.services import FIRST_PREVIOUS_HASH, record_decision
from moderation.verification import verify_log
from reviews.models import Review
from reviews.services import publish_review, reject_review, submit_review
from tests.factories import (
    ProductFactory,
    UserFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db


def decide(statement: str = "As the guidelines say.", **changes) -> Decision:
    values = {
        "moderator": changes.pop("moderator", None) or UserFactory(is_staff=True),
        "action": Decision.Action.REJECT,
        "target_kind": "review",
        "target_public_id": uuid.uuid4(),
        "reason_code": ReasonCode.COPIED,
        "statement": statement,
    }
    return record_decision(**values | changes)


def switch_triggers(word: str, table: str = "moderation_decision") -> None:
    with connection.cursor() as cursor:
        # A table with checks outstanding can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")


def without_triggers(
    sql: str, *parameters: object, table: str = "moderation_decision"
) -> None:
    """What only the owner of the table could do."""
    switch_triggers("DISABLE", table)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


# --- A line, computed a second time from docs/moderation-log.md alone ---------------------------


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def as_json(keys: list[str], row: dict) -> str:
    return json.dumps(
        {key: row[key] for key in keys},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


def keys_in_docs(first: str) -> list[str]:
    """The keys of the JSON that the documentation shows, by its first one."""
    text = Path(settings.BASE_DIR, "docs/moderation-log.md").read_text()
    start = text.index('{"' + first + '":')
    shown = text[start : text.index("}", start)]
    return [part.split('"')[1] for part in shown.split("…")[:-1]]


def stored_row(decision: Decision) -> dict:
    """As anybody reads it from the two tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.action, d.commitment, d.is_automated, d.public_id::text, d.reason_code, d.target_kind,
                   d.target_public_id::text, d.previous_hash, d.hash, r.content_hash, r.salt, r.statement,
                   u.public_id::text AS moderator,
                   to_char(d.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS created_at
            FROM moderation_decision d
            JOIN moderation_decisionrecord r ON r.decision_id = d.id
            LEFT JOIN accounts_user u ON u.id = r.moderator_id
            WHERE d.id = %s
            """,
            [decision.pk],
        )
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def test_the_hashes_are_those_that_the_documentation_describes():
    first = decide()
    second = decide('Größe 😀 "quoted"', content="What was decided on\nin two lines")
    line, record = keys_in_docs("action"), keys_in_docs("content_hash")
    assert (len(line), len(record)) == (8, 4)
    for decision, previous in [(first, "0" * 64), (second, first.hash)]:
        row = stored_row(decision)
        assert row["previous_hash"] == previous
        assert row["commitment"] == sha256(as_json(record, row))
        assert row["hash"] == sha256(previous + as_json(line, row))
    row = stored_row(second)
    told = "What was decided on\nin two lines"
    assert row["content_hash"] == sha256(row["salt"] + told)
    assert stored_row(first)["content_hash"] == ""


def test_a_line_holds_nothing_that_names_anybody():
    decision = decide("Names the director.", content="Text of a member")
    row = Decision.objects.filter(pk=decision.pk).values().get()
    words = json.dumps(row, default=str)
    for personal in ("director", "member", str(decision.moderator.public_id)):
        assert personal not in words
    assert "moderator_id" not in row


def test_record_decision_leaves_nothing_behind_when_its_transaction_fails():
    first = decide()
    with pytest.raises(RuntimeError), transaction.atomic():
        decide()
        raise RuntimeError
    assert decide().previous_hash == first.hash
    assert verify_log().lines == 2


# --- What the database refuses ------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE moderation_decision SET reason_code = 'abusive'",
        "DELETE FROM moderation_decision",
        "TRUNCATE moderation_decision CASCADE",
        "DELETE FROM moderation_decisionrecord",
        "UPDATE moderation_decisionrecord SET statement = 'Never said'",
        "UPDATE moderation_decisionrecord SET statement = 'Never said', salt = '', erased_at = now()",
        "UPDATE moderation_decisionrecord SET content_hash = '', salt = '', erased_at = now()",
        "UPDATE moderation_decisionrecord SET salt = 'another'",
        "UPDATE moderation_decisionrecord SET erased_at = now()",
        "UPDATE moderation_decisionrecord SET moderator_id = NULL",
    ],
)
def test_the_log_refuses_to_be_changed(change):
    decision = decide(content="A text")
    # Elsewhere in the tests the log may be emptied (tests/conftest.py); here it is as in production.
    switch_triggers("ENABLE")
    refused = pytest.raises(DatabaseError, match="Cannot|can only be erased")
    with refused, transaction.atomic():
        connection.cursor().execute(change)
    assert Decision.objects.get() == decision
    assert verify_log().problem is None


# --- verify_log ---------------------------------------------------------------------------------


def test_verify_log_of_an_untouched_log():
    assert (verify_log().lines, verify_log().problem) == (0, None)
    last = [decide() for _ in range(3)][-1]
    report = verify_log(expected=last.hash)
    assert (report.lines, report.erased, report.head) == (3, 0, last.hash)
    assert report.problem is None


def test_verify_log_finds_a_changed_line():
    _, second, _ = decide(), decide(), decide()
    without_triggers(
        "UPDATE moderation_decision SET reason_code = 'abusive' WHERE id = %s",
        second.pk,
    )
    report = verify_log()
    assert report.lines == 1
    assert (
        report.problem == f"Line {second.public_id} was changed after it was written."
    )


@pytest.mark.parametrize(
    "change",
    [
        "statement = 'Other'",
        "salt = 'another'",
        "content_hash = 'another'",
        "moderator_id = NULL",
        "moderator_id = (SELECT max(id) FROM accounts_user)",
    ],
)
def test_verify_log_finds_a_changed_record(change):
    _, second, _ = decide(), decide(), decide()
    without_triggers(
        f"UPDATE moderation_decisionrecord SET {change} WHERE decision_id = %s",
        second.pk,
        table="moderation_decisionrecord",
    )
    report = verify_log()
    assert report.lines == 1
    assert report.problem == (
        f"The record of line {second.public_id} was changed after it was written."
    )


def test_verify_log_finds_a_lost_record():
    decision = decide()
    without_triggers(
        "DELETE FROM moderation_decisionrecord", table="moderation_decisionrecord"
    )
    assert verify_log().problem == f"Line {decision.public_id} has lost its record."


def test_verify_log_finds_a_missing_line():
    _, second, third = decide(), decide(), decide()
    without_triggers(
        "DELETE FROM moderation_decisionrecord WHERE decision_id = %s",
        second.pk,
        table="moderation_decisionrecord",
    )
    without_triggers("DELETE FROM moderation_decision WHERE id = %s", second.pk)
    problem = verify_log().problem
    assert problem is not None and str(third.public_id) in problem


def cut_off_the_end() -> tuple[Decision, Decision]:
    first, second = decide(), decide()
    without_triggers(
        "DELETE FROM moderation_decisionrecord WHERE decision_id = %s",
        second.pk,
        table="moderation_decisionrecord",
    )
    without_triggers("DELETE FROM moderation_decision WHERE id = %s", second.pk)
    return first, second


def test_verify_log_finds_a_cut_off_end_if_its_hash_was_noted():
    _, second = cut_off_the_end()
    assert verify_log().problem is None
    problem = verify_log(expected=second.hash).problem
    assert problem is not None and second.hash in problem


def test_verify_log_finds_a_cut_off_end_if_its_hash_was_published():
    first, second = cut_off_the_end()
    for day, lines, root in [(1, 0, "0" * 64), (2, 1, first.hash), (3, 2, second.hash)]:
        TransparencyDay.objects.create(
            day=f"2026-11-0{day}", log_lines=lines, log_root=root, figures={}
        )
    assert verify_log().problem == (
        f"No line has the hash {second.hash}, which was published as the root of 2026-11-03."
    )


def test_verify_log_command_prints_json_and_fails_loudly():
    first = decide()
    out = StringIO()
    call_command("verify_log", "--json", stdout=out)
    assert json.loads(out.getvalue())["head"] == first.hash
    without_triggers("UPDATE moderation_decision SET reason_code = 'abusive'")
    with pytest.raises(CommandError, match=f"{first.public_id} was changed"):
        call_command("verify_log", stdout=StringIO())


# --- Erasing a person ---------------------------------------------------------------------------

STATEMENT = "Headline and pros name Plantedname, a director."


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def sign_up() -> User:
    """A member as the pages make one: account, confirmed address, work e-mail, profile."""
    user = confirm_email(UserFactory())
    complete_profile(user)
    WorkEmailFactory(user=user)
    return user


def submitted(author: User, **changes) -> Review:
    content = review_content(**changes)
    return submit_review(
        author=author, product=ProductFactory(), content=content, answers={}
    )


def rejected(author: User, moderator: User) -> Review:
    review = submitted(author, headline="Plantedname leads it")
    reject_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.PRIVATE_DATA,
        statement=STATEMENT,
    )
    return review


def test_an_erased_person_does_not_break_the_chain_and_a_tampered_line_does(moderator):
    author, other = sign_up(), sign_up()
    first = rejected(author, moderator)
    publish_review(review=submitted(other), moderator=moderator)
    erase_account(user=author, keep_published=False)

    report = verify_log()
    assert (report.lines, report.erased, report.problem) == (2, 1, None)
    erased = DecisionRecord.objects.get(decision__target_public_id=first.public_id)
    assert (erased.statement, erased.salt, erased.moderator) == ("", "", moderator)
    assert erased.erased_at is not None and len(erased.content_hash) == 64
    assert erased.decision.reason_code == ReasonCode.PRIVATE_DATA
    kept = DecisionRecord.objects.exclude(pk=erased.pk).get()
    assert (kept.statement, kept.erased_at) == ("It meets the guidelines.", None)
    out = StringIO()
    call_command("verify_log", stdout=out)
    assert "All 2 lines (1 of them erased) are as they were written." in out.getvalue()

    without_triggers(
        "UPDATE moderation_decision SET reason_code = 'advertising' WHERE id = %s",
        erased.pk,
    )
    with pytest.raises(CommandError, match=str(erased.decision.public_id)):
        call_command("verify_log", stdout=StringIO())


def test_erasure_that_keeps_what_is_public_empties_its_records_as_well(moderator):
    author = sign_up()
    publish_review(review=submitted(author), moderator=moderator)
    erase_account(user=author, keep_published=True)
    assert DecisionRecord.objects.get().salt == ""
    assert Review.objects.get().status == Review.Status.PUBLISHED
    assert verify_log().problem is None


def test_a_former_moderator_can_be_erased(moderator):
    author = sign_up()
    rejected(author, moderator)
    User.objects.filter(pk=moderator.pk).update(is_staff=False)
    moderator.refresh_from_db()
    erase_account(user=moderator, keep_published=False)
    record = DecisionRecord.objects.get()
    assert (record.moderator, record.salt, record.statement) == (None, "", STATEMENT)
    report = verify_log()
    assert (report.lines, report.erased, report.problem) == (1, 1, None)
    # Afterwards the author can be erased, too.
    erase_account(user=author, keep_published=False)
    twice = DecisionRecord.objects.get()
    assert (twice.statement, twice.erased_at) == ("", record.erased_at)
    assert verify_log().problem is None


def test_export_has_the_decisions_about_ones_own_things(moderator):
    author, other = sign_up(), sign_up()
    review = rejected(author, moderator)
    rejected(other, moderator)
    told = privacy.export(author)["moderation"]
    assert [
        (one["target_public_id"], one["action"], one["reason_code"], one["statement"])
        for one in told["decisions"]
    ] == [(review.public_id, "reject", "private_data", STATEMENT)]
    assert str(moderator.public_id) not in json.dumps(told, default=str)
    assert moderator.email not in json.dumps(told, default=str)
    made = privacy.export(moderator)["moderation"]["decisions_made"]
    assert [one["decision__action"] for one in made] == ["reject", "reject"]


# --- A log from before the commitments ----------------------------------------------------------


@contextmanager
def empty_schema() -> Iterator[None]:
    """Beside the tables of the tests, and alone on the search path: only what a test migrates is there."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA older")
        cursor.execute("SET search_path TO older")
        try:
            yield
        finally:
            cursor.execute("RESET search_path")
            cursor.execute("DROP SCHEMA older CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_log_with_names_in_clear_migrates_and_verifies():
    statements = ["As it was said.", 'Größe 😀 "quoted"', ""]
    with empty_schema():
        old = MigrationExecutor(connection)
        leaves = [leaf for leaf in old.loader.graph.leaf_nodes() if leaf[0] in ("accounts", "moderation")]  # fmt: skip
        before = old.migrate([("moderation", "0002_decisions_refuse_truncate")])
        OldUser = before.apps.get_model("accounts", "User")
        for number in range(2):
            OldUser.objects.create(email=f"{number}@moderators.example", is_staff=True)
        moderators = list(User.objects.order_by("pk").only("pk"))
        insert_old_lines(before, moderators, statements)
        MigrationExecutor(connection).migrate(leaves)

        report = verify_log()
        assert (report.lines, report.erased, report.problem) == (3, 0, None)
        told = Decision.objects.order_by("id").select_related("record__moderator")
        assert [(one.statement, one.moderator) for one in told] == list(
            zip(statements, [moderators[0], moderators[1], moderators[0]], strict=True)
        )
        new = decide(moderator=moderators[0])
        assert new.previous_hash == told.reverse()[1].hash
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Decision.objects.update(reason_code="abusive")


def insert_old_lines(
    state: ProjectState, moderators: list[User], statements: list[str]
) -> None:
    OldDecision = state.apps.get_model("moderation", "Decision")
    previous = FIRST_PREVIOUS_HASH
    for number, statement in enumerate(statements):
        line = OldDecision.objects.create(
            target_kind="review",
            target_public_id=uuid.uuid4(),
            action="reject",
            reason_code="copied",
            statement=statement,
            moderator_id=moderators[number % 2].pk,
            created_at=timezone.now(),
            previous_hash=previous,
            hash=secrets.token_hex(32),
        )
        previous = line.hash

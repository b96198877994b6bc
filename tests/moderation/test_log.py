import hashlib
import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from moderation.models import Decision, ReasonCode
from moderation.reasons import GROUNDS_FOR_REFUSAL, STATEMENTS
from moderation.services import FIRST_PREVIOUS_HASH, record_decision
from moderation.verification import verify_log
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def decide(statement: str = "As the guidelines say.") -> Decision:
    return record_decision(
        moderator=UserFactory(is_staff=True),
        action=Decision.Action.REJECT,
        target_kind="review",
        target_public_id=uuid.uuid4(),
        reason_code=ReasonCode.COPIED,
        statement=statement,
    )


def switch_triggers(word: str) -> None:
    with connection.cursor() as cursor:
        # A table with checks outstanding can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE moderation_decision {word} TRIGGER USER")


def without_triggers(sql: str, *parameters: object) -> None:
    """What only the owner of the table could do."""
    switch_triggers("DISABLE")
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_record_decision_hashes_the_line_and_the_hash_before_it():
    first, second = decide(), decide('Größe 😀 "quoted"')
    assert first.previous_hash == FIRST_PREVIOUS_HASH
    assert second.previous_hash == first.hash
    second.refresh_from_db()
    line = {
        "action": "reject",
        "created_at": second.created_at.isoformat(timespec="microseconds"),
        "moderator": str(second.moderator.public_id),
        "public_id": str(second.public_id),
        "reason_code": "copied",
        "statement": 'Größe 😀 "quoted"',
        "target_kind": "review",
        "target_public_id": str(second.target_public_id),
    }
    canonical = json.dumps(
        line, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert second.hash == hashlib.sha256((first.hash + canonical).encode()).hexdigest()


def test_record_decision_leaves_nothing_behind_when_its_transaction_fails():
    first = decide()
    with pytest.raises(RuntimeError), transaction.atomic():
        decide()
        raise RuntimeError
    assert decide().previous_hash == first.hash
    assert verify_log().lines == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE moderation_decision SET statement = 'Never said'",
        "DELETE FROM moderation_decision",
        "TRUNCATE moderation_decision",
    ],
)
def test_the_log_refuses_to_be_changed(change):
    decide()
    # Elsewhere in the tests the log may be emptied (tests/conftest.py); here it is as in production.
    switch_triggers("ENABLE")
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(change)
    assert Decision.objects.get().statement == "As the guidelines say."


def test_verify_log_of_an_untouched_log():
    assert (verify_log().lines, verify_log().problem) == (0, None)
    last = [decide() for _ in range(3)][-1]
    report = verify_log(expected=last.hash)
    assert (report.lines, report.head, report.problem) == (3, last.hash, None)


def test_verify_log_finds_a_changed_line():
    _, second, _ = decide(), decide(), decide()
    without_triggers(
        "UPDATE moderation_decision SET statement = 'Other' WHERE id = %s", second.pk
    )
    report = verify_log()
    assert report.lines == 1
    assert (
        report.problem == f"Line {second.public_id} was changed after it was written."
    )


def test_verify_log_finds_a_missing_line():
    _, second, third = decide(), decide(), decide()
    without_triggers("DELETE FROM moderation_decision WHERE id = %s", second.pk)
    problem = verify_log().problem
    assert problem is not None and str(third.public_id) in problem


def test_verify_log_finds_a_cut_off_end_if_its_hash_was_noted():
    _, second = decide(), decide()
    without_triggers("DELETE FROM moderation_decision WHERE id = %s", second.pk)
    assert verify_log().problem is None
    problem = verify_log(expected=second.hash).problem
    assert problem is not None and second.hash in problem


def test_verify_log_command_prints_json_and_fails_loudly():
    first = decide()
    out = StringIO()
    call_command("verify_log", "--json", stdout=out)
    assert json.loads(out.getvalue())["head"] == first.hash
    without_triggers("UPDATE moderation_decision SET reason_code = 'abusive'")
    with pytest.raises(CommandError, match="was changed"):
        call_command("verify_log", stdout=StringIO())


def test_every_reason_has_its_words():
    assert set(STATEMENTS) == set(ReasonCode)
    assert ReasonCode.MEETS_GUIDELINES not in GROUNDS_FOR_REFUSAL
    assert len(GROUNDS_FOR_REFUSAL) == len(ReasonCode) - 2

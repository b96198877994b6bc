"""What the database refuses, whoever asks: messaging.services.errors has the Refusal of each name.

A name stands where a constraint's would, so that code finds out which one it was.
"""

import pgtrigger

_REFUSE = """
IF refused IS NOT NULL THEN
    RAISE EXCEPTION 'refused: %', refused USING ERRCODE = 'check_violation', CONSTRAINT = refused;
END IF;
RETURN NEW;
"""

_BLOCKED = """
EXISTS (
    SELECT 1 FROM messaging_block b
    WHERE (b.blocker_id = {one} AND b.blocked_id = {other}) OR (b.blocker_id = {other} AND b.blocked_id = {one})
)
"""
_SUSPENDED = """
EXISTS (
    SELECT 1 FROM messaging_messagingsuspension s
    WHERE s.user_id = {user} AND s.lifted_at IS NULL AND (s.until IS NULL OR s.until > now())
)
"""


def _refusing(sql: str) -> str:
    return sql + _REFUSE


REFUSE_CONVERSATION = pgtrigger.Trigger(
    name="refuse",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("refused", "text")],
    func=_refusing(
        f"""
SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM account_emailaddress e WHERE e.user_id = NEW.buyer_id AND e.verified)
        THEN 'buyer_has_a_confirmed_address'
    WHEN {_SUSPENDED.format(user="NEW.buyer_id")} THEN 'buyer_is_not_suspended'
    WHEN r.status <> 'published' THEN 'reviews_asked_about_are_published'
    WHEN r.author_id = NEW.buyer_id THEN 'nobody_asks_themselves'
    WHEN coalesce(p.accepts_messages, 'nobody') = 'nobody' THEN 'author_takes_questions'
    WHEN {_BLOCKED.format(one="NEW.buyer_id", other="r.author_id")} THEN 'no_block_between_buyer_and_author'
END
INTO refused
FROM reviews_review r LEFT JOIN accounts_profile p ON p.user_id = r.author_id
WHERE r.id = NEW.review_id;
"""
    ),
)

# Erasing a member empties the place.
REFUSE_PARTICIPANT = pgtrigger.Trigger(
    name="refuse_others",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("user_id", "conversation_id", "role"),
    condition=pgtrigger.Q(new__user__isnull=False),
    declare=[("refused", "text")],
    func=_refusing(
        """
SELECT 'participants_are_buyer_and_author'
INTO refused
FROM messaging_conversation c JOIN reviews_review r ON r.id = c.review_id
WHERE c.id = NEW.conversation_id
    AND NEW.user_id IS DISTINCT FROM CASE NEW.role WHEN 'buyer' THEN c.buyer_id ELSE r.author_id END;
"""
    ),
)

# Triggers fire in the order of their names: "number" has locked the conversation, so what is read here is settled,
# and knows which message of the thread this is.
REFUSE_MESSAGE = pgtrigger.Trigger(
    name="refuse",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("refused", "text")],
    func=_refusing(
        f"""
SELECT CASE
    WHEN c.state NOT IN ('requested', 'open') THEN 'messages_only_while_live'
    WHEN me.id IS NULL THEN 'only_participants_write'
    WHEN c.state = 'requested' AND NEW.sender_role = 'buyer' AND NEW.number > 1 THEN 'one_message_until_answered'
    WHEN {_SUSPENDED.format(user="NEW.sender_id")} THEN 'sender_is_not_suspended'
    WHEN {_BLOCKED.format(one="NEW.sender_id", other="other.user_id")} THEN 'no_block_between_the_two'
END
INTO refused
FROM messaging_conversation c
LEFT JOIN messaging_participant me
    ON me.conversation_id = c.id AND me.role = NEW.sender_role AND me.user_id = NEW.sender_id AND me.left_at IS NULL
LEFT JOIN messaging_participant other ON other.conversation_id = c.id AND other.role <> NEW.sender_role
WHERE c.id = NEW.conversation_id;
"""
    ),
)

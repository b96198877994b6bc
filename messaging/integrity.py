from messaging.models.conversations import FOLDER
from reviews_site.lib.integrity import sql

CHECKS = [
    sql(
        "message_count",
        "A conversation counts its messages, and those of the reviewer.",
        """
        SELECT c.public_id FROM messaging_conversation c
        LEFT JOIN (
            SELECT conversation_id, count(*) AS n, count(*) FILTER (WHERE sender_role = 'reviewer') AS by_reviewer
            FROM messaging_message GROUP BY conversation_id
        ) m ON m.conversation_id = c.id
        WHERE (c.message_count, c.from_reviewer_count) <> (coalesce(m.n, 0), coalesce(m.by_reviewer, 0))
        """,
    ),
    sql(
        "message_numbers",
        "The messages of a conversation are numbered 1, 2, 3 in their order.",
        """
        SELECT DISTINCT c.public_id FROM (
            SELECT conversation_id, number, row_number() OVER thread AS due,
                number_from_reviewer,
                count(*) FILTER (WHERE sender_role = 'reviewer') OVER thread AS due_from_reviewer
            FROM messaging_message
            WINDOW thread AS (PARTITION BY conversation_id ORDER BY id)
        ) m JOIN messaging_conversation c ON c.id = m.conversation_id
        WHERE (m.number, m.number_from_reviewer) <> (m.due, m.due_from_reviewer)
        """,
    ),
    sql(
        "last_message_at",
        "A conversation says when its last message was sent.",
        """
        SELECT c.public_id FROM messaging_conversation c
        JOIN LATERAL (
            SELECT created_at FROM messaging_message m WHERE m.conversation_id = c.id ORDER BY id DESC LIMIT 1
        ) last ON last.created_at <> c.last_message_at
        """,
    ),
    sql(
        "two_participants",
        "A conversation has a buyer and a reviewer.",
        """
        SELECT c.public_id FROM messaging_conversation c
        LEFT JOIN messaging_participant p ON p.conversation_id = c.id
        GROUP BY c.id HAVING count(p.id) <> 2
        """,
    ),
    sql(
        "inbox",
        "Each side finds a conversation in the folder of its state, at the time of its last message.",
        f"""
        SELECT DISTINCT c.public_id FROM messaging_participant p
        JOIN messaging_conversation c ON c.id = p.conversation_id
        WHERE p.last_message_at <> c.last_message_at
            OR p.folder <> {FOLDER.format(archived_at="p.archived_at", state="c.state")}
        """,
    ),
    # A message that waited for another's lock may be a moment older than the reading that it came after.
    sql(
        "unread_count",
        "A side has no more unread messages than the other sent, and at least those sent since it last read.",
        """
        SELECT DISTINCT c.public_id FROM messaging_participant p
        JOIN messaging_conversation c ON c.id = p.conversation_id
        LEFT JOIN LATERAL (
            SELECT count(*) AS since FROM messaging_message m
            WHERE m.conversation_id = c.id AND m.sender_role <> p.role
                AND (p.last_read_at IS NULL OR m.created_at > p.last_read_at + interval '1 minute')
        ) others ON true
        WHERE p.unread_count > CASE p.role
                WHEN 'buyer' THEN c.from_reviewer_count ELSE c.message_count - c.from_reviewer_count END
            OR (p.left_at IS NULL AND p.user_id IS NOT NULL AND p.unread_count < others.since)
        """,
    ),
    sql(
        "readers",
        "A message is found by those who take part in its conversation, and by nobody else.",
        """
        SELECT m.public_id FROM messaging_message m
        JOIN (
            SELECT conversation_id, coalesce(array_agg(user_id) FILTER (WHERE user_id IS NOT NULL), '{}') AS readers
            FROM messaging_participant GROUP BY conversation_id
        ) p ON p.conversation_id = m.conversation_id
        WHERE NOT (m.readers <@ p.readers AND p.readers <@ m.readers)
        """,
    ),
    sql(
        "contacts_after_the_end",
        "Contact details are shared in open conversations only.",
        """
        SELECT DISTINCT c.public_id FROM messaging_contactshare s
        JOIN messaging_participant p ON p.id = s.participant_id
        JOIN messaging_conversation c ON c.id = p.conversation_id
        WHERE s.revoked_at IS NULL AND c.state <> 'open'
        """,
    ),
    sql(
        "call_after_the_end",
        "Calls are proposed and agreed in open conversations only.",
        """
        SELECT call.public_id FROM messaging_callproposal call
        JOIN messaging_conversation c ON c.id = call.conversation_id
        WHERE call.state IN ('proposed', 'accepted') AND c.state <> 'open'
        """,
    ),
    sql(
        "suspended_and_agreed",
        "Whoever may not write in private has no call and shares no contact details.",
        """
        SELECT DISTINCT c.public_id FROM messaging_messagingsuspension s
        JOIN messaging_participant p ON p.user_id = s.user_id
        JOIN messaging_conversation c ON c.id = p.conversation_id
        WHERE s.lifted_at IS NULL AND (s.until IS NULL OR s.until > now()) AND (
            EXISTS (
                SELECT 1 FROM messaging_callproposal call
                WHERE call.conversation_id = c.id AND call.state IN ('proposed', 'accepted')
            )
            OR EXISTS (
                SELECT 1 FROM messaging_contactshare share
                WHERE share.participant_id = p.id AND share.revoked_at IS NULL
            )
        )
        """,
    ),
    sql(
        "suspension_without_decision",
        "Behind each suspension stands a line of the log.",
        """
        SELECT s.public_id FROM messaging_messagingsuspension s
        LEFT JOIN moderation_decision d ON d.public_id = s.decision_public_id
        WHERE d.id IS NULL ORDER BY s.id
        """,
    ),
    sql(
        "end_without_time",
        "A conversation that is over says since when, and no other does.",
        """
        SELECT c.public_id FROM messaging_conversation c
        WHERE (c.ended_at IS NULL) <> (c.state IN ('requested', 'open'))
        """,
    ),
]

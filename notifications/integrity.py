from reviews_site.lib.integrity import sql

CHECKS = [
    sql(
        "email_not_taken",
        "An e-mail that is due, or whose worker died, is taken by a worker within ten minutes.",
        """
        SELECT public_id FROM notifications_outgoingemail
        WHERE (status = 'queued' AND next_attempt_at < now() - interval '10 minutes')
            OR (status = 'sending' AND leased_until < now() - interval '10 minutes')
        ORDER BY id
        """,
    ),
    sql(
        "email_sent_without_attempt",
        "An e-mail was sent by a worker, which counts its attempts.",
        """
        SELECT public_id FROM notifications_outgoingemail
        WHERE status IN ('sent', 'sending') AND attempts = 0
        ORDER BY id
        """,
    ),
]

"""For each check of the integrity of the database, a fault that goes past every trigger; RETURNING what must be named."""

PLANTS = {
    "email_not_taken": """
        UPDATE notifications_outgoingemail SET status = 'queued', next_attempt_at = now() - interval '11 minutes'
        WHERE id = (SELECT min(id) FROM notifications_outgoingemail) RETURNING public_id
    """,
    "email_sent_without_attempt": """
        UPDATE notifications_outgoingemail SET status = 'sent', sent_at = now(), attempts = 0
        WHERE id = (SELECT min(id) FROM notifications_outgoingemail) RETURNING public_id
    """,
    "member_without_profile": """
        DELETE FROM accounts_profile p USING accounts_user u WHERE u.id = p.user_id
        AND u.id = (SELECT min(id) FROM accounts_user) RETURNING u.public_id
    """,
    "address_differs": """
        UPDATE accounts_user SET email = 'another@demo.example'
        WHERE id = (SELECT min(user_id) FROM account_emailaddress WHERE "primary") RETURNING public_id
    """,
    "session_of_disabled_account": """
        WITH gone AS (
            UPDATE accounts_user SET is_active = false WHERE id = (SELECT min(id) FROM accounts_user)
            RETURNING id, public_id
        ), stored AS (
            INSERT INTO django_session (session_key, session_data, expire_date)
            VALUES ('planted', '', now() + interval '1 day')
        ), held AS (
            INSERT INTO usersessions_usersession
                (user_id, session_key, ip, user_agent, data, created_at, last_seen_at)
            SELECT id, 'planted', '127.0.0.1', '', '{}', now(), now() FROM gone
        )
        SELECT public_id FROM gone
    """,
    "token_of_disabled_account": """
        WITH gone AS (
            UPDATE accounts_user SET is_active = false WHERE id = (SELECT min(id) FROM accounts_user) RETURNING id
        )
        INSERT INTO accounts_apitoken (public_id, user_id, name, digest, created_at)
        SELECT gen_random_uuid(), id, '', 'planted', now() FROM gone RETURNING public_id
    """,
    "log_chain": """
        UPDATE moderation_decision SET reason_code = 'copied' || id
        WHERE id = (SELECT min(id) FROM moderation_decision)
        RETURNING 'Line ' || public_id || ' was changed after it was written.'
    """,
    "queue_item_without_target": """
        UPDATE moderation_queueitem SET target_public_id = gen_random_uuid()
        WHERE id = (SELECT min(id) FROM moderation_queueitem WHERE closed_at IS NULL) RETURNING public_id
    """,
    "batch_not_applied": """
        INSERT INTO moderation_decisionbatch
            (public_id, moderator_id, verb, reason_code, statement, items, status, created_at, apply_at, results)
        SELECT gen_random_uuid(), min(id), '', '', '', '{}', 'waiting', now(), now() - interval '11 minutes', '{}'
        FROM accounts_user RETURNING public_id
    """,
    "appeal_without_restriction": """
        DELETE FROM moderation_queueitem WHERE id = (
            SELECT min(id) FROM moderation_queueitem WHERE kind = 'appeal' AND closed_at IS NULL
        ) RETURNING target_public_id
    """,
    "category_count": """
        UPDATE products_category SET product_count = product_count + 1
        WHERE id = (SELECT min(id) FROM products_category) RETURNING slug
    """,
    "alias_of_another_product": """
        INSERT INTO products_productalias (slug, product_id, name)
        SELECT min(slug), max(id), '' FROM products_product RETURNING slug
    """,
    "representative_without_address": """
        UPDATE account_emailaddress a SET verified = false FROM accounts_user u
        WHERE u.id = a.user_id AND u.id = (
            SELECT min(user_id) FROM products_vendorrepresentative
            WHERE verified_at IS NOT NULL AND ended_at IS NULL
        ) RETURNING u.public_id
    """,
    "claim_not_waiting": """
        DELETE FROM moderation_queueitem WHERE id = (
            SELECT min(id) FROM moderation_queueitem WHERE kind = 'vendor_claim' AND closed_at IS NULL
        ) RETURNING target_public_id
    """,
    "cohort_too_small": """
        DELETE FROM disclosure_cohortmember m USING disclosure_cohort c, products_product p
        WHERE p.id = c.product_id AND c.id = m.cohort_id AND c.id = (
            SELECT min(id) FROM disclosure_cohort WHERE retired_on IS NULL
        ) RETURNING p.slug || ' ' || c.topic
    """,
    "cell_of_too_few": """
        UPDATE disclosure_cell cell SET organisations = 1000 FROM products_product p
        WHERE p.id = cell.product_id AND cell.id = (SELECT min(id) FROM disclosure_cell)
        RETURNING p.slug || ' ' || cell.topic
    """,
    "rating": """
        UPDATE reviews_productrating rating SET mean = mean - 0.25 FROM products_product p
        WHERE p.id = rating.product_id AND p.id = (SELECT min(product_id) FROM reviews_productrating WHERE count > 0)
        RETURNING p.slug || ': mean'
    """,
    "product_without_rating": """
        DELETE FROM reviews_productrating rating USING products_product p
        WHERE p.id = rating.product_id AND p.id = (SELECT min(product_id) FROM reviews_productrating WHERE count > 0)
        RETURNING p.slug
    """,
    "rating_not_refreshed": """
        WITH wish AS (
            INSERT INTO reviews_ratingrefresh (product_id, requested_at)
            SELECT min(id), now() - interval '11 minutes' FROM products_product RETURNING product_id
        )
        SELECT slug FROM products_product WHERE id = (SELECT product_id FROM wish)
    """,
    "helpful_count": """
        UPDATE reviews_review SET helpful_count = helpful_count + 1
        WHERE id = (SELECT min(id) FROM reviews_review) RETURNING public_id
    """,
    "comment_count": """
        UPDATE reviews_review SET comment_count = comment_count + 1
        WHERE id = (SELECT min(id) FROM reviews_review) RETURNING public_id
    """,
    "published_unverified": """
        UPDATE reviews_verification v SET status = 'failed' FROM reviews_review r
        WHERE r.id = v.review_id AND r.id = (
            SELECT min(id) FROM reviews_review WHERE status = 'published' AND source <> 'imported'
        ) RETURNING r.public_id
    """,
    "evidence_kept": """
        UPDATE reviews_verification SET status = 'passed', checked_at = now() WHERE id = (
            SELECT min(verification_id) FROM reviews_proofpage
        ) RETURNING public_id
    """,
    "dispute_of_what_is_not_public": """
        UPDATE reviews_review SET status = 'withdrawn' WHERE id = (
            SELECT min(review_id) FROM reviews_dispute WHERE status = 'open'
        ) RETURNING (
            SELECT public_id FROM reviews_dispute d WHERE d.review_id = reviews_review.id AND d.status = 'open'
        )
    """,
    **{
        f"{name}_not_waiting": f"""
            DELETE FROM moderation_queueitem WHERE id = (
                SELECT min(id) FROM moderation_queueitem WHERE kind = '{kind}' AND closed_at IS NULL
            ) RETURNING target_public_id
        """
        for name, kind in (
            ("review", "review"),
            ("comment", "comment"),
            ("response", "vendor_response"),
            ("dispute", "dispute"),
        )
    },
    "message_count": """
        UPDATE messaging_conversation SET message_count = message_count + 1
        WHERE id = (SELECT min(id) FROM messaging_conversation) RETURNING public_id
    """,
    "message_numbers": """
        UPDATE messaging_message m SET number = number + 1 FROM messaging_conversation c
        WHERE c.id = m.conversation_id AND m.id = (SELECT min(id) FROM messaging_message) RETURNING c.public_id
    """,
    "last_message_at": """
        UPDATE messaging_conversation SET last_message_at = last_message_at - interval '1 second'
        WHERE id = (SELECT min(id) FROM messaging_conversation) RETURNING public_id
    """,
    "two_participants": """
        DELETE FROM messaging_participant p USING messaging_conversation c
        WHERE c.id = p.conversation_id AND p.id = (SELECT min(id) FROM messaging_participant) RETURNING c.public_id
    """,
    "inbox": """
        UPDATE messaging_participant p SET folder = 'nowhere' FROM messaging_conversation c
        WHERE c.id = p.conversation_id AND p.id = (SELECT min(id) FROM messaging_participant) RETURNING c.public_id
    """,
    "unread_count": """
        UPDATE messaging_participant p SET unread_count = 1000 FROM messaging_conversation c
        WHERE c.id = p.conversation_id AND p.id = (SELECT min(id) FROM messaging_participant) RETURNING c.public_id
    """,
    "readers": """
        UPDATE messaging_message SET readers = readers || 0::bigint
        WHERE id = (SELECT min(id) FROM messaging_message) RETURNING public_id
    """,
    "contacts_after_the_end": """
        WITH closed AS (SELECT min(id) AS id FROM messaging_conversation WHERE state = 'closed'), shared AS (
            INSERT INTO messaging_contactshare (participant_id, field, value, chosen_at)
            SELECT min(p.id), 'name', 'Ann', now() FROM messaging_participant p JOIN closed
            ON closed.id = p.conversation_id
        )
        SELECT public_id FROM messaging_conversation JOIN closed USING (id)
    """,
    "call_after_the_end": """
        INSERT INTO messaging_callproposal (
            public_id, conversation_id, proposer_id, state, minutes, place, time_zone, client_key, created_at, sequence
        )
        SELECT gen_random_uuid(), c.id, p.id, 'proposed', 30, '', 'UTC', gen_random_uuid(), now(), 0
        FROM messaging_conversation c JOIN messaging_participant p ON p.conversation_id = c.id AND p.role = 'buyer'
        WHERE c.id = (SELECT min(id) FROM messaging_conversation WHERE state = 'closed') RETURNING public_id
    """,
    "suspended_and_agreed": """
        WITH open AS (
            SELECT p.id, p.user_id, c.public_id FROM messaging_participant p
            JOIN messaging_conversation c ON c.id = p.conversation_id
            WHERE c.state = 'open' AND p.user_id IS NOT NULL ORDER BY p.id LIMIT 1
        ), calls AS (
            UPDATE messaging_callproposal SET state = 'past' WHERE state IN ('proposed', 'accepted')
        ), shared AS (
            INSERT INTO messaging_contactshare (participant_id, field, value, chosen_at)
            SELECT id, 'name', 'Ann', now() FROM open
        ), suspended AS (
            INSERT INTO messaging_messagingsuspension (public_id, user_id, decision_public_id, created_at)
            SELECT gen_random_uuid(), user_id, gen_random_uuid(), now() FROM open
        )
        SELECT public_id FROM open
    """,
    "suspension_without_decision": """
        INSERT INTO messaging_messagingsuspension (public_id, user_id, decision_public_id, created_at)
        SELECT gen_random_uuid(), min(id), gen_random_uuid(), now() FROM accounts_user RETURNING public_id
    """,
    "end_without_time": """
        UPDATE messaging_conversation SET ended_at = NULL
        WHERE id = (SELECT min(id) FROM messaging_conversation WHERE state = 'closed') RETURNING public_id
    """,
}

from reviews_site.lib.integrity import sql

CHECKS = [
    sql(
        "member_without_profile",
        "Each member has a profile.",
        """
        SELECT u.public_id FROM accounts_user u
        LEFT JOIN accounts_profile p ON p.user_id = u.id WHERE p.user_id IS NULL ORDER BY u.id
        """,
    ),
    sql(
        "address_differs",
        "The primary address of a member is the one of their account.",
        """
        SELECT u.public_id FROM account_emailaddress a JOIN accounts_user u ON u.id = a.user_id
        WHERE a."primary" AND lower(a.email) <> u.email ORDER BY u.id
        """,
    ),
    sql(
        "session_of_disabled_account",
        "Nobody whose account is disabled is signed in.",
        """
        SELECT DISTINCT u.public_id FROM accounts_user u
        JOIN usersessions_usersession held ON held.user_id = u.id
        JOIN django_session s ON s.session_key = held.session_key AND s.expire_date > now()
        WHERE NOT u.is_active
        """,
    ),
    sql(
        "token_of_disabled_account",
        "No token of a disabled account is in force.",
        """
        SELECT t.public_id FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.user_id
        WHERE t.revoked_at IS NULL AND NOT u.is_active ORDER BY t.id
        """,
    ),
]

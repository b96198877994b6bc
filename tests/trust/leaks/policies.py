"""What may be shown where, and to whom: for every route, every operation of the API, every e-mail, every list of staff.

Beyond what is said here a reader meets nothing but their own facts. Whatever is added to the site is added here too;
until then the build fails.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

# By reader, the labels of tests.trust.leaks.site that they may meet; * stands for anything.
Shown = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Policy:
    shows: Shown = field(default_factory=dict)
    # Besides that, once both sides chose to share it.
    shared: bool = False

    def allows(self, reader: str, label: str, *, is_shared: bool = False) -> bool:
        patterns = (f"{reader}.*", *self.shows.get(reader, ()))
        if self.shared and is_shared and reader in ("buyer", "reviewer"):
            patterns += SHARED
        return any(fnmatchcase(label, pattern) for pattern in patterns)


def together(*policies: Policy) -> Policy:
    readers = {reader for policy in policies for reader in policy.shows}
    return Policy(
        {r: tuple(x for p in policies for x in p.shows.get(r, ())) for r in readers},
        any(policy.shared for policy in policies),
    )


# Both sides chose their names; the telephone was chosen by the reviewer alone, the work e-mail by the buyer alone.
SHARED = ("buyer.shared.name", "reviewer.shared.name")

# Public, or the reader's own: nothing of anybody else.
NOTHING = Policy()
# Names every country that there is.
LISTS = Policy(
    dict.fromkeys(("visitor", "stranger", "buyer", "reviewer", "colleague", "representative", "opener", "idle", "root"), ("*.country",))
)  # fmt: skip
# Which conversations a member has, with whom by alias, and the last words.
INBOX = Policy(
    {
        "buyer": ("talk.*", "message.8"),
        "reviewer": ("talk.*", "message.8", "other.id", "other.colleague", "other.reviewer", "other.2"),
        "colleague": ("other.id", "other.colleague", "other.reviewer", "other.2"),
    }
)  # fmt: skip
# Of the buyer's conversation, which is the one that the addresses name.
LINK = Policy({"buyer": ("talk.id",), "reviewer": ("talk.id",)})
MESSAGES = Policy(
    {"buyer": ("message.*", "talk.*", "call.*"), "reviewer": ("message.*", "talk.*", "call.*")},
    shared=True,
)  # fmt: skip
ALIASES = Policy(dict.fromkeys(("buyer", "reviewer"), ("talk.*",)))
CALL = Policy(dict.fromkeys(("buyer", "reviewer"), ("talk.*", "call.*")))
CONTACTS = together(LINK, Policy(shared=True))
THREAD = together(INBOX, MESSAGES)
# The conversation that one began about this review.
BEGUN = Policy({"buyer": ("talk.id",), "colleague": ("other.id",)})
# One's own words and what one did; of the other side its alias, and which message one quoted.
EXPORT = Policy(
    {
        "buyer": ("talk.*", "message.[1357]", "message.[1357].id", "call.*"),
        "reviewer": ("talk.*", "message.[2468]", "message.[2468].id", "message.1.id", "call.*", "other.id", "other.colleague", "other.reviewer", "other.2"),
        "colleague": ("other.id", "other.colleague", "other.reviewer", "other.1"),
    }
)  # fmt: skip
# Who of the staff did or does something.
COLLEAGUES = Policy(
    dict.fromkeys(("opener", "idle", "root"), ("opener.email", "idle.email", "root.email"))
)  # fmt: skip
# The message that was reported and at most three before it, for the moderator who opened them, which is logged.
REPORTED = together(
    COLLEAGUES,
    Policy({"opener": ("message.[3456]", "buyer.report")}),
)
# Who has an account, without what they do with it.
MEMBERS = Policy({"root": ("*.email", "*.public_id", "keys.user.*")})


def _all(policy: Policy, names: str) -> dict[str, Policy]:
    found = names.split()
    assert len(found) == len(set(found))
    return dict.fromkeys(found, policy)


ROUTES: dict[str, Policy] = {
    # The front, what is said about the site, the catalogue.
    **_all(
        NOTHING,
        "home robots sitemap sitemap_index about_figures about_guidelines about_messages about_ratings about_verification "
        "write_a_review api_docs healthz readyz metrics product products:list products:search products:vendor "
        "research:alternatives research:category research:compare research:compare_pdf research:guide "
        "research:guide_pdf research:people_like_me research:product_voice research:vendor_voice "
        "references:product outcomes:outcomes prices:prices following:site_feed following:product_feed "
        "following:category_feed moderation:transparency moderation:transparency_json moderation:roots "
        "notifications:dev_mail notifications:dev_mail_one",
    ),
    # Reviews and what belongs to them.
    **_all(
        NOTHING,
        "reviews:comment reviews:comment_on reviews:dispute reviews:edit reviews:end_invitation reviews:helpful "
        "reviews:invitation reviews:latest_comments reviews:mine reviews:own_comments reviews:proof "
        "reviews:proof_page reviews:report reviews:report_comment reviews:report_response reviews:report_review "
        "reviews:respond reviews:review reviews:save_draft reviews:save_edit reviews:score reviews:take_back_proof "
        "reviews:vendor_desk reviews:vendor_invitations reviews:withdraw reviews:withdraw_comment "
        "reviews:withdraw_dispute reviews:withdraw_response reviews:write outcomes:delivery "
        "outcomes:take_back_delivery references:consent",
    ),
    # One's own account and what one keeps there.
    **_all(
        NOTHING,
        "accounts:confirm_work_email accounts:erase accounts:erased accounts:overview accounts:profile "
        "accounts:remove_work_email accounts:revoke_token accounts:tokens accounts:work_email "
        "products:claim products:confirm_claim products:leave products:manage products:withdraw_claim "
        "following:add_to_shortlist following:ask_for_digest following:category following:confirm_digest "
        "following:delete_shortlist following:follows following:item_note following:product following:remove_item "
        "following:rename_shortlist following:shortlist following:shortlist_csv following:shortlists "
        "following:stop_digest following:vendor notifications:preferences notifications:unsubscribe "
        "moderation:appeal moderation:new_appeal outcomes:answer outcomes:check_ins outcomes:own_answer "
        "outcomes:take_back_answer prices:mine prices:price prices:withdraw references:draw",
    ),
    "accounts:export": EXPORT,
    # Signing in.
    **_all(
        NOTHING,
        "/accounts/confirm-email/<str:key>/ /accounts/social/connections/ /accounts/social/login/cancelled/ "
        "/accounts/social/login/error/ /accounts/social/signup/ account_change_password account_confirm_email "
        "account_confirm_login_code account_email account_email_verification_sent account_inactive account_login "
        "account_logout account_reauthenticate account_reset_password account_reset_password_done "
        "account_reset_password_from_key account_reset_password_from_key_done account_set_password account_signup "
        "mfa_activate_totp mfa_add_webauthn mfa_authenticate mfa_deactivate_totp mfa_download_recovery_codes "
        "mfa_edit_webauthn mfa_generate_recovery_codes mfa_index mfa_list_webauthn mfa_login_webauthn "
        "mfa_reauthenticate mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_view_recovery_codes "
        "openid_connect_callback openid_connect_login socialaccount_connections socialaccount_login_cancelled "
        "socialaccount_login_error socialaccount_signup usersessions_list",
    ),
    # Private messages.
    **_all(BEGUN, "messaging:ask messaging:question_draft"),
    **_all(INBOX, "messaging:inbox messaging:inbox_news"),
    **_all(
        THREAD,
        "messaging:conversation messaging:new_messages messaging:report messaging:accept messaging:archive "
        "messaging:block messaging:decline messaging:draft messaging:leave messaging:mute messaging:read "
        "messaging:unblock messaging:contacts messaging:revoke_contacts messaging:propose_call messaging:calls "
        "messaging:accept_call messaging:cancel_call messaging:decline_call",
    ),
    "messaging:calendar": CALL,
    # The API by one's session; by a token: OPERATIONS.
    **_all(
        NOTHING,
        "/api/v1/^ api:root api:alternatives api:categories api:category api:category_ranking "
        "api:comments api:compare api:delivery api:people_like_me api:product api:product_features "
        "api:product_figures api:product_prices api:product_voice api:products api:retention api:review "
        "api:reviews api:shortlist_item api:shortlist_items api:shortlists api:vendor api:vendor_voice api:vendors",
    ),
    "api:schema": LISTS,
    "api:conversations": together(INBOX, ALIASES),
    **_all(
        ALIASES,
        "api:conversation api:accept api:archive api:block api:decline api:leave api:mute api:read "
        "api:report_message",
    ),
    "api:messages": MESSAGES,
    "api:draft": LINK,
    "api:contacts": CONTACTS,
    **_all(
        CALL,
        "api:accept_call api:call api:call_calendar api:calls api:cancel_call api:decline_call",
    ),
    # Staff.
    **_all(
        COLLEAGUES,
        "moderation_batch moderation_batch_undo moderation_batches moderation_queue prices:read admin:index "
        "admin:app_list /admin/(?P<url>.*)$ admin:autocomplete admin:jsi18n admin:login admin:logout "
        "admin:password_change admin:password_change_done admin:search admin:view_on_site",
    ),
    **_all(
        REPORTED,
        "moderation_item moderation_item_hold moderation_item_open moderation_target",
    ),
}

# Each model of the panel: its list, its search, its rows, their history and deletion.
MODELS: dict[str, Policy] = {
    "accounts.User": MEMBERS,
    "messaging.MessageReport": COLLEAGUES,
    "mfa.Authenticator": COLLEAGUES,
    "moderation.Decision": COLLEAGUES,
    "notifications.OutgoingEmail": COLLEAGUES,
    "products.Category": COLLEAGUES,
    "products.Feature": COLLEAGUES,
    "products.Product": COLLEAGUES,
    "products.Vendor": COLLEAGUES,
    "reviews.Question": COLLEAGUES,
    "reviews.Review": COLLEAGUES,
    "reviews.ReviewRevision": COLLEAGUES,
}

OPERATIONS: dict[str, Policy] = {
    **dict.fromkeys(
        [
            "GET /api/v1/categories/",
            "GET /api/v1/categories/{slug}/",
            "GET /api/v1/categories/{slug}/ranking/",
            "GET /api/v1/compare/",
            "GET /api/v1/me/shortlists/",
            "POST /api/v1/me/shortlists/",
            "GET /api/v1/me/shortlists/{public_id}/items/",
            "POST /api/v1/me/shortlists/{public_id}/items/",
            "DELETE /api/v1/me/shortlists/{public_id}/items/{slug}/",
            "GET /api/v1/products/",
            "GET /api/v1/products/{slug}/",
            "GET /api/v1/products/{slug}/alternatives/",
            "GET /api/v1/products/{slug}/delivery/",
            "GET /api/v1/products/{slug}/features/",
            "GET /api/v1/products/{slug}/figures/",
            "GET /api/v1/products/{slug}/people-like-me/",
            "GET /api/v1/products/{slug}/prices/",
            "GET /api/v1/products/{slug}/retention/",
            "GET /api/v1/products/{slug}/voice/",
            "GET /api/v1/reviews/",
            "POST /api/v1/reviews/",
            "GET /api/v1/reviews/{public_id}/",
            "GET /api/v1/reviews/{public_id}/comments/",
            "GET /api/v1/vendors/",
            "GET /api/v1/vendors/{slug}/",
            "GET /api/v1/vendors/{slug}/voice/",
        ],
        NOTHING,
    ),
    "GET /api/v1/conversations/": together(INBOX, ALIASES),
    "POST /api/v1/conversations/": together(INBOX, ALIASES),
    **dict.fromkeys(
        [
            "GET /api/v1/conversations/{public_id}/",
            "POST /api/v1/conversations/{public_id}/accept/",
            "PUT /api/v1/conversations/{public_id}/archive/",
            "DELETE /api/v1/conversations/{public_id}/archive/",
            "PUT /api/v1/conversations/{public_id}/block/",
            "DELETE /api/v1/conversations/{public_id}/block/",
            "POST /api/v1/conversations/{public_id}/decline/",
            "POST /api/v1/conversations/{public_id}/leave/",
            "PUT /api/v1/conversations/{public_id}/mute/",
            "DELETE /api/v1/conversations/{public_id}/mute/",
            "POST /api/v1/conversations/{public_id}/read/",
            "POST /api/v1/conversations/{public_id}/messages/{message_id}/report/",
        ],
        ALIASES,
    ),
    **dict.fromkeys(
        [
            "GET /api/v1/conversations/{public_id}/draft/",
            "PUT /api/v1/conversations/{public_id}/draft/",
            "DELETE /api/v1/conversations/{public_id}/draft/",
        ],
        LINK,
    ),
    **dict.fromkeys(
        [
            "GET /api/v1/conversations/{public_id}/contacts/",
            "PUT /api/v1/conversations/{public_id}/contacts/",
            "DELETE /api/v1/conversations/{public_id}/contacts/",
        ],
        CONTACTS,
    ),
    **dict.fromkeys(
        [
            "GET /api/v1/conversations/{public_id}/calls/",
            "POST /api/v1/conversations/{public_id}/calls/",
            "GET /api/v1/conversations/{public_id}/calls/{call_id}/",
            "GET /api/v1/conversations/{public_id}/calls/{call_id}/calendar.ics",
            "POST /api/v1/conversations/{public_id}/calls/{call_id}/accept/",
            "POST /api/v1/conversations/{public_id}/calls/{call_id}/cancel/",
            "POST /api/v1/conversations/{public_id}/calls/{call_id}/decline/",
        ],
        CALL,
    ),
    "GET /api/v1/conversations/{public_id}/messages/": MESSAGES,
    "POST /api/v1/conversations/{public_id}/messages/": MESSAGES,
}

# A link to the conversation for whoever takes part in it, and nothing of what is in it.
CONVERSATION_LINK = Policy(
    {"buyer": ("talk.id",), "reviewer": ("talk.id", "other.id"), "colleague": ("other.id",)}
)  # fmt: skip
EMAILS: dict[str, Policy] = {
    **_all(
        NOTHING,
        "account appeal_dismissed appeal_granted appeal_received check_in comment_answered comment_published "
        "comment_rejected comment_removed comment_restored digest digest_confirmation dispute_dismissed "
        "dispute_ended dispute_opened dispute_received dispute_upheld price_read proof_accepted proof_expired "
        "proof_rejected report_decided report_received representation_ended representation_ends_soon "
        "representation_lapsed response_published response_rejected response_removed review_answered "
        "review_commented review_edit_approved review_edit_rejected review_published review_received "
        "review_rejected review_removed review_restored review_update_reminder system vendor_claim_approved "
        "vendor_claim_confirmation vendor_claim_rejected work_email_confirmation work_email_lapsed "
        "work_email_lapses_soon",
    ),
    **_all(
        CONVERSATION_LINK,
        "call_accepted call_cancelled call_declined call_proposed call_reminder contact_offered contact_shared "
        "conversation_closes conversation_goes message_accepted message_digest message_new message_report_decided "
        "message_request message_restricted message_suspended",
    ),
}


# All that the templates of e-mails may name. No message, no alias, no member stands among it.
EMAIL_VARIABLES = frozenset(
    [
        "SITE_NAME",
        "SITE_URL",
        "about",
        "account",
        "appeal_url",
        "at",
        "check_in.get_month_display",
        "claim_url",
        "comment_url",
        "confirm_url",
        "conversation_url",
        "days",
        "decision.created_at",
        "decision.get_reason_code_display",
        "decision.statement",
        "desk_url",
        "dispute.due_at",
        "dispute.get_ground_display",
        "dispute.statement",
        "domain",
        "due_at",
        "edit_url",
        "follows_url",
        "guidelines_url",
        "inbox_url",
        "lapses_at",
        "last_message_at",
        "left_url",
        "lines",
        "minutes",
        "months_until_closed",
        "months_until_deleted",
        "move.before",
        "move.high",
        "move.low",
        "move.score",
        "news.more_places",
        "news.more_products",
        "news.places",
        "news.products",
        "noun",
        "open_until",
        "own_comments_url",
        "place.more",
        "place.name",
        "place.path",
        "place.products",
        "place.where",
        "prices_url",
        "product.more",
        "product.name",
        "product.path",
        "product.quotes",
        "product.summary",
        "product_name",
        "proof_url",
        "quote.author",
        "quote.headline",
        "quote.path",
        "quote.stars",
        "read_on",
        "reason",
        "report.get_reason_display",
        "report.public_id",
        "report_url",
        "review.edited_at",
        "review.headline",
        "review.published_at",
        "review_url",
        "reviewed_on",
        "since",
        "site",
        "starts",
        "statement",
        "stayed_url",
        "summary",
        "unread",
        "until",
        "vendor.name",
        "verified_at",
        "work_email_url",
    ]
)


def undeclared(there: Iterable[str], declared: Mapping[str, Policy]) -> dict[str, list[str]]:  # fmt: skip
    """What has no policy, and policies of what isn't there any more."""
    names = set(there)
    return {
        "without a policy": sorted(names - declared.keys()),
        "not there any more": sorted(declared.keys() - names),
    }

"""Which queue each task waits in, by how soon somebody misses it. Each queue can have workers of its own."""

QUEUES: dict[str, tuple[str, ...]] = {
    # Somebody waits for an e-mail.
    "mail": (
        "notifications.tasks.deliver_email",
        "notifications.tasks.sweep_outbox",
        "messaging.timers.keep_calls",
    ),
    # What a page says of a product follows its reviews within seconds.
    "ratings": (
        "reviews.tasks.refresh_rating",
        "reviews.tasks.sweep_rating_refreshes",
    ),
    # Minutes or hours don't matter.
    "bulk": (
        "accounts.tasks.write_erasures",
        "accounts.timers.lapse_work_emails",
        "disclosure.tasks.release_figures",
        "following.timers.send_digests",
        "messaging.timers.retire_conversations",
        "messaging.timers.send_unread_digests",
        "moderation.tasks.apply_batch",
        "moderation.tasks.store_transparency_day",
        "moderation.tasks.sweep_batches",
        "notifications.tasks.purge_outbox",
        "outcomes.timers.ask_authors",
        "prices.timers.withdraw_unsupported_prices",
        "products.timers.end_old_representations",
        "products.timers.note_frequent_words_of_products",
        "reviews.tasks.check_review",
        "reviews.tasks.check_revision",
        "reviews.tasks.coarsen_all_reviews",
        "reviews.tasks.forget_refused",
        "reviews.tasks.recompute_all_ratings",
        "reviews.tasks.refresh_voices",
        "reviews.tasks.sweep_signals",
        "reviews.tasks.want_left_over_voices",
        "reviews.timers.expire_proofs",
        "reviews.timers.remind_authors",
    ),
}
# What no line above names, such as a task of a later release during an upgrade.
DEFAULT_QUEUE = "bulk"

# 0 comes first: however many hints wait, the sweep that finds what they forgot doesn't wait behind them and expire.
PRIORITIES = {"notifications.tasks.deliver_email": 6}


def routes() -> dict[str, dict[str, str | int]]:
    found: dict[str, dict[str, str | int]] = {
        task: {"queue": queue} for queue, tasks in QUEUES.items() for task in tasks
    }
    for task, priority in PRIORITIES.items():
        found[task]["priority"] = priority
    return found

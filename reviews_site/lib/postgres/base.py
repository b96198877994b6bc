"""Django's backend for Postgres. Before each request it asks whether the kept connection still lives (CONN_HEALTH_CHECKS);
where one request follows another, that is every third query, so here it asks at most once a second.

Behind PgBouncer, which gives each transaction another connection, PREPARED_STATEMENTS is 0.
"""

import time
from typing import Any

from django.db.backends.postgresql import base

from reviews_site.lib.postgres.planned import Connection, Cursor

SECONDS = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    health_check_done: bool
    _asked_at = float("-inf")

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if self.settings_dict["PREPARED_STATEMENTS"]:
            params |= {"connection_factory": Connection, "cursor_factory": Cursor}
        return params

    def close_if_health_check_failed(self) -> None:
        if self.health_check_done:
            return
        now = time.monotonic()
        if now - self._asked_at < SECONDS:
            # For the whole request: asked later, it might be in the middle of a transaction, which could then not end.
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self._asked_at = now

"""Sessions as Django keeps them in the database; what is asked before each answer to a member is SQL written once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import DateTimeField
from django.utils import timezone

from reviews_site.lib.prepared import Prepared, given

KEY, NOW = "{key}", "{now}"
COLUMNS = ("session_key", "session_data", "expire_date")

_IN_FORCE = Prepared(
    lambda: Session.objects.filter(
        session_key=KEY, expire_date__gt=given(NOW, DateTimeField())
    ).values_list(*COLUMNS),
    planned=True,
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = _IN_FORCE.rows({KEY: self.session_key, NOW: timezone.now()})
        if not found:
            # As Django's own does: what is kept next gets another key.
            self._session_key = None
            return None
        return Session.from_db(None, COLUMNS, found[0])

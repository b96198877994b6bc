"""What is answered when an error reaches the top: a 503 where the database is away, full or read-only, else a 500.

A 503 says when to come back; programs, search engines and a proxy in front know what to do with it.
"""

import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from psycopg2.errors import ReadOnlySqlTransaction

from reviews_site.lib.api import problem_response

RETRY_AFTER_SECONDS = 10
# The answer may have been lost, and not what was sent.
AWAY = "Our database can't be reached just now. Look again in a minute: if what you sent isn't there, send it again."
BROKEN = "The fault is ours, and it has been written down."


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; Django calls it while it handles the exception."""
    away = is_database_away(sys.exc_info()[1])
    status, said = (503, AWAY) if away else (500, BROKEN)
    if request.path.startswith("/api/"):
        response = problem_response(status, said)
    else:
        response = HttpResponse(loader.render_to_string(f"{status}.html"), status=status)  # fmt: skip
    response["Cache-Control"] = "no-store"
    if away:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def is_database_away(error: BaseException | None) -> bool:
    """Down, starting, shutting down, out of room or of connections, too slow, or a primary that was made a replica."""
    # The bare class is what psycopg2 raises for a connection that was cut in the middle of an answer.
    if (
        isinstance(error, OperationalError | InterfaceError)
        or type(error) is DatabaseError
    ):
        return True
    return isinstance(error, DatabaseError) and isinstance(
        error.__cause__, ReadOnlySqlTransaction
    )

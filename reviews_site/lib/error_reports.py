"""Exceptions sent to a Sentry: which, where in the code, in which request; nothing of what anybody sent or stored.

What goes out is put together anew from a few fields, so that what a later version of the SDK gathers stays here.
"""

from typing import Any

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.utils import BadDsn, Dsn

from reviews_site.lib.tracing import request_id

Event = dict[str, Any]

# No variables: their values are what people wrote.
_OF_A_FRAME = (
    "abs_path", "filename", "function", "module", "lineno", "in_app",
    "pre_context", "context_line", "post_context",
)  # fmt: skip
_OF_AN_EVENT = ("event_id", "level", "platform", "release", "environment", "timestamp", "sdk", "logger")  # fmt: skip


def report_errors(dsn: str) -> None:
    try:
        Dsn(dsn)
    except BadDsn as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN is not the address of a project, such as https://key@sentry.example.org/1."
        ) from error
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        default_integrations=False,
        auto_enabling_integrations=False,
        # A logged error without an exception has no place in the code to look at.
        integrations=[
            DjangoIntegration(),
            CeleryIntegration(),
            LoggingIntegration(event_level=None),
        ],
        before_send=stripped,  # type: ignore[arg-type]
    )


def stripped(event: Event, hint: dict[str, Any]) -> Event:
    """Not an exception's words either: a database quotes the row, a parser its input."""
    kept = {name: event[name] for name in _OF_AN_EVENT if name in event}
    kept["tags"] = {"request_id": request_id.get()}
    values = (event.get("exception") or {}).get("values") or []
    kept["exception"] = {"values": [_stripped_exception(each) for each in values]}
    return kept


def _stripped_exception(value: Event) -> Event:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "stacktrace": {
            "frames": [
                {name: frame[name] for name in _OF_A_FRAME if name in frame}
                for frame in frames
            ]
        },
    }

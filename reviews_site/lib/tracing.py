"""To which request a line of the log belongs, and a task that the request sent."""

import os
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")

# No dot and no @: no address is one.
_SHAPE = re.compile("[A-Za-z0-9_-]{8,64}")


def new_id() -> str:
    return os.urandom(16).hex()


def is_id(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None

"""One line an event, as JSON or as text, that names no person.

A line holds what our own code chose to say (ids, numbers, names of things in the code) and the types and places of an
exception. What a library says is shortened to its pattern ("Not Found: %s") or, where it has filled that in itself, to
the place where it says so; the words of an exception are left out: all of them quote addresses, rows and input.
`everything` shows them, for a site without real people.
"""

import json
import logging
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reviews_site.lib.tracing import request_id

ROOT = Path(__file__).resolve().parents[2]
# Of each exception, counted from where it was raised.
MOST_FRAMES = 20
MOST_CAUSES = 5

_encode = json.JSONEncoder(default=str).encode


class LineFormatter(logging.Formatter):
    """`ours`: the packages whose messages are shown as they are."""

    def __init__(self, ours: Iterable[str], everything: bool = False) -> None:
        super().__init__()
        self.ours, self.everything = frozenset(ours), everything

    def format(self, record: logging.LogRecord) -> str:
        raise NotImplementedError

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        fields: dict[str, Any] = {"message": self._message(record)}
        if of := request_id.get():
            fields["request_id"] = of
        fields.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1]:
            fields["exception"] = outline(record.exc_info[1])
        return fields

    def _message(self, record: logging.LogRecord) -> str:
        if self.everything or record.name.partition(".")[0] in self.ours:
            return record.getMessage()
        # Some libraries log the exception itself.
        if not isinstance(record.msg, str):
            return type(record.msg).__name__
        return record.msg if record.args else _place(record)


class JsonFormatter(LineFormatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            **self.fields(record),
        }
        if self.everything and record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return _encode(line)


class TextFormatter(LineFormatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = self.fields(record)
        message = fields.pop("message")
        exception = fields.pop("exception", [])
        told = "".join(f" {name}={value}" for name, value in fields.items())
        head = f"{self.formatTime(record)} {record.levelname} {record.name} "
        if self.everything:
            shown = record.exc_info and self.formatException(record.exc_info)
            return head + message + told + (f"\n{shown}" if shown else "")
        # Nothing that is logged can begin a line of its own.
        line = head + message.replace("\n", "\\n").replace("\r", "\\r") + told
        return "\n    ".join([line, *exception])


def outline(error: BaseException) -> list[str]:
    """Type and places of an exception and of its causes, the last one first; nothing of what they say."""
    return [line for each in _causes(error) for line in _outline_of_one(each)]


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or (
            None if cause.__suppress_context__ else cause.__context__
        )


def _outline_of_one(error: BaseException) -> list[str]:
    frames = list(traceback.walk_tb(error.__traceback__))[-MOST_FRAMES:]
    places = [
        f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
        for frame, line in frames
    ]
    kind = type(error)
    return [f"{kind.__module__}.{kind.__qualname__}", *places]


def _place(record: logging.LogRecord) -> str:
    return f"{_short(record.pathname)}:{record.lineno} {record.funcName}"


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(ROOT):
        path = path.relative_to(ROOT)
    _, found, within = path.as_posix().rpartition("site-packages/")
    return within if found else path.as_posix()

"""Ctrl-C, SIGTERM and SIGHUP as one exception, raised where it may be raised."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception, so that no handler of errors swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number

    @property
    def exit_code(self) -> int:
        return 128 + self.number


class _Interrupts:
    """Signals are the process's own, so this is too."""

    depth = 0
    pending: int | None = None

    def heard(self, number: int, frame: FrameType | None) -> None:
        self.pending = number
        self.raise_if_pending()

    def raise_if_pending(self) -> None:
        if self.depth == 0 and self.pending is not None:
            number, self.pending = self.pending, None
            raise Stopped(number)


_interrupts = _Interrupts()


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    before = {number: signal.signal(number, _interrupts.heard) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """A signal that arrives inside raises Stopped at the end of it."""
    _interrupts.depth += 1
    try:
        yield
    finally:
        _interrupts.depth -= 1
    _interrupts.raise_if_pending()


@contextmanager
def left_to_the_child() -> Iterator[None]:
    """The terminal sends Ctrl-C to a command in the foreground as well: it decides, we only wait for it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

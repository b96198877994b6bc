"""Where the CPU of a product page goes, by layer: samples of the running code, each counted for the innermost layer.

The site's own WSGI application is called in this process, without a socket; the kernel's clock of this process's CPU time
interrupts it, so that waiting for Postgres costs nothing here, and counting costs next to nothing.

    python -m benchmarks.layers 4 /products/a/ /products/b/     4 seconds of CPU; prints JSON
"""

import gc
import io
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from types import FrameType

EVERY_SECONDS = 0.001
REST = "the rest: routing, request, response, interpreter"
# Innermost first: a frame belongs to the first whose text is in its file's name. What belongs to none is its caller's.
LAYERS = (
    ("Redis and the cache", ("/redis/", "/hiredis/", "/django/core/cache/", "reviews_site/lib/cache", "reviews_site/lib/breaker")),
    ("queries: driver and connection", ("/psycopg2/", "/django/db/backends/", "/django/db/utils.py", "/django/db/transaction.py")),
    ("ORM", ("/django/db/",)),
    ("templates", ("/django/template/", "/jinja2/", "/django/templatetags/", "/templatetags/", "/heroicons/", "/django/utils/html.py",
                   "/django/utils/safestring.py", "/django/forms/", "<template>", ".html", ".jinja")),
    ("serialisation", ("/rest_framework/", "/json/", "/pickle.py")),
    ("sessions, members, messages", ("/django/contrib/sessions/", "/django/contrib/auth/", "/django/contrib/messages/", "/allauth/")),
    ("middleware", ("middleware", "/whitenoise/", "/csp/", "reviews_site/observing", "/structlog/", "/prometheus_client/")),
    ("our views and the work", ("{root}",)),
)  # fmt: skip
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def layer_of(file: str) -> str | None:
    for name, parts in LAYERS:
        if name == "our views and the work":
            if file.startswith(ROOT) and "/.venv/" not in file and __file__ != file:
                return name
        elif any(part in file for part in parts):
            return name
    return None


def layer_of_stack(files: Sequence[str]) -> str:
    """Of the files of a stack, innermost first."""
    for file in files:
        if layer := layer_of(file):
            return layer
    return REST


class Sampler:
    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def take(self, _signal: int, frame: FrameType | None) -> None:
        files = []
        while frame is not None:
            files.append(frame.f_code.co_filename)
            frame = frame.f_back
        self.counted[layer_of_stack(files)] += 1

    def __enter__(self) -> "Sampler":
        signal.signal(signal.SIGPROF, self.take)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)
        return self

    def __exit__(self, *error: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)


def by_layer(counted: Counter[str], cpu_ms_each: float) -> dict[str, float]:
    """The CPU of one answer, split as the samples are."""
    total = sum(counted.values())
    return {layer: cpu_ms_each * n / total for layer, n in counted.items()}


def environ(path: str) -> dict[str, object]:
    address, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip


def ask(application, path: str) -> None:  # type: ignore[no-untyped-def]
    told: list[str] = []
    answer = application(environ(path), lambda status, headers: told.append(status))
    size = sum(len(part) for part in answer)
    if hasattr(answer, "close"):
        answer.close()
    if not told[0].startswith("200") or not size:
        raise RuntimeError(f"{path} answered {told[0]}")


def profile(paths: Sequence[str], seconds: float) -> dict[str, float]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
    # The settings are read here: a test of the arithmetic needs none.
    from reviews_site.wsgi import application  # noqa: PLC0415

    for path in paths:
        ask(application, path)
    gc.collect()
    answers = 0
    begun, until = time.process_time(), time.process_time() + seconds
    with Sampler() as sampler:
        for path in cycle(paths):
            ask(application, path)
            answers += 1
            if time.process_time() >= until:
                break
    each = (time.process_time() - begun) / answers * 1000
    return by_layer(sampler.counted, each)


if __name__ == "__main__":
    json.dump(profile(sys.argv[2:], float(sys.argv[1])), sys.stdout)

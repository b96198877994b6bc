"""The commands of docker-compose.yml as they run here: what compose runs is what the demo and its tests run."""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reviews_site.local.bootstrap import ROOT

# Its parts that run until somebody stops them, the one to wait for first.
PARTS = ("web", "worker-mail", "worker-ratings", "worker-bulk", "beat")
PROGRAMS = ("gunicorn", "celery")


@cache
def services() -> Mapping[str, Any]:
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return dict(composed["services"])


def command(part: str, *, port: int, folder: Path) -> list[str]:
    """As in the container, but with this Python, on this machine's own address, and with beat's file in the folder."""
    here = {
        "0.0.0.0:8000": f"127.0.0.1:{port}",
        "/srv/beat/schedule": str(folder / "beat"),
    }
    program, *arguments = services()[part]["command"]
    assert program in PROGRAMS, program
    return [sys.executable, "-m", program, *(here.get(word, word) for word in arguments)]  # fmt: skip

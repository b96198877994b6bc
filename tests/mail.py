"""A mail server in a process of its own, and what it took."""

import email
import json
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest


class MailServer:
    def __init__(self, process: subprocess.Popen, taken: Path, port: int) -> None:
        self.process, self.taken, self.port = process, taken, port

    def mails(self) -> list[EmailMessage]:
        lines = self.taken.read_text().splitlines() if self.taken.exists() else []
        return [
            email.message_from_string(json.loads(line)["content"], policy=email.policy.default)
            for line in lines
        ]  # fmt: skip

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails()]


@pytest.fixture
def mail_server(tmp_path, settings) -> Iterator[MailServer]:
    taken = tmp_path / "taken.jsonl"
    process = subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).parent / "notifications" / "smtp_server.py"),
            str(taken),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 1
    yield MailServer(process, taken, port)
    process.kill()
    process.wait()

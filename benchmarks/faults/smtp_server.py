"""A mail server in its own process that behaves as a file tells it; what it took is in another, a line each.

    python -m benchmarks.faults.smtp_server MODE TAKEN PORT        0: any; prints it

well      takes everything, in a third of a second
quick     takes everything at once
hangs     answers nothing any more
refuses   "not now" (421, 451)
drops     takes the e-mail and hangs up before it says so

Whatever the mode, it hangs up at an e-mail to an address that begins with "poison".
"""

import asyncio
import json
import sys
import time
from email import message_from_bytes
from itertools import cycle
from pathlib import Path

from aiosmtpd.smtp import SMTP

# Before and after an e-mail is taken, so that a kill can fall on either side.
THINKS_SECONDS = 0.15
POISON = "poison"


class Handler:
    refusals = cycle(["421 too busy", "451 try again later"])

    def __init__(self, mode: Path, taken: Path) -> None:
        self.mode_file, self.taken_file = mode, taken

    @property
    def mode(self) -> str:
        return self.mode_file.read_text()

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        while self.mode == "hangs":
            await asyncio.sleep(0.1)
        if self.mode == "refuses":
            return next(self.refusals)
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        await self._think()
        if envelope.rcpt_tos[0].startswith(POISON):
            server.transport.abort()
            return "250 never said"
        self._take(envelope)
        if self.mode == "drops":
            server.transport.abort()
        await self._think()
        return "250 taken"

    async def _think(self) -> None:
        if self.mode != "quick":
            await asyncio.sleep(THINKS_SECONDS)

    def _take(self, envelope) -> None:
        mail = {
            "at": time.time(),
            "message_id": message_from_bytes(envelope.content)["Message-ID"],
            "to": envelope.rcpt_tos,
            "mode": self.mode,
        }
        with self.taken_file.open("a") as file:
            file.write(json.dumps(mail) + "\n")


async def main(mode: str, taken: str, port: str) -> None:
    loop = asyncio.get_running_loop()
    handler = Handler(Path(mode), Path(taken))
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.example"), "127.0.0.1", int(port)
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""A mail server in its own process. How it behaves is in the recipient's name; what it took is in a file."""

import asyncio
import json
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    # Each connection has a handler of its own.
    has_cut_off = False

    def __init__(self, taken: str) -> None:
        self.taken = taken

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.partition("@")[0]
        if name == "refused":
            return "550 no such mailbox"
        if name == "later":
            return "451 try again later"
        if name == "hangs":
            await asyncio.sleep(60)
        if name == "drops":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {"to": envelope.rcpt_tos, "content": envelope.content.decode()}
        with open(self.taken, "a") as file:
            file.write(json.dumps(mail) + "\n")
        if envelope.rcpt_tos[0].startswith("cutoff") and not self.has_cut_off:
            Handler.has_cut_off = True
            server.transport.abort()
        if envelope.rcpt_tos[0].startswith("spam"):
            return "554 not wanted"
        return "250 taken"


async def main(taken: str) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(taken), hostname="mail.example"), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

"""An SMTP server that behaves as it is told: smtp_server.py FOLDER MANNER. Prints its port; every mail that it takes becomes
a file in the folder, every recipient a line in FOLDER/seen."""

import asyncio
import os
import sys

from aiosmtpd.smtp import SMTP

FOLDER, MANNER = sys.argv[1:3]


def note(words):
    with open(os.path.join(FOLDER, "seen"), "a") as seen:
        seen.write(words + "\n")


class Desk:
    def __init__(self):
        self.known = set()
        self.taken = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        note(address)
        if MANNER == "refuse":
            return "550 5.1.1 No such mailbox"
        if MANNER == "policy":
            return "550 5.7.1 We do not relay for you"
        if MANNER == "greylist" and address not in self.known:
            self.known.add(address)
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if MANNER == "hang":
            note("data")
            await asyncio.sleep(3600)
        if MANNER == "slow":
            await asyncio.sleep(0.1)
        self.taken += 1
        path = os.path.join(FOLDER, f"{self.taken:04}.eml")
        with open(path + ".part", "wb") as file:
            file.write(b"X-Envelope: " + ",".join(envelope.rcpt_tos).encode() + b"\r\n" + envelope.original_content)
        os.rename(path + ".part", path)
        return "250 OK"


class Line(SMTP):
    async def smtp_DATA(self, arg):
        if MANNER == "drop":
            await self.push("354 Go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


async def main():
    desk = Desk()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(desk, hostname="mail.example.org", enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

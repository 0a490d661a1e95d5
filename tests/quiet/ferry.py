"""Carries connections from a port of loopback to a Unix socket, until it is ended: `ferry.py /var/run/postgresql/.s.PGSQL.5432 5432`."""

import asyncio
import sys


async def _carry(read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
    try:
        while data := await read.read(1 << 16):
            write.write(data)
            await write.drain()
    except OSError:
        pass
    finally:
        write.close()


async def main(path: str, port: int) -> None:
    """Serve for ever."""

    async def came(read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(path)
        await asyncio.gather(_carry(read, back), _carry(there, write))

    server = await asyncio.start_server(came, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))

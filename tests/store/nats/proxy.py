"""A TCP relay in front of a server: cut (connections hang, new ones get nowhere), heal, delay."""

import asyncio
import contextlib
from typing import Self


class Proxy:
    """Forwards 127.0.0.1:`port` to a server on another port of this machine."""

    def __init__(self, target_port: int, *, delay_s: float = 0.0) -> None:
        self._target_port, self._delay_s = target_port, delay_s
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """How a NATS client reaches the server through us."""
        return f"nats://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Let nothing through, in silence, as a broken WAN does; what is under way is lost with its connection."""
        self._open.clear()
        for task in self._tasks:
            task.cancel()

    def heal(self) -> None:
        """Let everything through again."""
        self._open.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._on_connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._server is not None
        self._server.close()
        self._open.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _on_connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._open.wait()
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
            pumps = [
                asyncio.create_task(self._pump(reader, there_writer)),
                asyncio.create_task(self._pump(there_reader, writer)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                there_writer.close()
        if self._open.is_set():
            writer.close()
        else:
            with contextlib.suppress(asyncio.CancelledError):
                await self._open.wait()  # a cut connection hangs; it does not end
            writer.close()
        self._tasks.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        async def write() -> None:
            while True:
                due_s, data = await queue.get()
                if (wait_s := due_s - loop.time()) > 0:
                    await asyncio.sleep(wait_s)
                writer.write(data)
                await writer.drain()

        task = asyncio.create_task(write())
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(1 << 16):
                    queue.put_nowait((loop.time() + self._delay_s, data))
        finally:
            task.cancel()

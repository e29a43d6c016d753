"""A link must let go of whoever is done with it."""

import asyncio
import contextlib

import pytest

from tests.store.nats.sites import Fabric
from weft.store.nats.link import Link, LinkDown, dial
from weft.store.nats.server import NatsServer, ServerSettings
from weft.store.nats.server_config import AGENT, password


@pytest.mark.nats
async def test_a_task_that_is_cancelled_while_it_closes_a_link_ends(fabric: Fabric):
    async def close_and_go_on(link: Link) -> None:
        await link.close()
        await asyncio.Event().wait()

    settings = fabric.settings("a1")
    server = NatsServer(ServerSettings("a-a1", settings.listen, settings.state_dir, settings.secret))
    await server.start()
    try:
        for turns in range(12):  # of the event loop: how far the closing has got when the cancellation comes
            link = await dial(settings.url, AGENT, password(settings.secret, AGENT), "test")
            await _cancelled_after(turns, asyncio.create_task(close_and_go_on(link)))
    finally:
        await server.stop()


@pytest.mark.nats
async def test_a_task_that_is_cancelled_while_it_dials_ends():
    """Whatever becomes of the connection at that very moment."""

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def dial_for_ever() -> None:
        while True:
            with contextlib.suppress(LinkDown):
                await dial(f"nats://127.0.0.1:{port}", AGENT, "", "test")
            await asyncio.Event().wait()

    async with server:
        for turns in range(40):
            await _cancelled_after(turns, asyncio.create_task(dial_for_ever()))


async def _cancelled_after(turns: int, task: "asyncio.Task[None]") -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled(), f"cancelled after {turns} turns, and goes on"

"""The bounds on all bodies together: as a count, and with hundreds of slow senders on real connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.test_hostile_clients import GET, Client, Server, echo, serving
from weft.api.body_room import BodyRoom
from weft.api.bounded_protocol import Limits

ROOM_BYTES = 4 << 20
BODY_BYTES = 1 << 20
SENDERS = 200
MEMORY_MB_MAX = 60  # for both ends of each connection, kernel buffers excluded; unbounded it would be 200


class Sender:
    """What holds bytes."""

    def __init__(self, *, is_sending: bool = True) -> None:
        self.is_sending, self.is_refused = is_sending, False

    def refuse_for_room(self) -> None:
        self.is_refused, self.is_sending = True, False


def test_who_has_been_sending_longest_makes_room():
    room = BodyRoom(100)
    working, slow, slower, quick = Sender(is_sending=False), Sender(), Sender(), Sender()
    for size, holder in ((30, working), (30, slow), (30, slower)):
        room.hold(holder, size)
    room.hold(quick, 20)
    assert [each.is_refused for each in (working, slow, slower, quick)] == [False, True, False, False]
    assert room.held_bytes == 80


def test_who_comes_last_is_refused_if_all_others_are_worked_on():
    room = BodyRoom(100)
    working, late = Sender(is_sending=False), Sender()
    room.hold(working, 90)
    room.hold(late, 20)
    assert late.is_refused
    assert room.held_bytes == 90
    room.release(working)
    assert room.held_bytes == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["hold", "whole", "release"]), st.integers(1, 60)), max_size=60
    )
)
def test_it_is_never_overrun(steps: list[tuple[int, str, int]]):
    room, senders, held = BodyRoom(100), [Sender() for _ in range(6)], dict.fromkeys(range(6), 0)
    for who, what, size in steps:
        if senders[who].is_refused or what == "release":
            room.release(senders[who])
            senders[who], held[who] = Sender(), 0
        elif what == "whole":
            senders[who].is_sending = False
        elif senders[who].is_sending:
            held[who] += size
            room.hold(senders[who], held[who])
        kept = [held[number] for number, sender in enumerate(senders) if not sender.is_refused]
        assert room.held_bytes == sum(kept) <= 100


# ---- on real connections
@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, BodyRoom]]:
    room = BodyRoom(ROOM_BYTES)
    async for each in serving(echo, Limits(), room):
        yield each, room


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def post(size: int) -> bytes:
    return b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % size


async def starts(server: Server) -> Client:
    """Begin with a large body, and leave it at that."""
    client = await server.connect()
    await client.says(post(2 * BODY_BYTES) + b"x" * BODY_BYTES)
    return client


async def test_hundreds_of_slow_senders_are_within_bounds_and_keep_nobody_out(server: tuple[Server, BodyRoom]):
    api, room = server
    before = psutil.Process().memory_info().rss
    slow = []
    for _ in range(SENDERS):
        slow.append(await starts(api))
        assert room.held_bytes <= ROOM_BYTES
    assert psutil.Process().memory_info().rss - before < MEMORY_MB_MAX << 20
    quick = await api.connect()
    await quick.says(GET)
    assert await quick.hears() == (200, b"0")
    await quick.says(post(2 * BODY_BYTES) + b"x" * 2 * BODY_BYTES)  # as large, and sent at once
    assert await quick.hears() == (200, b"%d" % (2 * BODY_BYTES))
    told = [await client.hears_with_head() for client in slow[: SENDERS - ROOM_BYTES // BODY_BYTES]]
    assert {status for status, _, _ in told} == {503}
    assert all(b"\r\nretry-after: 2\r\n" in head for _, head, _ in told)
    assert json.loads(told[0][2])["error"]["title"] == "Service Unavailable"


async def test_room_is_given_back(server: tuple[Server, BodyRoom]):
    api, room = server
    client = await api.connect()
    for _ in range(20):  # many times the room, one after the other
        await client.says(post(BODY_BYTES) + b"x" * BODY_BYTES)
        assert await client.hears() == (200, b"%d" % BODY_BYTES)
    assert room.held_bytes == 0
    gone = await starts(api)
    await until(lambda: room.held_bytes > 0)
    gone.writer.transport.abort()
    await until(lambda: room.held_bytes == 0)


async def test_small_bodies_need_no_room(server: tuple[Server, BodyRoom]):
    api, room = server
    for _ in range(4):
        await starts(api)
    client = await api.connect()
    await client.says(post(1000) + b"x" * 1000)
    assert await client.hears() == (200, b"1000")
    assert room.held_bytes > 0


async def worker(scope, receive, send):
    """Read all, and go on working although the client hangs up."""
    while (await receive()).get("more_body"):
        pass
    if scope["method"] == "POST":
        READ.set()
        await GO_ON.wait()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


READ, GO_ON = asyncio.Event(), asyncio.Event()


async def test_what_is_worked_on_counts_until_it_is_done_with():
    room = BodyRoom(ROOM_BYTES)
    READ.clear()
    GO_ON.clear()
    async for api in serving(worker, Limits(), room):
        client = await api.connect()
        await client.says(post(BODY_BYTES) + b"x" * BODY_BYTES)
        async with asyncio.timeout(5):
            await READ.wait()
            client.writer.transport.abort()
            other = await api.connect()  # by then the server has seen the first one go
            await other.says(GET)
            assert (await other.hears())[0] == 200
            assert room.held_bytes == BODY_BYTES
            GO_ON.set()
            await until(lambda: room.held_bytes == 0)

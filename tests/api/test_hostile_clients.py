"""Clients that are slow, many, endless or plain wrong: each is told so, hung up on in time, and costs little."""

import asyncio
import json
import resource
import socket
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest

from weft.api.body_room import BodyRoom
from weft.api.bounded_protocol import Limits
from weft.api.server import bind, serve_api

QUICK = Limits(head_s=0.3, body_s=0.3, head_bytes=4096, drained_bytes=1 << 20)
ANSWERED_S = 5.0


async def echo(scope, receive, send):
    """Answer with the body's length; nothing of a body that does not come whole."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            SEEN.append("gone")
            return
        size += len(message["body"])
        more = message["more_body"]
    SEEN.append("whole")
    body = b"%d" % size
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


async def impatient(scope, receive, send):
    """Answer before the body is read, as a refusal does."""
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"no"})


SEEN: list[str] = []


class Client:
    """One connection, in raw bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def goes_on(self, data: bytes, every_s: float = 0) -> None:
        """Say the same until hung up on (ConnectionError)."""
        async with asyncio.timeout(ANSWERED_S):
            while True:
                await self.says(data)
                await asyncio.sleep(every_s)

    async def hears(self) -> tuple[int, bytes]:
        """Return status and body of the next answer."""
        status, _, body = await self.hears_with_head()
        return status, body

    async def hears_with_head(self) -> tuple[int, bytes, bytes]:
        """Return status, head in lower case and body of the next answer."""
        async with asyncio.timeout(ANSWERED_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return int(head.split()[1]), head, await self.reader.readexactly(length)

    async def is_hung_up_on(self) -> bool:
        async with asyncio.timeout(ANSWERED_S):
            try:
                return await self.reader.read(1) == b""
            except ConnectionResetError:
                return True


class Server:
    """What listens, and a way to connect."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._open: list[asyncio.StreamWriter] = []

    async def connect(self) -> Client:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._open.append(writer)
        return Client(reader, writer)

    def close(self) -> None:
        for writer in self._open:
            writer.transport.abort()


async def serving(app, limits: Limits, room: BodyRoom | None = None) -> AsyncIterator[Server]:
    SEEN.clear()
    listener = bind("127.0.0.1:0")
    task = asyncio.create_task(serve_api(app, listener, limits, room))
    server = Server(listener.getsockname()[1])
    yield server
    server.close()
    task.cancel()
    await asyncio.wait([task])


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async for each in serving(echo, QUICK):
        yield each


@pytest.fixture
async def refusing() -> AsyncIterator[Server]:
    async for each in serving(impatient, QUICK):
        yield each


GET = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n"


async def test_a_connection_is_kept_for_the_next_request(server: Server):
    client = await server.connect()
    for _ in range(3):
        await client.says(GET)
        assert await client.hears() == (200, b"0")
        await asyncio.sleep(QUICK.head_s / 2)


@pytest.mark.parametrize("piece", [1, 7, 1000])
async def test_a_request_in_pieces_is_one_request(server: Server, piece: int):
    client = await server.connect()
    whole = POST + b"0123456789"
    for at in range(0, len(whole), piece):
        await client.says(whole[at : at + piece])
        await asyncio.sleep(0)
    assert await client.hears() == (200, b"10")


async def test_who_says_nothing_is_hung_up_on(server: Server):
    assert await (await server.connect()).is_hung_up_on()


@pytest.mark.parametrize(
    ("why", "said", "seen"),
    [
        ("the headers do not end", b"GET / HTTP/1.1\r\nx: ", []),
        ("not even the method ends", b"G", []),
        ("the body does not end", POST + b"012345678", ["gone"]),
        ("the body does not begin", POST, ["gone"]),
        ("a chunk does not end", b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\n012", ["gone"]),
    ],
)
async def test_who_does_not_go_on_is_told_so_and_nothing_is_done(
    server: Server, why: str, said: bytes, seen: list[str]
):
    client = await server.connect()
    await client.says(said)
    status, body = await client.hears()
    assert (status, json.loads(body)["error"]["title"]) == (408, "Request Timeout"), why
    assert await client.is_hung_up_on()
    assert seen == SEEN


async def test_a_byte_now_and_then_buys_no_time(server: Server):
    client = await server.connect()
    await client.says(b"GET / HTTP/1.1\r\nx: ")
    with pytest.raises(ConnectionError):
        await client.goes_on(b"a", every_s=0.05)


async def test_a_second_request_has_deadlines_too(server: Server):
    client = await server.connect()
    await client.says(GET)
    await client.hears()
    await client.says(POST + b"01")
    assert (await client.hears())[0] == 408


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 5000 + b"\r\n",
        b"GET / HTTP/1.1\r\nx: " + b"y" * (1 << 20),  # and no end
    ],
    ids=["a long path", "many headers", "a header without end"],
)
async def test_a_head_has_a_size(server: Server, head: bytes):
    client = await server.connect()
    client.writer.write(head)
    status, body = await client.hears()
    assert (status, json.loads(body)["error"]["code"]) == (431, 431)
    assert await client.is_hung_up_on()


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\x00\x00\x00",
    ],
)
async def test_what_is_no_http_is_told_so(server: Server, said: bytes):
    client = await server.connect()
    await client.says(said)
    status, body = await client.hears()
    assert status == 400
    assert json.loads(body)["error"]["title"] == "Bad Request"
    assert await client.is_hung_up_on()


async def test_who_goes_on_after_a_refusal_is_read_to_an_end_or_hung_up_on(refusing: Server):
    client = await refusing.connect()
    await client.says(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 500000\r\n\r\n")
    assert await client.hears() == (413, b"no")
    await client.says(b"x" * 500000)
    await client.says(GET)
    assert await client.hears() == (413, b"no")  # the connection is good for another request
    endless = await refusing.connect()
    await endless.says(b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
    with pytest.raises(ConnectionError):
        await endless.goes_on(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


async def test_who_does_not_read_is_given_up(server: Server):
    with bind("127.0.0.1:0") as listener:
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) > 0
        assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


MANY = 1000
MANY_MB_MAX = 40  # for both ends of each connection, which are ours


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * MANY), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    ("what", "said"), [("idle", GET), ("slow with their headers", b"GET / HTTP/1.1\r\nx"), ("slow with a body", POST)]
)
async def test_a_thousand_clients_cost_little_and_keep_nobody_waiting(many_files: None, what: str, said: bytes):
    async for server in serving(echo, Limits()):
        before = psutil.Process().memory_info().rss
        clients = [await server.connect() for _ in range(MANY)]
        for client in clients:
            await client.says(said)
        for client in clients if what == "idle" else ():
            assert await client.hears() == (200, b"0")
        async with asyncio.timeout(1):
            fresh = await server.connect()
            await fresh.says(GET)
            assert await fresh.hears() == (200, b"0")
        assert psutil.Process().memory_info().rss - before < MANY_MB_MAX << 20

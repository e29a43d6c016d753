"""Messages come out of what was read as they went in, wherever the network has cut them."""

import pytest

from weft.store.nats.lean_client import LeanClient, header_block, headers_in

HEADERS = header_block({"Nats-Expected-Last-Subject-Sequence": "0", "Nats-TTL": "60s"})
STREAM = b"".join(
    [
        b"MSG st.a 7 5\r\nfirst\r\n",
        b"+OK\r\n",
        b"HMSG st.b 7 $JS.ACK.1.2 %d %d\r\n%bsecond\r\n" % (len(HEADERS), len(HEADERS) + 6, HEADERS),
        b"MSG st.c 7 reply.to 11\r\nMSG x 7 1\r\n\r\n",
        b"MSG st.d 7 0\r\n\r\n",
    ]
)
MESSAGES = [
    ("st.a", "", b"", b"first"),
    ("st.b", "$JS.ACK.1.2", HEADERS, b"second"),
    ("st.c", "reply.to", b"", b"MSG x 7 1\r\n"),
    ("st.d", "", b"", b""),
]


def listening() -> tuple[LeanClient, list[tuple[str, str, bytes, bytes]]]:
    client, heard = LeanClient(), list[tuple[str, str, bytes, bytes]]()
    client.handlers[7] = lambda *message: heard.append(message)
    return client, heard


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 64, len(STREAM)])
async def test_messages_come_out_however_they_were_cut(size: int):
    client, heard = listening()
    for start in range(0, len(STREAM), size):
        await client._ps.parse(STREAM[start : start + size])
    assert heard == MESSAGES


async def test_what_a_handler_waits_for_is_over_before_the_next_message():
    client, order = LeanClient(), list[str]()

    async def slowly(subject: str) -> None:
        order.append(f"end of {subject}")

    def handle(subject: str, *_: object):
        order.append(subject)
        return slowly(subject)

    client.handlers[7] = handle
    await client._ps.parse(b"MSG a 7 0\r\n\r\nMSG b 7 0\r\n\r\n")
    assert order == ["a", "end of a", "b", "end of b"]


async def test_a_handler_that_fails_costs_nobody_else_a_message():
    client, heard = listening()

    def fail(*_: object) -> None:
        raise ValueError("no")

    client.handlers[8] = fail
    await client._ps.parse(b"MSG a 8 1\r\nx\r\nMSG b 7 1\r\ny\r\n")
    assert heard == [("b", "", b"", b"y")]


def test_headers_are_read_as_they_were_written():
    assert headers_in(HEADERS) == {"Nats-Expected-Last-Subject-Sequence": "0", "Nats-TTL": "60s"}
    assert headers_in(b"NATS/1.0 503\r\n\r\n") == {"Status": "503", "Description": ""}
    assert headers_in(b"NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 8\r\n\r\n") == {
        "Status": "100",
        "Description": "Idle Heartbeat",
        "Nats-Last-Consumer": "8",
    }
    assert headers_in(b"") == {}


async def test_who_sends_is_alive_however_long_the_answer_to_a_ping_takes():
    client, heard = listening()
    client._pings_outstanding = 1
    await client._ps.parse(STREAM[:21])
    assert client._pings_outstanding == 0
    assert heard == MESSAGES[:1]

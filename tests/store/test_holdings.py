"""What a process holds, and what of it reaches its disk."""

import asyncio

from weft.model import SiteId
from weft.store.holdings import Holdings
from weft.store.records import Key, Record, write
from weft.store.replica import Replica
from weft.store.sqlite import Disk
from weft.store.wire import decode_record, encode_record
from weft.store.writes import Write, Writes

A, B = SiteId("a"), SiteId("b")
NOW_MS = 1_800_000_000_000
KEY = Key("fabric", "network", "n1")


def holdings_on(disk: Disk) -> Holdings:
    holdings = Holdings(disk, lambda: Replica(A), lambda: NOW_MS)
    holdings.load()
    return holdings


def written_by_b(**values: object) -> Record:
    return write(None, KEY, values, NOW_MS << 16, "b")


def test_a_write_that_met_a_neighbours_reaches_the_disk_and_the_outbox_merged(tmp_path):
    """A neighbour's version comes in while our own is on its way to the log: what is kept is both."""

    async def run() -> None:
        disk = Disk(tmp_path / "weft.db", lambda _trouble: None)
        holdings = holdings_on(disk)
        own = holdings.replica.write(Writes((Write(KEY, {"name": "ours"}, create=True),)), NOW_MS + 1)
        with holdings.writing(own, "somebody", "create"):
            holdings.on_peer(encode_record(written_by_b(name="theirs", mtu=1400)), B)
            holdings.committed(own.records, own.payloads, [7])
        held = holdings.state.raw(KEY)
        assert held is not None
        assert (held.get("name"), held.get("mtu")) == ("ours", 1400)
        assert KEY in holdings.outbox
        assert decode_record(holdings.encoded(held), None) == held
        await disk.flush()
        disk.close()
        assert holdings_on(Disk(tmp_path / "weft.db", lambda _trouble: None)).state.raw(KEY) == held

    asyncio.run(run())


def test_what_was_relayed_is_known_when_the_log_delivers_it(tmp_path):
    async def run() -> None:
        disk = Disk(tmp_path / "weft.db", lambda _trouble: None)
        holdings = holdings_on(disk)
        payload = encode_record(written_by_b(name="theirs"))
        holdings.on_peer(payload, B)
        held = holdings.state.raw(KEY)
        assert held is not None
        assert holdings.encoded(held) is payload
        ways = holdings.sent([held], [payload])
        revision = holdings.state.revision
        holdings.on_own(KEY, payload, 3)
        holdings.arrived(ways)
        assert (KEY in holdings.outbox, holdings.seqs[KEY]) == (False, 3)
        assert (holdings.state.raw(KEY), holdings.state.revision) == (held, revision)
        disk.close()

    asyncio.run(run())

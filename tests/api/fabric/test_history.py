"""Receipts and the journal."""

import time

from weft.store.execute import execute
from weft.store.records import Key
from weft.store.writes import Write, Writes


async def commit(fabric, kind, id, **values):
    writes = Writes((Write(Key("fabric", kind, id), values),), actor="user u1", verb=f"update {kind}")
    return (await execute(fabric.store, lambda state, held: writes)).id


async def test_a_receipt_says_where_a_write_is(fabric):
    receipt = await commit(fabric, "port", "port1", name="x")
    told = (await fabric.get(f"/receipts/{receipt}")).json()
    assert told["keys"] == ["fabric/port/port1"]
    assert told["stored"] == {"a": True}
    assert told["programmed"] == {"a2": None}
    assert (told["is_stored"], told["is_programmed"]) == (True, False)
    fabric.store.runtime.hear("a2", "port.port1", {"status": "ACTIVE"})
    assert (await fabric.get(f"/receipts/{receipt}", until="programmed")).json()["is_programmed"]


async def test_waiting_ends_with_the_time(fabric):
    receipt = await commit(fabric, "port", "port1", name="x")
    started = time.monotonic()
    told = await fabric.get(f"/receipts/{receipt}", until="programmed", timeout=0.2)
    assert (told.status_code, told.json()["is_programmed"]) == (200, False)
    assert time.monotonic() - started < 2


async def test_receipts_of_others_do_not_exist(fabric):
    receipt = await commit(fabric, "port", "port1", name="x")
    assert (await fabric.get(f"/receipts/{receipt}", token="ann")).status_code == 200
    assert (await fabric.get(f"/receipts/{receipt}", token="bob")).status_code == 404
    assert (await fabric.get("/receipts/nonsense")).status_code == 404
    assert (await fabric.get(f"/receipts/{receipt}", until="never")).status_code == 400
    assert (await fabric.get(f"/receipts/{receipt}", timeout="soon")).status_code == 400


async def test_the_journal_tells_who_changed_what(fabric):
    await commit(fabric, "port", "port1", name="x")
    await commit(fabric, "user", "u", name="ann", password_hash="$argon2id$secret")
    entries = (await fabric.get("/journal", limit=2)).json()["journal"]
    assert [entry["key"] for entry in entries] == ["fabric/user/u", "fabric/port/port1"]
    assert entries[1]["changed"] == {"name": [None, "x"]}
    assert (entries[1]["actor"], entries[1]["verb"]) == ("user u1", "update port")
    assert entries[0]["changed"]["password_hash"] == [None, "***"]
    only = (await fabric.get("/journal", kind="port", id="port1", limit=1)).json()["journal"]
    assert [entry["key"] for entry in only] == ["fabric/port/port1"]

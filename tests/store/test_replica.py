"""The replication core: what it reports, refuses, forgets, and makes of a lost disk."""

import pytest

from weft.model import Invalid, SiteId, Unavailable
from weft.store.collect import USUAL
from weft.store.effects import Effects
from weft.store.findings import GRACE_MS
from weft.store.records import DELETED, Key
from weft.store.replica import Replica
from weft.store.wire import encode_record
from weft.store.writes import Claim, StaleView, Write, Writes

NOW_MS = 1_800_000_000_000
NETWORK, PORT, SUBNET = (Key("fabric", kind, f"{kind}-1") for kind in ("network", "port", "subnet"))


def put(replica: Replica, key: Key, now_ms: int = NOW_MS, **values: object) -> Effects:
    return replica.accept(replica.write(Writes((Write(key, values),)), now_ms).records, now_ms)


def sync(*replicas: Replica, now_ms: int = NOW_MS) -> None:
    """Let everybody repair from everybody until nothing differs."""
    for _ in range(3):
        for asker in replicas:
            for asked in replicas:
                comparison = asker.repair()
                while (request := comparison.request()) is not None:
                    for data in comparison.take(asked.answer(request.verb, request.payload)):
                        asker.absorb(data, asked.site, now_ms)
    assert len({replica.digest.root() for replica in replicas}) == 1


def conflicts(replica: Replica) -> list[tuple[str, str, str]]:
    return sorted((c.get("what"), c.get("id_of"), c.get("field")) for c in replica.state.of_kind("conflict"))


@pytest.fixture
def sites() -> list[Replica]:
    replicas = [Replica(SiteId(name)) for name in "abc"]
    put(replicas[0], NETWORK, name="web", vni=1)
    put(replicas[0], PORT, network_id="network-1", host="", vnic_type="normal", mac_address="m1")
    sync(*replicas)
    return replicas


def test_a_dropped_value_is_reported_once_by_whoever_notices(sites):
    a, b, c = sites
    put(a, NETWORK, name="from a")
    put(b, NETWORK, name="from b")
    sync(*sites)
    assert [conflicts(site) for site in sites] == [[("field", "network-1", "name")]] * 3
    (report,) = c.state.of_kind("conflict")
    assert (report.get("won")["value"], report.get("lost")["value"]) == ("from b", "from a")
    assert report.get("lost")["site"] == "a"
    assert "name of network network-1 was set at site a" in report.get("message")


def test_equal_values_and_successive_ones_are_no_conflict(sites):
    a, b, _ = sites
    put(a, NETWORK, name="same")
    put(b, NETWORK, name="same")
    sync(*sites)
    put(a, NETWORK, name="later")
    sync(*sites)
    put(b, NETWORK, name="later still")
    sync(*sites)
    assert conflicts(a) == []


def test_fields_that_are_written_together_are_reported_once(sites):
    a, b, _ = sites
    put(a, PORT, host="a1", vnic_type="x", profile={"at": "a1"})
    put(b, PORT, host="b1", vnic_type="y", profile={"at": "b1"})
    sync(*sites)
    assert conflicts(a) == [("field", "port-1", "host")]


def test_an_update_that_met_a_delete_is_reported(sites):
    a, b, c = sites
    put(a, PORT, **{DELETED: True})
    put(b, PORT, name="renamed")
    sync(*sites)
    assert c.state.get("port", "port-1") is None
    assert conflicts(c) == [("delete-won", "port-1", "name")]


def test_a_password_is_in_no_report(sites):
    user = Key("fabric", "user", "u")
    for site in sites[:2]:
        put(site, user, password_hash=f"secret of {site.site}")
    sync(*sites)
    (report,) = sites[2].state.of_kind("conflict")
    assert b"secret of" not in encode_record(report)


def test_a_deleted_network_in_use_is_kept_and_reported_after_a_while(sites):
    a, b, _ = sites
    put(a, PORT, **{DELETED: True})
    put(a, NETWORK, **{DELETED: True})
    put(b, Key("fabric", "port", "port-2"), network_id="network-1", mac_address="m2")
    sync(*sites)
    assert conflicts(a) == []
    for site in sites:
        site.tick(NOW_MS + GRACE_MS)
    sync(*sites)
    assert conflicts(a) == [("kept", "network-1", DELETED)]
    assert a.state.get("network", "network-1") is not None


def test_of_two_that_claim_one_thing_the_older_keeps_it(sites):
    a, b, c = sites
    put(b, Key("fabric", "port", "port-2"), NOW_MS + 5, network_id="network-1", mac_address="m1")
    sync(*sites)
    for site in (b, c):
        site.tick(NOW_MS + 5 + GRACE_MS)
    sync(*sites)
    (report,) = a.state.of_kind("conflict")
    assert (report.get("what"), report.get("id_of"), report.get("won")["value"]) == ("duplicate", "port-2", "port-1")


def test_a_duplicate_that_was_only_late_news_is_not_reported(sites):
    a, b, _ = sites
    put(a, Key("fabric", "port", "port-2"), network_id="network-1", mac_address="m1")
    b.absorb(encode_record(a.state.raw(Key("fabric", "port", "port-2"))), SiteId("a"), NOW_MS)
    put(a, PORT, **{DELETED: True})
    b.absorb(encode_record(a.state.raw(PORT)), SiteId("a"), NOW_MS + 100)
    b.tick(NOW_MS + 2 * GRACE_MS)
    assert conflicts(b) == []


def test_reports_are_bounded_and_all_keep_the_same_ones():
    a, b = (Replica(SiteId(name), conflicts_max=5) for name in "ab")
    for n in range(12):
        put(a, Key("fabric", "network", f"n{n}"), NOW_MS + n, name="a")
        put(b, Key("fabric", "network", f"n{n}"), NOW_MS + n, name="b")
    sync(a, b)
    assert [id_of for _, id_of, _ in conflicts(a)] == sorted(f"n{n}" for n in range(7, 12))


def test_what_a_peer_sends_wrongly_is_put_aside_and_the_rest_goes_on(sites):
    a, b, _ = sites
    for n in range(2_000):
        assert not a.absorb(b"junk %d" % n, SiteId("b"), NOW_MS)
    put(b, NETWORK, now_ms=NOW_MS + 120_000, name="from the future")
    future = encode_record(b.state.raw(NETWORK))
    assert not a.absorb(future, SiteId("b"), NOW_MS)
    assert a.absorb(future, SiteId("b"), NOW_MS + 90_000).relay == (NETWORK,)
    assert a.quarantine.count == 2_001
    assert len(a.quarantine.refused()) <= 1_000
    assert {alert.code for alert in a.alerts()} == {"quarantined_record", "clock_too_far_ahead"}


def test_what_we_relay_and_what_we_do_not(sites):
    a, b, _ = sites
    put(b, NETWORK, name="new")
    data = encode_record(b.state.raw(NETWORK))
    assert a.absorb(data, SiteId("b"), NOW_MS).relay == (NETWORK,)
    assert not a.absorb(data, SiteId("b"), NOW_MS)
    put(a, NETWORK, name="newer")
    assert a.absorb(data, SiteId("a"), NOW_MS).relay == (NETWORK,)  # our own log is behind what we hold


def test_writes_that_others_would_refuse_are_refused_here(sites):
    with pytest.raises(Invalid):
        put(sites[0], NETWORK, name=float("nan"))
    with pytest.raises(Invalid):
        put(sites[0], NETWORK, name="x" * 300_000)
    with pytest.raises(StaleView):
        sites[0].write(Writes((Write(NETWORK, {"name": "again"}, create=True),)), NOW_MS)


def test_old_tombstones_are_forgotten_and_not_taken_in_again(sites):
    a, b, _ = sites
    put(a, PORT, **{DELETED: True})
    sync(*sites)
    later_ms = NOW_MS + USUAL.horizon_ms + USUAL.grid_ms
    assert a.tick(later_ms).forget == (PORT,)
    assert a.state.raw(PORT) is None
    assert not a.absorb(encode_record(b.state.raw(PORT)), SiteId("b"), later_ms)
    for site in sites[1:]:
        site.tick(later_ms)
    sync(*sites, now_ms=later_ms)


def test_a_site_that_lost_its_disk_asks_before_it_acts(sites):
    for number, name in enumerate("abc", start=1):
        put(sites[0], Key("fabric", "site", name), number=number)
    sync(*sites)
    back = Replica(SiteId("b"), writer="b+2", lost=True, has_peers=True)
    write = Writes((Write(NETWORK, {"name": "x"}),))
    scarce = Writes((Write(NETWORK, {"vni": 9}),), (Claim("vni", "9"),))
    with pytest.raises(Unavailable):
        back.write(write, NOW_MS)
    sync(back, sites[0])
    back.recovery.read_fully(SiteId("a"))
    assert back.write(write, NOW_MS).records[0].newest.site == "b+2"
    with pytest.raises(Unavailable, match="site c"):
        back.write(scarce, NOW_MS)
    put(back, Key("fabric", "site", "c"), dead=True)
    assert back.write(scarce, NOW_MS)


def test_a_site_nobody_knows_is_new_and_not_held_up(sites):
    new = Replica(SiteId("d"), lost=True, has_peers=True)
    sync(new, sites[0])
    new.recovery.read_fully(SiteId("a"))
    assert new.write(Writes((Write(NETWORK, {"vni": 9}),), (Claim("vni", "9"),)), NOW_MS)
    alone = Replica(SiteId("e"), lost=True, has_peers=False)
    assert alone.write(Writes((Write(NETWORK, {"vni": 9}),), (Claim("vni", "9"),)), NOW_MS)


def test_a_restart_from_disk_changes_nothing(sites):
    a = sites[0]
    again = Replica(SiteId("a"))
    again.load(a.state.raw_records(), NOW_MS)
    assert again.digest.root() == a.digest.root()
    assert again.clock.last == a.clock.last

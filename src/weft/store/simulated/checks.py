"""What must hold when a simulation has come to rest: the promises of the store, checked from outside.

Each check raises Broken with a sentence. The history knows every write and what its writer knew; the checks
compare it with what the sites say, and trust none of the code that they check.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from itertools import combinations
from typing import Any

from weft.store.clock import ms_from_hlc
from weft.store.kinds import PORT
from weft.store.liveness import live_keys
from weft.store.records import DELETED, Key, Record
from weft.store.recovery import site_of
from weft.store.simulated.history import Event, History
from weft.store.simulated.sim_node import SimNode
from weft.store.state import MergedState
from weft.store.wire import encode_record

Told = tuple[str, str, str, int, str]  # what, record, field, ms and site of the dropped value


class Broken(AssertionError):
    """A promise did not hold."""


def check_all(nodes: Sequence[SimNode], history: History) -> None:
    """Check everything."""
    states = [node.state for node in nodes]
    _check_equal(nodes)
    state = states[0]
    for node in nodes:
        _check_liveness(node.state)
        _check_log(node)
    _check_nothing_lost(state, history)
    reported = _reported([*state.of_kind("conflict"), *history.lost_reports])
    _check_uniqueness(state, reported)
    _check_cuts(state)
    _check_overlaps(state, reported)
    _check_kept(state, reported)
    by_key: dict[Key, list[Event]] = defaultdict(list)
    for event in history.events:
        by_key[event.key].append(event)
    for key, events in by_key.items():
        _check_drops_reported(state, key, events, reported)
    _check_reports_true(state, by_key)


def _check_equal(nodes: Sequence[SimNode]) -> None:
    first = nodes[0]
    for node in nodes[1:]:
        if node.replica.digest.root() != first.replica.digest.root():
            raise Broken(f"{node.node} and {first.node} do not hold the same")
        ours = {record.key: record for record in node.state.raw_records()}
        theirs = {record.key: record for record in first.state.raw_records()}
        for key in ours.keys() | theirs.keys():
            if ours.get(key) != theirs.get(key):
                raise Broken(f"equal digests, but {key} differs between {node.node} and {first.node}")


def _check_liveness(state: MergedState) -> None:
    shown = {record.key for record in state.live_records()}
    if shown != live_keys(state.raw_records()):
        raise Broken(f"liveness is off by {shown ^ live_keys(state.raw_records())}")


def _check_log(node: SimNode) -> None:
    for record in node.state.raw_records():
        entry = node.log.entry_of(record.key)
        if entry is None or entry.data != encode_record(record):
            raise Broken(f"{record.key}: the log of site {node.site} is not what {node.node} holds")


def _check_nothing_lost(state: MergedState, history: History) -> None:
    deleted = {event.key for event in history.events if event.fields.keys() == {DELETED}}
    for event in history.promised():
        record = state.raw(event.key)
        if record is None and event.key in deleted:
            continue  # and forgotten since
        if not event.is_in(record):
            raise Broken(f"lost: {event.key}, accepted at site {event.site}: {sorted(event.fields)}")
        assert record is not None
        for name, field in event.fields.items():
            if record.fields[name].stamp < field.stamp:
                raise Broken(f"{event.key}: {name} went back behind what site {event.site} had accepted")


def _check_uniqueness(state: MergedState, reported: set[Told]) -> None:
    """Addresses and VNIs are never given twice; a MAC may be *chosen* twice, and then that is reported."""
    duplicates = {told[1] for told in reported if told[0] == "duplicate"}
    macs: dict[Any, list[Record]] = defaultdict(list)
    addresses: dict[Any, Record] = {}
    vnis: dict[int, Record] = {}
    for network in state.of_kind("network"):
        if vnis.setdefault(network.get("vni"), network) is not network:
            raise Broken(f"VNI {network.get('vni')} was given twice")
    for port in state.of_kind(PORT.name):
        macs[port.get("network_id"), port.get("mac_address")].append(port)
        for fixed in port.get("fixed_ips"):
            place = (fixed["subnet_id"], fixed["ip_address"])
            other = addresses.setdefault(place, port)
            if other is not port:
                raise Broken(f"{place} was given twice: to {other} and {port}")
    for (_, mac), ports in macs.items():
        younger = sorted(ports, key=lambda port: (port.oldest, port.key))[1:]
        for port in younger:
            if not mac.startswith("02:"):
                raise Broken(f"MAC {mac} was given twice")
            if str(port.key) not in duplicates:
                raise Broken(f"{port.key} shares its chosen MAC with another, and nobody says so")


def _check_cuts(state: MergedState) -> None:
    """No two subnets of a subnet pool share an address."""
    cuts: dict[Any, list[Record]] = defaultdict(list)
    for subnet in state.of_kind("subnet"):
        if subnet.get("subnetpool_id"):
            cuts[subnet.get("subnetpool_id")].append(subnet)
    for subnets in cuts.values():
        for one, other in combinations(subnets, 2):
            if ip_network(one.get("cidr")).overlaps(ip_network(other.get("cidr"))):
                raise Broken(f"{one.key} and {other.key} were cut from one subnet pool and overlap: {one.get('cidr')}")


def _check_overlaps(state: MergedState, reported: set[Told]) -> None:
    """Subnets of one network that overlap are reported, if two sites made them."""
    clashes = {told[1] for told in reported if told[0] == "clash"}
    for network in state.of_kind("network"):
        subnets = sorted(state.referrers("network", network.key.id, "subnet"), key=lambda one: (one.oldest, one.key))
        for older, younger in combinations(subnets, 2):
            sites = {site_of(subnet.fields["cidr"].stamp.site) for subnet in (older, younger)}
            prefixes = [ip_network(subnet.get("cidr")) for subnet in (older, younger)]
            if len(sites) > 1 and prefixes[0].overlaps(prefixes[1]) and str(younger.key) not in clashes:
                raise Broken(f"{younger.key} overlaps {older.key} in one network, and nobody says so")


def _check_kept(state: MergedState, reported: set[Told]) -> None:
    for record in state.live_records():
        if record.get(DELETED) is True and not any(t[:2] == ("kept", str(record.key)) for t in reported):
            raise Broken(f"{record.key} is kept though deleted, and nobody says so")


def _check_drops_reported(state: MergedState, key: Key, events: list[Event], reported: set[Told]) -> None:
    """Every value that lost against one whose writer did not know of it must be in a report."""
    record = state.raw(key)
    if record is None:
        return  # forgotten, or gone with the only disk that had it: see `_check_nothing_lost`
    for event in events:
        if key.kind == "conflict" or not event.is_in(record):
            continue
        for name in event.fields:
            rivals = [other for other in events if name in other.fields]
            # Two sites that wrote the same value at once dropped nothing: what became of one became of both.
            alike = [other for other in rivals if other.value(name) == event.value(name)]
            if record.get(name) == event.value(name) or any(other.saw(one) for other in rivals for one in alike):
                continue  # it holds, or somebody replaced it knowingly
            if not any(_is_told(reported, "field", one, name) for one in alike):
                raise Broken(f"{key}: site {event.site}'s {name} = {event.value(name)!r} was dropped silently")
    _check_updates_of_dead_reported(record, events, reported)


def _check_updates_of_dead_reported(record: Record, events: list[Event], reported: set[Told]) -> None:
    if record.get(DELETED) is not True:
        return
    for event in events:
        if DELETED in event.fields or any(other.saw(event) for other in events):
            continue
        if any(DELETED in other.fields and event.saw(other) for other in events) or all("." in n for n in event.fields):
            continue  # written while it was kept, by somebody who knew; or a grant, which goes with its pool
        alike = [
            (other, name)
            for name in event.fields
            for other in events
            if name in other.fields and other.value(name) == event.value(name)
        ]
        if not any(_is_told(reported, what, *one) for what in ("delete-won", "field") for one in alike):
            raise Broken(
                f"{record.key}: deleted, and site {event.site}'s write of {sorted(event.fields)} is unreported"
            )


def _is_told(reported: set[Told], what: str, event: Event, field: str) -> bool:
    ms, site = ms_from_hlc(event.hlc), str(event.site)
    group = next((group for group in PORT.coupled if field in group), (field,))
    return any((what, str(event.key), name, ms, site) in reported for name in group)


def _reported(conflicts: Sequence[Record]) -> set[Told]:
    told = set()
    for conflict in conflicts:
        key = Key(conflict.get("scope"), conflict.get("kind"), conflict.get("id_of"))
        lost = conflict.get("lost")
        told.add((conflict.get("what"), str(key), conflict.get("field"), lost["ms"], lost["site"]))
    return told


def _check_reports_true(state: MergedState, by_key: dict[Key, list[Event]]) -> None:
    """What is reported as dropped was written, and by somebody who and whose winner knew nothing of each other."""
    for conflict in state.of_kind("conflict"):
        if conflict.get("what") not in ("field", "delete-won"):
            continue
        key = Key(conflict.get("scope"), conflict.get("kind"), conflict.get("id_of"))
        field = conflict.get("field")
        won_field = field if conflict.get("what") == "field" else DELETED
        winners = list(_told_events(by_key.get(key, []), won_field, conflict.get("won")))
        losers = list(_told_events(by_key.get(key, []), field, conflict.get("lost")))
        pairs = [(winner, loser) for winner in winners for loser in losers]
        if pairs and all(winner.saw(loser) or loser.saw(winner) for winner, loser in pairs):
            raise Broken(f"reported as concurrent, but was not: {conflict.get('message')}")


def _told_events(events: list[Event], field: str, told: dict[str, Any]) -> Iterator[Event]:
    for event in events:
        if field in event.fields and (ms_from_hlc(event.hlc), site_of(event.writer)) == (told["ms"], told["site"]):
            yield event

"""Clashes of prefixes and ranges: what may not overlap."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from weft.store.blocks import Interval
from weft.store.prefixes import interval_of
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.rules.rule import Clash, Rival

GATEWAY = "network:router_gateway"
PROVISIONAL_PREFIX = "::/64"  # of a subnet that waits for a delegated one; any number have it


def _subnets_of_network(subnet: Record, state: State) -> Iterator[Rival]:
    for other in _others(subnet, state, "network", "network_id"):
        if PROVISIONAL_PREFIX not in (subnet.get("cidr"), other.get("cidr")) and _share(
            subnet.get("cidr"), other.get("cidr")
        ):
            yield other, f"overlap in one network: {_both(subnet, other, 'cidr')}"


def _pools_of_scope(pool: Record, state: State) -> Iterator[Rival]:
    for other in _others(pool, state, "address_scope", "address_scope_id"):
        mine, theirs = pool.get("prefixes") or (), other.get("prefixes") or ()
        if pair := _first_pair(mine, theirs):
            yield other, f"overlap in one address scope: {pair}"


def _segment_ranges(mine: Record, state: State) -> Iterator[Rival]:
    for other in state.lookup("network_segment_range", "network_type", mine.get("network_type")):
        same = other.get("physical_network") == mine.get("physical_network") and other.key != mine.key
        if same and _meet(_numbers(mine), _numbers(other)):
            ranges = sorted((_numbers(mine), _numbers(other)))
            yield other, "overlap: " + ", ".join(f"{low}-{high}" for low, high in ranges)


def _ports_of_router(port: Record, state: State) -> Iterator[Rival]:
    """Several gateways are several addresses of one neighbourhood: only interfaces must be apart, from those too."""
    if not port.get("router_id"):
        return
    for other in _others(port, state, "router", "router_id"):
        if port.get("device_owner") == other.get("device_owner") == GATEWAY:
            continue
        if pair := _first_pair(list(_cidrs(port, state)), list(_cidrs(other, state))):
            yield other, f"join overlapping subnets to one router: {pair}"


def _metering_rules(rule: Record, state: State) -> Iterator[Rival]:
    for other in _others(rule, state, "metering_label", "metering_label_id"):
        same = all(rule.get(field) == other.get(field) for field in ("direction", "excluded"))
        if same and _share(rule.get("remote_ip_prefix"), other.get("remote_ip_prefix")):
            yield other, f"overlap in one metering label: {_both(rule, other, 'remote_ip_prefix')}"


def _forwardings(forwarding: Record, state: State) -> Iterator[Rival]:
    mine = _ports(forwarding)
    for other in _others(forwarding, state, "floatingip", "floatingip_id"):
        same = other.get("protocol") == forwarding.get("protocol")
        equal = other.get("external_port_range") == forwarding.get("external_port_range")  # a duplicate, told as such
        if same and not equal and _meet(mine, _ports(other)):
            ranges = _both(forwarding, other, "external_port_range")
            yield other, f"forward overlapping ports of one floating IP: {ranges}"


OVERLAPS = (
    Clash("subnets", "subnet", ("cidr", "network_id"), _subnets_of_network),
    Clash("pools", "subnetpool", ("prefixes", "address_scope_id"), _pools_of_scope),
    Clash("segment ranges", "network_segment_range", ("minimum", "maximum"), _segment_ranges),
    Clash("router ports", "port", ("router_id", "fixed_ips"), _ports_of_router),
    Clash("metering rules", "metering_label_rule", ("remote_ip_prefix",), _metering_rules),
    Clash("port forwardings", "port_forwarding", ("external_port_range", "protocol"), _forwardings),
)


def _others(record: Record, state: State, whole: str, field: str) -> Iterator[Record]:
    """Yield the other records of the same kind that are part of the same thing."""
    id = record.get(field)
    if isinstance(id, str):
        for other in state.referrers(whole, id, record.key.kind):
            if other.key.id != record.key.id and other.get(field) == id:
                yield other


def _cidrs(port: Record, state: State) -> Iterator[str]:
    for fixed in port.get("fixed_ips") or ():
        subnet = state.get("subnet", fixed.get("subnet_id", ""))
        if subnet is not None:
            yield subnet.get("cidr", "")


def _first_pair(mine: Sequence[object], theirs: Sequence[object]) -> str:
    """Return the first pair of prefixes that share addresses, "" if none does: the same, whoever asks about whom."""
    pairs = [sorted((str(one), str(two))) for one in mine for two in theirs if _share(one, two)]
    return ", ".join(min(pairs)) if pairs else ""


def _both(one: Record, other: Record, field: str) -> str:
    return ", ".join(sorted((str(one.get(field)), str(other.get(field)))))


@lru_cache(maxsize=4096)
def _interval(cidr: str) -> tuple[int, Interval] | None:
    try:
        return (6 if ":" in cidr else 4), interval_of(cidr)
    except ValueError:
        return None


def _share(one: object, other: object) -> bool:
    """Tell whether two prefixes share addresses; what is no prefix, by a peer's mistake, shares none."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    mine, theirs = _interval(one), _interval(other)
    return mine is not None and theirs is not None and mine[0] == theirs[0] and _meet(mine[1], theirs[1])


def covers(cidr: object, address: object) -> bool:
    """Tell whether an address lies in a prefix."""
    return isinstance(address, str) and "/" not in address and _share(cidr, address)


def _meet(one: Interval, other: Interval) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _numbers(record: Record) -> Interval:
    low, high = record.get("minimum"), record.get("maximum")
    return (low, high) if isinstance(low, int) and isinstance(high, int) else (0, -1)


def _ports(forwarding: Record) -> Interval:
    low, _, high = str(forwarding.get("external_port_range")).partition(":")
    return (int(low), int(high)) if low.isdecimal() and high.isdecimal() else (0, -1)

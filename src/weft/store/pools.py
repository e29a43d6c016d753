"""The pools there are: a subnet's addresses, a subnet pool's prefixes, VNIs, MACs. From records to `blocks.Pool`, and
from items to text.

Subnets keep their grants in the subnet's own record, everything else in the fabric's `pool` records. For VNIs and MACs
the site with number n starts with block n, so that a new site need not ask anybody; further blocks lie above.
"""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from operator import is_
from typing import Any

from weft.model import SiteId
from weft.store.blocks import Interval, Part, Pool, address_number, ipv4_text, without
from weft.store.paths import rows_at
from weft.store.prefixes import WIDTH, intervals_of, merged
from weft.store.protocol import State
from weft.store.records import Key, Record

VNI, MAC = "vni", "mac"
SUBNET_PREFIX = "subnet."
PREFIX_POOL = "subnetpool."

VNI_BLOCK_BITS = 8
VNI_SIZE = 1 << 24
MAC_BLOCK_BITS = 16
MAC_BASE = 0xFA16 << 32  # Neutron's base_mac fa:16:3e with its third byte freed: 65,536 blocks of 65,536
MAC_SIZE = 1 << 32
ADDRESS_PATHS = ("fixed_ips[].subnet_id", "fixed_ips[].ip_address")  # where a port says what addresses it has
TOP_UP_INDEX = 32_768  # blocks from here on are nobody's first: site numbers stay below


def pool_named(state: State, name: str) -> Pool | None:
    """Return the pool that a claim or a transfer names; None if there is none, or its record makes no sense."""
    if name == VNI:
        return vni_pool(state)
    if name == MAC:
        return mac_pool(state)
    if name.startswith(PREFIX_POOL):
        subnetpool = state.get("subnetpool", name.removeprefix(PREFIX_POOL))
        return prefix_pool(state, subnetpool) if subnetpool else None
    subnet = state.get("subnet", name.removeprefix(SUBNET_PREFIX)) if name.startswith(SUBNET_PREFIX) else None
    try:
        return subnet_pool(state, subnet) if subnet else None
    except ValueError:  # a peer's bad prefix
        return None


def pool_key(pool: Pool) -> Key:
    """Return the record that holds a pool's grants."""
    if pool.name.startswith(SUBNET_PREFIX):
        return Key("fabric", "subnet", pool.name.removeprefix(SUBNET_PREFIX))
    return Key("fabric", "pool", pool.name)


def subnet_pool(state: State, subnet: Record) -> Pool:
    """Return the pool of a subnet's addresses."""
    return _remembered(state, SUBNET_PREFIX + subnet.key.id, subnet, lambda: _subnet_pool(state, subnet))


def _subnet_pool(state: State, subnet: Record) -> Pool:
    cidr = ip_network(subnet.get("cidr"))
    block_bits = max(_int(subnet.get("block_size"), 1), 1).bit_length() - 1
    first = int(cidr.network_address)
    usable = usable_addresses(cidr, subnet.get("gateway_ip"), subnet.get("allocation_pools") or ())
    return Pool(
        name=SUBNET_PREFIX + subnet.key.id,
        first=first,
        size=cidr.num_addresses,
        block_bits=block_bits,
        giver=_living_giver(state, subnet.get("giver")),
        usable=usable,
        grants=_grants(subnet, first, block_bits),
        dead=dead_sites(state),
    )


def prefix_pool(state: State, subnetpool: Record) -> Pool:
    """Return the pool of the prefixes that subnets are cut from (`cutting.py`).

    As long as the record with its grants has not come in, nobody owns any of it.
    """
    name = PREFIX_POOL + subnetpool.key.id
    grants = state.get("pool", str(subnetpool.get("grants_id")))

    def make() -> Pool:
        version = 6 if subnetpool.get("ip_version") == 6 else 4
        return Pool(
            name=name,
            first=0,
            size=1 << WIDTH[version],
            block_bits=0,
            giver=_living_giver(state, grants.get("giver")) if grants else SiteId(""),
            usable=tuple(merged(intervals_of(subnetpool.get("prefixes") or ()))),
            grants=_grants(grants, 0, 0) if grants else {},
            dead=dead_sites(state),
        )

    return _remembered(state, name, subnetpool, make, grants)


def version_of_pool(pool: Pool) -> int:
    """Return the IP version of a pool of addresses or prefixes."""
    return 6 if _is_v6(pool) else 4


def vni_pool(state: State) -> Pool:
    """Return the pool of network identifiers."""
    return _fabric_pool(state, VNI, 0, VNI_SIZE, VNI_BLOCK_BITS, ((1, VNI_SIZE - 1),))


def mac_pool(state: State) -> Pool:
    """Return the pool of MAC addresses."""
    return _fabric_pool(state, MAC, MAC_BASE, MAC_SIZE, MAC_BLOCK_BITS, ((MAC_BASE, MAC_BASE + MAC_SIZE - 1),))


def usable_addresses(
    cidr: IPv4Network | IPv6Network, gateway: Any, allocation_pools: Iterable[Mapping[str, str]]
) -> tuple[Interval, ...]:
    """Return what ports may be given: the allocation pools without network, broadcast and gateway address."""
    first, last = int(cidr.network_address), int(cidr.broadcast_address)
    intervals: list[Interval] = []
    for pool in allocation_pools:
        start, end = address_number(str(pool.get("start"))), address_number(str(pool.get("end")))
        if start is not None and end is not None and first <= start <= end <= last:
            intervals.append((start, end))
    reserved = [number] if (number := address_number(str(gateway))) is not None else []
    if cidr.version == 4 and cidr.prefixlen < 31:  # a /31 and a /32 have neither (RFC 3021)
        reserved += [first, last]
    if cidr.version == 6 and cidr.prefixlen < 127:
        reserved.append(first)  # the subnet-router anycast address, RFC 4291, section 2.6.1
    return without(intervals, reserved)


def item_text(pool: Pool, item: int) -> str:
    """Return an item as records and claims write it: "10.0.0.7", "4711", "fa:16:00:01:00:2a"."""
    if pool.name == VNI:
        return str(item)
    if pool.name == MAC:
        return item.to_bytes(6).hex(":")
    return str(IPv6Address(item)) if _is_v6(pool) else ipv4_text(item)


def item_number(pool: Pool, text: str) -> int | None:
    """Return the number of an item, None if this pool has no such item."""
    try:
        if pool.name == VNI:
            number: int | None = int(text)
        elif pool.name == MAC:
            number = int(text.replace(":", ""), 16)
        else:
            number = address_number(text) if (":" in text) == _is_v6(pool) else None
    except ValueError:
        return None
    return number if number is not None and pool.contains(number) else None


def is_used(state: State, pool: Pool, item: int) -> bool:
    """Tell whether a live record uses an item, whoever granted it."""
    return is_text_used(state, pool, item, item_text(pool, item))


def is_text_used(state: State, pool: Pool, item: int, text: str) -> bool:
    """Return `is_used`, for those who have the item as text too."""
    if pool.name == VNI:
        return bool(state.lookup("network", "vni", item) or state.lookup("segment", "key", f"vxlan:{item}"))
    if pool.name == MAC:
        return bool(state.lookup_ids("port", "mac_address", text))
    subnet_id = pool.name.removeprefix(SUBNET_PREFIX)
    if not state.lookup_ids("port", "fixed_ips[].ip_address", text):  # by nobody, in whatever subnet: that is the rule
        return False
    holders = state.lookup("port", "fixed_ips[].ip_address", text)
    return any((subnet_id, text) in rows_at(port, ADDRESS_PATHS) for port in holders)


def part_field(pool: Pool, part: Part) -> str:
    """Return the field that holds the grant of a part."""
    bits, index = part
    if bits == pool.block_bits:
        return f"block.{index}"
    return f"item.{item_text(pool, pool.first + index)}" if bits == 0 else f"chunk.{index}.{bits}"


def live_sites(state: State) -> list[SiteId]:
    """Return the sites that are not declared dead, by number: the first gives where a giver is needed."""
    sites = [site for site in state.of_kind("site") if not site.get("dead")]
    return [SiteId(site.key.id) for site in sorted(sites, key=lambda site: (_int(site.get("number"), 0), site.key))]


def dead_sites(state: State) -> frozenset[SiteId]:
    """Return the sites that an operator declared dead."""
    return frozenset(SiteId(site.key.id) for site in state.of_kind("site") if site.get("dead") is True)


def _fabric_pool(state: State, name: str, first: int, size: int, block_bits: int, usable: tuple[Interval, ...]) -> Pool:
    record = state.get("pool", name)

    def make() -> Pool:
        grants = {
            (block_bits, number): SiteId(site.key.id)
            for site in state.of_kind("site")
            if 0 < (number := _int(site.get("number"), 0)) < TOP_UP_INDEX
        }
        if record is not None:
            grants.update(_grants(record, first, block_bits))
        giver = _living_giver(state, None)
        return Pool(name, first, size, block_bits, giver, usable, grants, dead_sites(state))

    return _remembered(state, name, record, make)


_made: dict[tuple[int, str], tuple[Record | None, tuple[Record | None, ...], Pool]] = {}
MADE_MAX = 4096


def _remembered(
    state: State, name: str, record: Record | None, make: Callable[[], Pool], *further: Record | None
) -> Pool:
    """Return the pool last made under a name if it still holds; a burst of creates asks for the same again and again.

    A pool follows from its records and from those of the sites. Records are immutable: the same are the same.
    """
    others = (*further, *state.of_kind("site"))
    slot = id(state), name  # the sites of a simulation live in one process: each makes its own
    held = _made.get(slot)
    if held is not None and held[0] is record and len(held[1]) == len(others) and all(map(is_, held[1], others)):
        return held[2]
    pool = make()
    if len(_made) >= MADE_MAX:
        _made.clear()
    _made[slot] = (record, others, pool)
    return pool


def _living_giver(state: State, named: Any) -> SiteId:
    """Return who owns the reserve: the site named, or the living one with the smallest number."""
    dead = dead_sites(state)
    if isinstance(named, str) and named and named not in dead:
        return SiteId(named)
    return next(iter(live_sites(state)), SiteId(""))


def _grants(record: Record, first: int, block_bits: int) -> dict[Part, SiteId]:
    grants: dict[Part, SiteId] = {}
    for name, field in record.fields.items():
        what, _, rest = name.partition(".")
        if what not in ("block", "chunk", "item") or not isinstance(field.value, str):
            continue
        part = _part(what, rest, first, block_bits)
        if part is not None:
            grants[part] = SiteId(field.value)
    return grants


def _part(what: str, rest: str, first: int, block_bits: int) -> Part | None:
    """Return the part that a grant's field names; None if a newer version or a bad peer wrote it."""
    if what == "item":
        number = _number_of(rest)
        return (0, number - first) if number is not None else None
    index, _, bits = rest.partition(".")
    if what == "block" and index.isdecimal():
        return block_bits, int(index)
    if what == "chunk" and index.isdecimal() and bits.isdecimal() and int(bits) < 128:
        return int(bits), int(index)
    return None


def _number_of(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    if text.count(":") == 5 and "::" not in text:  # a MAC; an IPv6 address without "::" has seven colons
        try:
            return int(text.replace(":", ""), 16)
        except ValueError:
            return None
    return address_number(text)


def _is_v6(pool: Pool) -> bool:
    return pool.first >= 1 << 32 or pool.size > 1 << 32


def _int(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default

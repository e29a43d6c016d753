"""What tenants do in a simulation: small stand-ins for the real commands, with their conflicts and scarcity."""

import random
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any, TypeVar

from weft.model import Conflict, SiteId
from weft.store.cutting import cut_any, is_free, require_prefix
from weft.store.execute import Decide, Held
from weft.store.granting import initial_grants
from weft.store.picking import pick_item, require_item
from weft.store.pools import (
    is_used,
    item_number,
    live_sites,
    mac_pool,
    pool_key,
    prefix_pool,
    subnet_pool,
    usable_addresses,
    vni_pool,
)
from weft.store.prefixes import version_of
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Claim, Write, Writes

CHOSEN_MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02")  # from outside the delegated pool: may be chosen twice
POOLED = (["10.0.0.0/24"], ["10.1.0.0/24", "10.1.2.0/25"], ["2001:db8::/56"])
CIDRS = ("10.0.0.0/29", "10.0.0.0/28", "10.0.0.0/24", "2001:db8::/64")

T = TypeVar("T")
Chance = random.Random
Maker = Callable[[Chance, SiteId], Decide]


def next_request(chance: Chance, site: SiteId) -> tuple[str, Decide]:
    """Return something that a tenant at `site` asks for."""
    name, make, _ = chance.choices(REQUESTS, weights=[weight for _, _, weight in REQUESTS])[0]
    return name, make(chance, site)


def _create_network(chance: Chance, site: SiteId) -> Decide:
    id, seed = _new_id(chance), chance.randrange(1 << 30)

    def decide(state: State, held: Held) -> Writes:
        vni = pick_item(state, vni_pool(state), site, held("vni"), seed)
        return _writes(_key("network", id), {"name": id, "vni": int(vni)}, (Claim("vni", vni),), create=True)

    return decide


def _create_subnet(chance: Chance, site: SiteId) -> Decide:
    id, cidr, pick = _new_id(chance), ip_network(chance.choice(CIDRS)), chance.random()

    def decide(state: State, held: Held) -> Writes:
        network = _one_of(sorted(state.of_kind("network"), key=_id_of), pick)
        pools = [{"start": str(cidr[2]), "end": str(cidr[-2])}]
        usable = usable_addresses(cidr, str(cidr[1]), pools)
        values = {
            "network_id": network.key.id,
            "cidr": str(cidr),
            "gateway_ip": str(cidr[1]),
            "allocation_pools": pools,
            **initial_grants(cidr, usable, live_sites(state), site),
        }
        return _writes(_key("subnet", id), values, (), create=True)

    return decide


def _create_subnetpool(chance: Chance, site: SiteId) -> Decide:
    id, prefixes = _new_id(chance), chance.choice(POOLED)

    def decide(state: State, held: Held) -> Writes:
        values = {"ip_version": version_of(prefixes[0]), "prefixes": prefixes, "grants_id": f"subnetpool.{id}"}
        grants = Write(_key("pool", f"subnetpool.{id}"), {"giver": site}, create=True)
        return Writes((grants, Write(_key("subnetpool", id), values, create=True)))

    return decide


def _cut_subnet(chance: Chance, site: SiteId) -> Decide:
    """Create a subnet out of a subnet pool: of any prefix, or of the very one."""
    id, pick, where, length = _new_id(chance), chance.random(), chance.random(), chance.choice((25, 26, 27))
    is_specific = chance.random() < 0.3

    def decide(state: State, held: Held) -> Writes:
        network = _one_of(sorted(state.of_kind("network"), key=_id_of), pick)
        subnetpool = _one_of(sorted(state.of_kind("subnetpool"), key=_id_of), pick)
        pool = prefix_pool(state, subnetpool)
        prefixlen = length if pool.size == 1 << 32 else length + 32
        if is_specific:
            cidr = str(_one_of(list(ip_network(subnetpool.get("prefixes")[0]).subnets(new_prefix=prefixlen)), where))
            if not is_free(state, pool, cidr, held(pool.name)):
                raise Conflict(f"{cidr} is in use")
            require_prefix(pool, site, cidr)
        else:
            cidr = cut_any(state, pool, site, prefixlen, held(pool.name))
        network_cidr = ip_network(cidr)
        usable = usable_addresses(network_cidr, None, [{"start": str(network_cidr[1]), "end": str(network_cidr[-2])}])
        values = {
            "network_id": network.key.id,
            "cidr": cidr,
            "subnetpool_id": subnetpool.key.id,
            **initial_grants(network_cidr, usable, live_sites(state), site),
        }
        lock = Write(pool_key(pool), {f"last.{site}": id})
        return Writes((lock, Write(_key("subnet", id), values, create=True)), (Claim(pool.name, cidr),))

    return decide


def _create_port(chance: Chance, site: SiteId) -> Decide:
    id, pick, seed = _new_id(chance), chance.random(), chance.randrange(1 << 30)
    wants_mac = chance.choice(CHOSEN_MACS) if chance.random() < 0.1 else None
    offset = chance.randrange(2, 7) if chance.random() < 0.2 else None

    def decide(state: State, held: Held) -> Writes:
        subnet = _one_of(sorted(state.of_kind("subnet"), key=_id_of), pick)
        pool = subnet_pool(state, subnet)
        if offset is None:
            address = pick_item(state, pool, site, held(pool.name), seed)
        else:
            address = str(ip_network(subnet.get("cidr"))[offset])
            number = item_number(pool, address)
            assert number is not None
            if address in held(pool.name) or is_used(state, pool, number):
                raise Conflict(f"{address} is in use")
            require_item(state, pool, site, address)
        network_id = subnet.get("network_id")
        if wants_mac is None:
            mac = pick_item(state, mac_pool(state), site, held("mac"), seed)
        elif any(port.get("network_id") == network_id for port in state.lookup("port", "mac_address", wants_mac)):
            raise Conflict(f"{wants_mac} is in use")
        else:
            mac = wants_mac
        values = {
            "network_id": network_id,
            "name": id,
            "mac_address": mac,
            "fixed_ips": [{"subnet_id": subnet.key.id, "ip_address": address}],
            "host": "",
            "profile": {},
        }
        claims = (Claim(pool.name, address), Claim(f"mac.{network_id}", mac))
        return _writes(_key("port", id), values, claims, create=True)

    return decide


def _rename(chance: Chance, site: SiteId) -> Decide:
    kind, pick, name = chance.choice(("network", "port", "subnet")), chance.random(), f"name-{chance.randrange(5)}"

    def decide(state: State, held: Held) -> Writes:
        record = _one_of(sorted(state.of_kind(kind), key=_id_of), pick)
        return _writes(record.key, {"name": name}, ())

    return decide


def _bind(chance: Chance, site: SiteId) -> Decide:
    pick, host = chance.random(), f"{site}{chance.randrange(1, 3)}"

    def decide(state: State, held: Held) -> Writes:
        port = _one_of(sorted(state.of_kind("port"), key=_id_of), pick)
        return _writes(port.key, {"host": host, "profile": {"at": host}}, ())

    return decide


def _delete_port(chance: Chance, site: SiteId) -> Decide:
    return _delete(chance, "port", ())


def _delete_subnet(chance: Chance, site: SiteId) -> Decide:
    return _delete(chance, "subnet", ("port",))


def _delete_subnetpool(chance: Chance, site: SiteId) -> Decide:
    return _delete(chance, "subnetpool", ("subnet",))


def _delete_network(chance: Chance, site: SiteId) -> Decide:
    return _delete(chance, "network", ("port", "subnet"))


def _delete(chance: Chance, kind: str, users: Sequence[str]) -> Decide:
    pick = chance.random()

    def decide(state: State, held: Held) -> Writes:
        unused = [
            record
            for record in sorted(state.of_kind(kind), key=_id_of)
            if record.get(DELETED) is not True and not any(state.referrers(kind, record.key.id, by) for by in users)
        ]
        return _writes(_one_of(unused, pick).key, {DELETED: True}, ())

    return decide


REQUESTS: tuple[tuple[str, Maker, int], ...] = (
    ("create network", _create_network, 8),
    ("create subnet", _create_subnet, 8),
    ("create port", _create_port, 45),
    ("rename", _rename, 14),
    ("bind", _bind, 8),
    ("delete port", _delete_port, 12),
    ("delete subnet", _delete_subnet, 4),
    ("create subnet pool", _create_subnetpool, 2),
    ("cut subnet", _cut_subnet, 9),
    ("delete subnet pool", _delete_subnetpool, 1),
    ("delete network", _delete_network, 4),
)


def _writes(key: Key, values: dict[str, Any], claims: tuple[Claim, ...], *, create: bool = False) -> Writes:
    return Writes((Write(key, values, create),), claims)


def _one_of(records: Sequence[T], pick: float) -> T:
    if not records:
        raise Conflict("there is none")
    return records[int(pick * len(records))]


def _id_of(record: Record) -> str:
    return record.key.id


def _new_id(chance: Chance) -> str:
    return f"{chance.getrandbits(48):012x}"


def _key(kind: str, id: str) -> Key:
    return Key("fabric", kind, id)

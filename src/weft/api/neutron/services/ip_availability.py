"""`/v2.0/network-ip-availabilities`: counted when asked, from the ports that each subnet's index names.

Source: neutron, db/network_ip_availability_db.py and network_ip_availability_details_db.py.
"""

from collections.abc import Collection, Iterable
from typing import Any

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Look, Resource
from weft.commands.errors import NetworkNotFound
from weft.store.blocks import address_number
from weft.store.pools import ADDRESS_PATHS
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.addresses import read_prefix
from weft.wire.neutron.services.ip_availability import NETWORK_IP_AVAILABILITY

SUMS = ("total_ips", "used_ips")
DETAILS = ("total_ips_in_subnet", "total_ips_in_allocation_pool", "used_ips_in_subnet", "used_ips_in_allocation_pool")


def _all(look: Look, asked: Asked) -> Collection[Record]:
    versions = asked.equal.get("ip_version", ())
    return [
        made
        for network in _networks(look.state, asked)
        if (made := _availability(look.state, network, versions)) is not None
    ]


def _one(state: State, network_id: str, parent_id: str) -> Record | None:
    network = state.get("network", network_id)
    return _availability(state, network, ()) if network is not None else None


def _networks(state: State, asked: Asked) -> Iterable[Record]:
    """Return the networks that can be meant, without a look at the others where their IDs are given."""
    if "network_id" in asked.equal:
        found = [state.get("network", id) for id in asked.equal["network_id"]]
        return [network for network in found if network is not None]
    names = asked.equal.get("network_name")
    return [network for network in state.of_kind("network") if names is None or network.get("name") in names]


def _availability(state: State, network: Record, versions: Collection[int]) -> Record | None:
    """Return a network's figures; None if it has no subnet of the versions asked for."""
    subnets = state.referrers("network", network.key.id, "subnet")
    rows = [_subnet_row(state, subnet) for subnet in subnets if not versions or subnet.get("ip_version") in versions]
    if versions and not rows:
        return None
    values: dict[str, Any] = {
        "network_id": network.key.id,
        "network_name": network.get("name", ""),
        "project_id": network.get("project_id"),
        "subnet_ip_availability": sorted(rows, key=lambda row: str(row["subnet_id"])),
        "ip_availability_details": {
            name: sum(row["ip_availability_details"][name] for row in rows) for name in DETAILS
        },
        "ip_version": next(iter(versions), None),  # of the filter: what is shown fits it
    }
    for name in SUMS:
        values[name] = sum(row[name] for row in rows)
    return made_record("network_ip_availability", network.key.id, values)


def _subnet_row(state: State, subnet: Record) -> dict[str, Any]:
    prefix = read_prefix(subnet.get("cidr"))
    pools = [_ends(pool) for pool in subnet.get("allocation_pools") or ()]
    in_pools = sum(end - start + 1 for start, end in pools)
    used = _used(state, subnet.key.id)
    used_in_pools = sum(1 for start, end in pools for address in used if start <= address <= end)
    return {
        "subnet_id": subnet.key.id,
        "subnet_name": subnet.get("name", ""),
        "cidr": subnet.get("cidr"),
        "ip_version": subnet.get("ip_version"),
        "total_ips": in_pools if pools else prefix.num_addresses,
        "used_ips": len(used),
        "ip_availability_details": {
            "total_ips_in_subnet": prefix.num_addresses - (2 if prefix.version == 4 else 0),
            "total_ips_in_allocation_pool": in_pools,
            "used_ips_in_subnet": len(used),
            "used_ips_in_allocation_pool": used_in_pools,
        },
    }


def _used(state: State, subnet_id: str) -> list[int]:
    """Return the subnet's addresses that ports have. Ports are many, so this is plain loops over what records hold."""
    found = []
    for port in state.lookup("port", ADDRESS_PATHS[0], subnet_id):
        for ip in port.get("fixed_ips", ()):
            if isinstance(ip, dict) and ip.get("subnet_id") == subnet_id:
                number = address_number(str(ip.get("ip_address")))
                if number is not None:
                    found.append(number)
    return found


def _ends(pool: dict[str, str]) -> tuple[int, int]:
    return address_number(str(pool.get("start"))) or 0, address_number(str(pool.get("end"))) or -1


NETWORK_IP_AVAILABILITIES = Resource(
    name="network_ip_availability",
    collection="network_ip_availabilities",
    path="network-ip-availabilities",
    verbs=frozenset({"list", "show"}),
    made=_all,
    find=_one,
    attributes=NETWORK_IP_AVAILABILITY,
    not_found=NetworkNotFound,
)

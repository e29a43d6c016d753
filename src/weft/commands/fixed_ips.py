"""Which addresses a port gets. Source: neutron, db/ipam_pluggable_backend.py and ipam_backend_mixin.py.

Asked for nothing: one of the first IPv4 subnet with space, one of the first stateful IPv6 subnet with
space, and its own on every subnet whose machines form theirs. Asked for something: exactly that, and still
the self-made ones, for a machine that hears a router advertisement does not ask.
"""

from collections.abc import Sequence
from typing import Any

from weft.commands.addresses import AddressPicker
from weft.commands.auto_addresses import DHCP_OWNER, forms_own_address
from weft.commands.errors import (
    AllocationOnAutoAddressSubnet,
    InvalidInput,
    InvalidIpForNetwork,
    InvalidIpForSubnet,
    IpAddressGenerationFailureNoMatchingSubnet,
    SubnetNotFound,
)
from weft.commands.prefixes import eui64_address, is_assignable, is_auto_address
from weft.store.kinds import NETWORK, SUBNET
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.addresses import read_ip, read_prefix

FixedIps = list[dict[str, str]]  # [{subnet_id, ip_address}]
Wanted = Sequence[dict[str, Any]]  # as a client asks: subnet_id, ip_address, or both


def subnets_of(state: State, network_id: str) -> list[Record]:
    """Return the network's subnets, oldest first: the order in which they are tried."""
    subnets = state.referrers(NETWORK.name, network_id, SUBNET.name)
    return sorted(subnets, key=lambda subnet: (subnet.get("created_at", ""), subnet.key.id))


def subnets_for(state: State, network_id: str, device_owner: str) -> list[Record]:
    """Return the network's subnets that have addresses for ports of this owner, those that say so first.

    Raises IpAddressGenerationFailureNoMatchingSubnet if there are subnets, but none of these.
    """
    subnets = subnets_of(state, network_id)
    if not any(subnet.get("service_types") for subnet in subnets):
        return subnets
    serving = [subnet for subnet in subnets if _serves(subnet, device_owner)]
    if not serving:
        raise IpAddressGenerationFailureNoMatchingSubnet(network_id, device_owner)
    return sorted(serving, key=lambda subnet: not subnet.get("service_types"))


def _serves(subnet: Record, device_owner: str) -> bool:
    types = subnet.get("service_types") or ()
    return not types or device_owner in types or (device_owner == DHCP_OWNER and bool(subnet.get("enable_dhcp", True)))


def addresses_for_new_port(
    state: State, network_id: str, wanted: Wanted | None, mac: str, device_owner: str, picker: AddressPicker
) -> FixedIps:
    """Return a new port's addresses; `wanted` is None if the client left the choice to us."""
    subnets = subnets_for(state, network_id, device_owner)
    if wanted is None:
        addresses = _one_of_each_family(subnets, network_id, picker)
    else:
        addresses = _requested(state, subnets, network_id, wanted, mac, device_owner, picker)
    return [*addresses, *_self_made(subnets, mac, device_owner, picker)]


def addresses_after_update(
    state: State, port: Record, wanted: Wanted, mac: str, device_owner: str, picker: AddressPicker
) -> FixedIps:
    """Return a port's addresses once `wanted` has been honoured: what it has and still wants, it keeps."""
    network_id = port.get("network_id")
    subnets = subnets_for(state, network_id, device_owner)
    auto = (
        {subnet.key.id for subnet in subnets if is_auto_address(subnet)} if forms_own_address(device_owner) else set()
    )
    had = port.get("fixed_ips", [])
    left = [ip for ip in had if ip["subnet_id"] not in auto]
    wanted = [ip for ip in wanted if ip.get("subnet_id") not in auto or ip not in had]  # those are formed anew below
    kept: FixedIps = []
    added: list[dict[str, Any]] = []
    for ip in wanted:  # addresses first, so that "any of the subnet" does not use up one that is named
        if "ip_address" in ip:
            same = next((one for one in left if one["ip_address"] == ip["ip_address"]), None)
            if same:
                _move(same, left, kept)
            else:
                added.append(ip)
    for ip in wanted:
        if "ip_address" not in ip:
            same = next((one for one in left if one["subnet_id"] == ip.get("subnet_id")), None)
            if same:
                _move(same, left, kept)
            else:
                added.append(ip)
    new = _requested(state, subnets, network_id, added, mac, device_owner, picker)
    addresses = [*kept, *new]
    return [*addresses, *_self_made(subnets, mac, device_owner, picker)]


def _one_of_each_family(subnets: Sequence[Record], network_id: str, picker: AddressPicker) -> FixedIps:
    v4 = [subnet for subnet in subnets if subnet.get("ip_version") == 4]
    v6 = [subnet for subnet in subnets if subnet.get("ip_version") == 6 and not is_auto_address(subnet)]
    return [picker.any(family, network_id) for family in (v4, v6) if family]


def _requested(
    state: State,
    subnets: Sequence[Record],
    network_id: str,
    wanted: Wanted,
    mac: str,
    device_owner: str,
    picker: AddressPicker,
) -> FixedIps:
    placed = [(_subnet_for(state, subnets, network_id, ip, device_owner, picker), ip) for ip in wanted]
    exact: FixedIps = []
    chosen: FixedIps = []
    for subnet, ip in placed:
        if "ip_address" in ip:
            if is_auto_address(subnet) and forms_own_address(device_owner):
                if ip["ip_address"] != eui64_address(subnet.get("cidr"), mac):
                    raise AllocationOnAutoAddressSubnet(ip["ip_address"], subnet.key.id)
            else:
                exact.append(picker.exactly(subnet, ip["ip_address"], device_owner))
    for subnet, ip in placed:
        if "ip_address" not in ip and not (is_auto_address(subnet) and forms_own_address(device_owner)):
            chosen.append(picker.any([subnet], network_id))
    return [*exact, *chosen]


def _subnet_for(
    state: State,
    subnets: Sequence[Record],
    network_id: str,
    ip: dict[str, Any],
    device_owner: str,
    picker: AddressPicker,
) -> Record:
    if not subnets:
        raise InvalidInput("IP allocation requires subnets for network")
    address = ip.get("ip_address")
    if "subnet_id" in ip:
        subnet = next((subnet for subnet in subnets if subnet.key.id == ip["subnet_id"]), None)
        if subnet is None:
            elsewhere = state.get(SUBNET.name, ip["subnet_id"])
            if elsewhere is None or not picker.context.sees(elsewhere):
                raise SubnetNotFound(ip["subnet_id"])
            raise InvalidInput(
                f"Failed to create port on network {network_id}, because fixed_ips included invalid subnet "
                f"{ip['subnet_id']}"
            )
        if address is not None and not _fits(subnet, address, device_owner):
            raise InvalidIpForSubnet(address)
        return subnet
    if address is None:
        raise InvalidInput("IP allocation requires subnet_id or ip_address")
    for subnet in subnets:
        if _fits(subnet, address, device_owner):
            return subnet
    raise InvalidIpForNetwork(address)


def _fits(subnet: Record, address: str, device_owner: str) -> bool:
    return is_assignable(read_prefix(subnet.get("cidr")), read_ip(address), device_owner)


def _self_made(subnets: Sequence[Record], mac: str, device_owner: str, picker: AddressPicker) -> FixedIps:
    if not forms_own_address(device_owner):
        return []
    return [
        picker.self_made(subnet, eui64_address(subnet.get("cidr"), mac))
        for subnet in subnets
        if is_auto_address(subnet)
    ]


def _move(ip: dict[str, str], source: FixedIps, target: FixedIps) -> None:
    source.remove(ip)
    target.append(ip)

"""Addresses of subnets: picked from this site's blocks, or exactly as asked. One picker serves one decision."""

from collections.abc import Iterator, Sequence

from weft.commands.context import Context
from weft.commands.errors import (
    InvalidIpForSubnet,
    IpAddressAlreadyAllocated,
    IpAddressGenerationFailure,
)
from weft.commands.prefixes import Range, is_assignable, pool_ranges, text_of
from weft.store.kinds import PORT
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Claim
from weft.wire.neutron.addresses import read_ip, read_prefix


class AddressPicker:
    """Picks addresses, never the same twice; `claims` collects them."""

    def __init__(self, state: State, context: Context, port_id: str | None = None) -> None:
        self._state, self._context = state, context
        self._port_id = port_id  # whose own addresses are free to it
        self._taken: set[tuple[str, str]] = set()
        self.claims: list[Claim] = []

    def any(self, subnets: Sequence[Record], network_id: str) -> dict[str, str]:
        """Return a free address of the first subnet that has one.

        Raises NeedsTransfer if only other sites have free ones, IpAddressGenerationFailure if nobody has.
        """
        for subnet in subnets:
            version = subnet.get("ip_version")
            held = self._context.held(f"subnet.{subnet.key.id}")
            ranges = pool_ranges(subnet.get("allocation_pools", []))
            for value in _from_a_seeded_place(ranges, self._context.seed):
                address = text_of(version, value)
                if address not in held and self._is_free(subnet.key.id, address):
                    return self._take(subnet.key.id, address)
        raise IpAddressGenerationFailure(network_id)

    def exactly(self, subnet: Record, address: str, device_owner: str) -> dict[str, str]:
        """Return `address` if it is free. Raises InvalidIpForSubnet, IpAddressAlreadyAllocated, NeedsTransfer."""
        if not is_assignable(read_prefix(subnet.get("cidr")), read_ip(address), device_owner):
            raise InvalidIpForSubnet(address)
        if not self._is_free(subnet.key.id, address):
            raise IpAddressAlreadyAllocated(address, subnet.key.id)
        return self._take(subnet.key.id, address)

    def self_made(self, subnet: Record, address: str) -> dict[str, str]:
        """Return an address that a machine forms from its MAC: as unique as that is, so nobody claims it.

        Raises IpAddressAlreadyAllocated if it was handed out all the same.
        """
        if not self._is_free(subnet.key.id, address):
            raise IpAddressAlreadyAllocated(address, subnet.key.id)
        self._taken.add((subnet.key.id, address))
        return {"subnet_id": subnet.key.id, "ip_address": address}

    def _is_free(self, subnet_id: str, address: str) -> bool:
        if (subnet_id, address) in self._taken:
            return False
        return not any(
            ip["ip_address"] == address and ip["subnet_id"] == subnet_id
            for port in self._state.lookup(PORT.name, "fixed_ips[].ip_address", address)
            if port.key.id != self._port_id
            for ip in port.get("fixed_ips", ())
        )

    def _take(self, subnet_id: str, address: str) -> dict[str, str]:
        self._taken.add((subnet_id, address))
        self.claims.append(Claim(f"subnet.{subnet_id}", address))
        return {"subnet_id": subnet_id, "ip_address": address}


def _from_a_seeded_place(ranges: Sequence[Range], seed: int) -> Iterator[int]:
    """Yield every value of the ranges once, beginning at a place that follows from `seed`."""
    total = sum(r.size for r in ranges)
    if not total:
        return
    start = seed % total
    for step in range(total):
        offset = (start + step) % total
        for r in ranges:
            if offset < r.size:
                yield r.first + offset
                break
            offset -= r.size

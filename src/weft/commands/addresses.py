"""Addresses of subnets: picked from this site's blocks, or exactly as asked. One picker serves one decision."""

from collections.abc import Sequence

from weft.commands.auto_addresses import ROUTER_OWNERS
from weft.commands.context import Context
from weft.commands.errors import (
    InvalidIpForSubnet,
    IpAddressAlreadyAllocated,
    IpAddressGenerationFailure,
)
from weft.commands.prefixes import is_assignable
from weft.store.blocks import Pool
from weft.store.kinds import PORT
from weft.store.picking import NothingLeft, pick_item, require_item
from weft.store.pools import subnet_pool
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Claim, NeedsTransfer
from weft.wire.neutron.addresses import read_ip, read_prefix


class AddressPicker:
    """Picks addresses, never the same twice; `claims` collects them."""

    def __init__(self, state: State, context: Context, port_id: str | None = None) -> None:
        self._state, self.context = state, context
        self.port_id = port_id  # whose own addresses are free to it
        self._pools: dict[str, Pool] = {}
        self._held: dict[str, set[str]] = {}  # subnet → addresses others are taking, and those we took
        self.claims: list[Claim] = []

    def any(self, subnets: Sequence[Record], network_id: str) -> dict[str, str]:
        """Return a free address of the first subnet of which this site has one.

        Raises NeedsTransfer if only other sites have free ones, IpAddressGenerationFailure if nobody has.
        """
        elsewhere: NeedsTransfer | None = None
        for subnet in subnets:
            pool, held = self._pool(subnet)
            seed = self.context.seed + len(held)  # another place for each of a bulk
            try:
                address = pick_item(self._state, pool, self.context.site, held, seed)
            except NothingLeft:
                continue
            except NeedsTransfer as need:  # a later subnet may do without asking across the WAN
                elsewhere = elsewhere or need
                continue
            return self._take(subnet.key.id, address)
        raise elsewhere or IpAddressGenerationFailure(network_id)

    def exactly(self, subnet: Record, address: str, device_owner: str) -> dict[str, str]:
        """Return `address` if it is free. Raises InvalidIpForSubnet, IpAddressAlreadyAllocated, NeedsTransfer.

        The gateway's address lies outside every block, so any site may give it to a router: a subnet can be attached
        while its owner is away. Two cut-off sites that do so at once are told of the duplicate.
        """
        if not is_assignable(read_prefix(subnet.get("cidr")), read_ip(address), device_owner):
            raise InvalidIpForSubnet(address)
        pool, held = self._pool(subnet)
        if address in held or self._is_used(subnet.key.id, address):
            raise IpAddressAlreadyAllocated(address, subnet.key.id)
        if address != subnet.get("gateway_ip") or device_owner not in ROUTER_OWNERS:
            require_item(self._state, pool, self.context.site, address)
        return self._take(subnet.key.id, address)

    def self_made(self, subnet: Record, address: str) -> dict[str, str]:
        """Return an address that a machine forms from its MAC: as unique as that is, so nobody claims it.

        Raises IpAddressAlreadyAllocated if it was handed out all the same.
        """
        if self._is_used(subnet.key.id, address):
            raise IpAddressAlreadyAllocated(address, subnet.key.id)
        return {"subnet_id": subnet.key.id, "ip_address": address}

    def _pool(self, subnet: Record) -> tuple[Pool, set[str]]:
        pool = self._pools.get(subnet.key.id)
        if pool is None:
            pool = self._pools[subnet.key.id] = subnet_pool(self._state, subnet)
            self._held[subnet.key.id] = set(self.context.held(pool.name))
        return pool, self._held[subnet.key.id]

    def _is_used(self, subnet_id: str, address: str) -> bool:
        return any(
            ip["ip_address"] == address and ip["subnet_id"] == subnet_id
            for port in self._state.lookup(PORT.name, "fixed_ips[].ip_address", address)
            if port.key.id != self.port_id
            for ip in port.get("fixed_ips", ())
        )

    def _take(self, subnet_id: str, address: str) -> dict[str, str]:
        self._held[subnet_id].add(address)
        self.claims.append(Claim(f"subnet.{subnet_id}", address))
        return {"subnet_id": subnet_id, "ip_address": address}

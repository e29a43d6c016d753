"""Actions on a subnet pool: add and remove prefixes, take in a network's subnets.

Removing a prefix and taking one in are like cutting it: this site has to own it, so that no other site cuts from it
meanwhile. What another site owns is asked for.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from weft.commands.addressing.errors import IllegalSubnetPoolPrefixUpdate, IllegalSubnetPoolUpdate
from weft.commands.addressing.subnetpools import UpdateSubnetPool, existing_subnetpool, update_subnetpool
from weft.commands.context import Context
from weft.commands.errors import InvalidInput, NetworkNotFound
from weft.commands.networks import existing_network
from weft.model import Denied
from weft.store.cutting import require_prefix, taken_in
from weft.store.kinds import NETWORK, SUBNET
from weft.store.pools import pool_key, prefix_pool
from weft.store.prefixes import cidrs_of, interval_of, intervals_of, merged, minus, touch
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Claim, Write, Writes
from weft.wire.neutron.addresses import subnet_problem
from weft.wire.neutron.attributes import BadRequest

Answer = dict[str, Any] | list[dict[str, Any]]


class AddrFormatError(BadRequest):
    """No prefix at all (netaddr's words)."""

    code = "addr_format_error"


class NotAuthorized(Denied):
    """Only the network's owner may put its subnets into a pool."""

    code = "not_authorized"

    def __init__(self) -> None:
        super().__init__("Not authorized.")


def add_prefixes(state: State, id: str, document: dict[str, Any], context: Context) -> tuple[Writes, Answer]:
    """Return the write that adds prefixes, and all that there are then."""
    subnetpool, prefixes = existing_subnetpool(state, id), _prefixes(document)
    wanted = [*subnetpool.get("prefixes"), *prefixes]
    writes = update_subnetpool(state, id, UpdateSubnetPool(prefixes=wanted), context)
    return writes, {"prefixes": _after(subnetpool, writes)}


def remove_prefixes(state: State, id: str, document: dict[str, Any], context: Context) -> tuple[Writes, Answer]:
    """Return the writes that remove prefixes that no subnet has any of, and those that are left then.

    Raises IllegalSubnetPoolPrefixUpdate, NeedsTransfer.
    """
    subnetpool, removed = existing_subnetpool(state, id), merged(intervals_of(_prefixes(document)))
    present = merged(intervals_of(subnetpool.get("prefixes")))
    left = minus(present, removed)
    if left == present:
        return Writes(()), {"prefixes": subnetpool.get("prefixes")}
    pool, version = prefix_pool(state, subnetpool), subnetpool.get("ip_version")
    if any(touch(removed, taken) for taken in taken_in(state, pool)):
        raise IllegalSubnetPoolPrefixUpdate("One or more the prefixes to be removed is in use by a subnet.")
    for cidr in cidrs_of(version, minus(present, left)):
        require_prefix(pool, context.site, cidr)
    prefixes = cidrs_of(version, left)
    lock = Write(pool_key(pool), {f"last.{context.site}": context.now})
    writes = (lock, Write(subnetpool.key, {"prefixes": prefixes}))
    return Writes(writes, actor=context.actor, verb="update subnet pool"), {"prefixes": prefixes}


def onboard_network_subnets(state: State, id: str, document: dict[str, Any], context: Context) -> tuple[Writes, Answer]:
    """Return the writes that make a network's subnets of the pool's IP version part of the pool.

    Raises NetworkNotFound, IllegalSubnetPoolUpdate, NeedsTransfer.
    """
    network_id = document.get("network_id")
    if not network_id or not isinstance(network_id, str):
        raise InvalidInput("network_id must be specified.")
    network = existing_network(state, network_id)
    if not context.is_admin and network.get("project_id") != context.project_id:
        if not context.sees(network):
            raise NetworkNotFound(network_id)
        raise NotAuthorized
    subnetpool = existing_subnetpool(state, id)
    subnets = [
        subnet
        for subnet in state.referrers(NETWORK.name, network_id, SUBNET.name)
        if subnet.get("ip_version") == subnetpool.get("ip_version")
    ]
    told = [{"id": subnet.key.id, "cidr": subnet.get("cidr")} for subnet in subnets]
    return (_onboard(state, subnetpool, subnets, context) if subnets else Writes(())), told


def _onboard(state: State, subnetpool: Record, subnets: Sequence[Record], context: Context) -> Writes:
    pool = prefix_pool(state, subnetpool)
    taken, claims = taken_in(state, pool), []
    for subnet in subnets:
        cidr = subnet.get("cidr")
        if touch(taken, interval_of(cidr)):
            raise IllegalSubnetPoolUpdate(
                f"Onboarding subnet {subnet.key.id}: {cidr} conflicts with allocated prefixes in subnet pool "
                f"{subnetpool.key.id}"
            )
        require_prefix(pool, context.site, cidr)
        claims.append(Claim(pool.name, cidr))
    wanted = [*subnetpool.get("prefixes"), *(claim.item for claim in claims)]
    grown = update_subnetpool(state, subnetpool.key.id, UpdateSubnetPool(prefixes=wanted), context)
    moved = (Write(subnet.key, {"subnetpool_id": subnetpool.key.id}) for subnet in subnets)
    lock = Write(pool_key(pool), {f"last.{context.site}": context.now})
    return msgspec.structs.replace(grown, writes=(lock, *grown.writes, *moved), claims=tuple(claims))


def _prefixes(document: dict[str, Any]) -> list[str]:
    prefixes = document.get("prefixes")
    if not prefixes or not isinstance(prefixes, list):
        raise BadRequest("Request body contains invalid data")
    for prefix in prefixes:
        if subnet_problem(prefix) is not None:
            raise AddrFormatError(f"invalid IPNetwork {prefix}")
    return prefixes


def _after(subnetpool: Record, writes: Writes) -> list[str]:
    for write in writes.writes:
        if "prefixes" in write.values:
            return list(write.values["prefixes"])
    return list(subnetpool.get("prefixes"))

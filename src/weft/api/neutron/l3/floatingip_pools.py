"""`/v2.0/floatingip_pools`, described: IPv4 subnets of external networks. Source: neutron, db/l3_fip_pools_db.py."""

from collections.abc import Collection

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Look, Resource
from weft.commands.errors import SubnetNotFound
from weft.commands.sharing.entries import is_external
from weft.commands.sharing.sight import all_open_to
from weft.store.kinds import NETWORK, SUBNET
from weft.store.records import Record
from weft.wire.neutron.l3.floatingip_pool import FLOATINGIP_POOL


def _made(look: Look, asked: Asked) -> Collection[Record]:
    state = look.state
    external = (
        network for network in all_open_to(state, NETWORK.name, asked.project_id) if is_external(state, network.key.id)
    )
    return [
        made_record(
            "floatingip_pool",
            subnet.key.id,
            {
                "subnet_id": subnet.key.id,
                "subnet_name": subnet.get("name", ""),
                "network_id": network.key.id,
                "cidr": subnet.get("cidr"),
                "project_id": asked.project_id,
            },
        )
        for network in external
        for subnet in look.state.referrers(NETWORK.name, network.key.id, SUBNET.name)
        if subnet.get("ip_version") == 4
    ]


FLOATINGIP_POOLS = Resource(
    name="floatingip_pool",
    collection="floatingip_pools",
    verbs=frozenset({"list"}),
    attributes=FLOATINGIP_POOL,
    made=_made,
    not_found=SubnetNotFound,
)

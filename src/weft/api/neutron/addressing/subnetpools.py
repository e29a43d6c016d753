"""`/v2.0/subnetpools`, described."""

from typing import Any

from weft.api.neutron.resource import Action, Look, Resource
from weft.commands.addressing.prefix_ops import add_prefixes, onboard_network_subnets, remove_prefixes
from weft.commands.addressing.subnetpools import (
    CreateSubnetPool,
    UpdateSubnetPool,
    create_subnetpools,
    delete_subnetpool,
    update_subnetpool,
)
from weft.commands.deleting import deletion
from weft.commands.errors import SubnetPoolNotFound
from weft.store.records import Record
from weft.wire.neutron.addressing.subnetpool import SUBNETPOOL

_LENGTHS = ("default_prefixlen", "min_prefixlen", "max_prefixlen")


def _derive(record: Record, look: Look) -> dict[str, Any]:
    return {name: str(record.get(name)) for name in _LENGTHS}  # Neutron shows these numbers as text


SUBNETPOOLS = Resource(
    name="subnetpool",
    collection="subnetpools",
    bulk=False,
    attributes=SUBNETPOOL,
    create_request=CreateSubnetPool,
    update_request=UpdateSubnetPool,
    create=create_subnetpools,
    update=update_subnetpool,
    delete=deletion("subnetpool", delete_subnetpool),
    actions={
        "add_prefixes": Action(decide=add_prefixes),
        "remove_prefixes": Action(decide=remove_prefixes),
        "onboard_network_subnets": Action(decide=onboard_network_subnets),
    },
    not_found=SubnetPoolNotFound,
    derive=_derive,
)

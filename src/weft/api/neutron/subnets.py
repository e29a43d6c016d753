"""`/v2.0/subnets`, described."""

from typing import Any

from weft.api.neutron.resource import Look, Resource
from weft.commands.deleting import deletion
from weft.commands.errors import SubnetNotFound
from weft.commands.l3.following import complete_subnet
from weft.commands.sharing.entries import is_external
from weft.commands.subnets import CreateSubnet, UpdateSubnet, create_subnets, delete_subnet, update_subnet
from weft.store.records import Record
from weft.wire.neutron.subnet import SUBNET


def _derive(record: Record, look: Look) -> dict[str, Any]:
    return {"router:external": is_external(look.state, record.get("network_id", ""))}


SUBNETS = Resource(
    name="subnet",
    collection="subnets",
    attributes=SUBNET,
    create_request=CreateSubnet,
    update_request=UpdateSubnet,
    create=create_subnets,
    update=update_subnet,
    delete=deletion("subnet", delete_subnet),
    complete=complete_subnet,
    not_found=SubnetNotFound,
    derive=_derive,
)

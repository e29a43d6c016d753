"""`/v2.0/address-groups`, described."""

from typing import Any

from weft.api.neutron.resource import Action, Look, Resource
from weft.commands.deleting import deletion
from weft.commands.security.address_groups import (
    CreateAddressGroup,
    UpdateAddressGroup,
    add_addresses,
    addresses_in,
    create_address_groups,
    delete_address_group,
    remove_addresses,
    update_address_group,
)
from weft.commands.security.errors import AddressGroupNotFound
from weft.store.records import Record
from weft.wire.neutron.security.address_group import ADDRESS_GROUP


def _derive(record: Record, look: Look) -> dict[str, Any]:
    return {"addresses": addresses_in(record)}


ADDRESS_GROUPS = Resource(
    name="address_group",
    collection="address_groups",
    path="address-groups",
    actions={"add_addresses": Action(decide=add_addresses), "remove_addresses": Action(decide=remove_addresses)},
    attributes=ADDRESS_GROUP,
    create_request=CreateAddressGroup,
    update_request=UpdateAddressGroup,
    create=create_address_groups,
    update=update_address_group,
    delete=deletion("address_group", delete_address_group),
    unread_on_update=frozenset({"shared"}),
    not_found=AddressGroupNotFound,
    derive=_derive,
)

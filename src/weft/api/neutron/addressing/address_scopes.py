"""`/v2.0/address-scopes`, described."""

from weft.api.neutron.resource import Resource
from weft.commands.addressing.address_scopes import (
    CreateAddressScope,
    UpdateAddressScope,
    create_address_scopes,
    delete_address_scope,
    update_address_scope,
)
from weft.commands.addressing.errors import AddressScopeNotFound
from weft.commands.deleting import deletion
from weft.wire.neutron.addressing.address_scope import ADDRESS_SCOPE

ADDRESS_SCOPES = Resource(
    name="address_scope",
    collection="address_scopes",
    path="address-scopes",
    attributes=ADDRESS_SCOPE,
    create_request=CreateAddressScope,
    update_request=UpdateAddressScope,
    create=create_address_scopes,
    update=update_address_scope,
    delete=deletion("address_scope", delete_address_scope),
    not_found=AddressScopeNotFound,
)

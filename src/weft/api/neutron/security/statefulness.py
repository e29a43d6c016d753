"""`/v2.0/security-groups-default-statefulness`, described."""

from weft.api.neutron.resource import Resource
from weft.commands.security.errors import SecurityGroupDefaultStatefulnessNotFound
from weft.commands.security.statefulness import (
    CreateStatefulness,
    UpdateStatefulness,
    create_statefulness,
    delete_statefulness,
    update_statefulness,
)
from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.common import ID

_PROJECT = Attribute(
    name="project_id", type=types.STRING_OR_NONE, default=None, post=True, filter=True, sort=True, index="project_id"
)
_STATEFUL = Attribute(name="stateful", type=types.BOOLEAN, default=True, post=True, put=True, filter=True, sort=True)

STATEFULNESS = Resource(
    name="security_groups_default_statefulness",
    collection="security_groups_default_statefulness",
    path="security-groups-default-statefulness",
    attributes=(ID, _PROJECT, _STATEFUL),
    create_request=CreateStatefulness,
    update_request=UpdateStatefulness,
    create=create_statefulness,
    update=update_statefulness,
    delete=delete_statefulness,
    not_found=SecurityGroupDefaultStatefulnessNotFound,
)

"""`/v2.0/routers/{id}/conntrack_helpers`, described, and what a router shows of them."""

from typing import Any

from weft.api.neutron.resource import Parent, Resource
from weft.commands.l3.conntrack_helpers import (
    FIELDS,
    CreateConntrackHelper,
    UpdateConntrackHelper,
    create_conntrack_helpers,
    delete_conntrack_helper,
    helpers_of,
    update_conntrack_helper,
)
from weft.commands.l3.errors import ConntrackHelperNotFound
from weft.store.protocol import State
from weft.wire.neutron.l3.conntrack_helper import CONNTRACK_HELPER


def helpers_shown(state: State, router_id: str) -> list[dict[str, Any]]:
    """Return the helpers that a router shows."""
    return [{name: helper.get(name) for name in FIELDS} for helper in helpers_of(state, router_id)]


CONNTRACK_HELPERS = Resource(
    name="conntrack_helper",
    collection="conntrack_helpers",
    parent=Parent("router", "router_id"),
    attributes=CONNTRACK_HELPER,
    create_request=CreateConntrackHelper,
    update_request=UpdateConntrackHelper,
    create=create_conntrack_helpers,
    update=update_conntrack_helper,
    delete=delete_conntrack_helper,
    not_found=ConntrackHelperNotFound,
)

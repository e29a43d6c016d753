"""`/v2.0/local_ips` and `/v2.0/local_ips/{id}/port_associations`, described."""

from typing import Any

from weft.api.neutron.resource import Look, Parent, Resource
from weft.commands.l3.further_errors import LocalIPNotFound
from weft.commands.l3.local_ips import (
    AssociatePort,
    CreateLocalIP,
    UpdateLocalIP,
    associate_ports,
    create_local_ips,
    delete_local_ip,
    existing_association,
    part_port,
    update_local_ip,
)
from weft.store.records import Record
from weft.wire.neutron.l3.local_ip import LOCAL_IP, PORT_ASSOCIATION


def _derive_association(record: Record, look: Look) -> dict[str, Any]:
    local_ip = look.state.get("local_ip", record.get("local_ip_id"))
    port = look.state.get("port", record.get("fixed_port_id"))
    return {
        "local_ip_address": local_ip.get("local_ip_address") if local_ip is not None else None,
        "host": port.get("host", "") if port is not None else "",
    }


LOCAL_IPS = Resource(
    name="local_ip",
    collection="local_ips",
    attributes=LOCAL_IP,
    create_request=CreateLocalIP,
    update_request=UpdateLocalIP,
    create=create_local_ips,
    update=update_local_ip,
    delete=delete_local_ip,
    not_found=LocalIPNotFound,
)

PORT_ASSOCIATIONS = Resource(
    name="port_association",
    collection="port_associations",
    kind="local_ip_association",
    parent=Parent("local_ip", "local_ip_id"),
    verbs=frozenset({"list", "show", "create", "delete"}),
    find=existing_association,
    attributes=PORT_ASSOCIATION,
    create_request=AssociatePort,
    create=associate_ports,
    delete=part_port,
    not_found=LocalIPNotFound,
    derive=_derive_association,
)

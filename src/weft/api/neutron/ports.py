"""`/v2.0/ports`, described."""

from collections.abc import Sequence
from typing import Any

from weft.api.neutron.port_bindings import TAP_DETAILS
from weft.api.neutron.port_names import dns_assignment
from weft.api.neutron.qos.resource_request import resource_request
from weft.api.neutron.resource import Look, Match, Resource
from weft.api.neutron.security.default_group import ensure_default_group
from weft.api.neutron.trunks.trunks import trunk_details
from weft.commands.bindings import vif_type_of
from weft.commands.deleting import deletion
from weft.commands.errors import PortNotFound
from weft.commands.l3.owners import FLOATINGIP
from weft.commands.ports import CreatePort, UpdatePort, create_ports, delete_port, update_port
from weft.model import NodeId
from weft.store.records import Record
from weft.wire.neutron.addresses import canonical_ip
from weft.wire.neutron.attributes import BadValue
from weft.wire.neutron.port import PORT


def _derive(record: Record, look: Look) -> dict[str, Any]:
    host = record.get("host", "")
    vif_type = vif_type_of(look.state, host, record.get("vnic_type", "normal"))
    network_policy = _network_policy(record, look)
    derived = {
        "status": port_status(record, look),
        "binding:vif_type": vif_type,
        "binding:vif_details": TAP_DETAILS if vif_type == "tap" else {},
        "ip_allocation": "immediate" if record.get("fixed_ips") else "none",
        "dns_assignment": dns_assignment(record),
        "qos_network_policy_id": network_policy,
        "resource_request": resource_request(look.state, record, network_policy),
        **trunk_details(look.state, record.key.id),
    }
    if (trusted := record.get("trusted")) is not None:  # Nova reads it here
        derived["binding:profile"] = {**record.get("profile", {}), "trusted": trusted}
    return derived


def _network_policy(record: Record, look: Look) -> str | None:
    network = look.state.get("network", record.get("network_id", ""))
    return network.get("qos_policy_id") if network is not None else None


def port_status(record: Record, look: Look) -> str:
    """Return ACTIVE if the node that hosts it lives and says it is programmed; else DOWN; N/A for a held address.

    No node hosts a router's ports: they are as active as the router.
    """
    if record.get("device_owner") == FLOATINGIP:
        return "N/A"
    host = record.get("host", "")
    if not record.get("admin_state_up", True):
        return "DOWN"
    if router_id := record.get("router_id"):
        router = look.state.get("router", router_id)
        return "ACTIVE" if router is not None and router.get("admin_state_up", True) else "DOWN"
    if not host:
        return "DOWN"
    said = look.runtime.get(NodeId(host), f"port.{record.key.id}")
    if said is None or not isinstance(said.value, dict):
        return "DOWN"
    return "ACTIVE" if said.value.get("status") == "ACTIVE" else "DOWN"


_ADDRESS_KEYS = ("ip_address", "subnet_id", "ip_address_substr")  # others are ignored, as in Neutron


def _fixed_ips_filter(values: Sequence[str]) -> Match:
    """Match ports by `fixed_ips=ip_address=…`, `=subnet_id=…`, `=ip_address_substr=…`: some value of each named."""
    asked: dict[str, set[str]] = {}
    for value in values:
        key, equals, operand = (part.strip() for part in value.partition("="))
        if not equals or not key:
            raise BadValue(f"'{value}' is not of the form <key>=[value]")
        asked.setdefault(key, set()).add(canonical_ip(operand) if key == "ip_address" else operand)

    def match(record: Record) -> bool:
        fixed_ips = record.get("fixed_ips", ())
        return all(_some_matches(fixed_ips, key, operands) for key, operands in asked.items() if key in _ADDRESS_KEYS)

    return match


def _some_matches(fixed_ips: Sequence[dict[str, str]], key: str, operands: set[str]) -> bool:
    if key == "ip_address_substr":
        return any(part in ip["ip_address"] for ip in fixed_ips for part in operands)
    return any(ip[key] in operands for ip in fixed_ips)


PORTS = Resource(
    name="port",
    collection="ports",
    attributes=PORT,
    create_request=CreatePort,
    update_request=UpdatePort,
    create=create_ports,
    update=update_port,
    delete=deletion("port", delete_port),
    not_found=PortNotFound,
    derive=_derive,
    volatile=port_status,
    derive_one={"status": port_status},
    needs_marker=True,
    ensure=ensure_default_group,
    filters={"fixed_ips": _fixed_ips_filter},
)

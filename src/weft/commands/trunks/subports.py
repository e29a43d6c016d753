"""Which ports a trunk may carry, and under which VLANs. Source: neutron, services/trunk/rules.py."""

from collections.abc import Sequence
from typing import Any

import msgspec

from weft.commands.context import Context
from weft.commands.errors import InvalidInput
from weft.commands.trunks.errors import (
    DuplicateSubPort,
    ParentPortInUse,
    PortInUse,
    SubPortMtuGreaterThanTrunkPortMtu,
    TrunkPortInUse,
)
from weft.commands.visible import visible_port
from weft.store.kinds import NETWORK
from weft.store.kinds.trunks import SUBPORT, TRUNK
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Claim, Write
from weft.wire.neutron.attributes import BadValue
from weft.wire.neutron.trunks.trunk import INHERIT, subports_problem
from weft.wire.neutron.types import to_int

VLAN = "vlan"
MAX_VLAN = 4094  # IEEE 802.1Q: 0 and 4095 are reserved
SUBPORT_OWNER = "trunk:subport"  # the device_owner of a port on a trunk

Asked = Sequence[dict[str, Any]]


class Subport(msgspec.Struct, frozen=True):
    """A port that may go on a trunk, under its VLAN."""

    port_id: str
    segmentation_id: int


def subports_on(state: State, trunk_id: str) -> list[Record]:
    """Return what a trunk carries, in the order it was added."""
    found = state.referrers(TRUNK.name, trunk_id, SUBPORT.name)
    return sorted(found, key=lambda subport: (subport.newest.hlc, subport.get("segmentation_id", 0), subport.key.id))


def shown_subport(subport: Record) -> dict[str, Any]:
    """Return a subport as clients see it."""
    return {name: subport.get(name) for name in ("port_id", "segmentation_type", "segmentation_id")}


def read_subports(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the subports that an action's body names. Raises InvalidInput."""
    asked = document.get("sub_ports")
    if problem := subports_problem(asked):
        raise InvalidInput(problem)
    assert isinstance(asked, list)  # what subports_problem says
    return asked


def check_subports(state: State, asked: Asked, parent: Record, trunk_id: str, context: Context) -> list[Subport]:
    """Return what may go on the trunk. Raises InvalidInput, PortNotFound and the trunk's own conflicts."""
    taken = {subport.get("segmentation_id") for subport in state.referrers(TRUNK.name, trunk_id, SUBPORT.name)}
    parent_mtu = _mtu(state, parent)
    found = [_check(state, one, parent, parent_mtu, context) for one in asked]
    for subport in found:
        if subport.segmentation_id in taken:
            raise DuplicateSubPort(VLAN, subport.segmentation_id, trunk_id)
        taken.add(subport.segmentation_id)
    return found


def check_unused(state: State, port_id: str) -> None:
    """Raise TrunkPortInUse or ParentPortInUse if the port has a part in a trunk."""
    if state.get(SUBPORT.name, port_id) is not None:
        raise TrunkPortInUse(port_id)
    if state.lookup(TRUNK.name, "port_id", port_id):
        raise ParentPortInUse(port_id)


def putting_on(state: State, trunk_id: str, subports: Sequence[Subport]) -> list[Write]:
    """Return the writes that put ports on a trunk."""
    writes = []
    for subport in subports:
        values = {
            "trunk_id": trunk_id,
            "port_id": subport.port_id,
            "segmentation_type": VLAN,
            "segmentation_id": subport.segmentation_id,
            DELETED: False,  # it may have been on a trunk before: its ID is the port's
        }
        writes.append(Write(Key("fabric", SUBPORT.name, subport.port_id), values))
        port = state.get("port", subport.port_id)
        if port is not None and port.get("device_owner") != SUBPORT_OWNER:
            writes.append(Write(port.key, {"device_owner": SUBPORT_OWNER}))
    return writes


def taking_off(state: State, subports: Sequence[Record]) -> list[Write]:
    """Return the writes that take ports off their trunk."""
    writes = []
    for subport in subports:
        writes.append(Write(subport.key, {DELETED: True}))
        port = state.get("port", subport.key.id)
        if port is not None and port.get("device_owner") == SUBPORT_OWNER:
            writes.append(Write(port.key, {"device_owner": ""}))
    return writes


def claims_for(trunk_id: str, port_ids: Sequence[str], subports: Sequence[Subport]) -> tuple[Claim, ...]:
    """Return what keeps processes of one site from using a port, or a VLAN of a trunk, twice."""
    ports = [Claim("trunk_port", port_id) for port_id in port_ids]
    vlans = [Claim(f"trunk.{trunk_id}", str(subport.segmentation_id)) for subport in subports]
    return (*ports, *vlans)


def _check(state: State, asked: dict[str, Any], parent: Record, parent_mtu: int | None, context: Context) -> Subport:
    port_id = asked["port_id"]
    if port_id == parent.key.id:
        raise ParentPortInUse(port_id)
    port = state.get("port", port_id)
    network = state.get(NETWORK.name, port.get("network_id", "")) if port is not None else None
    mtu = network.get("mtu") if network is not None else None
    if mtu and parent_mtu and mtu > parent_mtu:
        raise SubPortMtuGreaterThanTrunkPortMtu(port_id, mtu, parent.key.id, parent_mtu)
    segmentation_id = _vlan(asked, network)
    check_unused(state, port_id)
    device_id = visible_port(state, port_id, context).get("device_id")
    if port is not None and device_id:
        raise PortInUse(port_id, port.get("network_id"), device_id)
    return Subport(port_id, segmentation_id)


def _vlan(asked: dict[str, Any], network: Record | None) -> int:
    kind, number = asked.get("segmentation_type"), asked.get("segmentation_id")
    if kind == INHERIT and network is not None:
        kind, number = network.get("network_type", "vxlan"), network.get("segmentation_id") or network.get("vni")
    if kind is None or number is None:
        raise InvalidInput(
            f"Invalid subport details '{asked}': missing segmentation information. Must specify both segmentation_id "
            "and segmentation_type"
        )
    try:
        vlan = to_int(number)
    except BadValue:
        raise InvalidInput(f"Invalid subport details: segmentation_id '{number}' is not an integer") from None
    if kind != VLAN:
        raise InvalidInput(f"Unknown segmentation_type '{kind}'")
    if not 1 <= vlan <= MAX_VLAN:
        raise InvalidInput(f"Segmentation ID '{vlan}' is not in range")
    return vlan


def _mtu(state: State, port: Record) -> int | None:
    network = state.get(NETWORK.name, port.get("network_id", ""))
    mtu = network.get("mtu") if network is not None else None
    return mtu if isinstance(mtu, int) else None

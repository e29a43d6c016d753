"""`/v2.0/trunks`, described, and what a parent port says of its trunk."""

from typing import Any

from weft.api.neutron.resource import Action, Look, Resource
from weft.commands.trunks.errors import TrunkNotFound
from weft.commands.trunks.subports import shown_subport, subports_on
from weft.commands.trunks.trunks import (
    CreateTrunk,
    UpdateTrunk,
    add_subports,
    create_trunks,
    delete_trunk,
    get_subports,
    remove_subports,
    update_trunk,
)
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.trunks.trunk import TRUNK


def trunk_details(state: State, port_id: str) -> dict[str, Any]:
    """Return what a port shows of the trunk it is the parent of: nothing if it is none."""
    for trunk in state.lookup("trunk", "port_id", port_id):
        subports = subports_on(state, trunk.key.id)
        return {"trunk_details": {"trunk_id": trunk.key.id, "sub_ports": [_with_mac(state, one) for one in subports]}}
    return {}


def _with_mac(state: State, subport: Record) -> dict[str, Any]:
    port = state.get("port", subport.key.id)
    shown = shown_subport(subport)
    return {**shown, "mac_address": port.get("mac_address")} if port is not None else shown


def _derive(record: Record, look: Look) -> dict[str, Any]:
    # DOWN: no node takes a trunk's VLANs apart yet. A trunk in Neutron is DOWN until some agent has.
    subports = subports_on(look.state, record.key.id)
    return {"status": "DOWN", "sub_ports": [shown_subport(subport) for subport in subports]}


TRUNKS = Resource(
    name="trunk",
    collection="trunks",
    bulk=False,
    attributes=TRUNK,
    create_request=CreateTrunk,
    update_request=UpdateTrunk,
    create=create_trunks,
    update=update_trunk,
    delete=delete_trunk,
    actions={
        "add_subports": Action(decide=add_subports, bare=True),
        "remove_subports": Action(decide=remove_subports, bare=True),
        "get_subports": Action(decide=get_subports, method="GET"),
    },
    not_found=TrunkNotFound,
    derive=_derive,
)

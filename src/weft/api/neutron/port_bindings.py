"""`/v2.0/ports/{id}/bindings`, described: the active one is made of the port, the inactive ones have records."""

from collections.abc import Collection
from typing import Any

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Action, Look, Parent, Resource
from weft.commands.bindings import (
    CreateBinding,
    UpdateBinding,
    activate_binding,
    binding_key,
    create_bindings,
    delete_binding,
    movable_port,
    update_binding,
    vif_type_of,
)
from weft.commands.errors import PortBindingNotFound
from weft.store.kinds import PORT_BINDING
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.port_binding import PORT_BINDING as ATTRIBUTES

# As an ML2 mechanism driver for plain taps answers: the hypervisor makes a tap device and nothing more.
TAP_DETAILS = {"port_filter": True, "connectivity": "l2"}


def _made(look: Look, asked: Asked) -> Collection[Record]:
    port = movable_port(look.state, asked.parent_id)
    return [_active(port), *look.state.lookup(PORT_BINDING.name, "port_id", asked.parent_id)]


def _find(state: State, host: str, port_id: str) -> Record:
    """Return the port's binding on a host. Raises PortNotFound, BadRequest, PortBindingNotFound."""
    port = movable_port(state, port_id)
    if host == port.get("host", ""):
        return _active(port)
    key = binding_key(port_id, host)
    found = state.get(key.kind, key.id)
    if found is None:
        raise PortBindingNotFound(port_id, host)
    return found


def _active(port: Record) -> Record:
    """Return the port's own binding; its ID is the port's, by which the commands know it."""
    values = {field: port.get(field) for field in ("host", "vnic_type", "profile")}
    return made_record("port", port.key.id, {"port_id": port.key.id, **values})


def _derive(binding: Record, look: Look) -> dict[str, Any]:
    vif_type = vif_type_of(look.state, binding.get("host") or "", binding.get("vnic_type", "normal"))
    port = look.state.get("port", binding.get("port_id", ""))
    profile = binding.get("profile") or {}
    if port is not None and port.get("trusted") is not None and vif_type != "unbound":
        profile = {**profile, "trusted": port.get("trusted")}
    return {
        "vif_type": vif_type,
        "vif_details": TAP_DETAILS if vif_type == "tap" else {},
        "status": "INACTIVE" if binding.key.kind == PORT_BINDING.name else "ACTIVE",
        "profile": profile,
    }


PORT_BINDINGS = Resource(
    name="binding",
    collection="bindings",
    kind=PORT_BINDING.name,
    parent=Parent("port", "port_id"),
    actions={"activate": Action(decide=activate_binding)},
    find=_find,
    made=_made,
    attributes=ATTRIBUTES,
    create_request=CreateBinding,
    update_request=UpdateBinding,
    create=create_bindings,
    update=update_binding,
    delete=delete_binding,
    not_found=lambda host: PortBindingNotFound("", host),
    derive=_derive,
)

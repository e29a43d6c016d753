"""Port bindings: where a port is plugged in, and where it is about to be (live migration).

The active binding is the port's own host, vnic_type and profile. An inactive one is a record of its own, named by
port and host, so that two sites may prepare different hosts at once. Source: neutron, plugins/ml2/plugin.py.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.context import Context
from weft.commands.errors import (
    BadRequest,
    PortBindingAlreadyActive,
    PortBindingAlreadyExists,
    PortBindingError,
    PortBindingNotFound,
    PortNotFound,
)
from weft.store.kinds import NODE, PORT, PORT_BINDING
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes
from weft.wire.neutron.addresses import canonical_mac, mac_problem

MAX_PREVIOUS_HOSTS = 16
BINDING_FIELDS = ("host", "vnic_type", "profile", "previous_hosts")  # written together, see store/kinds/core.py
_MOVABLE = ("compute:", "manila:")  # owners of what can be moved; neutron-lib, constants.py
_NAMESPACE = uuid.UUID("8d0f2b7e-3e59-4bf4-9f02-5a2c3f7f6b10")  # random once; part of the format


class CreateBinding(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    port_id: str
    host: str
    project_id: str = ""  # taken and ignored: a binding is its port's
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}


class UpdateBinding(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    vnic_type: str | UnsetType = UNSET
    profile: dict[str, Any] | UnsetType = UNSET


def vif_type_of(state: State, host: str, vnic_type: str) -> str:
    """Return how a port is plugged in on a host: "unbound", "tap", or "binding_failed" where no node of ours is."""
    if not host:
        return "unbound"
    is_known = state.get(NODE.name, host) is not None
    return "tap" if is_known and vnic_type == "normal" else "binding_failed"


def binding_key(port_id: str, host: str) -> Key:
    """Return the key of an inactive binding."""
    return Key("fabric", PORT_BINDING.name, str(uuid.uuid5(_NAMESPACE, f"{port_id}/{host}")))


def mac_of_device(port: Record, values: Mapping[str, Any]) -> str | UnsetType | None:
    """Return the MAC that a change of its binding gives a port that is a whole physical device.

    Such a port has its device's, which Nova names in the profile; without one it gets another MAC of its own (None).
    UNSET: it keeps what it has. Source: neutron, plugins/ml2/plugin.py, _commit_port_binding.
    """
    if values.get("vnic_type", port.get("vnic_type")) != "direct-physical" or not {"host", "profile"} & values.keys():
        return UNSET
    before = (port.get("profile") or {}).get("device_mac_address")
    device = (values.get("profile", port.get("profile")) or {}).get("device_mac_address")
    if not values.get("host", port.get("host")) or not isinstance(device, str) or mac_problem(device):
        return None if before and canonical_mac(before) == port.get("mac_address") else UNSET
    mac = canonical_mac(device)
    return UNSET if mac == port.get("mac_address") else mac


def movable_port(state: State, port_id: str) -> Record:
    """Return a port that can have several bindings. Raises PortNotFound, BadRequest."""
    port = state.get(PORT.name, port_id)
    if port is None:
        raise PortNotFound(port_id)
    if not port.get("device_owner", "").startswith(_MOVABLE):
        raise BadRequest("port", f"Invalid port {port_id}. Operation only valid on compute and shared filesystem ports")
    return port


def create_bindings(state: State, requests: Sequence[CreateBinding], context: Context) -> Writes:
    """Return the writes that prepare further hosts. Raises PortBindingAlreadyExists, PortBindingError, BadRequest."""
    writes = []
    for request in requests:
        port = movable_port(state, request.port_id)
        key = binding_key(request.port_id, request.host)
        if request.host == port.get("host", "") or state.get(key.kind, key.id) is not None:
            raise PortBindingAlreadyExists(request.port_id, request.host)
        _check_bindable(state, request.port_id, request.host, request.vnic_type)
        values = {
            "port_id": request.port_id,
            "host": request.host,
            "vnic_type": request.vnic_type,
            "profile": request.profile,
        }
        writes.append(Write(key, values if state.raw(key) is None else {**values, DELETED: False}))
    return Writes(tuple(writes), actor=context.actor, verb="create port binding")


def update_binding(state: State, id: str, request: UpdateBinding, context: Context) -> Writes:
    """Return the write that changes a binding; `id` is that of its record, or of its port if it is the active one."""
    binding = state.get(PORT_BINDING.name, id)
    record = binding or state.get(PORT.name, id)
    if record is None:
        raise PortBindingNotFound(id, "")
    values = {
        field: value
        for field in ("vnic_type", "profile")
        if (value := getattr(request, field)) is not UNSET and record.get(field) != value
    }
    if values:
        vnic_type = values.get("vnic_type", record.get("vnic_type"))
        _check_bindable(state, record.get("port_id", id), record.get("host"), vnic_type)
        if binding is None:
            complete_binding(record, values, context)
    writes = (Write(record.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update port binding")


def delete_binding(state: State, id: str, context: Context) -> Writes:
    """Return the write that deletes an inactive binding, or unbinds the port if `id` is its own."""
    binding, port = state.get(PORT_BINDING.name, id), state.get(PORT.name, id)
    writes: tuple[Write, ...] = ()
    if binding is not None:
        writes = (Write(binding.key, {DELETED: True}),)
    elif port is not None and port.get("host"):
        values: dict[str, Any] = {"host": "", "profile": {}}
        complete_binding(port, values, context)
        writes = (Write(port.key, values),)
    return Writes(writes, actor=context.actor, verb="delete port binding")


def activate_binding(state: State, id: str, document: dict[str, Any], context: Context) -> tuple[Writes, None]:
    """Return the writes that make an inactive binding the active one, and the active one inactive.

    Raises PortBindingAlreadyActive.
    """
    binding = state.get(PORT_BINDING.name, id)
    if binding is None:
        port = movable_port(state, id)
        raise PortBindingAlreadyActive(id, port.get("host", ""))
    port = movable_port(state, binding.get("port_id"))
    values = {field: binding.get(field) for field in ("host", "vnic_type", "profile")}
    old = {field: port.get(field) for field in ("host", "vnic_type", "profile")}
    complete_binding(port, values, context)
    writes = [Write(port.key, values), Write(binding.key, {DELETED: True})]
    if old["host"]:
        key = binding_key(port.key.id, old["host"])
        dead = {} if state.raw(key) is None else {DELETED: False}
        writes.append(Write(key, {"port_id": port.key.id, **old, **dead}))
    return Writes(tuple(writes), actor=context.actor, verb="activate port binding"), None


def complete_binding(port: Record, values: dict[str, Any], context: Context) -> None:
    """Complete a change of the active binding: where the port was before, and all coupled fields in one stamp."""
    if not any(field in values for field in BINDING_FIELDS):
        return
    history = port.get("previous_hosts", [])
    if "host" in values and port.get("host"):
        history = [*history, {"host": port.get("host"), "until": context.now}][-MAX_PREVIOUS_HOSTS:]
    current = {"host": "", "vnic_type": "normal", "profile": {}, "previous_hosts": history}
    for field in ("host", "vnic_type", "profile"):
        values.setdefault(field, port.get(field, current[field]))
    values["previous_hosts"] = history


def bindings_go_with_port(state: State, port: Record, context: Context) -> list[Write]:
    """Return the writes that delete a port's inactive bindings."""
    found = state.lookup(PORT_BINDING.name, "port_id", port.key.id)
    return [Write(binding.key, {DELETED: True}) for binding in found]


def _check_bindable(state: State, port_id: str, host: str, vnic_type: str) -> None:
    if vif_type_of(state, host, vnic_type) == "binding_failed":
        raise PortBindingError(port_id, host)

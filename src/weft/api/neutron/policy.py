"""Who may do what: one table of rules, named as Neutron names them (neutron, conf/policies/).

An administrator may do everything. oslo.policy will read such rules from a file one day; this is the one
place that will change then.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from weft.api.caller import Caller
from weft.commands.errors import NetworkNotFound
from weft.model import Denied

_WRITERS = frozenset({"member", "manager", "admin"})


class PolicyNotAuthorized(Denied):
    """A rule says no."""

    code = "policy_not_authorized"

    def __init__(self, rule: str) -> None:
        super().__init__(f"{rule} is disallowed by policy")


class Target(msgspec.Struct, frozen=True):
    """What a rule looks at: whose object it is, and of whose network."""

    project_id: str | None
    network_id: str = ""
    network_project_id: str | None = None
    is_network_shared: bool = False
    is_network_external: bool = False
    values: Mapping[str, Any] = {}  # what is being set, by attribute name


Rule = Callable[[Caller, Target], bool]


def _admin(caller: Caller, target: Target) -> bool:
    return caller.is_admin


def _service(caller: Caller, target: Target) -> bool:
    return "service" in caller.roles


def _owner(caller: Caller, target: Target) -> bool:
    return target.project_id == caller.project_id and not _WRITERS.isdisjoint(caller.roles)


def _network_owner(caller: Caller, target: Target) -> bool:
    return target.network_project_id == caller.project_id and not _WRITERS.isdisjoint(caller.roles)


def _network_shared(caller: Caller, target: Target) -> bool:
    """Like Neutron, look at the network with the caller's eyes: one that it may not see is not there."""
    own = target.network_project_id == caller.project_id
    if not (own or target.is_network_shared or target.is_network_external):
        raise NetworkNotFound(target.network_id)
    return target.is_network_shared


def _no_network_device(caller: Caller, target: Target) -> bool:
    return not str(target.values.get("device_owner", "")).startswith("network:")


def _any(*rules: Rule) -> Rule:
    return lambda caller, target: any(rule(caller, target) for rule in rules)


def _both(one: Rule, other: Rule) -> Rule:
    return lambda caller, target: one(caller, target) and other(caller, target)


_service_or_network_owner = _any(_service, _network_owner)
_may_choose_address = _any(_service, _network_owner, _network_shared)
_may_plug_in = _any(_service, _network_owner, _both(_network_shared, _owner))

RULES: dict[str, Rule] = {  # an action that is not listed is the owner's
    "create_network:shared": _admin,
    "create_network:router:external": _admin,
    "create_network:is_default": _admin,
    "create_network:provider:network_type": _admin,
    "create_network:provider:physical_network": _admin,
    "create_network:provider:segmentation_id": _admin,
    "update_network:shared": _admin,
    "update_network:router:external": _admin,
    "update_network:is_default": _admin,
    "update_network:provider:network_type": _admin,
    "update_network:provider:physical_network": _admin,
    "update_network:provider:segmentation_id": _admin,
    "create_subnet": _network_owner,
    "update_subnet": _any(_owner, _network_owner),
    "delete_subnet": _any(_owner, _network_owner),
    "create_port": _may_plug_in,
    "create_port:device_id": _may_plug_in,
    "create_port:device_owner": _any(_service_or_network_owner, _both(_no_network_device, _network_shared)),
    "create_port:mac_address": _service_or_network_owner,
    "create_port:fixed_ips": _may_choose_address,
    "create_port:fixed_ips:ip_address": _service_or_network_owner,
    "create_port:fixed_ips:subnet_id": _may_choose_address,
    "create_port:port_security_enabled": _service_or_network_owner,
    "create_port:binding:host_id": _service,
    "create_port:binding:profile": _service,
    "create_port:binding:vnic_type": _may_plug_in,
    "update_port": _any(_owner, _service),
    "update_port:device_id": _any(_owner, _service),
    "update_port:device_owner": _any(_no_network_device, _service_or_network_owner),
    "update_port:mac_address": _service,
    "update_port:fixed_ips": _service_or_network_owner,
    "update_port:fixed_ips:ip_address": _service_or_network_owner,
    "update_port:fixed_ips:subnet_id": _may_choose_address,
    "update_port:port_security_enabled": _service_or_network_owner,
    "update_port:binding:host_id": _service,
    "update_port:binding:profile": _service,
    "update_port:binding:vnic_type": _any(_owner, _service),
    "delete_port": _any(_owner, _service, _network_owner),
}

_NOTHING: frozenset[str] = frozenset()
HIDDEN: dict[str, frozenset[str]] = {  # what only an administrator or a service sees
    "network": frozenset({"provider:network_type", "provider:physical_network", "provider:segmentation_id"}),
    "port": frozenset({"binding:host_id", "binding:profile", "binding:vif_type", "binding:vif_details"}),
}


def hidden_attributes(caller: Caller, resource: str) -> frozenset[str]:
    """Return the names of the attributes that `caller` does not see."""
    if caller.is_admin or (resource == "port" and "service" in caller.roles):
        return _NOTHING
    return HIDDEN.get(resource, _NOTHING)


def enforce(caller: Caller, action: str, target: Target, guarded: Iterable[str] = ()) -> None:
    """Raise PolicyNotAuthorized unless `caller` may do `action` and set each of the `guarded` attributes."""
    if caller.is_admin:
        return
    text = f"rule:{action}"
    allowed = _check(caller, action, target)
    for name in guarded:
        parts = [f"{action}:{name}", *_sub_attributes(action, name, target.values.get(name))]
        allowed = allowed and all(_check(caller, part, target) for part in parts)
        own = f"rule:{parts[0]}"
        if len(parts) > 1:
            own = f"({own} and ({' and '.join(f'rule:{part}' for part in parts[1:])}))"
        text = f"({text} and {own})"
    if not allowed:
        raise PolicyNotAuthorized(text)


def _check(caller: Caller, action: str, target: Target) -> bool:
    return RULES.get(action, _owner)(caller, target)


def _sub_attributes(action: str, name: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        return []
    return [f"{action}:{name}:{key}" for item in value if isinstance(item, dict) for key in item]

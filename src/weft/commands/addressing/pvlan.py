"""Private VLANs: on such a network a port is promiscuous, isolated, or one of a community.

Source: neutron, services/pvlan/pvlan_plugin.py.
"""

from collections.abc import Mapping
from typing import Any

from weft.model import Invalid
from weft.store.records import Record

PROMISCUOUS, ISOLATED, COMMUNITY = PVLAN_TYPES = ("promiscuous", "isolated", "community")
PVLAN_FIELDS = ("pvlan_type", "pvlan_community")


class PVLANNotEnabledOnNetwork(Invalid):
    """The network is no private VLAN."""

    code = "pvlan_not_enabled_on_network"

    def __init__(self, network_id: str) -> None:
        super().__init__(f"PVLAN is not enabled on network {network_id}.")


class PVLANCannotSetCommunityName(Invalid):
    """Only ports of a community name one."""

    code = "pvlan_cannot_set_community_name"

    def __init__(self, port_id: str) -> None:
        super().__init__(
            f'PVLAN community name cannot be set if port type is not "community" for this port: {port_id}.'
        )


class PVLANCommunityNameRequired(Invalid):
    """Ports of a community name it."""

    code = "pvlan_community_name_required"

    def __init__(self, port_id: str) -> None:
        super().__init__(f'Community name is required for ports with PVLAN type "community": {port_id}.')


class PVLANPortSecurityDisabled(Invalid):
    """A port that may send as anybody cannot be kept apart."""

    code = "pvlan_port_security_disabled"

    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port security is disabled for port {port_id}, cannot set PVLAN.")


class PVLANNetworkPortSecurityDisabled(Invalid):
    """A network whose ports may send as anybody cannot keep them apart."""

    code = "pvlan_network_port_security_disabled"

    def __init__(self, network_id: str) -> None:
        super().__init__(f"Port security is disabled on network {network_id}, cannot enable PVLAN.")


def check_network(network_id: str, *, pvlan: bool, port_security_enabled: bool) -> None:
    """Raise PVLANNetworkPortSecurityDisabled unless a network can be a private VLAN."""
    if pvlan and not port_security_enabled:
        raise PVLANNetworkPortSecurityDisabled(network_id)


def place_in_pvlan(
    network: Record, port_id: str, present: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a port's place among private VLANs is to be, as fields to write; none on other networks.

    `present` is what the port is: device_owner, port_security_enabled and its place so far; `given` is what is
    asked for, of PVLAN_FIELDS.
    """
    is_private = bool(network.get("pvlan"))
    was, was_of = present.get("pvlan_type"), present.get("pvlan_community")
    kind, community = given.get("pvlan_type", was), given.get("pvlan_community")
    if not is_private:
        if was is not None:
            return dict.fromkeys(PVLAN_FIELDS)
        if kind or community:
            raise PVLANNotEnabledOnNetwork(network.key.id)
        return {}
    _check_security(network, port_id, present)
    kind = kind or PROMISCUOUS
    if kind != COMMUNITY and community:
        raise PVLANCannotSetCommunityName(port_id)
    if kind == COMMUNITY:
        community = community or was_of
        if not community:
            raise PVLANCommunityNameRequired(port_id)
    return {"pvlan_type": kind, "pvlan_community": community if kind == COMMUNITY else None}


def _check_security(network: Record, port_id: str, present: Mapping[str, Any]) -> None:
    if str(present.get("device_owner") or "").startswith("network:"):
        return
    if not network.get("port_security_enabled", True) or not present.get("port_security_enabled", True):
        raise PVLANPortSecurityDisabled(port_id)

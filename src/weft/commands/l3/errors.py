"""Why a router or floating IP command refuses, in Neutron's words (neutron-lib, exceptions/l3.py and beside it)."""

from collections.abc import Sequence
from typing import Any

from weft.model import Conflict, Invalid, NotFound


# ---- EVPN. Source: neutron, services/evpn/exceptions.py
class EVPNVNIInUse(Conflict):
    """Another router has that identifier."""

    code = "evpn_vni_in_use"

    def __init__(self, vni: int) -> None:
        super().__init__(f"EVPN VNI {vni} is already in use.")


class EVPNNoVniAvailable(Conflict):
    """Every identifier is taken."""

    code = "evpn_no_vni_available"

    def __init__(self, lowest: int, highest: int) -> None:
        super().__init__(f"No EVPN VNI available in range [{lowest}, {highest}].")


# ---- not there, or none of the caller's business
class RouterNotFound(NotFound):
    """No such router."""

    code = "router_not_found"

    def __init__(self, router_id: str) -> None:
        super().__init__(f"Router {router_id} could not be found")


class FloatingIPNotFound(NotFound):
    """No such floating IP."""

    code = "floating_ip_not_found"

    def __init__(self, floatingip_id: str) -> None:
        super().__init__(f"Floating IP {floatingip_id} could not be found")


class RouterInterfaceNotFound(NotFound):
    """The port is none of the router's interfaces."""

    code = "router_interface_not_found"

    def __init__(self, router_id: str, port_id: str) -> None:
        super().__init__(f"Router {router_id} does not have an interface with id {port_id}")


class RouterInterfaceNotFoundForSubnet(NotFound):
    """None of the router's interfaces is on the subnet."""

    code = "router_interface_not_found_for_subnet"

    def __init__(self, router_id: str, subnet_id: str) -> None:
        super().__init__(f"Router {router_id} has no interface on subnet {subnet_id}")


class ExternalGatewayForFloatingIPNotFound(NotFound):
    """No router leads from the port's subnet to the external network."""

    code = "external_gateway_for_floating_ip_not_found"

    def __init__(self, external_network_id: str, subnet_id: str, port_id: str) -> None:
        super().__init__(
            f"External network {external_network_id} is not reachable from subnet {subnet_id}.  Therefore, cannot "
            f"associate Port {port_id} with a Floating IP."
        )


class AvailabilityZoneNotFound(NotFound):
    """No site has this name."""

    code = "availability_zone_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"AvailabilityZone {name} could not be found.")


class FlavorNotFound(NotFound):
    """No such flavor."""

    code = "flavor_not_found"

    def __init__(self, flavor_id: object) -> None:
        super().__init__(f"Flavor {flavor_id} could not be found.")


# ---- makes no sense
class InvalidRoutes(Invalid):
    """A route's next hop is the router itself, or out of its reach."""

    code = "invalid_routes"

    def __init__(self, routes: Sequence[Any], reason: str) -> None:
        super().__init__(f"Invalid format for routes: {list(routes)}, {reason}")


class SubnetMismatchForPort(Invalid):
    """The interface is on another subnet than the one named."""

    code = "subnet_mismatch_for_port"

    def __init__(self, port_id: str, subnet_id: str) -> None:
        super().__init__(f"Subnet on port {port_id} does not match the requested subnet {subnet_id}.")


class UnableToRemoveGateways(Invalid):
    """The router has no gateways to take away."""

    code = "unable_to_remove_gateways"

    def __init__(self, router_id: str) -> None:
        super().__init__(f"Unable to remove extra gateways from a router {router_id}")


class UnableToMatchGateways(Invalid):
    """None of the router's gateways is meant, or it is not clear which."""

    code = "unable_to_match_gateways"

    def __init__(self, router_id: str) -> None:
        super().__init__(f"Unable to match a requested gateway port to existing gateway ports for router {router_id}")


class ExternalIpAddressExhausted(Invalid):
    """The external network gave no IPv4 address."""

    code = "external_ip_address_exhausted"

    def __init__(self, network_id: str) -> None:
        super().__init__(f"Unable to find any IP address on external network {network_id}.")


# ---- makes sense, but not now
class RouterInUse(Conflict):
    """Something still needs the router."""

    code = "router_in_use"

    def __init__(self, router_id: str, reason: str = "still has ports") -> None:
        super().__init__(f"Router {router_id} {reason}")


class RouterInterfaceInUseByFloatingIP(Conflict):
    """A floating IP leads through the interface."""

    code = "router_interface_in_use_by_floating_ip"

    def __init__(self, router_id: str, subnet_id: str) -> None:
        super().__init__(
            f"Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by "
            "one or more floating IPs."
        )


class RouterInterfaceInUseByRoute(Conflict):
    """A route's next hop is behind the interface."""

    code = "router_interface_in_use_by_route"

    def __init__(self, router_id: str, subnet_id: str) -> None:
        super().__init__(
            f"Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by "
            "one or more routes."
        )


class RouterExternalGatewayInUseByFloatingIp(Conflict):
    """Floating IPs of the external network lead through the router."""

    code = "router_external_gateway_in_use_by_floating_ip"

    def __init__(self, router_id: str, network_id: str) -> None:
        super().__init__(
            f"Gateway cannot be updated for router {router_id}, since a gateway to external network {network_id} is "
            "required by one or more floating IPs."
        )


class FloatingIPPortAlreadyAssociated(Conflict):
    """Another floating IP of that network leads to this address."""

    code = "floating_ip_port_already_associated"

    def __init__(self, floating_ip: str, floatingip_id: str, port_id: str, fixed_ip: str, network_id: str) -> None:
        super().__init__(
            f"Cannot associate floating IP {floating_ip} ({floatingip_id}) with port {port_id} using fixed IP "
            f"{fixed_ip}, as that fixed IP already has a floating IP on external network {network_id}."
        )


class FipAssociated(Conflict):
    """Somebody else's floating IP leads to the port."""

    code = "fip_associated"

    def __init__(self, port_id: str) -> None:
        super().__init__(
            f"Unable to complete the operation on port {port_id} because the port still has an associated floating IP."
        )


class PortInUse(Conflict):
    """The port is plugged in elsewhere."""

    code = "port_in_use"

    def __init__(self, port_id: str, network_id: str, device_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on port {port_id} for network {network_id}. Port already has an attached "
            f"device {device_id}."
        )


class ServicePortInUse(Conflict):
    """A router's or floating IP's port goes with that, not by itself."""

    code = "service_port_in_use"

    def __init__(self, port_id: str, reason: str) -> None:
        super().__init__(f"Port {port_id} cannot be deleted directly via the port API: {reason}.")


class GatewayIpInUse(Conflict):
    """A router has the subnet's gateway address."""

    code = "gateway_ip_in_use"

    def __init__(self, address: str, port_id: str) -> None:
        super().__init__(f"Current gateway ip {address} already in use by port {port_id}. Unable to update.")


class ExternalNetworkInUse(Conflict):
    """Routers have their gateways on the network."""

    code = "external_network_in_use"

    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"External network {network_id} cannot be updated to be made non-external, since it has existing gateway "
            "ports."
        )


class DeviceIDNotOwnedByTenant(Conflict):
    """The device is another project's router."""

    code = "device_id_not_owned_by_tenant"

    def __init__(self, device_id: str) -> None:
        super().__init__(
            f"The following device_id {device_id} is not owned by your project or matches another project router."
        )


class NoGateway(Conflict):
    """The router that was asked for does not lead to the floating IP's network (Neutron: "Conflict")."""

    code = "no_gateway"

    def __init__(self, router_id: str, network_id: str) -> None:
        super().__init__(f"Router {router_id} has no external gateway on network {network_id}")


# ---- port forwardings and conntrack helpers (neutron, services/{portforwarding,conntrack_helper}/common/exceptions.py)
class PortForwardingNotFound(NotFound):
    """The floating IP has no such port forwarding."""

    code = "port_forwarding_not_found"

    def __init__(self, forwarding_id: str) -> None:
        super().__init__(f"Port Forwarding {forwarding_id} could not be found.")


class PortHasPortForwarding(Invalid):
    """A distributed router cannot lead both a floating IP and a port forwarding to one port."""

    code = "port_has_port_forwarding"

    def __init__(self, port_id: str) -> None:
        super().__init__(
            f"Cannot associate floating IP to port {port_id} because it already has a Port Forwarding binding."
        )


class FipInUseByPortForwarding(Conflict):
    """The floating IP's ports are forwarded."""

    code = "fip_in_use_by_port_forwarding"

    def __init__(self, floatingip_id: str) -> None:
        super().__init__(f"Floating IP {floatingip_id} in use by Port Forwarding resources.")


class PortHasBindingFloatingIP(Conflict):
    """A floating IP of its own leads to the port."""

    code = "port_has_binding_floating_ip"

    def __init__(self, floating_ip: str, floatingip_id: str, port_id: str, fixed_ip: str | None) -> None:
        super().__init__(
            f"Cannot create port forwarding to floating IP {floating_ip} ({floatingip_id}) with port {port_id} using "
            f"fixed IP {fixed_ip}, as that port already has a binding floating IP."
        )


class ConntrackHelperNotFound(NotFound):
    """The router has no such helper."""

    code = "conntrack_helper_not_found"

    def __init__(self, helper_id: str) -> None:
        super().__init__(f"Conntrack Helper {helper_id} could not be found.")


class ConntrackHelperNotAllowed(Invalid):
    """No such helper is known."""

    code = "conntrack_helper_not_allowed"

    def __init__(self, helper: str) -> None:
        super().__init__(f"Conntrack Helper {helper} is not allowed.")


class InvalidProtocolForHelper(Invalid):
    """The helper does not speak the protocol."""

    code = "invalid_protocol_for_helper"

    def __init__(self, helper: str, protocol: str, supported: Sequence[str]) -> None:
        super().__init__(
            f"Conntrack Helper {helper} does not support: {protocol}. Supported protocols are: {', '.join(supported)}"
        )

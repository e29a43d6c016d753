"""Why an NDP proxy or a local IP is refused, in Neutron's words.

Source: neutron, services/ndp_proxy/exceptions.py; neutron-lib, exceptions/local_ip.py.
"""

from weft.model import Conflict, Invalid, NotFound


class NeutronDbObjectDuplicateEntry(Conflict):
    """There is one of this already (Neutron lets its database say so)."""

    code = "duplicate_entry"

    def __init__(self, name: str, attributes: list[str], values: str) -> None:
        super().__init__(f"Failed to create a duplicate {name}: for attribute(s) {attributes} with value(s) {values}")


# ---- NDP proxies
class NDPProxyNotFound(NotFound):
    """No such NDP proxy."""

    code = "ndp_proxy_not_found"

    def __init__(self, proxy_id: str) -> None:
        super().__init__(f"Ndp proxy {proxy_id} could not be found.")


class RouterGatewayInUseByNDPProxy(Conflict):
    """NDP proxies answer on the gateway."""

    code = "router_gateway_in_use_by_ndp_proxy"

    def __init__(self, router_id: str) -> None:
        super().__init__(
            f"Unable to unset external gateway of router {router_id}, There are one or more ndp proxies still in use "
            "on the router."
        )


class RouterInterfaceInUseByNDPProxy(Conflict):
    """An NDP proxy leads to an address behind the interface."""

    code = "router_interface_in_use_by_ndp_proxy"

    def __init__(self, router_id: str, subnet_id: str) -> None:
        super().__init__(
            f"Unable to remove subnet {subnet_id} from router {router_id}, There are one or more ndp proxies still in "
            "use on the subnet."
        )


class AddressScopeConflict(Conflict):
    """The two networks' addresses are not of one scope."""

    code = "address_scope_conflict"

    def __init__(self, external: str | None, internal: str | None) -> None:
        super().__init__(
            f"The IPv6 address scope {external} of external network conflict with internal network's IPv6 address "
            f"scope {internal}."
        )


class RouterGatewayNotValid(Conflict):
    """The router's gateway cannot answer for others."""

    code = "router_gateway_not_valid"

    def __init__(self, router_id: str, reason: str) -> None:
        super().__init__(f"Can not enable ndp proxy on router {router_id}, {reason}.")


class RouterNDPProxyNotEnable(Conflict):
    """The router does not answer for others."""

    code = "router_ndp_proxy_not_enable"

    def __init__(self, router_id: str) -> None:
        super().__init__(
            f"The enable_ndp_proxy parameter of router {router_id} must be set as True while create ndp proxy entry on "
            "it."
        )


class PortUnreachableRouter(Conflict):
    """The router is not on the port's network, or not with IPv6."""

    code = "port_unreachable_router"

    def __init__(self, port_id: str, router_id: str) -> None:
        super().__init__(f"The port {port_id} cannot reach the router {router_id} by IPv6 subnet.")


class InvalidAddress(Invalid):
    """The address is not the port's, or out of the router's reach."""

    code = "invalid_address"

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"The address {address} is invalid, reason: {reason}.")


class RouterIPv6GatewayInUse(Conflict):
    """The gateway's IPv6 address is what NDP proxies answer on."""

    code = "router_ipv6_gateway_in_use"

    def __init__(self, router_id: str) -> None:
        super().__init__(
            f"Can't remove the IPv6 subnet from external gateway of router {router_id}, the IPv6 subnet in use by the "
            "router's ndp proxy."
        )


# ---- local IPs
class LocalIPNotFound(NotFound):
    """No such local IP."""

    code = "local_ip_not_found"

    def __init__(self, local_ip_id: str) -> None:
        super().__init__(f"Local IP {local_ip_id} could not be found.")


class LocalIPAssociationNotFound(NotFound):
    """The port does not use the local IP."""

    code = "local_ip_association_not_found"

    def __init__(self, local_ip_id: str, port_id: str) -> None:
        super().__init__(f"Local IP {local_ip_id} association with port {port_id} could not be found.")


class LocalIPInUse(Conflict):
    """Ports use it."""

    code = "local_ip_in_use"

    def __init__(self, local_ip_id: str) -> None:
        super().__init__(f"Local IP {local_ip_id} is still associated with one or more ports.")


class LocalIPNoIP(Invalid):
    """The port has no address."""

    code = "local_ip_no_ip"

    def __init__(self, port_id: str) -> None:
        super().__init__(f"Specified Port {port_id} has no fixed IPs configured.")


class LocalIPRequestedIPNotFound(Invalid):
    """The port does not have this address."""

    code = "local_ip_requested_ip_not_found"

    def __init__(self, port_id: str, address: str) -> None:
        super().__init__(f"Specified Port {port_id} does not have requested IP address: {address}.")


class LocalIPNoRequestedIP(Invalid):
    """The port has several addresses, and none was chosen."""

    code = "local_ip_no_requested_ip"

    def __init__(self, port_id: str) -> None:
        super().__init__(
            f"Specified Port {port_id} has several IPs, should specify exact IP address to use for Local IP."
        )


class LocalIPPortOrNetworkRequired(Invalid):
    """Nothing was named that could give the address."""

    code = "local_ip_port_or_network_required"

    def __init__(self) -> None:
        super().__init__("Either Port ID or Network ID must be specified for Local IP create.")

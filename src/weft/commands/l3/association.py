"""Which port a floating IP leads to, and through which router. Source: neutron, db/l3_db.py, _get_assoc_data."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from weft.commands.context import Context
from weft.commands.errors import BadRequest, PortNotFound
from weft.commands.l3.draft import existing_router
from weft.commands.l3.errors import ExternalGatewayForFloatingIPNotFound, FloatingIPPortAlreadyAssociated, NoGateway
from weft.commands.l3.owners import DHCP, GATEWAY, INTERFACE_OWNERS
from weft.store.kinds import FLOATINGIP, PORT, ROUTER, SUBNET
from weft.store.protocol import State
from weft.store.records import Record


class Association(NamedTuple):
    """Where a floating IP leads."""

    port_id: str | None = None
    fixed_ip_address: str | None = None
    router_id: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        return self._asdict()


class Wish(NamedTuple):
    """What is asked of which floating IP."""

    floatingip_id: str
    project_id: str
    network_id: str  # the external one
    floating_ip_address: str
    port_id: str
    fixed_ip_address: str | None = None  # None: the port's only IPv4 address
    router_id: str | None = None  # None: one that joins the port's subnet and the external network


def association(state: State, wish: Wish, context: Context) -> Association:
    """Return where the floating IP leads if `wish` is granted.

    Raises PortNotFound, BadRequest, ExternalGatewayForFloatingIPNotFound, FloatingIPPortAlreadyAssociated.
    """
    port = state.get(PORT.name, wish.port_id)
    if port is None or not context.sees(port):
        raise PortNotFound(wish.port_id)
    fixed_ip = _fixed_ip(port, wish, context)
    if wish.router_id:
        router_id = _checked_router(state, wish.router_id, wish.network_id)
    else:
        router_id = router_between(state, port, fixed_ip["subnet_id"], wish.network_id)
    found = Association(wish.port_id, fixed_ip["ip_address"], router_id)
    _check_free(state, wish, found)
    return found


def router_between(state: State, port: Record, subnet_id: str, external_network_id: str) -> str:
    """Return the router from a port's subnet to an external network; the subnet's own gateway comes first."""
    subnet = state.get(SUBNET.name, subnet_id)
    gateway_ip = subnet.get("gateway_ip") if subnet else None
    at_gateway = state.lookup(PORT.name, "fixed_ips[].ip_address", gateway_ip) if gateway_ip else ()
    for candidates in (at_gateway, state.referrers(SUBNET.name, subnet_id, PORT.name)):  # the second is the long way
        routers = sorted(_routers_on(candidates, subnet_id))
        for router_id in routers:
            if has_gateway(state, router_id, external_network_id):
                return router_id
    raise ExternalGatewayForFloatingIPNotFound(external_network_id, subnet_id, port.key.id)


def has_gateway(state: State, router_id: str, network_id: str) -> bool:
    """Tell whether a router has a gateway on an external network."""
    return any(
        port.get("network_id") == network_id and port.get("device_owner") == GATEWAY
        for port in state.referrers(ROUTER.name, router_id, PORT.name)
    )


def _routers_on(ports: Sequence[Record] | Any, subnet_id: str) -> set[str]:
    return {
        port.get("router_id")
        for port in ports
        if port.get("device_owner") in INTERFACE_OWNERS
        and port.get("router_id")
        and any(ip["subnet_id"] == subnet_id for ip in port.get("fixed_ips", ()))
    }


def _checked_router(state: State, router_id: str, network_id: str) -> str:
    existing_router(state, router_id)
    if not has_gateway(state, router_id, network_id):
        raise NoGateway(router_id, network_id)
    return router_id


def _fixed_ip(port: Record, wish: Wish, context: Context) -> dict[str, str]:
    """Return the port's address that the floating IP is to lead to. Raises BadRequest."""
    id = port.key.id
    if port.get("project_id") != wish.project_id and not context.is_admin:
        raise BadRequest(
            "floatingip",
            f"Cannot process floating IP association with Port {id}, since that port is owned by a different project",
        )
    if port.get("device_owner") == DHCP:
        raise BadRequest("floatingip", f"Port {id} is unable to be assigned a floating IP")
    fixed_ips: list[dict[str, str]] = port.get("fixed_ips", [])
    address = wish.fixed_ip_address
    if address:
        if ":" in address:
            told = f"Cannot process floating IP association with {address}, since that is not an IPv4 address"
            raise BadRequest("floatingip", told)
        for ip in fixed_ips:
            if ip["ip_address"] == address:
                return ip
        raise BadRequest("floatingip", f"Port {id} does not have fixed ip {address}")
    v4 = [ip for ip in fixed_ips if ":" not in ip["ip_address"]]
    if not v4:
        raise BadRequest("floatingip", f"Cannot add floating IP to port {id} that has no fixed IPv4 addresses")
    if len(v4) > 1:
        raise BadRequest(
            "floatingip",
            f"Port {id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a "
            "floating IP",
        )
    return v4[0]


def _check_free(state: State, wish: Wish, wanted: Association) -> None:
    """Raise FloatingIPPortAlreadyAssociated if another floating IP of the network leads there."""
    for other in state.lookup(FLOATINGIP.name, "port_id", wanted.port_id):
        if (
            other.key.id != wish.floatingip_id
            and other.get("floating_network_id") == wish.network_id
            and other.get("fixed_ip_address") == wanted.fixed_ip_address
        ):
            raise FloatingIPPortAlreadyAssociated(
                wish.floating_ip_address,
                wish.floatingip_id,
                wish.port_id,
                str(wanted.fixed_ip_address),
                wish.network_id,
            )

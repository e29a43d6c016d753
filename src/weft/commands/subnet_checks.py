"""What makes a subnet's values fit together. Source and texts: neutron, db/db_base_plugin_v2.py, _validate_subnet."""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Address
from typing import Any

from weft.commands.errors import DNSNameServersExhausted, HostRoutesExhausted, InvalidInput, IpamValueInvalid
from weft.commands.prefixes import AUTO_ADDRESS_MODES
from weft.model import Prefix
from weft.wire.neutron.addresses import read_ip, read_prefix

MAX_DNS_NAMESERVERS = 5  # Neutron's defaults: max_dns_nameservers, max_subnet_host_routes
MAX_HOST_ROUTES = 20


def check_prefix(prefix: Prefix, *, enable_dhcp: bool) -> None:
    """Raise InvalidInput if no subnet can have this prefix."""
    if prefix.version == 6 and prefix.network_address == IPv6Address(0):
        raise InvalidInput("IPv6 subnet '::' is not supported")
    if enable_dhcp:
        check_dhcp_fits(prefix)
    if prefix.prefixlen == 0:
        raise InvalidInput("0 is not allowed as CIDR prefix length")


def check_dhcp_fits(prefix: Prefix) -> None:
    """Raise InvalidInput if DHCP cannot work in this prefix."""
    if prefix.prefixlen > (30 if prefix.version == 4 else 126):
        raise InvalidInput("Subnet has a prefix length that is incompatible with DHCP service enabled")
    if prefix.is_multicast:
        raise InvalidInput("Multicast IP subnet is not supported if enable_dhcp is True")
    if prefix.is_loopback:
        raise InvalidInput("Loopback IP subnet is not supported if enable_dhcp is True")
    if isinstance(prefix, IPv4Network) and int(prefix.network_address) == 0:
        raise InvalidInput("First IP '0.0.0.0' of network is not supported if enable_dhcp is True.")


def check_version(ip_version: int, text: str, name: str) -> None:
    """Raise InvalidInput if an address or prefix is of the other IP version."""
    if read_prefix(text).version != ip_version:
        raise InvalidInput(f"{name} '{text}' does not match the ip_version '{ip_version}'")


def check_gateway(prefix: Prefix, gateway: str | None) -> None:
    """Raise InvalidInput if the gateway is the network or broadcast address, or of the other IP version."""
    if gateway is None:
        return
    check_version(prefix.version, gateway, "gateway_ip")
    if _is_edge(prefix, gateway):
        raise InvalidInput("Gateway is not valid on subnet")


def check_default_gateway(prefix: Prefix, gateway: str | None) -> None:
    """Raise IpamValueInvalid where the gateway came by itself, or before the prefix, and its place is no host's."""
    if gateway is not None and _is_edge(prefix, gateway):
        raise IpamValueInvalid(f"Gateway IP {gateway} cannot be the network or broadcast IP address {prefix}")


def _is_edge(prefix: Prefix, gateway: str) -> bool:
    edges = (prefix.network_address, prefix.broadcast_address)
    return isinstance(prefix, IPv4Network) and read_ip(gateway) in edges


def check_options(subnet_id: str, ip_version: int, values: Mapping[str, Any]) -> None:
    """Raise if DNS servers or host routes are too many or of the other IP version."""
    servers, routes = values.get("dns_nameservers") or (), values.get("host_routes") or ()
    if len(servers) > MAX_DNS_NAMESERVERS:
        raise DNSNameServersExhausted(subnet_id, MAX_DNS_NAMESERVERS)
    for server in servers:
        check_version(ip_version, server, "dns_nameserver")
    if len(routes) > MAX_HOST_ROUTES:
        raise HostRoutesExhausted(subnet_id, MAX_HOST_ROUTES)
    for route in routes:
        check_version(ip_version, route["nexthop"], "nexthop")
        check_version(ip_version, route["destination"], "destination")


def check_ipv6_modes(
    ip_version: int, ra_mode: str | None, address_mode: str | None, prefix: Prefix | None, *, enable_dhcp: bool
) -> None:
    """Raise InvalidInput if the IPv6 modes do not go together, with DHCP, or with the prefix."""
    if ip_version == 4:
        for name, mode in (("ipv6_ra_mode", ra_mode), ("ipv6_address_mode", address_mode)):
            if mode:
                raise InvalidInput(f"{name} is not valid when ip_version is 4")
        return
    if not ra_mode and not address_mode:
        return
    if not enable_dhcp:
        raise InvalidInput("ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False")
    if ra_mode and address_mode and ra_mode != address_mode:
        raise InvalidInput(
            f"ipv6_ra_mode set to '{ra_mode}' with ipv6_address_mode set to '{address_mode}' is not valid. "
            "If both attributes are set, they must be the same value"
        )
    if (address_mode or ra_mode) in AUTO_ADDRESS_MODES and prefix and prefix.prefixlen != 64:
        raise InvalidInput(
            f"Invalid CIDR {prefix} for IPv6 address mode. OpenStack uses the EUI-64 address format, "
            "which requires the prefix to be /64"
        )

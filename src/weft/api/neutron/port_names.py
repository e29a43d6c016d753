"""A port's names in DNS, as Neutron derives them. Source: neutron, plugins/ml2/extensions/dns_integration.py."""

from weft.model.dns import DNS_DOMAIN
from weft.store.records import Record


def dns_assignment(port: Record) -> list[dict[str, str]]:
    """Return host name and full name of each of the port's addresses: its dns_name, or one made of the address."""
    name = port.get("dns_name", "")
    return [_names(name, ip["ip_address"]) for ip in port.get("fixed_ips", ())]


def _names(name: str, address: str) -> dict[str, str]:
    hostname = name or f"host-{address.replace('.', '-').replace(':', '-')}"
    fqdn = hostname if hostname.endswith(".") else f"{hostname}.{DNS_DOMAIN}"
    return {"ip_address": address, "hostname": hostname, "fqdn": fqdn}

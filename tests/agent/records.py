"""Records and changes for tests of the agent: values in, as some site wrote them."""

from typing import Any

from weft.store.protocol import Change
from weft.store.records import Key, Record, write

NET, SUB, PORT, PORT2 = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "1234")
NETWORK_FIELDS: dict[str, Any] = {"vni": 300, "mtu": 1450, "admin_state_up": True, "created_at": "now"}
SUBNET_FIELDS: dict[str, Any] = {
    "network_id": NET,
    "cidr": "10.0.0.0/24",
    "gateway_ip": "10.0.0.1",
    "enable_dhcp": True,
    "dns_nameservers": ["10.0.0.2"],
    "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}],
}
PORT_FIELDS: dict[str, Any] = {
    "network_id": NET,
    "mac_address": "fa:16:00:01:00:2a",
    "fixed_ips": [{"subnet_id": SUB, "ip_address": "10.0.0.7"}],
    "admin_state_up": True,
    "host": "a1",
    "created_at": "now",
}
NODE_FIELDS: dict[str, Any] = {"site": "a", "underlay_ip": "192.0.2.1"}
FIELDS = {"network": NETWORK_FIELDS, "subnet": SUBNET_FIELDS, "port": PORT_FIELDS, "node": NODE_FIELDS}


def record(kind: str, id: str, hlc: int = 1 << 16, **more: Any) -> Record:
    """A good record of `kind`, with some fields made otherwise; `...` removes one."""
    fields = {name: value for name, value in (FIELDS[kind] | more).items() if value is not ...}
    return write(None, Key("fabric", kind, id), fields, hlc, "a")


def comes(record: Record) -> Change:
    return Change(record.key, None, record, 1)


def goes(record: Record) -> Change:
    return Change(record.key, record, None, 2)

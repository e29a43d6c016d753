"""Neutron's core: networks, subnets, ports."""

from weft.store.kinds.kind import Kind

NETWORK = Kind("network", refers=(("qos_policy_id", "qos_policy"),), indexed=("project_id", "vni"), unique=(("vni",),))
"""Fields: project_id, name, description, admin_state_up, mtu, vni (in the overlay, whatever its type), network_type (of
its first segment; None: see segments), physical_network and segmentation_id (unless vxlan), vlan_transparent, qinq,
pvlan, port_security_enabled, availability_zone_hints [], tags [], is_default, dns_domain, created_at (ISO 8601, UTC,
"Z"), reshared_at (when its RBAC entries changed). Whether it is shared or external: those entries (`sharing.py`)."""

SUBNET = Kind(
    "subnet",
    refers=(("network_id", "network"), ("subnetpool_id", "subnetpool"), ("segment_id", "segment")),
    indexed=("project_id", "leak_routes"),
)
"""Fields: project_id, network_id, name, description, ip_version, cidr, gateway_ip, enable_dhcp, allocation_pools
[{start, end}], dns_nameservers [], host_routes [{destination, nexthop}], ipv6_ra_mode, ipv6_address_mode,
subnetpool_id (or None), segment_id (or None), service_types [], dns_publish_fixed_ip, leak_routes, tags [], created_at;
and the delegation of its addresses (blocks.py): giver (site), block_size (addresses per block), "block.<index>" → site,
"item.<address>" → site."""

PORT = Kind(
    "port",
    refers=(
        ("network_id", "network"),
        ("fixed_ips[].subnet_id", "subnet"),
        ("router_id", "router"),
        ("qos_policy_id", "qos_policy"),
        ("security_groups[]", "security_group"),
    ),
    indexed=("project_id", "device_id", "mac_address", "host", "fixed_ips[].ip_address"),
    unique=(("network_id", "mac_address"), ("fixed_ips[].subnet_id", "fixed_ips[].ip_address")),
    coupled=(("host", "vnic_type", "profile", "previous_hosts"),),
)
"""Fields: project_id, network_id, name, description, admin_state_up, mac_address, fixed_ips [{subnet_id,
ip_address}], device_id, device_owner, host (binding:host_id, "" = unbound), vnic_type, profile {},
port_security_enabled,
allowed_address_pairs [], extra_dhcp_opts [], security_groups [], tags [], created_at, and if they say something
dns_name, dns_domain, data_plane_status, propagate_uplink_status, numa_affinity_policy, device_profile, hints, trusted;
previous_hosts [{host, until}] (newest last, at most 16), router_id (whose interface or gateway it is). Status,
vif_type and revision are derived, never stored."""

PORT_BINDING = Kind("port_binding", indexed=("port_id",))
"""An inactive binding: where a port is about to be. id = hash of port and host. Fields: port_id, host, vnic_type,
profile. It does not hold its port alive; one whose port is gone is shown to nobody."""

KINDS = (NETWORK, SUBNET, PORT, PORT_BINDING)

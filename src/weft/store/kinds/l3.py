"""What joins networks: routers, and floating IPs."""

from weft.store.kinds.kind import Kind

ROUTER = Kind(
    "router",
    refers=(("qos_policy_id", "qos_policy"), ("flavor_id", "flavor")),
    indexed=("project_id", "evpn_vni"),
    unique=(("evpn_vni",),),
)
"""Fields: project_id, name, description, admin_state_up, enable_snat, gw_port_id (which of its gateways
`external_gateway_info` shows; if that is gone, the oldest), qos_policy_id (of its gateway), routes
[{destination, nexthop}], distributed, ha, flavor_id, availability_zone_hints [], enable_ndp_proxy,
enable_default_route_ecmp, enable_default_route_bfd, evpn_vni (None: none), tags [], created_at, ports_changed (True:
written with every change of its ports, so that processes of a site make them one after the other). Its gateways and
interfaces are ports: those whose router_id it is."""

FLOATINGIP = Kind(
    "floatingip",
    refers=(
        ("floating_network_id", "network"),
        ("floating_port_id", "port"),
        ("router_id", "router"),
        ("qos_policy_id", "qos_policy"),
    ),
    indexed=("project_id", "port_id", "fixed_ip_address", "floating_ip_address"),
    unique=(("floating_network_id", "port_id", "fixed_ip_address"),),
    coupled=(("port_id", "fixed_ip_address", "router_id"),),
)
"""Fields: project_id, description, floating_network_id, floating_ip_address, floating_port_id (the port that holds
the address), port_id (the port it leads to, or null), fixed_ip_address, router_id, qos_policy_id, dns_name,
dns_domain, tags [], created_at. `port_id` does not hold its port alive: a port that is deleted leaves the floating IP
without one, wherever that was done."""

PORT_FORWARDING = Kind(
    "port_forwarding",
    refers=(("floatingip_id", "floatingip"),),
    indexed=("internal_port_id", "protocol", "external_port_range"),
    unique=(("floatingip_id", "protocol", "external_port_range"),),
    coupled=(("internal_port_id", "internal_ip_address"), ("external_port_range", "internal_port_range")),
)
"""Fields: floatingip_id, protocol, external_port_range and internal_port_range ("80:80", "8000:8010"),
internal_port_id, internal_ip_address, description. `internal_port_id` does not hold its port
alive, as with floating IPs."""

CONNTRACK_HELPER = Kind(
    "conntrack_helper",
    refers=(("router_id", "router"),),
    indexed=("protocol", "port", "helper"),
    unique=(("router_id", "protocol", "port", "helper"),),
)
"""Fields: router_id, protocol, port, helper."""

NDP_PROXY = Kind(
    "ndp_proxy",
    refers=(("router_id", "router"),),
    indexed=("project_id", "port_id", "ip_address"),
    unique=(("router_id", "ip_address"),),
)
"""Fields: project_id, name, description, router_id, port_id (it does not hold its port alive), ip_address,
created_at."""

LOCAL_IP = Kind(
    "local_ip",
    refers=(("network_id", "network"), ("local_port_id", "port")),
    indexed=("project_id", "local_ip_address"),
)
"""Fields: project_id, name, description, network_id, local_port_id (the port that holds the address), local_ip_address,
ip_mode, created_at."""

LOCAL_IP_ASSOCIATION = Kind("local_ip_association", refers=(("local_ip_id", "local_ip"),), indexed=("fixed_port_id",))
"""That a port uses a local IP. id = hash of the two. Fields: local_ip_id, fixed_port_id (not held alive), fixed_ip."""

KINDS = (ROUTER, FLOATINGIP, PORT_FORWARDING, CONNTRACK_HELPER, NDP_PROXY, LOCAL_IP, LOCAL_IP_ASSOCIATION)

"""Addressing: scopes, pools that subnets are cut from, segments of networks and the ranges of their numbers."""

from weft.store.kinds.kind import Kind

ADDRESS_SCOPE = Kind("address_scope", indexed=("project_id",))
"""Fields: project_id, name, ip_version."""

SUBNETPOOL = Kind(
    "subnetpool",
    refers=(("address_scope_id", "address_scope"), ("grants_id", "pool")),
    indexed=("project_id", "default_for"),
    unique=(("default_for",),),
    coupled=(("is_default", "default_for"),),
)
"""Fields: project_id, name, description, ip_version, prefixes [] (compact), min_prefixlen, max_prefixlen,
default_prefixlen, default_quota (or None), is_default, default_for (the IP version it is the default of, or None),
address_scope_id, grants_id ("subnetpool.<id>": the `pool` record that says which site may cut which prefixes;
its own record, so that cutting does not count as a change of the subnet pool), tags [], created_at."""

SEGMENT = Kind("segment", refers=(("network_id", "network"),), indexed=("key",), unique=(("key",),))
"""A segment of a network, besides the one that every VXLAN network has by itself (that one is a record only once it was
named or used, under an ID that follows from the network's). Fields: network_id, name, description, network_type,
physical_network, segmentation_id, segment_index, created_at, and key: what nobody else may have, "vlan:<physical
network>:<id>", "flat:<physical network>", "gre:<id>"; None for a local one."""

NETWORK_SEGMENT_RANGE = Kind("network_segment_range", indexed=("project_id", "network_type"))
"""Fields: project_id (None if shared), name, description, shared, network_type, physical_network ("" for tunnels),
minimum, maximum, tags [], created_at."""

KINDS = (ADDRESS_SCOPE, SUBNETPOOL, SEGMENT, NETWORK_SEGMENT_RANGE)

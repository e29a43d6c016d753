"""Addressing: scopes, and pools that subnets are cut from."""

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

KINDS = (ADDRESS_SCOPE, SUBNETPOOL)

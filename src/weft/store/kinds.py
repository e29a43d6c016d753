"""Every kind of record: its fields, what it refers to, what it is looked up by, who writes it.

Fields hold plain JSON values (str, int, bool, None, list, dict); addresses and prefixes are strings in
canonical form (`str(ip_address(x))`). Kinds and fields unknown to this version are kept and passed on.

Which field refers to which kind is what "a tombstone yields to a live reference" follows; a path with
`[]` looks into a list: `fixed_ips[].subnet_id`.
"""

import msgspec


class Kind(msgspec.Struct, frozen=True):
    """What the store must know of a kind of record."""

    name: str
    refers: tuple[tuple[str, str], ...] = ()  # (field path, kind referred to): holds the target alive
    indexed: tuple[str, ...] = ()  # field paths that `State.lookup` serves, besides every reference
    unique: tuple[tuple[str, ...], ...] = ()  # field paths that together name one thing: keep the older, mark the other
    coupled: tuple[tuple[str, ...], ...] = ()  # fields always written together: a conflict is reported once for all


# ---- the fabric's own
SITE = Kind("site")
"""A site. id = its name. Fields: number, nats_url (as other sites dial it), api_url (public), region,
dead (True after an operator declared it lost), epoch (bumped then). Written by its own weftd; `dead` by any."""

NODE = Kind("node", refers=(("site", "site"),), indexed=("site",))
"""A machine. id = its host name (= binding:host_id). Fields: site, underlay_ip, api_url. Written by its own weftd."""

CONFLICT = Kind("conflict")
"""One concurrent loss, violation or yielded tombstone. id = hash of its content, stamps copied from it, so
that every site that notices writes the very same record. Fields: what ("field", "duplicate", "kept", "delete-won"),
kind, id_of (record), scope, field, won {value, ms, site}, lost {value, ms, site}, message (one sentence)."""

POOL = Kind("pool")
"""Grants of a fabric-wide pool. id = "vni" or "mac". Fields: see blocks.py; written by the giver (site number 1)."""

# ---- Neutron
NETWORK = Kind("network", indexed=("project_id", "vni"), unique=(("vni",),))
"""Fields: project_id, name, description, admin_state_up, shared, external (router:external), mtu, vni, network_type
("vxlan"), port_security_enabled, availability_zone_hints [], tags [], is_default, created_at (ISO 8601, UTC, "Z")."""

SUBNET = Kind("subnet", refers=(("network_id", "network"),), indexed=("project_id",))
"""Fields: project_id, network_id, name, description, ip_version, cidr, gateway_ip, enable_dhcp, allocation_pools
[{start, end}], dns_nameservers [], host_routes [{destination, nexthop}], ipv6_ra_mode, ipv6_address_mode, tags [],
created_at; and the delegation of its addresses (blocks.py): giver (site), block_size (addresses per block),
"block.<index>" → site, "item.<address>" → site."""

PORT = Kind(
    "port",
    refers=(("network_id", "network"), ("fixed_ips[].subnet_id", "subnet")),
    indexed=("project_id", "device_id", "mac_address", "host", "fixed_ips[].ip_address"),
    unique=(("network_id", "mac_address"), ("fixed_ips[].subnet_id", "fixed_ips[].ip_address")),
    coupled=(("host", "vnic_type", "profile", "previous_hosts"),),
)
"""Fields: project_id, network_id, name, description, admin_state_up, mac_address, fixed_ips [{subnet_id,
ip_address}], device_id, device_owner, host (binding:host_id, "" = unbound), vnic_type, profile {},
port_security_enabled,
allowed_address_pairs [], extra_dhcp_opts [], security_groups [], dns_name, tags [], created_at,
previous_hosts [{host, until}] (newest last, at most 16). Status, vif_type and revision are derived, never stored."""

# ---- identity (Keystone)
DOMAIN = Kind("domain")
"""Fields: name, description, enabled."""
PROJECT = Kind("project", indexed=("name", "domain_id"), unique=(("domain_id", "name"),))
"""Fields: name, description, enabled, domain_id, parent_id, is_domain, tags []."""
USER = Kind("user", indexed=("name", "domain_id"), unique=(("domain_id", "name"),))
"""Fields: name, email, description, enabled, domain_id, default_project_id, password_hash (argon2id),
tokens_valid_after_ms (older tokens of this user are void)."""
ROLE = Kind("role", indexed=("name",))
"""Fields: name, description, domain_id."""
ASSIGNMENT = Kind("assignment", indexed=("user_id", "project_id", "role_id"))
"""id = hash of (user, target, role). Fields: user_id, project_id | domain_id | system, role_id."""
REVOCATION = Kind("revocation")
"""A token revoked before its time. id = the token's audit id. Fields: expires_at_ms."""

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        SITE, NODE, CONFLICT, POOL, NETWORK, SUBNET, PORT, DOMAIN, PROJECT, USER, ROLE, ASSIGNMENT, REVOCATION,
    )
}  # fmt: skip

"""Every kind of record: its fields, what it refers to, what it is looked up by, who writes it.

Fields hold plain JSON values (str, int, bool, None, list, dict); addresses and prefixes are strings in
canonical form (`str(ip_address(x))`). Kinds and fields unknown to this version are kept and passed on.

Which field refers to which kind is what "a tombstone yields to a live reference" follows; a path with
`[]` looks into a list: `fixed_ips[].subnet_id`, or `security_groups[]` where the list holds the IDs themselves.
"""

from weft.store.kinds import (
    addressing,
    core,
    fabric,
    identity,
    l3,
    observing,
    qos,
    quotas,
    security,
    services,
    sharing,
    trunks,
)
from weft.store.kinds.addressing import ADDRESS_SCOPE, NETWORK_SEGMENT_RANGE, SEGMENT, SUBNETPOOL
from weft.store.kinds.core import NETWORK, PORT, PORT_BINDING, SUBNET
from weft.store.kinds.fabric import CONFLICT, LEASE, NODE, POOL, SITE
from weft.store.kinds.identity import ASSIGNMENT, DOMAIN, PROJECT, REVOCATION, ROLE, USER
from weft.store.kinds.kind import Kind
from weft.store.kinds.l3 import FLOATINGIP, ROUTER
from weft.store.kinds.security import (
    ADDRESS_GROUP,
    DEFAULT_SECURITY_GROUP_RULE,
    DEFAULT_STATEFULNESS,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)

AREAS = (
    fabric,
    core,
    addressing,
    identity,
    l3,
    observing,
    security,
    trunks,
    qos,
    quotas,
    sharing,
    services,
)

KINDS: dict[str, Kind] = {kind.name: kind for area in AREAS for kind in area.KINDS}
AREA_OF: dict[str, str] = {kind.name: area.__name__.rpartition(".")[2] for area in AREAS for kind in area.KINDS}

__all__ = [
    "ADDRESS_GROUP",
    "ADDRESS_SCOPE",
    "AREA_OF",
    "ASSIGNMENT",
    "CONFLICT",
    "DEFAULT_SECURITY_GROUP_RULE",
    "DEFAULT_STATEFULNESS",
    "DOMAIN",
    "FLOATINGIP",
    "KINDS",
    "LEASE",
    "NETWORK",
    "NETWORK_SEGMENT_RANGE",
    "NODE",
    "POOL",
    "PORT",
    "PORT_BINDING",
    "PROJECT",
    "REVOCATION",
    "ROLE",
    "ROUTER",
    "SECURITY_GROUP",
    "SECURITY_GROUP_RULE",
    "SEGMENT",
    "SITE",
    "SUBNET",
    "SUBNETPOOL",
    "USER",
    "Kind",
]

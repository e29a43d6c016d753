"""The nouns everything else speaks of: frozen types, IDs and errors; imports nothing of Weft's."""

from weft.model.errors import Conflict, Denied, Invalid, NotFound, Unavailable, WeftError
from weft.model.ids import NetworkId, NodeId, PortId, ProjectId, SiteId, SubnetId
from weft.model.intent import Intent, IntentChange
from weft.model.nouns import (
    Address,
    BoundPort,
    FixedIp,
    HostRoute,
    Ipv6Mode,
    Network,
    Node,
    Port,
    Prefix,
    Site,
    Subnet,
)

__all__ = [
    "Address",
    "BoundPort",
    "Conflict",
    "Denied",
    "FixedIp",
    "HostRoute",
    "Intent",
    "IntentChange",
    "Invalid",
    "Ipv6Mode",
    "Network",
    "NetworkId",
    "Node",
    "NodeId",
    "NotFound",
    "Port",
    "PortId",
    "Prefix",
    "ProjectId",
    "Site",
    "SiteId",
    "Subnet",
    "SubnetId",
    "Unavailable",
    "WeftError",
]

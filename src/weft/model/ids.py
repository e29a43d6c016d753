"""The names of things, each its own type, so that a port's ID is never taken for a network's."""

from typing import NewType

SiteId = NewType("SiteId", str)  # operator's name for a site: "a", "lyon-3"; lower-case letters, digits, "-"
NodeId = NewType("NodeId", str)  # a machine's host name, unique in the fabric; equals Neutron's binding:host_id
ProjectId = NewType("ProjectId", str)  # UUID as 32 hex digits (Keystone's form)
NetworkId = NewType("NetworkId", str)  # UUID, dashed (Neutron's form), as are those below
SubnetId = NewType("SubnetId", str)
PortId = NewType("PortId", str)

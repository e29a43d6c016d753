"""What Neutron's services are made of: agents, flavors, a project's ready-made network."""

from weft.store.kinds.kind import Kind

AGENT = Kind("agent", indexed=("host", "agent_type", "availability_zone"))
"""A part of a node's weftd, as Neutron's clients know it. id = hash of (agent_type, host). Fields: agent_type, binary,
topic, host (the node), availability_zone (its site, or null): written by its own weftd; admin_state_up,
description: by administrators."""

HOSTING = Kind("hosting", refers=(("agent_id", "agent"),), indexed=("object_id",))
"""An exception from "every node serves everything". id = hash of (agent, network or router). Fields: agent_id,
object_id (of a network or a router; it holds neither alive), is_hosted."""

FLAVOR = Kind("flavor")
"""Fields: name, description, service_type, enabled."""

SERVICE_PROFILE = Kind("service_profile")
"""Fields: description, driver, metainfo, enabled."""

FLAVOR_PROFILE = Kind("flavor_profile", refers=(("flavor_id", "flavor"), ("service_profile_id", "service_profile")))
"""That a flavor has a profile. id = hash of the two, so that the same at two sites is one. Fields: flavor_id,
service_profile_id."""

AUTO_ALLOCATED_TOPOLOGY = Kind("auto_allocated_topology", indexed=("project_id",))
"""The network that a project was given ready-made. id = hash of the project. Fields: project_id, network_id, router_id
(neither is held alive: a project may delete what it was given), is_ready."""

KINDS = (AGENT, HOSTING, FLAVOR, SERVICE_PROFILE, FLAVOR_PROFILE, AUTO_ALLOCATED_TOPOLOGY)

"""Why an agent, a flavor or a service profile is refused, in Neutron's words.

Source: neutron-lib, exceptions/agent.py and flavors.py; neutron, extensions/{dhcpagentscheduler,l3agentscheduler}.py.
"""

from weft.model import Conflict, Denied, Invalid, NotFound, Unavailable


class AgentNotFound(NotFound):
    """No such agent."""

    code = "agent_not_found"

    def __init__(self, agent_id: str) -> None:
        super().__init__(f"Agent {agent_id} could not be found.")


class FlavorInUse(Conflict):
    """Routers are of this flavor."""

    code = "flavor_in_use"

    def __init__(self, flavor_id: str) -> None:
        super().__init__(f"Flavor {flavor_id} is used by some service instance.")


class InvalidServiceType(Invalid):
    """No service of this cloud has this type."""

    code = "invalid_service_type"

    def __init__(self, service_type: str) -> None:
        super().__init__(f"Invalid service type: {service_type}.")


class ServiceProfileNotFound(NotFound):
    """No such profile."""

    code = "service_profile_not_found"

    def __init__(self, profile_id: str) -> None:
        super().__init__(f"Service Profile {profile_id} could not be found.")


class ServiceProfileInUse(Conflict):
    """A flavor has the profile."""

    code = "service_profile_in_use"

    def __init__(self, profile_id: str) -> None:
        super().__init__(f"Service Profile {profile_id} is used by some service instance.")


class ServiceProfileDisabled(Unavailable):
    """The flavor's profile is switched off."""

    code = "service_profile_disabled"

    def __init__(self) -> None:
        super().__init__("Service Profile is not enabled.")


class ServiceProfileEmpty(Invalid):
    """The profile says nothing."""

    code = "service_profile_empty"

    def __init__(self) -> None:
        super().__init__("Service Profile needs either a driver or metainfo.")


class ServiceProfileDriverNotFound(NotFound):
    """No provider has this driver."""

    code = "service_profile_driver_not_found"

    def __init__(self, driver: str) -> None:
        super().__init__(f"Service Profile driver {driver} could not be found.")


class FlavorServiceProfileBindingExists(Conflict):
    """The flavor has the profile already."""

    code = "flavor_service_profile_binding_exists"

    def __init__(self, profile_id: str, flavor_id: str) -> None:
        super().__init__(f"Service Profile {profile_id} is already associated with flavor {flavor_id}.")


class FlavorServiceProfileBindingNotFound(NotFound):
    """The flavor does not have the profile."""

    code = "flavor_service_profile_binding_not_found"

    def __init__(self, profile_id: str, flavor_id: str) -> None:
        super().__init__(f"Service Profile {profile_id} is not associated with flavor {flavor_id}.")


class InvalidDHCPAgent(NotFound):
    """The agent gives no addresses, or is switched off."""

    code = "invalid_dhcp_agent"

    def __init__(self, agent_id: str) -> None:
        super().__init__(f"Agent {agent_id} is not a valid DHCP Agent or has been disabled.")


class NetworkHostedByDHCPAgent(Conflict):
    """The network is there already."""

    code = "network_hosted_by_dhcp_agent"

    def __init__(self, network_id: str, agent_id: str) -> None:
        super().__init__(f"The network {network_id} has been already hosted by the DHCP Agent {agent_id}.")


class NetworkNotHostedByDhcpAgent(Conflict):
    """The network is not there."""

    code = "network_not_hosted_by_dhcp_agent"

    def __init__(self, network_id: str, agent_id: str) -> None:
        super().__init__(f"The network {network_id} is not hosted by the DHCP Agent {agent_id}.")


class InvalidL3Agent(NotFound):
    """The agent does not route, or is switched off."""

    code = "invalid_l3_agent"

    def __init__(self, agent_id: str) -> None:
        super().__init__(f"Agent {agent_id} is not a L3 Agent or has been disabled")


class AutoAllocationFailure(Conflict):
    """The cloud lacks what a ready-made network is made from."""

    code = "auto_allocation_failure"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Deployment error: {reason}.")


class DefaultExternalNetworkExists(Conflict):
    """Another external network is the default one."""

    code = "default_external_network_exists"

    def __init__(self, network_id: str) -> None:
        super().__init__(f"A default external network already exists: {network_id}.")


class NotAuthorized(Denied):
    """Another project's business."""

    code = "not_authorized"

    def __init__(self) -> None:
        super().__init__("Not authorized.")

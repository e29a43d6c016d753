"""Why an agent, a flavor or a service profile is refused, in Neutron's words.

Source: neutron-lib, exceptions/agent.py and flavors.py; neutron, extensions/{dhcpagentscheduler,l3agentscheduler}.py.
"""

from weft.model import Conflict, Invalid, NotFound


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

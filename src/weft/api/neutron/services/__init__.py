"""Agents, availability zones, flavors and the like."""

from weft.api.neutron.extension import Extension
from weft.api.neutron.services.agents import AGENTS, AVAILABILITY_ZONES
from weft.api.neutron.services.flavors import FLAVOR_PROFILES, FLAVORS, SERVICE_PROFILES, SERVICE_PROVIDERS
from weft.api.neutron.services.ip_availability import NETWORK_IP_AVAILABILITIES

RESOURCES = (
    AGENTS,
    AVAILABILITY_ZONES,
    FLAVORS,
    SERVICE_PROFILES,
    FLAVOR_PROFILES,
    SERVICE_PROVIDERS,
    NETWORK_IP_AVAILABILITIES,
)

EXTENSIONS = (
    Extension("agent", "agent", "2013-02-03T10:00:00-00:00", "The agent management extension."),
    Extension("agent-resources-synced", "Agent's Resource View Synced to Placement", "2018-12-19T00:00:00-00:00",
              "Stores success/failure of last sync to Placement"),
    Extension("agent_sort_key", "Agents Sort Key", "2013-02-03T10:00:00-00:00",
              "Enabling the keyword sort_key for sorting in agents."),
    Extension("auto-allocated-topology", "Auto Allocated Topology Services", "2016-01-01T00:00:00-00:00",
              "Auto Allocated Topology Services."),
    Extension("availability_zone", "Availability Zone", "2015-01-01T10:00:00-00:00",
              "The availability zone extension."),
    Extension("availability_zone_filter", "Availability Zone Filter Extension", "2018-06-22T10:00:00-00:00",
              "Add filter parameters to AvailabilityZone resource"),
    Extension("dhcp_agent_scheduler", "DHCP Agent Scheduler", "2013-02-07T10:00:00-00:00",
              "Schedule networks among dhcp agents"),
    Extension("flavors", "Neutron Service Flavors", "2015-09-17T10:00:00-00:00",
              "Flavor specification for Neutron advanced services."),
    Extension("l3_agent_scheduler", "L3 Agent Scheduler", "2013-02-07T10:00:00-00:00",
              "Schedule routers among l3 agents"),
    Extension("network-ip-availability", "Network IP Availability", "2015-09-24T00:00:00-00:00",
              "Provides IP availability data for each network and subnet."),
    Extension("network-ip-availability-details", "Network IP Availability Details Extension",
              "2025-10-31T00:00:00-00:00",
              "Add ip_availability_details attribute to network-ip-availabilities resource."),
    Extension("service-type", "Neutron Service Type Management", "2013-01-20T00:00:00-00:00",
              "API for retrieving service providers for Neutron advanced services"),
)  # fmt: skip

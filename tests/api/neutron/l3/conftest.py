"""An external network, and a project's network with a router between."""

import pytest

from tests.api.neutron.callers import make


class Place:
    """What the tests find there: an external network, a project's network, a router that joins nothing yet."""

    outside: dict
    outside_subnet: dict
    inside: dict
    subnet: dict
    router: dict


@pytest.fixture
async def place(admin, alice) -> Place:
    place = Place()
    place.outside = await make(admin, "network", name="outside", **{"router:external": True})
    outside_id = place.outside["id"]
    place.outside_subnet = await make(admin, "subnet", network_id=outside_id, ip_version=4, cidr="198.51.100.0/24")
    place.inside = await make(alice, "network", name="inside")
    place.subnet = await make(alice, "subnet", network_id=place.inside["id"], ip_version=4, cidr="10.0.0.0/24")
    place.router = await make(alice, "router", name="r")
    return place

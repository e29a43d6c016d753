"""Routers of a flavor: what its provider allows."""

import pytest

from tests.api.neutron.callers import error_of, make, refused
from tests.api.neutron.l3.test_routers import UNKNOWN, change

DRIVER = "neutron.services.l3_router.service_providers.single_node.SingleNodeDriver"


@pytest.fixture
async def flavor(admin) -> dict:
    body = {"flavor": {"name": "plain", "service_type": "L3_ROUTER_NAT"}}
    return (await admin.post("/v2.0/flavors", json=body)).json()["flavor"]


async def bind(admin, flavor: dict, **values: object) -> None:
    """Give a flavor a profile of its own."""
    body = {"service_profile": {"description": "", "driver": DRIVER, **values}}
    profile = (await admin.post("/v2.0/service_profiles", json=body)).json()["service_profile"]
    binding = {"service_profile": {"id": profile["id"]}}
    assert (await admin.post(f"/v2.0/flavors/{flavor['id']}/service_profiles", json=binding)).status_code == 201


async def test_a_flavor_that_promises_nothing(alice, flavor):
    for value in (UNKNOWN, None, 5):
        told = (404, "FlavorNotFound", f"Flavor {value} could not be found.")
        assert await refused(alice, "router", flavor_id=value) == told
    told = f"Service Profile  is not associated with flavor {flavor['id']}."
    assert await refused(alice, "router", flavor_id=flavor["id"]) == (404, "FlavorServiceProfileBindingNotFound", told)


async def test_a_router_is_what_its_flavor_makes(admin, flavor):
    await bind(admin, flavor)
    told = "Invalid input for operation: Provider single_node does not support ha=True."
    assert await refused(admin, "router", flavor_id=flavor["id"], ha=True) == (400, "InvalidInput", told)
    router = await make(admin, "router", flavor_id=flavor["id"])
    assert router["flavor_id"] == flavor["id"]
    await change(admin, router, admin_state_up=False)
    told = (
        "Invalid input for operation: Changing the 'ha' and 'distributed' attributes on a router associated with a "
        "flavor is not supported."
    )
    assert error_of(await change(admin, router, ha=True)) == (400, "InvalidInput", told)
    assert (await change(admin, router, ha=False, name="same")).status_code == 200
    told = f"Flavor {flavor['id']} is used by some service instance."
    assert error_of(await admin.delete(f"/v2.0/flavors/{flavor['id']}")) == (409, "FlavorInUse", told)
    await admin.delete(f"/v2.0/routers/{router['id']}")
    assert (await admin.delete(f"/v2.0/flavors/{flavor['id']}")).status_code == 204


async def test_a_profile_that_is_switched_off(admin, alice, flavor):
    await bind(admin, flavor, enabled=False)
    told = (503, "ServiceProfileDisabled", "Service Profile is not enabled.")
    assert await refused(alice, "router", flavor_id=flavor["id"]) == told

"""`/v2.0/ndp_proxies`: a router answers neighbour solicitations for an address behind it."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make, refused

NOWHERE = "11111111-1111-1111-1111-111111111111"


class Site:
    """An external network and a project's network in one IPv6 address scope, a router between, and a port."""

    def __init__(self, **things: dict) -> None:
        self.__dict__.update(things)

    outside: dict
    inside: dict
    subnet: dict
    router: dict
    port: dict

    @property
    def router_url(self) -> str:
        return f"/v2.0/routers/{self.router['id']}"

    @property
    def address(self) -> str:
        return self.port["fixed_ips"][0]["ip_address"]


@pytest.fixture
async def site(admin: httpx.AsyncClient) -> Site:
    answer = await admin.post("/v2.0/address-scopes", json={"address_scope": {"name": "six", "ip_version": 6}})
    scope = answer.json()["address_scope"]
    pool = {"name": "six", "prefixes": ["2001:db8::/48"], "default_prefixlen": 64, "address_scope_id": scope["id"]}
    pool = (await admin.post("/v2.0/subnetpools", json={"subnetpool": pool})).json()["subnetpool"]
    of_pool = {"ip_version": 6, "subnetpool_id": pool["id"]}
    outside = await make(admin, "network", **{"router:external": True})
    await make(admin, "subnet", network_id=outside["id"], **of_pool)
    inside = await make(admin, "network")
    subnet = await make(admin, "subnet", network_id=inside["id"], **of_pool)
    router = await make(admin, "router")
    port = await make(admin, "port", network_id=inside["id"])
    site = Site(outside=outside, inside=inside, subnet=subnet, router=router, port=port)
    added = await admin.put(f"{site.router_url}/add_router_interface", json={"subnet_id": subnet["id"]})
    assert added.status_code == 200, added.text
    return site


async def plug_out(client: httpx.AsyncClient, site: Site) -> dict:
    body = {"router": {"external_gateway_info": {"network_id": site.outside["id"]}}}
    answer = await client.put(site.router_url, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["router"]


async def test_a_router_that_can_answers_for_others_once_it_has_a_gateway(admin, site):
    assert site.router["enable_ndp_proxy"] is False
    told = error_of(await admin.put(site.router_url, json={"router": {"enable_ndp_proxy": True}}))
    assert told == (
        409,
        "RouterGatewayNotValid",
        f"Can not enable ndp proxy on router {site.router['id']}, The router has no external gateway or the external "
        "gateway port has no IPv6 address or IPv6 address scope.",
    )
    assert (await plug_out(admin, site))["enable_ndp_proxy"] is True
    off = await admin.put(site.router_url, json={"router": {"enable_ndp_proxy": False}})
    assert off.json()["router"]["enable_ndp_proxy"] is False
    assert (await refused(admin, "router", enable_ndp_proxy=True))[1] == "RouterGatewayNotValid"


async def test_a_proxy_lives(admin, site):
    await plug_out(admin, site)
    values = {"router_id": site.router["id"], "port_id": site.port["id"], "name": "n", "description": "d"}
    answer = await admin.post("/v2.0/ndp_proxies", json={"ndp_proxy": values})
    proxy = answer.json()["ndp_proxy"]
    assert proxy == {
        "id": proxy["id"],
        "project_id": "p-admin",
        "tenant_id": "p-admin",
        **values,
        "ip_address": site.address,
        "revision_number": 1,
        "created_at": proxy["created_at"],
        "updated_at": proxy["created_at"],
    }
    url = f"/v2.0/ndp_proxies/{proxy['id']}"
    assert (await admin.get("/v2.0/ndp_proxies?name=n")).json() == {"ndp_proxies": [proxy]}
    assert (await admin.get("/v2.0/ndp_proxies?router_id=x")).status_code == 400
    changed = (await admin.put(url, json={"ndp_proxy": {"name": "m"}})).json()["ndp_proxy"]
    assert changed["name"] == "m"
    again = await admin.post("/v2.0/ndp_proxies", json={"ndp_proxy": values})
    assert error_of(again) == (
        409,
        "NeutronDbObjectDuplicateEntry",
        "Failed to create a duplicate NDPProxy: for attribute(s) ['router_id', 'ip_address'] with value(s) "
        f"{site.router['id']}-{site.address}",
    )
    in_use = await admin.put(site.router_url, json={"router": {"external_gateway_info": None}})
    assert error_of(in_use)[:2] == (409, "RouterGatewayInUseByNDPProxy")
    in_use = await admin.put(f"{site.router_url}/remove_router_interface", json={"subnet_id": site.subnet["id"]})
    assert error_of(in_use)[:2] == (409, "RouterInterfaceInUseByNDPProxy")
    assert (await admin.delete(url)).status_code == 204
    assert error_of(await admin.get(url)) == (404, "NDPProxyNotFound", f"Ndp proxy {proxy['id']} could not be found.")


async def test_what_no_proxy_can_be(admin, site):
    async def told(**values: object) -> tuple[int, str, str]:
        body = {"router_id": site.router["id"], "port_id": site.port["id"], **values}
        return error_of(await admin.post("/v2.0/ndp_proxies", json={"ndp_proxy": body}))

    assert (await told())[1] == "RouterNDPProxyNotEnable"
    await plug_out(admin, site)
    assert await told(port_id=NOWHERE) == (404, "PortNotFound", f"Port {NOWHERE} could not be found.")
    assert (await told(router_id=NOWHERE))[:2] == (409, "PortUnreachableRouter")
    assert await told(ip_address="2001:db8::99") == (
        400,
        "InvalidAddress",
        f"The address 2001:db8::99 is invalid, reason: This address not belong to the port {site.port['id']}.",
    )
    other = await make(admin, "network")
    subnet = await make(admin, "subnet", network_id=other["id"], ip_version=6, cidr="fd99::/64")
    await admin.put(f"{site.router_url}/add_router_interface", json={"subnet_id": subnet["id"]})
    port = await make(admin, "port", network_id=other["id"])
    assert (await told(port_id=port["id"]))[:2] == (409, "AddressScopeConflict")
    four = await make(admin, "network")
    subnet = await make(admin, "subnet", network_id=four["id"], ip_version=4, cidr="10.98.0.0/24")
    await admin.put(f"{site.router_url}/add_router_interface", json={"subnet_id": subnet["id"]})
    port = await make(admin, "port", network_id=four["id"])
    assert await told(port_id=port["id"]) == (
        400,
        "BadRequest",
        f"Bad ndp_proxy request: Requested port {port['id']} must allocate one IPv6 address at least.",
    )


async def test_a_proxy_goes_with_its_port(admin, store, site):
    await plug_out(admin, site)
    body = {"router_id": site.router["id"], "port_id": site.port["id"]}
    await admin.post("/v2.0/ndp_proxies", json={"ndp_proxy": body})
    assert (await admin.delete(f"/v2.0/ports/{site.port['id']}")).status_code == 204
    assert not store.state.of_kind("ndp_proxy")

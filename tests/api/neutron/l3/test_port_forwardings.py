"""`/v2.0/floatingips/{id}/port_forwardings`: ports of one address that lead to many."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make

NOWHERE = "11111111-1111-1111-1111-111111111111"


class Forwarding:
    """A floating IP, two ports it can lead to, and requests about them."""

    def __init__(self, client: httpx.AsyncClient, floating_ip: dict, web: dict, db: dict) -> None:
        self.client, self.floating_ip, self.web, self.db = client, floating_ip, web, db
        self.url = f"/v2.0/floatingips/{floating_ip['id']}/port_forwardings"

    async def ask(self, url: str = "", **values: object) -> httpx.Response:
        body = {
            "internal_port_id": self.web["id"],
            "internal_ip_address": self.web["fixed_ips"][0]["ip_address"],
            "protocol": "tcp",
            **values,
        }
        return await self.client.post(url or self.url, json={"port_forwarding": body})

    async def made(self, **values: object) -> dict:
        answer = await self.ask(**values)
        assert answer.status_code == 201, answer.text
        return answer.json()["port_forwarding"]

    async def change(self, made: dict, **values: object) -> httpx.Response:
        return await self.client.put(f"{self.url}/{made['id']}", json={"port_forwarding": values})

    async def shown(self) -> dict:
        return (await self.client.get(f"/v2.0/floatingips/{self.floating_ip['id']}")).json()["floatingip"]


@pytest.fixture
async def forwarding(place, alice) -> Forwarding:
    router = f"/v2.0/routers/{place.router['id']}"
    gateway = {"external_gateway_info": {"network_id": place.outside["id"]}}
    assert (await alice.put(router, json={"router": gateway})).status_code == 200
    added = await alice.put(f"{router}/add_router_interface", json={"subnet_id": place.subnet["id"]})
    assert added.status_code == 200
    web = await make(alice, "port", network_id=place.inside["id"])
    db = await make(alice, "port", network_id=place.inside["id"])
    return Forwarding(alice, await make(alice, "floatingip", floating_network_id=place.outside["id"]), web, db)


def bad(reason: str) -> tuple[int, str, str]:
    return 400, "BadRequest", f"Bad port_forwarding request: {reason}."


async def test_a_port_forwarding_lives(forwarding, place, alice):
    made = await forwarding.made(external_port=2222, internal_port=22, description="ssh")
    address = forwarding.web["fixed_ips"][0]["ip_address"]
    assert made == {
        "id": made["id"],
        "external_port": 2222,
        "external_port_range": "2222:2222",
        "internal_port": 22,
        "internal_port_range": "22:22",
        "internal_port_id": forwarding.web["id"],
        "internal_ip_address": address,
        "protocol": "tcp",
        "description": "ssh",
    }
    url = f"{forwarding.url}/{made['id']}"
    assert (await alice.get(url)).json() == {"port_forwarding": made}
    assert (await alice.get(f"{forwarding.url}?protocol=tcp&external_port=2222")).json()["port_forwardings"] == [made]
    assert (await alice.get(f"{forwarding.url}?internal_port=22")).status_code == 400
    shown = await forwarding.shown()
    assert shown["router_id"] == place.router["id"]
    assert shown["port_forwardings"] == [
        {
            "id": made["id"],
            "protocol": "tcp",
            "internal_port_id": forwarding.web["id"],
            "internal_ip_address": address,
            "internal_port": 22,
            "external_port": 2222,
        }
    ]
    assert (await alice.delete(url)).status_code == 204
    told = (404, "PortForwardingNotFound", f"Port Forwarding {made['id']} could not be found.")
    assert error_of(await alice.get(url)) == told
    shown = await forwarding.shown()
    assert (shown["router_id"], shown["port_forwardings"]) == (None, [])


async def test_ranges(forwarding):
    many = await forwarding.made(external_port_range="100:110", internal_port_range="200:210")
    assert "external_port" not in many
    assert (many["external_port_range"], many["internal_port_range"]) == ("100:110", "200:210")
    to_one = await forwarding.made(external_port_range="120:130", internal_port_range="99")
    assert (to_one["internal_port"], to_one["internal_port_range"]) == (99, "99:99")
    assert error_of(await forwarding.ask(external_port_range="105:106", internal_port_range="5:6")) == bad(
        "There is a port collision with the external_port_range. The following ranges collide: 100:110 and 105:106"
    )
    assert error_of(await forwarding.ask(external_port_range="300:310", internal_port_range="210:220")) == bad(
        "There is a port collision with the internal_port_range. The following ranges collide: 200:210 and 210:220"
    )
    assert error_of(await forwarding.ask(external_port_range="300:310", internal_port_range="300:305")) == bad(
        "Invalid ranges of internal and/or external ports. The relation between internal and external ports must be "
        "N-N or 1-N"
    )
    await forwarding.made(external_port_range="100:110", internal_port_range="200:210", protocol="udp")


async def test_what_no_forwarding_is(forwarding, alice):
    def invalid(name: str, reason: str) -> tuple[int, str, str]:
        return 400, "HTTPBadRequest", f"Invalid input for {name}. Reason: {reason}."

    ask = forwarding.ask
    assert error_of(await ask(external_port=0, internal_port=1)) == invalid(
        "external_port", "'0' is too small - must be at least '1'"
    )
    assert error_of(await ask(external_port=1, internal_port="x")) == invalid("internal_port", "'x' is not an integer")
    assert error_of(await ask(external_port_range="9:5", internal_port=1)) == invalid(
        "external_port_range", "First port in a port range must be lower than the second port"
    )
    assert error_of(await ask(external_port_range="x", internal_port=1)) == invalid(
        "external_port_range", "Invalid port: x"
    )
    assert error_of(await ask(external_port=1, internal_port=1, protocol="UDP")) == invalid(
        "protocol", "UDP is not in valid_values"
    )
    assert (await ask(external_port=1, internal_port=1, protocol=6)).json()["NeutronError"]["message"] == (
        "Invalid input for operation: Input value 6 must be string type."
    )
    assert error_of(await ask(internal_port=1)) == bad(
        "Invalid port value, the port value must be a value between 1 and 65535."
    )
    assert error_of(await ask(external_port=1, internal_port=1, internal_port_id=NOWHERE)) == (
        404, "PortNotFound", f"Port {NOWHERE} could not be found.",
    )  # fmt: skip
    fixed_ips = forwarding.web["fixed_ips"]
    assert error_of(await ask(external_port=1, internal_port=1, internal_ip_address="10.0.1.99")) == bad(
        "Requested internal IP address 10.0.1.99 is not suitable for internal neutron port "
        f"{forwarding.web['id']}, as its fixed_ips are {fixed_ips}"
    )
    nowhere = f"/v2.0/floatingips/{NOWHERE}/port_forwardings"
    assert error_of(await ask(nowhere, external_port=1, internal_port=1))[:2] == (404, "FloatingIPNotFound")


async def test_a_port_behind_no_router_is_out_of_reach(forwarding, place, alice):
    lonely = await make(alice, "network")
    subnet = await make(alice, "subnet", network_id=lonely["id"], ip_version=4, cidr="10.9.0.0/24")
    port = await make(alice, "port", network_id=lonely["id"])
    values = {"internal_port_id": port["id"], "internal_ip_address": port["fixed_ips"][0]["ip_address"]}
    assert error_of(await forwarding.ask(external_port=1, internal_port=1, **values)) == bad(
        f"External network {place.outside['id']} is not reachable from subnet {subnet['id']}. Cannot set Port "
        f"forwarding for port {port['id']} with Floating IP {forwarding.floating_ip['id']}"
    )


async def test_a_forwarding_is_changed(forwarding):
    made = await forwarding.made(external_port=2222, internal_port=22)
    other = await forwarding.made(external_port=8080, internal_port=80)
    changed = (await forwarding.change(made, internal_port=24)).json()["port_forwarding"]
    assert (changed["internal_port_range"], changed["external_port"]) == ("24:24", 2222)
    changed = (await forwarding.change(made, external_port_range="500:510", internal_port_range="500:510")).json()
    assert changed["port_forwarding"]["external_port_range"] == "500:510"
    changed = (await forwarding.change(made, internal_port_id=forwarding.db["id"])).json()["port_forwarding"]
    assert changed["internal_ip_address"] == forwarding.db["fixed_ips"][0]["ip_address"]
    address = forwarding.floating_ip["floating_ip_address"]
    assert error_of(await forwarding.change(made, external_port=8080)) == bad(
        "Another port forwarding entry with the same attributes already exists, conflicting values are "
        f"{ {'floating_ip_address': address, 'external_port': 8080} }"
    )
    assert error_of(await forwarding.change(made, external_port_range="8000:8100", internal_port_range="1")) == bad(
        "There is a port collision with the external_port_range. The following ranges collide: 8080:8080 and 8000:8100"
    )
    assert error_of(await forwarding.change(other, internal_ip_address="10.0.1.99")) == bad(
        "The internal IP does not correspond to an address on the internal port, which has fixed_ips "
        f"{forwarding.web['fixed_ips']}"
    )


async def test_a_floating_ip_forwards_or_leads_but_not_both(forwarding, place, alice):
    await forwarding.made(external_port=2222, internal_port=22)
    url = f"/v2.0/floatingips/{forwarding.floating_ip['id']}"
    told = f"Floating IP {forwarding.floating_ip['id']} in use by Port Forwarding resources."
    in_use = (409, "FipInUseByPortForwarding", told)
    assert error_of(await alice.put(url, json={"floatingip": {"port_id": forwarding.web["id"]}})) == in_use
    assert error_of(await alice.delete(url)) == in_use
    kept = (await alice.put(url, json={"floatingip": {"port_id": None}})).json()["floatingip"]
    assert kept["router_id"] == place.router["id"]

    other = await make(alice, "floatingip", floating_network_id=place.outside["id"], port_id=forwarding.db["id"])
    address = forwarding.db["fixed_ips"][0]["ip_address"]
    to_db = {"internal_port_id": forwarding.db["id"], "internal_ip_address": address}
    assert error_of(await forwarding.ask(external_port=1, internal_port=1, **to_db)) == (
        409,
        "PortHasBindingFloatingIP",
        f"Cannot create port forwarding to floating IP {other['floating_ip_address']} ({other['id']}) with port "
        f"{forwarding.db['id']} using fixed IP {address}, as that port already has a binding floating IP.",
    )
    theirs = f"/v2.0/floatingips/{other['id']}/port_forwardings"
    answer = await forwarding.ask(theirs, external_port=1, internal_port=1)
    assert error_of(answer)[:2] == (409, "FloatingIPPortAlreadyAssociated")


async def test_the_router_stays_while_ports_are_forwarded(forwarding, place, alice):
    await forwarding.made(external_port=2222, internal_port=22)
    url = f"/v2.0/routers/{place.router['id']}"
    answer = await alice.put(f"{url}/remove_router_interface", json={"subnet_id": place.subnet["id"]})
    assert error_of(answer)[:2] == (409, "RouterInterfaceInUseByFloatingIP")
    answer = await alice.put(url, json={"router": {"external_gateway_info": None}})
    assert error_of(answer)[:2] == (409, "RouterExternalGatewayInUseByFloatingIp")


async def test_forwardings_go_with_their_port_or_its_address(forwarding, place, alice):
    await forwarding.made(external_port=2222, internal_port=22)
    held = {port["fixed_ips"][0]["ip_address"] for port in (forwarding.web, forwarding.db)}
    free = next(address for address in ("10.0.0.77", "10.0.0.78", "10.0.0.79") if address not in held)
    moved = {"fixed_ips": [{"subnet_id": place.subnet["id"], "ip_address": free}]}
    assert (await alice.put(f"/v2.0/ports/{forwarding.web['id']}", json={"port": moved})).status_code == 200
    assert (await forwarding.shown())["port_forwardings"] == []
    await forwarding.made(external_port=2222, internal_port=22, internal_ip_address=free)
    assert (await alice.delete(f"/v2.0/ports/{forwarding.web['id']}")).status_code == 204
    shown = await forwarding.shown()
    assert (shown["port_forwardings"], shown["router_id"]) == ([], None)


async def test_several_at_once(forwarding, alice):
    address = forwarding.web["fixed_ips"][0]["ip_address"]
    one = {"internal_port_id": forwarding.web["id"], "internal_ip_address": address, "protocol": "tcp"}
    first, second = {**one, "external_port": 1, "internal_port": 1}, {**one, "external_port": 2, "internal_port": 2}
    answer = await alice.post(forwarding.url, json={"port_forwardings": [first, first]})
    assert error_of(answer)[1] == "BadRequest"
    answer = await alice.post(forwarding.url, json={"port_forwardings": [first, second]})
    assert [made["external_port"] for made in answer.json()["port_forwardings"]] == [1, 2]


async def test_other_projects_neither_see_nor_forward(forwarding, bob):
    made = await forwarding.made(external_port=2222, internal_port=22)
    assert error_of(await bob.get(forwarding.url))[:2] == (404, "FloatingIPNotFound")
    assert error_of(await bob.delete(f"{forwarding.url}/{made['id']}"))[:2] == (404, "FloatingIPNotFound")

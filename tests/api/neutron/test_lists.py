"""Filters, fields, sorting, pages, tags: the same for every resource."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.api.neutron.callers import error_of, make


@pytest.fixture
async def nets(admin) -> list[dict]:
    """Five networks: names d, b, b, a, and empty."""
    made = [await make(admin, "network", name=name, description=f"is {name}") for name in ("d", "b", "b", "a", "")]
    await admin.put(f"/v2.0/networks/{made[0]['id']}", json={"network": {"admin_state_up": False}})
    await admin.put(f"/v2.0/networks/{made[3]['id']}", json={"network": {"shared": True}})
    return made


async def names(client: httpx.AsyncClient, *pairs: tuple[str, str]) -> list[str]:
    answer = await client.get("/v2.0/networks", params=pairs)
    assert answer.status_code == 200, answer.text
    return [network["name"] for network in answer.json()["networks"]]


FILTERS = [
    ("equal", [("name", "b")], ["b", "b"]),
    ("any of several", [("name", "a"), ("name", "d")], ["a", "d"]),
    ("all of different attributes", [("name", "d"), ("admin_state_up", "False")], ["d"]),
    ("booleans in any spelling", [("admin_state_up", "no")], ["d"]),
    ("an attribute with a colon", [("router:external", "0"), ("shared", "true")], ["a"]),
    ("the empty string", [("name", "")], [""]),
    ("numbers", [("mtu", "1450"), ("revision_number", "2")], ["a", "d"]),
    ("the old name of the project", [("tenant_id", "p-admin"), ("description", "is b")], ["b", "b"]),
    ("nothing fits", [("project_id", "p-nobody")], []),
    ("an unknown ID", [("id", "no-such")], []),
]


@pytest.mark.parametrize(("pairs", "expected"), [row[1:] for row in FILTERS], ids=[row[0] for row in FILTERS])
async def test_filters(admin, nets, pairs, expected):
    assert sorted(await names(admin, *pairs)) == expected


async def test_filters_by_id_and_by_vni(admin, nets):
    assert await names(admin, ("id", nets[0]["id"]), ("id", nets[0]["id"])) == ["d"]
    vni = str(nets[3]["provider:segmentation_id"])
    assert await names(admin, ("provider:segmentation_id", vni), ("provider:network_type", "vxlan")) == ["a"]


BAD_QUERIES = [
    ([("colour", "red")], "HTTPBadRequest", "['colour'] is invalid attribute for filtering"),
    ([("subnets", "x"), ("name", "a")], "HTTPBadRequest", "['subnets'] is invalid attribute for filtering"),
    (
        [("admin_state_up", "perhaps")],
        "InvalidInput",
        "Invalid input for operation: 'perhaps' cannot be converted to boolean.",
    ),
    (
        [("changed_since", "yesterday")],
        "InvalidInput",
        "Invalid input for operation: The input changed_since must be in the following format: YYYY-MM-DDTHH:MM:SSZ.",
    ),
    ([("sort_key", "name")], "HTTPBadRequest", "The number of sort_keys and sort_dirs must be same"),
    (
        [("sort_key", "subnets"), ("sort_dir", "asc")],
        "HTTPBadRequest",
        "['subnets'] is invalid attribute for sort_keys",
    ),
    (
        [("sort_key", "name"), ("sort_dir", "up")],
        "HTTPBadRequest",
        "['up'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'",
    ),
    (
        [("limit", "-1")],
        "BadRequest",
        "Bad limit request: Limit must be an integer 0 or greater and not '-1'.",
    ),
]


@pytest.mark.parametrize(("pairs", "kind", "message"), BAD_QUERIES)
async def test_bad_queries(admin, nets, pairs, kind, message):
    answer = await admin.get("/v2.0/networks", params=pairs)
    assert error_of(answer) == (400, kind, message)


@pytest.mark.parametrize(
    ("since", "count"),
    [("2020-01-01T00:00:00", 5), ("2020-01-01T00:00:00Z", 5), ("2999-01-01T00:00:00", 0), ("9999-12-31T23:59:59Z", 0)],
)
async def test_what_has_changed_since(admin, nets, since, count):
    assert len(await names(admin, ("changed_since", since))) == count


async def test_fields(admin, nets):
    answer = await admin.get("/v2.0/networks", params=[("fields", "name"), ("fields", "id"), ("fields", "colour")])
    assert all(set(network) == {"name", "id"} for network in answer.json()["networks"])
    one = await admin.get(f"/v2.0/networks/{nets[0]['id']}", params={"fields": "name"})
    assert one.json() == {"network": {"name": "d"}}


async def test_fields_do_not_show_what_is_hidden(alice):
    network = await make(alice, "network")
    answer = await alice.get(f"/v2.0/networks/{network['id']}", params={"fields": "provider:network_type"})
    assert answer.json() == {"network": {}}


async def test_sorting_by_several_keys(admin, nets):
    ids = {network["id"]: place for place, network in enumerate(nets)}
    params = [("sort_key", "name"), ("sort_key", "id"), ("sort_dir", "desc"), ("sort_dir", "asc")]
    listed = (await admin.get("/v2.0/networks", params=params)).json()["networks"]
    assert [network["name"] for network in listed] == ["d", "b", "b", "a", ""]
    twins = [network["id"] for network in listed if network["name"] == "b"]
    assert twins == sorted(twins)
    assert {ids[id] for id in twins} == {1, 2}


async def test_without_being_asked_a_list_is_in_order_of_ids(admin, nets):
    listed = [network["id"] for network in (await admin.get("/v2.0/networks")).json()["networks"]]
    assert listed == sorted(listed)


async def test_pages_forward_and_back(admin, nets):
    whole = (await admin.get("/v2.0/networks")).json()["networks"]
    seen, url = [], "/v2.0/networks?limit=2&fields=id"
    while url:
        page = (await admin.get(url)).json()
        seen.append([network["id"] for network in page["networks"]])
        links = {link["rel"]: link["href"] for link in page.get("networks_links", [])}
        last, url = url, links.get("next")
    assert [len(page) for page in seen] == [2, 2, 1]
    assert [id for page in seen for id in page] == [network["id"] for network in whole]
    assert last.startswith("http://weft.test:9696/v2.0/networks?limit=2")
    back = dict(parse_qsl(urlsplit(links["previous"]).query))
    assert back == {"limit": "2", "fields": "id", "marker": seen[2][0], "page_reverse": "True"}
    previous = (await admin.get(links["previous"])).json()["networks"]
    assert [network["id"] for network in previous] == seen[1]


async def test_a_page_follows_the_order_asked_for(admin, nets):
    order = [("sort_key", "name"), ("sort_dir", "desc")]
    first = (await admin.get("/v2.0/networks", params=[*order, ("limit", "2")])).json()["networks"]
    assert [network["name"] for network in first] == ["d", "b"]
    marker = ("marker", first[-1]["id"])
    assert await names(admin, *order, ("limit", "2"), marker) == ["b", "a"]


async def test_a_page_goes_on_after_a_marker_that_no_longer_passes_the_filter(admin, nets):
    whole = [network["id"] for network in (await admin.get("/v2.0/networks")).json()["networks"]]
    await admin.put(f"/v2.0/networks/{whole[1]}", json={"network": {"description": "other"}})
    params = [("limit", "2"), ("marker", whole[1]), ("project_id", "p-admin"), ("not-tags", "x")]
    page = (await admin.get("/v2.0/networks", params=params)).json()["networks"]
    assert [network["id"] for network in page] == whole[2:4]
    others = [one for one in (await admin.get("/v2.0/networks")).json()["networks"] if one["description"] != "other"]
    wanted = [("description", one["description"]) for one in others]
    page = (await admin.get("/v2.0/networks", params=[("limit", "9"), ("marker", whole[1]), *wanted])).json()[
        "networks"
    ]
    assert [network["id"] for network in page] == whole[2:]


async def test_an_unknown_marker_is_an_unknown_object(admin, nets):
    answer = await admin.get("/v2.0/networks", params={"limit": 2, "marker": "nowhere"})
    assert error_of(answer)[:2] == (404, "NetworkNotFound")


async def test_tags(admin, nets):
    one, other = (f"/v2.0/networks/{network['id']}/tags" for network in nets[:2])
    assert (await admin.put(one, json={"tags": ["red", "blue"]})).json() == {"tags": ["red", "blue"]}
    assert (await admin.put(f"{other}/red")).status_code == 201
    assert (await admin.get(one)).json() == {"tags": ["blue", "red"]}
    assert (await admin.get(f"{one}/red")).status_code == 204
    assert error_of(await admin.get(f"{one}/green")) == (404, "TagNotFound", "Tag green could not be found.")
    assert (await names(admin, ("tags", "red,blue"))) == ["d"]
    assert sorted(await names(admin, ("tags-any", "red,blue"))) == ["b", "d"]
    assert sorted(await names(admin, ("not-tags", "red,blue"))) == ["", "a", "b", "b"]
    assert sorted(await names(admin, ("not-tags-any", "red,blue"))) == ["", "a", "b"]
    assert (await admin.post(one, json={"tags": ["green"]})).status_code == 200
    assert (await admin.get(one)).json() == {"tags": ["blue", "green", "red"]}
    assert (await admin.delete(f"{one}/red")).status_code == 204
    assert (await admin.delete(f"{one}/red")).status_code == 404
    assert (await admin.delete(one)).status_code == 204
    assert (await admin.get(one)).json() == {"tags": []}


async def test_a_tag_may_hold_anything(admin, nets):
    url = f"/v2.0/networks/{nets[0]['id']}/tags"
    assert (await admin.put(f"{url}/a%2Fb%20c")).status_code == 201
    assert (await admin.get(url)).json() == {"tags": ["a/b c"]}
    assert (await admin.delete(f"{url}/a%2Fb%20c")).status_code == 204


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Invalid input for operation: Invalid tags body."),
        ({"tags": "red"}, "Invalid input for operation: 'red' is not a list."),
        ({"tags": ["red", "red"]}, "Invalid input for operation: Duplicate items in the list: 'red'."),
        ({"tags": [5]}, "Invalid input for operation: '5' is not a valid string."),
        (
            {"tags": [str(n) for n in range(51)]},
            "Bad networks request: The number of tags exceed the per-resource limit of 50.",
        ),
    ],
)
async def test_tags_that_are_refused(admin, nets, body, message):
    answer = await admin.put(f"/v2.0/networks/{nets[0]['id']}/tags", json=body)
    assert error_of(answer)[::2] == (400, message)


async def test_only_the_owner_tags(alice, bob, nets):
    shared = f"/v2.0/networks/{nets[3]['id']}/tags"
    assert (await bob.get(shared)).status_code == 200
    assert error_of(await bob.put(shared, json={"tags": ["x"]})) == (
        403,
        "PolicyNotAuthorized",
        "rule:update_network:tags is disallowed by policy",
    )
    assert (await bob.get(f"/v2.0/networks/{nets[0]['id']}/tags")).status_code == 404


async def test_ports_by_their_addresses(admin):
    network = await make(admin, "network")
    subnet = await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    for name, address in (("one", "10.0.0.11"), ("two", "10.0.0.12")):
        ips = [{"ip_address": address}]
        mac = f"52:54:00:00:00:{address[-2:]}"
        await make(admin, "port", name=name, network_id=network["id"], fixed_ips=ips, mac_address=mac, device_id=name)

    async def ports(*pairs: tuple[str, str]) -> list[str]:
        answer = await admin.get("/v2.0/ports", params=pairs)
        assert answer.status_code == 200, answer.text
        return sorted(port["name"] for port in answer.json()["ports"])

    assert await ports(("fixed_ips", "ip_address=10.0.0.11")) == ["one"]
    assert await ports(("fixed_ips", "ip_address=10.0.0.11"), ("fixed_ips", "ip_address=10.0.0.12")) == ["one", "two"]
    assert await ports(("fixed_ips", f"subnet_id={subnet['id']}"), ("fixed_ips", "ip_address=10.0.0.12")) == ["two"]
    assert await ports(("fixed_ips", "ip_address_substr=0.0.1")) == ["one", "two"]
    assert await ports(("fixed_ips", "subnet_id=none")) == []
    assert await ports(("mac_address", "52-54-00-00-00-11")) == ["one"]
    assert await ports(("network_id", network["id"]), ("device_id", "two")) == ["two"]
    assert await ports(("binding:host_id", "")) == ["one", "two"]
    answer = await admin.get("/v2.0/ports", params={"fixed_ips": "10.0.0.11"})
    assert error_of(answer)[2] == "Invalid input for operation: '10.0.0.11' is not of the form <key>=[value]."


async def test_a_tenants_list_is_what_it_may_see_one_by_one(store, admin, alice, bob):
    shared = await make(admin, "network", shared=True)
    external = await make(admin, "network", **{"router:external": True})
    private = await make(admin, "network")
    own = await make(alice, "network")
    for network, net in ((shared, 1), (external, 2), (private, 3), (own, 4)):
        await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr=f"10.{net}.0.0/24")
        await make(admin, "port", network_id=network["id"])
    await make(alice, "port", network_id=shared["id"])
    for client in (alice, bob):
        for kind in ("network", "subnet", "port"):
            everything = (await admin.get(f"/v2.0/{kind}s")).json()[f"{kind}s"]
            one_by_one = [
                each["id"]
                for each in everything
                if (await client.get(f"/v2.0/{kind}s/{each['id']}")).status_code == 200
            ]
            listed = (await client.get(f"/v2.0/{kind}s")).json()[f"{kind}s"]
            assert [each["id"] for each in listed] == one_by_one


async def test_a_marker_that_is_not_there_is_refused_of_networks_and_overlooked_of_subnets(admin, alice):
    network = await make(alice, "network")
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    marker = "limit=5&marker=00000000-0000-0000-0000-000000000007"
    assert error_of(await alice.get(f"/v2.0/networks?{marker}"))[:2] == (404, "NetworkNotFound")
    listed = (await alice.get(f"/v2.0/subnets?{marker}")).json()
    assert [each["id"] for each in listed["subnets"]] == [subnet["id"]]

"""`/v2.0/networks`: the verbs, and who may do what."""

import httpx
import pytest


async def create(client: httpx.AsyncClient, **values) -> dict:
    answer = await client.post("/v2.0/networks", json={"network": values})
    assert answer.status_code == 201, answer.text
    return answer.json()["network"]


async def test_a_network_lives(alice):
    network = await create(alice, name="web")
    assert network["status"] == "ACTIVE"
    assert network["mtu"] == 1450
    assert network["project_id"] == network["tenant_id"] == "p-alice"
    assert network["revision_number"] == 1
    assert network["subnets"] == []

    url = f"/v2.0/networks/{network['id']}"
    assert (await alice.get(url)).json() == {"network": network}
    assert (await alice.get("/v2.0/networks")).json() == {"networks": [network]}

    answer = await alice.put(url, json={"network": {"name": "db", "admin_state_up": False}})
    changed = answer.json()["network"]
    assert (changed["name"], changed["admin_state_up"], changed["revision_number"]) == ("db", False, 2)
    assert answer.headers["X-Weft-Receipt"].startswith("a-")

    gone = await alice.delete(url)
    assert (gone.status_code, gone.content) == (204, b"")
    error = (await alice.get(url)).json()
    assert error == {
        "NeutronError": {
            "type": "NetworkNotFound",
            "message": f"Network {network['id']} could not be found.",
            "detail": "",
        }
    }


async def test_writing_what_is_already_so_writes_nothing(alice):
    network = await create(alice, name="web")
    answer = await alice.put(f"/v2.0/networks/{network['id']}", json={"network": {"name": "web"}})
    assert answer.json()["network"]["revision_number"] == 1
    assert "X-Weft-Receipt" not in answer.headers


async def test_other_projects_see_only_what_is_shared(admin, alice, bob):
    private = await create(alice, name="private")
    shared = await create(admin, name="shared", shared=True)
    external = await create(admin, name="external", **{"router:external": True})
    seen = {network["name"] for network in (await bob.get("/v2.0/networks")).json()["networks"]}
    assert seen == {"shared", "external"}
    for verb in ("GET", "PUT", "DELETE"):
        body = {"network": {"name": "x"}} if verb == "PUT" else None
        answer = await bob.request(verb, f"/v2.0/networks/{private['id']}", json=body)
        assert (answer.status_code, answer.json()["NeutronError"]["type"]) == (404, "NetworkNotFound")
        if verb != "GET":
            for public in (shared, external):
                answer = await bob.request(verb, f"/v2.0/networks/{public['id']}", json=body)
                assert answer.status_code == 403
                assert answer.json()["NeutronError"]["type"] == "PolicyNotAuthorized"


async def test_only_an_administrator_sees_and_sets_the_provider_side(admin, alice):
    mine = await create(alice, name="web")
    assert not [name for name in mine if name.startswith("provider:")]
    seen = (await admin.get(f"/v2.0/networks/{mine['id']}")).json()["network"]
    assert seen["provider:network_type"] == "vxlan"
    assert seen["provider:physical_network"] is None
    assert 1 <= seen["provider:segmentation_id"] < 2**24

    body = {"network": {"provider:network_type": "vxlan", "provider:segmentation_id": 4711, "shared": True}}
    refused = await alice.post("/v2.0/networks", json=body)
    assert refused.status_code == 403
    assert refused.json()["NeutronError"] == {
        "type": "PolicyNotAuthorized",
        "message": "(((rule:create_network and rule:create_network:shared) and "
        "rule:create_network:provider:network_type) and rule:create_network:provider:segmentation_id) "
        "is disallowed by policy",
        "detail": "",
    }


async def test_a_reader_may_not_write(store, alice):
    from tests.api.neutron.callers import client_for

    async with client_for(store, "reader") as reader:
        answer = await reader.post("/v2.0/networks", json={"network": {}})
        assert answer.status_code == 403
        assert answer.json()["NeutronError"]["message"] == "rule:create_network is disallowed by policy"
        assert (await reader.get("/v2.0/networks")).status_code == 200


async def test_bulk_is_all_or_nothing(alice):
    good = {"networks": [{"name": "one"}, {"name": "two"}]}
    made = (await alice.post("/v2.0/networks", json=good)).json()["networks"]
    assert [network["name"] for network in made] == ["one", "two"]
    bad = {"networks": [{"name": "three"}, {"name": "four", "mtu": 9000}]}
    answer = await alice.post("/v2.0/networks", json=bad)
    assert answer.status_code == 400
    assert answer.json()["NeutronError"]["type"] == "InvalidInput"
    assert len((await alice.get("/v2.0/networks")).json()["networks"]) == 2


async def test_bulk_has_a_limit(alice):
    answer = await alice.post("/v2.0/networks", json={"networks": [{}] * 1001})
    assert answer.status_code == 400
    assert "At most 1000 networks" in answer.json()["NeutronError"]["message"]


BAD_BODIES = [
    ("nothing", b"", "HTTPBadRequest", "Unable to find 'network' in request body"),
    ("no JSON", b"{", "HTTPBadRequest", "Body contains invalid data"),
    ("no object", b"[]", "HTTPBadRequest", "Body contains invalid data"),
    ("empty", b"{}", "HTTPBadRequest", "Unable to find 'network' in request body"),
    ("no network", b'{"net": {}}', "HTTPBadRequest", "Unable to find 'network' in request body"),
    ("not a dictionary", b'{"network": 1}', "HTTPBadRequest", "Object 'network' contains invalid data"),
    ("empty bulk", b'{"networks": []}', "HTTPBadRequest", "Resources required"),
    ("bulk of nothing", b'{"networks": {}}', "HTTPBadRequest", "Resources required"),
    ("bulk of words", b'{"networks": ["x"]}', "HTTPBadRequest", "Object 'network' contains invalid data"),
    ("unknown", b'{"network": {"colour": 1}}', "HTTPBadRequest", "Unrecognized attribute(s) 'colour'"),
    ("read-only", b'{"network": {"status": "DOWN"}}', "HTTPBadRequest", "Attribute 'status' not allowed in POST"),
    (
        "wrong type",
        b'{"network": {"name": 5}}',
        "HTTPBadRequest",
        "Invalid input for name. Reason: '5' is not a valid string.",
    ),
    (
        "no boolean",
        b'{"network": {"admin_state_up": "perhaps"}}',
        "InvalidInput",
        "Invalid input for operation: 'perhaps' cannot be converted to boolean.",
    ),
    (
        "somebody else's",
        b'{"network": {"project_id": "p-bob"}}',
        "HTTPBadRequest",
        "Specifying 'project_id' other than the authenticated project in request is not allowed for the current user.",
    ),
    (
        "two owners",
        b'{"network": {"project_id": "p-alice", "tenant_id": "p-bob"}}',
        "HTTPBadRequest",
        "'project_id' and 'tenant_id' do not match",
    ),
]


@pytest.mark.parametrize(
    ("body", "kind", "message"), [row[1:] for row in BAD_BODIES], ids=[row[0] for row in BAD_BODIES]
)
async def test_bad_bodies_are_refused(alice, body, kind, message):
    answer = await alice.post("/v2.0/networks", content=body)
    assert answer.status_code == 400
    assert answer.json()["NeutronError"] == {"type": kind, "message": message, "detail": ""}
    assert (await alice.get("/v2.0/networks")).json() == {"networks": []}


async def test_only_put_attributes_can_change(alice):
    network = await create(alice)
    answer = await alice.put(f"/v2.0/networks/{network['id']}", json={"network": {"status": "DOWN"}})
    assert answer.json()["NeutronError"]["message"] == "Cannot update read-only attribute status"


async def test_if_match_holds_a_change_to_a_revision(alice):
    network = await create(alice)
    url = f"/v2.0/networks/{network['id']}"
    change = {"network": {"name": "x"}}
    ok = await alice.put(url, json=change, headers={"If-Match": "revision_number=1"})
    assert ok.status_code == 200
    late = await alice.put(url, json={"network": {"name": "y"}}, headers={"If-Match": "revision_number=1"})
    assert late.status_code == 412
    assert late.json()["NeutronError"]["type"] == "RevisionNumberConstraintFailed"
    assert late.json()["NeutronError"]["message"] == "Constrained to 1, but current revision is 2"
    assert (await alice.delete(url, headers={"If-Match": "revision_number=7"})).status_code == 412

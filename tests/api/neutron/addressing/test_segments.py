"""Provider attributes, segments and their ranges over HTTP: answers and refusals as a stock Neutron 29 gives them."""

import pytest

from tests.api.neutron.callers import error_of, make, refused

TYPE, PLACE, NUMBER = "provider:network_type", "provider:physical_network", "provider:segmentation_id"
NOBODY = "11111111-1111-1111-1111-111111111111"


def provider(network):
    return network[TYPE], network[PLACE], network[NUMBER]


async def segments(client, network_id):
    answer = await client.get(f"/v2.0/segments?network_id={network_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()["segments"]


async def segment_range(client, **values):
    body = {"network_segment_range": {"name": "r", "network_type": "vxlan", **values}}
    return await client.post("/v2.0/network-segment-ranges", json=body)


NETWORKS = [
    ({TYPE: "flat", PLACE: "public"}, ("flat", "public", None), 1500),
    ({TYPE: "vlan", PLACE: "physnet1", NUMBER: 7}, ("vlan", "physnet1", 7), 1500),
    ({TYPE: "gre", NUMBER: 77}, ("gre", None, 77), 1458),
    ({TYPE: "geneve", NUMBER: 77}, ("geneve", None, 77), 1442),
    ({TYPE: "local"}, ("local", None, None), 1500),
    ({TYPE: "vxlan", NUMBER: 300, PLACE: ""}, ("vxlan", None, 300), 1450),
]


@pytest.mark.parametrize(("asked", "shown", "mtu"), NETWORKS, ids=[case[1][0] for case in NETWORKS])
async def test_networks_of_every_type(admin, asked, shown, mtu):
    network = await make(admin, "network", **asked)
    assert (provider(network), network["mtu"]) == (shown, mtu)
    assert "segments" not in network
    found = await admin.get(f"/v2.0/networks?{TYPE}={shown[0]}")
    assert [one["id"] for one in found.json()["networks"]] == [network["id"]]
    (segment,) = await segments(admin, network["id"])
    assert (segment["network_type"], segment["physical_network"], segment["segmentation_id"]) == shown
    assert (segment["name"], segment["description"]) == (None, None)
    assert (await admin.delete(f"/v2.0/networks/{network['id']}")).status_code == 204
    assert provider(await make(admin, "network", **asked)) == shown  # free again


REFUSED = [
    ({TYPE: "flat"}, "physical_network required for flat provider network"),
    ({TYPE: "flat", PLACE: "public", NUMBER: 5}, "segmentation_id prohibited for flat provider network"),
    ({TYPE: "vlan", NUMBER: 9}, "segmentation_id requires physical_network for VLAN provider network"),
    ({TYPE: "vlan", PLACE: "p", NUMBER: 5000}, "segmentation_id out of range (1 through 4094)"),
    ({TYPE: "vlan", PLACE: "p", NUMBER: 0}, "segmentation_id out of range (1 through 4094)"),
    ({TYPE: "geneve", PLACE: "p"}, "provider:physical_network specified for geneve network"),
    ({TYPE: "local", PLACE: "p"}, "physical_network prohibited for local provider network"),
    ({TYPE: "local", NUMBER: 4}, "segmentation_id prohibited for local provider network"),
    ({TYPE: "nix"}, "network_type value 'nix' not supported"),
    ({PLACE: "p"}, "network_type required"),
    ({NUMBER: 5}, "network_type required"),
    ({"segments": [{PLACE: "p"}]}, "network_type required"),
    ({"segments": [{TYPE: "vxlan", NUMBER: "abc"}]}, "'abc' is not an integer"),
    ({TYPE: "vlan", PLACE: "p", "mtu": 9000}, "Requested MTU is too big, maximum is 1500"),
]


@pytest.mark.parametrize(("asked", "reason"), REFUSED, ids=[str(case[0]) for case in REFUSED])
async def test_provider_attributes_that_make_no_sense(admin, asked, reason):
    message = f"Invalid input for operation: {reason}."
    assert await refused(admin, "network", **asked) == (400, "InvalidInput", message)


async def test_numbers_are_given_once(admin):
    await make(admin, "network", **{TYPE: "flat", PLACE: "public"})
    assert await refused(admin, "network", **{TYPE: "flat", PLACE: "public"}) == (
        409,
        "FlatNetworkInUse",
        "Unable to create the flat network. Physical network public is in use.",
    )
    vlan = await make(admin, "network", **{TYPE: "vlan", PLACE: "foo", NUMBER: 7})
    taken = (409, "VlanIdInUse", "Unable to create the network. The VLAN 7 on physical network foo is in use.")
    assert await refused(admin, "network", **{TYPE: "vlan", PLACE: "foo", NUMBER: 7}) == taken
    other = await make(admin, "network", **{TYPE: "vlan", PLACE: "foo"})
    assert 1 <= other[NUMBER] <= 4094
    path = f"/v2.0/networks/{other['id']}"
    assert error_of(await admin.put(path, json={"network": {NUMBER: 7}})) == taken
    moved = (await admin.put(path, json={"network": {NUMBER: 8}})).json()["network"]
    assert (provider(moved), (await segments(admin, other["id"]))[0]["segmentation_id"]) == (("vlan", "foo", 8), 8)
    answer = await admin.put(f"/v2.0/networks/{vlan['id']}", json={"network": {PLACE: "public"}})
    assert error_of(answer) == (
        400,
        "InvalidInput",
        "Invalid input for operation: Plugin does not support updating the following provider network attributes: "
        "provider:physical_network, provider:network_type.",
    )
    usual = await make(admin, "network")
    answer = await admin.put(f"/v2.0/networks/{usual['id']}", json={"network": {NUMBER: 9}})
    assert error_of(answer)[2] == "Invalid input for operation: Only VLAN type networks can be updated.."


async def test_vlans_need_no_physical_network(admin):
    assert (await make(admin, "network", **{TYPE: "vlan"}))[PLACE] == "physnet1"
    made = await segment_range(admin, network_type="vlan", physical_network="public", minimum=10, maximum=10)
    assert made.json()["network_segment_range"]["available"] == [10]
    assert provider(await make(admin, "network", **{TYPE: "vlan"})) == ("vlan", "public", 10)
    assert provider(await make(admin, "network", **{TYPE: "vlan"}))[1] == "public"


async def test_several_segments(admin, alice):
    asked = [{TYPE: "vxlan", NUMBER: 301}, {TYPE: "vlan", PLACE: "foo", NUMBER: 3}]
    network = await make(admin, "network", name="many", segments=asked, shared=True)
    shown = [{**asked[0], PLACE: None}, asked[1]]
    assert (network["segments"], network["mtu"]) == (shown, 1450)
    assert not {TYPE, PLACE, NUMBER} & network.keys()
    seen = (await alice.get(f"/v2.0/networks/{network['id']}")).json()["network"]
    assert not {"segments", TYPE, PLACE, NUMBER} & seen.keys()
    assert await refused(admin, "network", **{TYPE: "vxlan", NUMBER: 301}) == (
        409,
        "TunnelIdInUse",
        "Unable to create the network. The tunnel ID 301 is in use.",
    )
    unchanged = await admin.put(f"/v2.0/networks/{network['id']}", json={"network": {"segments": [{TYPE: "gre"}]}})
    assert unchanged.json()["network"]["segments"] == shown
    answer = await admin.put(f"/v2.0/networks/{network['id']}", json={"network": {NUMBER: 8}})
    assert error_of(answer)[2] == (
        "Invalid input for operation: Provider network attributes can be updated only in provider networks with a "
        "single segment.."
    )
    for wrong, kind, message in (
        ([{TYPE: "vxlan", NUMBER: 9}] * 2, "SegmentsContainDuplicateEntry", "Duplicate segment entry in request."),
        ([{TYPE: "vxlan", "x": 1}], "HTTPBadRequest", "Unrecognized attribute(s) 'x'"),
    ):
        assert await refused(admin, "network", segments=wrong) == (400, kind, message)
    assert await refused(admin, "network", segments=[{TYPE: "vxlan"}], **{TYPE: "vxlan"}) == (
        400,
        "SegmentsSetInConjunctionWithProviders",
        "Segments and provider values cannot both be set.",
    )
    assert (await alice.post("/v2.0/networks", json={"network": {"segments": asked}})).status_code == 403


async def test_segments_come_and_go(admin, alice):
    network = await make(admin, "network")
    (first,) = await segments(admin, network["id"])
    assert (first["network_type"], first["segmentation_id"]) == ("vxlan", network[NUMBER])
    path = f"/v2.0/segments/{first['id']}"
    assert (await admin.get(path)).json()["segment"] == first
    assert (await admin.get(f"/v2.0/segments?id={first['id']}")).json()["segments"] == [first]
    named = (await admin.put(path, json={"segment": {"name": "one", "description": "d"}})).json()["segment"]
    assert (named["name"], named["description"], named["id"]) == ("one", "d", first["id"])
    second = await make(
        admin,
        "segment",
        network_id=network["id"],
        network_type="vlan",
        physical_network="foo",
        segmentation_id=9,
        name="two",
    )
    shown = (await admin.get(f"/v2.0/networks/{network['id']}")).json()["network"]
    assert [one[TYPE] for one in shown["segments"]] == ["vxlan", "vlan"]
    assert {one["id"] for one in await segments(admin, network["id"])} == {first["id"], second["id"]}
    assert [one["id"] for one in (await admin.get("/v2.0/segments?name=two")).json()["segments"]] == [second["id"]]
    for values, status, kind, message in (
        ({}, 400, "HTTPBadRequest", "Failed to parse request. Required attribute 'network_type' not specified"),
        (
            {"network_type": "flat"},
            400,
            "InvalidInput",
            "Invalid input for operation: physical_network required for flat provider network.",
        ),
        (
            {"network_type": "vxlan", "network_id": NOBODY},
            404,
            "NetworkNotFound",
            f"Network {NOBODY} could not be found.",
        ),
        (
            {"network_type": "vlan", "physical_network": "foo", "segmentation_id": 9},
            409,
            "VlanIdInUse",
            "Unable to create the network. The VLAN 9 on physical network foo is in use.",
        ),
    ):
        assert await refused(admin, "segment", **{"network_id": network["id"], **values}) == (status, kind, message)
    for id in (first["id"], second["id"]):
        assert (await admin.delete(f"/v2.0/segments/{id}")).status_code == 204
        assert error_of(await admin.get(f"/v2.0/segments/{id}")) == (
            404,
            "SegmentNotFound",
            f"Segment {id} could not be found.",
        )
    bare = (await admin.get(f"/v2.0/networks/{network['id']}")).json()["network"]
    assert provider(bare) == (None, None, None)
    await make(admin, "segment", network_id=network["id"], network_type="gre", segmentation_id=5)
    filled = (await admin.get(f"/v2.0/networks/{network['id']}")).json()["network"]
    assert provider(filled) == ("gre", None, 5)
    assert (await admin.delete(f"/v2.0/networks/{network['id']}")).status_code == 204
    assert (await admin.get("/v2.0/segments")).json() == {"segments": []}


async def test_subnets_on_segments(admin):
    network, other = await make(admin, "network"), await make(admin, "network")
    (here,), (there,) = await segments(admin, network["id"]), await segments(admin, other["id"])
    subnet = {"network_id": network["id"], "ip_version": 4, "cidr": "10.9.0.0/24"}
    placed = await make(admin, "subnet", **subnet, segment_id=here["id"])
    assert placed["segment_id"] == here["id"]
    assert not (await admin.get(f"/v2.0/networks/{network['id']}")).json()["network"]["l2_adjacency"]
    for values, status, kind, message in (
        (
            {"cidr": "10.9.1.0/24"},
            400,
            "SubnetsNotAllAssociatedWithSegments",
            f"All of the subnets on network '{network['id']}' must either all be associated with segments or all not "
            "associated with any segment.",
        ),
        (
            {"cidr": "10.9.1.0/24", "segment_id": there["id"]},
            400,
            "NetworkIdsDontMatch",
            f"The subnet's network id, '{network['id']}', doesn't match the network_id of segment '{there['id']}'",
        ),
        (
            {"cidr": "10.9.1.0/24", "segment_id": NOBODY},
            404,
            "SegmentNotFound",
            f"Segment {NOBODY} could not be found.",
        ),
    ):
        assert await refused(admin, "subnet", **{**subnet, **values}) == (status, kind, message)
    assert error_of(await admin.delete(f"/v2.0/segments/{here['id']}"))[:2] == (409, "SegmentInUse")
    loose = await make(admin, "subnet", **{**subnet, "network_id": other["id"]})
    path = f"/v2.0/subnets/{loose['id']}"
    moved = await admin.put(path, json={"subnet": {"segment_id": there["id"]}})
    assert moved.json()["subnet"]["segment_id"] == there["id"]
    assert error_of(await admin.put(path, json={"subnet": {"segment_id": here["id"]}})) == (
        400,
        "SubnetSegmentAssociationChangeNotAllowed",
        "A subnet that is already associated with a segment cannot have its segment association changed.",
    )
    assert (await admin.delete(f"/v2.0/networks/{network['id']}")).status_code == 204


async def test_a_projects_networks_are_numbered_from_its_range(admin, alice):
    made = await segment_range(admin, shared=False, minimum=1100, maximum=1101, project_id="p-alice")
    assert made.status_code == 201, made.text
    range_ = made.json()["network_segment_range"]
    assert (range_["default"], range_["shared"], range_["project_id"]) == (False, False, "p-alice")
    assert (range_["physical_network"], range_["used"], range_["available"]) == ("", {}, [1100, 1101])
    listed = await admin.get(f"/v2.0/network-segment-ranges?id={range_['id']}")
    assert listed.json()["network_segment_ranges"] == [range_]
    numbers = set()
    for _ in range(2):
        network = await make(alice, "network")
        shown = (await admin.get(f"/v2.0/networks/{network['id']}")).json()["network"]
        numbers.add(shown[NUMBER])
    assert numbers == {1100, 1101}
    path = f"/v2.0/network-segment-ranges/{range_['id']}"
    shown = (await admin.get(path)).json()["network_segment_range"]
    assert (shown["used"], shown["available"]) == ({"1100": "p-alice", "1101": "p-alice"}, [])
    referenced = (
        409,
        "NetworkSegmentRangeReferencedByProject",
        f"Network Segment Range {range_['id']} is referenced by one or more project networks.",
    )
    assert error_of(await admin.put(path, json={"network_segment_range": {"minimum": 1101}})) == referenced
    assert error_of(await admin.delete(path)) == referenced
    wider = await admin.put(path, json={"network_segment_range": {"minimum": 1000, "name": "wide"}})
    assert wider.json()["network_segment_range"]["minimum"] == 1000
    assert (await make(admin, "network"))[NUMBER] not in range(1000, 1102)


async def test_ranges_that_make_no_sense(admin):
    first = (await segment_range(admin, minimum=100, maximum=105, network_type="gre")).json()["network_segment_range"]
    assert (first["shared"], first["project_id"]) == (True, None)
    for values, status, kind, message in (
        (
            {"network_type": "gre", "minimum": 105, "maximum": 110},
            409,
            "NetworkSegmentRangeOverlaps",
            f"Network segment range overlaps with range(s) with id {first['id']}",
        ),
        (
            {"network_type": "vlan", "minimum": 1, "maximum": 5},
            400,
            "BadRequest",
            "Bad network_segment_range request: Network type vlan requires 'physical_network' to be specified while "
            "creating new range.",
        ),
        (
            {"network_type": "vlan", "minimum": 1, "maximum": 5105, "physical_network": "foo"},
            400,
            "NetworkVlanRangeError",
            "Invalid network VLAN range: '1:5105' - '5105 is not a valid VLAN tag'.",
        ),
        (
            {"minimum": 105, "maximum": 100},
            400,
            "NetworkTunnelRangeError",
            "Invalid network tunnel range: '105:100' - End of tunnel range is less than start of tunnel range.",
        ),
        (
            {"network_type": "geneve", "minimum": 0, "maximum": 5},
            400,
            "HTTPBadRequest",
            "Invalid input for minimum. Reason: '0' is too small - must be at least '1'.",
        ),
        (
            {"network_type": "flat", "minimum": 1, "maximum": 5},
            400,
            "HTTPBadRequest",
            "Invalid input for network_type. Reason: flat is not in valid_values.",
        ),
    ):
        assert error_of(await segment_range(admin, **values)) == (status, kind, message)


async def test_the_usual_ranges_stay(admin, alice):
    listed = (await admin.get("/v2.0/network-segment-ranges")).json()["network_segment_ranges"]
    assert sorted(one["network_type"] for one in listed if one["default"]) == ["geneve", "gre", "vlan", "vxlan"]
    path = f"/v2.0/network-segment-ranges/{listed[0]['id']}"
    assert (await admin.get(path)).json()["network_segment_range"] == listed[0]
    read_only = (
        400,
        "NetworkSegmentRangeDefaultReadOnly",
        f"Network Segment Range {listed[0]['id']} is a default segment range which could not be updated or deleted.",
    )
    assert error_of(await admin.put(path, json={"network_segment_range": {"name": "x"}})) == read_only
    assert error_of(await admin.delete(path)) == read_only
    assert (await segment_range(alice, minimum=1, maximum=2)).status_code == 403
    assert error_of(await admin.get(f"/v2.0/network-segment-ranges/{NOBODY}"))[:2] == (
        404,
        "NetworkSegmentRangeNotFound",
    )


async def test_frames_with_tags_of_their_own(alice):
    assert (await make(alice, "network", vlan_transparent=True))["vlan_transparent"] is True
    assert (await make(alice, "network", qinq="true"))["qinq"] is True
    assert (await make(alice, "network"))["vlan_transparent"] is False
    assert await refused(alice, "network", vlan_transparent=True, qinq=True) == (
        400,
        "BadRequest",
        "Bad network request: Attributes 'vlan_transparent' and 'qinq' can not be set to True for the same network..",
    )


async def test_placement_is_told_of_the_physical_network(admin):
    network = await make(admin, "network", **{TYPE: "vlan", PLACE: "physnet-1", NUMBER: 7})
    answer = await admin.post("/v2.0/qos/policies", json={"policy": {"name": "least"}})
    policy = answer.json()["policy"]["id"]
    rule = {"minimum_bandwidth_rule": {"min_kbps": 1000, "direction": "egress"}}
    path = f"/v2.0/qos/policies/{policy}/minimum_bandwidth_rules"
    assert (await admin.post(path, json=rule)).status_code == 201
    port = await make(admin, "port", network_id=network["id"], qos_policy_id=policy)
    (group,) = port["resource_request"]["request_groups"]
    assert group["required"] == ["CUSTOM_PHYSNET_PHYSNET_1", "CUSTOM_VNIC_TYPE_NORMAL"]

"""The lab's commands, word for word as they are promised. The tests of this file tell one story, in order."""

import sys

import pytest

from .conftest import BIN, Corner, eventually

pytestmark = pytest.mark.lab

WEFT = str(BIN / "weft")


def healthy(lab: Corner) -> bool:
    return bool(lab.json("lab", "status")["healthy"])


def digests(lab: Corner) -> set[str]:
    return {node["digest"] for site in lab.json("lab", "status")["sites"] for node in site["nodes"]}


def addresses(lab: Corner, name: str) -> list[str]:
    machine = next(each for each in lab.json("lab", "machine", "list") if each["name"] == name)
    return list(machine["devices"][0]["addresses"])


def test_status_tells_sites_nodes_pids_addresses_and_health(lab):
    status = lab.json("lab", "status")
    assert status["healthy"]
    assert [site["name"] for site in status["sites"]] == ["a", "b", "c"]
    for site in status["sites"]:
        assert [node["name"] for node in site["nodes"]] == [f"{site['name']}1", f"{site['name']}2"]
        assert site["nodes"][0]["nats_pid"]
        assert not site["nodes"][1]["nats_pid"]
        for node in site["nodes"]:
            assert node["weftd_pid"]
            assert "/weft/v1" not in node["api_url"]
            assert lab.run("curl", "-sf", node["api_url"]).returncode == 0
    assert len(digests(lab)) == 1


def test_up_again_changes_nothing(lab):
    before = lab.json("lab", "status")
    lab.weft("lab", "up")
    after = lab.json("lab", "status")
    pids = [[n["pids"] for s in status["sites"] for n in s["nodes"]] for status in (before, after)]
    assert pids[0] == pids[1]


def test_up_with_another_size_says_what_to_do(lab):
    assert "weft lab down" in lab.refused("lab", "up", "--sites", "4")


LIST_EVERYWHERE = """
import sys, openstack
for cloud in sys.argv[1:]:
    connection = openstack.connect(cloud=cloud)
    print(cloud, connection.current_project.name, len(list(connection.network.networks())))
"""


def test_stock_clients_log_in_at_every_site_as_admin_and_as_tenant(lab):
    clouds = [f"weft-{site}{user}" for site in "abc" for user in ("", "-demo")]
    said = lab.sh(f"{sys.executable} -c '{LIST_EVERYWHERE}' {' '.join(clouds)}")
    assert said.splitlines() == [f"{cloud} {cloud if cloud.endswith('demo') else 'admin'} 0" for cloud in clouds]
    assert lab.openstack("weft-b-demo", "network", "list") == []


def test_machines_get_their_addresses_and_reach_each_other(lab, tapestry):
    for site in "abc":
        made = lab.json("lab", "machine", "add", f"web-{site}", "--site", site, "--network", "tapestry")
        assert made["node"] == f"{site}1"
        assert len(made["devices"][0]["addresses"]) == 2
    for machine in lab.json("lab", "machine", "list"):
        port = lab.api("b", "GET", f"/v2.0/ports/{machine['devices'][0]['port_id']}")["port"]
        assert (port["status"], port["binding:host_id"]) == ("ACTIVE", machine["node"])
        assert {each["ip_address"] for each in port["fixed_ips"]} == set(machine["devices"][0]["addresses"])
    everywhere = [address for site in "abc" for address in addresses(lab, f"web-{site}")]
    assert {site: lab.unanswered(f"web-{site}", *everywhere) for site in "abc"} == {"a": [], "b": [], "c": []}


def test_the_least_loaded_node_is_taken_and_given_ports_are_kept(lab, tapestry):
    port = lab.openstack("weft-a-demo", "port", "create", "--network", tapestry["network"], "given")["id"]
    made = lab.json("lab", "machine", "add", "guest", "--site", "a", "--port", port)
    assert made["node"] == "a2"
    assert not lab.unanswered("guest", *addresses(lab, "web-b"))
    lab.weft("lab", "machine", "delete", "guest")
    left = lab.api("a", "GET", f"/v2.0/ports/{port}")["port"]
    assert (left["device_id"], left["binding:host_id"], left["status"]) == ("", "", "DOWN")
    lab.api("a", "DELETE", f"/v2.0/ports/{port}")


def test_exec_passes_input_and_exit_code(lab):
    done = lab.run(WEFT, "lab", "exec", "web-a", "--", "sh", "-c", "cat; hostname; exit 7", stdin="hello\n")
    assert (done.returncode, done.stdout) == (7, "hello\nweb-a\n")
    assert lab.run(WEFT, "lab", "exec", "web-a", "--", "ip", "-j", "link", "show", "eth0").returncode == 0
    assert "no machine" in lab.refused("lab", "exec", "nobody", "--", "true")


def test_a_machine_moves_with_its_mac_and_addresses(lab):
    before = next(m for m in lab.json("lab", "machine", "list") if m["name"] == "web-a")
    moved = lab.json("lab", "machine", "move", "web-a", "--node", "a2")
    assert moved["node"] == "a2"
    for name in ("mac", "addresses", "port_id"):
        assert moved["devices"][0][name] == before["devices"][0][name]
    assert not lab.unanswered("web-a", *addresses(lab, "web-b"), *addresses(lab, "web-c"))
    assert not lab.unanswered("web-c", *addresses(lab, "web-a"))


def test_a_machine_that_cannot_be_leaves_nothing(lab):
    assert "no network" in lab.refused("lab", "machine", "add", "ghost", "--site", "a", "--network", "nowhere")
    assert "there is a machine" in lab.refused("lab", "machine", "add", "web-a", "--site", "a", "--network", "tapestry")
    assert "ghost" not in lab.weft("lab", "machine", "list")
    assert "weft-m-ghost" not in lab.sh("ip netns")


DIE_AT = """
import os, sys
from weft.lab import machine_verbs
from weft.lab.home import Home
setattr(machine_verbs, sys.argv[1], lambda *_: os._exit(9))
machine_verbs.add_machine(Home(), "half", "b", None, [sys.argv[2]], [])
"""


@pytest.mark.parametrize("step", ["_devices", "make_machine", "configure"])
def test_half_a_machine_can_be_deleted(lab, tapestry, step):
    """What a crash leaves: a port that no record names, a record without a machine, a machine without addresses."""
    assert lab.run(sys.executable, "-c", DIE_AT, step, tapestry["network"]).returncode == 9
    assert [m["state"] for m in lab.json("lab", "machine", "list") if m["name"] == "half"] != ["ready"]
    lab.weft("lab", "machine", "delete", "half")
    assert lab.api("b", "GET", "/v2.0/ports?name=half")["ports"] == []
    assert "weft-m-half" not in lab.sh("ip netns")


def test_a_wan_is_shaped_within_two_milliseconds(lab):
    lab.weft("lab", "wan", "a", "b", "--delay", "25")
    said = lab.weft("lab", "exec", "a1", "--", "ping", "-q", "-n", "-c", "20", "-i", "0.05", "198.19.2.1")
    assert abs(float(said.split(" = ")[1].split("/")[1]) - 50) < 4
    lab.weft("lab", "wan", "a", "b", "--loss", "100")
    assert lab.run("nsenter", "--net=/run/netns/weft-a1", "ping", "-c2", "-W1", "-i.2", "198.19.2.1").returncode == 1
    lab.weft("lab", "wan", "a", "b")
    said = lab.weft("lab", "exec", "a1", "--", "ping", "-q", "-n", "-c", "5", "-i", "0.05", "198.19.2.1")
    assert float(said.split(" = ")[1].split("/")[1]) < 4


def test_a_cut_site_works_on_and_what_both_sides_did_is_merged(lab, tapestry):
    draft, lean = (
        lab.api("a", "POST", "/v2.0/networks", {"network": {"name": name}})["network"]["id"]
        for name in ("draft", "lean")
    )
    eventually(lambda: len(digests(lab)) == 1)
    lab.weft("lab", "cut", "c")
    assert lab.unanswered("web-a", *addresses(lab, "web-c"), count=1) == addresses(lab, "web-c")
    for site in "ac":
        lab.api(site, "PUT", f"/v2.0/networks/{draft}", {"network": {"name": f"named-at-{site}"}})
    lab.api("a", "DELETE", f"/v2.0/networks/{lean}")
    lab.api("c", "POST", "/v2.0/ports", {"port": {"network_id": lean, "name": "latecomer"}})
    lab.weft("lab", "machine", "add", "new-a", "--site", "a", "--network", tapestry["network"])
    lab.weft("lab", "machine", "add", "new-c", "--site", "c", "--network", tapestry["network"])
    lab.weft("lab", "heal")
    eventually(lambda: healthy(lab) and len(digests(lab)) == 1)
    assert not lab.unanswered("new-a", *addresses(lab, "new-c"))
    for site in "abc":
        names = {each["name"] for each in lab.api(site, "GET", "/v2.0/networks")["networks"]}
        assert "lean" in names, "a's delete yields to c's port"
        assert len(names & {"named-at-a", "named-at-c"}) == 1

    def reported() -> set[str]:
        return {each["id_of"] for each in lab.api("b", "GET", "/weft/v1/conflicts")["conflicts"]}

    eventually(lambda: {draft, lean} <= reported())


def test_a_pair_is_cut_alone(lab):
    lab.weft("lab", "cut", "a", "b")
    assert lab.unanswered("web-a", addresses(lab, "web-b")[0], count=1)
    assert not lab.unanswered("web-a", addresses(lab, "web-c")[0])
    lab.weft("lab", "heal", "a")
    assert not lab.unanswered("web-a", addresses(lab, "web-b")[0])


def test_a_site_that_lost_its_disk_gets_everything_back(lab, tapestry):
    lab.weft("lab", "kill", "b", "--wipe")
    assert not lab.json("lab", "status")["healthy"]
    assert not lab.unanswered("web-a", addresses(lab, "web-b")[0])  # its kernel goes on
    lab.api("a", "POST", "/v2.0/networks", {"network": {"name": "meanwhile"}})
    lab.weft("lab", "machine", "add", "late", "--site", "c", "--network", tapestry["network"])
    lab.weft("lab", "start", "b")
    eventually(lambda: healthy(lab) and len(digests(lab)) == 1, 20)
    assert "meanwhile" in {each["name"] for each in lab.api("b", "GET", "/v2.0/networks")["networks"]}
    late = addresses(lab, "late")
    eventually(lambda: not lab.unanswered("web-b", *late, count=1))


def test_up_mends_what_was_killed_and_what_was_torn_down(lab):
    for site in lab.json("lab", "status")["sites"]:
        for node in site["nodes"]:
            lab.sh(f"kill -9 {' '.join(map(str, node['pids']))} || true")
    lab.sh("ip netns del weft-c2; ip link del weft-mgmt")
    lab.weft("lab", "up")
    assert healthy(lab)
    assert not lab.unanswered("web-a", *addresses(lab, "web-c"))


def test_machines_are_deleted_with_their_ports(lab):
    for machine in lab.json("lab", "machine", "list"):
        lab.weft("lab", "machine", "delete", machine["name"])
    assert lab.json("lab", "machine", "list") == []
    assert lab.api("b", "GET", "/v2.0/ports?device_owner=compute:lab")["ports"] == []
    assert "weft-m-" not in lab.sh("ip netns")

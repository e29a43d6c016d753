"""Sites, nodes, ports, conflicts and health."""

import pytest

from weft.store.protocol import Alert, PeerStatus


def peer(site, *, connected):
    return PeerStatus(site, connected, 1.0, True, 0, None if connected else "refused")


async def test_sites_say_how_we_stand_with_them(fabric):
    fabric.peer_list = [peer("b", connected=False)]
    sites = (await fabric.get("/sites")).json()["sites"]
    assert [(s["id"], s["number"], s["nodes"], s["nodes_alive"], s["connected"]) for s in sites] == [
        ("a", 1, 2, 2, True),
        ("b", 2, 1, 0, False),
    ]
    assert (await fabric.get("/sites/b")).json()["error"] == "refused"


async def test_nodes_say_whether_they_live_and_what_they_host(fabric):
    nodes = (await fabric.get("/nodes")).json()["nodes"]
    assert [(n["id"], n["alive"], n["ports"], n["ports_active"], n["faults"]) for n in nodes] == [
        ("a1", True, 0, 0, None),
        ("a2", True, 1, 0, 1),
        ("b1", False, 0, 0, None),
    ]
    fabric.store.runtime.hear("a2", "port.port1", {"status": "ACTIVE", "hlc": 99})
    assert (await fabric.get("/nodes/a2")).json()["ports_active"] == 1
    assert [n["id"] for n in (await fabric.get("/nodes", site="b")).json()["nodes"]] == ["b1"]


async def test_ports_say_where_they_are_and_were(fabric):
    fabric.add("port", "port1", previous_hosts=[{"host": "b1", "until": "2026-01-01T00:00:00Z"}])
    ports = (await fabric.get("/ports")).json()["ports"]
    assert [(p["id"], p["status"], p["node"], p["site"]) for p in ports] == [
        ("port2", "DOWN", None, None),
        ("port1", "DOWN", "a2", "a"),
    ]
    one = ports[1]
    assert (one["addresses"], one["network"], one["vni"]) == (["10.0.0.1"], "web", 257)
    assert one["previous"] == [{"host": "b1", "until": "2026-01-01T00:00:00Z"}]
    assert one["reason"] == "a2 has not reported it yet"
    fabric.store.runtime.hear("a2", "port.port1", {"status": "DOWN", "reason": "no device"})
    assert (await fabric.get("/ports", node="a2")).json()["ports"][0]["reason"] == "no device"


async def test_a_tenant_sees_its_own_ports_without_hosts(fabric):
    ports = (await fabric.get("/ports", token="ann")).json()["ports"]
    assert [(p["id"], p["node"], p["site"], p["vni"], p["previous"]) for p in ports] == [
        ("port1", None, None, None, [])
    ]


async def test_conflicts_are_filtered_counted_and_limited(fabric):
    for n in range(3):
        fabric.add("conflict", f"c{n}", what="field", kind="port", id_of=f"port{n}", field="name", message=f"m{n}")
    fabric.add("conflict", "pw", what="field", kind="user", id_of="u", field="password_hash", won={"value": "$argon2"})
    body = (await fabric.get("/conflicts", kind="port", limit=2)).json()
    assert (len(body["conflicts"]), body["total"]) == (2, 3)
    secret = (await fabric.get("/conflicts", kind="user")).json()["conflicts"][0]
    assert secret["won"] == "***", "no hash leaves by the back door"


async def test_everybody_may_ask_whether_we_live_and_administrators_why(fabric):
    fabric.peer_list = [peer("b", connected=True)]
    told = (await fabric.get("/health", token=None)).json()
    assert (told["status"], told["in_sync"], told["alerts"], told["revision"]) == ("ok", True, None, None)
    assert [(p["site"], p["connected"], p["lag"]) for p in told["peers"]] == [("b", True, None)]
    fabric.store.alerts = lambda: [Alert("quarantined_record", "record x from b is too large", 1, 2)]
    told = (await fabric.get("/health")).json()
    assert told["status"] == "degraded"
    assert told["alerts"][0]["count"] == 2
    assert told["records"]["node"] == 3
    assert told["peers"][0]["lag"] == 0


@pytest.mark.parametrize(
    ("why", "path", "token", "status", "code"),
    [
        ("no token", "/sites", None, 401, "unauthenticated"),
        ("bad token", "/sites", "nonsense", 401, "unauthenticated"),
        ("no administrator", "/nodes", "ann", 403, "not_admin"),
        ("no such path", "/nope", "admin", 404, "not_found"),
        ("no such site", "/sites/x", "admin", 404, "site_not_found"),
        ("no such node", "/nodes/x", "admin", 404, "node_not_found"),
        ("unknown parameter", "/nodes?colour=red", "admin", 400, "bad_query"),
        ("not a number", "/conflicts?limit=many", "admin", 400, "bad_query"),
        ("negative", "/journal?limit=-1", "admin", 400, "bad_query"),
        ("huge number", "/journal?limit=99999999999999999999", "admin", 400, "bad_query"),
        ("unknown kind", "/conflicts?kind=cow", "admin", 400, "bad_query"),
    ],
)
async def test_refusals(fabric, why, path, token, status, code):
    response = await fabric.get(path, token=token)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code), why
    assert response.json()["error"]["message"]

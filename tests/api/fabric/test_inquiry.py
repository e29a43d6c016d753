"""What is asked of nodes and sites, and what is said when they do not answer."""

import msgspec
import pytest

from weft.api.fabric.plan_diff import diff_tables
from weft.wire.node_rpc import (
    DropCount,
    DropsAnswer,
    PlanAnswer,
    PlanQuestion,
    node_drops_subject,
    node_plan_subject,
)


async def serve_plans(fabric, node, plans, faults=()):
    """Let `node` remember these plans: revision → tables."""

    async def answer(payload):
        revision = msgspec.json.decode(payload, type=PlanQuestion).revision or max(plans)
        error = None if revision in plans else "is not remembered"
        tables = plans.get(revision, {})
        return msgspec.json.encode(
            PlanAnswer(node, revision, revision, tuple(sorted(plans)), tables, list(faults), error)
        )

    await fabric.store.serve(node_plan_subject(node), answer, every_node=True)


FDB = [{"vni": 1, "mac": "m1", "device": "tap1"}, {"vni": 1, "mac": "m2", "device": "tap2"}]


async def test_a_plan_and_how_it_changed(fabric):
    await serve_plans(fabric, "a2", {3: {"fdb": FDB[:1]}, 5: {"fdb": FDB}, 8: {"fdb": FDB[1:]}})
    assert (await fabric.get("/nodes/a2/plan")).json()["tables"] == {"fdb": FDB[1:]}
    assert (await fabric.get("/nodes/a2/plan", revision=3)).json()["revision"] == 3
    diff = (await fabric.get("/nodes/a2/plan/diff")).json()
    assert (diff["from_revision"], diff["to_revision"]) == (5, 8)
    assert diff["tables"]["fdb"]["removed"] == FDB[:1]
    diff = (await fabric.get("/nodes/a2/plan/diff", **{"from": 8, "to": 3})).json()
    assert diff["tables"]["fdb"] == {"added": FDB[:1], "removed": FDB[1:], "changed": []}
    forgotten = await fabric.get("/nodes/a2/plan", revision=4)
    assert forgotten.status_code == 404
    assert "known: 3, 5, 8" in forgotten.json()["error"]["message"]


async def test_silent_nodes_are_named(fabric):
    async def answer(payload):
        return msgspec.json.encode(DropsAnswer("a2", (DropCount("unknown_mac", 7),)))

    await fabric.store.serve(node_drops_subject("a2"), answer, every_node=True)
    body = (await fabric.get("/drops")).json()
    assert [(d["node"], d["reason"], d["packets"]) for d in body["drops"]] == [("a2", "unknown_mac", 7)]
    assert [e["node"] for e in body["errors"]] == ["a1"]
    assert (await fabric.get("/nodes/a1/plan")).status_code == 503
    assert (await fabric.get("/nodes/x/plan")).status_code == 404
    assert [e["node"] for e in (await fabric.get("/drops", node="x")).json()["errors"]] == ["x"]


async def test_faults_of_all_nodes(fabric):
    await serve_plans(fabric, "a1", {1: {}}, [{"subject": "port p", "reason": "network n has not arrived"}])
    await serve_plans(fabric, "a2", {1: {}})
    body = (await fabric.get("/faults")).json()
    assert body == {
        "faults": [{"node": "a1", "subject": "port p", "reason": "network n has not arrived"}],
        "errors": [],
    }


async def test_digests_of_all_sites(fabric):
    own = (await fabric.get("/digest")).json()
    assert [d["site"] for d in own["digests"]] == ["a"]
    assert own["is_equal"]
    everyone = (await fabric.get("/digest", all="true")).json()
    assert [(d["site"], d["error"] is None) for d in everyone["digests"]] == [("a", True), ("b", False)]
    assert not everyone["is_equal"], "who is silent may hold anything"


@pytest.mark.parametrize(
    ("why", "before", "after", "expected"),
    [
        ("equal plans", {"fdb": FDB}, {"fdb": FDB}, {}),
        ("a table appears", {}, {"ports": [{"device": "t"}]}, ("ports", 1, 0, 0)),
        ("a row changes", {"flood": [{"vni": 1, "d": 1}]}, {"flood": [{"vni": 1, "d": 2}]}, ("flood", 0, 0, 1)),
        ("order does not matter", {"fdb": FDB}, {"fdb": FDB[::-1]}, {}),
    ],
)
def test_diffs_go_by_key(why, before, after, expected):
    found = diff_tables(before, after)
    if not expected:
        assert found == {}, why
        return
    table, *counts = expected
    diff = found[table]
    assert [len(diff.added), len(diff.removed), len(diff.changed)] == counts, why

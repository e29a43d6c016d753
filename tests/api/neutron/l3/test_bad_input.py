"""Whatever comes in for a router or a floating IP is answered, and nothing is half done."""

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.neutron.test_bad_input import ask, check, cloud, values
from weft.api.neutron.l3.floatingips import FLOATINGIPS
from weft.api.neutron.l3.routers import ROUTERS
from weft.store.wire import decode_record, encode_record

OUTSIDE, INSIDE, SUBNET, PORT, ROUTER = (f"<{name}>" for name in ("outside", "inside", "subnet", "port", "router"))

ids = st.sampled_from([OUTSIDE, INSIDE, SUBNET, PORT, ROUTER, "x", None, 5])
addresses = st.sampled_from(["198.51.100.7", "198.51.100.1", "10.0.0.9", "fd00::9", "x", None, 5])
ips = st.lists(st.fixed_dictionaries({}, optional={"subnet_id": ids, "ip_address": addresses, "x": values}), max_size=3)
infos = st.fixed_dictionaries(
    {},
    optional={"network_id": ids, "external_fixed_ips": ips | values, "enable_snat": values, "qos_policy_id": ids},
)
route = st.fixed_dictionaries(
    {}, optional={"destination": st.sampled_from(["172.16.0.0/16", "::/0", "x", None]), "nexthop": addresses}
)
likely = {
    "external_gateway_info": infos,
    "external_gateways": st.lists(infos, max_size=3) | values,
    "routes": st.lists(route, max_size=3) | values,
    "floating_network_id": ids,
    "floating_ip_address": addresses,
    "fixed_ip_address": addresses,
    **dict.fromkeys(("port_id", "router_id", "subnet_id", "qos_policy_id", "flavor_id"), ids),
}


def odd(resource: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies that set some attributes to something."""
    optional = {name: likely.get(name, values) for name in resource.by_name}
    return st.fixed_dictionaries({}, optional=optional).map(lambda body: dict(list(body.items())[:4]))


bodies = st.one_of(st.tuples(st.just("router"), odd(ROUTERS)), st.tuples(st.just("floatingip"), odd(FLOATINGIPS)))
documents = st.one_of(
    st.fixed_dictionaries({}, optional={"subnet_id": ids | values, "port_id": ids | values}),
    st.fixed_dictionaries(
        {},
        optional={
            "router": values
            | st.fixed_dictionaries(
                {}, optional={"routes": likely["routes"], "external_gateways": likely["external_gateways"]}
            )
        },
    ),
)
acts = st.lists(st.tuples(st.sampled_from(sorted(ROUTERS.actions)), documents), min_size=1, max_size=4)


async def place() -> tuple[Any, Any, dict[str, str]]:
    """Return a store, its API, and the IDs of what there is."""
    store, app, inside = await cloud()

    async def make(kind: str, **body: object) -> str:
        status, answer = await ask(app, "POST", f"/v2.0/{kind}s", json.dumps({kind: body}).encode())
        assert status == 201, answer
        return json.loads(answer)[kind]["id"]

    outside = await make("network", **{"router:external": True})
    await make("subnet", network_id=outside, ip_version=4, cidr="198.51.100.0/24")
    named = {INSIDE: inside, OUTSIDE: outside, ROUTER: await make("router", name="r")}
    named[SUBNET] = next(iter(store.state.referrers("network", inside, "subnet"))).key.id
    named[PORT] = await make("port", network_id=inside)
    named["floatingip"] = await make("floatingip", floating_network_id=outside)
    return store, app, named


def told(document: Any, named: dict[str, str]) -> bytes:
    """Return a body with real IDs in it."""
    text = json.dumps(document)
    for name, id in named.items():
        text = text.replace(name, id) if name.startswith("<") else text
    return text.encode()


def takes(store: Any) -> None:
    for record in store.state.raw_records():
        decode_record(encode_record(record), None)  # the log and the peers take it too


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies)
def test_no_value_of_any_attribute_breaks_a_create_or_an_update(body):
    async def run() -> None:
        store, app, named = await place()
        kind, one = body
        before = len(store.state)
        needed = {"floating_network_id": OUTSIDE} if kind == "floatingip" else {}
        status, answer = await ask(app, "POST", f"/v2.0/{kind}s", told({kind: {**needed, **one}}, named))
        check(status, answer)
        assert (status == 201) == (len(store.state) > before)
        id = named["floatingip" if kind == "floatingip" else ROUTER]
        status, answer = await ask(app, "PUT", f"/v2.0/{kind}s/{id}", told({kind: one}, named))
        check(status, answer)
        takes(store)

    asyncio.run(run())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts)
def test_no_document_breaks_an_action(steps):
    async def run() -> None:
        store, app, named = await place()
        for action, document in steps:
            path = f"/v2.0/routers/{named[ROUTER]}/{action}"
            status, answer = await ask(app, "PUT", path, told(document, named))
            check(status, answer)
        takes(store)

    asyncio.run(run())

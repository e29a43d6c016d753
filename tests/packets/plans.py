"""Plans worth testing with: two networks that overlap in everything, two machines here, others elsewhere."""

from hypothesis import strategies as st

from tests.compiler.intents import LONDON, NODES, PARIS, ROME, intent, network, port, subnet
from weft.compiler import compile_plan
from weft.plan import NodePlan

_MODES = [None, "slaac", "dhcpv6-stateful", "dhcpv6-stateless"]


@st.composite
def plans(draw: st.DrawFn) -> NodePlan:
    """London's plan for some variation of the scene."""
    things = [network(mtu_bytes=draw(st.sampled_from([1450, 1450, 1280]))), network("red", 200)]
    for name in ("blue", "red"):
        things.append(
            subnet(
                f"{name}4",
                name,
                gateway=draw(st.sampled_from(["10.0.0.1", None])),
                enable_dhcp=draw(st.sampled_from([True, True, False])),
                dns=draw(st.sampled_from([(), ("10.0.0.2", "2001:db8::53")])),
                routes=draw(st.sampled_from([(), (("10.9.0.0/16", "10.0.0.9"),)])),
            )
        )
        mode = draw(st.sampled_from(_MODES))
        dns = draw(st.sampled_from([(), ("2001:db8::53",)]))
        things.append(subnet(f"{name}6", name, "2001:db8::/64", ipv6_ra_mode=mode, ipv6_address_mode=mode, dns=dns))
    for name, node, net, number in (
        ("a", LONDON, "blue", 3),
        ("b", draw(st.sampled_from([LONDON, PARIS])), "blue", 4),
        ("c", draw(st.sampled_from([LONDON, PARIS, ROME])), "blue", 5),
        ("d", draw(st.sampled_from([LONDON, ROME])), "red", 3),
    ):
        addresses = [(f"{net}4", f"10.0.0.{number}"), (f"{net}6", f"2001:db8::{number}")]
        addresses += draw(
            st.sampled_from([[], [], [(f"{net}4", f"10.0.0.{number + 4}"), (f"{net}6", f"2001:db8::{number + 4}")]])
        )
        is_up = draw(st.sampled_from([True] * 7 + [False]))
        is_guarded = draw(st.sampled_from([True] * 3 + [False]))
        values = {"admin_state_up": is_up, "is_guarded": is_guarded}
        things.append(port(name, node, number, network=net, addresses=tuple(addresses), **values))
    nodes = draw(st.sampled_from([NODES, NODES, NODES, NODES, NODES[1:], NODES[:2]]))
    return compile_plan(intent(*things, nodes=nodes), LONDON)

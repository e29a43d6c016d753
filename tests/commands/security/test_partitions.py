"""Two sites that cannot see each other make groups, rules and addresses: what is there when they meet."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.replica import Replica
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.ports import CreatePort, UpdatePort, create_ports, delete_port, update_port
from weft.commands.security.address_groups import (
    CreateAddressGroup,
    add_addresses,
    addresses_in,
    create_address_groups,
    remove_addresses,
)
from weft.commands.security.default_group import default_group_id, default_group_records
from weft.commands.security.default_rules import first_default_rules
from weft.commands.security.groups import CreateGroup, UpdateGroup, create_groups, delete_group, update_group
from weft.commands.security.rules import CreateRule, create_rules, delete_rule, rules_of
from weft.store.records import Record, merge


def two_sites() -> tuple[Replica, Replica]:
    """Return sites that hold the same: the templates."""
    first, second = Replica("a"), Replica("b", seed=7)
    for site in (first, second):
        for record in first_default_rules():
            site.state.apply(record)
    return first, second


def meet(first: Replica, second: Replica) -> None:
    first.hear(second)
    second.hear(first)
    assert said(first) == said(second)


def said(site: Replica) -> dict[tuple[str, str], dict]:
    """Return all live records but the sites'."""
    return {
        (record.key.kind, record.key.id): {name: field.value for name, field in record.fields.items()}
        for record in site.state.live_records()
    }


def seed(site: Replica, project_id: str) -> list[Record]:
    """Make a project's default group, as the API sees to it."""
    records = default_group_records(site.state, project_id)
    for record in records:
        if site.state.raw(record.key) is None:
            site.state.apply(record)
    return records


def group(site: Replica) -> str:
    return site.do(create_groups, [CreateGroup(project_id="q", name="web")])[0].key.id


def rule(group_id: str, **values) -> list[CreateRule]:
    return [CreateRule(project_id="q", security_group_id=group_id, direction="ingress", **values)]


def test_both_make_the_same_default_group():
    first, second = two_sites()
    assert seed(first, "q") == seed(second, "q")
    assert len(rules_of(first.state, default_group_id("q"))) == 4
    meet(first, second)


def test_a_default_group_that_is_made_late_takes_nothing_back():
    first, second = two_sites()
    seed(first, "q")
    id = default_group_id("q")
    first.do(update_group, id, UpdateGroup(description="ours", stateful=False))
    gone = rules_of(first.state, id)[0].key
    first.do(delete_rule, gone.id)
    seed(second, "q")
    held = second.state.raw(first.state.get("security_group", id).key)
    assert merge(held, first.state.get("security_group", id)).losses == ()
    meet(first, second)
    shown = second.state.get("security_group", id)
    assert (shown.get("description"), shown.get("stateful")) == ("ours", False)
    assert gone not in {one.key for one in rules_of(second.state, id)}


def test_both_make_one_rule():
    first, second = two_sites()
    id = group(first)
    second.hear(first)
    one = first.do(create_rules, rule(id, protocol="tcp"))[0]
    other = second.do(create_rules, rule(id, protocol="6"))[0]
    assert one.key == other.key
    meet(first, second)
    assert len(rules_of(first.state, id)) == 3


def test_a_group_that_a_port_took_meanwhile_stays_and_lets_nothing_through():
    first, second = two_sites()
    id = group(first)
    network = first.do(create_networks, [CreateNetwork(project_id="q")])[0].key.id
    second.hear(first)
    first.do(delete_group, id)
    port = CreatePort(project_id="q", network_id=network, security_groups=[id])
    made = second.do(create_ports, [port])[0].key.id
    meet(first, second)
    assert first.state.get("security_group", id) is not None
    assert rules_of(first.state, id) == []
    first.do(delete_port, made)
    assert first.state.get("security_group", id) is None


def test_a_port_leaves_a_group():
    first, _ = two_sites()
    id = group(first)
    network = first.do(create_networks, [CreateNetwork(project_id="q")])[0].key.id
    made = first.do(create_ports, [CreatePort(project_id="q", network_id=network, security_groups=[id])])[0].key.id
    first.do(update_port, made, UpdatePort(security_groups=[]), is_admin=True)
    first.do(delete_group, id)
    assert first.state.get("security_group", id) is None


def test_more_rules_than_a_commit_takes_go_in_steps():
    first, _ = two_sites()
    id = group(first)
    for start in range(1, 1200, 300):
        wanted = [
            CreateRule(
                project_id="q", security_group_id=id, direction="ingress", protocol="tcp",
                port_range_min=port, port_range_max=port,
            )
            for port in range(start, start + 300)
        ]  # fmt: skip
        first.do(create_rules, wanted)
    steps = 0
    while first.state.get("security_group", id) is not None:
        assert len(first.do(delete_group, id)) <= 1000
        steps += 1
    assert steps == 3
    assert not first.state.lookup("security_group_rule", "security_group_id", id)


PREFIXES = [f"10.0.{n}.0/24" for n in range(6)]
turns = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(PREFIXES)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(start=st.sets(st.sampled_from(PREFIXES)), turns=turns)
def test_addresses_hold_one_by_one(start, turns):
    """Each turn: a site adds a prefix, or removes it if it is there. What only one of them touched is as it left it."""
    first, second = two_sites()
    request = CreateAddressGroup(project_id="q", addresses=sorted(start))
    id = first.do(create_address_groups, [request])[0].key.id
    second.hear(first)
    touched: dict[str, set[str]] = {}
    for name, prefix in turns:
        site = first if name == "a" else second
        held = addresses_in(site.state.get("address_group", id))
        change = remove_addresses if prefix in held else add_addresses
        writes, _ = change(site.state, id, {"addresses": [prefix]}, site.context())
        site.apply(writes)
        touched.setdefault(prefix, set()).add(name)
    before = {"a": set(addresses_in(first.state.get("address_group", id))),
              "b": set(addresses_in(second.state.get("address_group", id)))}  # fmt: skip
    meet(first, second)
    after = set(addresses_in(first.state.get("address_group", id)))
    for prefix in PREFIXES:
        by = touched.get(prefix, set())
        if len(by) < 2:
            assert (prefix in after) == (prefix in before[next(iter(by), "a")])

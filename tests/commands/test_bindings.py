"""Port bindings: two sites prepare and move at once."""

from tests.commands.replica import Replica
from weft.commands.bindings import CreateBinding, activate_binding, binding_key, create_bindings
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.ports import CreatePort, create_ports
from weft.store.records import Key, write


def two_sites() -> tuple[Replica, Replica, str]:
    """Return sites that hold four nodes and a machine's port on the first."""
    first, second = Replica("a"), Replica("b", seed=5)
    for host in ("h1", "h2", "h3", "h4"):
        first.state.apply(write(None, Key("fabric", "node", host), {"site": "a"}, 1, "a"))
    network = first.do(create_networks, [CreateNetwork(project_id="p")])[0].key.id
    port = CreatePort(project_id="p", network_id=network, device_owner="compute:nova", host="h1")
    id = first.do(create_ports, [port])[0].key.id
    second.hear(first)
    return first, second, id


def prepare(site: Replica, port_id: str, host: str) -> None:
    site.do(create_bindings, [CreateBinding(port_id=port_id, host=host)])


def activate(site: Replica, port_id: str, host: str) -> None:
    writes, _ = activate_binding(site.state, binding_key(port_id, host).id, {}, site.context())
    site.apply(writes)


def inactive(site: Replica) -> set[str]:
    return {binding.get("host") for binding in site.state.of_kind("port_binding")}


def test_all_prepared_hosts_stay():
    first, second, port = two_sites()
    prepare(first, port, "h2")
    prepare(second, port, "h2")
    prepare(second, port, "h3")
    first.hear(second)
    assert inactive(first) == {"h2", "h3"}


def test_a_port_that_two_sites_move_ends_where_the_later_put_it():
    first, second, port = two_sites()
    prepare(first, port, "h2")
    prepare(first, port, "h3")
    second.hear(first)
    activate(first, port, "h2")
    second.context()  # time goes by: the second is later
    activate(second, port, "h3")
    first.hear(second)
    second.hear(first)
    for site in (first, second):
        moved = site.state.get("port", port)
        assert moved.get("host") == "h3"
        assert [entry["host"] for entry in moved.get("previous_hosts")] == ["h1"]
        assert inactive(site) == {"h1"}


def test_there_and_back():
    first, _, port = two_sites()
    prepare(first, port, "h2")
    activate(first, port, "h2")
    assert (first.state.get("port", port).get("host"), inactive(first)) == ("h2", {"h1"})
    activate(first, port, "h1")
    assert (first.state.get("port", port).get("host"), inactive(first)) == ("h1", {"h2"})

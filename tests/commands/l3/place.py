"""Sites with an external network, a project's network behind a router, and what they find when they hear each other."""

from tests.commands.replica import Replica
from weft.commands.l3.floatingips import CreateFloatingIP, create_floatingips
from weft.commands.l3.interfaces import add_interface
from weft.commands.l3.routers import CreateRouter, create_routers
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.ports import CreatePort, create_ports
from weft.commands.subnets import CreateSubnet, create_subnets
from weft.store.findings import GRACE_MS, Findings
from weft.store.protocol import Change
from weft.store.records import Record


class Place:
    """Site a, and the IDs of what is there."""

    def __init__(self, cidr: str = "198.51.100.0/24") -> None:
        self.site = Replica("a")
        self.outside = self.network(external=True)
        self.outside_subnet = self.subnet(self.outside, cidr)
        self.inside = self.network()
        self.subnet_id = self.subnet(self.inside, "10.0.0.0/24")
        self.router = router(self.site)

    def network(self, **values) -> str:
        return self.site.do(create_networks, [CreateNetwork(project_id="p", **values)])[0].key.id

    def subnet(self, network: str, cidr: str, **values) -> str:
        version = 4 if "." in cidr else 6
        request = CreateSubnet(project_id="p", network_id=network, ip_version=version, cidr=cidr, **values)
        return self.site.do(create_subnets, [request])[0].key.id

    def sites(self, *names: str, seeds: tuple[int, ...] = (1, 2, 3)) -> list[Replica]:
        """Return further sites that have heard everything so far."""
        found = []
        for name, seed in zip(names, seeds, strict=False):
            other = Replica(name, seed=seed)
            other.hear(self.site)
            found.append(other)
        return found


def router(site: Replica, **values) -> str:
    return site.do(create_routers, [CreateRouter(project_id="p", **values)])[0].key.id


def port(site: Replica, network: str, **values) -> str:
    return site.do(create_ports, [CreatePort(project_id="p", network_id=network, **values)])[0].key.id


def floating_ip(site: Replica, network: str, **values) -> Record:
    written = site.do(create_floatingips, [CreateFloatingIP(project_id="p", floating_network_id=network, **values)])
    return next(record for record in written if record.key.kind == "floatingip")


def act(site: Replica, action, id: str, **document) -> dict | None:
    """Do one of the resource's actions; return its answer."""
    writes, answer = action(site.state, id, document, site.context(project_id="p"))
    site.apply(writes)
    return answer


def plug(site: Replica, router_id: str, subnet_id: str) -> str:
    """Plug a router into a subnet; return the port."""
    return act(site, add_interface, router_id, subnet_id=subnet_id)["port_id"]


def meet(*sites: Replica) -> None:
    """Let all hear of each other, and check that they hold the same."""
    for one in sites:
        for other in sites:
            one.hear(other)
    alive = [{record.key: record for record in site.state.live_records()} for site in sites]
    assert all(records == alive[0] for records in alive)


def reported(site: Replica) -> set[tuple[str, str]]:
    """Return what the site would report of duplicates and of deleted things in use: (what, kind)."""
    findings = Findings(site.state)
    findings.watch([Change(record.key, None, record, 0) for record in site.state.live_records()], 0)
    return {(found.get("what"), found.get("kind")) for found in findings.due(GRACE_MS)}

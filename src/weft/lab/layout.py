"""Names and addresses of everything in a lab, computed from two numbers; pure.

A node is a namespace with two devices: `mgmt0`, which the caller reaches whatever the WAN does, and `eth0`,
the underlay that tunnels and the sites' logs cross. 198.18.0.0/15 is set aside for benchmarks (RFC 2544), so it
collides with nobody's network.
"""

import msgspec

from weft.model import Invalid

SITES_MAX = 200  # the third byte of an address is the site's number, and 255 is the host's
NODES_MAX = 200
API_PORT = 9696
NATS_PORT = 4222
MGMT_BRIDGE = "weft-mgmt"  # in the caller's namespace
MGMT_HOST = "198.18.255.254/16"
WAN_NETNS = "weft-wan"
UNDERLAY_NET = "198.19.0.0/16"


class Node(msgspec.Struct, frozen=True):
    """One machine of a site: a namespace with a weftd in it."""

    name: str  # "a1"; = binding:host_id
    site: str
    site_number: int
    number: int  # 1.. within its site; node 1 runs the site's NATS server

    @property
    def netns(self) -> str:
        return f"weft-{self.name}"

    @property
    def mgmt_device(self) -> str:
        """Name of the caller's end of `mgmt0`."""
        return f"weft-{self.name}"

    @property
    def mgmt_ip(self) -> str:
        return f"198.18.{self.site_number}.{self.number}"

    @property
    def underlay_ip(self) -> str:
        return f"198.19.{self.site_number}.{self.number}"

    @property
    def api_url(self) -> str:
        return f"http://{self.mgmt_ip}:{API_PORT}"

    @property
    def serves_nats(self) -> bool:
        return self.number == 1


class Site(msgspec.Struct, frozen=True):
    """One data centre of the lab."""

    name: str
    number: int
    nodes: tuple[Node, ...]

    @property
    def switch(self) -> str:
        """The bridge that joins the site's nodes, in the WAN's namespace."""
        return f"switch-{self.name}"

    @property
    def uplink(self) -> str:
        """The switch's port towards the router."""
        return f"uplink-{self.name}"

    @property
    def router_port(self) -> str:
        """The router's device of this site: has the site's gateway address, and shapes what goes to the site."""
        return f"site-{self.name}"

    @property
    def gateway(self) -> str:
        return f"198.19.{self.number}.254"

    @property
    def prefix(self) -> str:
        return f"198.19.{self.number}.0/24"

    @property
    def nats_url(self) -> str:
        """Where the other sites reach this site's log."""
        return f"nats://{self.nodes[0].underlay_ip}:{NATS_PORT}"


class Layout(msgspec.Struct, frozen=True):
    """All sites of a lab."""

    sites: tuple[Site, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(node for site in self.sites for node in site.nodes)

    def site(self, name: str) -> Site:
        """Raises NoSuchPlace."""
        for site in self.sites:
            if site.name == name:
                return site
        raise NoSuchPlace("site", name, [site.name for site in self.sites])

    def node(self, name: str) -> Node:
        """Raises NoSuchPlace."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise NoSuchPlace("node", name, [node.name for node in self.nodes])

    def nodes_of(self, name: str) -> tuple[Node, ...]:
        """Return the nodes that `name` means: all of a site, or just one. Raises NoSuchPlace."""
        for site in self.sites:
            if site.name == name:
                return site.nodes
        for node in self.nodes:
            if node.name == name:
                return (node,)
        raise NoSuchPlace("site or node", name, [site.name for site in self.sites])


class NoSuchPlace(Invalid):
    """The lab has no site or node of that name."""

    code = "no_such_place"

    def __init__(self, what: str, name: str, known: list[str]) -> None:
        super().__init__(f"the lab has no {what} {name!r}; it has {', '.join(known)}")


def layout(sites: int, nodes: int) -> Layout:
    """Return the layout of `sites` sites with `nodes` nodes each. Raises Invalid if that is out of bounds."""
    for what, given, most in (("sites", sites, SITES_MAX), ("nodes", nodes, NODES_MAX)):
        if not 1 <= given <= most:
            raise Invalid(f"a lab has 1 to {most} {what}, not {given}")
    return Layout(tuple(_site(number, nodes) for number in range(1, sites + 1)))


def site_name(number: int) -> str:
    """Return a, b … z, aa, ab … for 1, 2 … 26, 27, 28 and so on."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _site(number: int, nodes: int) -> Site:
    name = site_name(number)
    return Site(name, number, tuple(Node(f"{name}{n}", name, number, n) for n in range(1, nodes + 1)))

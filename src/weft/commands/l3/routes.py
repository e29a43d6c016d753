"""A router's extra routes. Source: neutron, db/extraroute_db.py."""

from collections.abc import Collection, Iterable, Sequence

from weft.commands.l3.draft import Link, RouterDraft
from weft.commands.l3.errors import InvalidRoutes
from weft.commands.quotas.checking import OverQuota
from weft.store.quotas import UNLIMITED, limit_of
from weft.wire.neutron.addresses import read_ip, read_prefix

Routes = list[dict[str, str]]


def set_routes(draft: RouterDraft, routes: Routes) -> None:
    """Give the router exactly these routes. Raises InvalidRoutes, OverQuota."""
    check_routes(routes, *reach_of(draft, draft.links))
    limit = limit_of(draft.state, "router_route", draft.values.get("project_id", ""))
    if limit != UNLIMITED and len(routes) > limit:
        raise OverQuota("router_route")
    draft.set("routes", routes)


def check_routes(routes: Sequence[dict[str, str]], cidrs: Collection[str], addresses: Collection[str]) -> None:
    """Raise InvalidRoutes unless each next hop is a neighbour on one of `cidrs` and none of our `addresses`."""
    prefixes = [read_prefix(cidr) for cidr in cidrs]
    for route in routes:
        nexthop = read_ip(route["nexthop"])
        if not any(nexthop in prefix for prefix in prefixes):
            raise InvalidRoutes(routes, "the nexthop is not connected with router")
        if route["nexthop"] in addresses:
            raise InvalidRoutes(routes, "the nexthop is used by router")


def reach_of(draft: RouterDraft, links: Iterable[Link]) -> tuple[list[str], list[str]]:
    """Return the prefixes that the router reaches through these ports, and its own addresses there."""
    cidrs, addresses = [], []
    for link in links:
        cidrs += [subnet.get("cidr") for subnet in draft.subnets_of(link)]
        addresses += [ip["ip_address"] for ip in link.fixed_ips]
    return cidrs, addresses


def with_routes(old: Routes, more: Routes) -> Routes:
    """Return `old` and those of `more` that are not there yet."""
    return list({(route["destination"], route["nexthop"]): route for route in [*old, *more]}.values())


def without_routes(old: Routes, fewer: Routes) -> Routes:
    """Return `old` without `fewer`; what is gone already may be named."""
    gone = {(route["destination"], route["nexthop"]) for route in fewer}
    return [route for route in old if (route["destination"], route["nexthop"]) not in gone]

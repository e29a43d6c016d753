"""What leads nowhere because another site deleted what it needs, unaware of it."""

from collections.abc import Callable, Iterable, Iterator

from weft.store.protocol import State
from weft.store.records import Record
from weft.store.rules.overlaps import GATEWAY, covers
from weft.store.rules.rule import Astray, Graveyard, Lost, Related


def _named(kind: str, field: str, target: str) -> Astray:
    """Return the rule that what `field` names is there. A delete takes along whatever it knows to name its object."""

    def lost(record: Record, state: State, dead: Graveyard) -> Iterator[Lost]:
        id = record.get(field)
        if isinstance(id, str) and state.get(target, id) is None and (gone := dead.get(target, id)) is not None:
            yield Lost(gone, f"{target} {id}, which it names, was deleted")

    def naming(gone: Record, state: State) -> Iterable[Record]:
        return state.lookup(kind, field, gone.key.id)

    return Astray(f"{kind}.{field} {target}", kind, (field,), lost, {target: naming})


def _floatingip_path(floatingip: Record, state: State, dead: Graveyard) -> Iterator[Lost]:
    port_id, address = floatingip.get("port_id"), floatingip.get("fixed_ip_address")
    if port_id:
        yield from _cut_off(floatingip.get("router_id"), port_id, address, state, dead)


def _forwarding_path(forwarding: Record, state: State, dead: Graveyard) -> Iterator[Lost]:
    floatingip = state.get("floatingip", forwarding.get("floatingip_id") or "")
    if floatingip is not None:
        to = forwarding.get("internal_port_id"), forwarding.get("internal_ip_address")
        yield from _cut_off(floatingip.get("router_id"), *to, state, dead)


def _proxy_path(proxy: Record, state: State, dead: Graveyard) -> Iterator[Lost]:
    yield from _cut_off(proxy.get("router_id"), proxy.get("port_id"), proxy.get("ip_address"), state, dead)


def _cut_off(router_id: object, port_id: object, address: object, state: State, dead: Graveyard) -> Iterator[Lost]:
    """Yield why no router leads from its gateway to the address of a port that is there."""
    port = state.get("port", port_id) if isinstance(port_id, str) else None
    if port is None or not isinstance(router_id, str):
        return
    subnets = [ip.get("subnet_id") for ip in port.get("fixed_ips") or () if ip.get("ip_address") == address]
    legs = state.referrers("router", router_id, "port")
    if not any(leg.get("device_owner") == GATEWAY for leg in legs):
        gone = [leg for leg in dead.find("port", "router_id", router_id) if leg.get("device_owner") == GATEWAY]
        yield from _newest(gone, router_id, "gateway")
    for subnet_id in subnets:
        if not any(_is_on(leg, subnet_id) for leg in legs):
            gone = [leg for leg in dead.find("port", "router_id", router_id) if _is_on(leg, subnet_id)]
            yield from _newest(gone, router_id, "interface")


def _newest(legs: list[Record], router_id: str, what: str) -> Iterator[Lost]:
    if legs:
        yield Lost(
            max(legs, key=lambda leg: leg.newest), f"router {router_id}, through which it leads, lost its {what}"
        )


def _next_hops(router: Record, state: State, dead: Graveyard) -> Iterator[Lost]:
    """Only interfaces: nobody keeps a gateway from being unset while routes lead through it."""
    legs = state.referrers("router", router.key.id, "port")
    for route in router.get("routes") or ():
        hop = route.get("nexthop")
        if any(covers(cidr, hop) for leg in legs for cidr in _cidrs_of(leg, state)):
            continue
        gone = [
            leg
            for leg in dead.find("port", "router_id", router.key.id)
            if leg.get("device_owner") != GATEWAY and any(covers(cidr, hop) for cidr in _cidrs_of(leg, state))
        ]
        yield from _newest(gone, router.key.id, f"interface towards {hop}")


def _is_on(leg: Record, subnet_id: object) -> bool:
    return any(ip.get("subnet_id") == subnet_id for ip in leg.get("fixed_ips") or ())


def _cidrs_of(leg: Record, state: State) -> Iterator[object]:
    for ip in leg.get("fixed_ips") or ():
        subnet = state.get("subnet", ip.get("subnet_id") or "")
        if subnet is not None:
            yield subnet.get("cidr")


# ---- what was deleted → what may have led through it
def _floatingips_through(port: Record, state: State) -> Iterable[Record]:
    router_id = port.get("router_id")
    return state.referrers("router", router_id, "floatingip") if router_id else ()


def _forwardings_through(port: Record, state: State) -> Iterable[Record]:
    for floatingip in _floatingips_through(port, state):
        yield from state.referrers("floatingip", floatingip.key.id, "port_forwarding")


def _proxies_through(port: Record, state: State) -> Iterable[Record]:
    router_id = port.get("router_id")
    return state.referrers("router", router_id, "ndp_proxy") if router_id else ()


def _router_of(port: Record, state: State) -> Iterable[Record]:
    router = state.get("router", port.get("router_id") or "")
    return (router,) if router is not None else ()


# ---- a network that is not shared any more
def _share_of_port(port: Record, state: State, dead: Graveyard) -> Iterator[Lost]:
    network = state.get("network", port.get("network_id") or "")
    project_id = port.get("project_id")
    if network is None or not project_id or project_id == network.get("project_id"):
        return
    entries = state.lookup("rbac_policy", "object_id", network.key.id)
    if any(_shares_with(entry, project_id) for entry in entries):
        return
    withdrawn = [one for one in dead.find("rbac_policy", "object_id", network.key.id) if _shares_with(one, project_id)]
    if withdrawn:
        told = f"network {network.key.id} is not shared with project {project_id} any more"
        yield Lost(max(withdrawn, key=lambda entry: entry.newest), told)


def _shares_with(entry: Record, project_id: str) -> bool:
    return entry.get("action") == "access_as_shared" and entry.get("target_project") in (project_id, "*")


def _ports_on(entry: Record, state: State) -> Iterable[Record]:
    if entry.get("object_type") != "network":
        return ()
    return state.referrers("network", entry.get("object_id") or "", "port")


def _path(
    kind: str, fields: tuple[str, ...], lost: Callable[[Record, State, Graveyard], Iterator[Lost]], through: Related
) -> Astray:
    return Astray(f"path of {kind}", kind, fields, lost, {"port": through})


GONE = (
    _named("floatingip", "port_id", "port"),
    _named("port_forwarding", "internal_port_id", "port"),
    _named("ndp_proxy", "port_id", "port"),
    _named("local_ip_association", "fixed_port_id", "port"),
    _named("port_binding", "port_id", "port"),
    _named("log", "target_id", "port"),
    _named("log", "resource_id", "security_group"),
    _named("hosting", "object_id", "network"),
    _named("hosting", "object_id", "router"),
    *(
        _named("rbac_policy", "object_id", kind)
        for kind in ("network", "qos_policy", "security_group", "address_scope", "subnetpool", "address_group")
    ),
    _path("floatingip", ("port_id", "router_id"), _floatingip_path, _floatingips_through),
    _path("port_forwarding", ("internal_port_id",), _forwarding_path, _forwardings_through),
    _path("ndp_proxy", ("port_id", "router_id"), _proxy_path, _proxies_through),
    _path("router", ("routes",), _next_hops, _router_of),
    Astray("share", "port", ("network_id",), _share_of_port, {"rbac_policy": _ports_on}),
)

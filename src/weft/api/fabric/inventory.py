"""What there is: sites, nodes, ports, conflicts, and whether this node is well. Answered from memory."""

import asyncio
from collections import Counter

import weft
from weft.api.fabric.ask import NoSuchNode
from weft.api.fabric.operation import Asked, BadQuery, Operation, Query
from weft.api.fabric.views import conflict_view, node_view, nodes_in_order, port_view, site_views
from weft.model import NotFound
from weft.store.kinds import KINDS
from weft.store.protocol import PeerStatus, Store
from weft.wire.fabric import (
    AlertView,
    Conflicts,
    Health,
    Nodes,
    NodeView,
    PeerView,
    Ports,
    Sites,
    SiteView,
)

PORTS_AT_ONCE = 500  # some 5 ms


class NoSuchSite(NotFound):
    """No site of the fabric is called that."""

    code = "site_not_found"


async def sites(asked: Asked) -> Sites:
    """List the sites, and how the node that answers stands with each."""
    store = asked.store
    return Sites(site_views(store.state, store.runtime, store.peers(), store.site))


async def site(asked: Asked) -> SiteView:
    """Show one site."""
    for view in (await sites(asked)).sites:
        if view.id == asked.part("site"):
            return view
    raise NoSuchSite(f"no site is called {asked.part('site')}")


async def nodes(asked: Asked) -> Nodes:
    """List the nodes: alive or not, where, and how many ports."""
    state, runtime, site = asked.store.state, asked.store.runtime, asked.text("site")
    views = []
    for record in nodes_in_order(state):
        if site in (None, record.get("site")):
            views.append(node_view(record, state, runtime))
            await asyncio.sleep(0)  # others get their answers meanwhile: a fabric has many ports
    return Nodes(views)


async def node(asked: Asked) -> NodeView:
    """Show one node."""
    state, id = asked.store.state, asked.part("node")
    record = state.get("node", id)
    if record is None:
        raise NoSuchNode(id)
    return node_view(record, state, asked.store.runtime)


async def ports(asked: Asked) -> Ports:
    """List the vPort table; those who are no administrators see their project's ports, without hosts."""
    state, runtime = asked.store.state, asked.store.runtime
    own = None if asked.is_admin or asked.caller is None else asked.caller.project_id or "-"
    found = state.of_kind("port") if own is None else state.lookup("port", "project_id", own)
    views = []
    for number, record in enumerate(list(found)):
        if number % PORTS_AT_ONCE == 0:
            await asyncio.sleep(0)  # a table of 50,000 rows takes half a second: others get their answers meanwhile
        views.append(port_view(record, state, runtime, show_hosts=asked.is_admin))
    network, status = asked.text("network"), asked.text("status")
    chosen = [
        view
        for view in views
        if network in (None, view.network_id, view.network)
        and status in (None, view.status)
        and asked.text("node") in (None, view.node)
        and asked.text("site") in (None, view.site)
    ]
    return Ports(sorted(chosen, key=lambda view: (view.site or "", view.node or "", view.network_id, view.mac)))


async def conflicts(asked: Asked) -> Conflicts:
    """List what merging dropped or kept against a concurrent write, newest first."""
    what, kind, id_of = asked.text("what"), asked.text("kind"), asked.text("id")
    if kind is not None and kind not in KINDS:
        raise BadQuery(f"kind is {kind!r}, must be one of {', '.join(sorted(KINDS))}")
    views = [
        view
        for record in asked.store.state.of_kind("conflict")
        if what in (None, (view := conflict_view(record)).what)
        and kind in (None, view.kind)
        and id_of in (None, view.id_of)
    ]
    views.sort(key=lambda view: (-view.at_ms, view.id))
    return Conflicts(views[: asked.number("limit", 100, most=100_000)], len(views))


async def health(asked: Asked) -> Health:
    """Say whether this node is well; administrators learn more."""
    store = asked.store
    peers, alerts = sorted(store.peers(), key=lambda peer: peer.site), store.alerts()
    well = all(peer.connected for peer in peers) and not alerts
    status = "starting" if not store.in_sync else "ok" if well else "degraded"
    basics = Health(
        status=status,  # type: ignore[arg-type]
        site=store.site,
        node=store.node,
        version=weft.__version__,
        in_sync=store.in_sync,
        digest=store.digest(),
        peers=[PeerView(site=peer.site, connected=peer.connected) for peer in peers],
    )
    return _with_details(basics, store, peers) if asked.is_admin else basics


def _with_details(basics: Health, store: Store, peers: list[PeerStatus]) -> Health:
    counts = Counter({kind: len(store.state.of_kind(kind)) for kind in KINDS})
    alerts = sorted(store.alerts(), key=lambda alert: alert.code)
    return Health(
        status=basics.status,
        site=basics.site,
        node=basics.node,
        version=basics.version,
        in_sync=basics.in_sync,
        digest=basics.digest,
        peers=[
            PeerView(
                site=peer.site,
                connected=peer.connected,
                last_heard_s=peer.last_heard_s,
                digest_equal=peer.digest_equal,
                lag=peer.lag,
                error=peer.error,
            )
            for peer in peers
        ],
        alerts=[AlertView(alert.code, alert.message, alert.at_ms, alert.count) for alert in alerts],
        revision=store.state.revision,
        conflicts=counts["conflict"],
        records={kind: count for kind, count in sorted(counts.items()) if count},
    )


OPERATIONS = (
    Operation("/health", health, Health, who="anyone"),
    Operation("/sites", sites, Sites, who="users"),
    Operation("/sites/{site}", site, SiteView, who="users"),
    Operation("/nodes", nodes, Nodes, query=(Query("site", "string", "only those of this site"),)),
    Operation("/nodes/{node}", node, NodeView),
    Operation(
        "/ports",
        ports,
        Ports,
        who="users",
        query=(
            Query("network", "string", "name or ID"),
            Query("site", "string", "only those on nodes of this site"),
            Query("node", "string", "only those on this node"),
            Query("status", "string", "ACTIVE or DOWN"),
        ),
    ),
    Operation(
        "/conflicts",
        conflicts,
        Conflicts,
        query=(
            Query("what", "string", "field, duplicate, kept or delete-won"),
            Query("kind", "string", "kind of record"),
            Query("id", "string", "record"),
            Query("limit", "integer", "at most this many, 100 if not given"),
        ),
    ),
)

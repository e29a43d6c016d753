"""Sites, nodes, ports and conflicts as operators see them: pure functions of state and runtime."""

from collections.abc import Collection

from weft.model import NodeId
from weft.store.clock import ms_from_hlc
from weft.store.kinds.identity import SECRET_FIELDS
from weft.store.protocol import PeerStatus, Runtime, State
from weft.store.records import Record
from weft.wire.fabric import ConflictView, NodeView, PortView, PreviousHost, SiteView


def site_views(state: State, runtime: Runtime, peers: Collection[PeerStatus], local: str) -> list[SiteView]:
    """Return every site, sorted by name."""
    by_site = {peer.site: peer for peer in peers}
    views = []
    for record in sorted(state.of_kind("site"), key=_id):
        id, peer = record.key.id, by_site.get(record.key.id)  # type: ignore[call-overload]
        nodes = state.lookup("node", "site", id)
        views.append(
            SiteView(
                id=id,
                number=record.get("number"),
                region=record.get("region"),
                api_url=record.get("api_url"),
                is_local=id == local,
                is_dead=bool(record.get("dead")),
                nodes=len(nodes),
                nodes_alive=sum(runtime.is_alive(NodeId(node.key.id)) for node in nodes),
                connected=peer.connected if peer else True if id == local else None,
                last_heard_s=peer.last_heard_s if peer else None,
                digest_equal=peer.digest_equal if peer else True if id == local else None,
                lag=peer.lag if peer else 0 if id == local else None,
                error=peer.error if peer else None,
            )
        )
    return views


def nodes_in_order(state: State) -> list[Record]:
    """Return every node's record, sorted by site and name."""
    return sorted(state.of_kind("node"), key=lambda node: (str(node.get("site")), node.key.id))


def node_view(record: Record, state: State, runtime: Runtime) -> NodeView:
    """Return a node. Looks at each port on it."""
    node = NodeId(record.key.id)
    bound = state.lookup("port", "host", node)
    beat = runtime.get(node, "beat")
    said = beat.value if beat is not None and isinstance(beat.value, dict) else {}
    return NodeView(
        id=node,
        site=str(record.get("site")),
        alive=runtime.is_alive(node),
        underlay_ip=record.get("underlay_ip"),
        api_url=record.get("api_url"),
        ports=len(bound),
        ports_active=sum(port_status(port, runtime)[0] == "ACTIVE" for port in bound),
        networks=len({port.get("network_id") for port in bound}),
        version=said.get("version"),
        plan_revision=said.get("plan_revision"),
        applied_revision=said.get("applied_revision"),
        faults=said.get("faults"),
    )


def port_status(port: Record, runtime: Runtime) -> tuple[str, str | None]:
    """Return ACTIVE or DOWN, and why it is not ACTIVE."""
    host = port.get("host")
    if not host:
        return "DOWN", "not bound to a node"
    if not port.get("admin_state_up", True):
        return "DOWN", "administratively down"
    said = runtime.get(NodeId(host), f"port.{port.key.id}")
    if said is None:
        alive = runtime.is_alive(NodeId(host))
        return "DOWN", f"{host} has not reported it yet" if alive else f"{host} is not heard of"
    value = said.value if isinstance(said.value, dict) else {}
    status = str(value.get("status", "DOWN"))
    return status, None if status == "ACTIVE" else value.get("reason") or None


def port_view(port: Record, state: State, runtime: Runtime, *, show_hosts: bool) -> PortView:
    """Return a row of the vPort table."""
    network = state.get("network", port.get("network_id", ""))
    host = port.get("host") or None
    node = state.get("node", host) if host else None
    status, reason = port_status(port, runtime)
    return PortView(
        id=port.key.id,
        name=port.get("name") or "",
        mac=port.get("mac_address") or "",
        addresses=[str(each.get("ip_address")) for each in port.get("fixed_ips") or ()],
        status=status,
        admin_state_up=bool(port.get("admin_state_up", True)),
        network_id=port.get("network_id") or "",
        network=network.get("name") if network else None,
        vni=network.get("vni") if network and show_hosts else None,
        project_id=port.get("project_id"),
        device_owner=port.get("device_owner") or "",
        device_id=port.get("device_id") or "",
        node=host if show_hosts else None,
        site=node.get("site") if node and show_hosts else None,
        reason=reason if show_hosts else None,
        previous=[
            PreviousHost(str(each.get("host")), str(each.get("until"))) for each in port.get("previous_hosts") or ()
        ]
        if show_hosts
        else [],
    )


def conflict_view(record: Record) -> ConflictView:
    """Return a conflict."""
    return ConflictView(
        id=record.key.id,
        what=str(record.get("what")),
        kind=str(record.get("kind")),
        id_of=str(record.get("id_of")),
        field=record.get("field"),
        won=hidden(str(record.get("field")), record.get("won")),
        lost=hidden(str(record.get("field")), record.get("lost")),
        message=str(record.get("message")),
        at_ms=ms_from_hlc(record.newest.hlc),
    )


def hidden(field: str, value: object) -> object:
    """Return `value`, or asterisks if not even an administrator needs to see it."""
    return "***" if field in SECRET_FIELDS and value is not None else value


def _id(record: Record) -> str:
    return record.key.id

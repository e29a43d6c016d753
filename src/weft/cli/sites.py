"""`weft site`, `weft node`: what the fabric is made of, and how the site that answers stands with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from weft.cli.output import print_json, print_pairs, print_table
from weft.cli.session import asks_fabric

if TYPE_CHECKING:  # the client brings HTTP along, and --help needs none
    from weft.client import FabricClient
    from weft.wire.fabric import NodeView, SiteView


@click.group()
def site() -> None:
    """Sites of the fabric."""


@site.command("list")
@asks_fabric
def site_list(client: FabricClient, form: str) -> None:
    """Every site: reachable or not, and whether it holds the same."""
    sites = client.sites()
    if form == "json":
        print_json(sites)
        return
    rows = [
        (
            each.id,
            each.number,
            each.region,
            _link(each),
            "equal" if each.digest_equal else "different" if each.digest_equal is False else None,
            each.lag,
            f"{each.nodes_alive}/{each.nodes}",
            each.api_url,
        )
        for each in sites
    ]
    print_table(("site", "number", "region", "link", "digest", "lag", "nodes alive", "API"), rows, "no sites yet")


@site.command("show")
@click.argument("site_id", metavar="SITE")
@asks_fabric
def site_show(client: FabricClient, site_id: str, form: str) -> None:
    """One site."""
    found = client.site(site_id)
    if form == "json":
        print_json(found)
    else:
        print_pairs((name, getattr(found, name)) for name in found.__struct_fields__)


@click.group()
def node() -> None:
    """Nodes: the machines that run weftd."""


@node.command("list")
@click.option("--site", "site_id", metavar="SITE", help="Only those of this site.")
@asks_fabric
def node_list(client: FabricClient, site_id: str | None, form: str) -> None:
    """Every node: alive or not, its ports, and how far its kernel follows its plan."""
    nodes = client.nodes(site_id)
    if form == "json":
        print_json(nodes)
        return
    rows = [
        (
            each.id,
            each.site,
            "alive" if each.alive else "not heard of",
            each.underlay_ip,
            f"{each.ports_active}/{each.ports}",
            each.networks,
            _plan(each),
            each.faults,
            each.version,
        )
        for each in nodes
    ]
    columns = ("node", "site", "state", "underlay", "ports active", "networks", "plan", "faults", "version")
    print_table(columns, rows, "no nodes")


@node.command("show")
@click.argument("node_id", metavar="NODE")
@asks_fabric
def node_show(client: FabricClient, node_id: str, form: str) -> None:
    """One node."""
    found = client.node(node_id)
    if form == "json":
        print_json(found)
    else:
        print_pairs((name, getattr(found, name)) for name in found.__struct_fields__)


def _link(site: SiteView) -> str:
    if site.is_local:
        return "here"
    if site.is_dead:
        return "declared dead"
    if site.connected is None:
        return "through others"
    return "connected" if site.connected else "cut off"


def _plan(node: NodeView) -> str | None:
    if node.plan_revision is None:
        return None
    if node.applied_revision == node.plan_revision:
        return f"{node.plan_revision} applied"
    return f"{node.applied_revision} applied, {node.plan_revision} wanted"

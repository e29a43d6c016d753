"""`weft port`: the vPort table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from weft.cli.output import print_json, print_table
from weft.cli.session import asks_fabric

if TYPE_CHECKING:  # the client brings HTTP along, and --help needs none
    from weft.client import FabricClient


@click.group()
def port() -> None:
    """Virtual ports of the whole fabric."""


@port.command("list")
@click.option("--network", metavar="NET", help="Name or ID.")
@click.option("--site", metavar="SITE", help="Only those on nodes of this site.")
@click.option("--node", metavar="NODE", help="Only those on this node.")
@click.option("--status", type=click.Choice(["ACTIVE", "DOWN"]))
@asks_fabric
def port_list(
    client: FabricClient, network: str | None, site: str | None, node: str | None, status: str | None, form: str
) -> None:
    """Every port: MAC, addresses, state, network and VNI, where it is and where it was."""
    ports = client.ports(network=network, site=site, node=node, status=status)
    if form == "json":
        print_json(ports)
        return
    rows = [
        (
            each.id,
            each.mac,
            each.addresses,
            each.status,
            each.network or each.network_id,
            each.vni,
            each.site,
            each.node,
            [past.host for past in each.previous],
            each.reason,
        )
        for each in ports
    ]
    columns = ("port", "MAC", "addresses", "state", "network", "VNI", "site", "node", "before", "why")
    print_table(columns, rows, "no ports")

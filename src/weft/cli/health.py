"""`weft health`, `weft config`: is the site well, and would weftd start with this file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weft.cli.output import clock, print_json, print_pairs, print_table
from weft.cli.session import asks_fabric

if TYPE_CHECKING:  # the client brings HTTP along, and --help needs none
    from weft.client import FabricClient


@click.command()
@asks_fabric
def health(client: FabricClient, form: str) -> None:
    """Is the node that answers well? Exits with 1 while it is not in sync."""
    found = client.health()
    if form == "json":
        print_json(found)
    else:
        print_pairs(
            (
                ("status", found.status),
                ("site, node", f"{found.site}, {found.node}"),
                ("version", found.version),
                ("in sync", found.in_sync),
                ("digest", found.digest),
                ("revision", found.revision),
                ("conflicts", found.conflicts),
                ("records", [f"{kind} {count}" for kind, count in (found.records or {}).items()]),
            )
        )
        peers = [(each.site, each.connected, each.digest_equal, each.lag, each.error) for each in found.peers]
        print_table(("peer", "connected", "digest equal", "lag", "error"), peers, "no peers")
        for alert in found.alerts or ():
            click.echo(f"alert: {clock(alert.at_ms)} {alert.code} (x{alert.count}): {alert.message}")
    if not found.in_sync:
        sys.exit(1)


@click.group()
def config() -> None:
    """The configuration file of weftd."""


@config.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def config_check(file: Path) -> None:
    """Say whether weftd can use FILE, and if not, where and why."""
    from weft.agent.config import read_config

    found = read_config(file)
    click.echo(f"{file}: node {found.node.name} of site {found.node.site}, {len(found.peers)} peers: fine")

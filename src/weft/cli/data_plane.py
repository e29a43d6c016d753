"""`weft plan`, `weft drops`, `weft faults`: what the nodes' kernels should hold, and what they refuse."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from weft.cli.output import print_json, print_table
from weft.cli.session import asks_fabric

if TYPE_CHECKING:  # the client brings HTTP along, and --help needs none
    from weft.client import FabricClient
    from weft.wire.fabric import NodeError


@click.group()
def plan() -> None:
    """Plans: the complete contents of a node's tables."""


@plan.command("show")
@click.argument("node", metavar="NODE")
@click.option("--revision", type=click.IntRange(1), help="An earlier one that the node remembers.")
@asks_fabric
def plan_show(client: FabricClient, node: str, revision: int | None, form: str) -> None:
    """What a node's kernel should hold, as stable, sorted text."""
    found = client.plan(node, revision)
    if form == "json":
        print_json(found)
        return
    click.echo(f"node {found.node} revision {found.revision} (applied {found.applied_revision})")
    for table, rows in found.tables.items():
        click.echo(f"\n{table}")
        for row in rows:
            click.echo(f"  {_line(row)}")
    for fault in found.faults:
        click.echo(f"\nfault: {fault['subject']}: {fault['reason']}")


@plan.command("diff")
@click.argument("older", type=click.IntRange(1), required=False)
@click.argument("newer", type=click.IntRange(1), required=False)
@click.option("--node", metavar="NODE", required=True)
@asks_fabric
def plan_diff(client: FabricClient, older: int | None, newer: int | None, node: str, form: str) -> None:
    """How plan OLDER became plan NEWER; the last two that differ, unless given."""
    found = client.plan_diff(node, older, newer)
    if form == "json":
        print_json(found)
        return
    click.echo(f"node {found.node} revision {found.from_revision} -> {found.to_revision}")
    for table, diff in found.tables.items():
        click.echo(f"\n{table}")
        for row in diff.removed:
            click.echo(f"- {_line(row)}")
        for change in diff.changed:
            click.echo(f"- {_line(change['before'])}\n+ {_line(change['after'])}")
        for row in diff.added:
            click.echo(f"+ {_line(row)}")
    if not found.tables:
        click.echo("no difference", err=True)


@click.command()
@click.option("--node", metavar="NODE", help="Only this node.")
@click.option("--site", metavar="SITE", help="Only nodes of this site.")
@asks_fabric
def drops(client: FabricClient, node: str | None, site: str | None, form: str) -> None:
    """Packets dropped, by node, device and reason (device "-": the whole node)."""
    answer = client.drops(node, site)
    if form == "json":
        print_json(answer)
    else:
        rows = [(each.node, each.device, each.reason, each.packets) for each in answer.drops]
        print_table(("node", "device", "reason", "packets"), rows, "nothing was dropped")
    _report(answer.errors)


@click.command()
@click.option("--node", metavar="NODE", help="Only this node.")
@click.option("--site", metavar="SITE", help="Only nodes of this site.")
@asks_fabric
def faults(client: FabricClient, node: str | None, site: str | None, form: str) -> None:
    """Gaps in the intent that closed a door: what is missing, and for which object."""
    answer = client.faults(node, site)
    if form == "json":
        print_json(answer)
    else:
        rows = [(each.node, each.subject, each.reason) for each in answer.faults]
        print_table(("node", "subject", "reason"), rows, "no faults")
    _report(answer.errors)


def _report(errors: list[NodeError]) -> None:
    """Name the nodes that did not answer; what is missing must not look like nothing."""
    for each in errors:
        click.echo(f"error: {each.node}: {each.error}", err=True)
    if errors:
        sys.exit(1)


def _line(row: dict[str, Any]) -> str:
    return "  ".join(f"{name} {_text(value)}" for name, value in row.items())


def _text(value: Any) -> str:
    if value is None or value in ("", [], ()):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, dict):
        return "{" + " ".join(f"{name} {_text(inner)}" for name, inner in value.items()) + "}"
    return str(value)

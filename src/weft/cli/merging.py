"""`weft digest`, `weft conflicts`, `weft receipt`, `weft journal`: is everything everywhere, and what had to give."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from weft.cli.output import clock, print_json, print_pairs, print_table
from weft.cli.session import asks_fabric

if TYPE_CHECKING:  # the client brings HTTP along, and --help needs none
    from weft.client import FabricClient


@click.command()
@click.option("--check", is_flag=True, help="Exit with 1 unless all sites answer and hold the same.")
@asks_fabric
def digest(client: FabricClient, check: bool, form: str) -> None:
    """What each site holds, as one hash: equal hashes, equal state."""
    answer = client.digests()
    if form == "json":
        print_json(answer)
    else:
        rows = [(each.site, each.digest, each.in_sync, each.revision, each.error) for each in answer.digests]
        print_table(("site", "digest", "in sync", "revision", "error"), rows, "no sites")
        click.echo("all sites hold the same" if answer.is_equal else "the sites do not all hold the same (yet)")
    if check and not answer.is_equal:
        sys.exit(1)


@click.command()
@click.option("--what", type=click.Choice(["field", "duplicate", "clash", "kept", "delete-won", "astray"]))
@click.option("--kind", metavar="KIND", help="Kind of record: network, port…")
@click.option("--id", "id_of", metavar="ID", help="Of the record.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@asks_fabric
def conflicts(
    client: FabricClient, what: str | None, kind: str | None, id_of: str | None, limit: int, form: str
) -> None:
    """The merge report: what two sites did without knowledge of each other, and how it was settled."""
    answer = client.conflicts(what=what, kind=kind, id=id_of, limit=limit)
    if form == "json":
        print_json(answer.conflicts)
        return
    rows = [(clock(each.at_ms), each.what, each.kind, each.id_of, each.message) for each in answer.conflicts]
    print_table(("when (UTC)", "what", "kind", "record", "how it was settled"), rows, "no conflicts")
    if answer.total > len(answer.conflicts):
        click.echo(f"{answer.total - len(answer.conflicts)} older ones: --limit", err=True)


@click.command()
@click.argument("receipt_id", metavar="ID")
@click.option("--until", type=click.Choice(["stored", "programmed"]), help="Wait for it.")
@click.option("--timeout", "timeout_s", type=click.FloatRange(0, 60), default=10.0, show_default=True, metavar="S")
@asks_fabric
def receipt(client: FabricClient, receipt_id: str, until: str | None, timeout_s: float, form: str) -> None:
    """How far a write has come (ID: the X-Weft-Receipt header); exits with 1 if --until was not reached."""
    found = client.receipt(receipt_id, until=until, timeout_s=timeout_s)
    if form == "json":
        print_json(found)
    else:
        print_pairs(
            (
                ("receipt", found.id),
                ("accepted", f"at site {found.site}, {clock(found.at_ms)} UTC"),
                ("wrote", found.keys),
                *((f"stored at {site}", done) for site, done in found.stored.items()),
                *((f"programmed on {node}", _when(ms, found.at_ms)) for node, ms in found.programmed.items()),
            )
        )
    if until and not (found.is_stored if until == "stored" else found.is_programmed):
        click.echo(f"not {until} everywhere within {timeout_s:g} s", err=True)
        sys.exit(1)


@click.command()
@click.option("--kind", metavar="KIND", help="Kind of record: network, port…")
@click.option("--id", "id_of", metavar="ID", help="Of the record.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@asks_fabric
def journal(client: FabricClient, kind: str | None, id_of: str | None, limit: int, form: str) -> None:
    """The change log of the node that answers, newest first."""
    entries = client.journal(kind=kind, id=id_of, limit=limit)
    if form == "json":
        print_json(entries)
        return
    rows = [
        (
            each.number,
            clock(each.at_ms),
            each.site,
            each.actor,
            each.verb,
            each.key,
            "gone" if each.is_gone else sorted(each.changed),
        )
        for each in entries
    ]
    columns = ("number", "applied (UTC)", "site", "who", "verb", "record", "changed")
    print_table(columns, rows, "nothing has changed yet")


def _when(ms: int | None, accepted_ms: int) -> str:
    return "not yet" if ms is None else f"{clock(ms)} UTC, {max(ms - accepted_ms, 0)} ms after"

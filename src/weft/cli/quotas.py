"""`weft quota`: the limits that hold for every project unless its own were set (`openstack quota set PROJECT`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from weft.cli.output import print_json, print_pairs
from weft.cli.session import asks_fabric

if TYPE_CHECKING:  # the client brings HTTP along, and --help needs none
    from weft.client import FabricClient


@click.group()
def quota() -> None:
    """Default limits of projects, in the whole fabric."""


@quota.command("show")
@asks_fabric
def quota_show(client: FabricClient, form: str) -> None:
    """How many of each resource a project may have; -1: any number."""
    _print(client.quotas(), form)


@quota.command("set")
@click.argument("limits", metavar="RESOURCE=LIMIT…", nargs=-1, required=True)
@asks_fabric
def quota_set(client: FabricClient, limits: tuple[str, ...], form: str) -> None:
    """Change defaults: `weft quota set port=2000 router=-1`. A project's own limits stay as they were set."""
    _print(client.set_quotas(dict(map(_read, limits))), form)


def _read(text: str) -> tuple[str, int]:
    resource, _, limit = text.partition("=")
    try:
        return resource, int(limit)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not of the form RESOURCE=LIMIT, such as port=2000") from None


def _print(quotas: dict[str, int], form: str) -> None:
    if form == "json":
        print_json(quotas)
    else:
        print_pairs(quotas.items())

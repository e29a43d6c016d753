"""What every command that asks a site has in common: which cloud, and a client of it."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from weft.cli.output import format_option

Command = Callable[..., None]


def asks_fabric(command: Command) -> Command:
    """Give `command` a client as its first argument, and the options --os-cloud and --format (as `form`)."""

    @click.option("--os-cloud", metavar="NAME", help="Cloud in clouds.yaml  [env: OS_CLOUD]")
    @format_option
    @wraps(command)
    def with_client(os_cloud: str | None, **options: Any) -> None:
        from weft.client import FabricClient, Session, find_cloud  # only now: --help needs no HTTP

        cloud = find_cloud(os_cloud, os.environ, Path.cwd(), Path.home())
        if cloud.guessed:
            click.echo(f"asking cloud {cloud.name}; name another with --os-cloud", err=True)
        session = Session(cloud)
        try:
            command(FabricClient(session), **options)
        finally:
            session.close()

    return with_client

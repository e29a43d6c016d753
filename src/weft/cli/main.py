"""`weft`: finds the command's module when it is called for, and says what went wrong in one line."""

import importlib
import os
import sys

import click

import weft
from weft.model import WeftError

COMMANDS = {  # name → (where, one line of help); imported only when used, so that `weft --help` stays quick
    "config": ("weft.cli.health:config", "The configuration file of weftd."),
    "conflicts": ("weft.cli.merging:conflicts", "The merge report: what was done at two sites at once."),
    "digest": ("weft.cli.merging:digest", "Whether all sites hold the same."),
    "drops": ("weft.cli.data_plane:drops", "Packets dropped, by node, device and reason."),
    "faults": ("weft.cli.data_plane:faults", "Gaps in the intent that closed a door."),
    "health": ("weft.cli.health:health", "Whether the node that answers is well."),
    "journal": ("weft.cli.merging:journal", "The change log, newest first."),
    "lab": ("weft.cli.lab:lab", "Sites, nodes, machines and WANs as namespaces here."),
    "node": ("weft.cli.sites:node", "Nodes: the machines that run weftd."),
    "plan": ("weft.cli.data_plane:plan", "What a node's kernel should hold, and what changed."),
    "port": ("weft.cli.ports:port", "Virtual ports of the whole fabric."),
    "quota": ("weft.cli.quotas:quota", "Default limits of projects."),
    "receipt": ("weft.cli.merging:receipt", "How far a write has come."),
    "site": ("weft.cli.sites:site", "Sites of the fabric."),
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are needed, not to list them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(weft.__version__, prog_name="weft")
@click.option("--os-cloud", metavar="NAME", help="Cloud in clouds.yaml, for the commands that ask one  [env: OS_CLOUD]")
def weft_command(os_cloud: str | None) -> None:
    """Weaves many small, far-apart data centres into one cloud, without a controller."""
    if os_cloud:
        os.environ["OS_CLOUD"] = os_cloud  # where the commands look for it, as `openstack --os-cloud` has it


def main() -> None:
    """Run a command; an error we know is one line and, where there is one, a hint."""
    try:
        weft_command()
    except WeftError as err:
        click.echo(f"error: {err}", err=True)
        if err.hint:
            click.echo(f"hint: {err.hint}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()

"""`weft`: finds the command's module when it is called for, and says what went wrong in one line."""

import importlib
import sys

import click

import weft
from weft.model import WeftError

COMMANDS = {  # name → where; imported when used, so that `weft --help` stays quick
    "lab": "weft.cli.lab:lab",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(weft.__version__, prog_name="weft")
def weft_command() -> None:
    """Weaves many small, far-apart data centres into one cloud, without a controller."""


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

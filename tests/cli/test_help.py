"""What `weft --help` promises is there."""

import importlib
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from weft.cli.main import COMMANDS, weft_command

runner = CliRunner()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_listed_exists_and_explains_itself(name: str):
    where, line = COMMANDS[name]
    module, _, attribute = where.partition(":")
    assert isinstance(getattr(importlib.import_module(module), attribute), click.Command)
    assert line.endswith(".")
    shown = runner.invoke(weft_command, [name, "--help"])
    assert shown.exit_code == 0
    assert "Usage:" in shown.output


def test_help_lists_commands_without_importing_them():
    code = (
        "import sys; from weft.cli.main import weft_command\n"
        "try: weft_command(['--help'])\nexcept SystemExit: pass\n"
        "print([name for name in ('httpx', 'rich', 'weft.lab', 'yaml', 'nats') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "[]"
    assert all(name in printed for name in COMMANDS)


def test_a_word_that_is_no_command_is_a_usage_error():
    assert runner.invoke(weft_command, ["sights"]).exit_code == 2

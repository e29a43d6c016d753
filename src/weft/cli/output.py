"""Tables for people, JSON for programs: the one place that prints either.

On a terminal a table may fold to its width; into a pipe or a file every row stays one line, whatever its
length, so that `grep` and `awk` see whole IDs.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

PIPE_WIDTH = 10_000

format_option = click.option(
    "-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)


def make_console() -> Console:
    """Return a console that never cuts or folds what does not go to a terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPE_WIDTH)
    return console


def print_json(value: Any) -> None:
    """Print `value` (anything msgspec can encode) as indented JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> None:
    """Print rows, None as "-"; with no rows say `empty` on standard error."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(cell, row))
    if table.row_count:
        make_console().print(table)
    else:
        click.echo(empty, err=True)


def print_pairs(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print one thing, a line a member."""
    console, table = make_console(), Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, cell(value))
    console.print(table)


def cell(value: Any) -> str:
    """Return how a table shows a value. Brackets are not markup: addresses have them."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "-"
    return str(value).replace("[", "\\[")


def clock(ms: int | None) -> str | None:
    """Return a time as people and logs write it, UTC."""
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]

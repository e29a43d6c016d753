"""`weftd --config FILE`: one node's API and agent in one asyncio process."""

import asyncio
import contextlib
import ctypes
import resource
import signal
import sys
from pathlib import Path

import click
import structlog
import uvloop

import weft
from weft.agent.config import Config, read_config
from weft.agent.failure import failure_line, first_cause
from weft.agent.logs import configure_logs
from weft.agent.weftd import Weftd
from weft.model import WeftError

log = structlog.get_logger()

M_ARENA_MAX, M_TRIM_THRESHOLD = -8, -1  # malloc.h
TRIM_BYTES = 1 << 20


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=Path("/etc/weft/weftd.toml"),
    show_default=True,
    help="This node's configuration.",
)
@click.version_option(weft.__version__, prog_name="weftd")
def main(config_file: Path) -> None:
    """Run this machine's share of the fabric: the API, the site's log, the data plane.

    Ends with 0 after SIGTERM or SIGINT, with 1 and one line on stderr if it cannot go on. Forwarding
    continues in the kernel either way.
    """
    configure_logs()
    allow_many_connections()
    keep_memory_together()
    try:
        uvloop.run(_until_told(read_config(config_file)))
    except Exception as err:  # a TaskGroup's too
        cause = first_cause(err)
        if not isinstance(cause, WeftError | OSError):
            log.error("weftd ends", exc_info=cause)
        click.echo(failure_line(cause), err=True)
        sys.exit(1)


def allow_many_connections() -> None:
    """Let this process and those it starts have as many files open as they may; the usual 1,024 are soon used up."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def keep_memory_together() -> None:
    """Let all threads share one heap, and give back at once what is free at its end.

    glibc gives each thread an arena of its own, up to eight per core, and keeps what was freed in them; ours allocate
    little, one after another. Other C libraries have no `mallopt`, and no such arenas.
    """
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, 1)
        library.mallopt(M_TRIM_THRESHOLD, TRIM_BYTES)


async def _until_told(config: Config) -> None:
    """Run weftd until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    running = asyncio.create_task(Weftd(config).run(), name="weftd")
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        log.info("weftd stopped", node=config.node.name)


if __name__ == "__main__":
    main()

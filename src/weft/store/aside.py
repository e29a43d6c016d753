"""Starting anew: a site's copy that must not be merged any more is put aside, not thrown away.

The process that finds it out leaves a note and ends; the next one finds the note before it opens anything.
"""

import shutil
from pathlib import Path

import structlog

log = structlog.get_logger()

NOTE = "start-anew"
KEPT = ("weft.db", "weft.db-wal", "weft.db-shm", "nats/store")  # what a node knows of the fabric


def start_anew_next(state_dir: Path) -> None:
    """Let the next process that uses this directory begin with nothing."""
    (state_dir / NOTE).touch()


def put_aside(state_dir: Path, now_ms: int) -> bool:
    """Move what is there out of the way if the last process said so; tell whether it did. Only the newest is kept."""
    if not (state_dir / NOTE).exists():
        return False
    for old in state_dir.glob("aside-*"):
        shutil.rmtree(old)
    aside = state_dir / f"aside-{now_ms}"
    for name in KEPT:
        if (state_dir / name).exists():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (state_dir / name).rename(aside / name)
    (state_dir / NOTE).unlink()
    log.warning("starting anew; the old copy was put aside", directory=str(aside))
    return True

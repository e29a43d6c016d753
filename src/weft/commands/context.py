"""What a command needs besides state and request: time, IDs, a seed, who asks. Commands stay pure."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from weft.model import SiteId
from weft.store.records import Record


def nothing_held(pool: str) -> Collection[str]:
    """Hold nothing back."""
    return ()


def everything_seen(record: Record) -> bool:
    """Let the caller know of everything."""
    return True


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of one decision."""

    now_ms: int  # wall clock, milliseconds since 1970
    new_id: Callable[[], str]  # dashed UUIDs
    seed: int  # where searches for free items begin
    site: SiteId  # where the decision is made
    user_id: str = ""
    project_id: str | None = None
    is_admin: bool = False
    held: Callable[[str], Collection[str]] = nothing_held  # pool → items being taken right now
    sees: Callable[[Record], bool] = everything_seen  # may the caller know of it? To be asked of what a request names

    @property
    def now(self) -> str:
        """The time as records and Neutron write it."""
        return iso_time(self.now_ms)

    @property
    def actor(self) -> str:
        """Who asked, for the journal."""
        return f"user {self.user_id} project {self.project_id or '-'}"


def iso_time(ms: int) -> str:
    """Return milliseconds since 1970 as "2026-11-21T03:25:19Z"."""
    return _iso_second(ms // 1000)


@lru_cache(maxsize=4096)  # what is made together has the same second, and is listed together
def _iso_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

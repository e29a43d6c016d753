"""A site that starts with an empty disk: is it new, or has it lost what it knew?

If others know it, it has lost something: writes it made, items it handed out. It takes no writes before it has
read one neighbour fully, and hands out scarce items only when it has read every site that is not declared
dead, because any of them may be the only one to know of an item. A site nobody knows is simply new, and not held
up once it has read a neighbour. Sans-I/O.

And every life of a site's log numbers its writes under a name of its own ("b+kx3f"): the old numbering may go
on in records that it has not seen yet, and a number used twice would make two concurrent writes look like
one after the other.
"""

import string

from weft.model import SiteId
from weft.store.state import MergedState


class Recovery:
    """What a site may do, from an empty disk to normal life."""

    def __init__(self, site: SiteId, state: MergedState, *, lost: bool, has_peers: bool) -> None:
        """`lost`: the site's log was found empty; `has_peers`: there are other sites to ask."""
        self._site, self._state = site, state
        self._lost = lost and has_peers
        self._read: set[SiteId] = set()

    def read_fully(self, site: SiteId) -> None:
        """Take note that everything a site held at some moment since our start has been merged."""
        self._read.add(site)

    @property
    def may_write(self) -> bool:
        """Writes are accepted."""
        return not self._lost or bool(self._read)

    @property
    def may_hand_out(self) -> bool:
        """Scarce items are handed out."""
        return self.may_write and not self.missing

    @property
    def was_known(self) -> bool:
        """Others knew us before we started with nothing: this is a return, not a first start."""
        return self._lost and self._state.get("site", self._site) is not None

    @property
    def missing(self) -> list[SiteId]:
        """Sites that must be read (or declared dead) before scarce items are handed out."""
        if not self.was_known:
            return []
        others = (site for site in self._state.of_kind("site") if not site.get("dead"))
        return sorted(
            SiteId(site.key.id) for site in others if site.key.id != self._site and site.key.id not in self._read
        )


def writer_name(site: SiteId, log_created_ms: int) -> str:
    """Return the name under which a life of a site's log numbers its writes: "b+lm2x07q"."""
    digits = string.digits + string.ascii_lowercase
    suffix, rest = "", log_created_ms
    while rest:
        rest, digit = divmod(rest, len(digits))
        suffix = digits[digit] + suffix
    return f"{site}+{suffix or '0'}"


def site_of(writer: str) -> SiteId:
    """Return the site behind a stamp's writer name."""
    return SiteId(writer.partition("+")[0])

"""Who has heard what, so that tombstones may be forgotten, and those who lack what others forgot are told apart.

Before one site compares itself with another it asks where that one stands, the reading of its clock above all. Once the
comparison has fetched what was missing, the asker *has* all that the other had at that reading; what it writes later
bears later stamps. The least of this over all others is what the asker *holds* of anybody's writes; the least of what
all hold is what nobody lacks: tombstones before that are of no more use (`collect.py`).

Some are forgotten all the same when they are very old. Whoever does not have all that another had before it forgot may
hold live copies of what was deleted: it was away for too long, or its disks are from a backup. It must not be merged
with, and starts anew. Where each lacks something of the other, the smaller side does, of those who kept in touch.
Sans-I/O.
"""

from collections.abc import Callable, Collection, Iterable

import msgspec

from weft.model import SiteId, Unavailable
from weft.store.clock import MAX_AHEAD_MS, HybridClock, hlc_from_ms, ms_from_hlc
from weft.store.collect import Collecting, horizon, on_grid
from weft.store.records import Record

HELD = "held"  # the verb; the question is the asker's name


class AwayForTooLong(Unavailable):
    """A site lacks what others have forgotten by now: its copy must not be merged."""

    code = "away_for_too_long"


class MustStartAnew(Unavailable):
    """We lack what others have forgotten by now: our copy must not be merged."""

    code = "must_start_anew"
    hint = "start weftd again: it puts its copy aside and reads the other sites"


class BadStanding(Unavailable):
    """What came back does not say where a site stands."""

    code = "bad_standing"


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """Where a site stands, for one that asks."""

    clock: int
    held: int  # all that was written anywhere before is held
    forgotten: int  # the newest tombstone that was forgotten
    yours: int  # a reading of the asker's clock: all that it had then is had here
    side: tuple[str, ...]  # who kept in touch within the horizon, itself included


class Memory(msgspec.Struct):
    """What must outlive the process; as good as the disk that it is kept on with the records."""

    born: int = 0  # when the disk was empty: it holds no older copies of anything
    forgotten: int = 0
    had: dict[str, int] = {}


NOWHERE = Standing(0, 0, 0, 0, ())


class Agreement:
    """One site's knowledge of where the others stand."""

    def __init__(self, site: SiteId, clock: HybridClock, collecting: Collecting) -> None:
        self._site, self._clock, self._collecting = site, clock, collecting
        self.others: Callable[[], Collection[SiteId]] = lambda: ()  # every other site that is not declared dead
        self.memory = Memory()
        self.before = 0  # tombstones before this reading are due; other nodes of the site are told, and set it
        self._stand: dict[SiteId, int] = {}  # what they hold

    @property
    def held(self) -> int:
        """Everything written anywhere up to then is held here."""
        others = self.others()
        if not others:
            return self._clock.last  # alone: all that was ever written was written here
        return min(self.memory.had.get(other, 0) for other in others)

    # ---- being asked
    def says(self, asker: SiteId, now_ms: int) -> bytes:
        """Return the answer to HELD."""
        stand = Standing(
            self._clock.tick(now_ms), self.held, self.memory.forgotten, self._had(asker), self._side(now_ms)
        )
        return msgspec.msgpack.encode(stand)

    # ---- asking
    def heard(self, site: SiteId, payload: bytes, now_ms: int) -> Standing:
        """Take in another site's answer.

        Raises AwayForTooLong if it must not be merged with, MustStartAnew if we must not, BadStanding if it makes no
        sense. What somebody says whose clock is far ahead counts for nothing: we might forget too early, or all.
        """
        try:
            stand = msgspec.msgpack.decode(payload, type=Standing)
        except (msgspec.MsgspecError, ValueError) as err:
            raise BadStanding(f"site {site} does not say where it stands: {err}") from err
        if ms_from_hlc(stand.clock) > now_ms + MAX_AHEAD_MS:
            return NOWHERE
        if stand.forgotten > max(stand.clock - hlc_from_ms(self._collecting.margin_ms), 0):
            raise BadStanding(f"site {site} says it forgot what it may not have forgotten yet")
        they_lack = stand.yours < self.memory.forgotten
        we_lack = self._had(site) < stand.forgotten
        if we_lack and (not they_lack or _weight(stand.side) > _weight(self._side(now_ms))):
            raise MustStartAnew(
                f"site {self._site} was away from site {site} for so long that deletes were forgotten which it never "
                f"heard of"
            )
        if they_lack:
            raise AwayForTooLong(f"site {site} never heard of deletes that are forgotten by now: it must start anew")
        self._stand[site] = stand.held
        return stand

    def has_all(self, site: SiteId, stand: Standing) -> None:
        """Take note that we have fetched all that a site had when it said where it stands, and more perhaps."""
        self.memory.had[site] = max(stand.clock, self.memory.had.get(site, 0))

    # ---- forgetting
    def collect_before(self, now_ms: int) -> int:
        """Return the reading before which tombstones are due; it never goes back."""
        least = min([self.held, *(self._stand.get(other, 0) for other in self.others())])
        agreed = on_grid(self._collecting, max(least - hlc_from_ms(self._collecting.margin_ms), 0))
        self.before = max(self.before, horizon(self._collecting, now_ms), agreed)
        return self.before

    def forgot(self, tombstones: Iterable[Record]) -> None:
        """Take note of what is forgotten now."""
        self.memory.forgotten = max([self.memory.forgotten, *(record.newest.hlc for record in tombstones)])

    # ---- inside
    def _had(self, site: SiteId) -> int:
        """Return up to when we have all that a site had; of one that we never met, as much as of any."""
        memory = self.memory
        return memory.had[site] if site in memory.had else max([memory.born, *memory.had.values()])

    def _side(self, now_ms: int) -> tuple[str, ...]:
        since = horizon(self._collecting, now_ms)
        return tuple(sorted([self._site, *(other for other in self.others() if self.memory.had.get(other, 0) > since)]))


def _weight(side: tuple[str, ...]) -> tuple[int, tuple[int, ...]]:
    """Return what sides are compared by: how many, and who comes first in the alphabet, for all alike."""
    first = side[0] if side else ""
    return len(side), tuple(-ord(letter) for letter in first)

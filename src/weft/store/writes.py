"""What a command decides, as a value: records to write and scarce items to hold while doing so."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from weft.model import Conflict, Invalid, SiteId
from weft.store.records import Key

RECORD_ID = re.compile(r"[\x21-\x7e]{1,255}")  # printable ASCII without space: UUIDs, host names, hashes


class UnusableId(Invalid):
    """No record can have this ID: it goes into the log's subjects and must mean the same everywhere."""

    code = "unusable_id"

    def __init__(self, id: str) -> None:
        super().__init__(f"'{id[:300]}' cannot be an ID: 1 to 255 printable ASCII characters without blanks can.")


class Write(msgspec.Struct, frozen=True):
    """Fields to set on one record. Raises UnusableId: some IDs are what a client says."""

    key: Key
    values: Mapping[str, Any]
    create: bool = False  # the record must not exist (a tombstone counts as absent only under another ID)

    def __post_init__(self) -> None:
        """Refuse what no site could read."""
        if not RECORD_ID.fullmatch(self.key.id):
            raise UnusableId(self.key.id)


class Claim(msgspec.Struct, frozen=True):
    """A scarce item that two processes of this site must not take at once.

    A claim is a lock in the site's own log, taken by compare-and-set, with a lifetime far longer than any
    process's view may lag: by the time it lapses, the record that uses the item is in every view. It never
    leaves the site. Two *sites* are kept apart by delegated blocks (`blocks.py`).
    """

    pool: str  # "subnet.<id>", "vni", "mac.<network id>"
    item: str  # "10.0.0.7", "4711", "fa:16:00:01:00:2a"


class Writes(msgspec.Struct, frozen=True):
    """All of one decision: committed together at this site, or not at all."""

    writes: tuple[Write, ...]
    claims: tuple[Claim, ...] = ()
    actor: str = ""  # who asked, for the journal: "user <id> project <id>" or "weftd a1"
    verb: str = ""  # what, for the journal: "create port"


class Receipt(msgspec.Struct, frozen=True):
    """Proof of an accepted write."""

    id: str  # "<site>-<hlc as hex>"
    site: SiteId
    hlc: int
    keys: tuple[Key, ...]


class StaleView(Conflict):
    """Another process of this site wrote one of these records first: catch up and decide again."""

    code = "stale_view"


class ClaimTaken(Conflict):
    """Another process of this site holds this item: decide again without it."""

    code = "claim_taken"

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        super().__init__(f"{claim.pool}: {claim.item} is being taken by another process of this site")


class NeedsTransfer(Conflict):
    """The decision needs an item that another site may hand out: ask it, then decide again.

    `item` is the very address asked for, or None for "any".
    """

    code = "needs_transfer"

    def __init__(self, pool: str, item: str | None, owners: tuple[SiteId, ...]) -> None:
        self.pool, self.item, self.owners = pool, item, owners
        super().__init__(f"{pool}: {item or 'any item'} belongs to site {', '.join(owners) or '(none)'}")


class NotHandedOver(Conflict):
    """The item belongs to another site, and that one cannot be reached or would not part with it."""

    code = "not_handed_over"

    def __init__(self, need: NeedsTransfer, why: str) -> None:
        self.pool, self.item, self.owners = need.pool, need.item, need.owners
        kind, _, id = need.pool.partition(".")
        if kind == "quota":
            what = f"Quota exceeded for resources: ['{id.partition('.')[0]}'] at this site; what is left of it"
        elif kind == "subnet":
            what = f"IP address {need.item}" if need.item else "No more IP addresses available at this site; one"
            what += f" of subnet {id}"
        elif kind == "subnetpool":
            what = f"prefix {need.item} of subnet pool {id}"
        else:
            what = f"{kind} {need.item or 'with none left at this site; one'}"
        sites = ", ".join(need.owners) or "(none)"
        super().__init__(f"{what} would have to come from site {sites}: {why}")
